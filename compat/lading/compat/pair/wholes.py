"""Alternatives as what they come to: anything at all, or whole objects.

An alternative that takes anything leaves nothing to the others. What stands beside alternatives
holds for each of them: said in each, they answer those that another version writes out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.compat.pair.joined import join
from lading.compat.pair.walk import resolve
from lading.model.conditions import types_of
from lading.model.jsonschema import merge
from lading.model.schema import Anything, Record, Restricted, Union

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Schema

    Types = Mapping[str, Schema]

_DEEPEST: Final = 5
_MOST: Final = 50
"""Of more alternatives each, what stands beside them is not copied into all."""


def opened(schema: Schema, types: Types) -> Schema:
    """`schema`, or anything, where one of its alternatives is that by another name."""
    if not isinstance(schema, Union) or not _takes_all(schema, types):
        return schema
    return Anything(at=schema.at)


def _takes_all(schema: Schema, types: Types, depth: int = 0) -> bool:
    found = resolve(schema, types)
    if isinstance(found, Union) and not (found.exclusive or found.discriminator):
        return depth < _DEEPEST and any(_takes_all(e, types, depth + 1) for e in found.branches)
    return isinstance(found, Anything)


def alike(old: Schema, new: Schema, types: tuple[Types, Types]) -> tuple[Schema, Schema]:
    """Both, where one is alternatives and the other has them beside an object: with it in each."""
    if isinstance(old, Union) and isinstance(new, Restricted):
        return old, _moved_in(new, types[1])
    if isinstance(old, Restricted) and isinstance(new, Union):
        return _moved_in(old, types[0]), new
    return old, new


def _moved_in(schema: Restricted, types: Types) -> Schema:
    """What an object asks for beside alternatives, said in each of them."""
    asked = schema.conditions[0] if len(schema.conditions) == 1 else None
    union = resolve(asked.schema, types) if asked and asked.keyword == "allOf" else None
    base = resolve(schema.base, types)
    if not isinstance(union, Union) or not isinstance(base, Record) or union.discriminator:
        return schema
    branches = [resolve(each, types) for each in union.branches]
    objects = [each for each in branches if "object" in types_of(each)]
    whole = [_both(base, each) for each in objects] if len(objects) <= _MOST else [None]
    found = tuple(each for each in whole if each)
    if len(found) < max(len(whole), 2):
        return schema
    return replace(union, branches=found)


def _both(base: Record, branch: Schema) -> Record | None:
    if not isinstance(branch, Record):
        return None
    found = merge([base, branch]) or join(base, branch)
    return found and replace(found, doc=branch.doc, at=branch.at)
