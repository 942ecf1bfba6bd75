"""Rules about Protobuf: what its bytes carry, what its JSON does, and what may come to harm later.

The categories of buf are levels here: what it calls ``WIRE`` is `Level.WIRE`, what ``WIRE_JSON``
adds is `Level.SDK`. Readers pass over fields that they do not know, so little is refused: what
counts is whether a value that was written is the value that is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.rules.base import PROTOBUF, Opinion, rule
from lading.compat.words import describe

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.model.proto import ProtoEnum, ProtoField, ProtoMessage, ProtoValue

_READ_AS: Final = frozenset(
    {
        *(("bool", each) for each in ("int32", "int64", "uint32", "uint64")),
        *(("enum", each) for each in ("int32", "int64")),
        ("int32", "int64"),
        *(("uint32", each) for each in ("int64", "uint64")),
        ("sint32", "sint64"),
        ("string", "bytes"),
    }
)
"""(written as, read as), where every value stays what it is.

"Updating A Message Type" of the language guide lists more, which are read without an error: a
negative number of an int32 is a large one of a uint32, a large int64 loses its upper half.
"""


def _effect(*, narrows: bool, widens: bool) -> Effect:
    narrowed = Effect.NARROWS if narrows else Effect.NONE
    return narrowed | (Effect.WIDENS if widens else Effect.NONE)


@rule("LAD220", ChangeKind.PROTO_FIELD_ADDED, formats=PROTOBUF)
def proto_field_added(change: Change) -> Opinion:
    """A field was added to a message.

    ## What it checks
    Numbers that a message has now. No harm is done unless the field is `required`.

    ## Why it breaks
    A reader of the new version refuses every message that was written before: it lacks the field.

    ## Example
    ```diff title="order.proto"
     syntax = "proto2";
     message Order {
       optional string id = 1;
    +  required string customer = 2;
     }
    ```

    ## What to do instead
    Make it `optional`, and check for it where it is needed.
    """
    new = cast("ProtoField", change.new)
    effect = _effect(narrows=new.required, widens=False)
    return Opinion(effect, f"field {new.number} `{new.name}` added", "make it optional")


@rule("LAD221", ChangeKind.PROTO_FIELD_REMOVED, formats=PROTOBUF)
def proto_field_removed(change: Change) -> Opinion:
    """A field was removed from a message.

    ## What it checks
    Numbers that a message had. The others go on without it unless the field was `required`; that
    its number and name stay reserved is asked by LAD222 and LAD223.

    ## Why it breaks
    A reader still on the old version refuses messages that lack it.

    ## Example
    ```diff title="order.proto"
     syntax = "proto2";
     message Order {
    -  required string customer = 2;
    +  reserved 2;
    +  reserved "customer";
       optional string id = 1;
     }
    ```

    ## What to do instead
    Make it `optional` in a version first, move the readers, then remove it.
    """
    old = cast("ProtoField", change.old)
    effect = _effect(narrows=False, widens=old.required)
    return Opinion(effect, f"field {old.number} `{old.name}` removed", "make it optional first")


@rule("LAD222", ChangeKind.PROTO_NUMBER_FREED, formats=PROTOBUF)
def proto_number_freed(change: Change) -> Opinion:
    """A number was given up and is not reserved.

    ## What it checks
    The numbers of fields and of enum values that went, against `reserved`.

    ## Why it breaks
    Nothing happens today. But the next field may take the number, and a reader of that version
    takes what was written before for something else. Versions that lie apart may never be compared,
    so the compiler has to see to it.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
       string id = 1;
    -  int32 pieces = 2;
    +  reserved "pieces";
     }
    ```

    ## What to do instead
    Write `reserved 2;`, or keep the field and say `deprecated = true`.
    """
    return Opinion(
        Effect.NARROWS,
        f"number {change.what} was given up and is not reserved",
        f"write `reserved {change.what};`",
    )


@rule("LAD223", ChangeKind.PROTO_NAME_FREED, level=Level.SDK, formats=PROTOBUF)
def proto_name_freed(change: Change) -> Opinion:
    """A name was given up and is not reserved.

    ## What it checks
    The names of fields and of enum values that went, against `reserved`.

    ## Why it breaks
    JSON knows fields by name. Whatever takes the name next is read from JSON that was written
    before.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
       string id = 1;
    -  int32 pieces = 2;
    +  reserved 2;
     }
    ```

    ## What to do instead
    Write `reserved "pieces";` beside the number. Where there is no JSON, let promises go as far as
    `wire` (`level` in lading.toml).
    """
    return Opinion(
        Effect.NARROWS,
        f"name `{change.what}` was given up and is not reserved",
        f'write `reserved "{change.what}";`',
    )


@rule("LAD224", ChangeKind.PROTO_RESERVED, formats=PROTOBUF)
def proto_reservation_dropped(change: Change) -> Opinion:
    """What was reserved is free again.

    ## What it checks
    Ranges of numbers, and names, under `reserved` in messages and enums.

    ## Why it breaks
    They were reserved since messages carry them. A field that takes one reads what was written
    under the number years ago.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
    -  reserved 2 to 5;
    +  reserved 2 to 4;
       string id = 1;
     }
    ```

    ## What to do instead
    Leave it reserved, and take a number that was never used.
    """
    lost = cast("tuple[object, ...]", change.old)
    shown = (f"`{each}`" if isinstance(each, str) else _range(each) for each in lost)
    return Opinion(
        Effect.NARROWS,
        f"no longer all reserved: {', '.join(shown)}",
        "leave it reserved, and take a number and a name that are new",
    )


def _range(each: object) -> str:
    first, last = cast("tuple[int, int]", each)
    return str(first) if first == last else f"{first} to {last}"


@rule("LAD225", ChangeKind.PROTO_TYPE, formats=PROTOBUF)
def proto_type_changed(change: Change) -> Opinion:
    """A field has another type.

    ## What it checks
    The types of fields that have one number. Read as they were written are a `bool` as any plain
    integer, an `enum`, `int32` or `uint32` as an `int64`, a `uint32` as a `uint64`, a `sint32` as a
    `sint64`, and a `string` as `bytes`.

    ## Why it breaks
    Types of another wire format are passed over, as if nothing had been sent. Types of one format
    are read, as another value: -1 of an `int32` is 4294967295 of a `uint32`.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
    -  int32 pieces = 2;
    +  string pieces = 2;
     }
    ```

    ## What to do instead
    Add a field with a new number, write both for a while, then reserve the old one.
    """
    old, new = cast("ProtoField", change.old), cast("ProtoField", change.new)
    effect = _effect(
        narrows=(old.type, new.type) not in _READ_AS, widens=(new.type, old.type) not in _READ_AS
    )
    reason = f"type changed from {describe(old)} to {describe(new)}"
    return Opinion(effect, reason, "add a field with a new number instead")


@rule("LAD226", ChangeKind.PROTO_TYPE_NAME, level=Level.SDK, formats=PROTOBUF)
def proto_type_renamed(change: Change) -> Opinion:
    """A field leads to a message or enum of another name.

    ## What it checks
    The names of the types of fields. What is in the two types is compared as if they were one.

    ## Why it breaks
    No name is on the wire. But code that was written for one type does not compile with the other,
    and within `google.protobuf.Any` the name is what a message is known by.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Weight { double value = 1; }
     message Mass { double value = 1; }
     message Order {
    -  Weight net = 1;
    +  Mass net = 1;
     }
    ```

    ## What to do instead
    Leave the name, and change the comment.
    """
    reason = f"its type is called {_name(change.new)} now, it was {_name(change.old)}"
    return Opinion(Effect.REPLACES, reason, "leave the type")


def _name(name: object) -> str:
    return f"`{str(name).removeprefix('.')}`"


@rule("LAD227", ChangeKind.PROTO_CARDINALITY, formats=PROTOBUF)
def proto_cardinality_changed(change: Change) -> Opinion:
    """One value became several, or several became one.

    ## What it checks
    Whether fields are `repeated`, a `map`, or neither.

    ## Why it breaks
    Of several values a reader that knows one takes the last; of packed numbers it takes none. A
    reader of a list sees a list where there was a value.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
    -  string line = 2;
    +  repeated string line = 2;
     }
    ```

    ## What to do instead
    Add a repeated field with a new number.
    """
    old, new = cast("ProtoField", change.old), cast("ProtoField", change.new)
    reason = f"it was {old.many or 'one value'} and is {new.many or 'one value'} now"
    return Opinion(Effect.REPLACES, reason, "add a field with a new number instead")


@rule("LAD228", ChangeKind.PROTO_PRESENCE, level=Level.SDK, formats=PROTOBUF)
def proto_presence_changed(change: Change) -> Opinion:
    """Readers see now that a value was left out, or no longer do.

    ## What it checks
    `optional` in proto3, and `field_presence` in editions. It is stated, and refuses nothing.

    ## Why it breaks
    It does not: values are read as they were written. Without `optional` a zero is not written, so
    that a reader that asks whether there is one is told that there is none.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
    -  int32 pieces = 2;
    +  optional int32 pieces = 2;
     }
    ```

    ## What to do instead
    Write `optional` from the start wherever zero is not the same as nothing.
    """
    word = "see" if change.new else "no longer see"
    return Opinion(Effect.NONE, f"readers {word} whether it was left out")


@rule("LAD229", ChangeKind.PROTO_REQUIREDNESS, formats=PROTOBUF)
def proto_requiredness_changed(change: Change) -> Opinion:
    """A field became required, or is no longer.

    ## What it checks
    `required` in proto2, `LEGACY_REQUIRED` in editions.

    ## Why it breaks
    Required now: messages that lack it are refused. No longer required: readers of the old version
    refuse what may come.

    ## Example
    ```diff title="order.proto"
     syntax = "proto2";
     message Order {
    -  optional string id = 1;
    +  required string id = 1;
     }
    ```

    ## What to do instead
    Leave it optional, and check for it in code.
    """
    new = cast("ProtoField", change.new)
    effect = _effect(narrows=new.required, widens=not new.required)
    word = "required now" if new.required else "no longer required"
    return Opinion(effect, f"`{new.name}` is {word}", "leave it as it was, and check in code")


@rule("LAD230", ChangeKind.PROTO_ONEOF, formats=PROTOBUF)
def proto_oneof_changed(change: Change) -> Opinion:
    """A field went into a oneof, out of one, or into another.

    ## What it checks
    The oneof of each field that both versions have. No harm is done where it shares none with a
    field that could be set beside it.

    ## Why it breaks
    Of the fields of a oneof a reader keeps the one that was written last: the other is lost.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
    -  string email = 1;
    -  oneof contact { string phone = 2; }
    +  oneof contact { string phone = 2; string email = 1; }
     }
    ```

    ## What to do instead
    Add a field with a new number to the oneof.
    """
    sides = (
        (cast("ProtoField", change.old), cast("ProtoMessage", change.old_owner)),
        (cast("ProtoField", change.new), cast("ProtoMessage", change.new_owner)),
    )
    effect = _effect(narrows=_ousts(*sides), widens=_ousts(*sides[::-1]))
    names = (each.oneof for each, _ in sides)
    before, after = (f"oneof `{each}`" if each else "no oneof" for each in names)
    return Opinion(effect, f"it was in {before} and is in {after} now", "leave it where it was")


def _ousts(
    writer: tuple[ProtoField, ProtoMessage], reader: tuple[ProtoField, ProtoMessage]
) -> bool:
    """Whether something that can be written beside a field ends it for the reader."""
    field, message = reader
    mine = {each.number: each.oneof for each in writer[1].fields}
    return bool(field.oneof) and any(
        each.oneof == field.oneof
        and each.number != field.number
        and each.number in mine
        and not (mine[each.number] and mine[each.number] == writer[0].oneof)
        for each in message.fields
    )


@rule("LAD231", ChangeKind.PROTO_DEFAULT, formats=PROTOBUF)
def proto_default_changed(change: Change) -> Opinion:
    """What stands for a field that was left out is another value.

    ## What it checks
    `default` in proto2 and editions, and the first value of a closed enum.

    ## Why it breaks
    A default is never written: the writer left the field out, meaning its own, and the reader takes
    another.

    ## Example
    ```diff title="order.proto"
     syntax = "proto2";
     message Order {
    -  optional int32 priority = 1 [default = 5];
    +  optional int32 priority = 1 [default = 7];
     }
    ```

    ## What to do instead
    Leave the default; write the value where another is meant.
    """
    reason = f"default changed from {change.old or 'nothing'} to {change.new or 'nothing'}"
    return Opinion(Effect.REPLACES, reason, "leave the default")


@rule("LAD232", ChangeKind.PROTO_VALUE_ADDED, formats=PROTOBUF)
def proto_value_added(change: Change) -> Opinion:
    """A value was added to an enum.

    ## What it checks
    Numbers that an enum has now. Open enums (proto3) carry what they do not list; for a closed one
    (proto2) it counts.

    ## Why it breaks
    A reader of a closed enum that does not know the number takes the field as left out.

    ## Example
    ```diff title="order.proto"
     syntax = "proto2";
     message Order { optional State state = 1; }
     enum State {
       OPEN = 0;
    +  CLOSED = 1;
     }
    ```

    ## What to do instead
    Move the readers first, or use an open enum (proto3).
    """
    new, owner = cast("ProtoValue", change.new), cast("ProtoEnum", change.old_owner)
    effect = _effect(narrows=False, widens=owner.closed)
    return Opinion(effect, f"value `{describe(new)}` added", "move the readers first")


@rule("LAD233", ChangeKind.PROTO_VALUE_REMOVED, formats=PROTOBUF)
def proto_value_removed(change: Change) -> Opinion:
    """A value was removed from an enum.

    ## What it checks
    Numbers that an enum had. Open enums (proto3) carry what they do not list; that number and name
    stay reserved is asked by LAD222 and LAD223.

    ## Why it breaks
    A reader of a closed enum (proto2) takes fields with the number as left out.

    ## Example
    ```diff title="order.proto"
     syntax = "proto2";
     message Order { optional State state = 1; }
     enum State {
       OPEN = 0;
    -  CLOSED = 1;
    +  reserved 1;
    +  reserved "CLOSED";
     }
    ```

    ## What to do instead
    Leave the value, and say `deprecated = true`.
    """
    old, owner = cast("ProtoValue", change.old), cast("ProtoEnum", change.new_owner)
    effect = _effect(narrows=owner.closed, widens=False)
    return Opinion(effect, f"value `{describe(old)}` removed", "leave it, as deprecated")


@rule("LAD234", ChangeKind.PROTO_ENUM_OPENNESS, formats=PROTOBUF)
def proto_enum_openness_changed(change: Change) -> Opinion:
    """An enum was opened or closed.

    ## What it checks
    Whether readers of an enum keep numbers that it does not list: proto2 does not, proto3 does, in
    editions `enum_type` says it.

    ## Why it breaks
    Closed now: numbers that were carried are taken as left out. Opened now: readers of the old
    version do not get what may come.

    ## Example
    ```diff title="order.proto"
     edition = "2023";
     enum State {
    -  option features.enum_type = OPEN;
    +  option features.enum_type = CLOSED;
       OPEN = 0;
     }
    ```

    ## What to do instead
    Leave it open.
    """
    word = "closed" if change.new else "opened"
    effect = _effect(narrows=bool(change.new), widens=not change.new)
    return Opinion(effect, f"enum {word}", "leave it as it was")


@rule("LAD235", ChangeKind.PROTO_NAME, level=Level.SDK, formats=PROTOBUF)
def proto_renamed(change: Change) -> Opinion:
    """A field or an enum value has another name.

    ## What it checks
    The names of what has one number, and `json_name`.

    ## Why it breaks
    The wire knows numbers alone. JSON knows names, and so does generated code: neither side reads
    the other's JSON, and callers do not compile.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order {
    -  int32 pieces = 2;
    +  int32 quantity = 2;
     }
    ```

    ## What to do instead
    Leave the name, and change the comment. Where there is no JSON, let promises go as far as `wire`
    (`level` in lading.toml). A value of an enum may have both names, with `allow_alias`.
    """
    what = "JSON name" if change.what == "json" else "name"
    reason = f"{what} changed from `{change.old}` to `{change.new}`"
    return Opinion(Effect.REPLACES, reason, "leave the name")


@rule("LAD236", ChangeKind.PROTO_MESSAGE_REMOVED, formats=PROTOBUF)
def proto_message_removed(change: Change) -> Opinion:
    """A message is gone.

    ## What it checks
    The messages that a file declares, by name. One that has another name now is gone as well.

    ## Why it breaks
    What was written as it cannot be read by the new version, which has no such type.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order { string id = 1; }
    -message Line { string item = 1; }
    ```

    ## What to do instead
    Leave it, and say `option deprecated = true`.
    """
    name = _name(getattr(change.old, "name", ""))
    return Opinion(Effect.NARROWS, f"message {name} removed", "leave it, as deprecated")


@rule("LAD237", ChangeKind.PROTO_ENUM_REMOVED, level=Level.SDK, formats=PROTOBUF)
def proto_enum_removed(change: Change) -> Opinion:
    """An enum is gone.

    ## What it checks
    The enums that a file declares, by name. What stands in its place in a field is compared there.

    ## Why it breaks
    No enum travels alone, so nothing happens on the wire. Code that uses it does not compile.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order { string id = 1; }
    -enum State { OPEN = 0; }
    ```

    ## What to do instead
    Leave it, and say `option deprecated = true`.
    """
    name = _name(getattr(change.old, "name", ""))
    return Opinion(Effect.NARROWS, f"enum {name} removed", "leave it, as deprecated")


@rule("LAD238", ChangeKind.PROTO_METHOD, formats=PROTOBUF)
def proto_method_changed(change: Change) -> Opinion:
    """A method of a service is gone, or takes or gives something else.

    ## What it checks
    The methods of each service by name: their messages, and which side streams.

    ## Why it breaks
    A client in use calls a method that is not there, or waits for one message where several come.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
     message Order { string id = 1; }
     service Orders {
    -  rpc Watch(Order) returns (Order);
    +  rpc Watch(Order) returns (stream Order);
     }
    ```

    ## What to do instead
    Add a method with a new name.
    """
    if change.new is None:
        return Opinion(
            Effect.NARROWS, f"method `{change.path[0]}` removed", "leave it, as deprecated"
        )
    reason = f"method changed from {describe(change.old)} to {describe(change.new)}"
    return Opinion(Effect.REPLACES, reason, "add a method with a new name")


@rule("LAD239", ChangeKind.PROTO_FILE, level=Level.SDK, formats=PROTOBUF)
def proto_file_changed(change: Change) -> Opinion:
    """A file has another package, or another syntax.

    ## What it checks
    `package`, and `syntax` or `edition`. What another syntax does to fields and enums is said where
    it does; by itself it is stated, and refuses nothing.

    ## Why it breaks
    The package is part of the name of each message: in generated code, in the path of each method,
    and in `google.protobuf.Any`.

    ## Example
    ```diff title="order.proto"
     syntax = "proto3";
    -package acme.orders;
    +package acme.sales;
     message Order { string id = 1; }
    ```

    ## What to do instead
    Register what has another package as another subject.
    """
    effect = Effect.REPLACES if change.what == "package" else Effect.NONE
    before, after = change.old or "none", change.new or "none"
    reason = f"{change.what} changed from {before} to {after}"
    return Opinion(effect, reason, f"leave the {change.what}")
