"""Remedies: which findings have one, and that applying it leaves a better document."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lading.compat import Outcome, Policy, Runtime, judge
from lading.compat.mend import mend
from lading.model.contract import Compatibility, Contract, Kind
from lading.model.read import read_contract
from lading.model.reader import read_document

if TYPE_CHECKING:
    from lading.compat.mend import Mended

FULL, BACKWARD = Compatibility.FULL, Compatibility.BACKWARD
ID = {"name": "id", "type": "string"}
NOTE = {"name": "note", "type": "string", "default": "", "doc": "What the driver said."}
LINE = {"type": "record", "name": "Line", "fields": [ID]}


def record(*fields: Any, name: str = "demo.v1.Parcel", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def enum(*symbols: str, name: str = "Size", **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def field(name: str, type_: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


def contract(value: Any, *, indent: int | None = None) -> Contract:
    text = json.dumps(value, indent=indent)
    return read_contract(Kind.AVRO, read_document("parcel.avsc", text.encode()))


def mended(
    old: Any, new: Any, promise: Compatibility = BACKWARD, policy: Policy | None = None
) -> Mended:
    again = partial(judge, promise=promise, policy=policy or Policy())
    return mend([again(contract(old), contract(new))], again)


def outcome(found: Mended) -> tuple[list[str], Outcome]:
    return [each.does for each in found.done], found.verdicts[0].outcome


@pytest.mark.parametrize(
    ("type_", "default", "then"),
    [
        (["null", "string"], None, ["null", "string"]),
        (["string", "null"], None, ["null", "string"]),
        (["int", "string", "null"], None, ["null", "int", "string"]),
        ("null", None, "null"),
        ({"type": "array", "items": "string"}, [], {"type": "array", "items": "string"}),
        ({"type": "map", "values": "string"}, {}, {"type": "map", "values": "string"}),
    ],
)
def test_a_field_that_can_say_nothing_gets_a_default(type_: Any, default: Any, then: Any) -> None:
    """Under the strongest promise, and nothing else of the document changes."""
    found = mended(record(ID), record(ID, field("extra", type_)), FULL)

    assert outcome(found) == (
        [f"gave `extra` the default {json.dumps(default)}"],
        Outcome.COMPATIBLE,
    )
    value = found.documents["parcel.avsc"][1].value
    assert value == record(ID, field("extra", then, default=default))


@pytest.mark.parametrize("type_", ["string", "int", LINE, ["string", "int"], enum("A")])
def test_a_field_that_always_says_something_is_its_authors_business(type_: Any) -> None:
    found = mended(record(ID), record(ID, field("extra", type_)), FULL)

    assert outcome(found) == ([], Outcome.INCOMPATIBLE)
    assert not found.documents


def test_a_field_renamed_word_for_word_gets_an_alias() -> None:
    remark = {**NOTE, "name": "remark"}
    del remark["default"]
    found = mended(record(ID, NOTE), record(ID, remark), FULL)

    assert outcome(found) == (["added alias `note` to `remark`"], Outcome.COMPATIBLE)


def test_an_alias_is_no_step_where_the_rename_breaks_old_readers_too() -> None:
    """The advice is to keep both fields, without an alias."""
    old, new = ({k: v for k, v in NOTE.items() if k != "default"} | {"name": n} for n in "ab")
    found = mended(record(ID, old), record(ID, new), FULL)

    assert outcome(found) == ([], Outcome.INCOMPATIBLE)
    assert not found.documents
    assert [each.why for each in found.left] == ["it would make another finding: LAD103 b"]


@pytest.mark.parametrize("doc", ["", "What arrived."])
def test_a_field_of_like_type_alone_is_no_rename(doc: str) -> None:
    """Neither an alias, which would read one weight as another, nor a default that hides it."""
    old = field("gross_weight", ["null", "double"], doc="" if not doc else "What left.")
    found = mended(record(ID, old), record(ID, field("net_weight", ["null", "double"], doc=doc)))

    assert outcome(found) == ([], Outcome.INCOMPATIBLE)
    fixes = [each.fix or "" for each in found.verdicts[0].findings]
    assert any("if `gross_weight` was renamed" in fix for fix in fixes)


def test_a_rename_that_only_the_old_version_knows_gets_its_alias() -> None:
    found = mended(record(field("a", "int", aliases=["b"])), record(field("b", "int")))

    assert outcome(found) == (["added alias `a` to `b`"], Outcome.COMPATIBLE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (record(ID, name="x.Old"), record(ID, name="y.New")),
        (record(ID, field("t", enum("A", name="Old"))), record(ID, field("t", enum("A")))),
        (
            record(field("t", {"type": "fixed", "name": "Old", "size": 2})),
            record(field("t", {"type": "fixed", "name": "New", "size": 2, "aliases": ["Other"]})),
        ),
    ],
)
def test_a_renamed_type_gets_its_full_old_name_as_an_alias(old: Any, new: Any) -> None:
    found = mended(old, new)

    assert found.verdicts[0].compatible
    assert len(found.done) == 1
    assert ".Old`" in found.done[0].does


def test_the_name_of_another_type_is_no_alias() -> None:
    """The field changed its type; both types are there."""
    old = record(field("a", LINE), field("b", enum("A")), field("c", "Size"))
    other = enum("A", name="Other")
    new = record(field("a", LINE), field("b", enum("A")), field("c", other))
    found = mended(old, new)

    assert outcome(found) == ([], Outcome.INCOMPATIBLE)


def test_a_default_that_went_with_a_symbol_is_restored() -> None:
    old = record(field("size", enum("S", "M", "UNKNOWN", default="UNKNOWN")))
    found = mended(old, record(field("size", enum("S", "UNKNOWN"))), FULL)

    assert outcome(found) == (["restored the default `UNKNOWN`"], Outcome.COMPATIBLE)


@pytest.mark.parametrize("default", [None, "M"])
def test_a_symbol_without_a_default_to_restore_is_left(default: str | None) -> None:
    more = {"default": default} if default else {}
    old = record(field("size", enum("S", "M", **more)))

    assert outcome(mended(old, record(field("size", enum("S"))))) == ([], Outcome.INCOMPATIBLE)


def test_what_passes_is_not_touched() -> None:
    """Neither a lost alias that nobody misses, nor a lost default."""
    old = record(field("a", "int", aliases=["b"], default=1), field("c", enum("S", default="S")))
    found = mended(old, record(field("a", "int"), field("c", enum("S"))), FULL)

    assert found.verdicts[0].compatible
    assert not found.documents


def test_an_alias_helps_no_runtime_that_ignores_it() -> None:
    """It is taken back, and said."""
    remark = {k: v for k, v in NOTE.items() if k != "default"} | {"name": "remark"}
    policy = Policy(runtimes=(Runtime.PYTHON_AVRO,))
    found = mended(record(ID, NOTE), record(ID, remark), policy=policy)

    assert not found.documents
    assert [each.why for each in found.left] == ["it would make another finding: LAD103 remark"]


def test_several_remedies_meet_in_one_union() -> None:
    """The place of the first is still right after null went to the front of the union around it."""
    old = record(field("a", {**LINE, "fields": [ID]}))
    inner = {**LINE, "fields": [ID, field("tags", {"type": "array", "items": "string"})]}
    new = record(field("b", [inner, "null"]), field("a", "Line"))
    before = contract(new, indent=2)
    again = partial(judge, promise=BACKWARD)
    found = mend([again(contract(old), before)], again)

    assert found.verdicts[0].compatible
    lines = found.documents["parcel.avsc"][1].text.splitlines()
    placed = {lines[found.place(each).line - 1].strip().rstrip(",") for each in found.done}
    assert placed == {'"default": []', '"default": null'}


def test_a_shared_document_is_edited_once_for_all_who_use_it() -> None:
    line = read_document("line.avsc", json.dumps(record(ID, name="demo.Line")).encode())
    more = field("note", ["null", "string"])
    after = read_document("line.avsc", json.dumps(record(ID, more, name="demo.Line")).encode())

    def user(name: str, used: Any) -> Contract:
        document = read_document(name, json.dumps(record(field("l", "demo.Line"))).encode())
        return read_contract(Kind.AVRO, document, references={"demo.Line": used})

    again = partial(judge, promise=FULL)
    verdicts = [again(user(name, line), user(name, after)) for name in ("a.avsc", "b.avsc")]
    found = mend(verdicts, again)

    assert [each.compatible for each in found.verdicts] == [True, True]
    assert list(found.documents) == ["line.avsc"]
    assert len(found.done) == 1
    assert not mend(verdicts, again, may_edit=lambda name: name != "line.avsc").documents


def test_the_one_layout_stays_the_one_layout() -> None:
    """A file that `lading fmt` wrote is not reported by it afterwards."""
    from lading.model.formatting import laid_out

    new = record(ID, field("extra", ["null", "string"], doc="x" * 60))
    read = replace(contract(record(ID)))
    document = read_document("parcel.avsc", laid_out(new).encode())
    again = partial(judge, promise=FULL)
    found = mend([again(read, read_contract(Kind.AVRO, document))], again)

    text = found.documents["parcel.avsc"][1].text
    assert text == laid_out(json.loads(text))
