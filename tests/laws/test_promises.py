"""The algebra of promises: what must hold whatever the contract."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from lading.compat import Effect, Outcome, diff, judge, judge_history
from lading.compat.rules import RULE_FOR
from lading.model.contract import Compatibility, Contract
from strategies import contract_pairs

SETTINGS = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BACKWARD, FORWARD = Compatibility.BACKWARD, Compatibility.FORWARD
Pair = tuple[Contract, Contract]


@SETTINGS
@given(contract_pairs)
def test_a_contract_may_follow_itself(pair: Pair) -> None:
    """Reflexive: no change, no finding, under the strongest promise."""
    for contract in pair:
        assert judge(contract, contract, Compatibility.FULL).findings == ()


@SETTINGS
@given(contract_pairs)
def test_forward_is_backward_mirrored(pair: Pair) -> None:
    """What the new version does to old readers, the old one does to new ones."""
    old, new = pair

    assert judge(old, new, FORWARD).outcome is judge(new, old, BACKWARD).outcome


@SETTINGS
@given(contract_pairs)
def test_the_effects_of_a_change_made_backwards_are_mirrored(pair: Pair) -> None:
    """Rule by rule: all that happens at a place, and its mirror image there."""
    old, new = pair

    assert total(old, new) == total(new, old).mirrored


def total(old: Contract, new: Contract) -> Effect:
    found = Effect.NONE
    for change in diff(old, new):
        effect = RULE_FOR[change.kind].effect(change)
        # The two directions of an API swap the harmed side, not the effect.
        found |= effect
    return found


@SETTINGS
@given(contract_pairs)
def test_full_is_backward_and_forward(pair: Pair) -> None:
    """FULL passes exactly when both halves pass, and fails when one of them fails."""
    old, new = pair
    halves = {judge(old, new, BACKWARD).outcome, judge(old, new, FORWARD).outcome}
    worst = next(
        each
        for each in (Outcome.INCOMPATIBLE, Outcome.UNKNOWN, Outcome.COMPATIBLE)
        if each in halves
    )

    assert judge(old, new, Compatibility.FULL).outcome is worst


@SETTINGS
@given(contract_pairs)
def test_nothing_promised_forbids_nothing(pair: Pair) -> None:
    """NONE is always kept, even by what is not decided."""
    assert judge(*pair, Compatibility.NONE).compatible


@SETTINGS
@given(contract_pairs, contract_pairs)
@pytest.mark.parametrize("word", ["BACKWARD", "FORWARD", "FULL"])
def test_transitive_is_every_version_by_itself(word: str, first: Pair, second: Pair) -> None:
    """A transitive promise is kept if it is against each version; a plain one asks the last."""
    history, new = [*first, second[0]], second[1]
    plain, transitive = Compatibility(word), Compatibility(f"{word}_TRANSITIVE")
    each = [judge(old, new, plain).compatible for old in history]

    assert judge_history(history, new, transitive).compatible == all(each)
    assert judge_history(history, new, plain).compatible == each[-1]


@SETTINGS
@given(contract_pairs)
def test_the_same_question_gets_the_same_answer(pair: Pair) -> None:
    """Findings and their fingerprints depend on the contracts only, and each has its own."""
    first, second = judge(*pair), judge(*pair)
    prints = [finding.fingerprint for finding in first.findings]

    assert prints == [finding.fingerprint for finding in second.findings]
    assert len(prints) == len(set(prints))
