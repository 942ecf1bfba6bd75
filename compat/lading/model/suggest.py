"""Which known word was probably meant."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

MAX_CANDIDATES: Final = 2_000
"""Beyond it a suggestion costs more than it helps."""

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(word: str, candidates: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The candidate nearest to `word`, or `None` when none is at least `cutoff` (0 to 1) alike."""
    from difflib import get_close_matches

    known = list(islice(candidates, MAX_CANDIDATES))
    folded = {each.casefold(): each for each in known}
    if word.casefold() in folded:
        return folded[word.casefold()]
    found = get_close_matches(word, known, n=1, cutoff=cutoff)
    return found[0] if found else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """``did you mean `x`?`` or nothing."""
    found = closest(word, candidates)
    return f"did you mean `{found}`?" if found else ""
