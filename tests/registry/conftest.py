"""A store, a registry and a real server to try things on."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from asking import Http
from lading.model.contract import Compatibility, Kind
from lading.registry.service import Proposal, Registry
from lading.registry.settings import Settings
from lading.registry.store import SqliteStore
from lading.registry.store.postgres import PostgresStore
from registry import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lading.registry.store import Store
    from registry.postgres import Server

SERVE = """
import sys
from pathlib import Path
from lading.registry.serve import serve
from lading.registry.settings import Settings
settings = Settings(database=sys.argv[1], port=int(sys.argv[2]), judges=int(sys.argv[3]))
serve(settings, ready=lambda url: print(url, flush=True))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.db"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server that all tests share; they use databases of their own."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a database that has the tables already: a copy of it is quick."""
    dsn = server.new()
    PostgresStore(dsn).close()
    return dsn.rpartition("/")[2]


@pytest.fixture
def dsn(server: Server, template: str) -> str:
    """The address of a database with nothing in its tables."""
    return server.new(template)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Every kind of store in turn."""
    if request.param == "sqlite":
        store: Store = SqliteStore(request.getfixturevalue("path"))
    else:
        store = PostgresStore(request.getfixturevalue("dsn"))
    yield store
    store.close()


@pytest.fixture
def sqlite_store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


@pytest.fixture
def registry(store: Store) -> Registry:
    return Registry(store, settings=Settings(compatibility=Compatibility.FULL))


@pytest.fixture
def record() -> Callable[..., str]:
    """Build an Avro record of string fields; a field written ``name?`` has a default."""
    return avro_record


@pytest.fixture
def proposal() -> Callable[..., Proposal]:
    """Build the proposal of an Avro record."""

    def build(*fields: str, name: str = "demo.v1.Parcel", **more: Any) -> Proposal:
        return Proposal(Kind.AVRO, avro_record(*fields, name=name), **more)

    return build


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that all tests share; they use subjects of their own."""
    with running(tmp_path_factory.mktemp("server") / "registry.db") as (url, _):
        yield url


@pytest.fixture
def ask(url: str) -> Http:
    """Ask the server that all tests share."""
    return Http(url)


@pytest.fixture
def start() -> Callable[..., Any]:
    """Start a server of one's own: ``with start(path) as (url, process)``."""
    return running


@contextmanager
def running(
    database: Path | str, *, port: int = 0, judges: int = 0
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(database), str(port), str(judges)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout
        assert process.stderr
        readable, _, _ = select.select([process.stdout], [], [], 30)
        line = process.stdout.readline().strip() if readable else ""
        if not line:
            process.kill()
            pytest.fail(f"the server did not start: {process.stderr.read()}")
        yield line, process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def avro_record(*fields: str, name: str = "demo.v1.Parcel") -> str:
    namespace, _, short = name.rpartition(".")
    return json.dumps(
        {
            "type": "record",
            "name": short,
            "namespace": namespace,
            "fields": [
                {"name": each.rstrip("?"), "type": "string"}
                | ({"default": ""} if each.endswith("?") else {})
                for each in fields
            ],
        }
    )
