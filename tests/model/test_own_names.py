"""A JSON Schema that refers to its parts by names: they are followed like any path into it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
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


LIST_OF_T: Any = {
    "$id": "list",
    "type": "array",
    "items": {"$dynamicRef": "#T"},
    "$defs": {"T": {"$dynamicAnchor": "T"}},
}
STRINGS: Any = {
    "$schema": DRAFT_2020,
    "$id": "https://e.com/strings",
    "$ref": "list",
    "$defs": {"T": {"$dynamicAnchor": "T", **TEXT}, "list": LIST_OF_T},
}
"""A list of anything, made one of texts by who builds on it (2020-12 core, 8.2.3.2)."""


def defined(**more: Any) -> Any:
    return STRINGS | {"$defs": STRINGS["$defs"] | more}


DYNAMIC = {
    "the part of the whole stands for the other": (STRINGS, Outcome.INCOMPATIBLE, [1], ["a"]),
    "a plain anchor of the whole does not": (
        defined(T={"$anchor": "T", **TEXT}),
        Outcome.COMPATIBLE,
        [],
        [1],
    ),
    "neither does one for a reference to a plain anchor": (
        defined(list=LIST_OF_T | {"$defs": {"T": {"$anchor": "T"}}}),
        Outcome.COMPATIBLE,
        [],
        [1],
    ),
}


@pytest.mark.parametrize("name", DYNAMIC)
def test_a_dynamic_reference_means_what_validators_make_of_it(name: str) -> None:
    """The outermost part of the name that a dynamic anchor gives, if it leads to one at all."""
    old, outcome, refused, taken = DYNAMIC[name]
    new = json.loads(json.dumps(old).replace('"string"', '"integer"'))

    assert compare(old, old, kind=Kind.JSON).outcome is Outcome.COMPATIBLE
    assert compare(old, new, kind=Kind.JSON).outcome is outcome
    assert compare(new, old, kind=Kind.JSON).outcome is outcome
    assert jsonschema_rs.is_valid(old, taken)
    assert not refused or not jsonschema_rs.is_valid(old, refused)


def test_which_part_a_dynamic_reference_means_may_depend_on_the_way() -> None:
    """Two parts of the document have the name and the document itself does not."""
    two = {each: {"$id": each, "$defs": {"T": {"$dynamicAnchor": "T"}}} for each in ("b", "c")}
    old = holding({"$ref": "list"}, **{"$id": "https://e.com/a", "$defs": {"l": LIST_OF_T, **two}})

    found = compare(old, old, kind=Kind.JSON)

    assert found.outcome is Outcome.UNKNOWN
    assert all("depends on what leads here" in each.message for each in found.problems)
    assert not any("pointer" in f"{each.message} {each.hint}" for each in found.problems)


def test_a_name_that_one_resource_gives_twice_is_not_decided() -> None:
    """It may give a name once."""
    old = defined(U={"$dynamicAnchor": "T", "type": "integer"})

    assert compare(old, old, kind=Kind.JSON).outcome is Outcome.UNKNOWN
