"""Every route, every role, on what is one's own, what is somebody else's and what is not there."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from lading.registry.http.app import SERVED
from lading.registry.http.guard import DECISIONS
from lading.registry.rights import On, Right
from lading.registry.store import SqliteStore
from registry.doors import Answer, Door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from lading.registry.http.served import Served

ROLES = {
    "nobody": (),
    "reader": ({"role": "reader", "on": ["own.*"]},),
    "writer": ({"role": "writer", "on": ["own.*"]},),
    "auditor": ({"role": "auditor", "on": ["own.*"]},),
    "owner": ({"role": "admin", "on": ["own.*"]},),
    "admin": ({"role": "admin"},),
}
PLACES = {"own": "own.a", "lost": "own.z", "foreign": "their.a", "missing": "their.z"}
"""What is there and may be seen, what could be but is not there, and both of somebody else."""
IDS = {"own": "1", "lost": "98", "foreign": "2", "missing": "99"}
OPEN = ("200 200 200 200",) * 6
SEEN = ("404 404 404 404", *("200 404 404 404",) * 4, "200 404 200 404")
REGISTERED = (
    "404 404 404 404",
    "403 403 404 404",
    "200 200 404 404",
    "403 403 404 404",
    "200 200 404 404",
    "200 200 200 200",
)
RETAGGED = (
    *REGISTERED[:2],
    *("200 404 404 404", "403 403 404 404", "200 404 404 404"),
    "200 404 200 404",
)
REMOVED = ("404 404 404 404", *("403 403 404 404",) * 3, "200 404 404 404", "200 404 200 404")
SET = ("404 404 404 404", *("403 403 404 404",) * 3, "200 200 404 404", "200 200 200 200")
FOR_ADMINS = (*("403 403 403 403",) * 5, "200 200 200 200")
"""Statuses for each of `ROLES`, in each of `PLACES`."""
EXPECTED = {
    "GET /": OPEN,
    "GET /schemas/types": OPEN,
    "GET /health/live": OPEN,
    "GET /health/ready": OPEN,
    "GET /v1/metadata/id": OPEN,
    "GET /v1/metadata/version": OPEN,
    "GET /v1/metadata/deployment": OPEN,
    "GET /associations/resources/{resource}": OPEN,
    "GET /associations/resources/{namespace}/{name}": OPEN,
    "GET /associations/subjects/{subject}": OPEN,
    "POST /associations": (*("403 403 403 403",) * 5, "422 422 422 422"),
    "POST /associations:batch": (*("403 403 403 403",) * 5, "422 422 422 422"),
    "PUT /associations/resources/{resource}": (*("403 403 403 403",) * 5, "422 422 422 422"),
    "DELETE /associations/resources/{resource}": (*("403 403 403 403",) * 5, "404 404 404 404"),
    # Lists leave out what may not be seen, so everybody gets one.
    "GET /subjects": OPEN,
    "GET /schemas": OPEN,
    "GET /contexts": OPEN,
    "GET /api/v1/contracts": OPEN,
    "GET /api/v1/changes": OPEN,
    "GET /api/v1/search": ("422 422 422 422",) * 6,  # it is not said what for
    "GET /api/v1/openapi.yaml": OPEN,
    "GET /api/v1/openapi.json": OPEN,
    "GET /schemas/guids/{guid}/ids": OPEN,
    # With nothing that may be seen there is nothing to be compatible with.
    "POST /compatibility/subjects/{subject}/versions": OPEN,
    "POST /api/v1/contracts/{subject}/verdict": OPEN,
    "POST /compatibility/subjects/{subject}/versions/{version}": SEEN,
    "GET /api/v1/contracts/{subject}": SEEN,
    "GET /api/v1/contracts/{subject}/versions/{version}": SEEN,
    "GET /api/v1/contracts/{subject}/diff": SEEN,
    "POST /subjects/{subject}": SEEN,
    "GET /subjects/{subject}/metadata": SEEN,
    "GET /subjects/{subject}/versions": SEEN,
    "GET /subjects/{subject}/versions/{version}": SEEN,
    "GET /subjects/{subject}/versions/{version}/schema": SEEN,
    "GET /subjects/{subject}/versions/{version}/referencedby": SEEN,
    "GET /schemas/ids/{id}": SEEN,
    "GET /schemas/ids/{id}/schema": SEEN,
    "GET /schemas/ids/{id}/subjects": SEEN,
    "GET /schemas/ids/{id}/versions": SEEN,
    "GET /schemas/guids/{guid}": SEEN,
    "GET /config/{subject}": SEEN,
    "GET /mode/{subject}": SEEN,
    "POST /subjects/{subject}/versions": REGISTERED,
    "POST /subjects/{subject}/versions/{version}/tags": RETAGGED,
    "POST /api/v1/push": REGISTERED,
    "DELETE /subjects/{subject}": REMOVED,
    "DELETE /subjects/{subject}/versions/{version}": REMOVED,
    "DELETE /config/{subject}": REMOVED,
    "DELETE /mode/{subject}": REMOVED,
    "PUT /config/{subject}": SET,
    "PUT /mode/{subject}": SET,
    "GET /metrics": FOR_ADMINS,
    "GET /config": FOR_ADMINS,
    "PUT /config": FOR_ADMINS,
    "DELETE /config": FOR_ADMINS,
    "GET /mode": FOR_ADMINS,
    "PUT /mode": FOR_ADMINS,
    "DELETE /mode": FOR_ADMINS,
    "DELETE /contexts/{context}": (*("403 403 403 403",) * 5, "204 204 204 204"),
    "GET /api/v1/audit": FOR_ADMINS,  # and for auditors of everything
    "GET /api/v1/audit/verify": FOR_ADMINS,
    "GET /api/v1/backup": FOR_ADMINS,
    "POST /api/v1/restore": (*("403 403 403 403",) * 5, "415 415 415 415"),
    "GET /api/v1/tokens": FOR_ADMINS,
    "POST /api/v1/tokens": (*("403 403 403 403",) * 5, "201 201 201 201"),
    "POST /api/v1/tokens/{id}/rotate": (*("403 403 403 403",) * 5, "404 404 404 404"),
    "DELETE /api/v1/tokens/{id}": (*("403 403 403 403",) * 5, "404 404 404 404"),
}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, records: Callable[..., str]) -> Path:
    """A registry with one subject of ours and one of theirs, and a token for each role."""
    path = tmp_path_factory.mktemp("matrix") / "template.db"
    store = SqliteStore(path)
    door = Door(store)
    held = {
        role: door.token(role, *(grants or ({"role": "reader", "on": ["else.*"]},)))
        for role, grants in ROLES.items()
    }
    for name in ("own.a", "their.a"):
        body = {"schema": records("a", name=name)}
        landed = door("POST", f"/subjects/{name}/versions", body, token=held["admin"])
        assert landed.status == 200, landed.body
        for place in ("config", "mode"):
            set_ = {"config": {"compatibility": "NONE"}, "mode": {"mode": "READWRITE"}}[place]
            assert door("PUT", f"/{place}/{name}", set_, token=held["admin"]).status == 200
    path.with_suffix(".json").write_text(json.dumps(held))
    store.close()
    return path


@pytest.fixture(scope="session")
def records() -> Callable[..., str]:
    def build(*fields: str, name: str) -> str:
        space, _, short = name.rpartition(".")
        listed = [{"name": each, "type": "string"} for each in fields]
        return json.dumps({"type": "record", "name": short, "namespace": space, "fields": listed})

    return build


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[tuple[Door, dict[str, str]]]:
    """The same to spoil."""
    path = tmp_path / "world.db"
    shutil.copy(template, path)
    store = SqliteStore(path)
    yield Door(store), json.loads(template.with_suffix(".json").read_text())
    store.close()


def name_of(each: Served) -> str:
    return f"{each.method} {each.path.replace(':segment', '')}"


def body_of(each: Served, subject: str, records: Callable[..., str]) -> Any:
    schema = {"schema": records("a", "b", name=subject)}
    if each.path.endswith("/push"):
        return {"contracts": [{"subject": subject, "schemaType": "AVRO", **schema}]}
    if each.path.startswith("/config"):
        return {"compatibility": "NONE"}
    if each.path.startswith("/mode"):
        return {"mode": "READWRITE"}
    if each.path.endswith("/tokens"):
        return {"name": "new", "grants": [{"role": "reader"}]}
    if each.path.endswith("/rotate"):
        return {}
    # A look-up is for what is there; the others bring something new.
    return {"schema": records("a", name=subject)} if each.path.endswith("}") else schema


def asked(each: Served, place: str, guids: dict[str, str]) -> str:
    return (
        each.path.replace("{subject:segment}", PLACES[place])
        .replace("{version:segment}", "1")
        .replace("/ids/{id:segment}", f"/ids/{IDS[place]}")
        .replace("{guid:segment}", guids.get(place, "00000000-0000-3000-8000-000000000000"))
        .replace("{context:segment}", ".other")
        .replace("{namespace:segment}", "-")
        .replace("{resource:segment}", "lkc-1:topic")
        .replace("{name:segment}", "topic")
        .replace("/tokens/{id:segment}", "/tokens/aaaaaaaa")
    )


def outcomes(  # noqa: PLR0917 - the parts of a request
    each: Served,
    token: str,
    template: Path,
    folder: Path,
    records: Callable[..., str],
    places: Iterable[str] = tuple(PLACES),
) -> dict[str, Answer]:
    """What a token gets for each place; writes spoil the world, so each has its own."""
    folder.mkdir()
    found = {}
    for place in places:
        path = folder / f"{place}.db"
        shutil.copy(template, path)
        store = SqliteStore(path)
        with store.read() as reading:
            guids = {
                place: version.content.guid
                for place in ("own", "foreign")
                if (version := reading.latest(PLACES[place]))
            }
        body = None if each.method == "GET" else body_of(each, PLACES[place], records)
        found[place] = Door(store, database=str(path))(
            each.method, asked(each, place, guids), body, token=token
        )
        store.close()
    return found


def about(each: Served, answer: Answer, place: str) -> tuple[int, dict[str, str], bytes]:
    """An answer without the words that were asked with."""
    text = answer.body.replace(PLACES[place].encode(), b"?")
    if "{id:" in each.path:
        text = text.replace(IDS[place].encode(), b"?")
    if "{guid:" in each.path:
        text = re.sub(rb"[0-9a-f-]{36}", b"?", text)
    headers = {k: v for k, v in answer.headers.items() if k not in {"content-length", "etag"}}
    return answer.status, headers, text


def test_every_route_says_what_it_takes_and_something_decides_it() -> None:
    for each in SERVED:
        assert each.on in DECISIONS, name_of(each)
        names_a_subject = "{subject" in each.path
        assert names_a_subject <= (each.on in {On.SUBJECT, On.SCOPE}), name_of(each)
        if each.right is Right.SUBJECT_READ:
            assert each.on is not On.NOTHING, name_of(each)
        if each.method != "GET" and each.right is Right.SUBJECT_READ:
            asks = ("/compatibility/", "/subjects/", "/api/v1/contracts/")
            assert each.path.startswith(asks), name_of(each)


def test_the_table_of_this_test_is_about_every_route() -> None:
    assert sorted(EXPECTED) == sorted(map(name_of, SERVED))


@pytest.mark.parametrize("each", SERVED, ids=name_of)
def test_each_role_gets_what_it_may_and_foreign_looks_like_missing(
    each: Served, template: Path, tmp_path: Path, records: Callable[..., str]
) -> None:
    held = json.loads(template.with_suffix(".json").read_text())
    for role, expected in zip(ROLES, EXPECTED[name_of(each)], strict=True):
        found = outcomes(each, held[role], template, tmp_path / role, records)
        assert " ".join(str(answer.status) for answer in found.values()) == expected, role
        if role != "admin":
            assert about(each, found["foreign"], "foreign") == about(
                each, found["missing"], "missing"
            ), role


@pytest.mark.parametrize("each", SERVED, ids=name_of)
def test_without_credentials_only_what_needs_no_right_answers(
    each: Served, template: Path, tmp_path: Path, records: Callable[..., str]
) -> None:
    is_open = each.right is Right.NONE and "{" not in each.path
    for token in ("", "lad_aaaaaaaa_" + "a" * 43):
        found = outcomes(each, token, template, tmp_path / str(len(token)), records, ("own",))
        assert found["own"].status == (200 if is_open else 401)
