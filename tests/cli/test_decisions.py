"""Decisions about findings: waived for a time, or told what other words mean."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import EVENT, SUBJECT, TAXONOMY, commit, edit, lading
from cli.test_check import remove_a_field

if TYPE_CHECKING:
    from pathlib import Path

    from cli.command import Answer

OLD_TEXT = "The carrier has taken custody"
WAIVERS, MEANINGS = "contracts/policies/waivers.yaml", "contracts/policies/meanings.yaml"


def check(work: Path, *words: str) -> tuple[Answer, dict[str, Any]]:
    found = lading("check", "--format", "json", *words, cwd=work)
    return found, json.loads(found.out)


def findings(said: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [one for each in said["verdicts"] for one in each["findings"] if one["rule"] == rule]


def waive(work: Path, finding: str, *, until: str = "2099-06-30") -> Answer:
    words = ("--by", "data-governance", "--until", until, "--reason", "nobody reads it: asked")
    return lading("waive", finding, *words, cwd=work)


def removed(work: Path) -> str:
    """A field is gone; the fingerprint of what check says of it."""
    remove_a_field(work)
    _, said = check(work)
    return str(findings(said, "LAD102")[0]["fingerprint"])


def test_a_finding_that_is_waived_is_shown_and_passes(repository: Path) -> None:
    """Who let it pass and until when stands in the report, whose outcome is compatible."""
    finding = removed(repository)
    assert lading("check", cwd=repository).code == 1

    written = waive(repository, finding)

    assert written.code == 0
    assert f"{WAIVERS}: LAD102 {SUBJECT} dispatched_at" in written.out
    text = lading("check", cwd=repository)
    assert text.code == 0, text
    assert "LAD102 waived" in text.out
    assert "waived: until 2099-06-30 by data-governance" in text.out
    assert "nobody reads it: asked" in text.out
    found, said = check(repository)
    assert (found.code, said["outcome"], said["counts"]["waived"]) == (0, "compatible", 1)
    [one] = findings(said, "LAD102")
    assert one["forbidden"] is True
    assert one["waiver"] == {
        "approved_by": "data-governance",
        "reason": "nobody reads it: asked",
        "until": "2099-06-30",
    }


def test_the_text_of_the_report_names_the_finding_to_waive(repository: Path) -> None:
    """What a person has to type stands where they look."""
    finding = removed(repository)
    assert f"lading explain LAD102; finding {finding}" in lading("check", cwd=repository).out


def test_a_waiver_ends(repository: Path) -> None:
    """The day after, the finding counts again and the waiver is a problem of its own."""
    finding = removed(repository)
    waive(repository, finding)
    edit(repository / WAIVERS, "2099-06-30", "2020-06-30")

    found, said = check(repository)

    assert found.code == 1
    assert [each["code"] for each in said["problems"]] == ["LAD043"]
    assert said["problems"][0]["place"]["line"] == 2
    assert findings(said, "LAD102")[0]["waiver"] is None


def test_a_waiver_for_no_finding_is_a_problem(repository: Path) -> None:
    """A typing error waives nothing, and is not silent."""
    waive(repository, removed(repository))
    finding = re.sub(r"finding: \S+", 'finding: "0123456789ab"', (repository / WAIVERS).read_text())
    (repository / WAIVERS).write_text(finding)

    found, said = check(repository)

    assert found.code == 1
    assert [each["code"] for each in said["problems"]] == ["LAD042"]
    assert "there is no finding 0123456789ab" in said["problems"][0]["message"]


def test_a_waiver_that_did_its_work_is_a_note_and_turns_nothing_red(repository: Path) -> None:
    """After the change is in, the entry may go; until then nobody's build fails for it."""
    waive(repository, removed(repository))
    commit(repository, "removed")

    found, said = check(repository, "--against", "HEAD")

    assert (found.code, said["problems"]) == (0, [])
    assert [each["code"] for each in said["notes"]] == ["LAD044"]
    assert "LAD044 note" in lading("check", "--against", "HEAD", cwd=repository).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("0123456789ab", "--until", "2099-01-01"), "there is no finding `0123456789ab`"),
        (("0123456789ab", "--until", "2001-01-01"), "2001-01-01 is over"),
        (("0123456789ab", "--until", "soon"), "`soon` is not a date"),
    ],
)
def test_what_cannot_be_waived_is_said_and_writes_nothing(
    words: tuple[str, ...], message: str, repository: Path
) -> None:
    """Wrong usage ends with 2."""
    removed(repository)
    found = lading("waive", *words, "--by", "x", "--reason", "y", cwd=repository)
    assert found.code == 2
    assert message in found.err
    assert not (repository / WAIVERS).exists()


def test_waivers_of_lint_and_of_the_gate_share_a_file(repository: Path) -> None:
    """Lint does not speak of the gate's, the gate not of lint's, and the list is added to."""
    (repository / WAIVERS).parent.mkdir()
    lint = (
        "# ours\nwaivers:\n- rule: NAM-005\n  subject: none\n  reason: r\n  approved_by: a\n"
        '  until: "2099-01-01"\n'
    )
    (repository / WAIVERS).write_text(lint)
    assert waive(repository, removed(repository)).code == 0
    assert (repository / WAIVERS).read_text().startswith(lint + "- finding: ")
    assert lading("check", cwd=repository).code == 0
    assert "LAD102" not in lading("lint", cwd=repository).out


def redefine(work: Path) -> str:
    """The definition of a state in other words; the fingerprint of what check says of it."""
    path = work / "contracts" / TAXONOMY
    text = path.read_text(encoding="utf-8")
    found = re.search(r"code: DISPATCHED\n(?:.*\n)*?\s+definition: (.*)\n", text)
    assert found
    path.write_text(text.replace(found[1], "In other words."), encoding="utf-8")
    _, said = check(work)
    return str(findings(said, "LAD604")[0]["fingerprint"])


@pytest.mark.parametrize(
    ("said", "code", "outcome"),
    [
        ("editorial", 0, "compatible"),
        ("clarified", 0, "compatible"),
        ("changed", 1, "incompatible"),
    ],
)
def test_the_author_of_other_words_says_what_they_mean(
    said: str, code: int, outcome: str, repository: Path
) -> None:
    """No program knows; the owner does, and what they say is kept."""
    finding = redefine(repository)
    assert lading("check", cwd=repository).code == 3

    words = ("--by", "wms-team", "--reason", "reworded")
    assert lading("classify", finding, said, *words, cwd=repository).code == 0

    found, report = check(repository)
    assert (found.code, report["outcome"]) == (code, outcome)
    [one] = findings(report, "LAD604")
    assert one["meaning"] == {"said": said, "reason": "reworded", "by": "wms-team"}
    if code:
        assert f"meant:  {said}, says wms-team: reworded" in lading("check", cwd=repository).out


def test_only_what_is_about_meaning_can_be_classified(repository: Path) -> None:
    """A removed field is not a matter of words, neither for the command nor in the file."""
    finding = removed(repository)
    words = ("editorial", "--by", "x", "--reason", "y")
    refused = lading("classify", finding, *words, cwd=repository)
    assert refused.code == 2
    assert "is not about what words mean" in refused.err
    assert not (repository / MEANINGS).exists()

    (repository / MEANINGS).parent.mkdir()
    (repository / MEANINGS).write_text(
        f'meanings:\n  - finding: "{finding}"\n    rule: LAD102\n    subject: {SUBJECT}\n'
        "    said: editorial\n    reason: r\n    by: b\n"
    )
    found, said = check(repository)
    assert found.code == 1
    assert [each["code"] for each in said["problems"]] == ["LAD042"]
    assert findings(said, "LAD102")[0]["meaning"] is None


def test_decisions_go_to_the_registry_with_the_push(repository: Path, server: str) -> None:
    """The registry refuses the change, and takes it with the waiver, saying by whom."""
    assert lading("push", "--registry", server, cwd=repository).code == 0
    finding = removed(repository)
    refused = lading("push", "--registry", server, cwd=repository)
    assert refused.code == 1
    assert f"finding {finding}" in refused.out

    waive(repository, finding)

    pushed = lading("push", "--registry", server, cwd=repository)
    assert pushed.code == 0, pushed
    assert "LAD102 dispatched_at: waived until 2099-06-30 by data-governance" in pushed.out


def test_one_waiver_is_enough_for_an_edit_of_a_shared_type(repository: Path) -> None:
    """The fingerprint is that of the type that was edited, from wherever it is seen."""
    common = repository / "contracts/common"
    common.mkdir()
    shared = {
        "type": "record",
        "name": "Party",
        "namespace": "my.common.v1",
        "doc": "Who.",
        "fields": [{"name": "id", "type": "string", "doc": "Id."}],
    }
    (common / "Party.avsc").write_text(json.dumps(shared))
    event = repository / "contracts" / EVENT
    said = json.loads(event.read_text())
    party = {"name": "party", "type": "my.common.v1.Party", "doc": "Who."}
    other = {**said, "name": "ShipmentStored", "fields": [*said["fields"], party]}
    (event.parent / "ShipmentStored.avsc").write_text(json.dumps(other))
    commit(repository, "shared")
    shared["fields"] = []
    (common / "Party.avsc").write_text(json.dumps(shared))
    _, report = check(repository, "--against", "HEAD")
    names = {each["fingerprint"] for each in findings(report, "LAD102")}
    assert len(findings(report, "LAD102")) == 2
    assert len(names) == 1

    words = ("--by", "b", "--until", "2099-06-30", "--reason", "r", "--against", "HEAD")
    assert lading("waive", names.pop(), *words, cwd=repository).code == 0

    assert lading("check", "--against", "HEAD", cwd=repository).code == 0


# --- version numbers


def add_a_field(work: Path) -> None:
    path = work / "contracts" / EVENT
    said = json.loads(path.read_text())
    said["fields"].append(
        {"name": "note", "type": ["null", "string"], "default": None, "doc": "N."}
    )
    path.write_text(json.dumps(said, indent=2))


def test_a_version_that_says_less_than_what_changed_is_a_note(repository: Path) -> None:
    """Something new asks for a minor step; the number that says so is named."""
    add_a_field(repository)
    found, said = check(repository)
    assert found.code == 0, found
    [note] = said["notes"]
    assert note["code"] == "LAD045"
    assert note["hint"] == "version: 1.1.0"
    verdict = next(each for each in said["verdicts"] if each["subject"] == SUBJECT)
    assert verdict["version"] == {
        "old": "1.0.0",
        "new": "1.0.0",
        "required": "minor",
        "declared": "none",
        "least": "1.1.0",
        "enough": False,
    }


def test_versions_can_be_made_to_count_or_left_out(repository: Path) -> None:
    """[check] versions = error fails for it, off says nothing."""
    add_a_field(repository)
    settings = repository / "contracts/lading.toml"
    text = settings.read_text()
    settings.write_text(text.replace("[check]\n", '[check]\nversions = "error"\n'))
    found, said = check(repository)
    assert (found.code, [each["code"] for each in said["problems"]]) == (1, ["LAD045"])
    settings.write_text(text.replace("[check]\n", '[check]\nversions = "off"\n'))
    found, said = check(repository)
    assert (found.code, said["problems"], said["notes"]) == (0, [], [])


def test_a_version_that_says_enough_is_not_spoken_of(repository: Path) -> None:
    """The number that the note names is enough."""
    add_a_field(repository)
    edit(repository / "contracts/contract.yaml", "version: 1.0.0", "version: 1.1.0")
    _, said = check(repository)
    assert [each["code"] for each in said["notes"]] == []
