"""Is what is stored what was written? Whatever is not, in words.

The log is replayed and held against the tables: each number in a subject, and each id, stands for
what it was given out for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
        yield from _versions(db)
    yield from _contents(db)
    for what, query in _STRAY.items():
        yield from (f"{what}: {name} {number}" for name, number in db.execute(query).fetchall())


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


def _versions(db: Database) -> Iterator[str]:
    """The versions that the log leads to, and those that are there."""
    logged: dict[tuple[str, int], tuple[int, str, bool]] = {}
    ids: dict[tuple[str, int], str] = {}
    for each in entries(db):
        if each.action is Action.REGISTER:
            content_id, identity = each.detail["id"], each.detail["identity"]
            logged[each.subject, each.detail["version"]] = (content_id, identity, False)
            place = (names.context_of(each.subject), content_id)
            if ids.setdefault(place, identity) != identity:
                yield f"id {content_id} of context {place[0]} was given out twice"
        elif each.action is Action.DELETE:
            where = (each.subject, each.detail["version"])
            logged[where] = (*logged[where][:2], True)
        elif each.action is Action.REMOVE:
            del logged[each.subject, each.detail["version"]]
    found = db.execute(
        "SELECT v.subject, v.number, v.content, c.identity, v.deleted FROM version v"
        " JOIN content c ON c.context = v.context AND c.id = v.content"
    )
    there = {(row[0], row[1]): (row[2], row[3], bool(row[4])) for row in found}
    for where in sorted(logged.keys() | there.keys()):
        if logged.get(where) != there.get(where):
            yield f"{where[0]} version {where[1]} is not what the log says"


def _contents(db: Database) -> Iterator[str]:
    query = "SELECT context, id, identity, kind, body, refs, metadata, rules FROM content"
    for context, number, identity, *about in db.execute(query):
        if rows.content(*about).identity != identity:
            yield f"id {number} of context {context} holds another text than was registered"
