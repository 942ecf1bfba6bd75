"""Says verdicts to a machine, in the shape of ``report.schema.json``, which says what each key is.

The shape is a promise of our own: within one `SCHEMA_VERSION` keys are added, never changed. The
command line, the registry and files have the same.
"""

from __future__ import annotations

import json as _json
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from lading.compat.bump import version_step
from lading.compat.judge import path_text
from lading.compat.policy import RULESET
from lading.compat.report.fold import LISTED, edits
from lading.compat.report.places import (
    does_it,
    further_places,
    new_place,
    old_place,
    seen_from,
)
from lading.compat.report.terms import terms_changes
from lading.compat.verdict import Outcome
from lading.compat.words import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lading.compat.bump import VersionStep
    from lading.compat.verdict import Finding, Verdict
    from lading.compat.witness.base import Witness
    from lading.model.consumption import Meaning, Waiver
    from lading.model.document import JsonValue, Place
    from lading.model.errors import Problem

SCHEMA_VERSION: Final = 1


def schema() -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of the shape."""
    text = files("lading.compat.report").joinpath("report.schema.json").read_text("utf-8")
    found: dict[str, JsonValue] = _json.loads(text)
    return found


def json(
    verdicts: Sequence[Verdict],
    problems: Sequence[Problem] = (),
    *,
    folder: str = "",
    notes: Sequence[Problem] = (),
    ruleset: str = RULESET,
) -> str:
    """The report as JSON, two spaces deep, with a newline at the end."""
    value = report(verdicts, problems, folder=folder, notes=notes, ruleset=ruleset)
    return _json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def report(
    verdicts: Sequence[Verdict],
    problems: Sequence[Problem] = (),
    *,
    folder: str = "",
    notes: Sequence[Problem] = (),
    ruleset: str = RULESET,
) -> dict[str, JsonValue]:
    """The report as the value that `json` writes; `folder` goes before places of findings."""
    made = edits(verdicts)
    findings = [each.finding for each in made]
    numbers = {id(each): number for number, one in enumerate(made, 1) for each in one.group}
    waived = sum(finding.waiver is not None for finding in findings)
    forbidden = sum(finding.forbidden and finding.counts for finding in findings)
    undecided = sum(finding.counts for finding in findings) - forbidden
    return {
        "schema_version": SCHEMA_VERSION,
        "ruleset": ruleset,
        "outcome": worst(verdicts, problems).value,
        "counts": {
            "problems": len(problems) + sum(len(each.problems) for each in verdicts),
            "forbidden": forbidden,
            "undecided": undecided,
            "waived": waived,
            "compatible": len(findings) - forbidden - undecided - waived,
        },
        "problems": [_problem(problem) for problem in problems],
        "notes": [_problem(note) for note in notes],
        "verdicts": [_verdict(verdict, folder, numbers) for verdict in verdicts],
    }


def worst(verdicts: Sequence[Verdict], problems: Sequence[Problem] = ()) -> Outcome:
    """One outcome for all."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if problems or Outcome.INCOMPATIBLE in outcomes:
        return Outcome.INCOMPATIBLE
    return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.COMPATIBLE


def _problem(problem: Problem) -> dict[str, JsonValue]:
    return {
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "place": _place(problem.place),
    }


def _verdict(verdict: Verdict, folder: str, edit: Mapping[int, int]) -> dict[str, JsonValue]:
    return {
        "subject": verdict.subject,
        "kind": verdict.new.kind.value,
        "promise": verdict.promise.value,
        "outcome": verdict.outcome.value,
        "terms": list(terms_changes(verdict.old.terms, verdict.new.terms) if verdict.old else ()),
        "version": _version(version_step(verdict)),
        "problems": [_problem(problem) for problem in verdict.problems],
        "findings": [
            _finding(finding, verdict, folder) | {"edit": edit[id(finding)]}
            for finding in verdict.findings
        ],
    }


def _finding(finding: Finding, verdict: Verdict, folder: str) -> dict[str, JsonValue]:
    change = finding.change
    now = new_place(finding, verdict)
    return {
        "rule": finding.rule,
        "title": finding.title,
        "path": finding.path,
        "elsewhere": [path_text(path) for path in change.elsewhere[:LISTED]],
        "elsewhere_places": [
            _place(seen_from(place, folder) if place else None)
            for place in further_places(finding, verdict, LISTED)
        ],
        "places": change.places,
        "level": finding.level.value,
        "effect": finding.effect.word,
        "slot": change.slot.value,
        "promise": finding.promise.value,
        "forbidden": finding.forbidden,
        "undecided": finding.undecided,
        "reason": finding.reason,
        "fix": finding.fix,
        "fixable": does_it(finding, verdict),
        "was": describe(change.old),
        "now": describe(change.new),
        "against": finding.against,
        "versions": list(finding.versions),
        "fingerprint": finding.fingerprint,
        "breaks": list(finding.breaks),
        "place": _place(seen_from(now, folder) if now else None),
        "old_place": _place(old_place(finding)),
        "witness": _witness(finding.witness),
        "differs": [
            {"runtime": each.runtime.value, "effect": each.effect.word, "why": each.why}
            for each in finding.differs
        ],
        "spared": finding.spared,
        "waiver": _said(finding.waiver, ("approved_by", "reason", "until")),
        "meaning": _said(finding.meaning, ("said", "reason", "by")),
    }


def _said(entry: Waiver | Meaning | None, keys: tuple[str, ...]) -> JsonValue:
    return {key: getattr(entry, key) for key in keys} if entry else None


def _version(step: VersionStep | None) -> JsonValue:
    if step is None:
        return None
    return {
        "old": step.old,
        "new": step.new,
        "required": step.required.word,
        "declared": step.declared.word,
        "least": step.least,
        "enough": step.enough,
    }


def _witness(witness: Witness | None) -> JsonValue:
    if witness is None:
        return None
    return {
        "kind": witness.kind,
        "writer": witness.writer,
        "value": witness.value,
        "outcome": witness.outcome,
        "data": witness.data,
    }


def _place(place: Place | None) -> JsonValue:
    if place is None:
        return None
    return {"document": place.document, "line": place.line, "column": place.column}
