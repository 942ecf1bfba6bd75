"""What a witness is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from lading.compat.change import ChangeKind

if TYPE_CHECKING:
    from lading.model.contract import Contract
    from lading.model.document import JsonValue

Side: TypeAlias = Literal["old", "new"]
Sides: TypeAlias = "tuple[Side, Contract, Contract]"
"""(which version writes, the writer's contract, the reader's)."""

UNSHOWN: Final = frozenset(
    {
        ChangeKind.DEPRECATION,
        ChangeKind.LINK,
        ChangeKind.LINK_ADDED,
        ChangeKind.LINK_REMOVED,
        ChangeKind.MEANS,
        ChangeKind.OPERATION_ID,
        ChangeKind.STABILITY,
        ChangeKind.SUNSET,
        ChangeKind.TAXONOMY_BINDING,
    }
)
"""What no message shows: each is read as before, whatever is said of it."""
IN_MODELS: Final = frozenset({ChangeKind.SCHEME})
"""What only generated models hold a message to: no reader that examples are tried on does."""


@dataclass(frozen=True, slots=True)
class Witness:
    """An example that was tried, and what came of it."""

    kind: Literal["message", "history", "code", "request", "response"]
    writer: Side
    """Which version writes it; the other one reads."""
    value: JsonValue
    """The message as JSON, the codes of the history, or the code.

    A request: ``method``, ``path`` (with what parameters carry), ``headers`` (with cookies; names
    in lower case), and where it has them ``body`` (JSON; of a form its fields, as texts),
    ``server``, ``credentials`` (the scopes that were granted, by security scheme). One that the
    provider makes has ``webhook``, its name, or ``callback`` and the operation it is made
    ``during``. A response: what it answers (``to``), ``status``, ``headers`` and ``body``.
    """
    outcome: str
    """What the reader makes of it: ``refused: ...``, or ``read as ...``."""
    data: str = ""
    """Avro, Protobuf: the bytes of the message in hexadecimal digits."""

    @property
    def reader(self) -> Side:
        """Which version reads it."""
        return "new" if self.writer == "old" else "old"
