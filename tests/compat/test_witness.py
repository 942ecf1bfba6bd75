"""Witnesses: what is shown as proof was tried, and nearly every break has one."""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import fastavro
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lading.compat import (
    Effect,
    Outcome,
    Policy,
    Runtime,
    compare,
    forbids,
    judge,
    prove,
)
from lading.compat.change import ChangeKind
from lading.compat.report.json_ import report
from lading.compat.report.text import text
from lading.model import reachable
from lading.model.contract import Compatibility, Kind
from lading.model.derivations import derive
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


def at(schema_: Any) -> dict[str, Any]:
    return schema({"name": "v", "type": schema_})


def logical(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "logicalType": name, **more}


def fixed(size: int, name: str = "") -> dict[str, Any]:
    said = {"logicalType": name} if name else {}
    return {"type": "fixed", "name": "F", "size": size, **said}


ID = {"name": "id", "type": "string"}
AT = {"name": "at", "type": "long"}
COLOURS = {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE"]}
REDS = COLOURS | {"symbols": ["RED"]}


def _wide(depth: int) -> dict[str, Any]:
    """A record of two hundred values in each of any number of records."""
    below = _wide(depth - 1) if depth else "int"
    names = (below, *["int" if not depth else f"W{depth - 1}"] * 19)
    fields = [{"name": f"f{n}", "type": each} for n, each in enumerate(names)]
    return {"type": "record", "name": f"W{depth}", "fields": fields}


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


BIG = logical("bytes", "big-decimal")


@pytest.mark.parametrize(
    ("old", "new", "value", "outcome"),
    [
        (decimal(2), BIG, "1234567.89", "refused: its bytes are no big-decimal"),
        (BIG, decimal(2), "1234567.89", "read as 88276979601.96"),
        ("bytes", decimal(2), "ff", "read as -0.01"),
        (decimal(2), "bytes", "1234567.89", "read as 075bcd15"),
        (
            logical("long", "timestamp-micros"),
            logical("long", "timestamp-nanos"),
            "2026-03-03T15:42:10.250000+00:00",
            "read as 1970-01-21T12:22:32.530250+00:00",
        ),
        (fixed(12), fixed(12, "duration"), "00" * 12, "read as 0 months, 0 days, 0 milliseconds"),
        (
            fixed(16, "uuid"),
            fixed(16),
            "0195a1c0-0001-7000-8000-000000000001",
            "read as 0195a1c0000170008000000000000001",
        ),
        ("string", logical("string", "uuid"), "text", "refused: it is no UUID"),
        (
            logical("int", "time-millis"),
            logical("int", "date"),
            "56530 seconds after midnight",
            "read as a moment out of any calendar (56530000)",
        ),
        (
            decimal(2) | {"precision": 4},
            decimal(3) | {"precision": 4},
            "12.34",
            "read as 1.234",
        ),
    ],
    ids=str,
)
def test_what_a_logical_type_makes_of_the_same_bytes_is_true(
    old: Any, new: Any, value: str, outcome: str
) -> None:
    """It is what somebody reads who goes by his own schema, as the writer's schema admits it."""
    witness = only(at(old), at(new)).witness
    assert witness is not None
    assert (witness.value, witness.outcome) == (value, outcome)


def test_an_amount_that_is_too_long_is_read_and_not_refused() -> None:
    found = only(at(decimal(2)), at(decimal(2) | {"precision": 4}))
    assert found.witness is not None
    assert found.witness.outcome == "read as 123.45, which has 5 digits where 4 are declared"
    assert "refuses" not in found.reason


@pytest.mark.parametrize("kind", ["x-unit", "x-scheme"])
def test_what_no_reader_notices_is_not_shown_by_what_another_edit_breaks(kind: str) -> None:
    """The message is refused for the field without a default: of the unit that shows nothing."""
    fields = [{"name": "a", "type": "double", kind: each} for each in ("KGM", "LBR")]
    old, new = ({"type": "record", "name": "R", "fields": [each]} for each in fields)
    new["fields"].append({"name": "n", "type": "string"})
    found = {each.rule: each for each in prove(compare(old, new, promise=BACKWARD)).findings}

    said = found["LAD806" if kind == "x-unit" else "LAD808"]
    assert said.forbidden
    assert "refused" not in (said.witness.outcome if said.witness else "")
    assert found["LAD101"].witness is not None


KG_OR_LB = [
    {"type": "object", "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/L"}}}}
    | {"$defs": {"L": {"properties": {"w": {"type": "number", "minimum": 5, "x-unit": each}}}}}
    for each in ("KGM", "LBR")
]


def test_another_unit_of_json_is_shown_by_a_number_that_both_take() -> None:
    """It is read as it was written, wherever it stands, and not what another edit refuses."""
    old, new = KG_OR_LB
    stricter = prove(compare(old, {**new, "required": ["n"]}, promise=BACKWARD)).findings
    (found,) = prove(compare(old, new, promise=BACKWARD)).findings

    said = {each.rule: each.witness.outcome for each in stricter if each.witness}
    assert said["LAD101"].startswith("refused")
    assert said["LAD806"] == "read as 5 LBR, meant as 5 KGM"
    assert found.witness is not None
    assert found.witness.value == {"lines": [{"w": 5}]}
    assert found.witness.outcome == "read as 5 LBR, meant as 5 KGM"


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("x-scheme", "only generated models check it, and no example is tried on them"),
        ("x-codelist", "no message can show it: each is read as before"),
    ],
)
def test_what_no_message_can_show_is_not_shown_by_what_another_edit_breaks(
    key: str, why: str
) -> None:
    """A length that is refused says nothing of another scheme; that it cannot be shown is said."""
    old, new = (
        {"type": "object", "properties": {"a": {"type": "string", key: each, "maxLength": most}}}
        for each, most in (("GRAI", 20), ("SSCC-18", 18))
    )
    verdict = prove(compare(old, new, promise=BACKWARD))

    assert [bool(each.witness) for each in verdict.findings] == [
        each.rule == "LAD205" for each in verdict.findings
    ]
    assert f"unproven: {why}" in text([verdict], prove=True)


def test_a_number_that_a_double_does_not_hold_is_shown_and_forbids_nothing() -> None:
    verdict = prove(compare(at("long"), at("double"), promise=BACKWARD))
    (found,) = (each for each in verdict.findings if each.witness)
    assert verdict.compatible
    assert (found.rule, found.spared) == ("LAD212", "Avro allows it, and no message is refused")
    assert found.witness is not None
    assert found.witness.value == {"v": 9007199254740993}
    assert found.witness.outcome == "read as 9007199254740992.0"
    said = text([verdict])
    assert "LAD212 note" in said
    assert 'old writes {"v": 9007199254740993}' in said
    assert "0 breaking" in said


PYTHON, FASTAVRO = Runtime.PYTHON_AVRO, Runtime.FASTAVRO
W = {"name": "w", "type": "int"}


@pytest.mark.parametrize(
    ("old", "new", "runtime", "outcome"),
    [
        (schema(W), schema({"name": "v", "type": "int", "aliases": ["w"]}), PYTHON, "refused by"),
        (
            schema(W),
            schema({"name": "v", "type": "int", "aliases": ["w"], "default": 3}),
            PYTHON,
            "read as 3 by",
        ),
        (at("string"), at("bytes"), PYTHON, "refused by"),
        (
            at({"type": "array", "items": "int"}),
            at({"type": "array", "items": "long"}),
            PYTHON,
            "refused by",
        ),
        (
            schema(W),
            schema(W, {"name": "v", "type": "bytes", "default": "\u00ff"}),
            PYTHON,
            "read as b'\\xc3\\xbf' by",
        ),
        (
            schema(W),
            schema(W, {"name": "v", "type": "bytes", "default": "\u00ff"}),
            FASTAVRO,
            "read as '\u00ff' by",
        ),
    ],
)
def test_what_breaks_one_library_alone_is_tried_by_that_library(
    old: Any, new: Any, runtime: Runtime, outcome: str
) -> None:
    verdict = prove(compare(old, new, promise=BACKWARD, policy=Policy(runtimes=[runtime])))
    (found,) = (each for each in verdict.findings if each.forbidden)
    assert found.witness is not None
    assert found.witness.outcome.startswith(f"{outcome} {runtime}")


def test_without_the_library_there_is_no_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "avro.io", None)
    policy = Policy(runtimes=[PYTHON])
    verdict = prove(compare(at("string"), at("bytes"), promise=BACKWARD, policy=policy))
    assert [each.witness for each in verdict.findings if each.forbidden] == [None]


ODD = {
    "a union where a name belongs": (at({"type": ["null", "int"]}), at("string")),
    "an amount of any length": (at(decimal(0) | {"precision": 10**8}), at("bytes")),
    "amounts that nobody prints": (
        at(decimal(0) | {"precision": 10**8}),
        at(decimal(0) | {"precision": 10**7}),
    ),
    "a long fixed": (at(fixed(2**20)), at("bytes")),
    "any number of fields": (
        at(_wide(9)),
        schema({"name": "v", "type": _wide(9)}, ID),
    ),
}
"""Documents that are judged, and that a library chokes on, or a message of which has no measure."""


@pytest.mark.parametrize("name", ODD)
def test_proving_never_raises_and_always_ends(name: str) -> None:
    verdict = compare(*ODD[name], promise=BACKWARD)
    assert verdict.outcome is Outcome.INCOMPATIBLE
    assert prove(verdict).findings


def test_a_branch_of_a_union_is_the_one_that_is_meant() -> None:
    """The bytes say which: a library that is handed a text takes the first that fits."""
    witness = only(at(["string", COLOURS]), at(["string", REDS])).witness
    assert witness is not None
    assert (witness.value, witness.outcome[:8]) == ({"v": "BLUE"}, "refused:")


def test_a_union_of_one_is_a_union_on_the_wire() -> None:
    witness = only(schema(*at(["long"])["fields"]), schema(*at(["long"])["fields"], W)).witness
    assert witness is not None
    assert (witness.value, witness.data[:2]) == ({"v": 2**40}, "00")


def test_a_path_is_followed_through_maps_and_through_fields_of_another_name() -> None:
    inner = {"type": "map", "values": COLOURS}
    old = at(inner)
    new = schema({"name": "u", "type": inner | {"values": REDS}, "aliases": ["v"]})
    witness = only(old, new).witness
    assert witness is not None
    assert witness.value == {"v": {"key": "BLUE"}}


def test_a_forward_break_is_written_by_the_new_version() -> None:
    witness = only(schema(ID, {"name": "w", "type": "int"}), schema(ID), FORWARD).witness
    assert witness is not None
    assert (witness.writer, witness.value) == ("new", {"id": "text"})


READ = (ChangeKind.DECIMAL_PRECISION, ChangeKind.LOSSY_PROMOTION)
"""What readers take, and should not."""


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
        sent = fastavro.schemaless_reader(io.BytesIO(data), sides[0], None)
        if finding.change.kind in READ:
            assert fastavro.schemaless_reader(io.BytesIO(data), *sides) is not sent
            return
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
        assert finding.witness is None or finding.forbidden or finding.rule == "LAD212"
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
        if isinstance(history, dict):  # facts that a status is computed from
            assert body.derived
            assert finding.witness.outcome.endswith(f"meant: {derive(body.derived, history)}")
            continue
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
                or event.startswith(("late: ", "at the same moment: "))
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


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        ("double", "1.0"),
        ("int", "1"),
        (["null", "float"], "1.0"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}, "0.01"),
    ],
)
def test_another_unit_is_shown_by_what_is_read_in_it(type_: Any, said: str) -> None:
    old, new = (
        {"type": "record", "name": "A", "fields": [{"name": "w", "type": type_, "x-unit": unit}]}
        for unit in ("KGM", "LBR")
    )
    (found,) = prove(compare(old, new)).findings

    assert found.witness
    assert found.witness.outcome == f"read as {said} LBR, meant as {said} KGM"


def shipped(test: dict[str, Any], note: str = "string", asked: str = "awb") -> Any:
    """A consignment that says more of itself if `test` holds for its mode."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["mode"],
        "properties": {"mode": {"enum": ["air", "sea"]}, "note": {"type": note}},
        "if": {"properties": {"mode": test}},
        "then": {"required": [asked]},
    }


@pytest.mark.parametrize(
    ("asked", "outcome"), [("awb", 'refused: "awb" is a required property'), ("mode", None)]
)
def test_another_condition_shows_in_what_it_then_asks_for(asked: str, outcome: str | None) -> None:
    """What shows another edit, made at the same time, is no example of it."""
    old = shipped({"const": "air"}, asked=asked)
    new = shipped({"enum": ["air", "sea"]}, "integer", asked)
    found = prove(compare(old, new, kind=Kind.JSON, promise=Compatibility.BACKWARD))
    wider = next(each for each in found.findings if each.rule == "LAD301")

    assert (wider.witness.outcome if wider.witness else None) == outcome
    assert wider.fix is not None
    assert wider.fix.startswith("leave the condition as it is")


def test_an_object_that_is_too_large_to_be_made_whole_is_no_crash() -> None:
    """It is made small at its place, and what is left is tried."""

    def version(kind: str) -> Any:
        row = {"type": "array", "minItems": 50, "items": {"type": "string"}}
        found: Any = {
            "type": "object",
            "required": ["k", "rows"],
            "properties": {
                "k": {"type": kind},
                "rows": {"type": "array", "minItems": 50, "items": row},
            },
        }
        for _ in range(3):
            found = {"type": "object", "required": ["a"], "properties": {"a": found}}
        return found

    verdict = compare(version("string"), version("integer"), kind=Kind.JSON)
    (found,) = prove(verdict).findings

    assert (found.rule, found.witness is not None) == ("LAD201", True)
