"""Verdicts about APIs of the trade, each read by hand against its two documents, and kept.

The documents of DCSA stand beside the repository (``../shared/specs``) and are not copied here. A
golden file has the verdict as people read it, in short lines; above it, after ``#``, stands why it
is right. After a wanted change run ``LADING_SNAPSHOTS=write pytest tests/compat/test_golden.py``,
which keeps those words, and read the diff against the documents.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from lading.compat import Finding, Verdict, compare
from lading.compat.report.text import severity
from needed import SHARED, needs_shared

SPECS = SHARED / "specs" / "dcsa"
GOLDEN = Path(__file__).parent / "golden" / "dcsa"
NAMES = sorted(each.stem for each in GOLDEN.glob("*.txt"))
PAIRS = 16


def verdict_of(name: str) -> Verdict:
    """Judge the two documents that a golden file is named after: ``EBL_v3.0.2-v3.0.3``."""
    api, _, versions = name.partition("_v")
    old, new = (
        (SPECS / f"dcsa-{api}_v{each.removeprefix('v')}.yaml").read_bytes()
        for each in versions.split("-")
    )
    return compare(old, new)


def lines(verdict: Verdict) -> list[str]:
    """The verdict, then what it found, a line each."""
    return [f"{verdict.outcome} [{verdict.promise}]", *map(line, verdict.findings)]


def line(finding: Finding) -> str:
    """``undecided LAD810 unknown: path +3: reason``; the number counts further paths."""
    more = f" +{len(finding.change.elsewhere)}" if finding.change.elsewhere else ""
    head = f"{severity(finding)} {finding.rule} {finding.effect.word}"
    return f"{head}: {finding.path}{more}: {finding.reason}"


def words(text: str) -> list[str]:
    """What a person wrote at the head of a golden file."""
    return [each for each in text.splitlines() if each.startswith("#")]


@needs_shared
@pytest.mark.parametrize("name", NAMES)
def test_a_verdict_is_as_it_was_read_by_hand(name: str) -> None:
    path = GOLDEN / f"{name}.txt"
    kept = path.read_text()
    found = "\n".join([*words(kept), *lines(verdict_of(name)), ""])
    if os.environ.get("LADING_SNAPSHOTS") == "write":
        path.write_text(found)
    assert found == kept


@pytest.mark.parametrize("name", NAMES)
def test_somebody_says_why_it_is_right(name: str) -> None:
    """A sentence about every rule that found something, and one about a verdict without any."""
    text = (GOLDEN / f"{name}.txt").read_text()
    reasons = " ".join(words(text))
    found = {each.split()[1] for each in text.splitlines() if " LAD" in each and each[0] != "#"}
    assert reasons
    assert sorted(rule for rule in found if rule not in reasons) == []


@needs_shared
def test_every_pair_of_consecutive_versions_is_there() -> None:
    stems = sorted(each.stem.removeprefix("dcsa-") for each in SPECS.glob("*.yaml"))
    apis = [each.split("_v") for each in stems]
    due = [f"{a[0]}_v{a[1]}-v{b[1]}" for a, b in pairwise(apis) if a[0] == b[0]]
    assert sorted(due) == NAMES
    assert len(NAMES) == PAIRS


@needs_shared
def test_a_patch_of_dcsa_that_adds_states_in_prose_is_found() -> None:
    """EBL 3.0.2 to 3.0.3: ``shippingInstructionsStatus`` is free text of 50 characters.

    Two states came in its description alone. No differ of structure says more than that a
    description changed; ours does not call it compatible, wherever the field is.
    """
    found = [
        each
        for each in verdict_of("EBL_v3.0.2-v3.0.3").findings
        if each.path.endswith("shippingInstructionsStatus")
    ]
    assert [each.path.partition(" > ")[0] for each in found] == [
        "GET /v3/shipping-instructions/{documentReference}",
        *["POST /v3/shipping-instructions-notifications"] * 2,
    ]
    assert [each.change.places for each in found] == [1, 2, 1]
    for each in found:
        assert (each.rule, each.undecided) == ("LAD810", True)
        assert each.reason.endswith("+CANCELLED, +DECLINED")
        assert set(each.change.new) - set(each.change.old) == {"CANCELLED", "DECLINED"}  # type: ignore[call-overload]
