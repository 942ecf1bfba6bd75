"""Which workspace a command means, and what it is compared with."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lading.cli.errors import Undecidable, UsageProblem
from lading.governance.decisions import NOTHING, Decisions, decisions_of
from lading.model import (
    ContractError,
    FolderTree,
    GitTree,
    Kind,
    Place,
    Settings,
    WorkspaceError,
    find_workspace,
    load_workspace,
    locate,
    read_document,
)
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model import Compatibility, Consumer, Contract, Origin, Problem, Workspace
    from lading.model.settings import Check

_TRUNKS: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace in a folder."""

    root: Path
    workspace: Workspace

    @property
    def folder(self) -> str:
        """The folder as it is typed from here, with a slash at its end; empty for here itself."""
        return prefix(self.root)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the present contracts are compared with."""

    name: str
    contracts: tuple[Contract, ...]
    consumers: tuple[Consumer, ...] = ()
    problems: tuple[Problem, ...] = ()
    promises: Mapping[str, Compatibility] = field(default_factory=lambda: Settings().promises)
    """What it promises where a contract does not say."""
    check: Check | None = None
    """By what else it judges; `None`: it does not know."""
    decisions: Decisions = NOTHING
    """What was decided there."""


def prefix(root: Path) -> str:
    """`root` as typed from here, absolute where that would climb; ends with ``/``."""
    path = os.path.relpath(root)
    shown = "" if path == "." else str(root.resolve()) if path.startswith("..") else path
    return f"{shown.rstrip('/')}/" if shown else ""


def open_workspace(path: Path) -> Opened:
    """Find and read the workspace at or above `path`."""
    root = find_workspace(path)
    return Opened(root, load_workspace(FolderTree(root)))


def baseline(opened: Opened, against: str | None) -> Baseline | None:
    """What to compare with; `None` when nothing was named and git knows nothing either.

    Raises:
        Undecidable: what was named cannot be read.
    """
    try:
        return _named(opened, against) if against else _from_git(opened.root)
    except UsageProblem:
        raise
    except WorkspaceError as error:
        raise Undecidable(error.message, hint=error.hint) from error


def _named(opened: Opened, against: str) -> Baseline:
    if against == "registry" or against.startswith(("http://", "https://", "registry:")):
        url = against.removeprefix("registry:") if against != "registry" else ""
        return _from_registry(url or opened.workspace.settings.registry_url)
    if against.startswith("git:"):
        return _at_revision(opened.root, against.removeprefix("git:"))
    if Path(against).is_dir():
        return _from_folder(Path(against))
    if Path(against).exists():
        raise UsageProblem(
            f"`{against}` is a file, and a workspace is compared with a whole one",
            hint=f"lading diff {against} NEW",
        )
    if repository_of(opened.root) is None:
        near = did_you_mean(against, [each.name for each in Path().iterdir()])
        raise Undecidable(
            f"there is no folder `{against}`, and {opened.root} is not in a git repository",
            hint=near or "give a folder, a git revision, a registry's address or the word registry",
        )
    return _at_revision(opened.root, against)


def _from_folder(path: Path) -> Baseline:
    root = find_workspace(path)
    workspace = load_workspace(FolderTree(root))
    return _baseline(str(path), workspace)


def place_in(root: Path, origin: Origin) -> Place:
    """Where a node of a file of the workspace stands; the file's start when it cannot be read."""
    try:
        document = read_document(origin.document, (root / origin.document).read_bytes())
    except (OSError, ContractError):
        return Place(origin.document)
    return locate(document, origin.pointer)


def promised(workspace: Workspace) -> tuple[Contract, ...]:
    """The contracts, each with the promise it is held to: its own, else the workspace's.

    An API without one keeps none: its requests and responses have a default each.
    """
    return tuple(
        each
        if each.kind is Kind.OPENAPI
        else replace(each, terms=replace(each.terms, promise=workspace.promise(each)))
        for each in workspace.contracts
    )


def _baseline(name: str, workspace: Workspace) -> Baseline:
    return Baseline(
        name,
        promised(workspace),
        workspace.consumers,
        workspace.problems,
        workspace.settings.promises,
        workspace.settings.check,
        decisions_of(workspace),
    )


def _from_registry(url: str) -> Baseline:
    from lading.registry.client import Client
    from lading.registry.errors import RegistryError

    try:
        return Baseline(url, tuple(Client(url).fetch_contracts()))
    except RegistryError as error:
        raise Undecidable(error.message, hint=error.hint) from error


def _at_revision(root: Path, ref: str) -> Baseline:
    repository = repository_of(root)
    if repository is None:
        raise Undecidable(f"{root} is not in a git repository", hint="compare with a folder")
    inside = root.resolve().relative_to(repository.resolve()).as_posix()
    tree = GitTree(repository, ref, "" if inside == "." else inside)
    workspace = load_workspace(tree)
    return _baseline(f"git:{ref}", workspace)


def _from_git(root: Path) -> Baseline | None:
    """The point where this branch left the trunk; the last commit on the trunk itself."""
    repository = repository_of(root)
    if repository is None or not _git(repository, "rev-parse", "--verify", "--quiet", "HEAD"):
        return None
    for trunk in _TRUNKS:
        commit = _git(repository, "merge-base", "HEAD", trunk)
        if commit:
            try:
                found = _at_revision(root, commit)
            except WorkspaceError:  # the contracts are newer than that commit
                return Baseline(f"{trunk} ({commit[:10]}), which has no contracts yet", ())
            return replace(found, name=f"{trunk} ({commit[:10]})")
    return None


def repository_of(path: Path) -> Path | None:
    """The top folder of the git repository that `path` is in."""
    top = _git(path, "rev-parse", "--show-toplevel")
    return Path(top) if top else None


def _git(folder: Path, *arguments: str) -> str:
    """What git answers; nothing when it has no answer or is not there."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, our own words
            command, capture_output=True, text=True, check=False, timeout=30
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
