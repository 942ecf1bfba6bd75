"""Aligns two Protobuf files: messages by name and by the fields that lead to them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

from lading.compat.pair.apis import align
from lading.compat.pair.walk import Pair, Role, Where
from lading.model.contract import Slot
from lading.model.proto import ProtoEnum, ProtoMessage
from lading.model.schema import Encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.model.proto import ProtoFile

    Type = TypeVar("Type", ProtoMessage, ProtoEnum)

_ROOT: Final = Where(Slot.EVENT, Encoding.PROTOBUF)


def pair_protobuf(old: ProtoFile, new: ProtoFile) -> Iterator[Pair]:
    """Yield the pair of files, of methods, of messages with their fields, and of enums.

    A type that was renamed, or comes from another file now, is compared with what stands in its
    place: a field leads to both. What a file declares anew breaks nobody, and has no pair.
    """
    yield Pair(Role.PROTO_FILE, old, new, _ROOT)
    theirs = {each.name: each for each in new.methods}
    for method in old.methods:
        spot = _ROOT.step(method.name)
        yield Pair(Role.PROTO_METHOD, method, theirs.get(method.name), spot, old, new)
    waiting: deque[tuple[str, str]] = deque()
    yield from _declared(old, new, Role.PROTO_MESSAGE, old.messages, new.messages, waiting)
    yield from _declared(old, new, Role.PROTO_ENUM, old.enums, new.enums, waiting)
    sides = _by_name(old), _by_name(new)
    seen: set[tuple[str, str]] = set()
    while waiting:
        names = waiting.popleft()
        if names in seen:
            continue
        seen.add(names)
        yield from _types(old, new, sides, names, waiting)


def _declared(  # noqa: PLR0913, PLR0917 - both versions, and what is to be done
    old: ProtoFile,
    new: ProtoFile,
    role: Role,
    before: Iterable[Type],
    after: Iterable[Type],
    waiting: deque[tuple[str, str]],
) -> Iterator[Pair]:
    """Types of the file itself: those that went are pairs, those that stay are to be compared."""
    theirs = {each.name for each in after if each.own}
    for each in before:
        if not each.own:
            continue
        if each.name in theirs:
            waiting.append((each.name, each.name))
        else:
            yield Pair(role, each, None, _ROOT.step(each.name), old, new)


def _by_name(file: ProtoFile) -> Mapping[str, ProtoMessage | ProtoEnum]:
    found: dict[str, ProtoMessage | ProtoEnum] = {each.name: each for each in file.messages}
    return found | {each.name: each for each in file.enums}


def _types(
    old: ProtoFile,
    new: ProtoFile,
    sides: tuple[Mapping[str, ProtoMessage | ProtoEnum], Mapping[str, ProtoMessage | ProtoEnum]],
    names: tuple[str, str],
    waiting: deque[tuple[str, str]],
) -> Iterator[Pair]:
    spot = _ROOT.step(names[0].removeprefix("."))
    match sides[0].get(names[0]), sides[1].get(names[1]):
        case ProtoMessage() as a, ProtoMessage() as b:
            yield Pair(Role.PROTO_MESSAGE, a, b, spot, old, new)
            fields = {each.number: each for each in a.fields}, {e.number: e for e in b.fields}
            for shown, one, other in align(*fields):
                yield Pair(Role.PROTO_FIELD, one, other, spot.step(shown.name), a, b)
                if one and other and one.of and other.of:
                    waiting.append((one.of, other.of))
        case ProtoEnum() as a, ProtoEnum() as b:
            yield Pair(Role.PROTO_ENUM, a, b, spot, old, new)
            values = {each.number: each for each in a.values}, {e.number: e for e in b.values}
            for value, first, second in align(*values):
                where = spot.step(value.names[0])
                yield Pair(Role.PROTO_VALUE, first, second, where, a, b)
