"""Which types of JSON have another name in the other version, and are the same but for that.

Two types are one class when both say the same, of types that are one class again: all start as one,
and are told apart for as long as somebody still differs. So types that lead to each other, or to
themselves, are found as well. A type that both versions have is known by its name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lading.model.canonical import plain, referred
from lading.model.schema import Enum, Record, Union

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from lading.model.schema import Schema

_STEPS: Final = 20_000
"""Types that are looked at, over all rounds; where that is too few, no name is known."""
_IDLE: Final = frozenset({"fields", "symbols", "branches", "required"})
"""Lists whose order means nothing."""


@dataclass(frozen=True, slots=True)
class Renames:
    """By name, the class of each type that one version alone has and the other has as well."""

    old: Mapping[str, int] = field(default_factory=dict)
    new: Mapping[str, int] = field(default_factory=dict)

    def is_same(self, old: Schema | None, new: Schema | None) -> bool:
        """Whether two schemas are one but for the names of types, and for idle orders."""
        if old == new:
            return True
        if old is None or new is None or _shape(old) != _shape(new):
            return False
        before, after = _plain(old), _plain(new)
        if before == after:
            return True
        if self.old.keys().isdisjoint(referred(old)):
            return False
        return _said(before, self.old) == _said(after, self.new)


NONE: Final = Renames()


def renames(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Renames:
    """The classes of the types of two versions."""
    gone = {name: _shape(old[name]) for name in old.keys() - new.keys()}
    came = {name: _shape(new[name]) for name in new.keys() - old.keys()}
    shapes = set(gone.values()) & set(came.values())
    if not shapes:
        return NONE
    sides = [
        {
            name: _without_own_name(_plain(types[name]), name)
            for name, shape in names.items()
            if shape in shapes
        }
        for types, names in ((old, gone), (new, came))
    ]
    found = _told_apart(sides)
    shared = set(found[0].values()) & set(found[1].values())
    return Renames(
        *({name: each for name, each in side.items() if each in shared} for side in found)
    )


def _shape(schema: Schema) -> Hashable:
    """What is seen of a type at a glance: most types have no like in the other version."""
    match schema:
        case Record(fields=fields):
            return frozenset(each.name for each in fields)
        case Enum(symbols=symbols) | Union(branches=symbols):
            return type(schema).__name__, len(symbols)
    return type(schema).__name__


def _told_apart(sides: list[dict[str, Any]]) -> list[dict[str, int]]:
    """The classes, or none where it takes too long to tell them apart."""
    known = [dict.fromkeys(side, 0) for side in sides]
    count = 1
    for _ in range(_STEPS // sum(map(len, sides))):
        numbers: dict[tuple[int, str], int] = {}
        known = [
            {
                name: numbers.setdefault((classes[name], _said(each, classes)), len(numbers))
                for name, each in side.items()
            }
            for side, classes in zip(sides, known, strict=True)
        ]
        if len(numbers) == count:
            return known
        count = len(numbers)
    return [{}, {}]


def _plain(schema: Schema | None) -> Any:
    return plain(schema, ordered=False)


def _without_own_name(node: Any, name: str) -> Any:
    return {**node, "name": ""} if node["is"] != "Ref" and node.get("name") == name else node


def _said(node: Any, classes: Mapping[str, int]) -> str:
    return json.dumps(_by_class(node, classes), sort_keys=True, separators=(",", ":"))


def _by_class(node: Any, classes: Mapping[str, int]) -> Any:
    """`node` with the classes of types for their names."""
    if isinstance(node, list):
        return [_by_class(each, classes) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("is") == "Ref":
        return _class(node["name"], classes)
    made = {key: _by_class(each, classes) for key, each in node.items()}
    for key in _IDLE & made.keys():
        if isinstance(made[key], list):
            made[key].sort(key=json.dumps)
    if made.get("is") == "Union" and made["discriminator"]:
        made["mapping"] = [[word, _class(name, classes)] for word, name in node["mapping"]]
        made["names"] = _values(node)
    return made


def _class(name: str, classes: Mapping[str, int]) -> Any:
    return [classes[name]] if name in classes else name


def _values(union: Any) -> list[str]:
    """The names that are values of the discriminator for want of others (OpenAPI 3.1)."""
    mapped = {name for _, name in union["mapping"]}
    names = {each["name"] for each in union["branches"] if each["is"] == "Ref"}
    return sorted(names - mapped)
