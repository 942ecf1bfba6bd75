"""What a schema of an API document makes of one value, tried by jsonschema-rs.

Of the schema only what the value touches is cut out and compiled: in a large document nearly every
schema leads to nearly every other. OpenAPI 3.0 is put into the words of JSON Schema on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import jsonschema_rs

from lading.model.pointers import MISSING, resolve, split

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
BITS: Final = {"int32": 31, "int64": 63}
"""Formats of whole numbers, and how many bits such a number has beside its sign."""


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

    def about(
        self, schema: Any, values: Sequence[Any], depth: int, *, is_part: bool = False
    ) -> Any:
        """`schema` as far as it speaks of `values`.

        As a part of what builds on it, it is no choice of what builds on it.
        """
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else True
        if not values:
            return True
        self.met += 1
        if depth > _DEEPEST or self.met > _MOST or _BEYOND & schema.keys():
            raise UnreadableError
        if isinstance(schema.get("$ref"), str):
            return self._referred(schema, values, depth + 1, is_part=is_part)
        made = {
            key: self._keyword(key, value, values, depth + 1) if key in _NESTED else value
            for key, value in schema.items()
            if key not in _UNSAID
        }
        if self.is_old and not _OLD.isdisjoint(made):
            made = self._as_new(made, schema)
        if "format" in made:
            made = self._bounded(made)
        if not isinstance(schema.get("discriminator"), dict):
            return made
        named = self._alternatives(schema) or ({} if is_part else self._builders(schema))
        return self._picked(made, schema["discriminator"], named, values, depth) if named else made

    def _referred(
        self, schema: dict[str, Any], values: Sequence[Any], depth: int, *, is_part: bool
    ) -> Any:
        target = self.about(resolved(self.root, schema["$ref"]), values, depth, is_part=is_part)
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        if self.is_old or not beside:  # 3.0, Reference Object: what stands beside is ignored
            return target
        made = self.about(beside, values, depth)
        return {**made, "allOf": [*made.get("allOf", ()), target]}

    def _keyword(self, key: str, value: Any, values: Sequence[Any], depth: int) -> Any:
        if key in _LISTS and isinstance(value, list):
            parts = key == "allOf" and len(value) > 1
            return [self.about(each, values, depth, is_part=parts) for each in value]
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
        bits = BITS.get(str(made.get("format")))
        if bits is None:
            return made
        bounds = {"minimum": -(2**bits), "maximum": 2**bits - 1}
        return {**made, "allOf": [*made.get("allOf", ()), bounds]}

    def _alternatives(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The alternatives by what names them."""
        sides = [schema.get(each) for each in ("oneOf", "anyOf")]
        listed = _objects(each for side in sides if isinstance(side, list) for each in side)
        texts = [str(each.get("$ref", "")) for each in listed]
        own = {text.rpartition("/")[2]: {"$ref": text} for text in texts if text}
        named = own | self._mapped(schema)
        return named if listed else {}

    def _builders(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What builds on a component by ``allOf``, and the component itself, by what names them."""
        components = self.root.get("components")
        listed = components.get("schemas") if isinstance(components, dict) else None
        nodes = listed if isinstance(listed, dict) else {}
        found = [name for name, node in nodes.items() if node is schema]
        for each in found:
            text = f"#/components/schemas/{each}"
            found += [
                name
                for name, node in nodes.items()
                if name not in found and {"$ref": text} in _parts(node)
            ]
        own = {name: nodes[name] for name in found}
        return own | self._mapped(schema) if len(own) > 1 else {}

    def _mapped(self, schema: dict[str, Any]) -> dict[str, Any]:
        mapping = schema["discriminator"].get("mapping")
        texts = mapping if isinstance(mapping, dict) else {}
        return {
            value: {"$ref": text if "#" in str(text) else f"#/components/schemas/{text}"}
            for value, text in texts.items()
        }

    def _picked(
        self,
        made: dict[str, Any],
        said: dict[str, Any],
        named: dict[str, Any],
        values: Sequence[Any],
        depth: int,
    ) -> dict[str, Any]:
        """A reader picks the alternative by the discriminator, which names it, and goes by that."""
        key = said.get("propertyName")
        if not isinstance(key, str) or "defaultMapping" in said:
            return made
        is_one = {"if": {"type": ["string", "null"]}, "then": {"enum": [*named]}}
        asked = [{"required": [key], "properties": {key: is_one}}]
        for value, node in named.items():
            those = [each for each in _objects(values) if each.get(key) == value]
            if those:
                test = {"required": [key], "properties": {key: {"const": value}}}
                chosen = self.about(node, those, depth + 1, is_part=True)
                asked.append({"if": test, "then": chosen})
        picked = {"if": {"type": "object"}, "then": {"allOf": asked}}
        return {**made, "allOf": [*made.get("allOf", ()), picked]}


def _parts(node: Any) -> list[Any]:
    parts = node.get("allOf") if isinstance(node, dict) else None
    return parts if isinstance(parts, list) else []


def resolved(root: dict[str, Any], text: str) -> Any:
    """What a reference into the document names.

    Raises:
        UnreadableError: it leads elsewhere, or nowhere.
    """
    file, pointer = split(text)
    node = MISSING if file else resolve(root, pointer)
    if node is MISSING:
        raise UnreadableError
    return node


def _objects(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [each for each in values if isinstance(each, dict)]


def _arrays(values: Iterable[Any]) -> list[list[Any]]:
    return [each for each in values if isinstance(each, list)]


def _members(values: Iterable[Any]) -> list[Any]:
    return [one for each in _objects(values) for one in each.values()]
