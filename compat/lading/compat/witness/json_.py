"""Witnesses of JSON Schema: a document that one version takes and the other refuses.

Many small documents are tried that have something telling at the place of the change; jsonschema-rs
says which of them the writer's schema takes and the reader's does not.
"""

from __future__ import annotations

import json
from contextlib import suppress
from enum import StrEnum
from itertools import chain, islice, permutations
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import jsonschema_rs

from lading.compat.change import ChangeKind
from lading.compat.said import BY_NAME, read_as
from lading.compat.witness.base import Witness
from lading.compat.witness.declared import Declared
from lading.compat.witness.effort import deepest, is_nested, longest_list
from lading.compat.witness.formats import FORMATS
from lading.compat.witness.patterns import matching
from lading.compat.witness.sampled import drawn
from lading.compat.witness.units import taken_for, value_at
from lading.model.names import matches
from lading.model.schema import (
    NAMES_NONE,
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
    from lading.compat.witness.base import Side
    from lading.model.contract import Contract
    from lading.model.schema import Condition, Field, Schema

_DEEPEST: Final = 12
_TRIED: Final = 400
_FEW: Final = 8
_MOST_PROPERTIES: Final = 50
_TRIED_IN_ALL: Final = 200_000
"""Of two versions that differ everywhere; beyond, nothing more is tried."""
_LISTED: Final = 500
"""Trying a document on a list of so many values takes as long again."""
_DRAWN: Final = 1_500
"""So many more are drawn, for all findings, where none of those shows a break."""
_SEED: Final = "witness"
_MOST_ERRORS: Final = 100
_LARGEST: Final = 1_000
"""Values within one that is a part of a document; a larger one is cut."""
_LARGEST_WHOLE: Final = 50_000
_PATTERNS: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=10_000)

_TEST: Final = "(if)"
_ANSWERS: Final = frozenset({"then", "else"})
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


class Refusal(NamedTuple):
    """Why a reader takes a document for none of its own."""

    about: list[list[str]]
    """The properties that it is about, by the names on the way there."""
    said: str
    answers: bool
    """Whether it comes from what holds after a condition (``then``, ``else``)."""


class Trials:
    """Two versions that documents are tried on, for all findings between them."""

    def __init__(self, writer: Contract, reader: Contract, *, declared: bool = False) -> None:
        self.makers = Maker(writer, reader), Maker(reader, writer)
        self._declared = Declared(writer.types) if declared else None
        """Says what may be written, where that is not all that the writer's schema takes."""
        documents = writer.document.value, reader.document.value
        self._validators: tuple[Any, ...] = ()
        with suppress(RecursionError):
            self._deepest = min(map(deepest, documents))
            self._validators = _validators(writer, reader)
        self._left = _TRIED_IN_ALL
        self._cost = 1 + longest_list(documents) // _LISTED
        self._more = drawn(*documents, _SEED, _DRAWN)
        self._drawn: list[tuple[Any, list[Refusal]]] = []
        """Of those drawn so far, the ones that the writer takes and the reader refuses."""

    def witness(self, finding: Finding, side: Side) -> Witness | None:
        """The first document that shows it; `None`: none was found."""
        if not self._validators:
            return None
        steps = finding.change.path
        if finding.change.kind is ChangeKind.UNIT:
            return self._in_other_units(finding, side)
        second = None
        for value, refusals in chain(self._directed(finding, steps), self._at_random()):
            for each in refusals:
                near = _near_to(each, steps)
                if near is Near.THERE:
                    return Witness("message", side, value, f"refused: {each.said}")
                if near is Near.AROUND and second is None:
                    second = Witness("message", side, value, f"refused: {each.said}")
        return second

    def _in_other_units(self, finding: Finding, side: Side) -> Witness | None:
        """A document with a number at the place that both take."""
        change = finding.change
        for value in self._made(finding, change.path):
            said = taken_for(change, side, value_at(value, names_on(change.path)))
            if said and self._may_write(value) and self._validators[1].is_valid(value):
                return Witness("message", side, value, said)
        return None

    def _made(self, finding: Finding, steps: tuple[str, ...]) -> Iterator[Any]:
        """Documents with something telling at the place, valid or not."""
        for each in self.makers:
            each.hints = tuple(each.hinted(finding.change))
        count = max(0, min(_TRIED, self._left // self._cost))
        made = (
            value for each in self.makers for value in each.candidates(each.contract.body, steps)
        )
        for value in islice(made, count):
            self._left -= self._cost
            yield value

    def _directed(
        self, finding: Finding, steps: tuple[str, ...]
    ) -> Iterator[tuple[Any, list[Refusal]]]:
        """Those that the writer takes and the reader refuses."""
        for value in self._made(finding, steps):
            refusals = self._refusals(value)
            if refusals:
                yield value, refusals

    def _at_random(self) -> Iterator[tuple[Any, list[Refusal]]]:
        yield from self._drawn if self._left > 0 else ()
        self._left -= len(self._drawn)
        for value in self._more:
            refusals = self._refusals(value)
            if refusals:
                self._drawn.append((value, refusals))
                yield value, refusals

    def _refusals(self, value: Any) -> list[Refusal]:
        """What the reader has against a document that the writer takes."""
        if not self._validators:
            return []
        other = self._validators[1]
        if not self._may_write(value) or other.is_valid(value):
            return []
        return [_refusal(each) for each in islice(other.iter_errors(value), _MOST_ERRORS)]

    def _may_write(self, value: Any) -> bool:
        """Whether the writer's schema takes it, and somebody writes it."""
        if is_nested(value, self._deepest) or not self._validators[0].is_valid(value):
            return False
        body = self.makers[0].contract.body
        return not self._declared or self._declared.holds(value, cast("Schema", body))


def _refusal(error: Any) -> Refusal:
    """What is missing, or is one too many, stands below the place that refuses."""
    above = [each for each in error.instance_path if isinstance(each, str)]
    kind = error.kind
    below: list[str] = []
    if kind.name == "required":
        below = [kind.property]
    elif kind.name in _STRANGERS:
        below = kind.unexpected
    about = [[*above, each] for each in below] or [above]
    return Refusal(about, error.message[:200], _is_answer(error.schema_path))


def _is_answer(path: list[str | int]) -> bool:
    return any(
        step in _ANSWERS and (index == 0 or path[index - 1] not in BY_NAME)
        for index, step in enumerate(path)
    )


class Near(StrEnum):
    """What a refusal has to do with the place of a change."""

    THERE = "there"
    """It is about what stands there, or below it."""
    AROUND = "around"
    """It is about something that holds the place: the change may be its cause."""
    ELSEWHERE = "elsewhere"


def _near_to(refusal: Refusal, steps: tuple[str, ...]) -> Near:
    """A test that takes other values shows in what its ``then`` and ``else`` refuse."""
    if _TEST in steps:
        steps = steps[: steps.index(_TEST)]
        if not refusal.answers:
            return Near.ELSEWHERE
    place = names_on(steps)
    if any(names[: len(place)] == place for names in refusal.about):
        return Near.THERE
    around = any(names == place[: len(names)] for names in refusal.about)
    return Near.AROUND if around else Near.ELSEWHERE


def names_on(steps: tuple[str, ...]) -> list[str]:
    """The names of properties on a path: without signs for items, conditions and patterns."""
    bare = (step.partition("[")[0].removesuffix("{}") for step in steps)
    return [each for each in bare if each and each[0] not in "(/*"]


def _validators(*contracts: Contract) -> tuple[Any, ...]:
    """None where a document refers to others, or is none that jsonschema-rs takes."""
    try:
        return tuple(_validator(each) for each in contracts)
    except (ValueError, jsonschema_rs.ReferencingError):
        return ()


def _validator(contract: Contract) -> Any:
    """Patterns that look around are given up after so many steps."""
    schema: Any = contract.document.value
    return jsonschema_rs.validator_for(schema, validate_formats=True, pattern_options=_PATTERNS)


class Maker:
    """Makes documents of one version, with values that matter to either at one place."""

    def __init__(self, contract: Contract, other: Contract) -> None:
        self.contract = contract
        self.types = {**other.types, **contract.types}
        self.hints: tuple[Any, ...] = ()
        """Values to try at the place before all others."""
        self._fields_of: dict[int, tuple[Record, dict[str, Field]]] = {}
        self._made: dict[tuple[int, int], tuple[Any, Any]] = {}
        """By identity of a schema and level: the schema, which keeps it alive, and its document."""

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
                case Enum() if change.what:
                    yield from _meant(change.what)
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
        base = self._small_object(record, depth)
        field = self._by_name(record).get(name)
        if field is not None:
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

    def _by_name(self, record: Record) -> dict[str, Field]:
        """The fields of a record; made once, since findings come in numbers."""
        if id(record) not in self._fields_of:
            self._fields_of[id(record)] = record, {each.name: each for each in record.fields}
        return self._fields_of[id(record)][1]

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
        told = (each for each in union.mapping if each[0] != NAMES_NONE)
        word = next((word for word, to in told if to == name), name.rpartition("/")[2])
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
            if read_as(steps[0].strip("()")) not in {each.keyword, "then", "else"}:
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
            beside = base if isinstance(base, dict) else {}
            some: tuple[Any, ...] = (1, "text", {}, [], None, True)
            yield from ({**beside, value: held} for held in some)
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
                small = self._small_object(schema, depth)
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

    def small(self, schema: Any, depth: int = 0) -> Any:
        """A document that the schema takes, as far as that can be told without trying."""
        found = self.resolved(schema)
        if depth > _DEEPEST:
            return None
        key = id(found), depth
        if key not in self._made:
            value = self._small(found, depth)
            is_part = depth > 1 and _size(value) > _LARGEST
            self._made[key] = found, None if is_part or _size(value) > _LARGEST_WHOLE else value
        return self._made[key][1]

    def _small_object(self, record: Record, depth: int) -> dict[str, Any]:
        """The same of an object; an empty one where it would be too large."""
        return self.small(record, depth) or {}

    def _small(self, found: Any, depth: int) -> Any:  # noqa: PLR0911 - one case per kind of schema
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


def _meant(symbol: str) -> Iterator[Any]:
    """The values that a change may speak of, which calls them by their text."""
    with suppress(ValueError, RecursionError):
        yield json.loads(symbol)
    yield symbol


def _size(value: Any) -> int:
    """How many values are in one, itself among them; beyond what is allowed it stops counting."""
    count, waiting = 0, [value]
    while waiting and count <= _LARGEST_WHOLE:
        each = waiting.pop()
        count += 1
        waiting += (
            each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        )
    return count


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
            yield from (
                each,
                each + 1,
                each - 1,
                each * 2,
                each + 0.5,
                each * 3,
                -each,
                each * 0.75,
            )
    for size in (*_near(limits.min_length), *_near(limits.max_length)):
        yield "x" * min(max(size, 0), 10_000)


def _near(size: int | None) -> tuple[int, ...]:
    return () if size is None else (size, size + 1, size - 1)
