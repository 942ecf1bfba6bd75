"""Aligns what the values of a discriminator name: the same alternative, another one, or none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from lading.compat.pair.branches import covered
from lading.compat.pair.walk import Pair, Role, name_of, resolve
from lading.model.alternatives import is_null
from lading.model.conditions import admits
from lading.model.schema import (
    NAMES_NONE,
    Anything,
    Encoding,
    Enum,
    Record,
    Restricted,
    Scalar,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lading.compat.pair.walk import Walk, Where
    from lading.model.schema import Schema

_DEEPEST: Final = 10


def pair_values(
    walk: Walk,
    unions: tuple[Union, Union],
    sides: tuple[Sequence[Schema], Sequence[Schema]],
    matched: Collection[tuple[int, int]],
    where: Where,
) -> Iterator[Pair]:
    """Yield each value of the discriminator that names something else, or nothing, in one version.

    What the alternatives say is compared where they are; a value that came or went with its
    alternative is part of that, unless others take its messages.
    """
    old, new = unions
    if not old.discriminator or old.discriminator != new.discriminator:
        return
    types = walk.old_types, walk.new_types
    named = _named(old), _named(new)
    for value in sorted(named[0].keys() | named[1].keys()):
        before = _Named(value, old, _by(named[0], value), sides[0], types[0], value in named[0])
        after = _Named(value, new, _by(named[1], value), sides[1], types[1], value in named[1])
        a, b = before.said, after.said
        if (a is None and b is None) or _is_same(before, after, matched):
            continue
        if _is_renamed(before, after, matched):
            continue
        if a is None and _came_with(after, before, {j for _, j in matched}):
            continue
        if b is None and _came_with(before, after, {i for i, _ in matched}):
            continue
        yield Pair(Role.VALUE, a, b, where, old, new, lookalike=value)


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """What a value of the discriminator names in one version."""

    value: str
    union: Union
    name: str | None
    branches: Sequence[Schema]
    types: Mapping[str, Schema]
    is_told: bool
    """Whether it is the value that names it: else it is the one of messages that name none."""

    @property
    def spot(self) -> int | None:
        """Where the alternative stands, if it is one."""
        return None if self.name is None else _spot(self.union, self.name)

    @property
    def said(self) -> str | None:
        """The name, where a message of it may have the value at all."""
        spot, by = self.spot, self.union.discriminator or ""
        if self.value == NAMES_NONE:
            return self.name
        dead = spot is not None and not _may_be(self.branches[spot], by, self.value, self.types)
        return None if dead else self.name


def _is_same(before: _Named, after: _Named, matched: Collection[tuple[int, int]]) -> bool:
    """Whether both name one alternative, whatever it is called."""
    i, j = before.spot, after.spot
    if i is None or j is None:
        return i is j and before.name == after.name
    return (i, j) in matched or _nameless(before.branches[i]) == _nameless(after.branches[j])


def _is_renamed(before: _Named, after: _Named, matched: Collection[tuple[int, int]]) -> bool:
    """Whether a value is the name of a component alone, which a `mapping` leaves free to change.

    Its alternative is in both versions, and has a value in the `mapping` of this one: that is what
    messages say, whether the other version maps it, or knows it by its name.
    """
    mine, other = (after, before) if after.is_told else (before, after)
    spot = mine.spot
    if other.is_told or spot is None or mine.value in dict(mine.union.mapping):
        return False
    pairs = matched if mine is before else [(j, i) for i, j in matched]
    return spot in _mapped(mine.union) and any(here == spot for here, _ in pairs)


def _mapped(union: Union) -> set[int | None]:
    """Where the alternatives stand that a `mapping` has a value for."""
    return {_spot(union, name) for value, name in union.mapping if value != NAMES_NONE}


def _came_with(mine: _Named, other: _Named, met: Collection[int]) -> bool:
    """Whether a value is only there with its alternative, whose messages nobody else takes."""
    spot = mine.spot
    if spot is None or spot in met:
        return False
    types = mine.types, other.types
    return not covered(mine.branches[spot], other.branches, Encoding.JSON, types)


def _named(union: Union) -> dict[str, str]:
    """What each value names: an alternative's own name is one without being listed."""
    own = (_short(name_of(each)) for each in union.branches)
    return {name: name for name in own if name} | dict(union.mapping)


def _by(named: Mapping[str, str], value: str) -> str | None:
    """What a value leads to: what it names, else what messages are that name none."""
    return named.get(value, named.get(NAMES_NONE))


def is_told(union: Union, value: str) -> bool:
    """Whether a value names something itself, if it does anything."""
    named = _named(union)
    return value in named or NAMES_NONE not in named


def is_listed(union: Union, name: str) -> bool:
    """Whether what a value names is an alternative."""
    return _spot(union, name) is not None


def is_of_one(union: Union) -> bool:
    """Whether there is nothing to choose: one alternative, and null at most."""
    return sum(not is_null(each) for each in union.branches) == 1


def names_all(union: Union) -> bool:
    """Whether every message of the only alternative has a value that names it."""
    (branch,) = (each for each in union.branches if not is_null(each))
    found = branch.base if isinstance(branch, Restricted) else branch
    listed = found.fields if isinstance(found, Record) else ()
    asked = next((each for each in listed if each.name == union.discriminator), None)
    if asked is None or not asked.required or not isinstance(asked.schema, Enum):
        return False
    named = _named(union)
    return all(is_listed(union, named.get(str(each), " ")) for each in asked.schema.symbols)


def _spot(union: Union, name: str) -> int | None:
    """Where an alternative stands; the one without a name is what the choice is about itself."""
    listed = enumerate(union.branches)
    return next(
        (
            index
            for index, each in listed
            if not isinstance(each, Scalar) and name in {name_of(each), _short(name_of(each))}
        ),
        None,
    )


def _short(name: str) -> str:
    return name.rpartition("#")[2].rpartition("/")[2]


def _nameless(schema: Schema) -> Schema:
    return replace(schema, name="") if isinstance(schema, Record) else schema


def _may_be(
    schema: Schema, name: str, value: str, types: Mapping[str, Schema], depth: int = 0
) -> bool:
    """Whether a message that `schema` takes may have that value at all."""
    found = resolve(schema, types)
    if depth > _DEEPEST:
        return True
    if isinstance(found, Restricted):
        return _may_be(found.base, name, value, types, depth + 1)
    if isinstance(found, Union):
        return any(_may_be(each, name, value, types, depth + 1) for each in found.branches)
    if not isinstance(found, Record):
        return True
    asked = next((each.schema for each in found.fields if each.name == name), None)
    if asked is None:
        return found.rest is None or isinstance(found.rest, Anything)
    return admits(resolve(asked, types), value) is not False
