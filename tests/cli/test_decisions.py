"""Decisions about findings: waived for a time, or told what other words mean."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from cli.command import EVENT, SUBJECT, TAXONOMY, commit, edit, git, lading
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


@pytest.mark.parametrize(
    ("was", "named"),
    [(f"subject: {SUBJECT}", "subject: other.v1"), ("path: dispatched_at", "path: zzz")],
)
def test_a_waiver_that_names_another_place_is_a_problem(
    was: str, named: str, repository: Path
) -> None:
    """Who reviews the entry reads its subject and path, not the digits that it is found by."""
    waive(repository, removed(repository))
    edit(repository / WAIVERS, was, named)

    found, said = check(repository)

    assert found.code == 1
    (problem,) = said["problems"]
    assert problem["code"] == "LAD042"
    assert f"is about {SUBJECT} dispatched_at" in problem["message"]
    assert problem["hint"] == f"subject: {SUBJECT}, path: dispatched_at"


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
    ("said", "code", "outcome", "told"),
    [
        ("editorial", 0, "compatible", "it means the same, says its author"),
        (
            "clarified",
            0,
            "compatible",
            "says more exactly what was meant all along, says its author",
        ),
        ("changed", 1, "incompatible", "with it what it means, says its author"),
    ],
)
def test_the_author_of_other_words_says_what_they_mean(
    said: str, code: int, outcome: str, told: str, repository: Path
) -> None:
    """No program knows; the owner does, and what they say is kept and told."""
    finding = redefine(repository)
    assert lading("check", cwd=repository).code == 3

    words = ("--by", "wms-team", "--reason", "reworded")
    assert lading("classify", finding, said, *words, cwd=repository).code == 0

    found, report = check(repository)
    assert (found.code, report["outcome"]) == (code, outcome)
    [one] = findings(report, "LAD604")
    assert one["meaning"] == {"said": said, "reason": "reworded", "by": "wms-team"}
    assert one["reason"] == f"definition changed, and {told}"
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
    settings = repository / "contracts/lading.toml"
    edit(settings, "[check]\n", '[check]\nversions = "error"\n')
    commit(repository)
    add_a_field(repository)
    found, said = check(repository, "--against", "HEAD")
    assert (found.code, [each["code"] for each in said["problems"]]) == (1, ["LAD045"])
    git(repository, "checkout", "-q", "--", ".")
    edit(settings, '"error"', '"off"')
    commit(repository)
    add_a_field(repository)
    found, said = check(repository, "--against", "HEAD")
    assert (found.code, said["problems"], said["notes"]) == (0, [], [])


def test_a_version_that_says_enough_is_not_spoken_of(repository: Path) -> None:
    """The number that the note names is enough."""
    add_a_field(repository)
    edit(repository / "contracts/contract.yaml", "version: 1.0.0", "version: 1.1.0")
    _, said = check(repository)
    assert [each["code"] for each in said["notes"]] == []


def test_a_version_that_goes_down_says_less_than_any(repository: Path) -> None:
    """Although nothing else changed, a lower number is no successor."""
    settings = repository / "contracts/lading.toml"
    edit(settings, "[check]\n", '[check]\nversions = "error"\n')
    commit(repository)
    edit(repository / "contracts/contract.yaml", "version: 1.0.0", "version: 0.9.0")

    found, said = check(repository, "--against", "HEAD")

    assert found.code == 1
    [one] = said["problems"]
    assert one["code"] == "LAD045"
    assert "version 0.9.0 is below 1.0.0, which is in use" in one["message"]


def test_the_number_is_asked_for_where_it_is_written(repository: Path) -> None:
    """In the contract.yaml that it is inherited from, at its line."""
    add_a_field(repository)
    _, said = check(repository)
    [note] = said["notes"]
    lines = (repository / "contracts/contract.yaml").read_text().splitlines()
    line = next(number for number, each in enumerate(lines, 1) if each.startswith("version:"))
    assert note["place"] == {"document": "contracts/contract.yaml", "line": line, "column": 1}


def test_what_versions_have_to_say_is_not_lowered_in_the_step_that_needs_it(
    repository: Path,
) -> None:
    """The baseline's word counts, as for promises."""
    settings = repository / "contracts/lading.toml"
    edit(settings, "[check]\n", '[check]\nversions = "error"\n')
    commit(repository)
    edit(settings, '"error"', '"off"')
    add_a_field(repository)

    found, said = check(repository, "--against", "HEAD")

    assert (found.code, [each["code"] for each in said["problems"]]) == (1, ["LAD045"])


# --- entries


@pytest.mark.parametrize("option", ["--reason", "--by"])
@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("command", ["waive", "classify"])
def test_a_decision_says_why_and_who(
    command: str, option: str, empty: str, repository: Path
) -> None:
    """Empty texts are refused before anything is written."""
    words = {"--reason": "r", "--by": "b", option: empty}
    more = ("--until", "2099-06-30") if command == "waive" else ()
    said = ("editorial",) if command == "classify" else ()
    asked = (command, "0123456789ab", *said, *(w for pair in words.items() for w in pair), *more)
    found = lading(*asked, cwd=repository)
    assert found.code == 2
    assert f"{option} is empty" in found.err
    assert not (repository / "contracts/policies").exists()


@pytest.mark.parametrize("key", ["reason", "approved_by"])
def test_an_entry_with_an_empty_text_is_a_problem(key: str, repository: Path) -> None:
    """Written by hand it is seen as well, by check and by push, at its line."""
    waive(repository, removed(repository))
    path = repository / WAIVERS
    path.write_text(re.sub(rf"{key}: .*", f'{key}: " "', path.read_text()))

    found, said = check(repository)
    assert found.code == 1
    assert [(each["code"], each["message"]) for each in said["problems"]] == [
        ("LAD031", f"`{key}` is empty")
    ]
    pushed = lading("push", "--registry", "http://127.0.0.1:1", cwd=repository)
    assert pushed.code == 1
    assert f"{WAIVERS}:" in pushed.out


def test_digits_without_quotes_are_one_problem(repository: Path) -> None:
    """YAML takes them for a number; nothing is missing."""
    waive(repository, removed(repository))
    path = repository / WAIVERS
    path.write_text(re.sub(r"finding: \S+", "finding: 123456789012", path.read_text()))

    _, said = check(repository)

    messages = [each["message"] for each in said["problems"] if each["code"] == "LAD031"]
    assert messages == ["`finding` is a number, and must be text"]


@pytest.mark.parametrize("until", ["2020-06-30", "2090-06-30"])
def test_a_waiver_is_renewed_and_extended_by_the_same_command(until: str, repository: Path) -> None:
    """The entry is replaced, which is said, and what stands around it stays."""
    finding = removed(repository)
    waive(repository, finding)
    path = repository / WAIVERS
    lint = "# of lint\n  - {rule: NAM-005, subject: s, reason: r, approved_by: a, until: &}\n"
    lint = lint.replace("&", '"2099-01-01"')
    path.write_text(path.read_text().replace("2099-06-30", until) + lint)

    again = waive(repository, finding, until="2098-01-31")

    assert again.code == 0, again
    assert f"until: {until}" in again.out
    assert again.out.startswith(f"{WAIVERS}: LAD102")
    text = path.read_text()
    assert text.count("finding:") == 1
    assert until not in text
    assert text.endswith(lint)
    found, said = check(repository)
    assert (found.code, said["problems"]) == (0, [])
    assert findings(said, "LAD102")[0]["waiver"]["until"] == "2098-01-31"


def test_two_entries_for_one_finding_become_one(repository: Path) -> None:
    """An expired one does not stay behind the one that renews it."""
    finding = removed(repository)
    waive(repository, finding)
    path = repository / WAIVERS
    entry = path.read_text().partition("\n")[2]
    path.write_text(f"waivers:\n{entry.replace('2099', '2020')}{entry}")
    assert lading("check", cwd=repository).code == 1

    assert waive(repository, finding).code == 0

    assert path.read_text() == f"waivers:\n{entry}"
    assert lading("check", cwd=repository).code == 0


def test_what_was_said_of_words_can_be_said_otherwise(repository: Path) -> None:
    """Classifying again replaces the entry; the reason of the report follows."""
    finding = redefine(repository)
    words = ("--by", "wms-team", "--reason", "reworded")
    assert lading("classify", finding, "changed", *words, cwd=repository).code == 0
    _, report = check(repository)
    [one] = findings(report, "LAD604")
    assert "not decided" not in one["reason"]
    assert "definition changed, and with it what it means" in one["reason"]

    assert lading("classify", finding, "editorial", *words, cwd=repository).code == 0

    assert (repository / MEANINGS).read_text().count("finding:") == 1
    assert lading("check", cwd=repository).code == 0
    waived = waive(repository, finding)
    assert waived.code == 2
    assert "policies/meanings.yaml" in waived.err


def test_other_words_are_settled_by_a_command_that_is_named(repository: Path) -> None:
    """In the report and on the page of the rule."""
    redefine(repository)
    assert "lading classify" in lading("check", cwd=repository).out
    assert "lading classify" in lading("explain", "LAD604", cwd=repository).out


@pytest.mark.parametrize(
    "text", ["waivers: []\n", "waivers:\n", "# none yet\n", "", "waivers: []  # none\n"]
)
def test_a_list_without_entries_can_be_added_to(text: str, repository: Path) -> None:
    finding = removed(repository)
    (repository / WAIVERS).parent.mkdir()
    (repository / WAIVERS).write_text(text)

    written = waive(repository, finding)

    assert written.code == 0, written
    assert lading("check", cwd=repository).code == 0
    assert ("none" in text) == ("none" in (repository / WAIVERS).read_text())


@pytest.mark.parametrize("text", ["waivers: [{rule: NAM-005}]\n", "waivers: 5\n", "other: []\n"])
def test_a_list_that_cannot_be_added_to_is_left_with_a_next_step(
    text: str, repository: Path
) -> None:
    finding = removed(repository)
    (repository / WAIVERS).parent.mkdir()
    (repository / WAIVERS).write_text(text)

    refused = waive(repository, finding)

    assert refused.code == 2
    assert "\n  try: " in refused.err
    assert (repository / WAIVERS).read_text() == text


def test_a_consumer_that_a_waived_finding_breaks_is_still_a_problem(repository: Path) -> None:
    """Else the change would pass, and the trunk be red as soon as it is in."""
    edit(repository / "contracts" / EVENT, '"name": "dispatched_at"', '"name": "sent_at"')
    shutil.rmtree(repository / "contracts/samples")
    found, said = check(repository)
    names = {e["fingerprint"] for v in said["verdicts"] for e in v["findings"] if e["forbidden"]}
    assert not any(each["code"] == "LAD035" for each in said["problems"])
    for each in names:
        assert waive(repository, each).code == 0

    found, said = check(repository)

    assert found.code == 1
    assert [each["code"] for each in said["problems"]] == ["LAD035"]
    edit(repository / "contracts/consumers/portal.yaml", "dispatched_at", "sent_at")
    assert check(repository)[0].code == 0
    commit(repository, "renamed")
    assert check(repository, "--against", "HEAD")[0].code == 0


def test_push_says_which_waiver_has_ended(repository: Path, server: str) -> None:
    """It lets nothing pass, and the refusal alone does not tell why."""
    assert lading("push", "--registry", server, cwd=repository).code == 0
    waive(repository, removed(repository))
    edit(repository / WAIVERS, "2099-06-30", "2020-06-30")

    refused = lading("push", "--registry", server, cwd=repository)

    assert refused.code == 1
    assert f"{WAIVERS}:2:" in refused.err
    assert "ended on 2020-06-30" in refused.err
