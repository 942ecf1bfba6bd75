"""The quick parser has what the careful reader would have, or nothing at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model import Kind, canonical_text, read_document
from lading.model.document import Syntax
from lading.model.errors import ContractError
from lading.registry.plain import is_plain, plain_value, sorted_value

TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
WORDS = st.text('ab"\\/\n\t\x7f.e1é', max_size=4)
NUMBERS = (
    st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([0, 1, -1, 2**53, 2**63, 10**15])
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def written(draw: st.DrawFn) -> str:
    """A value as JSON, in some way of writing it, now and then with something wrong."""
    text = json.dumps(
        draw(VALUES),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 2])),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")])),
    )
    if draw(st.booleans()) and text:
        at = draw(st.integers(0, len(text) - 1))
        text = (
            text[:at]
            + draw(st.sampled_from(["", '"', "\\", ",", "\n", "\\u0022", "[", "0"]))
            + text[at:]
        )
    return text


def exact(value: Any) -> str:
    return repr(value)


@given(written())
def test_what_is_read_quickly_is_read_so_with_care(text: str) -> None:
    found = plain_value(text)
    if found is None:
        return
    document = read_document("a", text.encode(), syntax=Syntax.JSON)
    assert exact(found[0]) == exact(document.value)
    assert found[1] == canonical_text(Kind.AVRO, document)
    assert sorted_value(found[0]) == json.dumps(
        document.value, sort_keys=True, separators=(",", ":")
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": 1, "a": "\\u0022\\u0022"}',
        '{"a": 1, "b": {"c": [{"d": 1, "d": 1}]}}',
        "[1.0]",
        "[1e3]",
        "[18446744073709551616]",
        "[NaN]",
        "[1,]",
        "[01]",
        '"\x7f"',
        '"é"',
        '"\\ud83d\\ude00"',
        '"\n"',
        "[" * 101 + "]" * 101,
        "",
        '"' + "x" * 70_000 + '"',
    ],
)
def test_what_is_not_plain_is_read_with_care(text: str) -> None:
    assert plain_value(text) is None


def test_most_schemas_are_plain() -> None:
    """Else it would be of no use."""
    field = {
        "name": "a",
        "type": ["null", "string"],
        "default": None,
        "doc": 'He said: "yes". Avro 1.12',
    }
    text = json.dumps({"type": "record", "name": "R", "fields": [field], "n": [1, -20, True]})
    assert is_plain(text)
    assert plain_value(text) == (
        json.loads(text),
        json.dumps(json.loads(text), separators=(",", ":")),
    )


def test_the_careful_reader_says_what_is_wrong() -> None:
    with pytest.raises(ContractError, match="twice"):
        read_document("a", b'{"a": 1, "a": 2}', syntax=Syntax.JSON)
