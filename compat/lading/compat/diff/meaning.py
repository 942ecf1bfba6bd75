"""States what differs in the meaning laid over a scalar: Avro logical types, JSON formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.compat.change import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.schema import Logical


def logical_facts(two: Pair, old: Logical | None, new: Logical | None) -> Iterator[Change]:
    """A logical type came, went, became another, or a decimal changed its digits."""
    if old is None or new is None:
        if old is not new:
            yield two.change(ChangeKind.LOGICAL_REMOVED if old else ChangeKind.LOGICAL_ADDED)
    elif old.name != new.name:
        yield two.change(ChangeKind.LOGICAL_CHANGED)
    else:
        scales = (old.scale or 0, new.scale or 0)
        if scales[0] != scales[1]:
            yield two.change(ChangeKind.DECIMAL_SCALE, values=scales)
        if old.precision != new.precision:
            yield two.change(ChangeKind.DECIMAL_PRECISION, values=(old.precision, new.precision))
