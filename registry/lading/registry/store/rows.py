"""Rows of the tables to values, and back."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from lading.model.contract import Kind, Reference
from lading.model.contract import Subject as Name
from lading.registry.store.audit import Action, Entry
from lading.registry.store.protocol import Deleted
from lading.registry.store.records import Content, Token, Use, Version

VERSION: Final = (
    "SELECT v.subject, v.number, v.content, v.at, v.deleted, v.seq,"
    " c.kind, c.body, c.refs, c.metadata, c.rules"
    " FROM version v JOIN content c ON c.context = v.context AND c.id = v.content"
)
"""The columns that `version` reads."""
CONTENT: Final = "SELECT kind, body, refs, metadata, rules FROM content"
ENTRY: Final = "SELECT seq, at, who, action, subject, payload, digest FROM log"
USE: Final = "SELECT v.subject, v.number, v.content, v.deleted FROM version v"
TOKEN: Final = "SELECT id, secret, name, grants, made, expires, ended, used FROM token"  # noqa: S105
NEW_CONTENT: Final = (
    "INSERT INTO content (context, id, identity, words, normal, guid, kind, body, refs,"
    " metadata, rules) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
"""Its context and id, and what `columns` gives."""
NEW_REFERENCE: Final = (
    "INSERT INTO reference (context, content, subject, version) VALUES (?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
NEW_VERSION: Final = (
    "INSERT INTO version (subject, number, context, content, at, deleted, seq)"
    " VALUES (?, ?, ?, ?, ?, 0, ?)"
)
NEW_ENTRY: Final = (
    "INSERT INTO log (seq, at, who, action, subject, payload, digest) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
COUNTS: Final = {
    Deleted.HIDDEN: "deleted = 0",
    Deleted.INCLUDED: "1 = 1",
    Deleted.ONLY: "deleted = 1",
}
"""Which versions count, as a condition."""
DIGESTS: Final = frozenset({"identity", "normal", "words"})
"""The columns that a version can be found by."""


def version(row: tuple[Any, ...]) -> Version:
    """A row of `VERSION`."""
    subject, number, content_id, at, deleted, seq, *about = row
    return Version(subject, number, content_id, content(*about), at, deleted=bool(deleted), seq=seq)


def content(kind: str, body: str, refs: str, metadata: str | None, rules: str | None) -> Content:
    """A row of `CONTENT`."""
    return Content(
        Kind(kind),
        body,
        tuple(Reference(name, Name(subject), n) for name, subject, n in json.loads(refs)),
        json.loads(metadata) if metadata else None,
        json.loads(rules) if rules else None,
    )


def columns(kept: Content) -> tuple[str | None, ...]:
    """``identity, words, normal, guid, kind, body, refs, metadata, rules`` of a content."""
    refs = "[]"
    if kept.references:
        listed = [(each.name, each.subject, each.version) for each in kept.references]
        refs = json.dumps(listed, ensure_ascii=False)
    return (
        kept.identity,
        kept.words,
        kept.normal,
        kept.guid,
        kept.kind.value,
        kept.text,
        refs,
        _text(kept.metadata),
        _text(kept.rules),
    )


def entry(row: tuple[Any, ...]) -> Entry:
    """A row of `ENTRY`."""
    seq, at, by, action, *rest = row
    return Entry(seq, at, by, Action(action), *rest)


def token(row: tuple[Any, ...]) -> Token:
    """A row of `TOKEN`."""
    return Token(*row)


def token_details(token: Token) -> dict[str, object]:
    """What the log says of a token: all but the digest it is recognised by, of which a digest."""
    return {
        "ended": token.ended,
        "expires": token.expires,
        "grants": json.loads(token.grants),
        "made": token.made,
        "mark": hashlib.sha256(token.secret.encode()).hexdigest(),
        "name": token.name,
    }


def use(row: tuple[Any, ...]) -> Use:
    """A row of `USE`."""
    subject, number, content_id, deleted = row
    return Use(subject, number, content_id, deleted=bool(deleted))


def _text(value: object | None) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
