"""How the tests of the model read a document or a workspace, and what was wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lading.model import (
    Contract,
    ContractError,
    Document,
    Kind,
    Workspace,
    load_workspace,
    read_contract,
    read_document,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Found = tuple[str, int, int]

NAMES = {Kind.AVRO: "a.avsc", Kind.JSON: "a.json"}


def read(
    kind: Kind, text: str | dict[str, Any] | list[Any], references: Mapping[str, Any] | None = None
) -> Contract:
    """The contract in `text`; values are written as one line of JSON."""
    others = {name: _document(f"{name}.json", each) for name, each in (references or {}).items()}
    return read_contract(kind, _document(NAMES.get(kind, "a.yaml"), text), references=others)


def wrong(
    kind: Kind, text: str | dict[str, Any] | list[Any], references: Mapping[str, Any] | None = None
) -> list[Found]:
    """(code, line, column) of everything wrong with the contract in `text`."""
    try:
        read(kind, text, references)
    except ContractError as error:
        return found(error)
    return []


def unreadable(name: str, data: bytes) -> list[Found]:
    """(code, line, column) of everything the reader refuses."""
    try:
        read_document(name, data)
    except ContractError as error:
        return found(error)
    return []


def found(error: ContractError) -> list[Found]:
    """(code, line, column) of each problem."""
    return [(each.code, each.place.line, each.place.column) for each in error.problems]


def _document(name: str, text: str | dict[str, Any] | list[Any]) -> Document:
    written = text if isinstance(text, str) else json.dumps(text)
    return read_document(name, written.encode())


class Files:
    """A tree that is a mapping."""

    name = "files"

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = files

    def files(self) -> Iterator[tuple[str, bytes]]:
        for path, text in sorted(self._files.items()):
            yield path, text.encode() if isinstance(text, str) else text


def load(**files: str) -> Workspace:
    """A workspace; ``__`` in a keyword is ``/``, and its last ``_`` the dot."""
    return load_workspace(Files({_path(each): text for each, text in files.items()}))


def load_files(files: Mapping[str, str | bytes]) -> Workspace:
    """A workspace of these files."""
    return load_workspace(Files(files))


def _path(keyword: str) -> str:
    stem, _, suffix = keyword.replace("__", "/").rpartition("_")
    return f"{stem}.{suffix}"
