"""Rules about status taxonomies.

A taxonomy is taken as the set of histories it allows: the sequences of states that its steps
permit. Whoever reads under it refuses a history that is not in the set. So a state or step that
comes widens, and one that goes narrows; whether a state can be reached at all is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.histories import goes_back, leads, merged_into, stray, taken_for
from lading.compat.notice import day_of
from lading.compat.pair.taxonomies import plain
from lading.compat.rules.base import TAXONOMY, Opinion, rule
from lading.compat.words import clock, describe, limit

if TYPE_CHECKING:
    from datetime import datetime

    from lading.compat.change import Change
    from lading.model.taxonomy import Sla, State, Taxonomy, Transition


@rule("LAD601", ChangeKind.STATE_REMOVED, formats=TAXONOMY)
def state_removed(change: Change) -> Opinion:
    """A state was removed.

    ## What it checks
    Codes that went, with every step from and to them. A code that came with the same definition,
    or with the same labels and rank, makes it a rename (LAD603). One that came in its place, with
    the same states around it or nearly the same definition, is named, since it may be the same
    state renamed, a part of it, or several states in one. Where another state has the code among
    its `aliases`, the two were merged: readers on the new version take it for that one.

    ## Why it breaks
    Stored histories and messages in flight carry the code, and readers on the new version do not
    know it. Who waits for that state waits for ever. Merged states are read, but who billed by
    what told them apart no longer can. A state that was `deprecated` may go when the day of its
    `sunset` is over.

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
    Mark the state `deprecated`, with the day of its `sunset`, and take away the steps into it. When
    it goes, leave its code under `retired`, or under the `aliases` of the state that it is now.
    """
    code = cast("State", change.old).code
    old, new = cast("Taxonomy", change.old_owner), cast("Taxonomy", change.new_owner)
    into = merged_into(cast("State", change.old), new)
    if into:
        refused = stray(code, old, new, newer=False)
        reason = f"state `{code}` is `{into.code}` now, and told apart from it no more"
        fix = f"keep `{code}` and mark it deprecated"
        if refused:
            return Opinion(Effect.REPLACES, f"{reason}; {refused.why}", fix)
        return Opinion(Effect.WIDENS, reason, fix, follows=_UNTOLD)
    if change.lookalike:
        reason = f"state `{code}` removed, and {_listed(change.lookalike)} came in its place"
        fix = f"give `aliases: [{code}]` to the state that it is now, or keep it, deprecated"
        return Opinion(Effect.NARROWS, reason, fix)
    fix = f"keep `{code}` and mark it deprecated"
    return Opinion(Effect.NARROWS, f"state `{code}` removed", fix)


_UNTOLD = "who acts on the difference no longer sees it"


def _listed(codes: str) -> str:
    """Codes that were joined by commas, for people."""
    return " and ".join(f"`{each}`" for each in codes.split(", "))


@rule("LAD602", ChangeKind.STATE_ADDED, formats=TAXONOMY)
def state_added(change: Change) -> Opinion:
    """A state was added.

    ## What it checks
    Codes that came, with every step from and to them. A state with a `fallback` may be taken for
    another one by readers that are older than it, and those of an `open` taxonomy pass over a code
    that they do not know. Then each history through the state is tried on the old version, as such
    readers see it, and it is only stated where they go along with all of them. A terminal state has
    to fall back to a terminal one.

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
    Say in `fallback` what older readers may take it for, or upgrade the readers first.
    """
    new = cast("State", change.new)
    before, after = cast("Taxonomy", change.old_owner), cast("Taxonomy", change.new_owner)
    kind = "terminal state" if new.terminal else "state"
    place = f" in the place of {_listed(change.lookalike)}" if change.lookalike else ""
    reason = f"{kind} `{new.code}` added{place}"
    fix = "let the readers learn it first, or name a `fallback` that they know"
    taken = taken_for(new.code, after, before, newer=True)
    if taken is None and not before.open:
        return Opinion(Effect.WIDENS, reason, fix)
    refused = stray(new.code, after, before, newer=True)
    if taken is None and new.terminal:
        reason += ", an end that no older reader sees"
        return Opinion(Effect.WIDENS, reason, "name a terminal `fallback` that they know")
    reason += f", which older readers take for `{taken or before.unknown}`"
    if refused is None:
        return Opinion(Effect.NONE, reason)
    return Opinion(Effect.WIDENS, f"{reason}, but {refused.why}", fix)


@rule("LAD603", ChangeKind.STATE_RENAMED, formats=TAXONOMY)
def state_renamed(change: Change) -> Opinion:
    """A state has another code.

    ## What it checks
    A code that went and one that came which has it among its `aliases`, has the same definition, or
    the same labels and rank. A reader that has a code among its aliases reads it, and an older one
    what falls back to a code that it knows.

    ## Why it breaks
    It is the same state to us and two to every machine: stored histories carry the old code,
    which new readers refuse unless it is an alias; new messages carry the new one, which old
    readers refuse.

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
    Keep the code and change the label: codes are for machines, labels for people. If it has to be,
    list the old code under `aliases`, and send both until every reader knows the new one.
    """
    old, new = cast("State", change.old).code, cast("State", change.new).code
    before, after = cast("Taxonomy", change.old_owner), cast("Taxonomy", change.new_owner)
    effect = Effect.NONE
    if taken_for(old, before, after, newer=False) != new:
        effect |= Effect.NARROWS
    if taken_for(new, after, before, newer=True) != old:
        effect |= Effect.WIDENS
    reason = f"state `{old}` renamed to `{new}`"
    fix = f"keep the code `{old}` and change its label"
    if Effect.NARROWS in effect:
        return Opinion(effect, reason, f"{fix}, or give `{new}` `aliases: [{old}]`")
    return Opinion(effect, f"{reason}, which reads its former code", fix)


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
    `rank`: what is later when messages arrive out of order. Where no rank is written, it is the
    order of the list, and only a state that other states stand before than did has another.

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
    """A state is shown, billed or counted as an exception, or no longer is.

    ## What it checks
    `customer_visible`, `billable` and `exception` of a state.

    ## Why it breaks
    Hidden now: customers no longer see what they were promised to see. Shown now: portals on the
    old version do not expect it. Billed or counted differently: two systems write two invoices, or
    report two figures, of the same shipments.

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
    if change.what != "customer_visible":
        counted = {"billable": "billed", "exception": "counted as an exception"}[change.what]
        words = f"is {counted} now" if change.new else f"is no longer {counted}"
        return Opinion(Effect.REPLACES, f"state {words}", "leave it as it was")
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
    Steps between two states that both versions have; another trigger is another step. One that goes
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


@rule("LAD619", ChangeKind.STATE_CATEGORY, level=Level.SEMANTIC, formats=TAXONOMY)
def category_changed(change: Change) -> Opinion:
    """A state counts in another group.

    ## What it checks
    `category` of a state.

    ## Why it breaks
    Dashboards and service levels count by groups: the same shipments are on time in one report and
    late in another. A first category contradicts nobody, and widens.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: milestones
     states:
    -  - {code: GATE_OUT, definition: It left the terminal., category: departed}
    +  - {code: GATE_OUT, definition: It left the terminal., category: arrived}
    ```

    ## What to do instead
    Add a state of the other group, or say from which day on the figures are counted anew.
    """
    reason = f"counts as {change.new or 'nothing'} now, was {change.old or 'nothing'}"
    effect = Effect.REPLACES
    if not (change.old and change.new):
        effect = Effect.WIDENS if change.new else Effect.NARROWS
    return Opinion(effect, reason, f"keep {change.old or 'it out'}")


_PLANNED = "one version plans with the state on days on which the other does without it"


@rule("LAD620", ChangeKind.STATE_SUNSET, level=Level.SEMANTIC, formats=TAXONOMY)
def state_sunset_changed(change: Change) -> Opinion:
    """How long a deprecated state stays, or what replaces it, was changed.

    ## What it checks
    `sunset` and `replaced_by` of a state. Another replacement is stated, and refuses nothing. A
    first date announces an end; of what is deprecated without one it is a promise to stay so long.

    ## Why it breaks
    The date is a promise to read the state until then. An earlier one, or none where the state is
    still deprecated, takes back time that others planned with. When it is over, the state may go.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
     states:
       - {code: HELD, definition: Customs has a question.}
    -  - {code: STOPPED, definition: It stands., deprecated: true, sunset: "2028-06-30"}
    +  - {code: STOPPED, definition: It stands., deprecated: true, sunset: "2027-12-31"}
    ```

    ## What to do instead
    Keep the date, or name a later one.
    """
    words = f"from {change.old or 'nothing'} to {change.new or 'nothing'}"
    if change.what == "replaced_by":
        return Opinion(Effect.NONE, f"replacement changed {words}")
    reason = f"sunset changed {words}"
    if not (change.old and change.new):
        return _announced(change, reason)
    old, new = (cast("datetime", day_of(str(each))) for each in (change.old, change.new))
    effect = Effect.WIDENS if old < new else Effect.NARROWS
    return Opinion(effect, reason, "keep the date, or name a later one", follows=_PLANNED)


def _announced(change: Change, reason: str) -> Opinion:
    """A date came or went: where the state stays deprecated it is a promise more or less."""
    deprecated = [
        {each.code for each in cast("Taxonomy", owner).states if each.deprecated}
        for owner in (change.old_owner, change.new_owner)
    ]
    if not all(change.path[-1] in each for each in deprecated):
        return Opinion(Effect.NONE, reason)
    effect = Effect.WIDENS if change.new else Effect.NARROWS
    return Opinion(effect, reason, "keep the date, or name a later one", follows=_PLANNED)


@rule("LAD621", ChangeKind.TAXONOMY_OPENNESS, formats=TAXONOMY)
def openness_changed(change: Change) -> Opinion:
    """A taxonomy was opened for codes to come, or closed.

    ## What it checks
    `open` of the taxonomy: whether readers take a code that is not listed for the unknown value
    and go on.

    ## Why it breaks
    Open now: readers on the old version refuse codes that may come from now on. Closed now: readers
    on the new version refuse what they passed over until now.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
    -open: true
    +open: false
     states:
       - {code: HELD, definition: Customs has a question.}
    ```

    ## What to do instead
    Open a taxonomy in its first version, and leave it so.
    """
    effect = Effect.WIDENS if change.new else Effect.NARROWS
    words = "passed over now" if change.new else "no longer passed over"
    return Opinion(effect, f"codes that are not listed are {words}", "leave it as it was")


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


@rule("LAD623", ChangeKind.STATE_FALLBACK, level=Level.SEMANTIC, formats=TAXONOMY)
def fallback_changed(change: Change) -> Opinion:
    """Older readers may take a state for another one than before.

    ## What it checks
    `fallback` of a state that both versions have. A first one is stated, and refuses nothing.

    ## Why it breaks
    Both versions know the state. Readers that are older than both go by what is said from now on:
    they take the state for another one, or know no longer what to take it for.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
     states:
       - {code: HELD, definition: Somebody stopped it.}
       - {code: LATE, definition: It will not be on time.}
    -  - {code: AT_CUSTOMS, definition: Customs has it., fallback: HELD}
    +  - {code: AT_CUSTOMS, definition: Customs has it., fallback: LATE}
    ```

    ## What to do instead
    Keep it until every reader knows the state.
    """
    old, new = change.old or "nothing", change.new or "nothing"
    reason = f"older readers take it for {new} now, was {old}"
    if not change.old:
        return Opinion(Effect.NONE, reason)
    follows = "readers that are older than both versions read it differently"
    return Opinion(Effect.WIDENS, reason, f"keep {change.old}", follows=follows)


@rule("LAD624", ChangeKind.STATE_ALIASES, formats=TAXONOMY)
def former_codes_changed(change: Change) -> Opinion:
    """The former codes of a state changed.

    ## What it checks
    `aliases` of a state that keeps its code. Another former code is stated, and refuses nothing.

    ## Why it breaks
    Nobody writes a former code any more, but stored histories carry it. Without the alias readers
    on the new version refuse them.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
     states:
    -  - {code: DELIVERED, definition: The consignee has it., aliases: [DONE]}
    +  - {code: DELIVERED, definition: The consignee has it.}
    ```

    ## What to do instead
    Keep former codes for as long as histories are kept.
    """
    old, new = (set(cast("tuple[str, ...]", each)) for each in (change.old, change.new))
    reason = f"former codes are {describe(change.new)} now, were {describe(change.old)}"
    effect = Effect.NARROWS if old - new else Effect.NONE
    return Opinion(effect, reason, f"keep {', '.join(sorted(old - new))}")


@rule("LAD625", ChangeKind.CODE_REUSED, level=Level.SEMANTIC, formats=TAXONOMY)
def code_reused(change: Change) -> Opinion:
    """A code that was given up came back for a state.

    ## What it checks
    A state that is new, or has a new code, where the old version lists that code under `retired`,
    or among the `aliases` of another state. A document that does so by itself is refused (LAD047).

    ## Why it breaks
    Stored histories say the code and mean what it was. Nothing tells them from those that mean the
    new state, so they are misread without a trace.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
     states:
       - {code: HELD, definition: Customs has a question.}
    -retired: [STOPPED]
    +  - {code: STOPPED, definition: The line stands still.}
    ```

    ## What to do instead
    Give the new state a code of its own. Retired codes stay retired for ever.
    """
    reason = f"the code `{change.what}` was given up, and means a state again"
    return Opinion(Effect.REPLACES, reason, "give the state a code that was never used")


@rule("LAD626", ChangeKind.RETIRED, level=Level.SEMANTIC, formats=TAXONOMY)
def retired_codes_changed(change: Change) -> Opinion:
    """The list of codes that are never used again changed.

    ## What it checks
    `retired` of the taxonomy. A code more is stated, and refuses nothing; so is one less that has
    become the former code (`aliases`) of a state. One that is used again is said by LAD625.

    ## Why it breaks
    It does not yet. The list is what keeps the next author from using the code for something else,
    and a code that is off it is free.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: values
     states:
       - {code: HELD, definition: Customs has a question.}
    -retired: [STOPPED, STUCK]
    +retired: [STOPPED]
    ```

    ## What to do instead
    Keep every code on the list.
    """
    old, new = (set(cast("tuple[str, ...]", each)) for each in (change.old, change.new))
    states = cast("Taxonomy", change.new_owner).states
    accounted = {code for each in states for code in (each.code, *each.aliases)}
    free = sorted(old - new - accounted)
    if not free:
        return Opinion(Effect.NONE, f"retired codes are {describe(change.new)} now")
    reason = f"retired no longer: {', '.join(free)}"
    follows = "whoever uses it next says something else of histories that were stored"
    return Opinion(Effect.REPLACES, reason, "leave it on the list", follows=follows)


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
        return Opinion(Effect.UNKNOWN, reason, "say both in days, or both in hours")
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
