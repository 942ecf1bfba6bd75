"""Rules about status taxonomies as a whole; `states`, `steps` and `times` are about their parts.

A taxonomy is taken as the set of histories it allows: the sequences of states that its steps
permit. Whoever reads under it refuses a history that is not in the set. So a state or step that
comes widens, and one that goes narrows; whether a state can be reached at all is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.derived import compared
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import TAXONOMY, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.taxonomy import Derivation


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
    follows = "what one version shows for a code it does not know, the other takes for a state"
    return Opinion(Effect.REPLACES, reason, f"keep {change.old}", follows=follows)


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
        return Opinion(Effect.WIDENS, said, "let the readers learn it first", follows=_DROPPED)
    reason = f"{old} stood for codes that say nothing, " + (
        f"{new} does now" if new else "none does"
    )
    effect = Effect.REPLACES if new else Effect.NARROWS
    return Opinion(effect, reason, f"keep {old}", follows=_DROPPED)


_DROPPED = "what one version drops, the other takes for a state like any other"


@rule("LAD616", ChangeKind.TAXONOMY_DERIVATION, level=Level.SEMANTIC, formats=TAXONOMY)
def derivation_changed(change: Change) -> Opinion:
    """A derived status is computed differently.

    ## What it checks
    `derived`: which code the rules give for which facts. Rules in other words, or in another order,
    that give the same for all facts are only stated; facts for which they do not are shown. Where
    neither is found, and where an input stands for something else, a person has to say whether it
    means the same: it is undecided.

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
    old, new = cast("Derivation | None", change.old), cast("Derivation | None", change.new)
    if old is None or new is None:
        effect = Effect.WIDENS if new else Effect.NARROWS
        said = "derived from others now" if new else "no longer derived from others"
        reason, fix = f"the status is {said}", "say it in a new major version"
        return Opinion(effect, reason, fix, follows="one version computes it where the other waits")
    found = compared(old, new)
    if found.same:
        return Opinion(
            Effect.NONE, "the rules that the status is computed by are written otherwise"
        )
    reason = "the rules that the status is computed by changed"
    if found.example:
        return Opinion(Effect.REPLACES, reason, "agree on a date with everybody who computes it")
    fix = "agree on a date with everybody who computes it, or say what it means: lading classify"
    return Opinion(Effect.UNKNOWN, f"{reason}; whether they give the same is not decided", fix)


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
