"""What a store must be able to do: small on purpose, all meaning is in the service."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from lading.registry.store.records import Content, Use, Version

T = TypeVar("T")


class Deleted(Enum):
    """Which versions count."""

    HIDDEN = "hidden"
    INCLUDED = "included"
    ONLY = "only"


class Reading(Protocol):
    """A consistent view of one moment."""

    def subjects(self, prefix: str, deleted: Deleted) -> list[str]:
        """Names in order; a subject counts when one of its versions does."""

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        """All of them, oldest first."""

    def version(self, subject: str, number: int) -> Version | None:
        """One, softly deleted or not."""

    def latest(self, subject: str) -> Version | None:
        """The newest live one."""

    def latest_of_all(self, prefix: str) -> list[Version]:
        """The newest live one of every subject, by name."""

    def head(self, subject: str) -> int:
        """The highest number ever given out in this subject; 0 when there is none."""

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        """The versions with this digest (``words``, ``identity``, ``normal``), newest first."""

    def content(self, content_id: int) -> Content | None:
        """What an id stands for."""

    def max_id(self) -> int:
        """The highest id ever given out; 0 when there is none."""

    def ids_of(self, guid: str) -> list[int]:
        """The ids with this guid, lowest first."""

    def uses(self, content_id: int) -> list[Use]:
        """The versions that hold this id."""

    def referrers(self, subject: str, number: int) -> list[Use]:
        """The versions that refer to this one."""

    def setting(self, scope: str, name: str) -> str | None:
        """The setting ``name`` of a subject, or of everything (scope ``""``)."""


class Writing(Reading, Protocol):
    """A view that may change, all or nothing."""

    def add(self, subject: str, content: Content) -> Version:
        """Append a version; an identity seen before keeps its id, others get one never used."""

    def hide(self, subject: str, number: int) -> None:
        """Delete softly."""

    def remove(self, subject: str, number: int) -> None:
        """Delete for good, with the content when no other version holds it."""

    def set(self, scope: str, name: str, value: str | None) -> None:
        """Set, or with `None` unset."""


class Store(Protocol):
    """Reads see what is committed; writes happen one after the other, whoever asks."""

    def read(self) -> AbstractContextManager[Reading]:
        """Open a consistent view."""

    def write(self, work: Callable[[Writing], T]) -> Future[T]:
        """Run `work` in a transaction. The future is done when the result is durable.

        Whatever `work` raises undoes its own writes only, and is raised from the future.
        """

    def close(self) -> None:
        """Finish what was asked for, then let go of the file."""
