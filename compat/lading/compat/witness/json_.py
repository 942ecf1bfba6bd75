"""Witnesses of JSON Schema: a document that one version takes and the other refuses.

Many small documents are tried that have something telling at the place of the change; jsonschema-rs
says which of them the writer's schema takes and the reader's does not.
"""

from __future__ import annotations

import re
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
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Sides
    from lading.model.contract import Contract
    from lading.model.schema import Condition, Schema

_DEEPEST: Final = 12
_TRIED: Final = 400
_FEW: Final = 8
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
        elif isinstance(found, Restricted):
            yield from self._restricted(found, steps, depth)
        elif isinstance(found, Tuple):
            yield from self._placed(found, steps, depth)
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
        for pattern, schema in record.patterns:
            if steps[0] == f"/{pattern}/" and (like := _named_by(pattern)):
                for each in self.candidates(schema, steps[1:], depth + 1):
                    yield {**base, like: each}
        if name == "*" and record.rest is not None:
            for each in self.candidates(record.rest, inner, depth + 1):
                yield {**base, _STRANGER: each}

    def _small_restricted(self, schema: Restricted, depth: int) -> Any:
        """The base's, with what the conditions ask for laid over it."""
        value = self.small(schema.base, depth + 1)
        for each in schema.conditions:
            asked = self.small(each.schema, depth + 1)
            if each.keyword == "contains" and isinstance(value, list):
                value = [asked] * max(each.least, len(value))
            elif isinstance(value, dict) and isinstance(asked, dict):
                applies = each.keyword in {"if", "allOf"} or each.key in value
                value = {**asked, **value} if applies else value
        return value

    def _telling_of_more(self, schema: Restricted | Tuple, depth: int) -> Iterator[Any]:
        if isinstance(schema, Restricted):
            for keyword in schema.keywords:
                yield from self._restricted(schema, (f"({keyword})",), depth + 1)
            yield from self.telling(self._resolved(schema.base), depth + 1)
            return
        for size in range(len(schema.prefix) + 2):
            yield [self.small(each, depth + 1) for each in schema.prefix[:size]]

    def _restricted(self, schema: Restricted, steps: tuple[str, ...], depth: int) -> Iterator[Any]:
        """Documents of the base, laid over by what the condition at `steps` speaks of."""
        base, whole = self.small(schema.base, depth), self._whole(schema.base, depth)
        for each in schema.conditions:
            if steps[0] not in {f"({each.keyword})", "(then)", "(else)"}:
                continue
            below = steps[1:]
            if each.key and below[:1] == (each.key,):
                below = below[1:]
            about = [each.schema, each.otherwise, each.test]
            for one in (schema for schema in about if schema is not None):
                for value in self.candidates(one, below, depth + 1):
                    yield from self._laid_over(base, each, value, depth)
                    if isinstance(value, dict):  # the base says what its own fields hold
                        known = {key: whole[key] for key in value if key in whole}
                        yield from self._laid_over(base, each, {**value, **known}, depth)
            yield from self._applying(schema.base, each, depth)
        yield from self.candidates(schema.base, steps, depth + 1)

    def _whole(self, schema: Schema, depth: int) -> dict[str, Any]:
        """A document of an object with every field."""
        found = self._resolved(schema)
        fields = found.fields if isinstance(found, Record) else ()
        return {each.name: self.small(each.schema, depth + 1) for each in fields}

    def _applying(self, base: Schema, each: Condition, depth: int) -> Iterator[Any]:
        """Telling documents of the base, made such that the condition applies."""
        asked = self.small(each.test, depth + 1) if each.test else {each.key: 1}
        if isinstance(asked, dict):
            some = self.telling(self._resolved(base), depth + 1)
            yield from ({**asked, **value} for value in some if isinstance(value, dict))

    def _laid_over(self, base: Any, each: Condition, value: Any, depth: int) -> Iterator[Any]:
        if each.keyword == "contains":
            yield from ([value] * size for size in (*_near(each.least), *_near(each.most)))
        elif each.keyword == "propertyNames" and isinstance(value, str):
            yield {**base, value: 1} if isinstance(base, dict) else {value: 1}
        elif isinstance(base, dict) and isinstance(value, dict):
            test = self.small(each.test, depth + 1) if each.test else {}
            key = {each.key: 1} if each.key and each.key not in base else {}
            yield {**base, **key, **value}
            yield {**base, **key, **(test if isinstance(test, dict) else {}), **value}
        yield value

    def _placed(self, schema: Tuple, steps: tuple[str, ...], depth: int) -> Iterator[Any]:
        """Lists with something telling at one place."""
        mark, _, rest = steps[0].partition("]")
        inner = (rest, *steps[1:]) if rest else steps[1:]
        index = int(mark[1:] or len(schema.prefix)) if mark[:1] == "[" else 0
        before = [self.small(each, depth + 1) for each in schema.prefix]
        before += [self.small(schema.items, depth + 1)] * max(0, index - len(before))
        at_place = schema.prefix[index] if index < len(schema.prefix) else schema.items
        for each in self.candidates(at_place, inner, depth + 1):
            yield [*before[:index], each, *before[index + 1 :]]
            yield [*before[:index], each]

    def telling(  # noqa: C901, PLR0912 - one case per kind of schema
        self, schema: Schema, depth: int
    ) -> Iterator[Any]:
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
                for pattern, below in schema.patterns:
                    if name := _named_by(pattern):
                        some = (self.small(below, depth + 1), 1, "text", None)
                        yield from ({**small, name: each} for each in some)
                for field in schema.fields if depth else ():
                    inner = islice(self.telling(self._resolved(field.schema), depth + 1), _FEW)
                    yield from ({**small, field.name: each} for each in inner)
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
            case Restricted() | Tuple():
                yield from self._telling_of_more(schema, depth)
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
            case Tuple(prefix=prefix, items=items, limits=limits):
                places = [self.small(each, depth + 1) for each in prefix]
                least = limits.min_items or 0
                return [*places, *[self.small(items, depth + 1)] * min(least, 50)][:least]
            case Restricted():
                return self._small_restricted(found, depth)
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


def _named_by(pattern: str) -> str:
    """A name that a simple pattern matches: its own letters; empty when those do not."""
    name = re.sub(r"\[(.)[^]]*\]|[^A-Za-z0-9_-]", r"\1", pattern)
    try:
        return name if re.search(pattern, name) else ""
    except re.error:
        return ""


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
