"""How often one caller may ask: a bucket that fills at a rate and is emptied by requests."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BURST: Final = 10.0
"""Seconds of the rate that may be asked for at once."""
CALLERS: Final = 10_000
"""Most callers of whom is known how much they asked for; who was away longest starts afresh."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a second of one caller; 0: as many as they like."""

    reads: float = 0.0
    writes: float = 0.0


UNLIMITED: Final = Rates()


class Buckets:
    """One bucket a caller, all of one rate."""

    def __init__(
        self, rate: float, *, clock: Callable[[], float] = time.monotonic, most: int = CALLERS
    ) -> None:
        self._rate = rate
        self._size = max(rate * BURST, 1.0)
        self._clock = clock
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> float:
        """Take one; the seconds until there is one to take, 0 where it was there."""
        if not self._rate:
            return 0.0
        now = self._clock()
        left, at = self._left.pop(caller, (self._size, now))
        left = min(left + (now - at) * self._rate, self._size)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate
        self._left[caller] = (left if wait else left - 1, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait


class Shares:
    """What everybody may ask for, of one server."""

    def __init__(self, rates: Rates) -> None:
        self.reads = Buckets(rates.reads)
        self.writes = Buckets(rates.writes)
