"""Which findings are of one edit: it is told once, with all the places where it shows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lading.compat.fingerprints import alternatives
from lading.model.canonical import plain
from lading.model.pointers import written
from lading.model.schema import Encoding

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence

    from lading.compat.change import Path
    from lading.compat.verdict import Finding
    from lading.model.document import Origin


def once(found: Sequence[Finding]) -> Iterable[Finding]:
    """The findings, of each edit in one place the worst: what is met in two ways is one edit."""
    kept: dict[tuple[object, ...], Finding] = {}
    for each in found:
        edit = _edit(each)
        known = kept.get(edit)
        if known is None or _weight(each) > _weight(known):
            kept[edit] = each
    return _folded(kept.values())


def _folded(found: Collection[Finding]) -> Iterator[Finding]:
    """The findings, those of one edit that is seen in several places as one with all its places.

    A type that was shared, and stands where it was used, was edited once; so was one that several
    are built on, and an object that is copied to several places, in all of them.
    """
    groups: list[list[Finding]] = []
    alike: dict[Hashable, list[Finding]] = {}
    numbers, olds = _Numbers(), Counter(each.change.old_at for each in found)
    opinions = [_opinion(each) for each in found]
    common = Counter(opinions)
    for each, opinion in zip(found, opinions, strict=True):
        if common[opinion] == 1:  # most are told apart by what is said of them
            groups.append([each])
            continue
        keys = [*_seen_as(each, opinion, numbers, olds)]
        group = next((alike[key] for key in keys if key in alike), None)
        if group is None:
            group = []
            groups.append(group)
            alike |= dict.fromkeys(keys, group)
        group.append(each)
    return map(_as_one, groups)


class _Numbers:
    """Numbers nodes, equal ones alike; each is looked at once, however often it is asked about."""

    __slots__ = ("_alike", "_same")

    def __init__(self) -> None:
        self._same: dict[int, tuple[object, int]] = {}
        self._alike: dict[int, list[object]] = {}

    def of(self, node: object) -> int:
        """The number of a node, which is kept as long as this, so that its id stays its own."""
        known = self._same.get(id(node))
        if known is None:
            # A node that is a key is hashed whole each time: so it is hashed here, and once.
            alike = self._alike.setdefault(_hashed(node), [])
            first = next((each for each in alike if each == node), None)
            known = node, len(self._same) if first is None else self.of(first)
            alike += [node] * (first is None)
            self._same[id(node)] = known
        return known[1]


def _hashed(node: object) -> int:
    """Equal for equal nodes, as far as JSON has one spelling for them."""
    try:
        return hash(node)
    except TypeError:  # a default that is a list or an object
        return hash(json.dumps(plain(node), sort_keys=True, default=str))


def _opinion(finding: Finding) -> tuple[Hashable, ...]:
    """What is said of it, which findings of one edit have in common."""
    said = finding.rule, _reason_alone(finding), finding.fix, finding.spared
    return *said, finding.change.what, finding.change.slot, finding.effect, *_weight(finding)


def _seen_as(
    finding: Finding,
    opinion: tuple[Hashable, ...],
    numbers: _Numbers,
    olds: Mapping[Origin | None, int],
) -> Iterator[Hashable]:
    """What it has in common with those that it may be folded with, in each of three ways.

    It is in a copy, in one node that several schemas are built on, or in a type that was shared
    and is written out where it is used; `olds` has how many findings stand at each old place.
    """
    change, of = finding.change, numbers.of
    alike = (*opinion, of(finding.remedy), of(change.old), of(change.new))
    if change.around:
        old, new, steps = change.around
        yield "copies", of(old), of(new), steps, *alike
    if change.old_at and change.new_at and change.encoding is Encoding.JSON:
        yield "built on", change.old_at, change.new_at, *alike
    if change.old_at and change.new_at and not change.home and olds[change.old_at] > 1:
        owners = of(change.old_owner), of(change.new_owner)
        yield "written out", change.old_at, *owners, *alike


def _reason_alone(finding: Finding) -> str:
    """Its reason without the pointers that some name: of a copy they are others."""
    reason = finding.reason
    if "#" not in reason:
        return reason
    for at in (finding.change.old_at, finding.change.new_at):
        reason = reason.replace(f"#{written(at.pointer)}", "#") if at and at.pointer else reason
    return reason


def _as_one(group: Sequence[Finding]) -> Finding:
    """The finding at the first of its places, the shortest before the others, with all of them."""
    if len(group) == 1:
        return group[0]
    first, *_ = ordered = sorted(group, key=lambda each: _shortest(each.change.path))
    listed = [
        (path, each.change.new_at, each.change.old_at)
        for each in ordered
        for path in (each.change.path, *each.change.elsewhere)
    ]
    (_, *others) = dict.fromkeys(listed)
    others.sort(key=lambda spot: _shortest(spot[0]))
    at = tuple(now for _, now, _ in others)
    stands = sorted({_stand(each) for each in group})
    change = replace(
        first.change,
        elsewhere=tuple(path for path, *_ in others),
        elsewhere_at=() if {*at} == {first.change.new_at} else at,
        places=sum(each.change.places for each in group) - len(listed) + 1 + len(others),
        copies=tuple(stands) if len(stands) > 1 else (),
    )
    return replace(first, change=change)


def _shortest(path: Path) -> tuple[int, Path]:
    return len(path), path


def _stand(finding: Finding) -> Path:
    """Where it stands, as decisions about it know the place.

    The path says nothing of alternatives, and of what a schema is built on, so the place in the
    old version is part of it, which stays while the new one is written; and of the new version
    the alternatives alone, since what was shared may be written out in some of them.
    """
    change = finding.change
    at = change.old_at.pointer if change.old_at else ()
    path = change.within if change.home else change.path
    chosen = alternatives(change.new_at.pointer if change.new_at else ())
    return (change.home, *path, "#", _document(finding), *map(str, at), "#", *chosen)


def _document(finding: Finding) -> str:
    """Which of the documents of the old version it is in; empty: its own. Names may change."""
    at = finding.change.old_at
    names = [each.name for each in finding.baseline.documents]
    return str(names.index(at.document)) if at and at.document in names[1:] else ""


def _edit(finding: Finding) -> tuple[object, ...]:
    """What two findings have in common that are about the same lines."""
    change = finding.change
    lines = (change.old_at, change.new_at) if change.old_at and change.new_at else id(change)
    return lines, finding.rule, change.path, change.slot, change.what


def _weight(finding: Finding) -> tuple[bool, bool, int]:
    return finding.forbidden, finding.undecided, finding.effect.value
