"""What findings about conditions, and about what is not decided, tell people to look at and do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lading.compat import Policy, compare
from lading.compat.policy import Content
from lading.model.contract import Compatibility, Kind

if TYPE_CHECKING:
    from lading.compat.verdict import Finding

TEXT: Any = {"type": "string"}
INTEGER: Any = {"type": "integer"}
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def an_object(**beside: Any) -> Any:
    return {"type": "object", "properties": {"a": TEXT, "b": TEXT}, **beside}


def only(rule: str, old: Any, new: Any, **options: Any) -> Finding:
    verdict = compare(old, new, **options)
    (found,) = (each for each in verdict.findings if each.rule == rule)
    return found


CONDITIONS: dict[str, tuple[Any, Any, str, str]] = {
    "what must not match": (
        {"properties": {"c": TEXT}},
        {"properties": {"c": {**TEXT, "not": {"pattern": "^x"}}}},
        "c.(not)",
        '{"not": {"pattern": "^x"}}',
    ),
    "a type that must not match": (
        {"properties": {"c": {"type": ["string", "integer"]}}},
        {"properties": {"c": {"type": ["string", "integer"], "not": {**TEXT, "maxLength": 3}}}},
        "c.(not)",
        '{"not": {"type": "string", "maxLength": 3}}',
    ),
    "one of some names": (
        an_object(),
        an_object(anyOf=[{"required": ["a"]}, {"required": ["b"]}]),
        "(anyOf)",
        '{"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}',
    ),
    "one of two patterns": (
        {"properties": {"c": TEXT}},
        {"properties": {"c": {**TEXT, "oneOf": [{"pattern": "^a"}, {"pattern": "b$"}]}}},
        "c.(oneOf)",
        '{"oneOf": [{"pattern": "^a"}, {"pattern": "b$"}]}',
    ),
    "a name that asks for another": (
        an_object(),
        an_object(dependentRequired={"a": ["b"]}),
        "(dependentRequired)",
        '{"dependentRequired": {"a": ["b"]}}',
    ),
    "the same as draft-07 has it": (
        {"$schema": DRAFT_7, **an_object()},
        {"$schema": DRAFT_7, **an_object(dependencies={"a": ["b"]})},
        "(dependencies)",
        '{"dependencies": {"a": ["b"]}}',
    ),
    "if and then": (
        an_object(),
        an_object(**{"if": {"properties": {"a": {"const": "x"}}}, "then": {"required": ["b"]}}),
        "(if)",
        '{"if": {"properties": {"a": {"const": "x"}}}, "then": {"required": ["b"]}}',
    ),
    "an item that is there": (
        {"properties": {"c": {"type": "array"}}},
        {"properties": {"c": {"type": "array", "contains": {"minimum": 3}}}},
        "c.(contains)",
        '{"contains": {"minimum": 3}}',
    ),
    "names of properties": (
        an_object(),
        an_object(propertyNames={"maxLength": 3}),
        "(propertyNames)",
        '{"propertyNames": {"maxLength": 3}}',
    ),
    "a named type that must not match": (
        {"properties": {"c": TEXT}, "$defs": {"N": {**TEXT, "pattern": "^x"}}},
        {
            "properties": {"c": {**TEXT, "not": {"$ref": "#/$defs/N"}}},
            "$defs": {"N": {**TEXT, "pattern": "^x"}},
        },
        "c.(not)",
        '{"not": {"$ref": "N"}}',
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_said_as_it_is_and_by_its_own_keyword(name: str) -> None:
    without, with_, path, said = CONDITIONS[name]
    added, removed = only("LAD210", without, with_), only("LAD211", with_, without)
    assert (added.path, removed.path) == (path, path)
    assert said in added.reason
    assert said in removed.reason


def test_a_long_condition_is_cut() -> None:
    names = [f"property_number_{each}" for each in range(40)]
    found = only("LAD210", an_object(), an_object(dependentRequired={"a": names}))
    assert '"property_number_0"' in found.reason
    assert "…" in found.reason
    assert len(found.reason) < 250


def test_of_what_no_example_shows_nobody_is_told_to_take_it_back() -> None:
    found = only("LAD210", an_object(), an_object(propertyNames={"pattern": "^[a-z]"}))
    assert found.undecided
    assert found.fix is not None
    assert "leave the condition out" not in found.fix
    assert "compare" in found.fix
    assert "waive it with a reason" in found.fix


def test_what_an_example_shows_is_to_be_taken_back() -> None:
    found = only("LAD210", an_object(), an_object(dependentRequired={"a": ["b"]}))
    assert (found.forbidden, found.fix) == (True, "leave the condition out")


def of_openapi_30(schema: Any) -> Any:
    content = {"application/json": {"schema": {"type": "object", "properties": {"a": schema}}}}
    post = {"requestBody": {"content": content}, "responses": {"200": {"description": "Done."}}}
    info = {"title": "t", "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": {"/x": {"post": post}}}


OPEN: Any = {**TEXT, "enum": ["A"], "nullable": True}
"""By the letter null is no value of the list; many tools take it all the same."""


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        (OPEN, {**TEXT, "enum": ["A"]}, "leave `nullable` as it was"),
        ({**OPEN, "enum": ["A", None]}, OPEN, "list null in the `enum` too"),
    ],
    ids=["it was up to the reader", "it is up to the reader now"],
)
def test_what_to_do_about_null_goes_by_what_was_taken_before(
    old: Any, new: Any, advice: str
) -> None:
    found = only("LAD313", of_openapi_30(old), of_openapi_30(new))
    assert advice in str(found.fix)


def test_nullable_that_says_nothing_to_some_is_left_out() -> None:
    old, new = ({"properties": {"a": each}} for each in (TEXT, {**TEXT, "nullable": True}))
    assert "leave `nullable` out" in str(only("LAD313", old, new).fix)
    both = {"properties": {"a": {"type": ["string", "null"]}}}
    assert 'type: [string, "null"]' in str(only("LAD313", both, new).fix)


def test_what_is_not_decided_is_named_with_its_place_and_why() -> None:
    old, new = (
        {"properties": {"c": {"not": {"properties": {"s": {"const": each}}, "maxProperties": 3}}}}
        for each in ("a", "b")
    )
    found = only("LAD901", old, new)
    assert "`not` changed at #/properties/c/not" in found.reason
    assert "values may have to fail it" in found.reason


def test_a_schema_that_is_compared_by_its_text_is_named_with_its_place() -> None:
    old, new = ({"properties": {"c": {"enum": ["a"], "pattern": each}}} for each in "ab")
    found = only("LAD901", old, new)
    assert "a schema with `enum`, `pattern` changed at #/properties/c" in found.reason
    assert "by its text alone" in found.reason


def test_alternatives_that_are_not_apart_are_named() -> None:
    a: Any = {"type": "object", "properties": {"a": TEXT}}
    b: Any = {"type": "object", "properties": {"b": TEXT}}
    more: Any = {"type": "object", "properties": {"a": TEXT, "c": INTEGER}}
    old, new = ({"properties": {"x": {"oneOf": [each, b]}}} for each in (a, more))
    found = only("LAD902", old, new, policy=Policy(content=Content.STRICT))
    assert "at #/properties/x that are not surely apart" in found.reason
    assert "(object with `a` string, `c` integer; object with `b` string)" in found.reason


def an_api(**parts: Any) -> Any:
    answer = {"responses": {"200": {"description": "Done."}}}
    whole = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}}
    return {**whole, "paths": {"/x": {"get": answer}}, **parts}


def test_a_part_of_an_api_that_is_not_judged_is_shown() -> None:
    old, new = (
        an_api(servers=[{"url": "https://{r}.x.com", "variables": {"r": {"default": each}}}])
        for each in ("eu", "us")
    )
    reason = only("LAD903", old, new).reason
    assert 'from {"r":{"default":"eu"}} to {"r":{"default":"us"}}' in reason


def answering(*types: str) -> Any:
    answer = {"responses": {"200": {"description": "x", "content": {key: {} for key in types}}}}
    return {"paths": {"/x": {"get": answer}}}


def called(*types: str) -> Any:
    return {"paths": {}, "webhooks": {"x": answering(*types)["paths"]["/x"]}}


@pytest.mark.parametrize(
    ("way", "gone", "came"),
    [
        (
            answering,
            "a client in use that asks for it is sent another one, or 406",
            "a provider still on the old version does not answer in it",
        ),
        (
            called,
            "a provider still on the old version that asks for it is sent another one, or 406",
            "clients in use do not answer in it",
        ),
    ],
)
def test_media_types_of_answers_are_about_who_asks_for_them(way: Any, gone: str, came: str) -> None:
    fewer, more = (an_api(**way(*each)) for each in (("a/b",), ("a/b", "text/csv")))
    both = {"promise": Compatibility.FULL, "kind": Kind.OPENAPI}
    assert gone in only("LAD515", more, fewer, **both).reason
    assert came in only("LAD514", fewer, more, **both).reason


def secured(scheme: Any) -> Any:
    return an_api(components={"securitySchemes": {"key": scheme}}, security=[{"key": []}])


def test_a_scheme_is_said_to_change_in_what_it_does() -> None:
    old = secured({"type": "apiKey", "in": "header", "name": "X-Key"})
    new = secured({"type": "apiKey", "in": "query", "name": "key"})
    reason = only("LAD532", old, new).reason
    assert "the place from header to query; the name from x-key to key" in reason


def test_another_address_to_log_in_at_is_no_request_that_is_refused() -> None:
    flows = {"clientCredentials": {"tokenUrl": "/a", "scopes": {}}}
    old = secured({"type": "oauth2", "flows": flows})
    moved = {"clientCredentials": {"tokenUrl": "/b", "scopes": {}}}
    reason = only("LAD532", old, secured({"type": "oauth2", "flows": moved})).reason
    assert "clients of one version log in at an address" in reason
    assert "another flows" not in reason


def hooked(**operation: Any) -> Any:
    answer = {"responses": {"200": {"description": "Done."}}}
    return an_api(paths={}, webhooks={"x": {"post": {**answer, **operation}}})


BODY: Any = {"content": {"application/json": {}}}
QUERY: Any = [{"name": "q", "in": "query", "schema": TEXT}]


@pytest.mark.parametrize(
    ("rule", "more"), [("LAD511", {"requestBody": BODY}), ("LAD501", {"parameters": QUERY})]
)
def test_what_a_webhook_brings_waits_for_the_clients(rule: str, more: Any) -> None:
    found = only(rule, hooked(), hooked(**more), kind=Kind.OPENAPI)
    assert (found.forbidden, found.fix) == (True, "let every client take the new version first")


def test_credentials_of_a_webhook_are_presented_by_the_provider() -> None:
    schemes = {name: {"type": "apiKey", "in": "header", "name": f"X-{name}"} for name in "ab"}
    old, new = (
        hooked(security=[{name: []}]) | {"components": {"securitySchemes": schemes}}
        for name in "ab"
    )
    found = only("LAD531", old, new, kind=Kind.OPENAPI)
    assert found.forbidden
    assert found.reason.endswith("let in a provider on the other")


def test_alternatives_that_no_longer_exclude_each_other_are_to_do_so() -> None:
    some = [{**TEXT, "maxLength": 3}, {**TEXT, "pattern": "^a"}]
    old, new = ({"properties": {"x": {word: some}}} for word in ("oneOf", "anyOf"))
    assert str(only("LAD315", old, new).fix).startswith("keep oneOf")
    assert str(only("LAD315", new, old).fix).startswith("tell the alternatives apart")


def test_an_alias_is_no_help_to_readers_of_the_old_version() -> None:
    old, new = ({"type": "record", "name": each, "fields": []} for each in ("A", "B"))
    found = only("LAD203", old, new, kind=Kind.AVRO)
    assert "which readers of it alone go by" in str(found.fix)


@pytest.mark.parametrize(("old", "new"), [(1234567, 1234568), (0.1, 0.10000001), (-5, 2**63)])
def test_limits_are_shown_to_the_last_digit(old: float, new: float) -> None:
    (found,) = compare(
        {"type": "number", "maximum": old}, {"type": "number", "maximum": new}
    ).findings
    assert f"changed from {old} to {new}" in found.reason
    assert found.fix == f"keep the maximum at {old}"
