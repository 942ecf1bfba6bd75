"""Rules about types of values and the limits on them."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.pair.branches import readable, short
from lading.compat.rules.base import AVRO, EVERY, JSON, Opinion, rule
from lading.compat.rules.remedies import type_alias
from lading.compat.said import said
from lading.compat.words import cut, describe
from lading.model.conditions import admit
from lading.model.constants import constant
from lading.model.ranges import as_written, lower, upper
from lading.model.schema import Anything, Enum, Nothing, Scalar, ScalarType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.compat.change import Change
    from lading.model.schema import Fixed, Record, Schema


@rule("LAD201", ChangeKind.SCALAR_TYPE)
def scalar_type_changed(change: Change) -> Opinion:
    """A value has another primitive type.

    ## What it checks
    Primitive types against what the reader may promote: `int` to `long`, `float`, `double`; `long`
    to `float`, `double`; `float` to `double`; `string` to `bytes` (Avro); `integer` to `number`
    (JSON Schema). Avro also allows `bytes` to be read as `string`; we count that as
    narrowing, because bytes that are not UTF-8 raise in one runtime and are mangled in another.
    In a parameter, a header, or a form that is no JSON a number is a text, and any text takes it.

    ## Why it breaks
    A promotion goes one way: a reader of `long` reads what was written as `int`, but a reader
    still on `int` fails on what is written as `long`. Types that do not promote fail both ways.

    ## Example
    ```diff title="StockCounted.avsc"
     {"type": "record", "name": "StockCounted", "fields": [
    -  {"name": "quantity", "type": "int"}
    +  {"name": "quantity", "type": "string"}
     ]}
    ```

    ## What to do instead
    Add a second field of the new type, write both, move the readers, then drop the old one.
    """
    old, new = cast("Scalar", change.old), cast("Scalar", change.new)
    effect = Effect.NONE
    if not readable(old.type, new.type):
        effect |= Effect.NARROWS
    if not readable(new.type, old.type):
        effect |= Effect.WIDENS
    reason = f"type changed from {old.type.value} to {new.type.value}"
    return Opinion(
        effect, reason, f"keep {old.type.value}, or add a field of the new type beside it"
    )


@rule("LAD212", ChangeKind.LOSSY_PROMOTION, level=Level.SEMANTIC, formats=AVRO)
def promotion_lossy(change: Change) -> Opinion:
    """A whole number is read as a type that does not hold every one of them.

    ## What it checks
    `int` read as `float`, `long` as `float` or `double`: by a promotion, or since a union lists
    the fraction before the whole number, and a reader takes the first branch that fits. The
    specification allows it, so that it is shown and forbids nothing.

    ## Why it breaks
    A `float` holds whole numbers up to 2^24 exactly, a `double` up to 2^53. Beyond that a reader
    gets the nearest one: an id of 9007199254740993 arrives as 9007199254740992, and is that of
    somebody else. Apache's Avro for Python keeps the number, Java looks for the branch of the same
    type first.

    ## Example
    ```diff title="StockCounted.avsc"
     {"type": "record", "name": "StockCounted", "fields": [
    -  {"name": "serial", "type": ["null", "long", "double"]}
    +  {"name": "serial", "type": ["null", "double", "long"]}
     ]}
    ```

    ## What to do instead
    Keep whole numbers whole; list the fraction after them in a union.
    """
    old, new = cast("Scalar", change.old), cast("Scalar", change.new)
    effect, pair = Effect.NARROWS, (old.type, new.type)
    if pair[0] in {ScalarType.FLOAT, ScalarType.DOUBLE}:
        effect, pair = Effect.WIDENS, (new.type, old.type)
    exact = 24 if pair[1] is ScalarType.FLOAT else 53
    reason = f"{pair[0].value} is read as {pair[1].value}, which is exact up to 2^{exact} only"
    return Opinion(effect, reason, f"keep {pair[0].value}, and list it before {pair[1].value}")


@rule("LAD202", ChangeKind.SHAPE)
def shape_changed(change: Change) -> Opinion:
    """A value is built differently: a list, a record, a map, an enum, a primitive.

    ## What it checks
    Two types that no reader resolves into each other. A parameter, a header, or a property of a
    form is a text: where it became a list of them, what was written before is a list of one.
    Whether a text that may hold the sign between the items is divided by it where it is
    percent-encoded is undecided.

    ## Why it breaks
    Neither side can read what the other side writes.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
    -  {"name": "seal", "type": "string"}
    +  {"name": "seal", "type": {"type": "array", "items": "string"}}
     ]}
    ```

    ## What to do instead
    Add a second field of the new shape, write both, move the readers, then drop the old one.
    """
    reason = f"type changed from {describe(change.old)} to {describe(change.new)}"
    fix = "keep the type, or add a field of the new type beside it"
    if change.lookalike:
        divides = f"{reason}, and whether `{change.lookalike}` in a text divides it is not said"
        return Opinion(Effect.REPLACES | Effect.UNKNOWN, divides, fix)
    return Opinion(Effect.REPLACES, reason, fix)


@rule("LAD203", ChangeKind.TYPE_NAME, formats=AVRO)
def type_renamed(change: Change) -> Opinion:
    """A named Avro type has another name.

    ## What it checks
    The names of records, enums and fixed types. The namespace does not count: resolution asks that
    the unqualified names agree, or that the reader lists the writer's name in `aliases`.

    ## Why it breaks
    A reader refuses a type of another name. Java happens to accept it for records; fastavro and the
    specification do not.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
       {"name": "to", "type": {"type": "record",
    -    "name": "Address",
    +    "name": "Location",
         "fields": [{"name": "city", "type": "string"}]}}
     ]}
    ```

    ## What to do instead
    Keep the name. If it must change, list the old one in `aliases`, and upgrade readers first.
    """
    old, new = cast("Record | Fixed | Enum", change.old), cast("Record | Fixed | Enum", change.new)
    reason = f"type `{old.name}` renamed to `{new.name}`"
    if short(old.name) == short(new.name):
        return Opinion(Effect.NONE, reason)
    effect = Effect.NONE
    if old.name not in new.aliases:
        effect |= Effect.NARROWS
    if new.name not in old.aliases:
        effect |= Effect.WIDENS
    fix = f'keep the name, or add "aliases": ["{old.name}"], which readers of it alone go by'
    return Opinion(effect, reason, fix, type_alias(old, new))


@rule("LAD213", ChangeKind.ERROR_RECORD, formats=AVRO)
def error_record_changed(change: Change) -> Opinion:
    """A record became an `error`, or the other way round.

    ## What it checks
    The word `error` in the place of `record`. It is stated, and refuses nothing.

    ## Why it breaks
    For most it does not: by the specification an error is a record that a protocol throws, and its
    bytes are the same. Python's `avro` refuses one for the other.

    ## Example
    ```diff title="Refused.avsc"
    -{"type": "record", "name": "Refused", "fields": [
    +{"type": "error", "name": "Refused", "fields": [
       {"name": "code", "type": "string"}
     ]}
    ```

    ## What to do instead
    Write `record` for what is sent as a message.
    """
    words = [_word(node) for node in (change.old, change.new)]
    return Opinion(Effect.NONE, f"{words[0]} became {words[1]}", "write it as it was")


def _word(node: object) -> str:
    return "error" if getattr(node, "is_error", False) else "record"


@rule("LAD204", ChangeKind.FIXED_SIZE, formats=AVRO)
def fixed_size_changed(change: Change) -> Opinion:
    """A `fixed` type has another size.

    ## What it checks
    The number of bytes of an Avro `fixed`.

    ## Why it breaks
    There are no lengths on the wire: a reader of another size is lost in the middle of the message.

    ## Example
    ```diff title="LabelPrinted.avsc"
     {"type": "record", "name": "LabelPrinted", "fields": [
    -  {"name": "digest", "type": {"type": "fixed", "name": "Digest", "size": 20}}
    +  {"name": "digest", "type": {"type": "fixed", "name": "Digest", "size": 32}}
     ]}
    ```

    ## What to do instead
    Add a field of a new fixed type beside it, or use `bytes`.
    """
    reason = f"size changed from {change.old} to {change.new} bytes"
    return Opinion(Effect.REPLACES, reason, "keep the size, or add a field of a new type")


@rule("LAD205", ChangeKind.LIMIT, formats=JSON)
def limit_changed(change: Change) -> Opinion:
    """A limit on a value was tightened or loosened.

    ## What it checks
    Bounds of numbers, lengths, items and properties, `multipleOf` and `uniqueItems`, however they
    are spelled: `exclusiveMinimum: 0` and `minimum: 1` are one bound of an integer.

    ## Why it breaks
    Tightened: values that were fine are refused. Loosened: readers of the old version, which may
    have sized a column by the limit, meet values they refuse.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
    -  reference: {type: string, maxLength: 35}
    +  reference: {type: string, maxLength: 20}
    ```

    ## What to do instead
    Loosen what you read, tighten what you write; for events neither, under a FULL promise.
    """
    effect, name = _limit_effect(change), _LIMITS.get(change.what, change.what)
    if change.what == "unique items":
        word = "have to" if change.new else "no longer have to"
        return Opinion(effect, f"items {word} differ from each other now", "leave `uniqueItems`")
    reason = f"{name} changed from {_limit(change.old)} to {_limit(change.new)}"
    kept = f"leave the {name} out" if change.old is None else f"keep the {name} at"
    return Opinion(effect, reason, kept if change.old is None else f"{kept} {_limit(change.old)}")


_LIMITS: Final = {
    "multiple of": "divisor (`multipleOf`)",
    "minimum matches": "least number of items that match",
    "maximum matches": "greatest number of items that match",
}
"""What limits are called, where that is not what findings are known by."""


def _limit(value: object) -> str:
    match value:
        case None:
            return "none"
        case (Fraction() as bound, bool() as strict):
            return f"{_digits(bound)} (exclusive)" if strict else _digits(bound)
    return describe(value)


def _digits(value: Fraction) -> str:
    """All of them: numbers that differ in the last read alike without it."""
    with localcontext(prec=_DIGITS):
        number = (Decimal(value.numerator) / Decimal(value.denominator)).normalize()
    return f"{number:f}" if abs(number.adjusted()) < _WRITTEN_OUT else str(number)


_DIGITS: Final = 40
_WRITTEN_OUT: Final = 22


def _limit_effect(change: Change) -> Effect:
    old, new = change.old, change.new
    if change.what == "unique items":
        return Effect.NARROWS if new else Effect.WIDENS
    if old is None or new is None:
        return Effect.NARROWS if old is None else Effect.WIDENS
    if change.what == "multiple of":
        return _multiples(as_written(cast("float", old)), as_written(cast("float", new)))
    if change.what in {"minimum", "maximum"}:
        a, b = cast("tuple[Fraction, bool]", old), cast("tuple[Fraction, bool]", new)
        tighter = b > a if change.what == "minimum" else (b[0], not b[1]) < (a[0], not a[1])
    else:
        lower = change.what.startswith("minimum")
        tighter = (cast("int", new) > cast("int", old)) is lower
    return Effect.NARROWS if tighter else Effect.WIDENS


def _multiples(old: Fraction, new: Fraction) -> Effect:
    if (old / new).denominator == 1:
        return Effect.WIDENS
    return Effect.NARROWS if (new / old).denominator == 1 else Effect.REPLACES


@rule("LAD206", ChangeKind.PATTERN, formats=JSON)
def pattern_changed(change: Change) -> Opinion:
    """A pattern came, went, or became another one.

    ## What it checks
    `pattern` on text. One that comes narrows, one that goes widens; whether one regular expression
    admits all that another does is not decided.

    ## Why it breaks
    Text that was fine no longer matches, or readers of the old version meet text that does not
    match theirs.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
    -  container: {type: string}
    +  container: {type: string, pattern: "^[A-Z]{4}[0-9]{7}$"}
    ```

    ## What to do instead
    Keep the pattern. If the new one only spells the same set differently, a waiver says so with a
    reason.
    """
    if change.old is None or change.new is None:
        came = change.old is None
        effect, word = (Effect.NARROWS, "added") if came else (Effect.WIDENS, "removed")
        reason = f"pattern {word}: {change.new if came else change.old}"
        return Opinion(effect, reason, "leave the pattern out" if came else "keep the pattern")
    reason = f"pattern changed from {change.old} to {change.new}"
    return Opinion(Effect.UNKNOWN, reason, "keep the pattern as it was")


@rule("LAD207", ChangeKind.VALUES_LISTED, formats=JSON)
def values_listed(change: Change) -> Opinion:
    """Free values became a list of values, or the other way round, or one value another.

    ## What it checks
    A plain type against an `enum` or `const` (JSON), and a `const` against another. In Avro an enum
    and a string never resolve, which LAD202 reports.

    ## Why it breaks
    Listed now: values outside the list were fine and are refused. Free now: readers that know
    the list meet values they do not. Another value: each version refuses that of the other.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
    -  mode: {type: string}
    +  mode: {type: string, enum: [SEA, AIR, ROAD, RAIL]}
    ```

    ## What to do instead
    Keep the list and add to it, or keep the value free and name the known ones in the description.
    """
    was, now = (constant(cast("Schema", each)) for each in (change.old, change.new))
    if was and now:
        reason = f"value changed from `{cut(was)}` to `{cut(now)}`"
        return Opinion(Effect.REPLACES, reason, _KEEP_IT)
    reason = f"changed from {describe(change.old)} to {describe(change.new)}"
    if isinstance(change.new, Enum):
        return Opinion(_listing(cast("Scalar", change.old), change.new), reason, "keep the type")
    enum = cast("Enum", change.old)
    effect = _listing(cast("Scalar", change.new), enum).mirrored
    return Opinion(effect, reason, f"keep the {len(enum.symbols)} listed values")


_KEEP_IT: Final = "keep the value, and say what is new in an optional field beside it"


def _listing(free: Scalar, listed: Enum) -> Effect:
    """What listing values does that were free: each of them is tried."""
    if listed.open:
        return Effect.UNKNOWN
    fits = admit(free, listed.symbols)
    effect = Effect.NONE if _is_all(free, fits) else Effect.NARROWS
    if False in fits:
        return effect | Effect.WIDENS
    return effect | Effect.UNKNOWN if None in fits else effect


def _is_all(free: Scalar, fits: Sequence[bool | None]) -> bool:
    """Whether the listed values that fit are all that a plain type takes."""
    limits = free.limits
    low, high = (bound(limits, integral=True) for bound in (lower, upper))
    if free.type is not ScalarType.INTEGER or low is None or high is None or limits.multiple_of:
        return False
    return fits.count(True) == high[0] - low[0] + 1


@rule("LAD208", ChangeKind.ANY_VALUE, formats=JSON)
def any_value(change: Change) -> Opinion:
    """Anything goes now, or no longer does.

    ## What it checks
    A schema that accepts every value (`true`, `{}`) or none (`false`), against one that says more.

    ## Why it breaks
    Restricted now: values that were fine are refused. Free now: readers of the old version meet
    values they refuse.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
    -  customs: true
    +  customs: {type: object}
    ```

    ## What to do instead
    Describe the value from the first version on.
    """
    reason = f"changed from {describe(change.old)} to {describe(change.new)}"
    narrows = isinstance(change.old, Anything) or isinstance(change.new, Nothing)
    return Opinion(Effect.NARROWS if narrows else Effect.WIDENS, reason, "keep the schema")


@rule("LAD209", ChangeKind.KIND, formats=EVERY)
def kind_changed(change: Change) -> Opinion:
    """A contract became one of another kind.

    ## What it checks
    Avro, JSON Schema, OpenAPI, taxonomy or mapping: the kind of both versions.

    ## Why it breaks
    Nothing written under one kind can be read under another.

    ## Example
    ```diff title="Parcel.avsc to schema.yaml"
    -{"type": "record", "name": "Parcel", "fields": [{"name": "id", "type": "string"}]}
    +{"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    ```

    ## What to do instead
    Give the new contract a subject of its own.
    """
    kinds = [str(getattr(node, "kind", "")) for node in (change.old, change.new)]
    reason = f"kind changed from {kinds[0]} to {kinds[1]}"
    return Opinion(Effect.REPLACES, reason, "give the new contract its own subject")


@rule("LAD210", ChangeKind.CONDITION_ADDED, formats=JSON)
def condition_added(change: Change) -> Opinion:
    """A value must meet a further condition.

    ## What it checks
    `not`, `if` with `then` or `else`, `contains`, `dependentRequired`, `dependentSchemas`,
    `propertyNames`, and what `allOf` or alternatives beside other keywords demand: one that the old
    version did not have.

    ## Why it breaks
    Values that do not meet it were fine and are refused. It may be another way to say what was said
    before, so that it counts with an example, and is undecided without one.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
       sea_waybill: {type: string}
       bill_of_lading: {type: string}
    +anyOf: [{required: [sea_waybill]}, {required: [bill_of_lading]}]
    ```

    ## What to do instead
    Check it where the message is made, and leave the contract as it is until all writers do.
    """
    reason = f"condition added: {said(change.new, change.new_owner)}"
    if change.covered_old:
        return Opinion(Effect.NONE, f"{reason}, which every value met before")
    return Opinion(Effect.NARROWS, reason, "leave the condition out", supposed=True)


@rule("LAD211", ChangeKind.CONDITION_REMOVED, formats=JSON)
def condition_removed(change: Change) -> Opinion:
    """A value need no longer meet a condition.

    ## What it checks
    `not`, `if` with `then` or `else`, `contains`, `dependentRequired`, `dependentSchemas`,
    `propertyNames`, and what `allOf` or alternatives beside other keywords demand: one that the new
    version no longer has.

    ## Why it breaks
    Readers of the old version refuse the values that come now and do not meet it. What it said may
    be said in another way now, so that it counts with an example, and is undecided without one.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
       imo_number: {type: string}
       un_number: {type: string}
    -dependentRequired: {imo_number: [un_number]}
    ```

    ## What to do instead
    Keep the condition until every reader of the old version has moved.
    """
    reason = f"condition removed: {said(change.old, change.old_owner)}"
    if change.covered_new:
        return Opinion(Effect.NONE, f"{reason}, which every value meets without it")
    return Opinion(Effect.WIDENS, reason, "keep the condition", supposed=True)
