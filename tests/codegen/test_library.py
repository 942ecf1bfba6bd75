"""The contract library of this repository, generated as `lading gen python` would."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastavro
import pytest
from pydantic import ValidationError

from lading.codegen import generate_python, write
from lading.model.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NAME = "library-under-test"
PACKAGE = "library_under_test"


@pytest.fixture(scope="module")
def workspace() -> Any:
    from lading.model import FolderTree, load_workspace

    loaded = load_workspace(FolderTree(ROOT / "contracts"))
    assert loaded.contracts, "the library has contracts"
    return loaded


@pytest.fixture(scope="module")
def package(workspace: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("library")
    write(generate_python(workspace.contracts, name=NAME, version="1.0.0"), folder)
    sys.path.insert(0, str(folder))
    invalidate_caches()
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def _model(workspace: Any, subject: str) -> Any:
    from lading.codegen.python.resources import module_of

    contract = workspace.contract(subject)
    module = import_module(f"{PACKAGE}.{module_of(contract)}")
    return getattr(module, subject.rpartition(".")[2])


def test_every_module_of_the_library_imports(package: Path) -> None:
    for path in sorted((package / PACKAGE).rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def test_samples_are_what_the_models_admit_and_avro_can_carry(
    workspace: Any, package: Path
) -> None:
    chosen = [
        each
        for each in workspace.samples
        if getattr(workspace.contract(each.subject), "kind", None) is Kind.AVRO
    ]
    assert chosen, "the library has samples"
    for sample in chosen:
        model = _model(workspace, sample.subject)
        text = json.dumps(sample.document.value)
        if sample.name.startswith("invalid-"):
            with pytest.raises(ValidationError):
                model.model_validate_json(text)
            continue
        message = model.model_validate_json(text)
        schema = fastavro.parse_schema(json.loads(model.avro_schema()))
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, schema, message.to_avro_dict(), strict=True)
        buffer.seek(0)
        again = model.from_avro_dict(fastavro.schemaless_reader(buffer, schema, None))
        assert again == message, f"{sample.subject}/{sample.name}"


@pytest.mark.slow
def test_mypy_strict_finds_nothing_in_the_library(package: Path) -> None:
    sources = [str(ROOT / each) for each in ("codegen", "compat")]
    command = [sys.executable, "-m", "mypy", "--strict", "-p", PACKAGE]
    command += ["--explicit-package-bases", "--namespace-packages", "--cache-dir", "cache"]
    done = subprocess.run(
        command,
        cwd=package,
        env={**os.environ, "MYPYPATH": os.pathsep.join([*sources, str(package)])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
