"""What a process remembers of a subject is never taken for what is there now."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Kind
from lading.registry.errors import RegistryError
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
    fields = [{"name": f"f{n}", "type": ["null", "int"], "default": None} for n in range(30)]

    def register(registry: Registry, count: int) -> int:
        text = json.dumps({"type": "record", "name": "R", "fields": fields[:count]})
        return registry.register("s", Proposal(Kind.AVRO, text)).number

    for count in range(1, 21):
        register(mine, count)
    assert register(other, 21) == 21

    asked: list[str] = []
    read = sqlite_store.read

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

    monkeypatch.setattr(sqlite_store, "read", View)
    assert register(mine, 22) == 22
    assert "since" in asked
    assert "versions" not in asked
