"""How the tests read the six OpenAPI documents of the library."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from lading.model import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = (
    "orders",
    "inventory-availability",
    "shipment-visibility",
    "returns",
    "master-data",
    "partners",
)
METHODS = ("get", "put", "post", "patch", "delete")


class Call(NamedTuple):
    """An operation with the address it has, and the document it is of."""

    api: dict[str, Any]
    path: str
    method: str
    operation: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.operation["operationId"])

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """By name, those of the path too."""
        shared = self.api["paths"][self.path].get("parameters", [])
        found = [resolved(each, self.api) for each in (*shared, *self.operation["parameters"])]
        return {each["name"]: each for each in found}

    @property
    def responses(self) -> dict[str, dict[str, Any]]:
        """By status, references followed."""
        return {
            status: resolved(each, self.api) for status, each in self.operation["responses"].items()
        }

    @property
    def done(self) -> dict[str, dict[str, Any]]:
        """The answers that are no failure, but for 304."""
        return {status: each for status, each in self.responses.items() if status[0] == "2"}

    @property
    def answer(self) -> dict[str, Any]:
        """The schema of the one answer that is no failure; empty when it has no body."""
        (response,) = self.done.values()
        (media,) = response.get("content", {"": {}}).values()
        found: dict[str, Any] = resolved(media.get("schema", {}), self.api)
        return found

    @property
    def asked(self) -> dict[str, dict[str, Any]]:
        """What the request may be, by media type."""
        found: dict[str, dict[str, Any]] = self.operation.get("requestBody", {}).get("content", {})
        return found

    @property
    def is_query(self) -> bool:
        """Whether it is a POST that changes nothing."""
        return self.operation["x-ownership"].get("query") is True


def read(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "apis" / f"{name}.yaml"
    value: Any = read_document(path.name, path.read_bytes()).value
    return copy.deepcopy(value)


def resolved(node: Any, api: dict[str, Any]) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = api
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def calls(api: dict[str, Any]) -> Iterator[Call]:
    for path, item in api["paths"].items():
        for method in METHODS:
            if method in item:
                yield Call(api, path, method, item[method])


def examples(media: dict[str, Any]) -> list[Any]:
    """What `media` shows, once or several times."""
    one = [media["example"]] if "example" in media else []
    return one + [each["value"] for each in media.get("examples", {}).values()]


def medias(node: Any) -> Iterator[dict[str, Any]]:
    """Everything that has a schema and shows an example of it."""
    if isinstance(node, list):
        for each in node:
            yield from medias(each)
    if isinstance(node, dict):
        if "schema" in node and examples(node):
            yield node
        for each in node.values():
            yield from medias(each)


def refusals(schema: Any, api: dict[str, Any], value: Any) -> list[str]:
    """What is wrong with `value`, formats of times and addresses too."""
    import jsonschema_rs

    whole = {"components": api["components"], **schema}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(value)]
