"""Witnesses of APIs against a second reader: openapi-schema-validator, and styles read by hand.

Nothing of `lading.compat.witness` is used to try them again. openapi-core would read requests too,
and cannot be installed beside the openapi-spec-validator that we check documents with.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema
import openapi_schema_validator as oas
import pytest
import referencing
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from api_documents import contract, edited_pairs
from lading.compat import Finding, Verdict, compare, judge, prove
from lading.compat.report.json_ import report, schema
from lading.compat.report.text import text
from lading.model.contract import Compatibility, Contract, Kind
from lading.model.document import Document
from lading.model.errors import LadingError
from lading.model.read import kind_of_document, read_contract
from lading.model.reader import read_document
from needed import SHARED, needs_shared
from strategies import json_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = Path(__file__).parents[1] / "rules"
GOLDEN = Path(__file__).parents[1] / "compat" / "golden" / "dcsa"
SPECS = SHARED / "specs" / "dcsa"
FULL = Compatibility.FULL
NOWHERE = {"LAD108", "LAD403", "LAD406", "LAD407", "LAD526", "LAD527", "LAD528"}
"""Dates, ids and links are on no wire: nothing can be shown."""
SETTINGS = settings(
    max_examples=int(os.environ.get("LADING_EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


class Refused(Exception):  # noqa: N818 - what it says
    """The second reader does not take it."""


class Reader:
    """One document, read a second time."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        opaque = referencing.Specification.OPAQUE
        # Its own look at discriminators takes the boolean false for a missing one.
        plain = without(root, "discriminator")
        resource = referencing.Resource(contents=plain, specification=opaque)
        self.registry: Any = referencing.Registry().with_resource("urn:api", resource)

    def reads(self, exchange: Any) -> dict[str, Any]:
        """What it takes from each part, or `Refused`."""
        return self.response(exchange) if "to" in exchange else self.request(exchange)

    def request(self, asked: Any) -> dict[str, Any]:
        path, _, query = asked["path"].partition("?")
        item, operation, in_path = self.operation(asked, path)
        sides = [operation, item, self.root]
        servers = next((each["servers"] for each in sides if each.get("servers")), [{"url": "/"}])
        if "server" in asked and not any(answers_at(each, asked["server"]) for each in servers):
            raise Refused("server")
        headers = asked["headers"]
        cookies = dict(each.split("=", 1) for each in headers.get("cookie", "=").split("; "))
        pairs = [each.split("=", 1) for each in query.split("&") if each]
        brought = {"header": {*headers}, "query": {key for key, _ in pairs}, "cookie": {*cookies}}
        self.let_in(asked, operation, brought)
        places = {
            "path": in_path,
            "query": [(unquote(key), value) for key, value in pairs],
            "header": list(headers.items()),
            "cookie": list(cookies.items()),
        }
        taken: dict[str, Any] = {}
        found = [
            self.at(each)
            for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
        ]
        for node in {(each["in"], each["name"]): each for each in found}.values():
            name = node["name"].lower() if node["in"] == "header" else node["name"]
            if node["in"] == "header" and name in ("accept", "authorization", "content-type"):
                continue
            others = {each["name"] for each in found} - {name}
            mine = [each for each in places[node["in"]] if each[0] not in others]
            taken |= self.value(node, name, mine, "request")
        body = self.at(operation.get("requestBody", {}))
        if "body" in asked:
            taken |= self.body(body, asked["body"], headers, "request") if body else {}
        elif body.get("required"):
            raise Refused("body")
        return taken | self.answers(operation, headers.get("accept"))

    def answers(self, operation: Any, accept: str | None) -> dict[str, Any]:
        if accept is None:
            return {}
        offered = {
            status: accept in map(str.lower, self.at(each).get("content", {}))
            for status, each in operation["responses"].items()
        }
        if not any(good for status, good in offered.items() if status[0] in "23d"):
            raise Refused("accept")
        return {f"accept {status}": good for status, good in offered.items()}

    def response(self, given: Any) -> dict[str, Any]:
        _, operation, _ = self.operation(given["to"], given["to"]["path"])
        listed, status = operation.get("responses", {}), str(given["status"])
        keys = [each for each in (status, f"{status[0]}XX", "default") if each in listed]
        if not keys:
            raise Refused("status")
        node = self.at(listed[keys[0]])
        taken: dict[str, Any] = {}
        for name, each in node.get("headers", {}).items():
            if name.lower() != "content-type":
                header = {**self.at(each), "in": "header"}
                pairs = list(given["headers"].items())
                taken |= self.value(header, name.lower(), pairs, "response")
        if "body" in given and node.get("content"):
            taken |= self.body(node, given["body"], given["headers"], "response")
        return taken

    def operation(self, asked: Any, path: str) -> tuple[Any, Any, list[tuple[str, str]]]:
        method = asked["method"]
        for item, texts in self.items(asked, path):
            found = item.get(method.lower(), item.get("additionalOperations", {}).get(method))
            if found is not None:
                return item, found, texts
        raise Refused("operation")

    def items(self, asked: Any, path: str) -> Iterator[tuple[Any, list[tuple[str, str]]]]:
        if "webhook" in asked:
            yield self.at(self.root.get("webhooks", {}).get(asked["webhook"], {})), []
            return
        if "callback" in asked:
            method, _, during = asked["during"].partition(" ")
            _, outer, _ = self.operation({"method": method}, during)
            name, _, url = asked["callback"].partition(" ")
            listed = {key: self.at(each) for key, each in outer.get("callbacks", {}).items()}
            others = [each[url] for each in listed.values() if url in each]  # no wire has a label
            yield self.at(listed.get(name, {}).get(url) or next(iter(others), {})), []
            return
        parts = path.split("/")
        for template, item in sorted(self.root["paths"].items(), key=lambda e: e[0].count("{")):
            steps = template.split("/")
            if len(steps) == len(parts) and all(
                re.fullmatch(re.sub(r"\\\{.*?\\\}", ".+", re.escape(step)), part)
                for step, part in zip(steps, parts, strict=True)
            ):
                names = re.findall(r"\{(.*?)\}", template)
                pattern = re.sub(r"\\\{.*?\\\}", "([^/]+)", re.escape(template))
                found = re.fullmatch(pattern, path)
                yield self.at(item), list(zip(names, found.groups() if found else (), strict=False))

    def let_in(self, asked: Any, operation: Any, brought: dict[str, set[str]]) -> None:
        ways = operation.get("security", self.root.get("security")) or [{}]
        granted = {one for scopes in asked.get("credentials", {}).values() for one in scopes}
        schemes = self.root.get("components", {}).get("securitySchemes", {})
        word = asked["headers"].get("authorization", "").split(" ")[0].lower()

        def brings(name: str) -> bool:
            scheme = self.at(schemes[name])
            if scheme["type"] == "apiKey":
                return scheme["name"].lower() in map(str.lower, brought[scheme["in"]])
            asks = scheme["scheme"].lower() if scheme["type"] == "http" else "bearer"
            return scheme["type"] == "mutualTLS" or word == asks

        if not any(all(brings(n) and set(s) <= granted for n, s in way.items()) for way in ways):
            raise Refused("security")

    def value(self, node: Any, name: str, pairs: Any, way: str) -> dict[str, Any]:
        key = f"{node['in']} {name}"
        content = next(iter(node.get("content", {}).values()), None)
        said = content.get("schema", True) if content else node.get("schema", True)
        mine = [value for known, value in pairs if known == name]
        if node["in"] == "query" and "" in mine:
            if not node.get("allowEmptyValue"):
                raise Refused(key)
            return {key: ""}
        shapes = (
            [json.loads(unquote(mine[-1]))]
            if content and mine
            else list(self.shapes(node, name, pairs, mine))
        )
        if not shapes:
            if node.get("required"):
                raise Refused(key)
            default = said.get("default") if isinstance(said, dict) else None
            return {} if default is None else {key: default}
        for each in shapes:
            good, value = self.typed(said, each, way)
            if good:
                return {key: value}
        raise Refused(key)

    def shapes(self, node: Any, name: str, pairs: Any, mine: list[str]) -> Iterator[Any]:
        """A text as a list, an object or itself: whatever the schema takes of these."""
        place = node["in"]
        style = node.get("style", "form" if place in ("query", "cookie") else "simple")
        explode = node.get("explode", style == "form")
        plain = (lambda each: each) if place == "header" else unquote
        if style == "deepObject":
            yield from deep({plain(key): plain(text) for key, text in pairs}, name)
            return
        if style == "form" and explode and pairs and self.speaks_of(node.get("schema"), "object"):
            yield {key: plain(text) for key, text in pairs}
        ahead = {"label": ".", "matrix": f";{name}="}.get(style, "")
        if mine and (mine[-1].startswith(ahead) or self.speaks_of(node.get("schema"), "object")):
            parts, whole = cut(style, name, mine, explode=explode)
            if self.speaks_of(node.get("schema"), "array"):
                yield [plain(each) for each in parts]
            if explode:
                if all("=" in each for each in parts):
                    yield {plain(k): plain(v) for k, v in (each.split("=", 1) for each in parts)}
            elif len(parts) % 2 == 0:
                yield {plain(k): plain(v) for k, v in zip(parts[::2], parts[1::2], strict=True)}
            yield plain(whole)

    def speaks_of(self, said: Any, kind: str) -> bool:
        if not isinstance(said, dict):
            return False
        node = self.at(said)
        parts = [one for word in ("allOf", "anyOf", "oneOf") for one in node.get(word, ())]
        return kind in (node.get("type") or ()) or any(self.speaks_of(one, kind) for one in parts)

    def body(self, node: Any, body: Any, headers: Any, way: str) -> dict[str, Any]:
        type_ = plain_type(headers.get("content-type", ""))
        contents = {plain_type(key): each for key, each in node.get("content", {}).items()}
        keys = (type_, f"{type_.split('/')[0]}/*", "*/*")
        media = next((contents[each] for each in keys if each in contents), None)
        if media is None:
            raise Refused("body")
        media = self.at(media)
        if "itemSchema" in media:
            good = all(self.typed(media["itemSchema"], each, way, texts=False)[0] for each in body)
            value = body
        elif type_ in ("application/x-www-form-urlencoded", "multipart/form-data"):
            good, value = self.typed(media.get("schema", True), body, way)
        elif "json" in type_:
            good, value = self.typed(media.get("schema", True), body, way, texts=False)
        else:
            good, value = True, body
        if not good:
            raise Refused("body")
        return {"body": value}

    def typed(self, said: Any, value: Any, way: str, *, texts: bool = True) -> tuple[bool, Any]:
        """Whether a schema takes a value; texts are what they spell where that is asked for."""
        for _ in range(20):
            errors = list(self.errors(said, value, way))
            spelled = [e for e in deepest(errors) if e.validator in ("type", "enum", "const")]
            changed = value
            for each in spelled if texts else ():
                changed = with_spelled(changed, list(each.absolute_path))
            if not errors or changed == value:
                return not errors, value
            value = changed
        return False, value

    def errors(self, said: Any, value: Any, way: str, *, part: bool = False) -> Iterator[Any]:
        old = str(self.root["openapi"]).startswith("3.0")
        sides = {"request": oas.OAS30WriteValidator, "response": oas.OAS30ReadValidator}
        kind: Any = sides[way] if old else oas.OAS31Validator
        checker = oas.oas30_format_checker if old else oas.oas31_format_checker
        if said is True:
            return
        rooted = {"$ref": f"urn:api#{said}"} if isinstance(said, str) else said
        # jsonschema-rs knows the formats that Python's checker may lack packages for
        made = kind(self.absolute(rooted), registry=self.registry, format_checker=checker)
        for each in made.iter_errors(value):
            if not each.message.startswith("Tried to"):  # "should not be sent" (3.0.3)
                yield each
        yield from self.told_apart(rooted, value, way, part=part)

    def told_apart(self, said: Any, value: Any, way: str, *, part: bool = False) -> Iterator[Any]:
        """A discriminator names one of the alternatives, or what builds on the schema by allOf."""
        node = self.at(said) if isinstance(said, dict) else {}
        apart = node.get("discriminator")
        listed = [*node.get("oneOf", ()), *node.get("anyOf", ())]
        if apart and isinstance(value, dict) and "defaultMapping" not in apart:
            names = {each.get("$ref", "").split("/")[-1]: each for each in listed}
            if not listed and not part:
                names = self.builders(node)
            named = names | {
                word: {"$ref": text if "#" in text else f"#/components/schemas/{text}"}
                for word, text in apart.get("mapping", {}).items()
            }
            word = value.get(apart["propertyName"])
            if names and isinstance(word, str | None) and word not in named:
                yield jsonschema.ValidationError(f"{word} is no alternative")
            elif names and isinstance(word, str) and self.at(named[word]) is not node:
                yield from self.errors(named[word], value, way, part=True)
        parts = node.get("allOf", ())
        for one in parts:
            yield from self.told_apart(one, value, way, part=len(parts) > 1)
        for key, inner in node.get("properties", {}).items():
            if isinstance(value, dict) and key in value:
                yield from self.told_apart(inner, value[key], way)
        for each in value if isinstance(value, list) and "items" in node else ():
            yield from self.told_apart(node["items"], each, way)

    def builders(self, node: Any) -> dict[str, Any]:
        """The component and all that builds on it, where anything does."""
        listed = self.root.get("components", {}).get("schemas", {})
        found = [name for name, each in listed.items() if each is node]
        for name in found:
            ref = {"$ref": f"#/components/schemas/{name}"}
            more = [key for key, each in listed.items() if ref in each.get("allOf", ())]
            found += [each for each in more if each not in found]
        return {name: listed[name] for name in found} if len(found) > 1 else {}

    def absolute(self, said: Any) -> Any:
        """With references that lead into the document, wherever it stands itself."""
        if isinstance(said, list):
            return [self.absolute(each) for each in said]
        if not isinstance(said, dict):
            return said
        made = {key: self.absolute(each) for key, each in said.items() if key != "discriminator"}
        if isinstance(made.get("$ref"), str) and made["$ref"].startswith("#"):
            made["$ref"] = f"urn:api{made['$ref']}"
        return made

    def at(self, node: Any) -> Any:
        while isinstance(node.get("$ref"), str):
            found: Any = self.root
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[unquote(step).replace("~1", "/").replace("~0", "~")]
            node = found
        return node


def plain_type(type_: str) -> str:
    """A media type in one spelling; of JSON it need not be said that it is UTF-8 (RFC 8259, 11)."""
    name, *rest = (each.strip() for each in type_.lower().split(";"))
    said = [each for each in rest if "json" not in name or each.replace('"', "") != "charset=utf-8"]
    return ";".join((name, *said))


def answers_at(server: Any, url: str) -> bool:
    spelled = {server["url"]}
    for name, each in server.get("variables", {}).items():
        words = each.get("enum", [f"{{{name}}}"])
        spelled = {one.replace(f"{{{name}}}", word) for one in spelled for word in words}
    return url in spelled


def deep(texts: dict[str, str], name: str) -> Iterator[dict[str, str]]:
    found = {k[len(name) + 1 : -1]: v for k, v in texts.items() if k.startswith(f"{name}[")}
    yield from [found] if found else []


def cut(style: str, name: str, mine: list[str], *, explode: bool) -> tuple[list[str], str]:
    """(the parts of what came, what came without the signs of its style)."""
    whole, between = mine[-1], {"spaceDelimited": "%20", "pipeDelimited": "|"}.get(style, ",")
    if style == "label":
        whole, between = whole.removeprefix("."), "." if explode else ","
    if style == "matrix":
        whole, between = whole.removeprefix(";").removeprefix(f"{name}="), ","
        if explode:
            between = ";" if f";{name}=" not in whole else f";{name}="
    repeated = explode and style in ("form", "spaceDelimited", "pipeDelimited")
    return (mine if repeated else whole.split(between)), whole


def without(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: without(each, key) for name, each in value.items() if name != key}
    return [without(each, key) for each in value] if isinstance(value, list) else value


def deepest(errors: list[Any]) -> Iterator[Any]:
    for each in errors:
        yield from deepest(each.context) if each.context else [each]


def with_spelled(value: Any, path: list[Any]) -> Any:
    """The text at a place as the JSON that it spells."""
    if path:
        inner = with_spelled(value[path[0]], path[1:])
        if isinstance(value, list):
            return [inner if index == path[0] else each for index, each in enumerate(value)]
        return {**value, path[0]: inner}
    if value == "":
        return None
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return value if isinstance(found, str | list | dict) else found


def again(finding: Finding, verdict: Verdict) -> None:
    """The writer takes it; the reader refuses it, or takes something else from it."""
    witness = finding.witness
    assert witness is not None
    assert json.dumps(witness.value)
    old, new = (Reader(each.document.value) for each in (finding.baseline, verdict.new))  # type: ignore[arg-type]
    writer, reader = (old, new) if witness.writer == "old" else (new, old)
    meant = writer.reads(witness.value)
    if witness.outcome.startswith("refused"):
        with pytest.raises(Refused):
            reader.reads(witness.value)
    else:
        assert reader.reads(witness.value) != meant


def load(folder: Path, stem: str) -> Contract | None:
    (path,) = folder.glob(f"{stem}.*")
    document = read_document(path.name, path.read_bytes())
    kind = kind_of_document(document)
    return read_contract(kind, document) if kind is Kind.OPENAPI else None


def of_fixtures() -> Iterator[tuple[str, Verdict]]:
    for folder in sorted(each.parent for each in RULES.rglob("expected.json")):
        try:
            old, new = load(folder, "old"), load(folder, "new")
        except LadingError:
            continue
        if old and new:
            for word in (None, FULL):
                yield f"{folder.relative_to(RULES)} {word}", prove(judge(old, new, word))


FIXTURES = dict(of_fixtures())


@pytest.mark.parametrize("name", FIXTURES)
def test_what_is_shown_for_a_fixture_is_tried_by_a_second_reader(name: str) -> None:
    for finding in FIXTURES[name].findings:
        if finding.witness:
            again(finding, FIXTURES[name])


def test_nearly_every_break_of_the_fixtures_has_an_example() -> None:
    """What can have one; of the rest, a style that no value of its type shows is the most."""
    forbidden = [one for each in FIXTURES.values() for one in each.findings if one.forbidden]
    counted = Counter(bool(each.witness) for each in forbidden if each.rule not in NOWHERE)
    assert not [each for each in forbidden if each.rule in NOWHERE and each.witness]
    assert counted[True] / counted.total() >= 0.8, counted


@needs_shared
@pytest.mark.parametrize("word", [None, FULL])
@pytest.mark.parametrize("name", sorted(each.stem for each in GOLDEN.glob("*.txt")))
def test_what_is_shown_for_apis_of_the_trade_is_tried_by_a_second_reader(
    name: str, word: Compatibility | None
) -> None:
    """Each break between two consecutive versions of DCSA has an example."""
    api, _, versions = name.partition("_v")
    paths = [SPECS / f"dcsa-{api}_v{each.removeprefix('v')}.yaml" for each in versions.split("-")]
    old, new = (each.read_bytes() for each in paths)
    verdict = prove(compare(old, new, promise=word))
    for finding in verdict.findings:
        if finding.forbidden and finding.rule not in NOWHERE:
            assert finding.witness, finding.path
            again(finding, verdict)


def api(schema: Any, *, form: bool) -> dict[str, Any]:
    """An API that carries a schema in a body, a response, a query and a header."""
    media = "application/x-www-form-urlencoded" if form else "application/json"
    body = {"content": {media: {"schema": schema}}}
    answer = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    answer["headers"] = {"x-value": {"schema": schema}}
    query = {"name": "q", "in": "query", "schema": schema}
    operation = {"parameters": [query], "requestBody": body, "responses": {"200": answer}}
    paths = {"/items": {"post": operation}}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}


@SETTINGS
@given(pair=json_pairs(), form=st.booleans())
def test_what_is_shown_for_drawn_schemas_is_tried_by_a_second_reader(
    pair: tuple[Any, Any], *, form: bool
) -> None:
    documents = [api(each, form=form) for each in pair]
    contracts = [
        read_contract(Kind.OPENAPI, Document(f"{index}.json", "", each))
        for index, each in enumerate(documents)
    ]
    verdict = prove(judge(*contracts, FULL))
    for finding in verdict.findings:
        if finding.witness:
            again(finding, verdict)


@SETTINGS
@given(edited_pairs())
def test_what_is_shown_for_edited_apis_is_tried_by_a_second_reader(pair: tuple[Any, Any]) -> None:
    try:
        verdict = prove(judge(*map(contract, pair), FULL))
    except LadingError:
        reject()  # it is no document that is judged
    for finding in verdict.findings:
        if finding.witness:
            try:
                again(finding, verdict)
            except (AttributeError, KeyError, TypeError):
                reject()  # the second reader takes valid documents only


def test_reports_show_it_much_as_it_is_typed() -> None:
    name = "LAD531-security-changed/fires/new-scope None"
    said = text([FIXTURES[name]])
    assert (
        "  example: old writes GET /shipments/text -H 'authorization: Bearer TOKEN'"
        " (with the scope read)\n           new: refused: 403: oauth asks for the scope write"
    ) in said


@pytest.mark.parametrize("name", [each for each in FIXTURES if each.startswith(("LAD4", "LAD5"))])
def test_reports_have_the_shape_that_is_published(name: str) -> None:
    jsonschema.Draft202012Validator(schema()).validate(report([FIXTURES[name]]))


def test_what_is_on_no_wire_is_said_to_be_unproven() -> None:
    """That no message shows a link is told apart from an example that was sought in vain."""
    said = text([FIXTURES["LAD527-link-removed/fires/removed None"]], prove=True)
    assert "unproven: no message can show it: each is read as before" in said
