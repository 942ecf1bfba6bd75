"""Who breaks: every consumer that reads what changed is named, and nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.compat import Verdict, judge
from lading.governance import affected, with_consumers
from lading.model import (
    Compatibility,
    Consumer,
    Contract,
    Kind,
    Reads,
    kind_of_document,
    read_contract,
    read_document,
)

FULL = Compatibility.FULL
TAXONOMY = """\
taxonomy: parcel.status
version: 1.0.0
kind: state-machine
title: Parcel status
definition: Where a parcel is.
owner: tms
unknown: UNKNOWN
states:
  - {code: PLANNED, label: {en: Planned}, definition: Planned., rank: 1, initial: true}
  - {code: SENT, label: {en: Sent}, definition: Sent., rank: 2}
  - {code: THERE, label: {en: There}, definition: There., rank: 3, terminal: true}
transitions:
  - {from: PLANNED, to: SENT, trigger: parcel.sent}
  - {from: PLANNED, to: THERE, trigger: parcel.found}
  - {from: SENT, to: THERE, trigger: parcel.arrived}
"""
LOST = "  - {code: LOST, label: {en: Lost}, definition: Lost., rank: 4, terminal: true}\n"
MAPPING = """\
mapping: carrier.codes
version: 1.0.0
title: Codes of a carrier
system: carrier
list: {name: Codes, version: "1"}
taxonomy: parcel.status
owner: tms
unmapped: unknown
rows:
  - {code: "1", to: PLANNED, quality: exact, label: one}
  - {code: "2", to: SENT, also: [THERE], quality: exact, label: two}
"""
API = """\
openapi: 3.1.0
info: {title: Parcels, version: 1.0.0}
paths:
  /parcels/{id}:
    get:
      operationId: getParcel
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: It.}}
    delete:
      operationId: dropParcel
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: Gone.}}
"""


def text(name: str, content: str) -> Contract:
    document = read_document(name, content.encode())
    kind = kind_of_document(document)
    assert kind
    return read_contract(kind, document)


def avro(*fields: Any) -> Contract:
    value = {"type": "record", "name": "demo.v1.Parcel", "fields": list(fields)}
    return read_contract(Kind.AVRO, read_document("Parcel.avsc", json.dumps(value).encode()))


def field(name: str, type_: Any = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


def nested(name: str, *fields: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def listed(name: str, *fields: Any) -> dict[str, Any]:
    return field(name, {"type": "array", "items": nested("Line", *fields)})


def consumer(name: str, contract: str, **reads: Any) -> Consumer:
    return Consumer(name, "erp", "Finance", "f@example.com", (Reads(contract, **reads),))  # type: ignore[arg-type]


def broken(verdict: Verdict, **reads: Any) -> bool:
    """Whether a consumer that reads this is named by a finding that is not simply fine."""
    (name,) = {each.subject for each in (verdict,)}
    told = with_consumers(verdict, [consumer("one", name, **reads)])
    assert any(each.forbidden for each in told.findings), "nothing broke at all"
    lines = {line for each in told.findings for line in each.breaks}
    assert lines <= {"one (erp, Finance)"}
    return bool(lines)


A, B = field("a"), field("b")
LINES_OLD = listed("lines", field("item"), field("count"))
LINES_NEW = listed("lines", field("item"))
MAPS = [field("boxes", {"type": "map", "values": nested("Box", *each)}) for each in ([A, B], [A])]
SHARED_OLD, SHARED_NEW = (
    (listed("lines", *each), field("boxes", {"type": "map", "values": "Line"}))
    for each in ([A, B], [A])
)


@pytest.mark.parametrize(
    ("old", "new", "reads", "named"),
    [
        # the field itself, and another one
        ([A, B], [B], ["a"], True),
        ([A, B], [B], ["b"], False),
        ([A, B], [B], ["b", "a"], True),
        ([A, B], [B], [], True),
        # names that only start alike
        ([field("ab"), field("a")], [field("a")], ["a"], False),
        # a field of a list's items, the list, its neighbour; with and without the sign
        ([LINES_OLD], [LINES_NEW], ["lines[].count"], True),
        ([LINES_OLD], [LINES_NEW], ["lines.count"], True),
        ([LINES_OLD], [LINES_NEW], ["lines"], True),
        ([LINES_OLD], [LINES_NEW], ["lines[]"], True),
        ([LINES_OLD], [LINES_NEW], ["lines[].item"], False),
        ([A, LINES_OLD], [A], ["lines[].item"], True),
        ([A, LINES_OLD], [A], ["a"], False),
        # values of a map, and a type that is reached on two paths
        ([MAPS[0]], [MAPS[1]], ["boxes[].b"], True),
        ([MAPS[0]], [MAPS[1]], ["boxes[].a"], False),
        (SHARED_OLD, SHARED_NEW, ["lines[].b"], True),
        (SHARED_OLD, SHARED_NEW, ["boxes[].b"], True),
        (SHARED_OLD, SHARED_NEW, ["boxes[].a"], False),
        # a type changed
        ([A, B], [field("a", "int"), B], ["a"], True),
        ([A, B], [field("a", "int"), B], ["b"], False),
        # renamed, with an alias: whoever reads the old name
        ([A, B], [field("c", aliases=["a"]), B], ["a"], True),
        ([A, B], [field("c", aliases=["a"]), B], ["b"], False),
        # added without a default: nobody can read what was written before
        ([A], [A, B], ["a"], True),
        ([A, LINES_NEW], [A, LINES_OLD], ["lines[].item"], True),
        ([A, LINES_NEW], [A, LINES_OLD], ["a"], False),
    ],
)
def test_fields(old: Any, new: Any, reads: list[str], named: bool) -> None:
    assert broken(judge(avro(*old), avro(*new), FULL), fields=tuple(reads)) is named


def enum(*symbols: str) -> dict[str, Any]:
    return field("status", {"type": "enum", "name": "Status", "symbols": list(symbols)})


@pytest.mark.parametrize(
    ("reads", "named"),
    [
        ({"statuses": ("GONE",)}, True),
        ({"statuses": ("KEPT",)}, False),
        ({"fields": ("status",)}, True),
        ({"fields": ("a",)}, False),
        ({}, True),
    ],
)
def test_symbols_of_an_enum(reads: dict[str, Any], named: bool) -> None:
    verdict = judge(avro(A, enum("KEPT", "GONE")), avro(A, enum("KEPT")), FULL)

    assert broken(verdict, **reads) is named


def changed(content: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in content
        content = content.replace(old, new)
    return content


RENAME = [("code: SENT", "code: GONE"), ("to: SENT", "to: GONE"), ("from: SENT", "from: GONE")]
STEP = "  - {from: SENT, to: THERE, trigger: parcel.arrived}\n"
ADDED = (
    "transitions:\n",
    LOST + "transitions:\n  - {from: SENT, to: LOST, trigger: parcel.lost}\n",
)


@pytest.mark.parametrize(
    ("pairs", "reads", "named"),
    [
        (RENAME, ("SENT",), True),
        (RENAME, (), True),
        ([(STEP, "")], ("SENT",), True),
        ([(STEP, "")], ("THERE",), True),
        ([(STEP, "")], ("PLANNED",), False),
        ([("terminal: true", "terminal: false")], ("THERE",), True),
        ([("terminal: true", "terminal: false")], ("SENT",), False),
        ([("unknown: UNKNOWN", "unknown: THERE")], ("SENT",), True),
    ],
)
def test_statuses(pairs: list[tuple[str, str]], reads: tuple[str, ...], named: bool) -> None:
    old, new = text("t.yaml", TAXONOMY), text("t.yaml", changed(TAXONOMY, *pairs))

    assert broken(judge(old, new, FULL), statuses=reads, unknown="IGNORE") is named


def test_a_rename_leaves_alone_who_reads_neither_it_nor_its_steps() -> None:
    old, new = text("t.yaml", TAXONOMY), text("t.yaml", changed(TAXONOMY, *RENAME))
    verdict = judge(old, new, FULL)
    (renamed,) = (each for each in verdict.findings if each.rule == "LAD603")
    readers = [consumer(code, verdict.subject, statuses=(code,)) for code in ("SENT", "PLANNED")]

    assert affected(renamed, verdict, readers) == ("SENT (erp, Finance)",)


@pytest.mark.parametrize(("unknown", "named"), [("FAIL", True), ("IGNORE", False)])
def test_a_new_status_breaks_who_fails_on_unknown_ones(unknown: str, named: bool) -> None:
    old, new = text("t.yaml", TAXONOMY), text("t.yaml", changed(TAXONOMY, ADDED))

    assert broken(judge(old, new, FULL), statuses=("PLANNED",), unknown=unknown) is named


@pytest.mark.parametrize(
    ("pair", "reads", "named"),
    [
        (("to: PLANNED", "to: SENT"), ("PLANNED",), True),  # no longer told
        (("to: PLANNED", "to: SENT"), ("SENT",), True),  # told where it was not
        (("to: PLANNED", "to: SENT"), ("THERE",), False),
        (("also: [THERE], ", ""), ("THERE",), True),
        (("also: [THERE], ", ""), ("PLANNED",), False),
        (("unmapped: unknown", "unmapped: reject"), ("PLANNED",), True),
        (('  - {code: "1", to: PLANNED, quality: exact, label: one}\n', ""), ("PLANNED",), True),
        (('  - {code: "1", to: PLANNED, quality: exact, label: one}\n', ""), ("SENT",), False),
    ],
)
def test_targets_of_a_mapping(pair: tuple[str, str], reads: tuple[str, ...], named: bool) -> None:
    old, new = text("m.yaml", MAPPING), text("m.yaml", changed(MAPPING, pair))

    assert broken(judge(old, new, FULL), statuses=reads) is named


@pytest.mark.parametrize(
    ("reads", "named"),
    [
        (("dropParcel",), True),
        (("getParcel",), False),
        ((), True),
        (("getParcel", "dropParcel"), True),
    ],
)
def test_operations(reads: tuple[str, ...], named: bool) -> None:
    without = API.partition("    delete:\n")[0]
    verdict = judge(text("a.yaml", API), text("a.yaml", without), Compatibility.BACKWARD)

    assert broken(verdict, operations=reads) is named


def test_an_operation_that_got_another_id_is_known_by_both() -> None:
    verdict = judge(
        text("a.yaml", API), text("a.yaml", changed(API, ("getParcel", "readParcel"))), FULL
    )
    finding = next(each for each in verdict.findings if each.path.startswith("GET "))
    readers = [
        consumer(each, verdict.subject, operations=(each,))
        for each in ("getParcel", "readParcel", "dropParcel")
    ]

    assert affected(finding, verdict, readers) == (
        "getParcel (erp, Finance)",
        "readParcel (erp, Finance)",
    )


def test_readers_of_other_contracts_are_left_alone_and_names_are_sorted_once() -> None:
    verdict = judge(avro(A, B), avro(B), FULL)
    reads = consumer("z", "demo.v1.Parcel").reads
    readers = [
        consumer("other", "demo.v2.Parcel"),
        consumer("z", "demo.v1.Parcel"),
        replace(consumer("b", "demo.v1.Parcel"), reads=(*reads, *reads)),
    ]

    told = with_consumers(verdict, readers)

    assert [each.breaks for each in told.findings] == [("b (erp, Finance)", "z (erp, Finance)")]


def test_what_breaks_nothing_names_nobody() -> None:
    verdict = judge(avro(A), avro(A, field("c", default="")), FULL)

    told = with_consumers(verdict, [consumer("all", "demo.v1.Parcel")])

    assert told == verdict
    assert [each.breaks for each in told.findings] == [()]


NAMES = st.sampled_from(["a", "b", "ab"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)


def tree(paths: set[tuple[str, ...]], at: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The fields of a record that has exactly these leaves."""
    names = sorted(
        {each[len(at)] for each in paths if each[: len(at)] == at and len(each) > len(at)}
    )
    return [
        field(name, nested("_".join(("R", *at, name)), *below) if below else "string")
        for name in names
        for below in [tree(paths, (*at, name))]
    ]


@settings(max_examples=150, deadline=None)
@given(st.sets(PATHS, min_size=2, max_size=6), st.data())
def test_a_reader_is_named_exactly_when_its_path_meets_the_removed_one(
    paths: set[tuple[str, ...]], data: st.DataObject
) -> None:
    """One lies on the way to the other; judged on whole steps, never on letters."""
    leaves = {p for p in paths if not any(o != p and o[: len(p)] == p for o in paths)}
    if len(leaves) < 2:
        leaves = {("a",), ("b", "a")}
    gone = data.draw(st.sampled_from(sorted(leaves)))
    new = avro(*tree(leaves - {gone}))
    verdict = judge(avro(*tree(leaves)), new, FULL)
    removed = next(each for each in verdict.findings if each.rule == "LAD102")
    at = removed.change.path
    known = sorted({each[:size] for each in leaves for size in range(1, len(each) + 1)})
    read = data.draw(st.sampled_from(known))

    named = affected(removed, verdict, [consumer("r", verdict.subject, fields=(".".join(read),))])

    assert gone[: len(at)] == at
    assert bool(named) is (read[: len(at)] == at or at[: len(read)] == read)
