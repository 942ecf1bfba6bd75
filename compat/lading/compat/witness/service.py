"""Takes HTTP requests and responses as an API document describes them, or says what is wrong.

It reads the document as it is written, not our normal form of it, so that a request which is shown
as proof has been tried on what the author wrote. Bodies are looked into where they are JSON or a
form; a scope is what a credential was granted, as far as the request says (``credentials``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qsl

from lading.compat.witness.cut import UnreadableError, errors, resolved
from lading.compat.witness.wire import Style, read
from lading.model.api import is_json, media_name, media_ranges
from lading.model.dialects import dialect_of, foreign
from lading.model.names import may_match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.witness.cut import Way

Node: TypeAlias = "dict[str, Any]"
_InPath: TypeAlias = "dict[str, tuple[str, str]]"
"""By the name of a parameter: (its position as ``{1}``, its text)."""
Exchange: TypeAlias = "dict[str, Any]"
"""A request or a response as a witness shows it: see `lading.compat.witness.base.Witness`."""

_STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_NO_PARAMETERS: Final = frozenset({"accept", "content-type", "authorization"})
_FORM: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_BRACES: Final = re.compile(r"\{[^{}]*\}")
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_ROOT: Final = ({"url": "/"},)
"""Where a document lists no server (OpenAPI, OpenAPI Object)."""
_BAD: Final = {"request": "400: ", "response": ""}
_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an exchange is refused."""

    part: str
    """``operation``, ``server``, ``security``, ``accept``, ``status``, ``body``, ``query lang``."""
    inside: tuple[str | int, ...]
    """Where in the value of that part."""
    said: str


@dataclass(slots=True)
class Reading:
    """What a version makes of an exchange."""

    faults: list[Fault] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    """What it takes from each part; a part that it does not look for is not there."""
    assumed: set[str] = field(default_factory=set)
    """The parts that did not come, and are taken for their default."""

    def refuse(self, part: str, said: str, inside: tuple[str | int, ...] = ()) -> None:
        """Note why it is refused."""
        self.faults.append(Fault(part, inside, said))


_IN_SEGMENT: Final = 3
"""Expressions between two slashes that are told apart: each more is a power more of work."""


class Service:
    """One version of an API, as its document has it."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.paths = [
            (path, _BRACES.split(path), _dict(item))
            for path, item in _dict(root.get("paths")).items()
        ]
        self.patterns = [
            (path, re.compile("([^/]+)".join(map(re.escape, parts))), item)
            for path, parts, item in sorted(self.paths, key=lambda each: len(each[1]))
            if all(segment.count("{") <= _IN_SEGMENT for segment in path.split("/"))
        ]

    # --- requests

    def ask(self, request: Exchange) -> Reading:
        """What is made of a request."""
        reading = Reading()
        path, _, query = str(request.get("path", "")).partition("?")
        found = self._called(request, path)
        if found is None:
            reading.refuse("operation", f"404: there is no {named(request)}")
            return reading
        item, operation, texts, template = found
        reading.values["operation"] = f"{request['method']} {template}"
        self._server(request, item, operation, reading)
        came = _Came(request, texts, query)
        self._let_in(came, operation, reading)
        nodes = self._parameters(item, operation)
        for node in nodes:
            alike = [
                each for each in nodes if each.get("in") == node.get("in") and each is not node
            ]
            self._parameter(node, came, {str(each.get("name")) for each in alike}, reading)
        self._asked_body(came, operation, reading)
        self._accepted(came, operation, reading)
        return reading

    def _called(self, request: Exchange, path: str) -> tuple[Node, Node, _InPath, str] | None:
        """(path item, operation, what the path carries, the path without names)."""
        if "webhook" in request or "callback" in request:
            found = self._named(request)
            return (*found, {}, named(request)) if found else None
        for template, pattern, item in self.patterns:
            matched = pattern.fullmatch(path)
            if matched:
                node = self.follow(item)
                operation = _operation(node, request["method"])
                if operation is not None:
                    names = [each[1:-1] for each in _BRACES.findall(template)]
                    texts = zip(names, matched.groups(), strict=True)
                    carried = {name: (f"{{{n}}}", text) for n, (name, text) in enumerate(texts, 1)}
                    return node, operation, carried, _BRACES.sub("{}", template)
        return None

    def _named(self, target: Exchange) -> tuple[Node, Node] | None:
        """(path item, operation) of a webhook, a callback, or a path with its braces."""
        if "webhook" in target:
            item = _dict(self.root.get("webhooks")).get(target["webhook"])
        elif "callback" in target:
            item = self._called_back(target)
        else:
            blank = _BRACES.split(target["path"])
            item = next((item for _, parts, item in self.paths if parts == blank), None)
        node = self.follow(_dict(item))
        operation = _operation(node, target["method"])
        return None if operation is None else (node, operation)

    def _called_back(self, target: Exchange) -> Any:
        """The path item of a callback: its label is on no wire, the URL is."""
        method, _, path = target["during"].partition(" ")
        during = self._named({"method": method, "path": path})
        listed = self.follow(_dict(during[1].get("callbacks"))) if during else {}
        callbacks = {name: self.follow(_dict(each)) for name, each in listed.items()}
        name, _, url = target["callback"].partition(" ")
        if url in callbacks.get(name, {}):
            return callbacks[name][url]
        others = [each[url] for each in callbacks.values() if url in each]
        if len(others) > 1:
            raise UnreadableError  # which of them it is, nobody says
        return others[0] if others else None

    def _server(self, request: Exchange, item: Node, operation: Node, reading: Reading) -> None:
        if "server" not in request:
            return
        sides = (operation, item, self.root)
        listed = next((each["servers"] for each in sides if _list(each.get("servers"))), _ROOT)
        urls = [str(_dict(each).get("url")) for each in listed]
        if not any(_address(_dict(each)).fullmatch(request["server"]) for each in listed):
            reading.refuse("server", f"no server {request['server']}: there is {', '.join(urls)}")

    def _let_in(self, came: _Came, operation: Node, reading: Reading) -> None:
        called_back = "webhook" in came.request or "callback" in came.request
        asked = None if called_back else self.root.get("security")  # of who calls the API
        ways = _list(operation.get("security", asked)) or [{}]
        said = [self._kept_out(came, _dict(way)) for way in ways]
        if all(said):
            reading.refuse("security", said[-1])

    def _kept_out(self, came: _Came, way: Node) -> str:
        """Why one way in is closed; empty: it is open."""
        for name, scopes in way.items():
            if not came.presents(name, self.scheme(name)):
                return f"401: it asks for {name}"
            lacking = [str(each) for each in _list(scopes) if str(each) not in came.granted]
            if lacking:
                return f"403: {name} asks for the scope {', '.join(lacking)}"
        return ""

    def scheme(self, name: str) -> Node:
        """A security scheme."""
        components = _dict(self.root.get("components"))
        return self.follow(_dict(_dict(components.get("securitySchemes")).get(name)))

    def _parameters(self, item: Node, operation: Node) -> list[Node]:
        listed = [*_list(item.get("parameters")), *_list(operation.get("parameters"))]
        nodes = [self.follow(_dict(each)) for each in listed]
        return list({(str(each.get("in")), str(each.get("name"))): each for each in nodes}.values())

    def _parameter(self, node: Node, came: _Came, others: set[str], reading: Reading) -> None:
        where, name = str(node.get("in")), str(node.get("name"))
        if where not in _STYLES or (where == "header" and name.lower() in _NO_PARAMETERS):
            return
        name = name.lower() if where == "header" else name
        part = f"{where} {came.path[name][0] if name in came.path and where == 'path' else name}"
        texts = came.texts(where, name)
        if node.get("allowEmptyValue") is True and (name, "") in texts:
            reading.values[part] = ""
            return
        if where == "query" and (name, "") in texts:
            reading.refuse(part, f"400: the {part} may not be empty")
            return
        spec = Style(*_style(node, name, where))
        mine = [each for each in texts if each[0] not in others]
        self._carried(node, spec, mine, reading, part=part, way="request")

    def _asked_body(self, came: _Came, operation: Node, reading: Reading) -> None:
        node = self.follow(_dict(operation.get("requestBody")))
        if "body" in came.request:
            if node:
                self._body(node, came.request["body"], came.headers, "request", reading)
        elif node.get("required") is True:
            reading.refuse("body", "400: a body is required")

    def _accepted(self, came: _Came, operation: Node, reading: Reading) -> None:
        """Which answers come in the media type that was asked for (RFC 9110, 12.5.1)."""
        wanted = came.headers.get("accept")
        if wanted is None:
            return
        good = False
        for status, value in _dict(operation.get("responses")).items():
            contents = _dict(self.follow(_dict(value)).get("content"))
            offered = _media(contents, wanted) is not None
            reading.values[f"accept {status}"] = offered
            good = good or (offered and status[:1] in {"1", "2", "3", "d"})
        if not good:
            reading.refuse("accept", f"406: it does not answer in {wanted}")

    # --- responses

    def answer(self, response: Exchange) -> Reading:
        """What is made of a response."""
        reading = Reading()
        target = response["to"]
        found = self._named(target)
        if found is None:
            reading.refuse("operation", f"there is no {named(target)}")
            return reading
        status = str(response["status"])
        listed = _dict(found[1].get("responses"))
        node = next((listed[key] for key in stand_ins(status) if key in listed), None)
        if node is None:
            reading.refuse("status", f"no answer {status}: there is {', '.join(listed) or 'none'}")
            return reading
        node, headers = self.follow(_dict(node)), response.get("headers", {})
        for name, value in _dict(node.get("headers")).items():
            each, low = self.follow(_dict(value)), name.lower()
            texts = [(key, text) for key, text in headers.items() if key == low]
            if low != "content-type":
                spec = Style(*_style(each, low, "header"))
                self._carried(each, spec, texts, reading, part=f"header {low}", way="response")
        if "body" in response and node.get("content"):
            self._body(node, response["body"], headers, "response", reading)
        return reading

    # --- what both carry

    def _carried(  # noqa: PLR0913 - a parameter, how it came, and where it is noted
        self,
        node: Node,
        spec: Style,
        texts: list[tuple[str, str]],
        reading: Reading,
        *,
        part: str,
        way: Way,
    ) -> None:
        """A parameter or a header."""
        schema, in_json = node.get("schema", True), False
        for media, value in _dict(node.get("content")).items():
            schema, in_json = _dict(value).get("schema", True), is_json(media)
            if not in_json:
                raise UnreadableError  # nobody says what its values look like
        shapes = ["text"] if in_json else self._shapes(schema)
        if shapes != ["text"] and (spec.name, "") in texts:
            raise UnreadableError  # nobody says what an empty list looks like
        made = [each for each in (read(spec, texts, one) for one in shapes) if each is not None]
        if not made:
            if node.get("required") is True:
                reading.refuse(part, f"{_BAD[way]}the {part} is required")
            elif isinstance(schema, dict) and "default" in schema:
                reading.values[part] = schema["default"]
                reading.assumed.add(part)
            return
        tried = [_from_json(each) if in_json else self._typed(each, schema, way) for each in made]
        self._valid(schema, tried, part, way, reading)

    def _valid(self, schema: Any, tried: list[Any], part: str, way: Way, reading: Reading) -> None:
        """Take the first reading of a text that its schema takes."""
        found = [errors(self.root, schema, each, way) for each in tried]
        for each, wrong in zip(tried, found, strict=True):
            if not wrong:
                reading.values[part] = each
                return
        for inside, said in found[0]:
            reading.refuse(part, said, inside)

    def _body(
        self, node: Node, body: Any, headers: dict[str, str], way: Way, reading: Reading
    ) -> None:
        type_ = headers.get("content-type", "")
        media = _media(_dict(node.get("content")), type_)
        if media is None:
            reading.refuse(
                "body", f"415: it takes no {type_}" if way == "request" else f"no {type_}"
            )
            return
        node = self.follow(media)
        schema = node.get("schema", True)
        if "itemSchema" in node and isinstance(body, list):
            self._items(node["itemSchema"], body, way, reading)
        elif is_json(type_):
            self._valid(schema, [body], "body", way, reading)
        elif is_form(type_):
            self._valid(schema, [self._typed(body, schema, way)], "body", way, reading)
        else:
            reading.values["body"] = body

    def _items(self, schema: Any, body: list[Any], way: Way, reading: Reading) -> None:
        """A stream of items (OpenAPI 3.2, ``itemSchema``)."""
        reading.values["body"] = body
        for index, each in enumerate(body):
            for inside, said in errors(self.root, schema, each, way):
                reading.refuse("body", said, (index, *inside))

    def _typed(self, made: Any, schema: Any, way: Way, depth: int = 0) -> Any:
        """Texts as values of the types that a schema speaks of."""
        if depth > _DEEPEST:
            return made
        if isinstance(made, list):
            first = self._part_of(schema, "prefixItems", "")
            first = first if isinstance(first, list) else []
            rest = [self._part_of(schema, "items", "")] * (len(made) - len(first))
            pairs = zip(made, [*first, *rest], strict=False)
            return [self._typed(each, part, way, depth + 1) for each, part in pairs]
        if isinstance(made, dict):
            return {
                key: self._typed(each, self._part_of(schema, "properties", key), way, depth + 1)
                for key, each in made.items()
            }
        options = list(_readings(made, self._kinds(schema)))
        return next(
            (each for each in options if not errors(self.root, schema, each, way)), options[0]
        )

    def _shapes(self, schema: Any) -> list[str]:
        kinds = self._kinds(schema)
        shapes: list[str] = [each for each in ("array", "object") if each in kinds]
        return [*shapes, "text"] if not kinds or kinds - {"array", "object"} else shapes

    def _kinds(self, schema: Any) -> set[str]:
        """The types that a schema speaks of, whether it asks for them or offers them."""
        found: set[str] = set()
        for node in self._parts(schema, 0):
            said = node.get("type")
            found.update([said] if isinstance(said, str) else map(str, _list(said)))
            if node.get("nullable") is True and "nullable" not in foreign(dialect_of(self.root)):
                found.add("null")
            found.update({"object"} if "properties" in node else ())
            found.update(_kind(each) for each in (*_list(node.get("enum")), *_const(node)))
        return found

    def _part_of(self, schema: Any, key: str, name: str) -> Any:
        """The schema of the items, or of one property."""
        for node in self._parts(schema, 0):
            inner = _property(node, name) if key == "properties" else node.get(key)
            if inner is not None:
                return inner
        return True

    def _parts(self, schema: Any, depth: int) -> Iterator[Node]:
        if depth > _DEEPEST or not isinstance(schema, dict):
            return
        if isinstance(schema.get("$ref"), str):
            yield from self._parts(resolved(self.root, schema["$ref"]), depth + 1)
        yield schema
        for key in ("allOf", "anyOf", "oneOf"):
            for each in _list(schema.get(key)):
                yield from self._parts(each, depth + 1)

    def follow(self, node: Node) -> Node:
        """`node`, or what its ``$ref`` names."""
        for _ in range(_DEEPEST):
            if not isinstance(node.get("$ref"), str):
                return node
            node = _dict(resolved(self.root, node["$ref"]))
        raise UnreadableError


class _Came:
    """A request taken to pieces."""

    def __init__(self, request: Exchange, path: _InPath, query: str) -> None:
        self.request = request
        self.headers: dict[str, str] = request.get("headers", {})
        self.path = path
        pairs = [each.partition("=") for each in query.split("&") if each]
        self.query = [(_name(key), text) for key, _, text in pairs]
        cookies = [each.partition("=") for each in self.headers.get("cookie", "").split("; ")]
        self.cookies = [(key, text) for key, _, text in cookies if key]
        held: dict[str, list[str]] = request.get("credentials", {})
        self.granted = {scope for scopes in held.values() for scope in scopes}

    def texts(self, where: str, name: str) -> list[tuple[str, str]]:
        """Everything in the place where a parameter is looked for."""
        match where:
            case "query":
                return self.query
            case "cookie":
                return self.cookies
            case "header":
                return [(key, text) for key, text in self.headers.items() if key == name]
        return [(name, self.path[name][1])] if name in self.path else []

    def presents(self, name: str, scheme: Node) -> bool:
        """Whether it brings what a security scheme asks for."""
        match scheme.get("type"):
            case "apiKey":
                where, key = scheme.get("in"), str(scheme.get("name"))
                key = key.lower() if where == "header" else key
                return any(each == key for each, _ in self.texts(str(where), key))
            case "http":
                said = self.headers.get("authorization", "").lower()
                return said.startswith(f"{str(scheme.get('scheme')).lower()} ")
            case "oauth2" | "openIdConnect":
                return self.headers.get("authorization", "").lower().startswith("bearer ")
            case "mutualTLS":  # a certificate, which no header shows
                return name in self.request.get("credentials", {})
        raise UnreadableError


def named(target: Exchange) -> str:
    """What a request calls, in words: ``GET /shipments/1``."""
    what = target.get("webhook") or target.get("callback") or target["path"].partition("?")[0]
    kind = next((f"{each} " for each in ("webhook", "callback") if each in target), "")
    return f"{kind}{target['method']} {what}"


def stand_ins(status: str) -> tuple[str, str, str]:
    """Under what a status is looked for, in this order (OpenAPI, Responses Object)."""
    return status, f"{status[:1]}XX", "default"


def is_form(type_: str) -> bool:
    """Whether bodies of a media type are fields of texts."""
    return type_.partition(";")[0].strip() in _FORM


def _media(contents: Node, type_: str) -> Node | None:
    """The media type of a body; the most specific key counts (OpenAPI, Media Type Object)."""
    listed = {media_name(key): _dict(value) for key, value in contents.items()}
    listed |= {key.lower(): _dict(value) for key, value in contents.items()}
    name = media_name(type_)
    ranges = (type_.lower(), name, name.partition(";")[0], *media_ranges(name))
    return next((listed[key] for key in ranges if key in listed), None)


def _operation(item: Node, method: str) -> Node | None:
    more = _dict(item.get("additionalOperations"))
    found = item.get(method.lower(), more.get(method))
    return found if isinstance(found, dict) else None


def _style(node: Node, name: str, where: str) -> tuple[str, str, bool, bool]:
    style = str(node.get("style", _STYLES[where]))
    explode = node.get("explode", style == "form") is True
    return name, style, explode, where != "header"


def _readings(text: Any, kinds: set[str]) -> Iterator[Any]:
    """What a text may stand for."""
    if not isinstance(text, str):
        yield text
        return
    if kinds & {"integer", "number"} and _NUMBER.fullmatch(text):
        yield (
            json.loads(text) if not text.lstrip("-").startswith("0") or "." in text else float(text)
        )
    if "boolean" in kinds and text in {"true", "false"}:
        yield text == "true"
    if "null" in kinds and not text:
        yield None
    yield text


def _from_json(text: Any) -> Any:
    from urllib.parse import unquote

    try:
        return json.loads(unquote(str(text)))
    except ValueError:
        return text


def _name(text: str) -> str:
    found = parse_qsl(f"{text}=", keep_blank_values=True)
    return found[0][0] if found else text


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return "null" if value is None else kinds.get(type(value), "object")


def _property(node: Node, name: str) -> Any:
    """The schema of one property: by its name, by a pattern, else that of the rest."""
    if name in _dict(node.get("properties")):
        return node["properties"][name]
    for pattern, schema in _dict(node.get("patternProperties")).items():
        if may_match(pattern, name):
            return schema
    return node.get("additionalProperties")


def _address(server: Node) -> re.Pattern[str]:
    """What the URL of a server may be: a variable has one of its values, or any (Server Object)."""
    url, variables = str(server.get("url")).rstrip("/"), _dict(server.get("variables"))
    parts = [re.escape(each) for each in _BRACES.split(url)]
    for index, each in enumerate(_BRACES.findall(url)):
        values = _list(_dict(variables.get(each[1:-1])).get("enum"))
        parts[index] += f"({'|'.join(re.escape(str(one)) for one in values) or '[^/]*'})"
    return re.compile(f"{''.join(parts)}/?")


def _const(node: Node) -> tuple[Any, ...]:
    return (node["const"],) if "const" in node else ()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> Node:
    return value if isinstance(value, dict) else {}
