"""What may not be seen shows through nowhere, and writes go nowhere they may not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from registry.doors import Answer, Door

if TYPE_CHECKING:
    from lading.registry.store import SqliteStore

OWN = {"role": "admin", "on": ["own.*", ":.own:*"]}
SECRET = "their"


def schema(*fields: str, name: str = "own.A") -> str:
    space, _, short = name.rpartition(".")
    listed = [{"name": each, "type": "string", "default": ""} for each in fields]
    return json.dumps({"type": "record", "name": short, "namespace": space, "fields": listed})


def using(name: str, *others: str) -> dict[str, Any]:
    """A schema with a field of each of the others, and the references to them."""
    space, _, short = name.rpartition(".")
    fields = [{"name": f"f{at}", "type": each} for at, each in enumerate(others)]
    text = json.dumps({"type": "record", "name": short, "namespace": space, "fields": fields})
    found = [{"name": each, "subject": each, "version": 1} for each in others]
    return {"schema": text, "references": found}


class World:
    def __init__(self, store: SqliteStore) -> None:
        self.door = Door(store)
        self.admin = self.door.token("admin", {"role": "admin"})
        self.mine = self.door.token("mine", OWN)
        self.register("own.A", {"schema": schema("a")})
        self.register("their.A", {"schema": schema("a", "theirs", name="their.A")})

    def register(self, subject: str, body: dict[str, Any], token: str = "") -> Answer:
        return self.door("POST", f"/subjects/{subject}/versions", body, token=token or self.admin)

    def __call__(self, method: str, path: str, body: object = None, **more: Any) -> Answer:
        return self.door(method, path, body, token=self.mine, **more)


@pytest.fixture
def world(sqlite_store: SqliteStore) -> World:
    return World(sqlite_store)


def test_lists_leave_out_what_may_not_be_seen_before_they_are_paged(world: World) -> None:
    for number in range(5):
        for space in ("their", "own", "zzz"):
            name = f"{space}.n{number}"
            world.register(name, {"schema": schema("a", name=name)})
    wanted = ["own.A", *(f"own.n{number}" for number in range(5))]
    for path, names in (
        ("/subjects?offset={}&limit=2", lambda answer: answer.json),
        ("/schemas?offset={}&limit=2", lambda answer: [each["subject"] for each in answer.json]),
    ):
        pages = [names(world("GET", path.format(offset))) for offset in (0, 2, 4, 6)]
        assert pages == [wanted[:2], wanted[2:4], wanted[4:], []]
    contracts = world("GET", "/api/v1/contracts").json["contracts"]
    assert [each["subject"] for each in contracts] == wanted
    assert world("GET", "/subjects?subjectPrefix=their").json == []
    assert world("GET", "/subjects?subjectPrefix=:*:&deleted=true").json == wanted


def test_an_id_that_two_subjects_hold_shows_only_the_one(world: World) -> None:
    both = {"schema": schema("shared", name="x.Shared")}
    number = world.register("own.Shared", both).json["id"]
    assert world.register("their.Shared", both).json["id"] == number
    assert world("GET", f"/schemas/ids/{number}").status == 200
    assert world("GET", f"/schemas/ids/{number}/subjects").json == ["own.Shared"]
    assert world("GET", f"/schemas/ids/{number}/versions").json == [
        {"subject": "own.Shared", "version": 1}
    ]
    told = world("GET", f"/schemas/ids/{number}?subject=their.Shared").json
    assert "subject" not in told


def test_a_body_that_was_rendered_for_an_admin_is_not_handed_on(world: World) -> None:
    first = world.door("GET", "/schemas/ids/2", token=world.admin)
    assert first.status == 200
    assert world("GET", "/schemas/ids/2").status == 404
    asked = [("if-none-match", first.headers["etag"])]
    assert world("GET", "/schemas/ids/2", headers=asked).status == 404
    guid = first.json["guid"]
    assert world.door("GET", f"/schemas/guids/{guid}", token=world.admin).status == 200
    assert world("GET", f"/schemas/guids/{guid}").status == 404
    assert world("GET", f"/schemas/guids/{guid}/ids").json == []


def test_the_same_id_in_another_context_is_not_mistaken_for_it(world: World) -> None:
    """Id 2 of the default context is theirs; ours of that number is in a context of our own."""
    for number in (1, 2):
        name = f":.own:own.C{number}"
        body = {"schema": schema(f"f{number}", name=f"own.C{number}")}
        assert world.register(name, body, world.mine).json["id"] == number
    theirs = world.door("GET", "/schemas/ids/2", token=world.admin)
    ours = world("GET", "/schemas/ids/2")
    assert b"theirs" in theirs.body
    assert b"theirs" not in ours.body
    assert ours.json["schema"] == world("GET", "/contexts/.own/schemas/ids/2").json["schema"]


def test_contexts_without_anything_to_see_are_not_listed(world: World) -> None:
    world.register(":.secret:their.A", {"schema": schema("a", name="their.A")})
    world.register(":.own:own.A", {"schema": schema("a")})
    assert world("GET", "/contexts").json == [".", ".own"]
    assert world.door("GET", "/contexts", token=world.admin).json == [".", ".own", ".secret"]


def test_a_reference_to_what_is_hidden_leads_nowhere(world: World) -> None:
    """In the words for one that is not there, whether the version is said or not."""
    for version in (1, -1):
        answers = []
        for name in ("their.A", "their.Z"):
            body = using("own.B", name)
            body["references"][0]["version"] = version
            for method, path in (
                ("POST", "/subjects/own.B/versions"),
                ("POST", "/compatibility/subjects/own.A/versions?verbose=true"),
            ):
                answer = world(method, path, body)
                assert SECRET.encode() not in answer.body.replace(name.encode(), b"")
                answers.append((answer.status, answer.body.replace(name.encode(), b"?")))
        assert answers[:2] == answers[2:]


def test_what_an_admin_had_judged_is_not_told_to_others(world: World) -> None:
    """The gate remembers what it has read: each view of the registry has a memory of its own."""
    body = using("own.B", "their.A")
    assert world.register("own.B", body).status == 200
    path = "/compatibility/subjects/own.B/versions?verbose=true"
    assert world.door("POST", path, body, token=world.admin).json["is_compatible"]
    told = world("POST", path, body)
    assert b"theirs" not in told.body
    assert not told.json["is_compatible"]


def test_who_refers_to_ours_is_not_told_by_name_and_still_counts(world: World) -> None:
    world.register("their.B", using("their.B", "own.A"))
    assert world("GET", "/subjects/own.A/versions/1/referencedby").json == []
    refused = world("DELETE", "/subjects/own.A")
    assert (refused.status, refused.code) == (422, 42206)
    assert SECRET.encode() not in refused.body


def test_an_alias_opens_nothing(world: World) -> None:
    """Whoever may set one could else point it anywhere."""
    assert world("PUT", "/config/own.A", {"alias": "their.A"}).status == 200
    assert world("GET", "/subjects/own.A/versions/latest").status == 404
    assert world("POST", "/subjects/own.A/versions", {"schema": schema("b")}).status == 404
    assert world("PUT", "/config/own.A", {"alias": ":.:their.A"}).status == 200
    assert world("GET", "/subjects/own.A/versions/latest").status == 404
    assert world("POST", "/subjects/own.A/versions", {"schema": schema("b")}).status in {403, 404}
    versions = world.door("GET", "/subjects/their.A/versions", token=world.admin)
    assert versions.json == [1]


def test_another_spelling_of_a_name_opens_nothing(world: World) -> None:
    everything_but = world.door.token(
        "but", {"role": "admin"}, {"role": "admin", "on": ["their.*"], "deny": True}
    )
    for name in (":.:their.A", "their%2EA", ":.:their%2eA"):
        found = world.door("GET", f"/subjects/{name}/versions", token=everything_but)
        assert found.status == 404, name
        gone = world.door("DELETE", f"/subjects/{name}", token=everything_but)
        assert gone.status == 404, name
    body = {"contracts": [{"subject": ":.:their.A", "schema": schema("b", name="their.A")}]}
    assert world.door("POST", "/api/v1/push", body, token=everything_but).status == 404
    assert (
        world.door("GET", "/contexts/./subjects/their.A/versions", token=everything_but).status
        == 404
    )


def test_a_push_is_all_or_none_in_what_it_may_too(world: World) -> None:
    body = {
        "contracts": [
            {"subject": "own.N", "schema": schema("a", name="own.N")},
            {"subject": "their.A", "schema": schema("a", "theirs", name="their.A")},
        ]
    }
    assert world("POST", "/api/v1/push", body).status == 404
    assert world("POST", "/api/v1/push?dryRun=true", body).status == 404
    assert world("GET", "/subjects").json == ["own.A"]


def test_an_import_takes_no_id_that_holds_something_else(world: World) -> None:
    """Not even one that the caller cannot see: else its content would be theirs to read."""
    assert world("PUT", "/mode/own.I", {"mode": "IMPORT"}).status == 200
    body = {"schema": schema("a", name="own.I"), "id": 2, "version": 1}
    refused = world("POST", "/subjects/own.I/versions", body)
    assert refused.status == 422
    assert b"theirs" not in refused.body
    assert world("GET", "/schemas/ids/2").status == 404


def test_a_context_with_hidden_subjects_is_not_emptied(world: World) -> None:
    world.register(":.own:their.A", {"schema": schema("a", name="their.A")})
    narrow = world.door.token(
        "narrow",
        {"role": "admin", "on": [":.own:*"]},
        {"role": "admin", "on": [":.own:their.*"], "deny": True},
    )
    refused = world.door("PUT", "/mode/:.own:", {"mode": "IMPORT"}, token=narrow)
    assert (refused.status, refused.code) == (403, 40301)
    assert SECRET.encode() not in refused.body
    assert world.door("GET", "/subjects", token=world.admin).json[0] == ":.own:their.A"


def test_settings_of_everything_are_not_for_who_has_a_part(world: World) -> None:
    for path in ("/config", "/mode", "/config/:.__GLOBAL:", "/config/:.other:"):
        assert world("GET", path).code == 40301
        assert world("PUT", path, {}).code == 40301
    assert world("PUT", "/config/:.own:", {"compatibility": "FULL"}).status == 200


def test_a_change_is_logged_in_the_name_of_the_caller(world: World) -> None:
    world("PUT", "/config/own.A", {"compatibility": "FULL"})
    with world.door.store.read() as reading:
        assert reading.log(0, 100)[-1].by == "token:mine"


def test_no_cache_in_between_hands_on_what_was_for_one_caller(world: World) -> None:
    for path in ("/schemas/ids/1", "/subjects/own.A/versions/1", "/subjects"):
        headers = world("GET", path).headers
        assert "public" not in headers["cache-control"]
        assert headers["cache-control"].startswith(("private", "no-store"))
        assert "Authorization" in headers["vary"]


def test_a_subject_that_comes_into_sight_is_seen_at_once(world: World) -> None:
    """What was remembered for a caller of what is not there does not outlive it."""
    assert world("GET", "/subjects/own.New/versions").status == 404
    assert world.register("own.New", {"schema": schema("a", name="own.New")}).status == 200
    assert world("GET", "/subjects/own.New/versions").json == [1]
    for number in range(2, 5):
        fields = [f"f{each}" for each in range(number)]
        body = {"schema": schema(*fields, name="own.New")}
        token = world.mine if number % 2 else world.admin
        assert world.register("own.New", body, token).json["version"] == number
