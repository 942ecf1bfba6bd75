"""The catalogue of rules: pages, ids, mirrors, and that no change goes unjudged."""

from __future__ import annotations

import re

import pytest

from lading.compat import RULES, ChangeKind, Rule
from lading.compat.rules import ALL_RULES

HEADINGS = ["## What it checks", "## Why it breaks", "## Example", "## What to do instead"]

MIRRORS = {
    ("LAD101", "LAD102"),
    ("LAD210", "LAD211"),
    ("LAD220", "LAD221"),
    ("LAD232", "LAD233"),
    ("LAD301", "LAD302"),
    ("LAD311", "LAD312"),
    ("LAD401", "LAD402"),
    ("LAD404", "LAD405"),
    ("LAD501", "LAD502"),
    ("LAD511", "LAD512"),
    ("LAD514", "LAD515"),
    ("LAD521", "LAD522"),
    ("LAD523", "LAD524"),
    ("LAD526", "LAD527"),
    ("LAD601", "LAD602"),
    ("LAD611", "LAD612"),
    ("LAD627", "LAD628"),
    ("LAD701", "LAD702"),
    ("LAD801", "LAD802"),
}
"""Rules that are each other's opposite; `tests/laws` shows that their effects are mirrored."""

BOTH_WAYS = frozenset(
    re.findall(
        r"LAD\d{3}",
        """
    LAD103 LAD104 LAD105 LAD106 LAD107 LAD108 LAD109 LAD110 LAD111
    LAD201 LAD202 LAD203 LAD204 LAD205 LAD206 LAD207 LAD208 LAD209
    LAD212 LAD213
    LAD222 LAD223 LAD224 LAD225 LAD226 LAD227 LAD228 LAD229 LAD230 LAD231 LAD234 LAD235 LAD236
    LAD237 LAD238 LAD239
    LAD303 LAD304 LAD305 LAD313 LAD314 LAD315 LAD316
    LAD403 LAD406 LAD407 LAD503 LAD504 LAD505 LAD513 LAD525 LAD528 LAD531 LAD532
    LAD603 LAD604 LAD605 LAD606 LAD607 LAD608 LAD609 LAD610 LAD613 LAD614 LAD615 LAD616 LAD617
    LAD618 LAD619 LAD620 LAD621 LAD622 LAD623 LAD624 LAD625 LAD626 LAD629 LAD630
    LAD703 LAD704 LAD705 LAD706 LAD707 LAD708 LAD709 LAD710 LAD711 LAD712
    LAD803 LAD804 LAD805 LAD806 LAD807 LAD808 LAD809 LAD810 LAD811 LAD812
    LAD901 LAD902 LAD903
""",
    )
)
"""Rules without a mirror: one value becomes another, which backwards is the same kind of change; or
what went makes trouble later, and what comes does not (LAD222 to LAD224, LAD236, LAD237)."""


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_a_page_with_the_fixed_headings(rule: Rule) -> None:
    """The page reads alike for every rule: a title, then four headings with text under each."""
    lines = rule.docs.splitlines()

    assert lines[0].endswith(".")
    assert [line for line in lines if line.startswith("#")] == HEADINGS
    assert all(part.strip() for part in rule.docs.split("## ")[1:])


def test_ids_and_names_are_taken_once() -> None:
    """An id means one thing for ever, and so does a name."""
    assert len(ALL_RULES) == len(RULES) == len({rule.name for rule in ALL_RULES})


def test_every_kind_of_change_is_judged_by_exactly_one_rule() -> None:
    """No difference the diff can state goes without an opinion, and none gets two."""
    assert sorted(kind for rule in ALL_RULES for kind in rule.on) == sorted(ChangeKind)


def test_every_rule_has_a_mirror_or_a_reason_for_none() -> None:
    """What comes and what goes are judged by a pair of rules, anything else by one."""
    paired = {rule_id for pair in MIRRORS for rule_id in pair}

    assert sorted(paired | BOTH_WAYS) == sorted(RULES)
    assert not paired & BOTH_WAYS
