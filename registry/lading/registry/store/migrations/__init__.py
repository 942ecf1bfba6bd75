"""From the tables of one version to those of the next, with alembic, imported when one is due.

Replicas are replaced one by one, so the one before and the one after a migration work on the same
tables for a while. Expand, then contract: a migration only adds (a table, a column that may be
empty or has a default, an index, a function under a new name), or makes anew what can be made of
the rest; what is no longer used goes in the migration of a later release. A downgrade is the older
release on the wider tables: there is no other way back than a backup.

A PostgreSQL database says its revision in the table ``lading_version``, a SQLite file its version
in ``PRAGMA user_version``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.registry.errors import StoreError

if TYPE_CHECKING:
    from lading.registry.store.session import Database

HEAD: Final = "0002"
"""The revision that this lading works with."""
REVISIONS: Final[dict[int, str | None]] = {1: None, 2: "0001", 3: "0002"}
"""The version of a SQLite file to its revision; 1 was before there were any."""
TABLE: Final = "lading_version"
"""Where alembic keeps the revision; not its usual table, which may be somebody else's."""


def prepare(link: Database, dsn: str, where: str) -> None:
    """Make the tables of an empty PostgreSQL database; refuse one that is of another version."""
    if revision(link) is None:
        refuse_strangers(link, where)
        run_on_postgres(dsn)
    refuse_other(revision(link), where)


def refuse_other(found: str | None, where: str) -> None:
    """Raise `StoreError` for a database that is not at `HEAD`."""
    refuse_unknown(found, where)
    if found != HEAD:
        raise StoreError(
            f"{where} is at revision {found or 'none'}, this lading works with {HEAD}",
            hint="lading db upgrade",
        )


def refuse_unknown(found: str | None, where: str) -> None:
    """Raise `StoreError` for a revision that only a newer lading knows."""
    if found not in REVISIONS.values():
        raise StoreError(
            f"{where} was upgraded by a newer lading, to revision {found}", hint="upgrade lading"
        )


def revision(link: Database) -> str | None:
    """The revision of a PostgreSQL database; `None`: nothing of ours is there."""
    (there,) = link.execute("SELECT to_regclass(?)", (TABLE,)).fetchone()
    if there is None:
        return None
    row = link.execute(f"SELECT version_num FROM {TABLE}").fetchone()  # noqa: S608
    return str(row[0]) if row else None


def run_on_postgres(dsn: str) -> None:
    """Bring a PostgreSQL database to `HEAD`; whoever comes second waits, and finds it done."""
    from lading.registry.store.migrations.running import upgrade_postgres

    upgrade_postgres(dsn)


def refuse_strangers(link: Database, where: str) -> None:
    """Raise `StoreError` where our tables would not fit beside those of somebody else."""
    query = "SELECT to_regclass('version') IS NOT NULL OR to_regclass('subject') IS NOT NULL"
    (taken,) = link.execute(query).fetchone()
    if taken and revision(link) is None:  # it may have been made in between
        raise StoreError(
            f"{where} has tables of another program", hint="give the registry a database of its own"
        )
