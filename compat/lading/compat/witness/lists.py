"""Witnesses of taxonomies and mappings: the shortest history, the one code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.derived import compared
from lading.compat.histories import (
    Event,
    beyond,
    leads,
    merged_into,
    stray,
    taken_for,
    way_on,
    way_to,
)
from lading.compat.pair.taxonomies import meant, regions
from lading.compat.witness.base import Witness
from lading.compat.words import describe
from lading.model.taxonomy import CodeMap, Sla, State, Taxonomy, TaxonomyKind, Transition

if TYPE_CHECKING:
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Side, Sides
    from lading.model.document import JsonValue
    from lading.model.taxonomy import MappingCell

_UNLISTED: Final = ("?", "ZZZ", "-")


def of_taxonomy(finding: Finding, sides: Sides) -> Witness | None:
    """A history, or a status, that the two versions do not take alike; `None`: there is none."""
    side, writer, reader = sides
    ours, theirs = writer.body, reader.body
    if not (isinstance(ours, Taxonomy) and isinstance(theirs, Taxonomy)):
        return None
    if finding.change.kind is ChangeKind.TRANSITION_ADDED and side == "old":
        return _turned(finding, ours)
    special = _SPECIAL.get(finding.change.kind)
    if special:
        return special(finding, ours, theirs, side)
    if found := _astray(finding, ours, theirs, newer=side == "new"):
        return Witness("history", side, found[0], found[1])
    for history in _histories(finding, ours):
        said = _refused(history, theirs) or _otherwise(finding, history[-1].code, ours, theirs)
        if said:
            return Witness("history", side, [str(each) for each in history], said)
    return None


def _astray(
    finding: Finding, ours: Taxonomy, theirs: Taxonomy, *, newer: bool
) -> tuple[list[JsonValue], str] | None:
    """A history through a state of one version alone, which the other takes for another one."""
    gone = finding.change.old
    if newer and isinstance(gone, State) and (into := merged_into(gone, ours)):
        way = way_to(ours, into.code)
        said = f"read as: {into.code}; meant: {into.code} or {gone.code}"
        return ([str(each) for each in way], said) if way else None
    for code in finding.change.path:
        if all(code != each.code for each in ours.states) or any(
            code == each.code for each in theirs.states
        ):
            continue
        found = stray(code, ours, theirs, newer=newer)
        if found:
            return [str(each) for each in found.history], f"refused: {found.why}"
        way = way_to(ours, code) or (Event("", code),)
        taken = taken_for(code, ours, theirs, newer=newer) or theirs.unknown
        return [str(each) for each in way], f"read as: {taken}; meant: {code}"
    return None


def _turned(finding: Finding, ours: Taxonomy) -> Witness | None:
    """Late news that is a new turn to the version that has the step back."""
    step = finding.change.new
    way = way_to(ours, step.source) if isinstance(step, Transition) else ()
    if not way or not isinstance(step, Transition):
        return None
    said = f"read as: {step.target}; meant: {step.source}, from which no step leads back"
    return Witness("history", "old", [*map(str, way), f"late: {step.target}"], said)


def _unlisted(_: Finding, ours: Taxonomy, theirs: Taxonomy, side: Side) -> Witness | None:
    """A code that neither lists, and what each shows for it."""
    listed = {each.code for each in (*ours.states, *theirs.states)}
    code = next(each for each in _UNLISTED if each not in listed)
    read, meant_ = (_shown(each) for each in (theirs, ours))
    said = f"read as: {read}; meant: {meant_}"
    return Witness("history", side, [code], said) if read != meant_ else None


def _shown(taxonomy: Taxonomy) -> str:
    """What readers make of a code that is not listed."""
    return taxonomy.unknown if taxonomy.open else f"{taxonomy.unknown}, or refused"


def _gap(_: Finding, ours: Taxonomy, theirs: Taxonomy, side: Side) -> Witness | None:
    """The shortest history that leaves states out."""
    if not ours.skips:
        return None
    for state in ours.states:
        way = way_to(ours, state.code)
        for code in sorted(beyond(state.code, ours.transitions)) if way else ():
            if not leads(theirs, state.code, code):
                said = f"refused: no step leads from {state.code} to {code}"
                return Witness("history", side, [*map(str, way), code], said)
    return None


def _given_up(finding: Finding, ours: Taxonomy, theirs: Taxonomy, side: Side) -> Witness | None:
    """A code that stands in stored histories, and what each version makes of it."""
    old, new = (ours, theirs) if side == "old" else (theirs, ours)
    if finding.change.kind is ChangeKind.CODE_REUSED:
        codes = [finding.change.what]
    else:
        before, after = (cast("tuple[str, ...]", each) for each in _nodes(finding))
        codes = sorted(set(before) - set(after))
    for code in codes:
        read = [taken_for(code, old, each, newer=False) or "nothing" for each in (old, new)]
        if read[0] != read[1]:
            return Witness("history", "old", [code], f"read as: {read[1]}; meant: {read[0]}")
    return None


def _in_time(finding: Finding, ours: Taxonomy, theirs: Taxonomy, side: Side) -> Witness | None:
    """A history that is in time for who wrote it."""
    mine, other = (
        next((each for each in one.slas if each.name == finding.change.path[-1]), None)
        for one in (ours, theirs)
    )
    about = mine or other
    if about is None:
        return None
    way = way_to(ours, about.start)
    way = (way_on(ours, [way], about.stop) if way and about.stop else ()) or way
    if not way:
        return None
    shown: list[JsonValue] = [str(each) for each in way]
    if mine and other and mine.length > other.length:
        said = f"refused: late after {mine.within}, agreed is {other.within}"
    else:
        said = f"read as: {_promised(other)}; meant: {_promised(mine)}"
    return Witness("history", side, shown, said)


def _latest(finding: Finding, ours: Taxonomy, theirs: Taxonomy, side: Side) -> Witness | None:
    """Two messages of one moment, of which each version takes another one for the latest."""
    change = finding.change
    old, new = (ours, theirs) if side == "old" else (theirs, ours)
    ranks = {each.code: each.rank for each in old.states}
    later = {each.code: each.rank for each in new.states}
    mine = change.path[-1]
    for code in change.lookalike.split(", "):
        if not (mine in ranks and code in ranks and mine in later and code in later):
            continue  # it has another name in one of them
        said = [_last(each, mine, code) for each in (ranks, later)]
        read, meant_ = reversed(said) if side == "old" else said
        if read != meant_:
            shown: list[JsonValue] = [mine, f"at the same moment: {code}"]
            return Witness("history", side, shown, f"read as: {read}; meant: {meant_}")
    return None


def _last(ranks: dict[str, int], one: str, other: str) -> str:
    """Which of two is the latest when both happened at once."""
    if ranks[one] == ranks[other]:
        return "either of them"
    return one if ranks[one] > ranks[other] else other


def _computed(_: Finding, ours: Taxonomy, theirs: Taxonomy, side: Side) -> Witness | None:
    """Facts of which the two versions make two codes."""
    if ours.derived is None or theirs.derived is None:
        return None
    found = compared(ours.derived, theirs.derived).example
    if found is None:
        return None
    values: dict[str, JsonValue] = {
        name: [*value] if isinstance(value, tuple) else value
        for name, value in found.values.items()
    }
    # They are compared as writer and reader, so that `old` is the writer's code.
    return Witness("message", side, values, f"read as: {found.new}; meant: {found.old}")


def _promised(sla: Sla | None) -> str:
    return describe(sla) if sla else "no time agreed"


_SPECIAL: Final = {
    ChangeKind.STATE_RANK: _latest,
    ChangeKind.TAXONOMY_DERIVATION: _computed,
    ChangeKind.TAXONOMY_UNKNOWN: _unlisted,
    ChangeKind.TAXONOMY_OPENNESS: _unlisted,
    ChangeKind.TAXONOMY_SKIPS: _gap,
    ChangeKind.CODE_REUSED: _given_up,
    ChangeKind.STATE_ALIASES: _given_up,
    ChangeKind.SLA_ADDED: _in_time,
    ChangeKind.SLA_REMOVED: _in_time,
    ChangeKind.SLA_LIMIT: _in_time,
    ChangeKind.SLA_CLOCK: _in_time,
}
"""What is about more than a way to a state."""


def _histories(finding: Finding, machine: Taxonomy) -> list[tuple[Event, ...]]:
    """Legal ways to what the finding is about; a status alone where nothing leads to it."""
    known = {each.code for each in machine.states}
    for step in (finding.change.old, finding.change.new):
        if isinstance(step, Transition) and step in machine.transitions:
            before = way_to(machine, step.source)
            return [(*before, Event(step.trigger, step.target))] if before else []
    if finding.change.kind is ChangeKind.TRANSITION_GUARD:
        guarded = _guarded(finding, machine)
        way = way_to(machine, guarded.source) if guarded else ()
        return [(*way, Event(guarded.trigger, guarded.target))] if guarded and way else []
    named = [finding.change.what, *(getattr(each, "code", "") for each in _nodes(finding))]
    codes = [each for each in (*finding.change.path, *named) if each in known]
    if finding.change.kind is ChangeKind.STATE_OWNER and not finding.change.path:
        codes += [each.code for each in machine.states if not each.owner]
    ways = [way_to(machine, each) for each in dict.fromkeys(codes)]
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
    ChangeKind.STATE_ADVANCES: "advances_to",
    ChangeKind.STATE_CATEGORY: "category",
}


def _about(finding: Finding, code: str, taxonomy: Taxonomy) -> str:
    """What the finding's kind asks of a status, or of the step that leads to it."""
    if finding.change.kind is ChangeKind.TRANSITION_GUARD:
        step = _guarded(finding, taxonomy)
        return f"only when {step.when}" if step and step.when else "whenever it is told"
    states: dict[str, State] = {each.code: each for each in taxonomy.states}
    state, fact = states.get(code), _FACTS.get(finding.change.kind)
    if finding.change.kind is ChangeKind.STATE_VISIBILITY:
        fact = finding.change.what
    if finding.change.kind is ChangeKind.STATE_OWNER and state:
        return f"{state.owner or taxonomy.owner} says it"
    if fact and state:
        value = getattr(state, fact)
        return f"{fact.replace('_', ' ')} {describe(value) if value != '' else 'none'}"
    return ""


def of_mapping(finding: Finding, sides: Sides) -> Witness | None:
    """A code that the reader understands otherwise than the writer; `None`: there is none."""
    side, writer, reader = sides
    ours, theirs = writer.body, reader.body
    if not (isinstance(ours, CodeMap) and isinstance(theirs, CodeMap)):
        return None
    sends = finding.change.kind is ChangeKind.SENDING
    for code in _codes(finding, ours):
        where = _where(code, ours, theirs)
        before, after = (
            _sent(each, code) if sends else _meaning(each, code, where) for each in (ours, theirs)
        )
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


def _where(asked: str, *mappings: CodeMap) -> dict[str, str]:
    """What the message says besides its code, where the path names a case: ``X3 (at is hub)``."""
    code, _, what = asked.partition(" (")
    cells = [next((each for each in one.cells if each.code == code), None) for one in mappings]
    return regions(*cells).get(what.removesuffix(")"), {})


def _meaning(mapping: CodeMap, asked: str, where: dict[str, str]) -> str:
    """What a code means: for a partner (``X3 (from P1)``), in a case, or as a rule."""
    code, _, what = asked.partition(" (")
    what = what.removesuffix(")")
    cell = next((each for each in mapping.cells if each.code == code), None)
    for each in mapping.overrides:
        if (each.code, f"from {each.partner}") == (code, what):
            classifier = cell.classifier if cell else ""
            return _said((each.to, *each.also), each.quality.value, classifier)
    if cell is None:
        rejected = mapping.unmapped.value == "reject"
        return "a business exception" if rejected else "the unknown value"
    return _of_cell(meant(cell, where) or cell)


def _of_cell(cell: MappingCell) -> str:
    return _said((cell.to, *cell.also), cell.quality.value, cell.classifier)


def _said(codes: tuple[str | None, ...], quality: str, classifier: str) -> str:
    shown = " and ".join(each for each in codes if each) or "nothing"
    return f"{shown} ({', '.join(each for each in (quality, classifier) if each)})"
