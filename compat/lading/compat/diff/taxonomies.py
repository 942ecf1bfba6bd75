"""States what differs between two taxonomies and between two mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.taxonomy import CodeMap, MappingCell, Sending, State, Taxonomy, Transition

_OF_A_STATE: Final[Mapping[str, ChangeKind]] = {
    "definition": ChangeKind.STATE_DEFINITION,
    "terminal": ChangeKind.STATE_TERMINAL,
    "initial": ChangeKind.STATE_INITIAL,
    "rank": ChangeKind.STATE_RANK,
    "customer_visible": ChangeKind.STATE_VISIBILITY,
    "advances_to": ChangeKind.STATE_ADVANCES,
    "label": ChangeKind.STATE_LABEL,
    "not_to_be_confused_with": ChangeKind.STATE_LABEL,
    "deprecated": ChangeKind.DEPRECATION,
}


def taxonomy_facts(two: Pair) -> Iterator[Change]:
    """The list as a whole became another kind, or advances or falls back differently."""
    old, new = cast("Taxonomy", two.old), cast("Taxonomy", two.new)
    if old.kind is not new.kind:
        yield two.change(ChangeKind.TAXONOMY_KIND, values=(old.kind, new.kind))
    if old.unknown != new.unknown:
        yield two.change(ChangeKind.TAXONOMY_UNKNOWN, values=(old.unknown, new.unknown))
    if old.ignored != new.ignored:
        yield two.change(ChangeKind.TAXONOMY_IGNORED, values=(old.ignored, new.ignored))
    if old.advances != new.advances:
        yield two.change(ChangeKind.STATE_ADVANCES, values=(old.advances, new.advances))
    if old.derived != new.derived:
        yield two.change(ChangeKind.TAXONOMY_DERIVATION, values=(old.derived, new.derived))
    if old.owner != new.owner:
        yield two.change(ChangeKind.STATE_OWNER, values=(old.owner, new.owner))


def state_facts(two: Pair) -> Iterator[Change]:
    """A state came, went, was renamed, or means something else."""
    old, new = cast("State | None", two.old), cast("State | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.STATE_REMOVED if old else ChangeKind.STATE_ADDED)
        return
    if old.code != new.code:
        yield two.change(ChangeKind.STATE_RENAMED, old.code)
    for name, kind in _OF_A_STATE.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield two.change(kind, name, values=(before, after))
    # A change of the taxonomy's owner is one fact of its own, not one per state.
    owners = (old.owner, new.owner)
    if owners[0] != owners[1] and _said_by(old, two.old_owner) != _said_by(new, two.new_owner):
        yield two.change(ChangeKind.STATE_OWNER, "owner", values=owners)


def _said_by(state: State, taxonomy: object) -> str:
    return state.owner or cast("Taxonomy", taxonomy).owner


def transition_facts(two: Pair) -> Iterator[Change]:
    """A step between two states that both versions have came or went, or asks for more or less."""
    old, new = cast("Transition | None", two.old), cast("Transition | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.TRANSITION_REMOVED if old else ChangeKind.TRANSITION_ADDED)
    elif old.when != new.when:
        yield two.change(ChangeKind.TRANSITION_GUARD, old.trigger, values=(old.when, new.when))


def mapping_facts(two: Pair) -> Iterator[Change]:
    """The mapping translates from or to something else, or treats unlisted codes differently."""
    old, new = cast("CodeMap", two.old), cast("CodeMap", two.new)
    for name in ("system", "code_list", "taxonomy"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield two.change(ChangeKind.MAPPING_SCOPE, name, values=(before, after))
    if old.list_version != new.list_version:
        versions = (old.list_version, new.list_version)
        yield two.change(ChangeKind.LIST_VERSION, values=versions)
    if old.unmapped is not new.unmapped:
        yield two.change(ChangeKind.UNMAPPED, values=(old.unmapped, new.unmapped))


def cell_facts(two: Pair) -> Iterator[Change]:
    """A code came, went, or means something else."""
    old, new = cast("MappingCell | None", two.old), cast("MappingCell | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.CELL_REMOVED if old else ChangeKind.CELL_ADDED)
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


def override_facts(two: Pair) -> Iterator[Change]:
    """What one partner means by a code, apart from all others, was agreed or is no more."""
    old, new = cast("MappingCell", two.old), cast("MappingCell", two.new)
    if (old.to, set(old.also), old.quality) != (new.to, set(new.also), new.quality):
        yield two.change(ChangeKind.OVERRIDE)


def sending_facts(two: Pair) -> Iterator[Change]:
    """Another code, or none, is sent for one of ours, or it loses more or less."""
    old, new = cast("Sending | None", two.old), cast("Sending | None", two.new)
    if old != new:
        yield two.change(ChangeKind.SENDING)
