"""Registering where others are quicker, where writing fails, and where the caller leaves."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lading.model.contract import Kind, Reference, Subject
from lading.registry.errors import Incompatible
from lading.registry.http.landing import Asked, Judges
from lading.registry.proposals import Proposal
from lading.registry.registering import ROUNDS
from lading.registry.service import Registry
from lading.registry.store import Content, Moved, Version
from registry.conftest import avro_record
from registry.house import Frail, House, down

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.store import Append, Reading, SqliteStore, Store


class Contested(Frail):
    """Somebody else was quicker, so many times."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.lost = self.asked = 0

    def append(self, asked: Append) -> Future[Version]:
        self.asked += 1
        if not self.lost:
            return super().append(asked)
        self.lost -= 1
        told: Future[Version] = Future()
        told.set_exception(Moved(asked.subject))
        return told


class Held(Frail):
    """What is appended lands when it is let go."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.waiting: list[tuple[Append, Future[Version]]] = []

    def append(self, asked: Append) -> Future[Version]:
        self.waiting.append((asked, Future()))
        return self.waiting[-1][1]

    def let_go(self) -> None:
        asked, told = self.waiting.pop()
        told.set_result(self.store.append(asked).result())


@pytest.fixture
def contested(sqlite_store: SqliteStore) -> Contested:
    return Contested(sqlite_store)


@pytest.fixture
def house(contested: Contested) -> Iterator[House]:
    found = House(contested)
    yield found
    found.pulse.close()


@pytest.mark.parametrize("lost", [1, ROUNDS - 1, ROUNDS, ROUNDS + 3])
def test_who_lost_a_race_is_judged_again_and_lands_in_the_end(
    house: House, contested: Contested, record: Callable[..., str], lost: int
) -> None:
    """After so many rounds within the write, where nobody is quicker; it is counted once."""
    for number, schema in enumerate([record("a"), record("a", "b?")], 1):
        contested.lost = lost
        assert house("POST", "/subjects/s/versions", {"schema": schema}).status == 200
        assert house("GET", "/subjects/s/versions/latest").json["version"] == number
        assert contested.lost == max(0, lost - ROUNDS)
    found = house.samples()
    assert found['lading_registry_registrations_total{outcome="registered"}'] == 2


def test_who_lost_a_race_is_refused_by_what_is_there_now(
    house: House, contested: Contested, record: Callable[..., str]
) -> None:
    house("POST", "/subjects/s/versions", {"schema": record("a")})
    contested.lost = 2
    refused = house("POST", "/subjects/s/versions", {"schema": record("a", "b")})
    assert (refused.status, contested.lost) == (409, 2)
    assert house("GET", "/subjects/s/versions").json == [1]


def test_a_subject_is_free_again_after_a_write_that_failed(
    house: House, contested: Contested, record: Callable[..., str]
) -> None:
    contested.write_error = down()
    assert house("POST", "/subjects/s/versions", {"schema": record("a")}).status == 503
    contested.write_error = None
    house.pulse.wrote(None)
    assert house("POST", "/subjects/s/versions", {"schema": record("a")}).status == 200


def test_a_subject_is_free_again_after_a_refusal(
    registry: Registry, proposal: Callable[..., Proposal]
) -> None:
    registry.register("s", proposal("a"))
    with pytest.raises(Incompatible):
        registry.registrar.begin("s", proposal("a", "b"), by="", force=False, round_=0)
    assert registry.register("s", proposal("a", "b?")).number == 2


def test_what_is_with_the_store_lands_though_nobody_waits_for_it(
    sqlite_store: SqliteStore, proposal: Callable[..., Proposal]
) -> None:
    """The next version of the subject waits for it, and is judged by it."""
    held = Held(sqlite_store)
    registry = Registry(held)
    told = registry.registrar.begin("s", proposal("a"), by="", force=False, round_=0)
    assert not told.cancel()
    held.let_go()
    again = registry.registrar.begin("s", proposal("a", "b?"), by="", force=False, round_=0)
    held.let_go()
    assert (told.result().number, again.result().number) == (1, 2)


def test_who_lost_a_race_reads_again_what_others_did(
    contested: Contested, proposal: Callable[..., Proposal]
) -> None:
    """One round more is enough: what was remembered is not asked again."""
    mine, other = Registry(contested), Registry(contested.store)
    mine.register("s", proposal("a"))
    other.register("s", proposal("a", "b?"))
    asked = contested.asked
    assert mine.register("s", proposal("a", "c?")).number == 3
    assert contested.asked == asked + 2


class Slow(Frail):
    """Counts who looks into it."""

    reads = 0

    @contextmanager
    def read(self) -> Iterator[Reading]:
        self.reads += 1
        with super().read() as reading:
            yield reading


def test_what_is_judged_at_once_asks_the_store_nothing(
    sqlite_store: SqliteStore, proposal: Callable[..., Proposal]
) -> None:
    """Not for a subject, settings or another subject that are not remembered: nothing is begun."""
    slow = Slow(sqlite_store)
    registrar = Registry(slow).registrar
    assert registrar.begin_at_once("s", proposal("a")) is None
    registrar.register("s", proposal("a"))
    registrar.register("s", proposal("a", "b?"))
    before = slow.reads
    begun = registrar.begin_at_once("s", proposal("a", "c?"))
    assert isinstance(begun, Future)
    assert begun.result().number == 3
    refers = replace(proposal("a", "d?"), references=(Reference("r", Subject("other"), 1),))
    assert registrar.begin_at_once("s", refers) is None
    assert slow.reads == before
    Registry(sqlite_store).set_config({"compatibility": "FULL"}, scope="elsewhere")
    assert registrar.begin_at_once("s", proposal("a", "d?")) is None
    assert slow.reads == before
    assert registrar.register("s", proposal("a", "d?")).number == 4


@pytest.mark.parametrize(
    "brought",
    [
        Proposal(Kind.JSON, '{"type": "string"}'),
        Proposal(Kind.AVRO, avro_record("a") + " " * 9000),
        Proposal(Kind.AVRO, ""),
    ],
)
def test_what_may_take_a_while_is_not_judged_at_once(
    registry: Registry, proposal: Callable[..., Proposal], brought: Proposal
) -> None:
    """Neither what a worker has to read, nor what is long, nor what takes another's text."""
    for fields in (["a"], ["a", "b?"]):
        registry.register("s", proposal(*fields))
    assert registry.registrar.begin_at_once("s", brought) is None


def test_nobody_waits_at_once_for_a_subject_that_is_taken(
    sqlite_store: SqliteStore, proposal: Callable[..., Proposal]
) -> None:
    held = Held(sqlite_store)
    registrar = Registry(held).registrar
    for fields in (["a"], ["a", "b?"]):
        told = registrar.begin("s", proposal(*fields), by="", force=False, round_=0)
        held.let_go()
        told.result()
    begun = registrar.begin_at_once("s", proposal("a", "c?"))
    assert registrar.begin_at_once("s", proposal("a", "d?")) is None
    held.let_go()
    assert isinstance(begun, Future)
    assert begun.result().number == 3
    assert registrar.begin_at_once("s", proposal("a", "d?")) is not None


def test_nobody_is_refused_at_once(
    sqlite_store: SqliteStore,
    proposal: Callable[..., Proposal],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Why not is not worked out while all others wait, and who refuses looks at what is there."""
    registry, other = Registry(sqlite_store), Registry(sqlite_store)
    registrar = registry.registrar
    for fields in (["a"], ["a", "b?"]):
        registry.register("s", proposal(*fields))
    with monkeypatch.context() as patched:
        patched.setattr("lading.registry.gate.judge_history", None)
        assert registrar.begin_at_once("s", proposal("a", "d")) is None
        assert registrar.begin_at_once("s", Proposal(Kind.AVRO, '{"type": "no"}')) is None
    with pytest.raises(Incompatible):
        registrar.begin("s", proposal("a", "d"), by="", force=False, round_=0)
    other.set_config({"compatibility": "NONE"}, scope="s")
    assert registrar.register("s", proposal("a", "d")).number == 3


def test_what_is_over_together_wakes_the_loop_once(registry: Registry) -> None:
    """Also what is over once it was woken is told of."""
    waiting: list[Future[Version]] = []

    class Waiting(Asked):
        def at_once(self, number: int) -> Future[Version]:
            waiting.append(Future())
            return waiting[-1]

    async def run() -> tuple[list[int], int]:
        loop = asyncio.get_running_loop()
        wakes = []
        usual = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda *a: wakes.append(a) or usual(*a)  # type: ignore[method-assign]
        asked = Waiting(registry.registrar, "s", Proposal(Kind.AVRO, ""))
        judges = Judges(1)
        told = [judges.begun(asked, 0) for _ in range(5)]
        for number, each in enumerate(waiting[:4]):
            each.set_result(Version("s", number, number, Content(Kind.AVRO, ""), 0))
        first = [each.number for each in await asyncio.gather(*told[:4])]
        waiting[4].set_result(Version("s", 4, 4, Content(Kind.AVRO, ""), 0))
        return [*first, (await told[4]).number], len(wakes)

    assert asyncio.run(run()) == ([0, 1, 2, 3, 4], 2)


def test_settings_that_are_not_remembered_are_not_read_at_once(
    sqlite_store: SqliteStore,
    proposal: Callable[..., Proposal],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is room for few: those of the next scope are asked for again by who may wait."""
    monkeypatch.setattr("lading.registry.memory._SCOPES", 1)
    slow = Slow(sqlite_store)
    registrar = Registry(slow).registrar
    for fields in (["a"], ["a", "b?"]):
        registrar.register("s", proposal(*fields))
    before = slow.reads
    assert registrar.begin_at_once("s", proposal("a", "c?")) is None
    assert slow.reads == before
    assert registrar.register("s", proposal("a", "c?")).number == 3
