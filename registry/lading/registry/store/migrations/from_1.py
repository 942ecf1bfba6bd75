"""From store version 1 (SQLite only): one context, no log, settings as bare words.

Ids, numbers and times stay. The log starts with what is there now, oldest first, so that it is
whole from the first version on; of what was deleted for good before, only how far had been counted
is in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from lading.registry.store import tables
from lading.registry.store.audit import Action, payload
from lading.registry.store.session import Session

if TYPE_CHECKING:
    import sqlite3

_OLD: Final = ("reference", "version", "subject", "content", "setting")
_INDEXES: Final = ("content_guid", "reference_content", "version_content")
_COPIES: Final = (
    "INSERT INTO context SELECT '.', seq FROM sqlite_sequence WHERE name = 'old_content'",
    """INSERT INTO content SELECT '.', id, identity, words, normal, guid, kind, body, refs,
    metadata, rules FROM old_content""",
    "INSERT INTO subject SELECT name, '.', name, head, 0 FROM old_subject",
    "INSERT INTO version SELECT subject, number, '.', content, at, deleted, 0 FROM old_version",
    "INSERT INTO reference SELECT '.', content, subject, version FROM old_reference",
)
_HEADS: Final = (
    "SELECT name, head FROM subject s WHERE head > (SELECT coalesce(max(number), 0) FROM version"
    " WHERE subject = s.name) ORDER BY name"
)
_LAST: Final = (
    "SELECT last_id FROM context WHERE last_id > (SELECT coalesce(max(id), 0) FROM content)"
)


def take_over(db: sqlite3.Connection) -> None:
    """Make the new tables; where there are old ones, fill the new from them and drop them."""
    there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'content'").fetchone()
    if not there:
        _make(db)
        return
    for name in _INDEXES:
        db.execute(f"DROP INDEX {name}")
    for name in _OLD:
        db.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    _make(db)
    for copy in _COPIES:
        db.execute(copy)
    _log(db)
    for name in _OLD:
        db.execute(f"DROP TABLE old_{name}")


def _make(db: sqlite3.Connection) -> None:
    for statement in filter(str.strip, tables.SQLITE.split(";")):
        db.execute(statement)


def _log(db: sqlite3.Connection) -> None:
    clock = [0]
    session = Session(db, now=lambda: clock[0])
    found = db.execute(
        "SELECT v.subject, v.number, v.content, c.identity, v.at FROM old_version v"
        " JOIN old_content c ON c.id = v.content ORDER BY v.at, v.subject, v.number"
    ).fetchall()
    for subject, number, content_id, identity, at in found:
        clock[0] = at
        details = payload(id=content_id, identity=identity, version=number)
        session.note(Action.REGISTER, subject, details)
        seq, where = session.end().seq, (subject, number)
        db.execute("UPDATE version SET seq = ? WHERE subject = ? AND number = ?", (seq, *where))
        db.execute("UPDATE subject SET seq = ? WHERE name = ?", (seq, subject))
    hidden = db.execute("SELECT subject, number FROM old_version WHERE deleted").fetchall()
    for subject, number in hidden:
        session.note(Action.DELETE, subject, payload(version=number))
        db.execute("UPDATE subject SET seq = ? WHERE name = ?", (session.end().seq, subject))
    for scope, name, word in db.execute("SELECT scope, name, value FROM old_setting").fetchall():
        session.set(scope, name, json.dumps(word))
    _count(db, session)
    end = session.end()
    db.execute("UPDATE head SET seq = ?, epoch = ?, digest = ?", (end.seq, end.epoch, end.digest))


def _count(db: sqlite3.Connection, session: Session) -> None:
    """Log what was given out before, and is of nothing that is there."""
    for subject, head in db.execute(_HEADS).fetchall():
        session.note(Action.COUNT, subject, payload(version=head))
        db.execute("UPDATE subject SET seq = ? WHERE name = ?", (session.end().seq, subject))
    for (last,) in db.execute(_LAST).fetchall():
        session.note(Action.COUNT, "", payload(id=last))
