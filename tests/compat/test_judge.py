"""What a person relies on when a gate says yes or no."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from lading.compat import Effect, Outcome, Verdict, judge, judge_history, path_text
from lading.model.contract import Compatibility, Contract, Kind, Subject, Terms
from lading.model.document import Document
from lading.model.read import kind_of_document, read_contract
from lading.model.reader import read_document
from lading.model.schema import Field, Record, Ref, Scalar, ScalarType, Schema


def avro(
    *fields: Any, name: str = "logistics.shipment.v1.ShipmentConfirmed", **more: Any
) -> Contract:
    value = {"type": "record", "name": name, "fields": list(fields), **more}
    return read_contract(Kind.AVRO, Document("s.avsc", json.dumps(value, indent=2), value))


def text(name: str, content: str) -> Contract:
    document = read_document(name, content.encode())
    kind = kind_of_document(document)
    assert kind is not None
    return read_contract(kind, document)


def found(verdict: Verdict) -> list[tuple[str, str]]:
    return [(f.rule, f.path) for f in verdict.findings if f.forbidden or f.undecided]


ID = {"name": "shipment_id", "type": "string"}
LINE = {
    "type": "record",
    "name": "Line",
    "fields": [{"name": "item_id", "type": "string"}, {"name": "shipped_quantity", "type": "int"}],
}
LINES = {"name": "lines", "type": {"type": "array", "items": LINE}}


def without(record: dict[str, Any], field: str) -> dict[str, Any]:
    return record | {"fields": [f for f in record["fields"] if f["name"] != field]}


def test_a_field_the_erp_reads_cannot_go() -> None:
    """The story of the demo: reason, promise and fix are in the finding."""
    new_lines = {"name": "lines", "type": {"type": "array", "items": without(LINE, "item_id")}}

    verdict = judge(avro(ID, LINES), avro(ID, new_lines))

    (finding,) = verdict.findings
    assert (verdict.outcome, finding.promise) == (Outcome.INCOMPATIBLE, Compatibility.FULL)
    assert (finding.rule, finding.path) == ("LAD102", "lines[].item_id")
    assert (
        "a reader still on the old version refuses messages written from now on" in finding.reason
    )
    assert finding.fix is not None
    assert finding.fix.startswith("keep `item_id`; give it a default first")


STATUS = """taxonomy: shipment.status
version: 1.0.0
kind: state-machine
title: Shipment status
definition: Where a shipment is.
owner: tms
states:
  - {code: PLANNED, label: {en: Planned}, definition: On paper., rank: 10, initial: true}
  - {code: IN_TRANSIT, label: {en: In transit}, definition: It moves., rank: 50}
  - {code: DELIVERED, label: {en: Delivered}, definition: It is there., rank: 90, terminal: true}
  - {code: UNKNOWN, label: {en: Unknown}, definition: Nobody knows., rank: 0}
transitions:
  - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
  - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
"""


def test_a_renamed_status_is_one_finding() -> None:
    """The other half: a rename is called a rename, and its steps are not listed again."""
    new = STATUS.replace("IN_TRANSIT", "ON_THE_WAY")

    verdict = judge(text("t.yaml", STATUS), text("t.yaml", new))

    (finding,) = verdict.findings
    assert (verdict.outcome, finding.promise) == (Outcome.INCOMPATIBLE, Compatibility.BACKWARD)
    assert (finding.rule, finding.path) == ("LAD603", "IN_TRANSIT")
    assert finding.reason.startswith("state `IN_TRANSIT` renamed to `ON_THE_WAY`: ")


def test_a_common_type_used_twice_is_one_finding_with_both_paths() -> None:
    """A change in `Line` is said once, and says where else it is felt."""
    old = avro(LINES, {"name": "main", "type": "Line"})
    new_lines = {"name": "lines", "type": {"type": "array", "items": without(LINE, "item_id")}}

    (finding,) = judge(old, avro(new_lines, {"name": "main", "type": "Line"})).findings

    assert {finding.change.path, *finding.change.elsewhere} == {
        ("lines[]", "item_id"),
        ("main", "item_id"),
    }


def test_a_recursive_type_is_walked_once() -> None:
    """The walk ends on a cycle, and finds what is inside it."""

    def tree(kind: str) -> Contract:
        parts = {"type": "array", "items": "ShipmentConfirmed"}
        return avro({"name": "kg", "type": kind}, {"name": "parts", "type": parts})

    assert found(judge(tree("int"), tree("long"))) == [("LAD201", "kg")]


def test_a_removed_and_an_added_field_of_one_type_may_be_a_rename() -> None:
    """A rename is told from a field that went, with what makes it pass."""
    old = avro(ID, {"name": "scac", "type": "string"})
    new = avro(
        ID, {"name": "carrier_scac", "type": "long"}, {"name": "scac_code", "type": "string"}
    )

    fixes = {f.change.path[0]: f.fix or "" for f in judge(old, new).findings}

    assert "if `scac` was renamed to `scac_code`" in fixes["scac"]
    assert "renamed" not in fixes["carrier_scac"]


def test_an_optional_field_that_may_be_renamed_breaks_nothing_and_says_what_is_lost() -> None:
    """No reader misses it, so that nobody else would tell; with the alias nothing is lost."""
    optional = {"type": ["null", "string"], "default": None}
    old = avro(ID, {"name": "carrier_id", **optional})
    new = avro(ID, {"name": "haulier_id", **optional})
    joined = avro(ID, {"name": "haulier_id", "aliases": ["carrier_id"], **optional})

    verdict = judge(old, new)

    assert verdict.compatible
    assert [(f.rule, f.path) for f in verdict.findings] == [
        ("LAD102", "carrier_id"),
        ("LAD101", "haulier_id"),
    ]
    assert all('lost without "aliases": ["carrier_id"]' in f.reason for f in verdict.findings)
    assert not any("lost" in f.reason for f in judge(old, joined).findings)


API = """openapi: 3.1.0
info: {title: Visibility, version: 1.0.0}
paths:
  /track:
    post:
      operationId: track
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {mode: {enum: %s}}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {type: object, properties: {mode: {enum: %s}}}
webhooks:
  moved:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {mode: {enum: %s}}}
      responses: {"204": {description: ok}}
"""
FEW, MANY = "[AIR, SEA]", "[AIR, SEA, RAIL]"
ASKED = "POST /track > body > application/json > mode"
ANSWERED = "POST /track > response 200 > application/json > mode"
CALLED = "webhook POST moved > body > application/json > mode"


@pytest.mark.parametrize(
    ("old", "new", "promise", "broken"),
    [
        (FEW, MANY, None, {ANSWERED, CALLED}),
        (MANY, FEW, None, {ASKED}),
        (FEW, MANY, "BACKWARD", {ANSWERED, CALLED}),
        (MANY, FEW, "BACKWARD", {ASKED}),
        (FEW, MANY, "FORWARD", {ASKED}),
        (MANY, FEW, "FORWARD", {ANSWERED, CALLED}),
        (FEW, MANY, "FULL", {ASKED, ANSWERED, CALLED}),
        (FEW, MANY, "NONE", set()),
    ],
)
def test_a_promise_to_clients_is_about_who_reads(
    old: str, new: str, promise: str | None, broken: set[str]
) -> None:
    """BACKWARD keeps clients in use working: requests may not narrow, nor what they are sent widen.

    A webhook is flipped: its request is what the client reads.
    """
    verdict = judge(
        text("a.yaml", API % (old, old, old)),
        text("a.yaml", API % (new, new, new)),
        Compatibility(promise) if promise else None,
    )

    forbidden = [f.change for f in verdict.findings if f.forbidden]
    paths = {path_text(path) for each in forbidden for path in (each.path, *each.elsewhere)}
    assert paths == broken
    assert verdict.promise == Compatibility(promise or "BACKWARD")


def test_terms_hold_where_nothing_else_is_asked_for() -> None:
    """A contract's own promise counts before the workspace's, an explicit one before both."""
    old, new = replace(avro(ID, LINES), terms=Terms(promise=Compatibility.BACKWARD)), avro(ID)

    assert judge(old, new).compatible
    assert not judge(old, new, Compatibility.FORWARD).compatible
    assert judge(avro(ID, LINES), new, defaults={"event": Compatibility.NONE}).compatible


def test_a_change_cannot_lower_the_promise_it_is_held_to() -> None:
    """What was promised before the change counts, not what it promises itself."""
    old, new = avro(ID, LINES), replace(avro(ID), terms=Terms(promise=Compatibility.NONE))

    assert judge(old, new).outcome is Outcome.INCOMPATIBLE
    assert judge_history([old], new).outcome is Outcome.INCOMPATIBLE


def test_a_transitive_promise_names_the_version_that_fails() -> None:
    """The latest is fine, the one before is not, and the finding says which."""
    optional = {"name": "scac", "type": "string", "default": ""}
    history = [
        replace(avro(ID), version=1),
        replace(avro(ID, optional), version=2),
    ]
    new = avro(ID, {"name": "scac", "type": "string"})

    assert judge_history(history, new, Compatibility.BACKWARD).compatible
    verdict = judge_history(history, new, Compatibility.BACKWARD_TRANSITIVE)
    assert [(f.rule, f.against) for f in verdict.findings if f.forbidden] == [("LAD101", 1)]


def test_a_first_version_follows_nothing() -> None:
    """No history, no finding."""
    verdict = judge_history([], avro(ID), Compatibility.FULL_TRANSITIVE)

    assert (verdict.outcome, verdict.old, verdict.findings) == (Outcome.COMPATIBLE, None, ())


def test_what_is_forbidden_outweighs_what_is_undecided() -> None:
    """Unknown is the outcome only while nothing is forbidden."""

    def versions(kind: str, unit: str | None) -> Contract:
        more = {"x-unit": unit} if unit else {}
        return avro({"name": "n", "type": kind}, {"name": "kg", "type": "double", **more})

    assert judge(versions("int", None), versions("int", "KGM")).outcome is Outcome.UNKNOWN
    assert judge(versions("int", None), versions("long", "KGM")).outcome is Outcome.INCOMPATIBLE
    assert judge(versions("int", None), versions("int", "KGM"), Compatibility.NONE).compatible


def test_two_changes_that_read_alike_have_two_fingerprints() -> None:
    """Two new branches of one kind are two findings, and a history keeps both."""
    schema = '"$schema": "https://json-schema.org/draft/2020-12/schema"'
    old = text("a.schema.json", f'{{{schema}, "type": "null"}}')
    branches = '[{"type": "string"}, {"type": "string", "maxLength": 0}]'
    new = text("a.schema.json", f'{{{schema}, "anyOf": {branches}}}')

    verdict = judge(old, new)
    assert [each.rule for each in verdict.findings].count("LAD311") == 2
    assert len({each.fingerprint for each in verdict.findings}) == len(verdict.findings)
    assert judge_history([old], new).findings == verdict.findings


def test_changes_that_read_alike_are_counted_in_the_order_of_the_old_fields() -> None:
    """Also where one of the fields was renamed: decisions hang on the number."""

    def shape(*symbols: str) -> dict[str, Any]:
        return {"type": "enum", "name": "E", "symbols": list(symbols)}

    old = avro({"name": "b", "type": shape("A")}, {"name": "d", "type": "E"})
    new = avro({"name": "j", "type": shape("A", "B"), "aliases": ["b"]}, {"name": "d", "type": "E"})
    alike = [f for f in judge(old, new, Compatibility.FULL).findings if f.rule == "LAD301"]
    assert {each.path: each.number for each in alike} == {"j": 1, "d": 2}


def test_a_fingerprint_survives_what_is_not_its_business() -> None:
    """Waivers hang on it: lines, other findings and the promise do not change it."""
    old, new = avro(ID, LINES), avro(LINES)
    other = avro({"name": "extra", "type": "int", "default": 0}, LINES)
    want = {f.path: f.fingerprint for f in judge(old, new).findings}["shipment_id"]

    for verdict in (judge(old, other), judge(old, new, Compatibility.BACKWARD)):
        assert {f.path: f.fingerprint for f in verdict.findings}["shipment_id"] == want


@pytest.mark.parametrize("effect", [Effect(n) for n in range(8)])
def test_an_effect_mirrored_twice_is_itself(effect: Effect) -> None:
    """Going back and forth changes nothing."""
    assert effect.mirrored.mirrored is effect


def test_judging_needs_no_heavy_package() -> None:
    """A verdict on parsed contracts costs no YAML, no validator and no Avro library."""
    code = "import sys, lading.compat, lading.compat.report; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_paths()
    ).stdout.split()

    heavy = {"yaml", "ryaml", "fastavro", "jsonschema_rs", "openapi_spec_validator", "deepdiff"}
    assert not heavy & {name.partition(".")[0] for name in loaded}


def _paths() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(path for path in sys.path if path)}


def test_a_hundred_uses_of_one_type_are_visited_once() -> None:
    """Work grows with the types, not with the paths: 2 to the 40 of them here."""

    def tower(kind: str) -> Contract:
        bottom: Any = {"type": "record", "name": "T0", "fields": [{"name": "v", "type": kind}]}
        for level in range(1, 41):
            low = {"name": "low", "type": bottom}
            fields = [low, {"name": "high", "type": f"T{level - 1}"}]
            bottom = {"type": "record", "name": f"T{level}", "fields": fields}
        value = {"type": "record", "name": "Root", "fields": [{"name": "top", "type": bottom}]}
        return read_contract(Kind.AVRO, Document("s.avsc", json.dumps(value), value))

    (finding,) = judge(tower("int"), tower("long")).findings

    assert finding.rule == "LAD201"
    assert len(finding.change.elsewhere) < 100


def test_a_long_chain_of_types_is_no_recursion() -> None:
    """Two thousand types, each in the next, all changed: it costs neither the stack nor minutes."""
    document = Document("s.json", "{}", {})

    def chain(kind: ScalarType) -> Contract:
        types: dict[str, Schema] = {
            f"T{n}": Record((Field("v", Scalar(kind)), Field("n", Ref(f"T{n + 1}"))), f"T{n}")
            for n in range(2000)
        }
        types["T2000"] = Record((Field("v", Scalar(kind)),), "T2000")
        return Contract(Subject("s"), Kind.JSON, Ref("T0"), types, (document,))

    findings = judge(chain(ScalarType.INTEGER), chain(ScalarType.NUMBER)).findings

    assert len({finding.path for finding in findings}) == 2001


def test_types_that_all_use_each_other_have_a_path() -> None:
    """Thirty types in every cycle there is: more ways than anyone could list."""
    names = [f"T{n}" for n in range(30)]

    def clique(kind: ScalarType) -> Contract:
        uses = tuple(Field(name.lower(), Ref(name)) for name in names)
        types: dict[str, Schema] = {name: Record(uses, name) for name in names}
        types["T29"] = Record((*uses, Field("v", Scalar(kind))), "T29")
        return Contract(Subject("s"), Kind.JSON, Ref("T0"), types)

    (finding,) = judge(clique(ScalarType.INTEGER), clique(ScalarType.NUMBER)).findings

    assert finding.path.endswith("t29.v")
