"""What a database holds, read once, behind the back of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lading.registry.store import rows
from lading.registry.store.upkeep import looking
from lading.registry.store.verify import entries, problems

if TYPE_CHECKING:
    from lading.registry.store import Content, Entry


@dataclass(frozen=True, slots=True)
class Kept:
    """One moment of a database."""

    log: tuple[Entry, ...]
    contents: dict[tuple[str, int], Content]
    """By context and id."""
    heads: dict[str, int]
    """The highest number that each subject ever gave out, as it is noted."""
    problems: tuple[str, ...]
    """What `lading db verify` says."""


def kept(database: str) -> Kept:
    """All of it."""
    with looking(database) as db:
        found = db.execute("SELECT context, id, kind, body, refs, metadata, rules FROM content")
        return Kept(
            log=tuple(entries(db)),
            contents={(row[0], row[1]): rows.content(*row[2:]) for row in found.fetchall()},
            heads=dict(db.execute("SELECT name, head FROM subject").fetchall()),
            problems=tuple(problems(db)),
        )
