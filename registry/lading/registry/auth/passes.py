"""Who was let in a moment ago, by what they presented: so that the next answer is as quick.

A pass is for callers who may see every subject: to them an answer that is ready says nothing that
another caller would not be told. It holds for a second, and not beyond a change to any token.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from lading.registry.auth.credentials import presented

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.registry.auth.credentials import Known
    from lading.registry.auth.rates import Buckets

HOLDS: Final = 1.0
"""Seconds, after which a token is looked at again: it may be over."""
MOST: Final = 10_000
"""Passes that are kept."""


class _Pass(NamedTuple):
    caller: str
    """Their name; empty: good, but not for what is ready."""
    epoch: int
    until: float


class Passes:
    """Of the callers of one server."""

    def __init__(
        self, known: Known, reads: Buckets, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._known = known
        self._reads = reads
        self._clock = clock
        self._passes: dict[bytes, _Pass] = {}

    def caller(self, header: bytes) -> str:
        """Who presents an ``Authorization`` header; empty where they have to be asked."""
        if not self._known.is_current:
            return ""
        found = self._passes.get(header)
        now = self._clock()
        if found is None or found.epoch != self._known.epoch or found.until <= now:
            found = self._looked_at(header, now)
        return found.caller if found else ""

    def takes(self, caller: str) -> bool:
        """Whether the caller may ask once more now; that is one of their share, then."""
        return not self._reads.wait(caller)

    def _looked_at(self, header: bytes, now: float) -> _Pass | None:
        """The pass of a header that is good; who presents a wrong one is asked each time."""
        self._passes.pop(header, None)
        said = presented(header.decode("latin-1"))
        caller = self._known.caller(*said.pair) if said and said.pair else None
        if caller is None:
            return None
        if len(self._passes) >= MOST:
            self._passes.clear()
        name = caller.name if caller.grants.sees_all else ""
        found = self._passes[header] = _Pass(name, self._known.epoch, now + HOLDS)
        return found
