"""A derived status is a function of facts: what gives the same codes is the same, however said."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.compat import Outcome, compare, prove
from lading.compat.derived import compared
from lading.model.contract import Compatibility
from lading.model.derivations import derive
from lading.model.taxonomy import Derivation

FULL = Compatibility.FULL
INPUTS = {each: f"quantity {each}" for each in ("shipped", "open", "done")}
CODES = {"life": "code of a status", "parts": "codes of its parts"}


def progress(*rules: tuple[str, str], rest: str = "N", **inputs: str) -> dict[str, Any]:
    derived = {
        "inputs": {**INPUTS, **CODES, **inputs},
        "rules": [*({"when": w, "to": to} for w, to in rules), {"when": "otherwise", "to": rest}],
    }
    return {
        "taxonomy": "order.progress",
        "version": "1.0.0",
        "kind": "values",
        "owner": "tms",
        "states": [{"code": each, "definition": f"It is {each}."} for each in "PSN"],
        "derived": derived,
    }


SAME = [
    ("shipped == open and open > 0", "open > 0 and shipped == open"),
    ("shipped == open and open > 0", "open == shipped and not open <= 0"),
    ("shipped < open", "open > shipped"),
    ("not (shipped == open or open > 0)", "shipped != open and open <= 0"),
    ("open > 0 and open > 0", "open > 0"),
    ("open > 1 or open > 0", "open > 0"),
    ("life in (A, B)", "life in (B, A)"),
    ("life in (A, B)", "life == A or life == B"),
    ("any_of(parts, A, B)", "any_of(parts, A) or any_of(parts, B)"),
    ("life not in (A, B)", "not life in (A, B)"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_other_words_that_give_the_same_are_stated(old: str, new: str) -> None:
    verdict = compare(progress((old, "S")), progress((new, "S")), promise=FULL)

    assert verdict.outcome is Outcome.COMPATIBLE
    assert [each.reason for each in verdict.findings] == [
        "the rules that the status is computed by are written otherwise"
    ]


def test_rules_that_exclude_each_other_may_change_places() -> None:
    rules = ("open > 3", "S"), ("open < 2", "P")

    assert compare(progress(*rules), progress(*rules[::-1]), promise=FULL).compatible


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("shipped == open and open > 0", "shipped >= open and open > 0"),
        ("open > 0", "open > 1"),
        ("life in (A, B)", "life == A"),
        ("any_of(parts, A)", "all_of(parts, B)"),
        ("shipped > open and open > done", "shipped > done"),
    ],
)
def test_what_gives_something_else_is_shown_by_facts(old: str, new: str) -> None:
    for one, other in ((old, new), (new, old)):
        verdict = prove(compare(progress((one, "S")), progress((other, "S")), promise=FULL))
        (finding,) = verdict.findings

        assert verdict.outcome is Outcome.INCOMPATIBLE
        assert finding.witness
        assert isinstance(finding.witness.value, dict)
        assert {*finding.witness.outcome.split()} >= {"S;", "N"} or {
            *finding.witness.outcome.split()
        } >= {"N;", "S"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (progress(("open > 0", "S")), progress(("open != 0", "S"))),
        (progress(("open > 0", "S")), progress(("open >= 1", "S"))),
        (progress(("open > 0", "S")), progress(("open > 0", "S"), open="quantity left")),
        (progress(("open > 0", "S")), progress(("left > 0", "S"), left="quantity open")),
    ],
    ids=["below nothing", "a part of one", "another input", "an input by another name"],
)
def test_what_facts_may_never_show_is_for_a_person_to_say(old: Any, new: Any) -> None:
    (finding,) = compare(old, new, promise=FULL).findings

    assert (finding.undecided, finding.forbidden) == (True, False)
    assert finding.fix
    assert "lading classify" in finding.fix


def test_too_many_cases_are_not_taken_for_the_same() -> None:
    names = [f"n{at}" for at in range(12)]
    inputs = dict.fromkeys(names, "a number")
    asked = " and ".join(f"{a} < {b}" for a, b in pairwise(names))
    old, new = progress((asked, "S"), **inputs), progress((f"{asked} and n0 < n11", "S"), **inputs)
    turned = " and ".join(reversed(asked.split(" and ")))

    assert compare(old, new, promise=FULL).outcome is Outcome.UNKNOWN
    assert compare(old, progress((turned, "S"), **inputs), promise=FULL).compatible


def test_a_status_that_is_no_longer_derived_refuses_no_history() -> None:
    old, new = progress(("open > 0", "S")), progress()
    del new["derived"]
    (finding,) = compare(old, new, promise=FULL).findings

    assert finding.forbidden
    assert "refuse" not in finding.reason


numbers = st.sampled_from(["a", "b", "c"])
compares = st.builds(
    "{} {} {}".format,
    numbers,
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    st.one_of(numbers, st.integers(-1, 3).map(str).filter(lambda text: text[0] != "-")),
)
questions = st.sampled_from(
    ["x == A", "x in (A, B)", "x != B", "any_of(y, A)", "all_of(y, A, B)", "any_of(y, B, C)"]
)
conditions = st.recursive(
    compares | questions,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)
derivations = st.lists(
    st.tuples(conditions, st.sampled_from(["S", "P", "N"])), min_size=0, max_size=2
).map(lambda rules: Derivation(dict.fromkeys("abcxy", "it"), (*rules, ("otherwise", "N"))))
values = st.fixed_dictionaries(
    {
        **dict.fromkeys("abc", st.integers(-3, 6) | st.sampled_from([0.25, 0.5, 1.5, 2.75])),
        "x": st.sampled_from(["A", "B", "C", "Z"]),
        "y": st.lists(st.sampled_from(["A", "B", "C", "Z"]), max_size=3),
    }
)


@settings(max_examples=300, deadline=None)
@given(derivations, derivations, st.lists(values, min_size=8, max_size=8))
def test_no_facts_tell_apart_what_is_said_to_be_the_same(
    old: Derivation, new: Derivation, facts: list[dict[str, Any]]
) -> None:
    found = compared(old, new)

    if found.same:
        assert [derive(old, each) for each in facts] == [derive(new, each) for each in facts]
    if found.example:
        told = derive(old, found.example.values), derive(new, found.example.values)
        assert told == (found.example.old, found.example.new)
        assert told[0] != told[1]
