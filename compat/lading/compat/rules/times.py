"""Rules about the times that are agreed for a taxonomy: by when something has to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import TAXONOMY, Opinion, rule
from lading.compat.words import clock, describe, limit

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.taxonomy import Sla


_LATE = "what was in time under the old version is late under the new one"


_WAITS = "who counts on the old version waits longer than was agreed"


@rule("LAD627", ChangeKind.SLA_ADDED, level=Level.SEMANTIC, formats=TAXONOMY)
def time_agreed(change: Change) -> Opinion:
    """A time is agreed where none was.

    ## What it checks
    Entries of `sla` that came, by their name.

    ## Why it breaks
    Whoever moves things on, or tells of them, is held to a time that was not asked for before. Who
    waits for it only wins.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
    +sla:
    +  - {name: transit, from: PLANNED, to: DELIVERED, within: P3D}
    ```

    ## What to do instead
    Agree on it with those who are held to it, from a new major version on.
    """
    reason = f"agreed: {describe(change.new)}"
    return Opinion(Effect.NARROWS, reason, "agree on it with those who keep it", follows=_LATE)


@rule("LAD628", ChangeKind.SLA_REMOVED, level=Level.SEMANTIC, formats=TAXONOMY)
def time_agreed_no_more(change: Change) -> Opinion:
    """A time that was agreed is agreed no more.

    ## What it checks
    Entries of `sla` that went, by their name.

    ## Why it breaks
    Who counts on the time waits longer, and has nothing to complain by. Who kept it only wins.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
    -sla:
    -  - {name: transit, from: PLANNED, to: DELIVERED, within: P3D}
    ```

    ## What to do instead
    Keep it until those who count on it have agreed.
    """
    reason = f"agreed no more: {describe(change.old)}"
    return Opinion(Effect.WIDENS, reason, "keep it", follows=_WAITS)


@rule("LAD629", ChangeKind.SLA_LIMIT, level=Level.SEMANTIC, formats=TAXONOMY)
def time_limit_changed(change: Change) -> Opinion:
    """A time that was agreed is shorter, or longer.

    ## What it checks
    `within` and `share` of an entry of `sla`. Where a calendar counts the days, a day is not 24
    hours, and which of the two is longer is undecided.

    ## Why it breaks
    Shorter, or for more of a hundred: who keeps it is late with what was in time. Longer, or for
    fewer: who counts on it waits.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
     sla:
    -  - {name: transit, from: PLANNED, to: DELIVERED, within: P3D}
    +  - {name: transit, from: PLANNED, to: DELIVERED, within: P2D}
    ```

    ## What to do instead
    Agree on it with both sides, from a new major version on.
    """
    old, new = cast("Sla", change.old), cast("Sla", change.new)
    reason = f"within {limit(new)} now, was {limit(old)}"
    pairs = [*zip(old.length, new.length, strict=True)]
    if any(a < b for a, b in pairs) and any(a > b for a, b in pairs):
        open_ = "which is the longer one depends on how long a day of the calendar is"
        return Opinion(Effect.UNKNOWN, f"{reason}; {open_}", "say both in days, or both in hours")
    effect = Effect.NONE
    if new.share > old.share or any(a > b for a, b in pairs):
        effect |= Effect.NARROWS
    if new.share < old.share or any(a < b for a, b in pairs):
        effect |= Effect.WIDENS
    follows = {Effect.NARROWS: _LATE, Effect.WIDENS: _WAITS}.get(effect, "")
    return Opinion(effect, reason, f"keep {limit(old)}", follows=follows)


@rule("LAD630", ChangeKind.SLA_CLOCK, level=Level.SEMANTIC, formats=TAXONOMY)
def clock_changed(change: Change) -> Opinion:
    """A time that was agreed is taken by another clock.

    ## What it checks
    `measure`, `from`, `to`, `calendar` and `time_zone` of an entry of `sla`.

    ## Why it breaks
    The clock starts or stops elsewhere, or stands still on other days: the same shipment is in time
    on one side and late on the other.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
     sla:
    -  - {name: transit, from: PLANNED, to: DELIVERED, within: P3D}
    +  - {name: transit, from: PLANNED, to: DELIVERED, within: P3D, calendar: working days}
    ```

    ## What to do instead
    Agree on the new time under a name of its own, and let the old one end.
    """
    old, new = cast("Sla", change.old), cast("Sla", change.new)
    reason = f"the clock is {clock(new)} now, was {clock(old)}"
    return Opinion(Effect.REPLACES, reason, "agree on it under another name")
