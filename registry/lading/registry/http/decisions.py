"""What people decided about findings, as a push brings it.

::

    {"waivers": [{"finding", "rule", "subject", "path"?, "reason", "approved_by", "until"}],
     "meanings": [{"finding", "rule", "subject", "path"?, "said", "reason", "by"}]}
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from lading.governance.decisions import Decisions
from lading.model import Meaning, Waiver
from lading.model.people import MEANINGS, is_fingerprint
from lading.registry.http.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS: Final = frozenset({"waivers", "meanings"})
_MOST: Final = 1000
"""Entries of one push."""
_LONGEST: Final = 2000
"""Characters of one text."""
_WAIVER: Final = ("finding", "rule", "subject", "reason", "approved_by", "until")
_MEANING: Final = ("finding", "rule", "subject", "said", "reason", "by")


def decisions(body: Mapping[str, object]) -> Decisions:
    """The decisions of a body; none where it brings none. Raises `BadRequest` (422)."""
    waivers = tuple(Waiver(**each) for each in _entries(body, "waivers", _WAIVER))
    meanings = tuple(Meaning(**each) for each in _entries(body, "meanings", _MEANING))
    for waiver in waivers:
        _date(waiver.until)
    for meaning in meanings:
        if meaning.said not in MEANINGS:
            said = ", ".join(MEANINGS)
            raise BadRequest(f"'said' of a meaning must be one of {said}", status=422)
    return Decisions(waivers, meanings)


def _entries(
    body: Mapping[str, object], name: str, needed: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    listed = body.get(name, [])
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise BadRequest(f"'{name}' must be a list of at most {_MOST} objects", status=422)
    for each in listed:
        if not isinstance(each, dict) or set(each) - {*needed, "path"}:
            keys = ", ".join((*needed, "path"))
            raise BadRequest(f"each of '{name}' must be an object with {keys}", status=422)
        for key in needed:
            if not _is_text(each.get(key)) or not each[key]:
                raise BadRequest(f"each of '{name}' needs a text '{key}'", status=422)
        if not _is_text(each.get("path", "")):
            raise BadRequest(f"'path' in '{name}' must be text", status=422)
        if not is_fingerprint(each["finding"]):
            raise BadRequest(f"'finding' in '{name}' must be 12 hexadecimal digits", status=422)
        yield {"path": "", **each}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"'until' must be a date, not '{text[:40]}'", status=422) from None
