"""Witnesses of Protobuf: bytes that one version writes and the other takes for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.compat.change import ChangeKind
from lading.compat.witness.base import Witness
from lading.model.proto import ProtoEnum, ProtoField, ProtoFile, ProtoMessage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Sides

    Message = Any
    Descriptor = Any

_DEPTH: Final = 8
"""How deep required fields are filled in."""
_TELLING: Final = {
    **dict.fromkeys(("int32", "sint32", "sfixed32"), (-1, 7, 2**31 - 1)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), (2**40, -1, 7)),
    **dict.fromkeys(("uint32", "fixed32"), (2**32 - 1, 7)),
    **dict.fromkeys(("uint64", "fixed64"), (2**40, 2**64 - 1, 7)),
    "bool": (True,),
    "string": ("a text",),
    "bytes": (b"\xff\xfe", b"a text"),
    **dict.fromkeys(("float", "double"), (1.5,)),
}
"""By type: the values of which other types most likely make another."""


def of_protobuf(finding: Finding, sides: Sides) -> Witness | None:
    """The first message that fails, of those that the finding suggests."""
    from google.protobuf.message import DecodeError

    side, writer, reader = sides
    mine, theirs = writer.body, reader.body
    if not (isinstance(mine, ProtoFile) and isinstance(theirs, ProtoFile)):
        return None
    for names, field in _places(finding.change, mine, theirs, is_old=side == "old"):
        classes = (_class(file, name) for file, name in zip((mine, theirs), names, strict=True))
        ours, other = classes
        for sent in _messages(ours, field, finding.change):
            data = sent.SerializeToString()
            try:
                outcome = difference(sent, other.FromString(data))
            except DecodeError as error:
                outcome = f"refused: {error}"[:200]
            if outcome:
                return Witness("message", side, _shown(sent), outcome, data.hex())
    return None


def difference(sent: Message, read: Message) -> str:
    """What the reader of a message makes of it, where that is not what was sent; else nothing."""
    if missing := read.FindInitializationErrors():
        return f"refused: it lacks {', '.join(missing)}"
    theirs = read.DESCRIPTOR.fields_by_number
    for field in sent.DESCRIPTOR.fields:
        other = theirs.get(field.number)
        if other is None:
            continue
        ours, seen = (_value(*each) for each in ((sent, field), (read, other)))
        if _is_same(ours, seen) or (ours in _EMPTY and seen in _EMPTY):
            continue
        return f"read as {other.name} = {_word(seen)}, meant as {field.name} = {_word(ours)}"
    return ""


_EMPTY: Final[tuple[object, ...]] = (None, [], {})


def _value(message: Message, field: Descriptor) -> Any:
    """What a field holds; what stands for it where it is left out."""
    value = getattr(message, field.name)
    if not field.is_repeated:
        is_message = field.message_type is not None
        return None if is_message and not message.HasField(field.name) else value
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return dict(value)
    return list(value)


def _is_same(ours: Any, seen: Any) -> bool:
    if isinstance(ours, list) and isinstance(seen, list):
        return len(ours) == len(seen) and all(map(_is_same, ours, seen))
    if isinstance(ours, dict) and isinstance(seen, dict):
        same = ours.keys() == seen.keys()
        return same and all(_is_same(each, seen[key]) for key, each in ours.items())
    if hasattr(ours, "DESCRIPTOR") and hasattr(seen, "DESCRIPTOR"):
        return not difference(ours, seen)
    if hasattr(ours, "DESCRIPTOR") or hasattr(seen, "DESCRIPTOR"):
        return False
    texts = [each.encode() if isinstance(each, str) else each for each in (ours, seen)]
    number = ours != ours and seen != seen  # noqa: PLR0124 - NaN
    return number or bool(texts[0] == texts[1])


def _word(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value) if hasattr(value, "DESCRIPTOR") else repr(value)
    return " ".join(text.split())[:100] or "nothing"


def _shown(message: Message) -> Any:
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(message, preserving_proto_field_name=True)


def _places(
    change: Change, mine: ProtoFile, theirs: ProtoFile, *, is_old: bool
) -> Iterator[tuple[tuple[str, str], ProtoField | None]]:
    """((the message of the writer, that of the reader), the field that is to be set)."""
    owners = change.old_owner, change.new_owner
    own, other = owners if is_old else owners[::-1]
    node = change.old if is_old else change.new
    if isinstance(own, ProtoMessage) and isinstance(other, ProtoMessage):
        number = getattr(node, "number", None)
        if number is None and isinstance(change.old, bool | str):  # it is about a part of a field
            number = next((e.number for e in own.fields if e.name == change.path[-1]), None)
        yield (own.name, other.name), next((e for e in own.fields if e.number == number), None)
    names = {each.name: each for each in theirs.messages}
    enum = own if isinstance(own, ProtoEnum) else None
    for message in mine.messages if enum else ():
        for field in message.fields:
            if enum and field.of == enum.name and message.name in names:
                yield (message.name, message.name), field


def _class(file: ProtoFile, name: str) -> Any:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass

    pool = DescriptorPool()
    for each in FileDescriptorSet.FromString(file.descriptors).file:
        pool.Add(each)
    return GetMessageClass(pool.FindMessageTypeByName(file.full(name)))


def _messages(kind: Any, field: ProtoField | None, change: Change) -> Iterator[Message]:
    """Messages with what is required, and with one field set to each telling value."""
    descriptor = kind.DESCRIPTOR.fields_by_number.get(field.number) if field else None
    unset = descriptor is None or change.kind is ChangeKind.PROTO_DEFAULT
    for value in () if unset else _values(descriptor, change):
        message = _filled(kind())
        others = kind.DESCRIPTOR.fields if change.kind is ChangeKind.PROTO_ONEOF else ()
        for each in others:  # what can be set beside it; setting it ends what cannot
            _put(message, each, next(_values(each, change), None))
        _put(message, descriptor, value)
        yield message
    yield _filled(kind())  # left out


def _values(field: Descriptor, change: Change) -> Iterator[Any]:
    from lading.model.protobuf import TYPES

    if field.enum_type is not None:
        numbers = sorted((each.number for each in field.enum_type.values), reverse=True)
        wanted = getattr(change.old, "number", getattr(change.new, "number", None))
        yield from (n for n in numbers if n == wanted and isinstance(change.old_owner, ProtoEnum))
        yield from numbers
    elif field.message_type is None:
        yield from _TELLING.get(TYPES[field.type], ())


def _put(message: Message, field: Descriptor, value: Any) -> None:
    if field.message_type is not None:
        if not field.is_repeated:
            _filled(getattr(message, field.name)).SetInParent()
    elif value is not None and field.is_repeated:
        getattr(message, field.name).extend([value, value])
    elif value is not None:
        setattr(message, field.name, value)


def _filled(message: Message, depth: int = 0) -> Message:
    """With what is required, as far as that goes."""
    for field in message.DESCRIPTOR.fields if depth < _DEPTH else ():
        if not field.is_required:
            continue
        if field.message_type is not None:
            _filled(getattr(message, field.name), depth + 1).SetInParent()
        else:
            setattr(message, field.name, field.default_value)
    return message
