"""A connection to PostgreSQL that never waits for ever, and speaks the SQL of `session`."""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager, suppress
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, LiteralString
from weakref import WeakSet

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from lading.registry.errors import InvalidSchema, StoreError, UsedUp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg.rows import TupleRow

CONNECT: Final = 2
"""Seconds to get a connection: the shortest that libpq can be told."""
READS: Final = 20.0
"""Seconds that one statement of a reader may take, as long as the server lives: see `PROBE`."""
WRITES: Final = 10.0
"""Seconds that one statement of the writer may take: it may wait for the other replicas."""
PROBE: Final = 1.5
"""Seconds that the smallest question may take before the server counts as gone."""
_PAUSE: Final = 0.3
"""Seconds for which nobody tries again after a connection was refused."""
_MARGIN: Final = 0.3
"""Seconds more that the server gets to answer that time is up, before we hang up."""
BEAT: Final = 1.0
"""Seconds after which the server is told that somebody is still at work on a transaction."""
_SILENT: Final = 5
"""Seconds after which it ends one that others wait for when it is told nothing: whoever held it is
frozen, or cut off, and it may be a minute before the network says so, if it ever does."""
_IDLE: Final = 60
"""Seconds that a transaction may rest for which nobody waits."""
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'"
)
"""What was acknowledged is not lost in a crash, whatever the database was told for others."""


class Unfit(StoreError):  # noqa: N818 - says what is wrong already
    """The database will not take a value, so nothing is wrong with the others of its group."""


class Link:
    """A connection, with a deadline for each statement. Each statement is its own commit.

    A server ends what takes too long, but one that is gone or frozen does not: `Links.watch` does.
    """

    def __init__(self, dsn: str, *, patience: float, reads_only: bool, silent: int = _IDLE) -> None:
        info = _conninfo(dsn, patience, silent, reads_only=reads_only)
        self.db = psycopg.connect(info, autocommit=True)
        self._patience = patience
        self._beats = silent == _SILENT
        self._turn = Lock()
        self._since: float | None = None
        self._last = time.monotonic()

    def execute(self, query: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[TupleRow]:
        """Run one statement with ``?`` for values.

        Raises:
            InvalidSchema: one of the values is a text that PostgreSQL cannot hold.
        """
        with self._turn:
            self._since = time.monotonic()
            try:
                return self.db.execute(_formatted(query), values)
            except (UnicodeEncodeError, psycopg.DataError) as error:
                if isinstance(error, UnicodeEncodeError) or "NUL" in str(error):
                    raise _unfit(error) from error
                raise
            finally:
                self._since, self._last = None, time.monotonic()

    def beat(self) -> None:
        """Tell the server that the transaction goes on, where its work takes a while."""
        rests = self._beats and self._since is None and time.monotonic() - self._last > BEAT
        if rests and self.db.info.transaction_status is TransactionStatus.INTRANS:
            with suppress(psycopg.Error):
                self.execute("SELECT 1")

    @property
    def overdue(self) -> bool:
        """Whether the statement under way has had its time."""
        since = self._since
        return since is not None and time.monotonic() - since > self._patience + _MARGIN

    def hang_up(self) -> None:
        """End the wait of another thread: it is told that the connection is gone."""
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.db.fileno())) as it:
            it.shutdown(socket.SHUT_RDWR)

    @property
    def is_probe(self) -> bool:
        return self._patience <= PROBE

    @property
    def broken(self) -> bool:
        return self.db.closed or self.db.broken

    def close(self) -> None:
        self.db.close()


class Links:
    """Opens connections and ends those that nobody answers."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._open: WeakSet[Link] = WeakSet()
        self._lock = Lock()
        self._refused: tuple[float, str] | None = None

    def open(self, *, patience: float, reads_only: bool = False) -> Link:
        """A new connection; where one was refused a moment ago, so is this one, at once."""
        refused = self._refused
        if refused is not None and time.monotonic() < refused[0]:
            raise psycopg.OperationalError(refused[1])
        try:
            silent = _IDLE if reads_only else _SILENT
            link = Link(self._dsn, patience=patience, reads_only=reads_only, silent=silent)
            with self._lock:
                self._open.add(link)
            if not reads_only:
                link.execute(_DURABLE)
        except psycopg.OperationalError as error:
            self._refused = (time.monotonic() + _PAUSE, str(error))
            raise
        self._refused = None
        return link

    def beat(self) -> None:
        """Tell the server which transactions are still worked on."""
        for each in self._links():
            each.beat()

    def watch(self) -> None:
        """Hang up on a server that has gone. Where a short question gets no answer, none will."""
        links = self._links()
        late = [each for each in links if each.overdue]
        if any(each.is_probe for each in late):
            self._refused = (time.monotonic() + _PAUSE, "the server does not answer")
            late = links
        for each in late:
            each.hang_up()

    def _links(self) -> list[Link]:
        with self._lock:
            return list(self._open)


def shown(dsn: str) -> str:
    """Where a database is, without anything that is secret."""
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        return "PostgreSQL"
    user, host, port, name = (parts.get(each) for each in ("user", "host", "port", "dbname"))
    place = f"{host or ''}{f':{port}' if port else ''}"
    return f"postgresql://{f'{user}@' if user else ''}{place}/{name or ''}"


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn the errors of psycopg into ours, with a next step."""
    try:
        yield
    except psycopg.Error as error:
        if isinstance(error, psycopg.errors.NumericValueOutOfRange):
            raise used_up() from error
        unfit = isinstance(error, psycopg.DataError | psycopg.IntegrityError)
        kind = Unfit if unfit else StoreError
        raise kind(f"{where}: {_line(error)}", hint=_hint(error)) from error


def used_up() -> UsedUp:
    """What it means that a number does not fit: what is brought was held to what does before."""
    return UsedUp("A context, or a subject,")


def refuse_old(server: psycopg.Connection[TupleRow], where: str) -> None:
    """Raise `StoreError` for a database that cannot hold what we store."""
    encoding = server.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"{where} has the encoding {encoding}", hint="createdb --encoding UTF8 --template "
            "template0 makes one for the registry"
        )  # fmt: skip
    if server.info.server_version < _OLDEST:
        raise StoreError(f"{where} is older than PostgreSQL 13", hint="upgrade PostgreSQL")


_OLDEST: Final = 130_000
_HINTS: Final = (
    ("statement timeout", "the database is busy; try again in a moment"),
    ("lock timeout", "another replica is writing; try again in a moment"),
    ("password", "set PGPASSWORD, or PGPASSFILE to a file that only you can read"),
    ("permission denied", "let the user create and change tables in this database"),
    ("does not exist", "createdb makes a database, createuser a user"),
    ("No space left", "free some space; nothing that was acknowledged is lost"),
    ("read-only", "name the primary: this server takes no writes"),
)
_GONE: Final = "nothing needs to be restarted here: the registry goes on once the database answers"


def _hint(error: psycopg.Error) -> str:
    text = str(error)
    found = next((hint for part, hint in _HINTS if part in text), "")
    return found or (_GONE if isinstance(error, psycopg.OperationalError) else "")


def _line(error: Exception) -> str:
    """The first line: those that follow may quote what was stored."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _unfit(error: Exception) -> InvalidSchema:
    which = "NUL" if "NUL" in str(error) else "half of a surrogate pair"
    return InvalidSchema(f"a text holds a {which} character, which PostgreSQL cannot store")


def _conninfo(dsn: str, patience: float, silent: int, *, reads_only: bool) -> str:
    given = conninfo_to_dict(dsn)
    options = {
        "statement_timeout": f"{patience * 1000:.0f}",
        "idle_in_transaction_session_timeout": f"{silent * 1000}",
        "default_transaction_isolation": r"repeatable\ read" if reads_only else r"read\ committed",
        "default_transaction_read_only": "on" if reads_only else "off",
        # So that the server notices, too, when a replica that holds the head has gone.
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
    }
    set_ = " ".join(f"-c {name}={value}" for name, value in options.items())
    wanted: dict[str, Any] = {
        "connect_timeout": CONNECT,
        "tcp_user_timeout": CONNECT * 1000,
        "client_encoding": "utf8",
        "application_name": "lading",
    }
    fixed = {"options": f"{given.get('options') or ''} {set_}".strip()}
    return make_conninfo(dsn, **(wanted | {k: v for k, v in given.items() if k in wanted} | fixed))


@lru_cache(maxsize=256)
def _formatted(query: str) -> LiteralString:
    text: LiteralString = query.replace("?", "%s")
    return text
