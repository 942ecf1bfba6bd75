"""Contracts by page with their terms, and what changes do: our own routes, over a real socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import jsonschema_rs
import pytest

from lading.compat import report
from lading.registry.auth.rates import Rates
from lading.registry.client import Client
from lading.registry.settings import Auth
from registry.doors import Door
from registry.test_http import Http

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.registry.store import SqliteStore

API = """\
openapi: 3.1.0
info: {{title: Parcels, version: 1.0.0}}
paths:
  /parcels:
    get:
      operationId: listParcels
      responses:
        "200":
          description: Parcels
          content:
            application/json:
              schema:
                type: object
                required: [{needed}]
                properties:
                  id: {{type: string}}
                  weight: {{type: number}}
"""


@pytest.fixture
def ask(url: str) -> Http:
    return Http(url)


@pytest.fixture
def space() -> str:
    return f"n{uuid4().hex[:10]}"


def put(ask: Http, subject: str, schema: str, **more: Any) -> Any:
    answer = ask("POST", f"/subjects/{subject}/versions?force=true", {"schema": schema, **more})
    assert answer.status == 200, answer.body
    return answer.json


def test_pages_follow_one_another_by_name(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    names = [f"{space}.{letter}" for letter in "abcde"]
    for name in reversed(names):
        put(ask, name, record("a", name=f"{name}.R"))
    seen: list[str] = []
    page = ask("GET", f"/api/v1/contracts?prefix={space}&limit=2").json
    while True:
        assert len(page["contracts"]) <= 2
        seen += [each["subject"] for each in page["contracts"]]
        if "next" not in page:
            break
        path = f"/api/v1/contracts?prefix={space}&limit=2&after={page['next']}"
        page = ask("GET", path).json
    assert seen == names
    whole = ask("GET", f"/api/v1/contracts?prefix={space}&limit=5").json
    assert "next" not in whole


def test_a_page_has_the_terms_and_can_do_without_texts(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    properties = {
        "lading.owner": "wms",
        "lading.team": "Warehouse IT",
        "lading.lifecycle": "deprecated",
        "lading.promise": "FULL",
        "lading.version": "1.2.0",
        "lading.consumers": "erp,portal",
        "lading.sla.freshness": "1 min",
    }
    landed = put(ask, f"{space}.a", record("a"), metadata={"properties": properties})
    (found,) = ask("GET", f"/api/v1/contracts?prefix={space}&schema=false").json["contracts"]
    assert "schema" not in found
    assert {key: found[key] for key in ("id", "version", "guid")} == {
        key: landed[key] for key in ("id", "version", "guid")
    }
    assert found["terms"] == {
        "owner": "wms",
        "team": "Warehouse IT",
        "lifecycle": "deprecated",
        "promise": "FULL",
        "version": "1.2.0",
        "audience": "internal",
        "consumers": ["erp", "portal"],
        "sla": {"freshness": "1 min"},
    }


def test_large_texts_make_a_page_shorter(sqlite_store: SqliteStore) -> None:
    door = Door(sqlite_store, auth=Auth.OFF)
    for number in range(110):
        fields = [{"name": f"f{n}", "type": "string", "doc": "x" * 500} for n in range(120)]
        schema = json.dumps({"type": "record", "name": f"R{number}", "fields": fields})
        assert door("POST", f"/subjects/s{number:03}/versions", {"schema": schema}).status == 200
    page = door("GET", "/api/v1/contracts?limit=1000").json
    assert len(page["contracts"]) == 110  # less than the most that a page holds
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lading.registry.http.native.HEAVIEST", 1000)
        page = door("GET", "/api/v1/contracts?limit=1000").json
    assert len(page["contracts"]) == 100
    assert page["next"] == "s099"


def test_the_client_goes_on_to_the_last_page(
    url: str, ask: Http, space: str, record: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lading.registry.client._PAGE", 2)
    for letter in "abcde":
        put(ask, f"{space}.{letter}", record("a", name=f"{space}.{letter}"))
    client = Client(url)
    assert [each.subject[-1] for each in client.latest(space)] == list("abcde")
    wanted = {f"{space}.b", f"{space}.e"}
    assert {each.subject for each in client.fetch_contracts(wanted)} == wanted


def test_one_contract_says_which_versions_there_are(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    put(ask, space, record("a"))
    put(ask, space, record("a", "b?"))
    found = ask("GET", f"/api/v1/contracts/{space}").json
    assert (found["version"], found["versions"]) == (2, [1, 2])
    first = ask("GET", f"/api/v1/contracts/{space}/versions/1").json
    assert first["version"] == 1
    assert first["terms"]["lifecycle"] == "active"
    assert ask("GET", f"/api/v1/contracts/{space}/versions/7").json["error_code"] == 40402
    assert ask("GET", f"/api/v1/contracts/{space}x").json["error_code"] == 40401


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x", ""])
def test_a_limit_that_makes_no_sense_is_refused(ask: Http, limit: str) -> None:
    assert ask("GET", f"/api/v1/contracts?limit={limit}").status == 422


def test_a_diff_has_the_shape_of_the_command_and_an_example_that_was_tried(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    readers = {"properties": {"lading.consumers": "erp,portal"}}
    put(ask, space, record("a"), metadata=readers)
    put(ask, space, record("a", "b"))
    found = ask("GET", f"/api/v1/contracts/{space}/diff?from=1&to=2").json
    jsonschema_rs.validate(report.schema(), found)
    (verdict,) = found["verdicts"]
    (finding,) = [each for each in verdict["findings"] if each["forbidden"]]
    assert found["outcome"] == "incompatible"
    assert verdict["promise"] == "BACKWARD"
    assert finding["witness"]["outcome"]
    assert finding["breaks"] == ["erp", "portal"]
    assert finding["against"] == 1


def test_a_diff_is_of_the_newest_step_by_default_and_of_any_promise(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    put(ask, space, record("a"))
    put(ask, space, record("a", "b?"))
    put(ask, space, record("a", "b?", "c"))
    newest = ask("GET", f"/api/v1/contracts/{space}/diff").json
    assert newest["verdicts"][0]["findings"][0]["against"] == 2
    back = ask("GET", f"/api/v1/contracts/{space}/diff?from=3&to=1").json
    assert back["outcome"] == "compatible"
    forward = ask("GET", f"/api/v1/contracts/{space}/diff?promise=FORWARD").json
    assert forward["outcome"] == "compatible"
    assert ask("GET", f"/api/v1/contracts/{space}/diff?promise=ALL").status == 422
    assert ask("GET", f"/api/v1/contracts/{space}/diff?from=9").json["error_code"] == 40402


def test_a_diff_of_apis_is_judged_in_a_worker_and_has_the_same_shape(ask: Http, space: str) -> None:
    put(ask, space, API.format(needed="id, weight"), schemaType="OPENAPI")
    put(ask, space, API.format(needed="id"), schemaType="OPENAPI")
    found = ask("GET", f"/api/v1/contracts/{space}/diff").json
    jsonschema_rs.validate(report.schema(), found)
    assert found["outcome"] == "incompatible"
    (finding,) = [each for each in found["verdicts"][0]["findings"] if each["forbidden"]]
    assert finding["witness"]["kind"]


def test_a_verdict_stores_nothing(ask: Http, space: str, record: Callable[..., str]) -> None:
    put(ask, space, record("a"))
    path = f"/api/v1/contracts/{space}/verdict"
    good = ask("POST", path, {"schema": record("a", "b?")}).json
    bad = ask("POST", path, {"schema": record("a", "b")}).json
    for each in (good, bad):
        jsonschema_rs.validate(report.schema(), each)
    assert (good["outcome"], bad["outcome"]) == ("compatible", "incompatible")
    assert ask("GET", f"/subjects/{space}/versions").json == [1]


def test_a_verdict_on_a_first_version_has_nothing_against_it(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    found = ask("POST", f"/api/v1/contracts/{space}/verdict", {"schema": record("a")}).json
    assert found["outcome"] == "compatible"
    assert ask("GET", f"/subjects/{space}/versions").status == 404


def test_what_was_decided_about_a_finding_counts(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    put(ask, space, record("a"))
    path = f"/api/v1/contracts/{space}/verdict"
    body = {"schema": record("a", "b")}
    (finding,) = ask("POST", path, body).json["verdicts"][0]["findings"]
    waiver = {
        "finding": finding["fingerprint"],
        "rule": finding["rule"],
        "subject": space,
        "reason": "nobody reads it yet",
        "approved_by": "Ada",
        "until": "2999-01-01",
    }
    found = ask("POST", path, body | {"waivers": [waiver]}).json
    assert found["outcome"] == "compatible"
    assert found["counts"]["waived"] == 1


def test_a_verdict_names_the_consumers_that_came_with_the_question(
    ask: Http, space: str, record: Callable[..., str]
) -> None:
    put(ask, space, record("a", "b", "c"))
    reader = {
        "name": "erp-adapter",
        "system": "erp",
        "team": "Finance IT",
        "reads": [{"contract": space, "fields": ["b"]}],
    }
    body = {"schema": record("a", "c"), "consumers": [reader]}
    path = f"/api/v1/contracts/{space}/verdict?promise=FORWARD"
    (finding,) = ask("POST", path, body).json["verdicts"][0]["findings"]
    assert finding["breaks"] == ["erp-adapter (erp, Finance IT)"]
    reader["reads"] = [{"contract": space, "fields": ["a"]}]
    (finding,) = ask("POST", path, body).json["verdicts"][0]["findings"]
    assert finding["breaks"] == []


@pytest.mark.parametrize(
    "more",
    [
        {"consumers": [1]},
        {"consumers": [{"name": 1}]},
        {"consumers": [{"reads": [{"fields": [1]}]}]},
        {"consumers": [{"reads": [{"unknown": "MAYBE"}]}]},
        {"waivers": [{}]},
        {"schema": "{"},
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(
    ask: Http, space: str, record: Callable[..., str], more: dict[str, Any]
) -> None:
    body = {"schema": record("a"), **more}
    assert ask("POST", f"/api/v1/contracts/{space}/verdict", body).status == 422


def test_asking_for_a_verdict_is_a_read(sqlite_store: SqliteStore) -> None:
    door = Door(sqlite_store, auth=Auth.OFF, rates=Rates(reads=1000, writes=0.001))
    body = {"schema": '"string"'}
    statuses = [door("POST", "/api/v1/contracts/s/verdict", body).status for _ in range(5)]
    assert statuses == [200] * 5
