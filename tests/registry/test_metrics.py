"""What is measured is what happened, and what is measured stays small."""

from __future__ import annotations

import socket
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import registry as serving
from registry.house import Frail, House, down, samples
from registry.test_fast import Line, register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lading.registry.store import SqliteStore

REQUESTS = "lading_registry_requests_total"


@pytest.fixture
def house(sqlite_store: SqliteStore) -> Iterator[House]:
    found = House(Frail(sqlite_store))
    yield found
    found.pulse.close()


def fetched(url: str) -> dict[str, float]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=")
        return samples(answer.read().decode())


def counted(found: dict[str, float], **labels: str) -> float:
    wanted = [f'{name}="{value}"' for name, value in labels.items()]
    return sum(
        value
        for name, value in found.items()
        if name.startswith(REQUESTS) and all(each in name for each in wanted)
    )


def test_every_request_is_counted_by_its_route(house: House, record: Callable[..., str]) -> None:
    for _ in range(3):
        house("POST", "/subjects/s/versions", {"schema": record("a")})
        house("GET", "/schemas/ids/1")
        house("GET", "/contexts/.x/subjects/none/versions")
    house("GET", "/nowhere")
    house("PUT", "/schemas/types")
    house("BREW", "/schemas/types")
    found = house.samples()

    assert counted(found, method="POST", route="/subjects/{subject}/versions", status="2xx") == 3
    assert counted(found, method="GET", route="/schemas/ids/{id}", status="2xx") == 3
    assert counted(found, method="GET", route="/subjects/{subject}/versions", status="4xx") == 3
    assert counted(found, route="none", status="4xx") == 1
    assert counted(found, method="PUT", route="/schemas/types", status="4xx") == 1
    assert counted(found, method="other", status="4xx") == 1
    ready = found["lading_registry_ready_answers_total"]
    assert ready == 5, "the first registration went the whole way"
    assert counted(found, route="ready") == 0


def test_what_is_answered_before_it_is_parsed_counts_too(
    start: Any, path: Path, record: Callable[..., str]
) -> None:
    with start(path) as (url, _):
        register(url, "s", record("a"))
        line = Line(url)
        assert {line.get("/schemas/ids/1")[0] for _ in range(20)} == {200}
        line.socket.close()
        found = fetched(f"{url}/metrics")

    by_route, early = counted(found, route="/schemas/ids/{id}"), counted(found, route="ready")
    assert by_route + early == 20
    assert early >= 15
    assert counted(found) == 21


def test_ten_thousand_subjects_add_no_series(house: House) -> None:
    targets = (
        "/subjects/{}/versions",
        "/schemas/ids/{}",
        "/config/{}",
        "/{}",
        "/contexts/.{}/mode",
    )
    for target in targets:
        house("GET", target.format(0))
    before = set(house.samples())
    for number in range(400):
        for target in targets:
            house("GET", target.format(f"a{number}"))

    added = set(house.samples()) - before
    assert {each for each in added if "/metrics" not in each} <= {
        each for each in added if 'status="4xx"' in each
    }
    assert len(added) < 20


def test_registrations_are_counted_by_what_became_of_them(
    house: House, record: Callable[..., str]
) -> None:
    post = "/subjects/demo.v1.Parcel/versions"
    house("POST", post, {"schema": record("a")})
    house("POST", post, {"schema": record("a"), "unknown": 1})
    house("POST", post, {"schema": record("a", "b")})
    house("POST", post, {"schema": "{"})
    house("PUT", "/mode/demo.v1.Parcel", {"mode": "READONLY"})
    house("POST", post, {"schema": record("a", "c?")})
    frail: Frail = house.store  # type: ignore[assignment]
    frail.write_error = down()
    house("POST", "/subjects/other/versions", {"schema": record("a")})
    found = house.samples()

    outcomes = ("registered", "unchanged", "incompatible", "invalid", "refused", "failed")
    told = [found[f'lading_registry_registrations_total{{outcome="{each}"}}'] for each in outcomes]
    assert told == [1] * 6
    assert found["lading_registry_gate_seconds_count"] == 1


def test_a_registration_that_is_known_counts_however_short_its_way(
    house: House, record: Callable[..., str], tmp_path: Path
) -> None:
    """Before anything is routed, and before the request is even parsed."""
    outcome = 'lading_registry_registrations_total{{outcome="{}"}}'.format
    sent = {"schema": record("a")}
    for _ in range(4):
        house("POST", "/subjects/demo.v1.Parcel/versions", sent)
    found = house.samples()
    assert (found[outcome("registered")], found[outcome("unchanged")]) == (1, 3)

    with serving(tmp_path / "own.db") as (url, _):
        for _ in range(6):
            register(url, "s", record("a"))
        found = fetched(f"{url}/metrics")
    assert (found[outcome("registered")], found[outcome("unchanged")]) == (1, 5)
    assert counted(found, method="POST", route="ready") >= 4


def test_the_contracts_of_a_push_are_counted_and_those_of_a_dry_run_are_not(
    house: House, record: Callable[..., str]
) -> None:
    sent = {"contracts": [{"subject": "demo.v1.Parcel", "schema": record("a")}]}
    house("POST", "/api/v1/push?dryRun=true", sent)
    house("POST", "/api/v1/push", sent)
    house("POST", "/api/v1/push", sent)
    found = house.samples()

    assert found['lading_registry_registrations_total{outcome="registered"}'] == 1
    assert found['lading_registry_registrations_total{outcome="unchanged"}'] == 1


def test_the_store_and_the_process_are_measured(house: House, record: Callable[..., str]) -> None:
    house("POST", "/subjects/s/versions", {"schema": record("a")})
    found = house.samples()

    assert found["lading_registry_seq"] == 1
    assert found["lading_registry_store_up"] == 1
    assert found["lading_registry_degraded"] == 0
    assert found['lading_registry_store_seconds_count{operation="append"}'] == 1
    assert found['lading_registry_store_seconds_count{operation="read"}'] > 0
    for name in ("resident_memory_bytes", "cpu_seconds_total", "open_fds"):
        assert found[f"process_{name}"] > 0


def test_a_store_that_has_gone_is_seen_in_the_metrics(house: House) -> None:
    frail: Frail = house.store  # type: ignore[assignment]
    frail.error = down()
    deadline = time.monotonic() + 5
    while house.samples()["lading_registry_store_up"] and time.monotonic() < deadline:
        time.sleep(0.02)

    found = house.samples()
    assert (found["lading_registry_store_up"], found["lading_registry_degraded"]) == (0, 1)


def test_the_metrics_may_have_a_port_of_their_own(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    more = ("--metrics-port", str(port), "--auth", "tokens")
    with serving(path, *more) as (url, _):
        assert fetched(f"http://127.0.0.1:{port}/metrics")["lading_registry_store_up"] == 1
        with pytest.raises(OSError, match="401"):
            fetched(f"{url}/metrics")
