"""Starting, stopping and dying."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from lading.registry.client import Client
from lading.registry.errors import RegistryError, StoreError
from lading.registry.serve import serve
from lading.registry.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_busy_port_is_one_clear_message_and_touches_nothing(path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(RegistryError, match="another program is using that port") as caught:
            serve(Settings(database=str(path), port=port))
    assert f"--port {port + 1}" in str(caught.value)
    assert not path.exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "registry.example.com"])
def test_nobody_listens_to_the_world_by_accident(path: Path, host: str) -> None:
    with pytest.raises(RegistryError, match="other machines"):
        serve(Settings(database=str(path), host=host, port=0))
    assert not path.exists()


def test_a_file_that_cannot_be_used_stops_the_start(path: Path) -> None:
    path.write_text("not a database, but a letter to somebody" * 100)
    with pytest.raises(StoreError, match="not a database"):
        serve(Settings(database=str(path), port=0))


def test_a_second_server_on_the_same_file_is_refused(path: Path, start: Any) -> None:
    with (
        start(path),
        pytest.raises(StoreError, match="another lading registry"),
    ):
        serve(Settings(database=str(path), port=0))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_well_and_everything_is_there_afterwards(
    path: Path, start: Any, record: Callable[..., str], how: signal.Signals
) -> None:
    with start(path) as (url, process):
        Client(url).register("s", record("a"))
        process.send_signal(how)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
        assert not path.with_name(path.name + "-wal").exists()
    with start(path) as (url, _):
        assert Client(url).subjects() == ["s"]


def test_what_was_acknowledged_survives_kill_9(
    path: Path, start: Any, record: Callable[..., str]
) -> None:
    """Several writers register, the server is killed, and nothing acknowledged is lost."""
    acknowledged: dict[str, tuple[int, int]] = {}
    for round_number in range(3):
        with start(path) as (url, process):
            stop = threading.Event()

            def write(
                worker: int, url: str = url, at: int = round_number, stop: Any = stop
            ) -> None:
                parts = urlsplit(url)
                connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
                number = 0
                while not stop.is_set():
                    name = f"s-{at}-{worker}-{number}"
                    body = json.dumps({"schema": record("a", f"f_{at}_{worker}_{number}")})
                    headers = {"Content-Type": "application/json"}
                    try:
                        connection.request("POST", f"/subjects/{name}/versions", body, headers)
                        landed = json.loads(connection.getresponse().read())
                    except (OSError, http.client.HTTPException, ValueError):
                        break  # killed: this one was never acknowledged
                    acknowledged[name] = (landed["id"], landed["version"])
                    number += 1
                connection.close()

            workers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
            for worker in workers:
                worker.start()
            time.sleep(0.6)
            process.kill()
            process.wait(10)
            stop.set()
            for worker in workers:
                worker.join(20)
    assert len(acknowledged) > 20
    with start(path) as (url, _):
        client = Client(url)
        held = {each.subject: (each.id, each.version) for each in client.latest()}
    assert {name: held.get(name) for name in acknowledged} == acknowledged
    assert len({content_id for content_id, _ in held.values()}) == len(held)
