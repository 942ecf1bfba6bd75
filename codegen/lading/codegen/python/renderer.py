"""datamodel-code-generator, run in a process of its own on self-contained input.

Pinned exactly: it releases several minor versions a month, and its output is compared byte for
byte. It sees a temporary folder only, and no network: references are refused before it runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lading.codegen.errors import CodegenError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PINNED: Final = "0.89.0"
_TIME_LIMIT: Final = 120
_KEPT: Final = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
"""All the child needs of the environment: no proxy, no settings, no credentials."""
_MODELS: Final = "--preset=standard-py311-20261017"
"""The last preset that keeps an enum of one symbol an enum; later ones make it a `Literal`."""
_CLIENTS: Final = "--preset=standard-py311-20261027"
_COMMON: Final = (
    "--target-pydantic-version=2.14",
    "--formatters=builtin",
    "--ignore-pyproject",
    "--no-allow-remote-refs",
    "--strict-refs",
    "--no-color",
    "--disable-warnings",
    "--use-exact-imports",
    "--no-use-type-checking-imports",
    "--capitalise-enum-members",
    "--enum-field-as-literal=none",
    "--use-double-quotes",
    "--use-schema-description",
    "--use-field-description",
    "--use-attribute-docstrings",
    "--use-inline-field-description",
    "--use-single-line-docstring",
)


def render_models(
    documents: Mapping[str, Mapping[str, Any]], *, aliases: Mapping[str, str]
) -> dict[str, str]:
    """Pydantic modules for JSON Schema `documents` (both by module name).

    `aliases`: fields that must be called something else in Python.
    """
    with tempfile.TemporaryDirectory(prefix="lading-models-") as folder:
        source, out = Path(folder, "in"), Path(folder, "out")
        source.mkdir()
        for name, document in sorted(documents.items()):
            _write_json(source / f"{name}.json", document)
        arguments = [
            _MODELS,
            f"--input={source}",
            "--input-file-type=jsonschema",
            f"--output={out}",
            "--base-class=lading.runtime.ContractModel",
            "--skip-root-model",
            "--collapse-root-models",
            *("--strict-types", "int", "float", "bool"),
            f"--aliases={json.dumps(aliases, sort_keys=True)}",
        ]
        _run([*_COMMON, *arguments], folder=folder, what="models")
        return {name: (out / f"{name}.py").read_text(encoding="utf-8") for name in documents}


def render_client(
    document: Mapping[str, Any], *, package: str, settings: Mapping[str, Any]
) -> dict[str, str]:
    """An httpx2 client and its models for an OpenAPI document, as files of the package `package`.

    `package`: import path of the API, ``acme_logistics.apis.shipment_visibility``.
    `settings`: the generator's settings per operation reference.
    """
    with tempfile.TemporaryDirectory(prefix="lading-client-") as folder:
        source, out = Path(folder, "api.json"), Path(folder, "out")
        _write_json(source, document)
        arguments = [
            _CLIENTS,
            f"--input={source}",
            "--input-file-type=openapi",
            f"--output={out / 'models.py'}",
            "--generate-client=httpx2",
            f"--client-output={out / 'client'}",
            f"--client-package={package}.client",
            f"--client-model-package={package}.models",
            *([f"--client-operations={json.dumps(settings, sort_keys=True)}"] if settings else []),
        ]
        _run([*_COMMON, *arguments], folder=folder, what=f"client of {package}")
        return _texts(out)


def vendored(path: str) -> str | None:
    """The generator's own text of a runtime file it copies into clients; `None`: it has no such."""
    from datamodel_code_generator import _runtime

    file = Path(_runtime.__path__[0], path)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _texts(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.suffix in {".py", ".md", ".typed"}
    }


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1)
    path.write_text(text, encoding="utf-8")


def _run(arguments: Sequence[str], *, folder: str, what: str) -> None:
    _require_pinned()
    command = [sys.executable, "-P", "-m", "datamodel_code_generator", *arguments]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our interpreter, our arguments, no shell
            command,
            cwd=folder,
            env=environment | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CodegenError(f"rendering the {what} took longer than {_TIME_LIMIT} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CodegenError(
            f"datamodel-code-generator could not render the {what}: {' '.join(said[-3:])}",
            hint="check the contract with: lading check",
        )


def _require_pinned() -> None:
    try:
        installed = version("datamodel-code-generator")
    except PackageNotFoundError:
        installed = "none"
    if installed != PINNED:
        raise CodegenError(
            f"generating Python needs datamodel-code-generator {PINNED}, found {installed}",
            hint="pip install 'lading[codegen]'",
        )
