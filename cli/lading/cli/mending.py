"""Remedies to files: what ``--fix`` may write, and how it says what it did."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lading.cli.terminal import counted
from lading.compat.mend import mend
from lading.compat.report.frame import printable
from lading.compat.report.places import seen_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lading.compat import Verdict
    from lading.compat.mend import Judge, Mended
    from lading.model import Document

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class MendedFiles:
    """What came of it."""

    lines: tuple[str, ...]
    """One for each remedy, done or not."""
    written: bool
    """Whether a file was."""


def mend_files(
    root: Path, verdicts: Sequence[Verdict], judge: Judge, *, folder: str
) -> MendedFiles:
    """Put right what is safe to put right in the files under `root`.

    A file that a link leads out to, or that has another text than the one that was judged, is left
    as it is.
    """
    found = mend(verdicts, judge)
    unwritten: dict[str, str] = {}
    for name, (before, after) in found.documents.items():
        why = _write(root, before, after)
        if why:
            unwritten[name] = why
    written = bool(found.documents.keys() - unwritten)
    return MendedFiles(tuple(_said(found, unwritten, folder)), written)


def _said(found: Mended, unwritten: dict[str, str], folder: str) -> Iterator[str]:
    for done in found.done:
        place = seen_from(found.place(done), folder)
        why = unwritten.get(done.at.document)
        if why:
            yield printable(f"left   {place.document}  {why}")
        else:
            yield printable(f"fixed  {place.document}:{place.line}  {done.does}")
    for left in found.left:
        place = seen_from(left.place, folder)
        yield printable(f"left   {place.document}:{place.line}  not {left.does}: {left.why}")
    written = found.documents.keys() - unwritten
    if written:
        yield f"{counted(len(written), 'file')} changed"


def _write(root: Path, before: Document, after: Document) -> str:
    """Write the text over the file in one step; why not, where that would do harm."""
    path = (root / before.name).resolve()
    if not path.is_relative_to(root.resolve()):
        return "it is outside of the workspace, so it was left as it is"
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
        if text.removeprefix(_MARK) != before.text:
            return "its text changed meanwhile, so it was left as it is: run it again"
        mark = _MARK if text.startswith(_MARK) else ""
        replace_text(path, mark + after.text)
    except (OSError, UnicodeDecodeError) as error:
        return f"it was left as it is: {error}"
    return ""


def replace_text(path: Path, text: str) -> None:
    """Write beside the file, then over it: a crash leaves one of the two whole."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(text.encode())
    beside.chmod(path.stat().st_mode)
    os.replace(beside, path)  # noqa: PTH105 - atomic, also over an existing file
