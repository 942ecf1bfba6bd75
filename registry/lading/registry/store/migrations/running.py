"""Runs the migrations. Importing this imports alembic and SQLAlchemy: half a second."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, pool
from sqlalchemy.exc import DBAPIError

from lading.registry.store import tables
from lading.registry.store.migrations import HEAD, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

_HERE: Final = Path(__file__).parent
_LOCK: Final = 0x4C444E47
"""The advisory lock of whoever migrates: one replica of those that start at once."""


def upgrade_postgres(dsn: str) -> None:
    """Bring the database to `HEAD` in one transaction."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=pool.NullPool
    )
    with _bare_errors(), engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        command.upgrade(_config(connection), HEAD)


def upgrade_sqlite(path: Path, version: int) -> None:
    """Bring a file that is at `version` to the one of `tables`, in one transaction."""
    with _bare_errors(), _sqlite(path).begin() as connection:
        config = _config(connection)
        if (known := REVISIONS[version]) is not None:
            command.stamp(config, known, purge=True)
        command.upgrade(config, HEAD)
        connection.exec_driver_sql(f"PRAGMA user_version = {tables.VERSION}")


@contextmanager
def _bare_errors() -> Iterator[None]:
    """The errors of the drivers, as everywhere else in the store."""
    try:
        yield
    except DBAPIError as error:
        raise (error.orig or error) from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _sqlite(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        # Without a mode of its own: sqlite3 would commit before each change of a table.
        return sqlite3.connect(path, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=pool.NullPool)

    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "begin", begin)
    return engine
