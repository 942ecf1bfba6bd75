"""Whether one schema surely is within another: what is known, and what is not claimed."""

from __future__ import annotations

from typing import Any

import pytest

from lading.model.inclusion import apart, within
from strategies import json_contract

TEXT = {"type": "string"}
WITHIN: list[tuple[Any, Any]] = [
    (TEXT, True),
    (False, TEXT),
    ({"type": "integer", "minimum": 1}, {"type": "number", "exclusiveMinimum": 0}),
    ({"type": "number", "exclusiveMinimum": 0}, {"type": "number", "minimum": 0}),
    ({"type": "number", "exclusiveMaximum": 2}, {"type": "number", "maximum": 2}),
    (TEXT | {"minLength": 2, "maxLength": 3}, TEXT | {"minLength": 1, "maxLength": 3}),
    ({"enum": ["A", 1]}, {"type": ["string", "number"]}),
    ({"enum": ["A"]}, TEXT | {"maxLength": 1}),
    (TEXT, {"anyOf": [TEXT, {"type": "integer"}]}),
    ({"type": "array", "items": {"enum": [1]}}, {"type": "array", "items": {"type": "integer"}}),
    ({"type": "array", "uniqueItems": True}, {"type": "array"}),
    (
        {"type": "object", "properties": {"a": {"enum": ["A"]}}, "required": ["a"]},
        {"type": "object", "properties": {"a": TEXT}},
    ),
    (
        {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
        {"type": "object", "additionalProperties": TEXT},
    ),
    (TEXT, {"not": {"type": "integer"}}),
    (TEXT, {"if": {"type": "integer"}, "then": {"minimum": 1}}),
    (TEXT, {"contains": TEXT}),
    ({"allOf": [TEXT], "not": {"const": "A"}}, TEXT),
]
UNKNOWN: list[tuple[Any, Any]] = [
    (TEXT, False),
    (TEXT, {"type": "integer"}),
    (TEXT, TEXT | {"minLength": 1}),
    (TEXT | {"maxLength": 2}, TEXT | {"maxLength": 1}),
    (TEXT | {"pattern": "^A"}, TEXT | {"pattern": "^AB"}),
    (TEXT | {"format": "date"}, TEXT | {"format": "uuid"}),
    ({"type": "number", "minimum": 0}, {"type": "number", "exclusiveMinimum": 0}),
    ({"type": "number", "maximum": 2}, {"type": "number", "exclusiveMaximum": 2}),
    ({"type": "number"}, {"type": "number", "multipleOf": 0.5}),
    ({"type": "number"}, {"type": "integer"}),
    ({"enum": ["A", 1]}, TEXT),
    (TEXT, {"oneOf": [TEXT, {"type": "string", "maxLength": 1}]}),
    ({"type": "array"}, {"type": "array", "uniqueItems": True}),
    ({"type": "array"}, {"contains": TEXT}),
    ({"type": "object"}, {"propertyNames": {"maxLength": 1}}),
    ({"type": "object"}, {"type": "object", "required": ["a"]}),
    (
        {"type": "object", "properties": {"a": TEXT}},
        {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
    ),
    ({"type": "object"}, {"type": "object", "properties": {"a": TEXT}}),
    ({"type": "object"}, {"type": "object", "additionalProperties": False}),
    ({"type": "object", "properties": {"a": TEXT}}, {"additionalProperties": {"type": "integer"}}),
    (
        {"type": "object", "patternProperties": {"^a": TEXT}},
        {"type": "object", "properties": {"a": {"type": "integer"}}},
    ),
    ({"type": "integer"}, {"not": {"const": 1}}),
    (TEXT, {"if": {"maxLength": 1}, "then": {"const": "A"}}),
]


def bodies(*pair: Any) -> tuple[Any, Any, Any]:
    narrow, wide = (json_contract({"allOf": [each]}).exact for each in pair)
    return narrow.body, wide.body, (narrow.types, wide.types)


@pytest.mark.parametrize("pair", WITHIN)
def test_what_surely_is_within_is_said_to_be(pair: tuple[Any, Any]) -> None:
    assert within(*bodies(*pair))


@pytest.mark.parametrize("pair", UNKNOWN)
def test_nothing_else_is(pair: tuple[Any, Any]) -> None:
    assert not within(*bodies(*pair))


def test_a_schema_that_leads_to_itself_is_not_known() -> None:
    """It ends, though nothing is decided."""
    tree = {"type": "object", "properties": {"below": {"$ref": "#"}}}

    assert not within(*bodies(tree, tree | {"required": ["below"]}))


@pytest.mark.parametrize(
    ("pair", "none"),
    [
        ((TEXT, {"type": "integer"}), True),
        (({"type": "number"}, {"type": "integer"}), False),
        (({"enum": ["A"]}, TEXT | {"minLength": 2}), True),
        ((TEXT | {"minLength": 2}, {"enum": ["A"]}), True),
        ((TEXT, {"enum": ["A"]}), False),
    ],
)
def test_apart_is_said_where_no_value_is_in_both(pair: tuple[Any, Any], none: bool) -> None:
    assert apart(*bodies(*pair)) is none
