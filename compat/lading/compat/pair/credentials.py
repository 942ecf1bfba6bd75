"""Security schemes by what they are: their names are on no wire, those of headers in any case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from lading.model.api import Security

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.api import Api, Operation

Scheme: TypeAlias = "tuple[tuple[str, str], ...]"
"""The parts of a security scheme, as an `Api` has them."""


def as_presented(scheme: Scheme) -> Scheme:
    """A scheme as requests show it: names of headers are read in any case (RFC 9110, 5.1)."""
    if ("in", '"header"') not in scheme:
        return scheme
    return tuple((key, said.lower() if key == "name" else said) for key, said in scheme)


def with_names_of(old: Api, new: Api) -> Api:
    """`new`, with a scheme that was only renamed under its old name."""
    before, after = (
        {name: as_presented(parts) for name, parts in side.schemes} for side in (old, new)
    )
    gone = {parts: name for name, parts in reversed(before.items()) if name not in after}
    names = {
        name: gone[parts] for name, parts in after.items() if name not in before and parts in gone
    }
    if not names:
        return new
    return replace(
        new,
        schemes=tuple((names.get(name, name), parts) for name, parts in new.schemes),
        deprecated=tuple(sorted(names.get(name, name) for name in new.deprecated)),
        operations=tuple(_renamed(each, names) for each in new.operations),
    )


def _renamed(operation: Operation, names: Mapping[str, str]) -> Operation:
    return replace(
        operation,
        security=tuple(_way(each, names) for each in operation.security),
        callbacks=tuple(_renamed(each, names) for each in operation.callbacks),
    )


def _way(way: Security, names: Mapping[str, str]) -> Security:
    return Security(tuple(sorted((names.get(name, name), scopes) for name, scopes in way.schemes)))
