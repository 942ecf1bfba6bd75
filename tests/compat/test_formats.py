"""In which kinds of contracts a rule finds something: what it says of itself is so."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from lading.compat import RULES, compare, diff
from lading.compat.rules import RULE_FOR
from lading.model.contract import Compatibility, Kind
from lading.model.errors import ContractError
from rules.test_fixtures import CASES, verdict_of
from sampling import avro as avro_pairs
from sampling import json_ as json_pairs
from soundness import contract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from soundness import Json

DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
TEXT = {"type": "string"}
NUMBER = {"type": "number"}
TAGGED = {"oneOf": [{"type": "object", "properties": {"t": TEXT}}, {"type": "array"}]}
LISTED = {"enum": ["A"]}
PROPERTIES: list[tuple[Json, Json]] = [
    (TEXT | {"default": "A"}, TEXT | {"default": "B"}),
    (TEXT, {"type": "array", "items": TEXT}),
    (LISTED, TEXT | {"x-extensible-enum": ["A"]}),
    ({"type": ["string", "integer"]}, {"type": ["string", "boolean"]}),
    (TAGGED | {"discriminator": {"propertyName": "t"}}, TAGGED),
    (TEXT | {"format": "date"}, TEXT | {"format": "uuid"}),
    (NUMBER | {"x-unit": "KGM"}, NUMBER | {"x-unit": "LBR"}),
    (TEXT | {"x-scheme": "GTIN-14"}, TEXT | {"x-scheme": "GLN"}),
    (LISTED | {"x-taxonomy": "shipment.status"}, LISTED | {"x-taxonomy": "order.status"}),
    (TEXT | {"x-sunset": "2027-01-01"}, TEXT | {"x-sunset": "2026-12-01"}),
    (TEXT | {"x-stability-level": "stable"}, TEXT | {"x-stability-level": "beta"}),
    (TEXT, TEXT | {"deprecated": True}),
    (TEXT, {"type": ["string", "null"]}),
    (TEXT | {"format": "date"}, TEXT),
]
"""Properties for which no fixture is a JSON Schema of its own."""
FIELDS: list[tuple[Json, Json]] = [
    ({}, {"x-deprecated": True}),
    ({"doc": "One of:\n- LATE\n- LOST"}, {"doc": "One of:\n- LATE\n- EARLY"}),
]
"""Attributes of an Avro field."""


@pytest.fixture(scope="module")
def seen() -> dict[str, set[Kind]]:
    """Rule to the kinds in which it found something: in all fixtures, and in random pairs."""
    found: dict[str, set[Kind]] = defaultdict(set)
    for rule, kind in (*in_fixtures(), *in_properties(), *in_random_pairs()):
        found[rule].add(kind)
    return found


def in_fixtures() -> Iterator[tuple[str, Kind]]:
    for case in CASES:
        verdict = verdict_of(case)
        yield from ((each.rule, verdict.new.kind) for each in verdict.findings)
        yield from ((rule, Kind.OPENAPI) for rule in in_an_api(case))


def in_properties() -> Iterator[tuple[str, Kind]]:
    for pair in PROPERTIES:
        old, new = map(holding, pair)
        plain = compare(DIALECT | old, DIALECT | new).findings
        sent = compare(api(old), api(new)).findings
        yield from ((each.rule, Kind.JSON) for each in plain)
        yield from ((each.rule, Kind.OPENAPI) for each in sent)
    for pair in FIELDS:
        yield from in_pair(Kind.AVRO, *map(record, pair))


def in_random_pairs() -> Iterator[tuple[str, Kind]]:
    rng = Random(1)
    for _ in range(2000):
        yield from in_pair(Kind.AVRO, *avro_pairs.pair(rng))
        yield from in_pair(Kind.JSON, *json_pairs.pair(rng))


def in_pair(kind: Kind, old: Json, new: Json) -> Iterator[tuple[str, Kind]]:
    with suppress(ContractError):
        changes = diff(contract(kind, old), contract(kind, new))
        yield from ((RULE_FOR[each.kind].id, kind) for each in changes)


def holding(schema: Json) -> Json:
    return {"type": "object", "properties": {"a": schema}}


def record(more: Json) -> Json:
    return {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string", **more}]}


def in_an_api(case: Path) -> list[str]:
    """The rules that find something where a pair of JSON Schemas is the body of a request."""
    files = case / "old.json", case / "new.json"
    if not all(each.is_file() for each in files):
        return []
    old, new = (api(json.loads(each.read_text(encoding="utf-8"))) for each in files)
    return [each.rule for each in compare(old, new, promise=Compatibility.FULL).findings]


def api(schema: Json) -> Json:
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {"requestBody": body, "responses": {"200": {"description": "Done."}}}
    paths: Any = {"/shipments": {"post": operation}}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}


def test_rules_find_nothing_where_they_do_not_say(seen: dict[str, set[Kind]]) -> None:
    assert {
        rule: kinds - set(RULES[rule].formats)
        for rule, kinds in seen.items()
        if not kinds <= set(RULES[rule].formats)
    } == {}


def test_rules_find_something_where_they_say(seen: dict[str, set[Kind]]) -> None:
    """LAD209 is about two kinds, so it is in all of them."""
    missed = {id_: set(rule.formats) - seen[id_] for id_, rule in RULES.items() if id_ != "LAD209"}
    assert {id_: kinds for id_, kinds in missed.items() if kinds} == {}
