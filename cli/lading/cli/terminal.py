"""How a command talks: answers on stdout, the rest on stderr, colour where it is seen."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE: Final = 0.5
"""Seconds before a person is told what takes so long."""


def answer(text: str) -> None:
    """Write a result. A reader that has gone, as ``head`` does, changes nothing else."""
    try:
        sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Write a remark that is no result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def wants_color() -> bool:
    """Whether stdout takes colour (no-color.org; ``FORCE_COLOR`` overrides)."""
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def width() -> int:
    """The columns that a line of the result may take; 0 where nobody sees it on a terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


@contextmanager
def working(what: str) -> Iterator[None]:
    """Tell a person at a terminal what is being done, once it has taken half a second."""
    if not sys.stderr.isatty():
        yield
        return
    timer = Timer(PATIENCE, say, (f"{what} ...",))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def counted(number: int, noun: str) -> str:
    """``1 contract``, ``2 contracts``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
