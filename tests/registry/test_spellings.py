"""One schema however it is spelt: looked up, registered again, and handed out as it was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import avro.errors
import avro.schema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model.contract import Kind, Reference, Subject
from lading.registry import spellings
from lading.registry.plain import plain_value
from lading.registry.store import Content

if TYPE_CHECKING:
    from asking import Http

INNER = {"type": "record", "name": "I", "fields": []}
FIELDS = [{"name": "a", "type": "int"}, {"name": "i", "type": INNER}, {"name": "j", "type": "I"}]
SCHEMA = {"type": "record", "name": "N", "namespace": "x", "fields": FIELDS}


def with_fields(*fields: object) -> dict[str, Any]:
    return {**SCHEMA, "fields": list(fields)}


SPELLINGS: dict[str, Any] = {
    "keys in another order": dict(reversed(SCHEMA.items())),
    "a full name": {"type": "record", "name": "x.N", "fields": FIELDS},
    "a full name beside a namespace that does not hold": {
        **SCHEMA,
        "name": "x.N",
        "namespace": "y",
    },
    "a type in an object": with_fields({"name": "a", "type": {"type": "int"}}, *FIELDS[1:]),
    "words that a type has no use for": with_fields(
        {"name": "a", "type": {"type": "int", "doc": "d", "name": "n"}}, *FIELDS[1:]
    ),
    "a full name inside": with_fields(
        FIELDS[0], {"name": "i", "type": {**INNER, "name": "x.I"}}, FIELDS[2]
    ),
    "a full name and a namespace inside": with_fields(
        FIELDS[0], {"name": "i", "type": {**INNER, "name": "x.I", "namespace": "x"}}, FIELDS[2]
    ),
    "a namespace that holds anyway": with_fields(
        FIELDS[0], {"name": "i", "type": {**INNER, "namespace": "x"}}, FIELDS[2]
    ),
    "a full name of what is referred to": with_fields(
        *FIELDS[:2], {"name": "j", "type": {"type": "x.I"}}
    ),
    "what holds anyway is said": {
        **with_fields(
            {"name": "a", "type": "int", "order": "ascending", "aliases": []}, *FIELDS[1:]
        ),
        "aliases": [],
    },
}
OTHERS: dict[str, Any] = {
    "another namespace": {**SCHEMA, "namespace": "y"},
    "a namespace that does not hold": with_fields(
        FIELDS[0], {"name": "i", "type": {**INNER, "namespace": "y"}}, {"name": "j", "type": "y.I"}
    ),
    "a doc": {**SCHEMA, "doc": "d"},
    "a default": with_fields({"name": "a", "type": "int", "default": 1}, *FIELDS[1:]),
    "a default that is null": with_fields(
        {"name": "a", "type": "null", "default": None}, *FIELDS[1:]
    ),
    "a property": with_fields({"name": "a", "type": {"type": "int", "p": 1}}, *FIELDS[1:]),
    "an alias": {**SCHEMA, "aliases": ["M"]},
    "an order": with_fields({"name": "a", "type": "int", "order": "ignore"}, *FIELDS[1:]),
}


@pytest.fixture
def subject() -> str:
    return f"s-{uuid4().hex[:12]}"


def sent(schema: object, kind: str = "AVRO", **more: Any) -> dict[str, Any]:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return {"schema": text, "schemaType": kind, **more}


def identity(schema: object) -> str:
    return Content(Kind.AVRO, json.dumps(schema)).normal


# -- Avro ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?normalize=true"])
@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
def test_a_schema_is_found_however_it_is_spelt(
    ask: Http, subject: str, spelt: object, query: str
) -> None:
    landed = ask("POST", f"/subjects/{subject}/versions", sent(SCHEMA)).json
    found = ask("POST", f"/subjects/{subject}{query}", sent(spelt))
    assert (found.status, found.json["version"], found.json["id"]) == (200, 1, landed["id"])
    assert json.loads(found.json["schema"]) == SCHEMA


@pytest.mark.parametrize("spelt", SPELLINGS.values(), ids=SPELLINGS)
def test_registering_another_spelling_makes_no_version(
    ask: Http, subject: str, spelt: object
) -> None:
    """Whichever came first is handed out, as it was sent."""
    first = ask("POST", f"/subjects/{subject}/versions", sent(spelt)).json
    again = ask("POST", f"/subjects/{subject}/versions", sent(SCHEMA)).json
    assert (again["id"], again["version"]) == (first["id"], 1)
    assert json.loads(ask("GET", f"/schemas/ids/{first['id']}").json["schema"]) == spelt


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_a_reader_tells_apart_is_another_schema(ask: Http, subject: str, other: Any) -> None:
    ask("POST", f"/subjects/{subject}/versions", sent(SCHEMA))
    for query in ("", "?normalize=true"):
        found = ask("POST", f"/subjects/{subject}{query}", sent(other))
        assert (found.status, found.json["error_code"]) == (404, 40403)


def test_a_primitive_may_stand_in_an_object(ask: Http, subject: str) -> None:
    ask("POST", f"/subjects/{subject}/versions", sent('"int"'))
    assert ask("POST", f"/subjects/{subject}", sent('{"type": "int"}')).json["version"] == 1


def test_a_branch_of_a_union_may_have_its_full_name() -> None:
    """Within its namespace; a word without one has no other spelling."""

    def listed(*branches: object) -> dict[str, Any]:
        return with_fields(FIELDS[1], {"name": "k", "type": list(branches)})

    assert identity(listed("null", "x.I")) == identity(listed("null", "I"))
    assert identity(listed("null", {"type": "int"})) == identity(listed("null", "int"))
    assert identity(listed("null", "y.I")) != identity(listed("null", "I"))


@pytest.mark.parametrize("kind", [Kind.AVRO, Kind.JSON])
@pytest.mark.parametrize("schema", [SCHEMA, *SPELLINGS.values(), *OTHERS.values(), ["null", "x.I"]])
def test_what_was_read_already_has_the_form_of_its_text(kind: Kind, schema: object) -> None:
    """Whoever brings the value along with a plain text is told the same digest."""
    plain = plain_value(json.dumps(schema))
    assert plain is not None
    value, text = plain
    brought = Content(kind, text)
    brought.read_as(value)
    assert brought.normal == Content(kind, text).normal
    assert brought == Content(kind, text)


def test_what_was_sent_to_the_letter_comes_first(ask: Http, subject: str) -> None:
    """Where two versions that differ in their metadata spell it in two ways."""
    first: dict[str, Any] = {"metadata": {"properties": {"owner": "wms"}}}
    second: dict[str, Any] = {"metadata": {"properties": {"owner": "tms"}}}
    ask("POST", f"/subjects/{subject}/versions", sent(SCHEMA, **first))
    ask("POST", f"/subjects/{subject}/versions", sent(SPELLINGS["a full name"], **second))
    assert ask("POST", f"/subjects/{subject}", sent(SCHEMA, **second)).json["version"] == 2
    assert ask("POST", f"/subjects/{subject}", sent(SCHEMA)).json["version"] == 1


def test_a_spelling_that_was_deleted_does_not_hide_another(ask: Http, subject: str) -> None:
    ask("POST", f"/subjects/{subject}/versions", sent(SCHEMA))
    ask("DELETE", f"/subjects/{subject}/versions/1")
    spelt = SPELLINGS["a full name"]
    assert ask("POST", f"/subjects/{subject}/versions", sent(spelt)).json["version"] == 2
    assert ask("POST", f"/subjects/{subject}", sent(SCHEMA)).json["version"] == 2


def test_a_careful_producer_may_spell_it_otherwise(url: str, ask: Http, subject: str) -> None:
    """confluent-kafka, unmodified, with keys in another order."""
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    flat = with_fields({"name": "a", "type": "int"})
    landed = ask("POST", f"/subjects/{subject}-value/versions", sent(flat)).json
    turned = json.dumps(dict(reversed(flat.items())))
    with SchemaRegistryClient({"url": url}) as client:
        serializer = AvroSerializer(client, turned, conf={"auto.register.schemas": False})
        data = serializer({"a": 1}, SerializationContext(subject, MessageField.VALUE))
    assert data is not None
    assert int.from_bytes(data[1:5], "big") == landed["id"]


def test_the_order_of_references_counts_unless_normalized() -> None:
    one, two = Reference("a", Subject("a"), 1), Reference("b", Subject("b"), 1)
    given_, turned = (
        Content(Kind.AVRO, '"int"', (one, two)),
        Content(Kind.AVRO, '"int"', (two, one)),
    )
    assert given_.normal == turned.normal
    assert not given_.is_spelt_otherwise(turned)


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        {},
        {"type": 1},
        {"type": "record"},
        {"type": "record", "name": 1, "fields": 2},
        {"type": "record", "name": "a", "fields": [1, {}, {"order": 1, "type": "x"}]},
        {"type": "array"},
        {"type": "enum", "aliases": 1},
        {"type": None},
        {"type": {"type": None}},
    ],
    ids=json.dumps,
)
def test_what_is_no_schema_has_a_form_too(value: Any) -> None:
    assert spellings.avro(spellings.avro(value)) == spellings.avro(value)


NAMES = st.sampled_from(["A", "x.A", "B", "x.B", "y.B", "y.C", "C"])
SPACES = st.sampled_from([{}, {"namespace": "x"}, {"namespace": "y"}, {"namespace": ""}])


@st.composite
def schemas(draw: st.DrawFn) -> Any:
    """Records in records, with names in all spellings, that Apache's reader takes."""

    def record(depth: int) -> dict[str, Any]:
        types: list[Any] = [
            "int",
            {"type": "int"},
            ["null", "long"],
            {"type": "array", "items": "int"},
        ]
        kinds = [draw(st.sampled_from(types)) for _ in range(draw(st.integers(0, 2)))]
        kinds += [record(depth - 1) for _ in range(draw(st.integers(0, 2)) if depth else 0)]
        fields = [{"name": f"f{at}", "type": each} for at, each in enumerate(kinds)]
        return {"type": "record", "name": draw(NAMES), **draw(SPACES), "fields": fields}

    return record(2)


def full_names(schema: Any) -> list[str]:
    """Of all records, as Apache's reader has them."""
    if isinstance(schema, avro.schema.RecordSchema):
        below = [name for field in schema.fields for name in full_names(field.type)]
        return [schema.fullname, *below]
    return []


@given(schemas())
def test_the_form_is_the_same_schema_to_apaches_reader(schema: Any) -> None:
    try:
        known = avro.schema.parse(json.dumps(schema))
    except avro.errors.SchemaParseException:  # a name twice
        return
    form = avro.schema.parse(json.dumps(spellings.avro(schema)))
    assert full_names(form) == full_names(known)
    assert form.canonical_form == known.canonical_form


# -- JSON Schema -----------------------------------------------------------------------------------


def test_json_schema_is_compared_as_confluent_does(ask: Http, subject: str) -> None:
    """Space never counts; the order of keys does, unless normalized."""
    ask("POST", f"/subjects/{subject}/versions", sent('{"type":"string","maxLength":3}', "JSON"))
    spaced, turned = '{ "type" : "string", "maxLength": 3 }', '{"maxLength":3,"type":"string"}'
    assert ask("POST", f"/subjects/{subject}", sent(spaced, "JSON")).json["version"] == 1
    assert ask("POST", f"/subjects/{subject}", sent(turned, "JSON")).json["error_code"] == 40403
    found = ask("POST", f"/subjects/{subject}?normalize=true", sent(turned, "JSON"))
    assert found.json["version"] == 1
