"""What the invariants of generated models ask beside Python's own ``sum``, ``all`` and ``any``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

Name = TypeVar("Name", bound="Hashable")


def unique(values: Iterable[Hashable]) -> bool:
    """Whether no value comes twice."""
    seen = list(values)
    return len(set(seen)) == len(seen)


def forest(pairs: Iterable[tuple[Name, Name | None]]) -> bool:
    """Whether (id, parent) pairs form trees: ids are unique, parents there, nobody above himself.

    A parent of `None` is the top.
    """
    listed = list(pairs)
    above: dict[Name | None, Name | None] = dict(listed)
    if len(above) != len(listed):
        return False
    grounded: set[Name | None] = {None}
    for start in above:
        way: dict[Name | None, None] = {}
        here: Name | None = start
        while here not in grounded:
            if here not in above or here in way:
                return False
            way[here] = None
            here = above[here]
        grounded.update(way)
    return True


def broken(name: str, rule: str) -> PydanticCustomError:
    """The error of a model whose invariant does not hold; its ``type`` is ``invariant``.

    Args:
        name: record and invariant, as ``ShipmentLine.lots``.
        rule: what has to hold, in words.
    """
    context = {"invariant": name, "rule": rule}
    return PydanticCustomError("invariant", "{invariant} does not hold: {rule}", context)
