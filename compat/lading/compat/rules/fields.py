"""Rules about the fields of a record and the properties of an object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.diff.schemas import content_model, is_free_form
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import AVRO, JSON, SCHEMAS, TAXONOMY, Opinion, rule
from lading.compat.rules.remedies import field_alias, remedy_of_added
from lading.compat.words import describe
from lading.model.names import may_be_about, may_be_about_any, only_name
from lading.model.schema import NO_DEFAULT, Anything, Encoding, Nothing, Record, Scalar

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.api import Parameter
    from lading.model.schema import Default, Field, Schema


@rule("LAD101", ChangeKind.FIELD_ADDED)
def field_added(change: Change) -> Opinion:
    """A field was added.

    ## What it checks
    A new field that readers demand: in Avro one without a default, in JSON one listed in
    `required`. In a closed object (`additionalProperties: false`) any new field counts, since
    readers of the old version refuse it.

    An open JSON object is taken to carry its declared fields only, so that an optional field can
    be added to it. That holds for everything our SDKs write; it cannot be seen in the schema. An
    open object that declares nothing is free-form, and narrows when it gets its first typed
    field. The policies `strict` and `tolerant-reader` take other things for granted
    (docs/gate.md, "What objects carry"). Where `additionalProperties` is a schema, the field's
    own is compared with it.

    ## Why it breaks
    Messages written before the change do not carry the field. A reader that demands it refuses
    all of them: what waits in the topic, the archive, and every producer that is not yet upgraded.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
    +  {"name": "carrier_scac", "type": "string"},
       {"name": "shipment_id", "type": "string"}
     ]}
    ```

    ## What to do instead
    Give the field a default (Avro), or leave it out of `required` (JSON). In Avro the usual
    form of an optional field is `"type": ["null", "string"], "default": null`.
    """
    new = cast("Field", change.new)
    effect = _one_sided(new, cast("Record", change.old_owner), change.encoding)
    if new.required:
        reason = f"field `{new.name}` added {_demand(change.encoding)}"
        return Opinion(effect, reason, _make_optional(change, new), remedy_of_added(change, new))
    reason = f"optional field `{new.name}` added"
    if effect is Effect.NONE:
        return Opinion(effect, f"{reason}{_or_lost(change, change.lookalike, new.name)}")
    fix = "leave it out, or open the object in a version before"
    return Opinion(effect, f"{reason}{_to_what(effect)}", fix)


@rule("LAD102", ChangeKind.FIELD_REMOVED)
def field_removed(change: Change) -> Opinion:
    """A field was removed.

    ## What it checks
    A removed field that readers of the old version demand: in Avro one without a default, in JSON
    one listed in `required`. In a closed object any removed field counts, since readers
    of the new version refuse messages that still carry it.

    ## Why it breaks
    Consumers still on the old version wait for this field and reject every message without it.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
    -  {"name": "carrier_scac", "type": "string"},
       {"name": "shipment_id", "type": "string"}
     ]}
    ```

    ## What to do instead
    First give the field a default (or make it optional) and let every reader move to that
    version; then remove it. If the field has a new name, keep the old one in `aliases`.
    If it must go now, publish a new major version beside this one.
    """
    old = cast("Field", change.old)
    forward = _one_sided(old, cast("Record", change.new_owner), change.encoding)
    reason = f"field `{old.name}` removed"
    if not old.required:
        if forward is Effect.NONE:
            lost = _or_lost(change, old.name, change.lookalike)
            return Opinion(forward, f"optional {reason}{lost}")
        fix = f"keep `{old.name}`, and stop writing it"
        return Opinion(forward.mirrored, f"optional {reason}{_to_what(forward)}", fix)
    reason = f"{reason}, which readers of the old version demand"
    return Opinion(forward.mirrored, reason, _keep(change, old))


def _one_sided(field: Field, other: Record, encoding: Encoding) -> Effect:
    """The effect of adding `field` to `other`; removing it is the mirror image."""
    effect = Effect.NARROWS if field.required else Effect.NONE
    if encoding is Encoding.AVRO:
        return effect
    if may_be_about(dict(other.patterns), field.name):
        return effect | Effect.UNKNOWN
    if isinstance(other.rest, Nothing):
        return effect | (Effect.NONE if isinstance(field.schema, Nothing) else Effect.WIDENS)
    if is_free_form(other) and not isinstance(field.schema, Anything):
        return effect | Effect.NARROWS
    return effect  # a schema for the rest is compared with the field's


def _demand(encoding: Encoding) -> str:
    return "without a default" if encoding is Encoding.AVRO else "as required"


def _to_what(effect: Effect) -> str:
    return " in a closed object" if Effect.WIDENS in effect else ""


def _make_optional(change: Change, field: Field) -> str:
    if change.lookalike and change.encoding is Encoding.AVRO:
        return (
            f"if `{change.lookalike}` was renamed to `{field.name}`: under BACKWARD add "
            f'"aliases": ["{change.lookalike}"] to `{field.name}`; under FULL '
            f"{_both(change.lookalike, field.name)}"
        )
    if change.lookalike:
        return _moved(field.name, change.lookalike)
    if change.encoding is Encoding.JSON:
        return f"leave `{field.name}` out of `required`"
    schema = field.schema
    plain = isinstance(schema, Scalar) and schema.logical is None
    kind = f'"{describe(schema)}"' if plain else "..."
    return f'give `{field.name}` a default, e.g. "type": ["null", {kind}], "default": null'


def _keep(change: Change, field: Field) -> str:
    if change.lookalike and change.encoding is Encoding.AVRO:
        renamed = f"if `{field.name}` was renamed to `{change.lookalike}`"
        return f"{renamed}: {_both(field.name, change.lookalike)}"
    if change.lookalike:
        return _moved(change.lookalike, field.name)
    if change.encoding is Encoding.JSON:
        return f"keep `{field.name}`; take it out of `required` first, remove it when readers moved"
    return f"keep `{field.name}`; give it a default first, remove it when every reader has moved"


def _or_lost(change: Change, old: str, new: str) -> str:
    """What else it may be, of an optional field of Avro: nobody would miss what was written."""
    if not change.lookalike or change.encoding is not Encoding.AVRO:
        return ""
    return f'; if `{old}` is `{new}` now, its values are lost without "aliases": ["{old}"]'


def _moved(new: str, old: str) -> str:
    return f"if `{old}` was renamed to `{new}`: keep both until every reader and writer moved"


def _both(old: str, new: str) -> str:
    """What passes under every promise: a default in the new version is none in the old one."""
    return (
        f"keep `{old}` beside `{new}`, without an alias, each with a default, and remove `{old}` "
        "in a later version, when every reader has moved"
    )


@rule("LAD103", ChangeKind.FIELD_RENAMED, formats=AVRO)
def field_renamed(change: Change) -> Opinion:
    """A field was renamed, and an alias remembers the other name.

    ## What it checks
    An Avro field whose new version names the old one in `aliases` (or the other way round).

    ## Why it breaks
    Aliases are the reader's. A reader on the new version finds the old name through the alias; a
    reader on the old version does not know the new name, and misses the field unless it has a
    default.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
    -  {"name": "scac", "type": "string"},
    +  {"name": "carrier_scac", "type": "string", "aliases": ["scac"]},
       {"name": "shipment_id", "type": "string"}
     ]}
    ```

    ## What to do instead
    Add the new field beside the old one, without the alias, and give both a default; write both,
    move the readers, then drop the old one in a later version. A default that comes with the new
    name does not help: readers of the old version go by their own schema. A field that had a
    default all along can be renamed with an alias alone, at the price that old readers see the
    default.
    """
    old, new = cast("Field", change.old), cast("Field", change.new)
    effect = Effect.NONE
    if old.name not in new.aliases and new.required:
        effect |= Effect.NARROWS
    if new.name not in old.aliases and old.required:
        effect |= Effect.WIDENS
    fix = _both(old.name, new.name)
    reason = f"field `{old.name}` renamed to `{new.name}`"
    return Opinion(effect, reason, fix if effect else None, field_alias(new, old.name))


@rule("LAD104", ChangeKind.FIELD_REQUIREDNESS)
def requiredness_changed(change: Change) -> Opinion:
    """A field became required, or ceased to be.

    ## What it checks
    JSON: whether `required` lists the property. Without its only property an exploded object of a
    query is not there, so that nothing breaks where writers write declared properties only. Avro:
    nothing breaks, since a writer always writes every field of its schema; a lost default only
    bites when the field is missing altogether.

    ## Why it breaks
    Required now: a message without the field was fine and is refused. Optional now: a reader of
    the old version meets messages without a field it relies on.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
       weight_kg: {type: number}
    -required: []
    +required: [weight_kg]
    ```

    ## What to do instead
    Keep the field as it was. To demand it, wait until every writer sends it, and treat it as a new
    major version. A `default` in JSON Schema does not fill in what is missing.
    """
    old, new = cast("Field", change.old), cast("Field", change.new)
    if change.encoding is Encoding.AVRO:
        word = "lost its default" if new.required else "got a default"
        return Opinion(Effect.NONE, f"field `{new.name}` {word}")
    word = "required" if new.required else "optional"
    effect = Effect.NARROWS if new.required else Effect.WIDENS
    fix = f"leave `{new.name}` {'required' if old.required else 'optional'}"
    reason = f"field `{new.name}` became {word}"
    if change.covered_old if new.required else change.covered_new:
        reason = f"{reason}, without which there is no object"
    return Opinion(effect, reason, fix)


@rule("LAD105", ChangeKind.CONTENT_MODEL, formats=JSON)
def content_model_changed(change: Change) -> Opinion:
    """An object was closed, opened, or got rules for further properties.

    ## What it checks
    `additionalProperties` (or `unevaluatedProperties`): whether properties that are not declared
    are accepted. Those that match a pattern have LAD110.

    ## Why it breaks
    Closed now: messages with a further property were fine and are refused. Opened now: readers of
    the old, closed version refuse the further properties that may come.

    Under the policies `lenient` and `tolerant-reader` nobody writes a property that is not
    declared. To close or to open an object that declares properties is stated then, and forbids
    nothing. Under `lenient` it counts where a schema for the rest comes or goes beside a closed
    object, and where an open object declares nothing.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
       weight_kg: {type: number}
    -additionalProperties: {type: string}
    +additionalProperties: false
    ```

    ## What to do instead
    Leave the object open: `additionalProperties` is best not mentioned in what you read.
    """
    old, new = cast("Record", change.old), cast("Record", change.new)
    order = {"nothing": 0, "typed": 1, "anything": 2}
    before, after = content_model(old), content_model(new)
    effect = Effect.NARROWS if order[after] < order[before] else Effect.WIDENS
    words = {"nothing": "none", "typed": "those of one schema", "anything": "all"}
    reason = f"further properties: {words[before]} were accepted, now {words[after]}"
    return Opinion(effect, reason, "leave what is accepted beside the declared fields as it was")


@rule("LAD106", ChangeKind.FIELD_DEFAULT, level=Level.SEMANTIC)
def default_changed(change: Change) -> Opinion:
    """A field or parameter has another default.

    ## What it checks
    The value a reader takes for a field, or a parameter, that a message does not carry. It is
    stated, and refuses nothing: every message is still read.

    ## Why it breaks
    It does not, but messages that lack the field mean something else from now on.

    ## Example
    ```diff title="OrderReleased.avsc"
     {"type": "record", "name": "OrderReleased", "fields": [
    -  {"name": "incoterm", "type": "string", "default": "DAP"},
    +  {"name": "incoterm", "type": "string", "default": "EXW"},
       {"name": "order_id", "type": "string"}
     ]}
    ```

    ## What to do instead
    Prefer a new field to a default with another meaning.
    """
    old, new = cast("Field | Parameter", change.old), cast("Field | Parameter", change.new)
    values = f"{_default(old.default)} to {_default(new.default)}"
    return Opinion(Effect.NONE, f"default of `{new.name}` changed from {values}")


def _default(value: Default) -> str:
    return describe(value) if value is NO_DEFAULT else json.dumps(value, ensure_ascii=False)


@rule("LAD107", ChangeKind.ALIAS_AMBIGUOUS, formats=AVRO)
def alias_ambiguous(change: Change) -> Opinion:
    """An alias points at a field that exists beside the one it renames.

    ## What it checks
    A field whose name and aliases together match more than one field of the other version, and two
    fields that match one.

    ## Why it breaks
    Runtimes disagree on what to read: Java's checker throws, Python's `avro` takes the name,
    others the alias. Which value arrives is not decided by the contract, so neither is the verdict.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
       {"name": "scac", "type": "string"},
    -  {"name": "carrier", "type": "string"}
    +  {"name": "carrier", "type": "string", "aliases": ["scac"]}
     ]}
    ```

    ## What to do instead
    Give each old name to one field only.
    """
    field = cast("Field", change.new or change.old)
    if change.old is None or change.new is None:
        reason = f"`{field.name}` and a field beside it answer to one name of the other version"
    else:
        reason = f"names and aliases of `{field.name}` match several fields of the other version"
    return Opinion(Effect.UNKNOWN, reason, "let every old name be the alias of one field only")


@rule("LAD108", ChangeKind.DEPRECATION, formats=(*SCHEMAS, *TAXONOMY))
def deprecation_changed(change: Change) -> Opinion:
    """Something was marked deprecated, or no longer is.

    ## What it checks
    The `deprecated` mark of fields, parameters, operations, states and, since OpenAPI 3.2, security
    schemes. It is stated, and refuses nothing, unless `notice_days` in `lading.toml` asks for
    notice: then a part of an API or a state that is marked says until when it stays. A scheme has
    no such day.

    ## Why it breaks
    It does not. It tells readers to move before the thing is removed. Where notice was agreed, and
    no day is named, they cannot know by when.

    ## Example
    ```diff title="api.yaml"
     paths:
       /shipments/{id}/track:
         get:
    +      deprecated: true
           parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    ```

    ## What to do instead
    Say in the description what replaces it and until when it stays.
    """
    marked = change.new is True or getattr(change.new, "deprecated", False)
    word = "marked deprecated" if marked else "no longer deprecated"
    named = f"security scheme `{change.what}` " if change.what else ""  # it is on no path
    return Opinion(Effect.NONE, f"{named}{word}")


@rule("LAD109", ChangeKind.ALIASES, formats=AVRO)
def aliases_changed(change: Change) -> Opinion:
    """The aliases of a field or type changed.

    ## What it checks
    Aliases that came or went while the name stayed. It is stated, and refuses nothing between these
    two versions.

    ## Why it breaks
    It does not here. A version before the rename can no longer be read when its alias is gone; a
    transitive promise finds that by comparing with that version.

    ## Example
    ```diff title="ShipmentConfirmed.avsc"
     {"type": "record", "name": "ShipmentConfirmed", "fields": [
    -  {"name": "carrier_scac", "type": "string", "aliases": ["scac"]}
    +  {"name": "carrier_scac", "type": "string"}
     ]}
    ```

    ## What to do instead
    Keep aliases for as long as messages under the old name exist.
    """
    names = [", ".join(getattr(node, "aliases", ())) or "none" for node in (change.old, change.new)]
    return Opinion(Effect.NONE, f"aliases changed from {names[0]} to {names[1]}")


@rule("LAD110", ChangeKind.NAME_PATTERN, formats=JSON)
def name_pattern_changed(change: Change) -> Opinion:
    """A rule for properties whose names match a pattern came or went.

    ## What it checks
    `patternProperties`: a pattern that only one version has, against what the other accepts of
    properties that it does not declare. A pattern of one name (`^seal$`) is a property like any
    other. Where a declared property, or one of another pattern, may match as well, it is not
    decided.

    ## Why it breaks
    In an open object a new pattern refuses values that were fine under such names. In a closed one
    it lets properties in that readers of the old version refuse.

    ## Example
    ```diff title="schema.yaml"
     type: object
     additionalProperties: false
    +patternProperties: {"^x-": {type: string}}
    ```

    ## What to do instead
    Keep the pattern; write under a new name what is new.
    """
    came = change.old is None
    schema = cast("Schema", change.new if came else change.old)
    silent = cast("Record", change.old_owner if came else change.new_owner)
    owners = cast("Record", change.old_owner), cast("Record", change.new_owner)
    patterns = sum(len(each.patterns) for each in owners)
    effect = _patterned(change.what, schema, silent, patterns)
    word = "added" if came else "removed"
    reason = f"rule for properties matching `{change.what}` {word}"
    fix = "leave the pattern out" if came else "keep the pattern"
    return Opinion(effect if came else effect.mirrored, reason, fix)


def _patterned(pattern: str, schema: Schema, silent: Record, patterns: int) -> Effect:
    """The effect of adding a pattern, one of so many, to a record that has been silent about it."""
    names = [each.name for each in silent.fields]
    shared = bool(silent.patterns) or may_be_about_any(pattern, names, patterns)
    free = isinstance(schema, Anything)
    beside = Effect.UNKNOWN if shared and not free else Effect.NONE
    rest = silent.rest or Anything()
    if rest == schema or only_name(pattern) in names:
        return beside
    match rest, schema:
        case (Anything(), _) | (_, Nothing()):
            return beside | Effect.NARROWS
        case (Nothing(), _) | (_, Anything()):
            return beside | Effect.WIDENS
    return beside | Effect.UNKNOWN


@rule("LAD111", ChangeKind.FIELD_ORDER, level=Level.SDK, formats=AVRO)
def sort_order_changed(change: Change) -> Opinion:
    """Records sort otherwise by a field.

    ## What it checks
    `order` of a field of Avro: `ascending`, which is so where nothing is said, `descending` or
    `ignore` (Avro 1.12, "Sort Order"). It is stated, and refuses nothing: the bytes are the same.

    ## Why it breaks
    It does not. Who sorts or compares whole records, as `compareTo` and `equals` of Java's classes
    and the shuffle of MapReduce do, sees another order; with `ignore`, records that differ in the
    field alone are equal.

    ## Example
    ```diff title="ShipmentMoved.avsc"
     {"type": "record", "name": "ShipmentMoved", "fields": [
    -  {"name": "sequence", "type": "long"}
    +  {"name": "sequence", "type": "long", "order": "descending"}
     ]}
    ```

    ## What to do instead
    Nothing, where nobody sorts records as a whole; else sort by the field where it is read.
    """
    old, new = (cast("str", each) or "ascending" for each in (change.old, change.new))
    return Opinion(Effect.NONE, f"sort order changed from {old} to {new}")
