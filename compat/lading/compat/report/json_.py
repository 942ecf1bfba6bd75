"""Says verdicts to a machine. The shape is a promise of our own: keys are added, never changed.

::

    {
      "schema_version": 1,
      "outcome": "compatible" | "incompatible" | "unknown",
      "counts": {"problems": 0, "forbidden": 1, "undecided": 0, "compatible": 2},
      "problems": [{"code", "message", "hint", "place"}],
      "verdicts": [{
        "subject", "kind", "promise", "outcome", "terms": ["owner: wms -> tms", ...],
        "problems": [...],
        "findings": [{
          "rule", "title", "path", "elsewhere": [...], "level", "effect", "slot", "promise",
          "forbidden", "undecided", "reason", "fix" | null, "was", "now", "against",
          "fingerprint", "edit", "breaks": [...], "place" | null, "old_place" | null,
          "witness": {"kind", "writer", "value", "outcome", "data"} | null,
          "differs": [{"runtime", "effect", "why"}]
        }]
      }]
    }

Findings of one edit, in whatever contracts it shows, have one number ``edit``; the counts are of
edits. A witness is an example that was tried: a message, a history or a code that `writer`
(``old`` or ``new``) gives, and what the other version made of it; ``data`` are its Avro bytes in
hexadecimal digits. ``differs`` are the runtimes (``java``, ``python-avro``, ``fastavro``) that are
known to read an Avro change otherwise than the specification has it. Problems of a verdict are why
a document could not be judged; the top ones are of the workspace. A place is ``{"document",
"line", "column"}``; lines and columns count from 1. The outcome of the whole is the worst of the
verdicts, and ``incompatible`` when there are problems.
"""

from __future__ import annotations

import json as _json
from typing import TYPE_CHECKING, Final

from lading.compat.judge import path_text
from lading.compat.report.fold import edits
from lading.compat.report.places import new_place, old_place, seen_from
from lading.compat.report.terms import terms_changes
from lading.compat.verdict import Outcome
from lading.compat.words import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lading.compat.verdict import Finding, Verdict
    from lading.compat.witness.base import Witness
    from lading.model.document import JsonValue, Place
    from lading.model.errors import Problem

SCHEMA_VERSION: Final = 1


def json(verdicts: Sequence[Verdict], problems: Sequence[Problem] = (), *, folder: str = "") -> str:
    """The report as JSON, two spaces deep, with a newline at the end."""
    value = report(verdicts, problems, folder=folder)
    return _json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def report(
    verdicts: Sequence[Verdict], problems: Sequence[Problem] = (), *, folder: str = ""
) -> dict[str, JsonValue]:
    """The report as the value that `json` writes; `folder` goes before places of findings."""
    made = edits(verdicts)
    findings = [each.finding for each in made]
    numbers = {id(each): number for number, one in enumerate(made, 1) for each in one.group}
    forbidden = sum(finding.forbidden for finding in findings)
    undecided = sum(finding.undecided and not finding.forbidden for finding in findings)
    return {
        "schema_version": SCHEMA_VERSION,
        "outcome": worst(verdicts, problems).value,
        "counts": {
            "problems": len(problems) + sum(len(each.problems) for each in verdicts),
            "forbidden": forbidden,
            "undecided": undecided,
            "compatible": len(findings) - forbidden - undecided,
        },
        "problems": [_problem(problem) for problem in problems],
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
        "elsewhere": [path_text(path) for path in change.elsewhere],
        "level": finding.level.value,
        "effect": finding.effect.word,
        "slot": change.slot.value,
        "promise": finding.promise.value,
        "forbidden": finding.forbidden,
        "undecided": finding.undecided,
        "reason": finding.reason,
        "fix": finding.fix,
        "was": describe(change.old),
        "now": describe(change.new),
        "against": finding.against,
        "fingerprint": finding.fingerprint,
        "breaks": list(finding.breaks),
        "place": _place(seen_from(now, folder) if now else None),
        "old_place": _place(old_place(finding)),
        "witness": _witness(finding.witness),
        "differs": [
            {"runtime": each.runtime.value, "effect": each.effect.word, "why": each.why}
            for each in finding.differs
        ],
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
