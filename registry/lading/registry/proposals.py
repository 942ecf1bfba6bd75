"""What somebody brings to be registered, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Kind

if TYPE_CHECKING:
    from lading.model.contract import Reference


ACCEPTED: Final = frozenset({"registered", "unchanged", "accepted"})
"""What becomes of a contract that nothing speaks against."""


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

    @property
    def is_descriptor(self) -> bool:
        """Whether it is a Protobuf file as clients in Python send it: compiled, in base64."""
        if self.kind is not Kind.PROTOBUF:
            return False
        from lading.model.protoc import is_binary

        return is_binary(self.text)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one contract of a push."""

    subject: str
    outcome: str
    """``registered``, ``unchanged``, ``accepted``, ``incompatible`` or ``invalid``.

    ``accepted``: it would be registered, and is not, since others were refused or it is a dry run.
    """
    version: int = 0
    """The number that it has, or would have; 0 where it cannot be read."""
    id: int = 0
    """0 where there is none that stays."""
    messages: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.outcome in ACCEPTED
