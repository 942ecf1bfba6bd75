"""What a witness is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from lading.model.contract import Contract
    from lading.model.document import JsonValue

Side: TypeAlias = Literal["old", "new"]
Sides: TypeAlias = "tuple[Side, Contract, Contract]"
"""(which version writes, the writer's contract, the reader's)."""


@dataclass(frozen=True, slots=True)
class Witness:
    """An example that was tried, and what came of it."""

    kind: Literal["message", "history", "code"]
    writer: Side
    """Which version writes it; the other one reads."""
    value: JsonValue
    """The message as JSON, the codes of the history, or the code."""
    outcome: str
    """What the reader makes of it: ``refused: ...``, or ``read as ...``."""
    data: str = ""
    """Avro: the bytes of the message in hexadecimal digits."""

    @property
    def reader(self) -> Side:
        """Which version reads it."""
        return "new" if self.writer == "old" else "old"
