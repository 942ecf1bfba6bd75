"""By what a change is judged, beside the promise: choices that a team makes once, by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lading.compat.effect import Level
from lading.compat.runtimes import SPEC, Runtime
from lading.model.settings import RULESETS, in_force

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from lading.model.settings import Check

RULESET: Final = RULESETS[-1]
"""What counts where nothing is pinned. A rule that comes later belongs to a later rule set, and
does not count where an earlier one is pinned: an upgrade turns no green build red."""


class Content(StrEnum):
    """What a JSON object carries beside the properties that it declares."""

    STRICT = "strict"
    """Whatever its schema accepts: set inclusion, nothing assumed."""
    LENIENT = "lenient"
    """An open object carries its declared properties only, so that an optional one can come."""
    TOLERANT_READER = "tolerant-reader"
    """Writers write declared properties only, and readers ignore all others, also where an object
    is closed. Who chooses it sees to both: a generic validator does neither."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices; the defaults are those of a workspace that says nothing."""

    level: Level = Level.SEMANTIC
    """How far the promise goes: a finding of a level beyond it is stated and forbids nothing."""
    content: Content = Content.LENIENT
    defaults_fill: bool = False
    """Whether the `default` of a required JSON property stands for it in a message that lacks it.
    JSON Schema says that it does not; readers who fill it in may."""
    runtimes: Collection[Runtime] = SPEC
    """Who reads and writes Avro; what breaks one of them is forbidden. Findings say who is known
    to read otherwise than the specification in any case."""
    ruleset: str = RULESET
    """One of `RULESETS`: rules that came after it state, and forbid nothing."""
    today: date | None = None
    """What is removed after its sunset had its time; without a date no sunset has passed."""

    notice_days: int = 0
    """How many days ahead the end of something has to be announced; 0: at any time."""

    def holds(self, since: str) -> bool:
        """Whether a rule that came with the rule set `since` counts."""
        return in_force(since, self.ruleset)


DEFAULT: Final = Policy()


def policy_of(check: Check, today: date | None = None) -> Policy:
    """The policy that a workspace's settings ask for."""
    return Policy(
        level=Level(check.level),
        content=Content(check.policy),
        defaults_fill=check.required_with_default == "filled",
        runtimes=tuple(map(Runtime, check.runtimes)),
        ruleset=check.ruleset,
        today=today,
        notice_days=check.notice_days,
    )
