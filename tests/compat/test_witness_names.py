"""An example of Avro shows the finding that it stands beside, and not another one."""

from __future__ import annotations

from typing import Any

import pytest

from lading.compat import compare, prove
from lading.model.contract import Compatibility, Kind


def field(name: str, schema: Any = "string", **beside: Any) -> Any:
    return {"name": name, "type": schema, **beside}


def record(*fields: Any, name: str = "a.Event") -> Any:
    return {"type": "record", "name": name, "fields": [field("id"), *fields]}


def shown(old: Any, new: Any) -> dict[tuple[str, str], str]:
    verdict = prove(compare(old, new, kind=Kind.AVRO, promise=Compatibility.FULL))
    return {
        (each.rule, each.path): each.witness.outcome if each.witness else ""
        for each in verdict.findings
        if each.forbidden
    }


def missing(name: str, owner: str = "a.Event") -> str:
    return f"refused: No default value for field {name} in {owner}"


def test_of_two_added_fields_each_has_its_own_example() -> None:
    old, new = record(), record(field("a"), field("b"))
    assert shown(old, new) == {("LAD101", "a"): missing("a"), ("LAD101", "b"): missing("b")}
    assert shown(new, old) == {("LAD102", "a"): missing("a"), ("LAD102", "b"): missing("b")}


INNER: Any = {"type": "record", "name": "Inner"}


def test_fields_of_inner_records_are_told_from_those_around_them() -> None:
    old = record(field("in", {**INNER, "fields": [field("q")]}))
    inner = {**INNER, "fields": [field("q"), field("b"), field("c")]}
    assert shown(old, record(field("b"), field("in", inner))) == {
        ("LAD101", "b"): missing("b"),
        ("LAD101", "in.b"): missing("b", "a.Inner"),
        ("LAD101", "in.c"): missing("c", "a.Inner"),
    }


@pytest.mark.parametrize("first", [True, False])
def test_another_type_beside_an_added_field_has_an_example_of_its_own(first: bool) -> None:
    old, added = record(field("t", "long")), field("b")
    changed = field("t", "string")
    found = shown(old, record(*([added, changed] if first else [changed, added])))
    assert found["LAD101", "b"] == missing("b")
    assert found["LAD201", "t"] == "refused: Schema mismatch: long is not string"


def test_a_type_that_another_added_field_defines_is_still_known() -> None:
    listed = {"type": "array", "items": "Inner"}
    old = record(
        field("m", {"type": "array", "items": {**INNER, "fields": [field("q")]}}),
    )
    inner = {**INNER, "fields": [field("q"), field("r")]}
    assert shown(old, record(field("t", inner), field("m", listed))) == {
        ("LAD101", "m[].r"): missing("r", "a.Inner"),
        ("LAD101", "t"): missing("t"),
    }
