"""Line and column of a pointer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.model import Document, Pointer, locate, read_document

JSON = '{\n\t"a": [1,\n\t\t{"b": "x: y"}],\n  "\\u0063": {"d/e": null}\n}'
YAML = "a:\n  - 1\n  - b: 'x: y'\n200:\n  d/e: ~\n"


@pytest.mark.parametrize(
    ("name", "text", "pointer", "place"),
    [
        ("a.json", JSON, (), (1, 1)),
        ("a.json", JSON, ("a",), (2, 2)),
        ("a.json", JSON, ("a", 0), (2, 8)),
        ("a.json", JSON, ("a", 1, "b"), (3, 4)),
        ("a.json", JSON, ("a", "1", "b"), (3, 4)),
        ("a.json", JSON, ("c", "d/e"), (4, 14)),
        ("a.json", JSON, ("a", 1, "gone", "below"), (3, 3)),
        ("a.yaml", YAML, (), (1, 1)),
        ("a.yaml", YAML, ("a", 1, "b"), (3, 5)),
        ("a.yaml", YAML, ("200", "d/e"), (5, 3)),
        ("a.yaml", YAML, ("200", "gone"), (4, 1)),
        ("a.yaml", YAML, (200,), (4, 1)),
        ("a.yaml", YAML, ("gone", "below"), (1, 1)),
        ("a.yaml", "# said\n---\n\n" + YAML, ("gone",), (4, 1)),
        ("a.yaml", "# said\n---\n\n" + YAML, (), (4, 1)),
        ("a.yaml", "- a\n- b\n", (1,), (2, 3)),
    ],
)
def test_a_pointer_stands_where_it_was_written(
    name: str, text: str, pointer: Pointer, place: tuple[int, int]
) -> None:
    found = locate(read_document(name, text.encode()), pointer)
    assert (found.line, found.column) == place


@pytest.mark.parametrize("text", [r'{"a": "\ud83d\ude00", "b": 1}', r'{"a": "\/", "b": 1}'])
def test_escapes_that_yaml_does_not_know_do_not_lose_the_place(text: str) -> None:
    assert locate(read_document("a.json", text.encode()), ("b",)).column == text.index('"b"') + 1


def test_a_key_of_any_length_has_a_place() -> None:
    key = "k" * 5000
    document = read_document("a.json", f'{{"a": 1, "{key}": 2}}'.encode())
    assert locate(document, (key,)).column == 10


_json = st.recursive(
    st.none() | st.integers(0, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)


def _pointers(value: Any) -> list[Pointer]:
    if not isinstance(value, dict | list):
        return [()]
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [(), *((key, *each) for key, below in pairs for each in _pointers(below))]


@settings(deadline=None)
@given(_json, st.sampled_from([None, 1]))
def test_every_value_of_every_document_has_a_place_of_its_own(value: Any, indent: int) -> None:
    document = Document("a.json", json.dumps(value, indent=indent), value)
    pointers = [each for each in _pointers(value) if each]
    places = {str(locate(document, each)) for each in pointers}
    assert len(places) == len(pointers)
