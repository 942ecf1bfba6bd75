"""How a rule is declared."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from lading.compat.effect import Effect, Level
from lading.model.contract import Kind
from lading.model.settings import RULESETS
from lading.model.values import made_often

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from lading.compat.change import Change, ChangeKind
    from lading.compat.remedy import Remedy

AVRO: Final = (Kind.AVRO,)
JSON: Final = (Kind.JSON, Kind.OPENAPI)
SCHEMAS: Final = (*AVRO, *JSON)
API: Final = (Kind.OPENAPI,)
TAXONOMY: Final = (Kind.TAXONOMY,)
MAPPING: Final = (Kind.MAPPING,)
PROTOBUF: Final = (Kind.PROTOBUF,)
EVERY: Final = tuple(Kind)
BY_HAND: Final = (
    "write both versions in one way, by properties, `enum` and limits, so that they can be "
    "compared; or compare them by hand, and waive it with a reason"
)
"""What a person can do about what nobody decides."""
Status: TypeAlias = Literal["preview", "stable", "deprecated"]


@made_often
class Opinion:
    """What a rule says of one change."""

    effect: Effect
    reason: str
    """The fact, in one clause without an end stop; what follows from it is the promise's words."""
    fix: str | None = None
    """The next thing to try."""
    remedy: Remedy | None = None
    """The same for a machine, where doing it unasked is safe."""
    follows: str = ""
    """What follows from it, where that is not what follows from its effect as a rule."""
    at_most: Effect = Effect.REPLACES
    """What an effect that is unknown can be: a promise that forbids none of it is kept."""
    supposed: bool = False
    """Whether it is only sure with an example: without one it is not decided."""
    unproven: str = BY_HAND
    """The next thing to try where no example makes it sure."""


@cache
def _page(check: Callable[[Change], Opinion]) -> str:
    return inspect.cleandoc(check.__doc__ or "")


@cache
def _title(check: Callable[[Change], Opinion]) -> str:
    return _page(check).partition("\n")[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class Rule:
    """The opinion about one kind of change, and its page."""

    id: str
    on: tuple[ChangeKind, ...]
    check: Callable[[Change], Opinion]
    level: Level = Level.WIRE
    status: Status = "stable"
    since: str = RULESETS[0]
    """The rule set that it came with, one of `RULESETS`."""
    formats: tuple[Kind, ...] = SCHEMAS
    """The kinds of contracts in which it may find something."""

    @property
    def name(self) -> str:
        """Its name in lists: ``field-added``."""
        return self.check.__name__.replace("_", "-")

    @property
    def title(self) -> str:
        """The first line of the page."""
        return _title(self.check)

    @property
    def docs(self) -> str:
        """The page: the docstring, as Markdown with the same four headings."""
        return _page(self.check)

    def opinion(self, change: Change) -> Opinion:
        """The rule's opinion: without what other branches still take, mirrored under ``not``."""
        said = self.check(change)
        if said.at_most is not Effect.REPLACES:
            said = replace(said, at_most=_in_its_place(said.at_most, change))
        if said.fix and change.tested and not _ASKING.isdisjoint(change.path):
            said = replace(said, fix=_LEAVE_IT, remedy=None)
        effect = _in_its_place(said.effect, change)
        return said if effect is said.effect else replace(said, effect=effect)

    def effect(self, change: Change) -> Effect:
        """What the change does to the set of messages."""
        return self.opinion(change).effect

    def reason(self, change: Change) -> str:
        """The fact, for people."""
        return self.opinion(change).reason

    def fix(self, change: Change) -> str | None:
        """The next thing to try, if there is one."""
        return self.opinion(change).fix


_ASKING: Final = frozenset({"(if)", "(not)"})
_LEAVE_IT: Final = (
    "leave the condition as it is, and put what is new under another one that only messages meet "
    "which say so, e.g. by a new optional field"
)
"""What is good advice for a schema is none where the schema only says what a condition is about."""


def _in_its_place(effect: Effect, change: Change) -> Effect:
    if change.covered_old:
        effect &= ~Effect.NARROWS
    if change.covered_new:
        effect &= ~Effect.WIDENS
    if change.negated:
        effect = effect.mirrored
    if change.met is not Effect.REPLACES:
        effect &= change.met | Effect.UNKNOWN
    return effect


def rule(
    id_: str,
    *on: ChangeKind,
    level: Level = Level.WIRE,
    status: Status = "stable",
    since: str = RULESETS[0],
    formats: tuple[Kind, ...] = SCHEMAS,
) -> Callable[[Callable[[Change], Opinion]], Rule]:
    """Declare a rule at its definition."""
    return lambda check: Rule(id_, on, check, level, status, since, formats)


def rules_in(module: ModuleType) -> Iterator[Rule]:
    """Yield the rules a module declares, in source order."""
    return (value for value in vars(module).values() if isinstance(value, Rule))
