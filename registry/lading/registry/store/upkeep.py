"""What is done to a database from outside of a registry: upgrade it, look whether it is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from lading.registry.errors import StoreError
from lading.registry.store import migrations, tables, verify
from lading.registry.store.lock import FileLock
from lading.registry.store.opening import is_postgres
from lading.registry.store.sqlite import APPLICATION_ID, check_place, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.registry.store.postgres_link import Link
    from lading.registry.store.session import Database

_LONG: Final = 3600.0
"""Seconds that one statement may take where nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Report:
    """What `verified` found."""

    entries: int
    """Of the log."""
    problems: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    """What the log does not tell."""


def upgrade(database: str) -> tuple[str, str]:
    """Bring a database up to date; what it was at, and what it is at now.

    Raises:
        StoreError: it cannot be used, is of a newer lading, or not ours.
    """
    return _upgrade_postgres(database) if is_postgres(database) else _upgrade_file(Path(database))


def verified(database: str) -> Report:
    """Hold what is stored against its log, at one moment. Raises `StoreError` as `upgrade`."""
    with looking(database) as db:
        problems = tuple(verify.problems(db))
        (entries,) = db.execute("SELECT count(*) FROM log").fetchone()
        return Report(entries, problems, () if problems else tuple(verify.unknown(db)))


def _upgrade_file(path: Path) -> tuple[str, str]:
    check_place(path)
    lock = FileLock(path)
    try:
        with translated(path):
            before = _version_of(path)
            if before != tables.VERSION:
                from lading.registry.store.migrations.running import upgrade_sqlite

                upgrade_sqlite(path, before)
    finally:
        lock.close()
    return f"version {before}", f"version {tables.VERSION}"


def _upgrade_postgres(dsn: str) -> tuple[str, str]:
    from lading.registry.store.postgres_link import shown
    from lading.registry.store.postgres_link import translated as translated_

    where = shown(dsn)
    with translated_(where), closing(_link(dsn)) as link:
        before = migrations.revision(link)
        if before != migrations.HEAD:
            migrations.refuse_unknown(before, where)
            migrations.refuse_strangers(link, where)
            migrations.run_on_postgres(dsn)
    return f"revision {before}" if before else "no tables", f"revision {migrations.HEAD}"


@contextmanager
def looking(database: str) -> Iterator[Database]:
    """A view of one moment. Raises `StoreError` as `upgrade`."""
    if is_postgres(database):
        from lading.registry.store.postgres_link import shown
        from lading.registry.store.postgres_link import translated as translated_

        where = shown(database)
        with translated_(where), closing(_link(database, reads_only=True)) as link:
            migrations.refuse_other(migrations.revision(link), where)
            link.execute("BEGIN")
            yield link
        return
    path = Path(database)
    with translated(path):
        if (version := _version_of(path)) != tables.VERSION:
            raise StoreError(
                f"{path} has store version {version}, not {tables.VERSION}",
                hint=f"lading db upgrade {path}",
            )
        with closing(_only_read(path)) as db:
            db.execute("BEGIN")
            yield db


def _version_of(path: Path) -> int:
    """The version of a file of ours. Raises `StoreError` for any other."""
    if not path.is_file():
        raise StoreError(f"{path} is not there", hint="name the file that `lading serve` made")
    with closing(_only_read(path)) as db:
        (owner,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
    if owner != APPLICATION_ID:
        raise StoreError(f"{path} is no registry", hint="name the file that `lading serve` made")
    if version not in migrations.REVISIONS:
        raise StoreError(
            f"{path} was written by a newer lading (store version {version})", hint="upgrade lading"
        )
    return int(version)


def _only_read(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None)


def _link(dsn: str, *, reads_only: bool = False) -> Link:
    from lading.registry.store.postgres_link import Link

    return Link(dsn, patience=_LONG, reads_only=reads_only)
