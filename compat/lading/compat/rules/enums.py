"""Rules about listed values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import AVRO, JSON, Opinion, rule
from lading.compat.rules.remedies import enum_default
from lading.compat.words import describe
from lading.model.schema import Encoding

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.schema import Enum


@rule("LAD301", ChangeKind.SYMBOL_ADDED)
def symbol_added(change: Change) -> Opinion:
    """A listed value was added.

    ## What it checks
    New symbols of an Avro enum, new values of a JSON `enum`. No harm is done when the *old* version
    has an enum-level default (Avro), or promised that values may come (`x-extensible-enum`).

    ## Why it breaks
    A reader that knows the old list meets a value it does not know, and refuses the message. The
    default of the *field* does not help: it stands in for a missing field, not for an unknown
    symbol.

    ## Example
    ```diff title="StatusChanged.avsc"
     {"type": "record", "name": "StatusChanged", "fields": [
       {"name": "status", "type": {"type": "enum", "name": "Status",
    -    "symbols": ["IN_TRANSIT", "DELIVERED"]}}
    +    "symbols": ["IN_TRANSIT", "DELIVERED", "RETURNED"]}}
     ]}
    ```

    ## What to do instead
    Avro: give the enum a default first (`"default": "UNKNOWN"` beside `symbols`), let every reader
    move to that version, then add the symbol. JSON: leave the list as it is, and say in an optional
    field beside it what it has no value for. To open a list breaks the same readers (LAD303), so
    write one that will grow as `x-extensible-enum` from the start, in the place of `enum`: where
    both stand, validators go by `enum`.
    """
    old = cast("Enum", change.old)
    reason = f"value `{change.what}` added"
    if not _tolerates(old, change.encoding):
        return Opinion(Effect.WIDENS, reason, _tolerance(change.encoding))
    return Opinion(Effect.NONE, f"{reason}; {_covered_by(old)}")


@rule("LAD302", ChangeKind.SYMBOL_REMOVED)
def symbol_removed(change: Change) -> Opinion:
    """A listed value was removed.

    ## What it checks
    Symbols of an Avro enum and values of a JSON `enum` that went. No harm is done when the *new*
    version has an enum-level default (Avro) or promised to accept unlisted values
    (`x-extensible-enum`).

    ## Why it breaks
    A reader on the new version meets the value in messages written before, and refuses them.

    ## Example
    ```diff title="StatusChanged.avsc"
     {"type": "record", "name": "StatusChanged", "fields": [
       {"name": "status", "type": {"type": "enum", "name": "Status",
    -    "symbols": ["IN_TRANSIT", "DELIVERED", "RETURNED"]}}
    +    "symbols": ["IN_TRANSIT", "DELIVERED"]}}
     ]}
    ```

    ## What to do instead
    Leave the value in the list, mark it as no longer written in its description.
    """
    new = cast("Enum", change.new)
    reason = f"value `{change.what}` removed"
    if not _tolerates(new, change.encoding):
        remedy = enum_default(cast("Enum", change.old), new)
        fix = f"keep `{change.what}` and stop writing it"
        return Opinion(Effect.NARROWS, reason, fix, remedy)
    return Opinion(Effect.NONE, f"{reason}; {_covered_by(new)}")


def _tolerates(reader: Enum, encoding: Encoding) -> bool:
    """Avro 1.12, "Schema Resolution": the default that counts is the reader's."""
    return reader.open or (encoding is Encoding.AVRO and reader.default is not None)


def _covered_by(reader: Enum) -> str:
    return f"its reader sees `{reader.default}`" if reader.default else "its reader accepts others"


def _tolerance(encoding: Encoding) -> str:
    if encoding is Encoding.AVRO:
        return 'give the enum "default": "UNKNOWN" in a version first, move the readers, then add'
    return (
        "leave the list as it is, and say in an optional field beside it what it has no value for"
    )


@rule("LAD303", ChangeKind.ENUM_OPENNESS, formats=JSON)
def enum_openness_changed(change: Change) -> Opinion:
    """A list of values was opened or closed.

    ## What it checks
    The promise that readers accept values that are not listed (`x-extensible-enum`).

    ## Why it breaks
    Closed now: values outside the list were fine and are refused. Opened now: readers of the old
    version were not told to expect others.

    ## Example
    ```diff title="schema.yaml"
     type: object
     properties:
    -  status: {type: string, x-extensible-enum: [OPEN, CLOSED]}
    +  status: {type: string, enum: [OPEN, CLOSED]}
    ```

    ## What to do instead
    Decide it in the first version; statuses and codes of partners are best open from the start.
    """
    opened = cast("Enum", change.new).open
    effect = Effect.WIDENS if opened else Effect.NARROWS
    reason = f"list of values {'opened' if opened else 'closed'}"
    return Opinion(effect, reason, f"leave the list {'closed' if opened else 'open'}")


@rule("LAD304", ChangeKind.ENUM_DEFAULT, level=Level.SEMANTIC, formats=AVRO)
def enum_default_changed(change: Change) -> Opinion:
    """An enum has another default.

    ## What it checks
    What a reader sees in place of a symbol it does not know. It is stated, and refuses nothing by
    itself.

    ## Why it breaks
    It does not while both versions list the same symbols; symbols that came or went are judged
    with it.

    ## Example
    ```diff title="StatusChanged.avsc"
     {"type": "record", "name": "StatusChanged", "fields": [
       {"name": "status", "type": {"type": "enum", "name": "Status",
         "symbols": ["UNKNOWN", "IN_TRANSIT", "DELIVERED"],
    -    "default": "UNKNOWN"}}
    +    "default": "IN_TRANSIT"}}
     ]}
    ```

    ## What to do instead
    Use one symbol, `UNKNOWN`, that means nothing else.
    """
    old, new = cast("Enum", change.old), cast("Enum", change.new)
    reason = f"enum default changed from {describe(old.default)} to {describe(new.default)}"
    return Opinion(Effect.NONE, reason)


@rule("LAD305", ChangeKind.SYMBOL_ORDER, level=Level.SDK, formats=AVRO)
def symbols_reordered(change: Change) -> Opinion:
    """The values of an enum stand in another order.

    ## What it checks
    The order of the symbols that both versions of an Avro enum have. It is stated, and refuses
    nothing: a reader finds a symbol by its name in the writer's schema.

    ## Why it breaks
    It does not. Avro sorts by the order of the symbols, and in Java so does `compareTo`: who keeps
    `ordinal()` somewhere, or sorts messages, sees another order.

    ## Example
    ```diff title="StatusChanged.avsc"
     {"type": "record", "name": "StatusChanged", "fields": [
       {"name": "status", "type": {"type": "enum", "name": "Status",
    -    "symbols": ["PLANNED", "DELIVERED"]}}
    +    "symbols": ["DELIVERED", "PLANNED"]}}
     ]}
    ```

    ## What to do instead
    Add new symbols at the end, and leave the others where they are.
    """
    old, new = (cast("tuple[str, ...]", each) for each in (change.old, change.new))
    return Opinion(Effect.NONE, f"order changed from {describe(old)} to {describe(new)}")
