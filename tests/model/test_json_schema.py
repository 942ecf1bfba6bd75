"""JSON Schema: one normal form for every spelling, and what is refused."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.model import (
    Anything,
    Array,
    Contract,
    Enum,
    Field,
    Kind,
    Limits,
    Logical,
    Nothing,
    Opaque,
    Record,
    Ref,
    Restricted,
    Scalar,
    ScalarType,
    Union,
)
from model.reading import Found, read, wrong
from strategies import Json, json_schemas

NULL, TEXT = Scalar(ScalarType.NULL), Scalar(ScalarType.STRING)
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"


def schema(node: Any, references: dict[str, Any] | None = None) -> Contract:
    return read(Kind.JSON, node, references)


@pytest.mark.parametrize(
    "node",
    [
        {"type": ["string", "null"]},
        {"type": ["null", "string"]},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"oneOf": [{"type": "null"}, {"type": "string"}]},
        {"anyOf": [{"type": "string"}, {"const": None}]},
        {"allOf": [{"type": ["string", "null"]}]},
    ],
)
def test_every_spelling_of_nullable_is_one_union(node: dict[str, Any]) -> None:
    assert schema(node).body == Union((NULL, TEXT))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("true", Anything()),
        ("false", Nothing()),
        ({}, Anything()),
        ({"allOf": [{"description": "x"}]}, Anything()),
        ({"const": "A"}, Enum(("A",))),
        ({"const": None}, NULL),
        ({"enum": ["A", None]}, Union((NULL, Enum(("A",))))),
        ({"type": "string", "enum": ["A", None, 3]}, Enum(("A",))),
        ({"enum": ["A", "BB"], "maxLength": 1}, Enum(("A",))),
        ({"enum": []}, Nothing()),
        ({"type": "string", "format": "date"}, Scalar(ScalarType.STRING, Logical("date"))),
        ({"type": "string", "minLength": 0}, TEXT),
        (
            {"type": "number", "exclusiveMinimum": True, "minimum": 1},
            Scalar(ScalarType.NUMBER, limits=Limits(exclusive_minimum=1)),
        ),
        (
            {"type": "number", "exclusiveMinimum": 1},
            Scalar(ScalarType.NUMBER, limits=Limits(exclusive_minimum=1)),
        ),
        ({"type": "array", "minItems": 1}, Array(Anything(), limits=Limits(min_items=1))),
        ({"type": "string", "x-extensible-enum": ["A"]}, Enum(("A",), open=True)),
        ({"type": "object"}, Record((), rest=Anything())),
        ({"properties": {}, "additionalProperties": False}, Record((), rest=Nothing())),
        (
            {"type": "object", "required": ["a"]},
            Record((Field("a", Anything()),), rest=Anything()),
        ),
        (
            {"properties": {"__proto__": {"type": "string", "default": "x"}}},
            Record((Field("__proto__", TEXT, required=False, default="x"),), rest=Anything()),
        ),
    ],
)
def test_the_normal_form(node: Any, expected: object) -> None:
    assert schema(node).body == expected


def test_objects_that_are_all_asked_for_become_one() -> None:
    found = schema(
        {
            "allOf": [
                {"$ref": "#/definitions/Base"},
                {"properties": {"b": {"type": "string"}}, "required": ["a"]},
            ],
            "definitions": {"Base": {"type": "object", "properties": {"a": {"type": "string"}}}},
            "$schema": DRAFT_7,
        }
    ).body
    assert found == Record((Field("a", TEXT), Field("b", TEXT, required=False)), rest=Anything())


A_OR_B = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}


@pytest.mark.parametrize(
    ("dialect", "one", "other"),
    [
        (
            DRAFT_7,
            {**A_OR_B, "dependencies": {"a": ["b"]}},
            {**A_OR_B, "dependencies": {"a": {"required": ["b"]}}},
        ),
        (
            DRAFT_2020,
            {**A_OR_B, "dependentRequired": {"a": ["b", "a"]}},
            {**A_OR_B, "allOf": [{"dependentSchemas": {"a": {"required": ["b"]}}}]},
        ),
        (
            DRAFT_2020,
            {"allOf": [A_OR_B, {"required": ["a"]}], "unevaluatedProperties": False},
            {**A_OR_B, "required": ["a"], "additionalProperties": False},
        ),
        (DRAFT_2020, {**A_OR_B, "if": True}, A_OR_B),
        (DRAFT_2020, {**A_OR_B, "unevaluatedProperties": True}, A_OR_B),
        (DRAFT_2020, {"type": "boolean", "not": {"const": True}}, {"enum": [False]}),
        (DRAFT_2020, {"enum": ["A", "AB"], "not": {"minLength": 2}}, {"enum": ["A"]}),
        (DRAFT_2020, {"type": "string", "not": {"const": 1}}, {"type": "string", "not": False}),
        (
            DRAFT_2020,
            {"type": "array", "prefixItems": [A_OR_B], "unevaluatedItems": False},
            {"type": "array", "prefixItems": [A_OR_B], "items": False},
        ),
        (
            DRAFT_2020,
            {"type": "integer", "allOf": [{"minimum": 1}, {"type": "number", "maximum": 3}]},
            {"type": "integer", "minimum": 1, "maximum": 3},
        ),
    ],
)
def test_two_spellings_of_one_condition_are_one(
    dialect: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    found = [schema({"$schema": dialect, **each}).body for each in (one, other)]
    assert found[0] == found[1]
    assert not isinstance(found[0], Opaque)


@pytest.mark.parametrize(
    ("dialect", "node"),
    [
        (DRAFT_2020, {"type": "number", "minimum": 1, "exclusiveMinimum": True}),
        (DRAFT_2020, {"items": [{"type": "string"}]}),
        (DRAFT_2020, {"minContains": "1", "contains": True}),
        (DRAFT_2020, {"dependentRequired": {"a": "b"}}),
        (DRAFT_2020, {"anyOf": [A_OR_B], "unevaluatedProperties": False}),
        (DRAFT_2020, {"allOf": [{"additionalProperties": True}], "unevaluatedProperties": False}),
        (DRAFT_2020, {"contains": True, "unevaluatedItems": False}),
    ],
)
def test_a_keyword_of_another_form_or_beyond_us_is_not_decided(
    dialect: str, node: dict[str, Any]
) -> None:
    assert isinstance(schema({"$schema": dialect, **node}).body, Opaque)


def test_what_must_not_match_is_read_to_the_letter() -> None:
    """Elsewhere an object without `type` is an object; here that would accept what is refused."""
    loose, strict = ({"not": {"required": ["a"]} | each} for each in ({}, {"type": "object"}))
    assert schema(loose).body != schema(strict).body
    assert schema({"type": "object", **loose}).body == schema({"type": "object", **strict}).body


def test_a_schema_that_names_itself_ends() -> None:
    node = {"$ref": "#/$defs/N", "$defs": {"N": {"properties": {"n": {"$ref": "#/$defs/N"}}}}}
    found = schema(node)
    expected = Record((Field("n", Ref("N"), required=False),), name="N", rest=Anything())
    assert (found.body, found.types) == (Ref("N"), {"N": expected})


def test_what_is_not_decided_is_kept_with_everything_it_refers_to() -> None:
    node: dict[str, Any] = {
        "not": {"$ref": "#/$defs/A"},
        "$defs": {"A": {"properties": {"title": {"$ref": "#/$defs/B"}}}, "B": {"type": "string"}},
    }
    before = schema(node)
    node["$defs"]["B"]["description"] = "words are not meaning"
    described = schema(node)
    node["$defs"]["B"]["type"] = "integer"
    after = schema(node)
    assert isinstance(before.body, Restricted)
    assert before.body == described.body != after.body


def test_a_file_of_the_workspace_can_be_referred_to() -> None:
    other = {"$defs": {"X": {"$ref": "#/$defs/Y"}, "Y": {"type": "string"}}}
    found = schema({"items": {"$ref": "b.json#/$defs/X"}}, {"b.json": other})
    assert found.body == Array(Ref("b.json#X"))
    assert found.types == {"b.json#X": Ref("b.json#Y"), "b.json#Y": TEXT}
    assert [each.name for each in found.documents] == ["a.json", "b.json.json"]
    assert [each.name for each in found.references] == ["b.json"]


WRONG: list[tuple[Any, list[Found]]] = [
    ("5", [("LAD010", 1, 1)]),
    ({"type": "strng"}, [("LAD010", 1, 2)]),
    ({"type": [{}]}, [("LAD010", 1, 2)]),
    ({"type": "string", "maxLength": "5"}, [("LAD010", 1, 20)]),
    ({"type": "string", "minLength": -1}, [("LAD010", 1, 20)]),
    ({"type": "string", "pattern": 5}, [("LAD010", 1, 20)]),
    ({"required": [1]}, [("LAD010", 1, 15)]),
    ({"properties": []}, [("LAD010", 1, 2)]),
    ({"allOf": {}}, [("LAD010", 1, 2)]),
    ({"$defs": {"Unused": {"type": "nope"}}}, [("LAD010", 1, 23)]),
    ({"$ref": "#/$defs/A"}, [("LAD012", 1, 2)]),
    ({"$ref": "#"}, [("LAD012", 1, 2)]),
    ({"$defs": {"A": {"$ref": "#/$defs/A"}}}, [("LAD012", 1, 18)]),
    ({"$ref": "b.json#/gone"}, [("LAD012", 1, 2)]),
    ({"$ref": f"#/$defs/0/{'9' * 5000}", "$defs": {"0": {"enum": ["a"]}}}, [("LAD012", 1, 2)]),
    ({"$ref": f"#/allOf/{'9' * 5000}", "allOf": [True]}, [("LAD012", 1, 2)]),
    ({"allOf": [True], "properties": {"x": {"type": "nope"}}}, [("LAD010", 1, 40)]),
    ({"$ref": "b.json", "properties": {"x": {"type": "nope"}}}, [("LAD010", 1, 41)]),
    ({"$schema": "http://json-schema.org/draft-04/schema#"}, [("LAD018", 1, 2)]),
]


@pytest.mark.parametrize(("node", "expected"), WRONG)
def test_what_is_no_schema_is_refused_at_its_place(node: Any, expected: list[Found]) -> None:
    assert wrong(Kind.JSON, node, {"b.json": {}}) == expected


def _chain(link: Any, length: int) -> dict[str, Any]:
    defs = {f"A{each}": link(f"#/$defs/A{each + 1}") for each in range(length)}
    return {"$ref": "#/$defs/A0", "$defs": {**defs, f"A{length}": {"type": "string"}}}


@pytest.mark.parametrize(
    "bomb",
    [
        _chain(lambda to: {"$ref": to}, 2000),
        _chain(lambda to: {"properties": {"x": {"$ref": to}}}, 2000),
        _chain(lambda to: {"allOf": [{"$ref": to}, {"$ref": to}]}, 60),
        _chain(lambda to: {"allOf": [{"$ref": to}, {"properties": {to: {}}}]}, 200),
        _chain(lambda to: {"anyOf": [{"$ref": to}, {"items": {"$ref": to}}]}, 60),
        _chain(lambda to: {"not": {"anyOf": [{"$ref": to}, {"$ref": to}]}}, 100),
    ],
)
def test_a_schema_that_doubles_at_every_step_is_settled_in_time(bomb: dict[str, Any]) -> None:
    """Read, or refused once because too much of it cannot be decided."""
    start = time.process_time()
    assert [code for code, *_ in wrong(Kind.JSON, bomb)] in ([], ["LAD003"])
    assert time.process_time() - start < 5


def _shuffled(value: Any, order: list[int]) -> Any:
    if isinstance(value, list):
        return [_shuffled(each, order) for each in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda each: order[hash(each) % len(order)])
    return {key: _shuffled(value[key], order) for key in keys}


@settings(max_examples=150, deadline=None)
@given(json_schemas(), st.permutations(range(7)), st.sampled_from([None, 1]))
def test_neither_the_order_of_keys_nor_the_layout_is_meaning(
    node: Json, order: list[int], indent: int | None
) -> None:
    other = read(Kind.JSON, json.dumps(_shuffled(node, list(order)), indent=indent))
    assert other.fingerprint == schema(node).fingerprint


APART = [
    {"type": "object", "unevaluatedProperties": {"type": "string"}, "anyOf": [{}, {"minItems": 1}]},
    {"maxProperties": 2},
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"contentEncoding": "base64"}, {"contentEncoding": "base32"}),
        ({"x-foo": 1}, {"x-foo": 2}),
        ({"minProperties": 1}, {"minProperties": 2}),
    ],
)
def test_what_stands_beside_undecided_parts_is_kept_with_them(one: Any, other: Any) -> None:
    """Who cannot decide about the parts says of nothing beside them that it means nothing."""
    found = [schema({"allOf": APART, **each}).body for each in (one, other)]
    assert all(isinstance(each, Opaque) for each in found)
    assert found[0] != found[1]


@pytest.mark.parametrize(
    "beside", [{}, {"maxLength": None}, {"discriminator": {"defaultMapping": "b"}}]
)
@pytest.mark.parametrize("word", ["x-unit", "x-scheme"])
def test_a_unit_makes_a_plain_type_no_other_one(beside: dict[str, Any], word: str) -> None:
    plain = {"type": "string", **beside}
    said = schema({**plain, word: "KGM"}).body
    assert isinstance(said, Scalar)
    assert replace(said, unit=None, scheme=None) == schema(plain).body
    assert "KGM" in {said.unit, said.scheme}


def test_a_place_is_no_name() -> None:
    """What is referred to where it stands has none that anybody gave it."""
    node = {"properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "object"}}}
    other = {"$ref": "#/$defs/B", "$defs": {"B": {"type": "object"}}}
    found = [*schema(node).types.values(), *schema(other).types.values()]
    assert [each.name for each in found if isinstance(each, Record)] == ["", "B"]
