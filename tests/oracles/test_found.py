"""Faults that judging at scale has found (`tests/soundness.py`): each stays mended.

A schema pair and an instance that the old one takes and the new one refuses; `compatible` would be
a lie.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from lading.compat import Content, Outcome, Policy, compare, judge, judge_history, prove
from lading.model.contract import Compatibility, Kind
from strategies import json_contract

BACKWARD = Compatibility.BACKWARD
STRICT = Policy(content=Content.STRICT)
TEXT, SHORT = {"type": "string"}, {"type": "string", "maxLength": 3}
KNOWN: Any = {"type": "string", "x-extensible-enum": ["A", "B"]}
FOUND: dict[str, tuple[Any, Any, Any]] = {
    "a type beside alternatives": (
        {"anyOf": [TEXT, {"type": "number"}]},
        {"anyOf": [TEXT, {"type": "number"}], "type": "object"},
        "x",
    ),
    "an enum beside a list that asserts nothing": (
        KNOWN,
        KNOWN | {"enum": ["A"]},
        "B",
    ),
    "a limit beside a list that asserts nothing": (KNOWN, KNOWN | {"maxLength": 3}, "LONG"),
    "another type beside a list that asserts nothing": (KNOWN, KNOWN | {"type": "boolean"}, "B"),
    "null beside a list that asserts nothing": (KNOWN | {"type": ["string", "null"]}, KNOWN, None),
    "an alternative twice": ({"oneOf": [TEXT]}, {"oneOf": [TEXT, TEXT]}, "x"),
    "null in two alternatives": (
        {"oneOf": [{"enum": ["A"]}, {"const": None}]},
        {"oneOf": [{"enum": ["A", None]}, {"const": None}]},
        None,
    ),
    "exclusive alternatives within others": (
        {"anyOf": [TEXT]},
        {"anyOf": [{"oneOf": [TEXT, SHORT]}]},
        "x",
    ),
    "others within exclusive alternatives": (
        {"anyOf": [TEXT, SHORT]},
        {"oneOf": [{"anyOf": [TEXT, SHORT]}, {"enum": ["x"]}]},
        "x",
    ),
    "a constant that the list beside it does not have": (
        {"const": None},
        {"const": None, "enum": [True]},
        None,
    ),
    "a required name in a closed object with patterns": (
        {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
        {
            "type": "object",
            "required": ["a"],
            "additionalProperties": False,
            "patternProperties": {"^p": True},
        },
        {"a": 1},
    ),
    "lists in two alternatives, one of them without a type": (
        {"oneOf": [{"minLength": 1}, {"type": "string", "maxLength": 0}]},
        {"oneOf": [{"minLength": 1}, {"type": "array"}]},
        [],
    ),
    "keywords of lists without a type": ({"items": TEXT}, {"type": "array", "items": TEXT}, None),
    "keywords of objects without a type": (
        {"properties": {"a": TEXT}},
        {"type": "object", "properties": {"a": TEXT}},
        5,
    ),
    "keywords of texts without a type": ({"minLength": 1}, {"type": "string", "minLength": 1}, 5),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_breaks_is_never_called_compatible(name: str) -> None:
    """jsonschema-rs shows the break, and we do not say compatible to the letter."""
    old, new, instance = FOUND[name]
    assert jsonschema_rs.is_valid(old, instance)
    assert not jsonschema_rs.is_valid(new, instance)
    verdict = compare(old, new, kind=Kind.JSON, promise=BACKWARD, policy=STRICT)
    assert verdict.outcome is not Outcome.COMPATIBLE


@pytest.mark.parametrize("name", FOUND)
def test_a_schema_may_follow_itself(name: str) -> None:
    """To the letter, too."""
    for each in FOUND[name][:2]:
        verdict = compare(each, each, kind=Kind.JSON, promise=BACKWARD, policy=STRICT)
        assert verdict.outcome is Outcome.COMPATIBLE


def test_keywords_without_a_type_mean_what_their_authors_mean() -> None:
    """Unless asked to the letter: who writes `properties` speaks of an object."""
    for name in ("keywords of lists without a type", "keywords of objects without a type"):
        old, new, _ = FOUND[name]
        assert compare(old, new, kind=Kind.JSON, promise=BACKWARD).compatible


LOOP = {"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}}
TURNS: Any = {
    "$ref": "#/$defs/x",
    "$defs": {"x": {"maxLength": 3, "allOf": [{"anyOf": [{"$ref": "#/$defs/x"}, SHORT]}]}},
}


@pytest.mark.parametrize("policy", [Policy(), STRICT], ids=["lenient", "strict"])
def test_what_leads_to_itself_in_place_ends_without_a_crash(policy: Policy) -> None:
    """No validator can follow it; whoever judges gets an answer that is not compatible."""
    old, new = json_contract(LOOP), json_contract(TURNS)
    for verdict in (
        judge(old, new, BACKWARD, policy=policy),
        judge_history([old, old], new, Compatibility.FULL_TRANSITIVE, policy=policy),
    ):
        assert verdict.outcome is not Outcome.COMPATIBLE
        prove(verdict)
