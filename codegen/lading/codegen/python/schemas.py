"""The normal form of messages as JSON Schema 2020-12: what the renderer of models is fed.

Every ``$ref`` in the result points into the same document or to a sibling of the same run; nothing
a contract says becomes a reference, a module or a type of Python.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias, assert_never

from lading.codegen.errors import CodegenError
from lading.codegen.python.defaults import Code, Literal, default_of
from lading.codegen.python.layout import model_module, short_name
from lading.codegen.python.text import plain
from lading.codegen.python.unions import refuse_ambiguous
from lading.model.alternatives import is_null
from lading.model.schema import (
    LIMIT_WORDS,
    NO_DEFAULT,
    NO_LIMITS,
    Anything,
    Array,
    Enum,
    Fixed,
    Map,
    Nothing,
    Opaque,
    Record,
    Ref,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Field, Limits, Logical, Schema

Json: TypeAlias = dict[str, Any]

_RUNTIME: Final = "lading.runtime"
_AVRO_SCALARS: Final = {
    ScalarType.BOOLEAN: "Bool",
    ScalarType.INT: "Int32",
    ScalarType.LONG: "Int64",
    ScalarType.FLOAT: "Float32",
    ScalarType.DOUBLE: "Float64",
    ScalarType.BYTES: "Bytes",
}
_AVRO_LOGICAL: Final = {
    (ScalarType.STRING, "uuid"): "Uuid",
    (ScalarType.INT, "date"): "Date",
    (ScalarType.INT, "time-millis"): "TimeMillis",
    (ScalarType.LONG, "time-micros"): "TimeMicros",
    (ScalarType.LONG, "timestamp-millis"): "TimestampMillis",
    (ScalarType.LONG, "timestamp-micros"): "TimestampMicros",
    (ScalarType.LONG, "local-timestamp-millis"): "LocalTimestampMillis",
    (ScalarType.LONG, "local-timestamp-micros"): "LocalTimestampMicros",
}
_JSON_TYPES: Final = {
    ScalarType.NULL: "null",
    ScalarType.BOOLEAN: "boolean",
    ScalarType.INTEGER: "integer",
    ScalarType.NUMBER: "number",
    ScalarType.STRING: "string",
}


@dataclass(slots=True)
class Rendering:
    """What one run collects while schemas are turned into documents."""

    package: str
    types: Mapping[str, Schema]
    """Every named type, by full name."""
    documents: dict[str, Json] = field(default_factory=dict)
    """Module name to JSON Schema document."""
    scalars: dict[str, str] = field(default_factory=dict)
    """Types with a size of their own (``Decimal18x4``) and the Python that defines them."""
    code: dict[str, Code] = field(default_factory=dict)
    """Placeholder to the expression that replaces it once the models are rendered."""
    placeholder: str = "lading-default"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a schema stands: in which module, and what to call it in an error."""

    module: str
    label: str

    @property
    def is_json(self) -> bool:
        """Avro has no keys beside the fields; an open JSON object does."""
        return self.label.startswith("schemas.")


def documents(types: Mapping[str, Schema], *, package: str) -> Rendering:
    """JSON Schema documents for `types`, one per namespace, each named type under ``$defs``."""
    rendering = Rendering(package, types)
    while rendering.placeholder in repr(
        types
    ):  # a contract that says it must not be taken for ours
        rendering.placeholder += "-"
    for name in sorted(types):
        if not isinstance(types[name], Fixed):
            _define(rendering, name, types[name])
    return rendering


def _define(rendering: Rendering, name: str, schema: Schema) -> None:
    place = _Place(model_module(name), name)
    definitions = _definitions(rendering, place)
    definitions[short_name(name)] = _definition(rendering, schema, place)


def _definitions(rendering: Rendering, place: _Place) -> Json:
    empty: Json = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {}}
    definitions: Json = rendering.documents.setdefault(place.module, empty)["$defs"]
    return definitions


def _definition(rendering: Rendering, schema: Schema, place: _Place) -> Json:
    if isinstance(schema, Record):
        return _record(rendering, schema, place)
    if isinstance(schema, Enum):
        return _enum(schema, place)
    return _schema(rendering, schema, place)


def _record(rendering: Rendering, record: Record, place: _Place) -> Json:
    if record.patterns:
        raise CodegenError(
            f"{place.label}: patternProperties cannot become a typed model",
            hint="name the properties, or use additionalProperties with one type",
        )
    result: Json = {
        "type": "object",
        "properties": {each.name: _field(rendering, each, place) for each in record.fields},
        "required": [each.name for each in record.fields if each.required],
    }
    if isinstance(record.rest, Anything) and place.is_json:
        result["additionalProperties"] = True
    elif record.rest is not None and not isinstance(record.rest, (Anything, Nothing)):
        result["additionalProperties"] = _schema(rendering, record.rest, place)
    return _with_doc(result, record.doc)


def _field(rendering: Rendering, each: Field, place: _Place) -> Json:
    inner = _Place(place.module, f"{place.label}.{each.name}")
    result = _with_doc(_schema(rendering, each.schema, inner), each.doc)
    if each.default is NO_DEFAULT:
        return result
    default = default_of(each.schema, each.default, rendering.types)
    if isinstance(default, Literal):
        return result | {"default": default.value}
    key = f"{rendering.placeholder}-{len(rendering.code)}"
    rendering.code[key] = default
    return result | {"default": key}


def _schema(  # noqa: C901, PLR0911, PLR0912 - one case per kind of schema
    rendering: Rendering, schema: Schema, place: _Place
) -> Json:
    match schema:
        case Scalar():
            return _scalar(rendering, schema, place)
        case Ref(name=name):
            return _reference(rendering, name, place)
        case Fixed():
            return _fixed(rendering, schema, place)
        case Enum() | Record() if schema.name in rendering.types:
            return _reference(rendering, schema.name, place)
        case Enum():
            return _enum(schema, place)
        case Record():
            return _record(rendering, schema, place)
        case Array():
            items = _schema(rendering, schema.items, place)
            return {"type": "array", "items": items, **_limits(schema.limits)}
        case Map():
            values = _schema(rendering, schema.values, place)
            return {"type": "object", "additionalProperties": values}
        case Union():
            refuse_ambiguous(schema, rendering.types, label=place.label)
            return _any_of([_schema(rendering, each, place) for each in schema.branches])
        case Anything():
            return {}
        case Nothing():
            raise CodegenError(f"{place.label}: no value is allowed here, so it has no type")
        case Restricted(base=base) if _is_listed(base) and schema.keywords == ("allOf",):
            return _schema(rendering, base, place)  # a format beside the values, which are the type
        case Tuple() | Restricted() | Opaque():
            raise CodegenError(
                f"{place.label}: {', '.join(schema.keywords)} cannot become a type",
                hint="say it with properties, enum, anyOf or a $ref",
            )
        case _:
            assert_never(schema)


def _is_listed(schema: Schema) -> bool:
    """Whether it lists its values, of which null may be one."""
    branches = schema.branches if isinstance(schema, Union) else (schema,)
    return all(isinstance(each, Enum) or is_null(each) for each in branches)


def _any_of(branches: list[Json]) -> Json:
    """A limited scalar or null is written in one piece: the renderer wraps it otherwise."""
    null = {"type": "null"}
    others = [each for each in branches if each != null]
    word = others[0].get("type") if len(others) == 1 and null in branches else None
    if word in {"boolean", "integer", "number", "string"} and "enum" not in others[0]:
        return others[0] | {"type": [word, "null"]}
    return {"anyOf": branches}


def _reference(rendering: Rendering, name: str, place: _Place) -> Json:
    target = rendering.types.get(name)
    if target is None:
        raise CodegenError(
            f"{place.label}: the type {name} is not among the contracts",
            hint="pass the contract that defines it too",
        )
    if isinstance(target, Fixed):
        return _fixed(rendering, target, place)
    module = model_module(name)
    file = "" if module == place.module else f"{module}.json"
    return {"$ref": f"{file}#/$defs/{short_name(name)}"}


def _scalar(rendering: Rendering, scalar: Scalar, place: _Place) -> Json:
    from lading.runtime.identifiers import SCHEMES

    logical = scalar.logical
    scheme = SCHEMES.get(scalar.scheme or "") if scalar.type is ScalarType.STRING else None
    if scheme and scalar.limits == NO_LIMITS:
        return _imported(rendering, scheme, place)
    if place.is_json or (scalar.type in {ScalarType.NULL, ScalarType.STRING} and logical is None):
        found: Json = {"type": _JSON_TYPES[scalar.type], **_limits(scalar.limits)}
        return found | ({"format": logical.name} if logical else {})
    if logical is not None and logical.name == "decimal":
        return _imported(rendering, _decimal(rendering, logical), place, own=True)
    named = _AVRO_LOGICAL.get((scalar.type, logical.name)) if logical else None
    named = named or _AVRO_SCALARS.get(scalar.type)
    return _imported(rendering, named, place) if named else {"type": "string"}


def _fixed(rendering: Rendering, fixed: Fixed, place: _Place) -> Json:
    if fixed.logical is not None and fixed.logical.name == "decimal":
        return _imported(rendering, _decimal(rendering, fixed.logical), place, own=True)
    name = f"Fixed{fixed.size}"
    limits = f"min_length={fixed.size}, max_length={fixed.size}"
    rendering.scalars[name] = f"Annotated[bytes, Strict(), Field({limits})]"
    return _imported(rendering, name, place, own=True)


def _decimal(rendering: Rendering, logical: Logical) -> str:
    precision, scale = logical.precision or 0, logical.scale or 0
    name = f"Decimal{precision}x{scale}"
    limits = f"max_digits={precision}, decimal_places={scale}"
    rendering.scalars[name] = f"Annotated[Decimal, EXACT, Field({limits})]"
    return name


def _imported(rendering: Rendering, name: str, place: _Place, *, own: bool = False) -> Json:
    """A reference to a type that Python already has: ours at run time, or the package's scalars.

    Through ``$defs``: on a property the renderer ignores the extension.
    """
    module = f"{rendering.package}.models.scalars" if own else _RUNTIME
    key = f"lading.{name}"  # a dot: no type of a contract can have this short name
    _definitions(rendering, place)[key] = {
        "type": "string",
        "x-python-import": {"module": module, "name": name},
    }
    return {"$ref": f"#/$defs/{key}"}


def _enum(enum: Enum, place: _Place) -> Json:
    if not all(isinstance(symbol, str) for symbol in enum.symbols):
        if len(enum.symbols) == 1:
            return {"const": enum.symbols[0]}
        raise CodegenError(
            f"{place.label}: an enum of values other than text cannot become a StrEnum",
            hint="list text, or describe the numbers by minimum and maximum",
        )
    return _with_doc({"type": "string", "enum": list(enum.symbols)}, enum.doc)


def _limits(limits: Limits) -> Json:
    if limits == NO_LIMITS:
        return {}
    found = {word: getattr(limits, name) for name, word in LIMIT_WORDS.items()}
    found = {word: value for word, value in found.items() if value is not None}
    return found | ({"uniqueItems": True} if limits.unique_items else {})


def _with_doc(schema: Json, doc: str) -> Json:
    return schema | ({"description": plain(doc).strip()} if doc.strip() else {})
