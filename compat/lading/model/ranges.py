"""Ranges of numbers: bounds as bounds, however they were spelled."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from lading.model.schema import Limits

Bound: TypeAlias = "tuple[Fraction, bool]"
"""(value, whether the value itself is refused)."""


def lower(limits: Limits, *, integral: bool) -> Bound | None:
    """The least number, however it was spelled; `None`: there is none.

    Args:
        limits: what was said.
        integral: whether only whole numbers are meant.
    """
    found: list[Bound] = []
    if limits.minimum is not None:
        value = as_written(limits.minimum)
        found.append((Fraction(math.ceil(value)) if integral else value, False))
    if limits.exclusive_minimum is not None:
        value = as_written(limits.exclusive_minimum)
        found.append((Fraction(math.floor(value) + 1), False) if integral else (value, True))
    return max(found, default=None)


def upper(limits: Limits, *, integral: bool) -> Bound | None:
    """The greatest number; see `lower`."""
    found: list[Bound] = []
    if limits.maximum is not None:
        value = as_written(limits.maximum)
        found.append((Fraction(math.floor(value)) if integral else value, False))
    if limits.exclusive_maximum is not None:
        value = as_written(limits.exclusive_maximum)
        found.append((Fraction(math.ceil(value) - 1), False) if integral else (value, True))
    return min(found, key=lambda bound: (bound[0], not bound[1]), default=None)


def as_written(number: float) -> Fraction:
    """The number as written: 0.1 is a tenth."""
    return Fraction(str(number))
