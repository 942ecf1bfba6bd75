"""The REST surface, over a real socket."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from asking import JSON, Http
from needed import needs

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def subject() -> str:
    return f"s-{uuid4().hex[:12]}"


@pytest.fixture
def avro(record: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    return lambda *fields, **more: {"schema": record(*fields), **more}


Avro = "Callable[..., dict[str, Any]]"


# -- shapes ---------------------------------------------------------------------------------------


def test_the_root_answers(ask: Http) -> None:
    assert ask("GET", "/").json == {}


def test_registering_answers_with_the_whole_object(ask: Http, subject: str, avro: Any) -> None:
    landed = ask("POST", f"/subjects/{subject}/versions", avro("a"))
    assert landed.status == 200
    assert set(landed.json) == {"id", "version", "guid", "schemaType", "schema", "ts"}
    assert landed.headers["content-type"] == JSON


def test_a_version_reads_back(ask: Http, subject: str, avro: Any) -> None:
    landed = ask("POST", f"/subjects/{subject}/versions", avro("a")).json
    for name in ("1", "latest", "-1", "LATEST"):
        assert ask("GET", f"/subjects/{subject}/versions/{name}").json == {
            "subject": subject,
            **landed,
        }
    bare = ask("GET", f"/subjects/{subject}/versions/1/schema")
    assert bare.body.decode() == landed["schema"]
    assert ask("GET", f"/subjects/{subject}/versions").json == [1]


def test_an_id_reads_back_in_every_way(ask: Http, subject: str, avro: Any) -> None:
    landed = ask("POST", f"/subjects/{subject}/versions", avro("a", "only_here_" + subject[2:]))
    content_id, guid = landed.json["id"], landed.json["guid"]
    plain = {key: landed.json[key] for key in ("guid", "schemaType", "schema")}
    assert ask("GET", f"/schemas/ids/{content_id}").json == plain
    assert ask("GET", f"/schemas/guids/{guid}").json == plain
    assert ask("GET", f"/schemas/guids/{guid}/ids").json == [{"context": ".", "id": content_id}]
    assert ask("GET", f"/schemas/ids/{content_id}/subjects").json == [subject]
    assert ask("GET", f"/schemas/ids/{content_id}/versions").json == [
        {"subject": subject, "version": 1}
    ]
    placed = ask("GET", f"/schemas/ids/{content_id}?subject={subject}&fetchMaxId=true").json
    assert (placed["subject"], placed["version"]) == (subject, 1)
    assert placed["maxId"] >= content_id


def test_metadata_and_rules_are_kept_and_said_not_to_be_enforced(
    ask: Http, subject: str, avro: Any
) -> None:
    more = {
        "metadata": {"properties": {"lading.owner": "wms"}},
        "ruleSet": {
            "domainRules": [{"name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL"}]
        },
    }
    landed = ask("POST", f"/subjects/{subject}/versions", avro("a", **more))
    assert landed.headers["lading-not-enforced"] == "ruleSet"
    assert {key: landed.json[key] for key in more} == more
    found = ask("GET", f"/subjects/{subject}/metadata?key=lading.owner&value=wms")
    assert found.json["version"] == 1
    assert ask("GET", f"/subjects/{subject}/metadata?key=lading.owner&value=x").status == 404


def test_lookup_finds_the_version(ask: Http, subject: str, avro: Any) -> None:
    landed = ask("POST", f"/subjects/{subject}/versions", avro("a")).json
    assert ask("POST", f"/subjects/{subject}", avro("a")).json == {"subject": subject, **landed}


def test_lists_can_be_narrowed_and_paged(ask: Http, subject: str, avro: Any) -> None:
    names = [f"{subject}-{letter}" for letter in "abc"]
    for name in names:
        ask("POST", f"/subjects/{name}/versions", avro("a"))
    prefix = f"/subjects?subjectPrefix={subject}"
    assert ask("GET", prefix).json == names
    assert ask("GET", prefix + "&offset=1&limit=1").json == names[1:2]
    assert ask("GET", prefix + "&limit=-1").json == names
    ask("DELETE", f"/subjects/{names[0]}")
    assert ask("GET", prefix).json == names[1:]
    assert ask("GET", prefix + "&deleted=true").json == names
    assert ask("GET", prefix + "&deletedOnly=true").json == names[:1]
    listed = ask("GET", f"/schemas?subjectPrefix={subject}&latestOnly=true").json
    assert [each["subject"] for each in listed] == names[1:]


def test_every_kind_of_contract_has_a_type(ask: Http) -> None:
    types = ["AVRO", "JSON", "PROTOBUF", "OPENAPI", "TAXONOMY", "MAPPING"]
    assert ask("GET", "/schemas/types").json == types


def test_small_answers_that_clients_ask_for(ask: Http) -> None:
    assert ask("GET", "/contexts").json[0] == "."
    assert set(ask("GET", "/v1/metadata/id").json) == {"id", "scope"}
    assert ask("GET", "/v1/metadata/version").json["version"].startswith("lading ")
    assert ask("GET", "/health/live").json == {"status": "live"}
    assert ask("GET", "/health/ready").json == {"status": "ready"}


# -- refusing -------------------------------------------------------------------------------------


def test_an_incompatible_schema_is_409_with_reasons(ask: Http, subject: str, avro: Any) -> None:
    ask("POST", f"/subjects/{subject}/versions", avro("a"))
    refused = ask("POST", f"/subjects/{subject}/versions", avro("a", "b"))
    assert (refused.status, refused.json["error_code"]) == (409, 40901)
    assert "incompatible with an earlier schema" in refused.json["message"]
    path = f"/compatibility/subjects/{subject}/versions"
    plain = ask("POST", path, avro("a", "b"))
    assert plain.json == {"is_compatible": False}
    verbose = ask("POST", path + "/latest?verbose=true", avro("a", "b")).json
    assert verbose["is_compatible"] is False
    assert any("LAD" in each for each in verbose["messages"])
    assert ask("POST", path + "/1?verbose=true", avro("a", "c?")).json == {
        "is_compatible": True,
        "messages": [],
    }


def test_latest_of_a_missing_subject_is_compatible(ask: Http, subject: str, avro: Any) -> None:
    path = f"/compatibility/subjects/{subject}/versions"
    assert ask("POST", path + "/latest", avro("a")).json == {"is_compatible": True}
    assert ask("POST", path + "/3", avro("a")).json["error_code"] == 40402


def test_a_bad_schema_in_a_verbose_check_is_a_message(ask: Http, subject: str) -> None:
    path = f"/compatibility/subjects/{subject}/versions/latest"
    bad = {"schema": '{"type":"no.such.Thing"}'}
    assert ask("POST", path, bad).json["error_code"] == 42201
    verbose = ask("POST", path + "?verbose=true", bad)
    assert verbose.status == 200
    assert verbose.json["is_compatible"] is False
    assert "Invalid schema" in verbose.json["messages"][0]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/subjects/nobody/versions", 404, 40401),
        ("GET", "/subjects/nobody/versions/1", 404, 40401),
        ("GET", "/subjects/nobody/versions/latest", 404, 40401),
        ("GET", "/subjects/nobody/versions/0", 422, 42202),
        ("GET", "/subjects/nobody/versions/-2", 422, 42202),
        ("GET", "/subjects/nobody/versions/one", 422, 42202),
        ("GET", "/subjects/nobody/versions/2147483648", 422, 42202),
        ("DELETE", "/subjects/nobody", 404, 40401),
        ("DELETE", "/subjects/nobody/versions/1", 404, 40401),
        ("GET", "/schemas/ids/999999", 404, 40403),
        ("GET", "/schemas/ids/x", 404, 404),
        ("GET", "/schemas/ids/99999999999999999999999999", 404, 404),
        ("GET", "/schemas/guids/x", 404, 40403),
        ("GET", "/config/nobody", 404, 40408),
        ("GET", "/mode/nobody", 404, 40409),
        ("DELETE", "/config/nobody", 404, 40401),
        ("DELETE", "/associations/resources/lkc-1:topic", 404, 40410),
        ("POST", "/associations", 422, 42205),
        ("POST", "/associations:batch", 422, 42205),
        ("PUT", "/associations/resources/lkc-1:topic", 422, 42205),
        ("GET", "/no/such/route", 404, 404),
        ("PATCH", "/subjects", 405, 405),
        ("GET", "/subjects/%ff/versions", 422, 42208),
    ],
)
def test_errors_have_the_codes_clients_know(
    ask: Http, method: str, path: str, status: int, code: int
) -> None:
    refused = ask(method, path)
    assert (refused.status, refused.json["error_code"]) == (status, code)
    assert set(refused.json) == {"error_code", "message"}


def test_deleting_twice_and_too_early_has_codes_of_its_own(
    ask: Http, subject: str, avro: Any
) -> None:
    ask("POST", f"/subjects/{subject}/versions", avro("a"))
    ask("POST", f"/subjects/{subject}/versions", avro("a", "b?"))
    version, whole = f"/subjects/{subject}/versions/1", f"/subjects/{subject}"
    codes = [
        ask("DELETE", version + "?permanent=true").json["error_code"],
        ask("DELETE", version).json,
        ask("DELETE", version).json["error_code"],
        ask("DELETE", whole + "?permanent=true").json["error_code"],
        ask("DELETE", whole).json,
        ask("DELETE", whole).json["error_code"],
        ask("DELETE", whole + "?permanent=true").json,
    ]
    assert codes == [40407, 1, 40406, 40405, [2], 40404, [1, 2]]


def test_levels_are_set_inherited_and_unset(ask: Http, subject: str) -> None:
    path = f"/config/{subject}"
    assert ask("GET", "/config").json == {"compatibilityLevel": "BACKWARD"}
    assert ask("PUT", path, {"compatibility": "full"}).json == {"compatibility": "FULL"}
    assert ask("GET", path).json == {"compatibilityLevel": "FULL"}
    assert ask("DELETE", path).json == {"compatibilityLevel": "FULL"}
    assert ask("GET", path + "?defaultToGlobal=true").json == {"compatibilityLevel": "BACKWARD"}
    assert ask("PUT", path, {"compatibility": "SOMETIMES"}).json["error_code"] == 42203


def test_modes_are_set_and_unset(ask: Http, subject: str, avro: Any) -> None:
    path = f"/mode/{subject}"
    assert ask("GET", "/mode").json == {"mode": "READWRITE"}
    assert ask("PUT", path + "?force=False", {"mode": "READONLY"}).json == {"mode": "READONLY"}
    refused = ask("POST", f"/subjects/{subject}/versions", avro("a"))
    assert (refused.status, refused.json["error_code"]) == (422, 42205)
    assert ask("DELETE", path).json == {"mode": "READONLY"}
    assert ask("PUT", path, {"mode": "FORWARD"}).json["error_code"] == 42205
    assert ask("PUT", path, {"mode": "SLEEP"}).json["error_code"] == 42204


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a/b", "ä ☃", "..", "a.b.v1.C", "a%2Fb", "q?x#y", "a+b"])
def test_a_subject_may_have_any_printable_name(
    ask: Http, subject: str, avro: Any, name: str
) -> None:
    whole = name + subject
    path = f"/subjects/{quote(whole, safe='')}"
    assert ask("POST", path + "/versions", avro("a")).status == 200
    assert ask("GET", path + "/versions/latest").json["subject"] == whole
    assert whole in ask("GET", "/subjects").json
    assert ask("DELETE", path).json == [1]


def test_a_slash_at_the_end_does_not_matter(ask: Http) -> None:
    assert ask("GET", "/subjects/").status == 200


def test_the_default_context_may_be_written_out(ask: Http, subject: str, avro: Any) -> None:
    ask("POST", f"/subjects/:.:{subject}/versions", avro("a"))
    assert ask("GET", f"/subjects/{subject}/versions").json == [1]


# -- hostile and careless input -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"schema": NaN}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 200_000, 400),
        (b"[]", 422),
        (b'{"schema": {"type": "string"}}', 422),
        (b'{"schema": "{\\"type\\":", "schemaType": "AVRO"}', 422),
        (b'{"schema": "\\"string\\"", "schemaType": "COBOL"}', 422),
        (b'{"schema": "\\"string\\"", "references": {}}', 422),
        (b'{"schema": "\\"string\\"", "references": [{}]}', 422),
        (b'{"schema": "x", "references": [{"name":"a","subject":"b","version":-7}]}', 422),
        (b'{"schema": "\\"string\\"", "metadata": {"properties": {"a": 1}}}', 422),
        (b'{"schema": "\\"string\\"", "metadata": {"tags": {"a": "b"}}}', 422),
        (b'{"schema": "\\"string\\"", "ruleSet": {"domainRules": [1]}}', 422),
        (b'{"schema": "\\"string\\"", "version": "one"}', 422),
        (b'{"schema": "\\"string\\"", "schemaTagsToAdd": [{}]}', 422),
        (b'{"schema": "   "}', 422),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_with_a_clear_answer(
    ask: Http, subject: str, body: bytes, status: int
) -> None:
    refused = ask("POST", f"/subjects/{subject}/versions", body)
    assert refused.status == status
    assert set(refused.json) == {"error_code", "message"}
    assert ask("GET", f"/subjects/{subject}/versions").status == 404


@pytest.mark.parametrize("kind", ["AVRO", "JSON", "OPENAPI", "TAXONOMY", "MAPPING"])
def test_a_nesting_bomb_is_refused(ask: Http, subject: str, kind: str) -> None:
    for text in ("[" * 100_000, "[" * 50_000 + "]" * 50_000, '{"a":' * 50_000 + "1" + "}" * 50_000):
        refused = ask("POST", f"/subjects/{subject}/versions", {"schema": text, "schemaType": kind})
        assert (refused.status, refused.json["error_code"]) == (422, 42201)
    assert ask("GET", "/health/ready").status == 200


def test_an_external_reference_is_refused(ask: Http, subject: str) -> None:
    text = '{"$ref": "http://127.0.0.1:1/secrets.json"}'
    refused = ask("POST", f"/subjects/{subject}/versions", {"schema": text, "schemaType": "JSON"})
    assert (refused.status, refused.json["error_code"]) == (422, 42201)


def test_a_lone_surrogate_is_refused_or_kept_whole(ask: Http, subject: str) -> None:
    text = '{"type":"object","title":"\\ud800"}'
    given = ask("POST", f"/subjects/{subject}/versions", {"schema": text, "schemaType": "JSON"})
    assert given.status in {200, 422}


def test_a_huge_body_is_refused(ask: Http, subject: str) -> None:
    refused = ask("POST", f"/subjects/{subject}/versions", b" " * (5 * 1024 * 1024))
    assert (refused.status, refused.json["error_code"]) == (413, 413)


def test_another_content_type_is_refused_with_the_right_one(
    ask: Http, subject: str, avro: Any
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused = ask("POST", f"/subjects/{subject}/versions", avro("a"), headers=headers)
    assert refused.status == 415
    assert JSON in refused.json["message"]
    packed = ask("POST", f"/subjects/{subject}", avro("a"), headers={"Content-Encoding": "gzip"})
    assert packed.status == 415


def test_a_page_of_another_site_changes_nothing(ask: Http, subject: str, avro: Any) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    refused = ask("POST", f"/subjects/{subject}/versions", avro("a"), headers=headers)
    assert refused.status == 403
    assert ask("GET", f"/subjects/{subject}/versions").status == 404


def test_unknown_fields_are_accepted_and_named(ask: Http, subject: str, avro: Any) -> None:
    more = {"zebra": 1, "evil\r\nX-Header": 2}
    landed = ask("POST", f"/subjects/{subject}/versions", avro("a", **more))
    assert landed.status == 200
    assert landed.headers["lading-ignored-fields"] == "(unprintable), zebra"
    assert "x-header" not in landed.headers


# -- caching --------------------------------------------------------------------------------------


def test_what_never_changes_may_be_cached_for_ever(ask: Http, subject: str, avro: Any) -> None:
    landed = ask("POST", f"/subjects/{subject}/versions", avro("a")).json
    for path in (f"/schemas/ids/{landed['id']}", f"/schemas/guids/{landed['guid']}"):
        first = ask("GET", path)
        assert "immutable" in first.headers["cache-control"]
        again = ask("GET", path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status, again.body) == (304, b"")


def test_a_version_is_asked_about_again_since_it_may_be_deleted(
    ask: Http, subject: str, avro: Any
) -> None:
    ask("POST", f"/subjects/{subject}/versions", avro("a"))
    path = f"/subjects/{subject}/versions/1"
    first = ask("GET", path)
    assert first.headers["cache-control"] == "no-cache"
    tag = {"If-None-Match": first.headers["etag"]}
    assert ask("GET", path, headers=tag).status == 304
    ask("DELETE", path)
    assert ask("GET", path, headers=tag).status == 404


def test_a_permanent_delete_ends_the_id(ask: Http, subject: str, avro: Any) -> None:
    landed = ask("POST", f"/subjects/{subject}/versions", avro("only", subject[2:].join("xx"))).json
    path = f"/schemas/ids/{landed['id']}"
    assert ask("GET", path).status == 200
    ask("DELETE", f"/subjects/{subject}")
    assert ask("GET", path).status == 200
    ask("DELETE", f"/subjects/{subject}?permanent=true")
    assert ask("GET", path).status == 404


# -- by hand --------------------------------------------------------------------------------------


@needs("curl", "the registry is asked as people ask it")
def test_curl_registers_and_reads(url: str, subject: str, avro: Any) -> None:
    def curl(*words: str) -> Any:
        done = subprocess.run(
            ["curl", "-s", "-m", "20", *words], capture_output=True, check=True, timeout=30
        )
        return json.loads(done.stdout)

    body = json.dumps(avro("a"))
    header = f"Content-Type: {JSON}"
    landed = curl("-H", header, "-d", body, f"{url}/subjects/{subject}/versions")
    assert landed["version"] == 1
    assert curl(f"{url}/subjects/{subject}/versions") == [1]
    assert "Content-Type" in curl("-d", body, f"{url}/subjects/{subject}/versions")["message"]
