"""A store that another process writes, as far as somebody sees it who only reads."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from lading.registry.errors import StoreError
from lading.registry.store.opening import is_postgres
from lading.registry.store.session import Session
from lading.registry.store.sqlite import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from lading.registry.store.audit import Head
    from lading.registry.store.protocol import Reading


class View(Protocol):
    """What can be looked into."""

    def read(self) -> AbstractContextManager[Reading]:
        """Open a consistent view."""

    def close(self) -> None:
        """Let go of it."""


class ViewedStore:
    """A `Store` of which whoever writes it tells where its log ends: it is never asked for that."""

    is_local: Final = True

    def __init__(self, view: View, end: Head) -> None:
        self._view = view
        self._end = end

    def tell(self, end: Head) -> None:
        """Where the log ends by now."""
        self._end = end

    def read(self) -> AbstractContextManager[Reading]:
        return self._view.read()

    def end(self) -> Head:
        return self._end

    def follow(self, tell: Callable[[int], None]) -> None:
        """Whoever writes it tells."""

    def write(self, *_: object, **__: object) -> NoReturn:
        raise StoreError("this process only reads")

    def append(self, *_: object) -> NoReturn:
        raise StoreError("this process only reads")

    def close(self) -> None:
        self._view.close()


def open_view(database: str) -> View:
    """Look into a database that is there. Raises `StoreError` when it cannot be read."""
    if is_postgres(database):
        from lading.registry.store.postgres import PostgresView

        return PostgresView(database)
    return _SqliteView(Path(database))


class _SqliteView:
    """One file, on one connection: one view at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with translated(path):
            where = f"{path.absolute().as_uri()}?mode=ro"
            self._db = sqlite3.connect(where, uri=True, isolation_level=None, timeout=5)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        with translated(self._path):
            self._db.execute("BEGIN")
            try:
                yield Session(self._db)
            finally:
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        self._db.close()
