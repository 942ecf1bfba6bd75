"""A store as one caller sees it: what they may not see is not there.

Everything that is read goes through here, so a subject that may not be seen is answered for in the
very words of one that does not exist, in lists, by id, by guid, through references and aliases
alike, and before anything is counted off into pages. What is written goes through here too, and
once more needs the right to: names may lead elsewhere by then than when they were first looked at.

Within a write only names lead to what may be seen; what a write rests on (who refers to this, is
the id free, is the context empty) is looked at as it is.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from lading.registry import names
from lading.registry.errors import Forbidden
from lading.registry.rights import Right
from lading.registry.store import WHOLE, Action, Deleted, Use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from lading.registry.auth.grants import Grants
    from lading.registry.store import (
        Append,
        Content,
        Entry,
        Head,
        Indexed,
        Part,
        Reading,
        Sought,
        Store,
        Subject,
        Token,
        Version,
        Writing,
    )

T = TypeVar("T")

HIDDEN: Final = "a subject that you may not see,"
CHUNK: Final = 1000
"""Subjects or entries that are looked through at once."""


def global_right(right: Right) -> Right:
    """What it takes to do to a whole context what `right` allows on a subject."""
    return {
        Right.SUBJECT_COMPATIBILITY_READ: Right.GLOBAL_COMPATIBILITY_READ,
        Right.SUBJECT_COMPATIBILITY_WRITE: Right.GLOBAL_COMPATIBILITY_WRITE,
    }.get(right, right)


def is_context(scope: str) -> bool:
    """Whether a scope is a whole context, and no subject."""
    return not names.bare(scope)


class SeenReading:
    """A view of one moment without what may not be seen."""

    def __init__(self, inner: Reading, grants: Grants) -> None:
        self._inner = inner
        self._grants = grants

    def end(self) -> Head:
        return self._inner.end()

    def log(self, after: int, most: int) -> list[Entry]:
        found: list[Entry] = []
        while len(found) < most and (chunk := self._inner.log(after, CHUNK)):
            found += filter(self._may_know, chunk)
            after = chunk[-1].seq
        return found[:most]

    def contexts(self) -> list[str]:
        return [each for each in self._inner.contexts() if self._sees_in(each)]

    def subjects(
        self, context: str | None, prefix: str, deleted: Deleted, part: Part = WHOLE
    ) -> list[str]:
        place = _narrowed(context, prefix, self._grants.start)
        found = filter(self._sees, self._inner.subjects(*place, deleted)) if place else ()
        return part.of(found)

    def subject(self, name: str) -> Subject | None:
        return self._inner.subject(name) if self._sees(name) else None

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        return self._inner.versions(subject, deleted) if self._sees(subject) else []

    def since(self, subject: str, seq: int) -> list[Version]:
        return self._inner.since(subject, seq) if self._sees(subject) else []

    def placed(self, places: Sequence[tuple[str, int]]) -> list[Version]:
        return self._inner.placed([each for each in places if self._sees(each[0])])

    def version(self, subject: str, number: int) -> Version | None:
        return self._inner.version(subject, number) if self._sees(subject) else None

    def latest(self, subject: str) -> Version | None:
        return self._inner.latest(subject) if self._sees(subject) else None

    def newest(self, subjects: Sequence[str]) -> list[Version]:
        return self._inner.newest(list(filter(self._sees, subjects)))

    def page(
        self, context: str | None, prefix: str, *, after: str = "", most: int, latest: bool
    ) -> list[Version]:
        place = _narrowed(context, prefix, self._grants.start)
        found: list[Version] = []
        subjects: set[str] = set()
        while place and len(subjects) < most:
            step = min(most, CHUNK)
            chunk = self._inner.page(*place, after=after, most=step, latest=latest)
            for each in chunk:
                if self._sees(each.subject) and (each.subject in subjects or len(subjects) < most):
                    subjects.add(each.subject)
                    found.append(each)
            if not chunk:
                break
            after = chunk[-1].subject
        return found

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        return self._inner.find(subject, column, digest) if self._sees(subject) else []

    def content(self, context: str, content_id: int) -> Content | None:
        is_seen = self._grants.sees_all or self.uses(context, content_id)
        return self._inner.content(context, content_id) if is_seen else None

    def max_id(self, context: str) -> int:
        return self._inner.max_id(context) if self._sees_in(context) else 0

    def ids_of(self, guid: str) -> list[tuple[str, int]]:
        return [each for each in self._inner.ids_of(guid) if self.uses(*each)]

    def uses(self, context: str, content_id: int) -> list[Use]:
        return self._seen(self._inner.uses(context, content_id))

    def referrers(self, subject: str, number: int) -> list[Use]:
        return self._seen(self._inner.referrers(subject, number)) if self._sees(subject) else []

    def settings(self, scope: str) -> Mapping[str, str]:
        """Those of contexts hold for everybody in them, so everybody's reading rests on them."""
        return self._inner.settings(scope) if is_context(scope) or self._sees(scope) else {}

    def scopes(self, prefix: str) -> list[str]:
        found = self._inner.scopes(prefix)
        return [each for each in found if is_context(each) or self._sees(each)]

    def tokens(self) -> list[Token]:
        return self._inner.tokens() if self._grants.may(Right.ADMIN) else []

    def token(self, token_id: str) -> Token | None:
        return self._inner.token(token_id) if self._grants.may(Right.ADMIN) else None

    def indexed(self) -> Indexed:
        return self._inner.indexed()

    def found(self, sought: Sought | str, after: int | None, most: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        after = after or 0
        while len(found) < most and (chunk := self._inner.found(sought, after, CHUNK)):
            found += (each for each in chunk if self._sees(each[1]))
            after = chunk[-1][0]
            if len(chunk) < CHUNK:
                break
        return found[:most]

    def _sees(self, name: str) -> bool:
        return self._grants.may(Right.SUBJECT_READ, name)

    def _seen(self, uses: Iterable[Use]) -> list[Use]:
        return [each for each in uses if self._sees(each.subject)]

    def _sees_in(self, context: str) -> bool:
        """Whether there is anything in a context that may be seen, or it may be seen itself."""
        if context == names.DEFAULT:
            return True
        return self._grants.may(Right.GLOBAL_COMPATIBILITY_READ, f":{context}:") or bool(
            self.subjects(context, "", Deleted.INCLUDED)
        )

    def _may_know(self, entry: Entry) -> bool:
        if self._grants.may(Right.AUDIT_READ):
            return True
        return (
            entry.action is not Action.TOKEN
            and self._grants.may(Right.AUDIT_READ, entry.subject)
            and (is_context(entry.subject) or self._sees(entry.subject))
        )


class SeenWriting:
    """A view that may change, within what the caller may."""

    def __init__(self, inner: Writing, grants: Grants) -> None:
        self._inner = inner
        self._grants = grants

    def end(self) -> Head:
        return self._inner.end()

    def log(self, after: int, most: int) -> list[Entry]:
        return self._inner.log(after, most)

    def contexts(self) -> list[str]:
        return self._inner.contexts()

    def subjects(
        self, context: str | None, prefix: str, deleted: Deleted, part: Part = WHOLE
    ) -> list[str]:
        return self._inner.subjects(context, prefix, deleted, part)

    def subject(self, name: str) -> Subject | None:
        return self._inner.subject(name) if self._sees(name) else None

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        """Refused where it may not be seen: that nothing is there would be taken for the truth."""
        self._need(Right.SUBJECT_READ, subject)
        return self._inner.versions(subject, deleted)

    def since(self, subject: str, seq: int) -> list[Version]:
        self._need(Right.SUBJECT_READ, subject)
        return self._inner.since(subject, seq)

    def placed(self, places: Sequence[tuple[str, int]]) -> list[Version]:
        return self._inner.placed([each for each in places if self._sees(each[0])])

    def version(self, subject: str, number: int) -> Version | None:
        return self._inner.version(subject, number) if self._sees(subject) else None

    def latest(self, subject: str) -> Version | None:
        return self._inner.latest(subject) if self._sees(subject) else None

    def newest(self, subjects: Sequence[str]) -> list[Version]:
        return self._inner.newest(list(filter(self._sees, subjects)))

    def page(
        self, context: str | None, prefix: str, *, after: str = "", most: int, latest: bool
    ) -> list[Version]:
        return self._inner.page(context, prefix, after=after, most=most, latest=latest)

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        return self._inner.find(subject, column, digest) if self._sees(subject) else []

    def content(self, context: str, content_id: int) -> Content | None:
        return self._inner.content(context, content_id)

    def max_id(self, context: str) -> int:
        return self._inner.max_id(context)

    def ids_of(self, guid: str) -> list[tuple[str, int]]:
        return self._inner.ids_of(guid)

    def uses(self, context: str, content_id: int) -> list[Use]:
        return self._inner.uses(context, content_id)

    def referrers(self, subject: str, number: int) -> list[Use]:
        """All of them: each keeps the version from being deleted. Some have no name."""
        found = self._inner.referrers(subject, number)
        return [
            each if self._sees(each.subject) else Use(HIDDEN, 0, 0, deleted=each.deleted)
            for each in found
        ]

    def settings(self, scope: str) -> Mapping[str, str]:
        return self._inner.settings(scope)

    def scopes(self, prefix: str) -> list[str]:
        return self._inner.scopes(prefix)

    def tokens(self) -> list[Token]:
        return self._inner.tokens()

    def token(self, token_id: str) -> Token | None:
        return self._inner.token(token_id)

    def indexed(self) -> Indexed:
        return self._inner.indexed()

    def found(self, sought: Sought | str, after: int | None, most: int) -> list[tuple[int, str]]:
        found = self._inner.found(sought, after, most)
        return [each for each in found if self._sees(each[1])]

    def index(
        self, before: Indexed, after: Indexed, tokens: Mapping[str, Iterable[str] | None]
    ) -> bool:
        """The registry keeps the search itself; a caller has nothing to tell it."""
        self._need(Right.ADMIN, "")
        return self._inner.index(before, after, tokens)

    def add(
        self,
        subject: str,
        content: Content,
        *,
        content_id: int = 0,
        number: int = 0,
        forced: bool = False,
    ) -> Version:
        self._need(Right.SUBJECT_WRITE, subject)
        if forced:
            self._need(Right.SUBJECT_COMPATIBILITY_WRITE, subject)
        return self._inner.add(
            subject, content, content_id=content_id, number=number, forced=forced
        )

    def hide(self, subject: str, number: int) -> None:
        self._need(Right.SUBJECT_DELETE, subject)
        self._inner.hide(subject, number)

    def remove(self, subject: str, number: int) -> None:
        self._need(Right.SUBJECT_DELETE, subject)
        self._inner.remove(subject, number)

    def set(self, scope: str, name: str, value: str | None) -> None:
        right = Right.SUBJECT_COMPATIBILITY_WRITE
        if is_context(scope):
            self._need(global_right(right), scope)
        elif value is not None or not self._grants.may(Right.SUBJECT_DELETE, scope):
            self._need(right, scope)  # with the last version of a subject its settings go
        self._inner.set(scope, name, value)

    def put_token(self, token: Token) -> None:
        self._need(Right.ADMIN, "")
        self._inner.put_token(token)

    def touch_token(self, token_id: str, at: int) -> None:
        self._need(Right.ADMIN, "")
        self._inner.touch_token(token_id, at)

    def note(self, action: Action, subject: str, payload: str) -> None:
        self._inner.note(action, subject, payload)

    def _sees(self, name: str) -> bool:
        return self._grants.may(Right.SUBJECT_READ, name)

    def _need(self, right: Right, name: str) -> None:
        if not self._grants.may(right, name):
            raise Forbidden(right, name if self._sees(name) else "")


class SeenStore:
    """A `Store` as a caller with these grants sees it."""

    def __init__(self, inner: Store, grants: Grants) -> None:
        self._inner = inner
        self._grants = grants

    @property
    def is_local(self) -> bool:
        return self._inner.is_local

    @contextmanager
    def read(self) -> Iterator[Reading]:
        with self._inner.read() as reading:
            yield reading if self._sees_as_it_is else SeenReading(reading, self._grants)

    def write(self, work: Callable[[Writing], T], *, by: str = "") -> Future[T]:
        return self._inner.write(lambda writing: work(SeenWriting(writing, self._grants)), by=by)

    def append(self, asked: Append) -> Future[Version]:
        if not self._grants.may(Right.SUBJECT_WRITE, asked.subject):
            raise Forbidden(Right.SUBJECT_WRITE)
        return self._inner.append(asked)

    def end(self) -> Head:
        return self._inner.end()

    def follow(self, tell: Callable[[int], None]) -> None:
        self._inner.follow(tell)

    def close(self) -> None:
        """Nothing: the store within is somebody else's."""

    @property
    def _sees_as_it_is(self) -> bool:
        return self._grants.sees_all and self._grants.may(Right.AUDIT_READ)


def _narrowed(context: str | None, prefix: str, start: str) -> tuple[str | None, str] | None:
    """What a list is asked for when all that may be seen starts with `start`: often much less."""
    if not start or start.startswith(":"):
        return context, prefix
    if context not in {None, names.DEFAULT}:
        return None  # names in other contexts start with a colon
    if prefix.startswith(start):
        return names.DEFAULT, prefix
    return (names.DEFAULT, start) if start.startswith(prefix) else None
