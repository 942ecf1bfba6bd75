"""Says verdicts to a person at a terminal."""

from __future__ import annotations

import json as _json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.report.exchanges import below_body, exchange
from lading.compat.report.fold import also_in, edits
from lading.compat.report.frame import frame, printable
from lading.compat.report.places import (
    document_of,
    does_it,
    full_path,
    new_place,
    old_place,
    seen_from,
)
from lading.compat.report.terms import terms_changes
from lading.compat.report.wrap import wrapped
from lading.compat.witness.base import IN_MODELS, UNSHOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lading.compat.report.fold import Edit
    from lading.compat.verdict import Finding, Verdict
    from lading.compat.witness.base import Witness
    from lading.model.consumption import Waiver
    from lading.model.contract import Contract
    from lading.model.document import Document, JsonValue, Place
    from lading.model.errors import Problem

_LISTED: Final = 6
"""So many further places of an edit are listed; the rest is counted."""
_SHOWN: Final = 100
"""So much of an example is shown where no proof was asked for."""
_STYLES: Final = {
    "error": "31;1",
    "undecided": "33;1",
    "waived": "33",
    "note": "36",
    "ok": "32",
    "quiet": "2",
    "mark": "36",
}


def text(  # noqa: PLR0913 - the options of one rendering
    verdicts: Sequence[Verdict],
    problems: Sequence[Problem] = (),
    *,
    color: bool = False,
    documents: Iterable[Document] = (),
    folder: str = "",
    verbose: bool = False,
    prove: bool = False,
    notes: Sequence[Problem] = (),
    earlier: str = "",
    width: int = 0,
) -> str:
    """All findings with place, reason, frame and fix, then one line that sums up.

    Args:
        verdicts: what was judged.
        problems: what could not be read; they come first.
        color: whether to write ANSI colours. Without it the output is plain; it is ASCII as far
            as the contracts are.
        documents: the texts that `problems` are about, for their frames.
        folder: put before the places of findings, so that they can be clicked from where the
            command runs; the places of `problems` are shown as they are.
        verbose: whether changes that break nothing are listed too.
        prove: whether witnesses are shown whole, and what has none is said to be unproven.
        notes: what is said and keeps nothing from passing.
        earlier: put before the places in the earlier version, as `folder` is before the others.
        width: of the terminal, to break lines between words; 0: lines are as long as they are.
    """
    paint, view = _Paint(on=color), _View(folder, earlier, width, prove=prove)
    texts = {document.name: document.text for document in documents}
    told = [*problems, *(problem for verdict in verdicts for problem in verdict.problems)]
    blocks: list[Iterable[str]] = [_problem(problem, texts, paint, width=width) for problem in told]
    blocks += [
        _edit(each, paint, view)
        for each in edits(verdicts)
        if verbose or each.finding.forbidden or each.finding.undecided or _is_noted(each.finding)
    ]
    blocks += _terms(verdicts, paint)
    blocks += [_problem(note, {}, paint, "note") for note in notes]
    lines = [line for block in blocks for line in (*block, "")]
    return wrapped("\n".join([*lines, summary(verdicts, problems), ""]), width)


@dataclass(frozen=True, slots=True)
class _View:
    """From where a report is read, and how much of it is wanted."""

    folder: str
    earlier: str
    width: int
    prove: bool


class _Paint:
    """Puts ANSI colours around words, or leaves them alone."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, style: str, words: str) -> str:
        return f"\x1b[{_STYLES[style]}m{words}\x1b[0m" if self._on else words


def _problem(
    problem: Problem, texts: dict[str, str], paint: _Paint, word: str = "error", *, width: int = 0
) -> Iterator[str]:
    yield f"{problem.code} {paint(word, word)}  {printable(str(problem.place))}"
    yield f"  {printable(problem.message)}"
    found = texts.get(problem.place.document)
    if found is not None:
        yield from _marked(frame(found, problem.place.line, problem.place.column, width), paint)
    if problem.hint:
        yield f"  try:    {printable(problem.hint)}"
    yield paint("quiet", f"  more:   lading explain {problem.code}")


def _terms(verdicts: Sequence[Verdict], paint: _Paint) -> Iterator[list[str]]:
    """A change of terms once, with the contracts that it is made to.

    Shown and not judged: who owns or promises what is for people to agree on.
    """
    made: dict[str, list[str]] = {}
    for verdict in verdicts:
        for change in terms_changes(verdict.old.terms, verdict.new.terms) if verdict.old else ():
            made.setdefault(change, []).append(verdict.subject)
    for change, subjects in made.items():
        more = f" and {len(subjects) - 1} more" if len(subjects) > 1 else ""
        yield [
            f"{paint('undecided', 'terms')}  {printable(change)}",
            f"  {printable(subjects[0])}{more}",
        ]


def severity(finding: Finding) -> str:
    """``error``, ``undecided``, ``waived`` or ``ok``."""
    if finding.waiver:
        return "waived"
    if finding.forbidden:
        return "error"
    return "undecided" if finding.undecided else "ok"


def _is_noted(finding: Finding) -> bool:
    """Whether it is said unasked though it forbids nothing: a value comes out as another one."""
    return finding.change.kind is ChangeKind.LOSSY_PROMOTION and bool(finding.spared)


def _edit(edit: Edit, paint: _Paint, view: _View) -> Iterator[str]:
    finding, verdict = edit.finding, edit.verdict
    word, now = severity(finding), new_place(finding, verdict)
    word = "note" if _is_noted(finding) else word
    place = printable(str(seen_from(now, view.folder))) if now else verdict.subject
    path = printable(full_path(finding, verdict))
    yield f"{finding.rule} {paint(word, word)}  {place}  {path}"
    yield f"  {printable(finding.reason)}   [{finding.promise.value}]"
    if finding.waiver:
        yield from _waived(finding.waiver)
        return
    if finding.change.new is None:
        yield from _before(finding, paint, view)
    if now:
        yield from _frame(now, verdict.new, paint, view.width)
    if edit.also:
        yield f"  also:   {printable(also_in(edit, _LISTED))}"
    yield from _since(finding, verdict)
    yield from (f"  but:    {each.why} [{each.effect.word}]" for each in finding.differs)
    if finding.meaning:
        said = f"{finding.meaning.said}, says {finding.meaning.by}: {finding.meaning.reason}"
        yield f"  meant:  {printable(said)}"
    if finding.spared:
        yield f"  spared: {finding.spared}"
    yield from _witness(finding, prove=view.prove)
    if finding.breaks:
        yield f"  {paint('error', 'breaks:')} {printable(', '.join(finding.breaks))}"
    if finding.fix:
        helps = does_it(finding, verdict)
        done = f" {paint('ok', '(lading check --fix does it)')}" if helps else ""
        yield f"  fix:    {printable(finding.fix)}{done}"
    named = f"; finding {_names(edit)}" if finding.counts else ""
    yield paint("quiet", f"  more:   lading explain {finding.rule}{named}")


def _names(edit: Edit) -> str:
    """The fingerprints to decide about, one after the other; what is left is told the next time."""
    names = [*dict.fromkeys(each.fingerprint for each in (edit.finding, *edit.group))]
    rest = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def _since(finding: Finding, verdict: Verdict) -> Iterator[str]:
    """Against which versions it stands, where that is not the latest alone."""
    earlier, count = finding.baseline.version, len(finding.versions)
    if count > 1:
        yield f"  since:  version {finding.versions[0]}; it stands against {count} versions"
    elif verdict.old and earlier not in (0, verdict.old.version):
        yield f"  since:  version {earlier}; it stands against that version alone"


def _waived(waiver: Waiver) -> Iterator[str]:
    """Who lets it pass; what it is about was shown when they decided."""
    yield f"  waived: until {waiver.until} by {printable(waiver.approved_by)}"
    yield f"          {printable(waiver.reason)}"


def _witness(finding: Finding, *, prove: bool) -> Iterator[str]:
    """An example that was tried; whole when proof is asked for."""
    witness = finding.witness
    if witness is None:
        if prove and finding.forbidden:
            yield f"  unproven: {_unproven(finding)}"
        return
    shown = _value(witness, finding.change.path, prove=prove)
    outcome = witness.outcome if prove else witness.outcome[:_SHOWN]
    yield f"  example: {witness.writer} writes {printable(shown)}"
    yield f"           {witness.reader}: {printable(outcome)}"
    if prove and witness.data:
        yield f"           bytes: {witness.data}"


def _unproven(finding: Finding) -> str:
    """Why there is no example."""
    if finding.change.kind in UNSHOWN:
        return "no message can show it: each is read as before"
    if finding.change.kind in IN_MODELS:
        return "only generated models check it, and no example is tried on them"
    return "no example was found"


def _value(witness: Witness, path: tuple[str, ...], *, prove: bool) -> str:
    if witness.kind not in ("request", "response"):
        return _shortened(witness.value, path, prove=prove)
    made = cast("dict[str, JsonValue]", witness.value)
    inside = below_body(path)
    return exchange(
        witness, _shortened(made["body"], inside, prove=prove) if "body" in made else ""
    )


def _shortened(value: JsonValue, path: tuple[str, ...], *, prove: bool) -> str:
    text = _json.dumps(value, ensure_ascii=False)
    return text if prove or len(text) <= _SHOWN else _near(value, path)


def _near(value: JsonValue, path: tuple[str, ...]) -> str:
    """The part of a long message that a path leads to, as far as it goes."""
    here, spot = value, ""
    for step in path:
        name, *lists = step.split("[]")
        if not isinstance(here, dict) or name not in here:
            break
        here, spot = here[name], f"{spot}.{name}".lstrip(".")
        for _ in lists:
            if isinstance(here, list) and here:
                here, spot = here[0], f"{spot}[0]"
    text = _json.dumps(here, ensure_ascii=False)
    cut = f"{text[:_SHOWN]}..." if len(text) > _SHOWN else text
    return f"{spot}: {cut}" if spot else cut


def _before(finding: Finding, paint: _Paint, view: _View) -> Iterator[str]:
    """Where it stood: the new version has only the parent to show."""
    was = old_place(finding)
    if was is None:
        return
    version = f"version {finding.baseline.version}, " if finding.baseline.version else ""
    yield f"  before: {version}{printable(str(seen_from(was, view.earlier)))}"
    yield from _frame(was, finding.baseline, paint, view.width)
    yield "  now:"


def _frame(place: Place, contract: Contract, paint: _Paint, width: int) -> Iterator[str]:
    document = document_of(place, contract)
    if document is not None:
        yield from _marked(frame(document.text, place.line, place.column, width), paint)


def _marked(lines: Iterable[str], paint: _Paint) -> Iterator[str]:
    for line in lines:
        yield paint("mark", line) if line.endswith("^") else line


def summary(verdicts: Sequence[Verdict], problems: Sequence[Problem] = ()) -> str:
    """One line: ``2 breaking, 1 undecided, 3 compatible changes in 2 contracts.``."""
    findings = [each.finding for each in edits(verdicts)]
    counts = dict.fromkeys(("error", "undecided", "waived", "ok"), 0)
    for finding in findings:
        counts[severity(finding)] += 1
    unread = sum(len(verdict.problems) for verdict in verdicts)
    said = [f"{_count(len(problems), 'problem')}"] if problems else []
    if unread:
        return f"{_count(len(problems) + unread, 'problem')}: nothing was decided."
    if not verdicts:
        return f"{', '.join(said) or 'Nothing to compare'}."
    if not findings:
        return ", ".join([*said, f"no changes in {_count(len(verdicts), 'contract')}"]) + "."
    said += [f"{counts['error']} breaking"]
    said += [f"{counts['undecided']} undecided"] if counts["undecided"] else []
    said += [f"{counts['waived']} waived"] if counts["waived"] else []
    said += [f"{_count(counts['ok'], 'compatible change')}"]
    return f"{', '.join(said)} in {_count(len(verdicts), 'contract')}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
