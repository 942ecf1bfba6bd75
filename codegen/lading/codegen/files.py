"""Generated files on disk: written, removed when stale, and compared."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def write(files: Mapping[str, str | bytes], folder: Path) -> tuple[str, ...]:
    """Bring `folder` in line with `files`; returns the paths that changed, sorted.

    Files that an earlier run generated and this one does not are removed; anything else in the
    folder is left alone.
    """
    changed = tuple(check(files, folder))
    for path in changed:
        target = folder / path
        if path not in files:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_bytes(files[path]))
    return changed


def check(files: Mapping[str, str | bytes], folder: Path) -> tuple[str, ...]:
    """The paths in `folder` that are not what `files` says: missing, different or left over."""
    stale = {path for path, content in files.items() if _read(folder / path) != _bytes(content)}
    return tuple(sorted(stale | set(_left_over(files, folder))))


def _left_over(files: Mapping[str, str | bytes], folder: Path) -> Iterator[str]:
    """Paths that the manifests in `folder` call generated, exist, and are no longer wanted."""
    for manifest in sorted(folder.glob("*/contract.json")):
        for path in _listed(manifest):
            if path not in files and _inside(path) and (folder / path).is_file():
                yield path


def _listed(manifest: Path) -> list[str]:
    try:
        listed = json.loads(manifest.read_bytes())["files"]
    except (ValueError, KeyError, TypeError):
        return []  # not one of ours
    return [path for path in listed if isinstance(path, str)] if isinstance(listed, list) else []


def _inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and "\\" not in path


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
