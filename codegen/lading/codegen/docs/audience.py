"""A contract as one audience may see it: what is marked for others is not there at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lading.model import ContractError, Document, Kind, read_contract, read_document

if TYPE_CHECKING:
    from collections.abc import Collection

    from lading.model import Contract

_MARK = "x-audience"
_SCHEMAS = "#/components/schemas/"


def for_audience(contract: Contract, seen: Collection[str]) -> Contract:
    """`contract` without the operations, parameters and fields that `seen` does not name.

    Only APIs carry such marks. What was agreed with single partners is in no text of a mapping that
    leaves the house. Any other contract, and an API that shows everything, comes back as it is. The
    text is written anew, so that a download holds no more than the page. Raises
    `ContractError` when what is left is no document: then it is not shown.
    """
    if contract.kind is Kind.MAPPING and "internal" not in seen:
        return _without_agreements(contract)
    if contract.kind is not Kind.OPENAPI:
        return contract
    value = _kept(contract.document.value, seen)
    if value == contract.document.value:
        return contract
    _prune(value)
    document = _written(contract.document, value)
    found = read_contract(contract.kind, document, subject=contract.subject, terms=contract.terms)
    return replace(found, version=contract.version)


def _without_agreements(contract: Contract) -> Contract:
    """The page still says that there are some, so the mapping itself stays."""
    value: Any = contract.document.value
    if "overrides" not in value:
        return contract
    kept = {key: each for key, each in value.items() if key != "overrides"}
    return replace(contract, documents=(_written(contract.document, kept),))


def visible(contract: Contract, seen: Collection[str]) -> Contract | None:
    """As `for_audience`; `None` where nothing that can be read is left."""
    try:
        return for_audience(contract, seen)
    except ContractError:
        return None


def _kept(node: Any, seen: Collection[str]) -> Any:
    if isinstance(node, list):
        return [_kept(each, seen) for each in node if not _hidden(each, seen)]
    if not isinstance(node, dict):
        return node
    kept = {key: _kept(each, seen) for key, each in node.items() if not _hidden(each, seen)}
    fields, required = kept.get("properties"), kept.get("required")
    if isinstance(fields, dict) and isinstance(required, list):
        kept["required"] = [each for each in required if each in fields]
    return kept


def _hidden(node: Any, seen: Collection[str]) -> bool:
    """Whether a part of a document is marked for others; the mark of the API itself is no part."""
    said = node.get(_MARK) if isinstance(node, dict) else None
    return isinstance(said, str) and said not in seen and "title" not in node


def _prune(value: Any) -> None:
    """Take out the shared schemas that nothing refers to any more, and paths without operations."""
    paths = value.get("paths", {})
    for path in [each for each, item in paths.items() if not item]:
        del paths[path]
    schemas = value.get("components", {}).get("schemas", {})
    while gone := set(schemas) - _referred(value):
        for name in gone:
            del schemas[name]


def _referred(value: Any) -> set[str]:
    """The names of the shared schemas that something else than themselves refers to."""
    found: set[str] = set()
    waiting: list[tuple[Any, str]] = [(value, "")]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, list):
            waiting.extend((each, inside) for each in node)
        elif isinstance(node, dict):
            for key, each in node.items():
                if isinstance(each, str) and each.startswith(_SCHEMAS):
                    name = each.removeprefix(_SCHEMAS)
                    found |= {name} - {inside}
                own = node is value.get("components", {}).get("schemas")
                waiting.append((each, key if own else inside))
    return found


def _written(document: Document, value: Any) -> Document:
    import yaml

    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
    return read_document(document.name, text.encode())
