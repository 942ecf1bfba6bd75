"""Rules about status taxonomies.

A taxonomy is taken as the set of histories it allows: the sequences of states that its steps
permit. Whoever reads under it refuses a history that is not in the set. So a state or step that
comes widens, and one that goes narrows; whether a state can be reached at all is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.pair.taxonomies import plain
from lading.compat.rules.base import TAXONOMY, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.taxonomy import State


@rule("LAD601", ChangeKind.STATE_REMOVED, formats=TAXONOMY)
def state_removed(change: Change) -> Opinion:
    """A state was removed.

    ## What it checks
    Codes that went, with every step from and to them. A code that came with the same definition,
    or with the same labels and rank, makes it a rename (LAD603).

    ## Why it breaks
    Stored histories and messages in flight carry the code, and readers on the new version do not
    know it. Who waits for that state waits for ever.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., rank: 1, initial: true}
    -  - {code: IN_TRANSIT, definition: It is on its way., rank: 5}
       - {code: DELIVERED, definition: The consignee has it., rank: 9, terminal: true}
     transitions:
       - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
    -  - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
    -  - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Mark the state `deprecated`, take away the steps into it in a new major version, keep the code.
    """
    code = cast("State", change.old).code
    fix = f"keep `{code}` and mark it deprecated"
    return Opinion(Effect.NARROWS, f"state `{code}` removed", fix)


@rule("LAD602", ChangeKind.STATE_ADDED, formats=TAXONOMY)
def state_added(change: Change) -> Opinion:
    """A state was added.

    ## What it checks
    Codes that came, with every step from and to them.

    ## Why it breaks
    Readers on the old version meet a code they do not know. If it is terminal, they wait for an end
    that has come. A BACKWARD promise allows it: nothing that was said before is refused.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., rank: 1, initial: true}
    +  - {code: IN_TRANSIT, definition: It is on its way., rank: 5}
       - {code: DELIVERED, definition: The consignee has it., rank: 9, terminal: true}
     transitions:
       - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
    +  - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
    +  - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Upgrade the readers first; every reader should show the taxonomy's unknown value for a new code.
    """
    new = cast("State", change.new)
    kind = "terminal state" if new.terminal else "state"
    return Opinion(Effect.WIDENS, f"{kind} `{new.code}` added", "let the readers learn it first")


@rule("LAD603", ChangeKind.STATE_RENAMED, formats=TAXONOMY)
def state_renamed(change: Change) -> Opinion:
    """A state has another code.

    ## What it checks
    A code that went and one that came with the same definition, or with the same labels and rank.

    ## Why it breaks
    It is the same state to us and two to every machine: stored histories carry the old code,
    which new readers refuse; new messages carry the new one, which old readers refuse.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
    -  - {code: DELIVERED, definition: The consignee has it., terminal: true}
    +  - {code: HANDED_OVER, definition: The consignee has it., terminal: true}
     transitions:
    -  - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
    +  - {from: PLANNED, to: HANDED_OVER, trigger: shipment.delivered}
    ```

    ## What to do instead
    Keep the code and change the label: codes are for machines, labels for people.
    """
    old, new = cast("State", change.old).code, cast("State", change.new).code
    reason = f"state `{old}` renamed to `{new}`"
    return Opinion(Effect.REPLACES, reason, f"keep the code `{old}` and change its label")


@rule("LAD604", ChangeKind.STATE_DEFINITION, level=Level.SEMANTIC, formats=TAXONOMY)
def definition_changed(change: Change) -> Opinion:
    """A state is defined in other words.

    ## What it checks
    The text of the definition. Case, white space and an end stop do not count; whether other
    words mean the same is for a person to say, so it is undecided.

    ## Why it breaks
    Systems keep saying the same code and no longer mean the same: the ERP posts goods issue at a
    moment that has moved.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
    -  - {code: CONFIRMED, definition: The goods stand on the dock., initial: true}
    +  - {code: CONFIRMED, definition: The carrier has the goods., initial: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: CONFIRMED, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Restore the text if nothing changed; give a changed meaning a code of its own. Whoever answers
    for the definition can say that the other words mean the same, or make more exact what was
    meant all along: `lading classify FINDING editorial` (or `clarified`), with who says so and
    why. It is written into `policies/meanings.yaml`, and settles the finding here and in the
    registry; `changed` forbids it.
    """
    if plain(str(change.old)) == plain(str(change.new)):
        return Opinion(Effect.NONE, "definition spelled differently")
    reason = "definition changed; whether it means the same is not decided"
    fix = "restore the text, give the new meaning its own code, or say what it means: "
    return Opinion(Effect.UNKNOWN, reason, f"{fix}lading classify")


@rule("LAD605", ChangeKind.STATE_TERMINAL, formats=TAXONOMY)
def terminal_changed(change: Change) -> Opinion:
    """A state became final, or ceased to be.

    ## What it checks
    `terminal` of a state.

    ## Why it breaks
    Final now: what followed it before is refused. No longer final: readers on the old version
    have closed the case, and drop what comes after it.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
    -  - {code: CANCELLED, definition: It will not move.}
    +  - {code: CANCELLED, definition: It will not move., terminal: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: CANCELLED, trigger: shipment.cancelled}
       - {from: PLANNED, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Add a state for the end, or for what follows, beside it.
    """
    effect = Effect.NARROWS if change.new else Effect.WIDENS
    words = "became terminal" if change.new else "is no longer terminal"
    return Opinion(effect, f"state {words}", "leave it, and add a state beside it")


@rule("LAD606", ChangeKind.STATE_INITIAL, formats=TAXONOMY)
def initial_changed(change: Change) -> Opinion:
    """A state may be the first, or no longer may.

    ## What it checks
    `initial` of a state.

    ## Why it breaks
    No longer first: histories that begin with it are refused. First now: readers on the old version
    refuse a history that begins with it.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
    -  - {code: IN_TRANSIT, definition: It is on its way.}
    +  - {code: IN_TRANSIT, definition: It is on its way., initial: true}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
       - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Leave it, and add a step into it.
    """
    effect = Effect.WIDENS if change.new else Effect.NARROWS
    words = "became initial" if change.new else "is no longer initial"
    return Opinion(effect, f"state {words}", "leave it as it was")


@rule("LAD607", ChangeKind.STATE_RANK, level=Level.SEMANTIC, formats=TAXONOMY)
def rank_changed(change: Change) -> Opinion:
    """A state has another rank.

    ## What it checks
    `rank`: what is later when messages arrive out of order.

    ## Why it breaks
    Two systems on different versions take different messages for the latest, and show different
    states.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., rank: 10, initial: true}
    -  - {code: AT_HUB, definition: It is at a hub., rank: 50}
    +  - {code: AT_HUB, definition: It is at a hub., rank: 30}
       - {code: DELIVERED, definition: The consignee has it., rank: 90, terminal: true}
     transitions:
       - {from: PLANNED, to: AT_HUB, trigger: shipment.arrived}
       - {from: AT_HUB, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Leave room between ranks from the start; give a new state a rank between two others.
    """
    reason = f"rank changed from {change.old} to {change.new}"
    return Opinion(Effect.REPLACES, reason, f"keep the rank {change.old}")


@rule("LAD608", ChangeKind.STATE_VISIBILITY, level=Level.SEMANTIC, formats=TAXONOMY)
def visibility_changed(change: Change) -> Opinion:
    """A state is shown to customers, or no longer is.

    ## What it checks
    `customer_visible` of a state.

    ## Why it breaks
    Hidden now: customers no longer see what they were promised to see. Shown now: portals on the
    old version do not expect it.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
       - {code: PLANNED, definition: It is on paper., initial: true}
    -  - {code: ON_HOLD, definition: Customs has a question., customer_visible: true}
    +  - {code: ON_HOLD, definition: Customs has a question., customer_visible: false}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: PLANNED, to: ON_HOLD, trigger: shipment.held}
       - {from: ON_HOLD, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Tell the portals first; a hidden state needs a visible one that says as much.
    """
    effect = Effect.WIDENS if change.new else Effect.NARROWS
    words = "shown to" if change.new else "hidden from"
    return Opinion(effect, f"state {words} customers now", "leave it as it was")


@rule("LAD609", ChangeKind.STATE_OWNER, level=Level.SEMANTIC, formats=TAXONOMY)
def state_owner_changed(change: Change) -> Opinion:
    """Another system is the one that may say a state.

    ## What it checks
    `owner` of a state, and of the taxonomy for the states that name none.

    ## Why it breaks
    Readers that check the sender refuse the new owner on the old version, and the old owner on
    the new one.

    ## Example
    ```diff title="taxonomy.yaml"
     states:
    -  - {code: CONFIRMED, definition: It may go., initial: true, owner: wms}
    +  - {code: CONFIRMED, definition: It may go., initial: true, owner: erp}
       - {code: DELIVERED, definition: The consignee has it., terminal: true}
     transitions:
       - {from: CONFIRMED, to: DELIVERED, trigger: shipment.delivered}
    ```

    ## What to do instead
    Move the ownership in a new major version, on a date that both systems know.
    """
    owners = f"from {change.old or 'the taxonomy owner'} to {change.new or 'the taxonomy owner'}"
    return Opinion(Effect.REPLACES, f"owner changed {owners}", f"keep {change.old or 'the owner'}")


@rule("LAD610", ChangeKind.STATE_ADVANCES, level=Level.SEMANTIC, formats=TAXONOMY)
def advance_changed(change: Change) -> Opinion:
    """A milestone advances something else.

    ## What it checks
    `advances_to` of a milestone, and `advances` of the list.

    ## Why it breaks
    The same milestone puts a shipment into one state here and into another there.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: milestones
     advances: shipment.status
     states:
    -  - {code: GATE_OUT, definition: It left the terminal., advances_to: IN_TRANSIT}
    +  - {code: GATE_OUT, definition: It left the terminal., advances_to: OUT_FOR_DELIVERY}
    ```

    ## What to do instead
    Add a milestone for the other state.
    """
    reason = f"advances to {change.new or 'nothing'} now, was {change.old or 'nothing'}"
    return Opinion(Effect.REPLACES, reason, f"keep {change.old or 'it without effect'}")


@rule("LAD611", ChangeKind.TRANSITION_REMOVED, formats=TAXONOMY)
def transition_removed(change: Change) -> Opinion:
    """A step was removed.

    ## What it checks
    Steps between two states that both versions have; another trigger is another step.

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
    return Opinion(Effect.NARROWS, reason, "keep it, and let the owner stop taking it")


@rule("LAD612", ChangeKind.TRANSITION_ADDED, formats=TAXONOMY)
def transition_added(change: Change) -> Opinion:
    """A step was added.

    ## What it checks
    Steps between two states that both versions have; another trigger is another step.

    ## Why it breaks
    Readers on the old version that enforce the steps refuse a history that takes it. A BACKWARD
    promise allows it.

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
    Upgrade the readers first.
    """
    reason = f"step {describe(change.new)} added"
    return Opinion(Effect.WIDENS, reason, "let the readers learn it first")


@rule("LAD613", ChangeKind.TAXONOMY_KIND, formats=TAXONOMY)
def taxonomy_kind_changed(change: Change) -> Opinion:
    """A taxonomy became a list of another kind.

    ## What it checks
    `kind`: states of which exactly one holds, milestones that happen, or plain values.

    ## Why it breaks
    Readers keep one current state, or a list of what happened; neither can be read as the other.

    ## Example
    ```diff title="taxonomy.yaml"
    -kind: values
    +kind: milestones
     states:
       - {code: GATE_OUT, definition: It left the terminal.}
    ```

    ## What to do instead
    Start a taxonomy of another name.
    """
    reason = f"kind changed from {describe(change.old)} to {describe(change.new)}"
    return Opinion(Effect.REPLACES, reason, "start a taxonomy of another name")


@rule("LAD614", ChangeKind.TAXONOMY_UNKNOWN, formats=TAXONOMY)
def unknown_changed(change: Change) -> Opinion:
    """Another value stands for what is not known.

    ## What it checks
    `unknown` of the taxonomy.

    ## Why it breaks
    Code that handles the old value takes the new one for a state like any other.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
    -unknown: UNKNOWN
    +unknown: OTHER
     states:
       - {code: UNKNOWN, definition: Nobody knows.}
       - {code: OTHER, definition: It is none of these.}
    ```

    ## What to do instead
    Keep `UNKNOWN`.
    """
    reason = f"unknown value changed from {change.old} to {change.new}"
    return Opinion(Effect.REPLACES, reason, f"keep {change.old}")


@rule("LAD618", ChangeKind.TAXONOMY_IGNORED, formats=TAXONOMY)
def ignored_changed(change: Change) -> Opinion:
    """Another value, or none, stands for what is known to say nothing.

    ## What it checks
    `ignored` of the taxonomy: what foreign codes become that are known and say nothing.

    ## Why it breaks
    Code that drops the old value takes the new one for a state like any other. Where there was
    none, nothing was read otherwise.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: milestones
    -ignored: IGNORED
    +ignored: NOISE
     states:
       - {code: DELIVERED, definition: The consignee has it.}
       - {code: IGNORED, definition: It is known to say nothing.}
       - {code: NOISE, definition: Nobody wants it.}
    ```

    ## What to do instead
    Keep the value.
    """
    old, new = str(change.old), str(change.new)
    if not old:
        said = f"codes that say nothing may become {new} now"
        return Opinion(Effect.WIDENS, said, "let the readers learn it first")
    reason = f"{old} said nothing, {new or 'nothing'} does now"
    return Opinion(Effect.REPLACES if new else Effect.NARROWS, reason, f"keep {old}")


@rule("LAD615", ChangeKind.STATE_LABEL, level=Level.SEMANTIC, formats=TAXONOMY)
def label_changed(change: Change) -> Opinion:
    """A state is labelled or explained differently.

    ## What it checks
    Labels and `not_to_be_confused_with`. It is stated, and refuses nothing: labels are for people.

    ## Why it breaks
    It does not. Screens and documents show another word.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
     states:
    -  - {code: HELD, definition: Customs has a question., label: {en: At customs}}
    +  - {code: HELD, definition: Customs has a question., label: {en: Delayed}}
    ```

    ## What to do instead
    Nothing; mind that a label does not contradict the definition.
    """
    part = "label" if change.what == "label" else "list of lookalikes"
    return Opinion(Effect.NONE, f"{part} changed")


@rule("LAD616", ChangeKind.TAXONOMY_DERIVATION, level=Level.SEMANTIC, formats=TAXONOMY)
def derivation_changed(change: Change) -> Opinion:
    """A derived status is computed differently.

    ## What it checks
    `derived`: its inputs, its conditions and their order.

    ## Why it breaks
    The same facts give one status here and another there, until every system that computes it has
    the new rule. A portal and an ERP then show two states of one order.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
     states:
       - {code: SHIPPED, definition: All of it is on its way.}
       - {code: OPEN, definition: Some of it is still here.}
     derived:
       inputs: {shipped: quantity shipped, ordered: quantity ordered}
       rules:
    -    - {when: shipped == ordered, to: SHIPPED}
    +    - {when: shipped >= ordered, to: SHIPPED}
         - {when: otherwise, to: OPEN}
    ```

    ## What to do instead
    Roll the new rule out as a new version, on a date that all who compute the status know.
    """
    if change.old is None or change.new is None:
        effect = Effect.WIDENS if change.new else Effect.NARROWS
        said = "derived from others now" if change.new else "no longer derived from others"
        return Opinion(effect, f"the status is {said}", "say it in a new major version")
    reason = "the rules that the status is computed by changed"
    return Opinion(Effect.REPLACES, reason, "agree on a date with everybody who computes it")


@rule("LAD617", ChangeKind.TRANSITION_GUARD, level=Level.SEMANTIC, formats=TAXONOMY)
def guard_changed(change: Change) -> Opinion:
    """A step has another guard.

    ## What it checks
    `when` of a step: what must hold besides its event. Case, white space and an end stop do not
    count; whether other words ask for the same is for a person to say, so it is undecided.

    ## Why it breaks
    With a guard that is new, readers on the new version refuse the step where it does not hold;
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
        return Opinion(Effect.NARROWS, reason, "give the guarded step an event of its own")
    reason = f"on {change.what} whether or not {old} now"
    return Opinion(Effect.WIDENS, reason, f"keep {old!r}")
