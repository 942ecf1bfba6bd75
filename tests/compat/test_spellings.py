"""One set of values, said in two ways: a break needs an example, and there is none."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from lading.compat import Content, Outcome, Policy, compare, prove
from lading.model.contract import Compatibility, Kind

BACKWARD, FORWARD = Compatibility.BACKWARD, Compatibility.FORWARD
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string"}
OBJECT: Any = {"type": "object", "properties": {"a": TEXT, "b": TEXT, "c": TEXT}}
ONE: Any = {"type": "object", "properties": {"a": TEXT}}
WITH_A, WITH_B = {"required": ["a"]}, {"required": ["b"]}
NEEDS_B: Any = {**OBJECT, "dependentRequired": {"a": ["b"]}}
IF_A_THEN_B: Any = {**OBJECT, "if": WITH_A, "then": WITH_B}
WITHOUT_A: Any = {**OBJECT, "not": WITH_A}
NAMED_A: Any = {"type": "object", "propertyNames": {"enum": ["a"]}}

SAME: dict[str, tuple[Any, Any]] = {
    "a dependency, as a condition": (NEEDS_B, IF_A_THEN_B),
    "a condition, as alternatives": (IF_A_THEN_B, {**OBJECT, "anyOf": [{"not": WITH_A}, WITH_B]}),
    "a property that is not to be there": (
        {"type": "object", "not": WITH_A},
        {"type": "object", "properties": {"a": False}},
    ),
    "what must not be other": ({"not": {"not": TEXT}}, TEXT),
    "names that are listed": (
        NAMED_A,
        {"type": "object", "properties": {"a": True}, "additionalProperties": False},
    ),
}
WHOLE = {"type": "integer"}
TRUTHS: Any = {"type": "array", "items": {"type": "boolean"}}
PLACED: Any = {"type": "array", "prefixItems": [TEXT, WHOLE]}
CLOSED: Any = {"type": "object", "additionalProperties": False}
EQUAL: dict[str, tuple[Any, Any]] = {
    "no property at all": (
        {"type": "object", "maxProperties": 0},
        {"type": "object", "additionalProperties": False},
    ),
    "no more properties than are required": (
        {**ONE, "required": ["a"], "maxProperties": 1},
        {**ONE, "required": ["a"], "additionalProperties": False},
    ),
    "as many properties as are required": (
        {**OBJECT, "required": ["a", "b"]},
        {**OBJECT, "required": ["a", "b"], "minProperties": 2},
    ),
    "as many properties as there are": (
        {**OBJECT, "additionalProperties": False},
        {**OBJECT, "additionalProperties": False, "maxProperties": 3},
    ),
    "one item is unique": (
        {"type": "array", "maxItems": 1},
        {"type": "array", "maxItems": 1, "uniqueItems": True},
    ),
    "an item in the only place is unique": (
        {"type": "array", "prefixItems": [TEXT], "items": False},
        {"type": "array", "prefixItems": [TEXT], "items": False, "uniqueItems": True},
    ),
    "nothing behind the places": ({**PLACED, "items": False}, {**PLACED, "maxItems": 2}),
    "nothing behind the places, twice": (
        {**PLACED, "items": False},
        {**PLACED, "items": False, "maxItems": 7},
    ),
    "what is behind the last item": (
        {**PLACED, "maxItems": 1},
        {"type": "array", "prefixItems": [TEXT], "items": TEXT, "maxItems": 1},
    ),
    "items and places that say the same": (
        {"type": "array", "items": TEXT, "maxItems": 2},
        {"type": "array", "prefixItems": [TEXT, TEXT], "items": False},
    ),
    "no item at all": (
        {"type": "array", "items": False},
        {"type": "array", "maxItems": 0, "uniqueItems": True},
    ),
    "both truth values": (
        {**TRUTHS, "uniqueItems": True},
        {**TRUTHS, "uniqueItems": True, "maxItems": 2},
    ),
    "each of the values that are listed": (
        {"type": "array", "items": {"enum": ["a", 1, 1.0, True]}, "uniqueItems": True},
        {
            "type": "array",
            "items": {"enum": ["a", 1, True]},
            "uniqueItems": True,
            "maxItems": 3,
        },
    ),
    "null once": (
        {"type": "array", "items": {"type": "null"}, "uniqueItems": True},
        {"type": "array", "items": {"type": "null"}, "maxItems": 1},
    ),
    "a property, as a pattern of its name": (
        {**CLOSED, "properties": {"abc": TEXT}},
        {**CLOSED, "patternProperties": {"^abc$": TEXT}},
    ),
    "a property of an open object, as a pattern of its name": (
        {"type": "object", "properties": {"abc": TEXT}, "required": ["abc"]},
        {"type": "object", "patternProperties": {"^abc$": TEXT}, "required": ["abc"]},
    ),
    "a property, and a pattern that says what it says": (
        {**CLOSED, "properties": {"abc": {**TEXT, "maxLength": 3}}},
        {
            **CLOSED,
            "properties": {"abc": {**TEXT, "maxLength": 3}},
            "patternProperties": {"^abc$": {**TEXT, "maxLength": 5}},
        },
    ),
}
OTHER: dict[str, tuple[Any, Any]] = {
    "a dependency, as another condition": (
        NEEDS_B,
        {**OBJECT, "if": WITH_A, "then": {"required": ["b", "c"]}},
    ),
    "a property that is there, and another one not": (
        WITHOUT_A,
        {**OBJECT, "properties": {**OBJECT["properties"], "b": False}},
    ),
    "what must not be other than something else": ({"not": {"not": TEXT}}, {"type": "integer"}),
    "other names": (
        NAMED_A,
        {"type": "object", "properties": {"b": True}, "additionalProperties": False},
    ),
    "a condition alone": (OBJECT, IF_A_THEN_B),
    "fewer properties": (
        {"type": "object", "maxProperties": 1},
        {"type": "object", "additionalProperties": False},
    ),
    "fewer properties than are required": (
        {**OBJECT, "required": ["a"]},
        {**OBJECT, "minProperties": 2},
    ),
    "two items are not": (
        {"type": "array", "maxItems": 2},
        {"type": "array", "maxItems": 2, "uniqueItems": True},
    ),
    "fewer items than places": ({**PLACED, "items": False}, {**PLACED, "maxItems": 1}),
    "items behind fewer places than there may be": (
        {**PLACED, "maxItems": 3},
        {**PLACED, "items": False},
    ),
    "another item in a place that counts": (
        {"type": "array", "items": TEXT, "maxItems": 2},
        {**PLACED, "items": False},
    ),
    "two truth values that may be equal": (
        {**TRUTHS, "maxItems": 2},
        {**TRUTHS, "uniqueItems": True},
    ),
    "one of two truth values": (
        {**TRUTHS, "uniqueItems": True},
        {**TRUTHS, "uniqueItems": True, "maxItems": 1},
    ),
    "values that are more than they look": (
        {"type": "array", "items": {"enum": [1, True]}, "uniqueItems": True},
        {"type": "array", "items": {"enum": [1, True]}, "uniqueItems": True, "maxItems": 1},
    ),
    "a property of another type, as a pattern of its name": (
        {**CLOSED, "properties": {"abc": TEXT}},
        {**CLOSED, "patternProperties": {"^abc$": WHOLE}},
    ),
    "a property that may be missing, as a pattern of its name": (
        {**CLOSED, "patternProperties": {"^abc$": TEXT}},
        {**CLOSED, "properties": {"abc": TEXT}, "required": ["abc"]},
    ),
    "a pattern of another name": (
        {**CLOSED, "properties": {"abc": TEXT}},
        {**CLOSED, "patternProperties": {"^abd$": TEXT}},
    ),
}


def outcomes(one: Any, other: Any, policy: Policy) -> set[Outcome]:
    """In both directions, under both promises."""
    pairs = ((one, other), (other, one))
    return {
        compare(*pair, kind=Kind.JSON, promise=promise, policy=policy).outcome
        for pair in pairs
        for promise in (BACKWARD, FORWARD)
    }


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("name", SAME)
def test_another_spelling_of_a_condition_breaks_nothing(name: str, content: Content) -> None:
    """Nobody shows a value that one takes and the other refuses, so it is not called a break."""
    one, other = ({"$schema": DIALECT, **each} for each in SAME[name])

    assert Outcome.INCOMPATIBLE not in outcomes(one, other, Policy(content=content))


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("name", EQUAL)
def test_limits_that_say_nothing_new_are_no_change(name: str, content: Content) -> None:
    """It is counted: what the fields of an object, or the length of a list, already say."""
    one, other = ({"$schema": DIALECT, **each} for each in EQUAL[name])

    assert outcomes(one, other, Policy(content=content)) == {Outcome.COMPATIBLE}


@pytest.mark.parametrize("name", OTHER)
def test_another_condition_breaks_with_an_example(name: str) -> None:
    """What one version alone refuses is found, and tried, and called a break."""
    old, new = ({"$schema": DIALECT, **each} for each in OTHER[name])
    strict = Policy(content=Content.STRICT)

    for pair, promise in (((old, new), BACKWARD), ((new, old), FORWARD)):
        found = prove(compare(*pair, kind=Kind.JSON, promise=promise, policy=strict))
        assert found.outcome is Outcome.INCOMPATIBLE
        assert any(each.forbidden and each.witness for each in found.findings)


def test_a_field_of_which_no_condition_speaks_needs_no_example() -> None:
    """A condition that goes says nothing of the length of another property."""
    long, short = ({**OBJECT, "properties": {"d": {**TEXT, "maxLength": n}}} for n in (9, 5))
    old, new = {"$schema": DIALECT, **long, "not": WITH_A}, {"$schema": DIALECT, **short}
    (found,) = (
        each
        for each in compare(old, new, kind=Kind.JSON, promise=BACKWARD).findings
        if each.rule == "LAD205"
    )

    assert (found.forbidden, found.witness) == (True, None)


def test_without_a_validator_a_condition_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages of an SDK alone try nothing, and what is only shown by trying stays open."""
    for name in [each for each in sys.modules if each.startswith("lading.compat.witness.json_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)

    assert compare(OBJECT, IF_A_THEN_B, kind=Kind.JSON).outcome is Outcome.UNKNOWN


PART = {"type": "integer", "minimum": 0, "maximum": 5}
REST = {"type": "integer", "exclusiveMinimum": 5, "maximum": 10}
WHOLE = {"type": "integer", "minimum": 0, "maximum": 10}
SHORT, LONG = {**TEXT, "maxLength": 3}, {**TEXT, "minLength": 4}
LOW, HIGH = {"type": "number", "exclusiveMaximum": 0}, {"type": "number", "minimum": 0}


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        (WHOLE, [PART, REST]),
        (WHOLE, [{**PART, "maximum": 2}, {**PART, "minimum": 3}, REST]),
        (TEXT, [SHORT, LONG]),
        ({"type": "number"}, [LOW, HIGH]),
        ({**WHOLE, "multipleOf": 2}, [{**PART, "multipleOf": 2}, {**REST, "multipleOf": 2}]),
    ],
)
def test_a_range_in_parts_is_the_range(word: str, whole: Any, parts: Any) -> None:
    """Several alternatives take together what none of them takes alone."""
    assert outcomes(whole, {word: parts}, Policy()) == {Outcome.COMPATIBLE}


def test_parts_that_meet_elsewhere_are_the_same_range() -> None:
    """What one alternative gives up, the next one takes."""
    one: Any = {"anyOf": [PART, REST]}
    other: Any = {"anyOf": [{**PART, "maximum": 3}, {**REST, "exclusiveMinimum": 3}]}

    assert outcomes(one, other, Policy()) == {Outcome.COMPATIBLE}


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ([{**PART, "maximum": 4}, REST], 5),
        ([PART, {**REST, "maximum": 9}], 10),
        ([PART, {"type": "integer", "minimum": 6, "maximum": 10, "multipleOf": 2}], None),
        ([PART, {"type": "number", "exclusiveMinimum": 6, "maximum": 10}], 6),
    ],
)
def test_a_range_with_a_gap_is_none(parts: Any, value: int | None) -> None:
    """What is between the parts is refused."""
    found = prove(compare(WHOLE, {"anyOf": parts}, kind=Kind.JSON, promise=BACKWARD))
    witness = next(each.witness for each in found.findings if each.forbidden)

    assert found.outcome is Outcome.INCOMPATIBLE
    assert witness
    assert value is None or witness.value == value


LISTED = [{"enum": ["a", "b"]}, {"enum": ["c"]}]


def test_a_symbol_that_moves_to_another_list_is_not_called_a_break() -> None:
    """It is still taken, by another alternative."""
    one: Any = {"anyOf": [{"type": "object"}, *LISTED]}
    other: Any = {"anyOf": [{"type": "object"}, {"enum": ["a"]}, {"enum": ["b", "c"]}]}

    assert Outcome.INCOMPATIBLE not in outcomes(one, other, Policy())


PARTS: Any = [{"type": "object", "properties": {"a": TEXT}}]
CLOSED: Any = {"allOf": PARTS, "type": "object", "additionalProperties": False}
ADDED_UP: Any = {"allOf": PARTS, "type": "object", "unevaluatedProperties": False}
FLAT: Any = {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False}


@pytest.mark.parametrize("old", [ADDED_UP, FLAT, {"allOf": PARTS, "type": "object"}])
def test_a_closed_object_beside_another_refuses_what_that_one_declares(old: Any) -> None:
    """`additionalProperties` looks at the properties beside it alone: only `{}` is taken."""
    sides = tuple({"$schema": DIALECT, **each} for each in (old, CLOSED))
    for pair, broken, kept in ((sides, BACKWARD, FORWARD), (sides[::-1], FORWARD, BACKWARD)):
        assert compare(*pair, kind=Kind.JSON, promise=kept).outcome is Outcome.COMPATIBLE
        found = prove(compare(*pair, kind=Kind.JSON, promise=broken))
        (finding,) = (each for each in found.findings if each.forbidden)
        assert (finding.rule, finding.path) == ("LAD208", "a")
        assert finding.witness


def test_objects_that_lead_to_themselves_and_close_each_other_are_judged() -> None:
    """Their parts are not joined without end."""

    def schema(kind: str) -> Any:
        types = {
            "Open": {"properties": {"next": {"$ref": "#/$defs/Open"}, "x": {"type": kind}}},
            "Closed": {
                "properties": {"next": {"$ref": "#/$defs/Closed"}, "x": True},
                "additionalProperties": False,
            },
        }
        defs = {name: {"type": "object", **each} for name, each in types.items()}
        return {"allOf": [{"$ref": f"#/$defs/{name}"} for name in defs], "$defs": defs}

    found = compare(schema("string"), schema("integer"), kind=Kind.JSON, promise=BACKWARD)

    assert [each.rule for each in found.findings if each.forbidden] == ["LAD201"]


LISTED: Any = {"enum": ["A", "2026-12-01"]}
DATES: Any = {"enum": ["2026-12-01"]}
SHORT: Any = {"not": {"type": "string", "minLength": 20}}


@pytest.mark.parametrize("beside", [{}, SHORT, {"type": "string"}], ids=["alone", "not", "type"])
def test_a_format_beside_listed_values_refuses_those_that_are_not_of_it(beside: Any) -> None:
    """It counts with a value that it refuses; what stands in both versions is no condition more."""
    plain, dated = LISTED | beside, LISTED | beside | {"format": "date"}
    (found,) = compare(plain, dated, kind=Kind.JSON, promise=BACKWARD).findings

    assert (found.rule, found.forbidden) == ("LAD210", True)
    assert found.witness is not None
    assert found.witness.value == "A"
    assert compare(dated, plain, kind=Kind.JSON, promise=BACKWARD).compatible


def test_a_format_that_every_listed_value_has_breaks_nothing_that_could_be_shown() -> None:
    dated = DATES | {"format": "date"}

    assert compare(DATES, dated, kind=Kind.JSON, promise=BACKWARD).outcome is Outcome.UNKNOWN
    grown = {"enum": [*DATES["enum"], "2026-12-02"], "format": "date"}
    assert compare(dated, grown, kind=Kind.JSON, promise=BACKWARD).compatible
    shrunk = compare(grown, dated, kind=Kind.JSON, promise=BACKWARD)
    assert [each.rule for each in shrunk.findings if each.forbidden] == ["LAD302"]


def test_a_format_of_texts_says_nothing_of_listed_numbers() -> None:
    numbers = {"enum": [1, 2]}

    assert compare(numbers, numbers | {"format": "date"}, kind=Kind.JSON).findings == ()
