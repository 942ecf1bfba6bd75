"""Alternatives of JSON Schema as one value: every spelling of one meaning is the same union."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.model.canonical import identity
from lading.model.conditions import types_of
from lading.model.schema import (
    Anything,
    Array,
    Enum,
    Nothing,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from lading.model.document import Origin
    from lading.model.schema import Schema


def or_null(schema: Schema, origin: Origin, *, surely: bool = True) -> Schema:
    """Null, or what `schema` takes; not `surely`: readers differ about the null."""
    if isinstance(schema, Anything):
        return schema
    null = Scalar(ScalarType.NULL, open=not surely, at=origin)
    if isinstance(schema, Record | Ref | Array):  # what a union of them is needs no looking at
        return Union((null, schema), at=origin)
    return one_of((schema, null), Union((schema, null), at=origin))


def one_of(branches: tuple[Schema, ...], union: Union) -> Schema:
    """Flatten, drop doubles, put null first, so that every spelling of one meaning is one value."""
    if _excludes_beside_null(branches):
        union = replace(union, exclusive=True)
    parts = (
        part for each in branches for part in branches_of(each) if not isinstance(part, Nothing)
    )
    flat = _listed_as_one(distinct(parts), union)
    if not flat:
        return Nothing(at=union.at)
    if not union.exclusive and not union.discriminator and any(map(_is_anything, flat)):
        return Anything(at=union.at)
    flat.sort(key=lambda each: not is_null(each))
    if len(flat) > 1 and is_null(flat[1]):  # one is sure
        flat = [each for each in flat if not is_open(each)]
    if len(flat) == 1 and not (union.discriminator and isinstance(flat[0], Ref)):
        return flat[0]  # what has no name is named by no discriminator
    exclusive = union.exclusive and len([each for each in flat if not is_null(each)]) > 1
    inherited = next(
        (each for each in branches if isinstance(each, Union) and each.discriminator), None
    )
    if (
        inherited
        and not union.discriminator
        and all(each is inherited or is_null(each) for each in branches)
    ):
        flat = [*(each for each in flat if is_null(each)), *inherited.branches]
        return replace(inherited, branches=tuple(flat), at=union.at)
    return Union(tuple(flat), union.discriminator, union.mapping, exclusive, at=union.at)


def _excludes_beside_null(branches: Iterable[Schema]) -> bool:
    """Whether it is a choice of one, and null: what excludes each other does so still."""
    inner = [each for each in branches if not is_null(each)]
    return len(inner) == 1 and isinstance(inner[0], Union) and inner[0].exclusive


def as_alternative(whole: Schema, union: Union) -> Union:
    """`whole` in the place of the single alternative of `union`: it has no name, but its values."""
    name = getattr(union.branches[0], "name", "")
    own = name.rpartition("#")[2].rpartition("/")[2]
    values = {own: name, **dict(union.mapping)} if own else dict(union.mapping)
    mapping = ((key, "" if said in {name, own} else said) for key, said in values.items())
    return replace(union, branches=(whole,), mapping=tuple(sorted(mapping)), at=whole.at)


def distinct(schemas: Iterable[Schema]) -> list[Schema]:
    """The schemas in their order, of equal ones the first."""
    found = [*schemas]
    if len({_glance(each) for each in found}) == len(found):
        return found
    return list({identity(each): each for each in reversed(found)}.values())[::-1]


def _glance(schema: Schema) -> Hashable:
    """What schemas that are equal have in common, and is seen without looking into them."""
    if isinstance(schema, Scalar):
        return schema.type
    return type(schema), schema.name if isinstance(schema, Ref) else ""


def _listed_as_one(branches: list[Schema], union: Union) -> list[Schema]:
    """Values that are listed in several alternatives are one list, unless two take the same one."""
    lists = [each for each in branches if _is_plain_list(each)]
    if len(lists) < 2 or union.discriminator:  # noqa: PLR2004 - several
        return branches
    symbols = [each for one in lists if isinstance(one, Enum) for each in one.symbols]
    known = {(isinstance(each, bool), each): each for each in reversed(symbols)}
    if union.exclusive and len(known) < len(symbols):
        return branches
    whole = of_values(Enum(tuple(known.values())[::-1], at=lists[0].at))
    spot = branches.index(lists[0])
    others = [each for each in branches if not _is_plain_list(each)]
    return distinct([*others[:spot], *branches_of(whole), *others[spot:]])


def _is_plain_list(schema: Schema) -> bool:
    """Whether it lists values, and nobody knows it by a name."""
    return isinstance(schema, Enum) and not (schema.open or schema.name or schema.taxonomy)


def of_values(enum: Enum) -> Schema:
    """Listed values; true and false, and nothing else, are their type."""
    both = {*enum.symbols} == {True, False} and all(isinstance(e, bool) for e in enum.symbols)
    return Scalar(ScalarType.BOOLEAN, at=enum.at) if both else enum


def branches_of(branch: Schema) -> tuple[Schema, ...]:
    """The alternatives that a branch adds to a list of them."""
    nested = isinstance(branch, Union) and not branch.discriminator
    return branch.branches if isinstance(branch, Union) and nested else (branch,)


def of_several_types(union: Union) -> bool:
    """Whether its branches are of types that no value has two of."""
    seen: set[str] = set()
    for each in union.branches:
        kinds = {"number" if kind == "integer" else kind for kind in types_of(each)}
        if isinstance(each, Ref | Anything) or seen & kinds:
            return False
        seen |= kinds
    return True


def _is_anything(schema: Schema) -> bool:
    return isinstance(schema, Anything)


def is_null(schema: object) -> bool:
    """Whether null is all that it takes."""
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL


def is_open(schema: object) -> bool:
    """Whether it is null, and up to the reader whether it is taken."""
    return isinstance(schema, Scalar) and schema.open
