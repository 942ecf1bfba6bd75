"""A plain value in a text, and a list of it alone: which of them are written alike, and how.

OpenAPI 3.1.1, Parameter Object, "Style Values": a list is divided by a sign, or each item comes
under the name of the parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lading.compat.pair.walk import resolve
from lading.model.api import In
from lading.model.schema import (
    NO_LIMITS,
    Array,
    Enum,
    Record,
    Restricted,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lading.model.api import Parameter
    from lading.model.schema import Schema

DEEPEST: Final = 20
LISTED: Final = frozenset({"form", "spaceDelimited", "pipeDelimited"})
"""Styles in which a plain value is written alike."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A parameter or a header of one version, with its schema."""

    written: Parameter
    schema: Schema
    types: Mapping[str, Schema]


def divided_by(old: Side, new: Side) -> str | None:
    """What may divide a plain text of one version that the other reads as a list of one.

    Empty: nothing does. `None`: they are no such pair, or the text is surely taken for several.
    """
    listed, plain = (old, new) if isinstance(old.schema, Array) else (new, old)
    if not isinstance(listed.schema, Array) or not is_list(listed.schema, listed.types):
        return None
    if not is_plain(plain.schema, plain.types) or not _is_styled_alike(listed, plain):
        return None
    how = listed.written
    sign = _BETWEEN_EXPLODED.get(how.style, ",") if how.explode else _BETWEEN.get(how.style, ",")
    if sign is None or not _may_hold(plain.schema, sign, plain.types):
        return ""
    is_raw = how.location is In.HEADER or sign == "." or plain.written.reserved or how.reserved
    return None if is_raw else sign


_BETWEEN: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}
"""What divides the items of a list that is not exploded, where that is no comma."""
_BETWEEN_EXPLODED: Final = {
    "form": None,
    "spaceDelimited": None,
    "pipeDelimited": None,
    "label": ".",
    "matrix": ";",
}
"""The same of an exploded one; `None`: each item comes under the name of the parameter."""


def _is_styled_alike(listed: Side, plain: Side) -> bool:
    styles = listed.written.style, plain.written.style
    return styles[0] == styles[1] != "deepObject" or set(styles) <= LISTED


def item_of(schema: Schema) -> Schema:
    """What the items of a list are; what is no list is its own item."""
    return schema.items if isinstance(schema, Array) else schema


def holds_one(sides: Iterable[Side]) -> bool:
    """Whether the list may have one item, as every plain text is."""
    limits = next(each.schema.limits for each in sides if isinstance(each.schema, Array))
    return (limits.min_items or 0) <= 1 and limits.max_items != 0


def holds_no_more(sides: Iterable[Side]) -> bool:
    """Whether every list is a plain text: one of none is not there."""
    listed = next(each for each in sides if isinstance(each.schema, Array))
    limits = listed.schema.limits if isinstance(listed.schema, Array) else NO_LIMITS
    return limits.max_items == 1 and (limits.min_items == 1 or not listed.written.required)


def _may_hold(schema: Schema, sign: str, types: Mapping[str, Schema]) -> bool:
    """Whether a value, as it is written, may hold a sign."""
    match resolve(schema, types):
        case Restricted(base=base):
            return _may_hold(base, sign, types)
        case Union(branches=branches):
            return any(_may_hold(each, sign, types) for each in branches)
        case Enum(symbols=symbols, open=False):
            return any(sign in str(each) for each in symbols)
        case Scalar(type=kind, logical=logical):
            free = kind is ScalarType.STRING and not (logical and logical.name in _OF_NO_SIGN)
            return free or (kind is ScalarType.NUMBER and sign == ".")
    return True


_OF_NO_SIGN: Final = frozenset({"uuid", "date"})
"""Formats of texts that nothing divides."""


def is_plain(schema: Schema, types: Mapping[str, Schema], depth: int = 0) -> bool:
    """Whether its values are neither lists nor objects."""
    found = resolve(schema, types)
    if depth > DEEPEST:
        return False
    if isinstance(found, Restricted):
        return is_plain(found.base, types, depth + 1)
    if isinstance(found, Union):
        return all(is_plain(each, types, depth + 1) for each in found.branches)
    return isinstance(found, Scalar | Enum)


def is_list(schema: Schema, types: Mapping[str, Schema], depth: int = 0) -> bool:
    """Whether its values are lists of plain ones."""
    found = resolve(schema, types)
    if isinstance(found, Restricted) and depth <= DEEPEST:
        return is_list(found.base, types, depth + 1)
    return isinstance(found, Array) and is_plain(found.items, types)


def is_nameless(parameter: Parameter, types: Mapping[str, Schema]) -> bool:
    """Whether its own name is on no wire: of an exploded object only the properties have theirs.

    OpenAPI 3.1.1, Parameter Object, "Style Examples".
    """
    written = parameter.location, parameter.style, parameter.explode, parameter.media
    return written == (In.QUERY, "form", True, "") and _is_object(parameter.schema, types)


def carries(parameter: Parameter, name: str, types: Mapping[str, Schema]) -> bool:
    """Whether it is such an object with a property of that name, or may be."""
    return is_nameless(parameter, types) and _has(parameter.schema, name, types)


def _has(schema: Schema, name: str, types: Mapping[str, Schema], depth: int = 0) -> bool:
    found = resolve(schema, types)
    if depth > DEEPEST:
        return True
    if isinstance(found, Restricted):
        return _has(found.base, name, types, depth + 1)
    if isinstance(found, Union):
        return any(_has(each, name, types, depth + 1) for each in found.branches)
    return isinstance(found, Record) and any(each.name == name for each in found.fields)


def _is_object(schema: Schema, types: Mapping[str, Schema], depth: int = 0) -> bool:
    found = resolve(schema, types)
    if depth > DEEPEST:
        return False
    if isinstance(found, Restricted):
        return _is_object(found.base, types, depth + 1)
    if isinstance(found, Union):
        return all(_is_object(each, types, depth + 1) for each in found.branches)
    return isinstance(found, Record)
