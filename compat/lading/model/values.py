"""Values that are made by the ten thousand: one for each node of a document, or of a walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, dataclass_transform

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def made_often(cls: type[T]) -> type[T]:
    """A dataclass that is frozen for the type checker, and quick to make.

    ``frozen=True`` sets each attribute by a call: 2.7 times as slow to make for `Change`, which has
    22 of them.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, eq_default=False)
def made_once(cls: type[T]) -> type[T]:
    """The same for what is only equal to itself."""
    return dataclass(slots=True, eq=False)(cls)
