"""Codes that stand in a description only, where no differ and no generated type sees them."""

from __future__ import annotations

import re
from typing import Final

_LISTED: Final = re.compile(
    r"^[ \t]*[-*+]\s+[`'\"]?([A-Z][A-Z0-9_]+)(?:[`'\"]|[ \t]*$|[ \t]+\()", re.MULTILINE
)
"""A code as a list of a description names it: ``- `RECEIVED` (it is here)``, or ``- RECEIVED``."""


def prose_codes(doc: str) -> tuple[str, ...]:
    """The codes that a description lists, in its order; empty when it lists fewer than two."""
    found = tuple(dict.fromkeys(_LISTED.findall(doc)))
    return found if len(found) > 1 else ()
