"""What a power cut leaves of a SQLite file and its log, made from a copy of both.

A commit is acknowledged when its part of the log is on the disk, and the file is written to only
when the log is folded in. So what stood in the log at an acknowledgement is kept; what came after
it is there, not there, or there in part, and the disk may have written any sector of it first.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from chaos.acts import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

SECTOR: Final = 512
_PAGE: Final = slice(16, 18)
_HEADER: Final = 32
"""Bytes at the start of a log, which are other ones when it is started again."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The two files."""

    file: bytes
    log: bytes

    def put(self, path: Path) -> None:
        """Write them as the disk of a machine that comes up again; what was in memory is gone."""
        path.write_bytes(self.file)
        log_of(path).write_bytes(self.log)
        path.with_name(path.name + "-shm").unlink(missing_ok=True)

    def goes_on(self, before: Disk) -> bool:
        """Whether the log has only grown: else its size does not say when something was in it."""
        return self.log[:_HEADER] == before.log[:_HEADER]


def log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def copied(path: Path) -> Disk:
    """Both, while a registry has them open and nobody folds the log in."""
    return Disk(path.read_bytes(), log_of(path).read_bytes())


def cuts(disk: Disk, random: Random, count: int) -> Iterator[tuple[int, Disk]]:
    """(bytes of the log that were on the disk for certain, what is left), at random places."""
    for _ in range(count):
        at = random.randrange(len(disk.log) + 1)
        kept, lost = disk.log[:at], disk.log[at:]
        way = random.choice(("gone", "empty", "sectors"))
        if way == "empty":
            kept += bytes(len(lost))
        elif way == "sectors":
            kept += b"".join(
                part if random.random() < 0.5 else bytes(len(part))
                for part in (lost[i : i + SECTOR] for i in range(0, len(lost), SECTOR))
            )
        yield at, replace(disk, log=kept)


def half_folded(disk: Disk, random: Random, folder: Path) -> Disk:
    """While the log was folded in: any pages of the file are old, and the log is still whole."""
    path = folder / "folded.db"
    disk.put(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    new = path.read_bytes()
    size = int.from_bytes(new[_PAGE], "big")
    starts = range(0, len(new), size)
    pages = (random.choice((disk.file, new))[at : at + size].ljust(size, b"\0") for at in starts)
    return replace(disk, file=b"".join(pages))


def seen_by(ledger: Ledger, size: int) -> Ledger:
    """What clients knew when so much of the log was written: of the rest nobody was told."""
    acts = [
        each if each.mark <= size else replace(each, status=0, landed=()) for each in ledger.acts
    ]
    return Ledger(acts, ledger.odd)
