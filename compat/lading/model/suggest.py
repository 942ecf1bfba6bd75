"""Which known word was probably meant."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

MAX_CANDIDATES: Final = 2_000
"""Beyond it a suggestion costs more than it helps."""

_SHOWN: Final = 20

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


def one_of(word: str, candidates: Iterable[str]) -> str:
    """The one that was meant, or what there is to choose from."""
    known = list(islice(candidates, MAX_CANDIDATES))
    shown = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return did_you_mean(word, known) or (f"one of {shown}" if known else "")


def system_hint(word: str, systems: Iterable[str]) -> str:
    """What to do about a system that nobody knows."""
    meant = did_you_mean(word, systems)
    return f"{meant} or add `{word}` to systems.yaml" if meant else f"add `{word}` to systems.yaml"
