"""OpenAPI contracts as HTTP clients, sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lading.codegen.errors import CodegenError
from lading.codegen.python.header import header
from lading.codegen.python.layout import refuse_clashes, subject_module
from lading.codegen.python.renderer import render_client
from lading.codegen.python.text import docstring, one_line, plain
from lading.model.contract import Kind
from lading.model.pointers import resolve, split, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.model.contract import Contract

Json: TypeAlias = dict[str, Any]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_NAMED: Final = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
    | {"schemas", "responses", "parameters", "examples", "requestBodies", "headers"}
    | {"securitySchemes", "links", "callbacks", "pathItems", "paths", "webhooks", "mapping"}
    | {"variables", "content", "encoding", "scopes"}
)
"""Keywords whose members are named by the contract: nothing below is dropped by its name."""
_FREE: Final = frozenset({"default", "enum", "const"})
"""Keywords whose value is data."""
_DROPPED: Final = frozenset(
    {"customTypePath", "customBasePath", "example", "examples", "$id", "$schema", "externalDocs"}
)
"""Keywords that steer the renderer or reach outside the document; ``x-...`` goes with them."""
_IDEMPOTENCY: Final = "idempotency-key"


def client_files(contracts: Sequence[Contract], *, package: str) -> dict[str, str]:
    """The files below ``apis/`` for the OpenAPI contracts among `contracts`."""
    chosen = [each for each in contracts if each.kind is Kind.OPENAPI]
    refuse_clashes(((subject_module(each), each.subject) for each in chosen), "module")
    files: dict[str, str] = {}
    for contract in chosen:
        files |= _client(contract, package=package)
    if files:
        files["__init__.py"] = header(()) + docstring("HTTP clients, one package per API.")
    return files


def normalised(contract: Contract) -> tuple[Json, Json]:
    """The document the renderer is given, and its settings per operation reference."""
    value = contract.document.value
    if not isinstance(value, dict):
        raise CodegenError(f"{contract.subject}: the document is not an object")
    _refuse_outside(value, contract)
    document: Json = _cleaned(value, named=False)
    settings: Json = {}
    for reference, item, operation in _operations(document):
        _spread_default(operation)
        name = _take_idempotency(document, item, operation)
        if name:
            settings[reference] = {"runtime": {"idempotency": {"header_name": name}}}
    return document, settings


def _client(contract: Contract, *, package: str) -> dict[str, str]:
    module = subject_module(contract)
    document, settings = normalised(contract)
    rendered = render_client(document, package=f"{package}.apis.{module}", settings=settings)
    top = header([contract])
    files = {
        f"{module}/{path}": _with_header(text, top) if path.endswith(".py") else text
        for path, text in rendered.items()
    }
    title = docstring(one_line(str(document.get("info", {}).get("title", module))))
    files[f"{module}/__init__.py"] = top + title + _FACADE
    return files


_FACADE: Final = """
from __future__ import annotations

from .client import AsyncClient, Client

__all__ = ["AsyncClient", "Client"]
"""


def _with_header(text: str, top: str) -> str:
    """`text` with our first lines in place of the renderer's comments."""
    lines = text.split("\n")
    while lines and (lines[0].startswith("#") or not lines[0]):
        lines.pop(0)
    return top + "\n".join(["", *lines])


def _refuse_outside(node: Any, contract: Contract) -> None:
    for reference in _references(node):
        if not reference.startswith("#/"):
            raise CodegenError(
                f"{contract.subject}: $ref {one_line(reference)!r} leaves the document",
                hint="move the schema under components/schemas; clients are made of one document",
            )


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"$ref", "$dynamicRef"} and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def _cleaned(node: Any, *, named: bool) -> Any:
    """A copy of `node` without extensions, with every text made inert."""
    if isinstance(node, list):
        return [_cleaned(each, named=False) for each in node]
    if isinstance(node, str):
        return plain(node)
    if not isinstance(node, dict):
        return node
    kept = (key for key in node if named or not (key in _DROPPED or key.startswith("x-")))
    return {
        key: node[key]
        if key in _FREE and not named
        else _cleaned(node[key], named=key in _NAMED and not named)
        for key in kept
    }


def _operations(document: Json) -> Iterator[tuple[str, Json, Json]]:
    """(reference, path item, operation) of each operation; reference: ``/paths/~1orders/get``."""
    paths = document.get("paths") or {}
    for path, item in sorted(paths.items()):
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield written(("paths", path, method)), item, item[method]


def _spread_default(operation: Json) -> None:
    """A ``default`` response would count as a success too: make it 4XX and 5XX."""
    responses = operation.get("responses", {})
    if "default" in responses and any(str(status).startswith("2") for status in responses):
        default = responses.pop("default")
        responses.setdefault("4XX", default)
        responses.setdefault("5XX", default)


def _take_idempotency(document: Json, item: Json, operation: Json) -> str:
    """Take the Idempotency-Key header out of the arguments: the client makes one key per call."""
    name = ""
    for holder in (item, operation):
        parameters = holder.get("parameters")
        if not isinstance(parameters, list):
            continue
        found = [_resolved(document, each) for each in parameters]
        keys = [each.get("name", "") for each in found if _is_key(each)]
        name = keys[0] if keys else name
        holder["parameters"] = [
            each for each, seen in zip(parameters, found, strict=True) if not _is_key(seen)
        ]
    return name


def _is_key(parameter: Mapping[str, Any]) -> bool:
    return (
        parameter.get("in") == "header" and str(parameter.get("name", "")).lower() == _IDEMPOTENCY
    )


def _resolved(document: Json, node: Json) -> Json:
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return node
    file, pointer = split(reference)
    target = None if file else resolve(document, pointer)
    return target if isinstance(target, dict) else {}
