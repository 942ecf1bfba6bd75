"""One entry in a list of a YAML file: added at its end, or in the place of the one before it."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

from lading.cli.errors import UsageProblem
from lading.model import ContractError, locate, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from lading.model import Document


def write_entry(path: Path, key: str, entry: Mapping[str, str]) -> tuple[Mapping[str, Any], ...]:
    """Put the entry into the list `key` of the file; all around it stays as it is written.

    Returns:
        The entries for the same finding that it replaces.

    Raises:
        UsageProblem: the file is not what it should be, so that nothing was written.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    document = _read(path, text) if _says_something(text) else None
    listed = _listed(path, key, document)
    mine = [index for index, each in enumerate(listed) if _finding(each) == entry["finding"]]
    if document and mine:
        added = _replaced(document, key, mine, entry)
        wanted = [dict(entry) if index == mine[0] else each for index, each in enumerate(listed)]
        wanted = [each for index, each in enumerate(wanted) if index not in mine[1:]]
    else:
        added = _appended(text, key, entry, found=document is not None)
        wanted = [*listed, dict(entry)]
    if _again(path, added, key) != wanted:
        raise UsageProblem(
            f"the list `{key}` of {path} is not laid out as `lading fmt` does, so nothing was "
            "written",
            hint="write it as one `- ` for each entry, at the end of the file",
        )
    _write(path, added)
    return tuple(listed[index] for index in mine)


def _finding(entry: object) -> object:
    return entry.get("finding") if isinstance(entry, dict) else None


def _says_something(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _read(path: Path, text: str) -> Document:
    try:
        return read_document(path.name, text.encode())
    except ContractError as error:
        hint = "mend the file first; lading check shows where"
        raise UsageProblem(f"{path} cannot be added to: {error}", hint=hint) from error


def _listed(path: Path, key: str, document: Document | None) -> list[Any]:
    """The entries that are there; a list that is not written yet has none."""
    value = document.value if document else {key: []}
    found = (value.get(key) or []) if isinstance(value, dict) and key in value else None
    if not isinstance(found, list):
        raise UsageProblem(f"{path} has no list `{key}`", hint=f"begin it with `{key}:`")
    return found


def _again(path: Path, text: str, key: str) -> object:
    try:
        value = read_document(path.name, text.encode()).value
    except ContractError:
        return None
    return value.get(key) if isinstance(value, dict) else None


def _appended(text: str, key: str, entry: Mapping[str, str], *, found: bool) -> str:
    """The text with the entry at its end, in the layout of the others."""
    head = text if found else f"{text.rstrip()}\n{key}:\n".lstrip()
    opened = re.sub(rf"^({key}:) *\[\s*\]", r"\1", head, count=1, flags=re.MULTILINE)
    indent = re.findall(r"^( *)- ", opened, re.MULTILINE)[-1:] or ["  "]
    return f"{opened.rstrip()}\n{''.join(_lines(entry, indent[0]))}"


def _replaced(document: Document, key: str, mine: Sequence[int], entry: Mapping[str, str]) -> str:
    """The text with the entry in the place of the first of those that are `mine`."""
    lines = document.text.splitlines(keepends=True)
    for index in reversed(mine):
        start = locate(document, (key, index)).line - 1
        indent = len(lines[start]) - len(lines[start].lstrip(" "))
        new = list(_lines(entry, " " * indent)) if index == mine[0] else []
        lines[start : _end(lines, start, indent)] = new
    return "".join(lines)


def _end(lines: Sequence[str], start: int, indent: int) -> int:
    """Where the entry that starts there ends: before the next, and before remarks about that."""
    end = start + 1
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if len(line) - len(line.lstrip(" ")) <= indent:
            break
        end = number + 1
    return end


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105 - atomic, also over an existing file


def _lines(entry: Mapping[str, str], indent: str) -> Iterator[str]:
    sign = "- "
    for key, value in entry.items():
        yield f"{indent}{sign}{key}: {_scalar(value)}\n"
        sign = "  "


_PLAIN: Final = re.compile(r"[A-Za-z_][\w./-]*( [\w./-]+)*", re.ASCII)
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _scalar(text: str) -> str:
    """As people write it in YAML: without quotes where nobody takes it for something else."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)
