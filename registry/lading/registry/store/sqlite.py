"""The embedded store: one SQLite file, one writer thread, group commit.

Why it is shaped like this (measured, see the project's performance notes): a point read costs a few
microseconds, so readers need no pool; a durable commit costs a disk flush, so everything that
waits in the queue shares one. ``synchronous=FULL`` always: an id whose commit is lost by a power
cut and given out again would corrupt topics silently.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from lading.registry.errors import InvalidSchema, StoreError
from lading.registry.store import tables
from lading.registry.store.appending import appended
from lading.registry.store.lock import FileLock
from lading.registry.store.records import Append, Moved
from lading.registry.store.session import Session
from lading.registry.store.writer import Job, Outcome, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from lading.registry.store.audit import Head
    from lading.registry.store.protocol import Reading, Writing
    from lading.registry.store.records import Version

T = TypeVar("T")

APPLICATION_ID: Final = 0x4C444E47
"""``LDNG``: so that no other program's database is ever taken for ours."""


class SqliteStore:
    """A `Store` in one file. Raises `StoreError` when the file cannot be used."""

    is_local: Final = True

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        check_place(self.path)
        self._lock = FileLock(self.path)
        try:
            self._committer = _Committer(self.path)
        except BaseException:
            self._lock.close()
            raise
        self._writer = Writer(self._committer)
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Open a view on a connection of its own: a long look never holds up a short one."""
        with translated(self.path):
            connection = self._reader()
            connection.execute("BEGIN")
            try:
                yield Session(connection)
            finally:
                connection.execute("ROLLBACK")
                self._idle.append(connection)

    def write(self, work: Callable[[Writing], T], *, by: str = "") -> Future[T]:
        return self._writer.ask(Job(work, by))

    def append(self, asked: Append) -> Future[Version]:
        return self._writer.ask(Job(asked, asked.by))

    def end(self) -> Head:
        """This process alone writes, so it knows."""
        return self._committer.end

    def follow(self, tell: Callable[[int], None]) -> None:
        """There is nobody else."""

    def close(self) -> None:
        """Write what is queued, fold the log into the file, let go of the lock. Twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._writer.finish()
        while self._idle:
            self._idle.pop().close()
        self._writer.close()  # last: the connection that closes last folds the log in
        self._lock.close()

    def _reader(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError("the registry is shutting down", hint="try again in a moment")
        try:
            return self._idle.pop()
        except IndexError:
            connection = _connect(self.path)
            connection.execute("PRAGMA query_only = ON")
            return connection


class _Committer:
    """Commits groups of jobs on the one connection that writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = _open(path)
        self.end = Session(self._connection).end()

    def commit(self, group: list[Job]) -> list[Outcome]:
        """As `Committer.commit`; what is wrong with one of them alone is only told to that one."""
        try:
            return self._committed(group)
        except StoreError:
            raise
        except Exception as error:
            if len(group) == 1:
                if not isinstance(error, UnicodeEncodeError):
                    raise
                half = "a text holds half of a surrogate pair, which cannot be stored"
                raise InvalidSchema(half) from error
        return [self._alone(job) for job in group]

    def _alone(self, job: Job) -> Outcome:
        try:
            return self.commit([job])[0]
        except Exception as error:  # noqa: BLE001  handed to whoever asked
            return Outcome(job, error=error)

    def _committed(self, group: list[Job]) -> list[Outcome]:
        """Run all jobs in order, those that only append together, and make them durable at once."""
        db = self._connection
        with translated(self._path):
            try:
                db.execute("BEGIN IMMEDIATE")
                session = Session(db, head=self.end)
                outcomes = [each for run in _runs(group) for each in _run(db, session, run)]
                end = session.end()
                if end is not self.end:
                    db.execute("UPDATE head SET seq = ?, epoch = ?, digest = ?", _columns(end))
                db.execute("COMMIT")
            except BaseException:
                _roll_back(db)
                raise
        self.end = end
        return outcomes

    def close(self) -> None:
        self._connection.close()


def _runs(group: list[Job]) -> Iterator[list[Job]]:
    return (list(run) for _, run in groupby(group, lambda job: isinstance(job.work, Append)))


def _run(db: sqlite3.Connection, session: Session, jobs: list[Job]) -> list[Outcome]:
    asked = [job.work for job in jobs if isinstance(job.work, Append)]
    if not asked:
        return [_run_one(db, session, job) for job in jobs]
    found, session.head = appended(db, session.end(), asked)
    return [
        Outcome(job, error=each) if isinstance(each, Moved) else Outcome(job, each)
        for job, each in zip(jobs, found, strict=True)
    ]


def _run_one(db: sqlite3.Connection, session: Session, job: Job) -> Outcome:
    """Within a savepoint of its own."""
    assert not isinstance(job.work, Append)  # noqa: S101  those go together
    before, session.by = session.head, job.by
    db.execute("SAVEPOINT job")
    try:
        value = job.work(session)
    except sqlite3.Error:
        raise  # the file is in trouble: nobody of the group may be told it went well
    except Exception as error:  # noqa: BLE001  handed to whoever asked
        db.execute("ROLLBACK TO job")
        db.execute("RELEASE job")
        session.head = before
        return Outcome(job, error=error)
    db.execute("RELEASE job")
    return Outcome(job, value)


def _columns(head: Head) -> tuple[int, int, str]:
    return head.seq, head.epoch, head.digest


def check_place(path: Path) -> None:
    """Raise `StoreError` where no database can be, or none that is written to."""
    if not path.parent.is_dir():
        raise StoreError(f"{path.parent} is not a folder", hint=f"mkdir -p {path.parent}")
    if path.is_dir():
        raise StoreError(f"{path} is a folder", hint="name a file in it")
    # Root may write anywhere: the mark on the file counts, not the rights of the user.
    if path.exists() and not path.stat().st_mode & 0o222:
        raise StoreError(f"{path} is read-only", hint=f"chmod u+w {path}, or serve a copy of it")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _open(path: Path) -> sqlite3.Connection:
    with translated(path):
        connection = _connect(path)
        try:
            _claim(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        except BaseException:
            connection.close()
            raise
        return connection


def _claim(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new file; refuse a file of somebody else or of a newer lading."""
    (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if count and owner != APPLICATION_ID:
        raise StoreError(
            f"{path} is a database of another program", hint="name a new file for the registry"
        )
    if version > tables.VERSION:
        raise StoreError(
            f"{path} was written by a newer lading (store version {version}, this one knows "
            f"{tables.VERSION})",
            hint="upgrade lading",
        )
    if count and version < tables.VERSION:
        raise StoreError(
            f"{path} was written by an older lading (store version {version}, this one wants "
            f"{tables.VERSION})",
            hint=f"lading db upgrade {path}",
        )
    if not count:
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {tables.VERSION}; {tables.SQLITE} COMMIT;"
        )


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


_LOG_PAGES: Final = 8_000
"""Pages of the log (32 MiB) after which it is folded into the file: a page that many registrations
touch is then written there once."""
_TROUBLE: Final = (
    ("file is not a database", "name another file; this one is not SQLite"),
    ("readonly database", "the registry needs to write to the file and to its folder"),
    ("database is locked", "another program holds the file open for writing; close it"),
    ("disk is full", "free some space; nothing that was acknowledged is lost"),
    ("unable to open", "check the rights of the file and its folder"),
    ("disk I/O error", "check the disk; nothing that was acknowledged is lost"),
    ("malformed", "restore the file from a backup"),
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, with a next step."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        hint = next((hint for part, hint in _TROUBLE if part in text), "")
        raise StoreError(f"{path}: {text}", hint=hint) from error


__all__ = ["SqliteStore"]
