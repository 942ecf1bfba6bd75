"""JSON Schemas with every assertion keyword of three drafts, edits of them, and instances."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

Json = Any

DRAFTS: Final = {
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
NAMES: Final = ("a", "b", "c", "p1")
KEYS: Final = (*NAMES, "p2", "z")
TEXTS: Final = ("", "A", "B", "AB", "pqr", "2026-01-01", "longer text")
NUMBERS: Final = (-2, -1, 0, 1, 2, 3, 5, 6, 1.5, 2.5, 1.0, 10**20)
VALUES: Final = (None, True, False, "A", "B", "AB", 0, 1, 2, 2.5)
TYPES: Final = ("null", "boolean", "string", "integer", "number", "object", "array")


class Drawn:
    """One document while it is drawn: its draft, and the names it may refer to."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.draft = rng.choice((7, 2019, 2020, 2020))
        self.defs = "$defs" if self.draft > 7 else "definitions"
        self.known = rng.sample(("x", "y"), rng.choice((0, 1, 2)))

    def document(self) -> Json:
        rng = self.rng
        root = self.schema(2)
        while not isinstance(root, dict):
            root = self.schema(2)
        if self.draft == 7 and "$ref" in root:
            root = {"allOf": [root]}  # what stands beside a reference does not count
        root = {"$schema": DRAFTS[self.draft], **root}
        if self.known:
            root[self.defs] = {name: self.schema(1) for name in self.known}
        if self.draft == 2020 and rng.random() < 0.03:
            root["$dynamicAnchor"] = "node"
        return root

    def schema(self, depth: int) -> Json:
        """A schema of one shape, with one or two keywords more now and then."""
        rng = self.rng
        if rng.random() < 0.05:
            return rng.random() < 0.5
        shapes = [self.text, self.number, self.plain, self.listed]
        shapes += [self.object, self.object, self.array, self.union] if depth > 0 else []
        shapes += [self.reference] if self.known else []
        made = rng.choice(shapes)(depth)
        if isinstance(made, dict) and "$ref" not in made:
            while rng.random() < 0.25:
                made |= self.condition(made, depth)
        return made

    def plain(self, _: int) -> Json:
        if self.rng.random() < 0.2:
            return {"type": self.rng.sample(TYPES, 2)}
        return {"type": self.rng.choice(TYPES)} if self.rng.random() < 0.9 else {}

    def listed(self, _: int) -> Json:
        if self.rng.random() < 0.3:
            return {"const": self.rng.choice(VALUES)}
        return {"enum": self.rng.sample(VALUES, self.rng.randint(1, 4))}

    def text(self, _: int) -> Json:
        rng = self.rng
        made: Json = {"type": "string"} if rng.random() < 0.9 else {}
        if rng.random() < 0.5:
            made["minLength"] = rng.randint(0, 2)
        if rng.random() < 0.5:
            made["maxLength"] = rng.randint(1, 5)
        if rng.random() < 0.2:
            made["pattern"] = rng.choice(("^A", "B$", "^[A-Z]+$", "q"))
        if rng.random() < 0.1:
            word = rng.choice(("date", "uuid", "email"))  # of a length of their own
            made = {"format": word} | ({"type": "string"} if "type" in made else {})
        return made

    def number(self, _: int) -> Json:
        rng = self.rng
        made: Json = {"type": rng.choice(("integer", "number"))} if rng.random() < 0.9 else {}
        if rng.random() < 0.5:
            made[rng.choice(("minimum", "exclusiveMinimum"))] = rng.choice((-1, 0, 1, 1.5))
        if rng.random() < 0.5:
            made[rng.choice(("maximum", "exclusiveMaximum"))] = rng.choice((2, 3, 5.5))
        if rng.random() < 0.2:
            made["multipleOf"] = rng.choice((1, 2, 0.5, 3))
        return made

    def object(self, depth: int) -> Json:
        rng = self.rng
        names = rng.sample(NAMES, rng.randint(0, 3))
        made: Json = {"type": "object"} if rng.random() < 0.9 else {}
        if names:
            made["properties"] = {name: self.schema(depth - 1) for name in names}
            required = [name for name in names if rng.random() < 0.4]
            if required:
                made["required"] = required
        if rng.random() < 0.4:
            words = ["additionalProperties"]
            words += ["unevaluatedProperties"] if self.draft > 7 else []
            made[rng.choice(words)] = rng.choice((False, False, self.schema(0)))
        if rng.random() < 0.15:
            made["patternProperties"] = {rng.choice(("^p", "^[ab]")): self.schema(0)}
        if rng.random() < 0.1:
            made[rng.choice(("minProperties", "maxProperties"))] = rng.randint(1, 2)
        return made

    def array(self, depth: int) -> Json:
        rng = self.rng
        made: Json = {"type": "array"} if rng.random() < 0.9 else {}
        if rng.random() < 0.3:
            places = [self.schema(depth - 1) for _ in range(rng.randint(1, 2))]
            first, rest = (
                ("prefixItems", "items") if self.draft == 2020 else ("items", "additionalItems")
            )
            made[first] = places
            if rng.random() < 0.5:
                made[rng.choice((rest, rest, *self.unevaluated()))] = rng.choice(
                    (False, self.schema(0))
                )
        elif rng.random() < 0.9:
            made["items"] = self.schema(depth - 1)
        if rng.random() < 0.2:
            made[rng.choice(("minItems", "maxItems"))] = rng.randint(1, 2)
        if rng.random() < 0.15:
            made["uniqueItems"] = True
        return made

    def unevaluated(self) -> tuple[str, ...]:
        return ("unevaluatedItems",) if self.draft > 7 else ()

    def union(self, depth: int) -> Json:
        word = self.rng.choice(("anyOf", "anyOf", "oneOf", "allOf"))
        return {word: [self.schema(depth - 1) for _ in range(self.rng.randint(1, 3))]}

    def reference(self, _: int) -> Json:
        return {"$ref": f"#/{self.defs}/{self.rng.choice(self.known)}"}

    def condition(self, beside: Json, depth: int) -> Json:
        """A keyword that demands more, mostly of what the schema is about."""
        rng, names = self.rng, list(beside.get("properties") or NAMES[:2])
        about = lambda: {**rng.choice(({}, {"required": [rng.choice(names)]})), **self.about(names)}  # noqa: E731
        words = ["not", "if", "allOf", "anyOf"]
        words += ["dependent", "schemas", "names"] if "properties" in beside else []
        words += ["contains"] if "items" in beside or "prefixItems" in beside else []
        match rng.choice(words):
            case "not":
                return {"not": about() if names and "properties" in beside else self.schema(0)}
            case "if":
                arms = rng.choice((("then",), ("else",), ("then", "else")))
                return {"if": about(), **{arm: about() for arm in arms}}
            case "dependent":
                word = "dependentRequired" if self.draft > 7 else "dependencies"
                return {word: {rng.choice(names): rng.sample(NAMES, rng.randint(0, 2))}}
            case "schemas":
                word = "dependentSchemas" if self.draft > 7 else "dependencies"
                return {word: {rng.choice(names): about()}}
            case "names":
                return {"propertyNames": rng.choice(({"enum": names}, {"maxLength": 1}))}
            case "contains":
                counts = [{}, {"minContains": 2}, {"maxContains": 1}, {"minContains": 0}]
                more = rng.choice(counts) if self.draft > 7 else {}
                return {"contains": self.schema(0), **more}
            case word:
                return {word: [self.schema(depth - 1) for _ in range(rng.randint(1, 2))]}
        return {}

    def about(self, names: list[str]) -> Json:
        rng = self.rng
        if rng.random() < 0.6:
            return {"properties": {rng.choice(names): self.schema(0)}} if names else {}
        return rng.choice(({"type": "object"}, {"const": "A"}, {"minimum": 1}, {"maxLength": 1}))


def document(rng: Random) -> Json:
    """A whole document."""
    return Drawn(rng).document()


def has_end(root: Json) -> bool:
    """Whether no definition is in place a part of itself, which no validator can follow."""
    defs = root.get("$defs", root.get("definitions", {}))
    leads = {name: set(_in_place(schema)) for name, schema in defs.items()}
    for name in leads:
        seen, waiting = set(), [name]
        while waiting:
            for each in leads.get(waiting.pop(), ()):
                if each == name:
                    return False
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
    return True


def _in_place(schema: Json) -> Iterator[str]:
    """The definitions that apply to the same value as `schema` does."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for key in ("not", "if", "then", "else"):
        yield from _in_place(schema.get(key))
    for key in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(key, ()):
            yield from _in_place(each)
    for key in ("dependentSchemas", "dependencies"):
        for each in schema.get(key, {}).values():
            yield from _in_place(each)


# --- edits

_SINGLE: Final = (
    "additionalProperties",
    "additionalItems",
    "items",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
)
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_MAPS: Final = (
    "properties",
    "patternProperties",
    "dependentSchemas",
    "dependencies",
    "$defs",
    "definitions",
)


def nodes(schema: Json) -> Iterator[Json]:
    """Every schema of a document that is an object, the outermost first."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in _SINGLE:
        if isinstance(schema.get(key), dict):
            yield from nodes(schema[key])
    for key in _LISTS:
        if isinstance(schema.get(key), list):
            for each in schema[key]:
                yield from nodes(each)
    for key in _MAPS:
        if isinstance(schema.get(key), dict):
            for each in schema[key].values():
                yield from nodes(each)


def _keywords(node: Json) -> list[str]:
    return [
        each for each in node if each not in {"$schema", "$defs", "definitions", "$dynamicAnchor"}
    ]


def _drop(rng: Random, drawn: Drawn, node: Json) -> None:
    words = _keywords(node)
    if words:
        del node[rng.choice(words)]


def _more(rng: Random, drawn: Drawn, node: Json) -> None:
    """A keyword of another schema, or one that demands more."""
    if "$ref" in node:
        return
    other = drawn.schema(0) if rng.random() < 0.6 else drawn.condition(node, 0)
    if isinstance(other, dict) and "$ref" not in other:
        for key in rng.sample(sorted(other), min(len(other), 1)):
            node.setdefault(key, other[key])


def _tweak(rng: Random, drawn: Drawn, node: Json) -> None:
    words = _keywords(node)
    if not words:
        return
    key = rng.choice(words)
    value = node[key]
    match key, value:
        case "type", str():
            near = {"integer": "number", "number": "integer"}.get(value, "string")
            node[key] = rng.choice((near, [value, "null"] if value != "null" else "null"))
        case "type", list():
            node[key] = rng.choice(value)
        case "enum", list():
            more = [each for each in VALUES if repr(each) not in map(repr, value)]
            node[key] = value[:-1] if len(value) > 1 and rng.random() < 0.5 else [*value, *more[:1]]
        case "required", list():
            more = [each for each in NAMES if each not in value]
            node[key] = value[1:] if rng.random() < 0.5 else [*value, *more[:1]]
        case _, bool():
            node[key] = not value
        case "const", _:
            node[key] = rng.choice(VALUES)
        case "multipleOf", _:
            node[key] = rng.choice((1, 2, 4, 0.5, 6))
        case _, int() | float():
            node[key] = max(value + rng.choice((-1, 1)), 0)
        case "anyOf" | "oneOf" | "allOf" | "prefixItems", list():
            if len(value) > 1 and rng.random() < 0.5:
                value.pop(rng.randrange(len(value)))
            else:
                value.append(drawn.schema(0))
        case "properties", dict():
            if value and rng.random() < 0.4:
                del value[rng.choice(sorted(value))]
            else:
                value[rng.choice(NAMES)] = drawn.schema(0)


def _wrap(rng: Random, drawn: Drawn, node: Json) -> None:
    """The same, in an alternative of one."""
    inner = {key: node.pop(key) for key in _keywords(node)}
    if inner:
        node[rng.choice(("allOf", "anyOf", "oneOf"))] = [inner]


def _fresh(rng: Random, drawn: Drawn, node: Json) -> None:
    other = drawn.schema(1)
    if isinstance(other, dict):
        for key in _keywords(node):
            del node[key]
        node |= other


EDITS: Final[tuple[Callable[[Random, Drawn, Json], None], ...]] = (
    _drop,
    _more,
    _more,
    _tweak,
    _tweak,
    _tweak,
    _wrap,
    _fresh,
)


def pair(rng: Random) -> tuple[Json, Json]:
    """Two versions: mostly an edited copy, since two fresh draws are hardly ever compatible."""
    while True:
        old, new = _pair(rng)
        if has_end(old) and has_end(new):
            return old, new


def _pair(rng: Random) -> tuple[Json, Json]:
    drawn = Drawn(rng)
    old = drawn.document()
    if rng.random() < 0.1:
        return old, drawn.document()
    new = copy.deepcopy(old)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        rng.choice(EDITS)(rng, drawn, rng.choice(list(nodes(new))))
    return (old, new) if rng.random() < 0.5 else (new, old)


# --- instances


def instance(rng: Random, root: Json) -> Json:
    """A value that is about what the schema is about; often it is valid, by no means always."""
    return _Values(rng, root).of(root, 3)


class _Values:
    def __init__(self, rng: Random, root: Json) -> None:
        self.rng = rng
        self.defs = root.get("$defs", root.get("definitions", {}))

    def of(self, schema: Json, depth: int) -> Json:
        rng = self.rng
        if not isinstance(schema, dict) or depth <= 0 or rng.random() < 0.08:
            return self.any(depth)
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.of(self.defs.get(name, True), depth - 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return rng.choice(schema["enum"])
        below = [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, ())]
        below += [schema[key] for key in ("if", "then", "else") if key in schema]
        if below and (rng.random() < 0.5 or not set(schema) & {"type", "properties", "items"}):
            return self.of(rng.choice(below), depth)
        kinds = schema.get("type") or self.kinds(schema)
        return self.kind(kinds if isinstance(kinds, str) else rng.choice(kinds), schema, depth)

    def kinds(self, schema: Json) -> tuple[str, ...]:
        words = {
            "object": {"properties", "required", "additionalProperties", "patternProperties"},
            "array": {"items", "prefixItems", "contains"},
            "number": {"minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"},
            "string": {"minLength", "maxLength", "pattern", "format"},
        }
        found = tuple(kind for kind, keys in words.items() if keys & set(schema))
        return (*found, *found, self.rng.choice(TYPES)) if found else TYPES

    def kind(self, kind: str, schema: Json, depth: int) -> Json:
        rng = self.rng
        match kind:
            case "null":
                return None
            case "boolean":
                return rng.random() < 0.5
            case "string":
                return rng.choice(TEXTS)
            case "integer":
                return rng.choice([each for each in NUMBERS if each == int(each)])
            case "number":
                return rng.choice(NUMBERS)
            case "object":
                return self.object(schema, depth)
        return self.array(schema, depth)

    def object(self, schema: Json, depth: int) -> Json:
        rng, properties = self.rng, schema.get("properties", {})
        keys = [each for each in properties if rng.random() < 0.6]
        keys += [each for each in schema.get("required", ()) if rng.random() < 0.9]
        keys += [rng.choice(KEYS)] if rng.random() < 0.3 else []
        other = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        patterns = list(schema.get("patternProperties", {}).values()) or [other]
        return {
            key: self.of(properties.get(key, rng.choice((other, *patterns))), depth - 1)
            for key in dict.fromkeys(keys)
        }

    def array(self, schema: Json, depth: int) -> Json:
        rng = self.rng
        items = schema.get("items", True)
        places = schema.get("prefixItems", items if isinstance(items, list) else [])
        rest = schema.get("additionalItems", True) if isinstance(items, list) else items
        rest = rng.choice((rest, schema.get("contains", rest)))
        return [
            self.of(places[n] if n < len(places) else rest, depth - 1)
            for n in range(rng.choice((0, 1, 1, 2, 2, 3)))
        ]

    def any(self, depth: int) -> Json:
        rng = self.rng
        if depth > 0 and rng.random() < 0.3:
            return {key: self.any(depth - 1) for key in rng.sample(KEYS, rng.randint(0, 2))}
        if depth > 0 and rng.random() < 0.3:
            return [self.any(depth - 1) for _ in range(rng.randint(0, 2))]
        return rng.choice((*VALUES, *TEXTS, *NUMBERS))
