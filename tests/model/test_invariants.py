"""Invariants: what can be said, what is refused with a reason, and what holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model import ContractError, Document, Kind, read_contract, read_document
from lading.model.invariants import holds
from lading.model.messages import faults
from lading.runtime.invariants import forest, unique

if TYPE_CHECKING:
    from decimal import Decimal

MONEY = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
MOMENT = {"type": "long", "logicalType": "timestamp-micros"}
PART = {
    "type": "record",
    "name": "Part",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "above", "type": ["null", "string"], "default": None},
        {"name": "amount", "type": MONEY},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["GOODS", "FREIGHT"]}},
    ],
}
FIELDS = [
    {"name": "total", "type": MONEY},
    {"name": "discount", "type": ["null", MONEY], "default": None},
    {"name": "parts", "type": {"type": "array", "items": PART}},
    {"name": "first", "type": ["null", "Part"], "default": None},
    {"name": "starts_at", "type": MOMENT},
    {"name": "ends_at", "type": ["null", MOMENT], "default": None},
    {"name": "weight", "type": "double", "default": 0.0},
    {"name": "labels", "type": {"type": "map", "values": "string"}, "default": {}},
    {"name": "either", "type": ["string", "long"], "default": ""},
    {"name": "complete", "type": "boolean", "default": True},
]
MESSAGE = {
    "total": "7.50",
    "starts_at": "2026-03-03T10:00:00Z",
    "parts": [
        {"id": "A", "amount": "5.25", "kind": "GOODS"},
        {"id": "B", "above": "A", "amount": "2.25", "kind": "FREIGHT"},
    ],
}


def contract(check: str, **more: Any) -> Any:
    schema = {
        "type": "record",
        "name": "Bill",
        "x-invariants": [{"name": "it", "rule": "what it says", "check": check, **more}],
        "fields": FIELDS,
    }
    return read_contract(Kind.AVRO, document(schema))


def document(schema: Any) -> Document:
    return read_document("Bill.avsc", json.dumps(schema).encode())


def broken(check: str, message: Any) -> list[str]:
    return [each.invariant or each.message for each in faults(contract(check), message)]


@pytest.mark.parametrize(
    "check",
    [
        "sum(part.amount for part in parts) == total",
        "not parts or total > 0",
        "discount is None or discount <= total",
        "discount is None or (total - discount > 0 and discount >= 0)",
        "first is None or first.above is None or first.above != first.id",
        "ends_at is None or starts_at < ends_at",
        "unique(part.id for part in parts)",
        "forest((part.id, part.above) for part in parts)",
        "all(part.amount > 0 for part in parts if part.kind in ('GOODS', 'FREIGHT'))",
        "any(part.kind == 'FREIGHT' for part in parts) or total < 100",
        "sum(part.amount * 2 for part in parts) == total + total",
        "len(parts) <= 2 and abs(-total) == total",
        "complete or not parts",
        "complete == (len(parts) > 0)",
        "all(part.above is None or part.above != part.id for part in parts)",
    ],
)
def test_a_good_message_keeps_what_can_be_said(check: str) -> None:
    assert broken(check, MESSAGE) == []


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("sum(part.amount for part in parts) == total", {"total": "7.51"}),
        ("discount is None or discount <= total", {"discount": "7.51"}),
        ("ends_at is None or starts_at < ends_at", {"ends_at": "2026-03-03T10:00:00+01:00"}),
        ("unique(part.id for part in parts)", {"parts": [MESSAGE["parts"][0]] * 2}),  # type: ignore[index]
        (
            "forest((part.id, part.above) for part in parts)",
            {"parts": [{"id": "A", "above": "A", "amount": "1", "kind": "GOODS"}]},
        ),
        ("all(part.kind == 'GOODS' for part in parts)", {}),
        ("complete", {"complete": False}),
    ],
)
def test_a_message_that_does_not_add_up_is_named(check: str, change: dict[str, Any]) -> None:
    assert broken(check, MESSAGE | change) == ["Bill.it"]


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("discount <= total", "`discount` may be empty: ask first, `discount is None or ...`"),
        ("discount is not None or discount <= total", "may be empty"),
        ("first is not None and first.above == first.id", "`first.above` may be empty"),
        ("any(part.above == part.id for part in parts)", "`part.above` may be empty"),
        ("totl > 0", "there is no field `totl`: did you mean `total`?"),
        ("sum(part.amunt for part in parts) == total", "`part` has no field `amunt`"),
        ("all(part.kind == 'GOOD' for part in parts)", "`GOOD` is no symbol of `part.kind`"),
        ("all(part.kind in ('GOODS', 'X') for part in parts)", "`X` is no symbol"),
        ("weight == total", "a double"),
        ("total == 'seven'", "this is a text, where a number is needed"),
        ("labels == labels", "a map cannot be compared exactly"),
        ("either == 'x'", "one of several"),
        ("total", "a check is true or false, this is a number"),
        ("parts", "a check is true or false, this is a list"),
        ("starts_at + 1 > total", "`starts_at` is a moment"),
        ("1 < total < 3", "one comparison at a time"),
        ("total / 2 > 1", "is not part of the language of checks"),
        ("total ** 9 > 1", "is not part of the language of checks"),
        ("(lambda: 1)() == 1", "is not part of the language of checks"),
        ("__import__('os') == 1", "there is no function `__import__`"),
        ("total.__class__ == 1", "`total` is a number"),
        ("[x for x in parts] == 1", "is not part of the language of checks"),
        ("all(total > 0 for total in parts)", "`total` is taken"),
        ("all(self.amount > 0 for self in parts)", "`self` is taken"),
        ("sum(parts) > 1", "`sum` goes over parts"),
        ("forest(part.id for part in parts)", "`forest` needs pairs"),
        ("total is 7", "`is` asks whether a field is None"),
        ("total in (1,", "cannot be parsed"),
        ("total > " + "(" * 300 + "1" + ")" * 300, "a check has at most"),
        ("-" * 90 + "total > 1", "nested too deeply"),
        ("1.5 < total", "is not part of the language of checks"),
        ("b'x' == total", "is not part of the language of checks"),
    ],
)
def test_what_cannot_be_decided_for_every_message_is_refused_with_the_reason(
    check: str, why: str
) -> None:
    with pytest.raises(ContractError) as caught:
        contract(check)
    (problem,) = caught.value.problems
    assert problem.code == "LAD019"
    assert why in problem.message, problem.message


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"name": "Lots", "rule": "x"}, "LAD019"),
        ({"name": "lots"}, "LAD019"),
        ({"name": "lots", "rule": "x", "chek": "total > 0"}, "LAD030"),
        ({"name": 7, "rule": "x"}, "LAD031"),
        ("total > 0", "LAD019"),
    ],
)
def test_an_entry_that_is_none_is_refused(entry: Any, code: str) -> None:
    schema = {"type": "record", "name": "Bill", "fields": FIELDS, "x-invariants": [entry]}
    with pytest.raises(ContractError) as caught:
        read_contract(Kind.AVRO, document(schema))
    assert code in {each.code for each in caught.value.problems}


def test_spaces_and_words_are_no_meaning_but_the_check_is() -> None:
    one = contract("total > 0 and complete")
    assert one.fingerprint == contract("(total>0)   and complete", rule="other words").fingerprint
    assert one.fingerprint != contract("total >= 0 and complete").fingerprint


@given(st.lists(st.decimals(-1000, 1000, places=2), max_size=8), st.decimals(-9, 9, places=2))
def test_sums_are_exact(amounts: list[Decimal], off: Decimal) -> None:
    """No cent is lost or found: a sum holds exactly when it is off by nothing."""
    check = "sum(part.amount for part in parts) == total"
    parts = [{"amount": each} for each in amounts]
    assert holds(check, {"parts": parts, "total": sum(amounts) + off}) is (off == 0)


@given(st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 6)), max_size=7))
def test_forest_is_what_following_every_parent_says(pairs: list[tuple[int, int | None]]) -> None:
    """The reference follows each parent as many steps as there are units, and must come to None."""
    above = dict(pairs)

    def grounded(start: int | None) -> bool:
        for _ in range(len(pairs) + 1):
            if start is None:
                return True
            if start not in above:
                return False
            start = above[start]
        return False

    expected = len(above) == len(pairs) and all(grounded(each) for each in above)
    assert forest(pairs) is expected


@given(st.lists(st.none() | st.integers(0, 9)))
def test_unique_is_what_a_set_says(values: list[int | None]) -> None:
    assert unique(values) is (len(set(values)) == len(values))
