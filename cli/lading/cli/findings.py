"""How findings of lint are written: for people, for programs, for GitHub."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from lading.cli.reports import Format
from lading.cli.terminal import counted, width
from lading.cli.workspaces import document_in, repository_folder
from lading.compat.report.wrap import wrapped
from lading.lint import Severity
from lading.model import Place, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.cli.workspaces import Opened
    from lading.lint import LintFinding
    from lading.model import Document


def rendered(
    findings: Iterable[LintFinding],
    opened: Opened,
    format_: Format,
    messages: Mapping[str, Document] | None = None,
) -> str:
    """The findings in `format_`, each at its file, line and column.

    Args:
        findings: sorted.
        opened: where the files are.
        format_: text ends with an empty line, to be followed by a summary.
        messages: documents that are not of the workspace, by the name that was typed.
    """
    host = format_ is Format.GITHUB
    folder = repository_folder(opened.root) if host else opened.folder
    finder = _Finder(opened, messages or {}, folder)
    placed = [(each, finder.place(each)) for each in findings]
    if format_ is Format.JSON:
        return json.dumps([_plain(*each) for each in placed], indent=2, ensure_ascii=False)
    if format_ is Format.GITHUB:
        return "\n".join(_annotation(*each) for each in placed)
    return wrapped("".join(f"{line}\n" for each in placed for line in _lines(*each)), width())


def weighed(findings: Iterable[LintFinding]) -> str:
    """``1 error, 2 warnings``."""
    found = Counter(each.severity for each in findings)
    errors, warnings = found[Severity.ERROR], found[Severity.WARN]
    return f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"


class _Finder:
    """Line and column of findings; documents are read once."""

    def __init__(self, opened: Opened, messages: Mapping[str, Document], folder: str) -> None:
        self.opened = opened
        self.folder = folder
        self.messages = messages
        self.known = {each.document.name: each.document for each in opened.workspace.contracts}
        self.known |= {each.document.name: each.document for each in opened.workspace.samples}

    def place(self, finding: LintFinding) -> Place:
        """Where it is, as typed from here."""
        at = finding.hit.at
        if at.document in self.messages:
            return locate(self.messages[at.document], at.pointer)
        document = self._document(at.document)
        found = locate(document, at.pointer) if document else Place(at.document)
        return Place(f"{self.folder}{found.document}", found.line, found.column)

    def _document(self, name: str) -> Document | None:
        if name not in self.known:
            found = document_in(self.opened.root, name)
            if found is None:
                return None  # a file that is missing, or that `lading check` speaks of
            self.known[name] = found
        return self.known[name]


def _lines(finding: LintFinding, place: Place) -> Iterator[str]:
    hit = finding.hit
    where = f"  {hit.path}" if hit.path else ""
    yield f"{finding.rule} {finding.severity:<5}  {place}{where}"
    yield f"  {hit.message}"
    if finding.hint:
        yield f"  try: {finding.hint}"
    yield ""


def _plain(finding: LintFinding, place: Place) -> dict[str, Any]:
    hit = finding.hit
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "subject": hit.subject,
        "path": hit.path,
        "message": hit.message,
        "hint": finding.hint,
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
