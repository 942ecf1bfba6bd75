"""What a store must be able to do: small on purpose, all meaning is in the service."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar

from lading.registry.store.records import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from lading.registry.store.audit import Action, Entry, Head
    from lading.registry.store.records import (
        Append,
        Content,
        Indexed,
        Part,
        Sought,
        Subject,
        Token,
        Use,
        Version,
    )

T = TypeVar("T")


class Deleted(Enum):
    """Which versions count."""

    HIDDEN = "hidden"
    INCLUDED = "included"
    ONLY = "only"


class Reading(Protocol):
    """A consistent view of one moment. Subjects go by their full names (`registry.names`)."""

    def end(self) -> Head:
        """Where the log ends."""

    def log(self, after: int, most: int) -> list[Entry]:
        """Entries that follow the one numbered `after`, in order."""

    def contexts(self) -> list[str]:
        """The contexts in which something is registered or set, in order; with ``.``."""

    def subjects(
        self, context: str | None, prefix: str, deleted: Deleted, part: Part = WHOLE
    ) -> list[str]:
        """Full names in order; a subject counts when one of its versions does.

        `prefix` is of the name within its context; without a context all are meant.
        """

    def subject(self, name: str) -> Subject | None:
        """What is kept of a subject beside its versions; also when all of them are deleted."""

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        """All of them, oldest first."""

    def since(self, subject: str, seq: int) -> list[Version]:
        """The live ones that came after that place in the log, oldest first."""

    def placed(self, places: Sequence[tuple[str, int]]) -> list[Version]:
        """The live ones at these places, each a subject and a number, oldest first."""

    def version(self, subject: str, number: int) -> Version | None:
        """One, softly deleted or not."""

    def latest(self, subject: str) -> Version | None:
        """The newest live one."""

    def newest(self, subjects: Sequence[str]) -> list[Version]:
        """The newest live one of each that has one, by name."""

    def page(
        self, context: str | None, prefix: str, *, after: str = "", most: int, latest: bool
    ) -> list[Version]:
        """Live versions of the next `most` subjects after the one named `after`, by name.

        All of them, or the newest of each.
        """

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        """The versions with this digest (``words``, ``identity``, ``normal``), newest first."""

    def content(self, context: str, content_id: int) -> Content | None:
        """What an id stands for."""

    def max_id(self, context: str) -> int:
        """The highest id ever given out; 0 when there is none."""

    def ids_of(self, guid: str) -> list[tuple[str, int]]:
        """(context, id) of each content with this guid, in order."""

    def uses(self, context: str, content_id: int) -> list[Use]:
        """The versions that hold this id."""

    def referrers(self, subject: str, number: int) -> list[Use]:
        """The versions that refer to this one."""

    def settings(self, scope: str) -> Mapping[str, str]:
        """What is set for exactly this scope, by name."""

    def scopes(self, prefix: str) -> list[str]:
        """The scopes with this start that have settings, in order."""

    def tokens(self) -> list[Token]:
        """All that were ever made, oldest first."""

    def token(self, token_id: str) -> Token | None:
        """One of them."""

    def indexed(self) -> Indexed:
        """How far the search has come."""

    def found(self, sought: Sought | str, after: int | None, most: int) -> list[tuple[int, str]]:
        """(place, subject) of the next subjects that have what is sought, by place.

        Without `after`: of any of them, as they come. A text is sought anywhere in the names.
        """


class Writing(Reading, Protocol):
    """A view that may change, all or nothing. What changes is logged with it."""

    def add(
        self,
        subject: str,
        content: Content,
        *,
        content_id: int = 0,
        number: int = 0,
        forced: bool = False,
    ) -> Version:
        """Append a version; an identity that its context knows keeps its id, others get the next.

        An id or a number that is given is taken as it is (imports), and never given out again.
        `forced` is what the log says of it. Raises `UsedUp` when none is left.
        """

    def hide(self, subject: str, number: int) -> None:
        """Delete softly."""

    def remove(self, subject: str, number: int) -> None:
        """Delete for good, with the content when no other version holds it."""

    def set(self, scope: str, name: str, value: str | None) -> None:
        """Set, or with `None` unset."""

    def put_token(self, token: Token) -> None:
        """Keep a token, instead of the one with its id if there is one."""

    def touch_token(self, token_id: str, at: int) -> None:
        """Note when a token was last used; this alone is not logged."""

    def note(self, action: Action, subject: str, payload: str) -> None:
        """Log what was done beside versions and settings."""

    def index(
        self, before: Indexed, after: Indexed, tokens: Mapping[str, Iterable[str] | None]
    ) -> bool:
        """Let the search know subjects by these tokens, or no more; this is not logged.

        Not done when it was brought from `before` on by somebody else.
        """


class Store(Protocol):
    """Reads see what is committed; writes happen one after the other, whoever asks."""

    @property
    def is_local(self) -> bool:
        """Whether a read is a matter of microseconds, and waits for nobody."""

    def read(self) -> AbstractContextManager[Reading]:
        """Open a consistent view."""

    def write(self, work: Callable[[Writing], T], *, by: str = "") -> Future[T]:
        """Run `work` in a transaction, `by` whom. The future is done when the result is durable.

        Whatever `work` raises undoes its own writes only, and is raised from the future.
        """

    def append(self, asked: Append) -> Future[Version]:
        """Append a version that was judged already, if nothing has changed since.

        The future raises `Moved` when something has. Many of them share one commit.
        """

    def end(self) -> Head:
        """Where the log ended when this process last looked; cheap enough for every request."""

    def follow(self, tell: Callable[[int], None]) -> None:
        """Have it told after which entry of the log other processes have written, soon after.

        It is a method, and forgotten with what it is of. It is called in a thread of the store;
        never, where no other process writes.
        """

    def close(self) -> None:
        """Finish what was asked for, then let go of the store."""
