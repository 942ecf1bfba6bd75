"""``lading lint``: whether contracts say enough, and say it the way the house does."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lading.cli.application import application, command
from lading.cli.exit_codes import ExitCode
from lading.cli.reports import Format
from lading.cli.terminal import answer, counted, say, working
from lading.cli.workspaces import open_workspace
from lading.lint import Severity
from lading.lint import lint as run
from lading.model import Place, locate, read_document
from lading.model.formatting import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.cli.workspaces import Opened
    from lading.lint import Edit, LintFinding, LintReport

app = application(__doc__ or "")


class Pack(StrEnum):
    """How much is asked for."""

    STRICT = "strict"
    STANDARD = "standard"
    LENIENT = "lenient"


@command(app)
def lint(
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    pack: Annotated[
        Pack | None,
        typer.Option(help="The rules to run; by default what lading.toml says, else standard."),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="How to write the result.")
    ] = Format.TEXT,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the fixes that change no meaning.")
    ] = False,
) -> None:
    """Hold contracts to the rules of the house: names, texts, owners, privacy, units, samples.

    Examples:
        lading lint
        lading lint contracts --pack strict
        lading lint --fix
    """
    with working("reading the contracts"):
        opened = open_workspace(path)
    if opened.workspace.problems:
        problems = counted(len(opened.workspace.problems), "problem")
        say(f"{problems} in the workspace: what cannot be read is not linted (lading check)")
    chosen = pack.value if pack else opened.workspace.settings.lint_pack
    today = datetime.now(tz=UTC).date().isoformat()
    with working("running the rules"):
        report = run(opened.workspace, pack=chosen, today=today)
    if fix and (files := _fixed(opened, report.findings)):
        say(f"{counted(files, 'file')} changed")
        opened = open_workspace(path)
        report = run(opened.workspace, pack=chosen, today=today)
    answer(_rendered(report, opened, format_))
    failed = report.errors or opened.workspace.problems
    raise typer.Exit(ExitCode.FINDINGS if failed else ExitCode.CLEAN)


def _fixed(opened: Opened, findings: Iterable[LintFinding]) -> int:
    """Write the safe fixes; how many files changed."""
    edits: dict[str, list[Edit]] = {}
    for each in findings:
        if each.hit.fix:
            edits.setdefault(each.hit.at.document, []).append(each.hit.fix)
    for name, mine in edits.items():
        file = opened.root / name
        value: Any = read_document(name, file.read_bytes()).value
        for edit in mine:
            node = value
            for step in edit.pointer:
                node = node[step]
            node[edit.key] = edit.value
        file.write_text(laid_out(value), encoding="utf-8")
    return len(edits)


def _rendered(report: LintReport, opened: Opened, format_: Format) -> str:
    placed = [(each, _place(each, opened)) for each in report.findings]
    if format_ is Format.JSON:
        return json.dumps([_plain(*each) for each in placed], indent=2, ensure_ascii=False)
    if format_ is Format.GITHUB:
        return "\n".join(_annotation(*each) for each in placed)
    lines = [line for each in placed for line in _lines(*each)]
    return "\n".join([*lines, _summary(report, len(opened.workspace.contracts))])


def _place(finding: LintFinding, opened: Opened) -> Place:
    at = finding.hit.at
    texts = {each.document.name: each.document for each in opened.workspace.contracts}
    texts |= {each.document.name: each.document for each in opened.workspace.samples}
    document = texts.get(at.document)
    found = locate(document, at.pointer) if document else Place(at.document)
    return Place(f"{opened.folder}{found.document}", found.line, found.column)


def _lines(finding: LintFinding, place: Place) -> Iterator[str]:
    hit = finding.hit
    where = f"  {hit.path}" if hit.path else ""
    yield f"{finding.rule} {finding.severity:<5}  {place}{where}"
    yield f"  {hit.message}"
    if hit.hint:
        yield f"  try: {hit.hint}"
    yield ""


def _summary(report: LintReport, contracts: int) -> str:
    found = Counter(each.severity for each in report.findings)
    errors, warnings = found[Severity.ERROR], found[Severity.WARN]
    said = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    waived = f", {report.waived} waived" if report.waived else ""
    more = "\nlading explain NAM-005 tells more of a rule." if report.findings else ""
    return f"{counted(contracts, 'contract')}, pack {report.pack}: {said}{waived}.{more}"


def _plain(finding: LintFinding, place: Place) -> dict[str, Any]:
    hit = finding.hit
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "subject": hit.subject,
        "path": hit.path,
        "message": hit.message,
        "hint": hit.hint,
        "fixable": hit.fix is not None,
        "file": place.document,
        "line": place.line,
        "column": place.column,
    }


def _annotation(finding: LintFinding, place: Place) -> str:
    level = "error" if finding.severity is Severity.ERROR else "warning"
    message = finding.hit.message.replace("%", "%25").replace("\n", "%0A")
    where = f"file={place.document},line={place.line},col={place.column}"
    return f"::{level} {where},title={finding.rule}::{message}"
