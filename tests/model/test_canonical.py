"""The fingerprint follows the meaning; the stored text follows the text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.model import Kind, canonical_text, read_document
from model.reading import read
from strategies import Json, avro_pairs, avro_schemas

ORDER: dict[str, Any] = {
    "type": "record",
    "name": "n.Order",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {
            "name": "sum",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
            "default": "\u0000",
        },
        {"name": "state", "type": {"type": "enum", "name": "S", "symbols": ["A", "B"]}},
    ],
}


def _changed(change: Any) -> Any:
    node = json.loads(json.dumps(ORDER))
    change(node)
    return node


@pytest.mark.parametrize(
    "change",
    [
        lambda node: node.update(doc="words"),
        lambda node: node["fields"][0].update(doc="words", order="Ascending"),
        lambda node: node.update(name="Order", namespace="n"),
        lambda node: node["fields"][0].update(type={"type": "string"}),
        lambda node: node["fields"][2]["type"].update(foreign=1),
        lambda node: node["fields"][3]["type"].update(name="n.S"),
    ],
)
def test_spelling_and_words_leave_the_fingerprint(change: Any) -> None:
    assert read(Kind.AVRO, _changed(change)).fingerprint == read(Kind.AVRO, ORDER).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        lambda node: node["fields"][0].update(name="key"),
        lambda node: node["fields"][0].update(aliases=["key"]),
        lambda node: node["fields"][0].update(default="x"),
        lambda node: node["fields"][0].update({"type": "string", "x-unit": "KGM"}),
        lambda node: node["fields"][1]["type"].update(logicalType="timestamp-micros"),
        lambda node: node["fields"][1]["type"].pop("logicalType"),
        lambda node: node["fields"][2]["type"].update(scale=3),
        lambda node: node["fields"][2].update(default="\u0001"),
        lambda node: node["fields"][3]["type"].update(default="A"),
        lambda node: node["fields"][3]["type"].update(symbols=["B", "A"]),
        lambda node: node["fields"].reverse(),
        lambda node: node["fields"][0].update(order="ignore"),
        lambda node: node.update(aliases=["Old"]),
    ],
)
def test_meaning_changes_the_fingerprint(change: Any) -> None:
    """Each of these is invisible to Avro's Parsing Canonical Form or changes the bytes."""
    assert read(Kind.AVRO, _changed(change)).fingerprint != read(Kind.AVRO, ORDER).fingerprint


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ({"maximum": 1.0, "type": "number"}, {"type": "number", "maximum": 1}, True),
        ({"enum": ["A", "B"]}, {"enum": ["B", "A"]}, True),
        ({"type": ["string", "integer"]}, {"type": ["integer", "string"]}, True),
        ({"$defs": {"Unused": {"type": "string"}}}, {}, True),
        ({"type": "string", "maxLength": 3}, {"type": "string"}, False),
        ({"type": "string", "format": "date"}, {"type": "string"}, False),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            {"type": ["string", "integer"]},
            False,
        ),
    ],
)
def test_json_schema_has_no_order(old: Json, new: Json, same: bool) -> None:
    found = read(Kind.JSON, old).fingerprint == read(Kind.JSON, new).fingerprint
    assert found is same


def _shuffled(value: Any, reverse: bool) -> Any:
    if isinstance(value, list):
        return [_shuffled(each, reverse) for each in value]
    if isinstance(value, dict):
        return {key: _shuffled(value[key], reverse) for key in sorted(value, reverse=reverse)}
    return value


@settings(max_examples=150, deadline=None)
@given(avro_schemas(), st.booleans(), st.sampled_from([None, 0, 3]))
def test_neither_the_order_of_keys_nor_the_layout_is_meaning(
    schema: Json, reverse: bool, indent: int | None
) -> None:
    other = read(Kind.AVRO, json.dumps(_shuffled(schema, reverse), indent=indent))
    assert other == read(Kind.AVRO, schema)


@settings(max_examples=150, deadline=None)
@given(avro_pairs())
def test_equal_fingerprints_and_equal_normal_forms_are_the_same_thing(
    pair: tuple[Json, Json],
) -> None:
    old, new = (read(Kind.AVRO, each) for each in pair)
    assert (old.fingerprint == new.fingerprint) is ((old.body, old.types) == (new.body, new.types))


@settings(max_examples=100, deadline=None)
@given(avro_schemas())
def test_the_stored_text_is_the_same_contract_and_stays_the_same(schema: Json) -> None:
    document = read_document("a.avsc", json.dumps(schema, indent=2).encode())
    stored = canonical_text(Kind.AVRO, document)
    again = read_document("a.avsc", stored.encode())
    assert read(Kind.AVRO, stored) == read(Kind.AVRO, schema)
    assert canonical_text(Kind.AVRO, again) == stored
    assert "\n" not in stored


def test_kinds_that_are_files_for_people_keep_their_comments() -> None:
    document = read_document("a.yaml", b"# why\r\na: 1\r\n\r\n")
    assert canonical_text(Kind.TAXONOMY, document) == "# why\na: 1\n"
