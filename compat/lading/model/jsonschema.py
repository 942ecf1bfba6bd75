"""JSON Schema in normal form (drafts 7, 2019-09 and 2020-12, and the dialects of OpenAPI).

What the normal form cannot say becomes `Opaque`: compared by text, and undecided when it differs. A
schema that has only object keywords is read as an object, as the authors of such schemas mean it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from lading.model.firewall import split
from lading.model.notes import Notes, kind_of
from lading.model.schema import (
    NO_DEFAULT,
    NO_LIMITS,
    Anything,
    Array,
    Enum,
    Field,
    Limits,
    Logical,
    Nothing,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)
from lading.model.schema import Opaque as OpaqueNode
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.model.document import Document, JsonValue, Origin, Pointer
    from lading.model.schema import Schema

_TYPES: Final = {
    "null": ScalarType.NULL,
    "boolean": ScalarType.BOOLEAN,
    "integer": ScalarType.INTEGER,
    "number": ScalarType.NUMBER,
    "string": ScalarType.STRING,
}
_UNDECIDED: Final = frozenset(
    {
        "$dynamicRef",
        "$recursiveRef",
        "additionalItems",
        "contains",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "maxContains",
        "minContains",
        "not",
        "prefixItems",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
_NOTES: Final = frozenset(
    {
        "$anchor",
        "$comment",
        "$defs",
        "$dynamicAnchor",
        "$id",
        "$schema",
        "$vocabulary",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    }
)
_IDLE: Final = _NOTES - {"nullable", "discriminator"}
"""Keywords that neither assert anything nor decide how a value is read."""
_DATA: Final = frozenset({"const", "enum", "required", "type", "dependentRequired"})
_BY_NAME: Final = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"}
)
_OBJECT: Final = frozenset(
    {
        "additionalProperties",
        "maxProperties",
        "minProperties",
        "patternProperties",
        "properties",
        "required",
    }
)
_ARRAY: Final = frozenset({"items", "maxItems", "minItems", "uniqueItems"})
_STRING: Final = frozenset({"format", "maxLength", "minLength", "pattern"})
_NUMBER: Final = frozenset(
    {
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "maximum",
        "minimum",
        "multipleOf",
    }
)
_BY_TYPE: Final = {
    "object": _OBJECT,
    "array": _ARRAY,
    "string": _STRING,
    "number": _NUMBER,
    "integer": _NUMBER,
    "boolean": frozenset[str](),
    "null": frozenset[str](),
}
_COMBINED: Final = ("allOf", "anyOf", "oneOf")
_LIMITS: Final = {
    "minimum": "minimum",
    "maximum": "maximum",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
    "minProperties": "min_properties",
    "maxProperties": "max_properties",
}
_LEADS: Final = ("$ref", "$dynamicRef", "$recursiveRef")
"""Keywords that lead to another schema."""
MAX_CLOSURES: Final = 20_000
"""Most schemas copied into opaque nodes; small documents can otherwise ask for their square."""
_MAX_STEPS: Final = 20
"""Longest chain of types that only refer to types."""
_BOUNDS: Final = frozenset(
    {"exclusiveMaximum", "exclusiveMinimum", "maxLength", "maximum", "minLength", "minimum"}
)
"""What can be tried on the values of an enum without running anybody's pattern."""
_LIMITING: Final = frozenset(_LIMITS) | {
    "exclusiveMaximum",
    "exclusiveMinimum",
    "pattern",
    "uniqueItems",
}
_COUNTS: Final = frozenset(_LIMITS) - {"minimum", "maximum", "multipleOf"}
_KNOWN: Final = (
    _UNDECIDED
    | _NOTES
    | _OBJECT
    | _ARRAY
    | _STRING
    | _NUMBER
    | {"$ref", "type", "enum", "const", *_COMBINED}
)
_ASSERTING: Final = _KNOWN - _NOTES
_LEAF: Final = frozenset({"maxLength", "type"})
_NO_LEAF: Final = frozenset({"$defs", "definitions", "x-extensible-enum"})
_TAGS: Final = (
    "owner",
    "classification",
    "pii",
    "unit",
    "codelist",
    "taxonomy",
    "definition",
    "scheme",
)
_TAGGED: Final = {f"x-{each}": each for each in _TAGS}


@dataclass(frozen=True, slots=True)
class Expected:
    """A type that was referred to and is still to be read."""

    reader: JsonSchemaReader
    target: Any
    pointer: Pointer

    def read(self) -> Schema:
        """The type."""
        schema = self.reader.schema(self.target, self.pointer)
        return _named(schema, _name(self.pointer)) if self.pointer else schema


class Types:
    """The named types found so far, over all documents that are reached."""

    def __init__(self, references: Mapping[str, Document]) -> None:
        self.references = references
        self.types: dict[str, Schema] = {}
        self.used: dict[str, Document] = {}
        """Foreign documents in order of first use, by the name they were used under."""
        self.notes: dict[str, Notes] = {}

        self.closures = 0
        """How many targets have been written into opaque nodes."""
        self.is_full = False
        self._expected: dict[str, Expected] = {}
        self._depth = 0

    def expect(self, name: str, expected: Expected) -> None:
        """Remember to read a type; reading it at once would recurse along every chain of names."""
        self._expected.setdefault(name, expected)
        self.types.setdefault(name, Ref(name))

    def settle(self) -> None:
        """Read everything that is expected, and note types that only lead to themselves."""
        while self._expected:
            self._read(next(iter(self._expected)))
        for name in self._loops():
            origin = self.types[name].at
            notes = self.notes.get(origin.document) if origin else None
            if origin and notes:
                message = f"`{name}` leads to itself and describes nothing"
                notes.add("LAD012", origin.pointer, message)

    def now(self, name: str) -> Schema:
        """The type `name`, read now if it was not yet; a `Ref` to itself when it cannot be."""
        if name in self._expected and self._depth < _MAX_STEPS:
            self._depth += 1
            self._read(name)
            self._depth -= 1
        return self.types.get(name, Ref(name))

    def _read(self, name: str) -> None:
        expected = self._expected.pop(name)
        self.types[name] = expected.read()

    def _loops(self) -> Iterator[str]:
        """The types that are only names of each other."""
        cleared: set[str] = set()
        for start in self.types:
            walk: dict[str, None] = {}
            name = start
            while name not in walk and name not in cleared:
                walk[name] = None
                schema = self.types.get(name)
                if not isinstance(schema, Ref):
                    break
                name = schema.name
            else:
                if name in walk:
                    yield from list(walk)[list(walk).index(name) :]
            cleared.update(walk)

    def at(self, document: Document) -> Notes:
        """The notes of `document`."""
        return self.notes.setdefault(document.name, Notes(document))


def read_json_schema(document: Document, types: Types) -> Schema:
    """The schema that `document` is, with its types put into `types`."""
    reader = JsonSchemaReader(document, types)
    schema = reader.schema(document.value, ())
    for key in ("$defs", "definitions"):
        reader.definitions((key,))
    types.settle()
    return schema


class JsonSchemaReader:
    """Reads the schemas of one document."""

    def __init__(self, document: Document, types: Types, *, prefix: str = "") -> None:
        self.document = document
        self.types = types
        self.notes = types.at(document)
        self.prefix = prefix
        """Put before the names of this document's types when another owns the plain ones."""

    def schema(self, node: JsonValue, at: Pointer) -> Schema:
        """Any schema node."""
        origin = self.notes.origin(at)
        if isinstance(node, bool):
            return Anything(at=origin) if node else Nothing(at=origin)
        if not isinstance(node, dict):
            self.notes.add(
                "LAD010", at, f"a schema is an object or true/false, not {kind_of(node)}"
            )
            return Anything(at=origin)
        schema: Schema | None = _leaf(node, origin)
        if schema is None:
            plain = _without(node, "nullable") if "nullable" in node else node
            schema = self._node(plain, at, origin)
        return _or_null(schema, origin) if node.get("nullable") is True else schema

    def definitions(self, at: Pointer) -> None:
        """Read every schema of the object at `at`, so that what nobody uses is checked as well."""
        found = _resolve(self.document.value, at)
        for name in found if isinstance(found, dict) else ():
            spelled = "#" + "".join(f"/{_escaped(str(step))}" for step in (*at, name))
            self._ref(spelled, (*at, name))

    def _node(self, node: dict[str, Any], at: Pointer, origin: Origin) -> Schema:
        asserting = node.keys() & _ASSERTING
        self._check(node, at)
        undecided = asserting & _UNDECIDED | _undecided_words(node)
        if undecided:
            return self._opaque(node, undecided, origin)
        if "$ref" in node:
            if asserting == {"$ref"}:
                return self._ref(node["$ref"], (*at, "$ref"))
            target, beside = {"$ref": node["$ref"]}, _without(node, "$ref")
            return self._all_of({"allOf": [target, beside]}, at, origin)
        combined: list[str] = [key for key in _COMBINED if key in asserting]
        if combined:
            return self._combination(node, combined, asserting, at, origin)
        if "const" in asserting or "enum" in asserting:
            return self._enum(node, asserting, origin)
        return self._typed(node, asserting, at, origin)

    def _check(self, node: dict[str, Any], at: Pointer) -> None:
        """Note keywords with values no validator would take."""
        for key in node.keys() & _SHAPES.keys():
            is_right, what = _SHAPES[key]
            if not is_right(node[key]):
                self.notes.add("LAD010", (*at, key), f"`{key}` must be {what}")
        for name in _types_of(node):
            if name not in _BY_TYPE:
                hint = did_you_mean(name, _BY_TYPE)
                message = f"`{name}` is not a type of JSON Schema"
                self.notes.add("LAD010", (*at, "type"), message, hint=hint)
        listed = node.get("required")
        if _is_list(listed):
            for index, name in enumerate(listed):
                if not isinstance(name, str):
                    message = "`required` lists names of properties"
                    self.notes.add("LAD010", (*at, "required", index), message)

    # --- references

    def _ref(self, text: Any, at: Pointer) -> Schema:
        origin = self.notes.origin(at)
        if not isinstance(text, str):
            self.notes.add("LAD010", at, "`$ref` must be text")
            return Anything(at=origin)
        file, pointer = split(text)
        if file:
            return self._foreign(file, pointer, text, at)
        if text not in {"", "#"} and not pointer:
            return Anything(at=origin)  # an anchor, which the firewall has noted
        name = self.prefix + _name(pointer)
        if name not in self.types.types:
            target = _resolve(self.document.value, pointer)
            if target is _MISSING:
                self.notes.add(
                    "LAD012",
                    at,
                    f"`{text}` points at nothing",
                    hint=_near(self.document.value, pointer),
                )
                return Anything(at=origin)
            self.types.expect(name, Expected(self, target, pointer))
        return Ref(name, at=origin)

    def _foreign(self, file: str, pointer: Pointer, text: str, at: Pointer) -> Schema:
        origin = self.notes.origin(at)
        document = self.types.references.get(file)
        if document is None:
            self.notes.add(
                "LAD013",
                at,
                f"`{text}` leads out of the workspace, and is not followed",
                hint="refer to this document, a file of the workspace, or a registered contract",
            )
            return Anything(at=origin)
        self.types.used.setdefault(file, document)
        reader = JsonSchemaReader(document, self.types, prefix=f"{file}#")
        if not pointer:
            if file not in self.types.types:
                self.types.expect(file, Expected(reader, document.value, ()))
            return Ref(file, at=origin)
        target = _resolve(document.value, pointer)
        if target is _MISSING:
            hint = _near(document.value, pointer)
            self.notes.add("LAD012", at, f"`{text}` points at nothing", hint=hint)
            return Anything(at=origin)
        name = reader.prefix + _name(pointer)
        if name not in self.types.types:
            self.types.expect(name, Expected(reader, target, pointer))
        return Ref(name, at=origin)

    # --- shapes

    def _opaque(self, node: dict[str, Any], keywords: set[str], origin: Origin) -> Schema:
        text = json.dumps(
            {"schema": _meaning(node), "refs": dict(self._closure(node))},
            sort_keys=True,
            separators=(",", ":"),
        )
        if self.types.closures >= MAX_CLOSURES and not self.types.is_full:
            self.types.is_full = True
            message = "too many schemas use keywords that cannot be decided, and use each other"
            self.notes.add("LAD003", origin.pointer, message, hint="split the document")
        return OpaqueNode(tuple(sorted(keywords)), text, at=origin)

    def _closure(self, node: Any) -> Iterator[tuple[str, Any]]:
        """Every target that `node` reaches: a change there changes what the node means."""
        seen: set[tuple[str, str]] = set()
        waiting = [(node, self.document)]
        while waiting and self.types.closures < MAX_CLOSURES:
            node, home = waiting.pop()
            for text in _refs(node):
                if (home.name, text) in seen:
                    continue
                seen.add((home.name, text))
                file, pointer = split(text)
                document = self.types.references.get(file) if file else home
                target = _resolve(document.value, pointer) if document else _MISSING
                if document is None or target is _MISSING:
                    continue  # noted by the firewall, or where the reference is read
                if file:
                    self.types.used.setdefault(file, document)
                self.types.closures += 1
                yield (text if home is self.document else f"{home.name}{text}"), _meaning(target)
                waiting.append((target, document))

    def _combination(
        self,
        node: dict[str, Any],
        combined: list[str],
        asserting: set[str],
        at: Pointer,
        origin: Origin,
    ) -> Schema:
        key = combined[0]
        if not isinstance(node[key], list):  # `_check` has said so
            return self._opaque(node, set(combined), origin)
        if key == "allOf" and len(combined) == 1:
            rest = {k: v for k, v in node.items() if k in asserting and k != "allOf"}
            return self._all_of(node if not rest else {"allOf": [*node["allOf"], rest]}, at, origin)
        beside = asserting - set(combined) - {"type"}
        if len(combined) > 1 or beside:
            return self._opaque(node, set(combined), origin)
        branches = tuple(
            self.schema(each, (*at, key, index)) for index, each in enumerate(node[key])
        )
        name, mapping = _discriminator(node)
        return _union(
            branches,
            Union(
                branches, discriminator=name, mapping=mapping, exclusive=key == "oneOf", at=origin
            ),
        )

    def _all_of(self, node: dict[str, Any], at: Pointer, origin: Origin) -> Schema:
        parts = node["allOf"]
        if not isinstance(parts, list):
            return Anything(at=origin)
        read = [self.schema(each, (*at, "allOf", index)) for index, each in enumerate(parts)]
        schemas = [each for each in read if not isinstance(each, Anything)]
        if not schemas:
            return Anything(at=origin)
        if len(schemas) == 1 or all(each == schemas[0] for each in schemas):
            return schemas[0]
        records = [self._record_behind(each) for each in schemas]
        merged = _merge([each for each in records if each is not None]) if all(records) else None
        if merged is None:
            return self._opaque(node, {"allOf"}, origin)
        return replace(merged, at=origin)

    def _record_behind(self, schema: Schema, depth: int = 0) -> Record | None:
        if isinstance(schema, Ref) and depth < _MAX_STEPS:
            return self._record_behind(self.types.now(schema.name), depth + 1)
        return schema if isinstance(schema, Record) else None

    def _enum(self, node: dict[str, Any], asserting: set[str], origin: Origin) -> Schema:
        values = [node["const"]] if "const" in node else node["enum"]
        extensible = node.get("x-extensible-enum")
        if isinstance(extensible, list):
            values = [*values, *(each for each in extensible if each not in values)]
        beside = asserting - {"enum", "const", "type", "format", *_BOUNDS}
        if (
            beside
            or not isinstance(values, list)
            or any(isinstance(each, dict | list) for each in values)
        ):
            return self._opaque(node, {"enum"} | beside, origin)
        limits, types = _limits(node, _BOUNDS), _types_of(node)
        if limits is not NO_LIMITS or types != ("string",) or set(map(type, values)) != {str}:
            values = [each for each in values if _is_admitted(each, types, limits)]
        symbols = tuple(each for each in values if each is not None)
        if not symbols:
            return Scalar(ScalarType.NULL, at=origin) if values else Nothing(at=origin)
        if "const" in node and "enum" in node:
            return self._opaque(node, {"const", "enum"}, origin)
        enum = Enum(
            symbols,
            open=bool(extensible),
            taxonomy=_text(node.get("x-taxonomy")) or None,
            doc=_text(node.get("description")),
            at=origin,
        )
        null = any(each is None for each in values)
        return _or_null(enum, origin) if null else enum

    def _typed(
        self, node: dict[str, Any], asserting: set[str], at: Pointer, origin: Origin
    ) -> Schema:
        types = [each for each in _types_of(node) if each in _BY_TYPE] or _implied(asserting)
        if not types and asserting & (_STRING | _NUMBER):
            return self._opaque(node, asserting, origin)
        if isinstance(node.get("x-extensible-enum"), list):
            return Enum(
                tuple(node["x-extensible-enum"]),
                open=True,
                taxonomy=_text(node.get("x-taxonomy")) or None,
                at=origin,
            )
        if not types:
            return Anything(at=origin)
        branches = tuple(self._one(node, each, at, origin) for each in types)
        return branches[0] if len(branches) == 1 else _union(branches, Union(branches, at=origin))

    def _one(self, node: dict[str, Any], type_: str, at: Pointer, origin: Origin) -> Schema:
        limits = _limits(node, _BY_TYPE[type_])
        if type_ == "object":
            return self._object(node, limits, at, origin)
        if type_ == "array":
            items = node.get("items", True)
            if isinstance(items, list):
                return self._opaque(node, {"items"}, origin)
            return Array(self.schema(items, (*at, "items")), limits=limits, at=origin)
        format_ = node.get("format") if type_ in {"string", "number", "integer"} else None
        logical = Logical(format_) if isinstance(format_, str) else None
        unit = _text(node.get("x-unit")) or None
        scheme = _text(node.get("x-scheme")) or None
        return Scalar(
            _TYPES[type_], logical=logical, limits=limits, unit=unit, scheme=scheme, at=origin
        )

    def _object(self, node: dict[str, Any], limits: Limits, at: Pointer, origin: Origin) -> Schema:
        properties, patterns = _dict(node, "properties"), _dict(node, "patternProperties")
        listed = node.get("required")
        required = {each for each in listed if isinstance(each, str)} if _is_list(listed) else set()
        fields = [
            self._field(name, each, (*at, "properties", name), required=name in required)
            for name, each in properties.items()
        ]
        fields += [
            Field(name, Anything(), required=True, at=self.notes.origin((*at, "required")))
            for name in sorted(required - properties.keys())
        ]
        rest = (
            self.schema(node["additionalProperties"], (*at, "additionalProperties"))
            if "additionalProperties" in node
            else Anything()
        )
        return Record(
            tuple(fields),
            rest=rest,
            limits=limits,
            doc=_text(node.get("description")),
            tags=_tags(node),
            patterns=tuple(
                (each, self.schema(below, (*at, "patternProperties", each)))
                for each, below in sorted(patterns.items())
            ),
            at=origin,
        )

    def _field(self, name: str, node: JsonValue, at: Pointer, *, required: bool) -> Field:
        schema = self.schema(node, at)
        props = node if isinstance(node, dict) else {}
        return Field(
            name,
            schema,
            required=required,
            default=props.get("default", NO_DEFAULT),
            read_only=props.get("readOnly") is True,
            write_only=props.get("writeOnly") is True,
            deprecated=self._deprecated(props),
            sunset=_text(props.get("x-sunset")),
            stability=_text(props.get("x-stability-level")),
            doc=_text(props.get("description")),
            tags=_tags(props),
            at=self.notes.origin(at),
        )

    def _deprecated(self, node: dict[str, Any]) -> bool:
        """Said of the place itself, or of the schema it refers to (2020-12 validation, 9.3)."""
        target = node.get("$ref")
        file, pointer = split(target) if isinstance(target, str) else ("", ())
        said = _resolve(self.document.value, pointer) if pointer and not file else None
        return any(
            isinstance(each, dict) and each.get("deprecated") is True for each in (node, said)
        )


_MISSING: Final = object()


def _resolve(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        if isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def _near(value: Any, pointer: Pointer) -> str:
    parent = _resolve(value, pointer[:-1])
    return did_you_mean(str(pointer[-1]), parent) if pointer and isinstance(parent, dict) else ""


def _name(pointer: Pointer) -> str:
    """``Address`` for ``#/$defs/Address`` or ``#/components/schemas/Address``; else the pointer."""
    if pointer[:-1] in {("$defs",), ("definitions",), ("components", "schemas")}:
        return str(pointer[-1])
    return "#" + "".join(f"/{_escaped(str(step))}" for step in pointer)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _named(schema: Schema, name: str) -> Schema:
    named = isinstance(schema, Record | Enum) and not schema.name and not name.startswith("#")
    return replace(schema, name=name) if named and isinstance(schema, Record | Enum) else schema


def _or_null(schema: Schema, origin: Origin) -> Schema:
    branches = (schema, Scalar(ScalarType.NULL, at=origin))
    return schema if isinstance(schema, Anything) else _union(branches, Union(branches, at=origin))


def _union(branches: tuple[Schema, ...], union: Union) -> Schema:
    """Flatten, drop doubles, put null first, so that every spelling of one meaning is one value."""
    flat: list[Schema] = []
    for branch in branches:
        inner = (
            branch.branches if isinstance(branch, Union) and not branch.discriminator else (branch,)
        )
        flat.extend(each for each in inner if each not in flat)
    flat.sort(key=lambda each: not (isinstance(each, Scalar) and each.type is ScalarType.NULL))
    if len(flat) == 1:
        return flat[0]
    exclusive = union.exclusive and len([each for each in flat if not _is_null(each)]) > 1
    inherited = next(
        (each for each in branches if isinstance(each, Union) and each.discriminator), None
    )
    if (
        inherited
        and not union.discriminator
        and all(each is inherited or _is_null(each) for each in branches)
    ):
        flat = [*(each for each in flat if _is_null(each)), *inherited.branches]
        return replace(inherited, branches=tuple(flat), at=union.at)
    return replace(union, branches=tuple(flat), exclusive=exclusive)


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL


def _merge(records: list[Record]) -> Record | None:
    """The intersection of open objects; `None` when that takes more than joining their fields."""
    fields: dict[str, Field] = {}
    for record in records:
        if not isinstance(record.rest, Anything) or record.patterns or record.limits != NO_LIMITS:
            return None
        for field in record.fields:
            known = fields.get(field.name)
            if known and isinstance(field.schema, Anything):
                fields[field.name] = replace(known, required=known.required or field.required)
            elif known and isinstance(known.schema, Anything):
                fields[field.name] = replace(field, required=known.required or field.required)
            elif known and known.schema != field.schema:
                return None
            else:
                fields[field.name] = replace(
                    field, required=field.required or bool(known and known.required)
                )
    return Record(tuple(fields.values()), rest=Anything(), doc=records[0].doc if records else "")


def _discriminator(node: dict[str, Any]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    found = node.get("discriminator")
    if not isinstance(found, dict) or not isinstance(found.get("propertyName"), str):
        return None, ()
    mapping = found.get("mapping") if isinstance(found.get("mapping"), dict) else {}
    pairs = sorted((str(k), str(v).rpartition("/")[2]) for k, v in (mapping or {}).items())
    return found["propertyName"], tuple(pairs)


def _leaf(node: dict[str, Any], origin: Origin) -> Scalar | None:
    """The one half of all schemas: a plain type, at most with a longest length. Else `None`."""
    word, longest = node.get("type"), node.get("maxLength")
    kind = _TYPES.get(word) if isinstance(word, str) else None
    keys = node.keys()
    if kind is None or not (keys & _ASSERTING) <= _LEAF or not keys.isdisjoint(_NO_LEAF):
        return None
    if longest is not None and not (kind is ScalarType.STRING and _is_count(longest)):
        return None
    return Scalar(
        kind,
        limits=NO_LIMITS if longest is None else _longest(longest),
        unit=_text(node.get("x-unit")) or None,
        scheme=_text(node.get("x-scheme")) or None,
        at=origin,
    )


@lru_cache(maxsize=256)
def _longest(length: int) -> Limits:
    return Limits(max_length=length)


def _types_of(node: dict[str, Any]) -> tuple[str, ...]:
    word = node.get("type")
    if isinstance(word, str):
        return (word,)
    words = word if isinstance(word, list) else [word]
    return tuple(str(each) for each in words if each is not None)


def _undecided_words(node: dict[str, Any]) -> set[str]:
    """Words inside a keyword that are not decided: the branch of a value that names none."""
    found = node.get("discriminator")  # OpenAPI 3.2, Discriminator Object
    return {"defaultMapping"} if isinstance(found, dict) and "defaultMapping" in found else set()


def _implied(asserting: set[str]) -> list[str]:
    if asserting & _OBJECT:
        return ["object"]
    return ["array"] if asserting & _ARRAY else []


def _limits(node: dict[str, Any], allowed: frozenset[str]) -> Limits:
    if not node.keys() & allowed & _LIMITING:
        return NO_LIMITS
    found: dict[str, Any] = {
        name: node[key]
        for key, name in _LIMITS.items()
        if key in allowed and _is_number(node.get(key))
    }
    for key, name, plain in (
        ("exclusiveMinimum", "exclusive_minimum", "minimum"),
        ("exclusiveMaximum", "exclusive_maximum", "maximum"),
    ):
        value = node.get(key) if key in allowed else None
        if value is True and plain in found:  # OpenAPI 3.0: a flag on the plain limit
            found[name] = found.pop(plain)
        elif _is_number(value):
            found[name] = value
    for name in ("min_length", "min_items", "min_properties"):
        if found.get(name) == 0:
            del found[name]
    if "pattern" in allowed and isinstance(node.get("pattern"), str):
        found["pattern"] = node["pattern"]
    if "uniqueItems" in allowed and node.get("uniqueItems") is True:
        found["unique_items"] = True
    return Limits(**found) if found else NO_LIMITS


def _is_admitted(value: Any, types: tuple[str, ...], limits: Limits) -> bool:
    """Whether a listed value has one of `types` (none: any) and keeps within `limits`."""
    if types and not any(_is_of(value, each) for each in types):
        return False
    if isinstance(value, str):
        longest = limits.max_length if limits.max_length is not None else len(value)
        return (limits.min_length or 0) <= len(value) <= longest
    if not _is_number(value):
        return True
    return (
        (limits.minimum is None or value >= limits.minimum)
        and (limits.maximum is None or value <= limits.maximum)
        and (limits.exclusive_minimum is None or value > limits.exclusive_minimum)
        and (limits.exclusive_maximum is None or value < limits.exclusive_maximum)
    )


def _is_of(value: Any, type_: str) -> bool:
    return {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "string": isinstance(value, str),
        "number": _is_number(value),
        "integer": _is_number(value) and value == int(value),
    }.get(type_, False)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _meaning(node: Any) -> Any:
    """The schema `node` without the keywords that assert nothing."""
    if isinstance(node, list):
        return [_meaning(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {k: _meaning_under(k, v) for k, v in node.items() if k not in _IDLE}


def _meaning_under(keyword: str, value: Any) -> Any:
    if keyword in _DATA:
        return value
    if keyword in _BY_NAME and isinstance(value, dict):  # names are free: ``title`` may be a field
        return {name: _meaning(each) for name, each in value.items()}
    return _meaning(value)


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[key] for key in _LEADS if isinstance(node.get(key), str))
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_OBJECT_OF: Final = (lambda value: isinstance(value, dict), "an object")
_LIST_OF: Final = (lambda value: isinstance(value, list), "a list")
_TEXT: Final = (lambda value: isinstance(value, str), "text")
_SHAPES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), _OBJECT_OF),
    **dict.fromkeys((*_COMBINED, "enum"), _LIST_OF),
    "required": (lambda value: isinstance(value, list | bool), "a list"),  # draft 3 writes true
    **dict.fromkeys(_LIMITS, (_is_number, "a number")),
    **dict.fromkeys(_COUNTS, (_is_count, "a whole number, 0 or more")),
    # OpenAPI 3.0 writes true for these two.
    **dict.fromkeys(
        ("exclusiveMinimum", "exclusiveMaximum"),
        (lambda value: isinstance(value, int | float), "a number"),
    ),
    **dict.fromkeys(("pattern", "format"), _TEXT),
}
"""Keyword to what its value must be, and how that is called."""


def _dict(node: dict[str, Any], key: str) -> dict[str, Any]:
    found = node.get(key)
    return found if isinstance(found, dict) else {}


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _without(node: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in node.items() if k != key}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _tags(node: dict[str, Any]) -> dict[str, str]:
    found = node.keys() & _TAGGED.keys()
    return {_TAGGED[key]: node[key] for key in sorted(found) if isinstance(node[key], str)}
