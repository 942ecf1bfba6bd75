"""``lading check``: the gate, as it stands in a pipeline and on a desk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli.command import EVENT, SUBJECT, TAXONOMY, commit, edit, git, lading, registry

SNAPSHOTS = Path(__file__).parent / "snapshots"
WITHOUT_DISPATCHED_AT = """\
    {
      "name": "dispatched_at",
      "type": {"type": "long", "logicalType": "timestamp-micros"},
      "doc": "When custody passed to the carrier, in UTC.",
      "owner": "wms",
      "x-pii": "none",
      "x-classification": "internal"
    },
"""


def remove_a_field(work: Path) -> None:
    edit(work / "contracts" / EVENT, WITHOUT_DISPATCHED_AT, "")
    shutil.rmtree(work / "contracts" / "samples")
    edit(work / "contracts/consumers/portal.yaml", ", dispatched_at", "")


def rename_a_status(work: Path) -> None:
    for path in (work / "contracts").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("DISPATCHED", "SENT"), encoding="utf-8")


# --- a workspace on its own


def test_what_init_makes_is_clean(work: Path) -> None:
    """Nobody compares it with anything, and that is said."""
    found = lading("check", "contracts", cwd=work)

    assert (found.code, found.out) == (0, "4 contracts, no problems.\n")
    assert "Nothing was compared" in found.err
    assert "lading check --against" in found.err


@pytest.mark.parametrize("place", [".", "contracts", "contracts/events/shipment"])
def test_the_workspace_is_found_from_above_and_from_within(place: str, work: Path) -> None:
    assert lading("check", cwd=work / place).code == 0
    assert lading("check", place, cwd=work).code == 0


def test_init_can_start_with_the_whole_library_under_a_name_of_ones_own(tmp_path: Path) -> None:
    made = lading("init", "mine", "--library", "--name", "acme-3pl", cwd=tmp_path)
    assert made.code == 0
    settings = (tmp_path / "mine" / "lading.toml").read_text(encoding="utf-8")
    assert settings.startswith('[workspace]\nname = "acme-3pl"\n\n')
    found = lading("check", "mine", cwd=tmp_path)
    assert found.code == 0
    assert "344 contracts, no problems." in found.out
    assert lading("lint", "mine", "--pack", "strict", cwd=tmp_path).code == 0


def test_where_no_workspace_is_init_is_offered(tmp_path: Path) -> None:
    found = lading("check", cwd=tmp_path)

    assert found.code == 2
    assert "lading.toml" in found.err
    assert "lading init" in found.err


@pytest.mark.parametrize("name", ["file", "full"])
def test_init_overwrites_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")

    refused = lading("init", name, cwd=tmp_path)

    assert refused.code == 2
    assert "is not empty" in refused.err
    assert "new folder" in refused.err
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "mine"]


def test_every_problem_of_every_file_comes_in_one_run(work: Path) -> None:
    contracts = work / "contracts"
    (contracts / EVENT).write_text('{"type": "record",')
    edit(contracts / TAXONOMY, "kind: state-machine", "kind: state-machin")
    edit(contracts / "lading.toml", "title =", "titel =")
    edit(contracts / "consumers/portal.yaml", "system: portal", "system: portle")
    (contracts / "systmes.yaml").write_text("systems: []\n")

    found = lading("check", cwd=work)

    places = {line.split()[2] for line in found.out.splitlines() if line.startswith("LAD")}
    assert found.code == 2
    assert {each.partition(":")[0] for each in places} == {
        f"contracts/{EVENT}",
        f"contracts/{TAXONOMY}",
        "contracts/lading.toml",
        "contracts/consumers/portal.yaml",
        "contracts/systmes.yaml",
    }
    assert all(len(each.split(":")) == 3 for each in places)  # file:line:column
    assert "problems.\n" in found.out


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("ruleset = 2027", 'write ruleset = "2027.1"'),
        ("ruleset = 2027.1", 'write ruleset = "2027.1"'),
        ('ruleset = "2026.1"', "2027.1"),
        ("level = 3", 'write level = "semantic"'),
        ('levl = "wire"', "did you mean `level`"),
    ],
)
def test_settings_that_cannot_be_used_are_wrong_usage(line: str, hint: str, work: Path) -> None:
    """With a word to write instead that is taken, whichever command reads them."""
    settings = work / "contracts/lading.toml"
    text = settings.read_text()
    kept = [each for each in text.splitlines() if not each.startswith("ruleset")]
    settings.write_text("\n".join(kept).replace("[check]", f"[check]\n{line}") + "\n")
    for words in (("check",), ("lint",), ("push",), ("gen", "python"), ("docs", "build")):
        found = lading(*words, cwd=work)
        assert found.code == 2, (words, found)
    assert hint in lading("check", cwd=work).out


def test_places_can_be_clicked_from_where_one_stands(work: Path) -> None:
    (work / "contracts" / EVENT).write_text("{")

    above = lading("check", cwd=work).out
    inside = lading("check", cwd=work / "contracts").out
    beside = lading("check", "..", cwd=work / "contracts/events").out

    assert f"contracts/{EVENT}:1:" in above
    assert f"  {EVENT}:1:" in inside
    assert f"  {work}/contracts/{EVENT}:1:" in beside


# --- against what was before


def test_a_branch_is_compared_with_where_it_left_the_trunk(repository: Path) -> None:
    """What happens on the trunk meanwhile is not this branch's doing."""
    git(repository, "switch", "-q", "main")
    edit(repository / "contracts" / EVENT, '"carrier_id"', '"carrier_number"')
    commit(repository)
    git(repository, "switch", "-q", "change")

    found = lading("check", cwd=repository)

    assert (found.code, found.out) == (0, "no changes in 4 contracts.\n")
    assert "compared with main (" in found.err
    assert "4 contracts read in contracts/" in found.err


def test_a_breaking_change_names_rule_place_reason_and_consumer(repository: Path) -> None:
    remove_a_field(repository)
    commit(repository)

    found = lading("check", cwd=repository)

    assert found.code == 1
    assert f"LAD102 error  contracts/{EVENT}:" in found.out
    assert "ShipmentDispatched.dispatched_at" in found.out
    assert "[FULL]" in found.out
    assert "breaks: portal (portal, Digital)" in found.out
    assert "fix:" in found.out
    assert "lading explain LAD102" in found.out
    assert "1 breaking" in found.out


def test_text_of_a_refused_check(repository: Path) -> None:
    """The whole text as a person sees it. When it changes on purpose: read it, and replace it."""
    remove_a_field(repository)
    rename_a_status(repository)
    (repository / "contracts/mappings/carrier/tracking-status.yaml").unlink()

    found = lading("check", cwd=repository)

    assert found.code == 1
    assert found.out == (SNAPSHOTS / "refused-check.txt").read_text(encoding="utf-8")


def test_what_is_not_committed_counts(repository: Path) -> None:
    """The gate looks at the files, not at the last commit."""
    remove_a_field(repository)

    assert lading("check", cwd=repository).code == 1


def test_a_contract_may_not_vanish(repository: Path) -> None:
    (repository / "contracts" / EVENT).unlink()
    shutil.rmtree(repository / "contracts/samples")
    text = (repository / "contracts/consumers/portal.yaml").read_text(encoding="utf-8")
    kept = "".join(
        line
        for line in text.splitlines(keepends=True)
        if SUBJECT not in line and "fields:" not in line
    )
    (repository / "contracts/consumers/portal.yaml").write_text(kept, encoding="utf-8")

    found = lading("check", cwd=repository)

    assert found.code == 1
    assert f"LAD041 error  contracts/{EVENT}" in found.out
    assert "portal (portal, Digital)" in found.out
    assert "lifecycle: retired" in found.out


@pytest.mark.parametrize("lifecycle", ["retired", "draft"])
def test_a_contract_that_nobody_may_use_can_go(lifecycle: str, repository: Path) -> None:
    edit(repository / "contracts/contract.yaml", "lifecycle: active", f"lifecycle: {lifecycle}")
    commit(repository)
    (repository / "contracts/mappings/carrier/tracking-status.yaml").unlink()

    assert "LAD041" in lading("check", "--against", "main", cwd=repository).out
    assert lading("check", "--against", "change", cwd=repository).code == 0


def test_a_new_contract_breaks_nobody(repository: Path) -> None:
    path = repository / "contracts/events/shipment/ShipmentLost.avsc"
    text = (repository / "contracts" / EVENT).read_text(encoding="utf-8")
    path.write_text(text.replace("ShipmentDispatched", "ShipmentLost"), encoding="utf-8")

    found = lading("check", cwd=repository)

    assert found.code == 0, found
    assert "1 of them new" in found.err


def test_a_promise_can_be_asked_about(repository: Path) -> None:
    """Old readers need the field; new readers do not."""
    remove_a_field(repository)

    assert lading("check", "--promise", "FORWARD", cwd=repository).code == 1
    assert lading("check", "--promise", "BACKWARD", cwd=repository).code == 0


def test_the_promise_that_counts_was_made_before(repository: Path) -> None:
    """Nobody withdraws a promise in the change that breaks it."""
    remove_a_field(repository)
    edit(repository / "contracts/lading.toml", 'event = "FULL"', 'event = "NONE"')

    assert lading("check", cwd=repository).code == 1


def test_a_folder_a_revision_and_the_word_git_name_a_baseline(repository: Path) -> None:
    shutil.copytree(repository / "contracts", repository / "before")
    remove_a_field(repository)

    for against in ("before", "main", "git:main", "HEAD"):
        assert lading("check", "--against", against, cwd=repository).code == 1, against


def test_what_cannot_be_decided_is_no_pass(work: Path) -> None:
    """Two patterns, and whether one includes the other is not known."""
    schemas = work / "contracts/schemas"
    schemas.mkdir()
    text = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",'
    text += ' "properties": {"id": {"type": "string", "pattern": "^[A-Z]+$"}}}'
    (schemas / "parcel.json").write_text(text)
    shutil.copytree(work / "contracts", work / "before")
    (schemas / "parcel.json").write_text(text.replace("^[A-Z]+$", "^(A|B)[C-F]*x?$"))

    found = lading("check", "--against", "before", cwd=work)

    assert found.code == 3, found
    assert "undecided" in found.out


def test_an_unknown_revision_says_what_to_fetch(repository: Path) -> None:
    found = lading("check", "--against", "release-7", cwd=repository)

    assert (found.code, found.out) == (3, "")
    assert "git fetch origin release-7" in found.err


def test_a_remote_branch_that_is_not_here_says_what_to_fetch(repository: Path) -> None:
    found = lading("check", "--against", "origin/main", cwd=repository)

    assert found.code == 3
    assert "git fetch origin main" in found.err


def test_without_git_a_baseline_that_is_no_folder_is_explained(work: Path) -> None:
    found = lading("check", "--against", "contrcats", cwd=work)

    assert found.code == 3
    assert "not in a git repository" in found.err
    assert "contracts" in found.err


def test_a_registry_that_is_down_is_no_pass(work: Path) -> None:
    for against in ("http://127.0.0.1:1", "registry:http://127.0.0.1:1"):
        found = lading("check", "--against", against, cwd=work)

        assert (found.code, found.out) == (3, "")
        assert "http://127.0.0.1:1" in found.err
        assert "lading serve" in found.err


def test_the_word_registry_means_the_one_in_the_settings(work: Path, tmp_path: Path) -> None:
    with registry(tmp_path / "r.db") as (url, _):
        edit(work / "contracts/lading.toml", "http://127.0.0.1:8081", url)
        assert lading("push", cwd=work).code == 0
        assert lading("check", "--against", "registry", cwd=work).code == 0
        remove_a_field(work)

        found = lading("check", "--against", "registry", cwd=work)

    assert found.code == 1
    assert "LAD102 error" in found.out
    assert url in found.err


# --- for machines


def test_json_has_the_documented_keys(repository: Path) -> None:
    remove_a_field(repository)
    (repository / "contracts/systmes.yaml").write_text("systems: []\n")

    found = lading("check", "--format", "json", cwd=repository)

    report = json.loads(found.out)
    assert (found.code, found.err) == (1, "")
    keys = {"schema_version", "ruleset", "outcome", "counts", "problems", "notes", "verdicts"}
    assert set(report) == keys
    assert (report["schema_version"], report["outcome"]) == (1, "incompatible")
    assert report["counts"]["forbidden"] == 1
    (problem,) = report["problems"]
    assert set(problem) == {"code", "message", "hint", "place"}
    assert problem["place"]["document"] == "contracts/systmes.yaml"
    (verdict,) = (each for each in report["verdicts"] if each["subject"] == SUBJECT)
    (finding,) = (each for each in verdict["findings"] if each["forbidden"])
    assert (finding["rule"], finding["path"]) == ("LAD102", "dispatched_at")
    assert finding["breaks"] == ["portal (portal, Digital)"]
    assert finding["place"]["document"] == f"contracts/{EVENT}"
    assert finding["place"]["line"] > 0


def test_annotations_of_github_cannot_be_forged(work: Path) -> None:
    """A name in a contract may not end the annotation, nor begin another one."""
    (work / "contracts" / EVENT).write_text(
        '{"type": "record", "name": "x%0A::warning::y\\n::error file=a::z", "fields": []}'
    )

    found = lading("check", "--format", "github", cwd=work)

    lines = found.out.splitlines()
    assert found.code == 1
    assert lines
    assert all(each.startswith(f"::error file=contracts/{EVENT}") for each in lines), found.out
    assert "%250A" in found.out


def test_a_break_is_an_annotation_at_its_place(repository: Path) -> None:
    remove_a_field(repository)

    found = lading("check", "--format", "github", cwd=repository)

    (line,) = (each for each in found.out.splitlines() if "LAD102" in each)
    assert line.startswith(f"::error file=contracts/{EVENT},line=")


def test_verbose_lists_what_breaks_nobody(repository: Path) -> None:
    edit(
        repository / "contracts" / EVENT,
        '    {\n      "name": "carrier_id"',
        '    {"name": "note", "type": ["null", "string"], "default": null, "doc": "N.",'
        ' "owner": "wms"},\n    {\n      "name": "carrier_id"',
    )

    short = lading("check", cwd=repository)
    long = lading("check", "--verbose", cwd=repository)

    assert (short.code, long.code) == (0, 0)
    assert "LAD101" not in short.out
    assert "LAD101 ok" in long.out


def test_remarks_come_after_the_result(work: Path) -> None:
    """Where both go to one place, as in the log of a pipeline."""
    import subprocess
    import sys

    from cli.command import ENVIRONMENT

    done = subprocess.run(
        [sys.executable, "-m", "lading.cli", "check"],
        cwd=work,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.startswith("4 contracts, no problems.\n4 contracts read in ")


# --- fixes

NULLABLE = """\
    {
      "name": "note",
      "type": ["string", "null"],
      "doc": "What the driver should know.",
      "owner": "wms",
      "x-pii": "none",
      "x-classification": "internal"
    },
"""


def add_a_field(work: Path, text: str = NULLABLE) -> None:
    edit(work / "contracts" / EVENT, WITHOUT_DISPATCHED_AT, text + WITHOUT_DISPATCHED_AT)


def test_a_safe_fix_is_written_and_the_gate_is_green(repository: Path) -> None:
    """The change is refused, marked as fixable, put right, and passes."""
    add_a_field(repository)
    refused = lading("check", "--against", "main", cwd=repository)
    assert refused.code == 1
    assert "lading check --fix does it" in refused.out
    report = json.loads(
        lading("check", "--against", "main", "--format", "json", cwd=repository).out
    )
    findings = [finding for each in report["verdicts"] for finding in each["findings"]]
    assert [each["fixable"] for each in findings] == [True]

    fixed = lading("check", "--against", "main", "--fix", cwd=repository)

    assert fixed.code == 0, fixed
    assert f"fixed  contracts/{EVENT}:" in fixed.err
    assert "gave `note` the default null" in fixed.err
    assert "1 file changed" in fixed.err
    text = (repository / "contracts" / EVENT).read_text(encoding="utf-8")
    assert '"type": ["null", "string"],\n      "default": null,\n' in text
    assert lading("fmt", "--check", cwd=repository).code == 0


def test_nothing_is_written_where_a_value_would_be_a_guess(repository: Path) -> None:
    add_a_field(repository, NULLABLE.replace('["string", "null"]', '"string"'))
    before = (repository / "contracts" / EVENT).read_bytes()

    found = lading("check", "--against", "main", "--fix", cwd=repository)

    assert found.code == 1
    assert "nothing that is safe to put right without asking" in found.err
    assert (repository / "contracts" / EVENT).read_bytes() == before


def test_a_file_that_a_link_leads_out_to_is_left(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is outside of the workspace is not ours to write."""
    add_a_field(repository)
    inside, outside = (
        repository / "contracts" / EVENT,
        tmp_path_factory.mktemp("out") / "elsewhere.avsc",
    )
    outside.write_bytes(inside.read_bytes())
    inside.unlink()
    inside.symlink_to(outside)
    before = outside.read_bytes()

    found = lading("check", "--against", "main", "--fix", cwd=repository)

    assert found.code != 0
    assert outside.read_bytes() == before
