"""States what differs in how long a thing stays: deprecated, until when, how settled it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from lading.compat.change import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.api import Operation, Parameter
    from lading.model.schema import Field

    Staying: TypeAlias = "Field | Operation | Parameter"


def lifecycle_facts(two: Pair, old: Staying, new: Staying) -> Iterator[Change]:
    """The mark, the date (``x-sunset``) or the level (``x-stability-level``) changed."""
    if old.deprecated != new.deprecated:
        yield two.change(ChangeKind.DEPRECATION)
    if old.sunset != new.sunset:
        yield two.change(ChangeKind.SUNSET)
    if old.stability != new.stability:
        yield two.change(ChangeKind.STABILITY)
