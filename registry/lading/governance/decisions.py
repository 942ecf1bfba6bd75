"""What people decided about findings: waivers for a time, and what changed words mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from lading.compat import Effect, Level, forbids, path_text
from lading.model import Meaning, Origin, Problem, Waiver

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lading.compat import Finding, Verdict
    from lading.model import Place, Workspace

Entry: TypeAlias = Waiver | Meaning


@dataclass(frozen=True, slots=True)
class Decisions:
    """Entries about findings, by the fingerprint they are for."""

    waivers: tuple[Waiver, ...] = ()
    """Those of the gate; what is waived of lint is lint's."""
    meanings: tuple[Meaning, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them."""
        return (*self.waivers, *self.meanings)


NOTHING = Decisions()
_OPEN: Final = "; whether "
"""Begins what the reason of an undecided finding leaves open."""
_SAID: Final[Mapping[str, str]] = {
    "editorial": "it means the same, says its author",
    "clarified": "says more exactly what was meant all along, says its author",
    "changed": "with it what it means, says its author",
}
"""What follows from each of `MEANINGS`."""


def decisions_of(workspace: Workspace) -> Decisions:
    """What the people of a workspace decided."""
    waivers = tuple(each for each in workspace.waivers if each.finding)
    return Decisions(waivers, workspace.meanings)


def with_decisions(verdict: Verdict, decisions: Decisions, today: str) -> Verdict:
    """The verdict with what was decided about its findings; `today` is an ISO date.

    What the author of a text says it means decides what the rule could not. A waiver that has not
    ended lets a finding pass.
    """
    if not decisions.entries:
        return verdict
    meanings = {each.finding: each for each in decisions.meanings if each.said in _SAID}
    waivers = {each.finding: each for each in decisions.waivers if not each.ended(today)}
    found = (_decided(each, meanings, waivers) for each in verdict.findings)
    order = sorted(found, key=lambda each: (not each.forbidden, not each.undecided))
    return replace(verdict, findings=tuple(order))


def _decided(
    finding: Finding, meanings: Mapping[str, Meaning], waivers: Mapping[str, Waiver]
) -> Finding:
    if not (finding.forbidden or finding.undecided):
        return finding
    meaning, waiver = meanings.get(finding.fingerprint), waivers.get(finding.fingerprint)
    if meaning and _speaks_of(meaning, finding) and is_about_meaning(finding):
        finding = _meant(finding, meaning)
    if waiver and _speaks_of(waiver, finding) and (finding.forbidden or finding.undecided):
        finding = replace(finding, waiver=waiver)
    return finding


def is_about_meaning(finding: Finding) -> bool:
    """Whether its author can say what it does: other words that no program understands."""
    return finding.undecided and finding.level is Level.SEMANTIC and not finding.forbidden


def _meant(finding: Finding, meaning: Meaning) -> Finding:
    """The same words in a new spelling do nothing; another meaning breaks every promise."""
    effect = Effect.REPLACES if meaning.said == "changed" else Effect.NONE
    reason = f"{finding.reason.partition(_OPEN)[0]}, and {_SAID[meaning.said]}"
    return replace(
        finding,
        effect=effect,
        undecided=False,
        forbidden=bool(effect & forbids(finding.promise)),
        meaning=meaning,
        reason=reason,
    )


def _speaks_of(entry: Entry, finding: Finding) -> bool:
    return entry.rule == finding.rule


def _is_at(entry: Entry, finding: Finding) -> bool:
    """Whether an entry names the contract and the place that its finding is about.

    A type that is in use at more places than are listed may be named by any of them.
    """
    change = finding.change
    paths = [finding.path, *map(path_text, change.elsewhere)]
    at = entry.path in paths or change.places > len(paths)
    return entry.subject == finding.subject and at


def seen(decisions: Decisions, verdicts: Iterable[Verdict], unsure: Collection[str]) -> Decisions:
    """The entries without those that may be for a finding that nobody could see.

    The subjects that are `unsure` were not judged against all versions that they are held to.
    """
    found = {finding.fingerprint for each in verdicts for finding in each.findings}

    def known(entry: Entry) -> bool:
        return entry.subject not in unsure or entry.finding in found

    return Decisions(
        tuple(filter(known, decisions.waivers)), tuple(filter(known, decisions.meanings))
    )


def unneeded(
    decisions: Decisions,
    verdicts: Iterable[Verdict],
    *,
    before: Collection[Entry],
    place: Callable[[Origin], Place],
    today: str,
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """(what is wrong with entries, what may be tidied up): the second keeps nothing from passing.

    Args:
        decisions: the entries of the workspace.
        verdicts: what was judged, with or without the decisions.
        before: the entries that the baseline had already: they did their work there.
        place: where an entry stands.
        today: ISO date.
    """
    found: dict[str, list[Finding]] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            found.setdefault(finding.fingerprint, []).append(finding)
    known = {(each.finding, each.rule) for each in before}
    wrong, stale = [], []
    for entry in decisions.entries:
        at = place(entry.at or Origin("policies", ()))
        findings = found.get(entry.finding, [])
        wrong += list(_wrong(entry, findings, at, today))
        if not findings and (entry.finding, entry.rule) in known:
            message = f"no finding needs the entry for {entry.finding} ({entry.rule}) any more"
            stale.append(Problem("LAD044", message, at, "take it out"))
        elif not findings:
            message = f"there is no finding {entry.finding}"
            hint = "copy the finding from what `lading check` shows, or take the entry out"
            wrong.append(Problem("LAD042", message, at, hint))
    return tuple(wrong), tuple(stale)


def _wrong(
    entry: Entry, findings: Collection[Finding], place: Place, today: str
) -> Iterator[Problem]:
    """What keeps an entry that names a finding from doing what it says."""
    for finding in tuple(findings)[:1]:
        if not _speaks_of(entry, finding):
            message = f"finding {entry.finding} is of {finding.rule}, not of {entry.rule}"
            yield Problem("LAD042", message, place, f"rule: {finding.rule}")
        elif not any(_is_at(entry, each) for each in findings):
            said = f"{finding.subject} {finding.path}".rstrip()
            message = f"finding {entry.finding} is about {said}, not what the entry names"
            hint = f"subject: {finding.subject}, path: {finding.path}"
            yield Problem("LAD042", message, place, hint)
        elif isinstance(entry, Waiver):
            if entry.ended(today):
                message = f"the waiver of {entry.rule} for {entry.subject} ended on {entry.until}"
                hint = (
                    f"mend what it is for, or let {entry.approved_by} approve it again: "
                    f"lading waive {entry.finding} replaces the entry"
                )
                yield Problem("LAD043", message, place, hint)
        elif finding.meaning is None and not is_about_meaning(finding):
            message = f"finding {entry.finding} is not about what words mean"
            hint = "waive it in policies/waivers.yaml, or mend it"
            yield Problem("LAD042", message, place, hint)
