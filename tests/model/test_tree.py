"""Files from a folder and from a git revision are the same files."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from lading.model import FolderTree, GitTree, Workspace, WorkspaceError, load_workspace
from lading.model.bounds import MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

CODE = '{"type": "record", "name": "n.Code", "fields": []}'


def git(folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    contracts = root / "contracts"
    for name, text in {
        "lading.toml": "[workspace]\n",
        "common/Code.avsc": CODE,
        "common/a\u00e4 b.json": "{}",
        "common/.hidden.json": "{",
        ".git-like/x.json": "{",
        "README.md": "no",
    }.items():
        path = contracts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (contracts / "common" / "Link.avsc").symlink_to("Code.avsc")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    return root


def test_a_committed_folder_and_its_revision_hold_the_same(repository: Path) -> None:
    folder = list(FolderTree(repository / "contracts").files())
    assert list(GitTree(repository, "main", "contracts").files()) == folder
    assert list(GitTree(repository, "HEAD", "contracts/").files()) == folder
    assert [path for path, _ in folder] == [
        "common/Code.avsc",
        "common/Link.avsc",
        "common/a\u00e4 b.json",
        "lading.toml",
    ]


def test_a_revision_is_what_it_was(repository: Path) -> None:
    (repository / "contracts" / "common" / "Code.avsc").write_text("{")
    tree = GitTree(repository, "main", "contracts")
    assert dict(tree.files())["common/Code.avsc"] == CODE.encode()
    assert tree.name == "git:main"


def _refused(workspace: Workspace) -> list[tuple[str, str]]:
    return [
        (each.code, each.place.document) for each in workspace.problems if each.code == "LAD041"
    ]


def test_links_that_lead_out_are_refused_by_both(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"secret": 1}')
    schemas = repository / "contracts" / "schemas"
    schemas.mkdir()
    (schemas / "absolute.json").symlink_to(tmp_path / "secret.json")
    (schemas / "gone.json").symlink_to("nothing.json")
    (schemas / "loop.json").symlink_to("loop.json")
    (schemas / "relative.json").symlink_to("../../../secret.json")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "links")
    names = ["absolute", "gone", "loop", "relative"]
    expected = [("LAD041", f"schemas/{each}.json") for each in names]
    for tree in (FolderTree(repository / "contracts"), GitTree(repository, "main", "contracts")):
        assert _refused(load_workspace(tree)) == expected
        assert b"secret" not in b"".join(data for _, data in tree.files())


def test_a_file_that_is_too_large_is_refused_by_both(repository: Path) -> None:
    (repository / "contracts" / "common" / "Big.avsc").write_bytes(b" " * (MAX_BYTES + 10))
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "big")
    for tree in (FolderTree(repository / "contracts"), GitTree(repository, "main", "contracts")):
        found = load_workspace(tree).problems
        assert "common/Big.avsc" in {each.place.document for each in found}


@pytest.mark.parametrize(
    ("ref", "command"),
    [
        ("origin/next", "git fetch origin next:refs/remotes/origin/next"),
        ("feature/x", "git fetch origin feature/x"),
        ("0123456789abcdef0123456789abcdef01234567", "git fetch origin 0123456789"),
    ],
)
def test_a_missing_revision_names_the_command_that_brings_it(
    repository: Path, ref: str, command: str
) -> None:
    git(repository, "remote", "add", "origin", "https://example.com/x.git")
    with pytest.raises(WorkspaceError) as raised:
        GitTree(repository, ref)
    assert raised.value.hint.startswith(command)


def test_the_named_command_does_bring_it(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", str(clone))
    git(repository, "branch", "next")
    with pytest.raises(WorkspaceError) as raised:
        GitTree(clone, "origin/next")
    git(clone, *raised.value.hint.partition("   ")[0].split()[1:])
    assert dict(GitTree(clone, "origin/next", "contracts").files())


@pytest.mark.parametrize("ref", ["--upload-pack=x", "-h", "main:contracts", ""])
def test_what_is_no_revision_is_refused(repository: Path, ref: str) -> None:
    with pytest.raises(WorkspaceError):
        GitTree(repository, ref)


def test_a_folder_that_a_revision_does_not_have_is_named(repository: Path) -> None:
    with pytest.raises(WorkspaceError, match="`gone` does not exist in git:main"):
        list(GitTree(repository, "main", "gone").files())


def test_a_folder_without_git_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="git"):
        GitTree(tmp_path, "main")
