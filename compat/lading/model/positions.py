"""Where each value of a JSON text stands, from one pass over its tokens."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.document import Pointer

_TOKEN: Final = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'  # text
    r"|[\[\]{}:,]"
    r'|[^\s\[\]{}:,"]+',  # number, true, false, null
    re.DOTALL,
)

_END: Final = re.compile("\n")
_COLON: Final = re.compile(r"\s*:")


class Spot(NamedTuple):
    """One value of a JSON text."""

    pointer: Pointer
    start: int
    """Offset of the value; of its key when it has one."""
    word: str
    """The value's first word: a bracket, or the whole of a scalar."""


class _Frame:
    """An object or a list that is open."""

    __slots__ = ("is_object", "key", "key_start", "pointer")

    def __init__(self, pointer: Pointer, *, is_object: bool) -> None:
        self.pointer = pointer
        self.is_object = is_object
        self.key: str | int | None = None if is_object else 0
        self.key_start = 0


def spots(text: str) -> Iterator[Spot]:
    """Every value of `text` in order, the root first; `text` is JSON or nearly so."""
    open_: list[_Frame] = []
    for match in _TOKEN.finditer(text):
        word, top = match[0], open_[-1] if open_ else None
        if word == ",":
            _next(top)
        elif word in "]}":
            del open_[-1:]
        elif word == ":":
            continue
        elif top is not None and top.key is None:
            top.key, top.key_start = _unquoted(word), match.start()
        else:
            pointer = () if top is None or top.key is None else (*top.pointer, top.key)
            start = top.key_start if top is not None and top.is_object else match.start()
            yield Spot(pointer, start, word)
            if word in "[{":
                open_.append(_Frame(pointer, is_object=word == "{"))


def _next(top: _Frame | None) -> None:
    if top is not None:
        top.key = top.key + 1 if isinstance(top.key, int) else None


def _unquoted(word: str) -> str:
    try:
        return str(json.loads(word))
    except ValueError:
        return word


class Extent(NamedTuple):
    """From where to where one value of a JSON text goes."""

    key: int
    """Where its key starts; the value itself when it has none."""
    start: int
    end: int


def extents(text: str) -> Mapping[Pointer, Extent]:
    """Pointer to extent of every value of a JSON text in which no key is written twice."""
    found: dict[Pointer, Extent] = {}
    open_: list[tuple[Spot, int]] = []
    due: Spot | None = None
    coming = iter(spots(text))
    for match in _TOKEN.finditer(text):
        word, start = match[0], match.start()
        if word in "]}":
            spot, began = open_.pop()
            found[spot.pointer] = Extent(spot.start, began, match.end())
            continue
        due = due or next(coming, None)
        if word in ",:" or due is None or (due.start == start and _is_key(text, match.end(), word)):
            continue
        if word in "[{":
            open_.append((due, start))
        else:
            found[due.pointer] = Extent(due.start, start, match.end())
        due = None
    return found


def _is_key(text: str, end: int, word: str) -> bool:
    return word.startswith('"') and _COLON.match(text, end) is not None


@lru_cache(maxsize=16)
def starts(text: str) -> Mapping[Pointer, int]:
    """Pointer to offset of every value of a JSON text; of the first when a key is written twice."""
    found: dict[Pointer, int] = {}
    for spot in spots(text):
        found.setdefault(spot.pointer, spot.start)
    return found


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    begins = _lines(text)
    line = bisect_right(begins, offset)
    return line, offset - begins[line - 1] + 1


@lru_cache(maxsize=16)
def _lines(text: str) -> list[int]:
    """The offset at which each line begins: one report asks for thousands of places."""
    return [0, *(each.end() for each in _END.finditer(text))]
