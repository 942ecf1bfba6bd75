"""How a command talks: answers on stdout, everything else on stderr, colour only where it is seen."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE: Final = 0.5
"""Seconds before a person is told what takes so long."""


def answer(text: str) -> None:
    """Write a result."""
    sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")


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
