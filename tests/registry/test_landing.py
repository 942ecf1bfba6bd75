"""Registering where others are quicker, where writing fails, and where the caller leaves."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from lading.registry.errors import Incompatible
from lading.registry.registering import ROUNDS
from lading.registry.service import Registry
from lading.registry.store import Moved
from registry.house import Frail, House, down

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.proposals import Proposal
    from lading.registry.store import Append, SqliteStore, Store, Version


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
