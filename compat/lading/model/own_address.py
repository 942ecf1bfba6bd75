"""What an OpenAPI 3.2 document calls itself (``$self``), and its references to that name.

``$self`` is the base of the document's references (OpenAPI 3.2, OpenAPI Object). Those to the name
itself stay inside, and are written so here; any other one leads to where nobody here has looked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from lading.model.document import Document, JsonValue

_REFERRING: Final = frozenset({"$ref", "operationRef"})


def address_of(value: JsonValue) -> str:
    """What the document calls itself; empty when it does not."""
    said = value.get("$self") if isinstance(value, dict) and "openapi" in value else None
    return said.partition("#")[0] if isinstance(said, str) else ""


def without_own_address(document: Document) -> Document:
    """`document` with its references to itself written as ``#/...``; nothing moves."""
    address = address_of(document.value)
    if f"{address}#" not in document.text:
        return document
    return replace(document, value=_local(document.value, f"{address}#"))


def _local(node: Any, head: str) -> Any:
    if isinstance(node, list):
        return [_local(each, head) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value[len(head) - 1 :]
        if key in _REFERRING and isinstance(value, str) and value.startswith(head)
        else _local(value, head)
        for key, value in node.items()
    }
