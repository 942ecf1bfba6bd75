"""Who breaks: holds the findings of a verdict against what consumers say they read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat import ChangeKind
from lading.model import Api, CodeMap, Kind, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lading.compat import Change, Finding, Verdict
    from lading.model import Consumer, Reads


def with_consumers(verdict: Verdict, consumers: Sequence[Consumer]) -> Verdict:
    """The verdict, with the consumers that depend on each finding that is not simply fine."""
    findings = (
        replace(each, breaks=affected(each, verdict, consumers))
        if each.forbidden or each.undecided
        else each
        for each in verdict.findings
    )
    return replace(verdict, findings=tuple(findings))


def affected(finding: Finding, verdict: Verdict, consumers: Sequence[Consumer]) -> tuple[str, ...]:
    """``erp-adapter (erp, Finance IT)`` for each consumer that reads what changed, by name.

    A consumer that names no fields, statuses or operations of the contract reads all of it. What
    cannot be tied to a field, status or operation concerns everybody.
    """
    found = {
        f"{each.name} ({each.system}, {each.team})"
        for each in consumers
        for reads in each.reads
        if reads.contract == verdict.subject and _touches(reads, finding, verdict)
    }
    return tuple(sorted(found))


def _touches(reads: Reads, finding: Finding, verdict: Verdict) -> bool:
    if verdict.new.kind is Kind.OPENAPI:
        return _touches_operation(reads, finding, verdict)
    if verdict.new.kind in {Kind.TAXONOMY, Kind.MAPPING}:
        return _touches_status(reads, finding, verdict)
    return _touches_field(reads, finding)


def _touches_field(reads: Reads, finding: Finding) -> bool:
    """A field is touched by a change of itself, of what holds it, and of what it holds."""
    if not reads.fields:
        return not reads.statuses or bool(set(reads.statuses) & set(_words(finding)))
    return any(
        _related(_steps(field), path) for field in reads.fields for path in _paths(finding.change)
    )


def _paths(change: Change) -> Iterator[tuple[str, ...]]:
    """Where the change is, in the words that consumers know: those of the old version.

    What is added concerns whoever reads what holds it: nobody can name it yet.
    """
    for path in (change.path, *change.elsewhere):
        bare = tuple(map(_bare, path))
        if change.kind is ChangeKind.FIELD_ADDED:
            yield bare[:-1]
        elif change.kind is ChangeKind.FIELD_RENAMED:
            yield (*bare[:-1], change.what)
            yield bare
        else:
            yield bare


def _touches_status(reads: Reads, finding: Finding, verdict: Verdict) -> bool:
    """A status is touched by a change of the state, of a step from or to it, and of its codes.

    What is said of the whole list concerns everybody, and a status that is new concerns all who
    say that they fail on one they do not know.
    """
    change = finding.change
    new_to_it = change.kind is ChangeKind.STATE_ADDED and reads.unknown == "FAIL"
    if not reads.statuses or not change.path or new_to_it:
        return True
    known = set(_codes(verdict))
    named = known & set(_words(finding))
    return not named or bool(named & set(reads.statuses))


def _touches_operation(reads: Reads, finding: Finding, verdict: Verdict) -> bool:
    if not reads.operations:
        return True
    paths = [finding.change.path, *finding.change.elsewhere]
    keys = {path[0] for path in paths if path}
    ids = {
        each.operation_id
        for version in (finding.baseline, verdict.new)
        if isinstance(version.body, Api)
        for each in version.body.operations
        if each.key in keys
    }
    return not ids or bool(ids & set(reads.operations))


def _related(field: tuple[str, ...], path: tuple[str, ...]) -> bool:
    shorter = min(len(field), len(path))
    return field[:shorter] == path[:shorter]


def _steps(field: str) -> tuple[str, ...]:
    return tuple(_bare(each) for each in field.split("."))


def _bare(step: str) -> str:
    """A step without its sign for items of a list or values of a map."""
    return step.removesuffix("[]").removesuffix("{}")


def _words(finding: Finding) -> Iterator[str]:
    """Every word that the change speaks of: codes, symbols, the ends of a step, targets."""
    change = finding.change
    for step in change.path:
        yield step
        yield from step.split(" -> ")
    yield change.what
    for node in (change.old, change.new):
        for word in node if isinstance(node, tuple) else (node,):
            if isinstance(word, str):
                yield word
        for name in ("code", "to", "source", "target", "advances_to"):
            word = getattr(node, name, None)
            if isinstance(word, str):
                yield word
        also = getattr(node, "also", ())
        yield from (_own(each) for each in also) if isinstance(also, tuple) else ()


def _codes(verdict: Verdict) -> Iterable[str]:
    """The canonical codes of both versions of a taxonomy or mapping."""
    for version in (verdict.old, verdict.new):
        body = version.body if version else None
        if isinstance(body, Taxonomy):
            yield from (each.code for each in body.states)
        elif isinstance(body, CodeMap):
            for cell in body.cells:
                yield from (_own(each) for each in (cell.to, *cell.also) if each)


def _own(code: str) -> str:
    """A code without the name of its taxonomy."""
    return code.rpartition("/")[2]
