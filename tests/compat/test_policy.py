"""The choices beside the promise, through the public door."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from lading.compat import Content, Level, Outcome, Policy, Runtime, compare, policy_of
from lading.compat.report import text
from lading.compat.rules import RULE_FOR
from lading.model import settings as words
from lading.model.settings import read_settings

if TYPE_CHECKING:
    from lading.compat import Verdict

OLD = {
    "type": "record",
    "name": "a.v1.A",
    "fields": [{"name": "w", "type": "int", "x-unit": "KGM"}],
}
POUNDS = {**OLD, "fields": [{"name": "w", "type": "int", "x-unit": "LBR"}]}
TEXT = {**OLD, "fields": [{"name": "w", "type": "string", "x-unit": "KGM"}]}


def outcome(verdict: Verdict) -> Outcome:
    return verdict.outcome


def test_a_promise_goes_as_far_as_its_level() -> None:
    """Another unit passes the wire, so a promise of the wire states it and lets it pass."""
    assert outcome(compare(OLD, POUNDS)) is Outcome.INCOMPATIBLE
    verdict = compare(OLD, POUNDS, policy=Policy(level=Level.SDK))
    assert outcome(verdict) is Outcome.COMPATIBLE
    assert [each.spared for each in verdict.findings] == [
        "the promise goes as far as sdk, and this is semantic"
    ]
    assert "spared: the promise goes as far as sdk" in text([verdict], verbose=True)


def test_what_the_wire_refuses_is_refused_at_every_level() -> None:
    """No level is below the wire."""
    for level in Level:
        verdict = compare(OLD, TEXT, policy=Policy(level=level))
        assert outcome(verdict) is Outcome.INCOMPATIBLE
        assert not any(each.spared for each in verdict.findings)


def test_a_rule_that_comes_later_does_not_turn_a_pinned_build_red(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A workspace that pins an earlier rule set is told of the new rule, and passes."""
    later = {kind: replace(each, since="2099.1") for kind, each in RULE_FOR.items()}
    monkeypatch.setattr("lading.model.settings.RULESETS", (*words.RULESETS, "2099.1"))
    monkeypatch.setattr(import_module("lading.compat.judge"), "RULE_FOR", later)
    pinned = compare(OLD, TEXT, policy=Policy(ruleset="2027.1"))
    assert outcome(pinned) is Outcome.COMPATIBLE
    assert {each.spared for each in pinned.findings} == {
        "it counts from rule set 2099.1 on, and 2027.1 is pinned"
    }
    assert outcome(compare(OLD, TEXT, policy=Policy(ruleset="2099.1"))) is Outcome.INCOMPATIBLE


def test_settings_say_the_policy() -> None:
    """Every key of [check] reaches the policy; nothing said is the default."""
    settings, problems = read_settings(
        "lading.toml",
        b'[check]\nruleset = "2027.1"\nlevel = "sdk"\npolicy = "tolerant-reader"\n'
        b'required_with_default = "filled"\nruntimes = ["spec", "java"]\nversions = "error"\n',
    )
    assert not problems
    assert policy_of(settings.check) == Policy(
        level=Level.SDK,
        content=Content.TOLERANT_READER,
        defaults_fill=True,
        runtimes=(Runtime.SPEC, Runtime.JAVA),
        ruleset="2027.1",
    )
    assert replace(policy_of(words.Check()), runtimes=()) == replace(Policy(), runtimes=())


def test_the_words_of_the_settings_are_those_of_the_engine() -> None:
    """The settings know exactly the levels, policies and runtimes that there are."""
    assert words._CHECK["level"] == tuple(Level)
    assert words._CHECK["policy"] == tuple(Content)
    assert words._CHECK["runtimes"] == tuple(Runtime)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('ruleset = "2026.9"', "there is no rule set `2026.9`"),
        ('level = "wires"', "`wires` is no level"),
        ('runtimes = "java"', "`runtimes` is a list of words"),
        ('runtimes = ["jav", {}]', "`jav` is no runtime"),
        ("versions = true", "`versions` must be text"),
    ],
)
def test_a_wrong_word_is_a_problem_with_a_place(line: str, message: str) -> None:
    """What is not understood is said, with its line, and does not count."""
    settings, problems = read_settings("lading.toml", f"[check]\n{line}\n".encode())
    assert message in [each.message for each in problems]
    assert problems[0].place.line == 2
    assert settings.check.ruleset == "2027.1"
