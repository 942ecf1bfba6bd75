"""Aligns two taxonomies (states by code, else by meaning; steps by their ends) and two mappings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat.pair.apis import align
from lading.compat.pair.walk import Pair, Role, Where
from lading.model.contract import Slot
from lading.model.schema import Encoding
from lading.model.taxonomy import MappingCell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.taxonomy import CodeMap, State, Taxonomy, Transition

_ROOT = Where(Slot.EVENT, Encoding.JSON)


def pair_taxonomies(old: Taxonomy, new: Taxonomy) -> Iterator[Pair]:
    """Yield the pair of taxonomies, its states, and the steps between states both have."""
    yield Pair(Role.TAXONOMY, old, new, _ROOT, old, new)
    before, after = {s.code: s for s in old.states}, {s.code: s for s in new.states}
    renamed = dict(_renames(before, after))
    back = {now: was for was, now in renamed.items()}
    for code, state in before.items():
        other = after.get(renamed.get(code, code))
        yield Pair(Role.STATE, state, other, _ROOT.step(code), old, new)
    for code, state in after.items():
        if code not in before and code not in back:
            yield Pair(Role.STATE, None, state, _ROOT.step(code), old, new)
    yield from _transitions(old, new, renamed)


def _renames(old: Mapping[str, State], new: Mapping[str, State]) -> Iterator[tuple[str, str]]:
    """A code that went and one that came, with one meaning: the same state under a new name."""
    gone, came = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    for a in gone:
        fits = [b for b in came if _same_meaning(old[a], new[b])]
        rivals = [c for c in gone if fits and _same_meaning(old[c], new[fits[0]])]
        if len(fits) == 1 and len(rivals) == 1:
            yield a, fits[0]


def _same_meaning(old: State, new: State) -> bool:
    """By definition; a state without one by its labels and rank."""
    if old.definition and new.definition and plain(old.definition) == plain(new.definition):
        return True
    labels = bool(old.label) and dict(old.label) == dict(new.label)
    return labels and old.rank == new.rank


def plain(text: str) -> str:
    """A definition without what does not change its meaning: case, white space, end stop."""
    return " ".join(text.split()).rstrip(".").casefold()


def _transitions(old: Taxonomy, new: Taxonomy, renamed: Mapping[str, str]) -> Iterator[Pair]:
    """Steps to or from a state that only one version has are part of that state's finding."""
    shared = {s.code for s in new.states} & {renamed.get(s.code, s.code) for s in old.states}

    before = {_ends(step, renamed): step for step in old.transitions}
    after = {_ends(step, {}): step for step in new.transitions}
    for ends in dict.fromkeys((*before, *after)):
        source, target, _ = ends
        if {source, target} <= shared:
            spot = _ROOT.step(f"{source} -> {target}")
            yield Pair(Role.TRANSITION, before.get(ends), after.get(ends), spot, old, new)


def _ends(step: Transition, names: Mapping[str, str]) -> tuple[str, str, str]:
    source, target = (names.get(code, code) for code in (step.source, step.target))
    return source, target, step.trigger


def pair_mappings(old: CodeMap, new: CodeMap) -> Iterator[Pair]:
    """Yield the pair of mappings, what each code means, and what is sent for each of ours.

    What a code means for one partner, or in one case, is a cell of its own: where only one version
    says it, the other one's answer is that of the code itself.
    """
    yield Pair(Role.MAPPING, old, new, _ROOT, old, new)
    before, after = {c.code: c for c in old.cells}, {c.code: c for c in new.cells}
    for shown, a, b in align(before, after):
        yield Pair(Role.CELL, a, b, _ROOT.step(shown.code), old, new)
    for partner in (False, True):
        special = [(_agreed if partner else _in_cases)(each) for each in (old, new)]
        for code, what in dict.fromkeys((*special[0], *special[1])):
            a, b = (
                said.get((code, what)) or cells.get(code)
                for said, cells in zip(special, (before, after), strict=True)
            )
            alone = ((code, what) in special[0]) is not ((code, what) in special[1])
            role = Role.OVERRIDE if partner and alone and a and b else Role.CELL
            if a or b:
                yield Pair(role, a, b, _ROOT.step(f"{code} ({what})"), old, new)
    sent = {s.source: s for s in old.sends}, {s.source: s for s in new.sends}
    for sending, c, d in align(*sent):
        yield Pair(Role.SENDING, c, d, _ROOT.step(f"{sending.source} ->"), old, new)


def _in_cases(mapping: CodeMap) -> dict[tuple[str, str], MappingCell]:
    """The cells that hold in a case, by code and case."""
    return {
        (cell.code, ", ".join(f"{name} is {value}" for name, value in case.when)): replace(
            cell, to=case.to, also=case.also, at=case.at
        )
        for cell in mapping.cells
        for case in cell.cases
    }


def _agreed(mapping: CodeMap) -> dict[tuple[str, str], MappingCell]:
    """The cells that hold for a partner, by code and partner."""
    listed = {cell.code: cell for cell in mapping.cells}
    cells: dict[tuple[str, str], MappingCell] = {}
    for each in mapping.overrides:
        cell = listed.get(each.code) or MappingCell(each.code, None, each.quality)
        cells[each.code, f"from {each.partner}"] = replace(
            cell, to=each.to, quality=each.quality, also=each.also, at=each.at
        )
    return cells
