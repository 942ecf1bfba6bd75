"""Which files a command looks at, what it shows of them, and what it calls them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.command import ENVIRONMENT, EVENT, commit, edit, git, lading
from cli.test_check import remove_a_field

if TYPE_CHECKING:
    from pathlib import Path

# --- which workspace, which baseline


@pytest.mark.parametrize(
    "words", [("check",), ("lint",), ("fmt",), ("push",), ("gen", "asyncapi")], ids=" ".join
)
def test_a_path_that_climbs_does_not_lead_back(words: tuple[str, ...], work: Path) -> None:
    """An empty folder beside is no workspace, however it is written."""
    (work / "other").mkdir()
    (work / "contracts/inner").mkdir()
    inside = work / "contracts"
    for path, place in (("../other", inside), (f"{inside}/../other", work), ("other", work)):
        found = lading(*words, path, cwd=place)
        assert found.code == 2, (path, found)
        assert "no lading.toml" in found.err
    assert lading("check", "inner/..", cwd=inside).code == 0


@pytest.mark.parametrize("path", ["../empty", "{here}/../empty"])
def test_a_baseline_that_is_no_workspace_is_no_pass(path: str, work: Path) -> None:
    (work / "contracts" / EVENT).unlink()
    (work / "empty").mkdir()
    here = work / "contracts"
    found = lading("check", "--against", path.format(here=here), cwd=here)
    assert (found.code, found.out) == (3, "")
    assert "no lading.toml" in found.err


def test_a_workspace_is_not_its_own_baseline(work: Path) -> None:
    """What is compared with itself always passes."""
    for path in ("contracts", "contracts/events", "."):
        found = lading("check", "--against", path, cwd=work)
        assert found.code == 2, path
        assert "the workspace that is to be checked" in found.err


@pytest.mark.parametrize("against", ["", " ", "git:", "registry:"])
def test_a_baseline_that_names_nothing_is_wrong_usage(against: str, repository: Path) -> None:
    """A variable that is not set would compare the trunk with itself."""
    for words in (("check",), ("waive", "0" * 12, "--by", "b", "--reason", "r")):
        more = ("--until", "2099-01-01") if words[0] == "waive" else ()
        found = lading(*words, *more, "--against", against, cwd=repository)
        assert found.code == 2, found
        assert "names nothing" in found.err


def test_a_registry_that_names_nothing_is_wrong_usage(work: Path) -> None:
    """Else a push would go to another registry than the one that was meant."""
    found = lading("push", "--registry", "", cwd=work)
    assert found.code == 2
    assert "--registry is empty" in found.err


@pytest.mark.parametrize(
    ("against", "message", "hint"),
    [
        ("/tmp/no-such-folder", "there is no folder `/tmp/no-such-folder`", "a git revision"),
        ("./contrcats", "there is no folder `./contrcats`", "did you mean `contracts`"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1", "--against"),
    ],
)
def test_the_next_step_is_one_that_can_be_taken(
    against: str, message: str, hint: str, repository: Path
) -> None:
    found = lading("check", "--against", against, cwd=repository)
    assert found.code == 3
    assert message in found.err
    assert hint in found.err
    assert "git fetch" not in found.err
    assert "--registry" not in found.err


@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_an_object_that_git_has_lost_is_no_mistake_of_ours(damage: str, repository: Path) -> None:
    """The baseline cannot be read; that is said, with what to do."""
    blob = git(repository, "rev-parse", f"HEAD:contracts/{EVENT}")
    path = repository / ".git/objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"")

    found = lading("check", "--against", "HEAD", cwd=repository)

    assert (found.code, found.out) == (3, "")
    assert "\n  try: git fsck" in found.err


# --- what is shown of files


@pytest.mark.parametrize(
    "name", ["apis/passwd.yaml", "events/passwd.avsc", "policies/waivers.yaml"]
)
@pytest.mark.parametrize("command", ["check", "lint", "push", "fmt"])
def test_nothing_of_a_file_that_a_link_leads_out_to_is_shown(
    command: str, name: str, work: Path
) -> None:
    """Not even its first line, in the frame of the problem that refuses it."""
    secret = work / "secret"
    secret.write_text("root:x:0:0\n")
    link = work / "contracts" / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(secret)

    found = lading(command, "contracts", cwd=work)

    assert "root:x" not in found.out + found.err
    if command == "check":
        assert f"LAD041 error  contracts/{name}:1:1" in found.out
        assert "try:    put the file itself here" in found.out


def test_the_page_of_what_is_not_read_speaks_of_it(work: Path) -> None:
    os.mkfifo(work / "contracts/apis/pipe.yaml")
    assert "LAD041" in lading("check", cwd=work).out
    page = lading("explain", "LAD041", cwd=work).out
    assert "its file is not read" in page
    assert "regular file" in page


def test_a_reference_of_diff_stays_below_the_folder(tmp_path: Path) -> None:
    """A link is no way out of it."""
    (tmp_path / "secret").write_text("root:x:0:0\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/part.json").symlink_to(tmp_path / "secret")
    schema = {"type": "object", "properties": {"id": {"$ref": "part.json"}}}
    (tmp_path / "a/old.json").write_text(json.dumps(schema))

    found = lading("diff", "a/old.json", "a/old.json", "--kind", "JSON", cwd=tmp_path)

    assert found.code == 3
    assert "root:x" not in found.out + found.err


# --- what files are called


def places(report: str, format_: str) -> set[str]:
    """The files that a report for a code host names."""
    if format_ == "github":
        return {line.partition("file=")[2].partition(",")[0] for line in report.splitlines()}
    value = json.loads(report)
    if format_ == "gitlab":
        return {each["location"]["path"] for each in value}
    results = [each for run in value["runs"] for each in run["results"]]
    return {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for each in results
        for place in each["locations"]
    }


@pytest.mark.parametrize("format_", ["github", "gitlab", "sarif"])
@pytest.mark.parametrize("place", [".", "contracts", "contracts/taxonomies"])
def test_code_hosts_know_files_from_the_top_of_the_repository(
    place: str, format_: str, repository: Path
) -> None:
    """Wherever the command runs."""
    remove_a_field(repository)
    (repository / "contracts/systmes.yaml").write_text("systems: []\n")
    here = repository / place
    found = lading("check", "--format", format_, cwd=here)
    assert places(found.out, format_) == {f"contracts/{EVENT}", "contracts/systmes.yaml"}
    old = repository / "old.avsc"
    old.write_text(git(repository, "show", f"main:contracts/{EVENT}"))
    new = os.path.relpath(repository / "contracts" / EVENT, here)
    found = lading("diff", os.path.relpath(old, here), new, "--format", format_, cwd=here)
    assert places(found.out, format_) == {f"contracts/{EVENT}"}


def test_lint_calls_files_as_the_gate_does(repository: Path) -> None:
    """For GitHub from the top of the repository, for people as typed from here."""
    found = lading("lint", "--pack", "strict", "--format", "github", cwd=repository / "contracts")
    named = places(found.out, "github")
    assert named
    assert all((repository / each).is_file() for each in named)


def test_a_place_in_the_earlier_version_can_be_clicked_too(repository: Path) -> None:
    """It has the same folder before it, or that of the baseline."""
    remove_a_field(repository)
    assert f"before: contracts/{EVENT}:" in lading("check", cwd=repository).out
    git(repository, "worktree", "add", "-q", "earlier", "main")
    found = lading("check", "--against", "earlier", cwd=repository)
    assert f"before: earlier/contracts/{EVENT}:" in found.out


@pytest.mark.parametrize("format_", ["text", "github", "gitlab", "sarif"])
def test_what_cannot_be_read_is_an_error_in_every_format(format_: str, tmp_path: Path) -> None:
    (tmp_path / "one.avsc").write_text("")
    found = lading("diff", "one.avsc", "one.avsc", "--format", format_, cwd=tmp_path)
    assert found.code == 3
    if format_ == "sarif":
        levels = {each["level"] for each in json.loads(found.out)["runs"][0]["results"]}
        assert levels == {"error"}
    elif format_ == "gitlab":
        assert {each["severity"] for each in json.loads(found.out)} == {"critical"}
    else:
        assert "error" in found.out
        assert "warning" not in found.out


# --- the width of a terminal


def at_terminal(*words: str, cwd: Path, columns: int) -> str:
    """What the command writes where its result goes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lading.cli", *words],
        cwd=cwd,
        env={**ENVIRONMENT, "COLUMNS": str(columns)},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    found = b""
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not data:
            break
        found += data
    os.close(ours)
    process.wait(timeout=60)
    return found.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_lines_end_between_words_at_a_terminal(columns: int, repository: Path) -> None:
    """And go on below the first word behind their label; piped they stay as long as they are."""
    remove_a_field(repository)
    note = "long " * 60
    edit(repository / "contracts" / EVENT, '"type": "record"', f'"x": "{note}", "type": "record"')
    commit(repository)
    piped = lading("check", cwd=repository).out

    shown = at_terminal("check", cwd=repository, columns=columns)

    lines = shown.splitlines()
    words = {line: line.partition(": ")[2].split() or line.split() for line in lines}
    assert [line for line in lines if len(line) > columns and len(words[line]) > 1] == []
    assert max(map(len, piped.splitlines())) > 120
    fix = next(number for number, line in enumerate(lines) if line.startswith("  fix:"))
    if columns == 60:
        assert lines[fix + 1].startswith(" " * 10)
    squeezed = " ".join(shown.split())
    said = [" ".join(line.split()) for line in piped.splitlines() if " | " not in line]
    assert [line for line in said if line not in squeezed] == []
