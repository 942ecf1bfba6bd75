"""What single edits of a JSON Schema do, where values can be tried or a dialect decides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lading.compat import Content, Effect, Outcome, Policy, compare, judge_history, prove
from lading.model import read_contract, read_document
from lading.model.contract import Compatibility, Kind

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
A: Any = {"$ref": "#/definitions/A"}
NEEDS: Any = {"type": "object", "dependencies": {"a": ["b"]}}


def property_of(schema: Any, dialect: str) -> Any:
    head = {"$schema": dialect, "type": "object", "definitions": {"A": INTEGER}}
    return head | {"properties": {"x": schema}}


EDITS: dict[str, tuple[str, Any, Any, set[tuple[str, Effect]]]] = {
    "what was ignored beside a reference counts": (
        DRAFT_7,
        {**A, "minimum": 5},
        {"allOf": [A, {"minimum": 5}]},
        {("LAD205", Effect.NARROWS)},
    ),
    "what is ignored beside a reference": (DRAFT_7, A, {**A, "minimum": 5}, set()),
    "what counts beside a reference": (
        DRAFT_2019,
        A,
        {**A, "minimum": 5},
        {("LAD205", Effect.NARROWS)},
    ),
    "text that is encoded": (
        DRAFT_7,
        TEXT,
        {**TEXT, "contentEncoding": "base64"},
        {("LAD801", Effect.NARROWS)},
    ),
    "text that is encoded otherwise": (
        DRAFT_2020,
        {**TEXT, "contentEncoding": "base64"},
        {**TEXT, "contentEncoding": "base16"},
        {("LAD803", Effect.REPLACES)},
    ),
    "text that is JSON": (
        DRAFT_7,
        TEXT,
        {**TEXT, "contentMediaType": "application/json"},
        {("LAD801", Effect.NARROWS)},
    ),
    "constants that become two types": (
        DRAFT_2020,
        {"anyOf": [{"const": "a"}, {"const": "b"}]},
        {"type": ["string", "integer"]},
        {("LAD207", Effect.WIDENS), ("LAD311", Effect.WIDENS)},
    ),
    "values that keep within limits": (
        DRAFT_2020,
        {"enum": [1, 2]},
        {**INTEGER, "minimum": 1},
        {("LAD207", Effect.WIDENS)},
    ),
    "values of which one does not": (
        DRAFT_2020,
        {"enum": [1, 2]},
        {**INTEGER, "minimum": 2},
        {("LAD207", Effect.REPLACES)},
    ),
    "values that are all there are": (
        DRAFT_2020,
        {"enum": [1, 2]},
        {**INTEGER, "minimum": 1, "maximum": 2},
        {("LAD207", Effect.NONE)},
    ),
    "values that match": (
        DRAFT_2020,
        {"enum": ["a", "b"]},
        {**TEXT, "pattern": "^[ab]$"},
        {("LAD207", Effect.WIDENS)},
    ),
    "a value that does not match": (
        DRAFT_2020,
        {"const": "a"},
        {**TEXT, "pattern": "^[bc]"},
        {("LAD207", Effect.REPLACES)},
    ),
    "values of a format": (
        DRAFT_2020,
        {"const": "a"},
        {**TEXT, "format": "date"},
        {("LAD207", Effect.WIDENS | Effect.UNKNOWN)},
    ),
    "names that others ask for": (
        DRAFT_2020,
        {"type": "object"},
        NEEDS,
        {("LAD210", Effect.NARROWS)},
    ),
    "names that others asked for": (
        DRAFT_2019,
        NEEDS,
        {"type": "object"},
        {("LAD211", Effect.WIDENS)},
    ),
    "names that others ask for, by another word": (
        DRAFT_2020,
        NEEDS,
        {"type": "object", "dependentRequired": {"a": ["b"]}},
        set(),
    ),
    "a word for null that is no keyword": (
        DRAFT_2020,
        {"type": ["string", "null"]},
        {**TEXT, "nullable": True},
        {("LAD313", Effect.NARROWS)},
    ),
    "the same in draft-07, backwards": (
        DRAFT_7,
        {**TEXT, "nullable": True},
        {"type": ["string", "null"]},
        {("LAD313", Effect.WIDENS)},
    ),
    "a word that is no keyword comes": (DRAFT_2019, TEXT, {**TEXT, "nullable": True}, set()),
    "names that nobody asks for": (
        DRAFT_7,
        {"type": "object"},
        {"type": "object", "dependentRequired": {"a": ["b"]}},
        set(),
    ),
    "an object that is closed by no keyword": (
        DRAFT_7,
        {"type": "object", "additionalProperties": False},
        {"type": "object", "unevaluatedProperties": False},
        {("LAD105", Effect.WIDENS)},
    ),
    "an object that was closed by none": (
        DRAFT_7,
        {"type": "object", "unevaluatedProperties": False},
        {"type": "object", "additionalProperties": False},
        {("LAD105", Effect.NARROWS)},
    ),
    "a list whose places no keyword names": (
        DRAFT_2019,
        {"type": "array", "prefixItems": [TEXT], "items": INTEGER},
        {"type": "array", "items": INTEGER},
        set(),
    ),
    "a limit of the form of OpenAPI 3.0": (
        DRAFT_2020,
        {**INTEGER, "exclusiveMinimum": 1},
        {**INTEGER, "minimum": 1, "exclusiveMinimum": True},
        {("LAD901", Effect.UNKNOWN)},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_an_edit_does(name: str) -> None:
    """As the dialect has it, under every policy."""
    dialect, before, after, expected = EDITS[name]
    old, new = (property_of(each, dialect) for each in (before, after))

    for content in (Content.LENIENT, Content.STRICT):
        found = compare(old, new, kind=Kind.JSON, policy=Policy(content=content))
        said = {(each.rule, each.effect) for each in found.findings}
        assert (said, found.problems) == (expected, ()), content


def test_a_property_of_an_object_that_no_keyword_closes() -> None:
    """It takes anything under that name, whatever `unevaluatedProperties` means elsewhere."""
    old, new = (
        {"$schema": DRAFT_7, "type": "object", "unevaluatedProperties": False, "properties": each}
        for each in ({"a": TEXT}, {"a": TEXT, "b": INTEGER})
    )
    policy = Policy(content=Content.STRICT)

    for pair, effect in (((old, new), Effect.NARROWS), ((new, old), Effect.WIDENS)):
        (found,) = compare(*pair, kind=Kind.JSON, policy=policy).findings
        assert found.effect is effect


def test_values_that_were_listed_become_the_type_they_are_of() -> None:
    """To the letter a number without ``type`` leaves all other types free."""
    old, new = ({"enum": [1, 2]}, {"multipleOf": 1})
    found = compare(old, new, kind=Kind.JSON, policy=Policy(content=Content.STRICT))

    assert found.findings[0].effect is Effect.WIDENS
    assert "changed from one of 1, 2 to integer" in {
        each.reason.partition(":")[0] for each in found.findings
    }


def test_a_property_answers_to_the_patterns_of_its_name() -> None:
    """What the pattern refuses was never taken, so that it cannot be refused from now on."""
    old, new = (
        {
            "type": "object",
            "properties": {"b": {"type": types}},
            "patternProperties": {"^b": INTEGER},
        }
        for types in (["string", "integer"], ["null", "integer"])
    )

    assert compare(old, new, kind=Kind.JSON).findings == ()


def test_a_pattern_is_named() -> None:
    """Also where the other version has none."""
    old, new = TEXT, {**TEXT, "pattern": "^[A-Z]+$"}

    for pair, said in (((old, new), "pattern added: ^["), ((new, old), "pattern removed: ^[")):
        (found,) = compare(*pair, kind=Kind.JSON).findings
        assert found.reason.startswith(said)


@pytest.mark.parametrize("content", Content)
def test_a_schema_that_is_a_part_of_itself_is_not_decided(content: Content) -> None:
    """It says nothing in the end, and readers differ."""
    old = {"$schema": DRAFT_2020, "$ref": "#", "minimum": 1}
    new = {"type": "object", "properties": {"a": {"$ref": "#"}}}

    found = compare(old, new, kind=Kind.JSON, policy=Policy(content=content))

    assert found.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("versions", [(0, 1), (1, 0)])
def test_what_is_a_part_of_itself_to_the_letter_alone_is_not_decided(
    versions: tuple[int, int],
) -> None:
    """What its authors mean is no part of itself, so that it is read, and read again in vain."""
    itself = {"allOf": [{"enum": []}, {"minimum": 2}]}
    both = (
        {"$schema": DRAFT_2020, "oneOf": [itself, {"allOf": [{"$ref": "#"}]}]},
        {"$schema": DRAFT_2020, **TEXT},
    )
    policy = Policy(content=Content.STRICT)

    found = compare(*(both[each] for each in versions), policy=policy)

    assert found.outcome is Outcome.UNKNOWN
    assert [each.code for each in found.problems] == ["LAD012"]


def test_a_history_with_what_is_a_part_of_itself_to_the_letter_is_not_decided() -> None:
    itself = {"allOf": [{"enum": []}, {"minimum": 2}]}
    old, new = (
        read_contract(Kind.JSON, read_document("a.json", json.dumps(each).encode()))
        for each in ({"$schema": DRAFT_2020, "oneOf": [itself, {"allOf": [{"$ref": "#"}]}]}, TEXT)
    )
    policy = Policy(content=Content.STRICT)

    found = judge_history([old], new, Compatibility.BACKWARD_TRANSITIVE, policy=policy)

    assert (found.outcome, len(found.problems)) == (Outcome.UNKNOWN, 1)


EXACT: dict[str, tuple[Any, Any, Outcome]] = {
    "another object": ({"const": {"k": 1}}, {"const": {"k": 2}}, Outcome.INCOMPATIBLE),
    "one list less": ({"enum": [[1], [2]]}, {"enum": [[1]]}, Outcome.INCOMPATIBLE),
    "one list more": ({"enum": [[1]]}, {"enum": [[1], [2]]}, Outcome.COMPATIBLE),
    "the same number": ({"enum": [[1]]}, {"const": [1.0]}, Outcome.COMPATIBLE),
    "true is no number": ({"const": [True]}, {"const": [1]}, Outcome.INCOMPATIBLE),
    "an empty list is no object": ({"const": []}, {"const": {}}, Outcome.INCOMPATIBLE),
    "keys in another order": (
        {"const": {"a": [{"b": None, "c": 0}]}},
        {"const": {"a": [{"c": 0, "b": None}]}},
        Outcome.COMPATIBLE,
    ),
    "of the type": (
        {"enum": [[1], {}, "x"]},
        {"type": ["array", "object", "string"]},
        Outcome.COMPATIBLE,
    ),
    "not of the type": ({"enum": [[1], "x"]}, {"type": "array"}, Outcome.INCOMPATIBLE),
    "of properties": (
        {"const": {"k": 1}},
        {"type": "object", "properties": {"k": {"type": "integer"}}},
        Outcome.COMPATIBLE,
    ),
    "not of properties": (
        {"const": {"k": 1}},
        {"type": "object", "properties": {"k": {"type": "string"}}},
        Outcome.INCOMPATIBLE,
    ),
    "those that hold beside other keywords": (
        {"type": "object", "required": ["b"], "enum": [{"a": 1}, {"b": 1}, 3]},
        {"const": {"b": 1}},
        Outcome.COMPATIBLE,
    ),
}


@pytest.mark.parametrize(("old", "new", "outcome"), EXACT.values(), ids=EXACT)
def test_listed_objects_and_lists_are_values(old: Any, new: Any, outcome: Outcome) -> None:
    head = {"$schema": DRAFT_2020}
    verdict = prove(compare(head | old, head | new, promise=Compatibility.BACKWARD))

    assert verdict.outcome == outcome
    assert all(each.witness for each in verdict.findings if each.forbidden)


def test_too_many_listed_objects_are_compared_as_they_are_written() -> None:
    many = [{"$schema": DRAFT_2020, "enum": [{"k": n} for n in range(500 + m)]} for m in (0, 1)]
    verdict = compare(many[0], many[1])

    assert verdict.outcome is Outcome.UNKNOWN
    assert "`enum`" in verdict.findings[0].reason


@pytest.mark.parametrize("ref", ["#", "#/$defs/A"])
@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_a_choice_of_itself_is_not_decided(word: str, ref: str) -> None:
    """What it takes is not defined: validators take anything, or what the others take."""
    defs = {"$defs": {"A": {"$ref": "#"}}, "$schema": DRAFT_2020}
    itself = {**defs, word: [{"$ref": ref}, TEXT]}
    for pair in ((itself, {**defs, **TEXT}), ({**defs, **TEXT}, itself)):
        verdict = compare(*pair, promise=Compatibility.FULL)
        assert verdict.outcome is Outcome.UNKNOWN
        assert "leads to itself" not in str(verdict.problems)
    assert not compare(itself, itself).findings
