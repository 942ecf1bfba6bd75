"""Refactorings: what is written otherwise and means the same gives no finding.

Each is done at every place where it can be, in the API documents of the rules' fixtures, and at
some places of a large one of the trade.
"""

from __future__ import annotations

import copy
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from api_documents import DOCUMENTS, At, put, value
from lading.compat import Content, Policy, compare
from lading.model.contract import Compatibility, Kind
from lading.model.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Refactoring = Callable[[Any, Random], Iterator[Any]]
    """(document, chance) to the same document, written otherwise in one place each."""

SPECS = Path(__file__).parents[3] / "shared" / "specs" / "dcsa"
LARGE = "dcsa-EBL_v3.0.4.yaml"
JSON = "application/json"
PLAIN = {"string", "integer", "number", "boolean"}
IN_PLACE = ("items", "additionalProperties", "not")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
METHODS = {"get", "put", "post", "delete", "patch"}
NEXT = "#/components/schemas/"
BRANCH = {("oneOf",), ("anyOf",)}
"""Where schemas have names that discriminators know them by."""
TEXT = {"type": "string"}
NOTE = {"type": "string", "nullable": True, "x-sunset": "2027-01-01", "default": "none"}
PARTY = {
    "type": "object",
    "required": ["name", "role"],
    "properties": {
        "name": TEXT,
        "role": {"$ref": f"{NEXT}Role"},
        "note": {"$ref": f"{NEXT}Note"},
        "partners": {"type": "array", "items": {"$ref": f"{NEXT}Party"}},
    },
}
SHIPMENT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "shipper": {"$ref": f"{NEXT}Party"},
        "weight": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "id": {"type": "string", "readOnly": True},
        "label": {"type": "string", "format": "byte"},
        "kind": {"type": "string", "nullable": True, "enum": ["FULL", "PART", None]},
    },
}
BODY = {"content": {"application/json": {"schema": {"$ref": f"{NEXT}Shipment"}}}}
PARAMETERS = [
    {"name": "id", "in": "path", "required": True, "schema": TEXT},
    {"name": "lang", "in": "query", "schema": TEXT},
    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
    {"name": "x-dry-run", "in": "header", "schema": {"type": "boolean"}},
]
ANYTHING = {"content": {"*/*": {"schema": {"$ref": f"{NEXT}Shipment"}}}}
PHOTO = {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
SHARED: Any = {
    "openapi": "3.0.3",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/shipments/{id}": {
            "put": {
                "parameters": copy.deepcopy(PARAMETERS),
                "requestBody": BODY,
                "responses": {"200": {"description": "It.", **BODY}},
            },
            "post": {
                "parameters": copy.deepcopy(PARAMETERS),
                "requestBody": PHOTO,
                "responses": {"200": {"description": "Something.", **ANYTHING}},
                "security": [{"key": []}, {"login": ["write"]}],
            },
        }
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "login": {"type": "http", "scheme": "bearer"},
        },
        "schemas": {
            "Role": {"type": "string", "enum": ["SHIPPER", "CONSIGNEE"]},
            "Note": NOTE,
            "Party": PARTY,
            "Shipment": SHIPMENT,
        },
    },
}
"""Types that are shared, and the words of 3.0."""


def schemas(root: Any) -> Iterator[At]:
    """The place of every schema."""
    for name in (root.get("components") or {}).get("schemas") or {}:
        yield from below(root, ("components", "schemas", name))
    yield from in_messages(root, ())


def in_messages(root: Any, at: At) -> Iterator[At]:
    """The schemas of parameters, bodies and headers below a place."""
    node = value(root, at) if at else root
    if isinstance(node, list):
        for index in range(len(node)):
            yield from in_messages(root, (*at, index))
    elif isinstance(node, dict) and "$ref" not in node:
        for key in node:
            if key == "schema":
                yield from below(root, (*at, key))
            elif at[:2] != ("components", "schemas") and key not in {"example", "examples"}:
                yield from in_messages(root, (*at, key))


def below(root: Any, at: At) -> Iterator[At]:
    node = value(root, at)
    if not isinstance(node, dict):
        return
    yield at
    for name in node.get("properties") or {}:
        yield from below(root, (*at, "properties", name))
    for key in IN_PLACE:
        yield from below(root, (*at, key)) if key in node else ()
    for key in LISTS:
        for index in range(len(node.get(key) or ())):
            yield from below(root, (*at, key, index))


def is_component(at: At) -> bool:
    return at[:2] == ("components", "schemas") and len(at) == 3


def target(root: Any, node: Any) -> Any:
    """What a reference to a component leads to."""
    text = node.get("$ref", "") if isinstance(node, dict) else ""
    if not text.startswith(NEXT):
        return None
    return root["components"]["schemas"].get(text.removeprefix(NEXT))


def leads_to_itself(root: Any, node: Any, names: frozenset[str] = frozenset()) -> bool:
    if isinstance(node, list):
        return any(leads_to_itself(root, each, names) for each in node)
    if not isinstance(node, dict):
        return False
    text = node.get("$ref")
    if isinstance(text, str) and text.startswith(NEXT):
        return text in names or leads_to_itself(root, target(root, node), names | {text})
    return any(leads_to_itself(root, each, names) for each in node.values())


def is_known_by_its_name(root: Any, node: Any) -> bool:
    """Whether a discriminator tells it, or what builds on it, by its name."""
    parts = [target(root, each) or each for each in node.get("allOf", ())]
    return "discriminator" in node or any(is_known_by_its_name(root, each) for each in parts)


def in_xml(at: At) -> bool:
    """Where the name of a component is the name of an element."""
    return any("xml" in str(each) for each in at)


# --- the refactorings


def inlined(root: Any, _: Random) -> Iterator[Any]:
    """A component where it is used."""
    for at in schemas(root):
        found = target(root, value(root, at))
        alone = set(value(root, at)) == {"$ref"} and at[-2:-1] not in BRANCH
        if found is not None and (is_known_by_its_name(root, found) or in_xml(at)):
            continue
        if alone and found is not None and not leads_to_itself(root, found):
            yield put(root, at, found)


def extracted(root: Any, _: Random) -> Iterator[Any]:
    """A component of what is written in place."""
    for at in schemas(root):
        if is_component(at) or "$ref" in value(root, at) or at[-2:-1] in BRANCH or in_xml(at):
            continue
        made = put(root, at, {"$ref": f"{NEXT}Extracted"})
        made.setdefault("components", {}).setdefault("schemas", {})["Extracted"] = value(root, at)
        yield made


def wrapped(word: str) -> Refactoring:
    """An alternative, or a part, of one."""

    def wrap(root: Any, _: Random) -> Iterator[Any]:
        for at in schemas(root):
            node = value(root, at)
            if at[-1] == "not" or "discriminator" in node or "readOnly" in node:
                continue
            if at[-2:-1] in BRANCH:
                continue
            beside = {key: each for key, each in node.items() if key in BESIDE}
            inner = {key: each for key, each in node.items() if key not in BESIDE}
            yield put(root, at, {word: [inner], **beside})

    return wrap


BESIDE = {"writeOnly", "deprecated", "default", "x-sunset", "x-stability-level", "description"}
"""What is said of the place, and stays there."""


def moved(root: Any, _: Random) -> Iterator[Any]:
    """Half of the properties of an object into a part of it."""
    for at in schemas(root):
        node = value(root, at)
        held = node.get("properties") or {}
        if len(held) < 2 or node.keys() - {"type", "properties", "required", "description"}:
            continue
        names = list(held)[::2]
        required = node.get("required") or []
        parts = [
            {
                "type": "object",
                "properties": {name: held[name] for name in held if (name in names) is first},
                "required": [name for name in required if (name in names) is first],
            }
            for first in (True, False)
        ]
        yield put(root, at, {"allOf": [part for part in parts if part["properties"]]})


def reordered(root: Any, chance: Random) -> Iterator[Any]:
    """Everything whose order means nothing."""
    yield shuffled(root, chance)


def shuffled(node: Any, chance: Random, key: str = "") -> Any:
    if isinstance(node, dict):
        keys = list(node)
        chance.shuffle(keys)
        return {each: shuffled(node[each], chance, str(each)) for each in keys}
    if not isinstance(node, list):
        return node
    found = [shuffled(each, chance) for each in node]
    if key in {"required", "enum", "parameters", "tags", "security", "allOf", "anyOf", "oneOf"}:
        chance.shuffle(found)
    return found


def lifted(root: Any, _: Random) -> Iterator[Any]:
    """The parameters of an operation to its path, where it is the only one there."""
    for path, item in (root.get("paths") or {}).items():
        verbs = METHODS & item.keys()
        if len(verbs) == 1 and "parameters" not in item:
            (verb,) = verbs
            held = item[verb].get("parameters")
            if held:
                made = copy.deepcopy(root)
                made["paths"][path]["parameters"] = made["paths"][path][verb].pop("parameters")
                yield made


def renamed(root: Any, _: Random) -> Iterator[Any]:
    """A component of another name, unless alternatives are known by it."""
    for name in list((root.get("components") or {}).get("schemas") or {}):
        text = f"{NEXT}{name}"
        branches = (value(root, at) for at in schemas(root) if at[-2:-1] in BRANCH)
        if any(each.get("$ref") == text for each in branches):
            continue
        if is_known_by_its_name(root, root["components"]["schemas"][name]):
            continue
        made = swapped(root, text, f"{text}Again")
        held = made["components"]["schemas"]
        held[f"{name}Again"] = held.pop(name)
        yield made


def swapped(node: Any, old: str, new: str) -> Any:
    if isinstance(node, dict):
        return {key: swapped(each, old, new) for key, each in node.items()}
    if isinstance(node, list):
        return [swapped(each, old, new) for each in node]
    return new if node == old else node


def renamed_in_the_path(root: Any, _: Random) -> Iterator[Any]:
    """Another name for the parameters of a path."""
    for path, item in (root.get("paths") or {}).items():
        if "{" not in path or "$ref" in str(item.get("parameters", "")) or "links" in str(root):
            continue
        made = copy.deepcopy(root)
        changed = made["paths"].pop(path)
        made["paths"][path.replace("{", "{its_")] = changed
        holders = [changed, *(changed[verb] for verb in METHODS & changed.keys())]
        listed = [each for one in holders for each in one.get("parameters", ())]
        if any("$ref" in each for each in listed):
            continue
        for each in listed:
            if each.get("in") == "path":
                each["name"] = f"its_{each['name']}"
        yield made


def nulls_spelled_out(root: Any, _: Random) -> Iterator[Any]:
    """OpenAPI 3.0 in the words of 3.1."""
    if root["openapi"].startswith("3.0"):
        made = copy.deepcopy(root) | {"openapi": "3.1.0"}
        for at in list(schemas(made)):
            node = value(made, at)
            if node.pop("nullable", False) and isinstance(node.get("type"), str):
                node["type"] = [node["type"], "null"]
            for bound in ("Minimum", "Maximum"):
                if node.pop(f"exclusive{bound}", False) is True:
                    node[f"exclusive{bound}"] = node.pop(bound.lower())
        yield made


def parameters(root: Any) -> Iterator[At]:
    """The place of every parameter and response header that is written by a style."""
    for at in in_messages(root, ()):
        if at[-1] == "schema" and at[-2:-1] != ("content",):
            holder = value(root, at[:-1]) if at[:-1] else {}
            if "in" in holder or at[-3:-2] == ("headers",):
                yield at[:-1]


def exploded_or_not(root: Any, _: Random) -> Iterator[Any]:
    """Said of a plain value, which is written alike."""
    for at in parameters(root):
        node = value(root, at)
        if node["schema"].get("type") in PLAIN and node.get("style", "form") != "deepObject":
            usual = node.get("style", "form") == "form" and node.get("in") in ("query", "cookie")
            yield put(root, (*at, "explode"), not node.get("explode", usual))


def numbers_as_json(root: Any, _: Random) -> Iterator[Any]:
    """A number is written in JSON as in a URL."""
    for at in parameters(root):
        node = value(root, at)
        if node["schema"].get("type") in ("integer", "number", "boolean") and "style" not in node:
            rest = {key: each for key, each in node.items() if key not in ("schema", "explode")}
            yield put(root, at, {**rest, "content": {JSON: {"schema": node["schema"]}}})


def bodies(root: Any, at: At = ()) -> Iterator[At]:
    """The place of every list of media types."""
    node = value(root, at) if at else root
    for key, each in node.items() if isinstance(node, dict) else ():
        if key == "content" and isinstance(each, dict) and "$ref" not in each:
            yield (*at, key)
        elif key not in {"example", "examples", "schemas", "schema"}:
            yield from bodies(root, (*at, key))


def in_utf_8(root: Any, _: Random) -> Iterator[Any]:
    """What all JSON is in."""
    for at in bodies(root):
        contents = value(root, at)
        if JSON in contents:
            word = f"{JSON}; charset=utf-8"
            yield put(root, at, {word if key == JSON else key: contents[key] for key in contents})


def ranges_spelled_out(root: Any, _: Random) -> Iterator[Any]:
    """What a range says of every media type, of one of them again."""
    for at in bodies(root):
        contents = value(root, at)
        if "*/*" in contents and JSON not in contents:
            yield put(root, (*at, JSON), contents["*/*"])


def schemes_renamed(root: Any, _: Random) -> Iterator[Any]:
    """Nobody sends the name of a security scheme."""
    held = (root.get("components") or {}).get("securitySchemes") or {}
    if held:
        made = copy.deepcopy(root)
        listed = made["components"]["securitySchemes"]
        made["components"]["securitySchemes"] = {f"{name}Again": listed[name] for name in listed}
        yield with_ways(made)


def with_ways(node: Any) -> Any:
    if isinstance(node, list):
        return [with_ways(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: with_ways(each) for key, each in node.items()}
    if isinstance(made.get("security"), list):
        made["security"] = [{f"{n}Again": way[n] for n in way} for way in made["security"]]
    return made


def no_server_said(root: Any, _: Random) -> Iterator[Any]:
    """Where none is listed it is the root of where the document came from."""
    if "servers" not in root:
        yield {**root, "servers": [{"url": "/"}]}


def slash_at_the_end(root: Any, _: Random) -> Iterator[Any]:
    """Of the address of a server."""
    for index, each in enumerate(root.get("servers") or ()):
        if not each["url"].endswith("/"):
            yield put(root, ("servers", index, "url"), f"{each['url']}/")


def bytes_of_3_1(root: Any, _: Random) -> Iterator[Any]:
    """Bytes are what no schema says anything of."""
    for at in bodies(root):
        contents = value(root, at)
        raw = [each for each in contents if each in ("application/octet-stream", "image/png")]
        for type_ in raw:
            if contents[type_].get("schema") == {"type": "string", "format": "binary"}:
                yield put(root, (*at, type_), {})


def base64_of_3_1(root: Any, chance: Random) -> Iterator[Any]:
    """Bytes in a text of JSON, in a document that moves to 3.1 with all that it says."""
    for at in schemas(root):
        node = value(root, at)
        if node.get("format") == "byte":
            rest = {key: each for key, each in node.items() if key != "format"}
            made = put(root, at, {**rest, "contentEncoding": "base64"})
            is_old = root["openapi"].startswith("3.0")
            yield from nulls_spelled_out(made, chance) if is_old else [made]


REFACTORINGS: dict[str, Refactoring] = {
    "inlined": inlined,
    "extracted": extracted,
    "in allOf": wrapped("allOf"),
    "in anyOf": wrapped("anyOf"),
    "in oneOf": wrapped("oneOf"),
    "moved into a part": moved,
    "reordered": reordered,
    "parameters of the path": lifted,
    "component renamed": renamed,
    "path parameter renamed": renamed_in_the_path,
    "3.1 for 3.0": nulls_spelled_out,
    "exploded or not": exploded_or_not,
    "numbers as JSON": numbers_as_json,
    "JSON in UTF-8": in_utf_8,
    "ranges spelled out": ranges_spelled_out,
    "schemes renamed": schemes_renamed,
    "no server said": no_server_said,
    "slash at the end": slash_at_the_end,
    "bytes of 3.1": bytes_of_3_1,
    "bytes in text of 3.1": base64_of_3_1,
}


def findings(old: Any, new: Any) -> list[tuple[str, str, str]]:
    """What is said in either direction."""
    verdict = compare(old, new, promise=Compatibility.FULL)
    assert not verdict.problems, verdict.problems
    return [(each.rule, each.path, each.reason) for each in verdict.findings]


@pytest.mark.parametrize("name", REFACTORINGS)
def test_a_refactoring_is_no_change(name: str) -> None:
    """Wherever it is done in the documents of the fixtures."""
    chance, done = Random(name), 0
    for document, root in {**DOCUMENTS, "shared": SHARED}.items():
        for new in REFACTORINGS[name](root, chance):
            done += 1
            assert findings(root, new) == [], document

    assert done > 0, "nothing was refactored"


@pytest.mark.parametrize("name", REFACTORINGS)
def test_a_refactoring_of_a_large_document_is_no_change(name: str) -> None:
    """At some places of it."""
    chance = Random(name)
    root = read_document(LARGE, (SPECS / LARGE).read_bytes()).value
    made = list(REFACTORINGS[name](root, chance))
    for new in chance.sample(made, min(8, len(made))):
        assert findings(root, new) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_start_of_every_path_may_be_said_by_the_servers(name: str) -> None:
    """Every operation is called as before, in either direction."""
    root = {key: each for key, each in DOCUMENTS[name].items() if key != "servers"}
    paths = root.get("paths") or {}
    if not paths or "servers" in str(paths) or "operationRef" in str(root):
        return
    host = "https://example.com"
    below = {**root, "servers": [{"url": f"{host}/api"}]}
    lifted_up = {f"/api{path}": each for path, each in paths.items()}
    above = {**root, "servers": [{"url": f"{host}/"}], "paths": lifted_up}

    assert findings(below, above) == []
    assert findings(above, below) == []


def circle(a: str, b: str, c: str) -> Any:
    """Three types that lead to each other."""

    def tagged(tag: int, leads: Any) -> Any:
        properties = {"u": leads, "z": {"const": tag}}
        return {"type": "object", "properties": properties, "required": ["z"]}

    refs = {name: {"$ref": f"#/$defs/{name}"} for name in (a, b, c)}
    defs = {
        a: tagged(1, {"oneOf": [refs[b], refs[c]]}),
        b: tagged(2, refs[a]),
        c: tagged(3, {"oneOf": [refs[a], refs[b]]}),
    }
    return {"$ref": f"#/$defs/{a}", "$defs": defs}


DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
PARTS: Any = {
    "Text": TEXT,
    "Number": {"type": "number"},
    "Texts": {"type": "array", "items": TEXT},
    "Party": {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
    "Copy": {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
}
INT32 = {"type": "integer", "format": "int32"}
CHOICE: Any = [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]


def at_x(old: Any, new: Any) -> tuple[Any, Any]:
    """Two documents with a property each."""
    head = {"$schema": DRAFT_2020, "type": "object", "$defs": PARTS}
    return {**head, "properties": {"x": old}}, {**head, "properties": {"x": new}}


def part(name: str) -> Any:
    return {"$ref": f"#/$defs/{name}"}


WRITTEN_OTHERWISE: dict[str, tuple[Any, Any]] = {
    "a length beside allOf": at_x(
        {"allOf": [part("Text")], "maxLength": 5}, {**TEXT, "maxLength": 5}
    ),
    "a length beside a reference": at_x({**part("Text"), "maxLength": 5}, {**TEXT, "maxLength": 5}),
    "a pattern beside allOf": at_x(
        {"allOf": [part("Text")], "pattern": "^a"}, {**TEXT, "pattern": "^a"}
    ),
    "a minimum beside allOf": at_x(
        {"allOf": [part("Number")], "minimum": 5}, {"type": "number", "minimum": 5}
    ),
    "values beside a reference": at_x({**part("Text"), "enum": ["a"]}, {**TEXT, "enum": ["a"]}),
    "items beside allOf": at_x(
        {"allOf": [part("Texts")], "maxItems": 5}, {**PARTS["Texts"], "maxItems": 5}
    ),
    "properties beside allOf": at_x(
        {"allOf": [part("Party")], "properties": {"b": TEXT}},
        {**PARTS["Party"], "properties": {"a": TEXT, "b": TEXT}},
    ),
    "values listed one by one": at_x({**TEXT, "enum": ["a", "b"]}, {**TEXT, "oneOf": CHOICE}),
    "values as alternatives": at_x({"enum": ["a", "b"]}, {"anyOf": CHOICE}),
    "values as what excludes each other": at_x({"enum": ["a", "b"]}, {"oneOf": CHOICE}),
    "true and false": at_x({"type": "boolean"}, {"enum": [True, False]}),
    "a copy of an alternative": at_x(
        {"anyOf": [part("Party"), TEXT]}, {"anyOf": [part("Party"), part("Copy"), TEXT]}
    ),
    "the limits of a format": at_x(INT32, {**INT32, "minimum": -(2**31), "maximum": 2**31 - 1}),
    "at least one item": at_x(
        {"type": "array", "minItems": 1}, {"type": "array", "contains": True}
    ),
    "so many items": at_x(
        {"type": "array", "minItems": 2, "maxItems": 3},
        {"type": "array", "contains": {}, "minContains": 2, "maxContains": 3},
    ),
    "an empty pattern": at_x(TEXT, {**TEXT, "pattern": ""}),
    "a pattern of anything": at_x(TEXT, {**TEXT, "pattern": "^.*"}),
    "as many properties as are required": at_x(
        PARTS["Party"], {**PARTS["Party"], "minProperties": 1}
    ),
    "a multiple that every integer is": at_x(
        {"type": "integer"}, {"type": "integer", "multipleOf": 0.5}
    ),
    "a bound that no multiple is between": at_x(
        {"type": "integer", "minimum": 4, "multipleOf": 3},
        {"type": "integer", "minimum": 6, "multipleOf": 3},
    ),
    "a constant that is listed": at_x({"const": "a"}, {"const": "a", "enum": ["a", "b"]}),
    "an if that is always met": at_x(
        {**TEXT, "if": TEXT, "then": {"maxLength": 3}}, {**TEXT, "allOf": [{"maxLength": 3}]}
    ),
    "a type that cannot be": at_x(
        {"type": ["string", "array"], "not": {"type": "array"}}, {"type": "string"}
    ),
    "three that lead to each other, by other names": (circle("A", "B", "C"), circle("X", "Y", "Z")),
    "one of them by another name": (circle("A", "B", "C"), circle("X", "B", "C")),
}
"""JSON Schemas of one meaning."""


@pytest.mark.parametrize("name", WRITTEN_OTHERWISE)
def test_a_schema_that_is_written_otherwise_is_no_change(name: str) -> None:
    """As its authors mean it, and to the letter."""
    old, new = WRITTEN_OTHERWISE[name]

    for content in Content:
        found = compare(
            old, new, kind=Kind.JSON, promise=Compatibility.FULL, policy=Policy(content=content)
        )
        said = [(each.rule, each.path, each.reason) for each in found.findings]
        assert (said, found.problems) == ([], ()), content


def test_an_edit_of_a_type_used_at_40_places_is_one_finding() -> None:
    """The other places are known to it, and not found again."""
    answer: Any = {
        "description": "It.",
        "content": {"application/json": {"schema": {"$ref": f"{NEXT}Shipment"}}},
    }
    paths = {f"/p{n}": {"get": {"responses": {"200": answer}}} for n in range(40)}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}

    def api(required: list[str]) -> Any:
        shipment = {"type": "object", "properties": {"a": {"type": "string"}}, "required": required}
        return head | {"components": {"schemas": {"Shipment": shipment}}}

    (found,) = compare(api(["a"]), api([])).findings

    assert found.rule == "LAD104"
    assert 1 + len(found.change.elsewhere) == 40, "all places are known"
    assert found.change.places == 40, "and counted"
