"""A JSON Schema that refers to its parts by names: they are followed like any path into it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lading.compat import Outcome, compare
from lading.model.contract import Kind

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string"}
LIST_OF = {"type": "array"}


def holding(leads: Any, dialect: str = DRAFT_2020, **more: Any) -> Any:
    return {"$schema": dialect, "type": "object", "properties": {"x": leads}, **more}


NAMED = {
    "an anchor": holding({"$ref": "#n"}, **{"$defs": {"A": {"$anchor": "n", **TEXT}}}),
    "an anchor of draft-07": holding(
        {"$ref": "#n"}, DRAFT_7, definitions={"A": {"$id": "#n", **TEXT}}
    ),
    "a dynamic anchor": holding(
        {"$dynamicRef": "#n"}, **{"$defs": {"A": {"$dynamicAnchor": "n", **TEXT}}}
    ),
    "a dynamic reference beside a reference": holding(
        {"$ref": "#/$defs/B", "$dynamicRef": "#n"},
        **{"$defs": {"A": {"$dynamicAnchor": "n", **TEXT}, "B": {"maxLength": 3, **TEXT}}},
    ),
    "itself": holding(
        {**LIST_OF, "items": {"$recursiveRef": "#"}},
        DRAFT_2019,
        **{"$recursiveAnchor": True, "patternProperties": {"^t": TEXT}},
    ),
    "its own address": holding(
        {"$ref": "https://e.com/a.json#/$defs/A"},
        **{"$id": "https://e.com/a.json", "$defs": {"A": TEXT}},
    ),
    "a relative address": holding(
        {"$ref": "a.json#/$defs/A"}, **{"$id": "https://e.com/a.json", "$defs": {"A": TEXT}}
    ),
    "a name that is no place": holding(
        {"$ref": "urn:example:a#/$defs/A"}, **{"$id": "urn:example:a", "$defs": {"A": TEXT}}
    ),
    "a part with an address": holding(
        {"$ref": "part.json"},
        **{
            "$id": "https://e.com/a.json",
            "$defs": {
                "P": {
                    "$id": "part.json",
                    "type": "object",
                    "properties": {"q": {"$ref": "#/$defs/B"}},
                    "$defs": {"B": TEXT},
                }
            },
        },
    ),
    "what a part with an address names": holding(
        {"$ref": "part.json#n"},
        **{
            "$id": "https://e.com/a.json",
            "$defs": {"P": {"$id": "part.json", "$defs": {"B": {"$anchor": "n", **TEXT}}}},
        },
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_a_name_leads_to_is_compared(name: str) -> None:
    """The same document is no change, and an edit of the part is found."""
    old = NAMED[name]
    new = json.loads(json.dumps(old).replace('"string"', '"integer"'))

    assert compare(old, old, kind=Kind.JSON).outcome is Outcome.COMPATIBLE
    assert compare(old, new, kind=Kind.JSON).outcome is Outcome.INCOMPATIBLE


UNKNOWN = {
    "no such name": holding({"$ref": "#n"}),
    "no such address": holding({"$ref": "https://e.com/b.json"}),
    "the name of a property": {
        "$schema": DRAFT_2020,
        "properties": {"$anchor": TEXT, "x": {"$ref": "#n"}},
    },
    "data": holding({"$ref": "#n"}, **{"$defs": {"A": {"const": {"$anchor": "n"}}}}),
    "of another dialect": holding(
        {"$ref": "#n"}, DRAFT_7, definitions={"A": {"$anchor": "n", **TEXT}}
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_leads_nowhere_is_said(name: str) -> None:
    """Names in data are none."""
    found = compare(UNKNOWN[name], UNKNOWN[name], kind=Kind.JSON)

    assert found.outcome is Outcome.UNKNOWN
    assert {each.code for each in found.problems} == {"LAD013"}


def test_a_name_that_two_parts_have_is_not_decided() -> None:
    """Which of them a dynamic reference means depends on where one comes from."""
    defs = {"A": {"$dynamicAnchor": "n", **TEXT}, "B": {"$id": "b", "$dynamicAnchor": "n"}}
    old, new = (
        holding({"$dynamicRef": "#n"}, **{"$id": "https://e.com/a", "$defs": each})
        for each in (defs, defs | {"A": {"$dynamicAnchor": "n", "type": "integer"}})
    )

    assert compare(old, new, kind=Kind.JSON).outcome is Outcome.UNKNOWN
