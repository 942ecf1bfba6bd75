"""What the mappings of a workspace cover: of each foreign list, and of each of our taxonomies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lading.model import CodeMap, Quality, Taxonomy
from lading.model.taxonomy import answers, asserted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from lading.model import Workspace

_CLEAN: Final = (Quality.EXACT, Quality.BROADER, Quality.NARROWER)


@dataclass(frozen=True, slots=True)
class ListCoverage:
    """How one version of one foreign list is mapped, over all its mappings."""

    system: str
    name: str
    version: str
    mapped: int
    """Rows that are exact, broader or narrower."""
    policy: int
    lossy: int
    none: int
    """Rows that deliberately map to nothing."""
    unmapped: int | None
    """Codes of the list without a row; `None`: nobody said how many codes the list has."""

    @property
    def rows(self) -> int:
        """How many codes have a row."""
        return self.mapped + self.policy + self.lossy + self.none


@dataclass(frozen=True, slots=True)
class TaxonomyCoverage:
    """Which of our codes the foreign lists reach, and which we can say to whom."""

    name: str
    states: int
    """Without the unknown value."""
    unreached: tuple[str, ...]
    """Codes that no foreign code leads to; all of them where no list maps here."""
    unsent: Mapping[str, tuple[str, ...]]
    """Mapping by which we send to the codes that it has no foreign code for."""
    lists: int
    """How many mappings lead to it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The figures of a workspace."""

    lists: tuple[ListCoverage, ...]
    """By system and list."""
    taxonomies: tuple[TaxonomyCoverage, ...]
    """By name; only those that some mapping leads to."""


def coverage(workspace: Workspace) -> Coverage:
    """Count what the mappings of `workspace` cover."""
    bodies = [each.body for each in workspace.contracts]
    maps = [each for each in bodies if isinstance(each, CodeMap)]
    reached = {each for one in maps for each in _reached(one)}
    taxonomies = sorted(
        (each for each in bodies if isinstance(each, Taxonomy)), key=lambda each: each.name
    )
    return Coverage(
        tuple(_lists(maps)),
        tuple(
            _taxonomy(each, mine, {code for name, code in reached if name == each.name})
            for each in taxonomies
            if (mine := [one for one in maps if one.taxonomy == each.name])
        ),
    )


def _lists(maps: Sequence[CodeMap]) -> Iterator[ListCoverage]:
    grouped: dict[tuple[str, str, str], list[CodeMap]] = {}
    for each in maps:
        grouped.setdefault((each.system, each.code_list, each.list_version), []).append(each)
    for (system, name, version), bodies in sorted(grouped.items()):
        found = Counter(cell.quality for each in bodies for cell in each.cells)
        sizes = [each.size for each in bodies if each.size is not None]
        yield ListCoverage(
            system,
            name,
            version,
            mapped=sum(found[quality] for quality in _CLEAN),
            policy=found[Quality.POLICY],
            lossy=found[Quality.LOSSY],
            none=found[Quality.NONE],
            unmapped=max(0, max(sizes) - found.total()) if sizes else None,
        )


def _taxonomy(
    taxonomy: Taxonomy, maps: Sequence[CodeMap], reached: AbstractSet[str]
) -> TaxonomyCoverage:
    codes = [each.code for each in taxonomy.states if each.code != taxonomy.unknown]
    sent = {each.name: {one.source for one in each.sends} for each in maps if each.sends}
    return TaxonomyCoverage(
        taxonomy.name,
        len(codes),
        tuple(code for code in codes if code not in reached),
        {
            name: tuple(code for code in codes if code not in said)
            for name, said in sorted(sent.items())
        },
        len(maps),
    )


def _reached(mapping: CodeMap) -> Iterator[tuple[str, str]]:
    """(taxonomy, code) of all that some code of the list asserts."""
    for cell in mapping.cells:
        for each in answers(cell):
            yield from asserted(each, mapping.taxonomy)
    for override in mapping.overrides:
        yield from asserted(override, mapping.taxonomy)
