"""Where the files of a workspace come from: a folder, or a git revision of one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from lading.model.errors import WorkspaceError
from lading.model.reader import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUFFIXES: Final = (".avsc", ".json", ".yaml", ".yml", ".toml")
MAX_FILES: Final = 20_000
MAX_LINKS: Final = 10
_LINK: Final = "120000"
_HEADER: Final = re.compile(rb"[0-9a-f]+ blob (\d+)")
_SECONDS: Final = 60


class Tree(Protocol):
    """A set of named files. May say in `refused` which it does not hand out."""

    @property
    def name(self) -> str:
        """What to call it in front of people."""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """(path, content) of each contract file, sorted by path; ``/`` separates folders."""


@runtime_checkable
class PickyTree(Tree, Protocol):
    """A tree that leaves files out and says so."""

    def refused(self) -> Iterator[tuple[str, str]]:
        """(path, reason) of each contract file that `files` does not yield."""


class FolderTree:
    """The files of a folder as they are now; hidden ones are left, links may not lead out."""

    def __init__(self, path: Path) -> None:
        self._root = path
        if not path.is_dir():
            raise WorkspaceError(
                f"there is no folder `{path}`", hint="give the path of a workspace"
            )

    @property
    def name(self) -> str:
        """The path as given."""
        return str(self._root)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Read each file when it is asked for; at most one byte more than the reader accepts."""
        for name, path in self._named():
            if not self._why_not(path):
                with path.open("rb") as file:
                    yield name, file.read(MAX_BYTES + 1)

    def refused(self) -> Iterator[tuple[str, str]]:
        """(path, reason) of each contract file that cannot be read, or that a link leads out to."""
        for name, path in self._named():
            reason = self._why_not(path)
            if reason:
                yield name, reason

    def _why_not(self, path: Path) -> str:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self._root)):
            return "the link leads out of the workspace"
        if not path.is_file():
            return "the link leads to nothing" if path.is_symlink() else "it is no regular file"
        return "" if os.access(path, os.R_OK) else "it may not be read"

    def _named(self) -> list[tuple[str, Path]]:
        return sorted((path.relative_to(self._root).as_posix(), path) for path in self._paths())

    def _paths(self) -> Iterator[Path]:
        count = 0
        for folder, folders, names in os.walk(self._root):
            folders[:] = [each for each in folders if not each.startswith(".")]
            for name in names:
                if name.endswith(SUFFIXES) and not name.startswith("."):
                    count += 1
                    if count > MAX_FILES:
                        raise WorkspaceError(
                            f"`{self._root}` holds more than {MAX_FILES} contract files"
                        )
                    yield Path(folder) / name


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a listing."""

    blob: str
    size: int
    is_link: bool


class GitTree:
    """The files of a folder as they are in a git revision; from the object store, no checkout."""

    def __init__(self, repository: Path, ref: str, path: str = "") -> None:
        self._repository = repository
        self._ref = ref
        self._path = path.strip("/")
        self._commit = self._resolve()

    @property
    def name(self) -> str:
        """The revision, as ``git:main``."""
        return f"git:{self._ref}"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Read all blobs with one ``git cat-file --batch``."""
        listed = self._listing()
        blobs = self._blobs({each.blob for each in listed.values() if each.size <= MAX_BYTES})
        for name in sorted(listed):
            found = self._target(name, listed, blobs)
            if found and found.blob in blobs and not _is_hidden(name):
                yield name, blobs[found.blob]

    def refused(self) -> Iterator[tuple[str, str]]:
        """(path, reason) of each file that is too large, and each link that leads out."""
        listed = self._listing()
        links = {each.blob for each in listed.values() if each.is_link}
        blobs = self._blobs(links)
        for name in sorted(listed):
            found = self._target(name, listed, blobs)
            if not found and not _is_hidden(name):
                yield name, "the link leads out of the workspace, or to nothing"
            elif found and found.size > MAX_BYTES and not _is_hidden(name):
                yield name, "it has more than 4 MiB"

    def _target(
        self, name: str, listed: Mapping[str, _Entry], blobs: Mapping[str, bytes]
    ) -> _Entry | None:
        """The file that `name` is, or leads to as a link, within the folder."""
        for _ in range(MAX_LINKS):
            entry = listed.get(name)
            if entry is None or not entry.is_link:
                return entry
            name = normpath(join(dirname(name), blobs[entry.blob].decode("utf-8", "replace")))
        return None

    def _blobs(self, wanted: set[str]) -> dict[str, bytes]:
        """The content of each blob, by one ``git cat-file --batch``."""
        order = sorted(wanted)
        batch = "".join(f"{blob}\n" for blob in order).encode()
        data = _git(self._repository, "cat-file", "--batch", stdin=batch) if order else b""
        found: dict[str, bytes] = {}
        start = 0
        for blob in order:
            end = data.index(b"\n", start)
            size = self._size(blob, data[start:end])
            found[blob] = data[end + 1 : end + 1 + size]
            start = end + size + 2
        return found

    def _size(self, blob: str, header: bytes) -> int:
        """How long the object is, which git says before it: ``<hash> blob <size>``."""
        said = _HEADER.fullmatch(header)
        if said is None:
            raise self._lost(blob)
        return int(said[1])

    def _lost(self, blob: str) -> WorkspaceError:
        return WorkspaceError(
            f"the object {blob} of {self.name} is missing or damaged in {self._repository}",
            hint="git fsck --full lists all that are; a fresh clone has them",
        )

    def _listing(self) -> dict[str, _Entry]:
        spec = f"{self._commit}:{self._path}" if self._path else f"{self._commit}:"
        try:
            listing = _git(self._repository, "ls-tree", "-r", "-l", "-z", spec)
        except WorkspaceError as error:
            raise WorkspaceError(
                f"`{self._path or '.'}` does not exist in {self.name}",
                hint="name a revision that has the contracts",
            ) from error
        found: dict[str, _Entry] = {}
        for line in listing.decode("utf-8", "surrogateescape").split("\0"):
            meta, _, name = line.partition("\t")
            mode, _, blob = meta.partition(" ")
            if name.endswith(SUFFIXES) and mode in {"100644", "100755", _LINK}:
                _, hash_, size = blob.split()
                if not size.isdecimal():  # `BAD`
                    raise self._lost(hash_)
                found[name] = _Entry(hash_, int(size), is_link=mode == _LINK)
        if len(found) > MAX_FILES:
            raise WorkspaceError(f"{self.name} holds more than {MAX_FILES} contract files")
        return found

    def _resolve(self) -> str:
        if self._ref.startswith("-"):
            raise WorkspaceError(f"`{self._ref}` is no git revision")
        try:
            found = _git(
                self._repository, "rev-parse", "--verify", "--quiet", f"{self._ref}^{{commit}}"
            )
        except WorkspaceError as error:
            fetch = self._fetch()
            raise WorkspaceError(
                f"git knows no revision `{self._ref}` in {self._repository}",
                hint=f"{fetch}   (a shallow clone: git fetch --unshallow)",
            ) from error
        return found.decode().strip()

    def _fetch(self) -> str:
        """The command that would bring the revision here."""
        if any(mark in self._ref for mark in "~^@"):
            return "git fetch --deepen=100"
        remotes = _git(self._repository, "remote").decode().split() or ["origin"]
        remote, _, branch = self._ref.partition("/")
        if branch and remote in remotes:
            return f"git fetch {remote} {branch}:refs/remotes/{self._ref}"
        known = "origin" if "origin" in remotes else remotes[0]
        return f"git fetch {known} {self._ref}"


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _git(repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    import subprocess

    command = ["git", "-C", str(repository), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision that looks like an option is refused
            command, input=stdin, capture_output=True, check=False, timeout=_SECONDS
        )
    except FileNotFoundError as error:
        raise WorkspaceError(
            "git is not installed", hint="install git, or compare with a folder"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise WorkspaceError(f"git {arguments[0]} took more than {_SECONDS} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip() or "no reason given"
        raise WorkspaceError(f"git {arguments[0]} failed: {said}")
    return done.stdout
