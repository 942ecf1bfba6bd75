"""A registry in a process of its own that may be killed, and whose clock may be wrong.

python -m chaos.replica DATABASE PORT SECONDS_AHEAD JUDGES
"""

from __future__ import annotations

import http.client
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from random import Random
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE: Final = 60.0
"""Seconds after which a start counts as none, on a machine that others use too."""


PORTS: Final = range(20_000, 32_000)


class Replica:
    """One server; it comes back on the port that it had."""

    def __init__(
        self,
        database: str,
        *,
        ahead: float = 0.0,
        source: Path | None = None,
        judges: int = 0,
    ) -> None:
        self.database = database
        self.source = source
        """A checkout that it is run from, if not this one."""
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._ahead = ahead
        self._judges = judges
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  closed when it stops
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start it, and do not wait for it."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "chaos.replica"),
                *(self.database, str(self.port), str(self._ahead), str(self._judges)),
            ],
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*self._packages(), *sys.path])},
        )

    def _packages(self) -> list[str]:
        names = ("cli", "codegen", "compat", "registry")
        return [str(self.source / each) for each in names] if self.source else []

    def await_ready(self) -> None:
        """Until it is ready, or an error when it ends or takes too long."""
        assert self._process
        assert self._process.stdout
        until = time.monotonic() + PATIENCE
        readable, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        said = self._process.stdout.readline() if readable else b""
        while said and time.monotonic() < until:
            if is_ready(self.url):
                return
            time.sleep(0.005)
        self._said.seek(0)
        raise RuntimeError(f"no registry on {self.database}: {self._said.read().decode()[-2000:]}")

    def start(self) -> float:
        """Start it; the seconds until it was ready."""
        started = time.monotonic()
        self.launch()
        self.await_ready()
        return time.monotonic() - started

    def kill(self) -> None:
        """As `kill -9`: nothing of it runs any more."""
        if self._process is not None:
            self._process.kill()
            self._gone()

    def stop(self) -> None:
        """Ask it to go for good; it is killed when it does not."""
        self._said.close()
        self.end()

    def end(self) -> None:
        """Ask it to go; it may be started again."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._gone()
        except subprocess.TimeoutExpired:
            self.kill()

    def _gone(self) -> None:
        assert self._process
        assert self._process.stdout
        self._process.wait(30)
        self._process.stdout.close()


@contextmanager
def running(*replicas: Replica) -> Iterator[list[str]]:
    """All of them; the addresses. They are gone at the end, however it comes."""
    try:
        for each in replicas:
            each.launch()
        for each in replicas:
            each.await_ready()
        yield [each.url for each in replicas]
    finally:
        for each in replicas:
            each.stop()


def is_ready(url: str) -> bool:
    """Whether it says that it takes writes."""
    parts = urlsplit(url)
    asked = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    with closing(asked), suppress(OSError, http.client.HTTPException):
        asked.request("GET", "/health/ready?role=write")
        return asked.getresponse().status == 200
    return False


def _free_port() -> int:
    """One that no outgoing connection is given while the server that had it is away."""
    for port in Random().sample(PORTS, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError(f"no port is free from {PORTS.start} on")


def _set_clock(ahead: float) -> None:
    """Before anything of ours is imported, so that all of it sees the wrong time."""
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + ahead
    time.time_ns = lambda: real_ns() + round(ahead * 1e9)


def main() -> None:
    database, port, ahead, judges = sys.argv[1:]
    _set_clock(float(ahead))
    from lading.registry.serve import serve
    from lading.registry.settings import Settings

    # A release before may know no judges.
    beside = {"judges": int(judges)} if int(judges) else {}
    settings = Settings(database=database, port=int(port), **beside)
    serve(settings, ready=lambda url: sys.stdout.write(url + "\n") and sys.stdout.flush())


if __name__ == "__main__":
    main()
