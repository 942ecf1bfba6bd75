"""How readers of one version take the histories that another version tells.

A taxonomy is an automaton, so whether each history of the writer is one for the reader is decided
by walking both at once, and a shortest one that is not is found on the way.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from lading.model.taxonomies import followed, reachable
from lading.model.taxonomy import TaxonomyKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.model.taxonomy import State, Taxonomy, Transition


_TRIED: Final = 100_000
"""Longer lists (states times steps) are not tried, and count as refused."""


class Event(NamedTuple):
    """One step of a history."""

    trigger: str
    """Empty for where it starts."""
    code: str

    def __str__(self) -> str:
        return f"{self.trigger} -> {self.code}" if self.trigger else self.code


class Stray(NamedTuple):
    """A history of the writer that the reader does not go along with."""

    history: tuple[Event, ...]
    why: str


def taken_for(code: str, writer: Taxonomy, reader: Taxonomy, *, newer: bool) -> str | None:
    """The reader's state for a code of the writer; `None`: it has none.

    Former codes are the reader's own knowledge. What a state may be taken for is said for readers
    that are older than it, so it counts where the writer is `newer`.
    """
    known = {alias: each.code for each in reader.states for alias in each.aliases}
    known |= {each.code: each.code for each in reader.states}
    mine = {each.code: each for each in writer.states}
    chain = followed(mine[code], mine, "fallback") if newer and code in mine else []
    return next((known[each] for each in (code, *chain) if each in known), None)


def merged_into(state: State, taxonomy: Taxonomy) -> State | None:
    """The state that has the code of another one among its former codes."""
    return next((each for each in taxonomy.states if state.code in each.aliases), None)


def stray(code: str, writer: Taxonomy, reader: Taxonomy, *, newer: bool) -> Stray | None:
    """A shortest history through the state `code` that the reader refuses because of it.

    `None`: it goes along with all of them. What other states do is for them to answer for.
    """
    if len(writer.states) * len(writer.transitions) > _TRIED:
        return Stray((Event("", code),), "the list is too long to try its histories")
    takes = {each.code: taken_for(each.code, writer, reader, newer=newer) for each in writer.states}
    mine, theirs = ({each.code: each for each in side.states} for side in (writer, reader))
    passed_over = {
        each.code
        for each in writer.states
        if takes[each.code] is None and newer and reader.open and not each.terminal
    }
    if unread := _unread(mine[code], takes[code], theirs, over=code in passed_over):
        return Stray(way_to(writer, code) or (Event("", code),), unread)
    if writer.kind is not TaxonomyKind.STATE_MACHINE or reader.kind is not writer.kind:
        return None
    return _Both(code, writer, reader, takes, passed_over).walk()


def _unread(state: State, taken: str | None, theirs: dict[str, State], *, over: bool) -> str:
    """Why the state itself is not read; empty when it is."""
    if over:
        return ""
    if taken is None:
        return f"there is no {state.code}"
    if state.terminal and not theirs[taken].terminal:
        return f"{state.code} ends it, and {taken} does not"
    return ""


class _Both:
    """The walk over writer and reader; a step is between places, (writer's, reader's)."""

    def __init__(
        self,
        code: str,
        writer: Taxonomy,
        reader: Taxonomy,
        takes: dict[str, str | None],
        passed_over: set[str],
    ) -> None:
        self.code, self.writer, self.reader = code, writer, reader
        self.takes, self.passed_over = takes, passed_over
        self.starts = {each.code for each in reader.states if each.initial}

    def walk(self) -> Stray | None:
        """The shortest way to where they part at `code`."""
        start: tuple[str, str, tuple[Event, ...]] = ("", "", ())
        waiting, seen = deque([start]), {start[:2]}
        while waiting:
            mine, theirs, way = waiting.popleft()
            for event in self._next(mine):
                further = (*way, event)
                why = self._enter(theirs, event.code)
                if why and self.code in (mine, event.code):
                    return Stray(further, why)
                place = (event.code, self._there(theirs, event.code))
                if not why and place not in seen:
                    seen.add(place)
                    waiting.append((*place, further))
        return None

    def _next(self, here: str) -> list[Event]:
        """What the writer may tell next."""
        if not here:
            return [Event("", each.code) for each in self.writer.states if each.initial]
        steps = (each for each in self.writer.transitions if each.source == here)
        return [Event(each.trigger, each.target) for each in steps]

    def _there(self, here: str, code: str) -> str:
        return here if code in self.passed_over else self.takes[code] or here

    def _enter(self, here: str, code: str) -> str:
        """Why the reader, who is at `here`, does not go along to `code`."""
        if code in self.passed_over:
            return ""
        taken = self.takes[code]
        if taken is None:
            return f"there is no {code}"
        if not here:
            return "" if taken in self.starts else f"nothing starts in {taken}"
        if here == taken or leads(self.reader, here, taken):
            return ""
        return f"no step leads from {here} to {taken}"


def leads(machine: Taxonomy, source: str, target: str) -> bool:
    """Whether a thing may be told to be in `target` after `source`."""
    if any((each.source, each.target) == (source, target) for each in machine.transitions):
        return True
    return machine.skips and target in beyond(source, machine.transitions)


def beyond(source: str, transitions: tuple[Transition, ...]) -> set[str]:
    """The codes that one or more steps lead to from `source`."""
    return reachable((each.target for each in transitions if each.source == source), transitions)


def way_to(machine: Taxonomy, code: str) -> tuple[Event, ...]:
    """The shortest way from a start to `code`; a list without steps goes there at once."""
    if machine.kind is not TaxonomyKind.STATE_MACHINE:
        return (Event("", code),)
    starts = [(Event("", each.code),) for each in machine.states if each.initial]
    return way_on(machine, starts, code)


def way_on(machine: Taxonomy, starts: Sequence[tuple[Event, ...]], code: str) -> tuple[Event, ...]:
    """The shortest way that goes on from one of `starts` to `code`; empty: there is none."""
    waiting: deque[tuple[Event, ...]] = deque(starts)
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


def goes_back(step: Transition, old: Taxonomy, new: Taxonomy) -> str:
    """In what way a new step leads back; empty when it leads on."""
    source, target = step.source, step.target
    pairs = {(each.source, each.target) for each in old.transitions}
    if source == target or (source, target) in pairs:
        return ""
    said = []
    ranks = {each.code: each.rank for each in new.states}
    if ranks[target] < ranks[source]:
        said.append(f"goes back from rank {ranks[source]} to {ranks[target]}")
    before, after = old.transitions, new.transitions
    went_round = target in beyond(source, before) and source in beyond(target, before)
    if source in beyond(target, after) and not went_round:
        said.append("closes a circle")
    return " and ".join(said)
