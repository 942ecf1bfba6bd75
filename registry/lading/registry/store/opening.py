"""A store by what people call it: a file, or the address of a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from lading.registry.errors import StoreError
from lading.registry.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from lading.registry.store.protocol import Store

SCHEMES: Final = ("postgresql://", "postgres://")


def is_postgres(database: str) -> bool:
    """Whether it is an address; everything else is a file."""
    return database.startswith(SCHEMES)


def open_store(database: str) -> Store:
    """Open a SQLite file or a PostgreSQL database; an empty one is set up.

    Raises:
        StoreError: it cannot be used.
    """
    if not is_postgres(database):
        if "://" in database:
            raise StoreError(
                f"{database.partition(':')[0]}:// is no database that a registry can be kept in",
                hint="name a file, or postgresql://USER@HOST/NAME",
            )
        return SqliteStore(Path(database))
    from lading.registry.store.postgres import PostgresStore

    return PostgresStore(database)


def refuse_secrets(database: str) -> None:
    """Raise `StoreError` for a password: a command line is not the place for one."""
    if is_postgres(database) and (urlsplit(database).password or "password=" in unquote(database)):
        raise StoreError(
            "the address of the database holds a password, which everybody on this machine can see",
            hint="leave it out, and set PGPASSWORD, or PGPASSFILE to a file only you can read",
        )
