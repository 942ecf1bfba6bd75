"""Security schemes by what they are: their names are on no wire."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.model.api import Security

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.api import Api, Operation


def with_names_of(old: Api, new: Api) -> Api:
    """`new`, with a scheme that was only renamed under its old name."""
    before, after = dict(old.schemes), dict(new.schemes)
    gone = {parts: name for name, parts in reversed(old.schemes) if name not in after}
    names = {
        name: gone[parts] for name, parts in after.items() if name not in before and parts in gone
    }
    if not names:
        return new
    return replace(
        new,
        schemes=tuple((names.get(name, name), parts) for name, parts in new.schemes),
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
