"""The page of a code mapping, and its rows as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from lading.codegen.docs.contracts import closing, opening
from lading.codegen.docs.text import (
    badge,
    code,
    full_columns,
    link,
    paragraphs,
    pin,
    prose,
    segment,
    table,
    wide,
)
from lading.codegen.docs.view import about, beside, go, section, sections
from lading.model import Quality, Unmapped
from lading.model.taxonomy import split_code

if TYPE_CHECKING:
    from lading.codegen.docs.view import View
    from lading.model import CodeMap, Contract, MappingCell

LOSES = frozenset({Quality.LOSSY, Quality.BROADER, Quality.NONE})
"""Qualities after which the foreign code cannot be told from ours."""

_TONES = {
    Quality.EXACT: "good",
    Quality.NARROWER: "note",
    Quality.BROADER: "warn",
    Quality.LOSSY: "warn",
    Quality.POLICY: "note",
    Quality.NONE: "bad",
}
_MEANINGS = {
    Quality.EXACT: "both mean the same",
    Quality.BROADER: "ours says less than theirs",
    Quality.NARROWER: "ours says more than theirs",
    Quality.LOSSY: "something is lost on the way",
    Quality.POLICY: "decided here; their definition does not force it",
    Quality.NONE: "seen, and deliberately mapped to nothing",
}
_UNMAPPED = {
    Unmapped.UNKNOWN: "A code that is not listed becomes the unknown value of the taxonomy; "
    "the raw code is kept.",
    Unmapped.REJECT: "A code that is not listed is refused as a business exception.",
}
# A spreadsheet runs a cell that starts like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def mapping_page(view: View, contract: Contract, mapping: CodeMap) -> str:
    """The page of one foreign code list mapped to one taxonomy."""
    here = view.pages[contract.subject]
    doc = "" if about(contract) == mapping.doc else paragraphs(mapping.doc)
    return sections(
        opening(view, contract),
        doc,
        section("From and to", _ends(view, mapping, here)),
        section("Codes", _cells(view, mapping, here)),
        section("Where another element decides", _cases(view, mapping, here)),
        section("Agreed with single partners", _overrides(view, mapping, here)),
        section("What we send", _sends(view, mapping, here)),
        section("How well they agree", _figures(mapping)),
        section("Codes that are not listed", _UNMAPPED[mapping.unmapped]),
        closing(view, contract),
    )


def csv_name(contract: Contract) -> str:
    """The name of the CSV beside the page."""
    return f"{segment(contract.subject)}.csv"


def as_csv(mapping: CodeMap) -> str:
    """The rows for a spreadsheet; what it would run as a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "label", "to", "also", "quality", "note", "source"))
    for cell in mapping.cells:
        also = " ".join(cell.also)
        row = (
            cell.code,
            cell.label,
            cell.to or "",
            also,
            cell.quality.value,
            cell.note,
            cell.source,
        )
        writer.writerow(f"'{text}" if text.startswith(_FORMULA) else text for text in row)
    return out.getvalue()


def _ends(view: View, mapping: CodeMap, here: str) -> str:
    target = view.taxonomies.get(mapping.taxonomy)
    to = (
        view.link(here, target.subject, shown=code(mapping.taxonomy))
        if target
        else code(mapping.taxonomy)
    )
    return table(
        ("System", "Code list", "Version of the list", "Taxonomy"),
        [
            (
                view.system(here, mapping.system),
                prose(mapping.code_list),
                prose(mapping.list_version),
                to,
            )
        ],
    )


def _cells(view: View, mapping: CodeMap, here: str) -> str:
    rows = [_cell(view, mapping, cell, here) for cell in mapping.cells]
    name = csv_name(next(c for c in view.contracts if c.body is mapping))
    target = go(here, beside(here, name))
    return sections(
        full_columns(("Code", "What it says", "Ours", "Quality", "Note", "Source"), rows),
        f"{link('Download as CSV', target)}, one row per code.",
    )


def _cell(view: View, mapping: CodeMap, cell: MappingCell, here: str) -> tuple[str, ...]:
    ours = _ours(view, mapping, (cell.to, *cell.also), here)
    quality = badge(cell.quality.value, tone=_TONES[cell.quality])
    if cell.quality in LOSES:
        quality += " loses information"
    if cell.classifier:
        quality += f" {badge(cell.classifier, 'time')}"
    mark = f"code-{segment(cell.code)}"
    shown = f"{pin(mark)}{code(cell.code)}"
    return (
        shown,
        prose(cell.label),
        ours,
        quality,
        wide(prose(cell.note)),
        prose(cell.source),
    )


def _cases(view: View, mapping: CodeMap, here: str) -> str:
    rows = (
        (
            code(cell.code),
            " and ".join(f"{code(name)} is {code(value)}" for name, value in case.when),
            _ours(view, mapping, (case.to, *case.also), here),
            prose(case.note),
        )
        for cell in mapping.cells
        for case in cell.cases
    )
    return full_columns(("Code", "When", "Ours", "Note"), list(rows), always=("Code", "Ours"))


def _overrides(view: View, mapping: CodeMap, here: str) -> str:
    """Public readers learn that there are agreements, not with whom."""
    if not view.internal:
        return "Some partners mean other things by some codes; ask your contact." * bool(
            mapping.overrides
        )
    rows = (
        (
            prose(each.partner),
            code(each.code),
            _ours(view, mapping, (each.to, *each.also), here),
            wide(prose(each.reason)),
            prose(each.approved_by),
            prose(each.until),
        )
        for each in mapping.overrides
    )
    return table(("Partner", "Code", "Ours", "Reason", "Approved by", "Until"), rows)


def _sends(view: View, mapping: CodeMap, here: str) -> str:
    rows = [
        (
            view.state_link(here, mapping.taxonomy, each.source),
            code(each.code),
            badge(each.quality.value, tone=_TONES[each.quality]),
            prose(each.note),
        )
        for each in mapping.sends
    ]
    shown = full_columns(("Ours", "Code", "Quality", "Note"), rows, always=("Ours", "Code"))
    return sections("What is not listed has no equal and is not sent.", shown) if rows else ""


def _ours(view: View, mapping: CodeMap, codes: tuple[str | None, ...], here: str) -> str:
    links = [_our(view, mapping, each, here) for each in codes if each]
    return " and ".join(links) or "nothing"


def _our(view: View, mapping: CodeMap, text: str, here: str) -> str:
    """One of ours; that of another taxonomy is told apart by its name."""
    taxonomy, state = split_code(text, mapping.taxonomy)
    shown = view.state_link(here, taxonomy, state)
    return shown if taxonomy == mapping.taxonomy else f"{code(taxonomy)} {shown}"


def _figures(mapping: CodeMap) -> str:
    counts = Counter(cell.quality for cell in mapping.cells)
    return table(
        ("Quality", "Codes", "What it says"),
        (
            (badge(quality.value, tone=_TONES[quality]), str(counts[quality]), _MEANINGS[quality])
            for quality in Quality
            if counts[quality]
        ),
    )
