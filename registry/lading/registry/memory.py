"""What this process remembers of subjects and settings, so that a registration reads nothing.

It may be out of date: another process may have registered meanwhile, or this one did within a
larger transaction. That is found when the version is appended (`Append.seq`, `Append.epoch`), and
then it is read again. What it says about the past is never wrong, since versions do not change;
whatever hides or removes one, or sets anything, begins a new epoch, and starts it over.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self

from lading.registry.errors import StoreError
from lading.registry.recent import Recent
from lading.registry.store import Action, Deleted, Head, Moved, Subject, Version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from lading.compat import History
    from lading.registry.store import Reading, Store

VERSIONS: Final = 50_000
"""Versions that are remembered, over all subjects."""
_STRIPES: Final = 4096
"""Locks: one that two subjects share makes one wait for the disk of the other."""
_SCOPES: Final = 20_000
"""Scopes of which the settings are remembered."""
_NEWS: Final = 1_000
"""Most entries of the log that are looked at when others have written; mostly there are a few."""


@dataclass
class Known:
    """The live versions of one subject. It grows with each that is appended."""

    subject: str
    head: int
    seq: int
    epoch: int
    versions: list[Version] = field(default_factory=list)
    past: History | None = None
    """The same as contracts, once somebody has judged by them; perhaps not yet the newest."""
    digests: set[str] = field(default_factory=set)
    """`Content.words` and `Content.normal` of all of them: mostly what comes has neither."""
    stale: bool = False
    """Whether there is more by now."""

    def grow(self, version: Version) -> None:
        """Take in the next version."""
        self.versions.append(version)
        self.head, self.seq = max(self.head, version.number), version.seq
        self.digests |= {version.content.words, version.content.normal}

    def found(self, column: str, digest: str) -> list[Version]:
        """Those with a digest, newest first; `column`: ``words`` or ``normal``."""
        if digest not in self.digests:
            return []
        return [each for each in reversed(self.versions) if getattr(each.content, column) == digest]


class Waits(Exception):  # noqa: N818 - no error: it is asked again by who may wait
    """Something would have to be read."""


class Memory:
    """Of one process, over a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Recent[str, Known] = Recent(
            VERSIONS, weigh=lambda each: len(each.versions) + 1
        )
        self._settings: dict[str, Mapping[str, str]] = {}
        self._epoch = -1
        self._locks = [Lock() for _ in range(_STRIPES)]
        store.follow(self.catch_up)

    def lock(self, subject: str) -> Lock:
        """Held while a subject is judged and appended to; some subjects share one."""
        return self._locks[hash(subject) % _STRIPES]

    def known(self, subject: str, *, anew: bool = False) -> Known:
        """What is known of a subject, read where it is not. The caller holds its lock.

        With `anew` it is what is there now, whoever wrote it.
        """
        epoch = self._store.end().epoch
        found = self._known.get(subject)
        if found is not None and found.epoch == epoch and not (found.stale or anew):
            return found
        with self._store.read() as reading:
            epoch = reading.end().epoch
            row = reading.subject(subject)
            if found is not None and row is not None and row.seq == found.seq:
                found.epoch, found.stale = epoch, False  # what began the epoch was elsewhere
                return found
            if found is not None and row is not None and found.epoch == epoch:
                added = reading.since(subject, found.seq)
                if added and added[0].number > found.head and added[-1].seq == row.seq:
                    found.stale = False
                    for each in added:
                        found.grow(each)
                    return self._known.put(subject, found)
            made = Known(subject, row.head if row else 0, 0, epoch)
            for each in reading.versions(subject, Deleted.HIDDEN):
                made.grow(each)
            if row:
                made.head, made.seq = row.head, row.seq
        return self._known.put(subject, made)

    def at_hand(self, subject: str) -> Known | None:
        """What is known of a subject, if nothing has to be read for it; else as `known`."""
        found = self._known.get(subject)
        fresh = found is not None and found.epoch == self._store.end().epoch and not found.stale
        return found if fresh else None

    def catch_up(self, after: int) -> None:
        """Take in what others have appended after an entry of the log to subjects that are known.

        It is no more than a start: what is not taken in is found when the subject is appended to.
        """
        with suppress(StoreError), self._store.read() as reading:
            epoch = reading.end().epoch
            places = [
                (entry.subject, int(entry.detail["version"]))
                for entry in reading.log(after, _NEWS)
                if entry.action is Action.REGISTER and self._lacking(entry.subject, entry.seq)
            ]
            for each in reading.placed(places) if places else ():
                self._take(each, epoch)

    def _lacking(self, subject: str, seq: int) -> Known | None:
        """What is known of a subject, if it is known, but not as far as this entry of the log."""
        known = self._known.get(subject)
        return known if known is not None and known.seq < seq else None

    def _take(self, version: Version, epoch: int) -> None:
        """Unless somebody is at work on the subject, who finds it out."""
        lock = self.lock(version.subject)
        if not lock.acquire(blocking=False):
            return
        try:
            known = self._lacking(version.subject, version.seq)
            if known is None or known.epoch != epoch:
                return
            if version.number == known.head + 1:
                self.grown(known, version)
            else:
                known.stale = True
        finally:
            lock.release()

    def grown(self, known: Known, version: Version) -> None:
        """Note that a version was appended to what is known; weighs it anew."""
        known.grow(version)
        self._known.put(known.subject, known)

    def forget(self, subject: str) -> None:
        """Read a subject again the next time."""
        self._known.drop(subject)

    def failed(self, known: Known, error: BaseException) -> None:
        """Note why nothing was appended to what is known: mostly there is more by now."""
        if isinstance(error, Moved):
            known.stale = True
        else:
            self.forget(known.subject)

    def settings(self, scope: str, epoch: int, *, waits: bool = True) -> Mapping[str, str]:
        """What is set for a scope, as of an epoch; raises `Waits` unless it `waits` for that."""
        if self._epoch != epoch:
            self._settings, self._epoch = {}, epoch
        kept = self._settings
        found = kept.get(scope)
        if found is None:
            if not waits:
                raise Waits
            with self._store.read() as reading:
                found = reading.settings(scope)
                if reading.end().epoch == epoch:
                    if len(kept) >= _SCOPES:  # anybody may ask for any name
                        kept.clear()
                    kept[scope] = found
        return found


class Remembered:
    """A `Reading` that answers for one subject from memory, and asks the store about the rest.

    Unless it `waits` it raises `Waits` instead of asking.
    """

    def __init__(self, store: Store, memory: Memory, known: Known, *, waits: bool = True) -> None:
        self._store = store
        self._memory = memory
        self.known = known
        self.waits = waits
        self._stack = ExitStack()
        self._reading: Reading | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)  # the view says what an error of its store means

    def end(self) -> Head:
        """Its `epoch` is that of what is remembered."""
        return Head(self.known.seq, self.known.epoch)

    def settings(self, scope: str) -> Mapping[str, str]:
        return self._memory.settings(scope, self.known.epoch, waits=self.waits)

    def subject(self, name: str) -> Subject | None:
        known = self.known
        if name != known.subject:
            return self._asked().subject(name)
        return Subject(name, known.head, known.seq) if known.seq else None

    def latest(self, subject: str) -> Version | None:
        if subject != self.known.subject:
            return self._asked().latest(subject)
        return self.known.versions[-1] if self.known.versions else None

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        if subject != self.known.subject or deleted is not Deleted.HIDDEN:
            return self._asked().versions(subject, deleted)
        return self.known.versions

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        """Live versions only: who registers looks for no others."""
        if subject != self.known.subject or column == "identity":
            return self._asked().find(subject, column, digest)
        return self.known.found(column, digest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asked(), name)

    def _asked(self) -> Reading:
        if not self.waits:
            raise Waits
        if self._reading is None:
            self._reading = self._stack.enter_context(self._store.read())
        return self._reading
