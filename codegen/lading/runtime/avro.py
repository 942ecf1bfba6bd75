"""How a model becomes what an Avro library writes, and comes back from what it reads.

Both ways follow the annotations of the generated model; the work per class is done once.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

from lading.runtime.errors import ReaderOnlySymbol
from lading.runtime.model import ContractModel
from lading.runtime.scalars import unscaled_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.fields import FieldInfo

    Convert: TypeAlias = Callable[[Any], Any]

_UNREAD: Final = "UNKNOWN"
"""As an enum's default: what a reader sees of a symbol newer than its schema."""


def written(model: ContractModel) -> dict[str, Any]:
    """The fields of `model` under the names of its contract, as an Avro writer takes them."""
    return {wire: convert(getattr(model, name)) for name, wire, convert in _writers(type(model))}


def read(model: type[ContractModel], data: dict[str, Any]) -> dict[str, Any]:
    """`data` reduced to the fields of `model`, with symbols and defaults a model takes."""
    return {
        wire: convert(data[wire])
        for wire, convert, raw in _readers(model)
        if wire in data and (raw is None or data[wire] != raw)
    }


@cache
def _writers(model: type[ContractModel]) -> tuple[tuple[str, str, Convert], ...]:
    return tuple(
        (name, field.alias or name, _writer(field.annotation))
        for name, field in model.model_fields.items()
    )


@cache
def _readers(model: type[ContractModel]) -> tuple[tuple[str, Convert, str | None], ...]:
    return tuple(
        (field.alias or name, _reader(field.annotation), _raw_default(field))
        for name, field in model.model_fields.items()
    )


def _writer(annotation: Any) -> Convert:
    kind, parts = _taken_apart(annotation)
    if kind is list:
        item = _writer(parts[0])
        return lambda value: [item(each) for each in value]
    if kind is dict:
        item = _writer(parts[1])
        return lambda value: {key: item(each) for key, each in value.items()}
    if kind is Union:
        return _union_writer(parts)
    if _is_model(kind):
        return written
    return _symbol_writer(kind) if _is_enum(kind) else _same


def _symbol_writer(enum: type[StrEnum]) -> Convert:
    """The symbol that stands for "newer than my schema" is read, never written."""
    if getattr(enum, "__unknown__", None) != _UNREAD:
        return lambda value: value.value

    def convert(value: Any) -> Any:
        if value.value == _UNREAD:
            raise ReaderOnlySymbol(enum.__name__, _UNREAD)
        return value.value

    return convert


def _union_writer(parts: tuple[Any, ...]) -> Convert:
    records = sum(_is_model(_taken_apart(part)[0]) for part in parts)
    others = tuple(
        (kind, _writer(part))
        for part in parts
        if (kind := _taken_apart(part)[0]) is not NoneType and not _is_model(kind)
    )

    def convert(value: Any) -> Any:
        if isinstance(value, ContractModel):
            return (value.__contract__, written(value)) if records > 1 else written(value)
        return next((to(value) for kind, to in others if isinstance(value, kind)), value)

    return convert


def _reader(annotation: Any) -> Convert:
    kind, parts = _taken_apart(annotation)
    if kind is list:
        item = _reader(parts[0])
        return _guarded(list, lambda value: [item(each) for each in value])
    if kind is dict:
        item = _reader(parts[1])
        return _guarded(dict, lambda value: {key: item(each) for key, each in value.items()})
    if kind is Union:
        return _union_reader(parts)
    if _is_model(kind):
        return _guarded(dict, lambda value: read(kind, value))
    return _symbol_reader(kind) if _is_enum(kind) else _same


def _guarded(kind: type, convert: Convert) -> Convert:
    """Leave a value of the wrong type alone: pydantic names it better."""
    return lambda value: convert(value) if isinstance(value, kind) else value


def _union_reader(parts: tuple[Any, ...]) -> Convert:
    """One branch beside null is known in advance; among several pydantic chooses, strictly."""
    branches = [part for part in parts if part is not NoneType]
    if len(branches) > 1:
        return _same
    convert = _reader(branches[0])
    return lambda value: None if value is None else convert(value)


def _symbol_reader(enum: type[StrEnum]) -> Convert:
    default = getattr(enum, "__unknown__", None)
    if default is None:
        return _same
    symbols = frozenset(enum)
    return lambda value: default if isinstance(value, str) and value not in symbols else value


def _raw_default(field: FieldInfo) -> str | None:
    """How a reader hands out the default of a decimal: as its raw bytes (fastavro issue 814)."""
    default = field.default
    return unscaled_text(default) if isinstance(default, Decimal) else None


def _taken_apart(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """(what it is, the types of its items or branches), seen through constraints."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _taken_apart(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return Union, get_args(annotation)
    return (annotation, ()) if origin is None else (origin, get_args(annotation))


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, ContractModel)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def _same(value: Any) -> Any:
    return value
