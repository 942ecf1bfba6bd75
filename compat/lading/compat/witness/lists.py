"""Witnesses of taxonomies and mappings: the shortest history, the one code."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

from lading.compat.witness.base import Witness
from lading.model.taxonomy import CodeMap, State, Taxonomy, TaxonomyKind, Transition

if TYPE_CHECKING:
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Sides


def of_taxonomy(finding: Finding, sides: Sides) -> Witness | None:
    """A history that is legal for the writer and not for the reader; `None`: there is none."""
    side, writer, reader = sides
    ours, theirs = writer.body, reader.body
    if not (isinstance(ours, Taxonomy) and isinstance(theirs, Taxonomy)):
        return None
    history = _history(finding, ours)
    refused = _refused(history, theirs) if history else ""
    return Witness("history", side, list(history), refused) if refused else None


def _history(finding: Finding, machine: Taxonomy) -> tuple[str, ...]:
    """The codes from a start to what the finding is about, as far as `machine` has it."""
    node = finding.change.old or finding.change.new
    for each in (finding.change.old, finding.change.new):
        if isinstance(each, State) and each in machine.states:
            node = each
        if isinstance(each, Transition) and each in machine.transitions:
            node = each
    if isinstance(node, State):
        return _way(machine, node.code)
    if isinstance(node, Transition):
        before = _way(machine, node.source)
        return (*before, node.target) if before else ()
    return ()


def _way(machine: Taxonomy, code: str) -> tuple[str, ...]:
    """The shortest way from a start to `code`; a list without steps goes there at once."""
    if code not in {each.code for each in machine.states}:
        return ()
    if machine.kind is not TaxonomyKind.STATE_MACHINE:
        return (code,)
    waiting: deque[tuple[str, ...]] = deque((each.code,) for each in machine.states if each.initial)
    seen = {way[-1] for way in waiting}
    while waiting:
        way = waiting.popleft()
        if way[-1] == code:
            return way
        for step in machine.transitions:
            if step.source == way[-1] and step.target not in seen:
                seen.add(step.target)
                waiting.append((*way, step.target))
    return ()


def _refused(history: tuple[str, ...], machine: Taxonomy) -> str:
    """Why `machine` does not take `history`; empty when it does."""
    states = {each.code: each for each in machine.states}
    for code in history:
        if code not in states:
            return f"refused: there is no {code}"
    if machine.kind is not TaxonomyKind.STATE_MACHINE:
        return ""
    if not states[history[0]].initial:
        return f"refused: nothing starts in {history[0]}"
    steps = {(each.source, each.target) for each in machine.transitions}
    for pair in pairwise(history):
        if pair not in steps:
            return f"refused: no step leads from {pair[0]} to {pair[1]}"
    return ""


def of_mapping(finding: Finding, sides: Sides) -> Witness | None:
    """A code that the reader understands otherwise than the writer; `None`: there is none."""
    side, writer, reader = sides
    ours, theirs = writer.body, reader.body
    if not (isinstance(ours, CodeMap) and isinstance(theirs, CodeMap)):
        return None
    codes = {getattr(each, "code", "") for each in (finding.change.old, finding.change.new)}
    codes |= {finding.change.what, *finding.change.path}
    for code in sorted(codes & {each.code for each in ours.cells}):
        before, after = _meaning(ours, code), _meaning(theirs, code)
        if before != after:
            return Witness("code", side, code, f"read as {after}, meant {before}")
    return None


def _meaning(mapping: CodeMap, code: str) -> str:
    for cell in mapping.cells:
        if cell.code == code:
            return " and ".join(each for each in (cell.to, *cell.also) if each) or "nothing"
    return "a business exception" if mapping.unmapped.value == "reject" else "the unknown value"
