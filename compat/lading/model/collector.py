"""The garbage collector, while large documents are read."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
