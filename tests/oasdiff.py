"""An edit for each row of oasdiff's catalogue: two documents between which it would speak.

Most of its ids are a place (``request-body``, ``response-property``), a keyword, and what happened
to it. So most edits are put together from a schema before and after, set at the place.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Edit: TypeAlias = tuple[Json, Json]

TEXT: Json = {"type": "string"}
PLACES = (
    "request-parameter-property",
    "request-header-property",
    "request-read-only-property",
    "response-write-only-property",
    "request-parameter",
    "response-header",
    "request-body",
    "request-property",
    "response-body",
    "response-property",
    "response-mediatype",
)


def numbers(keyword: str, kind: str, more: Json | None = None) -> dict[str, Edit]:
    """Edits of a limit: set and unset, raised and lowered."""
    base = {"type": kind, **(more or {})}
    low, high = {**base, keyword: 5}, {**base, keyword: 9}
    return {
        "set": (base, low),
        "unset": (low, base),
        "increased": (low, high),
        "decreased": (high, low),
    }


def listed(*branches: Json, by: str = "oneOf", **more: Any) -> Json:
    return {by: list(branches), **more}


def kind(name: str, **more: Json) -> Json:
    """An object that says which it is."""
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"const": name}, **more},
    }


def said(**more: Json) -> Json:
    """An object that says which it is in words of its own."""
    return {"type": "object", "required": ["kind"], "properties": {"kind": TEXT, **more}}


ONE, TWO = kind("a", x=TEXT), kind("b", y=TEXT)
NAMED = {
    "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
    "discriminator": {"propertyName": "kind"},
}
FREE = {
    "oneOf": [{"$ref": "#/components/schemas/C"}, {"$ref": "#/components/schemas/D"}],
    "discriminator": {"propertyName": "kind"},
}
"""Alternatives that leave it to the discriminator which of them is meant."""
LIMITS = {
    "max-items": numbers("maxItems", "array"),
    "min-items": numbers("minItems", "array"),
    "max-length": numbers("maxLength", "string"),
    "min-length": numbers("minLength", "string"),
    "max": numbers("maximum", "integer"),
    "min": numbers("minimum", "integer"),
    "exclusive-max": numbers("exclusiveMaximum", "integer"),
    "exclusive-min": numbers("exclusiveMinimum", "integer"),
    "min-contains": numbers("minContains", "array", {"contains": TEXT}),
    "max-contains": numbers("maxContains", "array", {"contains": TEXT}),
}


def present(keyword: str, value: Any, kind: str, **more: Any) -> dict[str, Edit]:
    """A keyword that came or went."""
    without = {"type": kind, **more}
    return {
        f"{keyword}-added": (without, {**without, keyword: value}),
        f"{keyword}-removed": ({**without, keyword: value}, without),
    }


def dashed(edits: dict[str, Edit]) -> dict[str, Edit]:
    """The keywords as oasdiff writes them."""
    return {re.sub(r"[A-Z]", lambda c: f"-{c[0].lower()}", key): edits[key] for key in edits}


ANY_OF = listed({"type": "string"}, {"type": "integer"}, by="anyOf")
ANY_OF_MORE = listed({"type": "string"}, {"type": "integer"}, {"type": "boolean"}, by="anyOf")
ALL_OF = {"allOf": [ONE, {"required": ["x"]}]}
ENUM, ENUM_MORE = {"enum": ["a", "b"]}, {"enum": ["a", "b", "c"]}
BY_KEYWORD: dict[str, Edit] = {
    "became-enum": (TEXT, ENUM),
    "became-nullable": (TEXT, {"type": ["string", "null"]}),
    "became-not-nullable": ({"type": ["string", "null"]}, TEXT),
    "default-value-added": (TEXT, {**TEXT, "default": "a"}),
    "default-value-removed": ({**TEXT, "default": "a"}, TEXT),
    "default-value-changed": ({**TEXT, "default": "a"}, {**TEXT, "default": "b"}),
    "enum-value-added": (ENUM, ENUM_MORE),
    "enum-value-removed": (ENUM_MORE, ENUM),
    "x-extensible-enum-value-removed": (
        {**TEXT, "x-extensible-enum": ["a", "b"]},
        {**TEXT, "x-extensible-enum": ["a"]},
    ),
    "const-added": (TEXT, {"const": "a"}),
    "const-removed": ({"const": "a"}, TEXT),
    "const-changed": ({"const": "a"}, {"const": "b"}),
    "pattern-added": (TEXT, {**TEXT, "pattern": "^a$"}),
    "pattern-removed": ({**TEXT, "pattern": "^a$"}, TEXT),
    "pattern-changed": ({**TEXT, "pattern": "^a$"}, {**TEXT, "pattern": "^b$"}),
    "pattern-generalized": ({**TEXT, "pattern": "^a$"}, {**TEXT, "pattern": ".*"}),
    "type-changed": (TEXT, {"type": "object"}),
    "type-generalized": ({"type": "integer"}, {"type": "number"}),
    "type-specialized": ({"type": "number"}, {"type": "integer"}),
    "type-compatible": ({"type": "integer"}, {"type": "number"}),
    "list-of-types-widened": ({"type": ["string"]}, {"type": ["string", "integer"]}),
    "list-of-types-narrowed": ({"type": ["string", "integer"]}, {"type": ["string"]}),
    "discriminator-added": ({k: NAMED[k] for k in ("oneOf",)}, NAMED),
    "discriminator-removed": (NAMED, {k: NAMED[k] for k in ("oneOf",)}),
    "discriminator-property-name-changed": (
        NAMED,
        {**NAMED, "discriminator": {"propertyName": "sort"}},
    ),
    "discriminator-mapping-added": (
        FREE,
        {**FREE, "discriminator": {"propertyName": "kind", "mapping": {"z": "C"}}},
    ),
    "discriminator-mapping-deleted": (
        {**FREE, "discriminator": {"propertyName": "kind", "mapping": {"z": "C"}}},
        FREE,
    ),
    "discriminator-mapping-changed": (
        {**FREE, "discriminator": {"propertyName": "kind", "mapping": {"z": "C"}}},
        {**FREE, "discriminator": {"propertyName": "kind", "mapping": {"z": "D"}}},
    ),
    "all-of-added": (ONE, ALL_OF),
    "all-of-removed": (ALL_OF, ONE),
    "all-of-added-annotation-only": (ONE, {"allOf": [ONE, {"description": "more"}]}),
    "all-of-removed-annotation-only": ({"allOf": [ONE, {"description": "more"}]}, ONE),
    "any-of-added": (ANY_OF, ANY_OF_MORE),
    "any-of-removed": (ANY_OF_MORE, ANY_OF),
    "one-of-added": (listed(ONE), listed(ONE, TWO)),
    "one-of-removed": (listed(ONE, TWO), listed(ONE)),
    "wrapped-in-one-of": (ONE, listed(ONE, TWO)),
    "stability-decreased": (TEXT, {**TEXT, "x-stability-level": "beta"}),
    "stability-increased": ({**TEXT, "x-stability-level": "beta"}, TEXT),
    "deprecated": (TEXT, {**TEXT, "deprecated": True}),
    "deprecated-sunset-missing": (TEXT, {**TEXT, "deprecated": True}),
    "deprecated-with-sunset": (TEXT, {**TEXT, "deprecated": True, "x-sunset": "2030-01-01"}),
    "sunset-date-too-small": (TEXT, {**TEXT, "deprecated": True, "x-sunset": "2020-01-01"}),
    "deprecated-sunset-invalid": (TEXT, {**TEXT, "deprecated": True, "x-sunset": "soon"}),
    "reactivated": ({**TEXT, "deprecated": True}, TEXT),
    "became-read-only": (TEXT, {**TEXT, "readOnly": True}),
    "became-not-read-only": ({**TEXT, "readOnly": True}, TEXT),
    "became-write-only": (TEXT, {**TEXT, "writeOnly": True}),
    "became-not-write-only": ({**TEXT, "writeOnly": True}, TEXT),
    "content-media-type-changed": (
        {**TEXT, "contentMediaType": "image/png"},
        {**TEXT, "contentMediaType": "image/gif"},
    ),
    "content-encoding-changed": (
        {**TEXT, "contentEncoding": "base64"},
        {**TEXT, "contentEncoding": "base16"},
    ),
    "dependent-required-changed": (
        {"type": "object", "dependentRequired": {"a": ["b"]}},
        {"type": "object", "dependentRequired": {"a": ["c"]}},
    ),
    **{f"{name}-{what}": edit for name, edits in LIMITS.items() for what, edit in edits.items()},
    **dashed(
        present("prefixItems", [TEXT], "array")
        | present("if", {"required": ["a"]}, "object", then={"required": ["b"]})
        | present("then", {"required": ["b"]}, "object", **{"if": {"required": ["a"]}})
        | present("else", {"required": ["c"]}, "object", **{"if": {"required": ["a"]}})
        | present("contains", TEXT, "array")
        | present("dependentRequired", {"a": ["b"]}, "object")
        | present("propertyNames", {"maxLength": 5}, "object")
        | present("unevaluatedItems", False, "array")
        | present("unevaluatedProperties", False, "object")
        | present("contentSchema", {"type": "object"}, "string")
    ),
    **{
        f"dependent-schema-{what}": edit
        for what, edit in zip(
            ("added", "removed"),
            present("dependentSchemas", {"a": {"required": ["b"]}}, "object").values(),
            strict=True,
        )
    },
    **{
        f"pattern-property-{what}": edit
        for what, edit in zip(
            ("added", "removed"),
            present("patternProperties", {"^x": TEXT}, "object").values(),
            strict=True,
        )
    },
}


def field(schema: Json | None, *, required: bool = False, name: str = "p") -> Json:
    """An object with the field `name`."""
    properties = {} if schema is None else {name: schema}
    return {"type": "object", "properties": properties, "required": [name] if required else []}


READ, WRITE = {"readOnly": True}, {"writeOnly": True}
FIELDS: dict[str, Edit] = {
    "request-property-became-required": (field(TEXT), field(TEXT, required=True)),
    "request-property-became-required-with-default": (
        field({**TEXT, "default": "a"}),
        field({**TEXT, "default": "a"}, required=True),
    ),
    "request-property-became-optional": (field(TEXT, required=True), field(TEXT)),
    "request-property-removed": (field(TEXT), {"type": "object"}),
    "new-required-request-property": ({"type": "object"}, field(TEXT, required=True)),
    "new-required-request-property-with-default": (
        {"type": "object"},
        field({**TEXT, "default": "a"}, required=True),
    ),
    "new-optional-request-property": ({"type": "object"}, field(TEXT)),
    "response-property-became-optional": (field(TEXT, required=True), field(TEXT)),
    "response-property-became-required": (field(TEXT), field(TEXT, required=True)),
    "response-write-only-property-became-optional": (
        field({**TEXT, **WRITE}, required=True),
        field({**TEXT, **WRITE}),
    ),
    "response-write-only-property-became-required": (
        field({**TEXT, **WRITE}),
        field({**TEXT, **WRITE}, required=True),
    ),
    "response-optional-property-removed": (field(TEXT), {"type": "object"}),
    "response-optional-property-added": ({"type": "object"}, field(TEXT)),
    "response-required-property-removed": (field(TEXT, required=True), {"type": "object"}),
    "response-required-property-added": ({"type": "object"}, field(TEXT, required=True)),
    "response-optional-write-only-property-removed": (
        field({**TEXT, **WRITE}),
        {"type": "object"},
    ),
    "response-optional-write-only-property-added": ({"type": "object"}, field({**TEXT, **WRITE})),
    "response-required-write-only-property-removed": (
        field({**TEXT, **WRITE}, required=True),
        {"type": "object"},
    ),
    "response-required-write-only-property-added": (
        {"type": "object"},
        field({**TEXT, **WRITE}, required=True),
    ),
}


def document(operation: Json, **more: Any) -> Json:
    """An API of one operation."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1.0.0"},
        "paths": {"/a/{id}": {"post": {"operationId": "a", **operation}}},
        "components": {
            "schemas": {"A": kind("A"), "B": kind("B"), "C": said(c=TEXT), "D": said(d=TEXT)}
        },
        **more,
    }


def parameter(name: str = "id", where: str = "path", **more: Any) -> Json:
    return {"name": name, "in": where, "required": where == "path", "schema": TEXT, **more}


def asked(*parameters: Json, **more: Any) -> Json:
    """What an operation asks and answers; the path parameter is always there."""
    answer = {"responses": {"200": {"description": "ok"}}}
    return document({"parameters": [parameter(), *parameters], **answer, **more})


def taken(schema: Any = None, *, required: bool = False, type_: str = "application/json") -> Json:
    media = {} if schema is None else {"schema": schema}
    return asked(requestBody={"required": required, "content": {type_: media}})


def answered(schema: Any = None, *, type_: str = "application/json", **more: Any) -> Json:
    media = {} if schema is None else {"schema": schema}
    answer = {"description": "ok", "content": {type_: media}, **more}
    return asked(responses={"200": answer})


def at(place: str, schema: Json) -> Json:
    """An API that has `schema` at the place."""
    side, _, part = place.partition("-")
    if place == "request-parameter":
        return asked(parameter("q", "query", schema=schema))
    if place == "request-parameter-property":
        return asked(parameter("q", "query", schema=field(schema)))
    if place == "request-header-property":
        return asked(parameter("X-Q", "header", schema=field(schema)))
    if place == "response-header":
        return answered(TEXT, headers={"X-Q": {"schema": schema}})
    if part.startswith("read-only"):
        schema = {**schema, **READ}
    if part.startswith("write-only"):
        schema = {**schema, **WRITE}
    whole = field(schema) if part.endswith("property") else schema
    return taken(whole) if side == "request" else answered(whole)


def edit(row: str) -> Edit | None:
    """The two documents; nothing for a row that is about no document, or has none of its own."""
    if row in OTHERS:
        return OTHERS[row]
    if row in FIELDS:
        old, new = FIELDS[row]
        whole = taken if "request" in row else answered
        return whole(old), whole(new)
    shape = re.fullmatch(r"(request|response)-(optional|required)-property-(became-.*)", row)
    if shape:
        old, new = BY_KEYWORD[shape[3]]
        whole = taken if shape[1] == "request" else answered
        required = shape[2] == "required"
        return whole(field(old, required=required)), whole(field(new, required=required))
    for place in PLACES:
        if row.startswith(f"{place}-") and row.removeprefix(f"{place}-") in BY_KEYWORD:
            old, new = BY_KEYWORD[row.removeprefix(f"{place}-")]
            return at(place, old), at(place, new)
    return None


def operation(**more: Any) -> Json:
    found = asked()
    found["paths"]["/a/{id}"]["post"] |= more
    return found


def secured(*ways: Json, everywhere: bool = False, **more: Json) -> Json:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X"}, **more}
    found = document({"parameters": [parameter()]}) if everywhere else operation(security=[*ways])
    found["components"]["securitySchemes"] = schemes
    return {**found, "security": [*ways]} if everywhere else found


def login(**more: Any) -> Json:
    urls = {"authorizationUrl": "https://a", "tokenUrl": "https://a", "scopes": {"r": "read"}}
    return secured(
        {"oauth": ["r"]},
        oauth={"type": "oauth2", "flows": {"authorizationCode": {**urls, **more}}},
    )


def with_paths(**paths: Any) -> Json:
    return {**asked(), "paths": paths}


DEAD: Json = {"deprecated": True}
UNTIL: Json = {**DEAD, "x-sunset": "2030-01-01"}
GET: Json = {"get": {"responses": {}}}
HEADER: Json = {"schema": TEXT}
QUERY = parameter("q", "query")
TWO_PATHS = with_paths(**{"/a": GET, "/b": GET})
ONE_PATH = with_paths(**{"/a": GET})


def removed(marks: Json, *, path: bool) -> Edit:
    gone = {"get": {**GET["get"], **marks}}
    if path:
        return with_paths(**{"/a": GET, "/b": gone}), ONE_PATH
    return with_paths(**{"/a": {**GET, "put": gone["get"]}}), ONE_PATH


def media(old: str, new: str) -> Edit:
    return answered(TEXT, type_=old), answered(TEXT, type_=new)


def both_media(side: Any, *, added: bool) -> Edit:
    one, two = side(TEXT), side(TEXT)
    place = two["paths"]["/a/{id}"]["post"]
    holder = place["requestBody"] if "requestBody" in place else place["responses"]["200"]
    holder["content"] = {**holder["content"], "text/csv": {"schema": TEXT}}
    return (one, two) if added else (two, one)


def statuses(*codes: str) -> Json:
    return asked(responses={code: {"description": "ok"} for code in codes})


def hooks(*names: str) -> Json:
    return {**asked(), "webhooks": {name: {"post": {"responses": {}}} for name in names}}


def marked(**marks: Any) -> Json:
    return asked({**QUERY, **marks})


KEY: Json = {"key": []}
READS, WRITES = {"oauth": ["r"]}, {"oauth": ["r", "w"]}
OAUTH = {"oauth": {"type": "oauth2", "flows": {}}}
OTHERS: dict[str, Edit] = {
    "endpoint-added": (ONE_PATH, TWO_PATHS),
    "api-stability-decreased": (operation(), operation(**{"x-stability-level": "beta"})),
    "api-stability-increased": (operation(**{"x-stability-level": "beta"}), operation()),
    "api-invalid-stability-level": (operation(), operation(**{"x-stability-level": "wild"})),
    "endpoint-reactivated": (operation(**DEAD), operation()),
    "endpoint-deprecated": (operation(), operation(**DEAD)),
    "endpoint-deprecated-with-sunset": (operation(), operation(**UNTIL)),
    "api-deprecated-sunset-missing": (operation(), operation(**DEAD)),
    "api-deprecated-sunset-parse": (operation(**UNTIL), operation(**{**UNTIL, "x-sunset": "soon"})),
    "api-sunset-date-too-small": (operation(), operation(**{**UNTIL, "x-sunset": "2020-01-01"})),
    "api-path-removed-without-deprecation": removed({}, path=True),
    "api-path-removed-with-deprecation": removed(DEAD, path=True),
    "api-path-sunset-parse": removed({**DEAD, "x-sunset": "soon"}, path=True),
    "api-path-removed-before-sunset": removed(UNTIL, path=True),
    "api-removed-without-deprecation": removed({}, path=False),
    "api-removed-with-deprecation": removed(DEAD, path=False),
    "api-removed-before-sunset": removed(UNTIL, path=False),
    "sunset-deleted": (operation(**UNTIL), operation(**DEAD)),
    "api-sunset-date-changed-too-small": (
        operation(**UNTIL),
        operation(**{**UNTIL, "x-sunset": "2029-01-01"}),
    ),
    "api-operation-id-removed": (operation(), operation(operationId="")),
    "api-operation-id-added": (operation(operationId=""), operation()),
    "request-parameter-reactivated": (marked(**DEAD), marked()),
    "request-parameter-deprecated-sunset-missing": (marked(), marked(**DEAD)),
    "request-parameter-sunset-date-too-small": (marked(), marked(**UNTIL)),
    "request-parameter-deprecated": (marked(), marked(**DEAD)),
    "request-parameter-sunset-deleted": (marked(**UNTIL), marked(**DEAD)),
    "request-parameter-sunset-date-changed-too-small": (
        marked(**UNTIL),
        marked(**{**UNTIL, "x-sunset": "2029-01-01"}),
    ),
    "request-parameter-sunset-parse": (marked(**UNTIL), marked(**{**UNTIL, "x-sunset": "soon"})),
    "request-parameter-removed": (marked(), asked()),
    "request-parameter-removed-with-deprecation": (marked(**DEAD), asked()),
    "request-parameter-removed-before-sunset": (marked(**UNTIL), asked()),
    "request-parameter-became-required": (marked(), marked(required=True)),
    "request-parameter-became-optional": (marked(required=True), marked()),
    "new-required-request-default-parameter-to-existing-path": (asked(), marked(required=True)),
    "new-optional-request-default-parameter-to-existing-path": (asked(), marked()),
    "new-required-request-parameter": (asked(), marked(required=True)),
    "new-optional-request-parameter": (asked(), marked()),
    "new-request-path-parameter": (
        with_paths(**{"/a": GET}),
        with_paths(**{"/a/{id}": {"get": {"parameters": [parameter()]}}}),
    ),
    "new-required-request-header-property": (
        asked(parameter("X", "header", schema=field(None))),
        asked(parameter("X", "header", schema=field(TEXT, required=True))),
    ),
    "request-header-property-became-required": (
        asked(parameter("X", "header", schema=field(TEXT))),
        asked(parameter("X", "header", schema=field(TEXT, required=True))),
    ),
    "request-body-added-required": (asked(), taken(TEXT, required=True)),
    "request-body-added-optional": (asked(), taken(TEXT)),
    "request-body-removed": (taken(TEXT), asked()),
    "request-body-media-type-added": both_media(taken, added=True),
    "request-body-media-type-removed": both_media(taken, added=False),
    "request-body-media-type-schema-added": (taken(), taken(TEXT)),
    "request-body-media-type-schema-removed": (taken(TEXT), taken()),
    "request-body-became-optional": (taken(TEXT, required=True), taken(TEXT)),
    "request-body-became-required": (taken(TEXT), taken(TEXT, required=True)),
    "response-body-media-type-schema-added": (answered(), answered(TEXT)),
    "response-body-media-type-schema-removed": (answered(TEXT), answered()),
    "response-media-type-removed": both_media(answered, added=False),
    "response-media-type-added": both_media(answered, added=True),
    "response-media-type-name-changed": media("application/json", "application/a+json"),
    "response-media-type-name-generalized": media("application/a+json", "application/json"),
    "response-media-type-name-specialized": media("application/json", "application/a+json"),
    "response-success-status-removed": (statuses("200", "202"), statuses("200")),
    "response-success-status-added": (statuses("200"), statuses("200", "202")),
    "response-non-success-status-removed": (statuses("200", "404"), statuses("200")),
    "response-non-success-status-added": (statuses("200"), statuses("200", "404")),
    "response-header-became-optional": (
        answered(TEXT, headers={"X": {**HEADER, "required": True}}),
        answered(TEXT, headers={"X": HEADER}),
    ),
    "required-response-header-removed": (
        answered(TEXT, headers={"X": {**HEADER, "required": True}}),
        answered(TEXT),
    ),
    "optional-response-header-removed": (answered(TEXT, headers={"X": HEADER}), answered(TEXT)),
    "response-header-added": (answered(TEXT), answered(TEXT, headers={"X": HEADER})),
    "api-security-component-removed": (secured(), operation()),
    "api-security-component-added": (operation(), secured()),
    "api-security-component-oauth-url-changed": (login(), login(authorizationUrl="https://b")),
    "api-security-component-oauth-token-url-changed": (login(), login(tokenUrl="https://b")),
    "api-security-component-type-changed": (
        secured(KEY),
        secured(KEY, key={"type": "http", "scheme": "basic"}),
    ),
    "api-security-component-oauth-scope-added": (login(), login(scopes={"r": "read", "w": "w"})),
    "api-security-component-oauth-scope-removed": (login(scopes={"r": "read", "w": "w"}), login()),
    "api-security-component-oauth-scope-changed": (login(), login(scopes={"r": "to read"})),
    "api-security-removed": (secured(KEY), secured()),
    "api-security-added": (secured(), secured(KEY)),
    "api-security-scope-added": (secured(READS, **OAUTH), secured(WRITES, **OAUTH)),
    "api-security-scope-removed": (secured(WRITES, **OAUTH), secured(READS, **OAUTH)),
    "api-global-security-removed": (secured(KEY, everywhere=True), secured(everywhere=True)),
    "api-global-security-added": (secured(everywhere=True), secured(KEY, everywhere=True)),
    "api-global-security-scope-added": (
        secured(READS, everywhere=True, **OAUTH),
        secured(WRITES, everywhere=True, **OAUTH),
    ),
    "api-global-security-scope-removed": (
        secured(WRITES, everywhere=True, **OAUTH),
        secured(READS, everywhere=True, **OAUTH),
    ),
    "webhook-added": (hooks(), hooks("a")),
    "webhook-removed": (hooks("a"), hooks()),
    "api-schema-removed": (
        asked(),
        {**asked(), "components": {"schemas": {"A": kind("A")}}},
    ),
    "api-tag-removed": (operation(tags=["a"]), operation()),
    "api-tag-added": (operation(), operation(tags=["a"])),
}
