"""What examples of APIs are made of: styles of parameters, texts for patterns, schemas cut out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.compat.witness.cut import UnreadableError, errors
from lading.compat.witness.patterns import matching
from lading.compat.witness.wire import Style, read, texts_of, write
from lading.model.names import matches

LIST = ["blue", "black", "brown"]
RGB = {"R": "100", "G": "200", "B": "150"}


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, LIST, ";color=blue,black,brown"),
        ("matrix", False, RGB, ";color=R,100,G,200,B,150"),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown"),
        ("matrix", True, RGB, ";R=100;G=200;B=150"),
        ("label", False, "blue", ".blue"),
        ("label", False, LIST, ".blue,black,brown"),
        ("label", True, LIST, ".blue.black.brown"),
        ("label", True, RGB, ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue"),
        ("simple", False, LIST, "blue,black,brown"),
        ("simple", False, RGB, "R,100,G,200,B,150"),
        ("simple", True, RGB, "R=100,G=200,B=150"),
        ("form", False, "blue", "color=blue"),
        ("form", False, LIST, "color=blue,black,brown"),
        ("form", False, RGB, "color=R,100,G,200,B,150"),
        ("form", True, LIST, "color=blue&color=black&color=brown"),
        ("form", True, RGB, "R=100&G=200&B=150"),
        ("spaceDelimited", False, LIST, "color=blue%20black%20brown"),
        ("spaceDelimited", False, RGB, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, LIST, "color=blue|black|brown"),
        ("deepObject", True, RGB, "color[R]=100&color[G]=200&color[B]=150"),
    ],
)
def test_a_parameter_is_written_and_read_as_the_specification_shows(
    style: str, explode: bool, value: Any, written: str
) -> None:
    """The table under "Style Examples" of OpenAPI 3.1.1."""
    spec = Style("color", style, explode)
    pairs = write(spec, value)
    in_query = style in ("form", "spaceDelimited", "pipeDelimited", "deepObject")
    assert "&".join(f"{k}={v}" if in_query else v for k, v in pairs) == written
    shape = {list: "array", dict: "object"}.get(type(value), "text")
    assert read(spec, pairs, shape) == value


@given(
    st.sampled_from(["form", "simple", "label", "matrix", "pipeDelimited"]),
    st.booleans(),
    st.lists(st.text(min_size=1), min_size=1),
)
def test_what_is_written_is_read_again(style: str, explode: bool, value: list[str]) -> None:
    texts = [each.replace(".", "") or "x" for each in value]  # a dot is not escaped, and a label's
    spec = Style("q", style, explode)
    try:
        pairs = write(spec, texts)
    except UnicodeEncodeError:
        return
    assert read(spec, pairs, "array") == texts


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{2}[A-Z2-9]{3}$",
        r"^\S(?:.*\S)?$",
        r"^\d{4}-\d{2}$",
        "^(A|B)+$",
        "^(?:x-)?[^ab]{3,}$",
        r"^[\]a-c]{2}\.\w+$",
        "abc",
    ],
)
def test_a_text_is_found_for_a_pattern(pattern: str) -> None:
    made = matching(pattern)
    assert made is not None
    assert re.search(pattern, made)


@given(st.text("^$[](){}?*+|\\dwSx-1,=!:.", max_size=12))
def test_no_pattern_is_too_strange(pattern: str) -> None:
    made = matching(pattern)
    assert made is None or matches(pattern, made)


def test_only_what_a_value_touches_is_looked_at() -> None:
    """A schema that leads to itself, and one that leads nowhere, do no harm where nothing is."""
    node = {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/N"}, "bad": {"$ref": "#/nowhere"}},
        "additionalProperties": {"$ref": "#/components/schemas/N"},
    }
    root = {"openapi": "3.1.0", "components": {"schemas": {"N": node}}}
    schema = {"$ref": "#/components/schemas/N"}
    assert errors(root, schema, {"next": {"other": {}}}, "request") == []
    assert [each for each, _ in errors(root, schema, {"next": {"next": 1}}, "request")] == [
        ("next", "next")
    ]
    with pytest.raises(UnreadableError):
        errors(root, schema, {"bad": 1}, "request")


def test_a_schema_that_only_leads_round_is_not_tried() -> None:
    twice = {"allOf": [{"$ref": "#/s"}, {"$ref": "#/s"}]}
    with pytest.raises(UnreadableError):
        errors({"openapi": "3.1.0", "s": twice}, {"$ref": "#/s"}, 1, "request")


@pytest.mark.parametrize(
    ("version", "schema", "value", "way", "good"),
    [
        ("3.0.3", {"type": "string", "nullable": True}, None, "request", True),
        ("3.0.3", {"nullable": True, "enum": ["A"]}, None, "request", False),
        ("3.1.0", {"type": "string", "nullable": True}, None, "request", False),
        ("3.0.3", {"minimum": 1, "exclusiveMinimum": True}, 1, "request", False),
        ("3.0.3", {"minimum": 1, "exclusiveMinimum": False}, 1, "request", True),
        ("3.0.3", {"type": "integer", "format": "int32"}, 2**31, "request", False),
        (
            "3.0.3",
            {"required": ["a"], "properties": {"a": {"readOnly": True}}},
            {},
            "request",
            True,
        ),
        (
            "3.0.3",
            {"required": ["a"], "properties": {"a": {"readOnly": True}}},
            {},
            "response",
            False,
        ),
        (
            "3.1.0",
            {"required": ["a"], "properties": {"a": {"readOnly": True}}},
            {},
            "request",
            False,
        ),
    ],
)
def test_a_schema_means_what_its_version_says(
    version: str, schema: Any, value: Any, way: Any, good: bool
) -> None:
    assert (errors({"openapi": version}, schema, value, way) == []) is good


def test_a_form_carries_texts() -> None:
    assert texts_of({"n": 1, "b": True, "l": [1.5, None], "none": []}) == {
        "n": "1",
        "b": "true",
        "l": ["1.5", ""],
    }
