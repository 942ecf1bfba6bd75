"""What is measured, without a word about by whom: the use cases tell, somebody may listen."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


class Meter:
    """Listens to nothing."""

    def registered(self, outcome: str) -> None:
        """A registration ended: ``registered``, ``unchanged``, ``incompatible`` ..."""

    def judged(self, seconds: float) -> None:
        """The gate has judged."""

    def stored(self, operation: str, seconds: float) -> None:
        """The store was asked to ``read``, ``write`` or ``append``."""

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Measure what is done inside as `judged`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.judged(time.perf_counter() - start)


UNMEASURED: Final = Meter()
