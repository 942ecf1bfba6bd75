"""`Reading` and `Writing` over a connection that is inside a transaction.

The SQL is what SQLite and PostgreSQL have in common, with ``?`` for a value.
"""

from __future__ import annotations

import time
from dataclasses import astuple
from typing import TYPE_CHECKING, Any, Final, Protocol

from lading.registry import names
from lading.registry.errors import UsedUp
from lading.registry.store import rows, searching
from lading.registry.store.audit import Action, Entry, Head, digest, payload, registered
from lading.registry.store.records import LAST, WHOLE, Content, Indexed, Subject, Use, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from lading.registry.store.protocol import Deleted
    from lading.registry.store.records import Part, Sought, Token

_NEWEST: Final = (
    " AND v.number = (SELECT max(number) FROM version WHERE subject = v.subject AND deleted = 0)"
)


_ALL: Final = 2**62
"""More rows than there are."""


def _local_time() -> int:
    return time.time_ns() // 1_000_000


class Found(Protocol):
    """What a query found."""

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """A connection, as far as a session needs one."""

    def execute(self, query: str, values: Sequence[Any] = ..., /) -> Found: ...


class Session:
    """One transaction. `by`, `head` and `now` are for those that change something."""

    __slots__ = ("_db", "_now", "by", "head")

    def __init__(
        self,
        db: Database,
        *,
        by: str = "",
        head: Head | None = None,
        now: Callable[[], int] = _local_time,
    ) -> None:
        self._db = db
        self._now = now
        self.by = by
        self.head = head

    @property
    def database(self) -> Database:
        """The connection itself, for what is done to all tables at once."""
        return self._db

    # -- reading ----------------------------------------------------------------------------------

    def end(self) -> Head:
        return self.head or Head(
            *self._db.execute("SELECT seq, epoch, digest FROM head").fetchone()
        )

    def log(self, after: int, most: int) -> list[Entry]:
        where = " WHERE seq > ? ORDER BY seq LIMIT ?"
        return [rows.entry(row) for row in self._db.execute(rows.ENTRY + where, (after, most))]

    def contexts(self) -> list[str]:
        found = self._db.execute(
            "SELECT name FROM context c WHERE EXISTS"
            " (SELECT 1 FROM version v WHERE v.context = c.name)"
        )
        scopes = (names.context_of(each) for each in self.scopes(":"))
        return sorted({names.DEFAULT, *(name for (name,) in found), *scopes} - {names.GLOBAL})

    def subjects(
        self, context: str | None, prefix: str, deleted: Deleted, part: Part = WHOLE
    ) -> list[str]:
        place, values = _place(context)
        found = self._db.execute(
            f"SELECT name FROM subject s WHERE {place} substr(bare, 1, ?) = ? AND EXISTS"  # noqa: S608
            f" (SELECT 1 FROM version WHERE subject = s.name AND {rows.COUNTS[deleted]})"
            " ORDER BY name LIMIT ? OFFSET ?",
            (*values, len(prefix), prefix, _ALL if part.most is None else part.most, part.start),
        )
        return [name for (name,) in found]

    def subject(self, name: str) -> Subject | None:
        row = self._db.execute("SELECT head, seq FROM subject WHERE name = ?", (name,)).fetchone()
        return Subject(name, *row) if row else None

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        where = f" WHERE v.subject = ? AND {rows.COUNTS[deleted]} ORDER BY v.number"
        return [rows.version(row) for row in self._db.execute(rows.VERSION + where, (subject,))]

    def since(self, subject: str, seq: int) -> list[Version]:
        where = " WHERE v.subject = ? AND v.seq > ? AND v.deleted = 0 ORDER BY v.number"
        return [rows.version(row) for row in self._db.execute(rows.VERSION + where, (subject, seq))]

    def placed(self, places: Sequence[tuple[str, int]]) -> list[Version]:
        asked = ", ".join("(?, ?)" for _ in places) or "(NULL, NULL)"
        where = f" WHERE v.deleted = 0 AND (v.subject, v.number) IN (VALUES {asked}) ORDER BY v.seq"
        values = [each for place in places for each in place]
        return [rows.version(row) for row in self._db.execute(rows.VERSION + where, values)]

    def version(self, subject: str, number: int) -> Version | None:
        where = " WHERE v.subject = ? AND v.number = ?"
        return self._one(rows.VERSION + where, subject, number)

    def latest(self, subject: str) -> Version | None:
        where = " WHERE v.subject = ? AND v.deleted = 0 ORDER BY v.number DESC LIMIT 1"
        return self._one(rows.VERSION + where, subject)

    def newest(self, subjects: Sequence[str]) -> list[Version]:
        asked = ", ".join("?" for _ in subjects) or "NULL"
        where = f" WHERE v.deleted = 0{_NEWEST} AND v.subject IN ({asked}) ORDER BY v.subject"
        return [rows.version(row) for row in self._db.execute(rows.VERSION + where, subjects)]

    def page(
        self, context: str | None, prefix: str, *, after: str = "", most: int, latest: bool
    ) -> list[Version]:
        place, values = _place(context)
        newest = _NEWEST if latest else ""
        found = self._db.execute(
            f"{rows.VERSION} WHERE v.deleted = 0{newest} AND v.subject IN ("  # noqa: S608
            f" SELECT name FROM subject s WHERE {place} substr(bare, 1, ?) = ? AND name > ?"
            "  AND EXISTS (SELECT 1 FROM version WHERE subject = s.name AND deleted = 0)"
            "  ORDER BY name LIMIT ?)"
            " ORDER BY v.subject, v.number",
            (*values, len(prefix), prefix, after, most),
        )
        return [rows.version(row) for row in found]

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        assert column in rows.DIGESTS  # noqa: S101  it goes into the text of the query
        where = f" WHERE v.subject = ? AND c.{column} = ? ORDER BY v.number DESC"
        return [
            rows.version(row) for row in self._db.execute(rows.VERSION + where, (subject, digest))
        ]

    def content(self, context: str, content_id: int) -> Content | None:
        where = " WHERE context = ? AND id = ?"
        row = self._db.execute(rows.CONTENT + where, (context, content_id)).fetchone()
        return rows.content(*row) if row else None

    def max_id(self, context: str) -> int:
        row = self._db.execute("SELECT last_id FROM context WHERE name = ?", (context,)).fetchone()
        return row[0] if row else 0

    def ids_of(self, guid: str) -> list[tuple[str, int]]:
        query = "SELECT context, id FROM content WHERE guid = ? ORDER BY context, id"
        return [(context, number) for context, number in self._db.execute(query, (guid,))]

    def uses(self, context: str, content_id: int) -> list[Use]:
        where = " WHERE v.context = ? AND v.content = ? ORDER BY v.subject, v.number"
        found = self._db.execute(rows.USE + where, (context, content_id))
        return [rows.use(row) for row in found]

    def referrers(self, subject: str, number: int) -> list[Use]:
        found = self._db.execute(
            f"{rows.USE} JOIN reference r ON r.context = v.context AND r.content = v.content"
            " WHERE r.subject = ? AND r.version = ? ORDER BY v.subject, v.number",
            (subject, number),
        )
        return [rows.use(row) for row in found]

    def settings(self, scope: str) -> Mapping[str, str]:
        query = "SELECT name, value FROM setting WHERE scope = ?"
        return dict(self._db.execute(query, (scope,)).fetchall())

    def scopes(self, prefix: str) -> list[str]:
        query = "SELECT DISTINCT scope FROM setting WHERE substr(scope, 1, ?) = ? ORDER BY scope"
        return [scope for (scope,) in self._db.execute(query, (len(prefix), prefix))]

    def tokens(self) -> list[Token]:
        found = self._db.execute(rows.TOKEN + " ORDER BY made, id")
        return [rows.token(row) for row in found]

    def token(self, token_id: str) -> Token | None:
        row = self._db.execute(rows.TOKEN + " WHERE id = ?", (token_id,)).fetchone()
        return rows.token(row) if row else None

    def indexed(self) -> Indexed:
        return Indexed(*self._db.execute("SELECT seq, form FROM search_state").fetchone())

    def found(self, sought: Sought | str, after: int | None, most: int) -> list[tuple[int, str]]:
        look = searching.named if isinstance(sought, str) else searching.found
        return look(self._db, sought, after, most)  # type: ignore[arg-type]  # the one it takes

    # -- writing ----------------------------------------------------------------------------------

    def add(
        self,
        subject: str,
        content: Content,
        *,
        content_id: int = 0,
        number: int = 0,
        forced: bool = False,
    ) -> Version:
        context, at = names.context_of(subject), self._now()
        chosen = self._content_id(context, content, content_id)
        seq = self.end().seq + 1
        (given,) = self._db.execute(
            "INSERT INTO subject (name, context, bare, head, seq) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, head = CASE"
            " WHEN ? = 0 THEN subject.head + 1"
            " WHEN excluded.head > subject.head THEN excluded.head"
            " ELSE subject.head END RETURNING head",
            (subject, context, names.bare(subject), number or 1, seq, number),
        ).fetchone()
        number = number or given
        if number > LAST:
            raise UsedUp(f"Subject '{subject}'")
        self._db.execute(rows.NEW_VERSION, (subject, number, context, chosen, at, seq))
        details = registered(chosen, content.identity, number, forced=forced)
        self._log(Action.REGISTER, subject, details, at)
        return Version(subject, number, chosen, content, at, seq=seq)

    def hide(self, subject: str, number: int) -> None:
        where = (subject, number)
        self._db.execute("UPDATE version SET deleted = 1 WHERE subject = ? AND number = ?", where)
        self._touched(Action.DELETE, subject, number)

    def remove(self, subject: str, number: int) -> None:
        context, content_id = self._db.execute(
            "SELECT context, content FROM version WHERE subject = ? AND number = ?",
            (subject, number),
        ).fetchone()
        self._db.execute("DELETE FROM version WHERE subject = ? AND number = ?", (subject, number))
        self._db.execute(
            "DELETE FROM content WHERE context = ? AND id = ? AND NOT EXISTS"
            " (SELECT 1 FROM version v"
            "  WHERE v.context = content.context AND v.content = content.id)",
            (context, content_id),
        )
        self._touched(Action.REMOVE, subject, number)

    def set(self, scope: str, name: str, value: str | None) -> None:
        if value is None:
            self._db.execute("DELETE FROM setting WHERE scope = ? AND name = ?", (scope, name))
        else:
            self._db.execute(
                "INSERT INTO setting (scope, name, value) VALUES (?, ?, ?)"
                " ON CONFLICT (scope, name) DO UPDATE SET value = excluded.value",
                (scope, name, value),
            )
        self.note(Action.SET, scope, payload(name=name, value=value))

    def put_token(self, token: Token) -> None:
        self._db.execute(
            "INSERT INTO token (id, secret, name, grants, made, expires, ended, used)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " secret = excluded.secret, name = excluded.name, grants = excluded.grants,"
            " made = excluded.made, expires = excluded.expires, ended = excluded.ended,"
            " used = excluded.used",
            astuple(token),
        )
        self.note(Action.TOKEN, token.id, payload(**rows.token_details(token)))

    def touch_token(self, token_id: str, at: int) -> None:
        self._db.execute("UPDATE token SET used = ? WHERE id = ?", (at, token_id))

    def note(self, action: Action, subject: str, payload: str) -> None:
        self._log(action, subject, payload, self._now())

    def index(
        self, before: Indexed, after: Indexed, tokens: Mapping[str, Iterable[str] | None]
    ) -> bool:
        return searching.keep(self._db, before, after, tokens)

    # -- inside -----------------------------------------------------------------------------------

    def _touched(self, action: Action, subject: str, number: int) -> None:
        self.note(action, subject, payload(version=number))
        self._db.execute("UPDATE subject SET seq = ? WHERE name = ?", (self.end().seq, subject))

    def _log(self, action: Action, subject: str, details: str, at: int) -> None:
        before = self.end()
        seq = before.seq + 1
        mark = digest(before.digest, seq, at, self.by, action, subject, details)
        self._db.execute(rows.NEW_ENTRY, (seq, at, self.by, action.value, subject, details, mark))
        self.head = Head(seq, before.epoch if action is Action.REGISTER else seq, mark)

    def _one(self, query: str, *values: str | int) -> Version | None:
        row = self._db.execute(query, values).fetchone()
        return rows.version(row) if row else None

    def _content_id(self, context: str, content: Content, wanted: int) -> int:
        """The id that the content has, or gets; an id that is given has to be free or its own."""
        if wanted and self.content(context, wanted) is not None:
            return wanted
        if not wanted:
            row = self._db.execute(
                "SELECT id FROM content WHERE context = ? AND identity = ? ORDER BY id LIMIT 1",
                (context, content.identity),
            ).fetchone()
            if row:
                return int(row[0])
        (content_id,) = self._db.execute(
            "INSERT INTO context (name, last_id) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET last_id = CASE"
            " WHEN ? = 0 THEN context.last_id + 1"
            " WHEN excluded.last_id > context.last_id THEN excluded.last_id"
            " ELSE context.last_id END RETURNING last_id",
            (context, wanted or 1, wanted),
        ).fetchone()
        content_id = wanted or content_id
        if content_id > LAST:
            raise UsedUp(f"Context '{context}'")
        self._db.execute(rows.NEW_CONTENT, (context, content_id, *rows.columns(content)))
        for each in content.references:
            target = names.qualified(context, each.subject)
            self._db.execute(rows.NEW_REFERENCE, (context, content_id, target, each.version))
        return int(content_id)


def _place(context: str | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if context is None else ("context = ? AND", (context,))
