"""Says verdicts to GitHub Actions, as annotations on the changed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.compat.report.fold import also_in, telling
from lading.compat.report.places import full_path, new_place, seen_from
from lading.model.document import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.compat.report.fold import Edit
    from lading.compat.verdict import Verdict
    from lading.model.errors import Problem


def github(
    verdicts: Sequence[Verdict],
    problems: Sequence[Problem] = (),
    *,
    folder: str = "",
    notes: Sequence[Problem] = (),
) -> str:
    """One workflow command per problem, forbidden (error), undecided (warning) finding and note.

    A finding that is waived is a notice: reviewers see what was let pass, and by whom.
    """
    told = [*problems, *(each for verdict in verdicts for each in verdict.problems)]
    lines = [_line("error", p.place, p.code, _joined(p.message, p.hint)) for p in told]
    lines += [_edit(each, folder) for each in telling(verdicts)]
    lines += [_line("notice", p.place, p.code, _joined(p.message, p.hint)) for p in notes]
    return "".join(f"{line}\n" for line in lines)


def _edit(edit: Edit, folder: str) -> str:
    finding, verdict = edit.finding, edit.verdict
    now = new_place(finding, verdict)
    place = seen_from(now, folder) if now else Place(verdict.subject)
    title = f"{finding.rule} {full_path(finding, verdict)}"
    also = f"also: {also_in(edit)}" if edit.also else ""
    but = "\n".join(f"but: {each.why} [{each.effect.word}]" for each in finding.differs)
    breaks = f"breaks: {', '.join(finding.breaks)}" if finding.breaks else ""
    fix = f"fix: {finding.fix}" if finding.fix else ""
    waiver = finding.waiver
    let = f"waived until {waiver.until} by {waiver.approved_by}: {waiver.reason}" if waiver else ""
    message = _joined(f"{finding.reason} [{finding.promise.value}]", also, but, breaks, let, fix)
    level = "notice" if waiver else "error" if finding.forbidden else "warning"
    return _line(level, place, title, message)


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _line(level: str, place: Place, title: str, message: str) -> str:
    options: dict[str, str | int] = {
        "file": place.document,
        "line": place.line,
        "col": place.column,
        "title": title,
    }
    written = ",".join(_options(options))
    return f"::{level} {written}::{_data(message)}"


def _options(options: dict[str, str | int]) -> Iterator[str]:
    for key, value in options.items():
        yield f"{key}={_data(str(value)).replace(':', '%3A').replace(',', '%2C')}"


def _data(text: str) -> str:
    """Escape as the workflow command syntax asks; a contract's text must not end the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
