"""The embedded store: one SQLite file, one writer thread, group commit.

Why it is shaped like this (measured, see the project's performance notes): a point read costs a few
microseconds, so readers need no pool; a durable commit costs a disk flush, so everything that
waits in the queue shares one. ``synchronous=FULL`` always: an id whose commit is lost by a power
cut and given out again would corrupt topics silently.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lading.model.contract import Kind, Reference, Subject
from lading.registry.errors import StoreError
from lading.registry.store.lock import FileLock
from lading.registry.store.protocol import Deleted
from lading.registry.store.records import Content, Use, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.store.protocol import Reading, Writing

T = TypeVar("T")

APPLICATION_ID: Final = 0x4C444E47
"""``LDNG``: so that no other program's database is ever taken for ours."""
SCHEMA_VERSION: Final = 1
GROUP: Final = 64
"""Most writes that share one commit."""

SCHEMA: Final = """
CREATE TABLE content (
  id INTEGER PRIMARY KEY AUTOINCREMENT,   -- AUTOINCREMENT: an id is never given out twice
  identity TEXT NOT NULL UNIQUE,
  words TEXT NOT NULL,
  normal TEXT NOT NULL,
  guid TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  refs TEXT NOT NULL,
  metadata TEXT,
  rules TEXT
);
CREATE INDEX content_guid ON content (guid);
CREATE TABLE reference (
  content INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (subject, version, content),
  FOREIGN KEY (subject, version) REFERENCES version (subject, number)
) WITHOUT ROWID;
CREATE INDEX reference_content ON reference (content);
CREATE TABLE subject (
  name TEXT PRIMARY KEY,
  head INTEGER NOT NULL   -- the highest number ever given out; kept when everything is deleted
) WITHOUT ROWID;
CREATE TABLE version (
  subject TEXT NOT NULL REFERENCES subject (name),
  number INTEGER NOT NULL,
  content INTEGER NOT NULL REFERENCES content (id),
  at INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (subject, number)
) WITHOUT ROWID;
CREATE INDEX version_content ON version (content);
CREATE TABLE setting (
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (scope, name)
) WITHOUT ROWID;
"""

_VERSION: Final = (
    "SELECT v.subject, v.number, v.content, v.at, v.deleted,"
    " c.kind, c.body, c.refs, c.metadata, c.rules"
    " FROM version v JOIN content c ON c.id = v.content"
)
_LATEST: Final = (
    " WHERE v.number = (SELECT max(number) FROM version WHERE subject = v.subject AND NOT deleted)"
)
_COUNTS: Final = {
    Deleted.HIDDEN: "NOT deleted",
    Deleted.INCLUDED: "1",
    Deleted.ONLY: "deleted",
}
_FIND: Final = {
    "words": " WHERE v.subject = ? AND c.words = ? ORDER BY v.number DESC",
    "identity": " WHERE v.subject = ? AND c.identity = ? ORDER BY v.number DESC",
    "normal": " WHERE v.subject = ? AND c.normal = ? ORDER BY v.number DESC",
}


class SqliteStore:
    """A `Store` in one file. Raises `StoreError` when the file cannot be used."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        _check_place(self.path)
        self._lock = FileLock(self.path)
        try:
            self._writer = _Writer(self.path)
        except BaseException:
            self._lock.close()
            raise
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Open a view on a connection of its own: a long look never holds up a short one."""
        with _translated(self.path):
            connection = self._reader()
            connection.execute("BEGIN")
            try:
                yield _Session(connection)
            finally:
                connection.execute("ROLLBACK")
                self._idle.append(connection)

    def write(self, work: Callable[[Writing], T]) -> Future[T]:
        return self._writer.ask(work)

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


class _Writer:
    """The one thread that writes. Jobs that wait together commit together."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = _open(path)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._open = True
        self._asking = Lock()
        self._thread = Thread(target=self._run, name="lading-writer", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[Writing], T]) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # what is in the queue will happen: no cancelling
        with self._asking:
            if not self._open:
                raise StoreError("the registry is shutting down", hint="try again in a moment")
            self._jobs.put((work, future))
        return future

    def finish(self) -> None:
        """Take no more jobs and wait for those that were taken."""
        with self._asking:
            self._open = False
            self._jobs.put(None)
        self._thread.join()

    def close(self) -> None:
        self._connection.close()

    def _run(self) -> None:
        for group in self._groups():
            try:
                with _translated(self._path):
                    answers = self._commit(group)
            except Exception as error:  # noqa: BLE001  the askers get it, each one of them
                _roll_back(self._connection)
                for _, future in group:
                    future.set_exception(error)
            else:
                for answer in answers:
                    answer()

    def _groups(self) -> Iterator[list[_Job]]:
        while (job := self._jobs.get()) is not None:
            group = [job]
            try:
                while len(group) < GROUP and (job := self._jobs.get_nowait()) is not None:
                    group.append(job)
            except Empty:
                pass
            yield group
            if job is None:
                return

    def _commit(self, group: list[_Job]) -> list[Callable[[], None]]:
        """Run every job inside a savepoint of its own, then make all of them durable at once."""
        self._connection.execute("BEGIN IMMEDIATE")
        answers = [self._run_one(work, future) for work, future in group]
        self._connection.execute("COMMIT")
        return answers

    def _run_one(self, work: Callable[[Writing], Any], future: Future[Any]) -> Callable[[], None]:
        self._connection.execute("SAVEPOINT job")
        try:
            value = work(_Session(self._connection))
        except sqlite3.Error:
            raise  # the file is in trouble: nobody of the group may be told it went well
        except Exception as error:  # noqa: BLE001  handed to whoever asked
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            problem = error
            return lambda: future.set_exception(problem)
        self._connection.execute("RELEASE job")
        return lambda: future.set_result(value)


_Job = tuple["Callable[[Writing], Any]", "Future[Any]"]


class _Session:
    """`Reading` and `Writing` over a connection that is inside a transaction."""

    __slots__ = ("_db",)

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def subjects(self, prefix: str, deleted: Deleted) -> list[str]:
        rows = self._db.execute(
            "SELECT name FROM subject s WHERE substr(name, 1, ?) = ? AND EXISTS"  # noqa: S608
            f" (SELECT 1 FROM version WHERE subject = s.name AND {_COUNTS[deleted]})"
            " ORDER BY name",
            (len(prefix), prefix),
        )
        return [name for (name,) in rows]

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        where = f" WHERE v.subject = ? AND {_COUNTS[deleted]} ORDER BY v.number"
        return [_version(row) for row in self._db.execute(_VERSION + where, (subject,))]

    def version(self, subject: str, number: int) -> Version | None:
        where = " WHERE v.subject = ? AND v.number = ?"
        return self._one(_VERSION + where, subject, number)

    def latest(self, subject: str) -> Version | None:
        where = " WHERE v.subject = ? AND NOT v.deleted ORDER BY v.number DESC LIMIT 1"
        return self._one(_VERSION + where, subject)

    def latest_of_all(self, prefix: str) -> list[Version]:
        where = " AND substr(v.subject, 1, ?) = ? ORDER BY v.subject"
        rows = self._db.execute(_VERSION + _LATEST + where, (len(prefix), prefix))
        return [_version(row) for row in rows]

    def head(self, subject: str) -> int:
        row = self._db.execute("SELECT head FROM subject WHERE name = ?", (subject,)).fetchone()
        return row[0] if row else 0

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        rows = self._db.execute(_VERSION + _FIND[column], (subject, digest))
        return [_version(row) for row in rows]

    def content(self, content_id: int) -> Content | None:
        row = self._db.execute(
            "SELECT kind, body, refs, metadata, rules FROM content WHERE id = ?", (content_id,)
        ).fetchone()
        return _content(*row) if row else None

    def max_id(self) -> int:
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'content'").fetchone()
        return row[0] if row else 0

    def ids_of(self, guid: str) -> list[int]:
        rows = self._db.execute("SELECT id FROM content WHERE guid = ? ORDER BY id", (guid,))
        return [content_id for (content_id,) in rows]

    def uses(self, content_id: int) -> list[Use]:
        rows = self._db.execute(
            "SELECT subject, number, content, deleted FROM version WHERE content = ?"
            " ORDER BY subject, number",
            (content_id,),
        )
        return [_use(*row) for row in rows]

    def referrers(self, subject: str, number: int) -> list[Use]:
        rows = self._db.execute(
            "SELECT v.subject, v.number, v.content, v.deleted FROM reference r"
            " JOIN version v ON v.content = r.content WHERE r.subject = ? AND r.version = ?"
            " ORDER BY v.subject, v.number",
            (subject, number),
        )
        return [_use(*row) for row in rows]

    def setting(self, scope: str, name: str) -> str | None:
        row = self._db.execute(
            "SELECT value FROM setting WHERE scope = ? AND name = ?", (scope, name)
        ).fetchone()
        return row[0] if row else None

    def add(self, subject: str, content: Content) -> Version:
        content_id = self._content_id(content)
        self._db.execute(
            "INSERT INTO subject (name, head) VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET head = head + 1",
            (subject,),
        )
        (number,) = self._db.execute(
            "SELECT head FROM subject WHERE name = ?", (subject,)
        ).fetchone()
        at = time.time_ns() // 1_000_000
        self._db.execute(
            "INSERT INTO version (subject, number, content, at) VALUES (?, ?, ?, ?)",
            (subject, number, content_id, at),
        )
        return Version(subject, number, content_id, content, at)

    def hide(self, subject: str, number: int) -> None:
        self._db.execute(
            "UPDATE version SET deleted = 1 WHERE subject = ? AND number = ?", (subject, number)
        )

    def remove(self, subject: str, number: int) -> None:
        (content_id,) = self._db.execute(
            "SELECT content FROM version WHERE subject = ? AND number = ?", (subject, number)
        ).fetchone()
        where = (subject, number)
        # Its own content may refer to it (a subject may use itself), so the content goes first
        # when this is its last version; the deferred check would not see that.
        self._db.execute("PRAGMA defer_foreign_keys = ON")
        self._db.execute("DELETE FROM version WHERE subject = ? AND number = ?", where)
        self._db.execute(
            "DELETE FROM content WHERE id = ? AND NOT EXISTS"
            " (SELECT 1 FROM version WHERE content = content.id)",
            (content_id,),
        )

    def set(self, scope: str, name: str, value: str | None) -> None:
        if value is None:
            self._db.execute("DELETE FROM setting WHERE scope = ? AND name = ?", (scope, name))
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO setting (scope, name, value) VALUES (?, ?, ?)",
                (scope, name, value),
            )

    def _one(self, query: str, *values: str | int) -> Version | None:
        row = self._db.execute(query, values).fetchone()
        return _version(row) if row else None

    def _content_id(self, content: Content) -> int:
        row = self._db.execute(
            "SELECT id FROM content WHERE identity = ?", (content.identity,)
        ).fetchone()
        return row[0] if row else self._new_content(content)

    def _new_content(self, content: Content) -> int:
        cursor = self._db.execute(
            "INSERT INTO content (identity, words, normal, guid, kind, body, refs, metadata, rules)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                content.identity,
                content.words,
                content.normal,
                content.guid,
                content.kind,
                content.text,
                json.dumps(
                    [(each.name, each.subject, each.version) for each in content.references]
                ),
                _text(content.metadata),
                _text(content.rules),
            ),
        )
        content_id = cursor.lastrowid
        assert content_id is not None  # noqa: S101  an INSERT that did not raise has one
        self._db.executemany(
            "INSERT OR IGNORE INTO reference (content, subject, version) VALUES (?, ?, ?)",
            [(content_id, each.subject, each.version) for each in content.references],
        )
        return content_id


def _version(row: tuple[Any, ...]) -> Version:
    subject, number, content_id, at, deleted, *content = row
    return Version(subject, number, content_id, _content(*content), at, deleted=bool(deleted))


def _content(kind: str, body: str, refs: str, metadata: str | None, rules: str | None) -> Content:
    return Content(
        Kind(kind),
        body,
        tuple(Reference(name, Subject(subject), n) for name, subject, n in json.loads(refs)),
        json.loads(metadata) if metadata else None,
        json.loads(rules) if rules else None,
    )


def _use(subject: str, number: int, content_id: int, deleted: int) -> Use:
    return Use(subject, number, content_id, deleted=bool(deleted))


def _text(value: object | None) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _check_place(path: Path) -> None:
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
    with _translated(path):
        connection = _connect(path)
        try:
            _claim(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        return connection


def _claim(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new file; refuse a file of somebody else or of a newer lading."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if tables and owner != APPLICATION_ID:
        raise StoreError(
            f"{path} is a database of another program", hint="name a new file for the registry"
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was written by a newer lading (store version {version}, this one knows "
            f"{SCHEMA_VERSION})",
            hint="upgrade lading",
        )
    if not tables:
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION}; {SCHEMA} COMMIT;"
        )


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


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
def _translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, with a next step."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        hint = next((hint for part, hint in _TROUBLE if part in text), "")
        raise StoreError(f"{path}: {text}", hint=hint) from error


__all__ = ["SqliteStore"]
