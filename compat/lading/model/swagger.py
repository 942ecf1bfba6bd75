"""Swagger 2.0 documents as OpenAPI 3.0, so that one reader serves both.

The conversion is a function of the document. It keeps what may be on the wire, and a map of what it
moved, so that whatever is said later about the API points into the file its author wrote. What has
no counterpart is kept under a word of its own, where a change is seen: the style ``tabDelimited``,
lists in lists (``form of pipes``), a form field that may be empty. Section names in the comments
are those of the Swagger 2.0 specification.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lading.model.pointers import MISSING, resolve, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import Document, JsonValue, Pointer

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
ANY_TYPE: Final = "*/*"
"""Where neither the operation nor the document says what it consumes or produces."""
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_KEPT: Final = frozenset(
    {"deprecated", "description", "externalDocs", "operationId", "security", "summary", "tags"}
)
_OF_PARAMETER: Final = frozenset({"allowEmptyValue", "description", "in", "name", "required"})
_ASSERTED: Final = frozenset(
    {
        "default",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "pattern",
        "type",
        "uniqueItems",
        "x-nullable",
    }
)
"""What a parameter, a header or an item says of its values, beside the parameter itself."""
_STYLES: Final = {"ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited"}
_FLOWS: Final = {"application": "clientCredentials", "accessCode": "authorizationCode"}
_SCHEMAS: Final = ("allOf", "anyOf", "oneOf")
_NAMED_SCHEMAS: Final = ("properties", "patternProperties")
_ONE_SCHEMA: Final = ("additionalProperties", "items", "not")
_MAX_STEPS: Final = 20


class Spot(NamedTuple):
    """A node of the document, and where it stands there."""

    node: Any
    at: Pointer

    def below(self, *steps: str | int) -> Spot:
        """The node `steps` further down, or nothing."""
        node = resolve(self.node, steps)
        return Spot(None if node is MISSING else node, (*self.at, *steps))

    def entries(self) -> Iterator[tuple[Any, Spot]]:
        """Key or index, and node, of each child; none when there are none."""
        node = self.node
        if isinstance(node, dict | list):
            for key in node if isinstance(node, dict) else range(len(node)):
                yield key, Spot(node[key], (*self.at, key))


def is_swagger(value: JsonValue) -> bool:
    """Whether `value` says that it is a Swagger 2.0 document; some leave out the quotes."""
    return isinstance(value, dict) and value.get("swagger") in ("2.0", 2.0)


def as_openapi(document: Document) -> Document:
    """`document` with the value converted; `Document.moved` leads back to its text."""
    converter = _Converter(document.value)
    value = converter.api()
    return replace(document, value=value, moved=converter.moved)


class _Converter:
    """One conversion; `moved` fills while it runs."""

    def __init__(self, root: Any) -> None:
        self.root = Spot(root, ())
        self.moved: dict[Pointer, Pointer] = {}

    def _put(self, at: Pointer, spot: Spot) -> Any:
        """Note that what will stand at `at` was written at `spot`, and give its node."""
        self.moved[at] = spot.at
        return spot.node

    def api(self) -> dict[str, JsonValue]:
        """The whole document (Swagger Object)."""
        root = self.root.node
        kept = {"info", "tags", "externalDocs", "security"}
        found = {key: root[key] for key in root if key in kept or _is_extension(key)}
        self._put(("openapi",), self.root.below("swagger"))
        found["openapi"] = "3.0.3"
        found |= self._servers(self.root.below("schemes"), ())
        if "paths" in root:
            found["paths"] = self._each("paths", ("paths",), self._path)
        components: dict[str, JsonValue] = {}
        if "definitions" in root:
            at = ("components", "schemas")
            self._put(at, self.root.below("definitions"))
            components["schemas"] = _mapped(root["definitions"], _schema)
        if "securityDefinitions" in root:
            at = ("components", "securitySchemes")
            self._put(at, self.root.below("securityDefinitions"))
            components["securitySchemes"] = _mapped(root["securityDefinitions"], _scheme)
        return {**found, "components": components}

    def _each(self, key: str, at: Pointer, convert: Any) -> Any:
        spot = self.root.below(key)
        if not isinstance(spot.node, dict):
            return spot.node
        return {
            name: node.node if _is_extension(name) else convert(node, (*at, name))
            for name, node in spot.entries()
        }

    def _servers(self, schemes: Spot, at: Pointer) -> dict[str, JsonValue]:
        """Swagger Object, `host`, `basePath`, `schemes`; an operation may have schemes of its own.

        Without a host the API is where its description is served (RFC 3986, relative reference).
        """
        host, base = (_text(self.root.node.get(key)) for key in ("host", "basePath"))
        words = sorted(str(each.node) for _, each in schemes.entries())
        path = f"/{base.strip('/')}".rstrip("/")
        if not host and not path:
            return {}
        source = next(
            spot
            for spot in (schemes, self.root.below("host"), self.root.below("basePath"))
            if spot.node
        )
        self._put((*at, "servers"), source)
        starts = [f"{word}://{host}" for word in words] or [f"//{host}"] if host else [""]
        return {"servers": [{"url": start + path} for start in starts]}

    # --- paths

    def _path(self, item: Spot, at: Pointer) -> Any:
        """Path Item Object. What the path says of a body is said of each of its operations."""
        if not isinstance(item.node, dict):
            return item.node
        shared = self._followed(item.below("parameters"))
        found = {key: value for key, value in item.node.items() if key not in METHODS}
        plain = [each for each in shared if not _in_body(each)]
        if "parameters" in item.node:
            found["parameters"] = self._parameters(plain, item.below("parameters"), at)
        body = [each for each in shared if _in_body(each)]
        for method in METHODS:
            if method in item.node:
                found[method] = self._operation(item.below(method), (*at, method), body)
        return found

    def _operation(self, spot: Spot, at: Pointer, shared: list[Spot]) -> Any:
        """Operation Object."""
        node = spot.node
        if not isinstance(node, dict):
            return node
        found = {key: node[key] for key in node if key in _KEPT or _is_extension(key)}
        if "schemes" in node:
            found |= self._servers(spot.below("schemes"), at)
        own = self._followed(spot.below("parameters"))
        known = {_key(each) for each in own}
        body = [each for each in own if _in_body(each)]
        body += [each for each in shared if _key(each) not in known]
        plain = [each for each in own if not _in_body(each)]
        fields: list[Spot] = []
        forms = {_key(each): each for each in reversed(body) if _is_field(each)}
        if forms:
            fields = [each for each in body if forms.get(_key(each)) is each]
            found["requestBody"] = self._form(fields, spot, (*at, "requestBody"))
        elif body:
            fields = body[:1]
            found["requestBody"] = self._body(body[0], spot, (*at, "requestBody"))
        # A second body is no Swagger: it stays a parameter, and the reader refuses it as one.
        plain += [each for each in body if not any(each is field for field in fields)]
        if plain or "parameters" in node:
            found["parameters"] = self._parameters(plain, spot.below("parameters"), at)
        if "responses" in node:
            found["responses"] = self._responses(spot, at)
        return found

    def _followed(self, listed: Spot) -> list[Spot]:
        return [self._follow(each) for _, each in listed.entries()]

    def _follow(self, spot: Spot) -> Spot:
        """What a reference to `parameters` or `responses` names; itself when it names nothing."""
        found = spot
        for _ in range(_MAX_STEPS):
            text = found.node.get("$ref") if isinstance(found.node, dict) else None
            if not isinstance(text, str):
                return found
            file, pointer = split(text)
            target = self.root.below(*pointer)
            if file or not isinstance(target.node, dict):
                return spot
            found = target
        return spot

    # --- parameters

    def _parameters(self, found: list[Spot], listed: Spot, at: Pointer) -> Any:
        if not isinstance(listed.node, list | None):
            return listed.node
        self._put((*at, "parameters"), listed)
        return [
            self._parameter(each, (*at, "parameters", index)) for index, each in enumerate(found)
        ]

    def _parameter(self, spot: Spot, at: Pointer) -> Any:
        """Parameter Object, other than in a body."""
        node = self._put(at, spot)
        if not isinstance(node, dict) or "$ref" in node or _in_body(spot):
            return node
        found = {key: node[key] for key in node if key in _OF_PARAMETER or _is_extension(key)}
        self._put((*at, "schema"), spot)
        return {**found, **_style(node, str(node.get("in"))), "schema": _values(node)}

    def _body(self, spot: Spot, operation: Spot, at: Pointer) -> Any:
        """Parameter Object with ``in: body``."""
        node = self._put(at, spot)
        schema = _schema(node["schema"]) if "schema" in node else {}
        content: dict[str, JsonValue] = {}
        for type_, source in self._types("consumes", operation):
            where = (*at, "content", type_)
            self._put(where, source or spot)
            self._put((*where, "schema"), spot.below("schema"))
            content[type_] = {"schema": schema}
        return {"required": node.get("required") is True, "content": content}

    def _form(self, fields: list[Spot], operation: Spot, at: Pointer) -> Any:
        """Parameter Objects with ``in: formData``: together one object."""
        self._put(at, fields[0])
        names = [str(each.node.get("name")) for each in fields]
        required = [
            name for name, each in zip(names, fields, strict=True) if each.node.get("required")
        ]
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {
                name: _values(each.node) for name, each in zip(names, fields, strict=True)
            },
        }
        if required:
            schema["required"] = sorted(required)
        ways = {name: _written(each.node) for name, each in zip(names, fields, strict=True)}
        encoding = {name: way for name, way in ways.items() if way}
        media = {"schema": schema, "encoding": encoding} if encoding else {"schema": schema}
        files = any(each.node.get("type") == "file" for each in fields)
        default = [(_MULTIPART if files else _URLENCODED, None)]
        said = self._types("consumes", operation)
        listed = [each for each in said if each[0] in {_URLENCODED, _MULTIPART}] or default
        for type_, source in listed:
            self._put((*at, "content", type_), source or fields[0])
            for name, each in zip(names, fields, strict=True):
                self._put((*at, "content", type_, "schema", "properties", name), each)
        content = {type_: media for type_, _ in listed}
        return {"required": bool(required), "content": content}

    def _types(self, key: str, operation: Spot) -> list[tuple[str, Spot | None]]:
        """(media type, where it is written): the operation's own, else the document's."""
        own = operation if isinstance(operation.node.get(key), list) else self.root
        found = [(str(each.node).lower(), each) for _, each in own.below(key).entries()]
        return list(dict(found).items()) or [(ANY_TYPE, None)]

    # --- responses

    def _responses(self, operation: Spot, at: Pointer) -> Any:
        listed = operation.below("responses")
        if not isinstance(listed.node, dict):
            return listed.node
        return {
            status: self._response(self._follow(each), operation, (*at, "responses", status))
            for status, each in listed.entries()
        }

    def _response(self, spot: Spot, operation: Spot, at: Pointer) -> Any:
        """Response Object; without a schema it has no content."""
        node = self._put(at, spot)
        if not isinstance(node, dict) or "$ref" in node:
            return node
        found = {key: node[key] for key in node if key == "description" or _is_extension(key)}
        if "headers" in node:
            for name, each in spot.below("headers").entries():
                self._put((*at, "headers", name, "schema"), each)
            found["headers"] = _mapped(node["headers"], _header)
        if "schema" in node:
            schema, content = _schema(node["schema"]), {}
            for type_, source in self._types("produces", operation):
                where = (*at, "content", type_)
                self._put(where, source or spot)
                self._put((*where, "schema"), spot.below("schema"))
                content[type_] = {"schema": schema}
            found["content"] = content
        return found


def _in_body(spot: Spot) -> bool:
    return isinstance(spot.node, dict) and spot.node.get("in") in ("body", "formData")


def _is_field(spot: Spot) -> bool:
    return spot.node["in"] == "formData" and isinstance(spot.node.get("name"), str)


def _key(spot: Spot) -> tuple[str, str]:
    """By what a parameter of an operation replaces its path's: a body does whatever its name."""
    node = spot.node if isinstance(spot.node, dict) else {}
    where = _text(node.get("in"))
    return where, "" if where == "body" else _text(node.get("name"))


def _style(node: dict[str, Any], where: str) -> dict[str, Any]:
    """`collectionFormat` as style and explode; a value that is no list has no need of either."""
    if node.get("type") != "array":
        return {}
    plain = "form" if where in {"query", "formData"} else "simple"
    text = _text(node.get("collectionFormat")) or "csv"
    style = plain if text in {"csv", "multi"} else _STYLES.get(text, text)
    inner: Any = node.get("items")
    while isinstance(inner, dict) and inner.get("type") == "array":
        style += f" of {_text(inner.get('collectionFormat')) or 'csv'}"
        inner = inner.get("items")
    return {"style": style, "explode": text == "multi"}


def _written(field: dict[str, Any]) -> dict[str, Any]:
    """How a form field is written (Encoding Object), so far as it is not written as all are."""
    empty = {"allowEmptyValue": True} if field.get("allowEmptyValue") is True else {}
    return _style(field, "formData") | empty


def _values(node: dict[str, Any]) -> Any:
    """The schema of a parameter or header, whose keywords stand beside its own."""
    if "schema" in node:  # no Swagger, and what its author means by it is clear
        return _schema(node["schema"])
    return _schema({key: node[key] for key in node if key in _ASSERTED})


def _header(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    found = {key: node[key] for key in node if key == "description" or _is_extension(key)}
    return {**found, **_style(node, "header"), "schema": _values(node)}


def _schema(node: Any) -> Any:
    """Schema Object, and Items Object, which is a part of it."""
    if not isinstance(node, dict):
        return node
    nullable = {"nullable": True} if node.get("x-nullable") is True else {}
    if isinstance(node.get("$ref"), str):
        # JSON Reference ignores what stands beside it; tools honour this one mark there.
        return {"$ref": _reference(node["$ref"]), **nullable}
    found = {key: value for key, value in node.items() if key != "x-nullable"} | nullable
    for key in _NAMED_SCHEMAS:
        if key in found:
            found[key] = _mapped(found[key], _schema)
    for key in (*_SCHEMAS, *_ONE_SCHEMA):
        value = found.get(key)
        if key in found:
            found[key] = _listed(value) if isinstance(value, list) else _schema(value)
    if isinstance(found.get("discriminator"), str):
        found["discriminator"] = {"propertyName": found["discriminator"]}
    if found.get("type") == "file":
        found |= {"type": "string", "format": "binary"}
    return found


def _reference(text: str) -> str:
    head = "#/definitions/"
    return f"#/components/schemas/{text.removeprefix(head)}" if text.startswith(head) else text


def _scheme(node: Any) -> Any:
    """Security Scheme Object."""
    if not isinstance(node, dict):
        return node
    if node.get("type") == "basic":
        rest = {key: value for key, value in node.items() if key != "type"}
        return {"type": "http", "scheme": "basic", **rest}
    if node.get("type") == "oauth2":
        inside = {"authorizationUrl", "scopes", "tokenUrl"}
        flow = {key: value for key, value in node.items() if key in inside}
        rest = {key: value for key, value in node.items() if key not in {*inside, "flow"}}
        name = _text(node.get("flow"))
        return {**rest, "flows": {_FLOWS.get(name, name): flow}}
    return node


def _mapped(node: Any, convert: Any) -> Any:
    """`convert` of each value of an object; the reader says what is wrong with anything else."""
    return {k: convert(v) for k, v in node.items()} if isinstance(node, dict) else node


def _listed(value: list[Any]) -> list[Any]:
    return [_schema(each) for each in value]


def _is_extension(key: str) -> bool:
    return key.startswith("x-")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
