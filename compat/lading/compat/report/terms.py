"""What changed in a contract's terms: owner, lifecycle, promise and the rest of its metadata.

Shown, never judged: terms are not part of what a message may be. The promise a change is held to is
the old one (see `lading.compat.judge`), so nobody can lower it in the step that breaks it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.contract import Terms


def terms_changes(old: Terms, new: Terms) -> tuple[str, ...]:
    """``owner: wms -> tms``, one line for each key that differs, by key."""
    return () if old == new else tuple(sorted(_lines(old, new)))


def _lines(old: Terms, new: Terms) -> Iterator[str]:
    from deepdiff import DeepDiff

    found = DeepDiff(asdict(old), asdict(new), view="tree", verbose_level=2)
    for group in found.values():
        for each in group:
            key = ".".join(str(step) for step in each.path(output_format="list"))
            yield f"{key}: {_word(each.t1)} -> {_word(each.t2)}"


def _word(value: object) -> str:
    text = str(value)
    return text if value and text != "not present" else "(none)"
