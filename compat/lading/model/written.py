"""What each named type of a contract says, as text: to see at once what two versions share.

Text is exact where values are not: Python takes 1, 1.0 and True for equal. Places are no part of
it. It is made once for a contract, and a registry asks of each version many times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from sys import intern
from typing import TYPE_CHECKING, Final, TypeAlias

from lading.model.canonical import referred
from lading.model.schema import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Field, Schema

BODY = ""
"""The name under which a contract's own schema stands, beside its types."""

_NOTHING: Final[frozenset[str]] = frozenset()
Said: TypeAlias = "tuple[str, frozenset[str]]"
"""(text, names of the types it refers to)"""


@dataclass(frozen=True, slots=True)
class Written:
    """One type as text."""

    schema: Schema
    said: Said
    fields: Mapping[str, Said]
    """By name, when it is a record."""
    head: str
    """What it says apart from its fields."""
    nodes: Mapping[str, Field]
    """The fields themselves, by name."""


def written(body: Schema, types: Mapping[str, Schema]) -> dict[str, Written]:
    """The text of `body`, and of every type, by name."""
    return {name: _written(schema) for name, schema in (*types.items(), (BODY, body))}


def _written(schema: Schema) -> Written:
    if not isinstance(schema, Record):
        said = _said(schema)
        return Written(schema, said, {}, said[0], {})
    fields = {each.name: _said(each) for each in schema.fields}
    # What a record says of itself in prose is no change; of a field it may be (prose-enum).
    text, targets = _said(replace(schema, fields=(), doc="", tags={}))
    whole = "\n".join((text, *(each for each, _ in fields.values())))
    targets = targets.union(*(each for _, each in fields.values()))
    nodes = {each.name: each for each in schema.fields}
    return Written(schema, (whole, targets), fields, text, nodes)


def _said(node: object) -> Said:
    text = intern(repr(node))  # the same text in many versions is one object: fast to compare
    return text, frozenset(referred(node)) if "Ref(" in text else _NOTHING
