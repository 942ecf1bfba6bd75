"""What several rules ask of names, texts and places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit
from lading.model import Origin
from lading.model.samples import steps_of

if TYPE_CHECKING:
    from lading.lint.base import Edit
    from lading.lint.library import FieldNode, OperationNode, TypeNode
    from lading.model import Contract, Sample

SNAKE: Final = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
UPPER_SNAKE: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
PASCAL: Final = re.compile(r"[A-Z][A-Za-z0-9]*", re.ASCII)
_SHORTEST: Final = 20


def on_field(field: FieldNode, message: str, *, hint: str = "", fix: Edit | None = None) -> Hit:
    """A hit at a field."""
    return Hit(str(field.contract.subject), field.at, message, field.path, hint, fix)


def on_type(node: TypeNode, message: str, *, hint: str = "", fix: Edit | None = None) -> Hit:
    """A hit at a type."""
    path = node.name.rpartition(".")[2]
    return Hit(str(node.contract.subject), node.at, message, path, hint, fix)


def on_operation(node: OperationNode, message: str, *, hint: str = "") -> Hit:
    """A hit at an operation."""
    return Hit(str(node.contract.subject), node.at, message, node.name, hint)


def on_contract(
    contract: Contract, message: str, *, hint: str = "", path: str = "", at: Origin | None = None
) -> Hit:
    """A hit at a contract, or at a place in it."""
    where = at or Origin(contract.document.name, ())
    return Hit(str(contract.subject), where, message, path, hint)


def on_sample(sample: Sample, message: str, *, path: str = "", hint: str = "") -> Hit:
    """A hit in a message; its subject is that of the contract."""
    where = Origin(sample.document.name, steps_of(path))
    spot = f"{sample.name}: {path}" if path else sample.name
    return Hit(str(sample.subject), where, message, spot, hint)


def envelope_of(sample: Sample) -> dict[str, Any]:
    """The `meta` of a message; empty when it has none."""
    body: Any = sample.document.value
    meta = body.get("meta") if isinstance(body, dict) else None
    return meta if isinstance(meta, dict) else {}


def poor_text(text: str, name: str) -> str:
    """What is wrong with a description of something called `name`; empty when nothing is."""
    if not text:
        return "says nothing of itself"
    if len(text) < _SHORTEST:
        return f"says only {len(text)} characters of itself"
    words = set(re.findall(r"[a-z0-9]+", text.lower())) - _FILL
    named = set(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    return "only repeats its name" if words <= named else ""


_FILL: Final = {"the", "a", "an", "of", "this", "is", "field", "record", "value", "for", "to"}


def leaves(value: Any, path: str = "") -> list[tuple[str, str, Any]]:
    """(path, key, value) of every scalar below a JSON value."""
    found: list[tuple[str, str, Any]] = []
    waiting: list[tuple[Any, str, str]] = [(value, path, "")]
    while waiting:
        node, here, key = waiting.pop()
        if isinstance(node, dict):
            for name, each in node.items():
                waiting.append((each, f"{here}.{name}".lstrip("."), name))
        elif isinstance(node, list):
            waiting.extend((each, f"{here}[{at}]", key) for at, each in enumerate(node))
        else:
            found.append((here, key, node))
    return found


def objects(value: Any, path: str = "", key: str = "") -> list[tuple[str, str, dict[str, Any]]]:
    """(path, key, object) of every object below a JSON value."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    waiting: list[tuple[Any, str, str]] = [(value, path, key)]
    while waiting:
        node, here, name = waiting.pop()
        if isinstance(node, dict):
            found.append((here, name, node))
            waiting.extend((each, f"{here}.{k}".lstrip("."), k) for k, each in node.items())
        elif isinstance(node, list):
            waiting.extend((each, f"{here}[{at}]", name) for at, each in enumerate(node))
    return found
