"""How `Terms` travel in ``metadata.properties``: ``lading.owner`` and so on."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Compatibility, Lifecycle, Terms
from lading.registry.errors import InvalidSchema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIX: Final = "lading."
PROMISE: Final = "lading.promise"
_MAPS: Final = ("sla", "delivery")
_LISTS: Final = ("proposers", "consumers")
_WORDS: Final = ("lifecycle", "promise")
_PLAIN: Final = tuple(
    each.name for each in fields(Terms) if each.name not in {*_WORDS, *_MAPS, *_LISTS}
)
_UNSAID: Final = Terms()


def properties(terms: Terms) -> dict[str, str]:
    """What differs from `Terms()`, as ``lading.*`` properties."""
    found = {PREFIX + name: getattr(terms, name) for name in _PLAIN}
    found[PREFIX + "lifecycle"] = terms.lifecycle.value
    found[PROMISE] = terms.promise.value if terms.promise else ""
    found |= {PREFIX + key: ",".join(getattr(terms, key)) for key in _LISTS}
    for key in _MAPS:
        found |= {f"{PREFIX}{key}.{name}": value for name, value in getattr(terms, key).items()}
    plain = {PREFIX + "lifecycle": Terms().lifecycle.value, PREFIX + "audience": Terms().audience}
    return {key: value for key, value in sorted(found.items()) if value and value != plain.get(key)}


def terms(properties: Mapping[str, str]) -> Terms:
    """The reverse of `properties`; words this version does not know are left out."""
    if not properties:
        return _UNSAID
    plain: dict[str, Any] = {
        name: properties[PREFIX + name] for name in _PLAIN if PREFIX + name in properties
    }
    for key in _LISTS:
        plain[key] = tuple(filter(None, properties.get(PREFIX + key, "").split(",")))
    for key in _MAPS:
        plain[key] = dict(_below(f"{PREFIX}{key}.", properties))
    lifecycle = properties.get(PREFIX + "lifecycle", "")
    return Terms(
        **plain,
        lifecycle=Lifecycle(lifecycle) if lifecycle in list(Lifecycle) else Lifecycle.ACTIVE,
        promise=promise(properties),
    )


def _below(prefix: str, properties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in properties.items():
        if key.startswith(prefix):
            yield key.removeprefix(prefix), value


def check_promise(metadata: Mapping[str, Any] | None) -> None:
    """Raise `InvalidSchema` for metadata that promises what nobody could keep."""
    word = ((metadata or {}).get("properties") or {}).get(PROMISE)
    if word is not None and word not in list(Compatibility):
        raise InvalidSchema(
            f"{PROMISE} '{word[:40]}' is no promise; they are {', '.join(Compatibility)}"
        )


def promise(properties: Mapping[str, str]) -> Compatibility | None:
    """The promise in it, if there is one we know."""
    word = properties.get(PROMISE)
    return Compatibility(word) if word and word in list(Compatibility) else None
