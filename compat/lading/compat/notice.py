"""What was announced: what may go because its time has come, and what is told too late.

Dates are looked at only where a day to judge on is given (`Policy.today`): without one a verdict
depends on two contracts alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.model.contract import Kind, Slot
from lading.model.taxonomy import CodeMap, State

if TYPE_CHECKING:
    from datetime import date

    from lading.compat.change import Change
    from lading.compat.policy import Policy
    from lading.compat.rules import Opinion
    from lading.model.contract import Contract

_REMOVED: Final = frozenset(
    {
        ChangeKind.FIELD_REMOVED,
        ChangeKind.HEADER_REMOVED,
        ChangeKind.OPERATION_REMOVED,
        ChangeKind.PARAMETER_REMOVED,
        ChangeKind.STATE_REMOVED,
    }
)
UNSETTLED: Final = frozenset({"draft", "alpha"})
"""The levels of which nothing is promised yet; beta is promised, with less notice."""


def day_of(text: str) -> datetime | None:
    """A date or date-time of RFC 3339; without an offset it is in UTC. `None`: it is neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def promised_otherwise(change: Change, *, more: bool) -> Effect:
    """What it means, in messages, that clients are promised more or less.

    Of a request it is what they may send, of anything else what they can expect to be sent.
    """
    asks = change.slot is Slot.REQUEST
    return Effect.WIDENS if more is asks else Effect.NARROWS


def time_has_come(change: Change, policy: Policy) -> str:
    """Why something may go now; empty where it may not, or where nothing goes."""
    if policy.today is None:
        return ""
    if over := _agreement_over(change, policy.today):
        return over
    old = change.old
    if change.kind not in _REMOVED or not getattr(old, "deprecated", False):
        return ""
    said = str(getattr(old, "sunset", ""))
    until = day_of(said) if said else None
    if until is None or until.date() >= policy.today:
        return ""
    return f"it was deprecated, to stay until {said}, and that is over"


def _agreement_over(change: Change, today: date) -> str:
    """Why what a partner meant no longer counts; empty where it does, or nothing was agreed."""
    if not change.path:
        return ""
    days = [
        each.until
        for owner in (change.old_owner, change.new_owner)
        if isinstance(owner, CodeMap)
        for each in owner.overrides
        if f"{each.code} (from {each.partner})" == change.path[-1]
    ]
    over = bool(days) and max(days) < today.isoformat()
    return f"the agreement ended on {max(days)}" if over else ""


def unsettled(change: Change, old: Contract) -> str:
    """Why nothing was promised of it yet: it is a draft, or is in an operation that is one.

    A type that several operations may share is held to what is promised of it elsewhere.
    """
    node = getattr(change.old, "stability", "")
    if node in UNSETTLED:
        return f"it is {node}, of which nothing is promised yet"
    if old.kind is not Kind.OPENAPI or change.home or not change.path:
        return ""
    level = old.unsettled.get(change.path[0], "")
    return f"{change.path[0]} is {level}, of which nothing is promised yet" if level else ""


def with_notice(change: Change, said: Opinion, policy: Policy) -> Opinion:
    """The opinion, where the end of something has to be announced so many days ahead."""
    if policy.today is None or not policy.notice_days:
        return said
    if isinstance(change.new, State) or change.kind is ChangeKind.STATE_SUNSET:
        return _state_with_notice(change, said, policy)
    late = "" if change.slot is Slot.EVENT else _late(change, policy)
    if not late:
        return said
    return replace(
        said,
        effect=said.effect | promised_otherwise(change, more=False),
        reason=f"{said.reason}, {late}",
        fix=f"name a day that is {policy.notice_days} days away or more in x-sunset",
        follows=_TOLD_LATE,
    )


_TOLD_LATE: Final = "whoever uses it has less time to move than was agreed"


def _state_with_notice(change: Change, said: Opinion, policy: Policy) -> Opinion:
    """The same for a state: who reads it counts on the day until which it stays."""
    late = ""
    if change.kind is ChangeKind.DEPRECATION:
        late = _late(change, policy)
    elif change.what == "sunset":
        late = _soon(str(change.old or ""), str(change.new or ""), policy)
    if not late:
        return said
    fix = f"name a day that is {policy.notice_days} days away or more in sunset"
    reason, effect = f"{said.reason}, {late}", said.effect | Effect.NARROWS
    return replace(said, effect=effect, reason=reason, fix=fix, follows=_TOLD_LATE)


def _late(change: Change, policy: Policy) -> str:
    new, old = change.new, change.old
    date = str(getattr(new, "sunset", "") or "")
    if change.kind is ChangeKind.DEPRECATION:
        marked = getattr(new, "deprecated", False) and hasattr(new, "sunset")
        return "without a day until which it stays" if marked and not date else ""
    if change.kind is not ChangeKind.SUNSET:
        return ""
    return _soon(str(getattr(old, "sunset", "") or ""), date, policy)


def _soon(before: str, after: str, policy: Policy) -> str:
    """Why a day is named too late; one that moves away is no worse than the one before."""
    until, known = day_of(after), day_of(before)
    if until is None or policy.today is None or (known is not None and until >= known):
        return ""
    soon = until.date() < policy.today + timedelta(days=policy.notice_days)
    return f"which is less than {policy.notice_days} days away" if soon else ""
