"""``lading lint``: whether contracts say enough, and say it the way the house does."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lading.cli.application import application, command
from lading.cli.exit_codes import ExitCode
from lading.cli.findings import rendered, weighed
from lading.cli.reports import Format, exit_code
from lading.cli.terminal import answer, counted, say, working
from lading.cli.workspaces import open_workspace
from lading.lint import lint as run
from lading.model import read_document
from lading.model.formatting import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    listed = rendered(report.findings, opened, format_)
    answer(listed + _summary(report, opened) if format_ is Format.TEXT else listed)
    worst = exit_code((), opened.workspace.problems)
    raise typer.Exit(ExitCode.FINDINGS if report.errors and worst is ExitCode.CLEAN else worst)


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


def _summary(report: LintReport, opened: Opened) -> str:
    waived = f", {report.waived} waived" if report.waived else ""
    first = next((each.rule for each in report.findings), "")
    more = f"\nlading explain {first} tells more of a rule." if first else ""
    contracts = counted(len(opened.workspace.contracts), "contract")
    unread = len(opened.workspace.problems)
    if unread:
        contracts += f", {counted(unread, 'problem')} in what could not be read (lading check)"
    return f"{contracts}, pack {report.pack}: {weighed(report.findings)}{waived}.{more}"
