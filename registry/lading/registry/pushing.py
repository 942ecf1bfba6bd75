"""Registering many at once, all or none: decided on in a view, and written if nothing has moved.

Judging hundreds of contracts takes seconds, in which others go on writing. Whoever lost a race is
judged again, as with one registration, and after some rounds within the write itself.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from lading.registry.errors import InvalidSchema, NotPermitted, PushRefused
from lading.registry.proposals import Pushed
from lading.registry.registering import ROUNDS
from lading.registry.store import Deleted, Moved, Subject, Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lading.registry.gate import Decided
    from lading.registry.proposals import Proposal
    from lading.registry.registering import Decision, Registrar
    from lading.registry.store import Content, Reading, Writing

    Proposals = Sequence[tuple[str, Proposal]]


class _Planned:
    """A `Reading` with versions in it that are still to come: others refer to them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._coming: dict[str, list[Version]] = {}
        self.seen: dict[str, int] = {}
        """`Subject.seq` of each subject that gets a version."""

    def add(
        self, subject: str, content: Content, *, content_id: int = 0, number: int = 0
    ) -> Version:
        """The next version, with the id that is wanted: others are given out when it is written."""
        held = self.subject(subject)
        self.seen.setdefault(subject, held.seq if held else 0)
        following = number or (held.head if held else 0) + 1
        version = Version(subject, following, content_id, content, 0)
        self._coming.setdefault(subject, []).append(version)
        return version

    def subject(self, name: str) -> Subject | None:
        held, coming = self._reading.subject(name), self._coming.get(name)
        if not coming:
            return held
        return Subject(name, coming[-1].number, held.seq if held else 0)

    def latest(self, subject: str) -> Version | None:
        coming = self._coming.get(subject)
        return coming[-1] if coming else self._reading.latest(subject)

    def versions(self, subject: str, deleted: Deleted) -> list[Version]:
        found = self._reading.versions(subject, deleted)
        return found if deleted is Deleted.ONLY else [*found, *self._coming.get(subject, ())]

    def version(self, subject: str, number: int) -> Version | None:
        coming = (each for each in self._coming.get(subject, ()) if each.number == number)
        return next(coming, None) or self._reading.version(subject, number)

    def find(self, subject: str, column: str, digest: str) -> list[Version]:
        coming = self._coming.get(subject, ())
        found = [each for each in coming if getattr(each.content, column) == digest]
        return [*reversed(found), *self._reading.find(subject, column, digest)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reading, name)


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to become of one of them."""

    decision: Decision | None
    """`None`: it cannot be read, or not be registered."""
    result: Pushed


class Pusher:
    """Pushes by what a `Registrar` decides."""

    def __init__(self, registrar: Registrar) -> None:
        self._registrar = registrar
        self._store = registrar.store

    def push(
        self, proposals: Proposals, decided: Decided, *, dry_run: bool, by: str
    ) -> list[Pushed]:
        """As `Registry.push`."""
        for _ in range(ROUNDS):
            with self._store.read() as reading:
                planned = _Planned(reading)
                view = cast("Writing", planned)  # as much of it as is asked
                steps = [self._step(view, *each, decided) for each in proposals]
                epoch = reading.end().epoch
            if any(each.decision and each.decision.imports for each in steps):
                break  # whether an id can be had is known within the write alone
            results = [each.result for each in steps]
            if dry_run:
                return _undone(results)
            if not all(each.accepted for each in results):
                raise PushRefused(_undone(results))
            with suppress(Moved):
                write = partial(_write, steps=steps, seen=planned.seen, epoch=epoch)
                return self._store.write(write, by=by).result()
        return self._at_once(proposals, decided, dry_run=dry_run, by=by)

    def _at_once(
        self, proposals: Proposals, decided: Decided, *, dry_run: bool, by: str
    ) -> list[Pushed]:
        """Decide within the write, while all others wait."""

        def work(writing: Writing) -> list[Pushed]:
            results = [self._step(writing, *each, decided).result for each in proposals]
            if dry_run or not all(each.accepted for each in results):
                raise PushRefused(_undone(results))  # undoes everything above
            return results

        try:
            return self._store.write(work, by=by).result()
        except PushRefused as undone:
            if dry_run:
                return list(undone.results)
            raise

    def _step(self, writing: Writing, subject: str, proposal: Proposal, decided: Decided) -> _Step:
        try:
            found = self._registrar.decide(writing, subject, proposal, decided)
        except (InvalidSchema, NotPermitted) as error:
            return _Step(None, Pushed(subject, "invalid", messages=(str(error),)))
        # A refused contract is added all the same: what refers to it can then be judged too.
        version = found.known or writing.add(
            subject, found.content, content_id=proposal.id, number=max(proposal.version, 0)
        )
        outcome = (
            "incompatible" if found.objections else "unchanged" if found.known else "registered"
        )
        said = found.objections or found.let
        return _Step(found, Pushed(subject, outcome, version.number, version.id, said))


def _undone(results: Sequence[Pushed]) -> list[Pushed]:
    """What is true of them when nothing was stored: no id was given out."""
    planned = {(each.subject, each.version) for each in results if each.outcome != "unchanged"}
    return [
        replace(
            each,
            outcome="accepted" if each.outcome == "registered" else each.outcome,
            id=0 if (each.subject, each.version) in planned else each.id,
        )
        for each in results
    ]


def _write(
    writing: Writing, *, steps: Sequence[_Step], seen: Mapping[str, int], epoch: int
) -> list[Pushed]:
    """Add what was planned; raises `Moved` where it may not hold any more."""
    held = {name: writing.subject(name) for name in seen}
    if writing.end().epoch != epoch or any(
        (each.seq if each else 0) != seen[name] for name, each in held.items()
    ):
        raise Moved
    results: list[Pushed] = []
    ids: dict[tuple[str, int], int] = {}
    for each in steps:
        result, decision = each.result, each.decision
        if decision is not None and decision.known is None:
            version = writing.add(result.subject, decision.content)
            ids[version.subject, version.number] = version.id
        where = result.subject, result.version
        results.append(replace(result, id=ids.get(where, result.id)))
    return results
