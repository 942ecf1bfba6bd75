"""A decision about a finding holds for that finding: for no other, and as long as it is there."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from lading.compat import compare
from lading.compat.fingerprints import _PARTS
from lading.model import Compatibility, api, proto, schema, taxonomy

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(node: Any) -> str:
    return json.dumps({"$schema": DRAFT, **node})


def listed(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


def limited(**limits: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": {"type": "integer", **limits}}}


def keyed(word: str, node: Any) -> dict[str, Any]:
    return {"type": "object", word: node}


def chosen(*types: str) -> dict[str, Any]:
    """Alternatives told apart by their `tag`, with a property of each of those types."""
    parts = ({"tag": {"const": number}, "a": {"type": each}} for number, each in enumerate(types))
    return {"oneOf": [{**keyed("properties", each), "required": ["tag"]} for each in parts]}


def avro(of: Any) -> str:
    return json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": of}]})


def enum(*symbols: str) -> dict[str, Any]:
    return {"type": "enum", "name": "E", "symbols": list(symbols)}


def record(*names: str) -> dict[str, Any]:
    parts = [{"name": each, "type": "int"} for each in names]
    return {"type": "record", "name": "In", "fields": parts}


def operation(**said: Any) -> str:
    responses = {"200": {"description": "ok"}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/s": {"post": {"responses": responses, **said}}},
        "components": {
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": name} for name in ("k", "l", "m")
            }
        },
    }
    return json.dumps(document)


def asked(*names: str) -> str:
    return operation(security=[{each: [] for each in names}])


def body(media: str, **node: Any) -> str:
    return operation(requestBody={"content": {media: {"schema": node}}})


def given(schema: Any, **more: Any) -> str:
    return operation(parameters=[{"name": "q", "in": "query", "schema": schema, **more}])


def answered(**answers: Any) -> str:
    told = {status: {"description": "", **each} for status, each in answers.items()}
    return operation(responses={"200": {"description": "ok"}, **told})


def states(*more: dict[str, Any]) -> str:
    both: list[dict[str, Any]] = [
        {
            "code": "BOOKED",
            "definition": "It was booked.",
            "initial": True,
            "customer_visible": False,
        },
        {"code": "GONE", "definition": "It left.", "terminal": True},
    ]
    said = {
        "taxonomy": "leg-status",
        "version": "1.0.0",
        "kind": "state-machine",
        "owner": "tms",
        "title": "Leg status",
        "definition": "Where a leg is.",
        "states": [*both, *more],
        "transitions": [
            {"from": "BOOKED", "to": each["code"], "trigger": f"leg.{each['code'].lower()}"}
            for each in (both[1], *more)
        ],
    }
    return json.dumps(said)


def marks(old: str, new: str, promise: Compatibility = Compatibility.FULL) -> set[tuple[str, str]]:
    """(rule, fingerprint) of what keeps the new version from passing."""
    verdict = compare(old, new, promise=promise)
    found = {(each.rule, each.fingerprint) for each in verdict.findings if each.counts}
    assert found, verdict
    return found


OTHER_EDITS = {
    "credentials": (asked("k"), asked("l"), asked("m")),
    "more credentials": (asked("k"), asked("k", "l"), asked("k", "m")),
    "large limits": (
        json_schema(limited(maximum=10)),
        json_schema(limited(maximum=1234567.25)),
        json_schema(limited(maximum=1234570.5)),
    ),
    "long lists": (
        json_schema({"type": "string"}),
        json_schema(listed(*"ABCDEFGHIJ")),
        json_schema(listed(*"ABCDEFGHIZ")),
    ),
    "records": (avro("int"), avro(record("x")), avro(record("y"))),
    "enums of Avro": (avro("int"), avro(enum("A", "B")), avro(enum("A", "C"))),
    "objects": (
        json_schema({"type": "string"}),
        json_schema(limited()),
        json_schema(keyed("properties", {"b": {"type": "string"}})),
    ),
    "scalars": (
        json_schema({"type": "integer"}),
        json_schema({"type": "string", "maxLength": 3}),
        json_schema({"type": "string", "maxLength": 4}),
    ),
    "names of properties": (
        json_schema({"type": "object"}),
        json_schema(keyed("propertyNames", {"pattern": "^a"})),
        json_schema(keyed("propertyNames", {"pattern": "^b"})),
    ),
    "closed objects": (
        json_schema(keyed("additionalProperties", False)),
        json_schema(keyed("additionalProperties", {"type": "string", "maxLength": 1})),
        json_schema(keyed("additionalProperties", {"type": "string", "maxLength": 2})),
    ),
    "media types": (
        body("text/plain", type="string"),
        body("application/json", type="string"),
        body("application/xml", type="integer"),
    ),
    "ways to write a parameter": (
        given({"type": "array", "items": {"type": "string"}}, style="form", explode=True),
        given({"type": "array", "items": {"type": "string"}}, style="form", explode=False),
        given({"type": "array", "items": {"type": "string"}}, style="pipeDelimited"),
    ),
    "sunsets": (
        operation(deprecated=True, **{"x-sunset": "2027-06-01"}),
        operation(deprecated=True, **{"x-sunset": "2027-05-01"}),
        operation(deprecated=True, **{"x-sunset": "2027-04-01"}),
    ),
    "answers": (
        answered(),
        answered(**{"201": {}}),
        answered(**{"201": {"content": {"application/json": {"schema": {"type": "string"}}}}}),
    ),
    "states": (
        states(),
        states({"code": "HELD", "definition": "It waits."}),
        states({"code": "HELD", "definition": "It never arrives.", "terminal": True}),
    ),
    "numbers and texts": (
        json_schema({"enum": [1, "1", "2"]}),
        json_schema({"enum": ["1", "2"]}),
        json_schema({"enum": [1, "2"]}),
    ),
    "the same edit of another alternative": (
        json_schema(chosen("string", "string")),
        json_schema(chosen("integer", "string")),
        json_schema(chosen("string", "integer")),
    ),
}


@pytest.mark.parametrize("edits", OTHER_EDITS.values(), ids=OTHER_EDITS)
def test_another_edit_at_the_same_place_is_another_finding(edits: tuple[str, str, str]) -> None:
    """Who let one pass has not let the other pass."""
    old, one, other = edits
    first, second = marks(old, one), marks(old, other)
    assert first - second
    assert second - first


SAME_EDIT = {
    "a list in another order": (
        (json_schema(listed("X", "Y")), json_schema(listed("X"))),
        (json_schema(listed("Y", "X")), json_schema(listed("X"))),
    ),
    "another value came beside it": (
        (json_schema(listed("X", "Y")), json_schema(listed("X"))),
        (json_schema(listed("X", "Y")), json_schema(listed("X", "Z"))),
    ),
    "a symbol came beside it": (
        (avro(enum("A", "B")), avro(enum("A"))),
        (avro(enum("A", "B")), avro(enum("A", "C"))),
    ),
    "properties in another order": (
        (json_schema({"type": "string"}), json_schema(keyed("properties", {"a": {}, "b": {}}))),
        (json_schema({"type": "string"}), json_schema(keyed("properties", {"b": {}, "a": {}}))),
    ),
    "a number written otherwise": (
        (json_schema(limited(maximum=10)), json_schema(limited(maximum=5))),
        (json_schema(limited(maximum=10)), json_schema(limited(maximum=5.0))),
    ),
    "credentials in another order": (
        (asked("k"), asked("l", "m")),
        (asked("k"), asked("m", "l")),
    ),
    "the operation has a new parameter": (
        (asked("k"), asked("l")),
        (
            asked("k"),
            operation(
                security=[{"l": []}],
                parameters=[{"name": "n", "in": "query", "schema": {"type": "string"}}],
            ),
        ),
    ),
    "the property has a limit now": (
        (json_schema(limited()), json_schema({**limited(), "required": ["a"]})),
        (json_schema(limited()), json_schema({**limited(minimum=3), "required": ["a"]})),
    ),
    "another alternative is edited as well": (
        (json_schema(chosen("string", "string")), json_schema(chosen("string", "integer"))),
        (json_schema(chosen("string", "string")), json_schema(chosen("integer", "integer"))),
    ),
}


@pytest.mark.parametrize("pairs", SAME_EDIT.values(), ids=SAME_EDIT)
def test_the_same_edit_is_the_same_finding(pairs: tuple[tuple[str, str], tuple[str, str]]) -> None:
    """However it is written, and whatever else is edited: what was let pass goes on to pass."""
    first, second = (marks(*each) for each in pairs)
    assert first <= second


@pytest.mark.parametrize("kind", _PARTS, ids=lambda kind: kind.value)
def test_what_a_fingerprint_looks_at_is_there(kind: Any) -> None:
    """Each part that is named is a part of some node, and one that counts when versions differ."""
    nodes = [
        each
        for module in (schema, api, taxonomy, proto)
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each)
    ]
    named = {each.name for node in nodes for each in fields(node) if each.compare}
    assert set(_PARTS[kind]) <= named
