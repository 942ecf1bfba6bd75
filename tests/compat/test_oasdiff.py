"""oasdiff's catalogue, row by row: which rule of ours speaks of the same edit, or why none does.

``oasdiff.tsv`` has its 509 ids at commit 4553c69 (2026-08-08) with the level it gives them; what is
said here of the edit under the default promise, `-` where the row is about no edit; the rules that
say it; and why none does, or why we let pass what it does not.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from lading.compat import RULES, compare
from needed import SHARED, needs_shared
from oasdiff import edit

DESIGN = SHARED / "design" / "compatibility.md"


class Row(NamedTuple):
    """One rule of oasdiff."""

    name: str
    level: str
    outcome: str
    rules: tuple[str, ...]
    why: str


def rows() -> list[Row]:
    with (Path(__file__).parent / "oasdiff.tsv").open(encoding="utf-8") as file:
        return [
            Row(
                each["row"],
                each["level"],
                each["outcome"],
                tuple(each["rules"].replace("-", "").split()),
                each["why"] or "",
            )
            for each in csv.DictReader(file, delimiter="\t")
        ]


ROWS = rows()


def test_each_row_has_a_counterpart_or_a_reason() -> None:
    """The counterpart exists; a reason is a sentence, also where we are the milder ones."""
    for row in ROWS:
        assert set(row.rules) <= RULES.keys(), row
        milder = row.level != "INFO" and row.outcome == "compatible"
        assert bool(row.why) == (milder or not row.rules), row
        assert not row.why or row.why.endswith("."), row


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_the_counterpart_speaks_of_the_same_edit(row: Row) -> None:
    """It is not only named: on an edit of that sort exactly these rules have something to say.

    What is undecided here may be decided one day, and then has to be said by another rule.
    """
    documents = edit(row.name)
    if documents is None:
        assert (row.outcome, row.rules) == ("-", ())
        return
    verdict = compare(*documents)

    assert not verdict.problems
    if row.rules == ("LAD901",):
        assert verdict.findings
        return
    assert tuple(sorted({each.rule for each in verdict.findings})) == row.rules
    assert verdict.outcome == row.outcome


@needs_shared
def test_no_row_is_missing() -> None:
    """The table has the catalogue's rows, with its levels."""
    _, _, section = DESIGN.read_text(encoding="utf-8").partition("### 1.3")
    section, _, _ = section.partition("\n## 2")
    listed = re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \| \w+ \| \S+/\S+ \|", section, re.MULTILINE)

    assert sorted((row.name, row.level) for row in ROWS) == sorted(listed)
    assert len(ROWS) == 509
