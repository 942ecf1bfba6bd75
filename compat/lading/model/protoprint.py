"""Writes a compiled Protobuf file as the .proto that it could have come from.

The order and the spaces are those of Confluent's registry, which answers with it to whoever sent a
``FileDescriptorProto`` (`ProtobufSchemaUtils.toString`); fields of a oneof stay where they stand.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from lading.model.document import Document, Syntax
from lading.model.errors import ContractError
from lading.model.protobuf import TYPES, without_places
from lading.model.protoc import available, compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LABELS: Final = ("", "optional ", "required ", "repeated ")
_GROUP, _STRING, _BYTES, _MESSAGE = 10, 9, 12, 11
_REPEATED: Final = 3
_MAX: Final = 2**29
_MAX_ENUM: Final = 2**31 - 1


def as_proto(document: Document, references: Mapping[str, Document]) -> str:
    """A .proto that compiles to what a descriptor in base64 does.

    The text of the document itself, where there is none, it would come to something else, or the
    packages of the extra are not there.

    Raises:
        ContractError: it is no descriptor; see `compiled`.
    """
    if not available():
        return document.text
    from google.protobuf import descriptor_pb2

    files = [
        descriptor_pb2.FileDescriptorProto.FromString(each)
        for each in compiled(document, references)
    ]
    own = files[-1]
    own.ClearField("source_code_info")
    try:
        written = _Printer(files).file(own)
        held = Document(document.name, written, None, Syntax.PROTO)
        same = without_places(held, references) == own.SerializeToString(deterministic=True)
    except (ContractError, TypeError, KeyError):  # also what one compiler takes, the other not
        return document.text
    return written if same else document.text


class _Printer:
    """Writes one of some files; the others say what its options are."""

    def __init__(self, files: Iterable[Any]) -> None:
        from google.protobuf.descriptor_pool import DescriptorPool

        self._pool = DescriptorPool()
        for each in files:
            self._pool.Add(each)
        self._syntax = ""

    def file(self, file: Any) -> str:
        self._syntax = file.syntax or "proto2"
        head = [f'syntax = "{self._syntax}";']
        if self._syntax == "editions":
            head = [f'edition = "{_edition(file)}";']
        if file.package:
            head.append(f"package {file.package};")
        parts = (
            [f'import {_how(file, at)}"{name}";' for at, name in enumerate(file.dependency)],
            self._statements(file.options),
            [line for each in file.message_type for line in self._message(each)]
            + [line for each in file.enum_type for line in self._enum(each)],
            [*self._extends(file.extension, {})],
            [line for each in file.service for line in self._service(each)],
        )
        return "\n".join(head) + "\n" + "".join("\n" + _lines(each) for each in parts if each)

    # -- messages ---------------------------------------------------------------------------------

    def _message(self, message: Any) -> Iterator[str]:
        yield f"message {message.name} {{" + ("" if message.ByteSize() > _bare(message) else "}")
        if message.ByteSize() > _bare(message):
            yield from self._body(message)
            yield "}"

    def _body(self, message: Any) -> Iterator[str]:
        inner = {each.name: each for each in message.nested_type}
        groups = {
            each.type_name.rpartition(".")[2]
            for each in (*message.field, *message.extension)
            if each.type == _GROUP
        }
        own = [
            each
            for each in message.nested_type
            if not each.options.map_entry and each.name not in groups
        ]
        parts = (
            [*_reserved(message, _MAX, 1, self._quote)],
            self._statements(message.options),
            [*self._fields(message, inner)],
            [*self._ranges(message)],
            [*self._extends(message.extension, inner)],
            [line for each in own for line in self._message(each)]
            + [line for each in message.enum_type for line in self._enum(each)],
        )
        yield from _apart(parts)

    def _fields(self, message: Any, inner: Mapping[str, Any]) -> Iterator[str]:
        def of(field: Any) -> int:
            return field.oneof_index if _is_in_oneof(field) else -1

        for index, fields in groupby(message.field, of):
            if index < 0:
                for each in fields:
                    yield from self._field(each, inner)
                continue
            oneof = message.oneof_decl[index]
            yield f"oneof {oneof.name} {{"
            yield from _indented(self._statements(oneof.options))
            yield from _indented(line for each in fields for line in self._field(each, inner))
            yield "}"

    def _field(self, field: Any, inner: Mapping[str, Any]) -> Iterator[str]:
        kind, label = field.type_name or TYPES[field.type], self._label(field)
        held = inner.get(kind.rpartition(".")[2])
        if field.type == _MESSAGE and held is not None and held.options.map_entry:
            key, value = (each.type_name or TYPES[each.type] for each in held.field)
            kind, label = f"map<{key}, {value}>", ""
        said = [*self._said(field.options)]
        if field.HasField("default_value"):
            said.append(f"default = {_default(field)}")
        if field.HasField("json_name") and field.json_name != _camel(field.name):
            said.append(f'json_name = "{_escaped(field.json_name)}"')
        if field.type == _GROUP and held is not None:
            name = f"{label}group {held.name} = {field.number}"
            yield f"{name}{_bracketed(said)} {{"
            yield from self._body(held)
            yield "}"
            return
        yield f"{label}{kind} {field.name} = {field.number}{_bracketed(said)};"

    def _label(self, field: Any) -> str:
        if _is_in_oneof(field):
            return ""
        if self._syntax != "proto2" and field.label != _REPEATED:
            return "optional " if field.proto3_optional else ""
        return _LABELS[field.label]

    def _ranges(self, message: Any) -> Iterator[str]:
        for each in message.extension_range:
            said = _bracketed(self._said(each.options))
            yield f"extensions {_range(each.start, each.end - 1, _MAX - 1)}{said};"

    def _extends(self, extensions: Iterable[Any], inner: Mapping[str, Any]) -> Iterator[str]:
        for extendee, fields in groupby(extensions, lambda each: str(each.extendee)):
            yield f"extend {extendee} {{"
            yield from _indented(line for each in fields for line in self._field(each, inner))
            yield "}"

    # -- the rest ---------------------------------------------------------------------------------

    def _enum(self, enum: Any) -> Iterator[str]:
        yield f"enum {enum.name} {{"
        yield from _indented(_reserved(enum, _MAX_ENUM, 0, self._quote))
        yield from _indented(self._statements(enum.options))
        for each in enum.value:
            yield f"  {each.name} = {each.number}{_bracketed(self._said(each.options))};"
        yield "}"

    def _service(self, service: Any) -> Iterator[str]:
        yield f"service {service.name} {{"
        yield from _indented(self._statements(service.options))
        for each in service.method:
            asked = ("stream " if each.client_streaming else "") + each.input_type
            told = ("stream " if each.server_streaming else "") + each.output_type
            said = self._statements(each.options)
            yield f"  rpc {each.name} ({asked}) returns ({told})" + (" {" if said else ";")
            if said:
                yield from _indented(_indented(said))
                yield "  };"
        yield "}"

    @property
    def _quote(self) -> str:
        """What stands around a reserved name."""
        return "" if self._syntax == "editions" else '"'

    def _statements(self, options: Any) -> list[str]:
        return [f"option {each};" for each in self._said(options)]

    def _said(self, options: Any) -> Iterator[str]:
        """``name = value`` of each option, those that a file defines by their names in full."""
        for field, value in self._known(options).ListFields():
            if field.full_name == "google.protobuf.MessageOptions.map_entry":
                continue
            name = f"({field.full_name})" if field.is_extension else field.name
            for each in value if field.is_repeated else (value,):
                yield f"{name} = {_value(field, each)}"

    def _known(self, options: Any) -> Any:
        """The options, read by the descriptors of the files where these have some of their own."""
        from google.protobuf.message_factory import GetMessageClass, GetMessageClassesForFiles

        try:
            kind = self._pool.FindMessageTypeByName(options.DESCRIPTOR.full_name)
        except KeyError:
            return options
        GetMessageClassesForFiles([kind.file.name], self._pool)
        return GetMessageClass(kind).FromString(options.SerializeToString())


def _edition(file: Any) -> str:
    from google.protobuf import descriptor_pb2

    return str(descriptor_pb2.Edition.Name(file.edition)).removeprefix("EDITION_")


def _how(file: Any, at: int) -> str:
    if at in file.public_dependency:
        return "public "
    return "weak " if at in file.weak_dependency else ""


def _is_in_oneof(field: Any) -> bool:
    """A field that is optional in proto3 has one alone, which nobody wrote."""
    return bool(field.HasField("oneof_index") and not field.proto3_optional)


def _reserved(holder: Any, most: int, beyond: int, quote: str) -> Iterator[str]:
    """`beyond`: how far the end of a range is past its last number."""
    for each in holder.reserved_range:
        yield f"reserved {_range(each.start, each.end - beyond, most - beyond)};"
    for name in holder.reserved_name:
        yield f"reserved {quote}{name}{quote};"


def _range(start: int, last: int, most: int) -> str:
    if start == last:
        return str(start)
    return f"{start} to {'max' if last == most else last}"


def _value(field: Any, value: Any) -> str:
    from google.protobuf import text_format

    if field.type == _MESSAGE:
        return f"{{ {text_format.MessageToString(value, as_one_line=True)} }}"
    if field.type in {_STRING, _BYTES}:
        return f'"{_escaped(value)}"'
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[value].name)
    return str(value).lower()


def _default(field: Any) -> str:
    text = str(field.default_value)
    if field.type == _BYTES:  # it is escaped in the descriptor
        return f'"{text}"'
    return f'"{_escaped(text)}"' if field.type == _STRING else text


def _escaped(value: str | bytes) -> str:
    from google.protobuf import text_encoding

    return str(text_encoding.CEscape(value, as_utf8=isinstance(value, str)))


def _camel(name: str) -> str:
    """The name in JSON of a field that says none, as protoc makes it."""
    first, *others = name.split("_")
    return first + "".join(each[:1].upper() + each[1:] for each in others)


def _bracketed(said: Iterable[str]) -> str:
    text = ", ".join(said)
    return f" [{text}]" if text else ""


def _bare(message: Any) -> int:
    """Bytes of a message of which there is but a name."""
    return int(type(message)(name=message.name).ByteSize())


def _apart(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    """The parts of a message, an empty line between them."""
    for at, lines in enumerate(each for each in parts if each):
        yield from [""] if at else []
        yield from _indented(lines)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {each}" if each else "" for each in lines)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{each}\n" for each in lines)
