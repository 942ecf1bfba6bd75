"""The contract library of this repository, read once; and its Avro types as fastavro reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastavro import parse_schema
from fastavro.schema import UnknownType

from lading.model import FolderTree, Workspace, load_workspace


@pytest.fixture(scope="session")
def folder() -> Path:
    return Path(__file__).parents[2] / "contracts"


@pytest.fixture(scope="session")
def library(folder: Path) -> Workspace:
    return load_workspace(FolderTree(folder))


@pytest.fixture(scope="session")
def schemas(folder: Path) -> dict[str, Any]:
    """Full name to schema, read from the files by fastavro alone: a second opinion.

    A file is parsed once the types it names are, so names that lead nowhere or in a circle are left
    over, and fail here.
    """
    waiting = {path.name: json.loads(path.read_text()) for path in folder.rglob("*.avsc")}
    known: dict[str, Any] = {}
    parsed: dict[str, Any] = {}
    while waiting:
        before = len(waiting)
        for file, schema in [*waiting.items()]:
            try:
                tried = {**known}
                result: Any = parse_schema(schema, named_schemas=tried)
            except UnknownType:
                continue
            known = tried
            parsed[result["name"]] = result
            del waiting[file]
        assert len(waiting) < before, f"names lead nowhere, or in a circle: {sorted(waiting)}"
    return parsed
