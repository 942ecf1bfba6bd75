"""What the rest of a schema implies, held against jsonschema-rs: no value may prove us wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

import jsonschema_rs
import pytest

from lading.compat import Content, Outcome, Policy, compare
from lading.model.contract import Compatibility, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
STRICT = Policy(content=Content.STRICT)
TEXT = {"type": "string"}
Draw: TypeAlias = Callable[[Random], Any]

ITEMS: tuple[Any, ...] = (
    True,
    False,
    {"type": "boolean"},
    {"type": "null"},
    {"enum": [True, 1]},
    {"type": ["boolean", "null"]},
    TEXT,
    {"type": "integer"},
)
VALUES = (True, False, None, 1, "a")
LISTS = [
    *(list(each) for size in range(4) for each in itertools.product(VALUES, repeat=size)),
    *([each] * 4 for each in VALUES),
    ["a", "b", "c", "d"],
    [1, 2, 3, 4],
    [True, False, None, 1, "a"],
]


def a_list(rng: Random) -> Any:
    schema: dict[str, Any] = {"type": "array"}
    places = rng.choice((0, 0, 1, 2, 3))
    if places:
        schema["prefixItems"] = [rng.choice(ITEMS) for _ in range(places)]
    if rng.random() < 0.8:
        schema["items"] = rng.choice(ITEMS)
    if rng.random() < 0.5:
        schema["maxItems"] = rng.choice((0, 1, 2, 3))
    if rng.random() < 0.4:
        schema["uniqueItems"] = True
    return schema


PARTS: tuple[Any, ...] = (True, False, TEXT, {"type": "integer"}, {**TEXT, "maxLength": 1})
OBJECTS = [
    dict(zip(names, values, strict=True))
    for size in range(3)
    for names in itertools.combinations(("a", "b", "ab", "c"), size)
    for values in itertools.product(("", "x", "xy", 1, None), repeat=size)
]


def an_object(rng: Random) -> Any:
    schema: dict[str, Any] = {"type": "object"}
    if rng.random() < 0.6:
        schema["properties"] = {name: rng.choice(PARTS) for name in rng.choice(("a", "b", "ab"))}
    if rng.random() < 0.7:
        patterns = rng.sample(("^a$", "^b$", "^a", "b$", "^ab$"), rng.choice((1, 1, 2)))
        schema["patternProperties"] = {each: rng.choice(PARTS) for each in patterns}
    if rng.random() < 0.7:
        schema["additionalProperties"] = rng.choice((False, False, TEXT))
    if rng.random() < 0.3:
        schema["required"] = [rng.choice(("a", "b"))]
    return schema


def next_to(draw: Draw, rng: Random, schema: Any) -> Any:
    """A schema with some keywords of another one, and without some of its own."""
    other = draw(rng)
    mixed = schema | {key: each for key, each in other.items() if rng.random() < 0.3}
    return {key: each for key, each in mixed.items() if key == "type" or rng.random() > 0.15}


@pytest.mark.parametrize(
    ("draw", "values"), [(a_list, LISTS), (an_object, OBJECTS)], ids=["lists", "objects"]
)
def test_no_value_that_one_takes_and_the_other_refuses_is_passed_over(
    draw: Draw, values: list[Any]
) -> None:
    """What is called compatible takes every value of a few hundred that the other one took."""
    rng = Random(7)
    seen = set()
    for _ in range(600):
        old = {"$schema": DIALECT, **draw(rng)}
        new = next_to(draw, rng, old)
        found = compare(
            old, new, kind=Kind.JSON, promise=Compatibility.BACKWARD, policy=STRICT
        ).outcome
        seen.add(found)
        if found is Outcome.COMPATIBLE:
            takes, other = jsonschema_rs.validator_for(old), jsonschema_rs.validator_for(new)
            refused = [e for e in values if takes.is_valid(e) and not other.is_valid(e)]
            assert not refused, (old, new, refused[0])
    assert {Outcome.COMPATIBLE, Outcome.INCOMPATIBLE} <= seen


def test_places_of_draft_7_say_how_long_a_list_is() -> None:
    """There `additionalItems` closes what `items` of 2020-12 does."""
    listed = {"$schema": DRAFT_7, "type": "array", "items": [TEXT, {"type": "integer"}]}

    closed, short = {**listed, "additionalItems": False}, {**listed, "maxItems": 2}
    for pair in ((closed, short), (short, closed)):
        assert not compare(*pair, kind=Kind.JSON, promise=Compatibility.FULL).findings
    assert not compare(
        closed, {**listed, "maxItems": 1}, kind=Kind.JSON, promise=Compatibility.BACKWARD
    ).compatible
