"""States what differs between two taxonomies and between two mappings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.model.taxonomy import CodeMap, Taxonomy, answers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.taxonomy import (
        MappingCell,
        Sending,
        Sla,
        State,
        Transition,
    )

_OF_A_STATE: Final[Mapping[str, ChangeKind]] = {
    "definition": ChangeKind.STATE_DEFINITION,
    "terminal": ChangeKind.STATE_TERMINAL,
    "initial": ChangeKind.STATE_INITIAL,
    "customer_visible": ChangeKind.STATE_VISIBILITY,
    "exception": ChangeKind.STATE_VISIBILITY,
    "billable": ChangeKind.STATE_VISIBILITY,
    "category": ChangeKind.STATE_CATEGORY,
    "fallback": ChangeKind.STATE_FALLBACK,
    "sunset": ChangeKind.STATE_SUNSET,
    "replaced_by": ChangeKind.STATE_SUNSET,
    "advances_to": ChangeKind.STATE_ADVANCES,
    "label": ChangeKind.STATE_LABEL,
    "not_to_be_confused_with": ChangeKind.STATE_LABEL,
}
_OF_A_KIND: Final = frozenset({"terminal", "initial", "advances_to"})
"""What only states of one kind of list have: that goes with the kind, and is no edit of its own."""


_KEYS: Final = {"doc": "definition"}
"""Where a part of a list is written, where that is not its name."""
_OF_A_LIST: Final[Mapping[str, ChangeKind]] = {
    "kind": ChangeKind.TAXONOMY_KIND,
    "doc": ChangeKind.TAXONOMY_DEFINITION,
    "unknown": ChangeKind.TAXONOMY_UNKNOWN,
    "ignored": ChangeKind.TAXONOMY_IGNORED,
    "advances": ChangeKind.STATE_ADVANCES,
    "derived": ChangeKind.TAXONOMY_DERIVATION,
    "owner": ChangeKind.STATE_OWNER,
    "open": ChangeKind.TAXONOMY_OPENNESS,
    "skips": ChangeKind.TAXONOMY_SKIPS,
}


def taxonomy_facts(two: Pair) -> Iterator[Change]:
    """The list as a whole became another kind, or advances or falls back differently."""
    old, new = cast("Taxonomy", two.old), cast("Taxonomy", two.new)
    for name, kind in _OF_A_LIST.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after and (name != "advances" or old.kind is new.kind):
            yield _at(two, _KEYS.get(name, name)).change(kind, values=(before, after))
    if old.title != new.title:
        titles = (old.title, new.title)
        yield _at(two, "title").change(ChangeKind.STATE_LABEL, "title", values=titles)
    if set(old.retired) != set(new.retired):
        yield _at(two, "retired").change(ChangeKind.RETIRED, values=(old.retired, new.retired))


def _at(two: Pair, *keys: str) -> Pair:
    """The pair, as if its lists stood where they say something, or have one of their parts."""
    nodes = (two.old, two.new, two.old_owner, two.new_owner)
    old, new, old_owner, new_owner = (_moved(each, keys) for each in nodes)
    return replace(two, old=old, new=new, old_owner=old_owner, new_owner=new_owner)


def _moved(node: object, keys: tuple[str, ...]) -> object:
    if not isinstance(node, Taxonomy | CodeMap) or node.at is None:
        return node
    return replace(node, at=replace(node.at, pointer=keys))


def state_facts(two: Pair) -> Iterator[Change]:
    """A state came, went, was renamed, or means something else."""
    old, new = cast("State | None", two.old), cast("State | None", two.new)
    reused = new is not None and _means_something_else(old, new, cast("Taxonomy", two.old_owner))
    if reused:
        yield two.change(ChangeKind.CODE_REUSED, new.code if new else "")
    if old is None or new is None:
        if not reused:
            kind = ChangeKind.STATE_REMOVED if old else ChangeKind.STATE_ADDED
            yield _at(two, "states").change(kind)
        return
    if old.code != new.code:
        yield two.change(ChangeKind.STATE_RENAMED, old.code)
    yield from _parts_of_a_state(two, old, new)


def _parts_of_a_state(two: Pair, old: State, new: State) -> Iterator[Change]:
    same = cast("Taxonomy", two.old_owner).kind is cast("Taxonomy", two.new_owner).kind
    for name, kind in _OF_A_STATE.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after and (same or name not in _OF_A_KIND):
            yield two.change(kind, name, values=(before, after))
    if old.deprecated != new.deprecated:
        yield two.change(ChangeKind.DEPRECATION)
    aliases = (_other_codes(old, new.code), _other_codes(new, old.code))
    if set(aliases[0]) != set(aliases[1]):
        yield two.change(ChangeKind.STATE_ALIASES, values=aliases)
    # A change of the taxonomy's owner is one fact of its own, not one per state.
    owners = (old.owner, new.owner)
    if owners[0] != owners[1] and _said_by(old, two.old_owner) != _said_by(new, two.new_owner):
        yield two.change(ChangeKind.STATE_OWNER, "owner", values=owners)


def _other_codes(state: State, renamed: str) -> tuple[str, ...]:
    """Its former codes, but for the one that the renaming speaks of."""
    return tuple(each for each in state.aliases if each != renamed)


def _means_something_else(old: State | None, new: State, taxonomy: Taxonomy) -> bool:
    """Whether the code of `new` stood for something that is gone."""
    if old is not None and old.code == new.code:
        return False
    former = {code for each in taxonomy.states if each is not old for code in each.aliases}
    return new.code in {*taxonomy.retired, *former}


def rank_facts(two: Pair) -> Iterator[Change]:
    """A state has another place in the order; `Pair.lookalike` has those it stands otherwise to."""
    old, new = cast("State", two.old), cast("State", two.new)
    yield two.change(ChangeKind.STATE_RANK, "rank", values=(old.rank, new.rank))


def _said_by(state: State, taxonomy: object) -> str:
    return state.owner or cast("Taxonomy", taxonomy).owner


def transition_facts(two: Pair) -> Iterator[Change]:
    """A step between two states that both versions have came or went, or asks for more or less."""
    old, new = cast("Transition | None", two.old), cast("Transition | None", two.new)
    if old is None or new is None:
        kind = ChangeKind.TRANSITION_REMOVED if old else ChangeKind.TRANSITION_ADDED
        yield _at(two, "transitions").change(kind)
    elif old.when != new.when:
        yield two.change(ChangeKind.TRANSITION_GUARD, old.trigger, values=(old.when, new.when))


def sla_facts(two: Pair) -> Iterator[Change]:
    """A time was agreed, or is no more, is shorter or longer, or is taken by another clock."""
    old, new = cast("Sla | None", two.old), cast("Sla | None", two.new)
    if old is None or new is None:
        yield _at(two, "sla").change(ChangeKind.SLA_REMOVED if old else ChangeKind.SLA_ADDED)
        return
    if (old.within, old.share) != (new.within, new.share):
        yield two.change(ChangeKind.SLA_LIMIT)
    if _clock(old) != _clock(new):
        yield two.change(ChangeKind.SLA_CLOCK)


def _clock(sla: Sla) -> tuple[str, ...]:
    return sla.measure, sla.start, sla.stop, sla.calendar, sla.time_zone


def mapping_facts(two: Pair) -> Iterator[Change]:
    """The mapping translates from or to something else, or treats unlisted codes differently."""
    old, new = cast("CodeMap", two.old), cast("CodeMap", two.new)
    for name in ("system", "code_list", "taxonomy"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            keys = ("list", "name") if name == "code_list" else (name,)
            yield _at(two, *keys).change(ChangeKind.MAPPING_SCOPE, name, values=(before, after))
    if old.list_version != new.list_version:
        versions = (old.list_version, new.list_version)
        yield _at(two, "list", "version").change(ChangeKind.LIST_VERSION, values=versions)
    if old.unmapped is not new.unmapped:
        values = (old.unmapped, new.unmapped)
        yield _at(two, "unmapped").change(ChangeKind.UNMAPPED, values=values)
    yield from _notes(two, "owner", "sends_all")


def _notes(two: Pair, *names: str) -> Iterator[Change]:
    """What is said beside what codes mean, for those who keep the mapping."""
    for name in names:
        before, after = getattr(two.old, name), getattr(two.new, name)
        if before != after:
            yield _at(two, name).change(ChangeKind.MAPPING_NOTE, name, values=(before, after))


def cell_facts(two: Pair) -> Iterator[Change]:
    """A code came, went, or means something else."""
    old, new = cast("MappingCell | None", two.old), cast("MappingCell | None", two.new)
    if old is None or new is None:
        yield _at(two, "rows").change(ChangeKind.CELL_REMOVED if old else ChangeKind.CELL_ADDED)
        return
    if old.to != new.to:
        yield two.change(ChangeKind.CELL_TARGET, values=(old.to, new.to))
    elif old.quality is not new.quality:
        yield two.change(ChangeKind.CELL_QUALITY, values=(old.quality, new.quality))
    if set(old.also) != set(new.also):
        yield two.change(ChangeKind.CELL_ALSO, values=(old.also, new.also))
    if old.classifier != new.classifier:
        values = (old.classifier, new.classifier)
        yield two.change(ChangeKind.CELL_CLASSIFIER, values=values)
    if two.where.steps[-1] == old.code:  # a case or a partner has it from its row
        yield from _notes(two, "final", "provenance")


def override_facts(two: Pair) -> Iterator[Change]:
    """What one partner means by a code, apart from all others, was agreed or is no more."""
    old, new = cast("MappingCell", two.old), cast("MappingCell", two.new)
    meant = {
        (each.to, frozenset(each.also), cell.quality)
        for cell in (old, new)
        for each in answers(cell)
    }
    if len(meant) > 1:
        yield two.change(ChangeKind.OVERRIDE)


def agreement_facts(two: Pair) -> Iterator[Change]:
    """What was agreed with a partner holds for a longer or shorter time."""
    days = tuple(
        next(
            each.until
            for each in cast("CodeMap", owner).overrides
            if f"{each.code} (from {each.partner})" == two.where.steps[-1]
        )
        for owner in (two.old_owner, two.new_owner)
    )
    if days[0] != days[1]:
        yield two.change(ChangeKind.OVERRIDE, "until", values=(days[0], days[1]))


def sending_facts(two: Pair) -> Iterator[Change]:
    """Another code, or none, is sent for one of ours, or it loses more or less."""
    old, new = cast("Sending | None", two.old), cast("Sending | None", two.new)
    if old != new:
        yield _at(two, "sends").change(ChangeKind.SENDING)
