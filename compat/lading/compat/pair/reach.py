"""Which named types differ between two versions, or lead to one that does."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from lading.model.canonical import referred
from lading.model.written import BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lading.compat.pair.renames import Renames
    from lading.model.schema import Schema
    from lading.model.written import Written


def shaken(
    old: Mapping[str, Schema], new: Mapping[str, Schema], renamed: Callable[[], Renames]
) -> frozenset[str]:
    """The names whose types differ by what they mean, and all that lead to one of them."""
    known = renamed()
    changed = {
        name
        for name in old.keys() | new.keys()
        if not (name in known.old or name in known.new)
        and not known.is_same(old.get(name), new.get(name))
    }
    if not changed:
        return frozenset()
    sides = ({name: referred(each) for name, each in types.items()} for types in (old, new))
    return _with_users(changed, sides)


def reworded(old: Mapping[str, Written], new: Mapping[str, Written]) -> frozenset[str]:
    """The names whose types differ by their text, and all that lead to one of them."""
    if len(old) == len(new) == 1:  # no named types
        return _NOTHING if old[BODY].said == new[BODY].said else _ALL
    changed = {
        name
        for name in old.keys() | new.keys()
        if name not in old or name not in new or old[name].said != new[name].said
    }
    if not changed or changed == {BODY}:  # no type leads to the whole
        return frozenset(changed)
    sides = ({name: each.said.names for name, each in types.items()} for types in (old, new))
    return _with_users(changed, sides)


_NOTHING: Final[frozenset[str]] = frozenset()
_ALL: Final = frozenset({BODY})


def _with_users(changed: set[str], sides: Iterable[Mapping[str, Iterable[str]]]) -> frozenset[str]:
    users: defaultdict[str, set[str]] = defaultdict(set)
    for used_by in sides:
        for name, used in used_by.items():
            for each in used:
                users[each].add(name)
    found, waiting = set(changed), list(changed)
    while waiting:
        more = users[waiting.pop()] - found
        found |= more
        waiting += more
    return frozenset(found)
