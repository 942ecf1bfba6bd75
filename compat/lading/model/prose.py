"""Codes that stand in a description only, where no differ and no generated type sees them."""

from __future__ import annotations

import re
from typing import Final

_CAPITALS: Final = "[A-Z][A-Z0-9_]+"
_WORD: Final = "[A-Za-z][A-Za-z0-9_.-]*"
_QUOTED: Final = rf"[*_]{{0,2}}(?:`({_WORD})`|'({_CAPITALS})'|\"({_CAPITALS})\")[*_]{{0,2}}"
"""Anything in backticks is no prose; in other quotes it may be, unless it is in capitals."""
_BOLD: Final = rf"\*\*({_CAPITALS})\*\*|__({_CAPITALS})__"
_LISTED: Final = re.compile(
    rf"^[ \t]*(?:[-*+]|\d{{1,3}}[.)])[ \t]+"
    rf"(?:{_QUOTED}|{_BOLD}|({_CAPITALS})(?=[,;.]?[ \t]*$|[ \t]+\(|[ \t]*[:=]|[ \t]+[-–—]+[ \t]))",  # noqa: RUF001
    re.MULTILINE,
)
"""A code at the start of an item: ``- `RECEIVED` (it is here)``, ``* RECEIVED - here``, ``1. A1``.

A word in capitals that a sentence goes on behind is none: ``- VAT is not among them``.
"""
_ROWS: Final = re.compile(
    rf"^[ \t]*\|[ \t]*(?:{_QUOTED}|{_BOLD}|({_CAPITALS}))[ \t]*\|", re.MULTILINE
)
_RULED: Final = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{3,}", re.MULTILINE)
"""The line under the head of a table."""
_BRACKETS: Final = r"(?: \([^()]{0,80}\))?"
_BETWEEN: Final = r"(?:, (?:or |and )?| (?:or|and) | ?[|/] ?|; )"
_SMALL: Final = "(?:[a-z0-9][a-z0-9_.-]*|[A-Z][A-Z0-9_.-]*)"
"""In a row neither `orderId` nor `Departure`: that is how properties and objects are called."""
_SAID: Final = rf"(?:`{_SMALL}`|'{_SMALL}'|\"{_SMALL}\"|[A-Z][A-Z0-9_]*(?![a-z]))"
_LEAD: Final = (
    r"(?<![Oo]nly )\b(?:[Oo]ne of|[Aa]ny of|[Ee]ither|(?:[Mm]ust|[Cc]an|[Mm]ay) be"
    r"|(?:[Vv]alues?|[Cc]odes?|[Ss]tates?|[Ss]tatus(?:es)?)(?: for [\w ]{1,40})?(?: are| is|:))"
)
_INLINE: Final = re.compile(
    rf"{_LEAD}(?: one of)?(?: the following)?:? "
    rf"({_SAID}{_BRACKETS}(?:{_BETWEEN}{_SAID}{_BRACKETS})+)"
)
"""Codes in a row that are said to be such: ``one of `paid` or `void```, ``One of A, B``."""
_IN_A_ROW: Final = re.compile(rf"(`{_CAPITALS}`{_BRACKETS}(?:{_BETWEEN}`{_CAPITALS}`{_BRACKETS})+)")
"""Codes in a row of which nothing is said: only such as are in capitals, and quoted."""
_BESIDE: Final = re.compile(r"\([^()]*\)")
_EACH: Final = re.compile(rf"[`'\"]({_WORD})[`'\"]|\b([A-Z][A-Z0-9_]*)\b")
_NO_CODES: Final = frozenset({"CAUTION", "DEPRECATED", "EXAMPLE", "NB", "NOTE", "TODO", "WARNING"})
"""What an item of a list may begin with that is about the text."""


def prose_codes(doc: str) -> tuple[str, ...]:
    """The codes that a description lists, in its order; empty when it lists fewer than two.

    They stand at the start of items or rows of a table, or one behind the other.
    """
    found = [_one(each) for each in _LISTED.findall(doc)]
    if _RULED.search(doc):
        found += [_one(each) for each in _ROWS.findall(doc)]
    line = " ".join(doc.split())
    for pattern in (_INLINE, _IN_A_ROW):
        for listed in pattern.findall(line):
            found += [_one(each) for each in _EACH.findall(_BESIDE.sub("", listed))]
    codes = tuple(dict.fromkeys(each for each in found if each not in _NO_CODES))
    return codes if len(codes) > 1 else ()


def _one(groups: tuple[str, ...]) -> str:
    return next(filter(None, groups))
