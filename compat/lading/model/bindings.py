"""Whether a list of values still is what the taxonomy it is bound to says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.contract import Contract
    from lading.model.document import JsonValue, Pointer
    from lading.model.notes import Notes
    from lading.model.taxonomy import Taxonomy

BOUND: Final = "x-taxonomy"
_LISTS: Final = ("symbols", "enum", "x-extensible-enum")
"""Where Avro, JSON Schema and OpenAPI list values."""
_SHOWN: Final = 6


def check_bindings(
    contract: Contract, taxonomies: Mapping[str, Taxonomy], notes: Notes, *, complete: bool
) -> None:
    """Note every list in the contract's document that has drifted from its taxonomy.

    Both ways: a code that no taxonomy defines has no meaning, and a state that the list lacks
    cannot be sent, or is refused when it comes.

    Args:
        contract: any contract but a taxonomy or a mapping.
        taxonomies: those of the workspace, by name.
        notes: of the contract's document.
        complete: whether every file of the workspace was read.
    """
    for node, at in _bound(contract.document.value):
        name = str(node[BOUND])
        taxonomy = taxonomies.get(name)
        key = next((each for each in _LISTS if isinstance(node.get(each), list)), None)
        if taxonomy is None:
            if complete and key:
                hint = did_you_mean(name, taxonomies)
                notes.add("LAD032", (*at, BOUND), f"there is no taxonomy `{name}`", hint=hint)
        elif key:
            listed: list[JsonValue] = node[key]  # type: ignore[assignment]
            _compare(listed, taxonomy, notes, (*at, key))


def _compare(listed: list[JsonValue], taxonomy: Taxonomy, notes: Notes, at: Pointer) -> None:
    codes = [each.code for each in taxonomy.states]
    values = [each for each in listed if isinstance(each, str)]
    strange = [each for each in values if each not in codes]
    lacking = [each for each in codes if each not in values]
    said = [f"has {_named(strange)}, which {taxonomy.name} does not define"] if strange else []
    said += [f"lacks {_named(lacking)} of {taxonomy.name}"] if lacking else []
    if said:
        near = did_you_mean(strange[0], codes) if strange else ""
        hint = near or f"change the list and {taxonomy.name} in one step"
        notes.add("LAD046", at, f"the list {', and '.join(said)}", hint=hint)


def _named(codes: list[str]) -> str:
    more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return ", ".join(f"`{each}`" for each in codes[:_SHOWN]) + more


def _bound(root: JsonValue) -> Iterator[tuple[dict[str, JsonValue], Pointer]]:
    """Every object that is bound to a taxonomy, with its place."""
    waiting: list[tuple[JsonValue, Pointer]] = [(root, ())]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get(BOUND), str):
                yield node, at
            waiting += [(below, (*at, key)) for key, below in node.items()]
        elif isinstance(node, list):
            waiting += [(below, (*at, index)) for index, below in enumerate(node)]
