"""The one door for two documents: whatever they are, there is a verdict."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.compat import Content, Outcome, Policy, compare
from lading.compat.report.json_ import report
from lading.model import Compatibility, ContractError, Kind, read_contract, read_document
from needed import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

SPECS = SHARED / "specs"
OLD: dict[str, Any] = {
    "type": "record",
    "name": "Parcel",
    "fields": [{"name": "id", "type": "string"}, {"name": "weight", "type": "double"}],
}
NEW: dict[str, Any] = {**OLD, "fields": OLD["fields"][:1]}
SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}}
FULL = Compatibility.FULL
API = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}


def rules(verdict: Any) -> list[str]:
    return [each.rule for each in verdict.findings]


@pytest.mark.parametrize(
    "form",
    [
        json.dumps,
        lambda value: json.dumps(value).encode(),
        lambda value: json.dumps(value, indent=3).encode("utf-8"),
        lambda value: value,
        lambda value: read_document("a.avsc", json.dumps(value).encode()),
    ],
    ids=["text", "bytes", "spaced", "parsed", "document"],
)
def test_a_document_may_come_in_every_form(form: Any) -> None:
    verdict = compare(form(OLD), form(NEW))
    assert (verdict.outcome, rules(verdict)) == (Outcome.INCOMPATIBLE, ["LAD102"])
    assert compare(form(OLD), form(OLD)).outcome is Outcome.COMPATIBLE


def test_the_promise_decides_and_the_default_is_full_for_events() -> None:
    assert compare(OLD, NEW).promise is Compatibility.FULL
    assert compare(OLD, NEW, promise=Compatibility.BACKWARD).outcome is Outcome.COMPATIBLE
    assert compare(NEW, OLD, promise=Compatibility.BACKWARD).outcome is Outcome.INCOMPATIBLE


@pytest.mark.parametrize(
    ("value", "kind"),
    [(OLD, Kind.AVRO), (SCHEMA, Kind.JSON), (API, Kind.OPENAPI)],
    ids=["avro", "json", "openapi"],
)
def test_the_kind_is_what_a_document_shows(value: Any, kind: Kind) -> None:
    verdict = compare(value, value)
    assert (verdict.new.kind, verdict.outcome) == (kind, Outcome.COMPATIBLE)


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (b"{", OLD, "LAD001", "not valid"),
        (OLD, b"\xff\xfe\x00", "LAD002", ""),
        (OLD, "[" * 5000, "LAD003", "nested"),
        (OLD, "", "LAD024", "does not show"),
        (OLD, {**OLD, "fields": [{"name": "id", "type": "strnig"}]}, "LAD012", "strnig"),
        (OLD, SCHEMA, "LAD024", "one document is AVRO, the other JSON"),
        ({"a": 1}, {"a": 1}, "LAD024", "does not show what it is"),
        (OLD, {"type": {1, 2}}, "LAD001", "no JSON value"),
        (API, {**API, "openapi": "9.0.0"}, "LAD020", "9.0.0"),
    ],
)
def test_what_cannot_be_judged_is_unknown_with_the_reason(
    old: Any, new: Any, code: str, said: str
) -> None:
    verdict = compare(old, new)
    assert verdict.outcome is Outcome.UNKNOWN
    assert not verdict.compatible
    assert code in [each.code for each in verdict.problems]
    assert any(said in each.message for each in verdict.problems)
    written = report([verdict])
    assert written["outcome"] == "unknown"
    assert written["counts"]["problems"] == len(verdict.problems)  # type: ignore[index,call-overload]


def test_problems_of_both_documents_come_at_once_under_their_names() -> None:
    verdict = compare("{", "[1,", names=("was.avsc", "is.avsc"))
    assert [each.place.document for each in verdict.problems] == ["was.avsc", "is.avsc"]


def test_a_logical_type_that_readers_ignore_is_no_obstacle() -> None:
    """Avro: a logical type that is not valid is ignored. Ours are asked to mend it; others' not."""
    old = {**OLD, "fields": [{"name": "id", "type": "string", "logicalType": "uuid"}]}
    new = {**OLD, "fields": [{"name": "id", "type": {"type": "int", "logicalType": "decimal"}}]}
    assert compare(old, old).outcome is Outcome.COMPATIBLE
    assert compare(old, new).outcome is Outcome.INCOMPATIBLE


def test_types_that_stand_elsewhere_are_found_where_the_caller_says() -> None:
    line = {"type": "record", "name": "x.Line", "fields": [{"name": "id", "type": "string"}]}
    whole = {**OLD, "fields": [{"name": "line", "type": "x.Line"}]}
    beside = {"x.Line": read_document("Line.avsc", json.dumps(line).encode())}
    assert compare(whole, whole).outcome is Outcome.UNKNOWN
    found = compare(whole, whole, references=lambda _document, _kind: beside)
    assert found.outcome is Outcome.COMPATIBLE


@settings(max_examples=300, deadline=None)
@given(
    old=st.binary(max_size=60), new=st.binary(max_size=60), kind=st.none() | st.sampled_from(Kind)
)
def test_no_bytes_raise(old: bytes, new: bytes, kind: Kind | None) -> None:
    """Whatever comes in, a verdict comes out."""
    assert compare(old, new, kind=kind).outcome in Outcome


WORDS = {
    Kind.AVRO: """
        type name fields items symbols default values namespace aliases logicalType
        precision scale size doc x-invariants check rule x-unit x-scheme
    """,
    Kind.JSON: """
        type properties required allOf anyOf oneOf items $ref $defs enum const format
        default additionalProperties patternProperties minimum pattern not if
    """,
    Kind.OPENAPI: """
        paths /a get post responses 200 content application/json schema parameters name
        in required requestBody components schemas A properties type $ref allOf oneOf
        items security headers discriminator mapping propertyName webhooks servers url
        callbacks links
    """,
    Kind.TAXONOMY: """
        kind states code label definition transitions from to trigger owner unknown
        derived inputs rules when rank terminal initial advances_to advances title en
    """,
    Kind.MAPPING: """
        system list name taxonomy rows code to quality also cases when overrides partner
        until sends from unmapped classifier size label source
    """,
}
START: dict[Kind, dict[str, Any]] = {
    Kind.AVRO: {"type": "record", "name": "R"},
    Kind.JSON: {"type": "object"},
    Kind.OPENAPI: {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}},
    Kind.TAXONOMY: {"taxonomy": "a.b", "version": "1.0.0"},
    Kind.MAPPING: {"mapping": "a.b", "version": "1.0.0"},
}
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
LEAVES |= st.sampled_from(["string", "object", "1.0.0", "#/components/schemas/A", "decimal"])


def documents(kind: Kind) -> st.SearchStrategy[Any]:
    """Half-right documents: words of the language, with values that often make no sense."""
    words = st.sampled_from(WORDS[kind].split())
    values = st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=5),
        max_leaves=20,
    )
    whole = st.dictionaries(words, values, max_size=6).map(lambda each: {**each, **START[kind]})
    return whole | values


@settings(max_examples=200, deadline=None)
@given(st.data())
@pytest.mark.parametrize("kind", START)
def test_no_half_right_document_raises(kind: Kind, data: st.DataObject) -> None:
    """A crash is no verdict, and a document with problems is never judged."""
    old, new = data.draw(documents(kind)), data.draw(documents(kind))
    verdict = compare(old, new, kind=data.draw(st.sampled_from([None, kind])))
    assert verdict.outcome in Outcome
    assert bool(verdict.problems) <= (verdict.outcome is Outcome.UNKNOWN)


WILD = """
openapi: 3.0.3
info: {title: T, version: "1.0"}
paths:
  /a/{id}:
    get:
      operationId: g
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {200: {description: It., content: {application/json: {schema: SCHEMA}}}}
"""
PLAIN = "{type: object, required: [a], properties: {a: {type: string}}}"
SHARED = "{type: object, required: [a], properties: {a: &t {type: string}, b: {<<: *t}, c: *t}}"
LISTED = "parameters: [{name: id, in: path, required: true, schema: {type: string}}]"
AGAIN = f"    put: {{operationId: g, {LISTED}, responses: {{200: {{description: x}}}}}}\n"
INFO = "info: !!map {title: !!str T, version: !!str 1.0}"
TWIN = f"  /a/{{other}}:\n    get: {{{LISTED.replace('id', 'other')}, responses: {{}}}}\n"
FLAWS: dict[str, tuple[str, str]] = {
    "a version without quotes": ('"1.0"', "1.0"),
    "no version": (', version: "1.0"', ""),
    "nothing about itself": ('info: {title: T, version: "1.0"}', ""),
    "a short version of OpenAPI": ("3.0.3", "3.0"),
    "one id for two operations": ("SCHEMA}}}}\n", f"SCHEMA}}}}}}}}\n{AGAIN}"),
    "a parameter of the path that is not described": (LISTED, "tags: [x]"),
    "a parameter that the path has not": ("/a/{id}", "/a"),
    "a parameter that is written twice": (LISTED, f"{LISTED[:-1]}, {LISTED[13:]}"),
    "aliases": ("SCHEMA", "SHARED"),
    "tags of what JSON can say": ('info: {title: T, version: "1.0"}', INFO),
    "two paths that one request fits": ("SCHEMA}}}}\n", f"SCHEMA}}}}}}}}\n{TWIN}"),
}


@pytest.mark.parametrize(("said", "instead"), FLAWS.values(), ids=FLAWS)
def test_what_is_wrong_elsewhere_keeps_nothing_from_being_compared(said: str, instead: str) -> None:
    """In a workspace it is a problem: there it can be put right."""
    assert said in WILD
    text = WILD.replace(said, instead).replace("SHARED", SHARED).replace("SCHEMA", PLAIN)
    verdict = compare(text, text.replace("required: [a], ", ""))

    assert not verdict.problems
    assert [each.rule for each in verdict.findings if each.forbidden] == ["LAD104"]
    assert compare(text, text).compatible
    with pytest.raises(ContractError) as caught:
        read_contract(Kind.OPENAPI, read_document("a.yaml", text.encode()))
    assert caught.value.problems


TAGGED: dict[str, object] = {
    "!!str 3.0": "3.0",
    "!!str": "",
    "!!int '3'": 3,
    "!!int 0x1F": 31,
    "!!float 3": 3.0,
    "!!bool True": True,
    "!!null": None,
    "!!null ~": None,
    "!!map {b: !!seq [!!str no]}": {"b": ["no"]},
    "!<tag:yaml.org,2002:str> 3": "3",
    "[&a !!int '3', *a, !!null , !!str 3]": [3, 3, None, "3"],
}


@pytest.mark.parametrize(("text", "value"), TAGGED.items(), ids=TAGGED)
def test_a_tag_of_what_json_can_say_is_read_in_documents_of_others(
    text: str, value: object
) -> None:
    """YAML 1.2.2, 10.3: it decides what the value is, however that is written."""
    found = read_document("a.yaml", f"a: {text}\n".encode(), aliases=True).value

    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)
    with pytest.raises(ContractError):
        read_document("a.yaml", f"a: {text}\n".encode())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("!Ref x", "LAD006"),
        ("! 3", "LAD006"),
        ("!!timestamp 2020-01-01", "LAD006"),
        ("!!binary aGk=", "LAD006"),
        ("!!seq {b: 1}", "LAD006"),
        ("!!str [1]", "LAD006"),
        ("{!!int 3: x}", "LAD006"),
        ("!!int 3.5", "LAD001"),
        ("!!bool yes", "LAD001"),
        ("!!float .nan", "LAD005"),
    ],
)
def test_a_tag_that_says_more_is_undecided_with_its_place(text: str, code: str) -> None:
    """What is tagged otherwise, or is not what its tag says, is not guessed at."""
    plain = WILD.replace("SCHEMA", PLAIN)
    verdict = compare(f"{plain}x-a:\n  b: {text}\n", plain)
    (problem,) = verdict.problems

    assert verdict.outcome is Outcome.UNKNOWN
    assert (problem.code, problem.place.line) == (code, WILD.count("\n") + 2)
    assert problem.place.column == (7 if text.startswith("{") else 6)


def test_a_path_parameter_that_is_not_described_is_any_text() -> None:
    whole = LISTED.replace("string", "integer")
    silent, text, number = (
        WILD.replace(LISTED, each).replace("SCHEMA", PLAIN) for each in ("tags: [x]", LISTED, whole)
    )
    assert not compare(silent, text, promise=FULL).findings
    assert [each.rule for each in compare(silent, number).findings if each.forbidden] == ["LAD201"]


LONG = "x" * 100_000
BOMBS: dict[str, str] = {
    "values": "a0: &a0 [1, 1]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
    "levels": "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200)),
    "text": f"a: &a {LONG}\nb: [{', '.join(['*a'] * 50)}]\n",
    "merged": "a0: &a0 {k: 1}\n"
    + "".join(f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: *a{n - 1}}}\n" for n in range(1, 40)),
    "itself": "a: &a [*a]\n",
    "its own keys": "a: &a {<<: *a}\n",
    "nothing": "a: *b\n",
}


@pytest.mark.parametrize("more", BOMBS.values(), ids=BOMBS)
def test_what_aliases_blow_up_is_refused_before_it_is_written_out(more: str) -> None:
    verdict = compare(WILD + more, WILD)

    assert {each.code for each in verdict.problems if each.place.document == "old"} <= {
        "LAD003",
        "LAD006",
    }
    assert "old" in {each.place.document for each in verdict.problems}


def test_a_key_of_its_own_is_before_one_that_is_merged() -> None:
    """Of several that are merged the first has it (YAML merge keys)."""
    merged = "a: &a {x: 1, y: no}\nb: &b {x: 2, z: 0x1F}\nc: {<<: [*a, *b], y: '3'}\n"
    found = read_document("a.yaml", merged.encode(), aliases=True).value

    assert found["c"] == {"y": "3", "x": 1, "z": 31}  # type: ignore[index, call-overload]
    assert found["a"]["y"] == "no"  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('["null", "int"]', '["null", "int"]', Kind.AVRO),
        ('"int"', '"int"', Kind.AVRO),
        ({"type": "array", "items": "int"}, {"type": "array", "items": "int"}, Kind.AVRO),
        ({"type": "int"}, {"type": "int"}, Kind.AVRO),
        ({"type": "string"}, '"string"', Kind.AVRO),
        ('"string"', {"type": "string"}, Kind.AVRO),
        ({"type": "string"}, {"type": "string"}, Kind.JSON),
        ({}, True, Kind.JSON),
        ({"$id": "https://x.y/a"}, {}, Kind.JSON),
        ({"const": 1}, {"enum": [1]}, Kind.JSON),
        ({"minLength": 1, "type": "string"}, {"minLength": 1, "type": "string"}, Kind.JSON),
    ],
)
def test_one_document_that_shows_its_kind_is_enough(old: Any, new: Any, kind: Kind) -> None:
    verdict = compare(old, new)
    assert (verdict.new.kind, verdict.outcome) == (kind, Outcome.COMPATIBLE)


@pytest.mark.parametrize("value", [{}, [1], "x y", 1, None])
def test_where_neither_shows_it_the_advice_is_to_say_it(value: Any) -> None:
    verdict = compare(value, value)
    assert {each.code for each in verdict.problems} == {"LAD024"}
    assert all("`--kind`" in each.hint for each in verdict.problems)


@needs_shared
@pytest.mark.slow
def test_documents_found_in_the_wild_are_judged() -> None:
    """Every pair of neighbouring DCSA versions has a verdict, and none fails to be read."""
    families: dict[str, list[Path]] = {}
    for file in sorted((SPECS / "dcsa").iterdir()):
        families.setdefault(file.name.rpartition("_v")[0], []).append(file)
    pairs = [pair for files in families.values() for pair in pairwise(files)]
    for old, new in pairs:
        verdict = compare(old.read_bytes(), new.read_bytes())
        assert not verdict.problems, (old, verdict.problems)
    assert len(pairs) == 16


@needs_shared
def test_a_status_that_came_in_a_description_only_is_found() -> None:
    """DCSA eBL 3.0.2 to 3.0.3: two states more, in the text of a field that takes any text."""
    old, new = ((SPECS / "dcsa" / f"dcsa-EBL_v3.0.{each}.yaml").read_bytes() for each in (2, 3))
    found = [each for each in compare(old, new).findings if each.rule == "LAD810"]
    status = [each for each in found if each.path.endswith("> shippingInstructionsStatus")]
    assert status
    for each in status:
        assert each.reason.endswith("+CANCELLED, +DECLINED")
        assert each.undecided


def test_a_value_that_is_too_deep_to_be_written_is_refused_as_its_text_would_be() -> None:
    """Whoever hands over a parsed value is told how deep one may be, not what Python ran into."""
    value: Any = "string"
    for _ in range(2_000):
        value = {"type": "array", "items": value}

    (found, _) = compare(value, value).problems

    assert (found.code, found.message) == (
        "LAD003",
        "the document is nested more than 100 levels deep",
    )


ENUM: Any = {"type": "enum", "name": "E", "symbols": ["A"]}
OF_JSON = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({**ENUM, "symbols": [{"a": True}]}, '`{"a": true}` is not a name Avro allows'),
        ({**ENUM, "default": [None]}, "the default `[null]` is not one of the symbols"),
        (
            {
                "type": "record",
                "name": "R",
                "fields": [{"name": "f", "type": ENUM, "default": {"a": None}}],
            },
            'the default of `f` does not fit: `{"a": null}` is not a symbol of E',
        ),
        (
            {"type": "record", "name": "R", "fields": [{"name": [True], "type": "int"}]},
            "`[true]` is not a name Avro allows for a field",
        ),
        ({**OF_JSON, "type": {"a": True}}, '`{"a": true}` is not a type of JSON Schema'),
        ({**OF_JSON, "type": ["x" * 200]}, f"`{'x' * 80}...` is not a type of JSON Schema"),
        ({"openapi": {"a": True}}, 'OpenAPI {"a": true} is not read'),
        ({"swagger": [None]}, "Swagger [null] is not read"),
    ],
)
def test_a_value_that_is_wrong_is_shown_as_documents_write_it(value: Any, shown: str) -> None:
    """No object of Python is shown to anybody, and no endless one."""
    messages = [each.message for each in compare(value, value).problems]

    assert any(each.startswith(shown) for each in messages), messages


TEXT = {"type": "string"}
LIST = {"enum": ["A", "B"]}


def bound(name: str, kind: Any, *, shared: bool) -> Any:
    said = {**kind, "x-taxonomy": name}
    whole = {**OF_JSON, "type": "object", "properties": {"f": said}}
    if not shared:
        return whole
    return {**whole, "properties": {"f": {"$ref": "#/$defs/s"}}, "$defs": {"s": said}}


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("kind", "rule"), [(TEXT, "LAD811"), (LIST, "LAD807")])
def test_another_taxonomy_is_found_wherever_it_is_named(
    kind: Any, rule: str, *, shared: bool
) -> None:
    """At the property or at a type that it refers to; where it is named is no change, nor a list.

    A list of values says for itself which taxonomy its values are of.
    """
    old, new = (bound(each, kind, shared=shared) for each in ("order.status", "claim.status"))
    said = "taxonomy changed from order.status to claim.status"

    assert [(each.rule, each.reason[: len(said)]) for each in compare(old, new).findings] == [
        (rule, said)
    ]
    assert compare(old, bound("order.status", kind, shared=not shared)).findings == ()
    listed = compare(
        bound("order.status", TEXT, shared=False), bound("order.status", LIST, shared=False)
    )
    assert [each.rule for each in listed.findings] == ["LAD207"]


def path_of(*names: str, said: str = "") -> Any:
    described = [
        {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
        for each in names
    ]
    named = {"operationId": said} if said else {}
    return {"get": {"parameters": described, "responses": {"200": {"description": "ok"}}} | named}


FLAWED: dict[str, Any] = {
    "a number as version": {"info": {"title": "t", "version": 1.0}, "paths": {}},
    "a number as openapi": {"openapi": 3.0, "paths": {}},
    "two names of one parameter": {"paths": {"/a/{x}": path_of("x"), "/a/{y}": path_of("y")}},
    "one id of two operations": {"paths": {"/a": path_of(said="z"), "/b": path_of(said="z")}},
    "a parameter that is not described": {"paths": {"/a/{x}": path_of()}},
}


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("flaw", FLAWED)
def test_what_is_wrong_with_an_api_of_others_keeps_no_policy_from_judging_it(
    flaw: str, content: Content
) -> None:
    """To the letter it is read once more, and is not held against anybody then either."""
    whole = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}} | FLAWED[flaw]
    verdict = compare(whole, whole, policy=Policy(content=content))

    assert (verdict.outcome, verdict.problems) == (Outcome.COMPATIBLE, ())
