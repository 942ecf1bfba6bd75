"""The algebra of promises: what must hold whatever the contract."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lading.compat import Effect, Outcome, diff, judge, judge_history
from lading.compat.rules import RULE_FOR
from lading.model.contract import Compatibility, Contract
from strategies import PAIRS, without_direction

SETTINGS = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BACKWARD, FORWARD = Compatibility.BACKWARD, Compatibility.FORWARD

by_kind = pytest.mark.parametrize("kind", PAIRS)


def two_versions(data: st.DataObject, kind: str) -> tuple[Contract, Contract]:
    return data.draw(PAIRS[kind])


@by_kind
@SETTINGS
@given(data=st.data())
def test_a_contract_may_follow_itself(kind: str, data: st.DataObject) -> None:
    """Reflexive: no change, no finding, under the strongest promise."""
    contract, _ = two_versions(data, kind)

    assert judge(contract, contract, Compatibility.FULL).findings == ()


@by_kind
@SETTINGS
@given(data=st.data())
def test_forward_is_backward_mirrored(kind: str, data: st.DataObject) -> None:
    """What the new version does to old readers, the old one does to new ones."""
    old, new = map(without_direction, two_versions(data, kind))

    assert judge(old, new, FORWARD).outcome is judge(new, old, BACKWARD).outcome


@by_kind
@SETTINGS
@given(data=st.data())
def test_the_effects_of_a_change_made_backwards_are_mirrored(
    kind: str, data: st.DataObject
) -> None:
    """All that a change does, its undoing does the other way round."""
    old, new = map(without_direction, two_versions(data, kind))

    assert effects(old, new) == effects(new, old).mirrored


def effects(old: Contract, new: Contract) -> Effect:
    total = Effect.NONE
    for change in diff(old, new):
        total |= RULE_FOR[change.kind].effect(change)
    return total


@by_kind
@SETTINGS
@given(data=st.data())
def test_full_is_backward_and_forward(kind: str, data: st.DataObject) -> None:
    """FULL passes exactly when both halves pass, and fails when one of them fails."""
    old, new = two_versions(data, kind)
    halves = {judge(old, new, BACKWARD).outcome, judge(old, new, FORWARD).outcome}
    worst = next(
        each
        for each in (Outcome.INCOMPATIBLE, Outcome.UNKNOWN, Outcome.COMPATIBLE)
        if each in halves
    )

    assert judge(old, new, Compatibility.FULL).outcome is worst


@by_kind
@SETTINGS
@given(data=st.data())
def test_nothing_promised_forbids_nothing(kind: str, data: st.DataObject) -> None:
    """NONE is always kept, even by what is not decided."""
    assert judge(*two_versions(data, kind), Compatibility.NONE).compatible


@by_kind
@SETTINGS
@given(data=st.data(), word=st.sampled_from(["BACKWARD", "FORWARD", "FULL"]))
def test_transitive_is_every_version_by_itself(kind: str, data: st.DataObject, word: str) -> None:
    """A transitive promise is kept if it is against each version; a plain one asks the last."""
    first, second = two_versions(data, kind), two_versions(data, kind)
    history, new = [*first, second[0]], second[1]
    plain, transitive = Compatibility(word), Compatibility(f"{word}_TRANSITIVE")
    each = [judge(old, new, plain).outcome for old in history]

    found = judge_history(history, new, transitive).outcome
    assert (found is Outcome.INCOMPATIBLE) == (Outcome.INCOMPATIBLE in each)
    assert (found is Outcome.COMPATIBLE) == (set(each) == {Outcome.COMPATIBLE})
    assert judge_history(history, new, plain).outcome is each[-1]


@by_kind
@SETTINGS
@given(data=st.data())
def test_the_same_question_gets_the_same_answer(kind: str, data: st.DataObject) -> None:
    """Findings and their fingerprints depend on the contracts only, and each has its own."""
    old, new = two_versions(data, kind)
    prints = [finding.fingerprint for finding in judge(old, new).findings]

    assert prints == [finding.fingerprint for finding in judge(old, new).findings]
    assert len(prints) == len(set(prints))
