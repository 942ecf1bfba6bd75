"""The one door for two documents: whatever they are, there is a verdict."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.compat import Outcome, compare
from lading.compat.report.json_ import report
from lading.model import Compatibility, Kind, read_document
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
