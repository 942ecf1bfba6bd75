"""Bodies and objects in a URL: the properties of a form travel as text, as parameters do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.compat.pair.exploded import lone_property
from lading.compat.pair.lists import is_plain
from lading.compat.pair.schemas import pair_schemas, visible
from lading.compat.pair.texts import are_spelled, in_texts, pair_texts
from lading.compat.pair.walk import Role, resolve
from lading.model.api import In, Parameter, Part
from lading.model.schema import Anything, Field, Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from lading.compat.pair.walk import Pair, Walk, Where
    from lading.model.api import Media
    from lading.model.schema import Schema


def pair_bodies(walk: Walk, old: Media, new: Media, where: Where) -> Iterator[Pair]:
    """Yield the pairs of two bodies that are written as their schemas say."""
    return pair_schemas(walk, old.schema, new.schema, where)


def pair_form(walk: Walk, old: Media, new: Media, where: Where) -> Iterator[Pair]:
    """Yield the pairs of two forms: of a number and a text, or of a text and a list, as written."""
    a, b = resolve(old.schema, walk.old_types), resolve(new.schema, walk.new_types)
    fields = _spelled(walk, (old.parts, a), (new.parts, b), where)
    if not fields:
        yield from in_texts(walk, pair_bodies(walk, old, new, where))
        return
    yield from _apart(walk, (a, b), fields, where)


def pair_object(
    walk: Walk, old: Parameter, new: Parameter, where: Where, *, alone: bool
) -> Iterator[Pair]:
    """Yield the schemas of a parameter or a header, and of an object those of what is in it.

    By any style a property is written as a parameter is: a number is a text there (OpenAPI 3.1.1,
    Parameter Object, "Style Values"). How a list is written within an object is not defined.

    Args:
        walk: what is known of both versions.
        old: how one version has it.
        new: how the other has it.
        where: its place.
        alone: whether no other object is written out beside it, whose properties it may take.
    """
    a, b = resolve(old.schema, walk.old_types), resolve(new.schema, walk.new_types)
    lone = (
        lone_property(old, walk.old_types, where.slot),
        lone_property(new, walk.new_types, where.slot),
    )
    if not (alone and any(lone) and _asked(a) ^ _asked(b)):
        yield from _written(walk, old, new, where)
        return
    # By a name they would be compared as they are in JSON, where an object may be empty.
    was, now = replace(old, schema=_without(a, ())), replace(new, schema=_without(b, ()))
    for two in _written(walk, was, now, where):
        if two.role is Role.FIELD and two.where.steps[:-1] == where.steps:
            yield from _there_or_not(two, lone)
        else:
            yield two


def _asked(schema: Schema) -> set[str]:
    fields = schema.fields if isinstance(schema, Record) else ()
    return {each.name for each in fields if each.required}


def _there_or_not(two: Pair, lone: tuple[str, str]) -> Iterator[Pair]:
    """A property, and apart from it whether it is asked for: without the only one is no object."""
    old, new = two.old, two.new
    if not (isinstance(old, Field) and isinstance(new, Field)) or old.required == new.required:
        yield two
        return
    yield replace(two, new=replace(new, required=old.required))
    kept, had = old.name == lone[0], new.name == lone[1]
    was = replace(new, required=old.required, at=old.at)
    yield replace(two, old=was, covered_old=kept, covered_new=had)


def _written(walk: Walk, old: Parameter, new: Parameter, where: Where) -> Iterator[Pair]:
    a, b = resolve(old.schema, walk.old_types), resolve(new.schema, walk.new_types)
    fields = {} if old.media or new.media else _spelled(walk, ((), a), ((), b), where)
    plain = {
        name: two
        for name, two in fields.items()
        if is_plain(two[0].schema, walk.old_types) and is_plain(two[1].schema, walk.new_types)
    }
    if plain:
        yield from _apart(walk, (a, b), plain, where)
    else:
        yield from pair_texts(walk, old, new, where)


def _apart(
    walk: Walk,
    objects: tuple[Schema, Schema],
    fields: Mapping[str, tuple[Parameter, Parameter]],
    where: Where,
) -> Iterator[Pair]:
    """Two objects, and apart from them some of their properties, as texts."""
    old, new = objects
    left = _without(old, fields), _without(new, fields)
    yield from in_texts(walk, pair_schemas(walk, *left, where))
    for name, (mine, other) in fields.items():
        yield from pair_texts(walk, mine, other, where.inside(old, new).step(name))


def _spelled(
    walk: Walk,
    old: tuple[Iterable[Part], Schema],
    new: tuple[Iterable[Part], Schema],
    where: Where,
) -> Mapping[str, tuple[Parameter, Parameter]]:
    """The properties of both whose difference shows only in how they are written."""
    (a, before), (b, after) = old, new
    if not isinstance(before, Record) or not isinstance(after, Record):
        return {}
    parts = {each.name: each for each in a}, {each.name: each for each in b}
    fields = visible(before, where.slot), visible(after, where.slot)
    return {
        name: (mine, other)
        for name in fields[0]
        if name in fields[1] and are_spelled(walk, fields[0][name].schema, fields[1][name].schema)
        for mine in _in_query(fields[0][name], parts[0].get(name))
        for other in _in_query(fields[1][name], parts[1].get(name))
    }


def _in_query(field: Field, part: Part | None) -> Iterator[Parameter]:
    """The parameter that is written as a property of a form is; none where a type says how."""
    part = part or _UNSAID
    if not part.contents and not part.headers:
        yield Parameter(
            field.name,
            In.QUERY,
            field.schema,
            field.required,
            style=part.style or "form",
            explode=part.explode if part.style else True,
            reserved=part.reserved,
            at=field.at,
        )


_UNSAID: Final = Part("")


def _without(schema: Schema, names: Collection[str]) -> Schema:
    """A form that says nothing of some properties but whether they are there."""
    if not isinstance(schema, Record):
        return schema
    fields = (
        replace(each, schema=Anything(at=each.at)) if each.name in names else each
        for each in schema.fields
    )
    return replace(schema, fields=tuple(fields), name="")
