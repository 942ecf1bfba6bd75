"""What a schema is, however it is spelt: the form in which two texts of one schema are one.

Avro in JSON may be written in many ways that its own library reads as one: a name with its
namespace or beside it, ``{"type": "int"}`` for ``"int"``, a namespace that holds anyway, an order
of keys. The form is what Java's ``Schema.toString`` makes of it, as in Confluent's registry, but
for the order of keys, which counts nowhere. What is not valid is left as it is.
"""

from __future__ import annotations

import re
from typing import Any, Final

_PRIMITIVES: Final = frozenset(
    {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
)
_NAMED: Final = frozenset({"record", "error", "enum", "fixed"})
_RESERVED: Final = frozenset(
    {"doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"}
)
"""Keys that are no properties of a schema: dropped where its type has no use for them."""
_USED: Final = {
    "record": frozenset({"type", "name", "namespace", "doc", "fields", "aliases"}),
    "error": frozenset({"type", "name", "namespace", "doc", "fields", "aliases"}),
    "enum": frozenset({"type", "name", "namespace", "doc", "symbols", "aliases"}),
    "fixed": frozenset({"type", "name", "namespace", "doc", "size", "aliases"}),
    "array": frozenset({"type", "items"}),
    "map": frozenset({"type", "values"}),
}
_TOKEN: Final = re.compile(
    r"""\s+|//[^\n]*|/\*.*?(?:\*/|\Z)|("(?:[^"\\\n]|\\(?:.|\Z))*"?|'(?:[^'\\\n]|\\(?:.|\Z))*'?|"""
    r"""[\w.+-]+|.)""",
    re.DOTALL,
)
"""Space, a comment, or what counts of a .proto. What is not closed is read once, to its end."""
LONGEST: Final = 128 * 1024
"""Characters of a .proto that is taken apart; a longer one has one spelling."""


def avro(node: Any, space: str = "") -> Any:
    """The form of an Avro schema within a namespace; nothing of the given value is changed."""
    if node.__class__ is str:
        return _reference(node, space) if "." in node else node
    if node.__class__ is list:
        return node if _is_bare(node) else [avro(each, space) for each in node]
    return _typed(node, space) if node.__class__ is dict else node


def _is_bare(union: list[Any]) -> bool:
    """Whether all branches are words without a namespace, as most are: there is one spelling."""
    for each in union:  # noqa: SIM110 - a generator takes three times as long
        if each.__class__ is not str or "." in each:
            return False
    return True


def _typed(node: dict[str, Any], space: str) -> Any:
    name = node.get("type")
    if not isinstance(name, str):
        return avro(name, space) if len(node) == 1 and name is not None else node
    used = _USED.get(name)
    if used is None:
        found = {key: value for key, value in node.items() if key not in _RESERVED}
        kind = name if name in _PRIMITIVES else avro(name, space)
        return {"type": kind, **found} if found else kind
    if used.issuperset(node):
        found = node.copy()
    else:
        found = {key: value for key, value in node.items() if key in used or key not in _RESERVED}
    if name in _NAMED:
        return _named(found, space)
    below = "items" if name == "array" else "values"
    if below in found:
        found[below] = avro(found[below], space)
    return found


def _named(found: dict[str, Any], space: str) -> dict[str, Any]:
    name, inner = found.get("name"), found.pop("namespace", None)
    if not isinstance(name, str):
        return found if inner is None else {**found, "namespace": inner}
    if "." in name:
        inner, _, found["name"] = name.rpartition(".")
    elif not isinstance(inner, str):
        inner = space
    if inner != space:
        found["namespace"] = inner
    if "doc" in found and not isinstance(found["doc"], str):
        del found["doc"]
    aliases = found.get("aliases")
    if isinstance(aliases, list):
        if aliases:
            found["aliases"] = [_reference(each, inner) for each in aliases]
        else:
            del found["aliases"]
    fields = found.get("fields")
    if isinstance(fields, list):
        found["fields"] = [_field(each, inner) for each in fields]
    return found


def _field(field: Any, space: str) -> Any:
    if not isinstance(field, dict):
        return field
    said = field.get("type")
    kind = said if said.__class__ is str and "." not in said else avro(said, space)
    plain = kind is said and "order" not in field and "aliases" not in field
    if plain and field.get("doc", "").__class__ is str:
        return field
    found = {**field, "type": kind} if "type" in field else {**field}
    if "doc" in found and not isinstance(found["doc"], str):
        del found["doc"]
    order = found.get("order")
    if isinstance(order, str):
        found["order"] = order.lower()
        if found["order"] == "ascending":
            del found["order"]
    if found.get("aliases") == []:
        del found["aliases"]
    return found


def _reference(name: Any, space: str) -> Any:
    """A name as it is said within a namespace."""
    if not isinstance(name, str):
        return name
    inner, _, own = name.rpartition(".")
    return own if inner and inner == space else name


def protobuf(text: str) -> str:
    """The form of a .proto: its words, without comments and space; a descriptor stays as it is."""
    return " ".join(words(text)) if len(text) <= LONGEST else text


def words(text: str) -> list[str]:
    """What a .proto is made of, without comments and space."""
    return [each for each in _TOKEN.findall(text) if each]
