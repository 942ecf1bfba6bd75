"""A bounded memory of what was computed last."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Key to value, least recently used out first; safe between threads.

    The weights of the values (1 each, or bytes) never sum to more than ``limit``.
    ``functools.lru_cache`` cannot do this: it neither weighs nor forgets on demand.
    """

    __slots__ = ("_limit", "_lock", "_values", "_weigh", "_weight", "_weights")

    def __init__(self, limit: int, *, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[K, V] = OrderedDict()
        self._weights: dict[K, int] = {}
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if (value := self._values.get(key)) is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> V:
        """Remember `value` and hand it back."""
        with self._lock:
            self._out(key)
            self._values[key] = value
            self._weights[key] = self._weigh(value)
            self._weight += self._weights[key]
            while self._weight > self._limit:
                self._out(next(iter(self._values)))
        return value

    def drop(self, key: K) -> None:
        """Forget one, if it is there."""
        with self._lock:
            self._out(key)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._weights.clear()
            self._weight = 0

    def _out(self, key: K) -> None:
        """By the weight that it came in with: it may have grown since."""
        if self._values.pop(key, None) is not None:
            self._weight -= self._weights.pop(key)
