# ruff: noqa: PLR2004 - chances of a draw
"""Values drawn for a pair of JSON Schemas, for what no directed search has found an example of.

Drawing is seeded by the finding, so that the same pair always shows the same example.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Any, Final

from lading.compat.witness.formats import FORMATS
from lading.model.pointers import MISSING, resolve, split

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: Final = ("null", "boolean", "string", "integer", "number", "object", "array")
_SPEAKS_OF: Final[dict[str, frozenset[str]]] = {
    "object": frozenset({"properties", "required", "additionalProperties", "patternProperties"}),
    "array": frozenset({"items", "prefixItems", "contains", "additionalItems"}),
    "number": frozenset({"minimum", "maximum", "multipleOf", "exclusiveMinimum"}),
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
}
_PARTS: Final = ("allOf", "anyOf", "oneOf")
_ARMS: Final = ("if", "then", "else", "not")
_SIZED: Final = {"minProperties", "maxProperties"}
_DEEPEST: Final = 6
_LONGEST: Final = 300
"""Characters of a text, and items of a list, at most."""


def drawn(old: Any, new: Any, seed: str, count: int) -> Iterator[Any]:
    """`count` values that are about what two schemas speak of; many are valid, by no means all."""
    rng = Random(seed)  # noqa: S311 - examples, no secrets
    words = _Words(old, new)
    makers = [_Maker(rng, root, words) for root in (old, new)]
    for index in range(count):
        maker = makers[index % 2]
        yield maker.of(maker.root, 0)


class _Words:
    """What both schemas mention: constants, names, and sizes with their neighbours."""

    def __init__(self, *roots: Any) -> None:
        self.values: list[Any] = [None, True, False, 0, 1, -1, 1.5, "", "text", [], {}]
        self.names: list[str] = ["x-other"]
        self.numbers: list[Any] = [0, 1, -1, 1.5]
        self.sizes: list[int] = [0, 1, 2, 3]
        for root in roots:
            self._gather(root)
        texts = {str(each) for each in self.values if isinstance(each, str)}
        letters = {"x", "A", "1", *(each for each in texts if each)}
        stretched = {(each * size)[:size] for each in letters for size in self.sizes}
        self.texts = sorted({*texts, *stretched, *FORMATS.values()})

    def _gather(self, node: Any) -> None:
        waiting = [node]
        while waiting:
            each = waiting.pop()
            if isinstance(each, list):
                waiting += each
            if not isinstance(each, dict):
                continue
            for key, value in each.items():
                self._keyword(key, value)
            waiting += each.values()

    def _keyword(self, key: str, value: Any) -> None:
        match key, value:
            case "const", _:
                self.values.append(value)
            case "enum", list():
                self.values += value
            case "properties", dict():
                self.names += value
            case "required", list():
                self.names += [each for each in value if isinstance(each, str)]
            case "patternProperties", dict():
                self.names += map(_letters, value)
            case "pattern", str():
                self.values.append(_letters(value))
            case _, bool():
                return
            case str(), int() if key.startswith(("min", "max")) and key not in _BOUNDS:
                self.sizes += [
                    each for each in (value - 1, value, value + 1) if 0 <= each <= _LONGEST
                ]
            case str(), int() | float() if key in _BOUNDS:
                self.numbers += [value, value + 1, value - 1, value + 0.5, value * 2, value * 3]
                self.numbers += [-value] if key == "multipleOf" else []


def _letters(pattern: str) -> str:
    """A text that a simple pattern matches: its own letters."""
    return re.sub(r"\[(.)[^]]*\]|[^\w-]", r"\1", pattern[:_LONGEST])


_BOUNDS: Final = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)


class _Maker:
    """Draws values of one schema, and now and then of something else."""

    def __init__(self, rng: Random, root: Any, words: _Words) -> None:
        self.rng = rng
        self.root = root
        self.words = words

    def of(self, schema: Any, depth: int) -> Any:
        rng = self.rng
        if not isinstance(schema, dict) or depth > _DEEPEST or rng.random() < 0.08:
            return self._any(depth)
        if isinstance(schema.get("$ref"), str):
            return self.of(self._target(schema["$ref"]), depth + 1)
        if "const" in schema and rng.random() < 0.9:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"] and rng.random() < 0.9:
            return rng.choice(schema["enum"])
        inner = [each for key in _PARTS for each in _listed(schema.get(key))]
        inner += [schema[key] for key in _ARMS if key in schema]
        if inner and (rng.random() < 0.5 or not schema.keys() & {"type", "properties", "items"}):
            return self._laid_over(schema, rng.choice(inner), depth)
        return self._kind(self._kind_of(schema), schema, depth)

    def _laid_over(self, schema: Any, part: Any, depth: int) -> Any:
        """A value of a part; where both make objects, one with the fields of both."""
        value = self.of(part, depth + 1)
        if isinstance(value, dict) and "properties" in schema:
            return {**self._object(schema, depth), **value}
        return value

    def _target(self, text: str) -> Any:
        file, pointer = split(text)
        node = MISSING if file else resolve(self.root, pointer)
        return True if node is MISSING else node

    def _kind_of(self, schema: Any) -> str:
        said = schema.get("type")
        if isinstance(said, str) and said in _TYPES:
            return said
        listed = [each for each in _listed(said) if each in _TYPES]
        spoken = [kind for kind, keys in _SPEAKS_OF.items() if keys & schema.keys()]
        return str(self.rng.choice(listed or [*spoken * 2, *(() if spoken else _TYPES), "null"]))

    def _kind(self, kind: str, schema: Any, depth: int) -> Any:  # noqa: PLR0911 - one per type
        rng = self.rng
        match kind:
            case "null":
                return None
            case "boolean":
                return rng.random() < 0.5
            case "string":
                return rng.choice(self.words.texts)
            case "integer":
                return rng.choice([each for each in self.words.numbers if each == int(each)])
            case "number":
                return rng.choice(self.words.numbers)
            case "object":
                return self._object(schema, depth)
        return self._array(schema, depth)

    def _object(self, schema: Any, depth: int) -> dict[str, Any]:
        rng, properties = self.rng, schema.get("properties")
        known = properties if isinstance(properties, dict) else {}
        keys = [each for each in known if rng.random() < 0.5]
        keys += [each for each in _listed(schema.get("required")) if rng.random() < 0.9]
        keys += [rng.choice(self.words.names)] if rng.random() < 0.4 else []
        if _SIZED & schema.keys():
            spare = [*self.words.names, *(f"x-{each}" for each in range(max(self.words.sizes)))]
            keys += rng.sample(spare, min(rng.choice(self.words.sizes), len(spare)))
        other = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        return {str(key): self.of(known.get(key, other), depth + 1) for key in dict.fromkeys(keys)}

    def _array(self, schema: Any, depth: int) -> list[Any]:
        rng, items = self.rng, schema.get("items", True)
        places = _listed(schema.get("prefixItems")) or _listed(items)
        rest = schema.get("additionalItems", True) if isinstance(items, list) else items
        made: list[Any] = []
        for index in range(min(rng.choice(self.words.sizes), 12)):
            each = places[index] if index < len(places) else rest
            again = made and rng.random() < 0.3
            made.append(rng.choice(made) if again else self.of(each, depth + 1))
        return made

    def _any(self, depth: int) -> Any:
        rng = self.rng
        if depth < _DEEPEST and rng.random() < 0.2:
            return {rng.choice(self.words.names): self._any(depth + 1)}
        if depth < _DEEPEST and rng.random() < 0.2:
            return [self._any(depth + 1)]
        return rng.choice(rng.choice((self.words.values, self.words.texts, self.words.numbers)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
