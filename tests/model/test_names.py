"""Patterns of documents on names of documents: decided in bounded time, or not at all."""

from __future__ import annotations

import pytest

from lading.compat import Outcome, compare
from lading.model.names import matches, may_be_about, may_be_about_any, may_match

LONG = "a" * 60 + "!"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^x-", "x-rate", True),
        ("^x-", "rate", False),
        ("_id$", "order_id", True),
        ("^id$", "id", True),
        ("^id$", "ids", False),
        ("rat", "narrator", True),
        ("^a|b$", "crab", True),
        (r"^\d+$", "12", True),
        (r"^\d+$", "\u0663", False),
        ("^a.b$", "a\nb", False),
        ("(?=ab)a", "ab", True),
        ("(?=ab)b", "ab", False),
        (r"^(.)\1$", "aa", True),
        ("(a+)+$", LONG, False),
        ("(x+x+)+y", "x" * 5000, False),
        ("(?=b|(a+)+$)a", "a", True),
        ("(a{1000}){1000}", "a", None),
        ("[a]" * 1000, "a", None),
        ("(", "a", None),
        ("a|b", "\ud800", None),
        ("\ud800", "a", None),
    ],
)
def test_a_pattern_is_found_or_not_or_not_decided(
    pattern: str, text: str, found: bool | None
) -> None:
    """As ECMA-262 has it, whatever a pattern asks for."""
    assert matches(pattern, text) is found
    assert may_match(pattern, text) is (found is not False)


def test_a_pattern_that_goes_back_too_often_is_not_decided() -> None:
    """It gives up; what it would have found is not known."""
    assert matches(r"^(a|a|aa)*\1b$", LONG) is None


def test_an_object_with_very_many_patterns_may_be_about_any_name() -> None:
    """Not all of them are tried."""
    few = [f"^x{n}$" for n in range(10)]

    assert not may_be_about(few, "y")
    assert may_be_about([f"^x{n}$" for n in range(100)], "y")
    assert not may_be_about_any("^x$", ["y"], patterns=10)
    assert may_be_about_any("^x$", ["y"] * 1000, patterns=1000)


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|aa)+$", "(?=(a+)+$)b", "^(([a-z])+.)+[A-Z]$"])
def test_a_hostile_pattern_is_judged_like_any_other(pattern: str) -> None:
    """Against a property that Python's own engine would take years to try it on."""
    text = {"type": "string"}
    old = {"type": "object", "patternProperties": {pattern: text}}
    new = {"type": "object", "properties": {"a" * 60 + "!": text}}

    assert compare(old, new).outcome in set(Outcome)
