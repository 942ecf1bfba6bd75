"""Rules about mappings of foreign codes.

A mapping is taken as what it says about each code. A code it does not list says nothing (or is
refused, as `unmapped` has it): to list it says more and contradicts nobody, so it widens; to
unlist it narrows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import MAPPING, Opinion, rule
from lading.compat.words import describe, target
from lading.model.taxonomy import Quality, Unmapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.compat.change import Change
    from lading.model.taxonomy import CodeMap, MappingCell, Override, Sending

_FATE: Final = {Unmapped.UNKNOWN: "becomes unknown", Unmapped.REJECT: "is rejected"}
_WAS: Final = {Unmapped.UNKNOWN: "became unknown", Unmapped.REJECT: "was rejected"}
_TRUST: Final[Mapping[Quality, int]] = {
    Quality.EXACT: 3,
    Quality.BROADER: 2,
    Quality.NARROWER: 2,
    Quality.LOSSY: 1,
    Quality.POLICY: 1,
    Quality.NONE: 0,
}


@rule("LAD701", ChangeKind.CELL_REMOVED, formats=MAPPING)
def code_unlisted(change: Change) -> Opinion:
    """A foreign code is no longer mapped.

    ## What it checks
    Codes whose row went.

    ## Why it breaks
    Partners keep sending the code. From now on it becomes unknown or is rejected, and the
    shipment stands still where it used to move.

    ## Example
    ```diff title="mapping.yaml"
     rows:
       - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    -  - {code: AF, to: DEPARTED_ORIGIN, quality: exact}
    ```

    ## What to do instead
    Keep the row. A row that was wrong is corrected, which LAD703 then asks about.
    """
    old, mapping = cast("MappingCell", change.old), cast("CodeMap", change.new_owner)
    reason = f"code `{old.code}` was {target(old)}, now it {_FATE[mapping.unmapped]}"
    return Opinion(Effect.NARROWS, reason, "keep the row")


@rule("LAD702", ChangeKind.CELL_ADDED, formats=MAPPING)
def code_listed(change: Change) -> Opinion:
    """A foreign code is mapped that was not.

    ## What it checks
    Codes whose row is new. Before, the code became unknown or was rejected.

    ## Why it breaks
    A system on the old version of the mapping does not know the code, and differs from one that
    does. A BACKWARD promise allows it: nothing that was understood is understood differently.

    ## Example
    ```diff title="mapping.yaml"
     rows:
       - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    +  - {code: AF, to: DEPARTED_ORIGIN, quality: exact}
    ```

    ## What to do instead
    Nothing, under the usual promise of a mapping.
    """
    new, mapping = cast("MappingCell", change.new), cast("CodeMap", change.old_owner)
    reason = f"code `{new.code}` is {target(new)}, before it {_WAS[mapping.unmapped]}"
    return Opinion(Effect.WIDENS, reason, "let every adapter take the new mapping first")


@rule("LAD703", ChangeKind.CELL_TARGET, level=Level.SEMANTIC, formats=MAPPING)
def code_retargeted(change: Change) -> Opinion:
    """A foreign code means something else.

    ## What it checks
    The canonical code of a row, and of each of its cases: where both versions have cases that meet,
    what they say where both hold. From nothing to something is like a code that is newly listed,
    and the other way round. Codes that were told apart and now mean the same are named.

    ## Why it breaks
    The same message of a partner puts a shipment into one state here and into another there, and
    yesterday's history no longer agrees with today's.

    ## Example
    ```diff title="mapping.yaml"
     rows:
    -  - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    +  - {code: X3, to: PICKED_UP, quality: exact}
    ```

    ## What to do instead
    If the old row was an error: copy the file, give the copy the next major version and the right
    row, and keep the old file until its readers have moved. Say which messages were misread.
    If the partner changed the code, map the new version of its list beside this one.
    """
    reason = f"means {change.new or 'nothing'} now, was {change.old or 'nothing'}"
    if change.old is None:
        return Opinion(Effect.WIDENS, reason, "let every adapter take the new mapping first")
    if others := _told_apart_before(change):
        reason += f", and {', '.join(others)} can be told apart from it no more"
    effect = Effect.NARROWS if change.new is None else Effect.REPLACES
    return Opinion(effect, reason, f"keep {change.old}")


def _told_apart_before(change: Change) -> list[str]:
    """The other codes that mean what this one does now, and meant something else than it did."""
    if change.new is None:
        return []
    before, after = (
        {each.code: each.to for each in cast("CodeMap", owner).cells}
        for owner in (change.old_owner, change.new_owner)
    )
    mine = change.path[-1].partition(" (")[0]
    return sorted(
        code
        for code, to in after.items()
        if to == change.new and code != mine and before.get(code, change.old) != change.old
    )


@rule("LAD704", ChangeKind.CELL_ALSO, level=Level.SEMANTIC, formats=MAPPING)
def further_codes_changed(change: Change) -> Opinion:
    """A foreign code says more, or less, besides its target.

    ## What it checks
    `also` of a row: the further facts one coarse code asserts.

    ## Why it breaks
    A fact that is no longer asserted is waited for; one that is newly asserted surprises readers
    on the old version.

    ## Example
    ```diff title="mapping.yaml"
     rows:
    -  - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact, also: [HANDED_OVER]}
    +  - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    ```

    ## What to do instead
    Keep what is asserted.
    """
    old, new = set(cast("tuple[str, ...]", change.old)), set(cast("tuple[str, ...]", change.new))
    effect = Effect.NONE
    if old - new:
        effect |= Effect.NARROWS
    if new - old:
        effect |= Effect.WIDENS
    if not (old and new):
        word = "also says" if new else "no longer also says"
        reason = f"{word} {describe(change.new if new else change.old)}" + (" now" if new else "")
    else:
        reason = f"also says {describe(change.new)} now, was {describe(change.old)}"
    return Opinion(effect, reason, f"keep {describe(change.old)}" if old else "leave it out")


@rule("LAD705", ChangeKind.CELL_QUALITY, level=Level.SEMANTIC, formats=MAPPING)
def quality_changed(change: Change) -> Opinion:
    """A foreign code agrees with ours better, or worse, than was said.

    ## What it checks
    `quality` of a row whose target stayed: exact, then broader or narrower, then lossy or policy.

    ## Why it breaks
    Systems that act on exact codes only (to post, to bill) stop acting when it is exact no
    longer, and begin when it becomes so.

    ## Example
    ```diff title="mapping.yaml"
     rows:
    -  - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    +  - {code: X3, to: ARRIVED_AT_PICKUP, quality: lossy}
    ```

    ## What to do instead
    Restore it, unless the earlier statement was wrong.
    """
    old, new = cast("Quality", change.old), cast("Quality", change.new)
    reason = f"quality changed from {old.value} to {new.value}"
    if _TRUST[old] == _TRUST[new]:
        return Opinion(Effect.REPLACES, reason, f"keep {old.value}")
    effect = Effect.NARROWS if _TRUST[new] < _TRUST[old] else Effect.WIDENS
    return Opinion(effect, reason, f"keep {old.value}")


@rule("LAD706", ChangeKind.UNMAPPED, formats=MAPPING)
def unmapped_changed(change: Change) -> Opinion:
    """Codes that are not listed are treated differently.

    ## What it checks
    `unmapped`: whether such a code becomes unknown or is rejected.

    ## Why it breaks
    Rejected now: messages that passed as unknown are refused. Unknown now: what used to stop at
    the door comes in, and readers on the old version refuse it.

    ## Example
    ```diff title="mapping.yaml"
    -unmapped: unknown
    +unmapped: reject
     rows:
       - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    ```

    ## What to do instead
    Keep `unknown` for statuses, `reject` for what money depends on.
    """
    effect = Effect.NARROWS if change.new is Unmapped.REJECT else Effect.WIDENS
    fate = _FATE[cast("Unmapped", change.new)]
    return Opinion(effect, f"a code that is not listed {fate} now", f"keep {describe(change.old)}")


@rule("LAD707", ChangeKind.MAPPING_SCOPE, level=Level.SEMANTIC, formats=MAPPING)
def mapping_scope_changed(change: Change) -> Opinion:
    """A mapping translates from another list, or into another taxonomy.

    ## What it checks
    `system`, the name of the list, and `taxonomy`.

    ## Why it breaks
    The same code of another list is another code; the same answer in another taxonomy is another
    answer.

    ## Example
    ```diff title="mapping.yaml"
    -taxonomy: shipment.milestone
    +taxonomy: transport.milestone
     rows:
       - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    ```

    ## What to do instead
    Give it a name, and so a subject, of its own.
    """
    part = change.what.replace("_", " ")
    reason = f"{part} changed from {change.old} to {change.new}"
    return Opinion(Effect.REPLACES, reason, "make it a mapping of its own")


@rule("LAD708", ChangeKind.LIST_VERSION, level=Level.SEMANTIC, formats=MAPPING)
def list_version_changed(change: Change) -> Opinion:
    """A mapping speaks of another version of the foreign list.

    ## What it checks
    `list.version`.

    ## Why it breaks
    It may: issuers reuse codes. Whether they did between these versions is not in the file, so it
    is undecided.

    ## Example
    ```diff title="mapping.yaml"
    -list: {name: "214 AT7-01", version: "004010"}
    +list: {name: "214 AT7-01", version: "008010"}
     rows:
       - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    ```

    ## What to do instead
    Compare the two versions of the list, and say with `lading classify` what was found.
    """
    reason = f"version of the foreign list changed from {change.old} to {change.new}"
    open_ = "whether its codes mean the same is not decided"
    fix = "compare the two versions of the list, and say what was found: lading classify"
    return Opinion(Effect.UNKNOWN, f"{reason}; {open_}", fix)


@rule("LAD709", ChangeKind.SENDING, formats=MAPPING)
def sent_code_changed(change: Change) -> Opinion:
    """Another code is sent for one of ours, or none.

    ## What it checks
    `sends`: the foreign code of each of our codes, and how well it says what ours says.

    ## Why it breaks
    Partners read the foreign code. Another one tells them something else about the same shipment;
    none at all leaves them waiting. A code for what was not sent before contradicts nobody.

    ## Example
    ```diff title="mapping.yaml"
     rows:
       - {code: AG, to: ETA_UPDATED, quality: exact}
     sends:
    -  - {from: ETA_UPDATED, code: AG, quality: exact}
    +  - {from: ETA_UPDATED, code: X2, quality: exact}
    ```

    ## What to do instead
    Agree on the new code with the partners who get it, and send it from a new version on.
    """
    old, new = cast("Sending | None", change.old), cast("Sending | None", change.new)
    if new is None:
        reason = "nothing is sent for it now"
        return Opinion(Effect.NARROWS, reason, "keep the row", follows="partners wait for it")
    if old is None:
        reason, fix = f"{new.code} is sent for it now", "agree on it with those who get it"
        return Opinion(Effect.WIDENS, reason, fix, follows="partners get what they did not get")
    follows = "partners take the same status of ours for another one"
    if old.code == new.code:
        reason = f"what {new.code} says for it is {new.quality.value} now, was {old.quality.value}"
        return Opinion(Effect.REPLACES, reason, f"keep {old.quality.value}", follows=follows)
    reason = f"{new.code} is sent for it now, was {old.code}"
    return Opinion(Effect.REPLACES, reason, f"keep {old.code}", follows=follows)


@rule("LAD710", ChangeKind.CELL_CLASSIFIER, level=Level.SEMANTIC, formats=MAPPING)
def time_classifier_changed(change: Change) -> Opinion:
    """A foreign code is taken for another kind of time.

    ## What it checks
    `classifier` of a row: whether the code tells of a wish, a plan, an estimate or a fact.

    ## Why it breaks
    Only what is ACTUAL may change a status. An estimate that is taken for a fact delivers a
    shipment that is still on the road; a fact taken for an estimate never arrives.

    ## Example
    ```diff title="mapping.yaml"
     rows:
    -  - {code: AG, to: ETA_UPDATED, quality: exact, classifier: ESTIMATED}
    +  - {code: AG, to: ETA_UPDATED, quality: exact, classifier: ACTUAL}
    ```

    ## What to do instead
    Correct it in a new version, and say which messages were misread.
    """
    reason = f"the time it tells is {change.new or 'not said'} now, was {change.old or 'not said'}"
    return Opinion(Effect.REPLACES, reason, f"keep {change.old or 'it out'}")


@rule("LAD712", ChangeKind.MAPPING_NOTE, level=Level.SEMANTIC, formats=MAPPING)
def mapping_note_changed(change: Change) -> Opinion:
    """What is said of a mapping beside what codes mean changed.

    ## What it checks
    `owner` and `sends_all` of a mapping, `final` and `provenance` of a row. It is stated, and
    refuses nothing: each code means what it did.

    ## Why it breaks
    It does not. Another owner is who to ask from now on. Whether a mapping that is to send all has
    a code for each of ours, and whether what is final there is final here, lint looks at.

    ## Example
    ```diff title="mapping.yaml"
    -owner: integration
    +owner: partner-desk
     rows:
       - {code: X3, to: ARRIVED_AT_PICKUP, quality: exact}
    ```

    ## What to do instead
    Nothing; the new owner should know of it.
    """
    part = change.what.replace("_", " ")
    old, new = describe(change.old or None), describe(change.new or None)
    return Opinion(Effect.NONE, f"{part} changed from {old} to {new}")


@rule("LAD711", ChangeKind.OVERRIDE, level=Level.SEMANTIC, formats=MAPPING)
def agreed_with_a_partner(change: Change) -> Opinion:
    """What one partner means by a code was agreed, or is no longer, or for another time.

    ## What it checks
    `overrides` that only one of the versions has, where they say something else than the row, and
    their last day, `until`. An agreement whose last day is over says nothing any more, so it may
    go; `lading check` and `lading diff` know what day it is.

    ## Why it breaks
    While it comes, systems on the old version read that partner as before: a BACKWARD promise
    allows it, since a person approved it and it ends. While it goes before its last day, messages
    that were understood as agreed are read as everybody else's.

    ## Example
    ```diff title="mapping.yaml"
     rows:
       - {code: SD, to: DELAYED, quality: exact}
    +overrides:
    +  - {partner: SCAC-AAAA, code: SD, to: ETA_UPDATED, reason: as agreed,
    +     approved_by: integration, until: "2999-12-31"}
    ```

    ## What to do instead
    Take a new one into every adapter first. Keep an old one until its last day.
    """
    if change.what == "until":
        reason = f"agreed until {change.new} now, was {change.old}"
        effect = Effect.WIDENS if str(change.old) < str(change.new) else Effect.NARROWS
        return Opinion(effect, reason, f"keep {change.old}")
    agreed = cast("CodeMap", change.new_owner).overrides
    now = next((each for each in agreed if _agreed(each) == change.path[-1]), None)
    old, new = target(cast("MappingCell", change.old)), target(cast("MappingCell", change.new))
    if now and old == new:
        reason = f"means {new} until {now.until}, whatever else the message says"
        return Opinion(Effect.WIDENS, reason, "let every adapter take the new mapping first")
    if now:
        reason = f"means {new} until {now.until}, for all others {old}"
        return Opinion(Effect.WIDENS, reason, "let every adapter take the new mapping first")
    reason = f"means {new} like everybody's now, was {old}"
    return Opinion(Effect.NARROWS, reason, "keep it until its last day")


def _agreed(override: Override) -> str:
    return f"{override.code} (from {override.partner})"
