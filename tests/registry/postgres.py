"""A PostgreSQL server to throw away, from the binaries that are installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "lading_ready"
"""A database with the tables in it: a copy of it is quicker than the migrations."""
# Nothing has to outlive the machine, and a crash of the server is none of the machine.
QUICK = ("fsync=off", "full_page_writes=off")
SETTINGS = (
    "shared_buffers=32MB",
    "max_connections=100",
    "listen_addresses=''",
)


class Server:
    """A cluster in a folder of its own, reached through a socket in it."""

    def __init__(self, binaries: Path, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self._binaries = binaries
        self._names = count(1)
        # The server refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.writelines(
                f"{each}\n"
                for each in (
                    *SETTINGS,
                    *(() if durable else QUICK),
                    f"unix_socket_directories='{folder}'",
                )
            )

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "start")

    def start_again(self) -> None:
        """Where it is not running any more, as whoever looks after it would."""
        if subprocess.call(
            [self._binaries / "pg_ctl", "-D", str(self.data), "status"],
            stdout=subprocess.DEVNULL,
            user=self._user,
            cwd=self.folder,
        ):
            self.start()

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def restart(self) -> None:
        """As after a crash."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-m", "immediate", "restart")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """While nothing of it runs, though its connections stay."""
        first = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        every = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
        for each in every:
            os.kill(each, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in every:
                os.kill(each, signal.SIGCONT)

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@{quote(str(self.folder), safe='')}/{database}"

    def new(self, template: str = "template1") -> str:
        """The address of a new database."""
        name = f"test_{next(self._names)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.dsn(name)

    def ask(self, query: str) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as server:
            server.execute(query)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._binaries / program, *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=self._user,
            cwd=self.folder,
            timeout=60,
        )


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A server of one's own. Where there is none the test is skipped, in CI it fails."""
    # Not pytest's folder: only its own user may enter that.
    folder = Path(tempfile.mkdtemp(prefix="lading-pg-"))
    try:
        with within(folder, durable=durable) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def within(folder: Path, *, durable: bool = False) -> Iterator[Server]:
    """The same in a folder that is there."""
    binaries = installed()
    if binaries is None:
        reason = "no PostgreSQL server is installed here (Debian, Ubuntu: postgresql)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    server = Server(binaries, folder, durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def installed() -> Path | None:
    """The folder of the newest server's binaries."""
    found = shutil.which("initdb")
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name)
    )
    return Path(found).parent if found else next(reversed(folders), None)
