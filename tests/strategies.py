"""The one place where contracts, documents and messages are drawn."""

# ruff: noqa: PLR0911 - a grammar reads best with one return per case

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from lading.model.api import (
    Api,
    Body,
    In,
    Link,
    Media,
    Operation,
    Parameter,
    Response,
    Security,
)
from lading.model.contract import Contract, Kind, Subject
from lading.model.document import Document
from lading.model.read import read_contract
from lading.model.schema import Enum, Scalar, ScalarType
from lading.model.taxonomy import (
    Case,
    CodeMap,
    Derivation,
    MappingCell,
    Override,
    Quality,
    Sending,
    Sla,
    State,
    Taxonomy,
    TaxonomyKind,
    Transition,
    Unmapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

Json = Any

# Avro: documents, so that what we judge and what fastavro reads is one text.

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
LOGICAL = [
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "int", "logicalType": "date"},
    {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2},
    {"type": "bytes", "logicalType": "decimal", "precision": 8, "scale": 2},
    {"type": "bytes", "logicalType": "decimal", "precision": 8, "scale": 3},
]
SYMBOLS = ["A", "B", "C", "UNKNOWN"]
DEFAULTS: dict[str, Json] = {
    "null": None,
    "boolean": True,
    "int": 7,
    "long": 7,
    "float": 1.5,
    "double": 1.5,
    "bytes": "x",
    "string": "x",
}


@st.composite
def _enum(draw: DrawFn) -> Json:
    symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, unique=True))
    default = draw(st.sampled_from([None, *symbols]))
    name = draw(st.sampled_from(["Status", "Mode"]))
    return {"type": "enum", "name": name, "symbols": symbols} | (
        {"default": default} if default else {}
    )


_fixed = st.builds(
    lambda name, size: {"type": "fixed", "name": name, "size": size},
    st.sampled_from(["Hash", "Seal"]),
    st.sampled_from([2, 4]),
)


LEAF_KINDS = [*PRIMITIVES, "logical", "enum", "fixed"]
DEEP_KINDS = ["array", "map", "record"]


@st.composite
def _avro_type(draw: DrawFn, depth: int, names: set[str]) -> Json:
    """A type; a name is defined where it is first used, and referred to after that."""
    kinds = [*LEAF_KINDS, *(DEEP_KINDS * 2 if depth else []), "union", "union"]
    kind = draw(st.sampled_from(kinds))
    return draw(_avro_union(depth, names) if kind == "union" else _avro_kind(kind, depth, names))


@st.composite
def _avro_kind(draw: DrawFn, kind: str, depth: int, names: set[str]) -> Json:
    match kind:
        case "logical":
            return draw(st.sampled_from(LOGICAL))
        case "enum" | "fixed":
            return _defined(draw(_enum() if kind == "enum" else _fixed), names)
        case "array":
            return {"type": "array", "items": draw(_avro_type(depth - 1, names))}
        case "map":
            return {"type": "map", "values": draw(_avro_type(depth - 1, names))}
        case "record":
            return draw(_avro_record(draw(st.sampled_from(["Line", "Party"])), depth - 1, names))
    return kind


def _defined(node: Json, names: set[str]) -> Json:
    if node["name"] in names:
        return node["name"]
    names.add(node["name"])
    return node


@st.composite
def _avro_union(draw: DrawFn, depth: int, names: set[str]) -> Json:
    """At most one branch of a kind, so that no branch is drawn in vain."""
    kinds = [kind for kind in LEAF_KINDS if kind != "logical"] + (DEEP_KINDS if depth else [])
    some = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4, unique=True))
    return [draw(_avro_kind(kind, depth, names)) for kind in some]


@st.composite
def _avro_record(draw: DrawFn, name: str, depth: int, names: set[str]) -> Json:
    if name in names:
        return name
    names.add(name)
    fields = []
    for field in draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=3)):
        schema = draw(_avro_type(depth, names))
        fields.append(
            _field(field, schema, draw(st.booleans()), draw(st.sampled_from([[], ["e"]])))
        )
    if depth and draw(st.booleans()):
        fields.append({"name": "next", "type": ["null", name], "default": None})
    return {"type": "record", "name": name, "fields": _one_alias(fields)}


def _field(name: str, schema: Json, defaulted: bool, aliases: list[str]) -> Json:
    field: dict[str, Json] = {"name": name, "type": schema}
    found = default_of(schema)
    if defaulted and found is not ...:
        field["default"] = found
    return field | ({"aliases": aliases} if aliases else {})


def _one_alias(fields: list[Json]) -> list[Json]:
    """An alias may be given once in a record."""
    seen: set[str] = set()
    for field in fields:
        if set(field.get("aliases", ())) & seen:
            del field["aliases"]
        seen |= set(field.get("aliases", ()))
    return fields


def default_of(schema: Json) -> Json:
    """A default that fits, or `...` where we draw none."""
    if isinstance(schema, list):
        return default_of(schema[0])
    if isinstance(schema, str):
        return DEFAULTS.get(schema, ...)
    match schema["type"]:
        case "array":
            return []
        case "map":
            return {}
        case "enum":
            return schema["symbols"][0]
        case "fixed":
            return "x" * schema["size"]
        case "record":
            return ...
    return DEFAULTS[schema["type"]]


@st.composite
def avro_schemas(draw: DrawFn) -> Json:
    """A record of at most three fields, three levels deep, recursive now and then."""
    return draw(_avro_record("Shipment", 2, set()))


def _records(schema: Json) -> list[Json]:
    """Every record in a document, the outermost first."""
    return [node for node in nodes(schema) if isinstance(node, dict) and node["type"] == "record"]


def _drop(draw: DrawFn, record: Json) -> None:
    if record["fields"] and isinstance(record["fields"][-1]["type"], str):
        record["fields"].pop()


def _add(draw: DrawFn, record: Json) -> None:
    schema = draw(st.sampled_from(["int", "string", ["null", "string"]]))
    record["fields"].append(_field("f", schema, draw(st.booleans()), []))


def _retype(draw: DrawFn, record: Json) -> None:
    for field in record["fields"]:
        if field["type"] in PRIMITIVES:
            field["type"] = draw(st.sampled_from(["int", "long", "double", "string", "bytes"]))
            field.pop("default", None)


def _null(draw: DrawFn, record: Json) -> None:
    for field in record["fields"]:
        if isinstance(field["type"], str) and field["type"] != "null":
            field["type"] = ["null", field["type"]]
            field.pop("default", None)


def _rename(draw: DrawFn, record: Json) -> None:
    if record["fields"]:
        field = record["fields"][0]
        field["aliases"] = [field["name"]]
        field["name"] = "renamed"


def _symbols(draw: DrawFn, record: Json) -> None:
    for field in record["fields"]:
        if isinstance(field["type"], dict) and field["type"]["type"] == "enum":
            field["type"] |= {"symbols": SYMBOLS, "default": draw(st.sampled_from(SYMBOLS))}


EDITS: list[Callable[[DrawFn, Json], None]] = [_drop, _add, _retype, _null, _rename, _symbols]


@st.composite
def avro_pairs(draw: DrawFn) -> tuple[Json, Json]:
    """Two versions: mostly an edited copy, since two fresh draws are hardly ever compatible."""
    old = draw(avro_schemas())
    if draw(st.integers(0, 4)) == 0:
        return old, draw(avro_schemas())
    new = copy.deepcopy(old)
    for edit in draw(st.lists(st.sampled_from(EDITS), max_size=2, unique=True)):
        edit(draw, draw(st.sampled_from(_records(new))))
    return (old, new) if draw(st.booleans()) else (new, old)


def avro_contract(schema: Json) -> Contract:
    """The contract of a drawn document."""
    return read_contract(Kind.AVRO, _document("drawn.avsc", schema))


def _document(name: str, value: Json) -> Document:
    return Document(name, json.dumps(value), value)


def avro_data(schema: Json) -> SearchStrategy[Json]:
    """A datum that fastavro can write under `schema`."""
    return _datum(
        schema,
        {node["name"]: node for node in nodes(schema) if isinstance(node, dict) and "name" in node},
        3,
    )


def nodes(schema: Json) -> list[Json]:
    """Every type in a document that is written as an object, and every union."""
    if isinstance(schema, list):
        return [schema, *(each for branch in schema for each in nodes(branch))]
    if not isinstance(schema, dict):
        return []
    inner = [schema.get("items"), schema.get("values")]
    inner += [field["type"] for field in schema.get("fields", ())]
    return [schema, *(each for node in inner for each in nodes(node))]


@st.composite
def _datum(draw: DrawFn, schema: Json, names: dict[str, Json], depth: int) -> Json:
    if isinstance(schema, str):
        named = names.get(schema)
        return draw(_PRIMITIVE[schema] if named is None else _datum(named, names, depth - 1))
    if isinstance(schema, list):
        branches = ["null"] if "null" in schema and depth <= 0 else schema
        return draw(_datum(draw(st.sampled_from(branches)), names, depth))
    match schema["type"]:
        case "record":
            return {f["name"]: draw(_datum(f["type"], names, depth)) for f in schema["fields"]}
        case "array":
            size = st.integers(0, 2 if depth > 0 else 0)
            return [draw(_datum(schema["items"], names, depth - 1)) for _ in range(draw(size))]
        case "map":
            keys = draw(st.lists(st.sampled_from("xy"), unique=True)) if depth > 0 else []
            return {key: draw(_datum(schema["values"], names, depth - 1)) for key in keys}
        case "enum":
            return draw(st.sampled_from(schema["symbols"]))
        case "fixed":
            return draw(st.binary(min_size=schema["size"], max_size=schema["size"]))
    return draw(_logical(schema))


_PRIMITIVE: dict[str, SearchStrategy[Json]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "bytes": st.binary(max_size=4) | st.just(b"\xff"),
    "string": st.text(max_size=4),
}


def _logical(schema: Json) -> SearchStrategy[Json]:
    match schema.get("logicalType"):
        case "timestamp-millis" | "timestamp-micros":
            return st.integers(0, 2**40)
        case "date":
            return st.integers(0, 20_000)
        case "decimal":
            return st.decimals(-99, 99, places=2)
    return _PRIMITIVE[schema["type"]]


# JSON Schema: a small grammar whose instances we can draw.

JSON_TYPES = ["null", "boolean", "string", "integer", "number"]


@st.composite
def json_schemas(draw: DrawFn, depth: int = 2) -> Json:
    """Types, lists of values, limits, objects, lists, anyOf, and conditions on all of them."""
    kinds = ["type", "type", "types", "enum", "text", "number"]
    kinds += ["object", "object", "array", "anyOf"] if depth else []
    schema = draw(_json_shape(draw(st.sampled_from(kinds)), depth))
    return schema | draw(_json_condition(schema)) if _is_often(draw, schema) else schema


_SCALAR = ["string", "integer", "number"]


def _is_often(draw: DrawFn, schema: Json) -> bool:
    """Whether to demand more of `schema`: of what then still has values, for the most part."""
    items = schema.get("items") or {}
    if schema.get("properties") or ("maxItems" not in schema and items.get("type") in _SCALAR):
        return draw(st.integers(0, 2)) == 0
    return schema.get("type") in _SCALAR and draw(st.integers(0, 5)) == 0


@st.composite
def _json_shape(draw: DrawFn, kind: str, depth: int) -> Json:
    match kind:
        case "types":
            some = st.lists(st.sampled_from(JSON_TYPES), min_size=1, max_size=3, unique=True)
            return {"type": draw(some)}
        case "enum":
            values = st.sampled_from(["A", "B", "C", 1, 2, 2.5, True, None])
            return {"enum": draw(st.lists(values, min_size=1, max_size=4, unique_by=repr))}
        case "text":
            low, span = draw(st.integers(0, 2)), draw(st.integers(0, 3))
            return {"type": "string", "minLength": low, "maxLength": low + span}
        case "number":
            low = draw(st.integers(-3, 3))
            key = draw(st.sampled_from(["minimum", "exclusiveMinimum"]))
            kind = draw(st.sampled_from(["integer", "number"]))
            return {"type": kind, key: low, "maximum": low + draw(st.integers(2, 5))}
        case "object":
            return draw(_json_object(depth))
        case "array":
            top = draw(st.sampled_from([None, 1, 2]))
            items = st.just(False) | json_schemas(depth=depth - 1)
            schema = {"type": "array", "items": draw(json_schemas(depth=depth - 1))}
            if draw(st.booleans()):
                places = st.lists(json_schemas(depth=depth - 1), min_size=1, max_size=2)
                schema |= {"prefixItems": draw(places), "items": draw(items)}
                return schema
            return schema | ({"maxItems": top} if top else {})
        case "anyOf":
            some = st.lists(json_schemas(depth=depth - 1), min_size=1, max_size=2)
            return {"anyOf": draw(some)}
    return {"type": draw(st.sampled_from(JSON_TYPES))}


@st.composite
def _json_object(draw: DrawFn, depth: int) -> Json:
    names = draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3))
    schema: dict[str, Json] = {
        "type": "object",
        "properties": {name: draw(json_schemas(depth=depth - 1)) for name in names},
    }
    required = [name for name in names if draw(st.booleans())]
    closing = draw(st.sampled_from(["additionalProperties", "unevaluatedProperties", None]))
    pattern = draw(st.sampled_from(["^p", "^p", "^[ab]", *[None] * 6]))
    return (
        schema
        | ({"required": required} if required else {})
        | ({closing: False} if closing else {})
        | ({"patternProperties": {pattern: draw(json_schemas(depth=0))}} if pattern else {})
    )


_JSON_VALUES = ["A", "B", "C", "AB", 1, 2, 2.5, True, None]
_JSON_ABOUT: dict[str, list[Json]] = {
    "string": [
        {"const": "A"},
        {"enum": ["A", "B"]},
        {"minLength": 2},
        {"maxLength": 1},
        {"type": "string", "minLength": 1},
    ],
    "integer": [{"const": 1}, {"enum": [1, 2, 3]}, {"minimum": 2}, {"type": "integer"}],
    "number": [{"const": 1}, {"enum": [1, 2.5]}, {"exclusiveMaximum": 2}, {"type": "integer"}],
    "boolean": [{"const": True}, {"enum": [True, "A"]}],
    "null": [{"const": None}],
}
_plain_json = st.sampled_from([each for some in _JSON_ABOUT.values() for each in some])


def _json_plain_about(schema: Json) -> SearchStrategy[Json]:
    """A plain demand that values of `schema` may meet; now and then any."""
    if isinstance(schema, bool):
        return _plain_json
    kind = schema.get("type", "string")
    kind = kind[-1] if isinstance(kind, list) else kind
    fitting = _JSON_ABOUT.get("string" if "enum" in schema else kind)
    return st.sampled_from(fitting) if fitting else _plain_json


@st.composite
def _json_about(draw: DrawFn, schema: Json) -> Json:
    """What conditions say of an object, or of any value; mostly without its type."""
    properties = schema.get("properties", {})
    if not properties:
        return draw(_json_plain_about(schema))
    names = st.lists(st.sampled_from(sorted(properties)), min_size=1, max_size=2, unique=True)
    some = draw(names)
    kinds = [properties[name].get("type") for name in some]
    few = any(
        {"null", "boolean"} & {*(each if isinstance(each, list) else [each])} for each in kinds
    )
    if few or draw(st.booleans()):
        return {"required": some}
    about: Json = {"properties": {name: draw(_json_plain_about(properties[name])) for name in some}}
    return about | draw(st.sampled_from([{}, {"required": some}, {"type": "object"}]))


@st.composite
def _json_condition(draw: DrawFn, schema: Json) -> Json:
    """One or two keywords that demand more of the values of `schema`."""
    names = sorted(schema.get("properties", ()))
    words = [] if "items" in schema else ["not", "if", "if", "anyOf"] if names else ["not"]
    words += ["dependentRequired", "dependentSchemas", "propertyNames"] if names else []
    words += ["contains"] if "items" in schema else []
    about = _json_about(schema)
    match draw(st.sampled_from(words)):
        case "not" if not names:
            return {"not": draw(st.sampled_from([{"const": "A"}, {"enum": [1, "A", "AB"]}]))}
        case "not":
            return {"not": draw(about)}
        case "if":
            arms = draw(st.sampled_from([["then"], ["else"], ["then", "else"]]))
            return {"if": draw(about)} | {arm: draw(about) for arm in arms}
        case "anyOf":
            return {"allOf": [{"anyOf": draw(st.lists(about, min_size=1, max_size=2))}]}
        case "dependentRequired":
            some = st.lists(st.sampled_from(names), max_size=2, unique=True)
            return {"dependentRequired": {draw(st.sampled_from(names)): draw(some)}}
        case "dependentSchemas":
            return {"dependentSchemas": {draw(st.sampled_from(names)): draw(about)}}
        case "propertyNames":
            return {"propertyNames": draw(st.sampled_from([{"enum": names}, {"maxLength": 1}]))}
    counts = [{}, {"minContains": 2}, {"maxContains": 1}, {"minContains": 0, "maxContains": 2}]
    return {"contains": draw(_json_plain_about(schema["items"]))} | draw(st.sampled_from(counts))


def _json_edit(  # noqa: C901 - one case per kind of schema
    draw: DrawFn, schema: Json
) -> Json:
    """Something near: one keyword dropped, a value added, a property more or less."""
    edited = copy.deepcopy(schema)
    conditions = sorted(_CONDITIONS & edited.keys())
    if conditions and draw(st.booleans()):
        return _condition_edit(draw, edited, draw(st.sampled_from(conditions)))
    if not conditions and _is_often(draw, edited):
        return edited | draw(_json_condition(edited))
    match edited:
        case {"enum": list(values)}:
            edited["enum"] = (
                values[:-1] if len(values) > 1 and draw(st.booleans()) else [*values, "D"]
            )
        case {"properties": dict(properties)} if properties:
            name = draw(st.sampled_from(sorted(properties)))
            if draw(st.booleans()):
                properties[name] = _json_edit(draw, properties[name])
            else:
                edited["required"] = sorted({*edited.get("required", []), name})
        case {"properties": dict(properties)}:
            properties["z"] = {"type": "string"}
        case {"prefixItems": [*places, last]} if draw(st.booleans()):
            places += [] if draw(st.booleans()) else [_json_edit(draw, last), {"type": "string"}]
            edited["prefixItems"] = places or [{"type": "string"}]
        case {"items": dict(items)}:
            edited["items"] = _json_edit(draw, items)
        case {"type": str(kind)}:
            limits = [key for key in edited if key != "type"]
            if limits and draw(st.booleans()):
                del edited[draw(st.sampled_from(limits))]
            elif not limits:
                edited["type"] = {"integer": "number", "null": "string"}.get(kind, [kind, "null"])
    return edited


_CONDITIONS = frozenset(
    {
        "allOf",
        "contains",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "maxContains",
        "not",
        "patternProperties",
        "propertyNames",
        "then",
    }
)


def _condition_edit(draw: DrawFn, edited: Json, word: str) -> Json:
    """Drop a condition, or have it ask for something else."""
    value = edited[word]
    if draw(st.integers(0, 2)) == 0 or word == "maxContains":
        del edited[word]
    elif word in {"if", "not", "contains", "then", "else", "propertyNames"}:
        about = edited["items"] if word == "contains" else edited
        other = _json_about(about) if word != "propertyNames" else _plain_json
        edited[word] = draw(st.just(_about_edit(draw, value)) | other)
    elif word == "dependentRequired":
        edited[word] = {key: [*names, "a"][:1] for key, names in value.items()}
    elif word in {"dependentSchemas", "patternProperties"}:
        edited[word] = {key: draw(_plain_json) for key in value}
    return edited


def _about_edit(draw: DrawFn, about: Json) -> Json:
    """The same condition with one more value, or about one thing less."""
    match about:
        case {"const": value}:
            return {"enum": [value, "B" if isinstance(value, str) else 2]}
        case {"enum": [_, *rest]} if rest:
            return {"enum": rest}
        case {"properties": dict(properties)} if draw(st.booleans()):
            changed = {name: _about_edit(draw, each) for name, each in properties.items()}
            return about | {"properties": changed}
        case {"properties": {"b": _, **others}}:
            return about | {"properties": others}
        case {"properties": dict(properties)}:
            return about | {"properties": {**properties, "b": {"const": 1}}}
        case {"required": [_, *rest]} if rest:
            return about | {"required": rest}
        case {"type": "integer"}:
            return {"type": "number"}
    return about


_JSON_FEW = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "minLength": 1, "maxLength": 2},
        "b": {"type": "integer", "minimum": 1, "maximum": 3},
        "c": {"type": ["string", "integer"]},
    },
}
"""So few values that drawn ones meet most conditions, and miss most of them too."""
_JSON_LISTS: list[Json] = [
    {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 3}},
    {"type": "array", "items": {"enum": ["A", "B", 1, 2]}},
]
_contained = st.sampled_from(
    [{"required": ["a"]}, {"type": "object", "required": ["a"]}, {"minLength": 2}]
)


@st.composite
def condition_pairs(draw: DrawFn) -> tuple[Json, Json]:
    """Two versions that differ in one condition; some ask for what every value has anyway."""
    old, new = draw(_json_conditioned())
    return (old, new) if draw(st.booleans()) else (new, old)


@st.composite
def _json_conditioned(draw: DrawFn) -> tuple[Json, Json]:
    base = draw(st.sampled_from([_JSON_FEW, _JSON_FEW, _JSON_FEW, *_JSON_LISTS]))
    old = base | draw(_json_condition(base))
    if "items" in base and draw(st.booleans()):
        some = {"type": "array", "items": True}
        return some | {"contains": draw(_contained)}, some | {"contains": draw(_contained)}
    (*_, last) = sorted(_CONDITIONS & old.keys())
    word = draw(st.sampled_from([last, *sorted(_CONDITIONS & old.keys())]))
    return old, _condition_edit(draw, copy.deepcopy(old), word)


@st.composite
def json_pairs(draw: DrawFn) -> tuple[Json, Json]:
    """Two versions: mostly an edited copy."""
    old = draw(json_schemas())
    if draw(st.integers(0, 3)) == 0:
        return old, draw(json_schemas())
    new = _json_edit(draw, old)
    return (old, new) if draw(st.booleans()) else (new, old)


def json_contract(schema: Json) -> Contract:
    """The contract of a drawn document."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return read_contract(Kind.JSON, _document("drawn.json", {"$schema": dialect, **schema}))


_LIMITED = ("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum")


@st.composite
def json_data(draw: DrawFn, schema: Json) -> Json:
    """An instance near `schema`, of declared properties only; callers drop what is not valid."""
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return draw(json_data(draw(st.sampled_from(choices))))
    kind = schema.get("type", "string")
    match draw(st.sampled_from(kind)) if isinstance(kind, list) else kind:
        case "null":
            return None
        case "boolean":
            return draw(st.booleans())
        case "string":
            least, most = schema.get("minLength", 0), schema.get("maxLength", 6)
            return draw(st.text("AB", min_size=least, max_size=most))
        case "integer":
            return draw(st.integers(-10, 10))
        case "number":
            return draw(st.integers(-10, 10) | st.floats(-10, 10))
        case "array":
            places = schema.get("prefixItems", [])
            size = draw(st.integers(0, schema.get("maxItems", len(places) + 2)))
            kinds = [*places, *[schema.get("items", True)] * size][:size]
            return [draw(_json_item(each)) for each in kinds]
    required = schema.get("required", [])
    declared = schema.get("properties", {}).items()
    found = {k: draw(_json_item(s)) for k, s in declared if k in required or draw(st.booleans())}
    named = schema.get("patternProperties", {}).get("^p")
    return found | ({"p": draw(_json_item(named))} if named and draw(st.booleans()) else {})


def _json_item(schema: Json) -> SearchStrategy[Json]:
    """A value of `schema`, or now and then one that conditions speak of."""
    if isinstance(schema, bool):
        return st.sampled_from([*_JSON_VALUES, {}, {"a": 1}])
    return json_data(schema) | json_data(schema) | st.sampled_from([*_JSON_VALUES, 3])


# Objects that differ in what they carry.

_STRANGE: list[Json] = ["A", "zz", 1, 7, 2.5, None, True, [], {}, {"a": 1}, {"z": "A"}]
_rests = st.sampled_from(
    [None, None, None, False, False, True, {"type": "string"}, {"type": "integer"}]
)


@st.composite
def _content_value(draw: DrawFn, depth: int) -> Json:
    """What a property holds; now and then with a default, which need not fit."""
    leaves: list[Json] = [
        {"type": "string"},
        {"type": "string"},
        {"type": "integer"},
        {"enum": ["A", "B"]},
        {"type": ["string", "null"]},
        {},
    ]
    leaf = st.sampled_from(leaves)
    kind = draw(st.sampled_from(["leaf", "leaf", *(["object", "list", "choice"] if depth else [])]))
    match kind:
        case "object":
            return draw(_content_object(depth - 1))
        case "list":
            return {"type": "array", "items": draw(_content_object(depth - 1))}
        case "choice":
            word = draw(st.sampled_from(["anyOf", "oneOf"]))
            return {
                word: [draw(_content_object(depth - 1)), draw(_content_object(depth - 1) | leaf)]
            }
    found = draw(leaf)
    default = {"default": draw(st.sampled_from(["A", "A", 1, None]))}
    return found | (default if draw(st.booleans()) else {})


@st.composite
def _content_object(draw: DrawFn, depth: int) -> Json:
    names = draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3))
    required = [name for name in names if draw(st.booleans())]
    found = {
        "type": "object",
        "properties": {name: draw(_content_value(depth)) for name in names},
        "required": required,
    }
    rest, pattern = draw(_rests), draw(st.sampled_from([*[None] * 5, "^p", "^[ab]"]))
    found |= {} if rest is None else {"additionalProperties": rest}
    return found | ({} if pattern is None else {"patternProperties": {pattern: {"type": "string"}}})


@st.composite
def _content_choice(draw: DrawFn) -> Json:
    """Alternatives that a listed value tells apart, which may have a default."""
    word = draw(st.sampled_from(["anyOf", "oneOf", "oneOf"]))
    branches = [draw(_content_object(0)) for _ in "AB"]
    for code, each in zip("AB", branches, strict=True):
        each["properties"]["t"] = {"enum": [code]} | draw(st.sampled_from([{}, {"default": code}]))
        each["required"] = [*each["required"], *draw(st.sampled_from([[], ["t"], ["t"]]))]
    return {word: branches}


_content_condition = st.sampled_from(
    [
        {"not": {"properties": {"z": {"const": 1}}, "required": ["z"]}},
        {"if": {"required": ["a"]}, "then": {"properties": {"z": {"type": "string"}}}},
        {"allOf": [{"type": "object", "properties": {"z": {}}, "maxProperties": 3}]},
    ]
)


def _content_edit(draw: DrawFn, node: Json) -> None:
    """One property more or less, asked for or not, or another content model."""
    properties, required = node["properties"], node["required"]
    match draw(
        st.sampled_from(["add", "add", "drop", "drop", "demand", "rest", "default", "pattern"])
    ):
        case "add":
            name = draw(st.sampled_from("abcdp"))
            properties.setdefault(name, draw(_content_value(0)))
            if draw(st.booleans()):
                node["required"] = sorted({*required, name})
        case "drop" if properties:
            name = draw(st.sampled_from(sorted(properties)))
            del properties[name]
            node["required"] = [each for each in required if each != name]
        case "demand" if properties:
            name = draw(st.sampled_from(sorted(properties)))
            node["required"] = sorted({*required} ^ {name})
        case "default":
            for each in properties.values():
                if "enum" in each or each.get("type") == "string":
                    each["default"] = "A"
        case "pattern":
            node["patternProperties"] = draw(
                st.sampled_from([{}, {"^p": {"type": "string"}}, {"^p": {}}])
            )
        case "rest":
            rest = draw(_rests)
            node.pop("additionalProperties", None)
            node |= {} if rest is None else {"additionalProperties": rest}


def _objects(schema: Json) -> list[Json]:
    """Every object of a drawn schema, the outermost first."""
    if isinstance(schema, list):
        return [each for inner in schema for each in _objects(inner)]
    if not isinstance(schema, dict):
        return []
    below = [schema.get("items"), schema.get("anyOf"), schema.get("oneOf")]
    inner = [*below, *schema.get("properties", {}).values()]
    own = [schema] if schema.get("type") == "object" else []
    return own + [each for node in inner for each in _objects(node)]


@st.composite
def content_pairs(draw: DrawFn) -> tuple[Json, Json]:
    """Two versions of an object that differ in what it carries."""
    old = draw(_content_object(draw(st.sampled_from([0, 0, 1, 1, 2]))))
    if draw(st.integers(0, 4)) == 0:
        old = draw(_content_choice())
    elif old["properties"] and draw(st.integers(0, 4)) == 0:
        old |= draw(_json_condition(old) | _content_condition)
    new = copy.deepcopy(old)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        _content_edit(draw, draw(st.sampled_from(_objects(new))))
    return (old, new) if draw(st.booleans()) else (new, old)


@st.composite
def content_data(draw: DrawFn, old: Json, new: Json) -> Json:
    """An instance near one of two schemas, with strangers in its objects."""
    found = draw(json_data(draw(st.sampled_from([old, old, new]))))
    known = {name for each in _objects([old, new]) for name in each.get("properties", {})}
    return draw(_with_strangers(found, [*sorted(known), "p1", "z"]))


@st.composite
def _with_strangers(draw: DrawFn, value: Json, names: list[str]) -> Json:
    if isinstance(value, list):
        return [draw(_with_strangers(each, names)) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: draw(_with_strangers(each, names)) for key, each in value.items()}
    some = draw(st.lists(st.sampled_from(names), max_size=2))
    return {name: draw(st.sampled_from(_STRANGE)) for name in some} | found


# Values, for what has no outside reader to ask.

_states = st.builds(
    State,
    code=st.sampled_from(["PLANNED", "IN_TRANSIT", "DELIVERED", "HELD"]),
    definition=st.sampled_from(["It moves.", "it moves", "It is there.", ""]),
    label=st.sampled_from([{}, {"en": "Moving"}]),
    rank=st.sampled_from([0, 10]),
    initial=st.booleans(),
    terminal=st.booleans(),
    customer_visible=st.booleans(),
    owner=st.sampled_from(["", "tms", "wms"]),
    deprecated=st.booleans(),
    sunset=st.sampled_from(["", "", "2027-06-30", "2028-01-01"]),
    replaced_by=st.sampled_from(["", "", "DELIVERED"]),
    aliases=st.sampled_from([(), (), ("OLD",), ("OLD", "HELD")]),
    fallback=st.sampled_from(["", "PLANNED", "DELIVERED", "OLD"]),
    category=st.sampled_from(["", "", "moving", "held"]),
    exception=st.sampled_from([False, False, True]),
    billable=st.sampled_from([False, False, True]),
)
_slas = st.builds(
    Sla,
    name=st.sampled_from(["transit", "dwell"]),
    start=st.sampled_from(["PLANNED", "HELD"]),
    stop=st.just("DELIVERED"),
    within=st.sampled_from(["PT4H", "P1D", "PT24H"]),
    share=st.sampled_from([100, 95]),
    calendar=st.sampled_from(["", "working days"]),
    time_zone=st.sampled_from(["", "Europe/Berlin"]),
)


def _told_apart(states: list[State], retired: list[str]) -> list[State]:
    """The same with each code and former code once, none of them retired."""
    seen = {*retired, *(each.code for each in states)}
    found = []
    for each in states:
        aliases = tuple(alias for alias in each.aliases if alias not in seen)
        seen |= set(aliases)
        found.append(replace(each, aliases=aliases))
    return found


@st.composite
def taxonomies(draw: DrawFn) -> Contract:
    """A state machine of at most four states."""
    states = draw(st.lists(_states, unique_by=lambda state: state.code, max_size=4))
    codes = [state.code for state in states]
    gone = st.sampled_from([each for each in ("OLD", "HELD", "PLANNED") if each not in codes])
    retired = draw(st.lists(gone, unique=True, max_size=1))
    states = _told_apart(states, retired)
    codes = [state.code for state in states]
    ends = st.tuples(st.sampled_from(codes), st.sampled_from(codes)) if codes else st.nothing()
    steps = draw(st.lists(ends, unique=True, max_size=4)) if codes else []
    body = Taxonomy(
        name="shipment.status",
        version="1.0.0",
        kind=TaxonomyKind.STATE_MACHINE,
        owner=draw(st.sampled_from(["tms", "wms"])),
        states=tuple(states),
        transitions=tuple(
            Transition(
                a, b, "moved", draw(st.sampled_from(["", "it is paid", "It is paid.", "late"]))
            )
            for a, b in steps
        ),
        unknown=draw(st.sampled_from(["UNKNOWN", "HELD"])),
        ignored=draw(st.sampled_from(["", "HELD", "PLANNED"])),
        derived=draw(
            st.sampled_from(
                [None, *(Derivation({"n": "count"}, (("otherwise", code),)) for code in "AB")]
            )
        ),
        open=draw(st.booleans()),
        skips=draw(st.booleans()),
        retired=tuple(retired),
        slas=tuple(draw(st.lists(_slas, unique_by=lambda sla: sla.name, max_size=1))),
    )
    return Contract(Subject("taxonomies.shipment.status.v1"), Kind.TAXONOMY, body)


_STEPS = [("P", "A"), ("A", "B"), ("B", "D"), ("A", "D"), ("P", "D"), ("B", "A"), ("A", "A")]


@st.composite
def _machine(draw: DrawFn, renamed: str) -> Contract:
    """States P, A, B and D, some of them; one may have had, or fall back to, another code."""
    codes = ["P", "D", *draw(st.lists(st.sampled_from(["A", "B", renamed]), unique=True))]
    others = {code: [each for each in "PABDX" if each not in codes] for code in codes}
    states = []
    for code in codes:
        former = [(), (), (), *((each,) for each in others[code])]
        aliases = draw(st.sampled_from(former))
        fallback = draw(st.sampled_from(["", "", "P", "A", "B", "D"]))
        states.append(
            State(
                code,
                f"{code} holds here.",
                rank="PABXD".index(code),
                initial=code == "P",
                terminal=code == "D" or (code == renamed and draw(st.booleans())),
                aliases=aliases,
                fallback="" if fallback == code else fallback,
            )
        )
    ends = {each.code for each in states if each.terminal}
    steps = [*_STEPS, ("P", renamed), ("A", renamed), (renamed, "B"), (renamed, "D")]
    body = Taxonomy(
        "t",
        "1.0.0",
        TaxonomyKind.STATE_MACHINE,
        "tms",
        tuple(_told_apart(states, [])),
        tuple(
            Transition(a, b, "moved")
            for a, b in dict.fromkeys(steps)
            if {a, b} <= {*codes} and a not in ends and draw(st.integers(0, 4))
        ),
        open=draw(st.booleans()),
        skips=draw(st.integers(0, 3)) == 0,
    )
    return Contract(Subject("taxonomies.t.v1"), Kind.TAXONOMY, body)


@st.composite
def near_taxonomies(draw: DrawFn) -> tuple[Contract, Contract]:
    """Two versions that differ in little: a state or a step comes, goes or is renamed."""
    old = draw(_machine("X"))
    body = old.body
    assert isinstance(body, Taxonomy)
    states, steps, code = list(body.states), list(body.transitions), "N"
    gone = draw(st.sampled_from([*body.states, None]))
    if gone and draw(st.booleans()):
        states = [each for each in states if each is not gone]
        steps = [each for each in steps if gone.code not in (each.source, each.target)]
    near = draw(st.sampled_from(body.states))
    if draw(st.integers(0, 3)):
        fallback = draw(st.sampled_from(["", near.code, near.code, "P", "D"]))
        former = draw(st.sampled_from([(), (), (gone.code,) if gone else ()]))
        known = {each.code for each in states} | {a for each in states for a in each.aliases}
        states.append(
            State(
                code,
                "It is new here.",
                rank=5,
                terminal=draw(st.integers(0, 3)) == 0,
                aliases=tuple(each for each in former if each not in known),
                fallback=fallback,
            )
        )
        left = [each.code for each in states if each.code != code and not each.terminal]
        came = draw(st.lists(st.sampled_from(left), unique=True, max_size=2)) if left else []
        steps += [Transition(each, code, "moved") for each in came]
        onward = [each.code for each in states if each.code != code]
        if onward and not states[-1].terminal:
            further = draw(st.lists(st.sampled_from(onward), unique=True, max_size=2))
            steps += [Transition(code, each, "moved") for each in further]
    new = replace(body, states=tuple(states), transitions=tuple(steps))
    return old, replace(old, body=new)


def without_direction(contract: Contract) -> Contract:
    """A taxonomy without what is made for codes to come, or goes back.

    Fallbacks, former codes and openness are there for states that come, a retired code is one that
    does not come back, and a step that goes back is a break where it comes and not where it goes.
    """
    body = contract.body
    if not isinstance(body, Taxonomy):
        return contract
    ranks = {each.code: (each.rank, each.code) for each in body.states}
    states = tuple(replace(each, aliases=(), fallback="") for each in body.states)
    onward = tuple(each for each in body.transitions if ranks[each.source] < ranks[each.target])
    plain = replace(body, states=states, transitions=onward, open=False, retired=())
    return replace(contract, body=plain)


_cells = st.builds(
    MappingCell,
    code=st.sampled_from(["X3", "AF", "D1"]),
    to=st.sampled_from([None, "ARRIVED", "DEPARTED"]),
    quality=st.sampled_from(Quality),
    also=st.sampled_from([(), ("LOADED",), ("LOADED", "posting/POSTED")]),
    classifier=st.sampled_from(["", "ESTIMATED"]),
    cases=st.sampled_from(
        [
            (),
            (Case((("place", "hub"),), "ARRIVED"),),
            (Case((("place", "hub"),), "DEPARTED"), Case((("place", "dock"),), None)),
            (Case((("by", "air"), ("place", "hub")), "ARRIVED"),),
            (Case((("by", "air"),), "ARRIVED"),),
        ]
    ),
)
_overrides = st.builds(
    Override,
    partner=st.sampled_from(["P1", "P2"]),
    code=st.sampled_from(["X3", "ZZ"]),
    to=st.sampled_from([None, "ARRIVED", "DEPARTED"]),
    until=st.sampled_from(["2020-12-31", "2999-12-31"]),
)
_sends = st.builds(
    Sending,
    source=st.sampled_from(["ARRIVED", "DEPARTED"]),
    code=st.sampled_from(["X3", "AF"]),
    quality=st.sampled_from([Quality.EXACT, Quality.LOSSY]),
)


@st.composite
def mappings(draw: DrawFn) -> Contract:
    """A mapping of at most three codes."""
    body = CodeMap(
        name="x12.214",
        version="1.0.0",
        system="x12",
        code_list="AT7-01",
        list_version=draw(st.sampled_from(["004010", "008010"])),
        taxonomy="shipment.milestone",
        cells=tuple(draw(st.lists(_cells, unique_by=lambda cell: cell.code, max_size=3))),
        unmapped=draw(st.sampled_from(Unmapped)),
        overrides=tuple(
            draw(st.lists(_overrides, unique_by=lambda o: (o.partner, o.code), max_size=2))
        ),
        sends=tuple(draw(st.lists(_sends, unique_by=lambda sent: sent.source, max_size=2))),
    )
    return Contract(Subject("mappings.x12.214.v1"), Kind.MAPPING, body)


_leaves = st.sampled_from(
    [
        Scalar(ScalarType.STRING),
        Scalar(ScalarType.INTEGER),
        Scalar(ScalarType.NUMBER),
        Enum(("A", "B")),
        Enum(("A", "B", "C")),
        Enum(("A",), open=True),
    ]
)
_sunsets = st.sampled_from(["", "2027-06-30", "2027-06-30T00:00:00Z", "2028-01-01", "soon"])
_stability = st.sampled_from(["", "beta", "stable", "wild"])
_encodings = st.sampled_from([(), (("encoding", "{}"),)])
_parameters = st.builds(
    Parameter,
    name=st.sampled_from(["lang", "page"]),
    location=st.sampled_from([In.QUERY, In.HEADER]),
    schema=_leaves,
    required=st.booleans(),
    explode=st.booleans(),
    deprecated=st.booleans(),
    sunset=_sunsets,
    stability=_stability,
    reserved=st.booleans(),
    empty=st.booleans(),
)
_parameter_lists = st.lists(
    _parameters, unique_by=lambda each: (each.location, each.name), max_size=2
).map(tuple)
_contents = st.lists(
    st.builds(
        Media,
        st.sampled_from(["application/json", "text/csv"]),
        _leaves,
        st.none() | _leaves,
        _encodings,
    ),
    unique_by=lambda each: each.type,
    max_size=2,
).map(tuple)
_responses = st.builds(
    Response,
    status=st.sampled_from(["200", "202", "2XX", "404", "default"]),
    contents=_contents,
    headers=_parameter_lists,
    links=st.lists(
        st.builds(Link, st.sampled_from("ab"), st.sampled_from(["get /a", "get /b"])),
        unique_by=lambda each: each.name,
        max_size=2,
    ).map(tuple),
)
_security = st.sampled_from(
    [
        Security(()),
        Security((("key", ()),)),
        Security((("oauth", ("read",)),)),
        Security((("oauth", ("read", "write")),)),
    ]
)


@st.composite
def _operations(draw: DrawFn, *, callback: str = "") -> Operation:
    """Mostly the same operation, so that two versions have something in common."""
    path = draw(st.sampled_from(["/shipments/{}", "/shipments/{}", "/shipments"]))
    inner = st.lists(_operations(callback="moved"), unique_by=lambda each: each.path, max_size=1)
    return Operation(
        method="get",
        path=path,
        written_path=path.replace("{}", "{id}"),
        operation_id=draw(st.sampled_from(["", "one"])),
        parameters=draw(_parameter_lists),
        body=draw(st.none() | st.builds(Body, _contents, st.booleans())),
        responses=tuple(draw(st.lists(_responses, unique_by=lambda r: r.status, max_size=3))),
        security=tuple(draw(st.lists(_security, unique=True, max_size=2))),
        deprecated=draw(st.booleans()),
        sunset=draw(_sunsets),
        stability=draw(_stability),
        webhook=bool(callback) or draw(st.integers(0, 3)) == 0,
        callback=callback,
        callbacks=() if callback else tuple(draw(inner)),
        servers=tuple(draw(st.lists(st.sampled_from(["a", "b"]), unique=True, max_size=1))),
    )


_schemes = st.sampled_from(
    [
        (),
        (("key", (("in", '"header"'), ("type", '"apiKey"'))),),
        (("key", (("in", '"query"'), ("type", '"apiKey"'))),),
        (("key", (("flows", '{"implicit":{"scopes":{}}}'), ("type", '"oauth2"'))),),
        (("key", (("flows", '{"implicit":{"url":"a"}}'), ("type", '"oauth2"'))),),
    ]
)


@st.composite
def apis(draw: DrawFn) -> Contract:
    """An API of one or two operations, webhooks among them."""
    operations = st.lists(
        _operations(),
        unique_by=lambda each: (each.webhook, each.method, each.path),
        min_size=1,
        max_size=2,
    )
    servers = draw(st.lists(st.sampled_from(["a", "b"]), unique=True))
    body = Api(
        "Visibility",
        "1.0.0",
        tuple(draw(operations)),
        tuple(servers),
        draw(_schemes),
        draw(st.sampled_from([(), (("variables of a", "{}"),)])),
    )
    return Contract(Subject("apis.visibility.v1"), Kind.OPENAPI, body)


def _both(documents: SearchStrategy[tuple[Json, Json]], read: Callable[[Json], Contract]) -> Any:
    return documents.map(lambda pair: (read(pair[0]), read(pair[1])))


PAIRS: dict[str, SearchStrategy[tuple[Contract, Contract]]] = {
    "avro": _both(avro_pairs(), avro_contract),
    "json": _both(json_pairs(), json_contract),
    "conditions": _both(condition_pairs(), json_contract),
    "taxonomy": st.tuples(taxonomies(), taxonomies()),
    "mapping": st.tuples(mappings(), mappings()),
    "api": st.tuples(apis(), apis()),
}
"""Two versions of one contract, by kind."""
