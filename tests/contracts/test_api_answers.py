"""What all operations do alike: failures, repeats, pages, versions, long work, rights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from contracts.documents import NAMES, Call, calls, examples, read, resolved

if TYPE_CHECKING:
    from pathlib import Path

    from lading.model import Workspace

PROBLEMS = {
    "validation-failed": 400,
    "unknown-parameter": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-found": 404,
    "method-not-owner": 409,
    "idempotency-in-flight": 409,
    "illegal-transition": 409,
    "stock-not-available": 409,
    "gone": 410,
    "version-conflict": 412,
    "payload-too-large": 413,
    "unsupported-media-type": 415,
    "idempotency-key-reused": 422,
    "business-rule": 422,
    "unknown-item": 422,
    "unknown-location": 422,
    "unknown-uom": 422,
    "check-digit": 422,
    "precondition-required": 428,
    "rate-limited": 429,
    "owner-unavailable": 503,
    "upstream-timeout": 504,
}
"""Kinds of problem and their status; who may not see a thing is told not-found."""
MACHINES = {
    "orders": "order.lifecycle",
    "shipment-visibility": "shipment.status",
    "returns": "return.status",
}
WITHOUT_EVENTS = {"listAddresses", "listSubscriptions", "listDeliveries"}
"""Lists of what no event is published about."""
MERGE = "application/merge-patch+json"


@pytest.fixture(scope="module", params=NAMES)
def api(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    return read(folder, request.param)


@pytest.fixture(scope="module")
def problems(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """(API, status, problem) of every problem that an answer shows."""
    return [
        (name, key.removeprefix("Problem"), example)
        for name in NAMES
        for key, response in read(folder, name)["components"]["responses"].items()
        for media in (response["content"].get("application/problem+json", {}),)
        for example in examples(media)
    ]


def headers(response: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    return {name: resolved(each, api) for name, each in response.get("headers", {}).items()}


def test_every_failure_is_a_problem_with_a_status(api: dict[str, Any]) -> None:
    """RFC 9457; and never `default`, which says nothing and stops clients from paging."""
    for call in calls(api):
        assert {"400", "404", "429", "503", "504"} <= set(call.responses), call.name
        assert ("401" in call.responses) is bool(call.operation["security"]), call.name
        for status, response in call.responses.items():
            assert status.isdigit()
            if status[0] in "45":
                assert set(response["content"]) == {"application/problem+json"}, call.name


def test_what_is_sent_may_be_too_large_of_another_type_or_unknown(api: dict[str, Any]) -> None:
    for call in calls(api):
        bodies = {"413", "415"} & set(call.responses)
        assert bodies == ({"413", "415"} if call.asked else set()), call.name
        assert "422" in call.responses or not call.asked, call.name


def test_what_has_one_address_may_be_gone(api: dict[str, Any]) -> None:
    for call in calls(api):
        one = call.method == "get" and call.path.endswith(("}", "/label"))
        assert ("410" in call.responses) is one, call.name


def test_a_problem_is_of_a_kind_that_is_known(
    problems: list[tuple[str, str, dict[str, Any]]],
) -> None:
    for name, status, problem in problems:
        assert problem["type"] == f"https://errors.example.com/{problem['code']}"
        assert (PROBLEMS[problem["code"]], problem["status"]) == (int(status), int(status)), name
    assert {each["code"] for _, _, each in problems} == set(PROBLEMS)


def test_a_problem_says_what_a_program_needs(
    problems: list[tuple[str, str, dict[str, Any]]], library: Workspace
) -> None:
    """Who owns it, what comes next, what else there is, which rule, which value."""
    needed = {
        "method-not-owner": {"owner"},
        "owner-unavailable": {"owner"},
        "illegal-transition": {"from", "to", "allowed"},
        "stock-not-available": {"alternatives"},
        "business-rule": {"rule_id"},
        "validation-failed": {"errors"},
        "check-digit": {"errors"},
    }
    systems = {each.id for each in library.systems}
    for name, _, problem in problems:
        assert needed.get(problem["code"], set()) <= set(problem), (name, problem["code"])
        assert problem.get("owner", "erp") in systems
        for each in problem.get("errors", ()):
            assert "rejected_value" in each
        if problem["code"] == "illegal-transition" and name in MACHINES:
            contract = library.contract(f"taxonomies.{MACHINES[name]}.v1")
            assert contract is not None
            body: Any = contract.body
            steps = [each.target for each in body.transitions if each.source == problem["from"]]
            assert set(problem["allowed"]) == set(steps), name
            assert problem["to"] not in steps


def test_lists_are_read_page_by_page_and_gone_on_with(api: dict[str, Any]) -> None:
    """RFC 8288 names the next page; through_sequence says which events come after the list."""
    for call in calls(api):
        if not call.name.startswith("list"):
            continue
        names = {"limit", "cursor", "updated_since", "fields", "include_total"}
        assert names <= set(call.parameters), call.name
        (answer,) = call.done.values()
        assert {"Link", "RateLimit", "RateLimit-Policy"} <= set(headers(answer, api))
        (media,) = answer["content"].values()
        page = call.answer
        assert {"items", "as_of_at", "stale_after_at"} <= set(page["required"])
        assert {"next_cursor", "estimated_total"} <= set(page["properties"])
        assert "estimated_total" not in page["required"]
        followed = call.name not in WITHOUT_EVENTS
        assert ("through_sequence" in page["required"]) is followed, call.name
        assert all(each > 0 for each in media["example"].get("through_sequence", {}).values())


def test_the_next_page_is_at_an_address_that_exists(api: dict[str, Any]) -> None:
    link = api["components"]["headers"].get("Link", {"example": ""})["example"]
    listed = {call.path for call in calls(api) if call.name.startswith("list")}
    assert bool(link) is bool(listed)
    if listed:
        found = re.fullmatch(r'<([^>?]+)\?cursor=[A-Za-z0-9_=-]+>; rel="next"', link)
        assert found
        assert lead(found.group(1), api).path in listed


def test_parts_are_chosen_and_texts_have_a_language(api: dict[str, Any]) -> None:
    """`fields` for what is listed; `expand` names parts that the answer has and need not have."""
    listed = {
        call.answer["properties"]["items"]["items"]["$ref"]
        for call in calls(api)
        if call.name.startswith("list")
    }
    for call in calls(api):
        (answer,) = call.done.values()
        media = answer.get("content", {}).get("application/json", {})
        if call.method == "get" and media.get("schema", {}).get("$ref") in listed:
            assert "fields" in call.parameters, call.name
        if "expand" in call.parameters:
            item = call.answer["properties"].get("items", {}).get("items")
            shown = resolved(item, api) if item else call.answer
            parts = set(call.parameters["expand"]["schema"]["items"]["enum"])
            assert parts <= set(shown["properties"]), call.name
            assert not parts & set(shown["required"]), call.name
        shows_text = "display_text" in str(call.answer.get("properties", {}))
        assert not shows_text or "Accept-Language" in call.parameters, call.name


def test_expand_is_offered_where_there_is_something_to_expand(folder: Path) -> None:
    found = {
        call.name: set(call.parameters["expand"]["schema"]["items"]["enum"])
        for name in NAMES
        for call in calls(read(folder, name))
        if "expand" in call.parameters
    }
    assert found == {
        "listOrders": {"lines", "shipments", "invoices"},
        "getOrder": {"lines", "shipments", "invoices"},
        "listShipments": {"handling_units", "milestones"},
        "getShipment": {"handling_units", "milestones"},
    }


def test_filters_that_take_several_are_separated_by_commas(folder: Path) -> None:
    several = set()
    for name in NAMES:
        for call in calls(read(folder, name)):
            for each in call.parameters.values():
                if each["in"] == "query" and each["schema"].get("type") == "array":
                    several.add((call.name, each["name"]))
                    assert (each["style"], each["explode"]) == ("form", False), call.name
    assert {
        ("listOrders", "lifecycle_status"),
        ("listShipments", "status"),
        ("listShipments", "exception"),
        ("listPositions", "stock_status"),
        ("listReturns", "status"),
        ("getAvailability", "item_ids"),
    } <= several


def test_a_wish_can_be_sent_again_and_is_no_fact(api: dict[str, Any]) -> None:
    """What proposes, creates or acts takes a key, and says when it answers a second time."""
    for call in calls(api):
        if call.operation["x-ownership"]["proposal"]:
            many = call.path.endswith("/batch")
            assert set(call.done) == {"200" if many else "202"}, call.name
        writes = call.method == "post" and not call.is_query
        assert ("Idempotency-Key" in call.parameters) is writes, call.name
        (answer,) = call.done.values()
        assert ("Idempotency-Replayed" in headers(answer, api)) is writes, call.name
        assert not writes or {"409", "422"} <= set(call.responses), call.name


def test_a_query_changes_nothing(api: dict[str, Any]) -> None:
    for call in calls(api):
        if call.is_query:
            assert (call.method, set(call.done)) == ("post", {"200"}), call.name
            assert "If-Match" not in call.parameters


def test_a_change_names_the_version_it_is_based_on(api: dict[str, Any]) -> None:
    """PUT, PATCH, DELETE, actions, and every merge patch (RFC 7396), proposed or not."""
    for call in calls(api):
        acts = call.method == "post" and "/actions/" in call.path
        based = call.method in {"put", "patch", "delete"} or acts or MERGE in call.asked
        assert ("If-Match" in call.parameters) is based, call.name
        assert ({"412", "428"} <= set(call.responses)) is based, call.name
        if based:
            assert call.parameters["If-Match"]["required"] is True
            assert "ETag" in headers(call.responses["412"], api), (
                "where the present version is told"
            )
        if call.method == "patch" or re.search(r"propose[A-Z]\w+Change$", call.name):
            is_command = call.name == "proposeDeliveryChange"
            assert set(call.asked) == {"application/json" if is_command else MERGE}, call.name


def test_one_thing_has_a_version(api: dict[str, Any]) -> None:
    for call in calls(api):
        if call.method == "get" and call.path.endswith("}"):
            (answer,) = call.done.values()
            assert "ETag" in headers(answer, api), call.name
            assert "If-None-Match" in call.parameters, call.name


def lead(address: str, api: dict[str, Any]) -> Call:
    """The GET that `address` leads to, a path below the host as an answer has it."""
    base = "/" + api["servers"][0]["url"].split("/", 3)[3]
    assert address.startswith(f"{base}/"), address
    found = [
        call
        for call in calls(api)
        if call.method == "get"
        and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", call.path), address.removeprefix(base))
    ]
    assert len(found) == 1, address
    return found[0]


def test_long_work_is_asked_for_at_an_address_that_exists(api: dict[str, Any]) -> None:
    """The body of 202 is the first state of what is asked for there."""
    for call in calls(api):
        if "202" not in call.responses:
            continue
        location = headers(call.responses["202"], api)["Location"]
        asked = lead(location["example"], api)
        assert asked.answer == call.answer, call.name
        assert asked.operation["security"], call.name
        scopes = [scope for each in asked.operation["security"] for scope in each["oauth"]]
        mine = [scope for each in call.operation["security"] for scope in each["oauth"]]
        assert set(mine) <= set(scopes), f"who calls {call.name} may ask"


def test_an_operation_says_how_far_it_is_and_what_came_of_it(api: dict[str, Any]) -> None:
    (call,) = [each for each in calls(api) if each.name == "getOperation"]
    assert call.path == "/operations/{operation_id}"
    assert {"operation_id", "status"} <= set(call.answer["required"])
    assert {"result_ref", "problem"} <= set(call.answer["properties"]) - set(
        call.answer["required"]
    )
    states = ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"]
    assert call.answer["properties"]["status"]["x-extensible-enum"] == states
    (media,) = call.done["200"]["content"].values()
    shown = {each["status"]: each for each in examples(media)}
    assert set(shown) == {"SUCCEEDED", "FAILED"}
    assert shown["FAILED"]["problem"]["code"] in PROBLEMS
    if "result_ref" in shown["SUCCEEDED"]:
        assert lead(shown["SUCCEEDED"]["result_ref"], api)


def test_many_at_once_are_answered_one_by_one(folder: Path) -> None:
    found = {
        call.name: call
        for name in NAMES
        for call in calls(read(folder, name))
        if call.path.endswith("/batch")
    }
    assert set(found) == {"submitOrderBatch", "reportMilestoneBatch", "translateCodeBatch"}
    for call in found.values():
        (media,) = call.asked.values()
        (answer,) = call.done["200"]["content"].values()
        body = resolved(media["schema"], call.api)
        assert body["properties"]["items"]["maxItems"] == 500
        results = answer["example"]["items"]
        assert len(results) == len(media["example"]["items"])
        assert len({each["status"] for each in results}) > 1, "some may be refused"
        for each in results:
            refused = each["status"] >= 400
            assert ("problem" in each) is refused
            assert not refused or each["problem"]["status"] == each["status"]
            if each["status"] == 202:
                assert lead(each["location"], call.api)


def test_every_request_and_answer_is_part_of_a_trace(api: dict[str, Any]) -> None:
    """A problem names its trace in the body."""
    for call in calls(api):
        assert call.parameters["traceparent"]["in"] == "header"
        for response in call.done.values():
            assert "traceparent" in headers(response, api), call.name
    assert "trace_id" in api["components"]["schemas"]["Problem"]["required"]
    example = api["components"]["headers"]["Traceparent"]["example"]
    assert re.fullmatch(
        api["components"]["parameters"]["Traceparent"]["schema"]["pattern"], example
    )


def test_limits_are_told_before_they_are_reached(api: dict[str, Any]) -> None:
    for call in calls(api):
        for status in {*call.done, "429"}:
            names = set(headers(call.responses[status], api))
            assert {"RateLimit", "RateLimit-Policy"} <= names, call.name
        assert "Retry-After" in headers(call.responses["429"], api)
        assert "Retry-After" in headers(call.responses["503"], api)


def test_people_and_systems_get_their_rights_in_two_ways(api: dict[str, Any]) -> None:
    """People at a portal by authorisation code and PKCE; they hold no right that systems lack."""
    oauth = api["components"]["securitySchemes"]["oauth"]
    systems = oauth["flows"]["clientCredentials"]["scopes"]
    people = oauth["flows"]["authorizationCode"]["scopes"]
    assert "PKCE" in oauth["description"]
    assert people
    assert people.items() <= systems.items()
    assert not {each for each in people if each.endswith((":release", ":internal", ":receive"))}
    used = {
        scope
        for call in calls(api)
        for each in call.operation["security"]
        for scope in each["oauth"]
    }
    assert used == set(systems)
