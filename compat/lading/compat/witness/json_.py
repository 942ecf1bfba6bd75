"""Witnesses of JSON Schema: a document that one version takes and the other refuses.

Many small documents are tried that have something telling at the place of the change; jsonschema-rs
says which of them the writer's schema takes and the reader's does not.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from lading.compat.witness.base import Witness
from lading.model.schema import (
    Anything,
    Array,
    Enum,
    Limits,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Sides
    from lading.model.contract import Contract
    from lading.model.schema import Schema

_DEEPEST: Final = 12
_TRIED: Final = 400
_STRANGER: Final = "x-other"
_FORMATS: Final[Mapping[str, str]] = {
    "date": "2026-03-03",
    "date-time": "2026-03-03T15:42:10Z",
    "time": "15:42:10Z",
    "email": "a@example.com",
    "uuid": "0195a1c0-0001-7000-8000-000000000001",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
}
_ANY: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    "",
    "text",
    [],
    {},
    *_FORMATS.values(),
)


def of_json(finding: Finding, sides: Sides) -> Witness | None:
    """The first document that the writer takes and the reader refuses; `None`: none was found."""
    side, writer, reader = sides
    try:
        mine, other = _validator(writer), _validator(reader)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None  # it refers to other documents, or is none that jsonschema-rs takes
    makers = _Maker(writer, reader), _Maker(reader, writer)
    steps = finding.change.path
    tried = (value for maker in makers for value in maker.candidates(maker.contract.body, steps))
    for value in islice(tried, _TRIED):
        if mine.is_valid(value) and not other.is_valid(value):
            said = next(iter(other.iter_errors(value))).message
            return Witness("message", side, value, f"refused: {said[:200]}")
    return None


def _validator(contract: Contract) -> Any:
    schema: Any = contract.document.value
    return jsonschema_rs.validator_for(schema, validate_formats=True)


class _Maker:
    """Makes documents of one version, with values that matter to either at one place."""

    def __init__(self, contract: Contract, other: Contract) -> None:
        self.contract = contract
        self.types = {**other.types, **contract.types}

    def candidates(self, schema: Any, steps: tuple[str, ...], depth: int = 0) -> Iterator[Any]:
        """Documents that have something at the end of `steps`."""
        found = self._resolved(schema)
        if depth > _DEEPEST:
            return
        if not steps:
            yield from self.telling(found, depth)
            return
        if isinstance(found, Record):
            yield from self._fields(found, steps, depth)
        elif isinstance(found, Union):
            for each in found.branches:
                yield from self.candidates(each, steps, depth + 1)
        elif isinstance(found, Array):
            rest = steps[0].removeprefix("[]")
            inner = (rest, *steps[1:]) if rest else steps[1:]
            least = max(1, found.limits.min_items or 0)
            for each in self.candidates(found.items, inner, depth + 1):
                yield [each] * least
        yield from self.telling(found, depth)

    def _fields(self, record: Record, steps: tuple[str, ...], depth: int) -> Iterator[Any]:
        name, mark, rest = steps[0].partition("[")
        inner = (mark + rest, *steps[1:]) if mark else steps[1:]
        base = self.small(record, depth)
        for field in record.fields:
            if field.name == name:
                for each in self.candidates(field.schema, inner, depth + 1):
                    yield {**base, name: each}
        if name == "*" and record.rest is not None:
            for each in self.candidates(record.rest, inner, depth + 1):
                yield {**base, _STRANGER: each}

    def telling(self, schema: Schema, depth: int) -> Iterator[Any]:
        """Values at the edge of what a schema takes."""
        match schema:
            case Scalar():
                yield from _edges(schema.limits)
                if schema.logical:
                    yield _FORMATS.get(schema.logical.name, "text")
            case Enum(symbols=symbols):
                yield from symbols
            case Record():
                small = self.small(schema, depth)
                yield small
                yield {**small, _STRANGER: 1}
                for field in schema.fields:
                    yield {**small, field.name: self.small(field.schema, depth + 1)}
                    yield {key: each for key, each in small.items() if key != field.name}
            case Array(items=items, limits=limits):
                item = self.small(items, depth + 1)
                for size in sorted({0, 1, 2, *_near(limits.min_items), *_near(limits.max_items)}):
                    yield [item] * min(max(size, 0), 200)
            case Union(branches=branches):
                for each in branches:
                    yield from self.telling(self._resolved(each), depth + 1)
        yield from _ANY

    def small(self, schema: Any, depth: int = 0) -> Any:  # noqa: PLR0911 - one case per kind of schema
        """A document that the schema takes, as far as that can be told without trying."""
        found = self._resolved(schema)
        if depth > _DEEPEST:
            return None
        match found:
            case Record(fields=fields):
                required = (each for each in fields if each.required)
                return {each.name: self.small(each.schema, depth + 1) for each in required}
            case Array(items=items, limits=limits):
                return [self.small(items, depth + 1)] * min(limits.min_items or 0, 50)
            case Enum(symbols=symbols):
                return symbols[0] if symbols else None
            case Union(branches=branches):
                return self.small(branches[0], depth + 1)
            case Scalar():
                return _leaf(found)
            case Anything():
                return 1
        return None

    def _resolved(self, schema: Any) -> Any:
        for _ in range(_DEEPEST):
            if not isinstance(schema, Ref):
                break
            schema = self.types.get(schema.name, Anything())
        return schema


def _leaf(scalar: Scalar) -> Any:
    limits = scalar.limits
    if scalar.type is ScalarType.STRING:
        text = _FORMATS.get(scalar.logical.name, "text") if scalar.logical else "text"
        return text.ljust(limits.min_length or 0, "x")[: limits.max_length]
    if scalar.type in (ScalarType.INTEGER, ScalarType.NUMBER):
        low = limits.minimum if limits.minimum is not None else limits.exclusive_minimum
        high = limits.maximum if limits.maximum is not None else limits.exclusive_maximum
        value: Any = 1
        if low is not None and value <= low:
            value = low + (limits.exclusive_minimum is not None)
        if high is not None and value >= high:
            value = high - (limits.exclusive_maximum is not None)
        return value
    return True if scalar.type is ScalarType.BOOLEAN else None


def _edges(limits: Limits) -> Iterator[Any]:
    for each in (
        limits.minimum,
        limits.maximum,
        limits.exclusive_minimum,
        limits.exclusive_maximum,
        limits.multiple_of,
    ):
        if each is not None:
            yield from (each, each + 1, each - 1, each * 2, each + 0.5)
    for size in (*_near(limits.min_length), *_near(limits.max_length)):
        yield "x" * min(max(size, 0), 10_000)


def _near(size: int | None) -> tuple[int, ...]:
    return () if size is None else (size, size + 1, size - 1)
