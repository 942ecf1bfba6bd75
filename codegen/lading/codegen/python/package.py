"""All contracts of a workspace or registry as the files of one Python project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.codegen.errors import CodegenError
from lading.codegen.python.allowlist import refuse_unsafe
from lading.codegen.python.clients import client_files
from lading.codegen.python.header import header
from lading.codegen.python.layout import (
    check_subject,
    distribution_name,
    package_name,
    release,
)
from lading.codegen.python.mappings import mapping_files
from lading.codegen.python.models import model_files
from lading.codegen.python.resources import manifest, project_file, readme, schema_files
from lading.codegen.python.taxonomies import taxonomy_files
from lading.codegen.python.text import docstring, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lading.model.contract import Contract


def generate_python(
    contracts: Sequence[Contract], *, name: str, version: str
) -> dict[str, str | bytes]:
    """The project `name` as path -> content, the same for the same contracts in any order.

    Writes nothing; datamodel-code-generator runs in a temporary folder. Raises `CodegenError` when
    a contract cannot be rendered faithfully, or when the result is not what it may contain.
    """
    name, version = distribution_name(name), release(version)
    package = package_name(name)
    ordered = _once(contracts)
    below: dict[str, str] = {
        **_in("models", model_files(ordered, package=package)),
        **_in("taxonomies", taxonomy_files(ordered)),
        **_in("mappings", mapping_files(ordered)),
        **_in("apis", client_files(ordered, package=package)),
        **_in("schemas", schema_files(ordered)),
        "__init__.py": _package(name, version),
        "py.typed": "",
    }
    files = _in(package, below)
    for path, text in files.items():
        if path.endswith(".py"):
            refuse_unsafe(path, text, package=package)
    clients = any(path.startswith(f"{package}/apis/") for path in files)
    files["pyproject.toml"] = project_file(
        name=name, package=package, version=version, clients=clients
    )
    files["README.md"] = readme(ordered, name=name, package=package, version=version)
    listed = f"{package}/contract.json"
    files[listed] = manifest(ordered, name=name, version=version, files=[*files, listed])
    return dict(sorted(files.items()))


def _once(contracts: Iterable[Contract]) -> tuple[Contract, ...]:
    """`contracts` by subject; raises when one comes in two versions, or when there are none."""
    found: dict[str, Contract] = {}
    for contract in contracts:
        check_subject(contract.subject)
        other = found.setdefault(contract.subject, contract)
        if other is not contract and other != contract:
            raise CodegenError(f"{contract.subject} is given twice, and differs")
    if not found:
        raise CodegenError("there are no contracts to generate from", hint="lading init")
    return tuple(found[subject] for subject in sorted(found))


def _in(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in files.items()}


def _package(name: str, version: str) -> str:
    return (
        header(())
        + docstring(f"Typed contracts of {name}: models, taxonomies, mappings and API clients.")
        + "\nfrom __future__ import annotations\n\n"
        + f"__version__ = {quoted(version)}\n"
    )
