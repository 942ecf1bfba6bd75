"""The answer, with its reasons, as a value."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.compat.effect import Effect, Level
    from lading.compat.runtimes import Reading
    from lading.compat.witness.base import Witness
    from lading.model.contract import Compatibility, Contract, Subject
    from lading.model.errors import Problem


class Outcome(StrEnum):
    """What a verdict says."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    UNKNOWN = "unknown"
    """Nothing is forbidden for sure, and something could not be decided: not a pass."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's opinion about one change, under the promise of its place."""

    rule: str
    title: str
    change: Change
    path: str
    """``lines[].item_id``; ``GET /shipments/{id} > response 200 > application/json > status``."""
    level: Level
    effect: Effect
    promise: Compatibility
    """What was promised at this place: the word people know, see `Verdict.promise`."""
    forbidden: bool
    undecided: bool
    reason: str
    fix: str | None
    against: int | str
    """The version it was compared with: the registry's number, else the name of the document."""
    subject: str
    baseline: Contract = field(repr=False, compare=False)
    """The version it was compared with."""
    breaks: tuple[str, ...] = ()
    """Consumers that depend on what changed, one line each."""
    witness: Witness | None = None
    """An example that was tried and failed; see `lading.compat.prove`."""
    differs: tuple[Reading, ...] = ()
    """The runtimes for which the change is known to do something else than the specification has
    it; all others read as it says."""
    number: int = 1
    """Two changes of one verdict that read alike, such as two branches of one kind, are counted."""

    @property
    def fingerprint(self) -> str:
        """12 hex digits over rule, subject, path and values; not over text, lines or versions."""
        values = [self.change.what, describe(self.change.old), describe(self.change.new)]
        said = [self.rule, self.subject, self.path, *values]
        said += [str(self.number)] if self.number > 1 else []
        text = json.dumps(said, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one version of a contract may follow others, and why."""

    subject: Subject
    promise: Compatibility
    old: Contract | None
    """The latest earlier version; `None` when this is the first."""
    new: Contract
    findings: tuple[Finding, ...]
    """Forbidden ones first, then undecided, then the changes that break nothing; each by path."""
    problems: tuple[Problem, ...] = ()
    """What kept a document from being judged; then `new` stands for it and says nothing."""

    @property
    def outcome(self) -> Outcome:
        """Incompatible if anything is forbidden; else unknown if anything is left undecided."""
        if any(finding.forbidden for finding in self.findings):
            return Outcome.INCOMPATIBLE
        if self.problems or any(finding.undecided for finding in self.findings):
            return Outcome.UNKNOWN
        return Outcome.COMPATIBLE

    @property
    def compatible(self) -> bool:
        """Whether nothing forbids the new version, and nothing is left open."""
        return self.outcome is Outcome.COMPATIBLE
