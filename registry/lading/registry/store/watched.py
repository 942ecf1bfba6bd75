"""A store with an eye on it: how long it takes, and whether it answers at all.

Whether it does is asked every second, and at once when something went wrong. While it does not,
nobody waits for it: who asks is told so, and what is kept ready is handed out all the same.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, TypeVar

from lading.registry.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from lading.registry.meter import Meter
    from lading.registry.store.audit import Head
    from lading.registry.store.protocol import Reading, Store, Writing
    from lading.registry.store.records import Append, Version

T = TypeVar("T")

EVERY: Final = 1.0
"""Seconds between two looks."""
REST: Final = 5.0
"""Seconds for which a write that failed counts: a full disk is not seen by looking."""
TRIED: Final = 15.0
"""Seconds after which it is tried whether the store still takes writes, when nobody wrote."""
LOG: Final = logging.getLogger("lading.store")


class Pulse:
    """Looks whether a store answers, in a thread of its own."""

    def __init__(
        self,
        store: Store,
        *,
        changed: Callable[[bool], None] = lambda _: None,
        every: float = EVERY,
    ) -> None:
        self._store = store
        self._changed = changed
        self._every = every
        self._now = Event()
        self._closed = False
        self._failed = float("-inf")
        self._wrote = float("-inf")
        self.up = True
        """Whether it can be read."""
        self._takes = True
        self._thread = Thread(target=self._run, name="lading-pulse", daemon=True)

    @property
    def takes_writes(self) -> bool:
        """Whether it took the last write that it was asked for."""
        return self.up and self._takes and time.monotonic() - self._failed > REST

    def start(self) -> None:
        """Look, and go on looking."""
        self._look()
        self._thread.start()

    def look(self) -> None:
        """Look now, and do not wait for it."""
        self._now.set()

    def wrote(self, error: BaseException | None) -> None:
        """Note how a write went."""
        if error is None:
            self._wrote, self._takes = time.monotonic(), True
            self._failed = float("-inf")
        elif type(error) is StoreError:  # not one that is about what was written
            self._failed = time.monotonic()
            LOG.warning("write failed", extra={"fields": {"reason": _reason(error)}})
            self.look()

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        self._now.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._now.wait(self._every)
            self._now.clear()
            if self._closed:
                return
            self._look()

    def _look(self) -> None:
        error = self._read()
        up = error is None
        if up and (not self._takes or time.monotonic() - self._wrote > TRIED):
            self._takes = self._try()
        if up is self.up:
            return
        self.up = up
        self._changed(up)
        if error is None:
            LOG.warning("the store answers again")
        else:
            LOG.error("the store does not answer", extra={"fields": {"reason": _reason(error)}})

    def _read(self) -> Exception | None:
        try:
            with self._store.read() as reading:
                reading.end()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer
            return error
        return None

    def _try(self) -> bool:
        """Write nothing: enough for a database that is read-only to refuse."""
        try:
            self._store.write(lambda _: None).result(timeout=30)
        except Exception as error:  # noqa: BLE001 - likewise
            if self._takes:
                fields = {"reason": _reason(error)}
                LOG.warning("the store takes no writes", extra={"fields": fields})
            return False
        self._wrote = time.monotonic()
        return True


class WatchedStore:
    """A store that is measured, and left alone while it does not answer."""

    def __init__(self, store: Store, meter: Meter, pulse: Pulse) -> None:
        self._store = store
        self._meter = meter
        self._pulse = pulse

    @property
    def is_local(self) -> bool:
        return self._store.is_local

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """As `Store.read`; raises `StoreError` at once while nobody answers."""
        self._refuse_while_down()
        start = time.perf_counter()
        try:
            with self._store.read() as reading:
                yield reading
        except StoreError:
            self._pulse.look()
            raise
        finally:
            self._meter.stored("read", time.perf_counter() - start)

    def write(self, work: Callable[[Writing], T], *, by: str = "") -> Future[T]:
        self._refuse_while_down()
        return self._measured("write", self._store.write(work, by=by))

    def append(self, asked: Append) -> Future[Version]:
        self._refuse_while_down()
        return self._measured("append", self._store.append(asked))

    def end(self) -> Head:
        return self._store.end()

    def follow(self, tell: Callable[[int], None]) -> None:
        self._store.follow(tell)

    def close(self) -> None:
        self._pulse.close()
        self._store.close()

    def _measured(self, operation: str, future: Future[T]) -> Future[T]:
        start = time.perf_counter()

        def done(told: Future[T]) -> None:
            self._meter.stored(operation, time.perf_counter() - start)
            self._pulse.wrote(told.exception())

        future.add_done_callback(done)
        return future

    def _refuse_while_down(self) -> None:
        if not self._pulse.up:
            raise no_answer()


def no_answer() -> StoreError:
    """What is told to whoever would have to wait for a store that does not answer."""
    return StoreError(
        "the store does not answer",
        hint="nothing needs to be restarted here: the registry goes on once it does",
    )


def _reason(error: BaseException) -> str:
    """In our own words, or nothing but its type: others may quote what was sent."""
    return str(error) if isinstance(error, StoreError) else type(error).__name__
