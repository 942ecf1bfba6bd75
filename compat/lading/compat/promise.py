"""What a promise forbids at a place: the one table that turns effects into severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.compat.effect import Effect
from lading.model.contract import Compatibility, Kind, Slot
from lading.model.settings import PROMISES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.contract import Contract

DEFAULT_PROMISES: Final[Mapping[str, Compatibility]] = PROMISES
"""By slot or kind; `lading.toml` may say otherwise."""

_FORBIDS: Final[Mapping[Compatibility, Effect]] = {
    Compatibility.NONE: Effect.NONE,
    Compatibility.BACKWARD: Effect.NARROWS,
    Compatibility.BACKWARD_TRANSITIVE: Effect.NARROWS,
    Compatibility.FORWARD: Effect.WIDENS,
    Compatibility.FORWARD_TRANSITIVE: Effect.WIDENS,
    Compatibility.FULL: Effect.REPLACES,
    Compatibility.FULL_TRANSITIVE: Effect.REPLACES,
}
_MIRROR: Final[Mapping[Compatibility, Compatibility]] = {
    Compatibility.BACKWARD: Compatibility.FORWARD,
    Compatibility.BACKWARD_TRANSITIVE: Compatibility.FORWARD_TRANSITIVE,
    Compatibility.FORWARD: Compatibility.BACKWARD,
    Compatibility.FORWARD_TRANSITIVE: Compatibility.BACKWARD_TRANSITIVE,
}


_NAMED: Final[Mapping[Kind, str]] = {
    Kind.AVRO: "event",
    Kind.JSON: "event",
    Kind.PROTOBUF: "event",
    Kind.TAXONOMY: "taxonomy",
    Kind.MAPPING: "mapping",
}
_EVERYWHERE: Final[Mapping[Compatibility, Mapping[Slot, Compatibility]]] = {
    each: dict.fromkeys(Slot, each) for each in Compatibility
}


def forbids(promise: Compatibility) -> Effect:
    """The effects that break a promise about the messages of one place."""
    return _FORBIDS[promise]


def at_slot(promise: Compatibility, slot: Slot) -> Compatibility:
    """What a promise to clients says of the messages of a slot.

    BACKWARD to clients means that clients in use keep working: what they send is still taken
    (BACKWARD on requests), what they are sent they can read (FORWARD on responses).
    """
    return _MIRROR.get(promise, promise) if slot is Slot.RESPONSE else promise


def promises(
    contract: Contract, stated: Compatibility | None, defaults: Mapping[str, Compatibility]
) -> Mapping[Slot, Compatibility]:
    """What holds at each slot: what was stated, else the contract's terms, else the defaults."""
    said = stated or contract.terms.promise
    if contract.kind in _NAMED:
        word = _NAMED[contract.kind]
        promise = said or defaults.get(word) or PROMISES[word]
        return _EVERYWHERE[promise]
    everything = dict(PROMISES) | dict(defaults)
    if said:
        return {slot: at_slot(said, slot) for slot in Slot}
    return {slot: everything[slot.value] for slot in Slot}


def headline(kind: Kind, held: Mapping[Slot, Compatibility]) -> Compatibility:
    """The one word for all slots: for an API what its clients are promised."""
    if kind is not Kind.OPENAPI:
        return held[Slot.EVENT]
    request, response = held[Slot.REQUEST], _mirrored(held[Slot.RESPONSE])
    return request if _strength(request) >= _strength(response) else response


def _mirrored(promise: Compatibility) -> Compatibility:
    return _MIRROR.get(promise, promise)


def _strength(promise: Compatibility) -> int:
    return (promise is not Compatibility.NONE) + (forbids(promise) is Effect.REPLACES)
