"""One edit, one finding: what an edit of a shared type does to all contracts that use it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from lading.compat.judge import path_text
from lading.compat.report.places import full_path, new_place, of_contract, old_place
from lading.model.pointers import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lading.compat.change import Change, Path
    from lading.compat.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one place in the documents, with every contract that it reaches."""

    finding: Finding
    """As seen from the contract that the document belongs to, with everybody whom it breaks."""
    verdict: Verdict
    also: tuple[str, ...]
    """Where else it shows: ``ShipmentConfirmed.lines[].item_id``; see `also_in`."""
    group: tuple[Finding, ...]
    """The findings that it made."""

    @property
    def unlisted(self) -> int:
        """In how many further places it shows that are counted only."""
        return sum(each.change.places for each in self.group) - 1 - len(self.also)


LISTED: Final = 19
"""So many further places of a finding a machine is told; people have less room."""


def also_in(edit: Edit, most: int = LISTED) -> str:
    """Where else it shows: the first `most` places, and how many more there are; empty: nowhere."""
    rest = len(edit.also[most:]) + edit.unlisted
    return ", ".join(edit.also[:most]) + (f" and {rest} more" if rest else "")


def edits(verdicts: Sequence[Verdict]) -> tuple[Edit, ...]:
    """The findings of all verdicts, those of one edit as one, in the order of their first."""
    found: dict[tuple[object, ...], list[tuple[Finding, Verdict]]] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            found.setdefault(_key(finding, verdict), []).append((finding, verdict))
    return tuple(_edit(each) for each in found.values())


def telling(verdicts: Sequence[Verdict]) -> Iterator[Edit]:
    """The edits that are not simply fine: forbidden or undecided, whoever let them pass."""
    return (each for each in edits(verdicts) if each.finding.forbidden or each.finding.undecided)


def _key(finding: Finding, verdict: Verdict) -> tuple[object, ...]:
    """Equal for findings that one edit made; alone where nothing tells the place.

    What was let pass is never told as one with what was not.
    """
    old, new = old_place(finding), new_place(finding, verdict)
    alone = verdict.subject if old is None and new is None else ""
    weight = finding.forbidden, finding.undecided, finding.waiver is None
    return (alone, finding.rule, old, new, finding.reason, finding.change.what, *weight)


def _edit(group: list[tuple[Finding, Verdict]]) -> Edit:
    finding, verdict = next((each for each in group if _at_home(*each)), group[0])
    others = [each for each in group if each[0] is not finding]
    breaks = dict.fromkeys(name for each, _ in group for name in each.breaks)
    witness = finding.witness or next((each.witness for each, _ in others if each.witness), None)
    return Edit(
        replace(finding, breaks=tuple(breaks), witness=witness),
        verdict,
        tuple(_also(finding, others)),
        tuple(each for each, _ in group),
    )


def _at_home(finding: Finding, verdict: Verdict) -> bool:
    """Whether the contract is the one that the changed document is."""
    place = new_place(finding, verdict) or old_place(finding)
    return bool(place and verdict.new.documents and place.document == verdict.new.document.name)


def _also(finding: Finding, others: Iterable[tuple[Finding, Verdict]]) -> Iterator[str]:
    yield from (f"{path_text(path)}{at}" for path, at in _elsewhere(finding.change))
    for each, verdict in others:
        yield full_path(each, verdict)
        for path, at in _elsewhere(each.change):
            yield f"{of_contract(path_text(path), verdict)}{at}"


def _elsewhere(change: Change) -> Iterator[tuple[Path, str]]:
    """Further paths, those that others have too with where they stand: `` (#/oneOf/1/...)``."""
    counted = Counter((change.path, *change.elsewhere))
    for path, at in zip_longest(change.elsewhere, change.elsewhere_at):
        shown = f" (#{written(at.pointer)})" if at and counted[path] > 1 else ""
        yield path, shown
