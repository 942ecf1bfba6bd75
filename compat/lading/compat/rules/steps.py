"""Rules about the steps of a taxonomy: from which state one may come to which, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.histories import goes_back, leads
from lading.compat.pair.taxonomies import plain
from lading.compat.rules.base import TAXONOMY, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.taxonomy import Taxonomy, Transition


@rule("LAD611", ChangeKind.TRANSITION_REMOVED, formats=TAXONOMY)
def transition_removed(change: Change) -> Opinion:
    """A step was removed.

    ## What it checks
    Steps between two states that both versions have; another trigger is another step. Where `skips`
    lets a thing be told further on, a step that others still lead over is only stated.

    ## Why it breaks
    Shipments in flight and replayed histories take the step, and readers on the new version
    refuse it.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
       - {code: IN_TRANSIT, definition: It is on its way.}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
    -  - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
       - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Keep the step; let the owner stop taking it.
    """
    reason = f"step {describe(change.old)} removed"
    if _skipped(change, cast("Taxonomy", change.new_owner)):
        return Opinion(Effect.NONE, f"{reason}, which skips others that are still there")
    return Opinion(Effect.NARROWS, reason, "keep it, and let the owner stop taking it")


@rule("LAD612", ChangeKind.TRANSITION_ADDED, formats=TAXONOMY)
def transition_added(change: Change) -> Opinion:
    """A step was added.

    ## What it checks
    Steps between two states that both versions have; another trigger is another step, since a
    reader that knows both states may ask by which event one came to the other. One that goes
    back to a lower rank, or closes a circle where there was none, is more than another step. Where
    `skips` lets a thing be told further on, a step that others led over before is only stated.

    ## Why it breaks
    Readers on the old version that enforce the steps refuse a history that takes it. A BACKWARD
    promise allows it. With a step back, what was late news becomes a new turn: the same messages
    out of order leave a shipment in one state here and in another there.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
       - {code: IN_TRANSIT, definition: It is on its way.}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
    +  - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
       - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Upgrade the readers first. Let a mistake be retracted by an event, and give a way back states of
    its own.
    """
    reason = f"step {describe(change.new)} added"
    old, new = cast("Taxonomy", change.old_owner), cast("Taxonomy", change.new_owner)
    if back := goes_back(cast("Transition", change.new), old, new):
        fix = "give the way back states of its own, or retract the event that was wrong"
        return Opinion(Effect.REPLACES, f"{reason}, which {back}", fix, follows=_TURNS)
    if _skipped(change, old):
        return Opinion(Effect.NONE, f"{reason}, which skips others that were there")
    return Opinion(Effect.WIDENS, reason, "let the readers learn it first")


_TURNS = "what was late news is a new turn to one version and not to the other"


def _skipped(change: Change, machine: Taxonomy) -> bool:
    """Whether a reader of `machine` goes along without the step, as others lead there."""
    source, _, target_code = change.path[-1].partition(" -> ")
    return machine.skips and leads(machine, source, target_code)


@rule("LAD617", ChangeKind.TRANSITION_GUARD, level=Level.SEMANTIC, formats=TAXONOMY)
def guard_changed(change: Change) -> Opinion:
    """A step has another guard.

    ## What it checks
    `when` of a step: what must hold besides its event. Case, white space and an end stop do not
    count; whether other words ask for the same is for a person to say, so it is undecided.

    ## Why it breaks
    With a guard that is new, readers on the new version do not take the step where it fails;
    without the old one, they take it where others stand still: every credit closes an authorised
    return, not only that of goods the customer keeps.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: IN_TRANSIT, definition: It is on its way., initial: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
    -  - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
    +  - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered, when: somebody signed}
    ```

    ## What to do instead
    Keep the guard, or give the wider step an event of its own.
    """
    old, new = str(change.old), str(change.new)
    if plain(old) == plain(new):
        return Opinion(Effect.NONE, f"the guard on {change.what} is spelled differently")
    if old and new:
        reason = f"the guard on {change.what} changed; whether it asks for the same is not decided"
        return Opinion(Effect.UNKNOWN, reason, f"keep {old!r}")
    if new:
        reason = f"on {change.what} only when {new} now"
        fix = "give the guarded step an event of its own"
        follows = "where that does not hold, the new version stands still and the old one went on"
        return Opinion(Effect.NARROWS, reason, fix, follows=follows)
    reason = f"on {change.what} whether or not {old} now"
    follows = "whoever is still on the old version stands still where the new one goes on"
    return Opinion(Effect.WIDENS, reason, f"keep {old!r}", follows=follows)


@rule("LAD622", ChangeKind.TAXONOMY_SKIPS, formats=TAXONOMY)
def skip_policy_changed(change: Change) -> Opinion:
    """States between may be left out, or no longer may.

    ## What it checks
    `skips` of the taxonomy: whether a thing may be told to be further on when the states between
    were not told.

    ## Why it breaks
    Allowed now: readers on the old version refuse a history with a gap. No longer allowed: readers
    on the new version refuse histories that were legal.

    ## Example
    ```diff title="taxonomy.yaml"
    +skips: true
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
       - {code: IN_TRANSIT, definition: It is on its way.}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
       - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Add the one step that is left out in practice.
    """
    effect = Effect.WIDENS if change.new else Effect.NARROWS
    words = "may be left out now" if change.new else "may no longer be left out"
    return Opinion(effect, f"states between {words}", "leave it as it was")
