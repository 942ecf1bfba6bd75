"""Sites built from the values made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs import values
from lading.codegen.docs import build_site, write_site_source
from lading.codegen.docs.view import Reference
from lading.model import FolderTree, load_workspace

if TYPE_CHECKING:
    from lading.model import Workspace


@pytest.fixture(scope="session")
def small() -> Workspace:
    return values.workspace(values.event(), values.status(), values.mapping(), values.api())


@pytest.fixture(scope="session")
def hostile_workspace() -> Workspace:
    return values.hostile_workspace()


@pytest.fixture(scope="session")
def source(small: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("small") / "source"
    write_site_source(small, out, reference=Reference())
    return out


@pytest.fixture(scope="session")
def site(source: Path) -> Path:
    build_site(source, source.parent / "site")
    return source.parent / "site"


@pytest.fixture(scope="session")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of this repository: its contracts, every rule and problem, and its hand-written pages."""
    root = Path(__file__).parents[2]
    ours = load_workspace(FolderTree(root / "contracts"))
    out = tmp_path_factory.mktemp("own")
    write_site_source(ours, out / "source", pages=root / "docs")
    build_site(out / "source", out / "site")
    return out / "site"
