"""The keywords of JSON Schema and of OpenAPI's dialects, by what they do."""

from __future__ import annotations

from typing import Final

from lading.model.conditions import CONDITIONS
from lading.model.schema import TAGS, ScalarType

SCALARS: Final = {
    "null": ScalarType.NULL,
    "boolean": ScalarType.BOOLEAN,
    "integer": ScalarType.INTEGER,
    "number": ScalarType.NUMBER,
    "string": ScalarType.STRING,
}
RARE: Final = CONDITIONS | {
    "$dynamicRef",
    "$recursiveRef",
    "additionalItems",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
}
"""Keywords that are looked at more closely, and are undecided if that settles nothing."""
NOTES: Final = frozenset(
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
IDLE: Final = NOTES - {"contentEncoding", "contentMediaType", "discriminator", "nullable"}
"""Keywords that neither assert anything nor decide how a value is read."""
DATA: Final = frozenset({"const", "enum", "required", "type", "dependentRequired"})
BY_NAME: Final = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"}
)
OF_OBJECTS: Final = frozenset(
    {
        "additionalProperties",
        "maxProperties",
        "minProperties",
        "patternProperties",
        "properties",
        "required",
    }
)
OF_LISTS: Final = frozenset(
    {"additionalItems", "items", "maxItems", "minItems", "prefixItems", "uniqueItems"}
)
OF_TEXTS: Final = frozenset({"format", "maxLength", "minLength", "pattern"})
OF_NUMBERS: Final = frozenset(
    {
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "maximum",
        "minimum",
        "multipleOf",
    }
)
BY_TYPE: Final = {
    "object": OF_OBJECTS,
    "array": OF_LISTS,
    "string": OF_TEXTS,
    "number": OF_NUMBERS,
    "integer": OF_NUMBERS,
    "boolean": frozenset[str](),
    "null": frozenset[str](),
}
COMBINED: Final = ("allOf", "anyOf", "oneOf")
CHOICES: Final = ("anyOf", "oneOf")
LIMITS: Final = {
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
COMBINED_OR_LISTED: Final = frozenset({"const", "enum", *COMBINED})
LEADS: Final = ("$ref", "$dynamicRef", "$recursiveRef")
"""Keywords that lead to another schema."""
ADDED_UP: Final = NOTES | {"$ref", "allOf", "properties", "required", "type"}
"""Keywords of objects whose properties are all there is to know about what they evaluate."""
BOUNDS: Final = frozenset(
    {"exclusiveMaximum", "exclusiveMinimum", "maxLength", "maximum", "minLength", "minimum"}
)
"""What can be tried on the values of an enum without running anybody's pattern."""
LIMITING: Final = frozenset(LIMITS) | {
    "exclusiveMaximum",
    "exclusiveMinimum",
    "pattern",
    "uniqueItems",
}
LEAST: Final = frozenset({"minItems", "minLength", "minProperties"})
COUNTS: Final = frozenset(LIMITS) - {"minimum", "maximum", "multipleOf"}
KNOWN: Final = (
    RARE
    | NOTES
    | OF_OBJECTS
    | OF_LISTS
    | OF_TEXTS
    | OF_NUMBERS
    | {"$ref", "type", "enum", "const", *COMBINED}
)
ASSERTING: Final = KNOWN - NOTES
LEAF: Final = frozenset({"maxLength", "type"})
NO_LEAF: Final = frozenset(
    {
        "$defs",
        "contentEncoding",
        "contentMediaType",
        "definitions",
        "x-extensible-enum",
    }
)
MORE_THAN_A_LEAF: Final = (ASSERTING - LEAF) | NO_LEAF
TAGGED: Final = {f"x-{each}": each for each in TAGS}
MEANS: Final = frozenset({"codelist", "definition", "taxonomy"})
OF_FIELDS: Final = frozenset(
    {"default", "readOnly", "writeOnly", "deprecated", "x-sunset", "x-stability-level", *TAGGED}
)
"""What a property says beside its type and its description."""
LEADING: Final = frozenset({"$ref", *COMBINED})
ANNOTATIONS: Final = frozenset(
    {
        *("default", "readOnly", "writeOnly", "deprecated", "x-sunset", "x-stability-level"),
        *(f"x-{each}" for each in MEANS),
    }
)
SAID_OF_LISTS: Final = frozenset({"x-taxonomy"})
"""What a list of values says of itself: see `Enum.taxonomy`."""
LISTING: Final = frozenset({"const", "enum", "x-extensible-enum"})
TEXT_FORMATS: Final = frozenset(
    [
        "date",
        "date-time",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "uuid",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    ]
)
"""The formats of texts (2020-12 validation, 7.3)."""
HOLDS: Final = ("$defs", "definitions")
"""Keywords that assert nothing, and hold schemas."""
