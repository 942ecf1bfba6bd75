"""Contexts, what is set in them, and schemas that come with their ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from asking import Http
from lading.model.contract import Compatibility, Kind, Reference, Subject
from lading.registry.config import Mode
from lading.registry.errors import (
    ContextNotEmpty,
    Incompatible,
    InvalidSchema,
    InvalidSubject,
    LevelNotSet,
    NotPermitted,
    SchemaNotFound,
)
from lading.registry.proposals import Proposal
from lading.registry.store import Deleted

if TYPE_CHECKING:
    from pathlib import Path

    from lading.registry.service import Registry

Build = Callable[..., Proposal]
Ask = Callable[..., Any]


# -- contexts -------------------------------------------------------------------------------------


def test_each_context_counts_its_own_ids(registry: Registry, proposal: Build) -> None:
    first, second = registry.register("s", proposal("a")), registry.register("t", proposal("b"))
    other = registry.register(":.staging:s", proposal("b"))

    assert (first.id, second.id, other.id) == (1, 2, 1)
    assert registry.content(1, ".staging") == second.content
    assert registry.contexts() == [".", ".staging"]


def test_an_id_that_the_default_context_lacks_is_looked_for_in_all(
    registry: Registry, proposal: Build
) -> None:
    registry.register(":.staging:s", proposal("a"))

    assert registry.placed(1)[0] == ".staging"
    with pytest.raises(SchemaNotFound):
        registry.placed(1, ".other")


def test_the_default_context_has_one_spelling(registry: Registry, proposal: Build) -> None:
    assert registry.register(":.:s", proposal("a")).subject == "s"
    assert registry.register("s", proposal("a")).number == 1


@pytest.mark.parametrize("name", [":staging:s", ":.a b:s", ":.a/b:s", ":.x::s", ":.__GLOBAL:s"])
def test_a_context_is_written_with_a_dot(registry: Registry, proposal: Build, name: str) -> None:
    with pytest.raises(InvalidSubject):
        registry.register(name, proposal("a"))


def test_a_prefix_is_of_one_context_or_of_all(registry: Registry, proposal: Build) -> None:
    for name in ("a1", "b", ":.c:a1", ":.c:a2", ":.d:a1"):
        registry.register(name, proposal("x"))

    assert registry.subjects(":*:") == [":.c:a1", ":.c:a2", ":.d:a1", "a1", "b"]
    assert registry.subjects(":*:a") == [":.c:a1", ":.c:a2", ":.d:a1", "a1"]
    assert registry.subjects(":.c:a1") == [":.c:a1"]
    assert registry.subjects("a") == ["a1"]


def test_references_are_seen_from_the_context_of_who_refers(
    registry: Registry, record: Callable[..., str]
) -> None:
    """The same names mean the subjects of the same context, with its numbers."""
    registry.register("base", Proposal(Kind.AVRO, record("a", name="n.Base")))
    registry.register(":.c:base", Proposal(Kind.AVRO, record("b", name="n.Base")))
    text = json.dumps(
        {"type": "record", "name": "n.Top", "fields": [{"name": "f", "type": "n.Base"}]}
    )
    top = Proposal(Kind.AVRO, text, (Reference("n.Base", Subject("base"), -1),))
    landed = registry.register(":.c:top", top)

    assert landed.content.references[0].version == 1
    assert [each.subject for each in registry.referrers(":.c:base", 1)] == [":.c:top"]
    assert registry.referrers("base", 1) == []


def test_a_context_goes_when_it_is_empty(registry: Registry, proposal: Build) -> None:
    registry.register(":.c:s", proposal("a"))
    registry.set_config({"compatibility": "NONE"}, scope=":.c:")
    with pytest.raises(ContextNotEmpty):
        registry.delete_context(".c")
    for permanent in (False, True):
        registry.delete_subject(":.c:s", permanent=permanent)
    registry.delete_context(".c")

    assert registry.config(":.c:s", inherited=True).level is Compatibility.FULL


# -- what is set ----------------------------------------------------------------------------------


def test_what_a_subject_does_not_say_its_context_says(registry: Registry, proposal: Build) -> None:
    """Subject, context, what holds everywhere, the server: the first that says it."""
    levels = []
    for scope, level in (
        (":.__GLOBAL:", "FORWARD"),
        (":.c:", "BACKWARD"),
        (":.c:s", "NONE"),
    ):
        levels.append(registry.config(":.c:s", inherited=True).level)
        registry.set_config({"compatibility": level}, scope=scope)
    levels.append(registry.config(":.c:s", inherited=True).level)

    assert levels == ["FULL", "FORWARD", "BACKWARD", "NONE"]
    assert registry.config("other", inherited=True).level == "FORWARD"


def test_a_subject_of_which_only_something_else_is_set_inherits_its_level(
    registry: Registry,
) -> None:
    """Confluent falls back to the server's default there; its users do not expect it."""
    registry.set_config({"compatibility": "NONE"})
    registry.set_config({"normalize": True}, scope="s")

    assert registry.config("s").level is None
    assert registry.config("s", inherited=True).level is Compatibility.NONE


def test_null_unsets_and_what_is_not_named_stays(registry: Registry) -> None:
    registry.set_config({"compatibility": "NONE", "normalize": True}, scope="s")
    registry.set_config({"compatibility": None}, scope="s")

    assert registry.config("s").said == (("normalize", True),)
    registry.unset_config("s")
    with pytest.raises(LevelNotSet):
        registry.config("s")


def test_normalize_makes_the_order_of_keys_no_difference(
    registry: Registry, record: Callable[..., str]
) -> None:
    registry.set_config({"normalize": True}, scope="s")
    text = record("a")
    turned = json.dumps(dict(reversed(json.loads(text).items())))
    first = registry.register("s", Proposal(Kind.AVRO, text))

    assert registry.register("s", Proposal(Kind.AVRO, turned)) == first


def test_an_alias_leads_to_another_subject(registry: Registry, proposal: Build) -> None:
    registry.set_config({"alias": "real"}, scope="nick")
    registry.register("real", proposal("a"))

    assert registry.resolved("nick") == "real"
    assert registry.resolved("real") == "real"


def test_versions_of_another_group_are_not_compared(registry: Registry, proposal: Build) -> None:
    """A new major version may break: it has a group of its own."""
    registry.set_config({"compatibilityGroup": "major"}, scope="s")
    registry.register("s", proposal("a", metadata={"properties": {"major": "1"}}))
    broken = proposal("b", metadata={"properties": {"major": "2"}})

    assert registry.register("s", broken).number == 2
    with pytest.raises(Incompatible):
        registry.register("s", proposal("c", metadata={"properties": {"major": "2"}}))


def test_the_policy_decides_what_an_open_object_carries(registry: Registry) -> None:
    def schema(*names: str) -> Proposal:
        properties = {name: {"type": "string"} for name in names}
        return Proposal(Kind.JSON, json.dumps({"type": "object", "properties": properties}))

    for policy, passes in (("LENIENT", True), ("STRICT", False)):
        registry.set_config({"compatibility": "BACKWARD"}, scope=policy)
        registry.set_config({"compatibilityPolicy": policy}, scope=policy)
        registry.register(policy, schema("a"))
        assert (not registry.check(policy, schema("a", "b"))) is passes


def test_defaults_and_overrides_are_merged_around_what_is_brought(
    registry: Registry, proposal: Build
) -> None:
    registry.set_config(
        {
            "defaultMetadata": {"properties": {"owner": "nobody", "team": "x"}},
            "overrideMetadata": {"properties": {"team": "platform"}},
            "defaultRuleSet": {"domainRules": [{"name": "r", "kind": "CONDITION"}]},
        },
        scope="s",
    )
    landed = registry.register("s", proposal("a", metadata={"properties": {"owner": "wms"}}))

    assert landed.content.properties == {"owner": "wms", "team": "platform"}
    assert landed.content.rules == {"domainRules": [{"name": "r", "kind": "CONDITION"}]}


def test_a_release_of_a_number_is_stamped(registry: Registry, proposal: Build) -> None:
    """Confluent's property: versions that differ in it alone are one."""
    first = registry.register("s", proposal("a", version=-1))

    assert first.content.properties == {"confluent:version": "1"}
    assert registry.register("s", proposal("a")).number == 1


# -- imports --------------------------------------------------------------------------------------


@pytest.fixture
def importing(registry: Registry) -> Registry:
    registry.set_mode(Mode.IMPORT, scope="s")
    return registry


def test_what_is_imported_keeps_its_id_and_number(importing: Registry, proposal: Build) -> None:
    """Not judged, in any order, and once more is no difference; later ids come after it."""
    second = importing.register("s", proposal("b", id=70, version=4))
    first = importing.register("s", proposal("a", id=40, version=2))
    again = importing.register("s", proposal("b", id=70, version=4))

    assert [(each.id, each.number) for each in (second, first)] == [(70, 4), (40, 2)]
    assert again == second
    importing.unset_mode("s")
    assert importing.register("t", proposal("c")).id == 71
    importing.set_config({"compatibility": "NONE"}, scope="s")
    assert importing.register("s", proposal("c")).number == 5


def test_an_id_is_not_taken_for_another_schema(importing: Registry, proposal: Build) -> None:
    importing.register("s", proposal("a", id=7, version=1))
    with pytest.raises(NotPermitted, match="Overwrite new schema with id 7"):
        importing.register("s", proposal("b", id=7, version=2))
    with pytest.raises(NotPermitted, match="registered with id 7"):
        importing.register("s", proposal("b", id=8, version=1))
    with pytest.raises(NotPermitted, match="brings its id"):
        importing.register("s", proposal("b"))


def test_imports_go_where_nothing_is(registry: Registry, proposal: Build) -> None:
    """What was deleted softly makes room; what is live does not, unless it is known."""
    registry.register("s", proposal("a"))
    with pytest.raises(NotPermitted, match="found existing subjects"):
        registry.set_mode(Mode.IMPORT, scope="s")
    registry.set_mode(Mode.IMPORT, scope="s", force=True)
    registry.unset_mode("s")
    registry.delete_subject("s")
    registry.set_mode(Mode.IMPORT, scope="s")

    assert registry.subjects("", Deleted.INCLUDED) == []


def test_a_mode_of_everything_below_is_forgotten_at_once(registry: Registry) -> None:
    for scope in ("", "a", ":.c:", ":.c:b"):
        registry.set_mode(Mode.READONLY, scope=scope)
    registry.unset_mode("", recursive=True)

    assert registry.mode("a", inherited=True) is Mode.READWRITE
    assert registry.mode(":.c:b", inherited=True) is Mode.READONLY


def test_a_schema_may_be_forced_in(registry: Registry, proposal: Build) -> None:
    registry.register("s", proposal("a"))

    assert registry.register("s", proposal("b"), force=True).number == 2


def test_a_reference_that_is_not_there_is_named(registry: Registry, proposal: Build) -> None:
    gone = proposal("a", references=(Reference("n.X", Subject("x"), 3),))
    with pytest.raises(InvalidSchema, match='subject "x" and version 3'):
        registry.register("s", gone)


# -- over HTTP ------------------------------------------------------------------------------------


def test_a_context_in_the_path_is_a_context_in_the_name(
    ask: Ask, record: Callable[..., str]
) -> None:
    context, name = f".c{uuid4().hex[:8]}", f"s{uuid4().hex[:8]}"
    sent = {"schema": record("a")}
    landed = ask("POST", f"/contexts/{context}/subjects/{name}/versions", sent).json
    full = f":{context}:{name}"

    assert ask("GET", f"/contexts/{context}/subjects").json == [full]
    assert ask("GET", f"/contexts/:{context}:/subjects/{name}/versions").json == [1]
    assert ask("GET", f"/subjects/{full}/versions/1").json == {"subject": full, **landed}
    assert ask("GET", f"/contexts/{context}/schemas/ids/1").json["schema"] == landed["schema"]
    assert ask("GET", f"/schemas/ids/1?subject={full}").json["subject"] == full
    assert context in ask("GET", "/contexts").json
    assert full in ask("GET", "/subjects").json
    assert full not in ask("GET", "/subjects?subjectPrefix=").json
    assert ask("DELETE", f"/contexts/{context}").json["error_code"] == 42211


def test_every_setting_of_the_api_goes_in_and_comes_out(ask: Ask) -> None:
    """What is kept without being acted upon is said in a header."""
    name = f"s{uuid4().hex[:8]}"
    said = {
        "compatibility": "FULL",
        "normalize": True,
        "validateFields": True,
        "compatibilityGroup": "major",
        "compatibilityPolicy": "lenient",
        "overrideMetadata": {"properties": {"a": "b"}},
        "defaultRuleSet": {
            "domainRules": [{"name": "r", "kind": "TRANSFORM", "mode": "READ", "type": "CEL"}]
        },
    }
    put = ask("PUT", f"/config/{name}", said)

    assert put.json == {**said, "compatibilityPolicy": "LENIENT"}
    assert put.headers["lading-not-enforced"] == "validateFields, defaultRuleSet"
    got = ask("GET", f"/config/{name}").json
    assert got.pop("compatibilityLevel") == "FULL"
    assert got == {k: v for k, v in put.json.items() if k != "compatibility"}
    assert ask("PUT", f"/config/{name}", {"normalize": "yes"}).status == 422
    assert ask("PUT", f"/config/{name}", {"overrideMetadata": {"tags": 1}}).status == 422


def test_an_alias_is_followed_by_reads_and_registrations(
    ask: Ask, record: Callable[..., str]
) -> None:
    real, nick = f"r{uuid4().hex[:8]}", f"n{uuid4().hex[:8]}"
    ask("PUT", f"/config/{nick}", {"alias": real})
    ask("POST", f"/subjects/{nick}/versions", {"schema": record("a")})

    assert ask("GET", f"/subjects/{nick}/versions/latest").json["subject"] == real
    assert ask("POST", f"/subjects/{nick}", {"schema": record("a")}).json["version"] == 1


def test_deleted_versions_may_be_listed_as_negative_numbers(
    ask: Ask, record: Callable[..., str]
) -> None:
    name = f"s{uuid4().hex[:8]}"
    for fields in (("a",), ("a", "b?")):
        ask("POST", f"/subjects/{name}/versions", {"schema": record(*fields)})
    ask("DELETE", f"/subjects/{name}/versions/1")

    assert ask("GET", f"/subjects/{name}/versions?deletedAsNegative=true").json == [-1, 2]


def test_schemas_are_listed_by_the_type_of_their_rules(
    ask: Ask, record: Callable[..., str]
) -> None:
    name = f"s{uuid4().hex[:8]}"
    rules = {"domainRules": [{"name": "r", "type": "CEL"}]}
    ask("POST", f"/subjects/{name}/versions", {"schema": record("a"), "ruleSet": rules})

    found = ask("GET", "/schemas?ruleType=CEL").json
    assert name in {each["subject"] for each in found}
    assert ask("GET", "/schemas?ruleType=JSONATA").json == []


def test_one_imported_schema_may_have_two_numbers(importing: Registry, proposal: Build) -> None:
    """It was registered, deleted and registered again where it comes from."""
    numbers = [
        importing.register("s", proposal("a", id=7, version=number)).number for number in (1, 3)
    ]

    assert numbers == [1, 3]


def test_what_nothing_is_set_for_has_the_defaults_of_its_context_or_of_everything(
    registry: Registry, proposal: Build
) -> None:
    """In whole, from the nearest that has anything, as in Confluent's registry."""

    def owner(subject: str) -> str | None:
        return registry.register(subject, proposal("a")).content.properties.get("owner")

    def say(name: str) -> dict[str, Any]:
        return {"overrideMetadata": {"properties": {"owner": name}}}

    registry.set_config(say("all"), scope=":.__GLOBAL:")
    assert [owner("a"), owner(":.c:a")] == ["all", "all"]
    registry.set_config(say("default"))
    registry.set_config(say("context"), scope=":.c:")
    assert [owner("b"), owner(":.c:b"), owner(":.d:b")] == ["default", "context", "all"]
    registry.set_config({"normalize": True}, scope="own")
    registry.set_config({"compatibility": "NONE"}, scope=":.d:")
    assert [owner("own"), owner(":.d:c")] == [None, None]
    assert dict(registry.config("b", inherited=True).said) == say("default")


def test_defaults_of_everything_are_merged_into_a_registration(
    start: Callable[..., Any], tmp_path: Path, record: Callable[..., str]
) -> None:
    """And what was registered before them is a version more with them."""
    with start(tmp_path / "own.db") as (url, _):
        own = Http(url)
        own("POST", "/subjects/s/versions", {"schema": record("a")})
        sent = {
            "defaultMetadata": {"properties": {"owner": "nobody"}},
            "overrideRuleSet": {"domainRules": [{"name": "r", "type": "CEL", "mode": "WRITE"}]},
        }
        own("PUT", "/config", sent)
        found = own("POST", "/subjects/s/versions", {"schema": record("a")}).json
        assert found["version"] == 2
        assert found["metadata"] == {"properties": {"owner": "nobody"}}
        assert found["ruleSet"]["domainRules"][0]["name"] == "r"
        assert own("GET", "/config/s").json["error_code"] == 40408
        shown = own("GET", "/config/s?defaultToGlobal=true").json
        assert shown["defaultMetadata"] == {"properties": {"owner": "nobody"}}


@pytest.mark.parametrize("spelt", ["c{}", ":c{}:", ".c{}", ":.c{}:", ":.c{}", ".c{}:"])
def test_a_context_in_a_path_may_go_without_its_dot(
    ask: Ask, record: Callable[..., str], spelt: str
) -> None:
    own = uuid4().hex[:8]
    context = spelt.format(own)
    ask("POST", f"/contexts/{context}/subjects/s/versions", {"schema": record("a")})
    assert ask("GET", f"/contexts/{context}/subjects").json == [f":.c{own}:s"]
    ask("DELETE", f"/contexts/{context}/subjects/s")
    ask("DELETE", f"/contexts/{context}/subjects/s?permanent=true")
    assert ask("DELETE", f"/contexts/{context}").status == 204


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/contexts/.a:b/subjects"), ("DELETE", "/contexts/a:b")]
)
def test_a_colon_within_a_context_of_a_path_is_a_bad_request(
    ask: Ask, method: str, path: str
) -> None:
    found = ask(method, path)
    assert (found.status, found.json["error_code"]) == (400, 400)
    assert "cannot contain a colon" in found.json["message"]


def test_a_context_is_listed_as_long_as_something_is_in_it(
    registry: Registry, proposal: Build
) -> None:
    registry.register(":.c:s", proposal("a"))
    registry.delete_subject(":.c:s")
    registry.set_mode(Mode.READONLY, scope=":.d:")
    assert registry.contexts() == [".", ".c", ".d"]
    registry.delete_subject(":.c:s", permanent=True)
    for context in (".c", ".d"):
        registry.delete_context(context)
    assert registry.contexts() == ["."]
    assert registry.register(":.c:s", proposal("b")).id == 2


def test_the_uses_of_an_id_in_a_context_are_asked_for_in_two_ways(
    ask: Ask, record: Callable[..., str]
) -> None:
    context = f".c{uuid4().hex[:8]}"
    for name in ("s", "t"):
        ask("POST", f"/subjects/:{context}:{name}/versions", {"schema": record("a")})
    for what in ("subjects", "versions"):
        inside = ask("GET", f"/contexts/{context}/schemas/ids/1/{what}").json
        assert len(inside) == 2
        assert ask("GET", f"/schemas/ids/1/{what}?subject=:{context}:").json == inside
        one = ask("GET", f"/schemas/ids/1/{what}?subject=:{context}:s").json
        assert one == inside[:1]
    assert ask("GET", f"/schemas/ids/1?subject=:{context}:").json["schema"]


def test_a_list_with_aliases_has_what_an_alias_of_that_start_leads_to(
    ask: Ask, record: Callable[..., str]
) -> None:
    real, nick = f"s{uuid4().hex[:8]}", f"n{uuid4().hex[:8]}"
    ask("PUT", f"/config/{nick}", {"alias": real})
    for fields in (("a",), ("a", "b?")):
        ask("POST", f"/subjects/{real}/versions", {"schema": record(*fields)})

    def listed(query: str) -> list[tuple[str, int, Any]]:
        found = ask("GET", f"/schemas?{query}").json
        return [(each["subject"], each["version"], each.get("aliases")) for each in found]

    assert listed(f"subjectPrefix={nick}") == []
    both = [(real, 1, [nick]), (real, 2, [nick])]
    assert listed(f"aliases=true&subjectPrefix={nick}") == both
    assert listed(f"aliases=true&subjectPrefix={real}") == both
    assert listed(f"aliases=true&latestOnly=true&subjectPrefix={nick}") == both[1:]
    assert listed(f"aliases=true&subjectPrefix={nick}x") == []


def test_a_delete_follows_an_alias(ask: Ask, record: Callable[..., str]) -> None:
    real, nick = f"s{uuid4().hex[:8]}", f"n{uuid4().hex[:8]}"
    ask("PUT", f"/config/{nick}", {"alias": real})
    for fields in (("a",), ("a", "b?")):
        ask("POST", f"/subjects/{real}/versions", {"schema": record(*fields)})
    assert ask("DELETE", f"/subjects/{nick}/versions/1").json == 1
    assert ask("DELETE", f"/subjects/{nick}").json == [2]
    assert ask("GET", f"/subjects/{real}/versions").json["error_code"] == 40401


@pytest.mark.parametrize(
    ("number", "code"),
    [("abc", 404), ("1.5", 404), ("99999999999", 404), ("-1", 40403), ("999999", 40403)],
)
def test_an_id_that_is_no_number_is_no_path(ask: Ask, number: str, code: int) -> None:
    for suffix in ("", "/schema", "/subjects", "/versions"):
        found = ask("GET", f"/schemas/ids/{number}{suffix}")
        assert (found.status, found.json["error_code"]) == (404, code)
