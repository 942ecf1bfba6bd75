"""Names of properties and the patterns that are about them."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache


def matches(pattern: str, text: str) -> bool | None:
    """Whether `pattern` is found in `text`; `None` where it is in a dialect that `re` has not."""
    found = _compiled(pattern)
    return None if found is None else found.search(text) is not None


def may_match(pattern: str, name: str) -> bool:
    """Whether a property called `name` may be one of those that `pattern` is about."""
    return matches(pattern, name) is not False


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of what may mean something else one day
        try:
            return re.compile(pattern)
        except (re.error, RecursionError, OverflowError):
            return None
