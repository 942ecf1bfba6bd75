"""An empty database, to be filled in one transaction from outside of a registry."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from lading.registry.errors import StoreError
from lading.registry.store.lock import FileLock
from lading.registry.store.opening import is_postgres, open_store
from lading.registry.store.session import Database
from lading.registry.store.sqlite import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lading.registry.store.postgres_link import Link
    from lading.registry.store.session import Found

_LONG: Final = 3600.0
"""Seconds that one statement may take where nobody waits for an answer."""


class Fillable(Database, Protocol):
    """A connection that takes many rows at once."""

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object: ...


@contextmanager
def filling(database: str) -> Iterator[Fillable]:
    """A transaction on an empty database, which is made where there is none.

    What is raised inside leaves it empty.

    Raises:
        StoreError: something is in it, or it cannot be used.
    """
    made = not is_postgres(database) and not Path(database).exists()
    try:
        open_store(database).close()  # makes the tables, and refuses what is not ours
        with _postgres(database) if is_postgres(database) else _sqlite(Path(database)) as db:
            yield db
    except BaseException:
        if made:
            for each in ("", "-wal", "-shm", ".lock"):
                Path(database + each).unlink(missing_ok=True)
        raise


@contextmanager
def _sqlite(path: Path) -> Iterator[Fillable]:
    lock = FileLock(path)
    try:
        with translated(path), closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                _refuse_full(db, str(path))
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
    finally:
        lock.close()


@contextmanager
def _postgres(dsn: str) -> Iterator[Fillable]:
    from lading.registry.store.postgres_link import Link, shown
    from lading.registry.store.postgres_link import translated as translated_

    where = shown(dsn)
    with translated_(where), closing(Link(dsn, patience=_LONG, reads_only=False)) as link:
        link.execute("BEGIN")
        link.execute("LOCK TABLE head IN ACCESS EXCLUSIVE MODE")
        try:
            _refuse_full(link, where)
            yield _Many(link)
        except BaseException:
            link.execute("ROLLBACK")
            raise
        link.execute("COMMIT")


def many(db: Database) -> Fillable:
    """A connection of a store as one that takes many rows at once."""
    if isinstance(db, sqlite3.Connection):
        return db
    return _Many(cast("Link", db))


class _Many:
    def __init__(self, link: Link) -> None:
        self._link = link

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Found:
        return self._link.execute(query, values)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object:
        text: Any = query.replace("?", "%s")
        with self._link.db.cursor() as cursor:
            cursor.executemany(text, rows)
        return None


def _refuse_full(db: Database, where: str) -> None:
    (seq,) = db.execute("SELECT seq FROM head").fetchone()
    if seq:
        raise StoreError(
            f"{where} has {seq} changes in its log; only an empty database can be filled",
            hint="name a new file, or a database that createdb has just made",
        )
