"""What the random pairs of `tests/soundness.py` are made of: the whole language, not its middle."""

from __future__ import annotations

import io
import json
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import fastavro
import jsonschema_rs

from sampling import avro as avro_pairs
from sampling import json_ as json_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

AVRO_WORDS = {
    *avro_pairs.PRIMITIVES,
    *("record", "enum", "array", "map", "fixed", "union"),
    *("aliases", "default", "namespace", "logicalType", "symbols", "default of symbols"),
    *("date", "time-millis", "time-micros", "duration", "uuid", "decimal"),
    *("timestamp-millis", "timestamp-micros", "timestamp-nanos"),
    *("local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos"),
    "recursion",
}
"""Avro 1.12: every type, every logical type, and what resolution looks at beside them."""

JSON_WORDS = {
    *("type", "enum", "const", "format", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
    *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "dependencies"),
    *("items", "prefixItems", "additionalItems", "contains", "minContains", "maxContains"),
    *("minItems", "maxItems", "uniqueItems", "unevaluatedItems", "unevaluatedProperties"),
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref", "$defs", "definitions"),
}
"""The assertions and applicators of draft 7, 2019-09 and 2020-12."""


def avro_words(node: Any, inside: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(node, str):
        yield node if node not in inside else "recursion"
    elif isinstance(node, list):
        yield "union"
        for each in node:
            yield from avro_words(each, inside)
    elif isinstance(node, dict):
        yield from (str(word) for word in (node["type"], node.get("logicalType")) if word)
        yield from (key for key in node if key != "default")
        if node["type"] == "enum" and "default" in node:
            yield "default of symbols"
        named = (*inside, avro_pairs.full_name(node)) if "name" in node else inside
        for each in node.get("fields", ()):
            yield from (key for key in each if key in {"aliases", "default"})
            yield from avro_words(each["type"], named)
        for key in ("items", "values"):
            if key in node:
                yield from avro_words(node[key], named)


def test_avro_schemas_have_every_construct() -> None:
    """Each of them in one of four hundred schemas at least."""
    rng, seen = Random(1), Counter[str]()
    for _ in range(4000):
        seen.update(set(avro_words(avro_pairs.schema(rng))))

    assert {word for word in AVRO_WORDS if seen[word] < 10} == set()


def test_json_schemas_have_every_keyword() -> None:
    """Each of them in one of eight hundred schemas at least."""
    rng, seen = Random(1), Counter[str]()
    for _ in range(8000):
        root = json_pairs.document(rng)
        seen.update({word for node in json_pairs.nodes(root) for word in node})

    assert {word for word in JSON_WORDS if seen[word] < 10} == set()


def test_the_schemas_are_schemas() -> None:
    """fastavro and jsonschema-rs take them, and most of the pairs differ."""
    rng, alike = Random(2), 0
    for _ in range(300):
        old, new = avro_pairs.pair(rng)
        alike += old == new
        for each in (old, new):
            fastavro.parse_schema(json.loads(json.dumps(each)))
        old, new = json_pairs.pair(rng)
        alike += old == new
        for each in (old, new):
            assert jsonschema_rs.meta.is_valid(each)

    assert alike < 200


def test_messages_are_messages() -> None:
    """fastavro writes each of them, and of the values drawn for a JSON Schema many are valid."""
    rng, valid = Random(3), 0
    for _ in range(200):
        schema = avro_pairs.schema(rng)
        datum = avro_pairs.datum(rng, schema)
        fastavro.schemaless_writer(io.BytesIO(), fastavro.parse_schema(schema), datum)
        root = json_pairs.document(rng)
        valid += jsonschema_rs.validator_for(root).is_valid(json_pairs.instance(rng, root))

    assert valid > 50


def test_one_seed_draws_one_pair() -> None:
    draws = [
        [pairs.pair(rng) for _ in range(20)]
        for pairs in (avro_pairs, json_pairs)
        for rng in (Random(7), Random(7))
    ]

    assert draws[0] == draws[1]
    assert draws[2] == draws[3]
