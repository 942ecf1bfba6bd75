"""Types that name by a discriminator what builds on them: a choice of all of those.

A schema with a `discriminator` and no alternatives is one of the schemas that build on it by
``allOf`` (OpenAPI, Discriminator Object). Where it is a part of such a schema it is itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from lading.model.schema import Record, Ref, Restricted, Union

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lading.model.api import Api, Family
    from lading.model.schema import Schema

    Types: TypeAlias = Mapping[str, Schema]

_ITSELF = "{} (itself)"


def with_families(api: Api, other: Api, types: Types) -> Types:
    """The types of `api`, where those that others build on, in either version, are choices."""
    known = {each.name for side in (api, other) for each in side.families if _has_members(each)}
    families = {
        each.name: each
        for each in api.families
        if each.name in known and isinstance(types.get(each.name), Record | Restricted)
    }
    if not families:
        return types
    apart = {name: _as_part(each, types, families) for name, each in types.items()}
    choices = {name: _choice(each, apart, families) for name, each in families.items()}
    return apart | choices


def _has_members(family: Family) -> bool:
    return any(target.name != family.name for _, target in family.members)


def _as_part(schema: Schema, types: Types, families: Collection[str]) -> Schema:
    """`schema`, where a type that it builds on is no choice."""
    if not isinstance(schema, Restricted):
        return schema
    conditions = tuple(
        replace(each, schema=_plain(each.schema, types, families))
        if each.keyword == "allOf"
        else each
        for each in schema.conditions
    )
    return replace(schema, base=_plain(schema.base, types, families), conditions=conditions)


def _plain(schema: Schema, types: Types, families: Collection[str]) -> Schema:
    return types[schema.name] if isinstance(schema, Ref) and schema.name in families else schema


def _renamed(schema: Schema, name: str) -> Schema:
    return replace(schema, name=name) if isinstance(schema, Record) else schema


def _choice(family: Family, types: Types, families: Collection[str]) -> Union:
    """The type itself first, under no name: the choice has that."""
    own = types[family.name]
    names = {each.name for _, each in family.members} & types.keys() - {family.name}
    return Union(
        (_renamed(own, ""), *(_member(each, types, families) for each in sorted(names))),
        discriminator=family.property,
        mapping=tuple(
            (value, _called(each.name, family, families)) for value, each in family.members
        ),
        at=own.at,
    )


def _member(name: str, types: Types, families: Collection[str]) -> Schema:
    """A type that builds on the other; as such it is no choice, though others build on it too."""
    own = types[name]
    return _renamed(own, _ITSELF.format(name)) if name in families else Ref(name, at=own.at)


def _called(target: str, family: Family, families: Collection[str]) -> str:
    if target == family.name:
        return ""
    return _ITSELF.format(target) if target in families else target
