"""Nobody frees himself from the level that holds: not by force, and not by a promise of his own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Compatibility
from lading.registry.config import both
from registry.conftest import avro_record
from registry.doors import Door

if TYPE_CHECKING:
    from lading.registry.store import Store

PATH = "/subjects/own.a/versions"


@pytest.fixture
def door(store: Store) -> Door:
    found = Door(store)
    found.tokens = {
        "admin": found.token("root", {"role": "admin"}),
        "owner": found.token("owner", {"role": "admin", "on": ["own.*"]}),
        "writer": found.token("ci", {"role": "writer", "on": ["own.*"]}),
    }
    return found


def sent(*fields: str, **properties: str) -> dict[str, Any]:
    body: dict[str, Any] = {"schema": avro_record(*fields)}
    said = {f"lading.{name}": word for name, word in properties.items()}
    return body | ({"metadata": {"properties": said}} if said else {})


def test_force_needs_the_right_to_set_the_level(door: Door) -> None:
    writer, owner = door.tokens["writer"], door.tokens["owner"]
    assert door("POST", PATH, sent("a"), token=writer).status == 200
    assert door("POST", PATH, sent("b"), token=writer).status == 409

    refused = door("POST", PATH + "?force=true", sent("b"), token=writer)
    assert (refused.status, refused.code) == (403, 40301)
    assert "SUBJECT_COMPATIBILITY_WRITE" in refused.json["message"]
    assert door("GET", PATH, token=writer).json == [1]
    assert door("POST", PATH + "?force=true", sent("b"), token=owner).status == 200
    there = "/subjects/their.a/versions?force=true"
    assert door("POST", there, sent("a"), token=owner).status == 404


def test_the_log_says_what_was_forced(door: Door) -> None:
    owner, admin = door.tokens["owner"], door.tokens["admin"]
    for target, body in ((PATH, sent("a")), (PATH + "?force=true", sent("b"))):
        assert door("POST", target, body, token=owner).status == 200
    entries = door("GET", "/api/v1/audit", token=admin).json["entries"]
    details = [json.loads(each["payload"]) for each in entries if each["action"] == "register"]
    assert [each.get("forced") for each in details] == [None, True]
    assert [each["version"] for each in details] == [1, 2]
    assert door("GET", "/api/v1/audit/verify", token=admin).json["intact"] is True
    # What follows knows what was forced.
    assert door("POST", PATH, sent("b", "c?"), token=owner).status == 200
    assert door("POST", PATH, sent("a"), token=owner).json["version"] == 1


@pytest.mark.parametrize("scope", ["/config", "/config/:.there:", None])
def test_a_first_promise_frees_nobody_from_the_level_that_holds(
    door: Door, scope: str | None
) -> None:
    admin = door.tokens["admin"]
    path = "/subjects/:.there:own.a/versions" if scope and "there" in scope else PATH
    if scope is not None:
        assert door("PUT", scope, {"compatibility": "FULL"}, token=admin).status == 200
    assert door("POST", path, sent("a"), token=admin).status == 200
    for word in ("NONE", "FORWARD"):
        refused = door("POST", path, sent("b", promise=word), token=admin)
        assert (refused.status, refused.code) == (409, 40901)
    asked = path.replace("/subjects", "/compatibility/subjects") + "/latest"
    checked = door("POST", asked, sent("b", promise="NONE"), token=admin)
    assert checked.json["is_compatible"] is False
    # From the next version on it holds: its readers were told.
    assert door("POST", path, sent("a", "c?", promise="NONE"), token=admin).status == 200
    assert door("POST", path, sent("b"), token=admin).status == 200


def test_a_first_promise_may_ask_for_more(door: Door) -> None:
    admin = door.tokens["admin"]
    door("POST", PATH, sent("a"), token=admin)
    assert door("POST", PATH, sent("a", "b", promise="FULL"), token=admin).status == 409
    assert door("POST", PATH, sent("a", "b?", promise="FULL"), token=admin).status == 200


def test_a_first_version_promises_what_it_likes(door: Door) -> None:
    admin = door.tokens["admin"]
    assert door("POST", PATH, sent("a", promise="NONE"), token=admin).status == 200
    assert door("POST", PATH, sent("b"), token=admin).status == 200


@pytest.mark.parametrize("word", ["JUNK", "full", "ALL", "", " "])
def test_a_promise_that_is_none_is_refused_with_those_that_are(door: Door, word: str) -> None:
    """An empty one too, which is not the same as none: it would be kept, and hold nothing."""
    admin = door.tokens["admin"]
    refused = door("POST", PATH, sent("a", promise=word), token=admin)
    assert (refused.status, refused.code) == (422, 42201)
    assert all(each in refused.json["message"] for each in Compatibility)
    terms = {"defaultMetadata": {"properties": {"lading.promise": word}}}
    assert door("PUT", "/config/own.a", terms, token=admin).status == 422


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (Compatibility.NONE, Compatibility.FORWARD, Compatibility.FORWARD),
        (Compatibility.FULL, Compatibility.NONE, Compatibility.FULL),
        (Compatibility.NONE, Compatibility.NONE, Compatibility.NONE),
        (Compatibility.BACKWARD, Compatibility.FORWARD, Compatibility.FULL),
        (
            Compatibility.BACKWARD,
            Compatibility.BACKWARD_TRANSITIVE,
            Compatibility.BACKWARD_TRANSITIVE,
        ),
        (Compatibility.FULL, Compatibility.FORWARD_TRANSITIVE, Compatibility.FULL_TRANSITIVE),
        (Compatibility.FULL, Compatibility.BACKWARD, Compatibility.FULL),
    ],
)
def test_two_levels_are_kept_by_one(
    one: Compatibility, other: Compatibility, found: Compatibility
) -> None:
    assert both(one, other) is both(other, one) is found


def test_a_policy_that_is_none_is_called_one(door: Door) -> None:
    refused = door("PUT", "/config", {"compatibilityPolicy": "X"}, token=door.tokens["admin"])
    assert (refused.status, refused.code) == (422, 42203)
    assert "policy" in refused.json["message"]
    assert "STRICT, LENIENT, LOGICAL" in refused.json["message"]
