"""``lading rules``: every rule and every kind of problem."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import application, command
from lading.cli.terminal import answer
from lading.compat import RULES
from lading.lint import LINT_RULES
from lading.model import PROBLEM_CODES, Kind

if TYPE_CHECKING:
    from lading.compat import Rule

app = application(__doc__ or "")


class Format(StrEnum):
    """How the list is written."""

    TEXT = "text"
    JSON = "json"


@command(app)
def rules(
    format_: Annotated[
        Format, typer.Option("--format", help="How to write the list.")
    ] = Format.TEXT,
) -> None:
    """List the rules: kinds of problem in documents, rules that judge changes, and lint.

    Examples:
        lading rules
        lading rules --format json
    """
    if format_ is Format.JSON:
        problems = [
            {"id": id_, "title": each.title, "kind": "problem"}
            for id_, each in PROBLEM_CODES.items()
        ]
        judged = [
            {
                "id": each.id,
                "name": each.name,
                "title": each.title,
                "kind": "rule",
                "level": each.level,
                "formats": [kind.lower() for kind in each.formats],
                "status": each.status,
            }
            for each in RULES.values()
        ]
        linted = [
            {
                "id": each.id,
                "name": each.name,
                "title": each.title,
                "kind": "lint",
                "severity": each.severity,
                "elsewhere": each.elsewhere,
            }
            for each in LINT_RULES
        ]
        answer(json.dumps([*problems, *judged, *linted], indent=2))
        return
    lines = [_line(id_, "document", "", page.title) for id_, page in PROBLEM_CODES.items()]
    lines += [_line(id_, each.level, _formats(each), each.title) for id_, each in RULES.items()]
    lines += [
        _line(each.id, "elsewhere" if each.elsewhere else each.severity, "", each.title)
        for each in LINT_RULES
    ]
    answer("\n".join(lines))


def _line(id_: str, level: str, formats: str, title: str) -> str:
    return f"{id_}  {level:<9} {formats:<18}  {title}"


def _formats(rule: Rule) -> str:
    return "every" if len(rule.formats) == len(Kind) else " ".join(rule.formats).lower()
