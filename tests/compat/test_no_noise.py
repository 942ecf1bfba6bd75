"""What says the same in other words breaks nobody, and what does break somebody still does."""

from __future__ import annotations

from typing import Any

import pytest

from lading.compat import Outcome, Policy, compare
from lading.compat.policy import Content
from lading.model.contract import Compatibility, Kind

TEXT: Any = {"type": "string"}
INTEGER: Any = {"type": "integer"}
ANY: Any = {"$ref": "#/$defs/Any"}
STRICT = Policy(content=Content.STRICT)
LENIENT = Policy()
TOLERANT = Policy(content=Content.TOLERANT_READER)


def an_object(*required: str, **fields: Any) -> Any:
    return {"type": "object", "required": [*required], "properties": fields}


def of_a(schema: Any) -> Any:
    """A document with that schema of a property, and something that is anything by name."""
    return {**an_object(a=schema), "$defs": {"Any": {}}}


def outcome(old: Any, new: Any, policy: Policy = LENIENT) -> Outcome:
    return compare(old, new, kind=Kind.JSON, promise=Compatibility.FULL, policy=policy).outcome


def rules(old: Any, new: Any, policy: Policy = LENIENT) -> set[str]:
    verdict = compare(old, new, kind=Kind.JSON, promise=Compatibility.FULL, policy=policy)
    return {each.rule for each in verdict.findings if each.counts}


# --- anything by another name


@pytest.mark.parametrize("beside", [TEXT, an_object(b=TEXT), {"type": ["string", "null"]}])
def test_anything_by_name_among_alternatives_is_anything(beside: Any) -> None:
    named, plain = of_a({"anyOf": [beside, ANY]}), of_a({})
    assert (rules(named, plain), rules(plain, named)) == (set(), set())


def test_anything_by_name_takes_what_another_alternative_takes() -> None:
    old, new = (of_a({"anyOf": [each, ANY]}) for each in (TEXT, INTEGER))
    assert outcome(old, new) is Outcome.COMPATIBLE


def test_what_was_anything_by_name_and_is_not_counts() -> None:
    old, new = of_a({"anyOf": [TEXT, ANY]}), of_a(TEXT)
    assert rules(old, new) == rules(new, old) == {"LAD208"}


def test_exactly_one_of_a_text_and_anything_is_no_text() -> None:
    old, new = of_a({"oneOf": [TEXT, ANY]}), of_a({})
    assert outcome(old, new) is not Outcome.COMPATIBLE


# --- limits that say nothing


@pytest.mark.parametrize("policy", [STRICT, LENIENT], ids=["strict", "lenient"])
@pytest.mark.parametrize("limit", ["minItems", "minLength", "minProperties"])
def test_a_least_of_none_says_nothing(limit: str, policy: Policy) -> None:
    free, limited = of_a({}), of_a({limit: 0})
    assert (rules(free, limited, policy), rules(limited, free, policy)) == (set(), set())
    typed, more = of_a(TEXT), of_a({**TEXT, limit: 0})
    assert (rules(typed, more, policy), rules(more, typed, policy)) == (set(), set())
    assert outcome(limited, of_a({limit: 1}), policy) is not Outcome.COMPATIBLE


# --- conditions in alternatives


def starting(sign: str) -> Any:
    return {**TEXT, "pattern": f"^{sign}"}


def test_an_alternative_that_others_take_together_is_not_decided() -> None:
    kept = [{**TEXT, "not": {"pattern": "^x"}}, starting("x"), INTEGER]
    gone = {**TEXT, "minLength": 2, "not": {"pattern": "^y"}}
    old, new = of_a({"anyOf": [*kept, gone]}), of_a({"anyOf": kept})
    assert outcome(old, new) is Outcome.UNKNOWN
    assert outcome(new, old) is Outcome.UNKNOWN


def test_an_alternative_under_a_condition_that_is_gone_counts_with_an_example() -> None:
    old = of_a({"anyOf": [INTEGER, {**TEXT, "not": {"pattern": "^x"}}]})
    verdict = compare(old, of_a(INTEGER), kind=Kind.JSON)
    assert verdict.outcome is Outcome.INCOMPATIBLE
    assert all(each.witness for each in verdict.findings if each.forbidden)


def test_what_another_part_requires_may_be_required_or_not() -> None:
    """Of one object, also where a part of it is closed and cannot be joined with the others."""
    closed = {**an_object(a=TEXT), "additionalProperties": False}
    parts = {"allOf": [{"anyOf": [{"required": ["a"]}]}]}
    once, twice = closed | parts, closed | {"required": ["a"]} | parts

    for pair in ((once, twice), (twice, once)):
        verdict = compare(*pair, kind=Kind.JSON, promise=Compatibility.FULL)
        assert (verdict.outcome, verdict.findings) == (Outcome.COMPATIBLE, ())
        assert verdict.old is not None
        assert verdict.old.body == verdict.new.body


# --- what stands beside alternatives

A: Any = an_object("a", a=TEXT)
B: Any = an_object("b", b=TEXT)
CHOICES: dict[str, tuple[Any, Any]] = {
    "any of them, with a property beside": (
        {**an_object(p=TEXT), "anyOf": [A, B]},
        {"anyOf": [an_object("a", a=TEXT, p=TEXT), an_object("b", b=TEXT, p=TEXT)]},
    ),
    "one of them, with a property beside": (
        {**an_object(p=TEXT), "oneOf": [A, B]},
        {"oneOf": [an_object("b", p=TEXT, b=TEXT), an_object("a", a=TEXT, p=TEXT)]},
    ),
    "one of them by name": (
        {
            **an_object("p", p=TEXT),
            "oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
            "$defs": {"A": A, "B": B},
        },
        {"oneOf": [an_object("b", "p", p=TEXT, b=TEXT), an_object("a", "p", a=TEXT, p=TEXT)]},
    ),
    "what they require": (
        {**an_object(p=TEXT, a=TEXT, b=TEXT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {
            "anyOf": [
                an_object("b", p=TEXT, a=TEXT, b=TEXT),
                an_object("a", p=TEXT, a=TEXT, b=TEXT),
            ]
        },
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_what_stands_beside_alternatives_may_move_into_them(name: str) -> None:
    beside, within = CHOICES[name]
    assert (rules(beside, within), rules(within, beside)) == (set(), set())


@pytest.mark.parametrize("name", CHOICES)
def test_what_moves_into_alternatives_counts_where_it_changes(name: str) -> None:
    beside, _ = CHOICES[name]
    other = [an_object("a", a=TEXT, p=INTEGER), an_object("b", b=TEXT, p=INTEGER)]
    within = {"anyOf": other}
    assert "LAD201" in rules(beside, within) & rules(within, beside)


NAMED: Any = {"oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]}


def with_types(schema: Any, *also: str) -> Any:
    a, b = ({**each, "required": [*each["required"], *also]} for each in (A, B))
    return {**schema, "$defs": {"A": a, "B": b}}


@pytest.mark.parametrize("policy", [STRICT, LENIENT], ids=["strict", "lenient"])
def test_what_is_required_beside_named_alternatives_is_of_objects(policy: Policy) -> None:
    beside = with_types({**NAMED, "required": ["z"]})
    for same in (
        with_types({"allOf": [NAMED, {"required": ["z"]}]}),
        with_types({**NAMED, "type": "object", "required": ["z"]}),
    ):
        assert (rules(beside, same, policy), rules(same, beside, policy)) == (set(), set())
    within = with_types(NAMED, "z")
    assert outcome(beside, within, policy) is not Outcome.INCOMPATIBLE
    assert outcome(within, beside, policy) is not Outcome.INCOMPATIBLE
    assert "LAD101" in rules(with_types(NAMED), beside, policy)


# --- what is on the wire of an API


def an_api(operation: Any) -> Any:
    whole = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}}
    return {**whole, "paths": {"/x": {"post": operation | {"responses": {"200": DONE}}}}}


DONE: Any = {"description": "Done."}
FORM = "application/x-www-form-urlencoded"


def query(name: str, schema: Any, **beside: Any) -> Any:
    return an_api({"parameters": [{"name": name, "in": "query", "schema": schema, **beside}]})


def form(schema: Any, *required: str, media: str = FORM, **beside: Any) -> Any:
    content = {media: {"schema": an_object(*required, a=schema, b=TEXT), **beside}}
    return an_api({"requestBody": {"content": content}})


def effects(old: Any, new: Any) -> set[tuple[str, str]]:
    verdict = compare(old, new, kind=Kind.OPENAPI, promise=Compatibility.FULL)
    return {(each.rule, each.effect.word) for each in verdict.findings if each.effect}


def test_the_name_of_an_exploded_object_is_on_no_wire() -> None:
    some = an_object(x=TEXT, y=INTEGER)
    assert effects(query("filter", some), query("where", some)) == set()


def test_what_an_exploded_object_of_another_name_holds_is_compared() -> None:
    old = query("filter", an_object(x=TEXT, y=TEXT))
    new = query("where", an_object("x", x=INTEGER, y=TEXT))
    assert effects(old, new) == {("LAD104", "narrows"), ("LAD201", "narrows")}
    asked = query("where", an_object(x=TEXT, y=TEXT), required=True)
    assert effects(old, asked) == {("LAD503", "narrows")}


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        (an_object(x=TEXT), {"style": "deepObject", "explode": True}),
        (an_object(x=TEXT), {"style": "form", "explode": False}),
        (TEXT, {}),
    ],
    ids=["deep", "not exploded", "a text"],
)
def test_another_name_that_is_on_the_wire_counts(schema: Any, written: Any) -> None:
    old, new = (query(name, schema, **written) for name in ("filter", "where"))
    assert effects(old, new) == {("LAD501", "widens"), ("LAD502", "narrows")}


LIST: Any = {"type": "array", "items": TEXT}
IN_A_FORM: dict[str, tuple[Any, Any]] = {
    "a number that may be any text": (INTEGER, TEXT),
    "a truth value that may be any text": ({"type": "boolean"}, TEXT),
    "a text that may be several": (TEXT, LIST),
    "numbers that may be any texts": ({"type": "array", "items": INTEGER}, LIST),
}


@pytest.mark.parametrize("name", IN_A_FORM)
def test_a_form_is_compared_as_it_is_written(name: str) -> None:
    less, more = IN_A_FORM[name]
    assert {each for _, each in effects(form(less), form(more))} == {"widens"}
    assert {each for _, each in effects(form(more), form(less))} == {"narrows"}
    in_query = effects(query("a", less), query("a", more))
    assert effects(form(less), form(more)) == in_query


def test_beside_what_is_written_alike_a_form_is_compared_as_ever() -> None:
    assert effects(form(INTEGER), form(TEXT, "b")) == {
        ("LAD104", "narrows"),
        ("LAD201", "widens"),
    }


def test_what_is_no_text_of_a_form_is_compared_as_json() -> None:
    as_json = {"encoding": {"a": {"contentType": "application/json"}}}
    assert effects(form(INTEGER, **as_json), form(TEXT, **as_json)) == {("LAD201", "replaces")}
    old, new = (form(each, media="application/json") for each in (INTEGER, TEXT))
    assert effects(old, new) == {("LAD201", "replaces")}


def test_a_text_that_is_no_list_of_two_is_refused_in_a_form_too() -> None:
    assert effects(form(TEXT), form({**LIST, "minItems": 2})) == {("LAD202", "replaces")}


# --- what tolerant readers pass over


def both_of(*parts: Any) -> Any:
    return {"allOf": [*parts]}


def closed(**fields: Any) -> Any:
    return {**an_object(**fields), "additionalProperties": False}


def test_a_part_that_is_closed_closes_nothing_to_who_passes_over_the_rest() -> None:
    old = both_of(an_object(a=TEXT), an_object(b=TEXT))
    for new in (
        both_of(closed(a=TEXT), an_object(b=TEXT)),
        both_of(closed(a=TEXT), closed(b=TEXT)),
    ):
        assert (rules(old, new, TOLERANT), rules(new, old, TOLERANT)) == (set(), set())
        assert outcome(old, new, LENIENT) is Outcome.INCOMPATIBLE


def test_what_a_closed_part_shuts_out_to_the_letter_is_compared_still() -> None:
    old = both_of(an_object(a=TEXT), an_object(b=TEXT))
    other = both_of(closed(a=TEXT), an_object(b=INTEGER))
    assert rules(old, other, TOLERANT) == rules(other, old, TOLERANT) == {"LAD201"}
    forbidden = both_of(closed(a=TEXT, b=False), an_object(b=TEXT))
    assert rules(old, forbidden, TOLERANT) == {"LAD208"}
    required = both_of(closed(a=TEXT), an_object("b", b=TEXT))
    assert rules(old, required, TOLERANT) == {"LAD104"}
