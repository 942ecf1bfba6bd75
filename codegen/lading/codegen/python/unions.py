"""Whether a reader of JSON can tell the branches of a union apart."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from lading.codegen.errors import CodegenError
from lading.model.schema import Array, Enum, Fixed, Map, Record, Ref, Scalar, ScalarType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Schema, Union

_NUMBERS: Final = frozenset(
    {ScalarType.INT, ScalarType.LONG, ScalarType.FLOAT, ScalarType.DOUBLE, ScalarType.NUMBER}
    | {ScalarType.INTEGER}
)
_TEXT_LOGICAL: Final = ("decimal", "date", "time-", "timestamp-", "local-timestamp-", "uuid")


def refuse_ambiguous(union: Union, types: Mapping[str, Schema], *, label: str) -> None:
    """Raise `CodegenError` when a value could belong to two branches.

    Two records are told apart when no object can have the required fields of both and only fields
    that both know; any other two branches of the same JSON type are not told apart at all.
    """
    for left, right in combinations((_seen(each, types) for each in union.branches), 2):
        if _json_type(left) == _json_type(right) and not _distinct(left, right):
            raise CodegenError(
                f"{label}: a value could be {_named(left)} as well as {_named(right)}",
                hint="give each branch a required field of its own, or keep one branch",
            )


def _distinct(left: Schema, right: Schema) -> bool:
    if not (isinstance(left, Record) and isinstance(right, Record)):
        return False
    required = {each.name for side in (left, right) for each in side.fields if each.required}
    shared = {each.name for each in left.fields} & {each.name for each in right.fields}
    return not required <= shared


def _seen(schema: Schema, types: Mapping[str, Schema]) -> Schema:
    return types.get(schema.name, schema) if isinstance(schema, Ref) else schema


def _json_type(schema: Schema) -> str:
    if isinstance(schema, (Record, Map)):
        return "object"
    if isinstance(schema, Array):
        return "array"
    if isinstance(schema, (Enum, Fixed)):
        return "text"
    return _scalar_type(schema) if isinstance(schema, Scalar) else "anything"


def _scalar_type(scalar: Scalar) -> str:
    if scalar.logical and scalar.logical.name.startswith(_TEXT_LOGICAL):
        return "text"
    if scalar.type in _NUMBERS:
        return "number"
    if scalar.type in {ScalarType.STRING, ScalarType.BYTES}:
        return "text"
    return scalar.type.value


def _named(schema: Schema) -> str:
    name = getattr(schema, "name", "")
    return name or (
        schema.type.value if isinstance(schema, Scalar) else type(schema).__name__.lower()
    )
