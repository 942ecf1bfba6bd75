"""Verdicts and problems on their way out: their format, their places, the exit code."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lading.cli.exit_codes import ExitCode
from lading.cli.terminal import counted, wants_color, width
from lading.cli.workspaces import file_in, repository_folder
from lading.compat import RULESET, Outcome, report
from lading.model import Document
from lading.model.reader import MAX_BYTES
from lading.model.settings import FILE as SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lading.compat import Verdict
    from lading.model import Problem


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"


_FOREIGN: Final[Mapping[Format, Callable[..., str]]] = {
    Format.GITHUB: report.github,
    Format.GITLAB: report.gitlab,
    Format.SARIF: report.sarif,
}


def rendered(
    verdicts: Sequence[Verdict],
    problems: Sequence[Problem],
    format_: Format,
    *,
    root: Path,
    folder: str,
    verbose: bool = False,
    contracts: int | None = None,
    prove: bool = False,
    notes: Sequence[Problem] = (),
    ruleset: str = RULESET,
    earlier: str = "",
    texts: Mapping[str, bytes] | None = None,
) -> str:
    """The report; places get `folder` before them, so that they can be clicked from here.

    Code hosts know files from the top of the repository instead. `contracts` is how many were read:
    the last line says so where nothing was compared. `prove` shows examples whole. `notes` are
    problems that keep nothing from passing. `earlier` goes before places in the baseline. `texts`
    are documents that are not of the workspace at `root`, by name; then `folder` is left out.
    """
    if is_foreign(format_) and texts is None:
        folder = repository_folder(root)
    shown = [_seen_from_here(each, folder) for each in problems]
    noted = [_seen_from_here(each, folder) for each in notes]
    if format_ is Format.JSON:
        return report.json(verdicts, shown, folder=folder, notes=noted, ruleset=ruleset)
    if format_ in _FOREIGN:
        return _FOREIGN[format_](verdicts, shown, folder=folder, notes=noted)
    documents = (
        _texts(problems, root, folder)
        if texts is None
        else (Document(name, _decoded(data), None) for name, data in texts.items())
    )
    text = report.text(
        verdicts,
        shown,
        color=wants_color(),
        documents=documents,
        folder=folder,
        verbose=verbose,
        prove=prove,
        notes=noted,
        earlier=earlier,
        width=width(),
    )
    return text if verdicts else _alone(text, problems, contracts)


def _alone(text: str, problems: Sequence[Problem], contracts: int | None) -> str:
    """The report, closing with what was read instead of with what was compared."""
    found = counted(len(problems), "problem") if problems else "no problems"
    read = f"{counted(contracts, 'contract')}, " if contracts is not None else ""
    return f"{text.removesuffix(report.summary((), problems) + chr(10))}{read}{found}.\n"


def exit_code(verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> ExitCode:
    """The worst of what was found; by settings that cannot be used nothing is decided."""
    outcomes = {each.outcome for each in verdicts}
    if any(each.place.document == SETTINGS for each in problems):
        return ExitCode.USAGE
    if problems or Outcome.INCOMPATIBLE in outcomes:
        return ExitCode.FINDINGS
    return ExitCode.UNDECIDED if Outcome.UNKNOWN in outcomes else ExitCode.CLEAN


def _seen_from_here(problem: Problem, folder: str) -> Problem:
    place = replace(problem.place, document=f"{folder}{problem.place.document}")
    return replace(problem, place=place)


def is_foreign(format_: Format) -> bool:
    """Whether a code host reads it."""
    return format_ in _FOREIGN


def _texts(problems: Sequence[Problem], root: Path, folder: str) -> Iterator[Document]:
    """The texts that problems are about, for their frames; they may not even parse.

    What a link leads out to is no file of the workspace, and nothing of it is shown.
    """
    for name in sorted({each.place.document for each in problems}):
        path = file_in(root, name)
        if path and os.access(path, os.R_OK):
            yield Document(f"{folder}{name}", _decoded(path.read_bytes()), None)


def _decoded(data: bytes) -> str:
    return data[:MAX_BYTES].decode("utf-8", "replace")
