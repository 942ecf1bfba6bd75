"""Rules about the meaning of a value whose wire type stayed: logical types, formats, units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import AVRO, Opinion, rule
from lading.compat.words import logical
from lading.model.avro import LOGICAL_TYPES
from lading.model.schema import Encoding, Scalar, ScalarType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.compat.change import Change
    from lading.model.schema import Fixed, Invariant


_OPEN: Final = "; whether that was meant all along is not decided"
_CONFIRM: Final = "have the owner say what was meant: lading classify"
"""Of what is named for the first time, or no longer."""


@rule("LAD801", ChangeKind.LOGICAL_ADDED, level=Level.SDK)
def logical_type_added(change: Change) -> Opinion:
    """A value got a logical type or format.

    ## What it checks
    `logicalType` (Avro) or `format` (JSON Schema) on a value that had none. On text (`uuid`,
    `date-time`) it restricts: not every text is a UUID. On numbers and bytes it is another
    reading of the same bits. In an API `contentEncoding` is such a format, `byte` of OpenAPI 3.0
    is `base64`, and `binary` asks nothing of a text.

    ## Why it breaks
    Text that is no UUID was fine and is refused. A number that was a plain `long` arrives as a
    point in time in one system and as a number in the other: generated types change on both sides.

    ## Example
    ```diff title="DeliveryPlanned.avsc"
     {"type": "record", "name": "DeliveryPlanned", "fields": [
    -  {"name": "eta", "type": "long"}
    +  {"name": "eta", "type": {"type": "long", "logicalType": "timestamp-millis"}}
     ]}
    ```

    ## What to do instead
    Add a second field with the logical type.
    """
    node = cast("Scalar | Fixed", change.new)
    reason = f"{_plain(node)} is {logical(node.logical)} now"
    if _is_ignored(node, change.encoding):
        return Opinion(Effect.NONE, f"{reason}, which Avro does not define, and readers ignore")
    return Opinion(_refinement(node, change.encoding), reason, "leave it plain")


@rule("LAD802", ChangeKind.LOGICAL_REMOVED, level=Level.SDK)
def logical_type_removed(change: Change) -> Opinion:
    """A value lost its logical type or format.

    ## What it checks
    `logicalType` (Avro) or `format` (JSON Schema) on a value that has none now. On text it frees;
    on numbers and bytes it is another reading of the same bits.

    ## Why it breaks
    Readers on the old version refuse text that is no UUID. An amount that was a decimal arrives
    as raw bytes in one system and as an amount in the other.

    ## Example
    ```diff title="DeliveryPlanned.avsc"
     {"type": "record", "name": "DeliveryPlanned", "fields": [
    -  {"name": "eta", "type": {"type": "long", "logicalType": "timestamp-millis"}}
    +  {"name": "eta", "type": "long"}
     ]}
    ```

    ## What to do instead
    Keep the logical type.
    """
    node = cast("Scalar | Fixed", change.old)
    reason = f"{_plain(node)} is no longer {logical(node.logical)}"
    if _is_ignored(node, change.encoding):
        return Opinion(Effect.NONE, f"{reason}, which Avro does not define, and readers ignore")
    effect = _refinement(node, change.encoding).mirrored
    return Opinion(effect, reason, f"keep {logical(node.logical)}")


def _is_ignored(node: Scalar | Fixed, encoding: Encoding) -> bool:
    """Avro 1.12, "Logical Types": readers ignore one that they do not know."""
    unknown = node.logical is not None and node.logical.name not in LOGICAL_TYPES
    return unknown and encoding is Encoding.AVRO


def _refinement(node: Scalar | Fixed, encoding: Encoding) -> Effect:
    """Of text, and of any JSON value, it asks more; elsewhere it reads the same bits otherwise."""
    text = isinstance(node, Scalar) and node.type is ScalarType.STRING
    return Effect.NARROWS if text or encoding is Encoding.JSON else Effect.REPLACES


def _plain(node: Scalar | Fixed) -> str:
    return node.type.value if isinstance(node, Scalar) else f"fixed of {node.size} bytes"


@rule("LAD803", ChangeKind.LOGICAL_CHANGED, level=Level.SEMANTIC)
def logical_type_changed(change: Change) -> Opinion:
    """A value has another logical type or format.

    ## What it checks
    The name of the logical type: `timestamp-millis` against `timestamp-micros`, `date` against a
    timestamp, a point in time against a local one. A format of JSON may be part of another (`int32`
    of `int64`, `float` of `double`, `uri` of `uri-reference`): then more, or less, is taken.

    ## Why it breaks
    The bytes are read without complaint and mean something else: 1 January 2026 in milliseconds,
    read as microseconds, is 21 January 1970. Other checkers do not look at this.

    ## Example
    ```diff title="DeliveryPlanned.avsc"
     {"type": "record", "name": "DeliveryPlanned", "fields": [
    -  {"name": "eta", "type": {"type": "long", "logicalType": "timestamp-millis"}}
    +  {"name": "eta", "type": {"type": "long", "logicalType": "timestamp-micros"}}
     ]}
    ```
    A reader takes this afternoon for a day in January 1970, and no reader complains.

    ## What to do instead
    Add a second field with the other logical type; say the unit in its name.
    """
    old, new = cast("Scalar | Fixed", change.old), cast("Scalar | Fixed", change.new)
    if change.encoding is Encoding.JSON:
        return _format_changed(logical(old.logical), logical(new.logical))
    reason = f"logical type changed from {logical(old.logical)} to {logical(new.logical)}"
    ignored = [_is_ignored(each, change.encoding) for each in (old, new)]
    if all(ignored):
        return Opinion(Effect.NONE, f"{reason}, neither of which Avro defines")
    if any(ignored):
        effect = _refinement(old if ignored[1] else new, change.encoding)
        effect = effect.mirrored if ignored[1] else effect
        return Opinion(effect, f"{reason}, which readers ignore", f"keep {logical(old.logical)}")
    return Opinion(Effect.REPLACES, reason, f"keep {logical(old.logical)}")


def _format_changed(old: str, new: str) -> Opinion:
    effect = Effect.REPLACES
    if new in _WIDER.get(old, ()):
        effect = Effect.WIDENS
    elif old in _WIDER.get(new, ()):
        effect = Effect.NARROWS
    return Opinion(effect, f"format changed from {old} to {new}", f"keep {old}")


_WIDER: Final[Mapping[str, frozenset[str]]] = {
    "int32": frozenset({"int64", "double"}),
    "float": frozenset({"double"}),
    "uri": frozenset({"uri-reference", "iri", "iri-reference"}),
    "uri-reference": frozenset({"iri-reference"}),
    "iri": frozenset({"iri-reference"}),
    "email": frozenset({"idn-email"}),
    "hostname": frozenset({"idn-hostname"}),
}
"""The formats that take every value of another (OpenAPI, Data Types; 2020-12 validation, 7.3)."""


@rule("LAD804", ChangeKind.DECIMAL_SCALE, level=Level.SEMANTIC, formats=AVRO)
def decimal_scale_changed(change: Change) -> Opinion:
    """A decimal has another scale.

    ## What it checks
    Digits after the point; no scale is a scale of 0.

    ## Why it breaks
    A decimal travels as a whole number; the scale is only in the schema. 12.34 written with scale 2
    is read as 1.234 with scale 3 by a reader that uses its own (Java does).

    ## Example
    ```diff title="FreightCharged.avsc"
     {"type": "record", "name": "FreightCharged", "fields": [
       {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9,
    -    "scale": 2}}
    +    "scale": 3}}
     ]}
    ```
    12.34 is written as 1234, and read as 1.234.

    ## What to do instead
    Add a second field with the other scale.
    """
    reason = f"decimal scale changed from {change.old} to {change.new}"
    return Opinion(Effect.REPLACES, reason, f"keep scale {change.old}")


@rule("LAD805", ChangeKind.DECIMAL_PRECISION, level=Level.SEMANTIC, formats=AVRO)
def decimal_precision_changed(change: Change) -> Opinion:
    """A decimal has more or fewer digits.

    ## What it checks
    Digits in all (`precision`).

    ## Why it breaks
    Fewer: amounts that were fine no longer fit. More: readers on the old version, which sized a
    column by it, meet amounts that do not fit.

    ## Example
    ```diff title="FreightCharged.avsc"
     {"type": "record", "name": "FreightCharged", "fields": [
       {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "scale": 2,
    -    "precision": 9}}
    +    "precision": 7}}
     ]}
    ```

    ## What to do instead
    Keep it. To widen it, upgrade every reader before the first larger amount is written.
    """
    old, new = cast("int | None", change.old), cast("int | None", change.new)
    tighter = new is not None and (old is None or new < old)
    reason = f"decimal precision changed from {old} to {new}"
    return Opinion(Effect.NARROWS if tighter else Effect.WIDENS, reason, f"keep precision {old}")


@rule("LAD806", ChangeKind.UNIT, level=Level.SEMANTIC)
def unit_changed(change: Change) -> Opinion:
    """A number counts in another unit.

    ## What it checks
    `x-unit`: a unit of UN/ECE Recommendation 20 or a currency. A unit that is named for the first
    time, or no longer, is undecided: it may be what was meant all along.

    ## Why it breaks
    A weight in kilograms read as pounds is read without complaint.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
    -  {"name": "weight", "type": "double", "x-unit": "KGM"}
    +  {"name": "weight", "type": "double", "x-unit": "LBR"}
     ]}
    ```

    ## What to do instead
    Add a second field with the other unit; say the unit in its name. Of one that is named for the
    first time the owner can say with `lading classify` that it was meant all along.
    """
    reason = f"unit changed from {change.old or 'none'} to {change.new or 'none'}"
    if change.old is None or change.new is None:
        return Opinion(Effect.UNKNOWN, f"{reason}{_OPEN}", _CONFIRM)
    return Opinion(Effect.REPLACES, reason, f"keep {change.old}")


@rule("LAD807", ChangeKind.TAXONOMY_BINDING, level=Level.SEMANTIC)
def taxonomy_binding_changed(change: Change) -> Opinion:
    """A list of values is defined by another taxonomy.

    ## What it checks
    `x-taxonomy` of an enum. One that is named for the first time, or no longer, is undecided.

    ## Why it breaks
    The same code is defined elsewhere and may mean something else.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
    -  status: {enum: [OPEN, CLOSED], x-taxonomy: order.status}
    +  status: {enum: [OPEN, CLOSED], x-taxonomy: claim.status}
    ```

    ## What to do instead
    Add a second field for codes of the other taxonomy. Of one that is named for the first time the
    owner can say with `lading classify` that it was meant all along.
    """
    reason = f"taxonomy changed from {change.old or 'none'} to {change.new or 'none'}"
    if change.old is None or change.new is None:
        return Opinion(Effect.UNKNOWN, f"{reason}{_OPEN}", _CONFIRM)
    return Opinion(Effect.REPLACES, reason, f"keep {change.old}")


@rule("LAD808", ChangeKind.SCHEME, level=Level.SEMANTIC)
def scheme_changed(change: Change) -> Opinion:
    """An identifier follows another scheme.

    ## What it checks
    `x-scheme`: GTIN-14, SSCC-18, ISO-6346 and the like, whose form and check digit generated models
    hold a value to.

    ## Why it breaks
    A scheme that is named for the first time refuses values that passed before. One that is taken
    away lets wrong numbers through to readers who trust it. Another one means another thing.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
    -  unit: {type: string, x-scheme: SSCC-18}
    +  unit: {type: string, x-scheme: GRAI}
    ```

    ## What to do instead
    Name the scheme with the field. Where old values do not follow it, add a second field that does.
    """
    reason = f"scheme changed from {change.old or 'none'} to {change.new or 'none'}"
    if change.old and change.new:
        return Opinion(Effect.REPLACES, reason, f"keep {change.old}")
    effect = Effect.NARROWS if change.new else Effect.WIDENS
    return Opinion(effect, reason, f"keep {change.old}" if change.old else "add a second field")


@rule("LAD809", ChangeKind.INVARIANT, level=Level.SEMANTIC, formats=AVRO)
def invariant_changed(change: Change) -> Opinion:
    """What has to add up in a record came, went, or is checked otherwise.

    ## What it checks
    The `check` of each entry of `x-invariants`, by its name; spaces do not count, nor do the
    words of its rule. An entry without a check refuses nothing.

    ## Why it breaks
    A new check refuses messages that passed before. One that goes lets through what readers were
    told cannot happen: lots that do not add up to their line. Whether one check implies another is
    not decided.

    ## Example
    ```diff title="Line.avsc"
     {"type": "record", "name": "Line",
    + "x-invariants": [{"name": "open", "rule": "It is what is left.", "check": "open <= ordered"}],
      "fields": [{"name": "ordered", "type": "long"}, {"name": "open", "type": "long"}]}
    ```

    ## What to do instead
    Measure with the messages you have that a new check holds, and start it with a new version that
    its producers have agreed to. Keep the old one beside a changed one.
    """
    old, new = cast("Invariant | None", change.old), cast("Invariant | None", change.new)
    before, after = old.check if old else "", new.check if new else ""
    if before and after:
        changed = f"the check of `{change.what}` changed from `{before}` to `{after}`"
        reason = f"{changed}; whether one implies the other is not decided"
        return Opinion(Effect.UNKNOWN, reason, f"keep `{change.what}`, add the other beside it")
    if after:
        reason = f"messages are held to `{change.what}` from now on: `{after}`"
        return Opinion(Effect.NARROWS, reason, "agree on it with the producers first")
    if before:
        reason = f"messages are no longer held to `{change.what}`: `{before}`"
        return Opinion(Effect.WIDENS, reason, f"keep `{change.what}`")
    return Opinion(Effect.NONE, f"the invariant `{change.what}` is words only")


@rule("LAD810", ChangeKind.PROSE_CODES, level=Level.SEMANTIC)
def codes_in_prose_changed(change: Change) -> Opinion:
    """The codes that only a description lists changed.

    ## What it checks
    Text without an `enum` whose description lists two codes or more: whether both versions list the
    same ones. A list that is new, or gone, may be what was meant all along. What is meant by prose
    is not decided. Codes are looked for

    - at the start of the items of a list or the rows of a table: in backticks, or in capitals and
      quoted, bold, or followed by nothing, brackets, a dash or a colon;
    - in a row, `one of A, B or C`: after "one of", "either", "can be", "values are" and the like in
      backticks, quotes or capitals, but not in `camelCase`, as properties are called; without such
      words in capitals and backticks.

    ## Why it breaks
    It may: a status that came or went in the text comes or goes in the messages. No validator
    notices, and no generated type changes. DCSA's eBL 3.0.3, a patch by its number, added two
    states in this way.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
       status:
         type: string
         description: |-
           One of:
           - DRAFT
           - ISSUED
    +      - VOIDED
    ```

    ## What to do instead
    List the codes in an `enum` (open ones in `x-extensible-enum`), or bind the field to a taxonomy.
    """
    old, new = cast("tuple[str, ...]", change.old), cast("tuple[str, ...]", change.new)
    if not (old and new):
        word = "lists codes now" if new else "lists no codes any more"
        reason = f"its description {word}: {', '.join(new or old)}"
        return Opinion(Effect.UNKNOWN, reason, "list the codes in an enum, or bind a taxonomy")
    came = [f"+{each}" for each in new if each not in old]
    gone = [f"-{each}" for each in old if each not in new]
    reason = f"the codes that its description lists changed: {', '.join([*came, *gone])}"
    return Opinion(Effect.UNKNOWN, reason, "list the codes in an enum, or bind a taxonomy")


@rule("LAD811", ChangeKind.MEANS, level=Level.SEMANTIC)
def meaning_said_otherwise(change: Change) -> Opinion:
    """What a field is said to mean is something else.

    ## What it checks
    `x-definition` (the one state that a word means), `x-codelist` (the list that a code is from)
    and `x-taxonomy` of a field whose type lists no values, at the field or in JSON Schema at a type
    that it refers to. One that is named for the first time, or
    no longer, is undecided: it may be what was meant all along.

    ## Why it breaks
    `NLRTM` and `RTM` are both short texts: the code of a port in UN/LOCODE, of an airport in IATA's
    list. "Shipped" is the goods on the dock in one system, and on the road in another. Whoever
    reads by the old definition goes on without complaint.

    ## Example
    ```diff title="Departed.avsc"
     {"type": "record", "name": "Departed", "fields": [
    -  {"name": "port", "type": "string", "x-codelist": "UN/LOCODE"}
    +  {"name": "port", "type": "string", "x-codelist": "IATA"}
     ]}
    ```

    ## What to do instead
    Add a second field for the other meaning. Of one that is named for the first time the owner can
    say with `lading classify` that it was meant all along.
    """
    reason = f"{change.what} changed from {change.old or 'none'} to {change.new or 'none'}"
    if change.old is None or change.new is None:
        return Opinion(Effect.UNKNOWN, f"{reason}{_OPEN}", _CONFIRM)
    return Opinion(Effect.REPLACES, reason, f"keep {change.old}")


@rule("LAD812", ChangeKind.WORDS, level=Level.SEMANTIC, formats=AVRO)
def words_changed(change: Change) -> Opinion:
    """A field is described in other words.

    ## What it checks
    `doc` of a field of Avro. It is stated, and refuses nothing. Codes that a `doc` lists are
    another matter (LAD810), and so are definitions that are named (LAD811).

    ## Why it breaks
    It does not: no message is another for it. Whether the field is still meant as it was, its
    reviewers see here.

    ## Example
    ```diff title="DeliveryPlanned.avsc"
     {"type": "record", "name": "DeliveryPlanned", "fields": [
    -  {"name": "eta", "type": "long", "doc": "When it arrives."}
    +  {"name": "eta", "type": "long", "doc": "When it arrives, by the plan."}
     ]}
    ```

    ## What to do instead
    Nothing, if it means the same; else add a field for what is meant now.
    """
    reason = "described in other words"
    if not (change.old and change.new):
        reason = "described now" if change.new else "no longer described"
    return Opinion(Effect.NONE, reason)
