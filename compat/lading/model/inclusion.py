"""Whether every value of one JSON schema surely is a value of another, to the letter.

Sound, and far from complete: `False` says that it is not known. References are followed in the
types of the side that they come from.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lading.model.conditions import admit, types_of
from lading.model.names import MOST_PATTERNS, may_be_about, may_match
from lading.model.ranges import lower, step_of, upper
from lading.model.schema import (
    Anything,
    Array,
    Enum,
    Nothing,
    Record,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)
from lading.model.sizes import most_items, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from lading.model.ranges import Bound
    from lading.model.schema import Condition, Field, Limits, Schema

_DEEPEST: Final = 8
"""Levels that are looked at: what is nested deeper, or leads to itself, is not known."""
_STEPS: Final = 20_000
"""Pairs of schemas that are looked at for one answer; beyond, it is not known."""
_HELD: Final = -1
_LEAST: Final = ("min_length", "min_items", "min_properties")
_MOST: Final = ("max_length", "max_items", "max_properties")


def within(
    narrow: Schema,
    wide: Schema,
    types: tuple[Mapping[str, Schema], Mapping[str, Schema]],
) -> bool:
    """Whether all of `narrow` surely is in `wide`.

    Args:
        narrow: the one.
        wide: the other.
        types: the named types that each of them refers to.
    """
    return Inclusion(*types).within(narrow, wide)


def apart(
    one: Schema, other: Schema, types: tuple[Mapping[str, Schema], Mapping[str, Schema]]
) -> bool:
    """Whether surely no value is in both."""
    return Inclusion(*types).excludes(one, other)


class Inclusion:
    """The two worlds that schemas come from, and what was found out about pairs of them."""

    def __init__(self, mine: Mapping[str, Schema], others: Mapping[str, Schema]) -> None:
        self.mine = mine
        self.others = others
        self.steps = 0
        """How many pairs were looked at so far."""
        self._left = 0
        self._known: dict[tuple[int, int], tuple[Schema, Schema, int]] = {}
        """By identity of a pair: the pair, which keeps it alive, and the deepest level that it was
        looked at from in vain; `_HELD` where it holds."""

    def within(self, narrow: Schema, wide: Schema) -> bool:
        """Whether all of `narrow` surely is in `wide`."""
        self._left = _STEPS
        return self.holds(narrow, wide, 0)

    def holds(self, a: Schema, b: Schema, depth: int) -> bool:
        """The same, so many levels down."""
        a, b = resolved(a, self.mine), resolved(b, self.others)
        if isinstance(b, Anything) or isinstance(a, Nothing):
            return True
        if depth > _DEEPEST or not self._left:
            return False
        key = id(a), id(b)
        known = self._known.get(key)
        if known and (known[2] == _HELD or known[2] <= depth):
            return known[2] == _HELD
        self._left -= 1
        self.steps += 1
        held = self._looked_at(a, b, depth)
        self._known[key] = a, b, _HELD if held else depth
        return held

    def _looked_at(  # noqa: PLR0911 - one case per kind of schema
        self, a: Schema, b: Schema, depth: int
    ) -> bool:
        match a, b:
            case Union(), _:
                return all(self.holds(each, b, depth + 1) for each in a.branches)
            case _, Restricted():
                return self.holds(a, b.base, depth + 1) and all(
                    self._meets(a, each, depth + 1) for each in b.conditions
                )
            case Restricted(), _:
                demands = (each.schema for each in a.conditions if each.keyword == "allOf")
                return any(self.holds(each, b, depth + 1) for each in (a.base, *demands))
            case Enum(open=False), _:
                listed = b if not isinstance(b, Union) else self._flat(b)
                return all(found is True for found in admit(listed, a.symbols))
            case _, Union():
                return not b.exclusive and (
                    any(self.holds(a, each, depth + 1) for each in b.branches)
                    or (isinstance(a, Scalar) and self._is_covered(a, b))
                )
            case Scalar(), Scalar():
                return _is_scalar_within(a, b)
            case Record(), Record():
                return self._is_record_within(a, b, depth + 1)
            case Array() | Tuple(), Array() | Tuple():
                return self._is_list_within(a, b, depth + 1)
        return False

    def excludes(self, a: Schema, b: Schema) -> bool:
        """Whether no value is in both."""
        a, b = resolved(a, self.mine), resolved(b, self.others)
        if not _types(a) & _types(b):
            return True
        match a, b:
            case Enum(open=False), _:
                return all(found is False for found in admit(b, a.symbols))
            case _, Enum(open=False):
                return all(found is False for found in admit(a, b.symbols))
        return False

    def _is_covered(self, a: Scalar, b: Union) -> bool:
        """Whether several alternatives together take all that one does not take alone."""
        others = [resolved(each, self.others) for each in b.branches]
        return is_covered(a, [each for each in others if isinstance(each, Scalar)])

    def _flat(self, union: Union) -> Schema:
        branches = tuple(resolved(each, self.others) for each in union.branches)
        return Union(branches, exclusive=union.exclusive)

    def _meets(  # noqa: PLR0911 - one case per keyword
        self, a: Schema, asked: Condition, depth: int
    ) -> bool:
        """Whether every value of `a` surely meets a condition."""
        match asked.keyword:
            case "allOf":
                return self.holds(a, asked.schema, depth)
            case "not":
                return self.excludes(a, asked.schema)
            case "if" if asked.test is not None:
                other = asked.otherwise or Anything()
                met = self.holds(a, asked.schema, depth) or self.excludes(a, asked.test)
                return met and (self.holds(a, other, depth) or self.holds(a, asked.test, depth))
            case "contains":
                return "array" not in _types(a)
            case "propertyNames":
                return "object" not in _types(a)
            case "dependentSchemas":
                return "object" not in _types(a) or self.holds(a, asked.schema, depth)
        return False

    def _is_list_within(self, a: Array | Tuple, b: Array | Tuple, depth: int) -> bool:
        """Place by place, and what follows, as far as a list of `a` may be long."""
        mine, others = (each.prefix if isinstance(each, Tuple) else () for each in (a, b))
        most = most_items(a, self.mine)
        limits = replace(a.limits, max_items=most)
        count = max(len(mine), len(others))
        parts = [
            (
                mine[index] if index < len(mine) else a.items,
                others[index] if index < len(others) else b.items,
            )
            for index in range(count if most is None else min(count, most))
        ]
        rest = [(a.items, b.items)] if most is None or most > count else []
        return _are_implied(limits, b.limits) and all(
            self.holds(*each, depth) for each in (*parts, *rest)
        )

    def _is_record_within(self, a: Record, b: Record, depth: int) -> bool:
        if b.patterns and a.patterns != b.patterns:
            return False
        if b.patterns and not _is_plain(a.patterns):
            return False
        if not _are_implied(a.limits, b.limits) or b.invariants not in ((), a.invariants):
            return False
        mine = {each.name: each for each in a.fields}
        asked = {each.name: each for each in b.fields}
        return (
            not any(each.read_only or each.write_only for each in (*a.fields, *b.fields))
            and all(self._has(a, mine.get(name), each, depth) for name, each in asked.items())
            and all(
                self._may_stand(each, b, depth) for name, each in mine.items() if name not in asked
            )
            and self.holds(_rest(a), _rest(b), depth)
            and (bool(b.patterns) or all(self.holds(e, _rest(b), depth) for _, e in a.patterns))
        )

    def _has(self, record: Record, mine: Field | None, asked: Field, depth: int) -> bool:
        """Whether what `record` has under a name is what is asked for there."""
        if mine is None:
            if asked.required:
                return False
            said = _said_of(record, asked.name)
            return all(self.holds(each, asked.schema, depth) for each in said)
        return (mine.required or not asked.required) and self.holds(
            mine.schema, asked.schema, depth
        )

    def _may_stand(self, mine: Field, record: Record, depth: int) -> bool:
        """Whether `record` takes a field that it does not declare."""
        if may_be_about(dict(record.patterns), mine.name):
            return False
        return self.holds(mine.schema, _rest(record), depth)


def _types(schema: Schema) -> set[str]:
    """Numbers may be integers, and integers are numbers."""
    return {"number" if each == "integer" else each for each in types_of(schema)}


def _said_of(record: Record, name: str) -> list[Schema]:
    """What an object may say of a property that it does not declare."""
    many = len(record.patterns) > MOST_PATTERNS
    about = [each for pattern, each in record.patterns if many or may_match(pattern, name)]
    return [*about, _rest(record)]


def _rest(record: Record) -> Schema:
    return record.rest or Anything()


def _is_plain(patterns: tuple[tuple[str, Schema], ...]) -> bool:
    """Whether the schemas are the same in both worlds: none of them refers to a type."""
    return all(isinstance(each, Scalar | Anything | Nothing) for _, each in patterns)


def is_covered(a: Scalar, others: Sequence[Scalar]) -> bool:
    """Whether every number of `a`, or text of every length, surely is in one of `others`."""
    integral = a.type is ScalarType.INTEGER
    if a.type is ScalarType.STRING:
        free, span = _ANY_LENGTH, _lengths
    elif integral or a.type is ScalarType.NUMBER:
        free, span = _ANY_NUMBER, partial(_numbers, step=step_of(a.limits, integral=integral))
    else:
        return False
    bare = replace(a, limits=replace(a.limits, **free))
    fit = (
        e for e in others if _is_scalar_within(bare, replace(e, limits=replace(e.limits, **free)))
    )
    spans = sorted(span(each.limits) for each in fit)
    start, end = span(a.limits)
    for low, high in spans:
        if low > start:
            break
        start = max(start, high)
    return start >= end


_Span: TypeAlias = "tuple[tuple[float | Fraction, bool], tuple[float | Fraction, bool]]"
"""Where it starts, and where what is beyond it starts; (value, whether behind the value)."""
_ANY_LENGTH: Final[dict[str, Any]] = {"min_length": None, "max_length": None}
_ANY_NUMBER: Final[dict[str, Any]] = dict.fromkeys(
    ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
)


def _lengths(limits: Limits) -> _Span:
    most = math.inf if limits.max_length is None else limits.max_length + 1
    return (limits.min_length or 0, False), (most, False)


def _numbers(limits: Limits, *, step: Fraction | None) -> _Span:
    """Where numbers come in steps, the next of them starts what is beyond."""
    integral = step is not None and step.denominator == 1
    low, high = lower(limits, integral=integral), upper(limits, integral=integral)
    start, beyond = low or (-math.inf, False), _BEYOND
    if high is not None and step:
        most = high[0] / step
        beyond = (math.ceil(most) if high[1] else math.floor(most) + 1) * step, False
    elif high is not None:
        beyond = high[0], not high[1]
    return start, beyond


_BEYOND: Final[tuple[float | Fraction, bool]] = (math.inf, False)


def _is_scalar_within(a: Scalar, b: Scalar) -> bool:
    integral = (a.type, b.type) == (ScalarType.INTEGER, ScalarType.NUMBER)
    return (
        (a.type is b.type or integral)
        and b.logical in (None, a.logical)
        and b.unit in (None, a.unit)
        and b.scheme in (None, a.scheme)
        and (a.open or not b.open)
        and _are_implied(a.limits, b.limits, integral=a.type is ScalarType.INTEGER)
    )


def _are_implied(a: Limits, b: Limits, *, integral: bool = False) -> bool:
    """Whether who keeps to `a` keeps to `b`."""
    return (
        all((getattr(a, each) or 0) >= (getattr(b, each) or 0) for each in _LEAST)
        and all(_is_at_most(getattr(a, each), getattr(b, each)) for each in _MOST)
        and b.pattern in (None, a.pattern)
        and b.multiple_of in (None, a.multiple_of)
        and (a.unique_items or not b.unique_items or _is_at_most(a.max_items, 1))
        and _is_in_range(a, b, integral=integral)
    )


def _is_at_most(a: int | None, b: int | None) -> bool:
    return b is None or (a is not None and a <= b)


def _is_in_range(a: Limits, b: Limits, *, integral: bool) -> bool:
    if a == b:
        return True
    low, high = lower(a, integral=integral), upper(a, integral=integral)
    least, most = lower(b, integral=integral), upper(b, integral=integral)
    above = least is None or (low is not None and low >= least)
    below = most is None or (high is not None and _tightness(high) <= _tightness(most))
    return above and below


def _tightness(bound: Bound) -> tuple[Fraction, bool]:
    value, open_ = bound
    return value, not open_
