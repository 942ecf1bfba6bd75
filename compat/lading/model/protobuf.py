"""Reads Protobuf: what the compiler made of a .proto becomes a `ProtoFile`."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from lading.model.document import Origin, Place
from lading.model.errors import ContractError, Problem
from lading.model.proto import (
    ProtoEnum,
    ProtoField,
    ProtoFile,
    ProtoMessage,
    ProtoMethod,
    ProtoValue,
)
from lading.model.protoc import EXTRA, available, compiled, is_binary, main_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.model.document import Document
    from lading.model.proto import Numbers

    # Of google.protobuf, which publishes no types that hold for its descriptors.
    Descriptor = Any
    Pool = Any

TYPES: Final = (
    "",
    *("double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string"),
    *("group", "message", "bytes", "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64"),
)
"""By their numbers in ``descriptor.proto``."""
_LABEL_REPEATED: Final = 3
_MAX: Final = 2**29 - 1
_MAX_ENUM: Final = 2**31 - 1
# Numbers of fields in descriptor.proto, of which the paths of places are made.
_MESSAGE, _ENUM, _SERVICE, _FIELD, _NESTED, _INNER_ENUM, _VALUE, _METHOD = 4, 5, 6, 2, 3, 4, 2, 2


def read_protobuf(
    document: Document, references: Mapping[str, Document]
) -> tuple[ProtoFile, dict[str, Document]]:
    """Read a file.

    Returns:
        (the file, the documents that it leads to, by the name they are imported by).

    Raises:
        ContractError: see `compiled`.
    """
    if not available():
        place = Place(document.name)
        raise ContractError([Problem("LAD025", "Protobuf is read by an extra", place, EXTRA)])
    from google.protobuf import descriptor_pb2
    from google.protobuf.descriptor_pool import DescriptorPool

    files = [
        descriptor_pb2.FileDescriptorProto.FromString(each)
        for each in compiled(document, references)
    ]
    pool = DescriptorPool()
    try:
        for each in files:
            pool.Add(each)
        main = pool.FindFileByName(main_name(files))
    except (TypeError, KeyError) as error:  # what one compiler takes and the other does not
        raise ContractError(
            [Problem("LAD025", f"it cannot be loaded: {error}", Place(document.name))]
        ) from error
    used = {each.name: references[each.name] for each in files if each.name in references}
    names = {main.name: document.name, **{name: each.name for name, each in used.items()}}
    reader = _Reader(pool, files, main.name, names)
    return reader.file(main), used


def serialized(document: Document, references: Mapping[str, Document]) -> str:
    """A file as Confluent's clients read it: its ``FileDescriptorProto`` in base64."""
    if is_binary(document.text):
        return document.text.strip()
    return base64.b64encode(without_places(document, references)).decode()


def without_places(document: Document, references: Mapping[str, Document]) -> bytes:
    """The ``FileDescriptorProto`` that a file is compiled to: the same for all ways to write it."""
    from google.protobuf import descriptor_pb2

    file = descriptor_pb2.FileDescriptorProto.FromString(compiled(document, references)[-1])
    file.ClearField("source_code_info")
    return bytes(file.SerializeToString(deterministic=True))


class _Reader:
    """Reads the descriptors of one compilation."""

    def __init__(
        self, pool: Pool, files: Iterable[Any], main: str, names: Mapping[str, str]
    ) -> None:
        self._pool = pool
        self._files = list(files)
        self._main = main
        self._names = names
        self._package = next(each.package for each in self._files if each.name == main)
        self._here = {
            name
            for file in self._files
            if file.package == self._package
            for name, *_ in (*_messages(file), *_enums(file))
        }
        self._places = {
            (file.name, tuple(each.path)): (each.span[0] + 1, each.span[1] + 1)
            for file in self._files
            for each in file.source_code_info.location
        }

    def file(self, main: Descriptor) -> ProtoFile:
        from google.protobuf import descriptor_pb2

        messages, enums = self._declared()
        kept = descriptor_pb2.FileDescriptorSet()
        for each in self._files:
            bare = kept.file.add()
            bare.CopyFrom(each)
            bare.ClearField("source_code_info")
        said = self._files[-1]
        edition = descriptor_pb2.Edition.Name(said.edition).removeprefix("EDITION_")
        return ProtoFile(
            package=main.package,
            syntax=edition if said.syntax == "editions" else said.syntax or "proto2",
            messages=tuple(messages),
            enums=tuple(enums),
            methods=tuple(self._methods(main)),
            descriptors=kept.SerializeToString(deterministic=True),
            at=self._at(self._main),
        )

    def _declared(self) -> tuple[list[ProtoMessage], list[ProtoEnum]]:
        """All messages and enums of the file, then those of others that they lead to."""
        extended = self._extensions()
        messages: dict[str, tuple[ProtoMessage, bool]] = {}
        enums: dict[str, ProtoEnum] = {}
        for file in reversed(self._files):
            for name, proto, path in _messages(file):
                own = file.name == self._main and not proto.options.map_entry
                more = extended.get(name, ())
                read = self._message(name, proto, file.name, path, own=own, more=more)
                messages[read.name] = read, file.name == self._main
            for name, proto, path in _enums(file):
                own = file.name == self._main
                listed = self._enum(name, proto, file.name, path, own=own)
                enums[listed.name] = listed
        reached = _reached(messages)
        kept = [each for each, here in messages.values() if here or each.name in reached]
        return kept, [each for each in enums.values() if each.own or each.name in reached]

    def _extensions(self) -> dict[str, tuple[ProtoField, ...]]:
        """Full name of a message to the fields that files add to it; options are no messages."""
        found: dict[str, tuple[ProtoField, ...]] = {}
        for file in self._files:
            if file.name.startswith("google/protobuf/"):
                continue
            for name, proto, path in _extensions_of(file):
                descriptor = self._pool.FindExtensionByName(name)
                whom = descriptor.containing_type.full_name
                if not whom.startswith("google.protobuf."):
                    at = self._at(file.name, path)
                    read = self._field(descriptor, proto, f"[{name}]", at)
                    found[whom] = (*found.get(whom, ()), read)
        return found

    def _message(  # noqa: PLR0913 - what a descriptor does not say of itself
        self,
        name: str,
        proto: Any,
        file: str,
        path: tuple[int, ...],
        *,
        own: bool,
        more: tuple[ProtoField, ...],
    ) -> ProtoMessage:
        descriptor = self._pool.FindMessageTypeByName(name)
        fields = [
            self._field(
                descriptor.fields_by_number[each.number],
                each,
                each.name,
                self._at(file, (*path, _FIELD, index)),
            )
            for index, each in enumerate(proto.field)
        ]
        ranges = [(each.start, min(each.end - 1, _MAX)) for each in proto.reserved_range]
        return ProtoMessage(
            self._local(name),
            tuple(sorted((*fields, *more), key=lambda each: each.number)),
            _merged(ranges),
            tuple(sorted(proto.reserved_name)),
            own=own,
            at=self._at(file, path),
        )

    def _enum(
        self, name: str, proto: Any, file: str, path: tuple[int, ...], *, own: bool
    ) -> ProtoEnum:
        names: dict[int, list[str]] = {}
        places: dict[int, Origin] = {}
        for index, each in enumerate(proto.value):
            names.setdefault(each.number, []).append(each.name)
            places.setdefault(each.number, self._at(file, (*path, _VALUE, index)))
        ranges = [(each.start, min(each.end, _MAX_ENUM)) for each in proto.reserved_range]
        return ProtoEnum(
            self._local(name),
            tuple(ProtoValue(each, tuple(names[each]), places[each]) for each in sorted(names)),
            self._pool.FindEnumTypeByName(name).is_closed,
            _merged(ranges),
            tuple(sorted(proto.reserved_name)),
            own=own,
            at=self._at(file, path),
        )

    def _methods(self, main: Descriptor) -> Iterator[ProtoMethod]:
        for service_index, service in enumerate(self._files[-1].service):
            for index, each in enumerate(service.method):
                yield ProtoMethod(
                    f"{service.name}.{each.name}",
                    self._local(each.input_type[1:]),
                    self._local(each.output_type[1:]),
                    each.client_streaming,
                    each.server_streaming,
                    self._at(main.name, (_SERVICE, service_index, _METHOD, index)),
                )

    def _field(self, descriptor: Descriptor, proto: Any, name: str, at: Origin) -> ProtoField:
        type_ = TYPES[descriptor.type]
        target = descriptor.message_type or descriptor.enum_type
        many = "repeated" if proto.label == _LABEL_REPEATED else ""
        if many and type_ == "message" and target.GetOptions().map_entry:
            many = "map"
        real = descriptor.containing_oneof is not None and not proto.proto3_optional
        oneof = descriptor.containing_oneof.name if real else ""
        required = bool(descriptor.is_required)
        scalar = type_ not in {"message", "group"}
        return ProtoField(
            number=descriptor.number,
            name=name,
            type=type_,
            of=self._local(target.full_name) if target else "",
            many=many,
            required=required,
            explicit=bool(
                scalar and not required and not many and not oneof and descriptor.has_presence
            ),
            oneof=oneof,
            json_name=descriptor.json_name,
            default=_default(descriptor, type_) if scalar and not many else "",
            at=at,
        )

    def _local(self, name: str) -> str:
        """A full name as the normal form has it."""
        if name not in self._here:
            return f".{name}"
        return name.removeprefix(f"{self._package}.") if self._package else name

    def _at(self, file: str, path: tuple[int, ...] = ()) -> Origin:
        """Origins in a .proto are lines and columns: it has no other pointers."""
        return Origin(self._names.get(file, file), self._places.get((file, path), ()))


def _messages(file: Any) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
    """(full name, descriptor, path), outer before inner."""
    waiting: list[tuple[str, Any, tuple[int, ...]]] = [
        (f"{file.package}.{each.name}".strip("."), each, (_MESSAGE, index))
        for index, each in reversed(list(enumerate(file.message_type)))
    ]
    while waiting:
        name, proto, path = waiting.pop()
        yield name, proto, path
        waiting += [
            (f"{name}.{each.name}", each, (*path, _NESTED, index))
            for index, each in reversed(list(enumerate(proto.nested_type)))
        ]


def _enums(file: Any) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
    for index, each in enumerate(file.enum_type):
        yield f"{file.package}.{each.name}".strip("."), each, (_ENUM, index)
    for name, proto, path in _messages(file):
        for index, each in enumerate(proto.enum_type):
            yield f"{name}.{each.name}", each, (*path, _INNER_ENUM, index)


def _extensions_of(file: Any) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
    for index, each in enumerate(file.extension):
        yield f"{file.package}.{each.name}".strip("."), each, (7, index)
    for name, proto, path in _messages(file):
        for index, each in enumerate(proto.extension):
            yield f"{name}.{each.name}", each, (*path, 6, index)


def _default(descriptor: Descriptor, type_: str) -> str:
    """What is not zero or empty. An enum of proto2 starts with any number."""
    value = descriptor.default_value
    if type_ == "enum":
        return str(value) if value else ""
    return repr(value) if descriptor.has_default_value and value else ""


def _merged(ranges: Iterable[tuple[int, int]]) -> Numbers:
    """Ranges in order, those that meet as one: ``1 to 2, 3`` is ``1 to 3``."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def _reached(messages: Mapping[str, tuple[ProtoMessage, bool]]) -> set[str]:
    """The full names that the file's own messages lead to."""
    found: set[str] = set()
    waiting = [each for each, here in messages.values() if here]
    while waiting:
        for field in waiting.pop().fields:
            if field.of and field.of not in found:
                found.add(field.of)
                waiting += [messages[field.of][0]] if field.of in messages else []
    return found
