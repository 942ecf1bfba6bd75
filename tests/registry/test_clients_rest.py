"""The rows of Confluent's REST surface that clients lean on beyond registering and reading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Http


@pytest.fixture
def name() -> str:
    return f"s-{uuid4().hex[:12]}"


def lands(ask: Http, name: str, schema: str, **more: Any) -> Any:
    landed = ask("POST", f"/subjects/{name}/versions", {"schema": schema, **more})
    assert landed.status == 200, landed.body
    return landed.json


def entity(path: str, kind: str, *tags: str) -> dict[str, Any]:
    return {"schemaEntity": {"entityPath": path, "entityType": kind}, "tags": list(tags)}


# -- associations ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["resources/lkc-1:topic", "resources/-/topic?resourceType=topic", "subjects/topic-value"],
)
def test_nothing_has_an_association(ask: Http, path: str) -> None:
    """Confluent's registry without any answers with an empty list, not with 404."""
    assert ask("GET", f"/associations/{path}").json == []
    assert ask("GET", "/schemas?resourceType=topic").json == []


# -- tags within schemas --------------------------------------------------------------------------


def test_tags_are_added_and_taken_away_by_a_new_version(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    lands(ask, name, record("a"))
    path = f"/subjects/{name}/versions/latest/tags"
    added = ask(
        "POST",
        path,
        {
            "newVersion": 2,
            "tagsToAdd": [
                entity("demo.v1.Parcel", "sr_record", "T1", "T2"),
                entity("demo.v1.Parcel.a", "sr_field", "PII"),
            ],
        },
    ).json
    gone = ask("POST", path, {"tagsToRemove": [entity("Parcel", "sr_record", "T2")]}).json

    schema = json.loads(added["schema"])
    assert schema["confluent:tags"] == ["T1", "T2"]
    assert schema["fields"][0]["confluent:tags"] == ["PII"]
    assert json.loads(gone["schema"])["confluent:tags"] == ["T1"]
    assert [each["version"] for each in (added, gone)] == [2, 3]
    assert [each["metadata"]["properties"] for each in (added, gone)] == [
        {"confluent:version": "2"},
        {"confluent:version": "3"},
    ]


def test_tags_are_found_where_they_are(ask: Http, name: str, record: Callable[..., str]) -> None:
    field = entity("demo.v1.Parcel.a", "sr_field", "PII")
    landed = lands(ask, name, record("a", "b"), schemaTagsToAdd=[field])

    for path in (f"/subjects/{name}/versions/1", f"/schemas/ids/{landed['id']}"):
        assert ask("GET", f"{path}?findTags=PII").json["schemaTags"] == [field]
        assert ask("GET", f"{path}?findTags=*").json["schemaTags"] == [field]
        assert "schemaTags" not in ask("GET", f"{path}?findTags=OTHER").json


def test_tags_of_the_version_before_are_carried_on(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    """Where the places still are; what is not tagged anew stays as it was."""
    tags = [entity("Parcel.a", "sr_field", "PII"), entity("Parcel.b", "sr_field", "X")]
    lands(ask, name, record("a", "b?"), schemaTagsToAdd=tags)
    after = lands(ask, name, record("a", "c?"), propagateSchemaTags=True)

    fields = json.loads(after["schema"])["fields"]
    assert [each.get("confluent:tags") for each in fields] == [["PII"], None]


def test_a_property_of_json_schema_is_tagged_by_its_path(ask: Http, name: str) -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}}}
    text = json.dumps({"type": "object", "properties": {"a": inner}})
    tag = entity("object.a.object.b", "sr_field", "PII")
    landed = lands(ask, name, text, schemaType="JSON", schemaTagsToAdd=[tag])

    schema = json.loads(landed["schema"])
    assert schema["properties"]["a"]["properties"]["b"]["confluent:tags"] == ["PII"]
    assert ask("GET", f"/subjects/{name}/versions/1?findTags=PII").json["schemaTags"] == [tag]


@pytest.mark.parametrize(
    ("version", "body", "code"),
    [
        ("1", {"tagsToAdd": [entity("no.Such", "sr_record", "T")]}, 42201),
        ("1", {"newVersion": 7, "tagsToAdd": [entity("Parcel", "sr_record", "T")]}, 42201),
        ("9", {"tagsToAdd": [entity("Parcel", "sr_record", "T")]}, 40402),
        ("0", {"tagsToAdd": []}, 42202),
        ("1", {"tagsToAdd": [entity("Parcel", "sr_table", "T")]}, 422),
        ("1", {"tagsToAdd": [{"tags": ["T"]}]}, 422),
        ("1", {"rulesToMerge": {"domainRules": [{"name": "r"}]}}, 42210),
    ],
)
def test_tags_that_cannot_be_are_refused(  # noqa: PLR0917
    ask: Http,
    name: str,
    record: Callable[..., str],
    version: str,
    body: dict[str, Any],
    code: int,
) -> None:
    lands(ask, name, record("a"))
    refused = ask("POST", f"/subjects/{name}/versions/{version}/tags", body)
    assert refused.json["error_code"] == code
    assert ask("GET", f"/subjects/{name}/versions").json == [1]


def test_rules_are_merged_and_removed_by_name(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    def rule(name: str, expr: str) -> dict[str, str]:
        said = {"kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": expr}
        return {"name": name, **said}

    rules = {"domainRules": [rule("a", "1"), rule("b", "1"), rule("c", "1")]}
    lands(ask, name, record("a"), ruleSet=rules)
    merged = ask(
        "POST",
        f"/subjects/{name}/versions/1/tags",
        {"rulesToMerge": {"domainRules": [rule("b", "2")]}, "rulesToRemove": ["c"]},
    )
    assert merged.json["ruleSet"] == {"domainRules": [rule("a", "1"), rule("b", "2")]}
    assert merged.headers["lading-not-enforced"] == "ruleSet"


# -- rule sets ------------------------------------------------------------------------------------


def test_what_a_rule_leaves_out_is_written_out(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    """As Confluent's registry does it: kind and mode are part of the guid."""
    brief = {"name": "r", "type": "CEL", "tags": ["b", "a"], "params": {"y": "1", "x": "2"}}
    landed = lands(ask, name, record("a"), ruleSet={"domainRules": [brief]})
    again = lands(ask, name, record("a"), ruleSet=landed["ruleSet"])

    assert landed["ruleSet"]["domainRules"] == [
        {**brief, "kind": "TRANSFORM", "mode": "WRITEREAD", "tags": ["a", "b"]}
    ]
    assert (again["version"], again["guid"]) == (1, landed["guid"])


CEL = {"name": "r", "type": "CEL"}


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"domainRules": [CEL, CEL]}, "duplicate name 'r'"),
        ({"domainRules": [{**CEL, "name": "x"}, CEL], "encodingRules": [CEL]}, "duplicate name"),
        ({"domainRules": [{"name": "r"}]}, "Missing rule type"),
        ({"domainRules": [{"type": "CEL"}]}, "Missing rule name"),
        ({"domainRules": [{**CEL, "name": "1r"}]}, "Illegal character"),
        ({"domainRules": [{**CEL, "name": "r" * 65}]}, "too long"),
        ({"domainRules": [{**CEL, "mode": "UPGRADE"}]}, "only be WRITE, READ, WRITEREAD"),
        ({"migrationRules": [CEL]}, "only be UPGRADE, DOWNGRADE, UPDOWN"),
        ({"encodingRules": [{**CEL, "mode": "UPDOWN"}]}, "only be WRITE, READ, WRITEREAD"),
        ({"domainRules": [{**CEL, "kind": "WISH"}]}, "TRANSFORM, CONDITION"),
        ({"domainRules": [{**CEL, "mode": "READ", "onFailure": "A,B"}]}, "Multiple actions"),
        ({"domainRules": [{**CEL, "params": {"a": 1}}]}, "object of strings"),
        ({"domainRules": [{**CEL, "tags": "a"}]}, "list of strings"),
        ({"domainRules": [{**CEL, "expr": 1}]}, "'expr' must be a string"),
        ({"domainRules": [{**CEL, "disabled": "no"}]}, "must be a boolean"),
        ({"domainRules": 5}, "must be a list"),
    ],
)
def test_a_rule_set_that_nobody_could_run_is_refused(
    ask: Http, name: str, record: Callable[..., str], rules: dict[str, Any], why: str
) -> None:
    """Where it is registered, and where it is set."""
    for method, path, field in (
        ("POST", f"/subjects/{name}/versions", "ruleSet"),
        ("PUT", f"/config/{name}", "overrideRuleSet"),
    ):
        refused = ask(method, path, {"schema": record("a"), field: rules})
        assert (refused.status, refused.json["error_code"]) == (422, 42210)
        assert why in refused.json["message"]


def test_what_metadata_and_rules_do_not_know_is_named(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    landed = ask(
        "POST",
        f"/subjects/{name}/versions",
        {
            "schema": record("a"),
            "metadata": {"labels": ["x"], "properties": {"a": "b"}},
            "ruleSet": {"domainRules": [{**CEL, "when": "now"}]},
        },
    )
    said = "metadata.labels, ruleSet.domainRules.when"
    assert landed.headers["lading-ignored-fields"] == said
    assert landed.json["metadata"] == {"properties": {"a": "b"}}


def test_auditors_do_not_see_what_metadata_calls_sensitive(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    """It is kept and returned to those who may read the config, and is nowhere else."""
    secret = f"secret-{uuid4().hex}"
    metadata = {"properties": {"key": secret, "owner": "wms"}, "sensitive": ["key"]}
    ask("PUT", f"/config/{name}", {"defaultMetadata": metadata})
    landed = lands(ask, name, record("a"), metadata=metadata)
    entries, after = [], 0
    while page := ask("GET", f"/api/v1/audit?after={after}").json["entries"]:
        entries += page
        after = page[-1]["seq"]

    assert landed["metadata"] == metadata
    assert [each for each in entries if each["subject"] == name]
    assert secret not in json.dumps(entries)
    assert "owner" in json.dumps(entries)


# -- forms ----------------------------------------------------------------------------------------


def test_resolved_avro_stands_alone(ask: Http, name: str, record: Callable[..., str]) -> None:
    """What is referred to is written out where it is met first; later it is only named."""
    lands(ask, f"{name}-base", record("a", name="n.Base"))
    fields = [{"name": "f", "type": "Base"}, {"name": "g", "type": ["null", "n.Base"]}]
    text = json.dumps({"type": "record", "name": "Top", "namespace": "n", "fields": fields})
    reference = {"name": "n.Base", "subject": f"{name}-base", "version": 1}
    landed = lands(ask, name, text, references=[reference])

    paths = (
        f"/subjects/{name}/versions/1",
        f"/schemas/ids/{landed['id']}",
        f"/schemas/guids/{landed['guid']}",
    )
    for path in paths:
        shown = json.loads(ask("GET", f"{path}?format=resolved").json["schema"])
        assert shown["fields"][0]["type"] == json.loads(record("a", name="n.Base"))
        assert shown["fields"][1] == fields[1]
    bare = ask("GET", f"/schemas/ids/{landed['id']}/schema?format=resolved")
    assert bare.json == shown
    import fastavro

    assert fastavro.parse_schema(shown)


def test_a_form_that_a_type_does_not_have_is_the_usual_one(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    landed = lands(ask, name, record("a"))
    for form in ("serialized", "ignore_extensions", "later"):
        shown = ask("GET", f"/schemas/ids/{landed['id']}?format={form}").json
        assert shown["schema"] == landed["schema"]


def test_names_of_references_are_written_in_full_when_asked(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    inside = f":.c{name[2:8]}:"
    lands(ask, f"{inside}base", record("a", name="n.Base"))
    fields = [{"name": "f", "type": "n.Base"}]
    text = json.dumps({"type": "record", "name": "n.Top", "fields": fields})
    reference = {"name": "n.Base", "subject": "base", "version": 1}
    landed = lands(ask, f"{inside}top", text, references=[reference])

    for path in (
        f"/subjects/{inside}top/versions/1?",
        f"/schemas/ids/{landed['id']}?subject={inside}top&",
    ):
        assert ask("GET", path).json["references"] == [reference]
        full = ask("GET", f"{path}referenceFormat=qualified").json["references"]
        assert full == [{**reference, "subject": f"{inside}base"}]


# -- lists ----------------------------------------------------------------------------------------


def test_schemas_are_listed_with_what_was_deleted_and_their_aliases(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    lands(ask, name, record("a"))
    lands(ask, name, record("a", "b?"))
    ask("DELETE", f"/subjects/{name}/versions/1")
    ask("PUT", f"/config/{name}-nick", {"alias": name})
    path = f"/schemas?subjectPrefix={name}"

    assert [each["version"] for each in ask("GET", path).json] == [2]
    every = ask("GET", f"{path}&deleted=true").json
    assert [(each["version"], each.get("deleted")) for each in every] == [(1, True), (2, None)]
    assert ask("GET", f"{path}&deleted=true&latestOnly=true").json == every[1:]
    assert ask("GET", f"{path}&deleted=true&limit=1").json == every[:1]
    assert ask("GET", f"{path}&aliases=true").json[0]["aliases"] == [f"{name}-nick"]


def test_an_id_is_found_under_the_alias_of_a_subject(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    landed = lands(ask, name, record("a"))
    ask("PUT", f"/config/{name}-nick", {"alias": name})

    path = f"/schemas/ids/{landed['id']}"
    assert ask("GET", f"{path}?subject={name}-nick").json["subject"] == name
    assert ask("GET", f"{path}/versions?subject={name}-nick").json == [
        {"subject": name, "version": 1}
    ]


def test_every_path_may_start_with_a_context(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    """What the clients of a context send: the path in front, plain names behind it."""
    context = f".c{name[2:10]}"
    start, full = f"/contexts/{context}", f":{context}:{name}"
    sent = {"schema": record("a")}
    landed = ask("POST", f"{start}/subjects/{name}/versions", sent).json
    number = landed["id"]

    assert ask("POST", f"{start}/subjects/{name}", sent).json["subject"] == full
    assert ask("GET", f"{start}/subjects/{name}/versions/latest").json["subject"] == full
    check = f"{start}/compatibility/subjects/{name}/versions"
    assert ask("POST", check, {"schema": record("b")}).json == {"is_compatible": False}
    assert ask("GET", f"{start}/schemas/ids/{number}/subjects").json == [full]
    assert ask("GET", f"{start}/schemas/ids/{number}?subject={name}").json["subject"] == full
    assert ask("GET", f"{start}/schemas?latestOnly=true").json[0]["subject"] == full
    assert ask("GET", f"{start}/schemas/guids/{landed['guid']}").json["guid"] == landed["guid"]
    assert ask("PUT", f"{start}/config", {"compatibility": "NONE"}).status == 200
    assert ask("GET", f"/config/{full}?defaultToGlobal=true").json["compatibilityLevel"] == "NONE"
    assert ask("PUT", f"{start}/mode", {"mode": "READONLY"}).status == 200
    assert ask("GET", f"{start}/mode/{name}?defaultToGlobal=true").json == {"mode": "READONLY"}
    assert ask("DELETE", f"{start}/mode").json == {"mode": "READONLY"}
    assert ask("DELETE", f"{start}/subjects/{name}").json == [1]


# -- odds and ends --------------------------------------------------------------------------------


def test_topics_of_tools_may_start_with_underscores(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    assert lands(ask, f"__debezium-heartbeat.{name}-value", record("a"))["version"] == 1
    for reserved in ("__GLOBAL", "__EMPTY"):
        refused = ask("POST", f"/subjects/{reserved}/versions", {"schema": record("a")})
        assert refused.json["error_code"] == 42208


def test_an_import_with_another_id_says_so(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    ask("PUT", f"/mode/{name}", {"mode": "IMPORT"})
    number = 1_000_000 + int(name[2:8], 16)
    landed = lands(ask, name, record("a", name[2:].join("ab")), id=number, version=1)
    refused = ask(
        "POST",
        f"/subjects/{name}/versions",
        {"schema": record("a", name[2:].join("ab")), "id": number + 1, "version": 2},
    )
    ask("DELETE", f"/mode/{name}")

    assert "metadata" not in landed
    assert (refused.status, refused.json["error_code"]) == (422, 42207)
    said = f"Schema already registered with id {number} instead of input id {number + 1}"
    assert refused.json["message"] == said


def test_a_mode_that_is_not_said_is_refused(ask: Http, name: str) -> None:
    """Null unsets; a body without it is a mistake."""
    path = f"/mode/{name}"
    ask("PUT", path, {"mode": "READONLY"})
    assert ask("PUT", path, {}).json["error_code"] == 42204
    assert ask("PUT", path, {"mode": None}).status == 200
    assert ask("GET", path).json["error_code"] == 40409


def test_where_it_runs_is_answered_without_knowing(ask: Http) -> None:
    assert ask("GET", "/v1/metadata/deployment").json == {"attributes": []}


def test_an_answer_that_depends_on_the_version_before_is_made_anew(
    ask: Http, name: str, record: Callable[..., str]
) -> None:
    """The same words twice mean two things when a version came in between."""
    lands(ask, name, record("a"))
    blank = {"schema": "", "metadata": {"properties": {"k": "v"}}}
    path = f"/subjects/{name}/versions"
    assert ask("POST", path, blank).json["version"] == 2
    lands(ask, name, record("a", "b?"), metadata={})
    assert ask("POST", path, blank).json["version"] == 4
