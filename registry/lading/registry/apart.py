"""What workers do: read, judge and report, by the same gate as everywhere else.

A job brings all versions that it is about: a worker sees no store.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, singledispatch
from typing import TYPE_CHECKING, Any, cast

from lading.registry.gate import Decided, Gate
from lading.registry.verdicts import Asked, report_of

if TYPE_CHECKING:
    from lading.compat import Policy
    from lading.model.contract import Compatibility, Kind
    from lading.registry.store import Content, Reading, Version


@dataclass(frozen=True, slots=True)
class Canonical:
    """Give the text of a document as it is stored."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Judging:
    """Say whether a content may follow versions."""

    subject: str
    content: Content
    past: tuple[Version, ...]
    used: tuple[Version, ...]
    """All that they reach through references."""
    level: Compatibility
    policy: Policy
    decided: Decided


@dataclass(frozen=True, slots=True)
class Reporting:
    """Judge likewise, and give the whole report."""

    asked: Asked
    used: tuple[Version, ...]


@singledispatch
def done(job: object) -> dict[str, Any]:
    """Do a job.

    Raises:
        InvalidSchema: what it is about cannot be read.
    """
    raise TypeError(type(job))


@done.register
def _(job: Canonical) -> dict[str, Any]:
    return {"text": _gate().canonical(job.kind, job.text)}


@done.register
def _(job: Judging) -> dict[str, Any]:
    gate, reading = _gate(), _Brought(job.used).reading
    new = gate.contract(reading, job.subject, job.content)
    past = gate.past(reading, job.subject, job.past)
    objections, let = gate.judged(past, new, job.level, job.policy, job.decided)
    return {"objections": objections, "let": let}


@done.register
def _(job: Reporting) -> dict[str, Any]:
    return {"report": report_of(_gate(), _Brought(job.used).reading, job.asked)}


@cache
def _gate() -> Gate:
    """It remembers what it has read: the past of a subject comes again."""
    return Gate()


class _Brought:
    """As much of a reading as a gate needs."""

    def __init__(self, used: tuple[Version, ...]) -> None:
        self._versions = {(each.subject, each.number): each for each in used}

    def version(self, subject: str, number: int) -> Version | None:
        return self._versions.get((subject, number))

    @property
    def reading(self) -> Reading:
        return cast("Reading", self)
