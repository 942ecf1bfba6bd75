"""Aligns the conditions of two restricted schemas, and says which of them can be compared.

A restricted schema admits what its base and each condition admit. So when no condition asks for
more, nothing is narrowed, whichever condition was paired with which.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat.said import keyword_of
from lading.model.schema import (
    NO_LIMITS,
    Anything,
    Array,
    Condition,
    Enum,
    Map,
    Nothing,
    Record,
    Ref,
    Restricted,
    Scalar,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.compat.pair.walk import Spoken, Where
    from lading.model.schema import Field, Schema


def match_conditions(
    old: Sequence[Condition], new: Sequence[Condition]
) -> tuple[tuple[Condition | None, Condition | None], ...]:
    """Pair conditions: equal ones, then those of one keyword that agree on when they apply."""
    before, after = list(old), list(new)
    found: list[tuple[Condition | None, Condition | None]] = []
    for alike in (_equal, _of_one_test, _of_one_kind):
        for a in tuple(before):
            b = next((each for each in after if alike(a, each)), None)
            if b is not None:
                before.remove(a)
                after.remove(b)
                found.append((a, b))
    return (*found, *((a, None) for a in before), *((None, b) for b in after))


def _equal(a: Condition, b: Condition) -> bool:
    return a == b


def _of_one_test(a: Condition, b: Condition) -> bool:
    return _of_one_kind(a, b) and (a.test, a.text) == (b.test, b.text)


def _of_one_kind(a: Condition, b: Condition) -> bool:
    return (a.keyword, a.key) == (b.keyword, b.key)


def is_decided(old: Condition, new: Condition) -> bool:
    """Whether what the walk finds below two paired conditions is all there is to say.

    Where a value may have to fail a schema, only schemas can be compared that say all they mean.
    """
    if old.keyword == "not":
        return _is_same(old, new, (old.schema, new.schema)) or _both_ways(old, new)
    if old.keyword == "contains" and (old.most, new.most) != (None, None):
        return _is_same(old, new, (old.schema, new.schema))
    if old.keyword == "if":
        tests = old.test, new.test
        return _is_same(old, new, tests) or (_one_armed(old, new) and _both_ways(old, new))
    return True


def _is_same(old: Condition, new: Condition, asked: tuple[Schema | None, Schema | None]) -> bool:
    return old.text == new.text if old.text and new.text else asked[0] == asked[1]


def _one_armed(old: Condition, new: Condition) -> bool:
    """Without ``else`` a wider test only demands more, without ``then`` only less."""
    thens, elses = (old.schema, new.schema), (old.otherwise, new.otherwise)
    return any(all(isinstance(each, Anything) for each in side) for side in (thens, elses))


def _both_ways(old: Condition, new: Condition) -> bool:
    """Whether the facts about the two hold backwards as well."""
    if old.text or new.text:
        return False
    before, after = (
        each.schema if each.keyword == "not" else each.test or each.schema for each in (old, new)
    )
    return exact(before, after)


def exact(old: Schema, new: Schema) -> bool:
    """Whether facts about the two schemas are right to the letter, under no convention."""
    match old, new:
        case Record(), Record():
            return _exact_records(old, new)
        case Union(), Union():
            return _is_leaf(old) and _is_leaf(new)
    return old == new or (_is_leaf(old) and _is_leaf(new))


def _exact_records(old: Record, new: Record) -> bool:
    """Open objects that only speak of some properties: one that is not mentioned is anything."""
    before, after = ({each.name: each for each in side.fields} for side in (old, new))
    return (
        all(isinstance(side.rest, Anything) and not side.patterns for side in (old, new))
        and old.limits == new.limits == NO_LIMITS
        and not any(each.read_only or each.write_only for each in (*old.fields, *new.fields))
        and all(
            exact(_said(before, name), _said(after, name)) for name in before.keys() | after.keys()
        )
    )


def _said(fields: Mapping[str, Field], name: str) -> Schema:
    return fields[name].schema if name in fields else Anything()


def _is_leaf(schema: Schema) -> bool:
    match schema:
        case Scalar() | Anything() | Nothing():
            return True
        case Enum():
            return not schema.open
        case Union(branches=branches):
            return not schema.exclusive and all(map(_is_leaf, branches))
    return False


def below(old: Condition, new: Condition, where: Where) -> Iterator[tuple[Schema, Schema, Where]]:
    """The schemas of two decided conditions, with how their differences count."""
    spot = replace(where.step(f"({keyword_of(new)})"), declared=None)
    inside = spot.step(old.key) if old.key else spot
    if old.keyword == "not":
        if not _is_same(old, new, (old.schema, new.schema)):
            yield old.schema, new.schema, replace(spot, negated=not where.negated)
        return
    if old.test is not None and new.test is not None:
        if not _is_same(old, new, (old.test, new.test)):
            demands = not isinstance(old.schema, Anything) or not isinstance(new.schema, Anything)
            yield old.test, new.test, replace(spot, negated=where.negated is not demands)
        yield from _arms(old, new, where)
        return
    yield old.schema, new.schema, inside


def _arms(old: Condition, new: Condition, where: Where) -> Iterator[tuple[Schema, Schema, Where]]:
    yield old.schema, new.schema, replace(where.step("(then)"), declared=None)
    if old.otherwise is not None and new.otherwise is not None:
        yield old.otherwise, new.otherwise, replace(where.step("(else)"), declared=None)


def spoken_of(
    nodes: Sequence[object], types: Mapping[str, Schema], known: Spoken
) -> frozenset[str]:
    """Every name of a field that `nodes` mention.

    Args:
        nodes: conditions, or schemas.
        types: the named types that they refer to.
        known: what was found in types before; more is put into it.
    """
    found, waiting = _spoken(nodes)
    names, seen = set(found), set(waiting)
    left = list(waiting)
    while left:
        name = left.pop()
        if name not in known:
            known[name] = _spoken((types[name],))
        found, leads = known[name]
        names |= found
        left += leads - seen
        seen |= leads
    return frozenset(names)


def _spoken(nodes: Sequence[object]) -> tuple[frozenset[str], frozenset[str]]:
    """The names of fields in `nodes`, and the types that they refer to."""
    found: set[str] = set()
    leads: set[str] = set()
    waiting: list[object] = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case Ref(name=name):
                leads.add(name)
            case Record(fields=fields, rest=rest, patterns=patterns):
                found |= {each.name for each in fields}
                waiting += [
                    rest,
                    *(each.schema for each in fields),
                    *(each for _, each in patterns),
                ]
            case Array(items=inner) | Map(values=inner):
                waiting.append(inner)
            case Tuple(prefix=prefix, items=inner):
                waiting += [*prefix, inner]
            case Union(branches=branches):
                waiting += branches
            case Restricted(base=base, conditions=inner_conditions):
                waiting += [base, *inner_conditions]
            case Condition(schema=inner, key=key, test=test, otherwise=otherwise):
                found.add(key)
                waiting += [inner, test, otherwise]
    return frozenset(found), frozenset(leads)
