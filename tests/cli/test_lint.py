"""lint, fmt and coverage through the command's own door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cli.command import EVENT, edit, lading

if TYPE_CHECKING:
    from pathlib import Path


def test_the_starter_is_clean_by_its_own_pack(work: Path) -> None:
    found = lading("lint", "contracts", cwd=work)

    assert found.code == 0
    assert "pack lenient: 0 errors" in found.out


def test_a_stricter_pack_finds_more_and_fails(work: Path) -> None:
    found = lading("lint", "contracts", "--pack", "strict", cwd=work)

    assert found.code == 1
    assert "21 errors" in found.out, "docs/lint.md names the number"
    assert f"contracts/{EVENT}:1:1" in found.out
    assert "ENV-001 error" in found.out
    assert "lading explain" in found.out


def test_findings_as_json_have_place_rule_and_hint(work: Path) -> None:
    edit(work / "contracts" / EVENT, '"name": "weight"', '"name": "weight_time"')
    found = lading("lint", "contracts", "--pack", "strict", "--format", "json", cwd=work)

    findings = json.loads(found.out)
    assert found.code == 1
    assert {
        "rule",
        "severity",
        "subject",
        "path",
        "message",
        "hint",
        "fixable",
        "file",
        "line",
        "column",
    } == set(findings[0])
    assert all(each["line"] > 0 for each in findings)


def test_annotations_name_the_line(work: Path) -> None:
    found = lading("lint", "contracts", "--pack", "strict", "--format", "github", cwd=work)

    assert all(
        each.startswith(("::error file=", "::warning file="))
        for each in found.out.split("\n")
        if each
    )


def test_fixes_are_written_and_change_no_meaning(work: Path) -> None:
    edit(
        work / "contracts" / EVENT,
        '"name": "carrier_id"',
        '"name": "gtin"',
    )
    before = lading("lint", "contracts", "--pack", "strict", cwd=work)
    found = lading("lint", "contracts", "--pack", "strict", "--fix", cwd=work)

    assert "names no scheme" in before.out
    assert "names no scheme" not in found.out
    assert "1 file changed" in found.err
    text = (work / "contracts" / EVENT).read_text()
    assert '"x-scheme": "GTIN-14"' in text
    assert lading("fmt", "contracts", "--check", cwd=work).code == 0


def test_fmt_says_what_it_would_do_and_then_does_it(work: Path) -> None:
    path = work / "contracts" / EVENT
    path.write_text(json.dumps(json.loads(path.read_text())))

    checked = lading("fmt", "contracts", "--check", cwd=work)
    shown = lading("fmt", "contracts", "--diff", cwd=work)
    assert (checked.code, shown.code) == (1, 1)
    assert f"contracts/{EVENT}" in checked.out
    assert shown.out.startswith("--- contracts/")

    done = lading("fmt", "contracts", cwd=work)
    assert (done.code, done.err.strip()) == (0, "1 file changed")
    assert lading("fmt", "contracts", "--check", cwd=work).code == 0
    assert len(path.read_text().splitlines()) > 20


def test_fmt_leaves_a_broken_file_alone_and_does_the_others(work: Path) -> None:
    path = work / "contracts" / EVENT
    path.write_text(json.dumps(json.loads(path.read_text())))
    broken = work / "contracts/events/shipment/Broken.avsc"
    broken.write_text('{"type": ')

    found = lading("fmt", "contracts", cwd=work)

    assert found.code == 1
    assert "LAD001" in found.err
    assert "1 left as they are" in found.err
    assert broken.read_text() == '{"type": '
    assert len(path.read_text().splitlines()) > 20


def test_coverage_counts_and_does_not_guess(work: Path) -> None:
    found = lading("coverage", "contracts", cwd=work)
    assert found.code == 0
    assert "unmapped" in found.out
    assert found.out.splitlines()[1].endswith("?")

    listed = json.loads(lading("coverage", "contracts", "--format", "json", cwd=work).out)
    assert [each["system"] for each in listed["lists"]] == ["carrier"]

    wrong = lading("coverage", "contracts", "--system", "carier", cwd=work)
    assert wrong.code == 2
    assert "did you mean `carrier`?" in wrong.err
