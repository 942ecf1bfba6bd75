"""Registrations that are judged beside: asked there, appended here.

All that comes in one turn of the loop goes out as one message, with what became of what was judged
before: so who judges reads nothing of what this process has appended. What passes is appended with
the place in the log by which it was judged, and the store refuses it where that has moved. What is
not decided there goes the usual way, and so does everything while nobody judges there.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Kind
from lading.registry.http.landing import settle
from lading.registry.http.link import Link
from lading.registry.proposals import Proposal
from lading.registry.registering import QUICK_TEXT
from lading.registry.store import Append, Content, Moved, Version

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from lading.registry.http.landing import Asked
    from lading.registry.judge import Answer
    from lading.registry.meter import Meter
    from lading.registry.settings import Settings
    from lading.registry.store import Store

AGAIN: Final = 1
"""The last round of a registration that is judged beside: who has lost that often is judged where
it is appended."""
PATIENCE: Final = 2.0
"""Seconds for which an answer is waited for; then whoever owes it is ended."""
STARTS: Final = 30.0
"""Seconds for its first one."""
PAUSE: Final = 0.5
"""Seconds until the next one is started where one has ended; twice as long each time, ..."""
LONGEST: Final = 30.0
"""... up to this, and from the start again after one that was there for so long."""
LOG: Final = logging.getLogger("lading.judge")


@dataclass(eq=False, slots=True)
class _Case:
    """One registration that is under way."""

    asked: Asked
    told: asyncio.Future[Version]
    usual: Callable[[], None]
    """Goes the usual way."""
    ticket: int = 0
    link: Link | None = None
    """To whom it was said."""
    at: float = 0.0
    future: Future[Version] | None = None
    """What becomes of it in the store."""


class Aside:
    """What is judged beside, for one loop."""

    def __init__(self, store: Store, settings: Settings, meter: Meter) -> None:
        self._store = store
        self._settings = settings
        self._meter = meter
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link: Link | None = None
        self._since = 0.0
        self._pause = PAUSE
        self._closed = False
        self._tickets = 0
        self._open: dict[int, _Case] = {}
        """What was asked and not answered, the oldest first."""
        self._busy: dict[str, deque[_Case]] = {}
        """What waits for another one of its subject: it could only be judged by what is not there
        yet."""
        self._asks: list[tuple[int, str, str, bool]] = []
        self._news: list[tuple[int, ...]] = []
        self._others = -1
        self._flushes = self._wakes = False
        self._over: deque[_Case] = deque()
        self._late: _Case | None = None
        self.is_up = False
        """Whether somebody judges beside."""
        self.starts = self.decided = self.left = 0
        """Processes that were started, and what they have decided, and not: for the metrics."""
        store.follow(self.others_wrote)

    @property
    def pid(self) -> int | None:
        """The process, if there is one."""
        return self._link.pid if self._link else None

    def start(self) -> None:
        """Begin, on the loop that runs."""
        self._loop = asyncio.get_running_loop()
        self._begin()
        self._look()

    def close(self) -> None:
        """End it; nothing is judged beside from here on."""
        self._closed, self.is_up = True, False
        if self._link is not None:
            self._link.end()

    def others_wrote(self, after: int) -> None:
        """Other processes have written after an entry of the log; from any thread."""
        if self._loop is not None and not self._closed and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, after)

    def takes(self, asked: Asked, number: int) -> bool:
        """Whether it may be decided there; `number`: of the round."""
        brought = asked.brought
        return (
            self.is_up
            and number <= AGAIN
            and not asked.force
            and brought.kind is Kind.AVRO
            and len(brought.text) <= QUICK_TEXT
            and brought == Proposal(Kind.AVRO, brought.text)
        )

    def ask(self, asked: Asked, told: asyncio.Future[Version], usual: Callable[[], None]) -> None:
        """Have `told` what becomes of it, or go the usual way."""
        case = _Case(asked, told, usual)
        waiting = self._busy.get(asked.name)
        if waiting is None:
            self._busy[asked.name] = deque()
            self._put(case)
        else:
            waiting.append(case)

    # -- to the other process ---------------------------------------------------------------------

    def _put(self, case: _Case) -> None:
        assert self._loop is not None  # noqa: S101  it is up
        if not self.is_up:
            self._leave(case)
            return
        self._tickets += 1
        case.ticket, case.link, case.at = self._tickets, self._link, self._loop.time()
        self._open[case.ticket] = case
        asked = case.asked
        self._asks.append((case.ticket, asked.name, asked.brought.text, asked.follow))
        if not self._flushes:
            self._flushes = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushes = False
        if not self._asks or self._link is None:
            return
        end, news, asks, others = self._store.end(), self._news, self._asks, self._others
        self._news, self._asks, self._others = [], [], -1
        self._link.send((end.seq, end.epoch, others, news, asks))

    def _note(self, after: int) -> None:
        self._others = after if self._others < 0 else min(after, self._others)

    # -- from it ----------------------------------------------------------------------------------

    def _heard(self, answers: Answer) -> None:
        if not answers and self._link is not None:
            self.is_up = True
            LOG.info("judging beside", extra={"fields": {"pid": self._link.pid}})
        for each in answers:
            self._said(*each)

    def _said(self, ticket: int, *said: Any) -> None:
        case = self._open.pop(ticket)
        if not said:
            self.left += 1
            self._leave(case)
            return
        held, seq, epoch, seconds, text, metadata, rules, digests = said
        content = Content(Kind.AVRO, text, (), metadata, rules)
        content.digested_as(*digests)
        name = case.asked.name
        self.decided += 1
        if held is None:
            if seconds:  # else there was nothing to judge by
                self._meter.judged(seconds)
            self._append(case, Append(name, content, seq, epoch, case.asked.by))
        elif epoch == self._store.end().epoch:
            number, content_id, at = held
            self._free(name)
            settle(case.told, None, Version(name, number, content_id, content, at, seq=seq))
        else:
            self._leave(case)

    def _append(self, case: _Case, append: Append) -> None:
        try:
            case.future = self._store.append(append)
        except Exception:  # noqa: BLE001 - the usual way tells of it
            self._tell(case, (case.ticket, 0))
            self._leave(case)
        else:
            case.future.add_done_callback(lambda _: self._landed(case))

    def _landed(self, case: _Case) -> None:
        """In the thread that writes; what is over together wakes the loop once."""
        self._over.append(case)
        if not self._wakes and self._loop is not None and not self._loop.is_closed():
            self._wakes = True
            self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        self._wakes = False  # first: what is over from now on wakes the loop again
        while self._over:
            case = self._over.popleft()
            assert case.future is not None  # noqa: S101  it is over
            error = case.future.exception()
            if error is not None:
                self._tell(case, (case.ticket, int(isinstance(error, Moved))))
                self._free(case.asked.name)
                settle(case.told, error, None)
                continue
            version = case.future.result()
            self._tell(case, (case.ticket, version.number, version.id, version.at, version.seq))
            self._free(case.asked.name)
            settle(case.told, None, version)

    def _tell(self, case: _Case, news: tuple[int, ...]) -> None:
        """Unless whoever judged it is not there any more."""
        if case.link is self._link:
            self._news.append(news)

    def _leave(self, case: _Case) -> None:
        """To the usual way."""
        self._free(case.asked.name)
        case.usual()

    def _free(self, name: str) -> None:
        """Let the next one of a subject have its turn."""
        waiting = self._busy[name]
        if waiting:
            self._put(waiting.popleft())
        else:
            del self._busy[name]

    # -- whether it is there ----------------------------------------------------------------------

    def _begin(self) -> None:
        if self._closed or self._loop is None:
            return
        end = self._store.end()
        first = (self._settings.database, self._settings.compatibility.value, end.seq, end.epoch)
        self._since = self._loop.time()
        self.starts += 1
        try:
            self._link = Link(self._heard, lambda: self._lost("it ended"))
        except OSError as error:
            self._lost(error.strerror or "it cannot be started")
        else:
            self._link.send(first)

    def _lost(self, why: str) -> None:
        """Go on without it, and start another one in a while."""
        assert self._loop is not None  # noqa: S101  it was started
        if self._loop.time() - self._since > LONGEST:
            self._pause = PAUSE
        LOG.warning("no judging beside", extra={"fields": {"why": why, "again_in": self._pause}})
        self._loop.call_later(self._pause, self._begin)
        self._pause = min(2 * self._pause, LONGEST)
        self.is_up, self._link = False, None
        left, self._open = self._open, {}
        self._asks, self._news, self._others = [], [], -1
        for case in left.values():
            self._leave(case)

    def _look(self) -> None:
        """End what has owed an answer for too long."""
        if self._closed or self._loop is None:
            return
        now = self._loop.time()
        oldest = next(iter(self._open.values()), None)
        late = oldest if oldest is not None and now - oldest.at > PATIENCE else None
        starts = not self.is_up and now - self._since > STARTS
        # Seen twice: after a halt of this loop the answer may be there, and not read yet.
        if self._link is not None and (starts or (late is not None and late is self._late)):
            self._link.end()
            self._lost("it did not answer")
        self._late = late
        self._loop.call_later(PATIENCE / 4, self._look)
