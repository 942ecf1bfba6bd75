"""What still works when the store does not, and what is said about the rest."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from cli.command import registry as serving
from lading.registry.store import SqliteStore
from registry import postgres
from registry.house import Frail, House, down
from registry.test_fast import Line, register
from registry.test_http import Http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STALE = {"warning": '110 lading "Response is Stale"', "lading-stale": "1"}


@pytest.fixture
def frail(sqlite_store: SqliteStore) -> Frail:
    return Frail(sqlite_store)


@pytest.fixture
def house(frail: Frail, record: Callable[..., str]) -> Iterator[House]:
    """One schema was registered, and read once: on both ways to what is ready."""
    found = House(frail)
    found("POST", "/subjects/s/versions", {"schema": record("a")})
    found("POST", "/subjects/other/versions", {"schema": record("b")})
    assert found("GET", "/schemas/ids/1").status == 200
    yield found
    found.pulse.close()


def until(told: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not told():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def lost(house: House) -> House:
    house.store.error = down()  # type: ignore[attr-defined]
    until(lambda: not house.pulse.up)
    return house


def test_what_is_known_is_answered_and_marked_as_maybe_out_of_date(house: House) -> None:
    before = house("GET", "/schemas/ids/1")
    found = lost(house)("GET", "/schemas/ids/1")
    again = house("GET", "/schemas/ids/1", headers=[("if-none-match", before.headers["etag"])])

    assert (found.status, found.body) == (200, before.body)
    assert again.status == 304
    for each in (found, again):
        assert STALE.items() <= each.headers.items()
    assert not STALE.keys() & before.headers.keys()
    assert house.samples()["lading_cache_stale_served_total"] == 2


@pytest.mark.parametrize(
    "target",
    [
        "/schemas/ids/2",
        "/schemas/ids/99",
        "/schemas/guids/12b74a50-1b5e-10fd-64f6-fee5fd1f53ef",
        "/subjects/s/versions/1",
        "/subjects/none/versions/latest",
        "/subjects",
        "/config/none",
        "/api/v1/contracts",
    ],
)
def test_what_is_not_known_is_unavailable_and_never_missing(house: House, target: str) -> None:
    found = lost(house)("GET", target)

    assert (found.status, found.code) == (503, 50001)
    assert found.headers["retry-after"] == "5"


def test_what_needs_no_store_is_not_marked(house: House) -> None:
    lost(house)

    for target in ("/", "/schemas/types", "/health/live", "/v1/metadata/id", "/metrics"):
        found = house("GET", target)
        assert found.status == 200
        assert not STALE.keys() & found.headers.keys()


def test_writes_are_refused_at_once_with_a_moment_to_try_again(
    house: House, record: Callable[..., str]
) -> None:
    lost(house)
    start = time.monotonic()
    answers = [
        house("POST", "/subjects/s/versions", {"schema": record("a", "b?")}),
        house("PUT", "/config", {"compatibility": "FULL"}),
        house("DELETE", "/subjects/s"),
        house("POST", "/api/v1/push", {"contracts": []}),
    ]

    assert time.monotonic() - start < 2
    assert [(each.status, each.headers.get("retry-after")) for each in answers] == [(503, "5")] * 4


def test_registering_again_is_not_answered_from_memory_alone(
    house: House, record: Callable[..., str]
) -> None:
    """Another replica may have removed it since, and its id."""
    again = "POST", "/subjects/s/versions", {"schema": record("a")}
    assert house(*again).status == 200
    assert lost(house)(*again).status == 503


def test_a_store_that_takes_no_writes_is_ready_for_readers_alone(
    house: House, frail: Frail, record: Callable[..., str]
) -> None:
    assert house("GET", "/health/ready?role=write").json == {"status": "ready"}
    frail.write_error = down()
    refused = house("POST", "/subjects/s/versions", {"schema": record("a", "c?")})

    assert refused.status == 503
    assert house("GET", "/health/ready?role=write").status == 503
    assert house("GET", "/health/ready").json == {"status": "ready"}
    assert house("GET", "/subjects").status == 200


def test_a_store_that_is_gone_is_not_ready_for_writers(house: House) -> None:
    lost(house)

    assert house("GET", "/health/ready?role=write").status == 503
    assert house("GET", "/health/ready").json == {"status": "degraded"}
    assert house("GET", "/health/live").status == 200


def test_all_is_well_again_by_itself(
    house: House, frail: Frail, record: Callable[..., str]
) -> None:
    lost(house)
    frail.error = None
    until(lambda: house.pulse.up)
    found = house("GET", "/schemas/ids/1")

    assert not STALE.keys() & found.headers.keys()
    assert house("GET", "/schemas/ids/2").status == 200
    assert house("GET", "/schemas/ids/99").status == 404
    assert house("POST", "/subjects/s/versions", {"schema": record("a", "d?")}).status == 200
    assert house("GET", "/health/ready?role=write").status == 200


def test_a_full_disk_refuses_writes_and_nothing_else(
    path: Path, record: Callable[..., str]
) -> None:
    """Until there is room again; what was acknowledged is there."""
    with closing(SqliteStore(path)) as store:
        writer = store._committer._connection
        (pages,) = writer.execute("PRAGMA page_count").fetchone()
        writer.execute(f"PRAGMA max_page_count = {pages + 4}")
        house = House(store)
        kept = []
        for number in range(50):
            sent = {"schema": record(*(f"f{number}_{each}" for each in range(40)))}
            answered = house("POST", f"/subjects/s{number}/versions", sent)
            if answered.status != 200:
                break
            kept.append(answered.json["id"])

        assert (answered.status, answered.code) == (503, 50001)
        assert "disk is full" in answered.json["message"]
        assert "free some space" in answered.json["message"]
        assert answered.headers["retry-after"] == "5"
        assert house("GET", "/health/ready?role=write").status == 503
        assert [house("GET", f"/schemas/ids/{each}").status for each in kept] == [200] * len(kept)
        writer.execute("PRAGMA max_page_count = 1000000")
        assert house("POST", "/subjects/again/versions", sent).status == 200
        assert house("GET", "/health/ready?role=write").status == 200
        house.pulse.close()


def test_a_server_goes_on_without_its_database_and_finds_it_again(
    tmp_path: Path, record: Callable[..., str]
) -> None:
    """PostgreSQL dies under it: reads go on, also on the way before parsing, writes do not wait."""
    with (
        postgres.running() as server,
        serving(server.new()) as (url, _),
    ):
        ask = Http(url)
        first = register(url, "s", record("a"))["id"]
        target = f"/schemas/ids/{first}"
        line = Line(url)
        assert [line.get(target)[0] for _ in range(5)] == [200] * 5
        server.stop()
        until(lambda: ask("GET", "/health/ready").json == {"status": "degraded"})

        line.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        status, _, headers = line.answer()
        assert (status, headers["lading-stale"]) == (200, "1")
        start = time.monotonic()
        body = {"schema": record("a", "b?")}
        refused = ask("POST", "/subjects/s/versions", body)
        unknown = ask("GET", f"/schemas/ids/{first + 1}")
        assert time.monotonic() - start < 2
        assert (refused.status, unknown.status) == (503, 503)

        server.start()
        until(lambda: ask("GET", "/health/ready?role=write").status == 200)
        assert ask("POST", "/subjects/s/versions", body).status == 200
        line.socket.close()


def test_a_stop_is_told_before_it_happens(tmp_path: Path, record: Callable[..., str]) -> None:
    """Behind a proxy: not ready at once, new connections for a while, then the end."""
    config = tmp_path / "settings.toml"
    config.write_text('proxies = "127.0.0.1"\ndrain = 1.5\n')
    with serving(tmp_path / "registry.db", "--config", str(config)) as (url, process):
        ask = Http(url)
        register(url, "s", record("a"))
        process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        until(lambda: ask("GET", "/health/ready").status == 503)

        assert time.monotonic() - start < 1
        assert ask("GET", "/health/live").status == 200
        assert ask("GET", "/subjects").json == ["s"]
        assert process.wait(10) == 0
        assert 1.3 < time.monotonic() - start < 5


def test_a_second_signal_ends_the_wait(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("drain = 600\n")
    with serving(tmp_path / "registry.db", "--config", str(config)) as (url, process):
        process.send_signal(signal.SIGTERM)
        until(lambda: Http(url)("GET", "/health/ready").status == 503)
        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 0


def test_what_is_under_way_is_finished(tmp_path: Path, record: Callable[..., str]) -> None:
    with serving(tmp_path / "registry.db") as (url, process):
        parts = urlsplit(url)
        body = b'{"schema": "\\"string\\""}'
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=15) as line:
            line.sendall(
                b"POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json"
                b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:5]
            )
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            line.sendall(body[5:])
            assert line.recv(65536).startswith(b"HTTP/1.1 200")
        assert process.wait(15) == 0


def test_an_address_is_believed_from_a_known_proxy_alone(tmp_path: Path) -> None:
    seen: list[Any] = []
    for proxies in ("127.0.0.1", "192.0.2.0/24", ""):
        config = tmp_path / "settings.toml"
        config.write_text(f'proxies = "{proxies}"\naccess_log = true\ndrain = 0\n')
        path = tmp_path / f"registry{len(seen)}.db"
        with serving(path, "--config", str(config)) as (url, process):
            Http(url)("GET", "/subjects", headers={"X-Forwarded-For": "198.51.100.9"})
            process.terminate()
            assert process.stderr
            seen.append('"client": "198.51.100.9"' in process.stderr.read())

    assert seen == [True, False, False]
