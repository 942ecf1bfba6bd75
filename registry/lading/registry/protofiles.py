"""Are two Protobuf files one? Sent as a .proto or as a descriptor, it is what is compiled of it.

To compile takes a tenth of a second, so it is asked of files alone that declare the same names.
"""

from __future__ import annotations

import base64
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from lading.model.errors import ContractError
from lading.model.protoc import is_binary
from lading.registry import spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DECLARING: Final = frozenset({"message", "enum", "service", "rpc"})
_NUMBER: Final = re.compile(r"[+-]?(?:0[xX][0-9A-Fa-f]+|\d+)")


def declared(text: str) -> frozenset[str]:
    """The names that a file declares, in lower case: a group is a field and a message."""
    names = _of_descriptor(text) if is_binary(text) else _of_text(text)
    return frozenset(each.lower() for each in names)


def compiled(text: str, used: Mapping[str, str]) -> bytes:
    """The descriptor of a file, without places; empty for what is none.

    `used` are the texts that it reaches, by the names it has for them.
    """
    from lading.model import Document, Syntax
    from lading.model.protobuf import without_places

    documents = {name: Document(name, each, None, Syntax.PROTO) for name, each in used.items()}
    try:
        return without_places(Document("schema", text, None, Syntax.PROTO), documents)
    except ContractError:
        return b""


def written(text: str, used: Mapping[str, str]) -> str:
    """A descriptor in base64 as a .proto; as it is, where none comes to the same.

    Raises:
        ContractError: it is no descriptor, or imports what `used` lacks.
    """
    from lading.model import Document, Syntax
    from lading.model.protoprint import as_proto

    documents = {name: Document(name, each, None, Syntax.PROTO) for name, each in used.items()}
    return as_proto(Document("schema", text, None, Syntax.PROTO), documents)


def _of_text(text: str) -> Iterator[str]:
    words = spellings.words(text)
    depth, statement = 0, ""  # of brackets, and the first word of what is being said
    for at, (word, after) in enumerate(pairwise(words)):
        depth += (word == "[") - (word == "]")
        if word in {";", "{", "}"}:
            statement = ""
        elif not statement:
            statement = word
        is_field = after == "=" and _NUMBER.fullmatch(" ".join(words[at + 2 : at + 3]))
        if word in _DECLARING and statement == word:
            yield after
        elif is_field and not depth and statement != "option":
            yield word


def _of_descriptor(text: str) -> Iterator[str]:
    from google.protobuf import descriptor_pb2
    from google.protobuf.message import DecodeError

    file = descriptor_pb2.FileDescriptorProto()
    try:
        file.ParseFromString(base64.b64decode("".join(text.split())))
    except (ValueError, DecodeError):
        return
    yield from _of_messages(file.message_type)
    yield from _of_enums(file.enum_type)
    yield from (each.name for each in file.extension)
    for service in file.service:
        yield from (service.name, *(each.name for each in service.method))


def _of_messages(messages: Any) -> Iterator[str]:
    for each in messages:
        if not each.options.map_entry:
            yield each.name
            yield from (field.name for field in (*each.field, *each.extension))
            yield from _of_messages(each.nested_type)
            yield from _of_enums(each.enum_type)


def _of_enums(enums: Any) -> Iterator[str]:
    for each in enums:
        yield from (each.name, *(value.name for value in each.value))
