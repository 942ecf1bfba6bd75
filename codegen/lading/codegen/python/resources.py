"""What travels in the package beside code: Avro schemas, the manifest, project files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lading.codegen.errors import CodegenError
from lading.codegen.python.header import GENERATOR, contract_version, pin
from lading.codegen.python.layout import model_module, subject_module
from lading.codegen.python.renderer import PINNED
from lading.codegen.python.text import one_line
from lading.model.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lading.model.contract import Contract

_PRIMITIVES: Final = frozenset(
    {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
)
_NAMED: Final = frozenset({"record", "error", "enum", "fixed"})
_FOLDERS: Final = {Kind.TAXONOMY: "taxonomies", Kind.MAPPING: "mappings", Kind.OPENAPI: "apis"}


def schema_files(contracts: Iterable[Contract]) -> dict[str, str]:
    """``<subject>.avsc`` per Avro contract, each type it refers to put in at its first use."""
    return {
        f"{each.subject}.avsc": json.dumps(avro_bundle(each), ensure_ascii=True, indent=1) + "\n"
        for each in contracts
        if each.kind is Kind.AVRO and each.documents
    }


def avro_bundle(contract: Contract) -> Any:
    """The schema of `contract` as one self-contained JSON value, extensions kept."""
    definitions: dict[str, Any] = {}
    for document in contract.documents:
        _collect(document.value, "", definitions)
    return _inlined(contract.document.value, "", definitions, set(), contract)


def _collect(node: Any, space: str, definitions: dict[str, Any]) -> None:
    """Every type that `node` defines, at the top or in place, by full name."""
    if isinstance(node, list):
        for each in node:
            _collect(each, space, definitions)
    if not isinstance(node, dict):
        return
    if node.get("type") in _NAMED:
        name = _full_name(node, space)
        space = name.rpartition(".")[0]
        bare = {key: value for key, value in node.items() if key != "namespace"}
        definitions.setdefault(name, bare | {"name": name})
        for each in node.get("fields", ()):
            _collect(each["type"], space, definitions)
    else:
        for key in ("type", "items", "values"):
            _collect(node.get(key), space, definitions)


def _inlined(
    node: Any, space: str, definitions: dict[str, Any], done: set[str], contract: Contract
) -> Any:
    if isinstance(node, str):
        return _named(node, space, definitions, done, contract)
    if isinstance(node, list):
        return [_inlined(each, space, definitions, done, contract) for each in node]
    if not isinstance(node, dict):
        raise CodegenError(f"{contract.subject}: {node!r} is not an Avro type")
    kind = node.get("type")
    if kind not in _NAMED:
        keys = [key for key in ("items", "values") if key in node]
        keys += ["type"] if not isinstance(kind, str) or kind not in {"array", "map"} else []
        return node | {key: _inlined(node[key], space, definitions, done, contract) for key in keys}
    name = _full_name(node, space)
    if name in done:
        return name
    done.add(name)
    result = {key: value for key, value in node.items() if key != "namespace"} | {"name": name}
    if "fields" in node:
        inner = name.rpartition(".")[0]
        result["fields"] = [
            each | {"type": _inlined(each["type"], inner, definitions, done, contract)}
            for each in node["fields"]
        ]
    return result


def _named(
    name: str, space: str, definitions: dict[str, Any], done: set[str], contract: Contract
) -> Any:
    if name in _PRIMITIVES:
        return name
    full = name if "." in name or not space else f"{space}.{name}"
    if full in done:
        return full
    if full not in definitions:
        raise CodegenError(
            f"{contract.subject}: the type {full} is not among its documents",
            hint="pass the contract as the workspace or the registry gives it",
        )
    return _inlined(definitions[full], "", definitions, done, contract)


def _full_name(node: dict[str, Any], space: str) -> str:
    name = str(node.get("name", ""))
    own = str(node.get("namespace", space))
    return name if "." in name or not own else f"{own}.{name}"


def module_of(contract: Contract) -> str:
    """Where a contract is in the package: ``models.shipment_v1``."""
    folder = _FOLDERS.get(contract.kind)
    if folder:
        return f"{folder}.{subject_module(contract)}"
    name = contract.subject if contract.kind is Kind.AVRO else f"{contract.subject}."
    return f"models.{model_module(name)}"


def manifest(
    contracts: Sequence[Contract], *, name: str, version: str, files: Iterable[str]
) -> str:
    """``contract.json``: what the package was made from, by what, and every file it consists of."""
    value = {
        "name": name,
        "version": version,
        "generator": GENERATOR,
        "renderer": f"datamodel-code-generator {PINNED}",
        "contracts": [
            {
                "subject": each.subject,
                "kind": each.kind.value,
                "version": contract_version(each),
                "fingerprint": each.fingerprint,
                "module": module_of(each),
            }
            for each in contracts
        ],
        "files": sorted(files),
    }
    return json.dumps(value, ensure_ascii=True, indent=1) + "\n"


def project_file(*, name: str, package: str, version: str, clients: bool) -> str:
    """The ``pyproject.toml`` of the package; its values are checked names only."""
    needs = ["lading>=0.1,<0.2", "pydantic>=2.14,<3"]
    needs += ["httpx2>=2.13", "typing-extensions>=4.16"] if clients else []
    listed = "".join(f"  {json.dumps(each)},\n" for each in needs)
    return (
        f"# Generated by {GENERATOR}; do not edit.\n"
        '[build-system]\nrequires = ["hatchling>=1.27"]\nbuild-backend = "hatchling.build"\n\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\n'
        'description = "Typed contracts, generated by lading."\n'
        'readme = "README.md"\nrequires-python = ">=3.11"\n'
        f"dependencies = [\n{listed}]\n\n"
        f'[tool.hatch.build.targets.wheel]\npackages = ["{package}"]\n'
    )


def readme(contracts: Sequence[Contract], *, name: str, package: str, version: str) -> str:
    """What the package holds and how to import it."""
    rows = "".join(
        f"| `{package}.{module_of(each)}` | {_cell(pin(each).partition(' sha256:')[0])} |\n"
        for each in contracts
    )
    return (
        f"# {name} {version}\n\nGenerated by {GENERATOR}; do not edit: change the contracts and "
        "generate again.\n\n"
        "- `models`: immutable Pydantic models; `model_dump_json()` and `model_validate_json()` "
        "speak the names of the contract, `to_avro_dict()`, `from_avro_dict()` and "
        "`avro_schema()` serve Avro libraries. What does not add up is refused.\n"
        "- `taxonomies`: a `StrEnum` per taxonomy with `parse`, and for state machines "
        "`TRANSITIONS`, `can_transition` and `advance`; a status that follows from others has "
        "`derive`.\n"
        "- `mappings`: `to_<taxonomy>(code)` answers for every code of a partner.\n"
        "- `apis`: `Client` and `AsyncClient` per API; `client/README.md` lists the operations.\n\n"
        f"| import | contract |\n| --- | --- |\n{rows}"
    )


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|").replace("<", "&lt;")
