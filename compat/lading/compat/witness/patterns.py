"""A text that a regular expression matches, made from its own words."""

from __future__ import annotations

import re
from typing import Final

from lading.model.names import matches

_SIGNS: Final = "xA1" + "".join(map(chr, range(32, 127)))
_LONGEST: Final = 1_000
_COUNT: Final = re.compile(r"\{(\d+)(,\d*)?\}[?+]?|[*?][?+]?|\+[?+]?")


def matching(pattern: str) -> str | None:
    """A short text that `pattern` matches; `None` where this reader of patterns finds none.

    Only what is tried is handed out, so that what is not understood does no harm.
    """
    if len(pattern) > _LONGEST:
        return None
    try:
        made = _Pattern(pattern).alternatives()
        return made if matches(pattern, made) else None
    except (IndexError, RecursionError):
        return None


class _Pattern:
    """Reads from left to right: of alternatives the first, of repetitions the fewest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def alternatives(self) -> str:
        made = self._sequence()
        while self._next("|"):
            self._sequence()
        return made

    def _sequence(self) -> str:
        made = ""
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            made += self._atom() * self._least()
            if len(made) > _LONGEST:
                raise IndexError
        return made

    def _least(self) -> int:
        """How often the atom before it must come."""
        found = _COUNT.match(self.text, self.at)
        if not found:
            return 1
        self.at = found.end()
        return min(int(found[1]), _LONGEST) if found[1] else int(found[0][0] == "+")

    def _atom(self) -> str:
        if self._next("("):
            found = re.compile(r"\?(:|P?<[A-Za-z_]\w*>|<?[=!])").match(self.text, self.at)
            self.at = found.end() if found else self.at
            made = self.alternatives()
            self.at += 1
            return "" if found and found[1][-1] in "=!" else made
        if self.text[self.at] in "^$":
            self.at += 1
            return ""
        start = self.at
        self._past_one()
        return _sign(self.text[start : self.at])

    def _past_one(self) -> None:
        """Go past one sign, an escape, or a class of signs."""
        if self.text[self.at] == "[":
            self.at += 1 + (self.text[self.at + 1] == "^")
            self.at += self.text[self.at] == "]"  # as the first one it is a sign
            while self.text[self.at] != "]":
                self.at += 2 if self.text[self.at] == "\\" else 1
        elif self.text[self.at] == "\\":
            self.at += 1
        self.at += 1

    def _next(self, sign: str) -> bool:
        if self.text[self.at : self.at + 1] != sign:
            return False
        self.at += 1
        return True


def _sign(one: str) -> str:
    """A sign that one sign, escape or class of a pattern matches; nothing for a boundary."""
    whole = f"^(?:{one})$"
    return next((each for each in _SIGNS if matches(whole, each)), "")
