"""What only tests need."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from chaos.replica import Replica, running
from registry import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from registry.postgres import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server that is restarted when it suits."""
    with postgres.running() as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve a file; its address."""
    with ExitStack() as open_:
        yield lambda path: open_.enter_context(running(Replica(str(path))))[0]
