"""Contracts as the loader gives them, not made by hand."""

from __future__ import annotations

import json
import sys
from importlib import import_module, invalidate_caches
from typing import TYPE_CHECKING, Any

import fastavro
import pytest
from pydantic import ValidationError

from lading.codegen import CodegenError, generate_python, write
from lading.model.contract import Contract, Kind
from lading.model.document import Document
from lading.model.read import read_contract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

OUTER = {
    "type": "record",
    "name": "Outer",
    "namespace": "acme.nested.v1",
    "fields": [
        {
            "name": "kind",
            "type": {"type": "enum", "name": "Kind", "symbols": ["A"], "default": "A"},
            "doc": "Which.",
        },
        {"name": "again", "type": ["null", "Kind"], "default": None},
        {"name": "parts", "type": {"type": "array", "items": "acme.parts.v1.Part"}},
        {"name": "spare", "type": "acme.parts.v1.Size"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "nanos", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
        {"name": "since", "type": {"type": "int", "logicalType": "date"}, "default": 0},
        {"name": "input", "type": "double", "default": 1.5},
        {"name": "itemId", "type": "string"},
    ],
}
PART = {
    "type": "record",
    "name": "Part",
    "namespace": "acme.parts.v1",
    "fields": [
        {"name": "size", "type": {"type": "fixed", "name": "Size", "size": 2}},
        {
            "name": "price",
            "type": {
                "type": "fixed",
                "name": "Price",
                "size": 8,
                "logicalType": "decimal",
                "precision": 12,
                "scale": 3,
            },
        },
        {"name": "more", "type": {"type": "array", "items": "Part"}, "default": []},
        {
            "name": "hint",
            "type": ["null", {"type": "array", "items": "string"}, "string"],
            "default": "none",
        },
    ],
}
RATES = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["lane", "rates"],
    "additionalProperties": False,
    "properties": {
        "lane": {"type": "string", "pattern": "^[A-Z]{2}-[A-Z]{2}$"},
        "rates": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Rate"}},
        "note": {"type": ["string", "null"], "maxLength": 5},
        "day": {"type": ["string", "null"], "enum": ["2026-12-01", None], "format": "date"},
    },
    "$defs": {
        "Rate": {
            "type": "object",
            "description": "One price.",
            "required": ["weight"],
            "properties": {"weight": {"type": "integer", "minimum": 1}, "fuel": {"type": "number"}},
        }
    },
}


def document(name: str, value: Any) -> Document:
    return Document(name, json.dumps(value), value)


def avro() -> Contract:
    part = document("Part.avsc", PART)
    references = {"acme.parts.v1.Part": part, "acme.parts.v1.Size": part}
    return read_contract(Kind.AVRO, document("Outer.avsc", OUTER), references=references)


def rates(value: Any = None) -> Contract:
    return read_contract(Kind.JSON, document("rate-card.json", value or RATES))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    write(generate_python([avro(), rates()], name="loaded", version="1.0.0"), tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    invalidate_caches()
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "loaded"]:
        del sys.modules[name]


def module(name: str) -> ModuleType:
    return import_module(f"loaded.models.{name}")


def test_types_in_place_and_across_files_become_models_and_one_schema(made: Path) -> None:
    nested, parts = module("nested_v1"), module("parts_v1")
    part = parts.Part(size=b"ab", price="1.250")
    outer = nested.Outer(
        kind="A", parts=[part], spare=b"cd", at="2026-01-01T00:00:00.000001Z", nanos=1, itemId="x"
    )
    schema = fastavro.parse_schema(json.loads(nested.Outer.avro_schema()))
    assert fastavro.validate(outer.to_avro_dict(), schema, strict=True)
    assert outer.item_id == "x"
    assert part.hint == "none"
    assert outer.since.isoformat() == "1970-01-01"
    with pytest.raises(ValidationError):
        parts.Part(size=b"abc", price="1")
    with pytest.raises(ValidationError):
        parts.Part(size=b"ab", price="1.2345")


def test_json_schema_becomes_a_model_with_its_limits(made: Path) -> None:
    rate_card = module("rate_card_v1")
    good = {"lane": "DE-FR", "rates": [{"weight": 1, "extra": True}]}
    assert rate_card.RateCard.model_validate(good).rates[0].weight == 1
    assert rate_card.RateCard.model_validate(good | {"note": "short"}).note == "short"
    assert rate_card.RateCard.model_validate(good | {"note": None}).note is None
    assert rate_card.RateCard.model_validate(good | {"day": "2026-12-01"}).day == "2026-12-01"
    for bad in (
        {"lane": "de-fr"},
        {"rates": []},
        {"rates": [{"weight": 0}]},
        {"rates": [{"weight": "1"}]},
        {"note": "too long"},
        {"day": "2026-12-02"},
        {"other": 1},
    ):
        with pytest.raises(ValidationError):
            rate_card.RateCard.model_validate(good | bad)


def test_a_json_type_without_a_name_is_refused() -> None:
    odd = {**RATES, "properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "object"}}}
    with pytest.raises(CodegenError, match="no name that a class could have"):
        generate_python([rates(odd)], name="loaded", version="1.0.0")


ODD_NAMES = ("list", "str", "dict", "Decimal", "Field", "Money", "_private", "__dunder__")
ODD_NAMES += ("model_config", "copy", "to_avro_dict", "None", "self", "print", "eval", "class")


def test_fields_may_be_called_anything_avro_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields: list[dict[str, Any]] = [
        {"name": name, "type": "string", "default": name} for name in ODD_NAMES
    ]
    fields.append({"name": "items", "type": {"type": "array", "items": "string"}})
    fields.append({"name": "counts", "type": {"type": "map", "values": "int"}})
    value = {"type": "record", "name": "Odd", "namespace": "acme.odd.v1", "fields": fields}
    contract = read_contract(Kind.AVRO, document("Odd.avsc", value))
    write(generate_python([contract], name="odd-names", version="1.0.0"), tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    odd = import_module("odd_names.models.odd_v1").Odd
    message = odd.model_validate({"items": ["a"], "counts": {"b": 1}, "class": "c"})
    assert message.to_avro_dict() == {
        **{name: name for name in ODD_NAMES},
        "class": "c",
        "items": ["a"],
        "counts": {"b": 1},
    }
    assert odd.model_validate_json(message.model_dump_json()) == message
