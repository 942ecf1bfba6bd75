"""What was announced: what may go when its time has come, and what is told too late."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lading.compat import Outcome, Policy, compare
from lading.model.contract import Compatibility

TODAY = date(2027, 7, 1)
STRING = {"type": "string"}


def api(operation: dict[str, Any] | None, **components: Any) -> dict[str, Any]:
    """An API with an operation beside one that stays."""
    answer = {"responses": {"204": {"description": "Done."}}}
    paths: dict[str, Any] = {"/status": {"get": answer}}
    if operation is not None:
        paths["/shipments"] = {"post": {**answer, **operation}}
    more = {"components": {"schemas": components}} if components else {}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, **more}


def ending(day: str, **more: Any) -> dict[str, Any]:
    return {"deprecated": True, "x-sunset": day, **more}


@pytest.mark.parametrize(
    ("operation", "today", "outcome"),
    [
        (ending("2027-06-30"), TODAY, Outcome.COMPATIBLE),
        (ending("2027-06-30"), None, Outcome.INCOMPATIBLE),
        (ending("2027-07-01"), TODAY, Outcome.INCOMPATIBLE),
        (ending("2028-01-01T00:00:00Z"), TODAY, Outcome.INCOMPATIBLE),
        (ending("one day"), TODAY, Outcome.INCOMPATIBLE),
        ({"deprecated": True}, TODAY, Outcome.INCOMPATIBLE),
        ({"x-sunset": "2027-06-30"}, TODAY, Outcome.INCOMPATIBLE),
    ],
)
def test_an_operation_goes_when_its_time_has_come(
    operation: dict[str, Any], today: date | None, outcome: Outcome
) -> None:
    """It was deprecated, its last day is over, and somebody knows what day it is."""
    verdict = compare(api(operation), api(None), policy=Policy(today=today))

    assert verdict.outcome is outcome
    spared = [each.spared for each in verdict.findings if each.rule == "LAD401"]
    over = "it was deprecated, to stay until 2027-06-30, and that is over"
    assert spared == [over if verdict.compatible else ""]


def test_parameters_headers_and_properties_go_likewise() -> None:
    """Each by its own date."""
    gone = ending("2027-06-30", name="q", schema=STRING)
    body = {"type": "object", "properties": {"b": STRING | ending("2027-06-30")}, "required": ["b"]}
    response = {
        "description": "It.",
        "headers": {"H": {"required": True, "schema": STRING} | ending("2027-06-30")},
        "content": {"application/json": {"schema": body}},
    }
    old = {"parameters": [gone | {"in": "query"}], "responses": {"200": response}}
    new = {
        "responses": {
            "200": {
                "description": "It.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        }
    }
    verdict = compare(api(old), api(new), policy=Policy(today=TODAY))

    assert {each.rule for each in verdict.findings if each.spared} == {"LAD102", "LAD502", "LAD524"}
    assert not compare(api(old), api(new)).compatible


@pytest.mark.parametrize(
    ("level", "outcome"),
    [
        ("draft", Outcome.COMPATIBLE),
        ("alpha", Outcome.COMPATIBLE),
        ("beta", Outcome.INCOMPATIBLE),
        ("stable", Outcome.INCOMPATIBLE),
        ("", Outcome.INCOMPATIBLE),
    ],
)
@pytest.mark.parametrize("new", [None, {"parameters": [{"name": "q", "in": "query"}]}])
def test_of_a_draft_nothing_is_promised(
    level: str, outcome: Outcome, new: dict[str, Any] | None
) -> None:
    """Whatever changes in the operation, or if it goes; the old version says what it was."""
    if new:
        new["parameters"][0] |= {"required": True, "schema": STRING}
    old = {"x-stability-level": level} if level else {}
    new = {**new, **old} if new else None

    assert compare(api(old), api(new)).outcome is outcome


def test_a_type_of_its_own_is_no_part_of_a_draft() -> None:
    """Others may use it: it is held to what is promised of it elsewhere."""
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}
    draft = {"x-stability-level": "draft", "requestBody": body}
    old, new = (
        api(draft, S={"type": "object", "properties": {"a": {"type": each}}})
        for each in ("string", "integer")
    )

    assert compare(old, new).outcome is Outcome.INCOMPATIBLE


def test_who_was_told_later_that_it_is_a_draft_was_promised_more() -> None:
    """The level of the old version counts."""
    new = {"x-stability-level": "draft", "responses": {"200": {"description": "It."}}}

    assert compare(api({}), api(new)).outcome is Outcome.INCOMPATIBLE


@pytest.mark.parametrize(
    ("old", "new", "late"),
    [
        ({}, ending("2027-08-01"), "which is less than 90 days away"),
        ({}, ending("2027-09-29"), ""),
        ({}, {"deprecated": True}, "without a day until which it stays"),
        ({"deprecated": True}, ending("2027-08-01"), "which is less than 90 days away"),
        (ending("2027-07-10"), ending("2027-08-01"), ""),
        (ending("2027-08-01"), ending("2027-08-01"), ""),
    ],
)
def test_an_end_is_announced_in_time(old: dict[str, Any], new: dict[str, Any], late: str) -> None:
    """`notice_days` days ahead; a date that moves away is no worse than the one before."""
    policy = Policy(today=TODAY, notice_days=90)
    verdict = compare(api(old), api(new), policy=policy)
    told = [each.reason for each in verdict.findings if each.forbidden]

    assert [late in each for each in told] == ([True] if late else [])
    assert not any("days away" in each.reason for each in compare(api(old), api(new)).findings)


def test_fields_of_avro_are_under_no_clock() -> None:
    """They have no date, and a mark alone asks for none."""
    fields = [{"name": "a", "type": "string"}]
    old = {"type": "record", "name": "R", "fields": fields}
    new = {"type": "record", "name": "R", "fields": [fields[0] | {"x-deprecated": True}]}
    policy = Policy(today=TODAY, notice_days=90)

    assert compare(old, new, promise=Compatibility.FULL, policy=policy).compatible
