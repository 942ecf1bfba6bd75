"""Many judged versions at once, in a database of this process.

What `Session.add` asks and writes for one is asked and written for all together here: a few queries
for what is there, then each table gets its rows. PostgreSQL has a function of its own for it
(`postgres_sql`).
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from lading.registry import names
from lading.registry.errors import UsedUp
from lading.registry.store import rows
from lading.registry.store.audit import Action, Head, digest, registered
from lading.registry.store.records import LAST, Moved, Version

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from lading.registry.store.records import Append, Content

_SUBJECTS: Final = (
    "SELECT name, head, seq FROM subject WHERE name IN (SELECT value FROM json_each(?))"
)
_CONTEXTS: Final = (
    "SELECT name, last_id FROM context WHERE name IN (SELECT value FROM json_each(?))"
)
_IDS: Final = (
    "SELECT context, identity, min(id) FROM content"
    " WHERE identity IN (SELECT value FROM json_each(?)) GROUP BY context, identity"
)
_ACTION: Final = Action.REGISTER.value


def appended(
    db: sqlite3.Connection, head: Head, asked: Sequence[Append]
) -> tuple[list[Version | Moved], Head]:
    """(what became of each, where the log ends); the transaction is the caller's.

    As one after the other by `Session.add`; who has moved leaves nothing behind. What is raised
    undoes all of them.
    """
    batch = _Batch(db, head, asked)
    found = [batch.take(each) for each in asked]
    batch.write(db)
    return found, batch.head


class _Batch:
    """What is to be written, while it is put together."""

    def __init__(self, db: sqlite3.Connection, head: Head, asked: Sequence[Append]) -> None:
        self.head = head
        self._at = time.time_ns() // 1_000_000
        self._contexts = {each.subject: names.context_of(each.subject) for each in asked}
        self._subjects = {
            name: (number, seq)
            for name, number, seq in db.execute(_SUBJECTS, _listed(self._contexts))
        }
        self._last: dict[str, int] = dict(
            db.execute(_CONTEXTS, _listed({*self._contexts.values()})).fetchall()
        )
        wanted = _listed({each.content.identity for each in asked})
        self._ids = {(where, same): number for where, same, number in db.execute(_IDS, wanted)}
        self._touched: set[str] = set()
        self._contents: list[tuple[object, ...]] = []
        self._references: list[tuple[object, ...]] = []
        self._versions: list[tuple[object, ...]] = []
        self._log: list[tuple[object, ...]] = []

    def take(self, asked: Append) -> Version | Moved:
        """Add one."""
        subject, content, head = asked.subject, asked.content, self.head
        number, seq = self._subjects.get(subject, (0, 0))
        if seq != asked.seq or head.epoch != asked.epoch:
            return Moved(subject)
        context, at = self._contexts[subject], self._at
        content_id = self._ids.get((context, content.identity)) or self._new(context, content)
        number, seq = number + 1, head.seq + 1
        if number > LAST:
            raise UsedUp(f"Subject '{subject}'")
        self._subjects[subject] = number, seq
        self._touched.add(subject)
        self._versions.append((subject, number, context, content_id, at, seq))
        details = registered(content_id, content.identity, number)
        mark = digest(head.digest, seq, at, asked.by, _ACTION, subject, details)
        self._log.append((seq, at, asked.by, _ACTION, subject, details, mark))
        self.head = Head(seq, head.epoch, mark)
        return Version(subject, number, content_id, content, at, seq=seq)

    def _new(self, context: str, content: Content) -> int:
        found = self._last[context] = self._last.get(context, 0) + 1
        if found > LAST:
            raise UsedUp(f"Context '{context}'")
        self._ids[context, content.identity] = found
        self._contents.append((context, found, *rows.columns(content)))
        for each in content.references:
            target = names.qualified(context, each.subject)
            self._references.append((context, found, target, each.version))
        return found

    def write(self, db: sqlite3.Connection) -> None:
        """Give each table its rows, those that others refer to first."""
        if self._contents:
            grown = {context for context, *_ in self._contents}
            db.executemany(
                "INSERT INTO context (name, last_id) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id",
                [(each, self._last[str(each)]) for each in grown],
            )
            db.executemany(rows.NEW_CONTENT, self._contents)
            db.executemany(rows.NEW_REFERENCE, self._references)
        db.executemany(
            "INSERT INTO subject (name, context, bare, head, seq) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, head = excluded.head",
            [
                (each, self._contexts[each], names.bare(each), *self._subjects[each])
                for each in self._touched
            ],
        )
        db.executemany(rows.NEW_VERSION, self._versions)
        db.executemany(rows.NEW_ENTRY, self._log)


def _listed(texts: Iterable[str]) -> tuple[str]:
    """Any number of texts as one value, so that the statement is always the same."""
    return (json.dumps([*texts]),)
