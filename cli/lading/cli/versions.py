"""Where the version number of a contract is written, so that a report can point at it."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from lading.cli.workspaces import document_in
from lading.model import Kind, Place, locate
from lading.model.pointers import MISSING, resolve
from lading.model.terms import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.model import Contract, Document
    from lading.model.document import Pointer


def version_place(root: Path, contract: Contract) -> Place:
    """Where its number stands: in the document, else in the nearest ``contract.yaml``.

    Where none is found it is the start of the document.
    """
    own = contract.document
    candidates = [(own, _INSIDE[contract.kind])] if contract.kind in _INSIDE else []
    for document, pointer in (*candidates, *_around(root, own.name)):
        if resolve(document.value, pointer) not in (None, MISSING):
            return locate(document, pointer)
    return Place(own.name)


_INSIDE = {
    Kind.OPENAPI: ("info", "version"),
    Kind.TAXONOMY: ("version",),
    Kind.MAPPING: ("version",),
}


def _around(root: Path, name: str) -> Iterator[tuple[Document, Pointer]]:
    """The places that may say it from outside, the nearest first."""
    folder, stem = dirname(name), name.rpartition("/")[2].rpartition(".")[0]
    pointers: list[Pointer] = [("contracts", stem, "version"), ("version",)]
    while True:
        found = document_in(root, f"{folder}/{FILE}" if folder else FILE)
        if found:
            yield from ((found, each) for each in pointers)
        if not folder:
            return
        folder, pointers = dirname(folder), [("version",)]
