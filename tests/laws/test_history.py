"""Judging against a whole history says what judging against each of its versions says."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from lading.compat import History, Policy, Runtime, judge, judge_history, surely_follows
from lading.model.contract import Compatibility, Kind
from lading.model.errors import ContractError
from sampling import avro as pairs
from soundness import contract

if TYPE_CHECKING:
    from lading.model.contract import Contract

WORDS = ["BACKWARD", "FORWARD", "FULL"]
POLICIES = [Policy(), Policy(runtimes=(Runtime.PYTHON_AVRO,))]


def versions(rng: Random, count: int) -> list[Contract]:
    """A schema, and edits of it or of one that came before."""
    known: list[Any] = [pairs.schema(rng)]
    found: list[Contract] = []
    while len(found) < count:
        known.append(pairs.edited(rng, rng.choice(known[-3:])))
        try:
            read = contract(Kind.AVRO, json.loads(json.dumps(known[-1])))
        except ContractError:
            known.pop()
            continue
        found.append(replace(read, version=len(found) + 1))
    return found


def one_by_one(
    history: list[Contract], new: Contract, promise: Compatibility, policy: Policy
) -> dict[str, list[int]]:
    """The findings that count, by fingerprint, with the versions against which they do."""
    found: dict[str, list[int]] = {}
    for old in history:
        for each in judge(old, new, promise, policy=policy).findings:
            if each.forbidden or each.undecided:
                found.setdefault(each.fingerprint, []).append(old.version)
    return found


@pytest.mark.parametrize("policy", POLICIES, ids=["spec", "python-avro"])
@pytest.mark.parametrize("word", WORDS)
def test_a_history_is_all_its_versions(word: str, policy: Policy) -> None:
    """The same findings count, against the same versions, and each names the latest of them."""
    rng, promise = Random(word), Compatibility(f"{word}_TRANSITIVE")
    counted = 0
    for _ in range(60):
        *history, new = versions(rng, 9)
        asked = one_by_one(history, new, promise, policy)
        verdict = judge_history(History(tuple(history)), new, promise, policy=policy)
        counting = [each for each in verdict.findings if each.counts]

        assert {each.fingerprint: list(each.versions) for each in counting} == asked
        assert all(each.against == each.versions[-1] for each in counting)
        counted += len(asked)

    assert counted > 50


@pytest.mark.parametrize("policy", POLICIES, ids=["spec", "python-avro"])
@pytest.mark.parametrize("word", WORDS)
def test_what_counts_is_found_alone_as_among_the_rest(word: str, policy: Policy) -> None:
    """Whether one version came before or many, and whether all of them are asked or the last.

    That there is nothing is seen at once, but where runtimes are named.
    """
    rng, counted, passed = Random(word), 0, 0
    for _ in range(60):
        *history, new = versions(rng, 9)
        for past in (history, history[-1:]):
            for promise in (Compatibility(word), Compatibility(f"{word}_TRANSITIVE")):
                whole = judge_history(past, new, promise, policy=policy)
                alone = judge_history(past, new, promise, policy=policy, counting=True)

                assert alone.findings == tuple(each for each in whole.findings if each.counts)
                assert alone.outcome is whole.outcome
                surely = surely_follows(past, new, promise, policy=policy)
                assert surely == (alone.compatible and policy is POLICIES[0])
                counted += len(alone.findings)
                passed += alone.compatible

    assert counted > 50
    assert passed > 10


def test_a_history_that_grew_is_as_one_that_was_made_whole() -> None:
    """Also one that was followed by two, and one that is asked after it was followed."""
    rng = Random(7)
    for _ in range(40):
        *made, other, new = versions(rng, 9)
        grown = [History(tuple(made[:3]))]
        for each in made[3:]:
            grown[-1].groups(new, lambda *_: False)
            grown.append(grown[-1].followed_by(each))
        branch = grown[-2].followed_by(other)
        for each in (*grown, branch, branch.followed_by(new)):
            whole = History(each.versions)
            asked = [sorted(one.groups(new, lambda *_: False)) for one in (each, whole)]
            assert asked[0] == asked[1]


def test_what_is_harmless_is_asked_once() -> None:
    """Of a thousand versions that differ in fields that nobody misses, only the last is judged."""
    rng = Random(1)
    base = pairs.schema(rng)
    made = [
        {**base, "fields": [*base["fields"], {"name": f"f{n}", "type": "int", "default": n}]}
        for n in range(50)
    ]
    history = History(tuple(contract(Kind.AVRO, each) for each in made))
    new = contract(Kind.AVRO, base)

    assert history.groups(new, lambda *_: True) == []
    assert len(history.groups(new, lambda *_: False)) == 50


def test_a_version_of_another_kind_is_asked_whatever_is_beside_it() -> None:
    """What is no Avro has no fields that could be told apart, and passes for nothing else."""
    avro = contract(Kind.AVRO, {"type": "record", "name": "R", "fields": []})
    json_ = contract(Kind.JSON, {"type": "object", "title": "R"})
    for history in ([json_, avro], [avro, json_, avro]):
        for asked in (history, History(tuple(history))):
            verdict = judge_history(asked, avro, Compatibility.BACKWARD_TRANSITIVE)
            assert not verdict.compatible


def test_whether_all_versions_are_of_a_kind_is_known_of_those_that_came_later_too() -> None:
    avro = contract(Kind.AVRO, {"type": "record", "name": "R", "fields": []})
    json_ = contract(Kind.JSON, {"type": "object", "title": "R"})
    history = History((avro,))
    assert history.is_all(Kind.AVRO)
    longer = history.followed_by(avro)
    mixed = longer.followed_by(json_)
    for kind in Kind:
        for each in (history, longer, mixed, History((json_,)), History()):
            assert each.is_all(kind) == all(one.kind is kind for one in each)


def test_a_field_whose_type_went_with_it_is_judged() -> None:
    """Its default was of a type that the new version does not have."""
    digest = {"type": "fixed", "name": "Hash", "size": 2}
    fields = [{"name": "a", "type": digest, "default": "xx"}]
    old, new = (
        contract(Kind.AVRO, {"type": "record", "name": "R", "fields": each})
        for each in (fields, [])
    )
    verdict = judge_history(History((old, new)), new, Compatibility.FULL_TRANSITIVE)

    assert verdict.compatible


def test_versions_that_differ_alike_are_one_group() -> None:
    """The versions that lack a field are judged as one."""
    history = [
        {"type": "record", "name": "R", "doc": f"{n}", "fields": [{"name": "a", "type": "int"}]}
        for n in range(20)
    ]
    known = History(tuple(contract(Kind.AVRO, each) for each in history))
    fields = [{"name": "a", "type": "int"}, {"name": "b", "type": "int"}]
    new = contract(Kind.AVRO, {"type": "record", "name": "R", "fields": fields})

    assert known.groups(new, lambda *_: False) == [(1 << 20) - 1]
    verdict = judge_history(known, new, Compatibility.BACKWARD_TRANSITIVE)
    assert [len(each.versions) for each in verdict.findings] == [20]
