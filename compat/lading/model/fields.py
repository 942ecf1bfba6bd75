"""Walk the fields of a contract by the paths that consumers write: ``lines[].item_id``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from lading.model.schema import Array, Map, Record, Ref, Restricted, Union

MAX_STEPS: Final = 50
"""Longest chain of names that only lead to names; longer ones are circles."""

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.schema import Field, Schema


def field_paths(schema: Schema, types: Mapping[str, Schema]) -> Iterator[tuple[str, Field]]:
    """(path, field) of every field below `schema`, in the order of the contract.

    Items of a list and values of a map are ``name[]``; a type inside itself is entered once.
    """
    yield from _walk(schema, types, "", frozenset())


class Missing(NamedTuple):
    """Where a path of fields stops being one."""

    path: str
    """As far as the step that is not there."""
    name: str
    known: tuple[str, ...]
    """What there is instead."""


def missing_step(body: object, types: Mapping[str, Schema], path: str) -> Missing | None:
    """The first step of `path` that `body` does not have; `None` when all are there.

    ``lines[].item_id`` and ``lines`` are both there when ``lines`` is a list. Bodies that are no
    schema (taxonomies, mappings, APIs) have no fields.
    """
    schemas: list[Schema] = [body] if isinstance(body, Record | Ref | Union | Array | Map) else []
    done: list[str] = []
    for step in path.split("."):
        name = step.removesuffix("[]")
        fields = [
            each for one in schemas for record, _ in _records(one, types) for each in record.fields
        ]
        found = [unwrapped(each.schema, types) for each in fields if each.name == name]
        done.append(step)
        if not found or (step.endswith("[]") and not any(listed for _, listed in found)):
            known = (f"{each.name}" for each in fields)
            return Missing(".".join(done), name, tuple(dict.fromkeys(known)))
        schemas = [below for below, _ in found]
    return None


def _walk(
    schema: Schema, types: Mapping[str, Schema], prefix: str, inside: frozenset[str]
) -> Iterator[tuple[str, Field]]:
    for record, name in _records(schema, types):
        if name and name in inside:
            continue
        for field in record.fields:
            below, listed = unwrapped(field.schema, types)
            path = f"{prefix}{field.name}{'[]' if listed else ''}"
            yield path, field
            yield from _walk(below, types, f"{path}.", inside | ({name} if name else set()))


def unwrapped(schema: Schema, types: Mapping[str, Schema]) -> tuple[Schema, bool]:
    """(what is inside lists, maps and the optional, whether there was a list or map)."""
    listed = False
    for _ in range(MAX_STEPS):
        if isinstance(schema, Union):
            real = [each for each in schema.branches if not _is_null(each)]
            if len(real) != 1:
                return schema, listed
            schema = real[0]
        elif isinstance(schema, Array):
            schema, listed = schema.items, True
        elif isinstance(schema, Map):
            schema, listed = schema.values, True
        elif isinstance(schema, Ref) and isinstance(types.get(schema.name), Array | Map | Union):
            schema = types[schema.name]
        else:
            return schema, listed
    return schema, listed


def _records(
    schema: Schema, types: Mapping[str, Schema], depth: int = 0
) -> Iterator[tuple[Record, str]]:
    if isinstance(schema, Ref) and depth < MAX_STEPS:
        target = types.get(schema.name)
        if isinstance(target, Record):
            yield target, schema.name
        elif target is not None:
            yield from _records(target, types, depth + 1)
    elif isinstance(schema, Restricted):
        yield from _records(schema.base, types, depth + 1)
    elif isinstance(schema, Record):
        yield schema, schema.name
    elif isinstance(schema, Union):
        for branch in schema.branches:
            yield from _records(branch, types, depth + 1)


def _is_null(schema: Schema) -> bool:
    from lading.model.schema import Scalar, ScalarType

    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL
