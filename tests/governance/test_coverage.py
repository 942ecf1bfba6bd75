"""Coverage: what foreign codes reach, what we can send, and an honest question mark."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from lading.governance import Coverage, coverage
from lading.model import FolderTree, load_workspace
from lint.workspace import BASE, Files

if TYPE_CHECKING:
    from collections.abc import Callable

X12 = "mappings/x12/214.yaml"


def found(change: Callable[[dict[str, Any]], object] = lambda _: None) -> Coverage:
    files = copy.deepcopy(BASE)
    change(files)
    workspace = load_workspace(Files(files))
    assert workspace.problems == ()
    return coverage(workspace)


def test_rows_are_counted_by_how_well_they_fit() -> None:
    (listed,) = found().lists
    assert (listed.system, listed.name, listed.version) == ("x12", "AT7", "004010")
    assert (listed.mapped, listed.policy, listed.lossy, listed.none) == (2, 0, 0, 1)
    assert (listed.rows, listed.unmapped) == (3, 0)


def test_codes_without_a_row_are_counted_only_where_the_size_is_known() -> None:
    def larger(files: dict[str, Any]) -> None:
        files[X12] = files[X12].replace("size: 3", "size: 10")

    def unsaid(files: dict[str, Any]) -> None:
        files[X12] = files[X12].replace(", size: 3", "")

    assert [each.unmapped for each in found(larger).lists] == [7]
    assert [each.unmapped for each in found(unsaid).lists] == [None]


def test_codes_that_nothing_reaches_or_sends_are_named() -> None:
    (milestones,) = found().taxonomies
    assert milestones.name == "shipment.milestone"
    assert (milestones.states, milestones.unreached, milestones.lists) == (2, (), 1)
    assert milestones.unsent == {"x12.214": ("ETA_UPDATED",)}


def test_a_case_and_an_override_reach_too() -> None:
    def change(files: dict[str, Any]) -> None:
        files[X12] = (
            files[X12]
            .replace("AG, to: ETA_UPDATED", "AG, to: UNKNOWN")
            .replace("AM, to: LOADED, reason", "AM, to: ETA_UPDATED, reason")
        )

    (milestones,) = found(change).taxonomies
    assert milestones.unreached == ()


def test_the_library_counts_its_rows(request: Any) -> None:
    """1,256 rows of 91 lists: every one is in exactly one list of the report."""
    workspace = load_workspace(FolderTree(request.config.rootpath / "contracts"))
    total = coverage(workspace)
    assert sum(each.rows for each in total.lists) == 1256
    assert sum(each.policy for each in total.lists) == 185
    assert len([each for each in total.lists if each.rows]) == 91
