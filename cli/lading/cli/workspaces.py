"""Which workspace a command means, and what it is compared with."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lading.cli.errors import Undecidable, UsageProblem
from lading.compat import History
from lading.compat.promise import promises
from lading.governance.decisions import NOTHING, Decisions, decisions_of
from lading.model import (
    ContractError,
    FolderTree,
    GitTree,
    Kind,
    Place,
    Settings,
    Slot,
    WorkspaceError,
    find_workspace,
    load_workspace,
    locate,
    read_document,
)
from lading.model.settings import REGISTRY
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model import (
        Compatibility,
        Consumer,
        Contract,
        Document,
        Origin,
        Problem,
        Workspace,
    )
    from lading.model.settings import Check

_TRUNKS: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
_NO_REVISION: Final = ("/", "./", "../", "~")
"""How a path begins, and no git revision does."""
_ANY_BASELINE: Final = "give a folder, a git revision, a registry's address or the word registry"


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
    folder: str = ""
    """Put before the names of its documents, as `Opened.folder` is before those of today."""
    histories: Mapping[str, History] | None = None
    """All versions of each contract of a transitive promise; `None`: it knows one of each."""


def prefix(root: Path) -> str:
    """`root` as typed from here, absolute where that would climb; ends with ``/``."""
    path = os.path.relpath(root)
    shown = "" if path == "." else str(root.resolve()) if path.startswith("..") else path
    return f"{shown.rstrip('/')}/" if shown else ""


def repository_folder(root: Path) -> str:
    """`root` from the top of its git repository, ends with ``/``; as typed from here without one.

    Code hosts know a file by that name, wherever the command runs.
    """
    inside = _in_repository(root, root)
    return prefix(root) if inside is None else f"{inside}/".removeprefix("./")


def in_repository(path: Path) -> str:
    """A file from the top of its git repository; as it was typed where it is in none."""
    found = _in_repository(path.parent, path)
    return str(path) if found is None else found


def _in_repository(folder: Path, path: Path) -> str | None:
    top = repository_of(folder) if folder.is_dir() else None
    real = path.parent.resolve() / path.name if path.name else path.resolve()
    inside = top is not None and real.is_relative_to(top.resolve())
    return real.relative_to(top.resolve()).as_posix() if top and inside else None


def open_workspace(path: Path) -> Opened:
    """Find and read the workspace at or above `path`."""
    root = find_workspace(path)
    return Opened(root, load_workspace(FolderTree(root)))


def registry_address(path: Path = Path()) -> str:
    """The registry that the workspace at or above `path` names, if there is one; see `named`."""
    try:
        return named(open_workspace(path).workspace.settings)
    except WorkspaceError:
        return named(Settings())


def named(settings: Settings) -> str:
    """The registry of ``lading.toml``, else that of ``LADING_REGISTRY``, else the usual one."""
    return settings.registry_url or os.environ.get("LADING_REGISTRY") or REGISTRY


def baseline(
    opened: Opened, against: str | None, promise: Compatibility | None = None
) -> Baseline | None:
    """What to compare with; `None` when nothing was named and git knows nothing either.

    A registry gives all versions of what has a transitive promise, by `promise` or its own terms.

    Raises:
        UsageProblem: what was named is empty, a file, or the workspace itself.
        Undecidable: what was named cannot be read.
    """
    try:
        return _from_git(opened) if against is None else _named(opened, against, promise)
    except UsageProblem:
        raise
    except WorkspaceError as error:
        raise Undecidable(error.message, hint=error.hint) from error


def _named(opened: Opened, against: str, promise: Compatibility | None) -> Baseline:
    if against.strip() in {"", "git:", "registry:"}:
        raise UsageProblem(
            f"`--against {against}` names nothing: is a variable empty?",
            hint="name a git revision, a folder, a registry's address or the word registry, or "
            "leave --against out",
        )
    if against == "registry" or against.startswith(("http://", "https://", "registry:")):
        url = against.removeprefix("registry:") if against != "registry" else ""
        return _from_registry(opened, url or named(opened.workspace.settings), promise)
    if against.startswith("git:"):
        return _at_revision(opened, against.removeprefix("git:"))
    if Path(against).is_dir():
        return _from_folder(opened, Path(against))
    if Path(against).exists():
        raise UsageProblem(
            f"`{against}` is a file, and a workspace is compared with a whole one",
            hint=f"lading diff {against} NEW",
        )
    if against.startswith(_NO_REVISION):
        raise Undecidable(f"there is no folder `{against}`", hint=_near(against) or _ANY_BASELINE)
    if repository_of(opened.root) is None:
        raise Undecidable(
            f"there is no folder `{against}`, and {opened.root} is not in a git repository",
            hint=_near(against) or _ANY_BASELINE,
        )
    return _at_revision(opened, against)


def _near(path: str) -> str:
    """The folder beside it that was meant."""
    parent = Path(path).parent
    known = [each.name for each in parent.iterdir()] if parent.is_dir() else []
    return did_you_mean(Path(path).name, known)


def _from_folder(opened: Opened, path: Path) -> Baseline:
    root = find_workspace(path)
    if root.resolve() == opened.root.resolve():
        raise UsageProblem(
            f"`{path}` leads to {root}, the workspace that is to be checked",
            hint="name a folder that holds an earlier one, or a git revision",
        )
    workspace = load_workspace(FolderTree(root))
    return _baseline(str(path), workspace, prefix(root))


def file_in(root: Path, name: str) -> Path | None:
    """The file of that name, unless a link leads to it from the workspace at `root` out of it."""
    path = root / name
    inside = path.resolve().is_relative_to(root.resolve())
    return path if inside and path.is_file() else None


def document_in(root: Path, name: str) -> Document | None:
    """The document of that name in the workspace at `root`, if it can be read."""
    path = file_in(root, name)
    try:
        return read_document(name, path.read_bytes()) if path else None
    except (OSError, ContractError):
        return None


def place_in(root: Path, origin: Origin) -> Place:
    """Where a node of a file of the workspace stands; the file's start when it cannot be read."""
    document = document_in(root, origin.document)
    return locate(document, origin.pointer) if document else Place(origin.document)


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


def is_transitive(
    contract: Contract, promise: Compatibility | None, promises_: Mapping[str, Compatibility]
) -> bool:
    """Whether what is promised about it holds against all of its versions.

    An API carries no events, so what is promised about those is not about it.
    """
    held = promises(contract, promise, promises_)
    slots = [slot for slot in held if contract.kind is not Kind.OPENAPI or slot is not Slot.EVENT]
    return any(held[slot].transitive for slot in slots)


def _baseline(name: str, workspace: Workspace, folder: str) -> Baseline:
    return Baseline(
        name,
        promised(workspace),
        workspace.consumers,
        workspace.problems,
        workspace.settings.promises,
        workspace.settings.check,
        decisions_of(workspace),
        folder,
    )


def _from_registry(opened: Opened, url: str, promise: Compatibility | None) -> Baseline:
    """What is registered; where that makes no promise, the registry takes the workspace's."""
    from lading.registry.client import Client, Unreachable
    from lading.registry.errors import RegistryError

    defaults = opened.workspace.settings.promises
    try:
        client = Client(url)
        contracts = tuple(client.fetch_contracts())
        histories = {
            str(each.subject): History(client.fetch_history(each.subject))
            for each in contracts
            if is_transitive(each, promise, defaults) and opened.workspace.contract(each.subject)
        }
    except Unreachable as error:
        hint = "start one with `lading serve`, or give another address to --against"
        raise Undecidable(error.message, hint=hint) from error
    except RegistryError as error:
        raise Undecidable(error.message, hint=error.hint) from error
    except ContractError as error:
        message = f"a contract of {url} cannot be read: {error.problems[0].message}"
        raise Undecidable(message, hint="compare with a git revision, or a newer lading") from error
    return Baseline(url, contracts, promises=defaults, histories=histories)


def _at_revision(opened: Opened, ref: str) -> Baseline:
    root = opened.root
    repository = repository_of(root)
    if repository is None:
        raise Undecidable(f"{root} is not in a git repository", hint="compare with a folder")
    inside = root.resolve().relative_to(repository.resolve()).as_posix()
    tree = GitTree(repository, ref, "" if inside == "." else inside)
    workspace = load_workspace(tree)
    return _baseline(f"git:{ref}", workspace, opened.folder)


def _from_git(opened: Opened) -> Baseline | None:
    """The point where this branch left the trunk; the last commit on the trunk itself."""
    repository = repository_of(opened.root)
    if repository is None or not _git(repository, "rev-parse", "--verify", "--quiet", "HEAD"):
        return None
    for trunk in _TRUNKS:
        commit = _git(repository, "merge-base", "HEAD", trunk)
        if commit:
            try:
                found = _at_revision(opened, commit)
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
