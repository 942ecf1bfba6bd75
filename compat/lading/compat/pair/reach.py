"""Which named types a schema leads to, and which of them differ: for what is judged as a whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lading.model.schema import Array, Map, Record, Ref, Union

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.schema import Schema


def names_in(schema: Schema) -> Iterator[str]:
    """The names that a schema refers to, without those that their types refer to in turn."""
    waiting = [schema]
    while waiting:
        match waiting.pop():
            case Ref(name=name):
                yield name
            case Record(fields=fields, rest=rest, patterns=patterns):
                waiting += [each.schema for each in fields]
                waiting += [each for _, each in patterns]
                waiting += [rest] if rest else []
            case Array(items=below) | Map(values=below):
                waiting.append(below)
            case Union(branches=branches):
                waiting += branches


def shaken(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> frozenset[str]:
    """The names whose types differ or lead, over any number of names, to one that does."""
    if old == new:
        return frozenset()
    users: defaultdict[str, set[str]] = defaultdict(set)
    for types in (old, new):
        for name, schema in types.items():
            for used in names_in(schema):
                users[used].add(name)
    waiting = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    found = set(waiting)
    while waiting:
        more = users[waiting.pop()] - found
        found |= more
        waiting += more
    return frozenset(found)
