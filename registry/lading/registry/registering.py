"""How a proposal becomes a version: decided outside of any lock, appended if nothing has moved.

Whoever lost a race is judged again on what is there now, and after some rounds within the write
itself, where nobody comes in between. So two registrations that would each pass alone but not after
one another cannot both win, and a store commits many at once without waiting for a verdict.
"""

from __future__ import annotations

import json
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Kind
from lading.model.contract import Subject as Name
from lading.registry import names
from lading.registry.config import (
    NOTHING_SET,
    Config,
    Mode,
    above,
    config_of,
    config_that_holds,
    merged,
    mode_that_holds,
)
from lading.registry.errors import (
    IdMismatch,
    Incompatible,
    InvalidSchema,
    InvalidSubject,
    NotPermitted,
    OutOfRange,
    RegistryError,
    StoreError,
)
from lading.registry.gate import NOBODY, Decided, group_of, policy_named
from lading.registry.memory import Memory, Remembered, Waits
from lading.registry.metadata import check_promise
from lading.registry.store import Append, Content, Deleted, Moved, Version
from lading.registry.store.records import LAST_BROUGHT
from lading.registry.workers import is_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from threading import Lock

    from lading.compat import History
    from lading.model.contract import Contract, Reference
    from lading.registry.gate import Gate
    from lading.registry.memory import Known
    from lading.registry.proposals import Proposal
    from lading.registry.settings import Settings
    from lading.registry.store import Reading, Store, Writing

ROUNDS: Final = 4
"""How often a proposal is judged again after it lost a race, before it holds the others up."""
QUICK: Final = 1 << 20
"""Characters that a proposal has, times the versions before it, which are judged at once: that
takes some milliseconds at the most."""
QUICK_TEXT: Final = 8 * 1024
"""Likewise of a proposal alone."""
_AT_ONCE: Final = 64 * 1024
"""Characters of versions that are read before a proposal is judged by them: some milliseconds."""
_LONG: Final = 2_000
"""Versions that are read within milliseconds, as texts."""
STAMP: Final = "confluent:version"
"""The property that Confluent's registry numbers a version with when it was asked for one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a proposal."""

    content: Content
    known: Version | None = None
    """The version that holds it already."""
    objections: tuple[str, ...] = ()
    let: tuple[str, ...] = ()
    """What passes only because somebody decided so."""
    contract: Contract | None = None
    """What the content was read as, where it was judged."""
    seq: int = 0
    epoch: int = 0
    imports: bool = False


class Registrar:
    """Registers over a `Store`."""

    def __init__(self, store: Store, gate: Gate, settings: Settings) -> None:
        self.store = store
        self.gate = gate
        self.settings = settings
        self._memory = Memory(store)

    def register(
        self, subject: str, proposal: Proposal, *, by: str = "", force: bool = False
    ) -> Version:
        """Store `proposal` as the next version, or return the version that already holds it.

        Args:
            subject: its full name.
            proposal: what is brought.
            by: who brings it.
            force: do not ask whether it is compatible.

        Raises:
            Incompatible: the gate says no.
            InvalidSchema: it cannot be read, or refers to what is not there.
            NotPermitted: the mode of the subject, or an id or version that cannot be had.
        """
        for round_ in range(ROUNDS):
            with suppress(Moved):
                return self.begin(subject, proposal, by=by, force=force, round_=round_).result()
        return self.begin(subject, proposal, by=by, force=force, round_=ROUNDS).result()

    def begin(  # noqa: PLR0913 - the options of one registration
        self,
        subject: str,
        proposal: Proposal,
        *,
        by: str,
        force: bool,
        round_: int,
        follow: bool = False,
    ) -> Future[Version]:
        """Judge `proposal`, and let the store have it: who waits for that is kept by nobody.

        With `follow` the name may be an alias, as of the same moment as all else that is decided.
        What is decided is raised here, as is what is no name of a subject. The future raises
        `Moved` where a race was lost; after `ROUNDS` of them the proposal is judged within the
        write, and no race is left.
        """
        subject = names.subject(subject)
        lock = self._memory.lock(subject)
        lock.acquire()
        landing: Future[Version] | None = None
        try:
            known, decision = self._decided(subject, proposal, force=force, follow=follow)
            if isinstance(decision, Decision) and decision.known is None:
                landing = self._landing(subject, proposal, decision, by, force=force, round_=round_)
        except BaseException:
            lock.release()
            raise
        if isinstance(decision, str):
            lock.release()
            meant = names.qualified(names.context_of(subject), decision)
            return self.begin(meant, proposal, by=by, force=force, round_=round_)
        remembers = not (decision.imports or force or round_ >= ROUNDS)
        return self._told(known, decision, landing, lock, remembers=remembers)

    def begin_at_once(
        self, subject: str, proposal: Proposal, *, by: str = "", follow: bool = False
    ) -> Future[Version] | None:
        """As `begin`, where that keeps nobody waiting; else nothing is begun.

        That is where something has to be read, and where it is not seen at once that it passes: why
        not may take long to say, and needs another look at what is there now.
        """
        try:
            subject = names.subject(subject)
        except InvalidSubject:
            return None
        lock = self._memory.lock(subject)
        if not lock.acquire(blocking=False):
            return None
        known = self._memory.at_hand(subject)
        decision: Decision | str | None = None
        landing: Future[Version] | None = None
        try:
            if known is not None and _is_quick(known, proposal):
                decision = self._decided_by(
                    known, subject, proposal, force=False, follow=follow, waits=False
                )
            if isinstance(decision, Decision) and not decision.imports and decision.known is None:
                landing = self._landing(subject, proposal, decision, by, force=False, round_=0)
        except (Waits, RegistryError):
            decision = None
        except BaseException:
            lock.release()
            raise
        if known is None or not isinstance(decision, Decision) or decision.imports:
            lock.release()
            return None
        return self._told(known, decision, landing, lock, remembers=True)

    def decided_aside(
        self, subject: str, proposal: Proposal, *, follow: bool
    ) -> tuple[Known, Decision] | str | None:
        """What is decided of a plain proposal where it is seen at once, for whoever appends it.

        It reads what takes no time to be read. The name of the subject: `read` it first. `None`: it
        is not decided here.
        """
        subject = names.subject(subject)
        if self._memory.at_hand(subject) is None and self._is_long(subject):
            return None
        known = self._memory.known(subject)
        for scope in (subject, *above(subject)):
            self._memory.settings(scope, known.epoch)
        if not _is_read(known):
            size = _unread(known)
            if size > _AT_ONCE:
                return subject if size <= QUICK else None
            self.read(subject)
        if not _is_quick(known, proposal):
            return None
        try:
            decision = self._decided_by(
                known, subject, proposal, force=False, follow=follow, waits=False
            )
        except (Waits, RegistryError):
            return None
        if isinstance(decision, str) or decision.imports:
            return None
        return known, decision

    def _is_long(self, subject: str) -> bool:
        """Whether it would take long to read a subject."""
        with self.store.read() as reading:
            held = reading.subject(subject)
        return held is not None and held.head > _LONG

    def read(self, subject: str) -> None:
        """Read the versions of a subject, where that may take a moment."""
        known = self._memory.known(subject)
        with Remembered(self.store, self._memory, known) as reading:
            self._caught_up(reading, subject)

    def remember(self, known: Known, landed: Version, decision: Decision) -> None:
        """Take in what was appended by what is known, unless it is there already."""
        if landed.seq > known.seq:
            self._remember(known, landed, decision)

    def failed(self, known: Known, *, moved: bool) -> None:
        """Nothing was appended by what is known."""
        self._memory.failed(known, Moved() if moved else StoreError(""))

    def catch_up(self, after: int) -> None:
        """As `Memory.catch_up`."""
        self._memory.catch_up(after)

    def _told(
        self,
        known: Known,
        decision: Decision,
        landing: Future[Version] | None,
        lock: Lock,
        *,
        remembers: bool,
    ) -> Future[Version]:
        """What becomes of a decision; the subject is free again once it is there."""
        told: Future[Version] = Future()
        told.set_running_or_notify_cancel()  # who no longer waits for it changes nothing
        if decision.known is not None:
            lock.release()
            told.set_result(decision.known)
            return told

        def landed(future: Future[Version]) -> None:
            error = future.exception()
            try:
                if error is not None:
                    self._memory.failed(known, error)
                elif remembers:
                    self._remember(known, future.result(), decision)
            finally:
                lock.release()
            if error is None:
                told.set_result(future.result())
            else:
                told.set_exception(error)

        assert landing is not None  # noqa: S101 - what is not known already was begun
        landing.add_done_callback(landed)
        return told

    def _decided(
        self, subject: str, proposal: Proposal, *, force: bool, follow: bool
    ) -> tuple[Known, Decision | str]:
        """(what is known of a subject, what is decided by it, or the name that it stands for).

        What is out of date is found when it is appended to, but nothing is where it is refused: so
        nobody is refused by anything but what is there now.
        """
        known = self._memory.known(subject)
        before = known.seq, known.epoch
        try:
            return known, self._decided_by(known, subject, proposal, force=force, follow=follow)
        except RegistryError:
            known = self._memory.known(subject, anew=True)
            if (known.seq, known.epoch) == before:
                raise
        return known, self._decided_by(known, subject, proposal, force=force, follow=follow)

    def _decided_by(  # noqa: PLR0913 - the options of one registration
        self,
        known: Known,
        subject: str,
        proposal: Proposal,
        *,
        force: bool,
        follow: bool,
        waits: bool = True,
    ) -> Decision | str:
        with Remembered(self.store, self._memory, known, waits=waits) as reading:
            alias = config_of(reading, subject).get("alias") if follow else None
            if alias is not None:
                return str(alias)
            return self.decide(reading, subject, proposal, force=force)

    def _landing(  # noqa: PLR0913 - what one write asks
        self,
        subject: str,
        proposal: Proposal,
        decision: Decision,
        by: str,
        *,
        force: bool,
        round_: int,
    ) -> Future[Version]:
        """What becomes of it in the store."""
        if not (decision.imports or force or round_ >= ROUNDS):
            asked = Append(subject, decision.content, decision.seq, decision.epoch, by)
            return self.store.append(asked)
        self._memory.forget(subject)
        return self.store.write(
            lambda writing: self._land(writing, subject, proposal, force=force), by=by
        )

    def _remember(self, known: Known, landed: Version, decision: Decision) -> None:
        past, contract = known.past, decision.contract
        if past is not None and len(past) == len(known.versions) and contract is not None:
            known.past = past.followed_by(contract.numbered(landed.number))
        self._memory.grown(known, landed)

    def decide(
        self,
        reading: Reading,
        subject: str,
        proposal: Proposal,
        decided: Decided = NOBODY,
        *,
        force: bool = False,
    ) -> Decision:
        """Decide what becomes of a proposal; raises `Incompatible` only where nobody decides.

        With `decided` objections are part of the decision.
        """
        imports = _check_mode(reading, subject, proposal)
        latest = reading.latest(subject)
        if imports:
            # As it was there: a number in its metadata would make its guid another one.
            content = self.content(reading, subject, proposal, None, Config(), inherit=False)
            return _imported(reading, subject, proposal, content)
        config, content = self.brought(reading, subject, proposal, latest)
        known = self._known(reading, subject, proposal, content, config)
        if known is not None:
            return Decision(content, known)
        held = reading.subject(subject)
        _check_number(held.head if held else 0, proposal.version)
        _check_references(reading, subject, content)
        contract = None
        if self.gate.is_apart(content, latest):
            objections, let = self._judged_apart(
                reading, subject, content, config, decided, force=force
            )
        else:
            contract = self.gate.contract(reading, subject, content, before=_last(reading))
            objections, let = (
                ((), ())
                if force
                else self._judged(reading, subject, content, contract, config, decided)
            )
        if objections and decided is NOBODY:
            raise Incompatible(subject, objections)
        return Decision(
            content,
            objections=objections,
            let=let,
            contract=contract,
            seq=held.seq if held else 0,
            epoch=reading.end().epoch,
        )

    def brought(
        self, reading: Reading, subject: str, proposal: Proposal, latest: Version | None
    ) -> tuple[Config, Content]:
        """(what holds for a subject once a proposal is there, what would be stored for it).

        The settings come first, since they are merged into the content, and again after it: it may
        be the first to make a promise.
        """
        check_promise(proposal.metadata)
        config = self.config(reading, subject, latest)
        content = self.content(reading, subject, proposal, latest, config)
        if content.metadata is None:  # it promises nothing
            return config, content
        return self.config(reading, subject, latest, content), content

    def config(
        self,
        reading: Reading,
        subject: str,
        latest: Version | None,
        new: Content | None = None,
    ) -> Config:
        """The settings that hold for a subject."""
        default = self.settings.compatibility
        return config_that_holds(reading, subject, default=default, latest=latest, new=new)

    def content(  # noqa: PLR0913 - what makes a content
        self,
        reading: Reading,
        subject: str,
        proposal: Proposal,
        latest: Version | None,
        config: Config,
        *,
        inherit: bool = True,
    ) -> Content:
        """What would be stored for a proposal."""
        kind, text, references = proposal.kind, proposal.text, proposal.references
        if not text.strip():
            if latest is None:
                raise InvalidSchema("it is empty, and there is no earlier version to take it from")
            previous = latest.content
            kind, text, references = previous.kind, previous.text, previous.references
        before = latest.content if latest and inherit else None
        metadata = merged(
            config, "Metadata", _or(proposal.metadata, before.metadata if before else None)
        )
        text, value = self.gate.read(kind, text)
        content = Content(
            kind,
            text,
            tuple(settled(reading, subject, each) for each in references),
            metadata,
            merged(config, "RuleSet", _or(proposal.rules, before.rules if before else None)),
        )
        if value is not None:
            content.read_as(value)
        content = self.gate.written_out(reading, subject, content)
        if proposal.normalize or config.normalizes:
            content = self.gate.normalized(content)
        return _stamped(reading, subject, proposal, content) if inherit else content

    def alias(self, subject: str) -> str | None:
        """The subject that a name stands for, as far as is remembered."""
        said = self._memory.settings(subject, self.store.end().epoch).get("alias")
        return None if said is None else str(json.loads(said))

    # -- inside -----------------------------------------------------------------------------------

    def _land(self, writing: Writing, subject: str, proposal: Proposal, *, force: bool) -> Version:
        decision = self.decide(writing, subject, proposal, force=force)
        if decision.known is not None:
            return decision.known
        if not decision.imports:
            return writing.add(subject, decision.content, forced=force)
        number = max(proposal.version, 0)
        return writing.add(subject, decision.content, content_id=proposal.id, number=number)

    def _known(
        self, reading: Reading, subject: str, proposal: Proposal, content: Content, config: Config
    ) -> Version | None:
        normalize = proposal.normalize or config.normalizes
        for version in self.holders(reading, subject, content, normalize=normalize):
            same = same_terms(version.content, content, proposal, config)
            if not version.deleted and same and _fits(version, proposal):
                return version
        return None

    def holders(
        self,
        reading: Reading,
        subject: str,
        content: Content,
        *,
        normalize: bool,
        deleted: Deleted = Deleted.HIDDEN,
    ) -> Iterator[Version]:
        """The versions with this schema: first those with its very text, then other spellings.

        Newest first. Under `normalize` the order of references, and of keys, makes no difference.
        """
        if not normalize:
            yield from reading.find(subject, "words", content.words)
        alike = reading.find(subject, "normal", content.normal)
        for each in alike:
            if normalize or (
                each.content.words != content.words and content.is_spelt_otherwise(each.content)
            ):
                yield each
        if content.kind is Kind.PROTOBUF:
            known = {each.number for each in alike}
            for each in reversed(reading.versions(subject, deleted)):
                if each.number not in known and self.gate.is_same_file(
                    reading, subject, content, each.content
                ):
                    yield each

    def _judged(  # noqa: PLR0913, PLR0917 - what one question asks
        self,
        reading: Reading,
        subject: str,
        content: Content,
        contract: Contract,
        config: Config,
        decided: Decided,
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        level = config.held
        past = self.past(reading, subject, content, config, transitive=level.transitive)
        policy = policy_named(config.get("compatibilityPolicy"))
        if isinstance(reading, Remembered) and not reading.waits:
            if not self.gate.passes(past, contract, level, policy):
                raise Waits
            return (), ()
        return self.gate.judged(past, contract, level, policy, decided)

    def _judged_apart(  # noqa: PLR0913 - what one question asks
        self,
        reading: Reading,
        subject: str,
        content: Content,
        config: Config,
        decided: Decided,
        *,
        force: bool,
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Of a content that is read by a worker; under `force` it follows nothing."""
        level = config.held
        past: Sequence[Version] = ()
        if not force:
            past = self.versions(reading, subject, content, config, transitive=level.transitive)
        policy = policy_named(config.get("compatibilityPolicy"))
        return self.gate.judged_apart(reading, subject, content, past, level, policy, decided)()

    def versions(
        self,
        reading: Reading,
        subject: str,
        content: Content,
        config: Config,
        *,
        transitive: bool,
    ) -> Sequence[Version]:
        """The versions that a level looks at, oldest first."""
        history = history_of(reading, subject, transitive=transitive)
        return group_of(history, content, config.get("compatibilityGroup"))

    def past(
        self,
        reading: Reading,
        subject: str,
        content: Content,
        config: Config,
        *,
        transitive: bool,
    ) -> Sequence[Contract]:
        """The versions that a level looks at, oldest first, as contracts."""
        group = config.get("compatibilityGroup")
        if isinstance(reading, Remembered) and not group:
            past = self._caught_up(reading, subject)
            return past if transitive else past[-1:]
        versions = self.versions(reading, subject, content, config, transitive=transitive)
        return self.gate.past(reading, subject, versions)

    def _caught_up(self, reading: Remembered, subject: str) -> History:
        """All versions that are known, as contracts: those that came meanwhile are added."""
        known = reading.known
        past = known.past
        if past is None:
            past = self.gate.past(reading, subject, known.versions)
        for each in known.versions[len(past) :]:
            past = past.followed_by(self.gate.of_version(reading, subject, each))
        known.past = past
        return past


def same_terms(
    held: Content, content: Content, proposal: Proposal, config: Config = NOTHING_SET
) -> bool:
    """Metadata and rules count only when the caller brought them, or the config brings them."""
    brings = [
        proposal.metadata is not None or _adds(config, "Metadata"),
        proposal.rules is not None or _adds(config, "RuleSet"),
    ]
    same = [
        _unstamped(held.metadata) == _unstamped(content.metadata),
        held.rules == content.rules,
    ]
    return all(equal or not asked for asked, equal in zip(brings, same, strict=True))


def _is_quick(known: Known, proposal: Proposal) -> bool:
    """Whether it takes no time to speak of to judge what follows what is known."""
    if is_apart(proposal.kind, proposal.text) or not proposal.text.strip():
        return False
    versions = known.versions
    if not versions:
        return len(proposal.text) <= QUICK_TEXT
    latest = versions[-1].content
    return (
        _is_read(known)
        and not is_apart(latest.kind, latest.text)
        and len(proposal.text) <= QUICK_TEXT
        and len(proposal.text) * len(versions) <= QUICK
    )


def _unread(known: Known) -> int:
    """Characters that are still to be read; more than may be where a worker would read them."""
    found = 0
    for each in known.versions[len(known.past or ()) :]:
        if is_apart(each.content.kind, each.content.text):
            return QUICK + 1
        found += len(each.content.text)
    return found


def _is_read(known: Known) -> bool:
    """Whether all versions are there as contracts."""
    return not known.versions or (known.past is not None and len(known.past) == len(known.versions))


def history_of(reading: Reading, subject: str, *, transitive: bool) -> list[Version]:
    """The live versions that a level looks at, oldest first."""
    if transitive:
        return reading.versions(subject, Deleted.HIDDEN)
    latest = reading.latest(subject)
    return [latest] if latest else []


def _last(reading: Reading) -> Contract | None:
    """The newest version as a contract, where it is remembered."""
    past = reading.known.past if isinstance(reading, Remembered) else None
    return past[-1] if past else None


def settled(reading: Reading, subject: str, reference: Reference) -> Reference:
    """A reference with the number that it means now."""
    said = names.parse(reference.subject)
    if reference.version > 0:
        return replace(reference, subject=Name(said))
    if (latest := reading.latest(names.qualified(names.context_of(subject), said))) is None:
        raise InvalidSchema(
            f'No schema reference found for subject "{reference.subject}"; register it first'
        )
    return replace(reference, subject=Name(said), version=latest.number)


def _adds(config: Config, which: str) -> bool:
    return bool(config.get(f"default{which}") or config.get(f"override{which}"))


def _fits(version: Version, proposal: Proposal) -> bool:
    return proposal.version <= 0 or proposal.version == version.number


def _check_mode(reading: Reading, subject: str, proposal: Proposal) -> bool:
    """Whether it is an import. Raises `NotPermitted` where the mode forbids it."""
    mode = mode_that_holds(reading, subject)
    if mode in {Mode.READONLY, Mode.READONLY_OVERRIDE}:
        raise NotPermitted(
            f"Subject {subject} is in {mode} mode", hint="PUT /mode with READWRITE, if you may"
        )
    if proposal.id > 0 and mode is not Mode.IMPORT:
        raise NotPermitted(
            f"Subject {subject} is not in import mode: ids are given out by the registry"
        )
    if proposal.id <= 0 and mode is Mode.IMPORT:
        raise NotPermitted(
            f"Subject {subject} is in IMPORT mode: a schema brings its id",
            hint="PUT /mode with READWRITE when the import is done",
        )
    return mode is Mode.IMPORT


def _imported(reading: Reading, subject: str, proposal: Proposal, content: Content) -> Decision:
    """Whether an id and a number can be had as they are."""
    check_brought(proposal.id, proposal.version)
    kept = reading.content(names.context_of(subject), proposal.id)
    if kept is not None and kept.identity != content.identity:
        raise NotPermitted(f"Overwrite new schema with id {proposal.id} is not permitted.")
    for each in reading.find(subject, "words", content.words):
        if each.content.identity == content.identity and each.id != proposal.id:
            raise IdMismatch(each.id, proposal.id)
    if proposal.version > 0:
        there = reading.version(subject, proposal.version)
        if there is not None and there.id == proposal.id:
            return Decision(content, there)
        if there is not None:
            raise IdMismatch(there.id, proposal.id)
    else:
        for use in reading.uses(names.context_of(subject), proposal.id):
            if use.subject == subject and not use.deleted:
                return Decision(content, reading.version(subject, use.number))
    return Decision(content, imports=True)


def check_brought(content_id: int, number: int) -> None:
    """Raise `OutOfRange` for what an import may not bring; a number that is not said is 0 or -1."""
    if not 0 < content_id <= LAST_BROUGHT:
        raise OutOfRange("id", content_id, LAST_BROUGHT)
    if number > LAST_BROUGHT:
        raise OutOfRange("version", number, LAST_BROUGHT)


def _check_number(head: int, number: int) -> None:
    if number > 0 and number != (following := head + 1):
        raise InvalidSchema(f"version {number} was asked for, the next one is {following}")


def _check_references(reading: Reading, subject: str, content: Content) -> None:
    """New content may not build on what is already on its way out."""
    context = names.context_of(subject)
    for each in content.references:
        target = reading.version(names.qualified(context, each.subject), each.version)
        if target is not None and target.deleted:
            raise InvalidSchema(
                f'No schema reference found for subject "{each.subject}" and version '
                f"{each.version}: it was deleted"
            )


def _or(given: dict[str, Any] | None, before: dict[str, Any] | None) -> dict[str, Any] | None:
    return before if given is None else given or None


def _stamped(reading: Reading, subject: str, proposal: Proposal, content: Content) -> Content:
    """With its number in the metadata, where the caller asked for one or it was there before."""
    metadata = content.metadata or {}
    stamped = STAMP in (metadata.get("properties") or {})
    if proposal.version == 0 and not stamped:
        return content
    held = reading.subject(subject)
    number = str(proposal.version if proposal.version > 0 else (held.head if held else 0) + 1)
    properties = {**(metadata.get("properties") or {}), STAMP: number}
    return replace(content, metadata={**metadata, "properties": properties})


def _unstamped(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Metadata without the number: versions that differ in it alone are one."""
    found = dict(metadata or {})
    properties = {k: v for k, v in (found.pop("properties", None) or {}).items() if k != STAMP}
    return {**found, **({"properties": properties} if properties else {})}
