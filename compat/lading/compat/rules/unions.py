"""Rules about unions: alternatives, null among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.pair.discriminators import is_listed, is_of_one, is_told, names_all
from lading.compat.rules.base import AVRO, JSON, Opinion, rule
from lading.compat.words import cut, describe
from lading.model.alternatives import is_open
from lading.model.contract import Slot
from lading.model.schema import NAMES_NONE, Nothing, Opaque, Scalar, Union

if TYPE_CHECKING:
    from lading.compat.change import Change

_ASIDE: Final = "leave it as it was, or have someone who knows both sides look at it"
"""Of an alternative that others stand in for, in a place where that is not decided."""


@rule("LAD311", ChangeKind.BRANCH_ADDED)
def branch_added(change: Change) -> Opinion:
    """An alternative was added.

    ## What it checks
    A branch of a union (Avro) or of `anyOf`/`oneOf`/`type: [...]` (JSON) that no branch of the old
    version already accepts.

    ## Why it breaks
    A reader on the old version meets a value of a type it cannot resolve.

    ## Example
    ```diff title="DeliveryPlanned.avsc"
     {"type": "record", "name": "DeliveryPlanned", "fields": [
    -  {"name": "window", "type": ["null", "string"]}
    +  {"name": "window", "type": ["null", "string", "long"]}
     ]}
    ```

    ## What to do instead
    Add a field for the new alternative, or upgrade every reader before the first such value is
    written. Where a discriminator tells alternatives apart, say it in optional fields of one that
    readers know.
    """
    effect = _alternative(change.new)
    reason = f"alternative {_told(change.new, change.new_owner)} added"
    if change.covered_new:
        return Opinion(effect, f"{reason}, which the others already accept", _ASIDE)
    return Opinion(effect, reason, _TOLD_APART if _is_told_apart(change) else _AS_A_FIELD)


_AS_A_FIELD: Final = "add a field for it instead"
_TOLD_APART: Final = "say it in optional fields of an alternative that readers know"


def _is_told_apart(change: Change) -> bool:
    """Whether a discriminator tells the alternatives apart."""
    return bool(getattr(change.new_owner, "discriminator", None))


@rule("LAD312", ChangeKind.BRANCH_REMOVED)
def branch_removed(change: Change) -> Opinion:
    """An alternative was removed.

    ## What it checks
    A branch of a union (Avro) or of `anyOf`/`oneOf`/`type: [...]` (JSON) that no branch of the new
    version accepts in its place.

    ## Why it breaks
    A reader on the new version cannot resolve values of that type in messages written before.

    ## Example
    ```diff title="DeliveryPlanned.avsc"
     {"type": "record", "name": "DeliveryPlanned", "fields": [
    -  {"name": "window", "type": ["null", "string", "long"]}
    +  {"name": "window", "type": ["null", "string"]}
     ]}
    ```

    ## What to do instead
    Keep the branch and stop writing it.
    """
    effect = _alternative(change.old).mirrored
    reason = f"alternative {_told(change.old, change.old_owner)} removed"
    if change.covered_old:
        return Opinion(effect, f"{reason}, whose values the others accept", _ASIDE)
    return Opinion(effect, reason, "keep it, and stop writing it")


@rule("LAD316", ChangeKind.BRANCH_SHADOWED, formats=AVRO)
def branch_shadowed(change: Change) -> Opinion:
    """Another alternative of the same name stands before the one that was meant.

    ## What it checks
    A named type of a union, where the other version lists a type before it that goes by the same
    name: another namespace with the same last part, or an alias.

    ## Why it breaks
    By the specification a reader takes the first alternative that goes by the writer's name, the
    last part of it alone. fastavro does; Java looks for the full name first. So the value is
    read as another type, or not at all, and by whom is not decided.

    ## Example
    ```diff title="Event.avsc"
     {"type": "record", "name": "Event", "fields": [
       {"name": "to", "type": ["null",
    -    {"type": "record", "name": "road.Stop", "fields": []},
         {"type": "record", "name": "hub.Stop", "fields": []},
    +    {"type": "record", "name": "road.Stop", "fields": []},
         "string"]}
     ]}
    ```

    ## What to do instead
    Give each alternative a last name of its own.
    """
    meant = getattr(change.old, "name", "")
    reason = f"readers may read `{meant}` as `{change.what}`, which stands before it"
    return Opinion(Effect.UNKNOWN, reason, "give it a name of its own, without the alias")


def _told(branch: object, owner: object) -> str:
    """An alternative in a few words, with its pattern where another one is of the same words."""
    words = describe(branch)
    listed = owner.branches if isinstance(owner, Union) else ()
    pattern = branch.limits.pattern if isinstance(branch, Scalar) else None
    if pattern and [*map(describe, listed)].count(words) > 1:
        return f"{words} of the pattern `{cut(pattern)}`"
    return words


def _alternative(branch: object) -> Effect:
    if isinstance(branch, Nothing):
        return Effect.NONE
    return Effect.UNKNOWN if isinstance(branch, Opaque) else Effect.WIDENS


@rule("LAD313", ChangeKind.NULLABILITY)
def nullability_changed(change: Change) -> Opinion:
    """A value may be null now, or no longer may.

    ## What it checks
    Null among the alternatives, however it is spelled: `["null", "string"]`,
    `type: [string, "null"]`, and in OpenAPI 3.0 `nullable: true`, which elsewhere is no keyword.
    By the letter of 3.0.3 that adds null to the `type` beside it, and other keywords may refuse it
    still: an `enum` without null, what `allOf` or `anyOf` asks for. Many tools take it for null all
    the same. Where only they do, it is undecided, and so is `nullable` in a JSON Schema that names
    no `$schema`.

    ## Why it breaks
    Refused now: messages with null were fine. A default does not help: it stands in for a missing
    field, not for null. Allowed now: readers of the old version meet a null they cannot hold.

    ## Example
    ```diff title="DeliveryPlanned.avsc"
     {"type": "record", "name": "DeliveryPlanned", "fields": [
    -  {"name": "eta", "type": ["null", "long"]}
    +  {"name": "eta", "type": ["long"]}
     ]}
    ```

    ## What to do instead
    Decide it in the first version. To stop sending null, stop sending it, and leave the type as
    it is. Where it is undecided, say it such that all read it alike: list null in the `enum`, or
    write the `type` beside `nullable`.
    """
    if is_open(change.old) or is_open(change.new):
        return _as_one_reads_it(change)
    if change.new is None:
        return Opinion(
            Effect.NARROWS, "null is no longer allowed", "keep null among the alternatives"
        )
    reason = "null is allowed now"
    return Opinion(
        Effect.WIDENS, reason, "keep the value non-null, or add an optional field instead"
    )


def _as_one_reads_it(change: Change) -> Opinion:
    """Where one version is open about null, it depends on the reader what that version takes."""
    allowed = change.new is None or is_open(change.new)
    came = change.old is None or not allowed
    word, at_most = ("allowed", Effect.WIDENS) if came else ("refused", Effect.NARROWS)
    return Opinion(
        Effect.UNKNOWN,
        f"whether null is {word} now depends on how readers take `nullable`",
        _settled(change),
        at_most=at_most,
    )


def _settled(change: Change) -> str:
    """What to write such that all readers take null as they took it before."""
    if is_open(change.old):
        return "leave `nullable` as it was, or compare by hand and waive it with a reason"
    if change.old is None:
        return "leave `nullable` out, or add an optional field instead"
    if change.slot is Slot.EVENT:
        return 'write null into the `type`, as in `type: [string, "null"]`'
    return "list null in the `enum` too, or write the `type` beside `nullable`"


@rule("LAD314", ChangeKind.DISCRIMINATOR, formats=JSON)
def discriminator_changed(change: Change) -> Opinion:
    """The property that names the alternative changed.

    ## What it checks
    `discriminator` of OpenAPI: its property, and which schema each of its values names. A schema's
    own name is a value without being listed. Of a schema without alternatives the values name the
    schemas that build on it by `allOf`. A value that no message can have counts for nothing, and
    neither does one that names a schema which was only renamed; where `mapping` has a value for a
    schema, its own name may change with it. One that names no alternative is undecided, and so is
    what `defaultMapping` (OpenAPI 3.2) leads to where that is another one. A single alternative has
    one too: to come or to go it only asks more or less of the values.

    ## Why it breaks
    Readers decide by this property what a message is; under another property or mapping they
    decide wrongly or not at all.

    ## Example
    ```diff title="api.yaml"
     paths:
       /movements:
         post:
           requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Move"}}}}
     components:
       schemas:
         Move:
           oneOf: [{$ref: "#/components/schemas/Sea"}, {$ref: "#/components/schemas/Air"}]
    -      discriminator: {propertyName: mode}
    +      discriminator: {propertyName: kind}
         Sea: {type: object, required: [mode, kind], properties: {mode: {}, kind: {}, vessel: {}}}
         Air: {type: object, required: [mode, kind], properties: {mode: {}, kind: {}, flight: {}}}
    ```

    ## What to do instead
    Keep the discriminator; add values, do not move them.
    """
    values = f"from {describe(change.old)} to {describe(change.new)}"
    if change.what:
        return _value_changed(change)
    unions = cast("Union", change.old_owner), cast("Union", change.new_owner)
    if None in (change.old, change.new) and all(map(is_of_one, unions)):
        effect = Effect.NARROWS if change.old is None else Effect.WIDENS
        told = unions[change.old is None]
        return Opinion(
            Effect.NONE if names_all(told) else effect,
            f"discriminator changed {values}",
            "keep the discriminator",
        )
    return Opinion(Effect.REPLACES, f"discriminator changed {values}", "keep the discriminator")


def _value_changed(change: Change) -> Opinion:
    """Of a value that the discriminator had in both versions, or that came or went."""
    sides = (change.old, change.old_owner), (change.new, change.new_owner)
    named = [None if name is None else str(name or "the type itself") for name, _ in sides]
    known = all(name is None or is_listed(cast("Union", of), str(name)) for name, of in sides)
    if named[1] is None:
        effect, means = Effect.NARROWS, "no longer means anything"
    else:
        effect = Effect.WIDENS if named[0] is None else Effect.REPLACES
        was = f", meant {named[0]}" if named[0] else ""
        means = f"now means {named[1]}{was}"
    if change.what == NAMES_NONE:
        reason = f"a discriminator value that names none {means}"
        return Opinion(Effect.UNKNOWN, reason, "keep the `defaultMapping`", at_most=effect)
    reason = f"discriminator value `{change.what}` {means}"
    owners = cast("tuple[Union, Union]", (change.old_owner, change.new_owner))
    if not all(is_told(each, change.what) for each in owners):  # readers may get along with it
        fix = "have someone who knows both sides look at it"
        return Opinion(Effect.UNKNOWN, reason, fix, at_most=effect)
    return Opinion(effect if known else Effect.UNKNOWN, reason, "keep what the value points to")


@rule("LAD315", ChangeKind.EXCLUSIVITY, formats=JSON)
def exclusivity_changed(change: Change) -> Opinion:
    """Alternatives became exclusive, or ceased to be.

    ## What it checks
    `oneOf` against `anyOf`, when a value may match two alternatives. Alternatives of different
    types, of ranges that do not meet, or told apart by a discriminator or a required constant, are
    exclusive anyway. Under `lenient` and `tolerant-reader` so are objects that each require a
    property which the others do not declare: nobody writes both. What is sent as text, as in a
    parameter or a form, may match two alternatives of text though it is a number.

    ## Why it breaks
    Exclusive now: values that match two alternatives were fine and are refused. No longer: readers
    of the old version refuse them. It counts with an example of such a value, and is undecided
    without one.

    ## Example
    ```diff title="schema.yaml"
    -anyOf:
    +oneOf:
       - {type: object, properties: {weight_kg: {type: number}}}
       - {type: object, properties: {pieces: {type: integer}}}
    ```

    ## What to do instead
    Use a discriminator, so that both say the same.
    """
    exclusive = cast("Union", change.new).exclusive
    effect = Effect.NARROWS if exclusive else Effect.WIDENS
    words = "exclusive (oneOf)" if exclusive else "no longer exclusive (anyOf)"
    apart = "tell the alternatives apart instead"
    reason, fix = f"alternatives became {words}", apart if exclusive else f"keep oneOf, or {apart}"
    return Opinion(effect, reason, fix, supposed=True, unproven=_APART)


_APART: Final = (
    "tell the alternatives apart by a required constant, or compare them by hand, and waive it "
    "with a reason"
)
