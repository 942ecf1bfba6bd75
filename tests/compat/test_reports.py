"""What people and machines read: rendered reports, compared with files kept beside this test.

After a wanted change run ``LADING_SNAPSHOTS=write pytest tests/compat/test_reports.py``, and read
the diff.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from lading.compat import Verdict, compare, judge, judge_history, prove, report
from lading.model.consumption import Waiver
from lading.model.contract import Compatibility, Contract, Kind
from lading.model.document import Place
from lading.model.errors import Problem
from lading.model.read import kind_of_document, read_contract
from lading.model.reader import read_document

SNAPSHOTS = Path(__file__).parent / "snapshots"

OLD_EVENT = """{
  "type": "record",
  "name": "logistics.shipment.v1.ShipmentConfirmed",
  "fields": [
    {"name": "shipment_id", "type": "string"},
    {"name": "weight", "type": "double", "x-unit": "KGM"},
    {"name": "lines", "type": {"type": "array", "items": {
      "type": "record",
      "name": "Line",
      "fields": [
        {"name": "item_id", "type": "string"},
        {"name": "shipped_quantity", "type": "int"}
      ]
    }}},
    {"name": "confirmed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}
  ]
}
"""
NEW_EVENT = (
    OLD_EVENT.replace('        {"name": "item_id", "type": "string"},\n', "")
    .replace('"double", "x-unit": "KGM"}', '"double"}')
    .replace("timestamp-millis", "timestamp-micros")
    .replace('"shipment_id", "type"', '"shipment_id", "aliases": ["id"], "type"')
)
OLD_STATUS = """taxonomy: shipment.status
version: 1.0.0
kind: state-machine
title: Shipment status
definition: Where a shipment is.
owner: tms
states:
  - code: IN_TRANSIT
    label: {en: In transit}
    definition: It moves.
    rank: 50
    initial: true
  - code: DELIVERED
    label: {en: Delivered}
    definition: The consignee has it.
    rank: 90
    terminal: true
  - {code: UNKNOWN, label: {en: Unknown}, definition: Nobody knows., rank: 0}
transitions:
  - {from: IN_TRANSIT, to: DELIVERED, trigger: shipment.delivered}
"""
NEW_STATUS = OLD_STATUS.replace("IN_TRANSIT", "ON_THE_WAY")
API = """openapi: 3.1.0
info: {title: Visibility, version: 1.0.0}
paths:
  /shipments/{id}:
    get:
      operationId: getShipment
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {type: object, required: [status], properties: {status: {type: string}}}
"""
PROBLEM = Problem("LAD001", "a comma is missing", Place("broken.json", 1, 8), "add it")


def contract(name: str, text: str, version: int = 0) -> Contract:
    document = read_document(name, text.encode())
    kind = kind_of_document(document)
    assert kind is not None
    return replace(read_contract(kind, document), version=version)


@pytest.fixture(name="verdicts", scope="module")
def _verdicts() -> list[Verdict]:
    """An event, a taxonomy and an API, each changed in a way that matters."""
    event = judge_history(
        [contract("events/ShipmentConfirmed.avsc", OLD_EVENT, 3)],
        contract("events/ShipmentConfirmed.avsc", NEW_EVENT),
        Compatibility.FULL_TRANSITIVE,
    )
    gone, *others = event.findings
    event = replace(
        event, findings=(replace(gone, breaks=("erp-adapter (ERP integration)",)), *others)
    )
    status = judge(
        contract("taxonomies/shipment.status.yaml", OLD_STATUS),
        contract("taxonomies/shipment.status.yaml", NEW_STATUS),
    )
    api = judge(
        contract("apis/visibility.yaml", API),
        contract("apis/visibility.yaml", API.replace("required: [status], ", "")),
    )
    return [event, status, api]


def same(name: str, rendered: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("LADING_SNAPSHOTS") == "write":
        path.write_text(rendered)
    assert rendered == path.read_text()


def test_text(verdicts: list[Verdict]) -> None:
    """What a person at a terminal reads, problems first."""
    broken = read_document("broken.json", b'{"a": 1}')

    same("report.txt", report.text(verdicts, [PROBLEM], documents=[broken]))


def test_text_in_colour_says_the_same(verdicts: list[Verdict]) -> None:
    """Colour adds escapes and nothing else."""
    import re

    painted = report.text(verdicts, color=True)

    assert "\x1b[31;1merror\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == report.text(verdicts)


def test_text_is_ascii(verdicts: list[Verdict]) -> None:
    """Our own words need no more than ASCII; only contracts bring other characters."""
    assert report.text(verdicts, [PROBLEM]).isascii()


def test_verbose_text_lists_what_breaks_nothing(verdicts: list[Verdict]) -> None:
    """A change that is fine is counted always and listed on demand."""
    assert "LAD109 ok" in report.text(verdicts, verbose=True)
    assert "LAD109" not in report.text(verdicts)
    assert "1 compatible change in 3 contracts" in report.text(verdicts)


def closed(schema: Any) -> Any:
    """The published shape is open, for keys to come; here none may come unsaid."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(each) for key, each in schema.items()}
    return found | {"additionalProperties": False} if "required" in found else found


def test_json_follows_its_schema(verdicts: list[Verdict]) -> None:
    """The published shape holds, with and without findings, and has no key that is not in it."""
    validator = jsonschema_rs.validator_for(closed(report.schema()))
    waiver = Waiver("LAD102", "s", "", "nobody reads it", "governance", "2099-01-01", "0" * 12)
    finding = replace(verdicts[0].findings[0], waiver=waiver)
    waived = [replace(verdicts[0], findings=(finding,))]
    for each in (verdicts, waived, [prove(each) for each in verdicts], [], [compare(b"{", b"{")]):
        validator.validate(report.report(each, [PROBLEM], notes=[PROBLEM]))
    with pytest.raises(jsonschema_rs.ValidationError):
        validator.validate(report.report(verdicts) | {"more": 1})


def test_json(verdicts: list[Verdict]) -> None:
    """What a machine reads; the shape is promised."""
    rendered = report.json(verdicts, [PROBLEM])

    assert json.loads(rendered)["schema_version"] == 1
    same("report.json", rendered)


def test_github(verdicts: list[Verdict]) -> None:
    """Annotations, one line each."""
    same("report.github.txt", report.github(verdicts, [PROBLEM]))


def test_gitlab(verdicts: list[Verdict]) -> None:
    """A Code Quality report: each entry has what GitLab asks for, and a name of its own."""
    rendered = report.gitlab(verdicts, [PROBLEM], notes=[PROBLEM], folder="contracts/")
    entries = json.loads(rendered)
    keys = {"check_name", "description", "fingerprint", "severity", "location"}
    assert all(set(each) == keys for each in entries)
    assert {each["severity"] for each in entries} == {"critical", "major", "info"}
    names = [each["fingerprint"] for each in entries[:-1]]
    assert len(set(names)) == len(names)
    same("report.gitlab.json", rendered)


def test_sarif(verdicts: list[Verdict]) -> None:
    """SARIF 2.1.0: every result names its rule, its place and what it stays known by."""
    rendered = report.sarif(verdicts, [PROBLEM], notes=[PROBLEM], folder="contracts/")
    (run,) = json.loads(rendered)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert {each["level"] for each in run["results"]} == {"error", "warning", "note"}
    assert all("## What to do instead" in each["help"]["markdown"] for each in rules)
    for each in run["results"]:
        (place,) = each["locations"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1
    run["tool"]["driver"]["rules"] = [each["id"] for each in rules]
    same("report.sarif.json", json.dumps(run, indent=2) + "\n")


def test_what_is_waived_is_told_to_scanners_as_suppressed(verdicts: list[Verdict]) -> None:
    """A suppressed result for SARIF, information for GitLab, a notice for GitHub."""
    waiver = Waiver("LAD102", "s", "", "nobody reads it", "governance", "2099-01-01", "0" * 12)
    finding = replace(verdicts[0].findings[0], waiver=waiver)
    waived = [replace(verdicts[0], findings=(finding,))]
    (result,) = json.loads(report.sarif(waived))["runs"][0]["results"]
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "until 2099-01-01 by governance: nobody reads it",
        }
    ]
    assert [each["severity"] for each in json.loads(report.gitlab(waived))] == ["info"]
    assert report.github(waived).startswith("::notice ")


def test_nothing_changed() -> None:
    """Silence is said in words."""
    one = contract("e.avsc", OLD_EVENT)

    assert report.text([judge(one, one)]) == "no changes in 1 contract.\n"
    assert report.text([]) == "Nothing to compare.\n"


def test_a_contract_cannot_steer_the_terminal() -> None:
    """Escapes in a contract are shown as blanks, not sent to the screen."""
    old = contract("t.yaml", OLD_STATUS)
    evil = OLD_STATUS.replace("code: IN_TRANSIT", r'code: "IN\e[31mTRANSIT"', 1)
    document = read_document("t.yaml", evil.encode())
    state = replace(old.body.states[0], definition="Other words.")  # type: ignore[union-attr]
    body = replace(old.body, states=(state, *old.body.states[1:]))  # type: ignore[union-attr,type-var]
    new = replace(old, body=body, documents=(replace(document, text="\x1b[2J" * 20),))

    assert "\x1b" not in report.text([judge(old, new)])


def test_annotations_cannot_be_forged() -> None:
    """A line break in a message does not start a command of its own."""
    evil = replace(PROBLEM, message="x\n::error::forged", place=Place("a,b:c.json", 1, 1))

    assert report.github([], [evil]) == (
        "::error file=a%2Cb%3Ac.json,line=1,col=1,title=LAD001::x%0A::error::forged%0Aadd it\n"
    )


def test_a_minified_document_is_cropped() -> None:
    """The registry keeps JSON on one line; a frame shows the part that is meant."""
    old, new = (json.dumps(json.loads(text)) for text in (OLD_EVENT, NEW_EVENT))

    shown = report.text([judge(contract("s@1", old), contract("s@2", new))])

    frames = [line for line in shown.splitlines() if " | " in line]
    assert max(map(len, frames)) < 120
    assert sum(line.endswith("^") for line in frames) >= 4


LINE = '{"type": "record", "name": "x.Line", "fields": [{"name": "id", "type": "string"}%s]}'
USER = '{"type": "record", "name": "x.%s", "fields": [{"name": "line", "type": "x.Line"}]}'


def versions(more: str) -> dict[str, Contract]:
    """A shared type and two contracts that use it."""
    line = read_document("Line.avsc", (LINE % more).encode())
    beside = {"x.Line": line}
    found = {"Line": read_contract(Kind.AVRO, line)}
    for name in ("Order", "Shipment"):
        user = read_document(f"{name}.avsc", (USER % name).encode())
        found[name] = read_contract(Kind.AVRO, user, references=beside)
    return found


def test_one_edit_of_a_shared_type_is_one_finding_with_its_places() -> None:
    """Three contracts show it; people read it once, at home, and machines can tell."""
    old, new = versions(""), versions(', {"name": "at", "type": "long"}')
    verdicts = [judge(old[name], new[name]) for name in ("Order", "Line", "Shipment")]

    said = report.text(verdicts)
    assert said.count("LAD101 error") == 1
    assert "LAD101 error  Line.avsc:1:" in said
    assert "  also:   Order.line.at, Shipment.line.at\n" in said
    assert said.endswith("1 breaking, 0 compatible changes in 3 contracts.\n")
    assert report.github(verdicts).count("::error") == 1
    written = json.loads(report.json(verdicts))
    assert written["counts"]["forbidden"] == 1
    numbers = [each["edit"] for verdict in written["verdicts"] for each in verdict["findings"]]
    assert numbers == [1, 1, 1]


def test_two_edits_of_one_type_stay_two() -> None:
    old = versions("")
    new = versions(', {"name": "at", "type": "long"}, {"name": "by", "type": "string"}')
    verdicts = [judge(old[name], new[name]) for name in old]
    assert report.text(verdicts).count("LAD101 error") == 2


def test_what_was_let_pass_hides_nothing_that_was_not(verdicts: list[Verdict]) -> None:
    """Two contracts have one line, and one of them was waived: every report tells of both."""
    waiver = Waiver("LAD102", "s", "", "nobody reads it", "governance", "2099-01-01", "0" * 12)
    (breaks, *_) = verdicts[0].findings
    waived = replace(verdicts[0], findings=(replace(breaks, waiver=waiver),))
    both = [waived, replace(verdicts[0], findings=(breaks,))]

    for each in (both, both[::-1]):
        assert "1 breaking, 1 waived" in report.text(each)
        counts = json.loads(report.json(each))["counts"]
        assert (counts["forbidden"], counts["waived"]) == (1, 1)
        results = json.loads(report.sarif(each))["runs"][0]["results"]
        assert sorted(len(result["suppressions"]) for result in results) == [0, 1]
        assert len({entry["severity"] for entry in json.loads(report.gitlab(each))}) == 2
        words = [line.partition(" ")[0] for line in report.github(each).splitlines()]
        assert sorted(words) == ["::error", "::notice"]


def test_each_finding_that_is_told_at_once_is_named() -> None:
    """One edit of two contracts is told once, and has two fingerprints to decide about."""
    old, new = (
        [
            read_contract(Kind.JSON, read_document("a.json", text), subject=subject)
            for subject in ("schemas.a.v1", "schemas.b.v1")
        ]
        for text in (b'{"type": "string"}', b'{"type": "integer"}')
    )
    verdicts = [judge(*pair, Compatibility.FULL) for pair in zip(old, new, strict=True)]
    names = [each.findings[0].fingerprint for each in verdicts]

    assert len({*names}) == 2
    assert f"; finding {names[0]}, {names[1]}\n" in report.text(verdicts)
