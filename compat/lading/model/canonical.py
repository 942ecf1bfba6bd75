"""What a contract is, whatever way it is written: its fingerprint, and its stored text."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum as PythonEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from lading.model.api import Operation, Part, Security
from lading.model.contract import Fingerprint, Kind
from lading.model.protoc import is_binary
from lading.model.schema import (
    NO_DEFAULT,
    Anything,
    Enum,
    Field,
    Fixed,
    Nothing,
    Record,
    Ref,
    Scalar,
    Union,
)
from lading.model.taxonomy import CodeMap, MappingCell, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from lading.model.contract import Body
    from lading.model.document import Document
    from lading.model.schema import Schema

_WRITTEN_AS_IS: Final = frozenset({Kind.OPENAPI, Kind.TAXONOMY, Kind.MAPPING, Kind.PROTOBUF})
_ORDER_IS_IDLE: Final = frozenset(
    {
        (Record, "fields"),
        (Enum, "symbols"),
        (Union, "branches"),
        (Operation, "security"),
        (Taxonomy, "states"),
        (Taxonomy, "transitions"),
        (CodeMap, "cells"),
        (CodeMap, "overrides"),
        (CodeMap, "sends"),
        (MappingCell, "cases"),
    }
)


_CLOSED: Final = frozenset(
    {Anything, Enum, Fixed, Nothing, Part, Scalar, Security, str, int, bool, type(None)}
)
"""What no schema can be in."""
_WORDS: Final = frozenset({"default", "limits", "tags"})
"""Fields that hold data or words, whatever holds them."""
_PLAIN: Final = frozenset(
    {
        "str",
        "bool",
        "int",
        "int | None",
        "str | None",
        "tuple[str, ...]",
        "tuple[tuple[str, str], ...]",
        "tuple[Invariant, ...]",
        "In",
    }
)
"""Types of fields, as they are written, that hold no schema."""
_LEAVES: Final = frozenset({str, int, bool})


def canonical_text(kind: Kind, document: Document) -> str:
    """The text a registry stores and hands out.

    Avro and JSON Schema: compact JSON with the keys in their order, as Confluent's canonical
    strings are. The kinds that people read as files keep their text, comments and all; only the
    line ends and the end of the file are made uniform.
    """
    if kind is Kind.PROTOBUF and is_binary(document.text):
        return document.text.strip()
    if kind in _WRITTEN_AS_IS:
        return document.text.replace("\r\n", "\n").rstrip() + "\n"
    return json.dumps(document.value, ensure_ascii=False, separators=(",", ":"))


def fingerprint(kind: Kind, body: Body, types: Mapping[str, Schema]) -> Fingerprint:
    """SHA-256 (hex) over the meaning: what `compare=False` marks as words or places does not count.

    Kept are names, defaults, aliases, logical types, units and limits, and for Avro the order of
    fields, symbols and branches, which decides the bytes. JSON has no such order. `types` are those
    that `body` has `reached`; what it never uses is none of its meaning.
    """
    import hashlib

    ordered = kind is Kind.AVRO
    named = {name: plain(schema, ordered=ordered) for name, schema in types.items()}
    meaning = {"kind": str(kind), "body": plain(body, ordered=ordered), "types": named}
    text = _canonical(meaning)
    return Fingerprint(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def plain(node: Any, *, ordered: bool = True) -> Any:
    """A value of the normal form as plain JSON, without what does not count for equality.

    Not `ordered`: lists whose order means nothing in JSON are sorted.
    """
    if node is None or type(node) in _LEAVES:
        return node
    if isinstance(node, tuple | list):
        return [plain(each, ordered=ordered) for each in node]
    if isinstance(node, dict):
        return {str(key): plain(value, ordered=ordered) for key, value in node.items()}
    if isinstance(node, PythonEnum):
        return str(node.value)
    if is_dataclass(node) and not isinstance(node, type):
        return _plain_value(node, ordered=ordered)
    return {"none": True} if node is NO_DEFAULT else _number(node)


def identity(schema: Schema) -> Hashable:
    """What equal schemas share, to look them up by."""
    try:
        hash(schema)
    except TypeError:  # a default that is a list or an object
        return _canonical(plain(schema))
    return schema


def _number(node: Any) -> Any:
    """JSON has one kind of number: 1.0 and 1 are the same limit."""
    return int(node) if isinstance(node, float) and node.is_integer() else node


def _plain_value(node: Any, *, ordered: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"is": type(node).__name__}
    late = _late(type(node))  # type: ignore[arg-type]  # mypy asks its instances
    for name in _compared(type(node)):  # type: ignore[arg-type]
        if name in late and getattr(node, name) == late[name]:
            continue
        value = plain(getattr(node, name), ordered=ordered)
        idle = not ordered and (type(node), name) in _ORDER_IS_IDLE
        found[name] = sorted(value, key=_canonical) if idle else value
    return found


@cache
def _compared(kind: Hashable) -> tuple[str, ...]:
    """The fields of a kind of value that count; looked up once, since every node asks."""
    return tuple(each.name for each in fields(cast("type[Any]", kind)) if each.compare)


@cache
def _late(kind: Hashable) -> Mapping[str, object]:
    """The fields that came after fingerprints were handed out: unsaid, they change none."""
    known = fields(cast("type[Any]", kind))
    return {each.name: each.default for each in known if each.metadata.get("late")}


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def reached(body: Body, types: Mapping[str, Schema]) -> dict[str, Schema]:
    """The named types that `body` leads to, in the order of `types`; what it never uses is left."""
    found: set[str] = set()
    waiting: list[Body] = [body] if types else []
    while waiting:
        for name in referred(waiting.pop()):
            if name in types and name not in found:
                found.add(name)
                waiting.append(types[name])
    return {name: schema for name, schema in types.items() if name in found}


def referred(node: Any) -> list[str]:
    """The name of every `Ref` in `node`."""
    found: list[str] = []
    waiting: list[Any] = [node]
    while waiting:
        each = waiting.pop()
        kind = type(each)
        if kind is Ref:
            found.append(each.name)
        elif kind is tuple:
            for part in each:
                schema = part.schema if type(part) is Field else part  # most are plain types
                if type(schema) not in _CLOSED:
                    waiting.append(schema)
        else:
            known = _HOLDING.get(kind)
            for name in _holding(kind) if known is None else known:
                value = getattr(each, name)
                if value and type(value) not in _CLOSED:
                    waiting.append(value)
    return found


_HOLDING: Final[dict[type, tuple[str, ...]]] = {}
"""What `_holding` has found."""


def _holding(kind: type) -> tuple[str, ...]:
    """The fields of a kind of value that may hold a schema, or what holds one."""
    found: tuple[str, ...] = ()
    if kind not in _CLOSED and is_dataclass(kind):
        closed = {each.name for each in fields(kind) if each.type in _PLAIN}
        compared = _compared(kind)
        found = tuple(name for name in compared if name not in _WORDS | closed)
    _HOLDING[kind] = found
    return found
