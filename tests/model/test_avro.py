"""Avro schemas: what is refused and where, and the normal form of the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings

from lading.model import (
    NO_DEFAULT,
    Anything,
    ContractError,
    Enum,
    Kind,
    Logical,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Subject,
    Union,
    read_contract,
    read_document,
)
from model.reading import Found, read, wrong
from strategies import Json, avro_schemas


def record(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


def body(node: dict[str, Any], references: dict[str, Any] | None = None) -> Record:
    found = read(Kind.AVRO, node, references).body
    assert isinstance(found, Record)
    return found


WRONG: list[tuple[str, list[Found]]] = [
    # shapes
    ("5", [("LAD010", 1, 1)]),
    ('{"type": "record"}', [("LAD010", 1, 1), ("LAD010", 1, 1)]),
    ('{"name": "R"}', [("LAD010", 1, 1)]),
    ('{"type": "array"}', [("LAD010", 1, 1)]),
    ('{"type": "map"}', [("LAD010", 1, 1)]),
    ('"record"', [("LAD010", 1, 1)]),
    ('{"type": "enum", "name": "E", "symbols": []}', [("LAD010", 1, 1)]),
    ('{"type": "fixed", "name": "F", "size": -1}', [("LAD010", 1, 32)]),
    ('{"type": "record", "name": "R", "fields": [{"name": "a"}]}', [("LAD010", 1, 44)]),
    # names
    ('{"type": "record", "name": "x; import os", "fields": []}', [("LAD011", 1, 20)]),
    ('{"type": "record", "name": "R\\n", "fields": []}', [("LAD011", 1, 20)]),
    ('{"type": "record", "name": "R\u00e9", "fields": []}', [("LAD011", 1, 20)]),
    ('{"type": "record", "name": "a..b", "fields": []}', [("LAD011", 1, 20)]),
    ('{"type": "record", "name": "R", "namespace": "a.1", "fields": []}', [("LAD011", 1, 20)]),
    ('{"type": "record", "name": "string", "fields": []}', [("LAD011", 1, 20)]),
    (f'{{"type": "record", "name": "{"R" * 257}", "fields": []}}', [("LAD011", 1, 20)]),
    (
        """{"type": "record", "name": "R", "aliases": ["x y"],
"fields": [{"name": "a-b", "type": "int"},
{"name": "c", "type": "int", "aliases": ["d e"]}]}""",
        [("LAD011", 1, 33), ("LAD011", 2, 13), ("LAD011", 3, 30)],
    ),
    (
        '{"type": "enum", "name": "E", "symbols": ["A", "B-C", 5, "A"], "default": "Z"}',
        [("LAD011", 1, 48), ("LAD011", 1, 55), ("LAD014", 1, 58), ("LAD015", 1, 64)],
    ),
    # references
    ('"Nope"', [("LAD012", 1, 1)]),
    (
        """{"type": "record", "name": "R", "fields": [{"name": "a", "type": "S"},
{"name": "b", "type": {"type": "record", "name": "S", "fields": []}}]}""",
        [("LAD012", 1, 58)],
    ),
    # twice
    (
        """{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"},
{"name": "a", "type": "int"}]}""",
        [("LAD014", 2, 1)],
    ),
    (
        '[{"type": "fixed", "name": "F", "size": 1},\n{"type": "fixed", "name": "F", "size": 2}]',
        [("LAD017", 2, 1), ("LAD014", 2, 19)],
    ),
    # unions
    ("[]", [("LAD017", 1, 1)]),
    ('["int", "int"]', [("LAD017", 1, 9)]),
    ('["int", ["null"]]', [("LAD017", 1, 9)]),
    ('["int", {"type": ["null", "string"]}]', [("LAD017", 1, 9)]),
    (
        '[{"type": "array", "items": "int"}, {"type": "array", "items": "long"}]',
        [("LAD017", 1, 37)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_avro_forbids_is_refused_at_its_place(text: str, expected: list[Found]) -> None:
    assert wrong(Kind.AVRO, text) == expected


@pytest.mark.parametrize(
    ("type_", "default"),
    [
        ("null", 0),
        ("boolean", "true"),
        ("int", 1.5),
        ("int", True),
        ("int", 2**31),
        ("long", 2**63),
        ("double", "1"),
        ("string", None),
        ("bytes", "\u0100"),
        (["null", "string"], 1),
        (["null", {"type": "array", "items": ["null", "int"]}], ["x"]),
        ({"type": "array", "items": "int"}, ["x"]),
        ({"type": "map", "values": "int"}, {"a": "x"}),
        ({"type": "fixed", "name": "F", "size": 2}, "a"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, "B"),
        (record("S", field("a", "int")), {}),
        (record("S", field("a", "int")), {"a": "x"}),
    ],
)
def test_a_default_its_type_could_not_hold_is_refused(type_: Any, default: object) -> None:
    text = json.dumps(record("R", field("a", type_, default=default)))
    assert wrong(Kind.AVRO, text) == [("LAD015", 1, text.rindex('"default"') + 1)]


@pytest.mark.parametrize(
    ("type_", "default"),
    [
        (["null", "string"], None),
        (["null", "string"], "x"),
        (["string", "null"], None),
        ("long", -(2**63)),
        ("double", 1),
        ("bytes", "\u00ff"),
        ({"type": "array", "items": "int"}, []),
        (record("S", field("a", "int", default=1)), {}),
    ],
)
def test_a_default_is_kept_as_written(type_: Any, default: object) -> None:
    found = body(record("R", field("a", type_, default=default), field("b", "int")))
    assert [each.default for each in found.fields] == [default, NO_DEFAULT]
    assert [each.required for each in found.fields] == [False, True]


@pytest.mark.parametrize(
    "type_",
    [
        {"type": "bytes", "logicalType": "decimal"},
        {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 5},
        {"type": "bytes", "logicalType": "decimal", "precision": 0},
        {"type": "bytes", "logicalType": "decimal", "precision": True},
        {"type": "fixed", "name": "F", "size": 2, "logicalType": "decimal", "precision": 5},
        {"type": "fixed", "name": "F", "size": 8, "logicalType": "uuid"},
        {"type": "int", "logicalType": "timestamp-millis"},
        {"type": "string", "logicalType": "date"},
        {"type": "long", "logicalType": "timestamp-milis"},
        {"type": "long", "logicalType": 5},
    ],
)
def test_a_logical_type_that_cannot_be_is_refused(type_: dict[str, Any]) -> None:
    codes = [code for code, *_ in wrong(Kind.AVRO, record("R", field("a", type_)))]
    assert codes == ["LAD016"]


def test_a_logical_type_beside_the_type_is_refused_since_readers_ignore_it() -> None:
    text = (
        '{"type": "record", "name": "R", "fields": [\n'
        '{"name": "a", "type": "long", "logicalType": "date"}]}'
    )
    assert wrong(Kind.AVRO, text) == [("LAD016", 2, 31)]


def test_a_logical_type_of_somebody_else_is_kept() -> None:
    found = body(record("R", field("a", {"type": "string", "logicalType": "carrier-code"})))
    assert found.fields[0].schema == Scalar(ScalarType.STRING, logical=Logical("carrier-code"))


def test_words_that_are_keywords_in_python_are_names_like_any_other() -> None:
    found = body(record("R", field("class", "int"), field("from", "int"), field("None", "int")))
    assert [each.name for each in found.fields] == ["class", "from", "None"]


def test_the_normal_form_of_a_record() -> None:
    status = {"type": "enum", "name": "Status", "symbols": ["A", "UNKNOWN"], "default": "UNKNOWN"}
    found = read(
        Kind.AVRO,
        record(
            "Shipment",
            field("weight", "double", doc="how heavy", **{"x-unit": "KGM", "x-pii": "none"}),
            field("status", status | {"x-taxonomy": "shipment.status"}),
            field("next", ["null", "Shipment"], default=None),
            namespace="logistics.v1",
            aliases=["Old", "other.Old"],
            doc="one shipment",
        ),
    )
    assert found.subject == "logistics.v1.Shipment"
    assert isinstance(found.body, Record)
    assert found.body.aliases == ("logistics.v1.Old", "other.Old")
    assert found.body.rest == Anything()
    weight, status_, next_ = found.body.fields
    assert weight.schema == Scalar(ScalarType.DOUBLE, unit="KGM")
    assert (weight.doc, weight.tags) == ("how heavy", {"unit": "KGM", "pii": "none"})
    assert status_.schema == Ref("logistics.v1.Status")
    assert next_.schema == Union((Scalar(ScalarType.NULL), Ref("logistics.v1.Shipment")))
    assert found.types["logistics.v1.Status"] == Enum(
        ("A", "UNKNOWN"),
        name="logistics.v1.Status",
        default="UNKNOWN",
        taxonomy="shipment.status",
    )
    assert sorted(found.types) == ["logistics.v1.Shipment", "logistics.v1.Status"]


def test_a_type_written_in_place_and_one_in_its_own_file_mean_the_same() -> None:
    money = record("n.Money", field("amount", "long"))
    inside = read(Kind.AVRO, record("n.R", field("a", money)))
    beside = read(Kind.AVRO, record("n.R", field("a", "Money")), {"n.Money": money})
    assert inside == replace(beside, references=())
    assert inside.fingerprint == beside.fingerprint
    assert [(each.name, each.subject) for each in beside.references] == [("n.Money", "n.Money")]


def test_documents_read_from_the_end_define_each_type_before_its_use() -> None:
    references = {
        "n.A": record("n.A", field("b", "n.B"), field("c", "n.C")),
        "n.B": record("n.B", field("c", "n.C")),
        "n.C": record("n.C"),
        "n.Unused": record("n.Unused"),
    }
    found = read(Kind.AVRO, record("n.R", field("b", "n.B"), field("a", "n.A")), references)
    order = [each.name for each in found.documents]
    assert order[0] == "a.avsc"
    assert order[1:] == ["n.A.json", "n.B.json", "n.C.json"]
    assert [each.name for each in found.references] == ["n.B", "n.A"]
    named: dict[str, Any] = {}
    for document in reversed(found.documents):
        fastavro.parse_schema(document.value, named_schemas=named)


def test_a_circle_of_files_is_refused_by_name() -> None:
    references = {"B": record("B", field("r", "R")), "R": record("R", field("b", "B"))}
    with pytest.raises(ContractError, match="`R` leads in a circle"):
        read(Kind.AVRO, record("R", field("b", "B")), references)


def test_an_unknown_type_is_met_with_the_nearest_known_one() -> None:
    with pytest.raises(ContractError, match=r"did you mean `n\.Money`"):
        read(Kind.AVRO, record("n.R", field("a", "n.Mony")), {"n.Money": record("n.Money")})


def test_every_problem_of_every_document_is_named_at_once() -> None:
    broken = record("B", field("a b", "int"), field("c", "Nope"))
    with pytest.raises(ContractError) as raised:
        read(Kind.AVRO, record("R", field("b", "B"), field("d", ["int", "int"])), {"B": broken})
    places = {(each.place.document, each.code) for each in raised.value.problems}
    assert places == {("B.json", "LAD011"), ("B.json", "LAD012"), ("a.avsc", "LAD017")}


@pytest.mark.parametrize(
    "text", ['"string"', '["null", "string"]', '{"type": "map", "values": "int"}']
)
def test_a_schema_without_a_name_is_a_contract_under_the_subject_it_is_given(text: str) -> None:
    document = read_document("key", text.encode())
    assert read_contract(Kind.AVRO, document, subject=Subject("t-key")).subject == "t-key"


@settings(max_examples=150, deadline=None)
@given(avro_schemas())
def test_what_we_let_in_fastavro_can_parse(schema: Json) -> None:
    """The other way round does not hold: fastavro lets code through in names."""
    read(Kind.AVRO, schema)
    fastavro.parse_schema(schema)


ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B"]}


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({"type": "array", "items": ENUM}, {"E"}),
        ({"type": "map", "values": ENUM}, {"E"}),
        (["null", ENUM], {"E"}),
        ({"type": "record", "name": "R", "fields": [{"name": "e", "type": ENUM}]}, {"E"}),
        ({"type": "record", "name": "R", "fields": [{"name": "r", "type": ["null", "R"]}]}, {"R"}),
        ({"type": "record", "name": "R", "fields": []}, set()),
        (ENUM, set()),
        ("string", set()),
    ],
)
def test_a_contract_has_the_types_that_it_leads_to(schema: Any, types: set[str]) -> None:
    """Also where it is none of them itself; its own alone where it leads back to itself."""
    assert read(Kind.AVRO, json.dumps(schema)).types.keys() == types
