"""Registering without being routed answers what the usual way answers, and does it once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from lading.registry.http.hot import Table
from lading.registry.settings import Auth
from lading.registry.store import SqliteStore
from registry.conftest import avro_record
from registry.house import Frail, House, down

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from registry.doors import Answer

ONE: Final = avro_record("a")
JSON: Final = json.dumps({"type": "object", "properties": {"a": {"type": "string"}}})
PATH: Final = "/subjects/s/versions"
STRAIGHT: Final[list[tuple[str, Any]]] = [
    (PATH, {"schema": ONE}),
    (PATH, {"schema": ONE, "schemaType": "AVRO"}),
    (PATH, {"schema": ONE, "schemaType": None}),
    (PATH, {"schema": avro_record("a", "b?")}),
    ("/subjects/a.b-c_D9/versions", {"schema": ONE}),
    ("/subjects/j/versions", {"schema": JSON, "schemaType": "JSON"}),
]
"""Each of them a success, in this order."""
REFUSED: Final[list[tuple[str, Any]]] = [
    (PATH, {"schema": avro_record("a", "c")}),
    (PATH, {"schema": "{"}),
    (PATH, {"schema": JSON, "schemaType": "JSON"}),
    ("/subjects/__EMPTY/versions", {"schema": ONE}),
    ("/subjects/closed/versions", {"schema": ONE}),
]
"""Tried, and told by the usual way."""
USUAL: Final[list[tuple[str, Any]]] = [
    (PATH, {"schema": ONE, "schemaType": "avro"}),
    (PATH, {"schema": ONE, "schemaType": 1}),
    (PATH, {"schema": ONE, "schemaType": "XSD"}),
    (PATH, {"schema": ONE, "version": 1}),
    (PATH, {"schema": ONE, "strange": True}),
    (PATH, {"schema": avro_record("a", "b?", "d?"), "metadata": {"properties": {"k": "v"}}}),
    (PATH, {"schema": ""}),
    (PATH, {"schema": 1}),
    (PATH, {"schema": ONE + " " * 60_000}),
    (PATH, {}),
    (PATH, [ONE]),
    (PATH, b"{"),
    (PATH + "?normalize=true", {"schema": ONE}),
    (PATH + "?force=true", {"schema": avro_record("z")}),
    ("/subjects/%73/versions", {"schema": ONE}),
    ("/subjects/:.c:s/versions", {"schema": ONE}),
    ("/contexts/.c/subjects/s/versions", {"schema": ONE}),
    ("/subjects/s%2Ft/versions", {"schema": ONE}),
    ("/subjects/ü/versions", {"schema": ONE}),
    ("/subjects//versions", {"schema": ONE}),
]
"""What is not for the short way."""


class Seen:
    """What went the short way, and what it answered there."""

    def __init__(self, table: Table) -> None:
        self.tried = self.done = 0
        self._register, table.register = table.register, self

    async def __call__(self, scope: Any, body: bytes) -> Any:
        found = await self._register(scope, body)
        self.tried += found is not None or "lading.failed" in scope
        self.done += found is not None
        return found


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[tuple[House, House, Seen]]:
    """One with the short way, one without."""
    found = []
    for name in ("short", "usual"):
        store = SqliteStore(tmp_path / f"{name}.db")
        found.append(House(store, max_body=60_000))
    short, usual = found
    usual.app.state.hot.register = Table(store.end).register
    for each in found:
        each("PUT", "/mode/closed", {"mode": "READONLY"})
    yield short, usual, Seen(short.app.state.hot)
    for each in found:
        each.pulse.close()
        each.store.close()


def said(answer: Answer) -> Any:
    """All of an answer that is not a moment."""
    body = json.loads(answer.body)
    if isinstance(body, dict):
        body.pop("ts", None)
    return answer.status, body, {k: v for k, v in answer.headers.items() if k != "x-request-id"}


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_both_ways_say_the_same(houses: tuple[House, House, Seen], accept: str) -> None:
    """Also twice: what is registered is registered once, and what is refused is refused again."""
    short, usual, seen = houses
    headers = [("accept", accept)]
    for sent, (tried, done) in ((STRAIGHT, (1, 1)), (REFUSED, (1, 0)), (USUAL, (0, 0))):
        for target, body in sent:
            before = seen.tried, seen.done
            answers = [each("POST", target, body, headers=headers) for each in (short, usual)]

            assert said(answers[0]) == said(answers[1]), (target, body)
            assert (seen.tried - before[0], seen.done - before[1]) == (tried, done), (target, body)
            again = short("POST", target, body, headers=headers)
            assert said(again) == said(answers[0])
    lists = [each("GET", "/schemas").json for each in (short, usual)]
    for each in (*lists[0], *lists[1]):
        each.pop("ts")
    assert lists[0] == lists[1]
    assert len(lists[0]) > len(STRAIGHT) - 2


def test_it_is_counted_as_what_it_was(houses: tuple[House, House, Seen]) -> None:
    """Under its route, by what became of it, and not as an answer that was ready."""
    short, usual, _ = houses
    for target, body in (*STRAIGHT, *REFUSED):
        for each in (short, usual):
            each("POST", target, body)
    found, wanted = (
        {
            name: value
            for name, value in each.samples().items()
            if name.startswith(
                (
                    "lading_registry_requests_total",
                    "lading_registry_registrations_total",
                    "lading_registry_gate_seconds_count",
                    "lading_registry_ready_answers_total",
                )
            )
        }
        for each in (short, usual)
    )
    assert found == wanted
    assert short.app.state.hot.hits == 0
    assert found['lading_registry_registrations_total{outcome="registered"}'] == 4
    assert found['lading_registry_registrations_total{outcome="incompatible"}'] == 2


def test_what_has_just_been_written_is_not_out_of_date(
    houses: tuple[House, House, Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the store has gone by the time it is told of."""
    short, _, seen = houses
    monkeypatch.setattr(type(short.metrics), "store_up", False)
    told = short("POST", PATH, {"schema": ONE})
    assert (told.status, seen.done) == (200, 1)
    assert "lading-stale" not in told.headers


def test_what_is_set_counts_from_the_next_registration_on(
    houses: tuple[House, House, Seen],
) -> None:
    """A level, an alias, a mode: none of them is remembered for longer than it holds."""
    short, _, seen = houses
    assert short("POST", PATH, {"schema": ONE}).status == 200
    other = {"schema": avro_record("a", "c")}
    assert short("POST", PATH, other).status == 409
    short("PUT", "/config/s", {"compatibility": "NONE"})
    assert short("POST", PATH, other).status == 200
    short("PUT", "/config/t", {"alias": "s"})
    assert short("POST", "/subjects/t/versions", {"schema": avro_record("q")}).status == 200
    assert short("GET", PATH).json == [1, 2, 3]
    short("PUT", "/mode/s", {"mode": "READONLY"})
    assert short("POST", PATH, {"schema": avro_record("r")}).status == 422
    assert (seen.tried, seen.done) == (5, 3)


def test_a_store_that_fails_is_told_of_by_the_usual_way(
    sqlite_store: SqliteStore,
) -> None:
    frail = Frail(sqlite_store)
    house = House(frail)
    frail.write_error = down()
    refused = house("POST", PATH, {"schema": ONE})
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    frail.write_error = None
    house.pulse.wrote(None)
    assert house("POST", PATH, {"schema": ONE}).status == 200
    house.pulse.close()


def test_who_has_to_say_who_they_are_goes_the_usual_way(sqlite_store: SqliteStore) -> None:
    """So that rights, rates and the name in the audit log are what they are there."""
    house = House(sqlite_store, auth=Auth.TOKENS)
    seen = Seen(house.app.state.hot)
    assert house("POST", PATH, {"schema": ONE}).status == 401
    assert seen.tried == 0
    house.pulse.close()
