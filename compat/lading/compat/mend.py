"""Applies remedies to documents, one after the other, and takes back each that does not help.

Nothing is written here: documents come in with their contracts and go out edited. After each remedy
the contracts that the document is part of are read and judged again. It stays only if its finding
is gone, and if nothing that came breaks what was not broken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from lading.compat.remedy import Append, ToFront
from lading.model.document import Origin
from lading.model.editing import append, put, to_front
from lading.model.errors import LadingError
from lading.model.formatting import formatted
from lading.model.locate import locate
from lading.model.read import avro_name, read_contract
from lading.model.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lading.compat.remedy import Remedy, Step
    from lading.compat.verdict import Finding, Verdict
    from lading.model.contract import Contract
    from lading.model.document import Document, Place

    Judge: TypeAlias = Callable[[Contract, Contract], Verdict]
    """(old, new): as the verdicts that are to be mended were made."""

IGNORED = frozenset({"LAD016"})
"""What readers ignore was no obstacle to the first verdict, so it is none to the next."""


@dataclass(frozen=True, slots=True)
class Done:
    """A remedy that stays."""

    does: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Left:
    """A remedy that was taken back, or could not be applied."""

    does: str
    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What came of it."""

    documents: Mapping[str, tuple[Document, Document]]
    """Name to (before, after) of each document that changed."""
    done: tuple[Done, ...]
    left: tuple[Left, ...]
    verdicts: tuple[Verdict, ...]
    """As they are now, in the order of those that came in."""

    def place(self, done: Done) -> Place:
        """Where the edit stands in the edited document."""
        return locate(self.documents[done.at.document][1], done.at.pointer)


def mend(
    verdicts: Sequence[Verdict], judge: Judge, *, may_edit: Callable[[str], bool] = lambda _: True
) -> Mended:
    """Apply every remedy that helps.

    Args:
        verdicts: of contracts whose equally named documents are one document.
        judge: judges a pair again.
        may_edit: whether the document of a name is ours to edit.
    """
    state = tuple(verdicts)
    first: dict[str, Document] = {}
    done: list[Done] = []
    left: list[Left] = []
    tried: list[Remedy] = []
    while True:
        chosen = _next(state, tried, may_edit)
        if chosen is None:
            break
        finding, remedy, document = chosen
        tried.append(remedy)
        try:
            edited = _applied(document, remedy)
            after = tuple(_again(each, edited, judge) for each in state)
            why = _objection(state, after, finding)
        except LadingError as error:
            why = error.message
        if why:
            left.append(Left(remedy.does, locate(document, remedy.at.pointer), why))
            continue
        state = after
        first.setdefault(document.name, document)
        done = [_moved(each, remedy.steps) for each in done]
        done.append(Done(remedy.does, _written(remedy.steps[-1])))
    now = {each.name: each for verdict in state for each in verdict.new.documents}
    changed = {name: (before, _laid_out(before, now[name])) for name, before in first.items()}
    return Mended(changed, tuple(done), tuple(left), state)


def _next(
    state: Sequence[Verdict], tried: Sequence[Remedy], may_edit: Callable[[str], bool]
) -> tuple[Finding, Remedy, Document] | None:
    for verdict in state:
        for finding in verdict.findings:
            remedy = finding.remedy
            if remedy is None or not finding.counts or remedy in tried:
                continue
            name = remedy.at.document
            document = next((each for each in verdict.new.documents if each.name == name), None)
            if document is not None and may_edit(name):
                return finding, remedy, document
    return None


def _applied(document: Document, remedy: Remedy) -> Document:
    for step in remedy.steps:
        document = _edited(document, step)
    return document


def _edited(document: Document, step: Step) -> Document:
    at = step.at.pointer
    if isinstance(step, ToFront):
        return to_front(document, at, step.index)
    if isinstance(step, Append):
        try:
            return append(document, (*at, step.key), step.value)
        except LadingError:  # no list yet
            return put(document, at, step.key, [step.value], after=step.after)
    return put(document, at, step.key, step.value, after=step.after)


def _written(step: Step) -> Origin:
    key = () if isinstance(step, ToFront) else (step.key,)
    return Origin(step.at.document, (*step.at.pointer, *key))


def _moved(done: Done, steps: Sequence[Step]) -> Done:
    """Where it stands after an item of a list above it went to the front."""
    pointer = done.at.pointer
    for step in steps:
        size = len(step.at.pointer)
        if not isinstance(step, ToFront) or done.at.document != step.at.document:
            continue
        if len(pointer) > size and pointer[:size] == step.at.pointer:
            index = int(pointer[size])
            turned = 0 if index == step.index else index + (index < step.index)
            pointer = (*pointer[:size], turned, *pointer[size + 1 :])
    return replace(done, at=Origin(done.at.document, pointer))


def _again(verdict: Verdict, edited: Document, judge: Judge) -> Verdict:
    """The verdict about the edited document; the same where the document has no part in it."""
    if verdict.old is None or all(each.name != edited.name for each in verdict.new.documents):
        return verdict
    return judge(verdict.old, _reread(verdict.new, edited))


def _reread(contract: Contract, edited: Document) -> Contract:
    own, *others = (edited if e.name == edited.name else e for e in contract.documents)
    found = {avro_name(each): each for each in others}
    read = read_contract(
        contract.kind,
        own,
        subject=contract.subject,
        references=found,
        terms=contract.terms,
        ignored=IGNORED,
    )
    return replace(read, references=contract.references, version=contract.version)


def _objection(before: Sequence[Verdict], after: Sequence[Verdict], finding: Finding) -> str:
    """Why a remedy is taken back; empty when it helped.

    What came in the place of a finding is none the better: an alias makes one rename of a field
    that was removed and one that was added, which old readers do not know.
    """
    for was, now in zip(before, after, strict=True):
        if was is now:
            continue
        then, since = _counting(was), _counting(now)
        if finding.fingerprint in since:
            return "the finding would stay"
        came = next((since[mark] for mark in sorted(since.keys() - then.keys())), None)
        if came:
            return f"it would make another finding: {came.rule} {came.path}"
        if now.problems or (finding.fingerprint in then and len(since) >= len(then)):
            return "nothing would be gained"
    return ""


def _counting(verdict: Verdict) -> Mapping[str, Finding]:
    return {each.fingerprint: each for each in verdict.findings if each.counts}


def _laid_out(before: Document, after: Document) -> Document:
    """What stood in the one layout stands in it again; any other layout is its author's."""
    try:
        if formatted(before.name, before.text.encode()) != before.text:
            return after
        text = formatted(after.name, after.text.encode())
    except LadingError:
        return after
    return read_document(after.name, text.encode(), syntax=after.syntax)
