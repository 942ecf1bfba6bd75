"""Witnesses: what is shown as proof was tried, and nearly every break has one."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import fastavro
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lading.compat import Effect, compare, forbids, judge, prove
from lading.compat.report.json_ import report
from lading.compat.report.text import text
from lading.model import reachable
from lading.model.contract import Compatibility
from lading.model.taxonomy import Taxonomy
from strategies import PAIRS

if TYPE_CHECKING:
    from lading.compat import Finding, Verdict

SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BACKWARD, FORWARD = Compatibility.BACKWARD, Compatibility.FORWARD


def schema(*fields: Any) -> dict[str, Any]:
    return {"type": "record", "name": "Parcel", "fields": list(fields)}


def only(old: Any, new: Any, promise: Compatibility = BACKWARD) -> Finding:
    (found,) = (
        each for each in prove(compare(old, new, promise=promise)).findings if each.forbidden
    )
    return found


def decimal(scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": scale}


ID = {"name": "id", "type": "string"}
AT = {"name": "at", "type": "long"}
COLOURS = {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE"]}
REDS = COLOURS | {"symbols": ["RED"]}


@pytest.mark.parametrize(
    ("old", "new", "value", "outcome"),
    [
        (
            schema(ID),
            schema(ID, {"name": "at", "type": "long"}),
            {"id": "text"},
            "No default value",
        ),
        (
            schema({"name": "colour", "type": COLOURS}),
            schema({"name": "colour", "type": REDS}),
            {"colour": "BLUE"},
            "BLUE not found",
        ),
        (
            schema({"name": "at", "type": ["null", "long"]}),
            schema({"name": "at", "type": "long"}),
            {"at": None},
            "mismatch",
        ),
        (
            schema({"name": "lines", "type": {"type": "array", "items": COLOURS}}),
            schema(
                {
                    "name": "lines",
                    "type": {"type": "array", "items": REDS},
                }
            ),
            {"lines": ["BLUE"]},
            "BLUE not found",
        ),
        (
            schema({"name": "price", "type": decimal(2)}),
            schema({"name": "price", "type": decimal(3)}),
            "1234567.89",
            "read as 123456.789",
        ),
        (
            schema({"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}),
            schema({"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}}),
            "2026-03-03T15:42:10.250000+00:00",
            "read as 1970-01-21T",
        ),
    ],
    ids=["field", "symbol", "null", "in-a-list", "decimal", "moment"],
)
def test_the_example_is_the_smallest_that_reaches_the_place(
    old: Any, new: Any, value: Any, outcome: str
) -> None:
    witness = only(old, new).witness
    assert witness is not None
    assert (witness.writer, witness.reader, witness.value) == ("old", "new", value)
    assert outcome in witness.outcome


def test_a_forward_break_is_written_by_the_new_version() -> None:
    witness = only(schema(ID, {"name": "w", "type": "int"}), schema(ID), FORWARD).witness
    assert witness is not None
    assert (witness.writer, witness.value) == ("new", {"id": "text"})


def again(finding: Finding, verdict: Verdict) -> None:
    """Carry a witness out once more, from its bytes or its JSON alone."""
    witness = finding.witness
    assert witness is not None
    old, new = finding.baseline, verdict.new
    writer, reader = (old, new) if witness.writer == "old" else (new, old)
    direction = Effect.NARROWS if witness.writer == "old" else Effect.WIDENS
    assert direction in finding.effect & forbids(finding.promise)
    if witness.data:
        sides = [fastavro.parse_schema(each.document.value) for each in (writer, reader)]  # type: ignore[arg-type]
        data = bytes.fromhex(witness.data)
        fastavro.schemaless_reader(io.BytesIO(data), sides[0], None)
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever a reader raises
            fastavro.schemaless_reader(io.BytesIO(data), *sides)
    elif writer.kind.value == "JSON":
        ours, theirs = (
            jsonschema_rs.validator_for(each.document.value, validate_formats=True)  # type: ignore[arg-type]
            for each in (writer, reader)
        )
        assert ours.is_valid(witness.value)
        assert not theirs.is_valid(witness.value)


@pytest.mark.parametrize("kind", ["avro", "json"])
@SETTINGS
@given(data=st.data())
def test_every_example_that_is_shown_fails_when_it_is_tried_again(
    kind: str, data: st.DataObject
) -> None:
    old, new = data.draw(PAIRS[kind])
    verdict = prove(judge(old, new, Compatibility.FULL))
    for finding in verdict.findings:
        assert finding.witness is None or finding.forbidden
        if finding.witness:
            again(finding, verdict)


@SETTINGS
@given(PAIRS["taxonomy"])
def test_a_history_is_legal_for_its_writer(pair: tuple[Any, Any]) -> None:
    """Every step is one of the writer's; a status alone is one of its codes, or of nobody's."""
    old, new = pair
    for finding in prove(judge(old, new, Compatibility.FULL)).findings:
        if finding.witness is None:
            continue
        body = (old if finding.witness.writer == "old" else new).body
        assert isinstance(body, Taxonomy)
        history: Any = finding.witness.value
        codes = {each.code for each in body.states}
        steps = {(e.source, f"{e.trigger} -> {e.target}", e.target) for e in body.transitions}
        here = history[0]
        assert here in codes or (len(history) == 1 and "read as" in finding.witness.outcome)
        for event in history[1:]:
            target = event.rpartition(" -> ")[2]
            assert (
                (here, event, target) in steps
                or any(
                    (here, target) == (e.source, e.target) and not e.trigger
                    for e in body.transitions
                )
                or (body.skips and event in reachable([here], body.transitions))
            )
            here = target


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "least"), [("avro", 0.95), ("json", 0.95), ("conditions", 0.75), ("mapping", 0.95)]
)
def test_nearly_every_break_carries_an_example(kind: str, least: float) -> None:
    """Of the forbidden findings of random pairs; the rest are types that no message can have.

    Of drawn conditions many ask for what every value has anyway, which is not seen.
    """
    counted: Counter[bool] = Counter()

    @settings(SETTINGS, max_examples=400, derandomize=True, database=None)
    @given(pair=PAIRS[kind], word=st.sampled_from(["BACKWARD", "FORWARD", "FULL"]))
    def count(pair: tuple[Any, Any], word: str) -> None:
        verdict = prove(judge(*pair, Compatibility(word)))
        counted.update(bool(each.witness) for each in verdict.findings if each.forbidden)

    count()
    assert counted.total() > 100
    assert counted[True] / counted.total() >= least, counted


def test_a_type_without_an_end_has_no_example_and_says_so() -> None:
    """No message of it exists, so none can be shown."""
    endless = schema({"name": "next", "type": "Parcel"})
    found = only(endless, schema({"name": "next", "type": "Parcel"}, ID))
    assert found.witness is None
    verdict = prove(compare(endless, schema({"name": "next", "type": "Parcel"}, ID)))
    assert "unproven: no example was found" in text([verdict], prove=True)
    assert "unproven" not in text([verdict])


def test_reports_show_the_example_and_the_bytes_on_demand() -> None:
    old, new = schema(ID), schema(ID, {"name": "at", "type": "long"})
    verdict = prove(compare(old, new, promise=BACKWARD))
    short, whole = text([verdict]), text([verdict], prove=True)
    assert '  example: old writes {"id": "text"}\n           new: refused:' in short
    assert "bytes: 0874657874" in whole
    assert "bytes" not in short
    written: Any = report([verdict])
    (finding,) = written["verdicts"][0]["findings"]
    assert finding["witness"]["data"] == "0874657874"
    assert json.dumps(written)
