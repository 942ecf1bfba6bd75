"""What clients asked for and what they were told, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from lading.registry.gate import Gate
from lading.registry.store import Action, Content

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.model.contract import Kind, Reference

_GATE = Gate()


@dataclass(frozen=True)
class Part:
    """One change that was asked for."""

    action: Action
    subject: str
    kind: Kind | None = None
    text: str = ""
    references: tuple[Reference, ...] = ()
    number: int = 0
    """Of a version that was to go."""
    setting: tuple[str, str] = ("", "")

    @cached_property
    def content(self) -> Content:
        """What should be stored for it."""
        assert self.kind
        return Content(self.kind, _GATE.canonical(self.kind, self.text), self.references)

    @property
    def key(self) -> tuple[object, ...]:
        """What the entry of the log for it has to be about."""
        detail: object = self.number or self.setting
        if self.action is Action.REGISTER:
            detail = self.content.identity
        return self.action, self.subject, detail


@dataclass(frozen=True, slots=True)
class Landed:
    """What was told of a registration."""

    id: int
    version: int


@dataclass(frozen=True, slots=True)
class Act:
    """One request: all of its parts, or none."""

    parts: tuple[Part, ...]
    status: int
    """0: no answer came."""
    landed: tuple[Landed, ...]
    """Of each part, where it registers and was acknowledged."""
    began: float
    ended: float
    mark: int = 0
    """`Ledger.mark` when the answer was there."""

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def may_be_done(self) -> bool:
        """Whoever was told of an error of the server, or nothing, does not know."""
        return self.done or self.status == 0 or self.status >= 500


@dataclass
class Ledger:
    """Everything that clients did, in no order."""

    acts: list[Act] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    """Answers that there should not be."""
    mark: Callable[[], int] = lambda: 0
    """Something to be noted with each act."""

    @property
    def registrations(self) -> int:
        """Acknowledged ones."""
        return sum(len(each.landed) for each in self.acts)
