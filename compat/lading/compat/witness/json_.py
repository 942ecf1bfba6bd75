"""Witnesses of JSON Schema: a document that one version takes and the other refuses.

Many small documents are tried that have something telling at the place of the change; jsonschema-rs
says which of them the writer's schema takes and the reader's does not.
"""

from __future__ import annotations

import json
from enum import StrEnum
from itertools import islice, permutations
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from lading.compat.witness.base import Witness
from lading.compat.witness.formats import FORMATS
from lading.compat.witness.patterns import matching
from lading.compat.witness.sampled import drawn
from lading.model.names import matches
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
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Side, Sides
    from lading.model.contract import Contract
    from lading.model.schema import Condition, Schema

_DEEPEST: Final = 12
_TRIED: Final = 400
_FEW: Final = 8
_MOST_PROPERTIES: Final = 50
_DRAWN: Final = 400
"""So many more are drawn where none of those shows the break."""
_STRANGER: Final = "x-other"
_STRANGERS: Final = frozenset({"additionalProperties", "unevaluatedProperties"})
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
    *FORMATS.values(),
)


def of_json(finding: Finding, sides: Sides) -> Witness | None:
    """The first document that the writer takes and the reader refuses; `None`: none was found."""
    side, writer, reader = sides
    try:
        mine, other = _validator(writer), _validator(reader)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None  # it refers to other documents, or is none that jsonschema-rs takes
    makers = Maker(writer, reader), Maker(reader, writer)
    steps = finding.change.path
    tried = (value for maker in makers for value in maker.candidates(maker.contract.body, steps))
    place = names_on(steps)
    second: Witness | None = None
    more = drawn(*_documents(finding, sides), finding.fingerprint, _DRAWN)
    for values in (islice(tried, _TRIED), more):
        for value in values:
            if not mine.is_valid(value) or other.is_valid(value):
                continue
            for error in other.iter_errors(value):
                near = _near_to(error, place)
                if near is Near.THERE:
                    return _refused(side, value, error.message)
                if near is Near.AROUND and second is None:
                    second = _refused(side, value, error.message)
        if second:
            return second
    return None


class Near(StrEnum):
    """What a refusal has to do with the place of a change."""

    THERE = "there"
    """It is about what stands there, or below it."""
    AROUND = "around"
    """It is about something that holds the place: the change may be its cause."""
    ELSEWHERE = "elsewhere"


def _near_to(error: Any, place: list[str]) -> Near:
    """What is missing, or is one too many, stands below the place that refuses."""
    above = [each for each in error.instance_path if isinstance(each, str)]
    kind = error.kind
    below: list[str] = []
    if kind.name == "required":
        below = [kind.property]
    elif kind.name in _STRANGERS:
        below = kind.unexpected
    about = [[*above, each] for each in below] or [above]
    if any(names[: len(place)] == place for names in about):
        return Near.THERE
    around = any(names == place[: len(names)] for names in about)
    return Near.AROUND if around else Near.ELSEWHERE


def _refused(side: Side, value: Any, said: str) -> Witness:
    return Witness("message", side, value, f"refused: {said[:200]}")


def _documents(finding: Finding, sides: Sides) -> tuple[Any, Any]:
    old, new = (sides[1], sides[2]) if finding.baseline is sides[1] else (sides[2], sides[1])
    return old.document.value, new.document.value


def names_on(steps: tuple[str, ...]) -> list[str]:
    """The names of properties on a path: without signs for items, conditions and patterns."""
    bare = (step.partition("[")[0].removesuffix("{}") for step in steps)
    return [each for each in bare if each and each[0] not in "(/*"]


def _validator(contract: Contract) -> Any:
    schema: Any = contract.document.value
    return jsonschema_rs.validator_for(schema, validate_formats=True)


class Maker:
    """Makes documents of one version, with values that matter to either at one place."""

    def __init__(self, contract: Contract, other: Contract) -> None:
        self.contract = contract
        self.types = {**other.types, **contract.types}
        self.hints: tuple[Any, ...] = ()
        """Values to try at the place before all others."""

    def candidates(self, schema: Any, steps: tuple[str, ...], depth: int = 0) -> Iterator[Any]:
        """Documents that have something at the end of `steps`."""
        found = self.resolved(schema)
        if depth > _DEEPEST:
            return
        if not steps:
            yield from self.hints
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

    def hinted(self, change: Change) -> Iterator[Any]:
        """Values that a change itself speaks of: its symbol, its alternative, two of them."""
        sides = (change.old, change.old_owner), (change.new, change.new_owner)
        for node, owner in sides:
            match node:
                case Enum(symbols=symbols):
                    yield from (each for each in symbols if change.what in _spelled(each))
                case Union(branches=branches):
                    yield from self._of_two(branches, 1)
                case Ref() | Record():
                    small = self.small(node, 1)
                    yield small
                    if isinstance(owner, Union):
                        yield self._told_apart(owner, node, small)

    def _fields(self, record: Record, steps: tuple[str, ...], depth: int) -> Iterator[Any]:
        name, mark, rest = steps[0].partition("[")
        inner = (mark + rest, *steps[1:]) if mark else steps[1:]
        base = self.small(record, depth)
        for field in record.fields:
            if field.name == name:
                if not inner:
                    yield {key: each for key, each in base.items() if key != name}
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

    def _small_union(self, union: Union, branches: tuple[Schema, ...], depth: int) -> Any:
        """Of the first alternative that is not null, which the discriminator names."""
        first = next((each for each in branches if not _is_null(each)), branches[0])
        value = self.small(first, depth + 1)
        return self._told_apart(union, first, value)

    def _told_apart(self, union: Union, branch: Schema, value: Any) -> Any:
        """With the value of the discriminator that leads to the branch."""
        if not union.discriminator or not isinstance(value, dict):
            return value
        name = branch.name if isinstance(branch, Ref) else ""
        word = next((word for word, to in union.mapping if to == name), name.rpartition("/")[2])
        return {**value, union.discriminator: word}

    def _of_two(self, branches: tuple[Schema, ...], depth: int) -> Iterator[Any]:
        """Objects that are of two alternatives at once."""
        small = [self.small(each, depth + 1) for each in branches[:_FEW]]
        objects = [each for each in small if isinstance(each, dict)]
        yield from ({**one, **other} for one, other in permutations(objects, 2))

    def _telling_of_more(self, schema: Restricted | Tuple, depth: int) -> Iterator[Any]:
        if isinstance(schema, Restricted):
            for keyword in schema.keywords:
                yield from self._restricted(schema, (f"({keyword})",), depth + 1)
            yield from self.telling(self.resolved(schema.base), depth + 1)
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
        found = self.resolved(schema)
        fields = found.fields if isinstance(found, Record) else ()
        return {each.name: self.small(each.schema, depth + 1) for each in fields}

    def _applying(self, base: Schema, each: Condition, depth: int) -> Iterator[Any]:
        """Telling documents of the base, made such that the condition applies."""
        asked = self.small(each.test, depth + 1) if each.test else {each.key: 1}
        if isinstance(asked, dict):
            some = self.telling(self.resolved(base), depth + 1)
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
        if depth > _DEEPEST:
            yield from _ANY
            return
        match schema:
            case Scalar():
                yield from _edges(schema.limits)
                if schema.logical:
                    yield FORMATS.get(schema.logical.name, "text")
            case Enum(symbols=symbols):  # lists are long: not all before what is in none
                yield from (*symbols[:2], _STRANGER, *symbols[2:])
            case Record():
                small = self.small(schema, depth)
                yield small
                yield {**small, _STRANGER: 1}
                yield from self._sized(schema, small, depth)
                for pattern, below in schema.patterns:
                    if name := _named_by(pattern):
                        some = (self.small(below, depth + 1), 1, "text", None)
                        yield from ({**small, name: each} for each in some)
                for field in schema.fields if depth else ():
                    inner = islice(self.telling(self.resolved(field.schema), depth + 1), _FEW)
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
                    for value in self.telling(self.resolved(each), depth + 1):
                        yield self._told_apart(schema, each, value)
                yield from self._of_two(branches, depth)
            case Restricted() | Tuple():
                yield from self._telling_of_more(schema, depth)
        yield from _ANY

    def small(self, schema: Any, depth: int = 0) -> Any:  # noqa: PLR0911 - one case per kind of schema
        """A document that the schema takes, as far as that can be told without trying."""
        found = self.resolved(schema)
        if depth > _DEEPEST:
            return None
        match found:
            case Record(fields=fields):
                required = (each for each in fields if each.required)
                made = {each.name: self.small(each.schema, depth + 1) for each in required}
                return self._grown(found, made, found.limits.min_properties or 0, depth)
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
                return self._small_union(found, branches, depth)
            case Scalar():
                return _leaf(found)
            case Anything():
                return 1
        return None

    def _sized(self, record: Record, small: dict[str, Any], depth: int) -> Iterator[Any]:
        """Objects with as many properties as just are allowed, and one more or less."""
        limits = record.limits
        for size in (*_near(limits.min_properties), *_near(limits.max_properties)):
            yield self._grown(record, small, size, depth)

    def _grown(self, record: Record, made: dict[str, Any], size: int, depth: int) -> dict[str, Any]:
        """`made` with `size` properties: declared ones first, then strangers."""
        value = self.small(record.rest or Anything(), depth + 1) if size > len(made) else None
        spare = {each.name: each.schema for each in record.fields if each.name not in made}
        for name in islice(spare, max(0, min(size, _MOST_PROPERTIES) - len(made))):
            made = {**made, name: self.small(spare[name], depth + 1)}
        for number in range(len(made), min(size, _MOST_PROPERTIES)):
            made = {**made, f"{_STRANGER}-{number}": value}
        return made

    def resolved(self, schema: Any) -> Any:
        """What a reference names."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, Ref):
                break
            schema = self.types.get(schema.name, Anything())
        return schema


def _spelled(symbol: Any) -> tuple[str, str]:
    return str(symbol), json.dumps(symbol)


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL


def _named_by(pattern: str) -> str:
    """A short name that a pattern matches; empty where none is found."""
    return matching(pattern) or ""


def _leaf(scalar: Scalar) -> Any:
    limits = scalar.limits
    if scalar.type is ScalarType.STRING:
        text = FORMATS.get(scalar.logical.name, "text") if scalar.logical else "text"
        if limits.pattern and not matches(limits.pattern, text):
            text = matching(limits.pattern) or text
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
            yield from (each, each + 1, each - 1, each * 2, each + 0.5, each * 3, -each)
    for size in (*_near(limits.min_length), *_near(limits.max_length)):
        yield "x" * min(max(size, 0), 10_000)


def _near(size: int | None) -> tuple[int, ...]:
    return () if size is None else (size, size + 1, size - 1)
