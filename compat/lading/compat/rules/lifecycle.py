"""Rules about how long a thing is promised to stay, and how settled it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.notice import day_of, promised_otherwise
from lading.compat.rules.base import JSON, Opinion, rule

if TYPE_CHECKING:
    from datetime import datetime

    from lading.compat.change import Change
    from lading.model.api import Operation, Parameter
    from lading.model.schema import Field

    Staying: TypeAlias = "Field | Operation | Parameter"

_LEVELS: Final = ("draft", "alpha", "beta", "stable")


@rule("LAD406", ChangeKind.SUNSET, level=Level.SEMANTIC, formats=JSON)
def sunset_changed(change: Change) -> Opinion:
    """The date until which something stays was changed.

    ## What it checks
    `x-sunset` of operations, parameters, headers and properties, as a date or date-time of
    RFC 3339. The first date of what was in use without an end announces one and refuses nothing;
    so does taking it back together with `deprecated`. A date that cannot be read is undecided.

    ## Why it breaks
    The date is a promise to stay until then. An earlier one, or none where it is still deprecated,
    takes back time that clients planned with. What was deprecated may go when its date has passed,
    as `lading check` and `lading diff` know the day. `notice_days` in `lading.toml` says how many
    days ahead an end has to be announced.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
         get:
           deprecated: true
    -      x-sunset: 2028-06-30
    +      x-sunset: 2027-12-31
    ```

    ## What to do instead
    Keep the date, or name a later one.
    """
    old, new = cast("Staying", change.old), cast("Staying", change.new)
    reason = f"sunset changed from {old.sunset or 'no date'} to {new.sunset or 'no date'}"
    dates = [day_of(each.sunset) for each in (old, new) if each.sunset]
    if None in dates:
        return Opinion(Effect.UNKNOWN, reason, "write the date as 2027-06-30")
    if len(dates) == 1:  # announced, or taken back: of what is deprecated it is a promise
        undated = old if new.sunset else new
        effect = (
            promised_otherwise(change, more=bool(new.sunset)) if undated.deprecated else Effect.NONE
        )
    else:
        before, after = cast("list[datetime]", dates)
        effect = Effect.NONE if before == after else promised_otherwise(change, more=before < after)
    return Opinion(
        effect, reason, "keep the date, or name a later one", follows=_counted_on(change, effect)
    )


def _counted_on(change: Change, effect: Effect) -> str:
    """Who is let down when less, or more, is promised of how long something stays."""
    if effect is promised_otherwise(change, more=False):
        return "clients in use count on what was said before"
    return "clients of the new version count on what the old one does not say"


@rule("LAD407", ChangeKind.STABILITY, level=Level.SEMANTIC, formats=JSON)
def stability_changed(change: Change) -> Opinion:
    """Something is more or less settled than it was.

    ## What it checks
    `x-stability-level` of operations, parameters, headers and properties: draft, alpha, beta or
    stable, which is also what holds where nothing is said. Another word is undecided. Of draft and
    alpha nothing is promised yet: what changes in such an operation is stated, and forbids nothing,
    unless it is in a type of its own, which others may share.

    ## Why it breaks
    Clients in use built on what was stable; a lower level says that it may change under them.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments:
    -    get: {}
    +    get: {x-stability-level: beta}
    ```

    ## What to do instead
    Leave the level, and add what is not settled yet beside it.
    """
    old, new = cast("Staying", change.old), cast("Staying", change.new)
    words = [each.stability or _LEVELS[-1] for each in (old, new)]
    reason = f"stability level changed from {words[0]} to {words[1]}"
    if not set(words) <= set(_LEVELS):
        fix = f"use one of {', '.join(_LEVELS)}"
        return Opinion(Effect.UNKNOWN, reason, fix)
    before, after = map(_LEVELS.index, words)
    effect = Effect.NONE if before == after else promised_otherwise(change, more=before < after)
    kept = f"leave it {words[0]}" if effect else None
    return Opinion(effect, reason, kept, follows=_counted_on(change, effect))
