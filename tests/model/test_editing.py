"""Small edits of JSON texts: what is said changes as asked, and nothing else does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model.document import Document, Syntax
from lading.model.editing import append, put, to_front
from lading.model.errors import LadingError
from lading.model.positions import extents
from lading.model.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.model.document import JsonValue, Pointer

ONE_LINE = '{"name": "a", "type": ["string", "null"]}\n'
APART = '{\n  "name": "a",\n  "type": [\n    "string",\n    "null"\n  ]\n}\n'
TIGHT = '{"name":"a","type":["string","null"]}'

scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.text('ab"\\:,{}[]\n', max_size=4)
values = st.recursive(
    scalars,
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text('ab": ', max_size=3), inside)
    ),
    max_leaves=12,
)


def read(text: str) -> Document:
    return read_document("x.avsc", text.encode())


def nodes(value: JsonValue, at: Pointer = ()) -> list[tuple[Pointer, JsonValue]]:
    below = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [(at, value), *(each for key, inner in below for each in nodes(inner, (*at, key)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE_LINE, '{"name": "a", "type": ["string", "null"], "default": null}\n'),
        (TIGHT, '{"name":"a","type":["string","null"],"default":null}'),
        (APART, APART.replace("  ]\n}", '  ],\n  "default": null\n}')),
    ],
)
def test_a_key_is_put_in_the_layout_of_its_neighbours(text: str, expected: str) -> None:
    assert put(read(text), (), "default", None).text == expected


def test_a_key_is_put_behind_another() -> None:
    found = put(read(APART), (), "aliases", ["b"], after="name")

    assert found.text == APART.replace('"a",\n', '"a",\n  "aliases": ["b"],\n')


def test_one_key_alone_gets_a_space() -> None:
    assert put(read('{"a": 1}'), (), "b", 2).text == '{"a": 1, "b": 2}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", '["x"]'),
        ('["a"]', '["a", "x"]'),
        ('["a","b"]', '["a","b","x"]'),
        ('[\n  "a"\n]', '[\n  "a",\n  "x"\n]'),
    ],
)
def test_an_item_is_appended_in_the_layout_of_the_list(text: str, expected: str) -> None:
    assert append(read(text), (), "x").text == expected


@pytest.mark.parametrize("text", [ONE_LINE, APART, TIGHT])
def test_an_item_goes_to_the_front_and_the_layout_stays(text: str) -> None:
    found = to_front(read(text), ("type",), 1).text

    assert found == text.replace('"string"', "?").replace('"null"', '"string"').replace(
        "?", '"null"'
    )


@pytest.mark.parametrize(
    "edit",
    [
        lambda each: put(each, (), "name", "b"),
        lambda each: put(each, ("nowhere",), "name", "b"),
        lambda each: append(each, (), "b"),
        lambda each: to_front(each, ("type",), 2),
    ],
)
def test_what_is_not_there_is_not_edited(edit: Callable[[Document], Document]) -> None:
    with pytest.raises(LadingError, match="no longer"):
        edit(read(ONE_LINE))


def test_yaml_is_left_to_its_author() -> None:
    with pytest.raises(LadingError, match="only JSON"):
        put(Document("x.yaml", "a: 1\n", {"a": 1}, Syntax.YAML), (), "b", 2)


@given(value=values, indent=st.sampled_from([None, 0, 2]))
def test_an_extent_is_the_text_of_its_value(value: JsonValue, indent: int | None) -> None:
    """Every value is found, and its extent parses to it."""
    text = json.dumps(value, indent=indent)
    found = extents(text)

    assert {at: json.loads(text[each.start : each.end]) for at, each in found.items()} == dict(
        nodes(value)
    )


@given(value=values, indent=st.sampled_from([None, 0, 2]), data=st.data())
def test_an_edit_changes_what_was_asked(
    value: JsonValue, indent: int | None, data: st.DataObject
) -> None:
    """Whatever the text, what comes out is the edited value: the edit itself has checked it."""
    document = read(json.dumps(value, indent=indent))
    at, node = data.draw(st.sampled_from(nodes(document.value)))
    if isinstance(node, dict) and node:
        edited = put(document, at, "new", [1], after=data.draw(st.sampled_from(sorted(node))))
    elif isinstance(node, list):
        edited = append(document, at, "new")
    else:
        return

    assert len(nodes(edited.value)) > len(nodes(document.value))
    assert edited.value != document.value
