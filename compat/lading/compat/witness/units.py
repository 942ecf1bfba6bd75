"""What a number is taken for that counts in another unit: it is read as it was written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.compat.change import Change
    from lading.compat.witness.base import Side


def taken_for(change: Change, side: Side, value: object) -> str:
    """What a reader makes of a number; empty: it is none, or nothing, which is so in every unit."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not value:
        return ""
    meant, taken = (change.old, change.new) if side == "old" else (change.new, change.old)
    return f"read as {value} {taken}, meant as {value} {meant}"


def value_at(value: Any, names: Iterable[str]) -> Any:
    """What stands below properties of such names, in the first item of each list; else `None`."""
    found = _first(value)
    for name in names:
        found = _first(found.get(name)) if isinstance(found, dict) else None
    return found


def _first(value: Any) -> Any:
    while isinstance(value, list):
        value = value[0] if value else None
    return value
