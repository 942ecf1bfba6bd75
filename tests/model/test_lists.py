"""Taxonomies and mappings: what is refused and where, and the normal form of the rest."""

from __future__ import annotations

import pytest

from lading.model import (
    CodeMap,
    Kind,
    MappingCell,
    Quality,
    State,
    Taxonomy,
    TaxonomyKind,
    Transition,
    Unmapped,
)
from lading.model.taxonomy import lasting
from model.reading import Found, read, wrong

STATUS = """\
taxonomy: shipment.status
version: 1.2.0
kind: state-machine
owner: tms
title: Shipment status
definition: >-
  Where it is.
states:
  - {code: PLANNED, definition: d, initial: true, rank: 10, label: {en: Planned, de: Geplant}}
  - {code: DONE, definition: d, terminal: true, customer_visible: true, owner: wms}
transitions:
  - {from: PLANNED, to: DONE, trigger: shipment.done, when: it  is paid}
"""
CODES = """\
mapping: x12.214
version: 1.0.0
system: x12
owner: integration
list: {name: AT7, version: "004010"}
taxonomy: shipment.status
unmapped: reject
rows:
  - {code: X3, to: DONE, quality: exact, also: [PLANNED], label: l, note: n, source: s}
  - {code: ZZ, to: null, quality: none}
"""


def test_the_normal_form_of_a_taxonomy() -> None:
    contract = read(Kind.TAXONOMY, STATUS)
    assert contract.subject == "taxonomies.shipment.status.v1"
    assert contract.body == Taxonomy(
        name="shipment.status",
        version="1.2.0",
        kind=TaxonomyKind.STATE_MACHINE,
        owner="tms",
        states=(
            State("PLANNED", "d", {"de": "Geplant", "en": "Planned"}, rank=10, initial=True),
            State("DONE", "d", rank=1, terminal=True, customer_visible=True, owner="wms"),
        ),
        transitions=(Transition("PLANNED", "DONE", "shipment.done", "it is paid"),),
    )
    assert (contract.body.title, contract.body.doc) == ("Shipment status", "Where it is.")


def test_the_normal_form_of_a_mapping() -> None:
    contract = read(Kind.MAPPING, CODES)
    assert contract.subject == "mappings.x12.214.v1"
    assert contract.body == CodeMap(
        name="x12.214",
        version="1.0.0",
        system="x12",
        code_list="AT7",
        list_version="004010",
        taxonomy="shipment.status",
        cells=(
            MappingCell("X3", "DONE", Quality.EXACT, also=("PLANNED",)),
            MappingCell("ZZ", None, Quality.NONE),
        ),
        unmapped=Unmapped.REJECT,
        owner="integration",
    )


def test_a_list_of_values_needs_no_beginning() -> None:
    text = STATUS.partition("transitions")[0].replace("state-machine", "values")
    assert wrong(Kind.TAXONOMY, text) == []


STATE_WRONG: list[tuple[str, str, list[Found]]] = [
    ("taxonomy: shipment.status", "taxonomy: Ship Status", [("LAD011", 1, 1)]),
    ("version: 1.2.0", "version: 1.2", [("LAD031", 2, 1)]),
    ("version: 1.2.0", "version: one", [("LAD031", 2, 1)]),
    ("kind: state-machine", "kind: state-machin", [("LAD031", 3, 1), ("LAD031", 11, 1)]),
    ("owner: tms\n", "", [("LAD031", 1, 1)]),
    ("title:", "titel:", [("LAD030", 5, 1)]),
    ("code: DONE", "code: done", [("LAD032", 12, 21), ("LAD011", 10, 6), ("LAD033", 10, 5)]),
    ("code: DONE", "code: PLANNED", [("LAD014", 10, 6), ("LAD032", 12, 21)]),
    ("rank: 10", "rank: first", [("LAD031", 9, 51)]),
    ("initial: true", "initial: 'yes'", [("LAD031", 9, 36), ("LAD033", 8, 1)]),
    ("{en: Planned, de: Geplant}", "Planned", [("LAD031", 9, 61)]),
    ("to: DONE", "to: DUNE", [("LAD032", 12, 21), ("LAD033", 10, 5)]),
    ("from: PLANNED, to: DONE", "from: DONE, to: PLANNED", [("LAD033", 10, 5), ("LAD033", 12, 5)]),
    ("when:", "if:", [("LAD030", 12, 55)]),
    ("it  is paid", "[paid]", [("LAD031", 12, 55)]),
    ("kind: state-machine", "kind: state-machine\nignored: NOISE", [("LAD032", 4, 1)]),
    ("trigger:", "on:", [("LAD030", 12, 31), ("LAD031", 12, 5)]),
    ("  - {from: PLANNED", "  - [from]\n  - {from: PLANNED", [("LAD031", 12, 5)]),
]


SLA = "sla:\n  - {name: a, from: PLANNED, to: DONE, within: P3D}\n"
MORE_WRONG: list[tuple[str, str, list[Found]]] = [
    ("kind: state", "open: 'yes'\nkind: state", [("LAD031", 3, 1)]),
    ("kind: state", "retired: [OLD, OLD]\nkind: state", [("LAD014", 3, 16)]),
    ("kind: state", "retired: [old]\nkind: state", [("LAD011", 3, 11)]),
    ("kind: state", "retired: [DONE]\nkind: state", [("LAD047", 3, 11)]),
    ("rank: 10", "aliases: [DONE]", [("LAD014", 9, 61)]),
    ("rank: 10", "aliases: [PLANNED]", [("LAD014", 9, 61)]),
    ("rank: 10", "aliases: [old]", [("LAD011", 9, 61)]),
    ("rank: 10", "aliases: OLD", [("LAD031", 9, 51)]),
    ("rank: 10", "fallback: DUNE", [("LAD032", 9, 51)]),
    ("rank: 10", "fallback: PLANNED", [("LAD031", 9, 51)]),
    ("rank: 10", "sunset: '2027-01-01'", [("LAD031", 9, 51)]),
    ("rank: 10", "deprecated: true, sunset: '2027-02-30'", [("LAD031", 9, 69)]),
    ("rank: 10", "deprecated: true, replaced_by: DUNE", [("LAD032", 9, 69)]),
    ("transitions:", SLA + "transitions:", []),
    ("transitions:", SLA.replace("DONE", "DUNE") + "transitions:", [("LAD032", 12, 30)]),
    ("transitions:", SLA.replace("to: DONE, ", "") + "transitions:", [("LAD031", 12, 5)]),
    ("transitions:", SLA.replace("P3D", "3 days") + "transitions:", [("LAD031", 12, 40)]),
    ("transitions:", SLA.replace("P3D", "P3D, share: 101") + "transitions:", [("LAD031", 12, 53)]),
    (
        "transitions:",
        SLA.replace("P3D", "P3D, measure: dwell") + "transitions:",
        [("LAD031", 12, 30)],
    ),
    (
        "transitions:",
        SLA + SLA.partition("\n")[2] + "transitions:",
        [("LAD014", 13, 6)],
    ),
    (
        "kind: state",
        "retired: [OLD]\nkind: state",
        [],
    ),
]
"""What a taxonomy may say, and does not have to; a row without problems is one of a right one."""


@pytest.mark.parametrize(("old", "new", "expected"), MORE_WRONG)
def test_what_a_taxonomy_may_say_is_refused_at_its_place(
    old: str, new: str, expected: list[Found]
) -> None:
    assert old in STATUS
    assert sorted(wrong(Kind.TAXONOMY, STATUS.replace(old, new, 1))) == sorted(expected)


def test_a_former_code_is_not_a_retired_one() -> None:
    text = STATUS.replace("rank: 10", "aliases: [OLD]").replace("kind:", "retired: [OLD]\nkind:")
    assert [code for code, *_ in wrong(Kind.TAXONOMY, text)] == ["LAD047"]


def test_states_lead_back_to_themselves_by_no_fallback() -> None:
    text = STATUS.replace("rank: 10", "fallback: DONE").replace(
        "terminal:", "fallback: PLANNED, terminal:"
    )
    assert [code for code, *_ in wrong(Kind.TAXONOMY, text)] == ["LAD031", "LAD031"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("P1W", 604800), ("P1DT2H", 93600), ("PT90M", 5400), ("PT1H30M5S", 5405)],
)
def test_a_duration_has_a_length(text: str, seconds: int) -> None:
    assert lasting(text) == (0, seconds)


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "P1Y", "P1M", "1D", "PT1.5H", "P-1D"])
def test_what_has_no_length_is_no_duration(text: str) -> None:
    assert lasting(text) is None


@pytest.mark.parametrize(("old", "new", "expected"), STATE_WRONG)
def test_a_wrong_taxonomy_is_refused_at_its_place(
    old: str, new: str, expected: list[Found]
) -> None:
    assert old in STATUS
    assert sorted(wrong(Kind.TAXONOMY, STATUS.replace(old, new, 1))) == sorted(expected)


CODE_WRONG: list[tuple[str, str, list[Found]]] = [
    ("list: {name: AT7", "list: {nam: AT7", [("LAD030", 5, 8), ("LAD031", 5, 1)]),
    ('version: "004010"', "version: 4010", [("LAD031", 5, 19)]),
    ("unmapped: reject", "unmapped: rejct", [("LAD031", 7, 1)]),
    ("quality: exact", "quality: exakt", [("LAD031", 9, 26)]),
    ("to: DONE, ", "", [("LAD031", 9, 5)]),
    ("code: ZZ", "code: X3", [("LAD014", 10, 6)]),
    ("code: ZZ", "code: 12", [("LAD031", 10, 6)]),
    (", quality: none", "", [("LAD031", 10, 5)]),
    ("also: [PLANNED]", "also: PLANNED", [("LAD031", 9, 42)]),
    ("mapping: x12.214", "mapping: 12", [("LAD031", 1, 1)]),
]


@pytest.mark.parametrize(("old", "new", "expected"), CODE_WRONG)
def test_a_wrong_mapping_is_refused_at_its_place(old: str, new: str, expected: list[Found]) -> None:
    assert old in CODES
    assert sorted(wrong(Kind.MAPPING, CODES.replace(old, new, 1))) == sorted(expected)


@pytest.mark.parametrize("kind", [Kind.TAXONOMY, Kind.MAPPING])
@pytest.mark.parametrize("text", ["[]", "5", "", "states: 5\nrows: 5\nlist: 5\n", "states: [[]]"])
def test_what_is_something_else_altogether_is_refused(kind: Kind, text: str) -> None:
    assert wrong(kind, text)
