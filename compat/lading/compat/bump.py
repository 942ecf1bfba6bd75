"""By how much a version number has to move for what changed (Semantic Versioning 2.0.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from lading.compat.effect import Effect

if TYPE_CHECKING:
    from lading.compat.verdict import Finding, Verdict

_VERSION: Final = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+].*)?", re.ASCII)


class Bump(IntEnum):
    """How far a version moves, the least first."""

    NONE = 0
    PATCH = 1
    """Text alone."""
    MINOR = 2
    """Something new, or nothing that the promise forbids."""
    MAJOR = 3
    """What the promise forbids, waived or not."""

    @property
    def word(self) -> str:
        """``major``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class VersionStep:
    """What the versions of two contracts say of the change, beside what the change is."""

    old: str
    new: str
    required: Bump
    declared: Bump
    """`Bump.NONE` also where the number went down."""
    least: str
    """The least number that says enough."""

    @property
    def lowered(self) -> bool:
        """Whether the new number is below the old one."""
        before, after = _numbers(self.old), _numbers(self.new)
        return before is not None and after is not None and after < before

    @property
    def enough(self) -> bool:
        """Whether the number says as much as changed, and no less than the one in use."""
        return self.declared >= self.required and not self.lowered


def version_step(verdict: Verdict) -> VersionStep | None:
    """What the numbers say; `None` where a version has no number, or nothing to follow."""
    if verdict.old is None or verdict.problems:
        return None
    old, new = verdict.old.terms.version, verdict.new.terms.version
    before, after = _numbers(old), _numbers(new)
    if before is None or after is None:
        return None
    required = required_bump(verdict)
    if before[0] == 0 and required > Bump.PATCH:
        # Item 4: anything may change below 1.0.0. The custom is one step less.
        required = Bump(required - 1)
    return VersionStep(old, new, required, _declared(before, after), _least(before, required))


def required_bump(verdict: Verdict) -> Bump:
    """How far the version has to move for what changed, as from 1.0.0 on."""
    bumps = [_of(each) for each in verdict.findings]
    if verdict.old and verdict.old.documents and verdict.new.documents:
        bumps.append(Bump(verdict.old.document.text != verdict.new.document.text))
    return max(bumps, default=Bump.NONE)


def _of(finding: Finding) -> Bump:
    if finding.forbidden:
        return Bump.MAJOR
    told = finding.meaning and finding.meaning.said == "clarified"
    added = finding.change.old is None and finding.change.new is not None
    return Bump.MINOR if finding.effect is not Effect.NONE or added or told else Bump.PATCH


def _numbers(text: str) -> tuple[int, int, int] | None:
    found = _VERSION.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _declared(before: tuple[int, int, int], after: tuple[int, int, int]) -> Bump:
    for bump, was, now in zip((Bump.MAJOR, Bump.MINOR, Bump.PATCH), before, after, strict=True):
        if was != now:
            return bump if now > was else Bump.NONE
    return Bump.NONE


def _least(before: tuple[int, int, int], required: Bump) -> str:
    major, minor, patch = before
    match required:
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"
    return f"{major}.{minor}.{patch}"
