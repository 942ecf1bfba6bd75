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


def frame(text: str, line: int, column: int) -> Iterator[str]:
    """The line before, the line, and carets from `column` (both count from 1) to its end."""
    lines = _lines(text)
    if not 1 <= line <= len(lines):
        return
    gutter = len(str(line))
    start = max(0, column - 1 - _LEAD) if len(lines[line - 1]) > _WIDTH else 0
    if line > 1 and not start and lines[line - 2].strip():
        yield _numbered(line - 1, lines[line - 2], gutter, 0)
    yield _numbered(line, lines[line - 1], gutter, start)
    shown = lines[line - 1][start : start + _WIDTH]
    offset = column - 1 - start
    meant = shown[offset:].rstrip().rstrip(",") or " "
    pad = " " * (offset + (3 if start else 0))
    yield f"   {'':>{gutter}} | {pad}{'^' * len(meant)}"
    if meant in ("{", "[") and line < len(lines):  # a bracket alone says nothing
        yield _numbered(line + 1, lines[line], gutter, 0)


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    """As places count them: other separators than the line feed end no line."""
    return [each.removesuffix("\r") for each in text.split("\n")]


def _numbered(number: int, line: str, gutter: int, start: int) -> str:
    shown = printable(line[start : start + _WIDTH])
    more = "..." if len(line) > start + _WIDTH else ""
    return f"   {number:>{gutter}} | {'...' if start else ''}{shown}{more}".rstrip()


def printable(text: str) -> str:
    """Text of a contract without what would steer a terminal; every character stays one wide."""
    return "".join(each if each.isprintable() else " " for each in text)
