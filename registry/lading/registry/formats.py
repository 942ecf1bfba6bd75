"""The text of a schema in another form: ``format=resolved`` is Avro that stands alone.

A form that a kind does not have is its usual one, as in Confluent's registry: clients ask for
forms of later servers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Kind
from lading.registry.errors import InvalidSchema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

JsonObject = dict[str, Any]

RESOLVED: Final = "resolved"
_NAMED: Final = ("record", "error", "enum", "fixed")


def formatted(kind: Kind, form: str, text: str, used: Mapping[str, str]) -> str:
    """The text in a form; `used` are the texts that it reaches, by the names it has for them."""
    change = FORMS.get((kind, form.lower()))
    return text if change is None else change(text, used)


def knows(kind: Kind, form: str) -> bool:
    """Whether a kind has this form, and it is another than the usual one."""
    return (kind, form.lower()) in FORMS


def resolved_avro(text: str, used: Mapping[str, str]) -> str:
    """The schema with each type that it refers to written out where it is met first."""
    schema = _written_out(json.loads(text), "", dict(used), set())
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _written_out(node: Any, namespace: str, used: Mapping[str, str], met: set[str]) -> Any:
    if isinstance(node, list):
        return [_written_out(each, namespace, used, met) for each in node]
    if isinstance(node, str):
        return _named(node, namespace, used, met)
    if not isinstance(node, dict):
        return node
    if node.get("type") not in _NAMED:
        below = {key: node[key] for key in ("type", "items", "values") if key in node}
        return node | {key: _written_out(each, namespace, used, met) for key, each in below.items()}
    full = _full(str(node.get("name", "")), str(node.get("namespace", namespace) or ""))
    met.add(full)
    if "fields" not in node:
        return node
    inner = full.rpartition(".")[0]
    fields = [
        each | {"type": _written_out(each.get("type"), inner, used, met)} for each in node["fields"]
    ]
    return node | {"fields": fields}


def _named(name: str, namespace: str, used: Mapping[str, str], met: set[str]) -> Any:
    full = _full(name, namespace) if _full(name, namespace) in used else name
    if full not in used or full in met:
        return name
    found = json.loads(used[full])
    if isinstance(found, dict) and found.get("type") in _NAMED and "." not in str(found["name"]):
        found = {**found, "namespace": found.get("namespace", "")}  # not that of who refers
    return _written_out(found, "", used, met)


def _full(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def serialized_protobuf(text: str, used: Mapping[str, str]) -> str:
    """The schema as Confluent's clients in Python read it: a descriptor in base64."""
    from lading.model import ContractError, Document, Syntax
    from lading.model.protobuf import serialized

    documents = {name: Document(name, each, None, Syntax.PROTO) for name, each in used.items()}
    try:
        return serialized(Document("schema", text, None, Syntax.PROTO), documents)
    except ContractError as error:  # an import is not judged
        raise InvalidSchema(str(error)) from error


FORMS: Final[dict[tuple[Kind, str], Callable[[str, Mapping[str, str]], str]]] = {
    (Kind.AVRO, RESOLVED): resolved_avro,
    (Kind.PROTOBUF, "serialized"): serialized_protobuf,
}
"""(kind, form) to how it is made."""
