"""States which limits differ. Bounds are compared as bounds, however they were spelled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat.change import ChangeKind
from lading.model.ranges import lower, upper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.schema import Limits

_COUNTS = (
    ("minimum length", "min_length"),
    ("maximum length", "max_length"),
    ("minimum items", "min_items"),
    ("maximum items", "max_items"),
    ("minimum properties", "min_properties"),
    ("maximum properties", "max_properties"),
)


def limit_facts(two: Pair, old: Limits, new: Limits, *, integral: bool = False) -> Iterator[Change]:
    """Yield one fact per limit that differs; `what` names it."""
    if old == new:
        return
    sides = old, new
    if old.multiple_of != new.multiple_of:  # that is a fact of its own
        sides = replace(old, multiple_of=None), replace(new, multiple_of=None)
    for what, bound in (("minimum", lower), ("maximum", upper)):
        before, after = (bound(each, integral=integral) for each in sides)
        if before != after:
            yield two.change(ChangeKind.LIMIT, what, values=(before, after))
    for what, name in _COUNTS:
        # No minimum is a minimum of none: absent and 0 are one limit.
        low = what.startswith("minimum")
        values = [getattr(side, name) or (0 if low else getattr(side, name)) for side in (old, new)]
        if values[0] != values[1]:
            yield two.change(ChangeKind.LIMIT, what, values=(values[0], values[1]))
    if old.multiple_of != new.multiple_of:
        divisors = old.multiple_of, new.multiple_of
        yield two.change(ChangeKind.LIMIT, "multiple of", values=divisors)
    if old.unique_items != new.unique_items:
        unique = old.unique_items, new.unique_items
        yield two.change(ChangeKind.LIMIT, "unique items", values=unique)
    if old.pattern != new.pattern:
        yield two.change(ChangeKind.PATTERN, values=(old.pattern, new.pattern))
