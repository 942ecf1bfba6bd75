"""The answer, with its reasons, as a value."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from lading.compat.fingerprints import fingerprint
from lading.model.values import made_often

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.compat.effect import Effect, Level
    from lading.compat.remedy import Remedy
    from lading.compat.runtimes import Reading
    from lading.compat.witness.base import Witness
    from lading.model.consumption import Meaning, Waiver
    from lading.model.contract import Compatibility, Contract, Subject
    from lading.model.errors import Problem


class Outcome(StrEnum):
    """What a verdict says."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    UNKNOWN = "unknown"
    """Nothing is forbidden for sure, and something could not be decided: not a pass."""


@made_often
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
    versions: tuple[int | str, ...] = ()
    """All versions against which it counts, oldest first, where more than one was asked about."""
    remedy: Remedy | None = None
    """What ``lading check --fix`` does about it; see `lading.compat.mend`."""
    breaks: tuple[str, ...] = ()
    """Consumers that depend on what changed, one line each."""
    witness: Witness | None = None
    """An example that was tried and failed; see `lading.compat.prove`."""
    differs: tuple[Reading, ...] = ()
    """The runtimes for which the change is known to do something else than the specification has
    it; all others read as it says."""
    spared: str = ""
    """Why it forbids nothing although the promise does: a level, or a rule set, beyond those that
    were asked for."""
    waiver: Waiver | None = None
    """Who lets it pass, why and until when; it does not count in the outcome."""
    meaning: Meaning | None = None
    """What its author says that other words mean; see `lading.governance.with_decisions`."""
    number: int = 1
    """Two changes of one verdict that read alike, such as two branches of one kind, are counted."""

    @property
    def fingerprint(self) -> str:
        """12 hex digits over rule, home, path and values; not over text, lines or versions.

        Its home is the named type that the change is in, so that it stays when the type is used
        elsewhere too. Avro's names hold for all contracts: an edit of a shared type has one
        fingerprint, whichever contract it is seen from.
        """
        return fingerprint(self.rule, self.subject, self.change, self.number)

    @property
    def counts(self) -> bool:
        """Whether it keeps the change from passing."""
        return self.waiver is None and (self.forbidden or self.undecided)

    @property
    def fixable(self) -> bool:
        """Whether it counts, and can be put right without asking."""
        return self.counts and self.remedy is not None


@made_often
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
        """Incompatible if anything is forbidden; else unknown if anything is left undecided.

        What is waived does not count.
        """
        counting = [each for each in self.findings if each.counts]
        if any(each.forbidden for each in counting):
            return Outcome.INCOMPATIBLE
        return Outcome.UNKNOWN if counting or self.problems else Outcome.COMPATIBLE

    @property
    def compatible(self) -> bool:
        """Whether nothing forbids the new version, and nothing is left open."""
        return self.outcome is Outcome.COMPATIBLE
