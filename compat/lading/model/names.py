"""Names of properties and the patterns that are about them.

Patterns come from documents, and so do the names they are tried on. They run on the engines of
jsonschema-rs: the linear one, and where a pattern looks around or back one that gives up after so
many steps. Python's own may take longer than anybody waits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_LONGEST: Final = 2_000
"""Signs of a pattern that is tried; a longer one is not decided."""
_SIZE: Final = 256 * 1024
"""Bytes of a pattern that was made ready: a short one may say so much as any number of copies."""
_STEPS: Final = 2_000
"""Steps back of a pattern that looks around."""
MOST_PATTERNS: Final = 64
"""So many patterns of one object are tried on a name."""
_MOST_TRIED: Final = 200_000
"""So many names are tried in all, when patterns are tried on all names of an object."""
_PLAIN: Final = re.compile(r"(\^?)([\w/: -]*)(\$?)", re.ASCII)
"""A pattern that is the text itself."""
ANYTHING: Final = frozenset({"", "^", "$", ".*", "^.*", ".*$"})
"""Patterns that are found in every text; ``^.*$`` is not in one of two lines."""


def matches(pattern: str, text: str) -> bool | None:
    """Whether `pattern` is found in `text`; `None` where that is not decided.

    Not decided are patterns in another dialect, those too long to try, and text that is none.
    """
    found = _PLAIN.fullmatch(pattern)
    if found:
        return _is_found(found[2], text, start=bool(found[1]), end=bool(found[3]))
    return _compiled(pattern)(text)


def _is_found(part: str, text: str, *, start: bool, end: bool) -> bool:
    if start and end:
        return text == part
    if start:
        return text.startswith(part)
    return text.endswith(part) if end else part in text


def only_name(pattern: str) -> str | None:
    """The one name that `pattern` is found in, where it says so plainly (``^abc$``)."""
    found = _PLAIN.fullmatch(pattern)
    return found[2] if found and found[1] and found[3] else None


def may_match(pattern: str, name: str) -> bool:
    """Whether a property called `name` may be one of those that `pattern` is about."""
    return matches(pattern, name) is not False


def may_be_about(patterns: Collection[str], name: str) -> bool:
    """Whether one of the `patterns` of an object may be about a property called `name`."""
    return len(patterns) > MOST_PATTERNS or any(may_match(each, name) for each in patterns)


def may_be_about_any(pattern: str, names: Collection[str], patterns: int) -> bool:
    """Whether one of `names` may be one of those that `pattern`, one of so many, is about."""
    return len(names) * patterns > _MOST_TRIED or any(may_match(pattern, each) for each in names)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Callable[[str], bool | None]:
    from jsonschema_rs import (
        Draft202012Validator,
        FancyRegexOptions,
        RegexOptions,
        ValidationError,
    )

    if len(pattern) > _LONGEST:
        return _undecided
    linear = RegexOptions(size_limit=_SIZE, dfa_size_limit=_SIZE)
    bounded = FancyRegexOptions(backtrack_limit=_STEPS, size_limit=_SIZE, dfa_size_limit=_SIZE)
    for options in (linear, bounded):
        try:
            return _tried(Draft202012Validator({"pattern": pattern}, pattern_options=options))
        except (ValueError, ValidationError):
            continue
    return _undecided


def _tried(validator: Any) -> Callable[[str], bool | None]:
    def found(text: str) -> bool | None:
        try:
            if validator.is_valid(text):
                return True
            error = next(validator.iter_errors(text))
        except ValueError:  # a part of a sign that is of two
            return None
        gave_up = not error.message.endswith('"')  # it does not end with the pattern
        return None if gave_up else False

    return found


def _undecided(_: str) -> None:
    """What is not tried is not known."""
