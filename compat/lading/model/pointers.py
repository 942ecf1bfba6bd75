"""JSON Pointers (RFC 6901): the steps of a reference, how they are written, what stands there."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from lading.model.document import Pointer

MISSING: Final = object()
"""What `resolve` answers where nothing stands: `null` is a value."""

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
"""An index as RFC 6901 section 4 writes it, no longer than any array that is let in."""


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[str, Pointer]:
    """(file part, pointer) of a reference; the pointer is unescaped (RFC 6901, RFC 3986)."""
    file, _, fragment = text.partition("#")
    steps = unquote(fragment).split("/")[1:] if fragment.startswith("/") else []
    return file, tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def written(pointer: Pointer) -> str:
    """``/paths/~1orders/get``: the pointer as text (RFC 6901 section 3)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in pointer)


def resolve(value: Any, pointer: Pointer) -> Any:
    """What stands at `pointer` in `value`; `MISSING` when nothing does."""
    for step in pointer:
        if isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and (at := index_of(step)) is not None and at < len(value):
            value = value[at]
        else:
            return MISSING
    return value


def index_of(step: str | int) -> int | None:
    """The position in an array that a step names; `None` when it names none."""
    return int(step) if _INDEX.fullmatch(str(step)) else None
