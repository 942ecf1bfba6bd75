"""One server per file: an operating system lock that dies with its process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from lading.registry.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


class FileLock:
    """Held from creation to `close`; raises `StoreError` when somebody else holds it.

    A side file, not the database: POSIX locks of a file go when *any* handle on it is closed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(
                f"cannot write beside {path}: {error.strerror}",
                hint="the registry needs a folder it may write to",
            ) from error
        self._take(path)

    def _take(self, path: Path) -> None:
        try:
            _lock(self._handle)
        except OSError:
            os.lseek(self._handle, 0, os.SEEK_SET)
            owner = os.read(self._handle, 32).decode("ascii", "replace").strip()
            os.close(self._handle)
            who = f" (process {owner})" if owner else ""
            raise StoreError(
                f"another lading registry{who} is serving {path}",
                hint="stop it first, or give this one another file",
            ) from None
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, str(os.getpid()).encode("ascii"))

    def close(self) -> None:
        os.close(self._handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 4096, os.SEEK_SET)  # beyond the text, which others must be able to read
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
