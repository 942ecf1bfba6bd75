"""A document as read: its name, its text, its parsed value, and where things stand in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from lading.model.values import made_often

if TYPE_CHECKING:
    from collections.abc import Mapping

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
Pointer: TypeAlias = tuple[str | int, ...]
"""A path into a parsed document: keys and indexes (RFC 6901, already split and unescaped)."""


class Syntax(StrEnum):
    """How the text is written."""

    JSON = "json"
    YAML = "yaml"
    PROTO = "proto"
    """Read by the compiler, together with what it imports: `Document.value` is nothing."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document, as the safe reader let it in."""

    name: str
    """What to call it in front of people: a path inside the workspace, or ``subject@version``."""
    text: str
    value: JsonValue
    syntax: Syntax = Syntax.JSON
    moved: Mapping[Pointer, Pointer] = field(default_factory=dict, compare=False, repr=False)
    """Where the text has what `value` has elsewhere: filled when the value is a conversion of it.

    A pointer that is not listed is where its nearest listed parent is.
    """

    def written(self, pointer: Pointer) -> Pointer:
        """Where the text has what `value` has at `pointer`."""
        for end in range(len(pointer), -1, -1) if self.moved else ():
            source = self.moved.get(pointer[:end])
            if source is not None:
                return source + pointer[end:]
        return pointer


@made_often
class Origin:
    """Where a node of the normal form was written. Turned into a `Place` only when needed."""

    document: str
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position for people. Lines and columns count from 1."""

    document: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.document}:{self.line}:{self.column}"
