"""What somebody brings to be registered, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lading.model.contract import Kind, Reference


@dataclass(frozen=True, slots=True)
class Proposal:
    """A schema somebody brings."""

    kind: Kind
    text: str
    """Blank: the text and references of the newest version (a release of metadata only)."""
    references: tuple[Reference, ...] = ()
    """Version 0 or -1: the newest live one at that moment."""
    metadata: dict[str, Any] | None = None
    """`None`: as the newest version has it."""
    rules: dict[str, Any] | None = None
    version: int = 0
    """0 or -1: the next number; else it must be the next number, except for imports."""
    id: int = 0
    """Imports only: the id that it has elsewhere."""
    normalize: bool = False


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one contract of a push."""

    subject: str
    outcome: str
    """``registered``, ``unchanged``, ``incompatible`` or ``invalid``."""
    version: int = 0
    id: int = 0
    messages: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.outcome in {"registered", "unchanged"}
