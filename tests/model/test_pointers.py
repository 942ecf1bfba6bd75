"""JSON Pointers: what a reference leads to, whoever follows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model.pointers import MISSING, resolve, split, written

# The example document of RFC 6901, section 5, and what it says its pointers lead to.
DOCUMENT: dict[str, Any] = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}
KEYS = st.text(st.sampled_from("a0~1/%#é "), max_size=4)
STEPS = st.lists(KEYS | st.integers(0, 3), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("fragment", "value"),
    [
        ("#", DOCUMENT),
        ("#/foo", ["bar", "baz"]),
        ("#/foo/0", "bar"),
        ("#/", 0),
        ("#/a~1b", 1),
        ("#/c%25d", 2),
        ("#/e%5Ef", 3),
        ("#/g%7Ch", 4),
        ("#/i%5Cj", 5),
        ("#/k%22l", 6),
        ("#/%20", 7),
        ("#/m~0n", 8),
    ],
)
def test_a_fragment_leads_where_the_standard_says(fragment: str, value: Any) -> None:
    """RFC 6901, sections 5 and 6."""
    assert resolve(DOCUMENT, split(fragment)[1]) == value


@pytest.mark.parametrize(
    "fragment",
    [
        *("#/foo/2", "#/foo/-", "#/foo/00", "#/foo/-1", "#/foo/\u0661", "#/foo/bar"),
        *("#/foo/0/0", "#/no", "#/a/b", f"#/foo/{'9' * 5000}"),
    ],
)
def test_what_is_not_there_is_missing(fragment: str) -> None:
    """No index but the standard's own, and none so long that Python would not read it."""
    assert resolve(DOCUMENT, split(fragment)[1]) is MISSING


def test_null_is_a_value() -> None:
    """What stands there and is null is not missing."""
    assert resolve({"a": [None]}, ("a", 0)) is None


@given(STEPS)
def test_what_is_written_is_read_back(steps: tuple[str | int, ...]) -> None:
    """As text and back: the same steps, indexes as text."""
    text = written(steps).replace("%", "%25").replace("#", "%23")
    assert split(f"#{text}")[1] == tuple(map(str, steps))
