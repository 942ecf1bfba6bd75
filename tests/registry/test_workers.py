"""What was made to be slow costs itself: it is refused in time, and readers notice nothing."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Compatibility, Kind
from lading.registry import apart, workers
from lading.registry.errors import Incompatible, InvalidSchema, TooManyRequests
from lading.registry.gate import Gate
from lading.registry.service import Proposal, Registry
from lading.registry.settings import Settings
from lading.registry.workers import Workers, is_apart
from registry.hostile import DOCUMENTS
from registry.jobs import Crash, Hoard, Spin
from registry.test_http import Http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.store import SqliteStore

PACE = 0.05
"""Seconds that a machine takes for `_pace` on which a hostile document takes 2 s at most."""


def _pace() -> float:
    """How long this machine takes for something that every machine has to do."""
    began = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number * number
    return time.perf_counter() - began


# Of a machine that has a core to spare: where others wait for one, a worker waits longest.
SOON = (
    2.0 * min(max(1.0, os.getloadavg()[0]), 8.0) * max(1.0, min(_pace() for _ in range(3)) / PACE)
)
READ = 1.0
SCHEMA = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}


@pytest.fixture
def few() -> Iterator[Workers]:
    """One worker, with little time and patience."""
    made = Workers(1, seconds=1.0, memory=workers.MEMORY, patience=0.3)
    yield made
    made.close()


def job(text: str = "[]") -> apart.Canonical:
    return apart.Canonical(Kind.JSON, text)


def test_only_small_avro_is_judged_where_it_is() -> None:
    assert not is_apart(Kind.AVRO, '"string"')
    assert is_apart(Kind.AVRO, " " * workers.SMALL)
    assert all(is_apart(kind, "") for kind in Kind if kind is not Kind.AVRO)


def test_a_worker_does_one_job_after_another(few: Workers) -> None:
    assert [few.ask(job(f"[{n}]"), longer=30)["text"] for n in range(3)] == ["[0]", "[1]", "[2]"]


def test_what_cannot_be_read_is_refused_in_the_same_words(few: Workers) -> None:
    said = []
    few.ask(job(), longer=30)
    for gate in (Gate(), Gate(workers=few)):
        with pytest.raises(InvalidSchema) as refused:
            gate.canonical(Kind.JSON, "{")
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_what_takes_too_long_is_refused_and_the_next_one_is_done(few: Workers) -> None:
    few.ask(job(), longer=30)  # it takes longest to start
    began = time.monotonic()
    with pytest.raises(InvalidSchema, match="within 1 s"):
        few.ask(Spin())
    assert time.monotonic() - began < SOON + 1
    assert few.ask(job(), longer=30)["text"] == "[]"


@pytest.mark.parametrize("what", [Hoard(), Crash()])
def test_what_takes_too_much_or_crashes_is_refused(what: object) -> None:
    few = Workers(1, seconds=30)
    with pytest.raises(InvalidSchema, match="more than it may"):
        few.ask(what)
    assert few.ask(job())["text"] == "[]"
    few.close()


def test_a_worker_that_was_killed_while_idle_is_replaced(few: Workers) -> None:
    few.ask(job(), longer=30)
    worker = few._free.get()
    assert worker is not None
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait()
    few._free.put(worker)
    assert few.ask(job(), longer=30)["text"] == "[]"


def test_who_waits_too_long_for_a_worker_is_told_to_come_back() -> None:
    few = Workers(1, seconds=2.0, patience=0.2)
    few.ask(job(), longer=30)

    def spin() -> None:
        with pytest.raises(InvalidSchema):
            few.ask(Spin())

    thread = threading.Thread(target=spin)
    thread.start()
    time.sleep(0.3)
    with pytest.raises(TooManyRequests):
        few.ask(job())
    thread.join()
    few.close()


def test_the_verdict_of_a_worker_is_the_verdict(sqlite_store: SqliteStore) -> None:
    registry = Registry(sqlite_store, settings=Settings(compatibility=Compatibility.FULL))
    alone = Registry(sqlite_store, settings=registry.settings)
    alone.gate._workers = None
    registry.register("s", Proposal(Kind.JSON, json.dumps(SCHEMA)))
    narrower = {**SCHEMA, "required": ["a", "b"]}
    proposal = Proposal(Kind.JSON, json.dumps(narrower))
    found = registry.check("s", proposal)
    assert found
    assert found == alone.check("s", proposal)
    with pytest.raises(Incompatible) as refused:
        registry.register("s", proposal)
    assert refused.value.messages == found
    assert registry.verdict("s", proposal) == alone.verdict("s", proposal)


def test_a_large_schema_with_references_is_judged_with_what_it_refers_to(
    sqlite_store: SqliteStore,
) -> None:
    from lading.model.contract import Reference, Subject

    registry = Registry(sqlite_store)
    inner = {"type": "record", "name": "x.Inner", "fields": []}
    registry.register("x.Inner", Proposal(Kind.AVRO, json.dumps(inner)))
    fields = [{"name": f"f{n}", "type": "x.Inner", "doc": "y" * 700} for n in range(100)]
    outer = {"type": "record", "name": "x.Outer", "fields": fields}
    used = (Reference("x.Inner", Subject("x.Inner"), 1),)
    assert registry.register("x.Outer", Proposal(Kind.AVRO, json.dumps(outer), used)).number == 1
    less = outer | {"fields": fields[1:]}
    assert registry.register("x.Outer", Proposal(Kind.AVRO, json.dumps(less), used)).number == 2
    missing = (Reference("x.Inner", Subject("x.None"), 1),)
    with pytest.raises(InvalidSchema, match="No schema reference"):
        registry.register("x.Other", Proposal(Kind.AVRO, json.dumps(outer), missing))


def test_an_import_and_force_still_have_to_be_readable(sqlite_store: SqliteStore) -> None:
    registry = Registry(sqlite_store)
    registry.register("s", Proposal(Kind.JSON, json.dumps(SCHEMA)))
    other = json.dumps({**SCHEMA, "required": ["z"]})
    assert registry.register("s", Proposal(Kind.JSON, other), force=True).number == 2
    with pytest.raises(InvalidSchema):
        registry.register("s", Proposal(Kind.TAXONOMY, "states: 7"), force=True)


@pytest.fixture
def reading(url: str) -> Iterator[Callable[[], float]]:
    """Read all the time; the slowest answer so far, in seconds."""
    ask, over, slowest = Http(url), threading.Event(), [0.0]
    ask("POST", "/subjects/read/versions", {"schema": '"string"'})

    def read() -> None:
        number = 0
        while not over.is_set():
            number += 1
            began = time.monotonic()
            # Not one that is kept ready.
            assert ask("GET", f"/subjects/read/versions/1?n={number}").status == 200
            slowest[0] = max(slowest[0], time.monotonic() - began)
            time.sleep(0.005)

    thread = threading.Thread(target=read)
    thread.start()
    yield lambda: slowest[0]
    over.set()
    thread.join()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_answered_soon_while_readers_are(
    name: str, url: str, reading: Callable[[], float]
) -> None:
    kind, text = DOCUMENTS[name]
    ask = Http(url)
    body: dict[str, Any] = {"schema": text, "schemaType": kind}
    subject = f"hostile-{list(DOCUMENTS).index(name)}"
    calls = [
        ("POST", f"/subjects/{subject}/versions"),
        ("POST", f"/compatibility/subjects/{subject}/versions"),
        ("POST", f"/subjects/{subject}"),
        ("POST", f"/api/v1/contracts/{subject}/verdict"),
    ]
    for method, path in calls:
        began = time.monotonic()
        answer = ask(method, path, body)
        assert answer.status in {200, 404, 413, 422}, answer.body[:300]
        assert time.monotonic() - began < SOON, path
    assert reading() < READ
