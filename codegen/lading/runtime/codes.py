"""What a foreign code means here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from lading.runtime.errors import UnmappedCode

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound=StrEnum)


class MappingQuality(StrEnum):
    """How well a foreign code and ours agree."""

    EXACT = "exact"
    BROADER = "broader"
    """Ours says less than theirs."""
    NARROWER = "narrower"
    """Ours says more than theirs, or theirs is a special case of it."""
    LOSSY = "lossy"
    POLICY = "policy"
    """Decided by us; nothing in their definition forces it."""
    NONE = "none"
    """Listed, and deliberately mapped to nothing."""
    UNMAPPED = "unmapped"
    """Not listed: the partner uses a code nobody has mapped yet."""


@dataclass(frozen=True, slots=True)
class Mapped(Generic[T]):
    """The answer of a mapping for one code; there is one for every code."""

    code: str
    """As the partner sent it."""
    canonical: T | None
    """Ours. `None`: nothing of ours. With the quality `NONE` it says nothing that moves a thing."""
    quality: MappingQuality
    also: tuple[T, ...] = ()
    """Further facts the same code asserts."""
    elsewhere: tuple[StrEnum, ...] = ()
    """Facts of other taxonomies it asserts, such as that the goods issue is posted."""
    classifier: str = ""
    """Kind of time the code tells, e.g. ``ESTIMATED``; empty: the message says it."""

    @property
    def listed(self) -> bool:
        """Whether the mapping knows the code at all."""
        return self.quality is not MappingQuality.UNMAPPED


Cases: TypeAlias = "Mapping[str, tuple[tuple[Mapping[str, str], Mapped[T]], ...]]"
"""Code to what it means when the message says more: (qualifiers that all hold, answer)."""
Overrides: TypeAlias = "Mapping[tuple[str, str], tuple[str, Mapped[T]]]"
"""(partner, code) to the last day of the agreement (ISO date, or empty), and what is agreed."""


@dataclass(frozen=True, slots=True)
class CodeTable(Generic[T]):
    """What the codes of one foreign list mean: as a rule, in a case, from a partner."""

    mapping: str
    codes: Mapping[str, Mapped[T]]
    cases: Cases[T]
    overrides: Overrides[T]

    def find(
        self, code: str, partner: str = "", said: Mapping[str, str] | None = None
    ) -> Mapped[T] | None:
        """The answer for `code`; `None` when it is not listed.

        What is agreed with the partner comes first, until the agreement ends (by the date of today
        in UTC), then the case that holds, then the rule.
        """
        agreed = self.overrides.get((partner, code)) if partner else None
        if agreed is not None and _lasts(agreed[0]):
            return agreed[1]
        for qualifiers, answer in self.cases.get(code, ()) if said else ():
            if said and all(said.get(name) == value for name, value in qualifiers.items()):
                return answer
        return self.codes.get(code)


def _lasts(until: str) -> bool:
    """Whether an agreement still holds; one without an end does."""
    return not until or until >= datetime.now(tz=UTC).date().isoformat()


def map_or_unknown(
    table: CodeTable[T],
    code: str,
    unknown: T,
    *,
    partner: str = "",
    said: Mapping[str, str] | None = None,
) -> Mapped[T]:
    """The answer for `code`; one that is not listed becomes `unknown` and keeps its raw code."""
    found = table.find(code, partner, said)
    return found or Mapped(code, unknown, MappingQuality.UNMAPPED)


def map_or_reject(
    table: CodeTable[T], code: str, *, partner: str = "", said: Mapping[str, str] | None = None
) -> Mapped[T]:
    """The answer for `code`; raises `UnmappedCode` for one that is not listed."""
    answer = table.find(code, partner, said)
    if answer is None:
        raise UnmappedCode(table.mapping, code)
    return answer
