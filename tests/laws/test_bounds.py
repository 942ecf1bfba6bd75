"""Documents that were made to keep us busy are judged like any other, or said to be too much.

Nothing here asserts a time: before there were bounds, none of these came to an end.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from lading.compat import Outcome, compare, prove
from lading.model.contract import Compatibility, Kind

TEXT = {"type": "string"}
MANY = 4000


def graph(kind: str, count: int, degree: int, *, seed: int = 1, edited: bool = False) -> Any:
    """Types that lead to each other, each to so many."""
    chance = Random(seed)
    defs: dict[str, Any] = {}
    for number in range(count):
        leads = [{"$ref": f"#/$defs/S{chance.randrange(count)}"} for _ in range(degree)]
        defs[f"S{number}"] = {"type": "object", "properties": node(kind, leads, number)}
    if edited:
        defs["S7"]["required"] = ["nope"]
    return {"$ref": "#/$defs/S0", "$defs": defs}


def node(kind: str, leads: list[Any], number: int) -> Any:
    if kind == "mixed":
        return {"u": {"anyOf": leads}, "v": {"items": {"oneOf": leads}}, "w": {"not": leads[0]}}
    return {"u": {kind: leads}, "z": {"const": number}}


def renamed(schema: Any) -> Any:
    return json.loads(json.dumps(schema).replace("/S", "/T").replace('"S', '"T'))


@pytest.mark.parametrize("kind", ["anyOf", "oneOf", "allOf", "mixed"])
@pytest.mark.parametrize("change", ["edited", "renamed", "renamed and edited", "another"])
def test_types_that_lead_to_each_other_are_judged(kind: str, change: str) -> None:
    """However many ways there are round."""
    old = graph(kind, 60, 6)
    new = graph(kind, 60, 6, seed=2 if change == "another" else 1, edited="edited" in change)

    found = compare(old, renamed(new) if "renamed" in change else new, kind=Kind.JSON)

    assert found.outcome in set(Outcome)


def properties(word: str, schema: Any) -> Any:
    return {"type": "object", "properties": {f"{word}{n}": schema for n in range(MANY)}}


def constants(*, start: int) -> Any:
    return {"oneOf": [{"const": f"v{n}"} for n in range(start, start + MANY)]}


def alternatives(*, start: int, **more: Any) -> Any:
    made = (
        {"type": "object", "properties": {f"a{n}": TEXT, **more}, "required": [f"a{n}"]}
        for n in range(start, start + MANY)
    )
    return {"anyOf": list(made)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (properties("a", TEXT), properties("b", TEXT)),
        (
            properties("a", {"type": "object", "properties": {"x": {**TEXT, "default": []}}}),
            properties("b", {"type": "object", "properties": {"x": {**TEXT, "default": []}}}),
        ),
        (constants(start=0), {"enum": [f"v{n}" for n in range(MANY)]}),
        (constants(start=0), constants(start=1)),
        (alternatives(start=0), alternatives(start=1, more=TEXT)),
        (
            {"enum": [f"v{n}" for n in range(MANY)]},
            {
                "enum": [f"v{n}" for n in range(MANY)],
                "not": {"enum": [f"v{n}" for n in range(0, MANY, 2)]},
            },
        ),
    ],
    ids=["properties", "objects", "constants listed", "constants", "alternatives", "values"],
)
def test_long_lists_of_anything_are_judged(old: Any, new: Any) -> None:
    """Though each on one side might answer each on the other."""
    found = compare(old, new, kind=Kind.JSON, promise=Compatibility.FULL)

    assert found.outcome in set(Outcome)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"enum": [f"v{n}" for n in range(MANY)]}, {"enum": [f"w{n}" for n in range(MANY)]}),
        *((graph(kind, 60, 8), graph(kind, 60, 8, edited=True)) for kind in ("anyOf", "oneOf")),
    ],
    ids=["values", "anyOf", "oneOf"],
)
def test_the_search_for_examples_ends(old: Any, new: Any) -> None:
    """It prepares the documents once, and tries nothing that a validator would never finish."""
    found = prove(compare(old, new, kind=Kind.JSON, promise=Compatibility.FULL))

    assert found.findings


def test_a_long_chain_of_types_has_no_example() -> None:
    """It may be longer than what a validator follows."""

    def chain(word: str) -> Any:
        defs = {f"A{n}": {"$ref": f"#/$defs/A{n + 1}"} for n in range(MANY)}
        return {"$ref": "#/$defs/A0", "$defs": defs | {f"A{MANY}": {"type": word}}}

    (found,) = prove(compare(chain("string"), chain("integer"), kind=Kind.JSON)).findings

    assert (found.rule, found.witness) == ("LAD201", None)


def test_what_is_too_much_to_compare_is_unknown() -> None:
    """Thousands of alternatives on both sides, none of which is the same."""
    found = compare(alternatives(start=0), alternatives(start=1, more=TEXT), kind=Kind.JSON)

    assert found.outcome is Outcome.UNKNOWN
    assert [each.code for each in found.problems] == ["LAD024"]


def chain_of_choices(leaf: Any, count: int) -> Any:
    """Types that each are one of two, and either of those is the next type and a field more."""
    defs: dict[str, Any] = {
        f"S{number}": {
            "oneOf": [
                {"allOf": [{"$ref": f"#/$defs/S{number + 1}"}, {"properties": {name: {}}}]}
                for name in (f"q{number}", f"r{number}")
            ]
        }
        for number in range(count)
    }
    return {"$ref": "#/$defs/S0", "$defs": defs | {f"S{count}": leaf}}


def objects(kind: str, **more: Any) -> Any:
    return {"type": "object", "properties": {"a": {"type": kind}, **more}}


@pytest.mark.parametrize("count", [2, 12, 60])
def test_one_edit_is_one_finding_however_many_ways_lead_there(count: int) -> None:
    """What the ways say of names that the type does not know makes no other places of it."""
    old, new = (chain_of_choices(objects(kind), count) for kind in ("string", "integer"))

    for pair in ((old, new), (new, old)):
        found = compare(*pair, kind=Kind.JSON).findings
        assert [each.rule for each in found if each.change.within == ("a",)] == ["LAD201"]
        assert len(found) == 1 + count, "one about each choice, which is not decided"


def test_names_that_matter_by_the_power_of_two_are_too_much() -> None:
    """Where each choice of names may say something else, it is unknown, and soon."""
    known = objects("string", **{f"{letter}{n}": TEXT for letter in "qr" for n in range(40)})
    old, new = (chain_of_choices(objects(kind, inner=known), 40) for kind in ("string", "integer"))

    found = compare(old, new, kind=Kind.JSON)

    assert found.outcome is Outcome.UNKNOWN
    assert [each.code for each in found.problems] == ["LAD024"]
