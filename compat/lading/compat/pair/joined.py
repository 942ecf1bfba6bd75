"""Objects that ``allOf`` joins where one of them is closed, as the one object that they make.

A closed object refuses what only the others declare: said of each property, people see which. The
reader of schemas joins open objects alone, and leaves these as conditions on each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat.pair.walk import resolve
from lading.model.conditions import joined_limits, restricted
from lading.model.schema import (
    NO_DEFAULT,
    Anything,
    Condition,
    Field,
    Nothing,
    Opaque,
    Record,
    Ref,
    Restricted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Schema


def joined(schema: Schema, types: Mapping[str, Schema], *, tolerant: bool = False) -> Schema:
    """`schema`, where it is an object under conditions: with those joined that close it.

    Args:
        schema: resolved.
        types: what it refers to.
        tolerant: whether readers pass over what is undeclared, so that nothing closes it.
    """
    if not isinstance(schema, Restricted) or not _has_parts(schema):
        return schema
    base = resolve(schema.base, types)
    if not isinstance(base, Record):
        return schema
    left: list[Condition] = []
    for each in schema.conditions:
        part = resolve(each.schema, types) if each.keyword == "allOf" else None
        both = join(base, part, tolerant=tolerant) if isinstance(part, Record) else None
        if both is None:
            left.append(each)
        else:
            base = both
    if len(left) == len(schema.conditions):
        return schema
    return replace(schema, base=base, conditions=tuple(left)) if left else base


def _has_parts(schema: Restricted) -> bool:
    return any(each.keyword == "allOf" for each in schema.conditions)


def join(a: Record, b: Record, *, tolerant: bool = False) -> Record | None:
    """One object; `None` where none of the two is closed, or that takes more than their fields."""
    limits = joined_limits(a.limits, b.limits)
    rest = _both(a.rest, b.rest)
    if not isinstance(rest, Nothing) or limits is None or a.patterns or b.patterns:
        return None
    if tolerant:
        a, b = _unclosed(a), _unclosed(b)
        rest = _both(a.rest, b.rest)
    mine, others = ({each.name: each for each in side.fields} for side in (a, b))
    fields: list[Field] = []
    for name in mine | others:
        met = _field(mine.get(name), others.get(name), (a.rest, b.rest))
        if met is None:
            return None
        fields.append(met)
    invariants = tuple(dict.fromkeys((*a.invariants, *b.invariants)))
    return replace(
        a, fields=tuple(fields), name="", rest=rest, limits=limits, invariants=invariants
    )


def _unclosed(record: Record) -> Record:
    return replace(record, rest=Anything()) if isinstance(record.rest, Nothing) else record


def _field(
    mine: Field | None, other: Field | None, rests: tuple[Schema | None, Schema | None]
) -> Field | None:
    """A field of one object, with what the other one says of it."""
    if mine is None or other is None:
        one, rest = (mine, rests[1]) if mine else (other, rests[0])
        met = _both(one.schema, rest) if one else None
        return replace(one, schema=met) if one and met else None
    met = _both(mine.schema, other.schema)
    if met is None:
        return None
    return replace(
        mine,
        schema=met,
        required=mine.required or other.required,
        default=other.default if mine.default is NO_DEFAULT else mine.default,
        read_only=mine.read_only or other.read_only,
        write_only=mine.write_only or other.write_only,
        deprecated=mine.deprecated or other.deprecated,
    )


def _both(a: Schema | None, b: Schema | None) -> Schema | None:
    """What two schemas admit; `None`: not known.

    Named types are not joined, since that would have no name, and need have no end.
    """
    a, b = a or Anything(), b or Anything()
    if isinstance(a, Anything) or isinstance(b, Nothing) or a == b:
        return b
    if isinstance(b, Anything) or isinstance(a, Nothing):
        return a
    if a.at is None or isinstance(a, Opaque | Ref) or isinstance(b, Opaque | Ref):
        return None
    return restricted(a, [Condition("allOf", b, at=b.at)], a.at)
