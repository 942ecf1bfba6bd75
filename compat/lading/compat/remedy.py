"""What to set where in the new version, so that a finding is gone and the author's intent stays.

A rule names a remedy only where it is safe: it adds what readers need to get along with the other
version (a default, an alias), and takes back nothing that the author did. Where the intent has to
be guessed there is advice in words (`Opinion.fix`) and no remedy: docs/gate.md, "Fixes", says why.
`lading.compat.mend` applies remedies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from lading.model.document import Syntax

if TYPE_CHECKING:
    from lading.compat.effect import Effect
    from lading.model.contract import Contract
    from lading.model.document import JsonValue, Origin


@dataclass(frozen=True, slots=True)
class Put:
    """The object at a place gets a key that it does not have."""

    at: Origin
    key: str
    value: JsonValue
    after: str = ""
    """The key that it is written behind."""


@dataclass(frozen=True, slots=True)
class Append:
    """The list under a key of the object at a place gets a further item; it may be new itself."""

    at: Origin
    key: str
    value: JsonValue
    after: str = ""


@dataclass(frozen=True, slots=True)
class ToFront:
    """An item of the list at a place becomes its first."""

    at: Origin
    index: int


Step: TypeAlias = Put | Append | ToFront


@dataclass(frozen=True, slots=True)
class Remedy:
    """Edits of one document that belong together."""

    does: str
    """What reports say when it is done: "added alias `carrier_id` to `carrier_number`"."""
    steps: tuple[Step, ...]
    settles: Effect
    """What no longer happens once it is applied."""
    alias: str = ""
    """A type's other name, which no other type may have."""

    @property
    def at(self) -> Origin:
        """Where it is applied: the object that gets a key."""
        return self.steps[-1].at


def offered(remedy: Remedy, broken: Effect, new: Contract) -> Remedy | None:
    """The remedy, if it settles all that is broken and can be applied to a document of `new`."""
    if not broken or broken & ~remedy.settles or remedy.alias in new.types:
        return None
    documents = {each.name: each for each in new.documents}
    found = [documents.get(step.at.document) for step in remedy.steps]
    return remedy if all(each and each.syntax is Syntax.JSON for each in found) else None
