"""How many items a list has at most, whether that is said by a number or follows from the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.model.schema import (
    Anything,
    Array,
    Enum,
    Nothing,
    Ref,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Schema

_DEEPEST: Final = 8
_COUNTS: Final = {ScalarType.NULL: 1, ScalarType.BOOLEAN: 2}


def most_items(schema: Array | Tuple, types: Mapping[str, Schema]) -> int | None:
    """The longest that a list may be, by all that its schema says; `None`: of any length."""
    return _smaller(schema.limits.max_items, implied_items(schema, types))


def implied_items(schema: Array | Tuple, types: Mapping[str, Schema]) -> int | None:
    """The longest that a list may be without a ``maxItems``.

    Nothing may follow the places that it has, or its items are unique, and there are so many values
    that they can have (2020-12 core, 10.3.1, and validation, 6.4.3).
    """
    prefix = _places(schema)
    placed = len(prefix) if isinstance(resolved(schema.items, types), Nothing) else None
    unique = schema.limits.unique_items and not prefix
    return _smaller(placed, _count(schema.items, types) if unique else None)


def with_sizes(
    old: Array | Tuple,
    new: Array | Tuple,
    types: tuple[Mapping[str, Schema], Mapping[str, Schema]],
) -> tuple[Array | Tuple, Array | Tuple]:
    """Both, with the longest that they may be said in one way.

    A number says nothing where a list is no longer anyway. What follows from places or values in
    one version is said by a number where the other says it so, and then what stands beyond the
    shorter of the two counts for nothing: longer lists are another length already.
    """
    old, new = _without_idle(old, types[0]), _without_idle(new, types[1])
    most = most_items(old, types[0]), most_items(new, types[1])
    by_number = any(each.limits.max_items is not None for each in (old, new))
    if most[0] is not None and most[1] is not None and by_number:
        seen = min(most[0], most[1])
        kept = seen if seen <= max(len(_places(old)), len(_places(new))) else None
        old, new = _limited(old, most[0], kept), _limited(new, most[1], kept)
    return _unique_alike(old, new, most)


def _without_idle(schema: Array | Tuple, types: Mapping[str, Schema]) -> Array | Tuple:
    implied, said = implied_items(schema, types), schema.limits.max_items
    if said is None or implied is None or implied > said:
        return schema
    return replace(schema, limits=replace(schema.limits, max_items=None))


def _limited(schema: Array | Tuple, most: int, kept: int | None) -> Array | Tuple:
    """A list of at most so many, that has just so many places of its own; `None`: as it is."""
    limits = replace(schema.limits, max_items=most)
    if kept is None:
        return replace(schema, limits=limits)
    prefix = (*_places(schema), *[schema.items] * kept)[:kept]
    items = Anything(at=schema.items.at)
    if not prefix:
        return Array(items, limits, at=schema.at)
    return Tuple(prefix, items, limits, at=schema.at)


def _unique_alike(
    old: Array | Tuple, new: Array | Tuple, most: tuple[int | None, int | None]
) -> tuple[Array | Tuple, Array | Tuple]:
    """Both, with nothing said of unique items where the one that does not ask has one at most."""
    if old.limits.unique_items == new.limits.unique_items:
        return old, new
    longest = most[1] if old.limits.unique_items else most[0]
    if longest is None or longest > 1:
        return old, new
    limits = (replace(each.limits, unique_items=False) for each in (old, new))
    return replace(old, limits=next(limits)), replace(new, limits=next(limits))


def _places(schema: Array | Tuple) -> tuple[Schema, ...]:
    return schema.prefix if isinstance(schema, Tuple) else ()


def _count(schema: Schema, types: Mapping[str, Schema], depth: int = 0) -> int | None:
    """How many values there are at most; `None`: not known."""
    match resolved(schema, types):
        case Scalar(type=kind):
            return _COUNTS.get(kind)
        case Enum(symbols=symbols, open=False):
            return len({(isinstance(each, bool), each) for each in symbols})
        case Nothing():
            return 0
        case Union(branches=branches) if depth < _DEEPEST:
            counts = [_count(each, types, depth + 1) for each in branches]
            known = [each for each in counts if each is not None]
            return sum(known) if len(known) == len(counts) else None
    return None


def resolved(schema: Schema, types: Mapping[str, Schema]) -> Schema:
    """What a reference leads to, so far as it is followed: it may lead to itself."""
    for _ in range(_DEEPEST):
        if not isinstance(schema, Ref) or schema.name not in types:
            break
        schema = types[schema.name]
    return schema


def _smaller(one: int | None, other: int | None) -> int | None:
    known = [each for each in (one, other) if each is not None]
    return min(known, default=None)
