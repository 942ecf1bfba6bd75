"""What a foreign code means here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

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
    """Ours says more than theirs."""
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
    """Ours. `None`: deliberately mapped to nothing. The unknown value: not listed."""
    quality: MappingQuality
    also: tuple[T, ...] = ()
    """Further facts the same code asserts."""

    @property
    def listed(self) -> bool:
        """Whether the mapping knows the code at all."""
        return self.quality is not MappingQuality.UNMAPPED


def map_or_unknown(codes: Mapping[str, Mapped[T]], code: str, unknown: T) -> Mapped[T]:
    """The answer for `code`; one that is not listed becomes `unknown` and keeps its raw code."""
    return codes.get(code) or Mapped(code, unknown, MappingQuality.UNMAPPED)


def map_or_reject(codes: Mapping[str, Mapped[T]], code: str, mapping: str) -> Mapped[T]:
    """The answer for `code`; raises `UnmappedCode` for one that is not listed."""
    answer = codes.get(code)
    if answer is None:
        raise UnmappedCode(mapping, code)
    return answer
