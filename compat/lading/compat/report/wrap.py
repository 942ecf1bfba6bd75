"""Breaks lines between words, so that a terminal does not break them within one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_LEAD: Final = re.compile(r" *(?:[a-z]+: +)?")
_FRAME: Final = re.compile(r" +\d* \| ")
_HANG: Final = 2
"""How far the rest of a line that starts at the edge is indented."""


def wrapped(text: str, width: int) -> str:
    """The text with no line longer than `width`, as far as its words go; 0 leaves it alone.

    What follows hangs below the first word behind a label. Lines of a document are shown as they
    are, and colours take no room.
    """
    return "\n".join(each for line in text.split("\n") for each in _broken(line, width))


def _broken(line: str, width: int) -> Iterator[str]:
    plain = _COLOUR.sub("", line)
    if not width or len(plain) <= width or _FRAME.match(plain):
        yield line
        return
    lead = _LEAD.match(plain)
    hang = min((len(lead[0]) if lead else 0) or _HANG, width // 2)
    words = line.split(" ")
    kept, size = words[0], _size(words[0])
    for word in words[1:]:
        more = _size(word)
        if more and size + 1 + more > width and size > hang:
            yield kept.rstrip(" ")
            kept, size = " " * hang + word, hang + more
        else:
            kept, size = f"{kept} {word}", size + 1 + more
    yield kept


def _size(word: str) -> int:
    return len(_COLOUR.sub("", word))
