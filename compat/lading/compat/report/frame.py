"""Shows the lines of a document around a place, with carets under what is meant."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH: Final = 100
"""Columns of the document that are shown; minified JSON is one line of many thousand."""
_LEAD: Final = 20
"""Columns shown before the place when a line is cropped."""
_LEAST: Final = 40
"""Columns of the document that even a narrow terminal gets."""
_AROUND: Final = 12
"""Columns of a frame's line that are not the document's or its number's."""


def frame(text: str, line: int, column: int, width: int = 0) -> Iterator[str]:
    """The line before, the line, and carets from `column` (both count from 1) to its end.

    A `width` is that of the terminal, into which all of it has to go.
    """
    lines = _lines(text)
    if not 1 <= line <= len(lines):
        return
    gutter = len(str(line))
    most = min(_WIDTH, max(_LEAST, width - gutter - _AROUND)) if width else _WIDTH
    start = max(0, column - 1 - _LEAD) if len(lines[line - 1]) > most else 0
    if line > 1 and not start and lines[line - 2].strip():
        yield _numbered(line - 1, lines[line - 2], gutter, 0, most)
    yield _numbered(line, lines[line - 1], gutter, start, most)
    shown = lines[line - 1][start : start + most]
    offset = column - 1 - start
    meant = shown[offset:].rstrip().rstrip(",") or " "
    pad = " " * (offset + (3 if start else 0))
    yield f"   {'':>{gutter}} | {pad}{'^' * len(meant)}"
    if meant in ("{", "[") and line < len(lines):  # a bracket alone says nothing
        yield _numbered(line + 1, lines[line], gutter, 0, most)


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    """As places count them: other separators than the line feed end no line."""
    return [each.removesuffix("\r") for each in text.split("\n")]


def _numbered(number: int, line: str, gutter: int, start: int, most: int) -> str:
    shown = printable(line[start : start + most])
    more = "..." if len(line) > start + most else ""
    return f"   {number:>{gutter}} | {'...' if start else ''}{shown}{more}".rstrip()


def printable(text: str) -> str:
    """Text of a contract without what would steer a terminal; every character stays one wide."""
    return "".join(each if each.isprintable() else " " for each in text)
