"""Builds the smallest message of a schema that reaches a place, with a chosen value there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lading.model.schema import (
    Array,
    Enum,
    Fixed,
    Map,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.model.schema import Field, Schema

_DEEPEST: Final = 12
_PLAIN: Final[Mapping[ScalarType, Any]] = {
    ScalarType.NULL: None,
    ScalarType.BOOLEAN: True,
    ScalarType.INT: 7,
    ScalarType.LONG: 2**40,
    ScalarType.FLOAT: 1.5,
    ScalarType.DOUBLE: 0.1,
    ScalarType.BYTES: b"\xff",
    ScalarType.STRING: "text",
}
_MOMENT: Final = datetime(2026, 3, 3, 15, 42, 10, 250_000, tzinfo=UTC)
_LOGICAL: Final[Mapping[str, Any]] = {
    "date": date(2026, 3, 3),
    "time-millis": time(15, 42, 10),
    "time-micros": time(15, 42, 10),
    "timestamp-millis": _MOMENT,
    "timestamp-micros": _MOMENT,
    "local-timestamp-millis": _MOMENT.replace(tzinfo=None),
    "local-timestamp-micros": _MOMENT.replace(tzinfo=None),
    "uuid": UUID("0195a1c0-0001-7000-8000-000000000001"),
}


class NoValueError(ValueError):
    """There is no message: a type without an end, or a branch that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds messages of one writer's schema."""

    types: Mapping[str, Schema]
    """The writer's."""
    shared: Mapping[str, Schema]
    """The reader's, by name: of enums a symbol is taken that both have."""
    choose: Callable[[Schema], Any]
    """The value at the place that is asked for; raises `NoValueError` to leave it small."""

    def build(  # noqa: PLR0911 - one case per kind of schema
        self, schema: Schema, steps: tuple[str, ...], depth: int = 0
    ) -> Any:
        """A message that has something at the end of `steps`, as far as the schema has them."""
        schema = self._resolved(schema)
        if depth > _DEEPEST:
            raise NoValueError
        if not steps:
            try:
                return self.choose(schema)
            except NoValueError:
                return self.small(schema, depth)
        match schema:
            case Record(fields=fields):
                return {each.name: self._field(each, steps, depth) for each in fields}
            case Union(branches=branches):
                return self._branch(branches, steps, depth)
            case Array(items=items):
                return [self.build(items, _inside(steps), depth + 1)]
            case Map(values=values):
                return {"key": self.build(values, _inside(steps), depth + 1)}
        return self.small(schema, depth)

    def small(self, schema: Schema, depth: int = 0) -> Any:
        """The smallest message."""
        schema = self._resolved(schema)
        if depth > _DEEPEST:
            raise NoValueError
        match schema:
            case Record(fields=fields):
                return {each.name: self.small(each.schema, depth + 1) for each in fields}
            case Array():
                return []
            case Map():
                return {}
            case Enum(symbols=symbols, name=name):
                other = self.shared.get(name)
                both = [s for s in symbols if not isinstance(other, Enum) or s in other.symbols]
                return next(iter(both or symbols))
            case Fixed() | Scalar():
                return leaf(schema)
            case Union(branches=branches):
                return self._smallest(branches, depth)
        raise NoValueError

    def _smallest(self, branches: tuple[Schema, ...], depth: int) -> Any:
        order = sorted(branches, key=lambda each: not _is_null(self._resolved(each)))
        for each in order:
            try:
                return self.tagged(each, self.small(each, depth + 1))
            except NoValueError:
                continue
        raise NoValueError

    def _branch(self, branches: tuple[Schema, ...], steps: tuple[str, ...], depth: int) -> Any:
        """The first branch that has the next step; without one, the first that is not null."""
        order = sorted(branches, key=lambda each: not self._has(each, steps[0]))
        for each in order:
            if not _is_null(self._resolved(each)):
                try:
                    return self.tagged(each, self.build(each, steps, depth + 1))
                except NoValueError:
                    continue
        raise NoValueError

    def tagged(self, branch: Schema, value: Any) -> Any:
        """A record in a union says which it is: fastavro would have to guess."""
        found = self._resolved(branch)
        return (found.name, value) if isinstance(found, Record) and found.name else value

    def _field(self, field: Field, steps: tuple[str, ...], depth: int) -> Any:
        head = steps[0]
        if _named(head) != field.name:
            return self.small(field.schema, depth + 1)
        marks = head[len(field.name) :]
        rest = (marks, *steps[1:]) if marks else steps[1:]
        return self.build(field.schema, rest, depth + 1)

    def _has(self, schema: Schema, step: str) -> bool:
        found = self._resolved(schema)
        if isinstance(found, Record):
            return any(each.name == _named(step) for each in found.fields)
        return isinstance(found, Array | Map) and step.startswith("[]")

    def _resolved(self, schema: Schema) -> Schema:
        while isinstance(schema, Ref):
            schema = self.types[schema.name]
        return schema


def _named(step: str) -> str:
    return step.partition("[")[0]


def _inside(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps below one item of a list."""
    if not steps[0].startswith("[]"):
        return steps
    rest = steps[0][2:]
    return (rest, *steps[1:]) if rest else steps[1:]


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL


def leaf(schema: Scalar | Fixed) -> Any:
    """A telling value of a leaf: one that does not survive being taken for something else."""
    logical = schema.logical
    if logical and logical.name == "decimal":
        digits = 123456789 % 10 ** (logical.precision or 1)
        return Decimal(digits).scaleb(-(logical.scale or 0))
    if isinstance(schema, Fixed):
        return b"\0" * schema.size
    if logical and logical.name in _LOGICAL:
        return _LOGICAL[logical.name]
    return _PLAIN.get(schema.type)
