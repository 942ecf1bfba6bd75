"""Every rule on documents: one folder per case, the exact place and effect in `expected.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lading.compat import RULES, Effect, Verdict, judge
from lading.compat.report.places import new_place
from lading.model.read import kind_of_document, read_contract
from lading.model.reader import read_document

if TYPE_CHECKING:
    from lading.compat import Finding
    from lading.model.contract import Contract

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.rglob("expected.json"))


def load(folder: Path, stem: str) -> Contract:
    (path,) = folder.glob(f"{stem}.*")
    document = read_document(path.name, path.read_bytes())
    kind = kind_of_document(document)
    assert kind is not None
    return read_contract(kind, document)


def verdict_of(folder: Path) -> Verdict:
    return judge(load(folder, "old"), load(folder, "new"))


def case_id(folder: Path) -> str:
    return str(folder.relative_to(HERE))


@pytest.mark.parametrize("folder", [c for c in CASES if c.parent.name == "fires"], ids=case_id)
def test_fires(folder: Path) -> None:
    """The rule finds exactly the change, with its effect, where it is written."""
    expected = json.loads((folder / "expected.json").read_text())
    verdict = verdict_of(folder)

    found = [
        {"rule": f.rule, "path": f.path, "at": place(f, verdict), "effect": f.effect.word}
        for f in verdict.findings
        if f.rule == expected["rule"]
    ]

    assert found == [expected]


def place(finding: Finding, verdict: Verdict) -> str:
    found = new_place(finding, verdict)
    assert found is not None
    return f"{found.line}:{found.column}"


@pytest.mark.parametrize("folder", [c for c in CASES if c.parent.name == "silent"], ids=case_id)
def test_silent(folder: Path) -> None:
    """The rule finds nothing that would matter under any promise."""
    expected = json.loads((folder / "expected.json").read_text())

    found = [f for f in verdict_of(folder).findings if f.rule == expected["rule"]]

    assert [f for f in found if f.effect is not Effect.NONE] == []


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("verdict", ["fires", "silent"])
def test_every_rule_has_both_sorts_of_cases(rule: str, verdict: str) -> None:
    """A rule without a case that fires, or without one that does not, is not tested."""
    assert any(folder.match(f"{rule}-{RULES[rule].name}/{verdict}/*") for folder in CASES)


def test_every_folder_belongs_to_a_rule() -> None:
    """A folder that no rule owns is never looked at."""
    owned = {f"{rule.id}-{rule.name}" for rule in RULES.values()}

    assert {p.name for p in HERE.iterdir() if p.name.startswith("LAD")} == owned


@pytest.mark.parametrize(
    ("case", "said", "advice"),
    [
        ("LAD110-name-pattern-changed/fires/open", "rule for properties", "leave the pattern out"),
        (
            "LAD205-limit-changed/fires/multiples-that-do-not-divide",
            "divisor (`multipleOf`)",
            "keep the divisor",
        ),
        ("LAD526-link-added/fires/added", "link next to", "let every provider answer"),
        ("LAD618-ignored-changed/fires/dropped", "IGNORED stood for codes that", "keep IGNORED"),
        ("LAD704-further-codes-changed/fires/less", "no longer also says", "keep HANDED_OVER"),
        (
            "LAD806-unit-changed/fires/named-for-the-first-time",
            "unit changed from none to KGM; whether that was meant all along is not decided",
            "have the owner say what was meant: lading classify",
        ),
    ],
)
def test_what_is_said_and_advised_is_of_the_case(case: str, said: str, advice: str) -> None:
    """Nothing is advised to be kept that came, and what stays open is said to be."""
    rule = case.partition("-")[0]
    (found,) = (each for each in verdict_of(HERE / case).findings if each.rule == rule)

    assert found.reason.startswith(said)
    assert found.fix is not None
    assert found.fix.startswith(advice)
