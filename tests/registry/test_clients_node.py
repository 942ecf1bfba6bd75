"""Confluent's client for JavaScript, unmodified, works against this registry."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from needed import do_without

PACKAGE = "@confluentinc/schemaregistry@>=1.10"
ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("client.mjs")
INSTALLING, RUNNING = 240, 90
"""Seconds."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def node() -> Path:
    """A folder in which node finds the client: installed once, and kept in ``build``."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        do_without("node and npm are not installed: Confluent's client for node runs on them")
    folder = ROOT / "build" / "node-clients"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        words = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        try:
            subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=INSTALLING)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            do_without(f"npm cannot reach Confluent's client: {type(error).__name__}")
        (folder / "installed").touch()
    return folder


@pytest.fixture(scope="module")
def found(node: Path, url: str) -> Any:
    """What came of everything that the script does."""
    done = subprocess.run(
        ["node", str(SCRIPT), url, f"node-{uuid4().hex[:12]}"],
        cwd=node,
        capture_output=True,
        text=True,
        timeout=RUNNING,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["avro", "json"])
def test_messages_go_there_and_back_in_both_framings(found: Any, kind: str) -> None:
    value = {"sku": "A-1-longer"}
    assert found[kind] == {"first": 0, "headers": [], "value": value}
    assert found[f"{kind}Guid"]["headers"] == ["__value_schema_id"]
    assert found[f"{kind}Guid"]["value"] == value


def test_a_rule_set_comes_back_and_is_run_by_the_client(found: Any) -> None:
    assert found["rules"] == [
        {
            "name": "checkSku",
            "kind": "CONDITION",
            "mode": "WRITE",
            "type": "CEL",
            "expr": "message.sku != ''",
        }
    ]
    assert found["ruled"]["value"] == {"sku": "A-1-longer"}
    assert found["broken"] is not None


def test_what_it_registers_is_checked_listed_and_deleted(found: Any) -> None:
    assert found["same"]
    assert found["compatible"] == [True, False]
    assert found["level"] == "NONE"
    assert found["versions"] == [1, 2]
    assert found["listed"]
    assert found["deleted"] == [[1, 2], [1, 2]]


def test_errors_have_the_codes_it_knows(found: Any) -> None:
    assert found["incompatible"] == [409, 40901]
    assert found["missing"] == [404, 40401]


def test_it_finds_no_association(found: Any) -> None:
    assert found["associations"] == []
