"""What each named type of a contract says, as text: to see at once what two versions share.

Text is exact where values are not: Python takes 1, 1.0 and True for equal. Places are no part of
it. It is made once for a contract, and a registry asks of each version many times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from sys import intern
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakValueDictionary

from lading.model.canonical import referred
from lading.model.schema import NO_DEFAULT, NO_LIMITS, Anything, Record, Said, Scalar, Union

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Field, Schema

BODY = ""
"""The name under which a contract's own schema stands, beside its types."""

HEAD = ""
"""In place of a field: what a type says apart from its fields."""

Part: TypeAlias = "tuple[str, str, str]"
"""(type, field or `HEAD`, text)."""

_PARTS: Final[WeakValueDictionary[frozenset[Part], frozenset[Part]]] = WeakValueDictionary()
"""Versions that say the same share one: that they do is seen at once."""
_NOTHING: Final[frozenset[str]] = frozenset()


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
    aliases: frozenset[str] = _NOTHING
    """The other names of its fields."""


def written(body: Schema, types: Mapping[str, Schema]) -> dict[str, Written]:
    """The text of `body`, and of every type, by name."""
    return {name: _written(schema) for name, schema in (*types.items(), (BODY, body))}


def parts(written: Mapping[str, Written]) -> frozenset[Part]:
    """All that is said, in parts: two versions differ in those that one alone has."""
    heads = [(name, HEAD, each.head) for name, each in written.items()]
    fields = [
        (name, field, one.text)
        for name, each in written.items()
        for field, one in each.fields.items()
    ]
    found = frozenset(heads + fields)
    return _PARTS.setdefault(found, found)


def _written(schema: Schema) -> Written:
    if not isinstance(schema, Record):
        one = said(schema)
        return Written(schema, one, {}, one.text, {})
    fields = {each.name: noted(each) for each in schema.fields}
    text = intern(_head(schema))
    targets = frozenset(referred(replace(schema, fields=()))) if "Ref(" in text else _NOTHING
    whole = "\n".join((text, *(each.text for each in fields.values())))
    targets = targets.union(*(each.names for each in fields.values()))
    nodes = {each.name: each for each in schema.fields}
    aliases = frozenset([alias for each in schema.fields for alias in each.aliases])
    return Written(schema, Said(whole, targets), fields, text, nodes, aliases)


def noted(each: Field) -> Said:
    """The text of a field."""
    if each.said is not None:
        return each.said
    schema, beside = intern(_text(each.schema)), intern(_beside(each))
    text = intern(f"{each.name!r}{beside}:{schema}")
    names = frozenset(referred(each.schema)) if "Ref(" in schema else _NOTHING
    found = Said(text, names, schema, beside, intern(_terms(each)))
    each.said = found  # type: ignore[misc]  # the same for ever, whoever makes it
    return found


def _terms(field: Field) -> str:
    later = (field.deprecated, field.sunset, field.stability, field.means)
    asked = "" if field.required else "?"
    default = "" if field.default is NO_DEFAULT else "="
    return f"{asked}{default}{later if any(later) else ''}"


def said(node: Schema) -> Said:
    """The text of a schema."""
    text = intern(_text(node))  # the same text in many versions is one object: fast to compare
    return Said(text, frozenset(referred(node)) if "Ref(" in text else _NOTHING)


def _text(schema: Schema) -> str:
    """What `repr` says, shorter and sooner for what most fields are.

    Words and numbers are written as `repr` writes them, so that no two nodes share a text.
    """
    match schema:
        case Scalar():
            return _scalar(schema)
        case Union():
            return _union(schema)
    return repr(schema)


def _head(record: Record) -> str:
    """A record apart from its fields.

    What it says of itself in prose is no change; of a field it may be (prose-enum).
    """
    if record.limits is not NO_LIMITS or record.patterns or type(record.rest) is not Anything:
        return repr(replace(record, fields=(), doc="", tags={}))  # Avro has none of these
    kind = "error" if record.is_error else "record"
    return f"{kind} {record.name!r}{record.aliases!r}{record.invariants!r}"


def _beside(field: Field) -> str:
    """What a field says beside its name and its schema."""
    if field.read_only or field.write_only or field.sunset or field.stability:
        return repr(replace(field, name="", schema=Anything()))  # Avro has none of these
    beside = [
        f"{name}={value!r}"
        for name, value in (
            ("aliases", field.aliases),
            ("deprecated", field.deprecated),
            ("means", field.means),
            ("order", field.order),
            ("tags", field.tags),
            ("doc", field.doc),
        )
        if value
    ]
    default = "" if field.default is NO_DEFAULT else f"={field.default!r}"
    return f"{'' if field.required else '?'}{default},{','.join(beside)}"


def _union(union: Union) -> str:
    if union.discriminator or union.mapping or union.exclusive:
        return repr(union)  # nor of these
    return f"[{','.join([_text(each) for each in union.branches])}]"


def _scalar(scalar: Scalar) -> str:
    if scalar.logical or scalar.unit or scalar.scheme or scalar.limits is not NO_LIMITS:
        return repr(scalar)
    return scalar.type.value
