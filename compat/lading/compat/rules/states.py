"""Rules about the states of a taxonomy: which there are, and what each of them is.

A state that comes widens the set of histories, and one that goes narrows it (`taxonomies`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.histories import merged_into, stray, taken_for
from lading.compat.notice import day_of
from lading.compat.pair.taxonomies import plain
from lading.compat.rules.base import TAXONOMY, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from datetime import datetime

    from lading.compat.change import Change
    from lading.model.taxonomy import State, Taxonomy


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
    Where it is several states now, they may name it as their `fallback`, retired as it is, so that
    readers of the old version go along.
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
    to fall back to a terminal one, and one that is billable, or advances another status, to one
    that does the same; how it is shown, and its rank, may differ. By which event a reader comes to
    what it takes a state for is not asked, as it is of steps between states that it knows (LAD612):
    to a code that it does not know an event leads that may be as new, and what is put in its place
    is the code alone.

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
    if refused is not None:
        return Opinion(Effect.WIDENS, f"{reason}, but {refused.why}", fix)
    known = next((each for each in before.states if each.code == taken), None)
    other = _does_otherwise(new, known) if known else ""
    if other:
        return Opinion(Effect.WIDENS, f"{reason}, but {other}", fix)
    return Opinion(Effect.NONE, reason)


def _does_otherwise(new: State, known: State) -> str:
    """What follows of a state, and not of the one that it is taken for; how it is shown is none."""
    both = new, known
    if new.billable != known.billable:
        first, second = both if new.billable else both[::-1]
        return f"`{first.code}` is billable, and `{second.code}` is not"
    if new.advances_to != known.advances_to:
        mine, its = (f"`{each.advances_to}`" if each.advances_to else "nothing" for each in both)
        return f"it advances to {mine}, and `{known.code}` to {its}"
    return ""


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
    list the old code under `aliases`, and send both until every reader knows the new one: the old
    code as its `fallback` says that it is sent to readers of the old version, who then go along.
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


@rule(
    "LAD604",
    ChangeKind.STATE_DEFINITION,
    ChangeKind.TAXONOMY_DEFINITION,
    level=Level.SEMANTIC,
    formats=TAXONOMY,
)
def definition_changed(change: Change) -> Opinion:
    """A state, or the list as a whole, is defined in other words.

    ## What it checks
    The text of the definition of a state, and of the taxonomy. Case, white space and an end stop do
    not count; whether other words mean the same is for a person to say, so it is undecided. So is a
    definition of the taxonomy that comes or goes: it may be what was meant all along.

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
    whole = "of the list " if change.kind is ChangeKind.TAXONOMY_DEFINITION else ""
    reason = f"definition {whole}changed; whether it means the same is not decided"
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
    """A state has another place in the order.

    ## What it checks
    `rank`: what is later when messages arrive out of order; where no rank is written, the place in
    the list. The numbers do not count: what does is which of two states that both versions have is
    the later one, or that neither is. The fewest states are named that explain it.

    ## Why it breaks
    Two systems on different versions take different messages for the latest, and show different
    states. So they do of two messages of one moment.

    ## Example
    ```diff title="taxonomy.yaml"
     kind: milestones
     states:
    -  - {code: ARRIVED, definition: It is at a hub., rank: 50}
    +  - {code: ARRIVED, definition: It is at a hub., rank: 30}
       - {code: SCANNED, definition: Somebody saw it., rank: 40}
    ```

    ## What to do instead
    Leave room between ranks from the start; give a new state a rank between two others.
    """
    before = _place_of(change.old_owner, change.old, change)
    after = _place_of(change.new_owner, change.new, change)
    reason = f"{_moved(before, after)}, and so its order with {_few(change)}"
    return Opinion(Effect.REPLACES, reason, "keep its place in the order", follows=_LATEST)


def _place_of(taxonomy: object, rank: object, change: Change) -> tuple[str, int]:
    """(whether its rank or its place in the list counts, which that is)."""
    states = cast("Taxonomy", taxonomy).states
    named = [each for each in states if each.code in change.path[:1]] or states
    is_written = any(each.ranked and each.rank == rank for each in named)
    number = cast("int", rank)
    return ("rank", number) if is_written else ("place in the list", number + 1)  # people count so


def _moved(before: tuple[str, int], after: tuple[str, int]) -> str:
    if before[0] == after[0]:
        return f"{before[0]} changed from {before[1]} to {after[1]}"
    return f"it goes by its {after[0]} now ({after[1]}), no longer by its {before[0]} ({before[1]})"


_LATEST = "of the same messages another one is the latest"
_NAMED = 4


def _few(change: Change) -> str:
    """The states beside which it stands otherwise; of many the first."""
    if not change.lookalike:
        return "others"
    codes = change.lookalike.split(", ")
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return _listed(", ".join(codes[:_NAMED])) + more


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
    if change.new:
        follows = "whoever is still on the old version keeps it from customers"
        said = "state shown to customers now"
        return Opinion(Effect.WIDENS, said, "leave it as it was", follows=follows)
    follows = "customers no longer see what they were promised to see"
    said = "state hidden from customers now"
    return Opinion(Effect.NARROWS, said, "leave it as it was", follows=follows)


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


@rule("LAD615", ChangeKind.STATE_LABEL, level=Level.SEMANTIC, formats=TAXONOMY)
def label_changed(change: Change) -> Opinion:
    """A state is labelled or explained differently.

    ## What it checks
    Labels and `not_to_be_confused_with` of states, and the `title` of the taxonomy. It is stated,
    and refuses nothing: labels are for people.

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
    part = "list of lookalikes" if change.what == "not_to_be_confused_with" else change.what
    return Opinion(Effect.NONE, f"{part} changed")


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
    reason = f"counts in the group {change.new} now, was {change.old}"
    if change.old and change.new:
        return Opinion(Effect.REPLACES, reason, f"keep {change.old}", follows=_COUNTED)
    if change.new:
        reason = f"counts in the group {change.new} now, was in none"
        follows = "figures of the old version do not have it there"
        return Opinion(Effect.WIDENS, reason, "keep it out", follows=follows)
    reason = f"counts in no group now, was in {change.old}"
    follows = "figures of the new version no longer have it there"
    return Opinion(Effect.NARROWS, reason, f"keep {change.old}", follows=follows)


_COUNTED = "the two versions count the same shipments in different groups"


_PLANNED = "one version plans with the state on days on which the other does without it"


@rule("LAD620", ChangeKind.STATE_SUNSET, level=Level.SEMANTIC, formats=TAXONOMY)
def state_sunset_changed(change: Change) -> Opinion:
    """How long a deprecated state stays, or what replaces it, was changed.

    ## What it checks
    `sunset` and `replaced_by` of a state. Another replacement is stated, and refuses nothing. So is
    a first date, together with the mark or later: it announces an end. `notice_days` in
    `lading.toml` says how many days ahead that has to be.

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
    """A date came, which announces; or went, though the state stays deprecated."""
    states, code = cast("Taxonomy", change.new_owner).states, change.path[-1]
    now = [each.deprecated for each in states if code in {each.code, *each.aliases}]
    if change.new or (now and not any(now)):
        return Opinion(Effect.NONE, reason)
    return Opinion(Effect.NARROWS, reason, f"keep {change.old}", follows=_PLANNED)


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
