"""Every named type of the contracts, under one name that is unique among them all."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.codegen.errors import CodegenError
from lading.codegen.python.layout import pascal
from lading.codegen.python.text import one_line
from lading.model.contract import Kind
from lading.model.schema import Array, Enum, Fixed, Map, Record, Ref, Union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.model.contract import Contract
    from lading.model.schema import Schema

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def named_types(contracts: Iterable[Contract]) -> dict[str, Schema]:
    """Every named type of `contracts`, by full name; raises when two differ under one name."""
    found: dict[str, tuple[Schema, str]] = {}
    for contract in contracts:
        named = _of_avro(contract) if contract.kind is Kind.AVRO else _of_json(contract)
        for name, schema in named:
            other, subject = found.setdefault(name, (schema, contract.subject))
            if other != schema:
                raise CodegenError(
                    f"{subject} and {contract.subject} mean different things by {name}",
                    hint="generate from one state of the contracts",
                )
    return {name: found[name][0] for name in sorted(found)}


def _of_avro(contract: Contract) -> Iterator[tuple[str, Schema]]:
    yield from contract.types.items()
    body = contract.body
    if isinstance(body, (Record, Enum, Fixed)):
        yield body.name, body
    for schema in (*contract.types.values(), body):
        yield from _inside(schema)


def _inside(schema: object) -> Iterator[tuple[str, Schema]]:
    """Named types written in place, where others would put a `Ref`."""
    for inner in _children(schema):
        if isinstance(inner, (Record, Enum, Fixed)) and inner.name:
            yield inner.name, inner
        yield from _inside(inner)


def _children(schema: object) -> Iterator[Schema]:
    if isinstance(schema, Record):
        yield from (each.schema for each in schema.fields)
    elif isinstance(schema, Array):
        yield schema.items
    elif isinstance(schema, Map):
        yield schema.values
    elif isinstance(schema, Union):
        yield from schema.branches


def _of_json(contract: Contract) -> Iterator[tuple[str, Schema]]:
    """The types of a JSON Schema go by its subject: ``schemas.rate-card.v1.RateCard``."""
    if not isinstance(contract.body, (Record, Enum, Ref, Array, Union, Map)):
        raise CodegenError(
            f"{contract.subject} is a {type(contract.body).__name__.lower()}, which has no model",
            hint="describe an object",
        )
    main = pascal(contract.subject.split(".")[-2])
    yield f"{contract.subject}.{main}", _qualified(contract.body, contract)
    for name, schema in contract.types.items():
        yield _full(name, contract), _qualified(schema, contract)


def _full(name: str, contract: Contract) -> str:
    if not _PLAIN.fullmatch(name):
        raise CodegenError(
            f"{contract.subject}: {one_line(name)!r} has no name that a class could have",
            hint="put the schema under $defs, with a name of letters and digits",
        )
    return f"{contract.subject}.{name}"


def _qualified(  # noqa: PLR0911 - one case per kind of schema
    schema: Schema, contract: Contract
) -> Schema:
    """`schema` with its references, and its own name, made full."""
    match schema:
        case Ref():
            return replace(schema, name=_full(schema.name, contract))
        case Record():
            fields = tuple(
                replace(each, schema=_qualified(each.schema, contract)) for each in schema.fields
            )
            rest = None if schema.rest is None else _qualified(schema.rest, contract)
            name = _full(schema.name, contract) if schema.name else ""
            return replace(schema, fields=fields, rest=rest, name=name)
        case Enum():
            return replace(schema, name=_full(schema.name, contract) if schema.name else "")
        case Array():
            return replace(schema, items=_qualified(schema.items, contract))
        case Map():
            return replace(schema, values=_qualified(schema.values, contract))
        case Union():
            branches = tuple(_qualified(each, contract) for each in schema.branches)
            return replace(schema, branches=branches)
        case _:
            return schema
