"""States what differs in the meaning laid over a scalar: Avro logical types, JSON formats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.compat.change import ChangeKind
from lading.model.schema import Encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.schema import Logical


def logical_facts(two: Pair, old: Logical | None, new: Logical | None) -> Iterator[Change]:
    """A logical type came, went, became another, or a decimal changed its digits."""
    if two.where.encoding is Encoding.JSON:
        old, new = _of_json(old), _of_json(new)
    if old is None or new is None:
        if old is not new:
            yield two.change(ChangeKind.LOGICAL_REMOVED if old else ChangeKind.LOGICAL_ADDED)
    elif old.name != new.name:
        yield two.change(ChangeKind.LOGICAL_CHANGED)
    else:
        scales = (old.scale or 0, new.scale or 0)
        if scales[0] != scales[1]:
            yield two.change(ChangeKind.DECIMAL_SCALE, values=scales)
        if old.precision != new.precision:
            yield two.change(ChangeKind.DECIMAL_PRECISION, values=(old.precision, new.precision))


def _of_json(logical: Logical | None) -> Logical | None:
    """The formats of OpenAPI 3.0 that 3.1 says otherwise (3.1, Data Types).

    ``byte`` is ``contentEncoding: base64``; ``binary`` is any bytes, which are no text of JSON.
    """
    if logical is None or logical.name not in _OLD:
        return logical
    name = _OLD[logical.name]
    return replace(logical, name=name) if name else None


_OLD: Final = {"byte": "base64", "binary": ""}
