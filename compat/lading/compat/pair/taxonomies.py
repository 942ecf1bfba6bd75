"""Aligns two taxonomies (states by code, else by meaning; steps by their ends) and two mappings."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING, Final

from lading.compat.pair.apis import align
from lading.compat.pair.walk import Pair, Role, Where
from lading.model.contract import Slot
from lading.model.schema import Encoding
from lading.model.taxonomy import MappingCell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from lading.model.taxonomy import Case, CodeMap, State, Taxonomy, Transition

_ALIKE: Final = 0.7
"""Definitions that have so much in common are looked at by a person."""
_COMPARED: Final = 400
"""With more pairs than that nothing is suspected: it is another list."""
_ORDERED: Final = 250_000
"""With more pairs than that, each state whose place in the order is another one is named."""
_READ: Final = 300
"""So many characters of a definition are compared with another one."""
_ROOT = Where(Slot.EVENT, Encoding.JSON)


def pair_taxonomies(old: Taxonomy, new: Taxonomy) -> Iterator[Pair]:
    """Yield the pair of taxonomies, its states, and the steps between states both have."""
    yield Pair(Role.TAXONOMY, old, new, _ROOT, old, new)
    before, after = {s.code: s for s in old.states}, {s.code: s for s in new.states}
    renamed = dict(_renames(before, after))
    back = {now: was for was, now in renamed.items()}
    alike = _lookalikes(old, new, renamed)
    for code, state in before.items():
        other, like = after.get(renamed.get(code, code)), alike.get(code, "")
        yield Pair(Role.STATE, state, other, _ROOT.step(code), old, new, lookalike=like)
    for code, state in after.items():
        if code not in before and code not in back:
            like = alike.get(code, "")
            yield Pair(Role.STATE, None, state, _ROOT.step(code), old, new, lookalike=like)
    if old.kind is not new.kind:  # what happens to things in these states is another matter
        return
    both = [(a, b) for a in old.states if (b := after.get(renamed.get(a.code, a.code)))]
    for (state, other), others in out_of_order(both):
        like = ", ".join(others)
        yield Pair(Role.RANK, state, other, _ROOT.step(state.code), old, new, lookalike=like)
    yield from _transitions(old, new, renamed)
    agreed = {each.name: each for each in old.slas}, {each.name: each for each in new.slas}
    for sla, one, another in align(*agreed):
        yield Pair(Role.SLA, one, another, _ROOT.step(sla.name), old, new)


def _renames(old: Mapping[str, State], new: Mapping[str, State]) -> Iterator[tuple[str, str]]:
    """A code that went and one that came: the same state under a new name.

    One says that it was the other; else the two have one meaning.
    """
    gone, came = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    for same in (_is_alias, _same_meaning):
        found = [
            (a, fits[0])
            for a in gone
            if len(fits := [b for b in came if same(old[a], new[b])]) == 1
            and sum(same(old[each], new[fits[0]]) for each in gone) == 1
        ]
        yield from found
        gone = [a for a in gone if a not in dict(found)]
        came = [b for b in came if b not in dict(found).values()]
        if same is _is_alias:  # several that one state was: merged, whatever their definitions
            gone = [a for a in gone if not any(_is_alias(old[a], each) for each in new.values())]


def _is_alias(old: State, new: State) -> bool:
    return old.code in new.aliases or new.code in old.aliases


def _lookalikes(old: Taxonomy, new: Taxonomy, renamed: Mapping[str, str]) -> dict[str, str]:
    """Code to those of the other version that it may be, renamed, split or merged."""
    before, after = {s.code: s for s in old.states}, {s.code: s for s in new.states}
    gone = [code for code in before if code not in after and code not in renamed]
    came = [code for code in after if code not in before and code not in renamed.values()]
    if len(gone) * len(came) > _COMPARED:
        return {}
    shared = before.keys() & after.keys()
    found: dict[str, list[str]] = {}
    for a in gone:
        around = _around(a, old.transitions, shared)
        for b in came:
            one, other = before[a], after[b]
            near = _stand_alike(around, _around(b, new.transitions, shared))
            if (
                (near and one.terminal == other.terminal)
                or a == other.fallback
                or _sound_alike(one.definition[:_READ], other.definition[:_READ])
            ):
                found.setdefault(a, []).append(b)
                found.setdefault(b, []).append(a)
    return {code: ", ".join(others) for code, others in found.items()}


def _sound_alike(one: str, other: str) -> bool:
    return bool(one and other) and SequenceMatcher(None, one, other).ratio() > _ALIKE


def _around(
    code: str, steps: tuple[Transition, ...], shared: AbstractSet[str]
) -> tuple[AbstractSet[str], AbstractSet[str]]:
    """The states before and after one, of those that both versions have."""
    before = {each.source for each in steps if each.target == code} & shared
    return before, {each.target for each in steps if each.source == code} & shared


def _stand_alike(
    one: tuple[AbstractSet[str], AbstractSet[str]], other: tuple[AbstractSet[str], AbstractSet[str]]
) -> bool:
    pairs = list(zip(one, other, strict=True))
    return any(a & b for a, b in pairs) and all(a <= b or b <= a for a, b in pairs)


def _same_meaning(old: State, new: State) -> bool:
    """By definition; a state without one by its labels and rank."""
    if old.definition and new.definition and plain(old.definition) == plain(new.definition):
        return True
    labels = bool(old.label) and dict(old.label) == dict(new.label)
    return labels and old.rank == new.rank


def plain(text: str) -> str:
    """A definition without what does not change its meaning: case, white space, end stop."""
    return " ".join(text.split()).rstrip(".").casefold()


def out_of_order(
    both: list[tuple[State, State]],
) -> Iterator[tuple[tuple[State, State], list[str]]]:
    """The fewest states whose places explain another order, with those they stand otherwise to.

    Numbers do not count, but which of two is the later one, or that neither is.
    """
    if _places([a.rank for a, _ in both]) == _places([b.rank for _, b in both]):
        return
    if len(both) ** 2 > _ORDERED:
        places = [_places([two[side].rank for two in both]) for side in (0, 1)]
        for at, (before, after) in enumerate(zip(*places, strict=True)):
            if before != after:
                yield both[at], []
        return
    turned: dict[int, set[int]] = {at: set() for at in range(len(both))}
    for one, other in combinations(range(len(both)), 2):
        was, now = (_later(both[one][side], both[other][side]) for side in (0, 1))
        if was != now:
            turned[one].add(other)
            turned[other].add(one)
    while any(turned.values()):
        left = [at for at, others in turned.items() if others]
        moved = max(left, key=lambda at: (_renumbered(both[at]), len(turned[at])))
        yield both[moved], [both[each][0].code for each in sorted(turned[moved])]
        for each in turned.pop(moved):
            turned[each].discard(moved)


def _places(ranks: list[int]) -> list[int]:
    """The place of each in the order: equal ranks share one."""
    place = {rank: at for at, rank in enumerate(sorted(set(ranks)))}
    return [place[each] for each in ranks]


def _later(one: State, other: State) -> int:
    return (one.rank > other.rank) - (one.rank < other.rank)


def _renumbered(two: tuple[State, State]) -> bool:
    return two[0].rank != two[1].rank


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
    says it, the other one's answer is what it says there: that of a wider case, or of the code.
    """
    yield Pair(Role.MAPPING, old, new, _ROOT, old, new)
    before, after = {c.code: c for c in old.cells}, {c.code: c for c in new.cells}
    for shown, a, b in align(before, after):
        yield Pair(Role.CELL, a, b, _ROOT.step(shown.code), old, new)
    for code in dict.fromkeys((*before, *after)):
        for what, when in regions(before.get(code), after.get(code)).items():
            a, b = meant(before.get(code), when), meant(after.get(code), when)
            yield Pair(Role.CELL, a, b, _ROOT.step(f"{code} ({what})"), old, new)
    agreed = [_agreed(each) for each in (old, new)]
    for code, what in dict.fromkeys((*agreed[0], *agreed[1])):
        a, b = (
            said.get((code, what)) or cells.get(code)
            for said, cells in zip(agreed, (before, after), strict=True)
        )
        alone = ((code, what) in agreed[0]) is not ((code, what) in agreed[1])
        role = Role.OVERRIDE if alone and a and b else Role.CELL
        yield Pair(role, a, b, _ROOT.step(f"{code} ({what})"), old, new)
        if not alone:
            yield Pair(Role.AGREEMENT, a, b, _ROOT.step(f"{code} ({what})"), old, new)
    sent = {s.source: s for s in old.sends}, {s.source: s for s in new.sends}
    for sending, c, d in align(*sent):
        yield Pair(Role.SENDING, c, d, _ROOT.step(f"{sending.source} ->"), old, new)


def regions(old: MappingCell | None, new: MappingCell | None) -> dict[str, dict[str, str]]:
    """What a message may say besides a code, so that each version has one answer to it.

    Where a case of one version meets one of the other, they are told apart there; what is left of
    a case that no wider one takes in is another region. Values are free text, so narrower cases
    never fill a wider one.
    """
    before, after = (each.cases if each else () for each in (old, new))
    met = [both for a in before for b in after if (both := _both(a, b)) is not None]
    alone = [
        dict(case.when)
        for mine, others in ((before, after), (after, before))
        for case in mine
        if not any(set(other.when) <= set(case.when) for other in others)
    ]
    found = [dict(sorted(each.items())) for each in (*met, *alone)]
    return {", ".join(f"{name} is {value}" for name, value in each.items()): each for each in found}


def _both(one: Case, other: Case) -> dict[str, str] | None:
    """What holds where both cases do; `None`: they never do."""
    when, more = dict(one.when), dict(other.when)
    if any(when.get(name, value) != value for name, value in more.items()):
        return None
    return when | more


def meant(cell: MappingCell | None, when: Mapping[str, str]) -> MappingCell | None:
    """The cell as it is where a message says `when`."""
    for case in cell.cases if cell else ():
        if cell and set(case.when) <= set(when.items()):
            return replace(cell, to=case.to, also=case.also, at=case.at)
    return cell


def _agreed(mapping: CodeMap) -> dict[tuple[str, str], MappingCell]:
    """The cells that hold for a partner, by code and partner."""
    listed = {cell.code: cell for cell in mapping.cells}
    cells: dict[tuple[str, str], MappingCell] = {}
    for each in mapping.overrides:
        cell = listed.get(each.code) or MappingCell(each.code, None, each.quality)
        cells[each.code, f"from {each.partner}"] = replace(
            cell, to=each.to, quality=each.quality, also=each.also, cases=(), at=each.at
        )
    return cells
