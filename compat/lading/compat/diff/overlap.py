"""Decides whether a value can match two branches of a union, which is what ``oneOf`` is about."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from lading.model.schema import (
    Array,
    Enum,
    Map,
    Record,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Schema, Union

_JSON_TYPES: Final[Mapping[ScalarType, str]] = {
    ScalarType.NULL: "null",
    ScalarType.BOOLEAN: "boolean",
    ScalarType.STRING: "string",
    ScalarType.INTEGER: "number",
    ScalarType.NUMBER: "number",
}


def may_overlap(union: Union) -> bool:
    """Whether two branches are not surely apart; a discriminator keeps its branches apart."""
    if union.discriminator:
        return False
    return any(not _apart(a, b) for a, b in combinations(union.branches, 2))


def _apart(a: Schema, b: Schema) -> bool:
    if isinstance(a, Restricted) or isinstance(b, Restricted):
        return _apart(*(each.base if isinstance(each, Restricted) else each for each in (a, b)))
    kinds = _kinds(a), _kinds(b)
    if all(kinds) and not kinds[0] & kinds[1]:
        return True
    match a, b:
        case Record(), Record():
            return _tagged_apart(a, b)
        case Enum(), Enum():
            return not set(map(repr, a.symbols)) & set(map(repr, b.symbols))
    return False


def _kinds(schema: Schema) -> frozenset[str]:
    """The JSON types a schema admits; empty when not known."""
    match schema:
        case Scalar(type=kind):
            return frozenset({_JSON_TYPES.get(kind, "number")})
        case Enum(symbols=symbols):
            return frozenset(_kind_of(symbol) for symbol in symbols)
        case Record() | Map():
            return frozenset({"object"})
        case Array() | Tuple():
            return frozenset({"array"})
    return frozenset()


def _kind_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
    return "other"


def _tagged_apart(a: Record, b: Record) -> bool:
    """Both demand one field whose listed values they do not share."""
    tags = {f.name: f.schema for f in a.fields if f.required and isinstance(f.schema, Enum)}
    return any(
        f.required
        and f.name in tags
        and isinstance(f.schema, Enum)
        and _apart(tags[f.name], f.schema)
        for f in b.fields
    )
