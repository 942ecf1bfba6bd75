"""Which folders may be replaced: only those that are new, empty, or written by lading before."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from lading.model import LadingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKER: Final = ".lading-docs"
"""A builder that cleans its folder leaves hidden files alone, so this one stays."""
_TEXT: Final = "written by lading docs build; safe to delete\n"


def check_replaceable(folder: Path) -> None:
    """Raise `LadingError` when `folder` holds what somebody else put there."""
    with _translated(folder):
        taken = folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists()
    if taken:
        raise LadingError(
            f"{folder} holds files that lading did not write",
            hint="name an empty or a new folder, or remove this one",
        )


def replace_folder(folder: Path) -> None:
    """Make `folder` empty and ours.

    Raises:
        LadingError: somebody else's files are in it, or it cannot be written.
    """
    check_replaceable(folder)
    with _translated(folder):
        if folder.exists():
            shutil.rmtree(folder)
        mark(folder)


def mark(folder: Path) -> None:
    """Say that `folder` is ours from now on."""
    with _translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).write_text(_TEXT, encoding="utf-8")


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LadingError(
            f"cannot write the site to {folder}: {error.strerror}", hint="name another folder"
        ) from error
