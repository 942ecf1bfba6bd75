"""Runs the rules of a pack over a workspace, less what is waived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lading.lint.base import Severity
from lading.lint.library import Library
from lading.lint.packs import severity_in
from lading.lint.rules import LINT_RULE, LINT_RULES
from lading.model import Origin
from lading.model.settings import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.lint.base import Hit, LintRule
    from lading.model import Sample, Waiver, Workspace

WAIVED_TOO_LONG = "WAV-001"
"""The id under which a waiver that ended is found; nothing can waive it."""
WAIVED_FOR_NOTHING = "WAV-002"
"""The id under which a waiver is found that no finding needs."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One hit of one rule, weighed by a pack."""

    rule: str
    severity: Severity
    hit: Hit
    in_message: bool = False
    """Found in a sample or a message, not in a contract."""

    @property
    def hint(self) -> str:
        """What to try: said of the place, else what the rule says of all contracts."""
        rule = None if self.in_message else LINT_RULE.get(self.rule)
        return self.hit.hint or (rule.instead if rule else "")

    @property
    def order(self) -> tuple[str, tuple[str, ...], str]:
        """By file, by place in it, by rule."""
        at = self.hit.at
        return at.document, tuple(f"{each:>09}" for each in map(str, at.pointer)), self.rule


@dataclass(frozen=True, slots=True)
class LintReport:
    """All findings of one run."""

    pack: str
    findings: tuple[LintFinding, ...]
    """Sorted by place."""
    waived: int
    """How many hits a waiver took away."""

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(each.severity is Severity.ERROR for each in self.findings)


def lint(
    workspace: Workspace, *, pack: str, today: str, rules: Sequence[LintRule] = LINT_RULES
) -> LintReport:
    """Hold `workspace` to the rules of `pack`.

    Args:
        workspace: read without problems; contracts with problems are not seen.
        pack: ``strict``, ``standard`` or ``lenient``.
        today: ISO date by which waivers and deprecations are counted.
        rules: the rules to run.
    """
    library = Library(workspace, today=today)
    waivers = [each for each in workspace.waivers if not each.finding]
    used: set[Waiver] = set()
    findings: list[LintFinding] = []
    waived = 0
    for rule in rules:
        severity = _weight(rule, workspace, severity_in(pack, rule))
        if severity is Severity.OFF or rule.elsewhere:
            continue
        for hit, in_message in _hits(rule, library):
            waiver = _waiver(waivers, rule.id, hit)
            if waiver:
                used.add(waiver)
                waived += not waiver.ended(today)
            if not waiver or waiver.ended(today):
                findings.append(LintFinding(rule.id, severity, hit, in_message))
    findings += _aged(waivers, used, today)
    return LintReport(pack, tuple(sorted(findings, key=lambda each: each.order)), waived)


def judge(workspace: Workspace, message: Sample, *, pack: str, today: str) -> LintReport:
    """Hold one message to its contract and to the rules of `pack` that speak of messages.

    What is wrong with a message is an error, however much the rule weighs for contracts. Waivers
    are for the samples of a library, not for messages.
    """
    library = Library(workspace, today=today)
    findings = [
        LintFinding(rule.id, _weight(rule, workspace, Severity.ERROR), hit, in_message=True)
        for rule in LINT_RULES
        if rule.of_message and severity_in(pack, rule) is not Severity.OFF
        for hit in rule.of_message(library, message)
    ]
    return LintReport(pack, tuple(sorted(findings, key=lambda each: each.order)), waived=0)


def _weight(rule: LintRule, workspace: Workspace, severity: Severity) -> Severity:
    """No more than a warning, where an earlier rule set is pinned than the rule came with."""
    if severity is Severity.ERROR and not in_force(rule.since, workspace.settings.check.ruleset):
        return Severity.WARN
    return severity


def _hits(rule: LintRule, library: Library) -> Iterator[tuple[Hit, bool]]:
    for hit in rule.check(library):
        yield hit, False
    if rule.of_message:
        for sample in library.samples:
            for hit in rule.of_message(library, sample):
                yield hit, True


def _waiver(waivers: Sequence[Waiver], rule: str, hit: Hit) -> Waiver | None:
    for each in waivers:
        if (each.rule, each.subject) == (rule, hit.subject) and each.path in ("", hit.path):
            return each
    return None


def _aged(waivers: Sequence[Waiver], used: set[Waiver], today: str) -> Iterator[LintFinding]:
    from lading.lint.base import Hit

    for each in waivers:
        at = each.at or Origin("policies/waivers.yaml", ())
        if each.ended(today):
            message = f"the waiver of {each.rule} for {each.subject} ended on {each.until}"
            hint = f"keep the rule, or let {each.approved_by} approve it again"
            hit = Hit(each.subject, at, message, each.path, hint)
            yield LintFinding(WAIVED_TOO_LONG, Severity.ERROR, hit)
        elif each not in used:
            message = f"nothing needs the waiver of {each.rule} for {each.subject}"
            hit = Hit(each.subject, at, message, each.path, "take it out")
            yield LintFinding(WAIVED_FOR_NOTHING, Severity.WARN, hit)
