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
    step = step_of(limits, integral=integral)
    found: list[Bound] = []
    if limits.minimum is not None:
        value = as_written(limits.minimum)
        found.append((math.ceil(value / step) * step if step else value, False))
    if limits.exclusive_minimum is not None:
        value = as_written(limits.exclusive_minimum)
        least = ((math.floor(value / step) + 1) * step, False) if step else (value, True)
        found.append(least)
    return max(found, default=None)


def upper(limits: Limits, *, integral: bool) -> Bound | None:
    """The greatest number; see `lower`."""
    step = step_of(limits, integral=integral)
    found: list[Bound] = []
    if limits.maximum is not None:
        value = as_written(limits.maximum)
        found.append((math.floor(value / step) * step if step else value, False))
    if limits.exclusive_maximum is not None:
        value = as_written(limits.exclusive_maximum)
        most = ((math.ceil(value / step) - 1) * step, False) if step else (value, True)
        found.append(most)
    return min(found, key=lambda bound: (bound[0], not bound[1]), default=None)


def step_of(limits: Limits, *, integral: bool) -> Fraction | None:
    """What each number is a multiple of."""
    if limits.multiple_of:
        step = as_written(limits.multiple_of)
        return Fraction(step.numerator) if integral else step
    return Fraction(1) if integral else None


def as_written(number: float) -> Fraction:
    """The number as written: 0.1 is a tenth."""
    return Fraction(str(number))


def is_between(value: float, limits: Limits) -> bool:
    """Whether a number keeps within the bounds, whatever it has to be a multiple of."""
    return (
        (limits.minimum is None or value >= limits.minimum)
        and (limits.maximum is None or value <= limits.maximum)
        and (limits.exclusive_minimum is None or value > limits.exclusive_minimum)
        and (limits.exclusive_maximum is None or value < limits.exclusive_maximum)
    )
