"""The default of a field, as Avro and JSON write it, as Python."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lading.codegen.python.layout import model_module, short_name
from lading.model.defaults import branch_of
from lading.model.schema import Array, Enum, Fixed, Map, Record, Ref, Scalar, ScalarType, Union

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Schema


_Made: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
"""An expression, and the (module, name) pairs it needs."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A default that JSON Schema can carry as it is."""

    value: Any


@dataclass(frozen=True, slots=True)
class Code:
    """A default only Python can spell."""

    expression: str
    """Built from `repr` of checked values and names of the package only."""
    imports: tuple[tuple[str, str], ...] = ()
    """(module, name) pairs the expression needs."""
    factory: bool = False
    """Built anew for each message: it is a model, a list or a map."""


_EPOCH: Final = 719_163
"""1970-01-01 as an ordinal."""
_SECOND: Final = {"millis": 1_000, "micros": 1_000_000}


def default_of(schema: Schema, value: Any, types: Mapping[str, Schema]) -> Literal | Code:
    """The default `value` of a field of type `schema`."""
    schema = _resolved(schema, types)
    if isinstance(schema, Union):
        return _union_default(schema, value, types)
    if value is None or isinstance(schema, Enum):
        return Literal(value)
    if isinstance(schema, (Fixed, Scalar)):
        return _leaf_default(schema, value)
    if value in ([], {}) and not isinstance(schema, Record):
        return Literal(value)
    return Code(*_expression(schema, value, types), factory=True)


def _union_default(union: Union, value: Any, types: Mapping[str, Schema]) -> Literal | Code:
    """For Avro and JSON Schema alike that of the first branch that takes it."""
    if value is None:
        return Literal(None)
    return default_of(branch_of(value, _without_null(union), types), value, types)


def _leaf_default(schema: Fixed | Scalar, value: Any) -> Literal | Code:
    logical = schema.logical
    if logical is not None and logical.name == "decimal" and isinstance(value, str):
        return Code(repr(_unscaled(value, logical.scale or 0)), (("decimal", "Decimal"),))
    if isinstance(schema, Fixed) or schema.type is ScalarType.BYTES:
        return Code(repr(value.encode("latin-1")))
    if logical is not None and schema.type in {ScalarType.INT, ScalarType.LONG}:
        return _moment(logical.name, value)
    if logical is not None and logical.name == "uuid" and schema.type is ScalarType.STRING:
        return Code(f"UUID({value!r})", (("uuid", "UUID"),), factory=True)
    return Literal(value)


def _moment(logical: str, value: int) -> Literal | Code:
    """Dates and times are numbers since the epoch on the wire.

    Made by a factory: its names are then looked up outside the class, where no field hides them.
    """
    if logical == "date":
        days = value + _EPOCH
        return Code(f"date.fromordinal({days})", (("datetime", "date"),), factory=True)
    kind, _, unit = logical.rpartition("-")
    if unit not in _SECOND:
        return Literal(value)
    start = "datetime(1970, 1, 1, tzinfo=UTC)" if kind == "timestamp" else "datetime(1970, 1, 1)"
    shown = f"{start} + timedelta(microseconds={value * (1_000_000 // _SECOND[unit])})"
    names = ("UTC", "datetime", "timedelta") if kind == "timestamp" else ("datetime", "timedelta")
    shown = f"({shown}).time()" if kind == "time" else shown
    return Code(shown, tuple(("datetime", name) for name in names), factory=True)


def _expression(schema: Schema, value: Any, types: Mapping[str, Schema]) -> _Made:
    """Python for a composite default; records are validated as a reader would."""
    schema = _resolved(schema, types)
    if value is None:
        return "None", ()
    if isinstance(schema, Union):
        return _expression(branch_of(value, _without_null(schema), types), value, types)
    if isinstance(schema, Array):
        return _joined("[{}]", [_expression(schema.items, each, types) for each in value])
    if isinstance(schema, Map):
        return _joined(
            "{{{}}}", [_pair(k, _expression(schema.values, v, types)) for k, v in value.items()]
        )
    if isinstance(schema, Record):
        pairs = [_field_pair(schema, each, value[each], types) for each in value]
        text, imports = _joined("{{{}}}", pairs)
        return f"{short_name(schema.name)}.model_validate({text})", (*imports, _home(schema.name))
    return _plain(schema, value)


def _plain(schema: Schema, value: Any) -> _Made:
    if isinstance(schema, Enum):
        return f"{short_name(schema.name)}({value!r})", (_home(schema.name),)
    leaf = _leaf_default(schema, value) if isinstance(schema, (Fixed, Scalar)) else Literal(value)
    return (repr(leaf.value), ()) if isinstance(leaf, Literal) else (leaf.expression, leaf.imports)


def _home(full_name: str) -> tuple[str, str]:
    """(module, name) a generated class is imported from."""
    return f".{model_module(full_name)}", short_name(full_name)


def _field_pair(record: Record, name: str, value: Any, types: Mapping[str, Schema]) -> _Made:
    schema = next(each.schema for each in record.fields if each.name == name)
    return _pair(name, _expression(schema, value, types))


def _pair(key: str, made: _Made) -> _Made:
    return f"{key!r}: {made[0]}", made[1]


def _joined(frame: str, parts: list[_Made]) -> _Made:
    imports = tuple(dict.fromkeys(pair for _, pairs in parts for pair in pairs))
    return frame.format(", ".join(text for text, _ in parts)), imports


def _unscaled(text: str, scale: int) -> Decimal:
    number = int.from_bytes(text.encode("latin-1"), "big", signed=True)
    return Decimal(number).scaleb(-scale)


def _resolved(schema: Schema, types: Mapping[str, Schema]) -> Schema:
    return types.get(schema.name, schema) if isinstance(schema, Ref) else schema


def _without_null(union: Union) -> Union:
    return Union(tuple(each for each in union.branches if not _is_null(each)))


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL
