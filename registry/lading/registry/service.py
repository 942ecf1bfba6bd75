"""The use cases: register, look up, check, push, list, delete, and settings.

No HTTP words here. Everything a use case reads, it reads in one consistent view. Subjects come and
go by their full names (`lading.registry.names`).
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lading.governance.decisions import NOTHING, Decisions
from lading.registry import formats, names, removal
from lading.registry.config import (
    EVERYTHING,
    LEVEL,
    MODE,
    OUTERMOST,
    Config,
    Mode,
    check_writable,
    config_of,
    mode_of,
    mode_that_holds,
)
from lading.registry.errors import (
    ContextNotEmpty,
    Incompatible,
    InvalidSchema,
    LevelNotSet,
    ModeNotSet,
    NotPermitted,
    PushRefused,
    RegistryError,
    SchemaNotFound,
    StoreError,
    SubjectNotFound,
    VersionNotFound,
)
from lading.registry.gate import Decided, Gate, policy_named, used_by
from lading.registry.meter import UNMEASURED
from lading.registry.proposals import Proposal, Pushed
from lading.registry.pushing import Pusher
from lading.registry.registering import Registrar, same_terms
from lading.registry.settings import Settings
from lading.registry.store import WHOLE, Deleted, Version
from lading.registry.verdicts import Asked
from lading.registry.workers import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lading.model import Consumer
    from lading.model.contract import Compatibility
    from lading.registry.meter import Meter
    from lading.registry.store import Content, Entry, Part, Reading, Store, Use, Writing


class Registry:
    """The use cases over a `Store`."""

    def __init__(
        self, store: Store, *, settings: Settings | None = None, meter: Meter = UNMEASURED
    ) -> None:
        self.store = store
        self.settings = settings or Settings()
        self.meter = meter
        self.gate = Gate(meter, shared())
        self.registrar = Registrar(store, self.gate, self.settings)

    # -- registering ------------------------------------------------------------------------------

    def register(
        self, subject: str, proposal: Proposal, *, by: str = "", force: bool = False
    ) -> Version:
        """As `Registrar.register`."""
        with self.counted() as landed:
            landed.append(self.registrar.register(subject, proposal, by=by, force=force))
        return landed[0]

    @contextmanager
    def counted(self) -> Iterator[list[Version]]:
        """Tell the meter what becomes of a registration; what has landed is put into the list."""
        before, landed = self.store.end().seq, list[Version]()
        try:
            yield landed
        except RegistryError as error:
            self.meter.registered(_outcome(error))
            raise
        for each in landed:
            self.meter.registered("registered" if each.seq > before else "unchanged")

    def lookup(self, subject: str, proposal: Proposal, *, deleted: bool = False) -> Version:
        """Find the version that holds exactly this schema."""
        self.gate.prepare([proposal])
        counts = Deleted.INCLUDED if deleted else Deleted.HIDDEN
        with self.store.read() as reading:
            latest = reading.latest(subject)
            config = self.registrar.config(reading, subject, latest)
            content = self.registrar.content(
                reading, subject, proposal, latest, config, inherit=False
            )
            normalize = proposal.normalize or config.normalizes
            for version in self.registrar.holders(
                reading, subject, content, normalize=normalize, deleted=counts
            ):
                if (deleted or not version.deleted) and same_terms(
                    version.content, content, proposal
                ):
                    return version
            if not reading.versions(subject, counts):
                raise SubjectNotFound(subject)
        raise SchemaNotFound

    def check(
        self, subject: str, proposal: Proposal, *, against: int | None = None, latest: bool = False
    ) -> tuple[str, ...]:
        """Why `proposal` could not be registered; empty when it could.

        `against` or `latest` compare with that version only, else with what the level asks for.
        """
        names.subject(subject)
        self.gate.prepare([proposal])
        with self.store.read() as reading:
            newest = reading.latest(subject)
            config, content = self.registrar.brought(reading, subject, proposal, newest)
            level = config.held
            policy = policy_named(config.get("compatibilityPolicy"))
            transitive = level.transitive and not latest
            if self.gate.is_apart(content, newest):
                versions = (
                    self.registrar.versions(
                        reading, subject, content, config, transitive=transitive
                    )
                    if against is None
                    else [_live(reading, subject, against)]
                )
                judged = self.gate.judged_apart(reading, subject, content, versions, level, policy)
            else:
                contract = self.gate.contract(reading, subject, content)
                past = (
                    self.registrar.past(reading, subject, content, config, transitive=transitive)
                    if against is None
                    else self.gate.past(reading, subject, [_live(reading, subject, against)])
                )
                return self.gate.judged(past, contract, level, policy)[0]
        return judged()[0]

    def verdict(
        self,
        subject: str,
        proposal: Proposal,
        *,
        level: Compatibility | None = None,
        decisions: Decisions = NOTHING,
        consumers: Sequence[Consumer] = (),
    ) -> dict[str, Any]:
        """The whole report on a proposal, as `lading.compat.report` has it; nothing is stored.

        `level`: what is promised, instead of what the settings say.
        """
        names.subject(subject)
        self.gate.prepare([proposal])
        with self.store.read() as reading:
            newest = reading.latest(subject)
            config, content = self.registrar.brought(reading, subject, proposal, newest)
            held = level or config.held
            past = self.registrar.versions(
                reading, subject, content, config, transitive=held.transitive
            )
            policy = policy_named(config.get("compatibilityPolicy"))
            decided = Decided(decisions, _today())
            asked = Asked(subject, content, 0, tuple(past), held, policy, decided, tuple(consumers))
            reported = self.gate.reported(reading, asked)
        return reported()

    def diff(
        self,
        subject: str,
        before: int | None,
        after: int | None,
        *,
        level: Compatibility | None = None,
    ) -> dict[str, Any]:
        """Likewise on the step between two versions.

        `None`: to the newest, from the one before.
        """
        with self.store.read() as reading:
            new = _version(reading, subject, after, deleted=False)
            if before is None:
                every = reading.versions(subject, Deleted.HIDDEN)
                past = [each for each in every if each.number < new.number][-1:]
            else:
                past = [_live(reading, subject, before)]
            config = self.registrar.config(reading, subject, reading.latest(subject))
            held = level or config.held
            policy = policy_named(config.get("compatibilityPolicy"))
            decided = Decided(NOTHING, _today())
            asked = Asked(subject, new.content, new.number, tuple(past), held, policy, decided)
            reported = self.gate.reported(reading, asked)
        return reported()

    def push(
        self,
        proposals: Sequence[tuple[str, Proposal]],
        *,
        dry_run: bool,
        decisions: Decisions = NOTHING,
        by: str = "",
    ) -> list[Pushed]:
        """Register all of them in this order, or none.

        Later ones may refer to earlier ones. Every contract is judged even after one was refused,
        so that one answer holds all there is to fix. A finding that `decisions` let pass, passes,
        and is told. Without a write, what would be registered is ``accepted``.

        Raises:
            PushRefused: not a dry run, and at least one was refused; carries all results.
        """
        for subject, _ in proposals:
            names.subject(subject)
        self.gate.prepare(each for _, each in proposals)
        decided = Decided(decisions, _today())
        pusher = Pusher(self.registrar)
        try:
            results = pusher.push(proposals, decided, dry_run=dry_run, by=by)
        except PushRefused as refused:
            self._count(each for each in refused.results if not each.accepted)
            raise
        if not dry_run:
            self._count(results)
        return results

    def _count(self, results: Iterable[Pushed]) -> None:
        for each in results:
            self.meter.registered(each.outcome)

    # -- reading ----------------------------------------------------------------------------------

    def contexts(self) -> list[str]:
        """All contexts in order, the default one first."""
        with self.store.read() as reading:
            return reading.contexts()

    def resolved(self, subject: str) -> str:
        """The subject that a name stands for: ``alias`` in its config leads to another one.

        A context stands for itself.
        """
        if not names.bare(subject):
            return subject
        if self.store.is_local:  # what is remembered of it is never late
            alias = self.registrar.alias(subject)
        else:
            with self.store.read() as reading:
                alias = config_of(reading, subject).get("alias")
        return names.qualified(names.context_of(subject), alias) if alias else subject

    def subjects(
        self,
        prefix: str = "",
        deleted: Deleted = Deleted.HIDDEN,
        part: Part = WHOLE,
    ) -> list[str]:
        """Full names in order; `names.prefix` says what a prefix means."""
        with self.store.read() as reading:
            return reading.subjects(*names.prefix(prefix), deleted, part)

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

    def formatted(self, subject: str, content: Content, form: str) -> str:
        """The text of a content that `subject`, or one of its context, holds, in another form."""
        if not formats.knows(content.kind, form):
            return content.text
        with self.store.read() as reading:
            used = used_by(reading, subject, content)
        texts = {name: each.content.text for name, each in used.items()}
        return formats.formatted(content.kind, form, content.text, texts)

    def aliases(self) -> dict[str, list[str]]:
        """Subject to the names that lead to it."""
        found: dict[str, list[str]] = {}
        with self.store.read() as reading:
            for scope in reading.scopes(""):
                if names.bare(scope) and (alias := config_of(reading, scope).get("alias")):
                    real = names.qualified(names.context_of(scope), alias)
                    found.setdefault(real, []).append(scope)
        return found

    def contracts(
        self, prefix: str = "", *, latest: bool = True, after: str = "", most: int = 1_000_000
    ) -> list[Version]:
        """The newest (or every) live version of the next `most` subjects."""
        with self.store.read() as reading:
            return reading.page(*names.prefix(prefix), after=after, most=most, latest=latest)

    def content(self, content_id: int, context: str | None = None) -> Content:
        """What an id stands for, as long as any version holds it, deleted softly or not."""
        return self.placed(content_id, context)[1]

    def placed(self, content_id: int, context: str | None = None) -> tuple[str, Content]:
        """(context, content) of an id: of `context`, else of the default one, else of any."""
        with self.store.read() as reading:
            for where in _contexts(reading, context):
                if (found := reading.content(where, content_id)) is not None:
                    return where, found
        raise SchemaNotFound(content_id)

    def max_id(self, context: str = names.DEFAULT) -> int:
        """The highest id given out so far."""
        with self.store.read() as reading:
            return reading.max_id(context)

    def by_guid(self, guid: str) -> Content:
        """The content with this guid."""
        with self.store.read() as reading:
            for place in reading.ids_of(guid):
                if (found := reading.content(*place)) is not None:
                    return found
        raise SchemaNotFound(guid)

    def ids_of(self, guid: str) -> list[tuple[str, int]]:
        """(context, id) of each content with this guid; normally one."""
        with self.store.read() as reading:
            return reading.ids_of(guid)

    def uses(
        self, content_id: int, *, context: str | None = None, deleted: bool = False
    ) -> list[Use]:
        """The versions that hold this id."""
        where, _ = self.placed(content_id, context)
        with self.store.read() as reading:
            found = reading.uses(where, content_id)
            return [each for each in found if deleted or not each.deleted]

    def referrers(self, subject: str, number: int | None, *, deleted: bool = False) -> list[Use]:
        """The versions that refer to this one."""
        with self.store.read() as reading:
            target = _version(reading, subject, number, deleted=deleted)
            found = reading.referrers(subject, target.number)
            return [each for each in found if deleted or not each.deleted]

    def log(self, after: int = 0, most: int = 1000) -> list[Entry]:
        """What was changed after the entry numbered `after`, in order."""
        with self.store.read() as reading:
            return reading.log(after, most)

    # -- deleting ---------------------------------------------------------------------------------

    def delete_version(
        self, subject: str, number: int | None, *, permanent: bool = False, by: str = ""
    ) -> int:
        """Delete one version; the permanent delete needs the soft one before it."""
        return self.store.write(
            lambda writing: removal.delete_version(writing, subject, number, permanent=permanent),
            by=by,
        ).result()

    def delete_subject(self, subject: str, *, permanent: bool = False, by: str = "") -> list[int]:
        """Delete every version of a subject; returns their numbers."""
        return self.store.write(
            lambda writing: removal.delete_subject(writing, subject, permanent=permanent), by=by
        ).result()

    def delete_context(self, context: str, *, by: str = "") -> None:
        """Forget the settings of a context that has no subjects."""

        def work(writing: Writing) -> None:
            if writing.subjects(context, "", Deleted.INCLUDED):
                raise ContextNotEmpty(context)
            for scope in writing.scopes(f":{context}:"):
                for name in writing.settings(scope):
                    writing.set(scope, name, None)

        self.store.write(work, by=by).result()

    # -- settings ---------------------------------------------------------------------------------

    def config(self, scope: str = EVERYTHING, *, inherited: bool = False) -> Config:
        """What is set for a scope; `LevelNotSet` for a subject of which nothing is set.

        `inherited`: what holds for it. The default context always has a level.
        """
        with self.store.read() as reading:
            if inherited:
                return self.registrar.config(reading, scope, reading.latest(scope))
            own = config_of(reading, scope)
            if scope == EVERYTHING and own.level is None:
                outer = config_of(reading, OUTERMOST)
                return replace(own, level=outer.level or self.settings.compatibility)
            if own.is_empty:
                raise LevelNotSet(scope)
            return own

    def set_config(
        self, changes: Mapping[str, Any], *, scope: str = EVERYTHING, by: str = ""
    ) -> Config:
        """Set what `changes` name; `None` unsets. Returns what is set then."""
        names.parse(scope)

        def work(writing: Writing) -> Config:
            check_writable(writing, scope)
            for name, value in changes.items():
                writing.set(scope, name, None if value is None else _json(value))
            return config_of(writing, scope)

        return self.store.write(work, by=by).result()

    def unset_config(self, scope: str = EVERYTHING, *, by: str = "") -> Config:
        """Forget what is set; returns what it was."""

        def work(writing: Writing) -> Config:
            own = config_of(writing, scope)
            if own.is_empty and scope != EVERYTHING:
                raise SubjectNotFound(scope)
            for name in writing.settings(scope):
                if name != MODE:
                    writing.set(scope, name, None)
            return own if own.level else replace(own, level=self.settings.compatibility)

        return self.store.write(work, by=by).result()

    def mode(self, scope: str = EVERYTHING, *, inherited: bool = False) -> Mode:
        """The mode of a scope (`ModeNotSet` unless `inherited`); everything always has one."""
        with self.store.read() as reading:
            if inherited:
                return mode_that_holds(reading, scope)
            own = mode_of(reading, scope)
            if own is None and scope not in {EVERYTHING, OUTERMOST}:
                raise ModeNotSet(scope)
            return own or Mode.READWRITE

    def set_mode(
        self, mode: Mode | None, *, scope: str = EVERYTHING, force: bool = False, by: str = ""
    ) -> Mode | None:
        """Set the mode; `None` unsets it.

        Imports bring ids and numbers of their own, so there may be no live version where they go,
        unless `force` says that it is known; what was deleted softly is removed first.
        """
        if mode is Mode.READONLY_OVERRIDE and names.bare(scope):
            raise NotPermitted("READONLY_OVERRIDE is for the whole registry only")
        names.parse(scope)

        def work(writing: Writing) -> None:
            if mode is Mode.IMPORT and mode_that_holds(writing, scope) is not mode and not force:
                _make_room(writing, scope)
            writing.set(scope, MODE, None if mode is None else _json(mode.value))

        self.store.write(work, by=by).result()
        return mode

    def unset_mode(self, scope: str = EVERYTHING, *, recursive: bool = False, by: str = "") -> Mode:
        """Forget the mode; returns what it was. `recursive`: that of all subjects below too."""

        def work(writing: Writing) -> Mode:
            own = mode_of(writing, scope)
            if own is None and names.bare(scope):
                raise SubjectNotFound(scope)
            below = _below(writing, scope) if recursive else []
            for each in (scope, *below):
                if mode_of(writing, each) is not None:
                    writing.set(each, MODE, None)
            return own or Mode.READWRITE

        return self.store.write(work, by=by).result()

    # -- inside -----------------------------------------------------------------------------------


def _contexts(reading: Reading, context: str | None) -> Iterator[str]:
    """Where an id is looked for; the others are asked for only when they are needed."""
    yield context or names.DEFAULT
    if context is None:
        yield from (each for each in reading.contexts() if each != names.DEFAULT)


def _outcome(error: RegistryError) -> str:
    """What became of a registration, in one word."""
    if isinstance(error, StoreError):
        return "failed"
    if isinstance(error, Incompatible):
        return "incompatible"
    return "invalid" if isinstance(error, InvalidSchema) else "refused"


def _today() -> str:
    return datetime.now(tz=UTC).date().isoformat()


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _make_room(writing: Writing, scope: str) -> None:
    """Remove what is softly deleted in a scope. Raises `NotPermitted` when something is live."""
    context = names.context_of(scope)
    own = names.bare(scope)
    every = [scope] if own else writing.subjects(context, "", Deleted.INCLUDED)
    for subject in every:
        versions = writing.versions(subject, Deleted.INCLUDED)
        if not all(each.deleted for each in versions):
            raise NotPermitted(
                "Cannot import since found existing subjects",
                hint="delete them, choose another context, or add ?force=true if you know them",
            )
        for each in reversed(versions):
            writing.remove(subject, each.number)


def _below(reading: Reading, scope: str) -> list[str]:
    """The scopes of the subjects of a context."""
    context = names.context_of(scope)
    if names.bare(scope):
        return []
    start = "" if context == names.DEFAULT else scope
    return [
        each
        for each in reading.scopes(start)
        if each != scope and names.context_of(each) == context and each != EVERYTHING
    ]


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


__all__ = ["LEVEL", "Proposal", "Pushed", "Registry"]
