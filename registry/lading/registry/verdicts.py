"""The report on a change: what `lading diff --format json` says, of versions of a registry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lading.compat import judge_history, prove, report
from lading.governance import affected
from lading.registry.errors import InvalidSchema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.compat import Finding, Policy, Verdict
    from lading.model.consumption import Consumer
    from lading.model.contract import Compatibility
    from lading.registry.gate import Decided, Gate
    from lading.registry.store import Content, Reading, Version


@dataclass(frozen=True, slots=True)
class Asked:
    """A change, and what counts when it is judged."""

    subject: str
    new: Content
    number: int
    """Its version; 0: it has none yet."""
    past: tuple[Version, ...]
    """Those that it is to follow, oldest first."""
    level: Compatibility
    policy: Policy
    decided: Decided
    consumers: tuple[Consumer, ...] = ()
    """Who says what they read."""


def report_of(gate: Gate, reading: Reading, asked: Asked) -> dict[str, Any]:
    """The report, in the shape of `lading.compat.report.schema`.

    Raises:
        InvalidSchema: one of the documents cannot be read, or they are of different kinds.
    """
    new = gate.contract(reading, asked.subject, asked.new, number=asked.number)
    past = gate.past(reading, asked.subject, asked.past)
    if past and past[-1].kind is not new.kind:
        raise InvalidSchema(
            f"version {past[-1].version} is {past[-1].kind}, the other one is {new.kind}"
        )
    today = datetime.now(tz=UTC).date()
    verdict = judge_history(past, new, asked.level, policy=replace(asked.policy, today=today))
    told = prove(_with_readers(asked.decided.on(verdict), asked.consumers))
    return report.report([told])


def _with_readers(verdict: Verdict, consumers: Sequence[Consumer]) -> Verdict:
    """With those who declared what they read, and those whom the contract names as its readers."""
    declared = {each.system for each in consumers}
    named = verdict.old.terms.consumers if verdict.old else ()
    others = tuple(each for each in named if each not in declared)

    def told(finding: Finding) -> Finding:
        if not (finding.forbidden or finding.undecided):
            return finding
        return replace(finding, breaks=(*affected(finding, verdict, consumers), *others))

    return replace(verdict, findings=tuple(map(told, verdict.findings)))
