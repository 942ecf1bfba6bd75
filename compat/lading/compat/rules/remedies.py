"""The remedies that rules name: what can be put right without asking. All are of Avro."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from lading.compat.effect import Effect
from lading.compat.remedy import Append, Put, Remedy, ToFront
from lading.model.schema import Array, Encoding, Map, Scalar, ScalarType, Union

if TYPE_CHECKING:
    from lading.compat.change import Change
    from lading.compat.remedy import Step
    from lading.model.document import JsonValue
    from lading.model.schema import Enum, Field, Fixed, Record, Schema


def remedy_of_added(change: Change, new: Field) -> Remedy | None:
    """An alias for a field that was renamed; else the default that says nothing: null, [], {}.

    A field that may have been renamed gets no default: readers would take it for what was written
    under the other name.
    """
    if change.encoding is not Encoding.AVRO:
        return None
    if change.lookalike:
        record = cast("Record", change.old_owner)
        old = next((each for each in record.fields if each.name == change.lookalike), None)
        return field_alias(new, old.name) if old and _is_renamed(old, new) else None
    return _default(new)


def _is_renamed(old: Field, new: Field) -> bool:
    """Whether another name is all that differs: one type and one description.

    Type and name alone do not tell: `net_weight` after `gross_weight` is no rename.
    """
    return bool(old.doc) and old.doc == new.doc and old.schema == new.schema


def field_alias(new: Field, old: str) -> Remedy | None:
    """The old name as an alias: readers of the new version find the field (Avro 1.12, Aliases)."""
    if new.at is None or old in new.aliases:
        return None
    step = Append(new.at, "aliases", old, after="name")
    return Remedy(f"added alias `{old}` to `{new.name}`", (step,), Effect.NARROWS)


def type_alias(old: Record | Enum | Fixed, new: Record | Enum | Fixed) -> Remedy | None:
    """The old full name as an alias of the type."""
    if new.at is None or old.name in new.aliases:
        return None
    step = Append(new.at, "aliases", old.name, after="name")
    does = f"added alias `{old.name}` to `{new.name}`"
    return Remedy(does, (step,), Effect.NARROWS, alias=old.name)


def enum_default(old: Enum, new: Enum) -> Remedy | None:
    """The default that went with a symbol: its readers see that for what they do not know."""
    if new.at is None or old.default is None or new.default is not None:
        return None
    if old.default not in new.symbols:
        return None
    step = Put(new.at, "default", old.default, after="symbols")
    return Remedy(f"restored the default `{old.default}`", (step,), Effect.NARROWS)


def _default(new: Field) -> Remedy | None:
    found = _nothing(new.schema)
    if new.at is None or found is None:
        return None
    value, before = found
    step = Put(new.at, "default", value, after="type")
    does = f"gave `{new.name}` the default {json.dumps(value)}"
    return Remedy(does, (*before, step), Effect.NARROWS)


def _nothing(schema: Schema) -> tuple[JsonValue, tuple[Step, ...]] | None:
    """The value that says nothing, and what to do before it is a default.

    Of a union that is the first branch, as all readers want it (before Avro 1.12 it had to be).
    """
    match schema:
        case Scalar(type=ScalarType.NULL):
            return None, ()
        case Array():
            return [], ()
        case Map():
            return {}, ()
        case Union(branches=branches, at=at) if at is not None:
            index = next((i for i, each in enumerate(branches) if _is_null(each)), None)
            if index is not None:
                return None, (ToFront(at, index),) if index else ()
    return None


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL
