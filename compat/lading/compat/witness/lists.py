"""Witnesses of taxonomies and mappings: the shortest history, the one code."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from lading.compat.change import ChangeKind
from lading.compat.witness.base import Witness
from lading.model.taxonomy import CodeMap, Taxonomy, TaxonomyKind, Transition

if TYPE_CHECKING:
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Side, Sides
    from lading.model.taxonomy import MappingCell, State

_SPECIAL: Final = re.compile(r"(?P<code>.+?) \((?P<what>.+)\)")
"""How a path calls what a code means for a partner or in a case: ``X3 (from P1)``."""
_UNLISTED: Final = ("?", "ZZZ", "-")


class Event(NamedTuple):
    """One step of a history."""

    trigger: str
    """Empty for where it starts."""
    code: str

    def __str__(self) -> str:
        return f"{self.trigger} -> {self.code}" if self.trigger else self.code


def of_taxonomy(finding: Finding, sides: Sides) -> Witness | None:
    """A history, or a status, that the two versions do not take alike; `None`: there is none."""
    side, writer, reader = sides
    ours, theirs = writer.body, reader.body
    if not (isinstance(ours, Taxonomy) and isinstance(theirs, Taxonomy)):
        return None
    if finding.change.kind is ChangeKind.TAXONOMY_UNKNOWN:
        return _unlisted(ours, theirs, side)
    for history in _histories(finding, ours):
        said = _refused(history, theirs) or _otherwise(finding, history[-1].code, ours, theirs)
        if said:
            return Witness("history", side, [str(each) for each in history], said)
    return None


def _unlisted(ours: Taxonomy, theirs: Taxonomy, side: Side) -> Witness | None:
    """A code that neither lists, and what each shows for it."""
    listed = {each.code for each in (*ours.states, *theirs.states)}
    code = next(each for each in _UNLISTED if each not in listed)
    said = f"read as: {theirs.unknown}; meant: {ours.unknown}"
    return Witness("history", side, [code], said) if ours.unknown != theirs.unknown else None


def _histories(finding: Finding, machine: Taxonomy) -> list[tuple[Event, ...]]:
    """Legal ways to what the finding is about; a status alone where nothing leads to it."""
    known = {each.code for each in machine.states}
    for step in (finding.change.old, finding.change.new):
        if isinstance(step, Transition) and step in machine.transitions:
            before = _way(machine, step.source)
            return [(*before, Event(step.trigger, step.target))] if before else []
    if finding.change.kind is ChangeKind.TRANSITION_GUARD:
        guarded = _guarded(finding, machine)
        way = _way(machine, guarded.source) if guarded else ()
        return [(*way, Event(guarded.trigger, guarded.target))] if guarded and way else []
    named = [finding.change.what, *(getattr(each, "code", "") for each in _nodes(finding))]
    codes = [each for each in (*finding.change.path, *named) if each in known]
    if finding.change.kind is ChangeKind.STATE_OWNER and not finding.change.path:
        codes += [each.code for each in machine.states if not each.owner]
    ways = [_way(machine, each) for each in dict.fromkeys(codes)]
    return [*(way for way in ways if way), *((Event("", each),) for each in dict.fromkeys(codes))]


def _guarded(finding: Finding, machine: Taxonomy) -> Transition | None:
    """The step whose guard the finding is about."""
    asked = (finding.change.path[-1], finding.change.what)
    for each in machine.transitions:
        if (f"{each.source} -> {each.target}", each.trigger) == asked:
            return each
    return None


def _nodes(finding: Finding) -> tuple[object, object]:
    return finding.change.old, finding.change.new


def _way(machine: Taxonomy, code: str) -> tuple[Event, ...]:
    """The shortest way from a start to `code`; a list without steps goes there at once."""
    if machine.kind is not TaxonomyKind.STATE_MACHINE:
        return (Event("", code),)
    waiting: deque[tuple[Event, ...]] = deque(
        (Event("", each.code),) for each in machine.states if each.initial
    )
    seen = {way[-1].code for way in waiting}
    while waiting:
        way = waiting.popleft()
        if way[-1].code == code:
            return way
        for step in machine.transitions:
            if step.source == way[-1].code and step.target not in seen:
                seen.add(step.target)
                waiting.append((*way, Event(step.trigger, step.target)))
    return ()


def _refused(history: tuple[Event, ...], machine: Taxonomy) -> str:
    """Why `machine` does not take `history`; empty when it does."""
    states = {each.code: each for each in machine.states}
    for event in history:
        if event.code not in states:
            return f"refused: there is no {event.code}"
    if machine.kind is not TaxonomyKind.STATE_MACHINE or len(history) == 1:
        return ""
    if not states[history[0].code].initial:
        return f"refused: nothing starts in {history[0].code}"
    steps = {(each.source, each.trigger, each.target) for each in machine.transitions}
    here = history[0].code
    for event in history[1:]:
        if (here, event.trigger, event.code) not in steps:
            return f"refused: no {event.trigger} leads from {here} to {event.code}"
        here = event.code
    return ""


def _otherwise(finding: Finding, code: str, ours: Taxonomy, theirs: Taxonomy) -> str:
    """What the reader knows of a status, where that is not what the writer knows."""
    before, after = _about(finding, code, ours), _about(finding, code, theirs)
    return f"read as: {after}; meant: {before}" if before != after else ""


_FACTS: Final = {
    ChangeKind.STATE_DEFINITION: "definition",
    ChangeKind.STATE_TERMINAL: "terminal",
    ChangeKind.STATE_INITIAL: "initial",
    ChangeKind.STATE_RANK: "rank",
    ChangeKind.STATE_VISIBILITY: "customer_visible",
    ChangeKind.STATE_ADVANCES: "advances_to",
}


def _about(finding: Finding, code: str, taxonomy: Taxonomy) -> str:
    """What the finding's kind asks of a status, or of the step that leads to it."""
    if finding.change.kind is ChangeKind.TRANSITION_GUARD:
        step = _guarded(finding, taxonomy)
        return f"only when {step.when}" if step and step.when else "whenever it is told"
    states: dict[str, State] = {each.code: each for each in taxonomy.states}
    state, fact = states.get(code), _FACTS.get(finding.change.kind)
    if finding.change.kind is ChangeKind.STATE_OWNER and state:
        return f"{state.owner or taxonomy.owner} says it"
    if fact and state:
        return f"{fact.replace('_', ' ')} {getattr(state, fact)}"
    return ""


def of_mapping(finding: Finding, sides: Sides) -> Witness | None:
    """A code that the reader understands otherwise than the writer; `None`: there is none."""
    side, writer, reader = sides
    ours, theirs = writer.body, reader.body
    if not (isinstance(ours, CodeMap) and isinstance(theirs, CodeMap)):
        return None
    asked = _sent if finding.change.kind is ChangeKind.SENDING else _meaning
    for code in _codes(finding, ours):
        before, after = asked(ours, code), asked(theirs, code)
        if before != after:
            return Witness("code", side, code, f"read as: {after}; meant: {before}")
    return None


def _codes(finding: Finding, mapping: CodeMap) -> tuple[str, ...]:
    if finding.change.kind is ChangeKind.UNMAPPED:
        listed = {each.code for each in mapping.cells}
        return tuple(each for each in _UNLISTED if each not in listed)
    return tuple(each.removesuffix(" ->") for each in finding.change.path)


def _sent(mapping: CodeMap, code: str) -> str:
    for each in mapping.sends:
        if each.source == code:
            return f"sent as {each.code} ({each.quality.value})"
    return "not sent"


def _meaning(mapping: CodeMap, asked: str) -> str:
    """What a code means: for a partner (``X3 (from P1)``), in a case, or as a rule."""
    special = _SPECIAL.fullmatch(asked)
    code, what = (special["code"], special["what"]) if special else (asked, "")
    cell = next((each for each in mapping.cells if each.code == code), None)
    for each in mapping.overrides:
        if (each.code, f"from {each.partner}") == (code, what):
            classifier = cell.classifier if cell else ""
            return _said((each.to, *each.also), each.quality.value, classifier)
    if cell is None:
        rejected = mapping.unmapped.value == "reject"
        return "a business exception" if rejected else "the unknown value"
    for case in cell.cases:
        if ", ".join(f"{name} is {value}" for name, value in case.when) == what:
            return _said((case.to, *case.also), cell.quality.value, cell.classifier)
    return _of_cell(cell)


def _of_cell(cell: MappingCell) -> str:
    return _said((cell.to, *cell.also), cell.quality.value, cell.classifier)


def _said(codes: tuple[str | None, ...], quality: str, classifier: str) -> str:
    shown = " and ".join(each for each in codes if each) or "nothing"
    return f"{shown} ({', '.join(each for each in (quality, classifier) if each)})"
