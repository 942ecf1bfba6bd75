"""Says verdicts to GitLab: a Code Quality report, as merge requests show it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from lading.compat.report.fold import also_in, telling
from lading.compat.report.places import full_path, new_place, seen_from
from lading.model.document import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.compat.report.fold import Edit
    from lading.compat.verdict import Verdict
    from lading.model.errors import Problem


def gitlab(
    verdicts: Sequence[Verdict],
    problems: Sequence[Problem] = (),
    *,
    folder: str = "",
    notes: Sequence[Problem] = (),
) -> str:
    """One entry for each problem, note and finding that is not simply fine.

    A break is `critical`, what is undecided `major`, what is waived or noted `info`.
    """
    unread = [each for verdict in verdicts for each in verdict.problems]
    entries = [_told("critical", each) for each in (*problems, *unread)]
    entries += [_found(each, folder) for each in telling(verdicts)]
    entries += [_told("info", each) for each in notes]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _told(severity: str, problem: Problem) -> dict[str, Any]:
    said = f"{problem.code}\n{problem.message}\n{problem.place.document}"
    name = hashlib.sha256(said.encode()).hexdigest()[:12]
    hint = f" (try: {problem.hint})" if problem.hint else ""
    return _entry(problem.code, severity, f"{problem.message}{hint}", problem.place, name)


def _found(edit: Edit, folder: str) -> dict[str, Any]:
    finding, verdict = edit.finding, edit.verdict
    now = new_place(finding, verdict)
    place = seen_from(now, folder) if now else Place(verdict.subject)
    severity = "info" if finding.waiver else "critical" if finding.forbidden else "major"
    text = f"{full_path(finding, verdict)}: {finding.reason} [{finding.promise.value}]"
    text += f"; also: {also_in(edit)}" if edit.also else ""
    return _entry(finding.rule, severity, text, place, finding.fingerprint)


def _entry(rule: str, severity: str, text: str, place: Place, name: str) -> dict[str, Any]:
    return {
        "check_name": rule,
        "description": text,
        "fingerprint": name,
        "severity": severity,
        "location": {"path": place.document, "lines": {"begin": max(place.line, 1)}},
    }
