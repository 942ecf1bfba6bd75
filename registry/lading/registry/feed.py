"""What was changed, in order, for those who follow it.

Entries are numbered without gaps in the order in which they became durable, so whoever says which
one they saw last misses none and gets none twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.registry import names
from lading.registry.store import Action
from lading.registry.store.audit import FIRST, broken

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.registry.store import Entry, Reading, Store

CHUNK: Final = 500
WINDOW: Final = 20_000
"""Entries that are looked through for one page."""
OF_CONTRACTS: Final = frozenset({Action.REGISTER, Action.DELETE, Action.REMOVE})


def page(
    reading: Reading, after: int, most: int, wanted: Callable[[Entry], bool]
) -> tuple[list[Entry], int]:
    """The next entries that are wanted, and the number of the last one that was looked at."""
    found: list[Entry] = []
    until = after + WINDOW
    while len(found) < most and after < until:
        chunk = reading.log(after, CHUNK)
        for each in chunk:
            if len(found) == most:
                break
            after = each.seq
            if wanted(each):
                found.append(each)
        if len(chunk) < CHUNK:
            break
    return found, after


def of_contracts(prefix: str | None, sees: Callable[[str], bool]) -> Callable[[Entry], bool]:
    """Whether an entry is about a contract that somebody asks for, and may see."""
    context, start = (None, "") if prefix is None else names.prefix(prefix)

    def wanted(entry: Entry) -> bool:
        name = entry.subject
        return (
            entry.action in OF_CONTRACTS
            and context in {None, names.context_of(name)}
            and names.bare(name).startswith(start)
            and sees(name)
        )

    return wanted


def verified(store: Store) -> tuple[int, int | None, str]:
    """(entries that are whole, the number of the first that is not, the last good digest).

    The log is walked in pieces, so that nothing is held open meanwhile.
    """
    seq, digest = 0, FIRST
    while True:
        with store.read() as reading:
            chunk = reading.log(seq, CHUNK)
        if not chunk:
            return seq, None, digest
        wrong = broken(chunk, digest, seq)
        if wrong is not None:
            good = [each for each in chunk if each.seq < wrong.seq]
            last = good[-1] if good else None
            return (last.seq, wrong.seq, last.digest) if last else (seq, wrong.seq, digest)
        seq, digest = chunk[-1].seq, chunk[-1].digest
