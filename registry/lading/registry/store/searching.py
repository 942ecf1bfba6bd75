"""The tables and the SQL of the search, where SQLite and PostgreSQL say it differently.

A subject is found by tokens, which are made in Python (`lading.registry.words`) and are the same in
both: FTS5 and tsvector only keep which subject has which. So both find the same, in the same order,
and PostgreSQL needs no extension. The index says up to which entry of the log it was kept
(``search_state``), and may be behind: it is made from the log, outside of what registers.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lading.registry.store.records import Indexed, Sought
    from lading.registry.store.session import Database

_STATE: Final = """
CREATE TABLE search_state (
  one INTEGER PRIMARY KEY CHECK (one = 0),
  seq {long} NOT NULL,
  form INTEGER NOT NULL
);
INSERT INTO search_state (one, seq, form) VALUES (0, 0, 0);
"""
# `detail=none`: which token is where does not matter, and the index has a tenth of the size.
SQLITE: Final = (
    _STATE.format(long="INTEGER")
    + """
CREATE TABLE search (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE search_words USING fts5(
  words, detail=none, columnsize=0, tokenize="ascii tokenchars '_:.[]/{}-'"
);
"""
)
POSTGRESQL: Final = (
    _STATE.format(long="BIGINT")
    + """
CREATE TABLE search (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject TEXT COLLATE "C" NOT NULL UNIQUE,
  words TSVECTOR NOT NULL
);
CREATE INDEX search_words ON search USING gin (words);
"""
)


def found(db: Database, sought: Sought, after: int | None, most: int) -> list[tuple[int, str]]:
    """(place, subject) of the next subjects that have a token of each group, by place.

    Without a place to start after: of any, as they come, which is quicker where many have them.
    """
    if isinstance(db, sqlite3.Connection):
        query = (
            "SELECT s.id, s.subject FROM search_words w JOIN search s ON s.id = w.rowid"
            " WHERE search_words MATCH ? AND w.rowid > ? ORDER BY w.rowid LIMIT ?"
        )
        asked = " AND ".join(f"({' OR '.join(map(_fts, group))})" for group in sought)
        return [(place, name) for place, name in db.execute(query, (asked, after or 0, most))]
    order = "" if after is None else " ORDER BY id"
    query = (
        "SELECT id, subject FROM search WHERE words @@ ?::tsquery AND id > ?"  # noqa: S608
        f"{order} LIMIT ?"
    )
    asked = " & ".join(f"({' | '.join(map(_tsquery, group))})" for group in sought)
    return [(place, name) for place, name in db.execute(query, (asked, after or 0, most))]


def named(db: Database, part: str, after: int | None, most: int) -> list[tuple[int, str]]:
    """Likewise those with a text anywhere in their names: a look at each of them."""
    at = "instr" if isinstance(db, sqlite3.Connection) else "strpos"
    query = f"SELECT id, subject FROM search WHERE {at}(lower(subject), ?) > 0"  # noqa: S608
    query += " AND id > ? ORDER BY id LIMIT ?"
    return [(place, name) for place, name in db.execute(query, (part, after or 0, most))]


def keep(
    db: Database,
    before: Indexed,
    after: Indexed,
    tokens: Mapping[str, Iterable[str] | None],
) -> bool:
    """Bring the index from one state to the next; not done when somebody else did meanwhile."""
    moved = db.execute(
        "UPDATE search_state SET seq = ?, form = ? WHERE seq = ? AND form = ? RETURNING one",
        (after.seq, after.form, before.seq, before.form),
    ).fetchone()
    if moved is None:
        return False
    put = _put_sqlite if isinstance(db, sqlite3.Connection) else _put_postgres
    for subject, listed in tokens.items():
        put(db, subject, None if listed is None else sorted(listed))
    return True


def _put_sqlite(db: Database, subject: str, tokens: list[str] | None) -> None:
    row = db.execute("SELECT id FROM search WHERE subject = ?", (subject,)).fetchone()
    if row:
        db.execute("DELETE FROM search_words WHERE rowid = ?", row)
    if tokens is None:
        db.execute("DELETE FROM search WHERE subject = ?", (subject,))
        return
    row = (
        row
        or db.execute("INSERT INTO search (subject) VALUES (?) RETURNING id", (subject,)).fetchone()
    )
    db.execute("INSERT INTO search_words (rowid, words) VALUES (?, ?)", (*row, " ".join(tokens)))


def _put_postgres(db: Database, subject: str, tokens: list[str] | None) -> None:
    if tokens is None:
        db.execute("DELETE FROM search WHERE subject = ?", (subject,))
        return
    values: tuple[Any, ...] = (subject, tokens)
    db.execute(
        "INSERT INTO search (subject, words) VALUES (?, array_to_tsvector(?::text[]))"
        " ON CONFLICT (subject) DO UPDATE SET words = excluded.words",
        values,
    )


def _fts(token: str) -> str:
    return f'"{token[:-1]}"*' if token.endswith("*") else f'"{token}"'


def _tsquery(token: str) -> str:
    return f"'{token[:-1]}':*" if token.endswith("*") else f"'{token}'"
