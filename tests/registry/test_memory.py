"""What a process remembers of a subject is never taken for what is there now."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Kind
from lading.registry.errors import RegistryError
from lading.registry.memory import Memory
from lading.registry.service import Proposal, Registry
from lading.registry.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lading.registry.store import Reading, Store

SUBJECTS = ("a", "b")
TYPES = ("string", "int", "long", ["null", "string"])
LEVELS = ("BACKWARD_TRANSITIVE", "FULL", "FORWARD_TRANSITIVE", "NONE")


def schema(rng: Random) -> str:
    """A record of two or three fields: about half of the pairs are compatible."""
    names = rng.sample("uvw", rng.randint(2, 3))
    fields: list[Any] = [{"name": each, "type": rng.choice(TYPES)} for each in names]
    for each in fields:
        if isinstance(each["type"], list):
            each["default"] = None
        elif rng.random() < 0.7:
            each["default"] = "" if each["type"] == "string" else 0
    return json.dumps({"type": "record", "name": "R", "fields": fields})


def act(rng: Random) -> Callable[[Registry], Any]:
    """Something that somebody does; mostly a registration."""
    subject, what = rng.choice(SUBJECTS), rng.random()
    if what < 0.8:
        brought = Proposal(Kind.AVRO, schema(rng), normalize=rng.random() < 0.2)
        force = rng.random() < 0.1
        return lambda registry: registry.register(subject, brought, force=force).number
    if what < 0.86:
        level = rng.choice(LEVELS)
        return lambda registry: registry.set_config({"compatibility": level}, scope=subject)
    number = rng.randint(1, 4)
    permanent = rng.random() < 0.4
    if what < 0.94:
        return lambda registry: registry.delete_version(subject, number, permanent=permanent)
    return lambda registry: registry.delete_subject(subject, permanent=permanent)


def outcome(act: Callable[[Registry], Any], registry: Registry) -> str:
    try:
        return repr(act(registry))
    except RegistryError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(4))
def test_replicas_that_remember_decide_as_one_that_knows_nothing(
    store: Store, tmp_path: Path, seed: int
) -> None:
    """Two replicas in turn, with all that may happen in between, against a new one each time."""
    rng = Random(seed)
    plain = SqliteStore(tmp_path / "plain.db")
    replicas = Registry(store), Registry(store)
    seen: dict[str, int] = {}
    for _ in range(80):
        todo = act(rng)
        got, wanted = outcome(todo, rng.choice(replicas)), outcome(todo, Registry(plain))
        assert got == wanted
        seen[got[:12]] = seen.get(got[:12], 0) + 1
    plain.close()
    assert len(seen) > 4


def test_a_replica_that_lost_a_race_reads_what_came_since_alone(
    sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long history nothing is read, and nothing is made, anew."""
    mine, other = Registry(sqlite_store), Registry(sqlite_store)

    def register(registry: Registry, count: int) -> int:
        return registry.register("s", Proposal(Kind.AVRO, numbered(count))).number

    for count in range(1, 21):
        register(mine, count)
    assert register(other, 21) == 21

    asked = counted(sqlite_store, monkeypatch)
    assert register(mine, 22) == 22
    assert "since" in asked
    assert "versions" not in asked


def counted(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all that is asked of a store from now on."""
    asked: list[str] = []
    read = store.read

    class Counted:
        def __init__(self, inner: Reading) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(self._inner, name)

    class View:
        def __enter__(self) -> Counted:
            self._view = read()
            return Counted(self._view.__enter__())

        def __exit__(self, *error: object) -> None:
            self._view.__exit__(*error)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "read", View)
    return asked


def numbered(count: int) -> str:
    """A record of so many fields."""
    fields = [{"name": f"f{n}", "type": ["null", "int"], "default": None} for n in range(count)]
    schema = {"type": "record", "name": "R", "fields": fields}
    return json.dumps(schema, separators=(",", ":"))


def test_what_others_appended_is_taken_in_and_not_read_again(
    sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told that others wrote, a replica knows it: for what comes next it asks for nothing."""
    memory, other = Memory(sqlite_store), Registry(sqlite_store)
    texts = [numbered(count) for count in range(1, 6)]
    for each in texts[:2]:
        other.register("s", Proposal(Kind.AVRO, each))
    known, before = memory.known("s"), sqlite_store.end().seq
    for each in texts[2:]:
        other.register("s", Proposal(Kind.AVRO, each))
    other.register("elsewhere", Proposal(Kind.AVRO, texts[0]))

    memory.catch_up(before)
    memory.catch_up(before)  # told twice is told once
    asked = counted(sqlite_store, monkeypatch)
    assert memory.known("s") is known
    assert [each.content.text for each in known.versions] == texts
    assert (known.head, known.seq) == (5, sqlite_store.end().seq - 1)
    assert asked == []


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_what_was_deleted_meanwhile_is_not_remembered(sqlite_store: SqliteStore, gone: int) -> None:
    """Though what came after it would follow what is known."""
    memory, other = Memory(sqlite_store), Registry(sqlite_store)
    texts = [numbered(count) for count in range(1, 5)]
    for each in texts[:2]:
        other.register("s", Proposal(Kind.AVRO, each))
    assert len(memory.known("s").versions) == 2
    other.register("s", Proposal(Kind.AVRO, texts[2]))
    other.delete_version("s", gone)
    other.register("s", Proposal(Kind.AVRO, texts[3]))
    other.set_config({"compatibility": "FULL"}, scope="s")
    memory.catch_up(0)
    found = [each.number for each in memory.known("s").versions]
    assert found == [each for each in (1, 2, 3, 4) if each != gone]


def test_what_is_missing_in_between_is_read(sqlite_store: SqliteStore) -> None:
    """Told of the newest version alone, as when there is too much news to look at all."""
    memory, other = Memory(sqlite_store), Registry(sqlite_store)
    other.register("s", Proposal(Kind.AVRO, numbered(1)))
    assert len(memory.known("s").versions) == 1
    other.register("s", Proposal(Kind.AVRO, numbered(2)))
    between = sqlite_store.end().seq
    other.register("s", Proposal(Kind.AVRO, numbered(3)))
    memory.catch_up(between)
    assert [each.number for each in memory.known("s").versions] == [1, 2, 3]


def test_a_subject_that_somebody_is_at_work_on_is_left_to_them(sqlite_store: SqliteStore) -> None:
    """What is judged by does not change under the hands of who judges; nobody is waited for."""
    memory, other = Memory(sqlite_store), Registry(sqlite_store)
    other.register("s", Proposal(Kind.AVRO, numbered(1)))
    known = memory.known("s")
    other.register("s", Proposal(Kind.AVRO, numbered(2)))
    with memory.lock("s"):
        memory.catch_up(0)
        assert [each.number for each in known.versions] == [1]
    memory.catch_up(0)
    assert [each.number for each in known.versions] == [1, 2]
