"""The shared store: PostgreSQL under any number of replicas that keep nothing to themselves.

A replica commits in groups, as the embedded store does, and holds the row of ``head`` once for a
group: so ids have no gaps, the log is one chain, and its order is the order of commits. A group of
judged versions is one round trip (`postgres_sql`). Reads see one moment each, on connections of
their own. A database that goes away is an error within two seconds, and is found again by itself.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager, suppress
from itertools import groupby
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakMethod

import psycopg

from lading.registry import names
from lading.registry.errors import InvalidSchema, StoreError, UsedUp
from lading.registry.store import migrations, rows
from lading.registry.store.audit import Head
from lading.registry.store.postgres_link import (
    BEAT,
    PROBE,
    READS,
    WRITES,
    Links,
    Unfit,
    refuse_old,
    shown,
    translated,
    used_up,
)
from lading.registry.store.postgres_sql import APPEND, LOCK
from lading.registry.store.records import Append, Moved, Version
from lading.registry.store.session import Session
from lading.registry.store.writer import Job, Outcome, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from psycopg.rows import TupleRow

    from lading.registry.store.postgres_link import Link
    from lading.registry.store.protocol import Reading, Writing

T = TypeVar("T")

READERS: Final = 10
"""Most views that are open at once."""
WAIT: Final = 2.0
"""Seconds that a view waits for one of the others to end."""
LOOK: Final = 0.1
"""Seconds between two looks at what other replicas have written."""
REST: Final = 0.02
"""Seconds that it rests where it looked earlier, since they have."""


class PostgresStore:
    """A `Store` in a PostgreSQL database. Raises `StoreError` when it cannot be used."""

    is_local: Final = False

    def __init__(self, dsn: str) -> None:
        self.where = shown(dsn)
        links = Links(dsn)
        with translated(self.where):
            _prepare(links, dsn, self.where)
            self._follower = _Follower(links)
        self._readers = _Readers(links)
        self._writer = Writer(_Committer(links, self.where, self._follower.saw))
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Open a view of one moment."""
        if self._closed:
            raise StoreError("the registry is shutting down", hint="try again in a moment")
        with translated(self.where), self._readers.view() as link:
            yield Session(_Viewed(link, self.where))

    def write(self, work: Callable[[Writing], T], *, by: str = "") -> Future[T]:
        return self._writer.ask(Job(work, by))

    def append(self, asked: Append) -> Future[Version]:
        return self._writer.ask(Job(asked, asked.by))

    def end(self) -> Head:
        """What other replicas write is seen `LOOK` seconds later, at most."""
        return self._follower.end

    def follow(self, tell: Callable[[int], None]) -> None:
        self._follower.follow(tell)

    def close(self) -> None:
        """Write what is queued, let go of the connections. Twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._writer.finish()
        self._writer.close()
        self._follower.close()
        self._readers.close()


class PostgresView:
    """A database that another process has opened already. Raises `StoreError` while it is gone."""

    def __init__(self, dsn: str) -> None:
        self.where = shown(dsn)
        self._readers = _Readers(Links(dsn))

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """As `PostgresStore.read`."""
        with translated(self.where), self._readers.view() as link:
            yield Session(_Viewed(link, self.where))

    def close(self) -> None:
        self._readers.close()


class _Viewed:
    """A connection whose errors are ours at once, whichever way its view is left."""

    def __init__(self, link: Link, where: str) -> None:
        self._link = link
        self._where = where

    def execute(self, query: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[TupleRow]:
        with translated(self._where):
            return self._link.execute(query, values)


class _Readers:
    """A few connections that look; each view has one to itself."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._idle: deque[Link] = deque()
        self._room = BoundedSemaphore(READERS)
        self._closed = False

    @contextmanager
    def view(self) -> Iterator[Link]:
        """A connection inside a transaction that sees one moment."""
        if not self._room.acquire(timeout=WAIT):
            raise StoreError("too many look at the database at once", hint="try again in a moment")
        try:
            link = self._begun()
            try:
                yield link
            finally:
                self._put_back(link)
        finally:
            self._room.release()

    def close(self) -> None:
        """Views that are open still keep theirs until they end."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _begun(self) -> Link:
        with suppress(IndexError):
            while True:
                link = self._idle.pop()
                try:
                    link.execute("BEGIN")
                except psycopg.OperationalError:
                    link.close()  # the database was restarted since: so are the others
                else:
                    return link
        link = self._links.open(patience=READS, reads_only=True)
        link.execute("BEGIN")
        return link

    def _put_back(self, link: Link) -> None:
        try:
            link.execute("ROLLBACK")
        except psycopg.Error:
            link.close()
        else:
            self._idle.append(link)
        if self._closed:
            self.close()


class _Committer:
    """Commits groups of jobs on the one connection of this process that writes."""

    def __init__(self, links: Links, where: str, saw: Callable[[int, Head], None]) -> None:
        self._links = links
        self._where = where
        self._saw = saw
        self._link: Link | None = None

    def commit(self, group: list[Job]) -> list[Outcome]:
        """As `Committer.commit`; a job that the database will not take fails alone."""
        try:
            with translated(self._where):
                outcomes, begun, end = self._done(group)
        except (InvalidSchema, Unfit, UsedUp):
            if len(group) == 1:
                raise
            return [self._alone(job) for job in group]
        self._saw(begun, end)
        return outcomes

    def close(self) -> None:
        if self._link is not None:
            self._link.close()

    def _alone(self, job: Job) -> Outcome:
        try:
            return self.commit([job])[0]
        except Exception as error:  # noqa: BLE001  handed to whoever asked
            return Outcome(job, error=error)

    def _done(self, group: list[Job]) -> tuple[list[Outcome], int, Head]:
        """(what became of each, the last entry of the log before and after it)."""
        appends = [job.work for job in group if isinstance(job.work, Append)]
        if len(appends) == len(group):
            # Asked again after an answer was lost, those that were written find that they have
            # moved, and are judged again.
            outcomes, end = self._on_live_link(lambda link: _appended(link, group, appends))
            added = sum(each.error is None for each in outcomes)
            return outcomes, end.seq - added, end
        head, at = self._on_live_link(_begun)
        assert self._link is not None  # noqa: S101  the one that was begun on
        try:
            outcomes, end = _run(self._link, group, head, at)
            self._link.execute("COMMIT")
        except BaseException:
            self._undo(self._link)
            raise
        return outcomes, head.seq, end

    def _on_live_link(self, ask: Callable[[Link], T]) -> T:
        """Ask, once more on a new connection when the one at hand turns out to be dead."""
        if self._link is not None:
            try:
                return ask(self._link)
            except psycopg.Error:
                self._undo(self._link)
                if self._link is not None:
                    raise
        self._link = self._links.open(patience=WRITES)
        return ask(self._link)

    def _undo(self, link: Link) -> None:
        try:
            link.execute("ROLLBACK")
        except psycopg.Error:
            link.close()
            self._link = None


class _Follower:
    """Knows where the log ends, whoever writes; and hangs up where no answer comes."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._link: Link | None = links.open(patience=PROBE, reads_only=True)
        self.end = Session(self._link).end()
        self._known = self.end.seq
        """The last entry of the log up to which all were written here, or told of."""
        self._knowing = Lock()
        self._told: list[WeakMethod[Callable[[int], None]]] = []
        self._news = Event()
        self._stop = Event()
        self._unwatched = Event()
        # The watch ends last: it is what ends the waits of the others.
        self._threads = [
            Thread(target=work, name=f"lading-{name}", daemon=True)
            for name, work in (
                ("follower", self._follow),
                ("beat", self._beat),
                ("watch", self._watch),
            )
        ]
        for each in self._threads:
            each.start()

    def follow(self, tell: Callable[[int], None]) -> None:
        """As `Store.follow`."""
        with self._knowing:
            self._told = [each for each in self._told if each() is not None]
            self._told.append(WeakMethod(tell))

    def saw(self, begun: int, end: Head) -> None:
        """What this process has written itself, after the entry `begun`."""
        with self._knowing:
            if begun == self._known:
                self._known = end.seq
            elif begun > self._known:
                self._news.set()
        if end.seq > self.end.seq:
            self.end = end

    def close(self) -> None:
        self._stop.set()
        self._news.set()
        *others, watch = self._threads
        for each in others:
            each.join()
        self._unwatched.set()
        watch.join()
        if self._link is not None:
            self._link.close()

    def _follow(self) -> None:
        while not self._stop.wait(REST):
            self._news.wait(LOOK - REST)
            self._news.clear()
            try:
                self._look()
            except psycopg.Error:
                if self._link is not None:
                    self._link.close()
                self._link = None

    def _look(self) -> None:
        if self._link is None:
            self._link = self._links.open(patience=PROBE, reads_only=True)
        before = self.end
        found = Session(self._link).end()
        # Also a lower one counts, after a switch to a copy that was behind; but not one that was
        # read before this process went on.
        if self.end is before:
            self.end = found
        with self._knowing:
            known, told = self._known, self._told
            self._known = found.seq if self.end is found else max(known, found.seq)
        if found.seq > known:
            for tell in [each() for each in told]:
                if tell is not None:
                    tell(known)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT):
            self._links.beat()

    def _watch(self) -> None:
        while not self._unwatched.wait(LOOK):
            self._links.watch()


def _prepare(links: Links, dsn: str, where: str) -> None:
    link = links.open(patience=WRITES)
    try:
        refuse_old(link.db, where)
        migrations.prepare(link, dsn, where)
    finally:
        link.close()


def _begun(link: Link) -> tuple[Head, int]:
    """Hold the head: nobody else writes until the commit."""
    link.execute("BEGIN")
    seq, epoch, mark, at = link.execute(LOCK).fetchone() or (0, 0, "", 0)
    return Head(seq, epoch, mark), at


def _appended(link: Link, group: list[Job], appends: list[Append]) -> tuple[list[Outcome], Head]:
    found = link.execute(APPEND, _columns(appends)).fetchall()
    outcomes = [
        Outcome(job, error=Moved(asked.subject))
        if moved
        else Outcome(job, Version(asked.subject, number, content_id, asked.content, at, seq=seq))
        for job, asked, (moved, content_id, number, at, seq, _, _) in zip(
            group, appends, found, strict=True
        )
    ]
    return outcomes, Head(*found[-1][4:])


def _columns(appends: list[Append]) -> list[list[str | int | None]]:
    items = [
        (
            each.subject,
            names.context_of(each.subject),
            names.bare(each.subject),
            each.seq,
            each.epoch,
            each.by,
            *rows.columns(each.content),
        )
        for each in appends
    ]
    return [list(column) for column in zip(*items, strict=True)]


def _run(link: Link, group: list[Job], head: Head, at: int) -> tuple[list[Outcome], Head]:
    """Every job of a group in order, those that only append together."""
    outcomes: list[Outcome] = []
    session = Session(link, head=head, now=lambda: at)
    for appends, run in groupby(group, lambda job: isinstance(job.work, Append)):
        jobs = list(run)
        if appends:
            asked = [job.work for job in jobs if isinstance(job.work, Append)]
            told, session.head = _appended(link, jobs, asked)
            outcomes += told
            continue
        outcomes += [_run_one(link, session, job) for job in jobs]
        end = session.end()
        link.execute(
            "UPDATE head SET seq = ?, epoch = ?, digest = ?", (end.seq, end.epoch, end.digest)
        )
    return outcomes, session.end()


def _run_one(link: Link, session: Session, job: Job) -> Outcome:
    assert not isinstance(job.work, Append)  # noqa: S101  those go together
    before, session.by = session.head, job.by
    link.execute("SAVEPOINT job")
    try:
        value = job.work(session)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise  # the database is in trouble: nobody of the group may be told it went well
    except Exception as error:  # noqa: BLE001  handed to whoever asked
        link.execute("ROLLBACK TO job")
        link.execute("RELEASE job")
        session.head = before
        return Outcome(job, error=_told(error))
    link.execute("RELEASE job")
    return Outcome(job, value)


def _told(error: Exception) -> Exception:
    if not isinstance(error, psycopg.Error):
        return error
    if isinstance(error, psycopg.errors.NumericValueOutOfRange):
        return used_up()
    return StoreError(str(error).partition("\n")[0])


__all__ = ["PostgresStore"]
