"""The use cases: register, look up, check, push, list, delete, and set levels and modes.

No HTTP words here. Everything a use case reads, it reads in one consistent view; everything it
writes, it decides and writes in one transaction of the one writer, so two registrations that would
each pass alone but not after one another cannot both win.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lading.governance.decisions import NOTHING, Decisions
from lading.registry import removal
from lading.registry.errors import (
    Incompatible,
    InvalidSchema,
    InvalidSubject,
    LevelNotSet,
    ModeNotSet,
    NotPermitted,
    PushRefused,
    SchemaNotFound,
    SubjectNotFound,
    VersionNotFound,
)
from lading.registry.gate import NOBODY, Decided, Gate
from lading.registry.levels import (
    EVERYTHING,
    LEVEL,
    MODE,
    Mode,
    check_writable,
    level_named,
    level_of,
    level_that_holds,
    mode_named,
    mode_of,
    mode_that_holds,
)
from lading.registry.settings import Settings
from lading.registry.store import Content, Deleted, Version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lading.model.contract import Compatibility, Kind, Reference
    from lading.registry.store import Reading, Store, Use, Writing


@dataclass(frozen=True, slots=True)
class Proposal:
    """A schema somebody brings."""

    kind: Kind
    text: str
    """Blank: the text and references of the newest version (a release of metadata only)."""
    references: tuple[Reference, ...] = ()
    """Version 0 or -1: the newest live one at that moment."""
    metadata: dict[str, Any] | None = None
    """`None`: as the newest version has it."""
    rules: dict[str, Any] | None = None
    version: int = 0
    """0 or -1: the next number; else it must be the next number."""
    id: int = 0
    normalize: bool = False


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one contract of a push."""

    subject: str
    outcome: str
    """``registered``, ``unchanged``, ``incompatible`` or ``invalid``."""
    version: int = 0
    id: int = 0
    messages: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.outcome in {"registered", "unchanged"}


class Registry:
    """The use cases over a `Store`."""

    def __init__(self, store: Store, *, settings: Settings | None = None) -> None:
        self.store = store
        self.settings = settings or Settings()
        self.gate = Gate()

    # -- registering ------------------------------------------------------------------------------

    def register(self, subject: str, proposal: Proposal) -> Version:
        """Store `proposal` as the next version, or return the version that already holds it.

        Raises:
            Incompatible: the gate says no.
            InvalidSchema: it cannot be read, or refers to what is not there.
            NotPermitted: the mode of the subject, or an id or version that cannot be had.
        """
        check_name(subject)
        with self.store.read() as reading:
            settled = self._settle(reading, subject, proposal)
        if isinstance(settled, Version):
            return settled
        return self.store.write(lambda writing: self._land(writing, subject, proposal)).result()

    def lookup(self, subject: str, proposal: Proposal, *, deleted: bool = False) -> Version:
        """Find the version that holds exactly this schema."""
        with self.store.read() as reading:
            content = self._content(reading, proposal, reading.latest(subject), inherit=False)
            for version in _holders(reading, subject, content, normalize=proposal.normalize):
                if (deleted or not version.deleted) and _same_terms(
                    version.content, content, proposal
                ):
                    return version
            if not reading.versions(subject, Deleted.INCLUDED if deleted else Deleted.HIDDEN):
                raise SubjectNotFound(subject)
        raise SchemaNotFound

    def check(
        self, subject: str, proposal: Proposal, *, against: int | None = None, latest: bool = False
    ) -> tuple[str, ...]:
        """Why `proposal` could not be registered; empty when it could.

        `against` or `latest` compare with that version only, else with what the level asks for.
        """
        with self.store.read() as reading:
            newest = reading.latest(subject)
            content = self._content(reading, proposal, newest)
            level = self._level(reading, subject, newest, content)
            if against is not None:
                history = [_live(reading, subject, against)]
            else:
                transitive = level.transitive and not latest
                history = _history(reading, subject, transitive=transitive)
            return self.gate.judged(reading, subject, content, history=history, level=level)[0]

    def push(
        self,
        proposals: Sequence[tuple[str, Proposal]],
        *,
        dry_run: bool,
        decisions: Decisions = NOTHING,
    ) -> list[Pushed]:
        """Register all of them in this order, or none.

        Later ones may refer to earlier ones. Every contract is judged even after one was refused,
        so that one answer holds all there is to fix. A finding that `decisions` let pass, passes,
        and is told.

        Raises:
            PushRefused: not a dry run, and at least one was refused; carries all results.
        """
        for subject, _ in proposals:
            check_name(subject)
        decided = Decided(decisions, datetime.now(tz=UTC).date().isoformat())

        def work(writing: Writing) -> list[Pushed]:
            results = [self._push_one(writing, *each, decided) for each in proposals]
            if dry_run or not all(each.accepted for each in results):
                raise PushRefused(results)  # undoes everything above
            return results

        try:
            return self.store.write(work).result()
        except PushRefused as undone:
            if dry_run:
                return [replace(each, id=0) for each in undone.results]
            raise

    # -- reading ----------------------------------------------------------------------------------

    def subjects(self, prefix: str = "", deleted: Deleted = Deleted.HIDDEN) -> list[str]:
        """Names in order."""
        with self.store.read() as reading:
            return reading.subjects(prefix, deleted)

    def versions(self, subject: str, deleted: Deleted = Deleted.HIDDEN) -> list[Version]:
        """Oldest first; `SubjectNotFound` when there is none."""
        with self.store.read() as reading:
            if not (found := reading.versions(subject, deleted)):
                raise SubjectNotFound(subject)
            return found

    def version(self, subject: str, number: int | None, *, deleted: bool = False) -> Version:
        """One version; `None`: the newest live one."""
        with self.store.read() as reading:
            return _version(reading, subject, number, deleted=deleted)

    def contracts(self, prefix: str = "", *, latest: bool = True) -> list[Version]:
        """The newest (or every) live version of every subject."""
        with self.store.read() as reading:
            if latest:
                return reading.latest_of_all(prefix)
            names = reading.subjects(prefix, Deleted.HIDDEN)
            return [each for name in names for each in reading.versions(name, Deleted.HIDDEN)]

    def content(self, content_id: int) -> Content:
        """What an id stands for, as long as any version holds it, deleted softly or not."""
        with self.store.read() as reading:
            if (found := reading.content(content_id)) is None:
                raise SchemaNotFound(content_id)
            return found

    def max_id(self) -> int:
        """The highest id given out so far."""
        with self.store.read() as reading:
            return reading.max_id()

    def by_guid(self, guid: str) -> Content:
        """The content with this guid."""
        with self.store.read() as reading:
            for content_id in reading.ids_of(guid):
                if (found := reading.content(content_id)) is not None:
                    return found
        raise SchemaNotFound(guid)

    def ids_of(self, guid: str) -> list[int]:
        """The ids with this guid; normally one."""
        with self.store.read() as reading:
            return reading.ids_of(guid)

    def uses(self, content_id: int, *, deleted: bool = False) -> list[Use]:
        """The versions that hold this id."""
        with self.store.read() as reading:
            if reading.content(content_id) is None:
                raise SchemaNotFound(content_id)
            return [each for each in reading.uses(content_id) if deleted or not each.deleted]

    def referrers(self, subject: str, number: int | None, *, deleted: bool = False) -> list[Use]:
        """The versions that refer to this one."""
        with self.store.read() as reading:
            target = _version(reading, subject, number, deleted=deleted)
            found = reading.referrers(subject, target.number)
            return [each for each in found if deleted or not each.deleted]

    # -- deleting ---------------------------------------------------------------------------------

    def delete_version(self, subject: str, number: int | None, *, permanent: bool = False) -> int:
        """Delete one version; the permanent delete needs the soft one before it."""
        return self.store.write(
            lambda writing: removal.delete_version(writing, subject, number, permanent=permanent)
        ).result()

    def delete_subject(self, subject: str, *, permanent: bool = False) -> list[int]:
        """Delete every version of a subject; returns their numbers."""
        return self.store.write(
            lambda writing: removal.delete_subject(writing, subject, permanent=permanent)
        ).result()

    # -- levels and modes -------------------------------------------------------------------------

    def level(self, subject: str = EVERYTHING, *, inherited: bool = False) -> Compatibility:
        """The level of a subject (`LevelNotSet` unless `inherited`), or the global one."""
        with self.store.read() as reading:
            if (own := level_of(reading, subject)) is not None:
                return own
            if subject == EVERYTHING:
                return self.settings.compatibility
            if not inherited:
                raise LevelNotSet(subject)
            return self._level(reading, subject, reading.latest(subject), None)

    def set_level(self, word: str | None, *, subject: str = EVERYTHING) -> Compatibility | None:
        """Set the level; `None` unsets it."""
        level = None if word is None else level_named(word)
        self._set(subject, LEVEL, level)
        return level

    def unset_level(self, subject: str = EVERYTHING) -> Compatibility:
        """Forget the level; returns what it was."""
        return level_named(self._unset(subject, LEVEL, default=self.settings.compatibility))

    def mode(self, subject: str = EVERYTHING, *, inherited: bool = False) -> Mode:
        """The mode of a subject (`ModeNotSet` unless `inherited`), or the global one."""
        with self.store.read() as reading:
            if inherited:
                return mode_that_holds(reading, subject)
            own = mode_of(reading, subject)
            if own is None and subject != EVERYTHING:
                raise ModeNotSet(subject)
            return own or Mode.READWRITE

    def set_mode(self, word: str | None, *, subject: str = EVERYTHING) -> Mode | None:
        """Set the mode; `None` unsets it."""
        mode = None if word is None else mode_named(word)
        if mode is Mode.READONLY_OVERRIDE and subject != EVERYTHING:
            raise NotPermitted("READONLY_OVERRIDE is for the whole registry only")
        if subject != EVERYTHING:
            check_name(subject)
        self.store.write(lambda writing: writing.set(subject, MODE, mode)).result()
        return mode

    def unset_mode(self, subject: str = EVERYTHING) -> Mode:
        """Forget the mode; returns what it was."""
        return Mode(self._unset(subject, MODE, default=Mode.READWRITE))

    # -- inside -----------------------------------------------------------------------------------

    def _land(self, writing: Writing, subject: str, proposal: Proposal) -> Version:
        settled = self._settle(writing, subject, proposal)
        return settled if isinstance(settled, Version) else writing.add(subject, settled)

    def _settle(self, reading: Reading, subject: str, proposal: Proposal) -> Version | Content:
        """Decide: the version that holds it already, or the content that may be added."""
        content, known, objections, _ = self._decide(reading, subject, proposal)
        if objections:
            raise Incompatible(subject, objections)
        return known or content

    def _decide(
        self, reading: Reading, subject: str, proposal: Proposal, decided: Decided = NOBODY
    ) -> tuple[Content, Version | None, tuple[str, ...], tuple[str, ...]]:
        """(its content, the version that holds it, why not, what is let pass)."""
        check_writable(reading, subject)
        if proposal.id > 0:
            raise NotPermitted(
                f"Subject {subject} is not in import mode: ids are given out by the registry"
            )
        latest = reading.latest(subject)
        content = self._content(reading, proposal, latest)
        for version in _holders(reading, subject, content, normalize=proposal.normalize):
            if not version.deleted and _same_terms(version.content, content, proposal):
                return content, version, (), ()
        _check_number(reading, subject, proposal.version)
        _check_references(reading, content)
        level = self._level(reading, subject, latest, content)
        history = _history(reading, subject, transitive=level.transitive)
        found = self.gate.judged(
            reading, subject, content, history=history, level=level, decided=decided
        )
        return content, None, *found

    def _push_one(
        self, writing: Writing, subject: str, proposal: Proposal, decided: Decided
    ) -> Pushed:
        try:
            content, known, objections, waived = self._decide(writing, subject, proposal, decided)
        except (InvalidSchema, NotPermitted) as error:
            return Pushed(subject, "invalid", messages=(str(error),))
        # A refused contract is added all the same: what refers to it can then be judged too, and
        # the whole transaction is undone at the end.
        version = known or writing.add(subject, content)
        outcome = "incompatible" if objections else "unchanged" if known else "registered"
        return Pushed(subject, outcome, version.number, version.id, objections or waived)

    def _content(
        self,
        reading: Reading,
        proposal: Proposal,
        latest: Version | None,
        *,
        inherit: bool = True,
    ) -> Content:
        kind, text, references = proposal.kind, proposal.text, proposal.references
        if not text.strip():
            if latest is None:
                raise InvalidSchema("it is empty, and there is no earlier version to take it from")
            previous = latest.content
            kind, text, references = previous.kind, previous.text, previous.references
        before = latest.content if latest and inherit else None
        return Content(
            kind,
            self.gate.canonical(kind, text),
            tuple(_settled(reading, each) for each in references),
            _or(proposal.metadata, before.metadata if before else None),
            _or(proposal.rules, before.rules if before else None),
        )

    def _level(
        self, reading: Reading, subject: str, latest: Version | None, new: Content | None
    ) -> Compatibility:
        default = self.settings.compatibility
        return level_that_holds(reading, subject, default=default, latest=latest, new=new)

    def _set(self, subject: str, name: str, value: str | None) -> None:
        if subject != EVERYTHING:
            check_name(subject)

        def work(writing: Writing) -> None:
            check_writable(writing, subject)
            writing.set(subject, name, value)

        self.store.write(work).result()

    def _unset(self, subject: str, name: str, *, default: str) -> str:
        def work(writing: Writing) -> str:
            old = writing.setting(subject, name)
            if old is None and subject != EVERYTHING:
                raise SubjectNotFound(subject)
            writing.set(subject, name, None)
            return old or default

        return self.store.write(work).result()


MAX_NAME = 512
"""Characters of a subject."""


def check_name(subject: str) -> None:
    """Raise `InvalidSubject` for names that no subject may have."""
    if not subject.strip() or subject.startswith("__") or len(subject) > MAX_NAME:
        raise InvalidSubject(f"The specified subject '{subject[:80]}' is not a valid subject.")
    if subject.startswith(":"):
        raise InvalidSubject(
            f"The specified subject '{subject[:80]}' is in a context; this registry has the "
            "default context only",
            hint="leave the ':.context:' out",
        )
    if not subject.isprintable():
        raise InvalidSubject("The specified subject is not valid: it has control characters.")


def _or(given: dict[str, Any] | None, before: dict[str, Any] | None) -> dict[str, Any] | None:
    return before if given is None else given or None


def _settled(reading: Reading, reference: Reference) -> Reference:
    """The reference with the number it means now."""
    if reference.version > 0:
        return reference
    if (latest := reading.latest(reference.subject)) is None:
        raise InvalidSchema(
            f'No schema reference found for subject "{reference.subject}"; register it first'
        )
    return replace(reference, version=latest.number)


def _check_references(reading: Reading, content: Content) -> None:
    """New content may not build on what is already on its way out."""
    for each in content.references:
        target = reading.version(each.subject, each.version)
        if target is not None and target.deleted:
            raise InvalidSchema(
                f'No schema reference found for subject "{each.subject}" and version '
                f"{each.version}: it was deleted"
            )


def _holders(reading: Reading, subject: str, content: Content, *, normalize: bool) -> list[Version]:
    """The versions with this text and these references, newest first."""
    if normalize:
        return reading.find(subject, "normal", content.normal)
    return reading.find(subject, "words", content.words)


def _same_terms(held: Content, content: Content, proposal: Proposal) -> bool:
    """Metadata and rules count only when the caller brought them."""
    same_metadata = proposal.metadata is None or held.metadata == content.metadata
    return same_metadata and (proposal.rules is None or held.rules == content.rules)


def _check_number(reading: Reading, subject: str, number: int) -> None:
    if number > 0 and number != (following := reading.head(subject) + 1):
        raise InvalidSchema(f"version {number} was asked for, the next one is {following}")


def _history(reading: Reading, subject: str, *, transitive: bool) -> list[Version]:
    if transitive:
        return reading.versions(subject, Deleted.HIDDEN)
    latest = reading.latest(subject)
    return [latest] if latest else []


def _live(reading: Reading, subject: str, number: int) -> Version:
    found = reading.version(subject, number)
    if found is None or found.deleted:
        raise VersionNotFound(number)
    return found


def _version(reading: Reading, subject: str, number: int | None, *, deleted: bool) -> Version:
    found = reading.latest(subject) if number is None else reading.version(subject, number)
    if found is not None and (deleted or not found.deleted):
        return found
    if not reading.versions(subject, Deleted.INCLUDED if deleted else Deleted.HIDDEN):
        raise SubjectNotFound(subject)
    raise VersionNotFound("latest" if number is None else number)
