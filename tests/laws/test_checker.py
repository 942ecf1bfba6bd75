"""Yes or no, by what is known of parts, is what judging the whole says."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from lading.compat import Checker, Level, Policy, Runtime, judge, judge_history
from lading.compat import checker as module
from lading.model.contract import Compatibility, Kind
from lading.model.errors import ContractError
from sampling import avro as pairs
from sampling import json_ as json_pairs
from soundness import contract

Json = Any
POLICIES = {
    "usual": Policy(),
    "wire": Policy(level=Level.WIRE),
    "runtimes": Policy(runtimes=(Runtime.PYTHON_AVRO, Runtime.FASTAVRO, Runtime.JAVA)),
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("word", ["BACKWARD", "FORWARD", "FULL", "NONE"])
def test_a_checker_that_learns_says_what_judging_says(word: str, policy: Policy) -> None:
    """Of pairs with any edits, one after the other, by one checker."""
    promise, rng = Compatibility(word), Random(word)
    checker, said = Checker(promise, policy), {True: 0, False: 0}
    for _ in range(500):
        try:
            old, new = (contract(Kind.AVRO, each) for each in pairs.pair(rng))
        except ContractError:
            continue
        whole = judge(old, new, promise, policy=policy).compatible

        assert checker.compatible(old, new) is whole, (old, new)
        said[whole] += 1

    assert said[True] > 150
    assert said[False] > 30 or word == "NONE"


def record(*fields: Json, name: str = "x.Whole", **more: Json) -> Json:
    return {"type": "record", "name": name, "fields": [*fields], **more}


def field(name: str, schema: Json, **more: Json) -> Json:
    return {"name": name, "type": schema, **more}


def enum(*symbols: str, name: str = "x.E", **more: Json) -> Json:
    return {"type": "enum", "name": name, "symbols": [*symbols], **more}


def fixed(size: int, name: str = "x.F", **more: Json) -> Json:
    return {"type": "fixed", "name": name, "size": size, **more}


def part(kind: str, name: str = "x.Part", **more: Json) -> Json:
    return record(field("a", kind), name=name, **more)


NONE: Json = {"x": None}


def mixed(named: Json, items: Json) -> Json:
    return ["null", named, {"type": "array", "items": items}]


CASES: dict[str, tuple[Json, Json]] = {
    "a type that is met by one version alone": (
        record(field("old", part("int"), default={"a": 1})),
        record(field("new", part("string"), default={"a": ""})),
    ),
    "a type that is met under an alias, which one version knows": (
        record(field("old", part("int"))),
        record(field("new", part("string"), aliases=["old"])),
    ),
    "a type that is met under an alias, and by its name": (
        record(field("old", part("int")), field("same", "x.Part")),
        record(field("new", part("string"), aliases=["old"]), field("same", "x.Part")),
    ),
    "a contract that leads to itself now": (
        record(field("a", "int")),
        record(field("a", "int"), field("next", ["null", "x.Whole"], default=None)),
    ),
    "a contract that leads to itself no more, and is otherwise": (
        record(field("a", "int"), field("next", ["null", "x.Whole"], default=None)),
        record(field("a", "string")),
    ),
    "a type that got another kind": (
        record(field("a", part("int"))),
        record(field("a", enum("A", name="x.Part"))),
    ),
    "types that answer each other by other names, and differ": (
        record(field("a", part("int"))),
        record(field("a", part("string", "y.Part"))),
    ),
    "types that answer each other by other names, below others that do": (
        record(field("a", record(field("b", part("int")), name="x.Middle"))),
        record(field("a", record(field("b", part("string", "y.Part")), name="y.Middle"))),
    ),
    "a branch that is found by an alias": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", part("int", "x.Other", aliases=["x.Part"])])),
    ),
    "two branches of one short name": (
        record(field("a", [part("int"), part("int", "y.Part")])),
        record(field("a", [part("int", "y.Part"), part("int")])),
    ),
    "a branch that has another name": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", part("int", "x.Other")])),
    ),
    "a branch that has another namespace": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", part("int", "y.Part")])),
    ),
    "a branch beside a type that has an alias": (
        record(field("a", ["null", part("int", aliases=["x.Old"])])),
        record(field("a", ["null", "string", part("int", aliases=["x.Old"])])),
    ),
    "a branch beside a type": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", "string", part("int")])),
    ),
    "types in maps in a union that answer each other": (
        record(field("a", ["null", {"type": "map", "values": part("int")}])),
        record(field("a", ["null", {"type": "map", "values": part("int", "y.Part")}])),
    ),
    "types in maps in a union that answer each other, and differ": (
        record(field("a", ["null", {"type": "map", "values": part("int")}])),
        record(field("a", ["null", {"type": "map", "values": part("string", "y.Part")}])),
    ),
    "a branch that went, which another one reads": (["null", "int", "long"], ["null", "long"]),
    "a branch that went": (["null", "int"], ["null"]),
    "a branch that went beside one that does not read it": (
        ["null", "int", "string"],
        ["null", "string"],
    ),
    "a branch of another kind with an alias": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", enum("A", name="x.Other", aliases=["x.Part"])])),
    ),
    "a branch with the alias of one that is there": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", part("int"), part("int", "x.Other", aliases=["x.Part"])])),
    ),
    "a branch with the alias of one that is there, which comes first": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", part("int", "x.Other", aliases=["x.Part"]), part("int")])),
    ),
    "two branches that are found by one alias": (
        record(field("a", ["null", part("int"), part("int", "x.More")])),
        record(field("a", ["null", part("int", "x.Other", aliases=["x.Part", "x.More"])])),
    ),
    "a type in a union that is another one": (
        record(field("a", ["null", part("int")])),
        record(field("a", ["null", "string", part("string")])),
    ),
    "a type in a list in a union, of another name, that is another one": (
        record(field("a", ["null", {"type": "array", "items": part("int")}])),
        record(field("a", [{"type": "array", "items": part("string", "y.Part")}, "null"])),
    ),
    "a list in a union that holds the same, beside a branch that came": (
        record(field("a", ["null", {"type": "array", "items": part("int")}])),
        record(field("a", ["null", "string", {"type": "array", "items": part("int")}])),
    ),
    "a list in a union that holds something else, beside a branch that came": (
        record(field("a", ["null", {"type": "array", "items": "int"}])),
        record(field("a", ["null", "string", {"type": "array", "items": "string"}])),
    ),
    "a field by another name and of another type": (
        record(field("old", "int", default=1)),
        record(field("new", "string", aliases=["old"], default="")),
    ),
    "a field by another name and of a type that reads it": (
        record(field("old", "int", default=1)),
        record(field("new", "long", aliases=["old"], default=1)),
    ),
    "a field by another name that leads to another type": (
        record(field("old", ["null", part("int")], default=None)),
        record(field("new", ["null", part("string"), "int"], aliases=["old"], default=None)),
    ),
    "a field by another name that leads to another type, and to less": (
        record(field("old", ["null", part("int"), "int"], default=None)),
        record(field("new", ["null", part("string")], aliases=["old"], default=None)),
    ),
    "two branches that are found by two aliases": (
        record(field("a", ["null", part("int"), part("int", "x.More")])),
        record(
            field(
                "a",
                [
                    "null",
                    part("int", "x.One", aliases=["x.Part"]),
                    part("int", "x.Two", aliases=["x.More"]),
                ],
            )
        ),
    ),
    "types that answer each other in one that nobody meets": (
        record(
            *(field(name, "int", doc="One thing.") for name in "abcdef"),
            field("old", record(field("x", mixed(part("int"), "int")), name="x.T"), default=NONE),
        ),
        record(
            *(field(name, "int", doc="Another thing.") for name in "abcdef"),
            field(
                "new",
                record(field("x", mixed(part("string", "y.Part"), "string")), name="x.T"),
                default=NONE,
            ),
        ),
    ),
    "an alias of a branch that names another branch now": (
        record(field("a", ["null", part("int", "x.Other"), part("int")])),
        record(field("a", ["null", part("int", "x.Other", aliases=["x.Part"]), part("int")])),
    ),
    "an alias of an item that names another type now": (
        record(field("a", {"type": "array", "items": [enum("A", name="x.One"), enum("A")]})),
        record(
            field(
                "a",
                {"type": "array", "items": [enum("A", name="x.One", aliases=["x.E"]), enum("A")]},
            )
        ),
    ),
    "a renamed field that keeps the aliases, of which one names a field": (
        record(field("c", "int", aliases=["a", "c"]), field("a", "int")),
        record(field("d", "int", aliases=["a", "c"]), field("a", "int")),
    ),
    "a renamed field with aliases, of which one names a field": (
        record(field("c", "int"), field("a", "int")),
        record(field("d", "int", aliases=["a", "c"]), field("a", "int")),
    ),
    "a decimal in a union": (
        record(field("a", ["null", {"type": "bytes", "logicalType": "decimal", "precision": 4}])),
        record(field("a", ["null", {"type": "bytes", "logicalType": "decimal", "precision": 5}])),
    ),
    "bytes in a union": (record(field("a", ["null", "bytes"])), record(field("a", ["bytes"]))),
    "a number in kilograms in a union": (
        record(field("a", ["null", {"type": "int", "x-unit": "KGM"}])),
        record(field("a", ["null", {"type": "int", "x-unit": "LBR"}])),
    ),
    "a contract that is one of several now": (enum("A", "B"), ["null", enum("A", "B")]),
    "a contract that is one of several now, and says less": (enum("A", "B"), ["null", enum("A")]),
    "a contract that is one of several now, and says otherwise": (
        record(field("a", "int")),
        ["null", record(field("a", "string"))],
    ),
    "a default that an enum lost, with a symbol": (enum("A", "B", default="A"), enum("A")),
    "a default that went with its symbol": (enum("A", "B", default="B"), enum("A", default="A")),
    "a symbol that came, beside a default": (enum("A", default="A"), enum("A", "B", default="A")),
    "a symbol that came, and is the default": (enum("A"), enum("A", "B", default="B")),
    "a symbol that came": (enum("A"), enum("A", "B")),
    "the taxonomy of an enum": (enum("A"), enum("A", **{"x-taxonomy": "shipment.status"})),
    "a list that is open": (enum("A"), enum("A", **{"x-extensible-enum": True})),
    "a fixed of another size": (fixed(4), fixed(8)),
    "a fixed of another namespace": (fixed(4), fixed(4, "y.F")),
    "a fixed of another name": (fixed(4), fixed(4, "x.G")),
    "a fixed of another name, with an alias": (fixed(4), fixed(4, "x.G", aliases=["x.F"])),
    "an alias of a fixed": (fixed(4), fixed(4, aliases=["x.G"])),
    "an alias that joins nothing": (
        record(field("a", "int"), field("b", "int")),
        record(field("a", "int"), field("b", "int", aliases=["z"])),
    ),
    "an alias that names a field of before": (
        record(field("a", "int", default=1), field("b", "int")),
        record(field("b", "int", aliases=["a"])),
    ),
    "a field that went": (
        record(field("a", "int", default=1), field("b", "int")),
        record(field("b", "int")),
    ),
    "a field that was asked for, and went": (
        record(field("a", "int"), field("b", "int")),
        record(field("b", "int")),
    ),
    "prose": (
        record(field("a", "string", doc="One thing.")),
        record(field("a", "string", doc="Another thing.")),
    ),
    "another default": (
        record(field("a", "int", default=1)),
        record(field("a", "int", default=2)),
    ),
    "an alias that two fields answer to": (
        record(field("a", "int"), field("b", "int")),
        record(field("a", "int"), field("c", "int", aliases=["a"], default=1)),
    ),
    "a field that came, which another one calls itself": (
        record(field("b", "int", aliases=["a"])),
        record(field("b", "int", aliases=["a"]), field("a", "int", default=1)),
    ),
    "codes that are told in prose": (
        record(field("a", "string", doc="- `OPEN`\n- `CLOSED`")),
        record(field("a", "string", doc="- `OPEN`\n- `CLOSED`\n- `LOST`")),
    ),
    "the prose of a list": (enum("A", doc="One thing."), enum("A", doc="Another thing.")),
    "a type that is met by a reader alone that does not know the new one": (
        record(field("a", ["null", part("int")])),
        record(field("a", "null"), field("b", part("string"))),
    ),
    "a field that has the alias as its name": (
        record(field("b", "int", aliases=["a"])),
        record(field("a", "int", aliases=["a"])),
    ),
    "a unit of what is no number": (
        record(field("a", part("string"), **{"x-unit": "KGM"})),
        record(field("a", part("string"), **{"x-unit": "LBR"})),
    ),
    "a unit of what is no number, which may be missing": (
        record(field("a", part("string"), **{"x-unit": "KGM"})),
        record(field("a", ["null", part("string")], **{"x-unit": "LBR"})),
    ),
    "a renamed field of which both names are known": (
        record(field("a", "int", aliases=["z"])),
        record(field("z", "int", aliases=["a"])),
    ),
    "a renamed field of which the new version knows": (
        record(field("a", "int")),
        record(field("z", "int", aliases=["a"])),
    ),
    "a record that has another name too": (
        record(field("a", "int")),
        record(field("a", "int"), aliases=["x.Old"]),
    ),
    "a decimal of another scale": (
        fixed(4, logicalType="decimal", precision=8, scale=2),
        fixed(4, logicalType="decimal", precision=8, scale=3),
    ),
    "types in lists in a union that answer each other": (
        record(field("a", ["null", {"type": "array", "items": part("int", "x.One")}])),
        record(field("a", ["null", {"type": "array", "items": part("int", "x.Two")}])),
    ),
    "others in lists in a union that answer each other": (
        record(field("a", ["null", {"type": "array", "items": part("int", "x.Three")}])),
        record(field("a", ["null", {"type": "array", "items": part("int", "x.Four")}])),
    ),
    "a meaning that came": (
        record(field("a", "int")),
        record(field("a", "int", **{"x-definition": "Another thing."})),
    ),
    "a meaning that is said of another one": (
        record(field("a", "int", **{"x-definition": "One thing."})),
        record(field("a", "int")),
    ),
    "an invariant": (
        record(
            field("a", "int"),
            **{"x-invariants": [{"name": "n", "rule": "It is.", "check": "a > 0"}]},
        ),
        record(
            field("a", "int"),
            **{"x-invariants": [{"name": "n", "rule": "It is.", "check": "a > 1"}]},
        ),
    ),
    "what a field means": (
        record(field("a", "int", **{"x-definition": "One thing."})),
        record(field("a", "int", **{"x-definition": "Another thing."})),
    ),
    "a field that is deprecated": (
        record(field("a", "int", default=1)),
        record(field("a", "int", default=1, deprecated=True)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_part_that_is_not_on_its_own_is_judged_with_the_whole(name: str) -> None:
    """Under each promise, in both directions, whether or not the checker has seen it before."""
    before, after = (contract(Kind.AVRO, each) for each in CASES[name])
    for promise in Compatibility:
        checker = Checker(promise)
        for old, new in ((before, after), (after, before)):
            whole = judge(old, new, promise).compatible

            assert [checker.compatible(old, new) for _ in range(2)] == [whole, whole]


@pytest.mark.parametrize("word", ["BACKWARD", "FORWARD", "FULL"])
def test_what_is_known_of_one_part_is_not_taken_for_another(word: str) -> None:
    """All these cases are asked of one checker, in many orders: what it learns first holds."""
    promise = Compatibility(word)
    read = [tuple(contract(Kind.AVRO, each) for each in pair) for pair in CASES.values()]
    asked = [
        (*each, judge(*each, promise).compatible) for pair in read for each in (pair, pair[::-1])
    ]
    for seed in range(20):
        Random(seed).shuffle(asked)
        checker = Checker(promise)
        for old, new, whole in asked:
            assert checker.compatible(old, new) is whole, (old, new)


def test_contracts_that_are_no_avro_are_judged() -> None:
    """What a checker knows no parts of, it answers too."""
    rng, said = Random(3), set()
    checker = Checker(Compatibility.BACKWARD)
    for _ in range(60):
        old, new = (contract(Kind.JSON, each) for each in json_pairs.pair(rng)[:2])
        whole = judge(old, new, Compatibility.BACKWARD).compatible

        assert checker.compatible(old, new) is whole
        said.add(whole)

    assert said == {True, False}


def test_what_is_nested_too_deeply_is_not_compatible() -> None:
    """As `judge` has it: unknown, and nobody's exception."""
    versions = []
    for leaf in ("int", "long"):
        schema: Json = leaf
        for _ in range(140):
            schema = {"type": "array", "items": ["null", schema]}
        versions.append(contract(Kind.AVRO, record(field("a", schema))))
    old, new = versions

    assert judge(old, new, Compatibility.FULL).compatible is False
    assert Checker(Compatibility.FULL).compatible(old, new) is False


def test_a_long_part_is_judged_each_time_and_not_kept() -> None:
    """Long lists of codes come by the thousand; what is known of them is their sort."""
    checker = Checker(Compatibility.BACKWARD)
    for count in range(500, 520):
        symbols = [f"CODE_{each}" for each in range(count)]
        old, new = (contract(Kind.AVRO, enum(*some)) for some in (symbols, symbols[1:]))
        assert checker.compatible(old, new) is False
        assert checker.compatible(new, old) is True

    assert len(checker.known) == 2


def test_a_policy_may_name_runtimes_in_any_collection() -> None:
    """A checker that a process keeps is found by them."""
    old, new = (contract(Kind.AVRO, record(field(each, "int"))) for each in "ab")
    for kind in (list, tuple, set):
        for runtime in (Runtime.SPEC, Runtime.JAVA):
            policy = Policy(runtimes=kind([runtime]))
            whole = judge(old, new, Compatibility.BACKWARD, policy=policy)
            alone = judge_history([old], new, Compatibility.BACKWARD, policy=policy, counting=True)

            assert alone.outcome is whole.outcome
            assert Checker(Compatibility.BACKWARD, policy).compatible(old, new) is whole.compatible


def test_a_checker_forgets_before_it_knows_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is bounded, and what was forgotten is found out again."""
    monkeypatch.setattr(module, "_MANY", 8)
    rng, checker = Random(4), Checker(Compatibility.FULL)
    for _ in range(200):
        try:
            old, new = (contract(Kind.AVRO, each) for each in pairs.pair(rng))
        except ContractError:
            continue

        assert checker.compatible(old, new) is judge(old, new, Compatibility.FULL).compatible
        assert len(checker.known) <= 8
