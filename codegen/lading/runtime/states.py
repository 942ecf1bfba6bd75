"""Which status may follow which."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from lading.runtime.errors import IllegalTransition

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound=StrEnum)


def step(taxonomy: str, transitions: Mapping[T, frozenset[T]], current: T, target: T) -> T:
    """Return `target`, or raise `IllegalTransition` when the taxonomy has no such step.

    Staying where one is is a step only if the taxonomy lists it: a repeated status is then for the
    caller to drop (``if target is current``), since a duplicate and a return are different facts.
    """
    allowed = transitions.get(current, frozenset())
    if target not in allowed:
        raise IllegalTransition(taxonomy, current, target, tuple(sorted(allowed)))
    return target
