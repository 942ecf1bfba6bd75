"""Tags within a schema (``confluent:tags``): found, added and taken away.

A place is named as Confluent names it: ``demo.Parcel`` and ``demo.Parcel.weight`` in Avro,
``object`` and ``object.weight`` in JSON Schema, where ``object``, ``array``, ``anyof`` and so on
say what is gone through.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Kind
from lading.registry.errors import InvalidSchema, NotPermitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

JsonObject = dict[str, Any]
Place = tuple[str, str, JsonObject]
"""(path, type, the object that has the tags)"""

TAGS: Final = "confluent:tags"
RECORD: Final = "sr_record"
FIELD: Final = "sr_field"
TYPES: Final = (RECORD, FIELD)
ALL: Final = "*"
"""Asked for: whatever it is tagged with."""
_ALTERNATIVES: Final = {"anyof": "anyOf", "allof": "allOf", "oneof": "oneOf"}


@dataclass(frozen=True, slots=True)
class Tagged:
    """A place in a schema, with tags."""

    path: str
    type: str
    tags: tuple[str, ...]

    def shown(self) -> JsonObject:
        """As the Confluent API writes it."""
        entity = {"entityPath": self.path, "entityType": self.type}
        return {"schemaEntity": entity, "tags": list(self.tags)}


def tagged(kind: Kind, text: str, wanted: Sequence[str] = (ALL,)) -> list[Tagged]:
    """The places with any of the tags that are wanted, with all their tags."""
    if kind not in _PLACES:
        return []
    found = [
        Tagged(path, type_, _tags(node))
        for path, type_, node in _places(kind, _read(text))
        if _tags(node)
    ]
    return [each for each in found if ALL in wanted or not set(wanted).isdisjoint(each.tags)]


def edited(kind: Kind, text: str, add: Iterable[Tagged], remove: Iterable[Tagged]) -> str:
    """The schema with some tags more, then some less.

    Raises:
        InvalidSchema: it has no such place.
        NotPermitted: schemas of this kind have no tags.
    """
    add, remove = list(add), list(remove)
    if not add and not remove:
        return text
    if kind not in _PLACES:
        raise NotPermitted(f"a schema of type {kind} has no tags")
    schema = _read(text)
    for each in add:
        node = _found(kind, schema, each)
        _put(node, (*_tags(node), *each.tags))
    for each in remove:
        node = _found(kind, schema, each)
        _put(node, (tag for tag in _tags(node) if tag not in each.tags))
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def carried(kind: Kind, before: str, text: str) -> str:
    """The schema with the tags that an earlier version had at the places that are still there."""
    if kind not in _PLACES:
        return text
    there = {(path, type_) for path, type_, _ in _places(kind, _read(text))}
    kept = [each for each in tagged(kind, before) if (each.path, each.type) in there]
    return edited(kind, text, kept, ())


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidSchema("it is not JSON") from None


def _places(kind: Kind, schema: Any) -> list[Place]:
    try:
        return list(_PLACES[kind](schema))
    except RecursionError:
        raise InvalidSchema("it is too deep for its tags to be found") from None


def _found(kind: Kind, schema: Any, wanted: Tagged) -> JsonObject:
    for path, type_, node in _places(kind, schema):
        if type_ == wanted.type and _is_at(kind, path, type_, wanted.path):
            return node
    raise InvalidSchema(f"No matching path '{wanted.path[:200]}' found in the schema")


def _is_at(kind: Kind, path: str, type_: str, wanted: str) -> bool:
    """In Avro the namespace may be left out."""
    parts = 1 if type_ == RECORD else 2
    short = kind is Kind.AVRO and wanted.count(".") == parts - 1
    return path == wanted or (short and path.split(".")[-parts:] == wanted.split("."))


def _tags(node: JsonObject) -> tuple[str, ...]:
    found = node.get(TAGS)
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _put(node: JsonObject, tags: Iterable[str]) -> None:
    if kept := list(dict.fromkeys(tags)):
        node[TAGS] = kept
    else:
        node.pop(TAGS, None)


def _in_avro(schema: Any, namespace: str = "") -> Iterator[Place]:
    if isinstance(schema, list):
        for each in schema:
            yield from _in_avro(each, namespace)
    if not isinstance(schema, dict):
        return
    if schema.get("type") not in {"record", "error"}:
        for key in ("type", "items", "values"):
            yield from _in_avro(schema.get(key), namespace)
        return
    full = _full_name(schema, namespace)
    inner = full.rpartition(".")[0]
    yield full, RECORD, schema
    for field in schema.get("fields") or ():
        if isinstance(field, dict):
            yield f"{full}.{field.get('name')}", FIELD, field
            yield from _in_avro(field.get("type"), inner)


def _full_name(schema: JsonObject, namespace: str) -> str:
    name = str(schema.get("name", ""))
    own = schema.get("namespace", namespace)
    return name if "." in name or not own else f"{own}.{name}"


def _in_json(schema: Any, path: str = "", *, is_field: bool = False) -> Iterator[Place]:
    if not isinstance(schema, dict):
        return
    for word, key in _ALTERNATIVES.items():
        for index, each in enumerate(_list(schema.get(key))):
            yield from _in_json(each, f"{path}{word}.{index}.")
    yield from _in_json(schema.get("not"), f"{path}not.")
    yield from _in_json(schema.get("items"), f"{path}array.")
    below = {
        f"{word}{name}": each
        for key, word in (("properties", ""), ("definitions", "definitions."), ("$defs", "$defs."))
        for name, each in _dict(schema.get(key)).items()
    }
    if not below and schema.get("type") != "object":
        return
    if not is_field:
        yield f"{path}object", RECORD, schema
    for name, each in below.items():
        if isinstance(each, dict):
            inside = f"{path}object.{name}"
            yield inside, FIELD, each
            yield from _in_json(each, f"{inside}.", is_field=True)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}


_PLACES: Final[dict[Kind, Callable[[Any], Iterator[Place]]]] = {
    Kind.AVRO: _in_avro,
    Kind.JSON: _in_json,
}
