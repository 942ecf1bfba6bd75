"""The garbage collector, while large documents are read, and in a process that keeps much."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_SELDOM = (50_000, 0, 500)
"""`gc.set_threshold`: every second search takes in what the one before it has left, and then it is
old. That searches most values twice, and 100,000 at the most: a million, after twenty searches of
the young, held everybody up for half a second."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Search for cycles more rarely: for a server that keeps what it has read.

    By the usual thresholds what one registration leaves behind is looked through again with every
    second one, which took a third of its time.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """Put the search for cycles off until the end.

    Reading makes tens of thousands of values that stay, and none in a cycle; to look through them
    again and again took a quarter of the time of two documents of 3.5 MB. What is not in a cycle is
    freed at once all the same. It holds for all threads; whoever put it off puts it on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # what was read grows old without being looked through
                gc.freeze()
                gc.unfreeze()
            gc.enable()
