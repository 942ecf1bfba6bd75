"""OpenAPI documents (3.0, 3.1 and 3.2) in normal form."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

from lading.model.api import (
    Api,
    Body,
    Family,
    In,
    Link,
    Media,
    Operation,
    Parameter,
    Part,
    Response,
    Security,
    media_name,
)
from lading.model.canonical import reached
from lading.model.jsonschema import JsonSchemaReader
from lading.model.notes import as_written, kind_of
from lading.model.pointers import resolve, split
from lading.model.schema import NO_DEFAULT, Anything, Ref, Scalar, ScalarType
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.model.document import Document, Origin, Pointer
    from lading.model.named import Types
    from lading.model.schema import Schema

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_VERSION: Final = re.compile(r"3\.[012]\.\d+(-.+)?")
_SHORT: Final = re.compile(r"3\.[012]")
_READ: Final = "Swagger 2.0 and OpenAPI 3.0.x, 3.1.x and 3.2.x are read"
_PATH_KEYS: Final = ("parameters", "summary", "description", "servers", "$ref")
_METHOD: Final = re.compile(r"[A-Z0-9!#$%&'*+.^_`|~-]+")
_UNJUDGED: Final = ("itemEncoding", "prefixEncoding")
_STYLES: Final = {
    In.PATH: "simple",
    In.HEADER: "simple",
    In.QUERY: "form",
    In.COOKIE: "form",
    In.QUERYSTRING: "",
}
_XML: Final = re.compile(r"(application|text)/(.+\+)?xml")
_MOST_OF_XML: Final = 2_000
"""Schemas that are looked into for how one body is written in XML."""
_IGNORED_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
_MOST_URLS: Final = 16
"""A server whose variables make more URLs is one with free variables."""
_BRACES: Final = re.compile(r"\{([^{}]*)\}")


def read_openapi(document: Document, types: Types) -> Api:
    """The API that `document` describes; its component schemas go into `types`."""
    reader = _Reader(document, types)
    return reader.api()


class _Reader:
    def __init__(self, document: Document, types: Types) -> None:
        self.root: dict[str, Any] = document.value if isinstance(document.value, dict) else {}
        self.notes = types.at(document)
        self.types = types
        self.schemas = _Schemas(document, types)
        self.is_newest = f"{self.root.get('openapi')}.".startswith("3.2.")
        self.methods = (*_METHODS, "query") if self.is_newest else _METHODS
        self.places = {
            str(each): each for each in In if self.is_newest or each is not In.QUERYSTRING
        }

    def api(self) -> Api:
        """The whole document."""
        if not self._is_read():
            return Api(title="", version="", operations=(), at=self.notes.origin(()))
        info = self._info()
        operations = sorted(
            self._operations(), key=lambda each: (each.webhook, each.path, each.method)
        )
        self._unique_ids(operations)
        self._unique_paths()
        schemes = dict(self._schemes(operations))
        self.schemas.definitions(("components", "schemas"))
        self.types.settle()
        api = Api(
            title=self._told(info, "title"),
            version=self._told(info, "version"),
            operations=tuple(operations),
            servers=_servers(self.root),
            schemes=tuple((name, _presented(node)) for name, node in schemes.items()),
            deprecated=tuple(name for name in schemes if self._is_left(schemes[name])),
            undecided=(*_variables(self.root), *_torn(operations)),
            doc=_text(info.get("description")),
            at=self.notes.origin(()),
        )
        return replace(api, families=tuple(self._families_in(api)))

    def _info(self) -> dict[str, Any]:
        """What the API says of itself, which no message shows."""
        found = self.root.get("info")
        if found is None:
            self.notes.flaw("LAD021", ("info",), "`info` is missing")
        return self._object(found, ("info",))

    def _told(self, info: dict[str, Any], key: str) -> str:
        value = info.get(key)
        if isinstance(value, str):
            return value
        if value is None:
            if info:
                self.notes.flaw("LAD031", ("info",), f"`{key}` is missing")
            return ""
        hint = f'put it in quotes: {key}: "{value}"' if isinstance(value, int | float) else ""
        message = f"`{key}` must be text, not {kind_of(value)}"
        self.notes.flaw("LAD031", ("info", key), message, hint=hint)
        return str(value)

    def _is_read(self) -> bool:
        """Whether the version is one whose rules we know; the rest would be noise otherwise."""
        if not isinstance(self.notes.document.value, dict):
            what = kind_of(self.notes.document.value)
            self.notes.add("LAD021", (), f"an OpenAPI document is an object, not {what}")
            return False
        if "swagger" in self.root:
            what = f"Swagger {as_written(self.root['swagger'])} is not read"
            self.notes.add("LAD020", ("swagger",), what, hint=_READ)
            return False
        version = self.root.get("openapi")
        if _SHORT.fullmatch(str(version)):
            what = f"the version is written in three numbers: {version}.0"
            self.notes.flaw("LAD020", ("openapi",), what, hint=f'openapi: "{version}.0"')
        elif not isinstance(version, str) or not _VERSION.fullmatch(version):
            what = (
                f"OpenAPI {as_written(version)} is not read"
                if version
                else "this is no OpenAPI document"
            )
            self.notes.add("LAD020", ("openapi",), what, hint=_READ)
            return False
        return True

    # --- operations

    def _operations(self) -> Iterator[Operation]:
        paths = self._object(self.root.get("paths"), ("paths",))
        for path, item in paths.items():
            if not path.startswith("x-"):
                if not path.startswith("/"):
                    self.notes.add(
                        "LAD021", ("paths", path), f"the path `{path}` must start with /"
                    )
                yield from self._item(path, item, ("paths", path))
        hooks = self._object(self.root.get("webhooks"), ("webhooks",))
        for name, item in hooks.items():
            yield from self._item(name, item, ("webhooks", name), webhook=True)

    def _item(
        self, path: str, item: Any, at: Pointer, *, webhook: bool = False
    ) -> Iterator[Operation]:
        node, at = self._follow(self._object(item, at), at)
        more = ("additionalOperations",) if self.is_newest else ()
        self.notes.unknown_keys(node, at, (*self.methods, *_PATH_KEYS, *more))
        shared = self._parameters(node, at, path)
        for method in self.methods:
            if method in node:
                yield self._operation(path, method, node, (*at, method), shared, webhook=webhook)
        if more:
            where = (*at, *more)
            named = self._object(node.get(more[0]), where)
            for name in named:
                if not _METHOD.fullmatch(name) or name.lower() in self.methods:
                    message = f"`{name}` is no further method: write it in capitals"
                    self.notes.add("LAD021", (*where, name), message)
                beside = {**node, name.lower(): named[name]}
                yield self._operation(
                    path, name.lower(), beside, (*where, name), shared, webhook=webhook
                )

    def _operation(  # noqa: PLR0913 - where it stands, and what its path shares
        self,
        path: str,
        method: str,
        item: dict[str, Any],
        at: Pointer,
        shared: dict[tuple[In, str], Parameter],
        *,
        webhook: bool,
    ) -> Operation:
        node = self._object(item[method], at)
        parameters = shared | self._parameters(node, at, path)
        self._path_parameters(path, parameters, at, webhook=webhook)
        body = (
            self._body(node.get("requestBody"), (*at, "requestBody"))
            if "requestBody" in node
            else None
        )
        # What the root asks for is asked of clients, who do not call a webhook.
        security = node.get("security", [] if webhook else self.root.get("security", []))
        return Operation(
            method=method,
            path=path if webhook else _BRACES.sub("{}", path),
            written_path=path,
            operation_id=_text(node.get("operationId")),
            parameters=tuple(parameters[key] for key in sorted(parameters)),
            body=body,
            responses=tuple(self._responses(node, at)),
            security=tuple(_security(security)),
            deprecated=node.get("deprecated") is True,
            sunset=_text(node.get("x-sunset")),
            stability=_text(node.get("x-stability-level")),
            webhook=webhook,
            callbacks=() if webhook else tuple(self._callbacks(node, at)),
            servers=_servers(node) or _servers(item),
            undecided=tuple(self._unjudged(item, node, webhook=webhook)),
            summary=_text(node.get("summary")),
            doc=_text(node.get("description")),
            at=self.notes.origin(at),
        )

    def _callbacks(self, node: dict[str, Any], at: Pointer) -> Iterator[Operation]:
        """What the provider calls on the way, sorted by name and URL (Callback Object)."""
        if "callbacks" not in node:
            return
        callbacks = self._object(node["callbacks"], (*at, "callbacks"))
        for name in sorted(callbacks):
            where = (*at, "callbacks", name)
            each, where = self._follow(self._object(callbacks[name], where), where)
            for url in sorted(each):
                if not url.startswith("x-"):
                    for found in self._item(url, each[url], (*where, url), webhook=True):
                        yield replace(found, callback=name)

    def _unjudged(
        self, item: dict[str, Any], node: dict[str, Any], *, webhook: bool
    ) -> Iterator[tuple[str, str]]:
        """Parts of an operation whose changes nobody judges yet."""
        yield from _variables(node if "servers" in node else item)
        if webhook and "callbacks" in node:
            yield "callbacks inside", self._closed(node["callbacks"])

    def _unique_paths(self) -> None:
        seen: dict[str, str] = {}
        paths = _dict(self.root.get("paths"))
        for path in paths:
            first = seen.setdefault(_BRACES.sub("{}", path), path)
            if first != path:
                message = f"`{path}` and `{first}` differ only in the names of parameters"
                hint = "a request fits both: keep one path"
                self.notes.flaw("LAD014", ("paths", path), message, hint=hint)

    def _unique_ids(self, operations: list[Operation]) -> None:
        seen: dict[str, Operation] = {}
        for each in operations:
            if each.operation_id in seen and each.operation_id and each.at:
                first = seen[each.operation_id].key
                message = f"the operationId `{each.operation_id}` is also that of {first}"
                self.notes.flaw("LAD014", (*each.at.pointer, "operationId"), message)
            seen.setdefault(each.operation_id, each)

    # --- parameters

    def _parameters(
        self, node: dict[str, Any], at: Pointer, path: str
    ) -> dict[tuple[In, str], Parameter]:
        order = {name: index + 1 for index, name in enumerate(_BRACES.findall(path))}
        found: dict[tuple[In, str], Parameter] = {}
        for index, value in enumerate(_list(node.get("parameters"))):
            where: Pointer = (*at, "parameters", index)
            each, where = self._follow(self._object(value, where), where)
            parameter = self._parameter(each, where, order)
            if parameter and (parameter.location, parameter.name) in found:
                alike = parameter == found[parameter.location, parameter.name]
                note = self.notes.flaw if alike else self.notes.add
                note("LAD014", where, f"the parameter `{each.get('name')}` is written twice")
            elif parameter:
                found[parameter.location, parameter.name] = parameter
        return found

    def _parameter(
        self, node: dict[str, Any], at: Pointer, order: dict[str, int]
    ) -> Parameter | None:
        name, where = node.get("name"), node.get("in")
        if not isinstance(name, str) or not isinstance(where, str) or where not in self.places:
            words = ", ".join(self.places)
            self.notes.add("LAD021", at, f"a parameter needs a `name` and an `in` of {words}")
            return None
        location = self.places[where]
        if location is In.HEADER and name.lower() in _IGNORED_HEADERS:
            return None  # OpenAPI 3.1, Parameter Object: such definitions shall be ignored
        if location is In.PATH and name not in order:
            hint = did_you_mean(name, order)
            self.notes.flaw("LAD021", at, f"the path has no `{{{name}}}`", hint=hint)
            return None  # it is in no request
        media = self._media_of(node, at)
        style = "" if media else _text(node.get("style")) or _STYLES[location]
        return Parameter(
            name=f"{{{order.get(name, name)}}}" if location is In.PATH else _wire(name, location),
            location=location,
            schema=self._schema_of(node, at),
            required=node.get("required") is True,
            style=style,
            explode=not media and node.get("explode", style == "form") is True,
            deprecated=node.get("deprecated") is True,
            sunset=_text(node.get("x-sunset")),
            stability=_text(node.get("x-stability-level")),
            reserved=node.get("allowReserved") is True,
            default=_dict(_described(node)).get("default", NO_DEFAULT),
            empty=location is In.QUERY and node.get("allowEmptyValue") is True,
            media=media,
            at=self.notes.origin(at),
        )

    def _path_parameters(
        self, path: str, parameters: dict[tuple[In, str], Parameter], at: Pointer, *, webhook: bool
    ) -> None:
        for index, name in enumerate(() if webhook else _BRACES.findall(path)):
            key = In.PATH, f"{{{index + 1}}}"
            if key not in parameters:
                message = f"the path parameter `{name}` is not described"
                self.notes.flaw("LAD021", at, message, hint="add it to `parameters` with in: path")
                any_text = Scalar(ScalarType.STRING, at=self.notes.origin(at))
                parameters[key] = Parameter(
                    key[1], In.PATH, any_text, required=True, style="simple", at=any_text.at
                )

    def _schema_of(self, node: dict[str, Any], at: Pointer) -> Schema:
        """The schema of a parameter or header; some are described by a media type instead."""
        if "schema" in node:
            return self.schemas.schema(node["schema"], (*at, "schema"))
        for type_, media in self._object(node.get("content"), (*at, "content")).items():
            where = (*at, "content", type_)
            return self.schemas.schema(
                self._object(media, where).get("schema", True), (*where, "schema")
            )
        return Anything(at=self.notes.origin(at))

    def _media_of(self, node: dict[str, Any], at: Pointer) -> str:
        """The media type that a parameter or header is written in; empty: a style says how."""
        if "schema" in node:
            return ""
        return next(map(media_name, self._object(node.get("content"), (*at, "content"))), "")

    # --- bodies

    def _body(self, value: Any, at: Pointer) -> Body:
        node, at = self._follow(self._object(value, at), at)
        return Body(
            tuple(self._contents(node, at)),
            required=node.get("required") is True,
            at=self.notes.origin(at),
        )

    def _contents(self, node: dict[str, Any], at: Pointer) -> Iterator[Media]:
        contents = self._object(node.get("content"), (*at, "content"))
        listed = {type_.lower() for type_ in contents}
        for type_ in sorted(contents):
            where = (*at, "content", type_)
            media, where = self._follow(self._object(contents[type_], where), where)
            plain = media_name(type_)
            yield Media(
                type_.lower() if plain in listed else plain,
                self.schemas.schema(media.get("schema", True), (*where, "schema")),
                self.schemas.schema(media["itemSchema"], (*where, "itemSchema"))
                if self.is_newest and "itemSchema" in media
                else None,
                tuple(self._unsaid(media, plain)),
                tuple(self._parts(media, where)) if _may_be_form(plain) else (),
                at=self.notes.origin(where),
            )

    def _unsaid(self, media: dict[str, Any], type_: str) -> Iterator[tuple[str, str]]:
        """What is not judged of a media type."""
        yield from ((key, self._closed(media[key])) for key in _UNJUDGED if key in media)
        if not _XML.fullmatch(type_.partition(";")[0]):
            return
        found = self._in_xml(media.get("schema"), frozenset(), [])
        root = _dict(media.get("schema")).get("$ref")
        if isinstance(root, str) and "name" not in found.get("xml", {}):
            found["root"] = root.rpartition("/")[2]
        if found:
            yield "how it is written in XML", _canonical(found)

    def _in_xml(self, node: Any, met: frozenset[str], seen: list[None]) -> dict[str, Any]:
        """What ``xml`` says of a schema and of all below it, by place; components have none."""
        seen.append(None)
        node = _dict(node)
        if len(seen) > _MOST_OF_XML:
            return {"more": self._components}
        found: dict[str, Any] = {}
        text = node.get("$ref")
        if isinstance(text, str) and text not in met:
            target, _ = self._follow({"$ref": text}, ())
            found |= self._in_xml(target, met | {text}, seen)
        said = {key: each for key, each in _dict(node.get("xml")).items() if each}
        choices = {key: _list(node.get(key)) for key in ("anyOf", "oneOf")}
        alone = [each for listed in choices.values() for each in listed if len(listed) == 1]
        for each in (*_list(node.get("allOf")), *alone):
            found |= self._in_xml(each, met, seen)
        inner = {f".{name}": each for name, each in _dict(node.get("properties")).items()}
        inner |= {key: node[key] for key in ("items", "additionalProperties") if key in node}
        for key, listed in choices.items():
            several = listed if len(listed) > 1 else ()
            inner |= {f"{key} {index}": each for index, each in enumerate(several)}
        below = {key: self._in_xml(each, met, seen) for key, each in inner.items()}
        found |= {key: each for key, each in below.items() if each}
        return found | ({"xml": said} if said else {})

    def _parts(self, media: dict[str, Any], at: Pointer) -> Iterator[Part]:
        """How properties are written, sorted by name.

        Where one of the three words of a query is said, the property is written as in one, and its
        content type is ignored (OpenAPI 3.1, Encoding Object).
        """
        if "encoding" not in media:
            return
        encoding = self._object(media["encoding"], (*at, "encoding"))
        for name in sorted(encoding):
            where = (*at, "encoding", name)
            node = self._object(encoding[name], where)
            origin = self.notes.origin(where)
            headers = self._closed(node["headers"]) if node.get("headers") else ""
            if node.keys() & {"style", "explode", "allowReserved"}:
                style = _text(node.get("style")) or "form"
                explode = node.get("explode", style == "form") is True
                reserved = node.get("allowReserved") is True
                yield Part(name, style, explode, reserved, headers=headers, at=origin)
            else:
                types = {each.strip().lower() for each in _text(node.get("contentType")).split(",")}
                yield Part(name, contents=tuple(sorted(types - {""})), headers=headers, at=origin)

    def _responses(self, node: dict[str, Any], at: Pointer) -> Iterator[Response]:
        responses = self._object(node.get("responses"), (*at, "responses"))
        for status in sorted(responses):
            if status.startswith("x-"):
                continue
            if not re.fullmatch(r"[1-5](\d\d|XX)|default", status):
                message = f"`{status}` is no status: write 200, 2XX or default"
                self.notes.add("LAD021", (*at, "responses", status), message)
            where = (*at, "responses", status)
            each, where = self._follow(self._object(responses[status], where), where)
            yield Response(
                status,
                tuple(self._contents(each, where)),
                tuple(self._headers(each, where)),
                tuple(self._links(each, where)),
                at=self.notes.origin(where),
            )

    def _headers(self, node: dict[str, Any], at: Pointer) -> Iterator[Parameter]:
        if "headers" not in node:
            return
        headers = self._object(node["headers"], (*at, "headers"))
        for name in sorted(headers, key=str.lower):
            where = (*at, "headers", name)
            each, where = self._follow(self._object(headers[name], where), where)
            media = self._media_of(each, where)
            if name.lower() != "content-type":
                yield Parameter(
                    name.lower(),
                    In.HEADER,
                    self._schema_of(each, where),
                    required=each.get("required") is True,
                    style="" if media else _text(each.get("style")) or _STYLES[In.HEADER],
                    explode=not media and each.get("explode") is True,
                    deprecated=each.get("deprecated") is True,
                    sunset=_text(each.get("x-sunset")),
                    stability=_text(each.get("x-stability-level")),
                    media=media,
                    at=self.notes.origin(where),
                )

    def _links(self, node: dict[str, Any], at: Pointer) -> Iterator[Link]:
        if "links" not in node:
            return
        links = self._object(node["links"], (*at, "links"))
        for name in sorted(links):
            where = (*at, "links", name)
            each, where = self._follow(self._object(links[name], where), where)
            target, path = self._target(each)
            names = {part: f"{{{n + 1}}}" for n, part in enumerate(_BRACES.findall(path))}
            values = {
                names.get(key.removeprefix("path."), key): value
                for key, value in _dict(each.get("parameters")).items()
            }
            rest = {key: each[key] for key in ("requestBody", "server") if key in each}
            yield Link(
                name,
                target,
                _canonical({"parameters": values, **rest}),
                at=self.notes.origin(where),
            )

    def _target(self, link: dict[str, Any]) -> tuple[str, str]:
        """(operation, its path as written) that a link leads to, by its id or its place."""
        said = _text(link.get("operationId")) or _text(link.get("operationRef"))
        _, pointer = split(_text(link.get("operationRef")))
        found = self._by_id.get(said)
        if not found and pointer[:1] == ("paths",) and len(pointer) == 3:  # noqa: PLR2004
            found = (str(pointer[2]), str(pointer[1]))
        if not found:
            return said, ""
        method, path = found
        return f"{method} {_BRACES.sub('{}', path)}", path

    @cached_property
    def _by_id(self) -> dict[str, tuple[str, str]]:
        return {
            _text(_dict(item[method]).get("operationId")): (method, path)
            for path, value in _dict(self.root.get("paths")).items()
            for item in [_dict(value)]
            for method in self.methods
            if method in item
        }

    # --- the rest

    def _schemes(self, operations: Iterable[Operation]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The security schemes that an operation asks for; what none asks for lets nobody in."""
        asked = {
            name
            for operation in operations
            for each in (operation, *operation.callbacks)
            for way in each.security
            for name, _ in way.schemes
        }
        listed = _dict(_dict(self.root.get("components")).get("securitySchemes"))
        for name in sorted(asked & listed.keys()):
            node, _ = self._follow(_dict(listed[name]), ("components", "securitySchemes", name))
            yield name, node

    def _is_left(self, scheme: dict[str, Any]) -> bool:
        """Whether a scheme is `deprecated`, which is a word of OpenAPI 3.2 there."""
        return self.is_newest and scheme.get("deprecated") is True

    def _families_in(self, api: Api) -> Iterator[Family]:
        """Those that something in the API is of, or in a member of another such."""
        waiting, found = list(self._families()), api
        while waiting:
            names = reached(found, self.types.types)
            met = [each for each in waiting if each.name in names]
            if not met:
                return
            yield from met
            waiting = [each for each in waiting if each not in met]
            found = replace(found, families=(*found.families, *met))

    def _families(self) -> Iterator[Family]:
        """The types whose discriminator names types that build on them, in every document."""
        roots = {"": self.root}
        for file, document in self.types.used.items():
            roots[f"{file}#"] = _dict(document.value)
        listed = {
            f"{prefix}{name}": (prefix, _dict(node))
            for prefix, root in roots.items()
            for name, node in _dict(_dict(root.get("components")).get("schemas")).items()
        }
        builders: dict[str, list[str]] = {}
        for name, (prefix, node) in listed.items():
            for text in _built_on(node):
                builders.setdefault(_component(text, prefix), []).append(name)
        for name, (prefix, node) in listed.items():
            said = _dict(node.get("discriminator"))
            by = said.get("propertyName")
            if isinstance(by, str) and not node.keys() & {"oneOf", "anyOf"}:
                own = {_short(each): each for each in _all_on(name, builders)}
                mapped = {
                    str(value): _component(target, prefix) or f"{prefix}{target}"
                    for value, target in _dict(said.get("mapping")).items()
                }
                members = sorted((own | mapped).items())
                yield Family(name, by, tuple((value, Ref(each)) for value, each in members))

    def _closed(self, value: Any) -> str:
        """Canonical text; where it refers to components, with a digest of all of them."""
        text = _canonical(value)
        return f"{text} {self._components}" if '"$ref"' in text else text

    @cached_property
    def _components(self) -> str:
        import hashlib

        text = _canonical(self.root.get("components"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _follow(self, node: dict[str, Any], at: Pointer) -> tuple[dict[str, Any], Pointer]:
        """(`node` or what its ``$ref`` names, where that stands); at most 20 steps."""
        for _ in range(20):
            text = node.get("$ref")
            if not isinstance(text, str):
                return node, at
            file, pointer = split(text)
            target = resolve(self.root, pointer)
            if file and file not in self.types.references:
                return {}, at  # the firewall notes it
            if file or not isinstance(target, dict):
                why = "points at nothing" if not file else "must stand in this document"
                self.notes.add("LAD012", (*at, "$ref"), f"`{text}` {why}")
                return {}, at
            node, at = target, pointer
        self.notes.add("LAD012", at, "the reference leads to itself")
        return {}, at

    def _object(self, value: Any, at: Pointer, *, need: bool = False) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        if value is not None or need:
            what = "is missing" if value is None else f"must be an object, not {kind_of(value)}"
            self.notes.add("LAD021", at, f"`{at[-1]}` {what}")
        return {}


def _may_be_form(type_: str) -> bool:
    """Whether ``encoding`` counts (OpenAPI 3.1, Encoding Object)."""
    return type_.startswith(("multipart/", "application/x-www-form-urlencoded")) or "*" in type_


def _described(node: dict[str, Any]) -> Any:
    """The schema of a parameter, as it is written."""
    if "schema" in node:
        return node["schema"]
    contents = _dict(node.get("content")).values()
    return next((_dict(each).get("schema") for each in contents), None)


def _servers(node: dict[str, Any]) -> tuple[str, ...]:
    """The URLs, one for each of the values that all their variables list."""
    servers = [each for each in _list(node.get("servers")) if isinstance(each, dict)]
    return tuple(dict.fromkeys(url for each in servers if "url" in each for url in _urls(each)))


def _urls(server: dict[str, Any]) -> list[str]:
    url, listed = str(server["url"]), _listed(server)
    if listed is None:
        return [url]
    spread = product(*([(name, each) for each in values] for name, values in listed.items()))
    return [_filled(url, dict(each)) for each in spread]


def _filled(url: str, values: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), url)


def _listed(server: dict[str, Any]) -> dict[str, list[str]] | None:
    """What each variable of a server may be, where all of them list it and it is little."""
    found: dict[str, list[str]] = {}
    for name, each in _dict(server.get("variables")).items():
        values = [_text(value) for value in _list(_dict(each).get("enum"))]
        if not values:
            return None
        default = _text(_dict(each).get("default"))
        found[name] = sorted(values, key=lambda value, first=default: value != first)  # type: ignore[misc]
    return found if prod(map(len, found.values())) <= _MOST_URLS else None


def _torn(operations: Iterable[Operation]) -> Iterator[tuple[str, str]]:
    """Operations of one method whose paths every request fits: nobody says which of them answers.

    OpenAPI 3.1.1, Paths Object: they MUST NOT exist, since they are identical.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for each in operations:
        if not each.webhook:
            found.setdefault((each.path, each.method), []).append(each.key)
    for keys in found.values():
        if len(keys) > 1:
            listed = " and ".join(f"`{each}`" for each in sorted(keys))
            yield f"which of {listed} answers", "a request fits them all"


def _variables(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is not judged of the variables in the URLs of servers.

    Of those that list their values it is which of them holds where nobody chooses.
    """
    for each in _list(node.get("servers")):
        if isinstance(each, dict) and each.get("variables"):
            said, url = each["variables"], str(each.get("url")).rstrip("/")
            if isinstance(said, dict) and _listed(each) is not None:
                chosen = {key: _dict(value).get("default") for key, value in said.items()}
                said = _filled(url, {k: _text(v) for k, v in chosen.items()})
                yield f"the default of {_BRACES.sub('{}', url)}", _canonical(said)
            else:
                yield f"variables of {url}", _canonical(said)


class _Schemas(JsonSchemaReader):
    """The schemas of an API, where 3.1 says by ``contentEncoding`` what was a format in 3.0."""

    def node(self, node: dict[str, Any], at: Pointer, origin: Origin) -> Schema:
        """A schema that is an object, and more than a plain type or a reference."""
        if "contentEncoding" in node and "format" not in node:
            said = node["contentEncoding"]
            node = {**node, "format": said.lower()} if isinstance(said, str) else node
        return super().node(node, at, origin)


def _component(text: Any, prefix: str) -> str:
    """The name of the component schema that a reference leads to; empty: it leads elsewhere."""
    file, pointer = split(text) if isinstance(text, str) else ("", ())
    if pointer[:-1] != ("components", "schemas"):
        return ""
    return f"{f'{file}#' if file else prefix}{pointer[-1]}"


def _built_on(node: dict[str, Any], *, is_part: bool = False) -> Iterator[Any]:
    """The references that are parts of a schema, whatever is put around them."""
    if is_part and "$ref" in node:
        yield node["$ref"]
    for key in ("allOf", "anyOf", "oneOf"):
        parts = list(map(_dict, _list(node.get(key))))
        for part in parts if key == "allOf" or len(parts) == 1 else ():
            yield from _built_on(part, is_part=is_part or key == "allOf")


def _all_on(name: str, builders: Mapping[str, list[str]]) -> list[str]:
    """`name`, and all that builds on it."""
    found = [name]
    for each in found:
        found += [one for one in builders.get(each, ()) if one not in found]
    return found


def _short(name: str) -> str:
    return name.rpartition("#")[2]


def _security(value: Any) -> Iterator[Security]:
    for each in _list(value):
        if isinstance(each, dict):
            pairs = (
                (name, tuple(sorted(map(str, _list(scopes))))) for name, scopes in each.items()
            )
            yield Security(tuple(sorted(pairs)))


def _presented(scheme: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The parts of a security scheme that a request shows, and where one logs in."""
    parts = (
        (key, value.lower() if key == "scheme" and isinstance(value, str) else value)
        for key, value in scheme.items()
        if key not in {"description", "deprecated"} and not key.startswith("x-")
    )
    return tuple(sorted((key, _canonical(value)) for key, value in parts))


def _wire(name: str, location: In) -> str:
    return name.lower() if location is In.HEADER else name


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
