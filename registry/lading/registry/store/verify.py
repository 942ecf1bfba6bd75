"""Is what is stored what was written? Whatever is not, in words.

The log is replayed and held against the tables: each number in a subject, and each id, stands for
what it was given out for, at that moment; settings and tokens are what they were made; references
are those of the texts. When a token was last used is not logged, and proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lading.registry import names
from lading.registry.store import audit, rows
from lading.registry.store.audit import Action, Head
from lading.registry.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.registry.store.audit import Entry
    from lading.registry.store.session import Database

_STEP: Final = 1000
_STRAY: Final = {
    "a content that no version holds": "SELECT c.context, c.id FROM content c WHERE NOT EXISTS"
    " (SELECT 1 FROM version v WHERE v.context = c.context AND v.content = c.id)",
    "a version whose content is missing": "SELECT v.subject, v.number FROM version v WHERE"
    " NOT EXISTS (SELECT 1 FROM content c WHERE c.context = v.context AND c.id = v.content)",
    "a number that was never given out": "SELECT v.subject, v.number FROM version v"
    " LEFT JOIN subject s ON s.name = v.subject WHERE s.head IS NULL OR v.number > s.head",
    "an id that was never given out": "SELECT c.context, c.id FROM content c"
    " LEFT JOIN context x ON x.name = c.context WHERE x.last_id IS NULL OR c.id > x.last_id",
    "a reference to what is not there": "SELECT r.subject, r.version FROM reference r WHERE"
    " NOT EXISTS (SELECT 1 FROM version v WHERE v.subject = r.subject AND v.number = r.version)",
}


def problems(db: Database) -> Iterator[str]:
    """What is wrong, in a consistent view; nothing when all is well."""
    broken = list(_chain(db))
    yield from broken
    if not broken:
        log = _Replayed()
        for each in entries(db):
            log.take(each)
        yield from log.confused
        yield from _versions(db, log)
        yield from _subjects(db, log)
        yield from _settings(db, log)
        yield from _tokens(db, log)
        yield from _search(db)
    yield from _contents(db)
    for what, query in _STRAY.items():
        yield from (f"{what}: {name} {number}" for name, number in db.execute(query).fetchall())


def unknown(db: Database) -> Iterator[str]:
    """What cannot be told, since the log of an older lading does not say it."""
    found = {each.subject: "mark" in each.detail for each in entries(db) if _is_of_token(each)}
    if count := sum(not marked for marked in found.values()):
        yield (
            f"{count} of {len(found)} tokens are of an older lading, whose log does not say what "
            "they are recognised by: rotate them to have that checked"
        )


def entries(db: Database) -> Iterator[Entry]:
    """The whole log in order."""
    session, after = Session(db), 0
    while found := session.log(after, _STEP):
        yield from found
        after = found[-1].seq


def _chain(db: Database) -> Iterator[str]:
    if (bad := audit.broken(entries(db))) is not None:
        yield f"the log is broken at entry {bad.seq}: {bad.action} {bad.subject}"
        return
    end = Head()
    for each in entries(db):
        epoch = end.epoch if each.action is Action.REGISTER else each.seq
        end = Head(each.seq, epoch, each.digest)
    if end != Session(db).end():
        yield f"the log ends at entry {end.seq}, which is not what was noted: entries are missing"


class _Replayed:
    """What the log leads to."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, int], _Kept] = {}
        self.ids: dict[tuple[str, int], str] = {}
        self.heads: dict[str, int] = {}
        """The highest number that was given out in each subject ..."""
        self.changed: dict[str, int] = {}
        """... and the entry that changed it last."""
        self.last: dict[str, int] = {}
        """The highest id of each context."""
        self.settings: dict[tuple[str, str], str] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.confused: list[str] = []

    def take(self, entry: Entry) -> None:
        """One entry; they come in order."""
        detail, name = entry.detail, entry.subject
        if entry.action is Action.REGISTER:
            self._registered(entry, detail["id"], detail["identity"], detail["version"])
        elif entry.action is Action.DELETE:
            where = (name, detail["version"])
            self.versions[where] = replace(self.versions[where], deleted=True)
            self.changed[name] = entry.seq
        elif entry.action is Action.REMOVE:
            del self.versions[name, detail["version"]]
            self.changed[name] = entry.seq
        elif entry.action is Action.SET and detail["value"] is None:
            self.settings.pop((name, detail["name"]), None)
        elif entry.action is Action.SET:
            self.settings[name, detail["name"]] = detail["value"]
        elif _is_of_token(entry):
            self.tokens[name] = detail
        elif entry.action is Action.COUNT:
            self._counted(entry, detail.get("version", 0), detail.get("id", 0))

    def _registered(self, entry: Entry, content_id: int, identity: str, number: int) -> None:
        name, context = entry.subject, names.context_of(entry.subject)
        kept = _Kept(context, content_id, identity, at=entry.at, seq=entry.seq)
        self.versions[name, number] = kept
        self.heads[name] = max(number, self.heads.get(name, 0))
        self.changed[name] = entry.seq
        self.last[context] = max(content_id, self.last.get(context, 0))
        if self.ids.setdefault((context, content_id), identity) != identity:
            self.confused.append(f"id {content_id} of context {context} was given out twice")

    def _counted(self, entry: Entry, number: int, content_id: int) -> None:
        name, context = entry.subject, names.context_of(entry.subject)
        if number:
            self.heads[name] = max(number, self.heads.get(name, 0))
            self.changed[name] = entry.seq
        if content_id:
            self.last[context] = max(content_id, self.last.get(context, 0))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a version."""

    context: str
    content_id: int
    identity: str
    deleted: bool = False
    at: int = 0
    seq: int = 0


def _is_of_token(entry: Entry) -> bool:
    return entry.action is Action.TOKEN


def _versions(db: Database, log: _Replayed) -> Iterator[str]:
    """The versions that the log leads to, and those that are there."""
    found = db.execute(
        "SELECT v.subject, v.number, v.context, v.content, c.identity, v.deleted, v.at, v.seq"
        " FROM version v JOIN content c ON c.context = v.context AND c.id = v.content"
    )
    there = {
        (subject, number): _Kept(context, content_id, identity, bool(deleted), at, seq)
        for subject, number, context, content_id, identity, deleted, at, seq in found
    }
    for where in sorted(log.versions.keys() | there.keys()):
        if log.versions.get(where) != there.get(where):
            yield f"{where[0]} version {where[1]} is not what the log says"


def _subjects(db: Database, log: _Replayed) -> Iterator[str]:
    """What is counted: too low, and it is given out again; too high, and what there is runs out."""
    there = set()
    query = "SELECT name, context, bare, head, seq FROM subject"
    for name, context, bare, head, seq in db.execute(query).fetchall():
        there.add(name)
        if (context, bare) != (names.context_of(name), names.bare(name)):
            yield f"{name} is kept under another name"
        if head != log.heads.get(name, 0) or seq != log.changed.get(name, 0):
            yield f"{name} is not as the log left it"
    yield from (f"{name} is missing" for name in sorted(log.heads.keys() - there))
    last = dict(db.execute("SELECT name, last_id FROM context").fetchall())
    for context in sorted(log.last.keys() | last.keys()):
        counted, given = last.get(context, 0), log.last.get(context, 0)
        if counted < given:
            yield f"context {context} would give out ids again"
        elif counted > given:
            yield f"context {context} has counted to id {counted}, and the log says {given}"


def _settings(db: Database, log: _Replayed) -> Iterator[str]:
    found = db.execute("SELECT scope, name, value FROM setting").fetchall()
    there = {(scope, name): value for scope, name, value in found}
    for scope, name in sorted(log.settings.keys() | there.keys()):
        if log.settings.get((scope, name)) != there.get((scope, name)):
            yield f"the setting {name} of {scope or 'everything'} is not what the log says"


def _tokens(db: Database, log: _Replayed) -> Iterator[str]:
    """By what the log says of each; what a restored one is recognised by may have been left out."""
    there = {row[0]: rows.token(row) for row in db.execute(rows.TOKEN).fetchall()}
    for each in sorted(log.tokens.keys() | there.keys()):
        said, token = log.tokens.get(each), there.get(each)
        if said is None or token is None:
            which = "is missing" if token is None else "was never made"
            yield f"token {each} {which}"
            continue
        kept = rows.token_details(token)
        if not token.secret:
            said = {**said, "mark": kept["mark"]}
        if any(kept[name] != value for name, value in said.items()):
            yield f"token {each} is not what the log says"


def _search(db: Database) -> Iterator[str]:
    """What is said to be known of later entries would never be looked for."""
    session = Session(db)
    known, end = session.indexed().seq, session.end().seq
    if known > end:
        yield f"the search is to know entry {known}, and the log ends at {end}"


def _contents(db: Database) -> Iterator[str]:
    """The texts, and what is found by them."""
    query = (
        "SELECT context, id, identity, words, normal, guid, kind, body, refs, metadata, rules"
        " FROM content"
    )
    wanted = set()
    for context, number, identity, words, normal, guid, *about in db.execute(query):
        kept = rows.content(*about)
        if kept.identity != identity:
            yield f"id {number} of context {context} holds another text than was registered"
        elif (kept.words, kept.normal, kept.guid) != (words, normal, guid):
            yield f"id {number} of context {context} is found by what it is not"
        wanted |= {
            (context, number, names.qualified(context, each.subject), each.version)
            for each in kept.references
        }
    found = db.execute("SELECT context, content, subject, version FROM reference").fetchall()
    for context, number, subject, version in sorted(wanted ^ {tuple(row) for row in found}):
        yield (
            f"id {number} of context {context}: what is noted of its reference to {subject} "
            f"version {version} is not what it says"
        )
