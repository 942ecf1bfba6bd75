"""Which dialect has which keyword, held against jsonschema-rs and the text of OpenAPI 3.0."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from lading.model.contract import Kind
from lading.model.dialects import Dialect, dialect_of, foreign
from lading.model.errors import ContractError
from lading.model.schema import Anything, Opaque
from model.reading import read
from sampling import json_ as json_pairs
from soundness import contract

ADDRESSES = {
    Dialect.DRAFT_6: "http://json-schema.org/draft-06/schema#",
    Dialect.DRAFT_7: "http://json-schema.org/draft-07/schema#",
    Dialect.DRAFT_2019: "https://json-schema.org/draft/2019-09/schema",
    Dialect.DRAFT_2020: "https://json-schema.org/draft/2020-12/schema",
}
REFUSING: dict[str, tuple[dict[str, Any], Any]] = {
    "$dynamicRef": ({"properties": {"a": {"$dynamicRef": "#/definitions/N"}}}, {"a": 1}),
    "$recursiveRef": (
        {"properties": {"a": {"$recursiveRef": "#"}, "b": False}},
        {"a": {"b": 1}},
    ),
    "additionalItems": ({"items": [True], "additionalItems": False}, [1, 2]),
    "const": ({"const": "a"}, "b"),
    "contains": ({"contains": {"type": "string"}}, [1]),
    "dependencies": ({"dependencies": {"a": ["b"]}}, {"a": 1}),
    "dependentRequired": ({"dependentRequired": {"a": ["b"]}}, {"a": 1}),
    "dependentSchemas": ({"dependentSchemas": {"a": False}}, {"a": 1}),
    "else": ({"if": False, "else": False}, 1),
    "if": ({"if": True, "then": False}, 1),
    "maxContains": ({"contains": True, "maxContains": 1}, [1, 2]),
    "minContains": ({"contains": True, "minContains": 2}, [1]),
    "patternProperties": ({"patternProperties": {"a": False}}, {"a": 1}),
    "prefixItems": ({"prefixItems": [False]}, [1]),
    "propertyNames": ({"propertyNames": False}, {"a": 1}),
    "then": ({"if": True, "then": False}, 1),
    "unevaluatedItems": ({"unevaluatedItems": False}, [1]),
    "unevaluatedProperties": ({"unevaluatedProperties": False}, {"a": 1}),
}
"""A schema and what it refuses, if its keyword is one."""
OPENAPI_30 = {
    *("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength"),
    *("minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxProperties"),
    *("minProperties", "required", "enum", "type", "allOf", "oneOf", "anyOf", "not", "items"),
    *("properties", "additionalProperties", "format", "nullable", "$ref"),
}
"""What asserts anything, of the fields of a Schema Object (OpenAPI 3.0.3)."""


@pytest.mark.parametrize("dialect", ADDRESSES)
@pytest.mark.parametrize("word", REFUSING)
def test_a_dialect_has_the_keywords_that_its_validator_counts(word: str, dialect: Dialect) -> None:
    """What it lacks, jsonschema-rs passes over."""
    schema, value = REFUSING[word]
    whole = {"$schema": ADDRESSES[dialect], "definitions": {"N": False}, **schema}
    try:
        taken = jsonschema_rs.validator_for(whole).is_valid(value)
    except ValueError:
        assert (word, dialect) == ("additionalItems", Dialect.DRAFT_2020)
        return

    assert (word in foreign(dialect)) is taken


def test_openapi_30_has_the_keywords_that_it_lists() -> None:
    assert not OPENAPI_30 & foreign(Dialect.OPENAPI_30)
    assert foreign(Dialect.OPENAPI_30) == set(REFUSING)


@pytest.mark.parametrize("dialect", ADDRESSES)
def test_a_keyword_of_another_dialect_says_nothing(dialect: Dialect) -> None:
    for word in foreign(dialect) - {"nullable", "$dynamicRef", "$recursiveRef", "additionalItems"}:
        value = REFUSING[word][0][word]
        found = read(Kind.JSON, {"$schema": ADDRESSES[dialect], word: value})
        assert found.body == found.exact.body == Anything(), word


def test_what_is_of_another_dialect_may_as_well_be_left_out() -> None:
    """Whatever it stands in, read as its authors mean it or to the letter."""
    rng, found = Random(11), 0
    for _ in range(1500):
        drawn = json_pairs.document(rng)
        drawn["$schema"] = ADDRESSES[rng.choice([*ADDRESSES])]
        dialect = dialect_of(drawn)
        for node in json_pairs.nodes(drawn):
            if rng.random() < 0.2:
                word = rng.choice(sorted(foreign(dialect) - {"$dynamicRef", "$recursiveRef"}))
                node.update({word: True} if word == "nullable" else deepcopy(REFUSING[word][0]))
        plain = deepcopy(drawn)
        for node in json_pairs.nodes(plain):
            for word in foreign(dialect) & node.keys():
                del node[word]
        try:
            one, other = (contract(Kind.JSON, each) for each in (drawn, plain))
            pairs = [(one, other), (one.exact, other.exact)]
        except ContractError:
            continue
        for a, b in pairs:
            if '"schema":' not in repr((a.body, a.types)):  # the text of what is not decided
                assert (a.body, a.types) == (b.body, b.types), (drawn, plain)
                found += drawn != plain

    assert found > 500


@pytest.mark.parametrize("word", sorted(set(REFUSING) - {"$dynamicRef", "$recursiveRef"}))
def test_what_openapi_30_does_not_have_is_not_decided(word: str) -> None:
    """It is "strictly unsupported", so that one reader counts it and another does not."""
    schema = REFUSING[word][0]
    body = _body("3.0.3", schema)

    assert isinstance(body, Opaque)
    assert word in body.keywords


@pytest.mark.parametrize(
    ("version", "schema"),
    [
        ("3.0.3", {"type": ["string", "null"]}),
        ("3.0.3", {"type": "array", "items": [True]}),
        ("3.0.3", {"type": "number", "exclusiveMinimum": 1}),
        ("3.1.0", {"type": "number", "minimum": 1, "exclusiveMinimum": True}),
        ("3.1.0", {"type": "array", "items": [True]}),
    ],
)
def test_a_form_of_another_dialect_is_not_decided(version: str, schema: dict[str, Any]) -> None:
    assert isinstance(_body(version, schema), Opaque)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"openapi": "3.0.4"}, Dialect.OPENAPI_30),
        ({"openapi": "3.0.4", "jsonSchemaDialect": ADDRESSES[Dialect.DRAFT_7]}, Dialect.OPENAPI_30),
        ({"openapi": "3.1.1"}, Dialect.DRAFT_2020),
        ({"openapi": "3.2.0"}, Dialect.DRAFT_2020),
        ({"openapi": "3.1.0", "jsonSchemaDialect": ADDRESSES[Dialect.DRAFT_7]}, Dialect.DRAFT_7),
        ({"$schema": "https://spec.openapis.org/oas/3.1/dialect/base"}, Dialect.DRAFT_2020),
        *(({"$schema": address}, each) for each, address in ADDRESSES.items()),
        ({"type": "string"}, None),
        (True, None),
    ],
)
def test_a_document_says_its_dialect(document: Any, expected: Dialect | None) -> None:
    assert dialect_of(document) is expected


def test_a_file_that_does_not_say_its_dialect_has_that_of_the_document() -> None:
    """Beside a reference of OpenAPI 3.0 nothing counts, in whichever file it stands."""
    part = {"T": {"$ref": "#/U", "maxLength": 1}, "U": {"type": "string", "nullable": True}}
    bodies = [
        _body(version, {"$ref": "part.json#/T"}, {"part.json": part})
        for version in ("3.0.3", "3.1.0")
    ]

    assert "max_length=1" not in repr(bodies[0])
    assert "max_length=1" in repr(bodies[1])
    assert "'null'" in repr(bodies[0])
    assert "'null'" not in repr(bodies[1])


def _body(version: str, schema: Any, references: Any = None) -> Any:
    """The schema of a request body; what it refers to is read with it."""
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    api = {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {"/x": {"post": operation}},
    }
    found = read(Kind.OPENAPI, api, references)
    body: Any = found.body
    made = body.operations[0].body.contents[0].schema
    return (made, found.types) if references else made
