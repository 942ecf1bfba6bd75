"""A workspace as `lading init` makes it, alone and in a git repository."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.command import commit, git, lading, registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh workspace that nobody changes."""
    folder = tmp_path_factory.mktemp("starter")
    made = lading("init", "contracts", "--name", "acme", cwd=folder)
    assert made.code == 0, made
    return folder / "contracts"


@pytest.fixture
def work(tmp_path: Path, starter: Path) -> Path:
    """A folder with a workspace in ``contracts``."""
    shutil.copytree(starter, tmp_path / "contracts")
    return tmp_path


@pytest.fixture
def repository(work: Path) -> Path:
    """The same, committed on main, standing on a branch."""
    git(work, "init", "-q", "-b", "main")
    commit(work, "start")
    git(work, "switch", "-q", "-c", "change")
    return work


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of an empty registry."""
    with registry(tmp_path / "registry.db") as (url, _):
        yield url
