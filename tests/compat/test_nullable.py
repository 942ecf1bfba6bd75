"""What `nullable` does: to the letter of OpenAPI 3.0, as many read it, and where it is no word."""

from __future__ import annotations

from typing import Any

import pytest

from lading.compat import Effect, Outcome, compare
from lading.compat.witness.cut import errors
from lading.model.contract import Compatibility

TEXT: Any = {"type": "string"}
NULLABLE: Any = {**TEXT, "nullable": True}
LISTED: Any = {**TEXT, "enum": ["x"]}
OBJECT: Any = {"type": "object", "properties": {"a": TEXT}}
LED: Any = {"$ref": "#/components/schemas/T"}
SURELY, OPENLY, NEVER = "surely", "openly", "never"
TAKES = {
    "beside a type": (NULLABLE, SURELY),
    "beside a type, and false": ({**TEXT, "nullable": False}, NEVER),
    "beside values with null": ({**NULLABLE, "enum": ["x", None]}, SURELY),
    "beside values without null": ({**NULLABLE, "enum": ["x"]}, OPENLY),
    "beside values alone": ({"enum": ["x"], "nullable": True}, OPENLY),
    "beside true and false": ({"type": "boolean", "enum": [True, False], "nullable": True}, OPENLY),
    "beside an object": ({**OBJECT, "nullable": True}, SURELY),
    "beside properties without a type": ({"properties": {"a": TEXT}, "nullable": True}, SURELY),
    "beside what builds on an object": ({"allOf": [LED], "nullable": True}, OPENLY),
    "with a type beside what builds on an object": (
        {"type": "object", "allOf": [LED], "nullable": True},
        OPENLY,
    ),
    "beside what builds on what takes null": (
        {**NULLABLE, "allOf": [{**NULLABLE, "maxLength": 3}]},
        SURELY,
    ),
    "beside alternatives": ({"anyOf": [LED, TEXT], "nullable": True}, OPENLY),
    "beside alternatives of which one takes null": ({"anyOf": [LED, NULLABLE]}, SURELY),
    "beside such, and again": ({"anyOf": [LED, NULLABLE], "nullable": True}, SURELY),
    "beside exactly one that takes null": (
        {"oneOf": [OBJECT, NULLABLE], "nullable": True},
        SURELY,
    ),
    "beside what must not be null": ({**NULLABLE, "not": {"enum": [None]}}, OPENLY),
    "beside a reference, where nothing counts": ({**LED, "nullable": True}, NEVER),
    "beside what leads to itself": (
        {"allOf": [{"$ref": "#/components/schemas/Round"}], "nullable": True},
        OPENLY,
    ),
}
"""A schema of OpenAPI 3.0, and whether it takes null: to some readers alone, if openly."""


def api(schema: Any, version: str = "3.0.3", place: str = "request") -> Any:
    """A document with the schema in a body."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    answer = {"description": "ok", **({} if place == "request" else {"content": body["content"]})}
    operation = {"responses": {"200": answer}} | (
        {"requestBody": body} if place == "request" else {}
    )
    rounded = {"allOf": [{"$ref": "#/components/schemas/Round"}, {"type": "object"}]}
    return {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {"/x": {"post": operation}},
        "components": {"schemas": {"T": OBJECT, "Round": {**OBJECT, "properties": {"r": rounded}}}},
    }


def found(old: Any, new: Any, versions: tuple[str, str] = ("3.0.3", "3.0.3")) -> set[Any]:
    """What is found between two schemas, about null."""
    verdict = compare(*(api(*each) for each in zip((old, new), versions, strict=True)))
    assert not verdict.problems
    return {(each.rule, each.effect) for each in verdict.findings}


@pytest.mark.parametrize("name", TAKES)
def test_taking_the_word_away_does_what_it_did(name: str) -> None:
    """It narrows, or only to some readers, or does nothing; the mirror as well."""
    schema, takes = TAKES[name]
    plain = {key: each for key, each in schema.items() if key != "nullable"}
    if name == "beside alternatives of which one takes null":
        plain = {"anyOf": [LED, TEXT]}
    if name in {"beside such, and again", "beside exactly one that takes null"}:
        assert found(schema, plain) == found(plain, schema) == set()
        return
    effects = {SURELY: {Effect.NARROWS}, OPENLY: {Effect.UNKNOWN}, NEVER: set[Effect]()}[takes]

    assert found(schema, plain) == {("LAD313", each) for each in effects}
    assert found(plain, schema) == {("LAD313", each.mirrored) for each in effects}


@pytest.mark.parametrize("name", [each for each in TAKES if "itself" not in each])
def test_what_is_taken_for_sure_is_taken_by_the_letter(name: str) -> None:
    """As the schema is tried in examples, by jsonschema-rs."""
    schema, takes = TAKES[name]

    assert (errors(api(schema), schema, None, "request") == []) is (takes == SURELY)


@pytest.mark.parametrize(
    ("promise", "outcome"),
    [
        (Compatibility.BACKWARD, Outcome.UNKNOWN),
        (Compatibility.FORWARD, Outcome.COMPATIBLE),
        (Compatibility.FULL, Outcome.UNKNOWN),
        (Compatibility.NONE, Outcome.COMPATIBLE),
    ],
)
@pytest.mark.parametrize("new", [LISTED, {**NULLABLE, "enum": ["x"]}])
def test_what_may_narrow_at_most_breaks_no_promise_to_the_other_side(
    new: Any, promise: Compatibility, outcome: Outcome
) -> None:
    """Whichever way readers take it, no message is new."""
    old = {**NULLABLE, "enum": ["x", None if new is not LISTED else "x"]}

    assert compare(api(old), api(new), promise=promise).outcome is outcome


def test_a_response_that_may_be_null_to_some_is_not_decided() -> None:
    """Clients in use may be sent null, and null may be what they were sent all along."""
    old, new = (api(each, place="response") for each in (LISTED, {**LISTED, "nullable": True}))

    assert compare(old, new).outcome is Outcome.UNKNOWN
    assert compare(new, old).outcome is Outcome.COMPATIBLE


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
def test_the_word_is_none_from_31_on(version: str) -> None:
    """Who keeps it when the document moves to 3.1 takes null no more."""
    null = {"type": ["string", "null"]}

    assert found(NULLABLE, NULLABLE, ("3.0.3", version)) == {("LAD313", Effect.NARROWS)}
    assert found(NULLABLE, NULLABLE, (version, "3.0.3")) == {("LAD313", Effect.WIDENS)}
    assert found(null, NULLABLE, (version, version)) == {("LAD313", Effect.NARROWS)}
    assert found(NULLABLE, null, ("3.0.3", version)) == set()
    assert found(TEXT, NULLABLE, (version, version)) == set()


def test_the_word_is_open_where_no_dialect_is_named() -> None:
    """The file may be a part of an API."""
    null = {"type": ["string", "null"]}

    for pair, outcome in (
        ((null, NULLABLE), Outcome.UNKNOWN),
        ((NULLABLE, NULLABLE), "compatible"),
    ):
        assert compare(*pair, promise=Compatibility.BACKWARD).outcome == outcome


def test_what_stands_beside_an_open_null_is_decided_as_ever() -> None:
    """What readers make of null is one thing, and the values are another."""
    old, new = ({**NULLABLE, "enum": each} for each in (["x", "y"], ["x"]))

    assert found(old, new) == {("LAD302", Effect.NARROWS)}
    assert found(new, old) == {("LAD301", Effect.WIDENS)}


def test_a_shape_that_is_listed_with_null_is_decided_but_for_the_null() -> None:
    """OpenAPI 3.0 has no lists of types; what is in the object does not depend on it."""
    one, other = ({**OBJECT, "type": ["object", "null"], "required": each} for each in ([], ["a"]))

    assert found(one, other) == {("LAD104", Effect.NARROWS)}
    assert found({**OBJECT, "nullable": True}, one) == {("LAD313", Effect.UNKNOWN)}
    assert found(one, OBJECT) == {("LAD313", Effect.UNKNOWN)}


def _parts(name: str) -> Any:
    return {"type": "object", "properties": {name: TEXT}}


EXCLUSIVE: Any = {
    "that became exclusive": (
        {"anyOf": [_parts("a"), _parts("b")]},
        {"oneOf": [_parts("a"), _parts("b")]},
    ),
    "of lists that share a value now": (
        {"oneOf": [{**TEXT, "enum": ["A"]}, {**TEXT, "enum": ["B"]}]},
        {"oneOf": [{**TEXT, "enum": ["A", "B"]}, {**TEXT, "enum": ["B"]}]},
    ),
    "of ranges that meet now": (
        {"oneOf": [{"type": "integer", "maximum": 5}, {"type": "integer", "minimum": 6}]},
        {"oneOf": [{"type": "integer", "maximum": 8}, {"type": "integer", "minimum": 6}]},
    ),
    "of which there is one more": (
        {"oneOf": [_parts("a")]},
        {"oneOf": [_parts("a"), {"type": "object", "properties": {"a": TEXT, "b": TEXT}}]},
    ),
}


@pytest.mark.parametrize("name", EXCLUSIVE)
def test_alternatives_exclude_each_other_beside_null_as_without_it(name: str) -> None:
    """The null beside them is one thing, what two of them take another."""
    old, new = EXCLUSIVE[name]
    alone = compare(api(old), api(new), promise=Compatibility.BACKWARD)
    beside = compare(
        api({**old, "nullable": True}),
        api({**new, "nullable": True}),
        promise=Compatibility.BACKWARD,
    )

    assert not alone.compatible
    assert beside.outcome is alone.outcome
    assert {f.rule for f in beside.findings} == {f.rule for f in alone.findings}


def test_who_lacks_a_keyword_is_said() -> None:
    """Why a schema is not decided that another version of OpenAPI would have decided."""
    (one,) = compare(api(LISTED), api({**TEXT, "const": "x"})).findings

    assert "const" in one.reason
    assert one.reason.endswith("OpenAPI 3.0 has none like it")
