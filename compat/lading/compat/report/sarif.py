"""Says verdicts to code scanners: SARIF 2.1.0 (OASIS), as GitHub, Azure and IDEs read it.

What is waived is a suppressed result, so that a scanner shows who let it pass. A finding keeps its
identity by its fingerprint, whatever lines it moves to.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from lading.compat.report.fold import also_in, telling
from lading.compat.report.places import full_path, new_place, seen_from
from lading.compat.rules import RULES
from lading.model.document import Place
from lading.model.pages import PROBLEM_CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lading.compat.report.fold import Edit
    from lading.compat.verdict import Finding, Verdict
    from lading.model.errors import Problem

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(
    verdicts: Sequence[Verdict],
    problems: Sequence[Problem] = (),
    *,
    folder: str = "",
    notes: Sequence[Problem] = (),
) -> str:
    """One run with a result for each problem, note and finding that is not simply fine."""
    unread = [each for verdict in verdicts for each in verdict.problems]
    results = [_told("error", each) for each in (*problems, *unread)]
    results += [_found(each, folder) for each in telling(verdicts)]
    results += [_told("note", each) for each in notes]
    ids = sorted({each["ruleId"] for each in results})
    for each in results:
        each["ruleIndex"] = ids.index(each["ruleId"])
    driver = {"name": "lading", "rules": [_rule(each) for each in ids]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    value = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _rule(id_: str) -> dict[str, Any]:
    """What a scanner shows beside the result: the rule's own page."""
    if id_ in RULES:
        name, title, page = RULES[id_].name, RULES[id_].title, RULES[id_].docs
    else:
        page_ = PROBLEM_CODES[id_]
        name, title, page = id_, page_.title, page_.page
    return {
        "id": id_,
        "name": name,
        "shortDescription": {"text": title},
        "help": {"text": page, "markdown": page},
    }


def _told(level: str, problem: Problem) -> dict[str, Any]:
    text = "\n".join(each for each in (problem.message, problem.hint) if each)
    return _result(problem.code, level, text, problem.place)


def _found(edit: Edit, folder: str) -> dict[str, Any]:
    finding, verdict = edit.finding, edit.verdict
    now = new_place(finding, verdict)
    place = seen_from(now, folder) if now else Place(verdict.subject)
    level = "error" if finding.forbidden else "warning"
    result = _result(finding.rule, level, "\n".join(_lines(edit)), place)
    result["partialFingerprints"] = {"lading/v1": finding.fingerprint}
    result["locations"][0]["logicalLocations"] = [
        {"fullyQualifiedName": full_path(finding, verdict)}
    ]
    result["suppressions"] = list(_suppressions(finding))
    return result


def _lines(edit: Edit) -> Iterator[str]:
    finding = edit.finding
    yield f"{finding.reason} [{finding.promise.value}]"
    yield from _said("also", [also_in(edit)] if edit.also else ())
    yield from _said("breaks", finding.breaks)
    yield from _said("fix", [finding.fix] if finding.fix else ())


def _said(word: str, values: Iterable[str]) -> Iterator[str]:
    listed = ", ".join(values)
    if listed:
        yield f"{word}: {listed}"


def _suppressions(finding: Finding) -> Iterator[dict[str, str]]:
    waiver = finding.waiver
    if waiver:
        why = f"until {waiver.until} by {waiver.approved_by}: {waiver.reason}"
        yield {"kind": "external", "status": "accepted", "justification": why}


def _result(rule: str, level: str, text: str, place: Place) -> dict[str, Any]:
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    where = {"artifactLocation": {"uri": quote(place.document)}, "region": region}
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": where}],
    }
