"""The contract library of this repository, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.model import FolderTree, Workspace, load_workspace


@pytest.fixture(scope="session")
def folder() -> Path:
    return Path(__file__).parents[2] / "contracts"


@pytest.fixture(scope="session")
def library(folder: Path) -> Workspace:
    return load_workspace(FolderTree(folder))
