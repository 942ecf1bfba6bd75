"""Sites built from the values made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs import values
from lading.codegen.docs import build_site, write_site_source

if TYPE_CHECKING:
    from pathlib import Path

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
    write_site_source(small, {}, {}, out)
    return out


@pytest.fixture(scope="session")
def site(source: Path) -> Path:
    build_site(source, source.parent / "site")
    return source.parent / "site"
