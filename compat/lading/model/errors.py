"""What can go wrong while a contract is read, as values.

::

    LadingError                      has fields; str() says what, where, and what to try next
    ├── ContractError                one or more problems in documents (carries all of them)
    ├── WorkspaceError               the folder, ref or settings cannot be used at all
    └── (registry, codegen and cli add their own below this root)

Incompatibility is a `Verdict`, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lading.model.bounds import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.model.document import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place."""

    code: str
    """Stable id of the kind of problem, e.g. ``LAD001``; has a page like every rule."""
    message: str
    place: Place
    hint: str = ""
    """The next thing to try; may be empty when the message already says it."""

    def __str__(self) -> str:
        hint = f"\n  try: {self.hint}" if self.hint else ""
        return f"{self.code} {self.place}  {self.message}{hint}"


def too_deep(place: Place) -> Problem:
    """What is wrong with a document that nobody reads to its innermost part."""
    message = f"the document is nested more than {MAX_DEPTH} levels deep"
    return Problem("LAD003", message, place, "name the inner types and refer to them")


class LadingError(Exception):
    """Root of every error lading raises on purpose."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message}\n  try: {self.hint}" if self.hint else self.message


class ContractError(LadingError):
    """A contract could not be read; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class WorkspaceError(LadingError):
    """The workspace as a whole cannot be used: no such folder, unknown git ref, bad settings."""
