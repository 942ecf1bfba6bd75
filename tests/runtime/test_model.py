"""Models keep their contract in both directions: JSON and Avro."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from lading.runtime import (
    EXACT,
    Bytes,
    CodeTable,
    ContractModel,
    IllegalTransition,
    Int64,
    Mapped,
    MappingQuality,
    ReaderOnlySymbol,
    TimestampMillis,
    UnmappedCode,
    Uuid,
    map_or_reject,
    map_or_unknown,
    step,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Decimal9x2 = Annotated[Decimal, EXACT, Field(max_digits=9, decimal_places=2)]


class Color(StrEnum):
    __unknown__ = "UNKNOWN"

    UNKNOWN = "UNKNOWN"
    RED = "RED"
    BLUE = "BLUE"


WRITTEN = [Color.RED, Color.BLUE]


class Leaf(ContractModel):
    __contract__ = "t.Leaf"

    amount: Decimal9x2 = Decimal("0.49")
    color: Color = Color.RED


class Note(ContractModel):
    __contract__ = "t.Note"

    text: str


class Tree(ContractModel):  # generated models have plain defaults; pydantic copies them
    __contract__ = "t.Tree"

    event_id: Uuid
    at: TimestampMillis
    class_: Annotated[str, Field(alias="class")]
    raw: Bytes
    size: Int64
    best: Color | None = None
    leaf: Leaf | None = None
    leaves: list[Leaf] = []  # noqa: RUF012
    named: dict[str, Leaf] = {}  # noqa: RUF012
    children: list[Tree] = []  # noqa: RUF012
    either: Leaf | Note | None = None
    mixed: list[Leaf | Note] = []  # noqa: RUF012


LEAF: dict[str, Any] = {
    "type": "record",
    "name": "t.Leaf",
    "fields": [
        {
            "name": "amount",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
            "default": "1",
        },
        {
            "name": "color",
            "type": {
                "type": "enum",
                "name": "t.Color",
                "symbols": ["UNKNOWN", "RED", "BLUE"],
                "default": "UNKNOWN",
            },
            "default": "RED",
        },
    ],
}
NOTE = {"type": "record", "name": "t.Note", "fields": [{"name": "text", "type": "string"}]}
TREE: dict[str, Any] = {
    "type": "record",
    "name": "t.Tree",
    "fields": [
        {"name": "event_id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "class", "type": "string"},
        {"name": "raw", "type": "bytes"},
        {"name": "size", "type": "long"},
        {"name": "leaf", "type": ["null", LEAF], "default": None},
        {"name": "best", "type": ["null", "t.Color"], "default": None},
        {"name": "leaves", "type": {"type": "array", "items": "t.Leaf"}, "default": []},
        {"name": "named", "type": {"type": "map", "values": "t.Leaf"}, "default": {}},
        {"name": "children", "type": {"type": "array", "items": "t.Tree"}, "default": []},
        {"name": "either", "type": ["null", "t.Leaf", NOTE], "default": None},
        {"name": "mixed", "type": {"type": "array", "items": ["t.Leaf", "t.Note"]}, "default": []},
    ],
}
PARSED = fastavro.parse_schema(TREE)

leaves = st.builds(
    Leaf,
    amount=st.decimals(-9999999, 9999999, places=2),
    color=st.sampled_from(WRITTEN),
)
notes = st.builds(Note, text=st.text())


def trees(children: st.SearchStrategy[list[Tree]]) -> st.SearchStrategy[Tree]:
    return st.builds(
        Tree,
        event_id=st.uuids(),
        at=st.datetimes(timezones=st.just(UTC)).map(
            lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
        ),
        class_=st.text(),
        raw=st.binary(),
        size=st.integers(-(2**63), 2**63 - 1),
        best=st.none() | st.sampled_from(WRITTEN),
        leaf=st.none() | leaves,
        leaves=st.lists(leaves, max_size=2),
        named=st.dictionaries(st.text(), leaves, max_size=2),
        children=children,
        either=st.none() | leaves | notes,
        mixed=st.lists(leaves | notes, max_size=2),
    )


@settings(max_examples=60, deadline=None)
@given(trees(st.lists(trees(st.just([])), max_size=2)))
def test_fastavro_writes_and_reads_back_every_model(tree: Tree) -> None:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, PARSED, tree.to_avro_dict(), strict=True)
    buffer.seek(0)
    assert Tree.from_avro_dict(fastavro.schemaless_reader(buffer, PARSED, None)) == tree


@settings(max_examples=60, deadline=None)
@given(trees(st.just([])))
def test_json_comes_back_as_it_was(tree: Tree) -> None:
    assert Tree.model_validate_json(tree.model_dump_json()) == tree


def test_a_newer_writer_is_read_as_avro_resolution_would() -> None:
    got = Leaf.from_avro_dict({"amount": Decimal("1.00"), "color": "MAUVE", "added": 1})
    assert got == Leaf(amount=Decimal("1.00"), color=Color.UNKNOWN)


def test_what_only_a_reader_sees_is_not_written_again() -> None:
    """Who passes a message on that is newer than his schema would lose what it said."""
    got = Leaf.from_avro_dict({"color": "MAUVE"})
    with pytest.raises(ReaderOnlySymbol, match="is what a reader sees"):
        got.to_avro_dict()


def test_an_older_writer_gets_the_defaults_even_where_the_reader_hands_them_out_raw() -> None:
    old = fastavro.parse_schema({"type": "record", "name": "t.Leaf", "fields": []})
    new = fastavro.parse_schema(LEAF)
    raw = fastavro.schemaless_reader(io.BytesIO(b""), old, new)
    assert raw["amount"] == "1", "fastavro issue 814 is fixed: the special case can go"
    assert Leaf.from_avro_dict(raw) == Leaf(amount=Decimal("0.49"), color=Color.RED)


def test_a_symbol_that_is_not_listed_is_an_error_in_json() -> None:
    with pytest.raises(ValidationError):
        Leaf.model_validate_json('{"color": "MAUVE"}')


def test_models_are_closed_and_frozen() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Leaf.model_validate({"colour": "RED"})
    with pytest.raises(ValidationError, match="frozen"):
        Leaf().color = Color.UNKNOWN  # type: ignore[misc]


def test_fields_go_by_the_name_of_the_contract_and_of_python() -> None:
    fields: dict[str, Any] = {
        "event_id": "00000000-0000-0000-0000-000000000001",
        "at": "2026-01-01T00:00:00Z",
        "raw": b"",
        "size": 1,
    }
    assert Tree.model_validate(fields | {"class": "A"}) == Tree.model_validate(
        fields | {"class_": "A"}
    )
    assert '"class":"A"' in Tree.model_validate(fields | {"class": "A"}).model_dump_json()


def test_a_type_outside_a_package_has_no_schema_to_hand_out() -> None:
    with pytest.raises(LookupError, match=r"t\.Leaf is not an Avro contract"):
        Leaf.avro_schema()


CODES: Mapping[str, Mapped[Color]] = {"R": Mapped("R", Color.RED, MappingQuality.EXACT)}
SPECIAL = Mapped("R", None, MappingQuality.NONE)
AGREED = Mapped("R", Color.UNKNOWN, MappingQuality.POLICY)
TABLE = CodeTable(
    "test",
    CODES,
    {"R": (({"place": "hub", "mode": "air"}, SPECIAL),)},
    {
        ("ACME", "R"): ("2999-12-31", AGREED),
        ("OPEN", "R"): ("", AGREED),
        ("ENDED", "R"): ("2020-06-30", AGREED),
    },
)


def test_a_case_holds_when_all_of_it_is_said_and_a_partner_comes_first() -> None:
    both = {"place": "hub", "mode": "air", "more": "x"}
    assert TABLE.find("R") is CODES["R"]
    assert TABLE.find("R", said={"place": "hub"}) is CODES["R"]
    assert TABLE.find("R", said=both) is SPECIAL
    assert TABLE.find("R", "ACME", both) is AGREED
    assert TABLE.find("R", "OTHER", both) is SPECIAL
    assert TABLE.find("?", "ACME") is None


def test_an_agreement_counts_until_its_last_day() -> None:
    """What was agreed for a time is not used after it; the rule holds again."""
    assert TABLE.find("R", "OPEN") is AGREED
    assert TABLE.find("R", "ENDED") is CODES["R"]
    today = datetime.now(tz=UTC).date()
    ends = {"today": today, "yesterday": today - timedelta(days=1)}
    for name, day in ends.items():
        table = CodeTable("t", CODES, {}, {("P", "R"): (day.isoformat(), AGREED)})
        assert (table.find("R", "P") is AGREED) is (name == "today")


def test_a_mapping_answers_for_every_code_or_rejects_with_it() -> None:
    assert map_or_unknown(TABLE, "R", Color.UNKNOWN).canonical is Color.RED
    answer = map_or_unknown(TABLE, "?", Color.UNKNOWN)
    assert (answer.code, answer.canonical, answer.listed) == ("?", Color.UNKNOWN, False)
    assert map_or_reject(TABLE, "R") is CODES["R"]
    with pytest.raises(UnmappedCode, match=r"test: code '\?' is not listed"):
        map_or_reject(TABLE, "?")


def test_a_step_is_taken_or_refused_with_what_is_allowed() -> None:
    table = {Color.UNKNOWN: frozenset({Color.RED}), Color.RED: frozenset[Color]()}
    assert step("color", table, Color.UNKNOWN, Color.RED) is Color.RED
    with pytest.raises(IllegalTransition, match="RED -> UNKNOWN is not allowed; from RED: nothing"):
        step("color", table, Color.RED, Color.UNKNOWN)
