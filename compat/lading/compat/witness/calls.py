"""Puts requests and responses of one operation together, with one part of them varied.

Everything else is as small as it may be, and such that both versions take it where they can.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Final

from lading.compat.witness.cut import UnreadableError, errors
from lading.compat.witness.json_ import Maker, names_on
from lading.compat.witness.service import is_form, stand_ins
from lading.compat.witness.wire import Style, texts_of, write
from lading.model.api import In, Operation, is_json, media_ranges
from lading.model.pointers import index_of
from lading.model.schema import Array, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.compat.change import Path
    from lading.compat.witness.cut import Way
    from lading.compat.witness.service import Exchange, Service
    from lading.model.api import Media, Parameter, Response
    from lading.model.contract import Contract
    from lading.model.schema import Schema

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_FITTING: Final = 60
"""So many values are tried for a part that is not about the change."""
_FEW: Final = 2
_TOKEN: Final = {"bearer": "Bearer TOKEN", "basic": "Basic dXNlcjpwYXNzd29yZA=="}
_MISSING: Final = object()


class Caller:
    """Speaks as one version has it, to the other."""

    def __init__(self, writer: Contract, reader: Contract, service: Service) -> None:
        self.service = service
        """What takes exchanges as the writer's version has it."""
        self.writer, self.reader = writer, reader
        self.makers = Maker(writer, reader), Maker(reader, writer)
        self._fitting: dict[tuple[int, int, Way], Any] = {}
        self.during = ""
        """The operation that a callback belongs to: ``POST /orders``."""

    # --- requests

    def requests(self, ours: Operation, theirs: Operation | None) -> Iterator[Exchange]:
        """The smallest request."""
        yield from self._request(ours, theirs, self._values(ours, theirs))

    def accepting(self, ours: Operation, theirs: Operation | None, type_: str) -> list[Exchange]:
        """The smallest request, that asks for answers in a media type."""
        return [
            {**each, "headers": {**each["headers"], "accept": type_}}
            for each in self.requests(ours, theirs)
        ]

    def presenting(self, ours: Operation, theirs: Operation | None) -> Iterator[Exchange]:
        """The smallest request with each of the credentials that let in."""
        values = self._values(ours, theirs)
        for index in range(max(1, len(ours.security))):
            yield from self._request(ours, theirs, values, way=index)

    def parameters(
        self, ours: Operation, theirs: Operation | None, part: str, steps: Path
    ) -> Iterator[Exchange]:
        """Requests with and without a parameter, which has telling values."""
        values = self._values(ours, theirs)
        in_path = part.startswith(f"{In.PATH} ")  # which is never without it
        if not steps and not in_path:
            yield from self._request(ours, theirs, values | {part: _MISSING})
        for schema in _schemas(ours.parameters, theirs.parameters if theirs else (), part):
            told = (self.makers[0].small(schema), *self._telling(schema, steps))
            for value in (*self._whole(schema), *self._declared_first(schema, told)):
                if not in_path or value not in ("", None, [], {}):
                    yield from self._request(ours, theirs, values | {part: value})
        if not in_path:
            yield from self._request(ours, theirs, values | {part: ""})

    def _whole(self, schema: Schema) -> Iterator[Any]:
        """A list of two, or an object with all that is declared: what shows how it is written."""
        maker = self.makers[0]
        found = maker.resolved(schema)
        if isinstance(found, Record) and found.fields:
            yield {each.name: self._some(each.schema) for each in found.fields}
        elif isinstance(found, Array):
            yield [self._some(found.items)] * 2

    def _declared_first(self, schema: Schema, values: Iterable[Any]) -> list[Any]:
        """What nobody declared comes last: it shows less."""
        found = self.makers[0].resolved(schema)
        known = {each.name for each in found.fields} if isinstance(found, Record) else set()
        return sorted(values, key=lambda each: isinstance(each, dict) and not each.keys() <= known)

    def _some(self, schema: Schema) -> Any:
        maker = self.makers[0]
        told = islice(maker.telling(maker.resolved(schema), 1), _FITTING)
        some = (each for each in told if each not in ("", None, [], {}))
        return next(some, maker.small(schema))

    def bodies(self, ours: Operation, theirs: Operation | None, steps: Path) -> Iterator[Exchange]:
        """Requests without a body, or with telling ones."""
        values = self._values(ours, theirs)
        if not steps:
            yield from self._request(ours, theirs, values, body=(None, _MISSING))
            yield from self._request(ours, theirs, values, must=True)
            return
        type_ = steps[0].removesuffix("[]")
        mine = _media_of(ours.body.contents if ours.body else (), type_)
        other = _media_of(theirs.body.contents if theirs and theirs.body else (), type_)
        if mine is None:
            return
        mine = replace(mine, type=type_)
        if len(steps) == 1:
            yield from self._request(ours, theirs, values, body=(mine, self._fit_body(mine, other)))
        for value in self._told(mine, other, steps):
            yield from self._request(ours, theirs, values, body=(mine, value))

    # --- responses

    def responses(
        self, ours: Operation, theirs: Operation | None, status: str
    ) -> Iterator[Exchange]:
        """The smallest response of a status; of success, where any other than those listed is."""
        number = _number(status, ours, theirs, _SUCCESSES)
        if number is not None and _response_of(ours, status):
            yield from self._response(ours, theirs, str(number), {})

    def headers(
        self, ours: Operation, theirs: Operation | None, status: str, steps: Path
    ) -> Iterator[Exchange]:
        """Responses with and without a header, which has telling values."""
        mine, other = _response_of(ours, status), theirs and _response_of(theirs, status)
        if not mine:
            return
        yield from self._response(ours, theirs, status, {steps[0]: _MISSING})
        for schema in _schemas(mine.headers, other.headers if other else (), steps[0]):
            for value in self._telling(schema, steps[1:]):
                yield from self._response(ours, theirs, status, {steps[0]: value})

    def answers(
        self, ours: Operation, theirs: Operation | None, status: str, steps: Path
    ) -> Iterator[Exchange]:
        """Responses with telling bodies."""
        mine, other = _response_of(ours, status), theirs and _response_of(theirs, status)
        type_ = steps[0].removesuffix("[]")
        media = _media_of(mine.contents if mine else (), type_)
        if media:
            beside = _media_of(other.contents if other else (), type_)
            for value in self._told(media, beside, steps):
                yield from self._response(ours, theirs, status, {}, body=value, type_=type_)

    # --- values

    def _told(self, mine: Media, other: Media | None, steps: Path) -> Iterator[Any]:
        """Telling bodies; `steps` start with the media type, marked where a stream's items are."""
        sides = (mine, other) if other else (mine,)
        if steps[0].endswith("[]"):
            items = (self._telling(each.items, steps[1:]) for each in sides if each.items)
            return ([value] for value in in_turn(*items))
        told = in_turn(*(self._telling(each.schema, steps[1:]) for each in sides))
        return self._put_in(mine, other, told, steps[1:])

    def _put_in(
        self, mine: Media, other: Media | None, told: Iterator[Any], steps: Path
    ) -> Iterator[Any]:
        """Each value, and what it has at the place put into one that is the writer's elsewhere.

        First of all into one that has what the reader asks for as well.
        """
        names = names_on(steps)
        own = list(islice(self.makers[0].candidates(mine.schema, steps), _FEW)) if names else []
        asked = self.makers[1].small(other.schema) if other and own else None
        both = [
            {**asked, **each} for each in own if isinstance(asked, dict) and isinstance(each, dict)
        ]
        for value in told:
            found = _at(value, names)
            if found is not _MISSING:
                yield from (_with(each, names, found) for each in (*both[:1], *own))
            yield value

    def _telling(self, schema: Schema, steps: Path) -> Iterator[Any]:
        yield from in_turn(*(maker.candidates(schema, steps) for maker in self.makers))

    def _values(self, ours: Operation, theirs: Operation | None) -> dict[str, Any]:
        """What the parameters carry that either version asks for."""
        there = {_part(each): each for each in (theirs.parameters if theirs else ())}
        found: dict[str, Any] = {}
        for each in ours.parameters:
            other = there.get(_part(each))
            if each.required or (other and other.required) or each.location is In.PATH:
                found[_part(each)] = self._fit(each, other, "request", texts=True)
        return found

    def _fit(self, mine: Any, other: Any, way: Way, *, texts: bool = False) -> Any:
        """A value that both take; else one that the writer takes; else any."""
        key = id(mine), id(other), way
        if key not in self._fitting:
            self._fitting[key] = self._found(mine, other, way, texts=texts)
        return self._fitting[key]

    def _found(self, mine: Any, other: Any, way: Way, *, texts: bool) -> Any:
        nodes = [(side, _raw(side, each)) for side, each in self._both(mine, other)]
        some = list(self._offered(nodes[0][1]))
        some += [each.small(mine.schema) for each in self.makers]
        some += islice(self.makers[0].telling(self.makers[0].resolved(mine.schema), 1), _FITTING)
        best: Any = some[0]
        for count in range(len(nodes), 0, -1):
            for value in some:
                if texts and value in ("", None, [], {}):
                    continue
                if all(_takes(side, node, value, way) for side, node in nodes[:count]):
                    return value
        return best

    def _both(self, mine: Any, other: Any) -> Iterator[tuple[Contract, Any]]:
        yield self.writer, mine
        if other is not None:
            yield self.reader, other

    def _offered(self, node: Any) -> Iterator[Any]:
        """The examples that the document has."""
        if isinstance(node, dict):
            if "example" in node:
                yield node["example"]
            named = node.get("examples")
            for each in named.values() if isinstance(named, dict) else ():
                if isinstance(each, dict) and "value" in each:
                    yield each["value"]

    def _fit_body(self, mine: Media, other: Media | None, way: Way = "request") -> Any:
        if mine.items is not None:
            return []
        if not is_json(mine.type) and not is_form(mine.type):
            return "text"
        return self._fit(mine, other, way)

    # --- exchanges

    def _request(  # noqa: PLR0913 - the parts of a request
        self,
        ours: Operation,
        theirs: Operation | None,
        values: Mapping[str, Any],
        *,
        way: int | None = None,
        body: tuple[Media | None, Any] | None = None,
        must: bool = False,
    ) -> Iterator[Exchange]:
        headers: dict[str, str] = {}
        cookies: list[tuple[str, str]] = []
        query: list[tuple[str, str]] = []
        path = _Places(ours.written_path)
        for each in ours.parameters:
            value = values.get(_part(each), _MISSING)
            if value is not _MISSING:
                name = path.name(each.name) if each.location is In.PATH else each.name
                pairs = self._written(each, name, value)
                match each.location:
                    case In.PATH:
                        path.fill(each.name, pairs[0][1] if pairs else "")
                    case In.QUERY:
                        query += pairs
                    case In.COOKIE:
                        cookies += pairs
                    case In.HEADER:
                        headers |= dict(pairs)
        credentials = self._present(ours, theirs, way, (headers, query, cookies))
        if cookies:
            headers["cookie"] = "; ".join(f"{name}={text}" for name, text in cookies)
        shown = f"{path.text}?{'&'.join(f'{n}={t}' for n, t in query)}" if query else path.text
        made: Exchange = {**self._target(ours, shown), "headers": headers}
        if credentials:
            made["credentials"] = credentials
        media, value = body or self._small_body(ours, theirs, must=must)
        if media is not None and value is not _MISSING:
            sides = [each.body.contents for each in (ours, theirs) if each and each.body]
            headers["content-type"] = _concrete(media.type, *sides)
            made["body"] = texts_of(value) if is_form(media.type) else value
        yield made

    def _written(self, each: Parameter, name: str, value: Any) -> list[tuple[str, str]]:
        node = _raw(self.writer, each)
        if isinstance(node, dict) and "content" in node:
            import json
            from urllib.parse import quote

            text = json.dumps(value)
            return [(name, text if each.location is In.HEADER else quote(text, safe=""))]
        spec = Style(name, each.style, each.explode, each.location is not In.HEADER)
        return write(spec, value)

    def _target(self, ours: Operation, path: str) -> Exchange:
        method = ours.method.upper()
        if ours.callback:
            named = f"{ours.callback} {ours.written_path}"
            return {"method": method, "callback": named, "during": self.during, "path": path}
        if ours.webhook:
            query = path.partition("?")[2]
            return {"method": method, "webhook": ours.path, "path": f"?{query}" if query else ""}
        return {"method": method, "path": path}

    def _small_body(
        self, ours: Operation, theirs: Operation | None, *, must: bool
    ) -> tuple[Media | None, Any]:
        needed = must or any(each.body and each.body.required for each in (ours, theirs) if each)
        if not ours.body or not needed or not ours.body.contents:
            return None, _MISSING
        there = {
            each.type: each for each in (theirs.body.contents if theirs and theirs.body else ())
        }
        order = sorted(
            ours.body.contents, key=lambda each: (each.type not in there, not is_json(each.type))
        )
        return order[0], self._fit_body(order[0], there.get(order[0].type))

    def _present(
        self,
        ours: Operation,
        theirs: Operation | None,
        way: int | None,
        places: tuple[dict[str, str], list[tuple[str, str]], list[tuple[str, str]]],
    ) -> dict[str, list[str]]:
        """Put credentials into a request; (scheme, scopes) of each."""
        if not ours.security:
            return {}
        both = [each for each in ours.security if theirs and each in theirs.security]
        chosen = ours.security[way] if way is not None else (both or list(ours.security))[0]
        headers, query, cookies = places
        for name, _ in chosen.schemes:
            scheme = self.service.scheme(name)
            match scheme.get("type"):
                case "apiKey":
                    key = str(scheme.get("name"))
                    match scheme.get("in"):
                        case "header":
                            headers[key.lower()] = "KEY"
                        case "query":
                            query.append((key, "KEY"))
                        case _:
                            cookies.append((key, "KEY"))
                case "http":
                    word = str(scheme.get("scheme"))
                    headers["authorization"] = _TOKEN.get(word.lower(), f"{word} TOKEN")
                case "oauth2" | "openIdConnect":
                    headers["authorization"] = _TOKEN["bearer"]
        return {name: list(scopes) for name, scopes in chosen.schemes}

    def _response(  # noqa: PLR0913 - the parts of a response
        self,
        ours: Operation,
        theirs: Operation | None,
        status: str,
        values: Mapping[str, Any],
        *,
        body: Any = _MISSING,
        type_: str = "",
    ) -> Iterator[Exchange]:
        mine, other = _response_of(ours, status), theirs and _response_of(theirs, status)
        number = _number(status, ours, theirs)
        if mine is None or number is None:
            return
        headers: dict[str, str] = {}
        there = {each.name: each for each in (other.headers if other else ())}
        for each in mine.headers:
            part = f"header {each.name}"
            value = values.get(part, None)
            if part not in values:
                met = there.get(each.name)
                needed = each.required or (met and met.required)
                value = self._fit(each, met, "response", texts=True) if needed else _MISSING
            if value is not _MISSING:
                spec = Style(each.name, each.style, each.explode, escaped=False)
                headers |= dict(write(spec, value))
        made: Exchange = {
            "to": self._target(ours, ours.written_path),
            "status": number,
            "headers": headers,
        }
        beside = {each.type: each for each in (other.contents if other else ())}
        order = sorted(mine.contents, key=lambda e: (e.type not in beside, not is_json(e.type)))
        media = _media_of(mine.contents, type_) if type_ else next(iter(order), None)
        if media is not None and type_:
            media = replace(media, type=type_)
        if media is not None:
            listed = mine.contents, other.contents if other else ()
            headers["content-type"] = _concrete(media.type, *listed)
            if body is _MISSING:
                body = self._fit_body(media, beside.get(media.type), "response")
            made["body"] = body
        yield made


class _Places:
    """A path whose parameters are filled in one by one, by position."""

    def __init__(self, template: str) -> None:
        self.names = _BRACES.findall(template)
        self.parts = _BRACES.split(template)[::2]
        self.texts = [f"{{{each}}}" for each in self.names]

    def name(self, position: str) -> str:
        """What a parameter is called."""
        found = self._index(position)
        return position if found is None else str(self.names[found])

    def fill(self, position: str, text: str) -> None:
        """Put a text where a parameter is."""
        found = self._index(position)
        if found is not None:
            self.texts[found] = text

    @property
    def text(self) -> str:
        """The path so far."""
        return "".join(a + b for a, b in zip(self.parts, [*self.texts, ""], strict=True))

    def _index(self, position: str) -> int | None:
        number = index_of(position.strip("{}"))
        return number - 1 if number and number <= len(self.names) else None


def _part(each: Parameter) -> str:
    return f"{each.location} {each.name}"


def _schemas(
    mine: tuple[Parameter, ...], other: tuple[Parameter, ...], part: str
) -> Iterator[Schema]:
    """What both versions say of a parameter or a header, the writer's first."""
    for side in (mine, other):
        for each in side:
            if _part(each) == part:
                yield each.schema


def _media_of(contents: tuple[Media, ...], type_: str) -> Media | None:
    """A media type, or the range that stands for it."""
    listed = {each.type: each for each in contents}
    return next((listed[key] for key in (type_, *media_ranges(type_)) if key in listed), None)


def body_of(operation: Operation, status: str, type_: str) -> Schema | None:
    """What a body is: of the request, or with a status of that response."""
    answer = _response_of(operation, status) if status else operation.body
    media = _media_of(answer.contents if answer else (), type_.removesuffix("[]"))
    if media and type_.endswith("[]"):
        return Array(media.items) if media.items else None
    return media.schema if media else None


def _response_of(operation: Operation, status: str) -> Response | None:
    listed = {each.status: each for each in operation.responses}
    keys = stand_ins(status)
    return next((listed[key] for key in keys if key in listed), None)


_SUCCESSES: Final = range(200, 400)


def _number(
    status: str,
    ours: Operation,
    theirs: Operation | None,
    others: Iterable[int] = range(500, 200, -1),
) -> int | None:
    """A status of a range, or one of `others` for ``default``, that neither version lists."""
    if status.isdecimal():
        return int(status)
    sides = [each for each in (ours, theirs) if each]
    listed = {each.status for side in sides for each in side.responses} - {status}
    first = status[:1] if status[:1].isdecimal() else ""
    some = range(int(first) * 100, int(first) * 100 + 100) if first else others
    return next(
        (
            each
            for each in some
            if not listed & {str(each), *(() if first else (f"{each}"[0] + "XX",))}
        ),
        None,
    )


def _concrete(type_: str, *sides: tuple[Media, ...]) -> str:
    """A media type of a range that no side lists: of JSON if there is one, so that it is read."""
    if "*" not in type_:
        return type_
    listed = {each.type for side in sides for each in side}
    some = ("application/json", "application/x-other+json")
    free = (each for each in some if each not in listed and type_ in media_ranges(each))
    return next(free, type_.replace("*/*", "application/x-other").replace("*", "x-other"))


def _raw(contract: Contract, node: Any) -> Any:
    """What the document has where a node of the normal form was read."""
    found: Any = contract.document.value
    if node.at is None or node.at.document != contract.document.name:
        return None
    for step in node.at.pointer:
        found = found[step]
    return found


def _takes(contract: Contract, node: Any, value: Any, way: Way) -> bool:
    """Whether a parameter, header or media type takes a value."""
    root: Any = contract.document.value
    schema = node.get("schema", True) if isinstance(node, dict) else True
    try:
        return not errors(root, schema, value, way)
    except UnreadableError:
        return False


def _at(value: Any, names: list[str]) -> Any:
    """What stands in a value, taking the first item of each list."""
    for name in names:
        while isinstance(value, list) and value:
            value = value[0]
        if not isinstance(value, dict) or name not in value:
            return _MISSING
        value = value[name]
    return value


def _with(value: Any, names: list[str], part: Any) -> Any:
    """`value` with `part` there; as it is where that leads nowhere."""
    if not names:
        return part
    if isinstance(value, list) and value:
        return [_with(value[0], names, part), *value[1:]]
    if not isinstance(value, dict):
        return value
    return {**value, names[0]: _with(value.get(names[0], {}), names[1:], part)}


def in_turn(*lists: Iterator[Any]) -> Iterator[Any]:
    """The first of each, then the second of each: none has to wait for the end of another."""
    for several in zip_longest(*lists, fillvalue=_MISSING):
        yield from (each for each in several if each is not _MISSING)
