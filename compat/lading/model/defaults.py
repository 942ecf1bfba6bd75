"""Defaults of Avro, as JSON: what a type takes, and which branch of a union does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.model.notes import as_written, kind_of
from lading.model.schema import Array, Enum, Fixed, Map, Record, Ref, Scalar, ScalarType, Union

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lading.model.schema import Schema

_LATIN_1: Final = 0xFF
"""Specification, Complex Types: defaults of bytes and fixed are code points 0 to 255."""
_RANGE: Final = {ScalarType.INT: 2**31, ScalarType.LONG: 2**63}


def unfit(value: Any, schema: Schema, types: Mapping[str, Schema]) -> str:  # noqa: PLR0911 - one per shape
    """Why `value` is no default of `schema`; empty when it is one, or nobody knows.

    Args:
        value: as it was written.
        schema: what it is to fit.
        types: the named types by name; one that is not among them takes anything.
    """
    if isinstance(schema, Ref):
        target = types.get(schema.name)
        return unfit(value, target, types) if target else ""
    if isinstance(schema, Union):
        found = [unfit(value, each, types) for each in schema.branches]
        return f"{found[0]}, and no other branch takes it" if all(found) else ""
    if isinstance(schema, Scalar):
        return _unfit_scalar(value, schema.type)
    if isinstance(schema, Fixed):
        good = isinstance(value, str) and len(value) == schema.size and _is_latin(value)
        return "" if good else f"{schema.size} characters up to U+00FF are wanted"
    if isinstance(schema, Enum):
        held = value in schema.symbols
        return "" if held else f"`{as_written(value)}` is not a symbol of {schema.name}"
    if isinstance(schema, Array):
        if not isinstance(value, list):
            return "a list is wanted"
        return _first(unfit(each, schema.items, types) for each in value)
    if isinstance(schema, Map):
        if not isinstance(value, dict):
            return "an object is wanted"
        return _first(unfit(each, schema.values, types) for each in value.values())
    return _unfit_record(value, schema, types) if isinstance(schema, Record) else ""


def branch_of(value: Any, union: Union, types: Mapping[str, Schema]) -> Schema:
    """The branch that a default is of: the first that takes it (Avro 1.12, Schema Record).

    Before 1.12 it was the first of all.
    """
    takes = (each for each in union.branches if not unfit(value, each, types))
    return next(takes, union.branches[0])


def _unfit_record(value: Any, record: Record, types: Mapping[str, Schema]) -> str:
    if not isinstance(value, dict):
        return "an object is wanted"
    missing = [each.name for each in record.fields if each.required and each.name not in value]
    if missing:
        return f"the field `{missing[0]}` is missing"
    there = (each for each in record.fields if each.name in value)
    return _first(unfit(value[each.name], each.schema, types) for each in there)


def _unfit_scalar(value: Any, type_: ScalarType) -> str:
    if not _is_of(value, type_):
        return f"{type_.value} is wanted, not {kind_of(value)}"
    limit = _RANGE.get(type_)
    if limit is None or -limit <= value < limit:
        return ""
    return f"{value} is out of the range of {type_.value}"


def _is_of(value: Any, type_: ScalarType) -> bool:
    match type_:
        case ScalarType.NULL:
            return value is None
        case ScalarType.STRING:
            return isinstance(value, str)
        case ScalarType.BYTES:
            return isinstance(value, str) and _is_latin(value)
        case ScalarType.BOOLEAN:
            return isinstance(value, bool)
        case ScalarType.FLOAT | ScalarType.DOUBLE:
            return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_latin(text: str) -> bool:
    return all(ord(each) <= _LATIN_1 for each in text)


def _first(reasons: Iterable[str]) -> str:
    return next((each for each in reasons if each), "")
