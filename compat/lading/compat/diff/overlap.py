"""Decides whether a value can match two branches of a union, which is what ``oneOf`` is about."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from lading.compat.pair.schemas import visible
from lading.model.conditions import intersection
from lading.model.schema import (
    Anything,
    Array,
    Enum,
    Map,
    Nothing,
    Record,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.contract import Slot
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
    return overlapping(union) is not None


def overlapping(union: Union) -> tuple[Schema, Schema] | None:
    """The first two branches that are not surely apart."""
    if union.discriminator:
        return None
    pairs = combinations(union.branches, 2)
    return next(((a, b) for a, b in pairs if not _apart(a, b)), None)


def meets_two(writer: Union, reader: Union, slot: Slot, spoken: frozenset[str]) -> bool:
    """Whether what is written by one alternative may match two of another version.

    A message carries what is declared: by its alternative, or by all that it may be at once.

    Args:
        writer: the alternatives of who writes.
        reader: those of who reads.
        slot: in which direction messages travel.
        spoken: names that conditions beside the alternatives speak of: they may be carried too.
    """
    if reader.discriminator:
        return False
    names = [_declared(each, slot) for each in writer.branches]
    if not writer.exclusive:
        objects = [
            n for each, n in zip(writer.branches, names, strict=True) if _may_be_object(each)
        ]
        known = [each for each in objects if each is not None]
        at_once = spoken.union(*known) if len(known) == len(objects) else None
        names = [at_once if _may_be_object(each) else None for each in writer.branches]
    names = [None if each is None else each | spoken for each in names]
    return any(
        sum(not _never_written(mine, declared, each, slot) for each in reader.branches) > 1
        for mine, declared in zip(writer.branches, names, strict=True)
    )


def declares_names_alone(record: Record) -> bool:
    """Whether an object says of no property what it holds, as one does that only requires some.

    What it carries beside them nobody can tell.
    """
    return all(isinstance(each.schema, Anything) for each in record.fields)


def _may_be_object(schema: Schema) -> bool:
    return not _kinds(schema) or "object" in _kinds(schema)


def _declared(schema: Schema, slot: Slot) -> frozenset[str] | None:
    """The names of what an object carries; `None`: it may carry others."""
    if not isinstance(schema, Record) or declares_names_alone(schema) or schema.patterns:
        return None
    if not isinstance(schema.rest, Anything | Nothing | None):
        return None
    return frozenset(visible(schema, slot))


def _never_written(
    mine: Schema, declared: frozenset[str] | None, other: Schema, slot: Slot
) -> bool:
    """Whether no message of one alternative, with those names, is one of another."""
    shape = other.base if isinstance(other, Restricted) else other
    if declared is not None and isinstance(shape, Record):
        asked = {name for name, each in visible(shape, slot).items() if each.required}
        if not asked <= declared:
            return True
    return _apart(mine, other)


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
        case Scalar(), Scalar():
            return any(isinstance(each, Nothing) for each in intersection((a, b)))
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
