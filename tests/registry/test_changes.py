"""The feed misses nothing and says nothing twice, and the log says whether it is whole."""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from lading.registry import feed
from lading.registry.service import Registry
from lading.registry.settings import Auth
from lading.registry.store import SqliteStore
from registry.doors import Door
from registry.test_http import Http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lading.registry.store import Store

EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def served(path: Path, start: Callable[..., Any]) -> Iterator[str]:
    with start(path) as (url, _):
        yield url


def put(ask: Http, name: str) -> None:
    schema = json.dumps({"type": "record", "name": "R", "fields": [], "doc": name})
    assert ask("POST", f"/subjects/{name}/versions", {"schema": schema}).status == 200


@contextmanager
def stream(
    url: str, query: str = "", headers: dict[str, str] | None = None
) -> Iterator[http.client.HTTPResponse]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.request("GET", f"/api/v1/changes{query}", headers=EVENTS | (headers or {}))
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def events(response: http.client.HTTPResponse, count: int) -> list[dict[str, Any]]:
    """The next events: their data, with the id and the name that came with it."""
    found: list[dict[str, Any]] = []
    fields: dict[str, str] = {}
    while len(found) < count:
        line = response.readline().decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            data = json.loads(fields["data"])
            assert (fields["id"], fields["event"]) == (str(data["seq"]), data["action"])
            found.append(data)
            fields = {}
    return found


def test_pages_go_on_from_where_the_one_before_ended(sqlite_store: SqliteStore) -> None:
    door = Door(sqlite_store, auth=Auth.OFF)
    for number in range(5):
        body = {"schema": json.dumps({"type": "record", "name": f"R{number}", "fields": []})}
        assert door("POST", f"/subjects/s{number}/versions", body).status == 200
    door("PUT", "/config", {"compatibility": "NONE"})  # of no contract
    door("DELETE", "/subjects/s0")
    door("DELETE", "/subjects/s0?permanent=true")
    seen, after = [], 0
    while True:
        page = door("GET", f"/api/v1/changes?after={after}&limit=2").json
        seen += [(each["seq"], each["action"], each["subject"]) for each in page["changes"]]
        after = page["next"]
        if not page["more"]:
            break
    assert seen == [
        *((number + 1, "register", f"s{number}") for number in range(5)),
        (7, "delete", "s0"),
        (8, "remove", "s0"),
    ]
    assert door("GET", "/api/v1/changes?after=latest").json["changes"] == []
    assert door("GET", f"/api/v1/changes?after={after}").json["next"] == after


def test_a_prefix_leaves_out_the_others_and_gets_on(sqlite_store: SqliteStore) -> None:
    door = Door(sqlite_store, auth=Auth.OFF)
    for name in ("own.a", "their.b", ":.other:own.c", "own.d"):
        assert door("POST", f"/subjects/{name}/versions", {"schema": '"string"'}).status == 200
    page = door("GET", "/api/v1/changes?subject=own.").json
    assert [each["subject"] for each in page["changes"]] == ["own.a", "own.d"]
    page = door("GET", "/api/v1/changes?subject=:*:own.").json
    assert [each["subject"] for each in page["changes"]] == ["own.a", ":.other:own.c", "own.d"]
    assert door("GET", "/api/v1/changes?subject=nobody").json == {
        "changes": [],
        "next": 4,
        "more": False,
    }


def test_a_page_ends_after_so_many_entries_even_when_none_is_wanted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "CHUNK", 2)
    monkeypatch.setattr(feed, "WINDOW", 4)
    registry = Registry(store)
    for _ in range(5):
        registry.set_config({"normalize": True})
    with store.read() as reading:
        assert feed.page(reading, 0, 10, lambda _: False) == ([], 4)
        assert feed.page(reading, 4, 10, lambda _: False) == ([], 5)


def test_readers_see_changes_of_what_they_may_read_and_of_nothing_else(
    sqlite_store: SqliteStore,
) -> None:
    door = Door(sqlite_store)
    admin = door.token("admin", {"role": "admin"})
    mine = door.token("mine", {"role": "reader", "on": ["own.*"]})
    for name in ("own.a", "their.b"):
        door("POST", f"/subjects/{name}/versions", {"schema": '"string"'}, token=admin)
    page = door("GET", "/api/v1/changes", token=mine)
    assert [each["subject"] for each in page.json["changes"]] == ["own.a"]
    assert b"their" not in page.body
    assert b"by" not in page.body.replace(b"bytes", b"")
    assert door("GET", "/api/v1/audit", token=mine).code == 40301


def test_a_stream_tells_what_was_and_what_comes(served: str) -> None:
    ask = Http(served)
    put(ask, "a")
    with stream(served) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.readline() == b"retry: 2000\n"
        (first,) = events(response, 1)
        put(ask, "b")
        (second,) = events(response, 1)
    assert (first["subject"], second["subject"]) == ("a", "b")
    assert first["version"] == 1


def test_who_comes_back_misses_nothing_and_gets_nothing_twice(served: str) -> None:
    """While four register at once, a reader breaks off after every few events."""
    ask, each = Http(served), 25

    def register(who: int) -> None:
        for number in range(each):
            put(ask, f"w{who}-{number}")

    workers = [threading.Thread(target=register, args=(who,)) for who in range(4)]
    for worker in workers:
        worker.start()
    seen: list[int] = []
    while len(seen) < 4 * each:
        last = {"Last-Event-ID": str(seen[-1])} if seen else {}
        with stream(served, headers=last) as response:
            found = events(response, min(7, 4 * each - len(seen)))
        seen += [event["seq"] for event in found]
    for worker in workers:
        worker.join()
    assert seen == list(range(1, 4 * each + 1))


def test_a_stream_may_start_with_what_comes_from_now_on(served: str) -> None:
    ask = Http(served)
    put(ask, "a")
    with stream(served, "?after=latest") as response:
        response.readline()
        put(ask, "b")
        assert events(response, 1)[0]["subject"] == "b"


def test_streams_are_bounded_and_a_stop_ends_them(path: Path, start: Callable[..., Any]) -> None:
    with start(path) as (url, process):
        open_ = [stream(url) for _ in range(101)]
        responses = [each.__enter__() for each in open_]
        assert [each.status for each in responses] == [200] * 100 + [429]
        responses[0].readline()
        open_[0].__exit__(None, None, None)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with stream(url) as again:
                if again.status == 200:
                    break
        assert again.status == 200
        began = time.monotonic()
        process.terminate()
        process.wait(15)
        assert time.monotonic() - began < 10
        for each in open_[1:]:
            each.__exit__(None, None, None)


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", "after=1e3"])
def test_a_place_that_makes_no_sense_is_refused(sqlite_store: SqliteStore, query: str) -> None:
    door = Door(sqlite_store, auth=Auth.OFF)
    assert door("GET", f"/api/v1/changes?{query}").status == 422
    assert door("GET", f"/api/v1/audit?{query}").status == 422


def test_the_audit_log_says_who_did_what_and_can_be_reckoned_after(
    sqlite_store: SqliteStore,
) -> None:
    from lading.registry.store.audit import FIRST, digest

    door = Door(sqlite_store)
    admin = door.token("boss", {"role": "admin"})
    auditor = door.token("ada", {"role": "auditor"})
    door("POST", "/subjects/s/versions", {"schema": '"string"'}, token=admin)
    door("PUT", "/config/s", {"compatibility": "NONE"}, token=admin)
    page = door("GET", "/api/v1/audit?limit=100", token=auditor).json
    assert [each["action"] for each in page["entries"]] == ["token", "token", "register", "set"]
    assert {each["by"] for each in page["entries"][2:]} == {"token:boss"}
    before = FIRST
    for each in page["entries"]:
        parts = [each[key] for key in ("seq", "at", "by", "action", "subject", "payload")]
        assert each["digest"] == digest(before, *parts)
        before = each["digest"]
    told = door("GET", "/api/v1/audit/verify", token=auditor).json
    assert told == {"intact": True, "entries": 4, "broken": None, "digest": before}


def test_an_entry_that_was_altered_is_named(path: Path) -> None:
    store = SqliteStore(path)
    door = Door(store, auth=Auth.OFF)
    for number in range(4):
        door("POST", f"/subjects/s{number}/versions", {"schema": '"string"'})
    with sqlite3.connect(path) as other:
        other.execute("UPDATE log SET who = 'nobody' WHERE seq = 3")
    other.close()
    told = door("GET", "/api/v1/audit/verify").json
    assert (told["intact"], told["entries"], told["broken"]) == (False, 2, 3)
    store.close()


def test_changes_of_other_replicas_are_told_too(store: Store) -> None:
    """A page is read from the store, and where it ends is what the store says."""
    registry = Registry(store)
    registry.set_config({"normalize": True})
    door = Door(store, auth=Auth.OFF)
    assert door("POST", "/subjects/s/versions", {"schema": '"string"'}).status == 200
    page = door("GET", "/api/v1/changes").json
    assert [(each["seq"], each["subject"], each["id"]) for each in page["changes"]] == [(2, "s", 1)]
