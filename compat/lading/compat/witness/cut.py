"""What a schema of an API document makes of one value, tried by jsonschema-rs.

Of the schema only what the value touches is cut out and compiled: in a large document nearly every
schema leads to nearly every other. OpenAPI 3.0 is put into the words of JSON Schema on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import jsonschema_rs

from lading.model.firewall import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Way: TypeAlias = Literal["request", "response"]
Errors: TypeAlias = "list[tuple[tuple[str | int, ...], str]]"
"""(where in the value, what is wrong there)."""

_DEEPEST: Final = 60
_MOST: Final = 5_000
"""Schemas that one value is held against, at most."""
_LISTS: Final = ("allOf", "anyOf", "oneOf")
_SAME: Final = ("not", "if", "then", "else")
_MEMBERS: Final = ("additionalProperties", "unevaluatedProperties")
_ITEMS: Final = ("items", "contains", "unevaluatedItems", "additionalItems")
_MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "prefixItems")
_NESTED: Final = frozenset({*_LISTS, *_SAME, *_MEMBERS, *_ITEMS, *_MAPS, "propertyNames"})
_OLD: Final = frozenset({"nullable", "exclusiveMinimum", "exclusiveMaximum", "required"})
"""What OpenAPI 3.0 means something else by."""
_BEYOND: Final = frozenset({"$dynamicRef", "$recursiveRef", "$id", "$schema"})
_UNSAID: Final = frozenset(
    {"$defs", "definitions", "$anchor", "$dynamicAnchor", "example", "examples", "discriminator"}
)
_OLD_BOUNDS: Final = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))
_BITS: Final = {"int32": 31, "int64": 63}


class UnreadableError(Exception):
    """The schema leads out of its document, or round in a circle; it cannot be tried."""


def errors(root: dict[str, Any], schema: Any, value: Any, way: Way) -> Errors:
    """Everything that `schema`, a part of the document `root`, finds wrong with `value`.

    Args:
        root: the whole document, which references lead into.
        schema: the schema as it is written there.
        value: what is tried.
        way: OpenAPI 3.0 asks for no ``readOnly`` property in requests, and for no ``writeOnly``
            one in responses, although they are listed in ``required``.

    Raises:
        UnreadableError: it cannot be tried.
    """
    made = _Cut(root, way).about(schema, [value], 0)
    try:
        validator = jsonschema_rs.Draft202012Validator(made, validate_formats=True)
        found = list(validator.iter_errors(value))
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise UnreadableError from error
    return [(place, each.message) for each in found for place in _places(each)]


def _places(error: Any) -> Iterator[tuple[str | int, ...]]:
    """Where an error is: of a property that is missing, or is too much, where that would be."""
    here = tuple(error.instance_path)
    named = [getattr(error.kind, "property", None), *getattr(error.kind, "unexpected", ())]
    names = [each for each in named if isinstance(each, str)]
    yield from ((*here, each) for each in names)
    if not names:
        yield here


class _Cut:
    def __init__(self, root: dict[str, Any], way: Way) -> None:
        self.root = root
        self.is_old = str(root.get("openapi", "")).startswith("3.0")
        self.idle = "readOnly" if way == "request" else "writeOnly"
        self.met = 0

    def about(self, schema: Any, values: Sequence[Any], depth: int) -> Any:
        """`schema` as far as it speaks of `values`."""
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else True
        if not values:
            return True
        self.met += 1
        if depth > _DEEPEST or self.met > _MOST or _BEYOND & schema.keys():
            raise UnreadableError
        if isinstance(schema.get("$ref"), str):
            return self._referred(schema, values, depth + 1)
        made = {
            key: self._keyword(key, value, values, depth + 1) if key in _NESTED else value
            for key, value in schema.items()
            if key not in _UNSAID
        }
        if self.is_old and not _OLD.isdisjoint(made):
            made = self._as_new(made, schema)
        if "format" in made:
            made = self._bounded(made)
        return self._picked(made, schema) if "discriminator" in schema else made

    def _referred(self, schema: dict[str, Any], values: Sequence[Any], depth: int) -> Any:
        target = self.about(resolved(self.root, schema["$ref"]), values, depth)
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        if self.is_old or not beside:  # 3.0, Reference Object: what stands beside is ignored
            return target
        made = self.about(beside, values, depth)
        return {**made, "allOf": [*made.get("allOf", ()), target]}

    def _keyword(self, key: str, value: Any, values: Sequence[Any], depth: int) -> Any:
        if key in _LISTS and isinstance(value, list):
            return [self.about(each, values, depth) for each in value]
        if key in _SAME:
            return self.about(value, values, depth)
        if key in _MEMBERS:
            return self.about(value, _members(values), depth)
        if key == "propertyNames":
            return self.about(value, [name for each in _objects(values) for name in each], depth)
        if key in _ITEMS and isinstance(value, dict | bool):
            return self.about(value, [one for each in _arrays(values) for one in each], depth)
        return self._many(key, value, values, depth) if key in _MAPS else value

    def _many(self, key: str, value: Any, values: Sequence[Any], depth: int) -> Any:
        objects = _objects(values)
        if key == "prefixItems" and isinstance(value, list):
            items = [one for each in _arrays(values) for one in each]
            return [self.about(each, items, depth) for each in value]
        if not isinstance(value, dict):
            return value
        if key == "properties":
            names = {name for each in objects for name in each if name in value}
            return {
                name: self.about(value[name], [o[name] for o in objects if name in o], depth)
                for name in sorted(names)
            }
        inner: Sequence[Any] = values if key == "dependentSchemas" else _members(values)
        return {name: self.about(each, inner, depth) for name, each in value.items()}

    def _as_new(self, made: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        """OpenAPI 3.0 (Schema Object) in the words of 2020-12.

        ``nullable`` adds null to the `type` beside it, and to nothing else (3.0.3).
        """
        if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        for strict, plain in _OLD_BOUNDS:
            if isinstance(made.get(strict), bool) and made.pop(strict) and plain in made:
                made[strict] = made.pop(plain)
        if isinstance(made.get("required"), list):
            made["required"] = [
                name for name in made["required"] if not self._is_idle(schema, name)
            ]
        return made

    def _is_idle(self, schema: dict[str, Any], name: Any) -> bool:
        properties = schema.get("properties")
        node = properties.get(name) if isinstance(properties, dict) else None
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            node = resolved(self.root, node["$ref"])
        return isinstance(node, dict) and node.get(self.idle) is True

    def _bounded(self, made: dict[str, Any]) -> dict[str, Any]:
        """``int32`` and ``int64`` are numbers of so many bits (OpenAPI, Data Types)."""
        bits = _BITS.get(str(made.get("format")))
        if bits is None:
            return made
        bounds = {"minimum": -(2**bits), "maximum": 2**bits - 1}
        return {**made, "allOf": [*made.get("allOf", ()), bounds]}

    def _picked(self, made: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        """A reader picks the alternative by the discriminator: it has to name one of them."""
        said = schema.get("discriminator")
        sides = [schema.get(each) for each in ("oneOf", "anyOf")]
        listed = _objects(each for side in sides if isinstance(side, list) for each in side)
        if not isinstance(said, dict) or not listed or "defaultMapping" in said:
            return made
        key = said.get("propertyName")
        if not isinstance(key, str):
            return made
        names = [str(each.get("$ref", "")).rpartition("/")[2] for each in listed]
        named = {"enum": [*said.get("mapping", ()), *names]}
        asked = {
            "required": [key],
            "properties": {key: {"if": {"type": ["string", "null"]}, "then": named}},
        }
        return {
            **made,
            "allOf": [*made.get("allOf", ()), {"if": {"type": "object"}, "then": asked}],
        }


def resolved(root: dict[str, Any], text: str) -> Any:
    """What a reference into the document names.

    Raises:
        UnreadableError: it leads elsewhere, or nowhere.
    """
    file, pointer = split(text)
    node: Any = root
    for step in () if file else pointer:
        if isinstance(node, list) and str(step).isdecimal() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[str(step)]
        else:
            raise UnreadableError
    if file:
        raise UnreadableError
    return node


def _objects(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [each for each in values if isinstance(each, dict)]


def _arrays(values: Iterable[Any]) -> list[list[Any]]:
    return [each for each in values if isinstance(each, list)]


def _members(values: Iterable[Any]) -> list[Any]:
    return [one for each in _objects(values) for one in each.values()]
