"""States what differs between two Protobuf files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.pair import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.proto import (
        Numbers,
        ProtoEnum,
        ProtoField,
        ProtoFile,
        ProtoMessage,
        ProtoValue,
    )


def file_facts(two: Pair) -> Iterator[Change]:
    """The file as a whole has another package, or is in another dialect."""
    old, new = cast("ProtoFile", two.old), cast("ProtoFile", two.new)
    for name in ("package", "syntax"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield two.change(ChangeKind.PROTO_FILE, name, values=(before, after))


def method_facts(two: Pair) -> Iterator[Change]:
    """A method went, or takes or gives something else."""
    if two.old != two.new:
        yield two.change(ChangeKind.PROTO_METHOD)


def message_facts(two: Pair) -> Iterator[Change]:
    """A message went, or reserves less."""
    if two.new is None:
        yield two.change(ChangeKind.PROTO_MESSAGE_REMOVED)
    else:
        yield from _reserved(two)


def enum_facts(two: Pair) -> Iterator[Change]:
    """An enum went, was opened or closed, or reserves less."""
    if two.new is None:
        yield two.change(ChangeKind.PROTO_ENUM_REMOVED)
        return
    yield from _reserved(two)
    old, new = cast("ProtoEnum", two.old), cast("ProtoEnum", two.new)
    if old.closed != new.closed:
        yield two.change(ChangeKind.PROTO_ENUM_OPENNESS, values=(old.closed, new.closed))


def field_facts(two: Pair) -> Iterator[Change]:
    """A field came, went, or is another one under the same number."""
    old, new = cast("ProtoField | None", two.old), cast("ProtoField | None", two.new)
    if new is None:
        yield two.change(ChangeKind.PROTO_FIELD_REMOVED)
        yield from _freed(two, cast("ProtoField", old).number, (cast("ProtoField", old).name,))
    elif old is None:
        yield two.change(ChangeKind.PROTO_FIELD_ADDED)
    else:
        yield from _same_number(two, old, new)


def _same_number(two: Pair, old: ProtoField, new: ProtoField) -> Iterator[Change]:
    if old.name != new.name:
        yield two.change(ChangeKind.PROTO_NAME, "name", values=(old.name, new.name))
    elif old.json_name != new.json_name:
        yield two.change(ChangeKind.PROTO_NAME, "json", values=(old.json_name, new.json_name))
    if old.type != new.type:
        yield two.change(ChangeKind.PROTO_TYPE)
        return
    if old.of != new.of:
        yield two.change(ChangeKind.PROTO_TYPE_NAME, values=(old.of, new.of))
    if old.many != new.many:
        yield two.change(ChangeKind.PROTO_CARDINALITY)
        return
    if old.required != new.required:
        yield two.change(ChangeKind.PROTO_REQUIREDNESS)
    elif old.oneof != new.oneof:
        yield two.change(ChangeKind.PROTO_ONEOF)
    elif old.explicit != new.explicit:
        yield two.change(ChangeKind.PROTO_PRESENCE, values=(old.explicit, new.explicit))
    if old.default != new.default:
        yield two.change(ChangeKind.PROTO_DEFAULT, values=(old.default, new.default))


def value_facts(two: Pair) -> Iterator[Change]:
    """A number of an enum came, went, or is called otherwise."""
    old, new = cast("ProtoValue | None", two.old), cast("ProtoValue | None", two.new)
    if new is None:
        yield two.change(ChangeKind.PROTO_VALUE_REMOVED)
        yield from _freed(two, cast("ProtoValue", old).number, cast("ProtoValue", old).names)
    elif old is None:
        yield two.change(ChangeKind.PROTO_VALUE_ADDED)
    elif old.names[0] not in new.names or new.names[0] not in old.names:
        yield two.change(ChangeKind.PROTO_NAME, "value", values=(old.names[0], new.names[0]))


def _freed(two: Pair, number: int, names: tuple[str, ...]) -> Iterator[Change]:
    """What went can be taken by something else, as nobody reserves it."""
    new = cast("ProtoMessage | ProtoEnum", two.new_owner)
    if not _holds(new.reserved, (number, number)):
        yield two.change(ChangeKind.PROTO_NUMBER_FREED, str(number))
    for name in names:
        if name not in new.reserved_names:
            yield two.change(ChangeKind.PROTO_NAME_FREED, name)


def _reserved(two: Pair) -> Iterator[Change]:
    old = cast("ProtoMessage | ProtoEnum", two.old)
    new = cast("ProtoMessage | ProtoEnum", two.new)
    lost = [each for each in old.reserved if not _holds(new.reserved, each)]
    if lost:
        yield two.change(ChangeKind.PROTO_RESERVED, "numbers", values=(tuple(lost), new.reserved))
    gone = tuple(each for each in old.reserved_names if each not in new.reserved_names)
    if gone:
        yield two.change(ChangeKind.PROTO_RESERVED, "names", values=(gone, new.reserved_names))


def _holds(ranges: Numbers, wanted: tuple[int, int]) -> bool:
    return any(first <= wanted[0] and wanted[1] <= last for first, last in ranges)


PROTO_FACTS: Final[Mapping[Role, Callable[[Pair], Iterator[Change]]]] = {
    Role.PROTO_FILE: file_facts,
    Role.PROTO_METHOD: method_facts,
    Role.PROTO_MESSAGE: message_facts,
    Role.PROTO_FIELD: field_facts,
    Role.PROTO_ENUM: enum_facts,
    Role.PROTO_VALUE: value_facts,
}
