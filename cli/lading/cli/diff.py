"""``lading diff``: may this file follow that one?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.errors import UsageProblem
from lading.cli.reports import Format, exit_code, rendered
from lading.cli.terminal import answer
from lading.compat import judge
from lading.model import (
    Compatibility,
    Contract,
    ContractError,
    Document,
    Kind,
    kind_of_document,
    read_contract,
    read_document,
)
from lading.model.firewall import inside, references, split
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.compat import Verdict
    from lading.model import Problem

_Read = TypeVar("_Read")

app = application(__doc__ or "")


@command(app)
def diff(
    old: Annotated[
        Path,
        typer.Argument(help="The file in use: .avsc, OpenAPI, JSON Schema, taxonomy or mapping."),
    ],
    new: Annotated[Path, typer.Argument(help="The file that is to follow it.")],
    promise: Annotated[
        Compatibility | None,
        typer.Option(
            metavar="PROMISE",
            help=f"What is promised: {PROMISES} By default FULL for events, BACKWARD for the "
            "clients of an API.",
        ),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option(help="What the files are, where that does not show.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="How to write the result.")
    ] = Format.TEXT,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List compatible changes too.")
    ] = False,
) -> None:
    """Judge two files, without a workspace.

    Types that an Avro file names and does not define are looked for in the files beside it, and
    so are the files that a JSON Schema or an API refers to.

    Examples:
        lading diff old.avsc new.avsc
        lading diff api-v1.yaml api-v2.yaml --promise BACKWARD --format json
    """
    verdicts: list[Verdict] = []
    problems: tuple[Problem, ...] = ()
    try:
        verdicts = [judge(*_contracts(old, new, kind), promise)]
    except ContractError as error:
        problems = error.problems
    answer(rendered(verdicts, problems, format_, root=Path(), folder="", verbose=verbose))
    raise typer.Exit(exit_code(verdicts, problems))


def _contracts(old: Path, new: Path, said: Kind | None) -> tuple[Contract, Contract]:
    """Both files as contracts of one subject; every problem of both at once."""
    before, after = _both(lambda: _document(old), lambda: _document(new))
    kinds = _kind(before, said), _kind(after, said)
    if kinds[0] is not kinds[1]:
        raise UsageProblem(
            f"{old} is {kinds[0]} and {new} is {kinds[1]}", hint="compare like with like"
        )
    was, now = _both(
        lambda: _contract(before, kinds[0], old), lambda: _contract(after, kinds[1], new)
    )
    return was, replace(now, subject=was.subject)


def _both(first: Callable[[], _Read], second: Callable[[], _Read]) -> tuple[_Read, _Read]:
    """What both return, or one error with the problems of both."""
    found: list[_Read] = []
    problems: list[Problem] = []
    for each in (first, second):
        try:
            found.append(each())
        except ContractError as error:
            problems += error.problems
    if problems:
        raise ContractError(problems)
    return found[0], found[1]


def _document(path: Path) -> Document:
    if path.is_dir():
        hint = f"lading check {path} --against FOLDER"
        raise UsageProblem(f"`{path}` is a folder, and diff takes files", hint=hint)
    if not path.is_file():
        folder = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [each.name for each in folder.iterdir()])
        raise UsageProblem(f"there is no file `{path}`", hint=near or "lading diff OLD NEW")
    try:
        return read_document(str(path), path.read_bytes())
    except OSError as error:
        raise UsageProblem(f"cannot read {path}: {error.strerror}") from error


def _kind(document: Document, said: Kind | None) -> Kind:
    found = said or kind_of_document(document)
    if found is None:
        words = ", ".join(Kind)
        raise UsageProblem(
            f"{document.name} does not show what it is", hint=f"add --kind, one of {words}"
        )
    return found


def _contract(document: Document, kind: Kind, path: Path) -> Contract:
    beside = _avro_beside(path) if kind is Kind.AVRO else _referred(document, path)
    return read_contract(kind, document, references=beside)


def _avro_beside(path: Path) -> dict[str, Document]:
    """Full name to document, for the Avro files in the same folder that can be read."""
    found = {}
    for each in sorted(path.parent.glob("*.avsc"))[:1000]:
        if each.name == path.name:
            continue
        try:
            document = _document(each)
        except ContractError:  # a neighbour that is not asked about
            continue
        node = document.value
        if isinstance(node, dict) and isinstance(node.get("name"), str):
            space, name = node.get("namespace"), str(node["name"])
            dotted = "." in name or not isinstance(space, str) or not space
            found[name if dotted else f"{space}.{name}"] = document
    return found


def _referred(document: Document, path: Path) -> dict[str, Document]:
    """The files below the document's own folder that its references name."""
    found: dict[str, Document] = {}
    waiting = [("", document)]
    while waiting:
        base, each = waiting.pop()
        for text, _ in references(each):
            file, _pointer = split(text)
            target = inside(base, file) if file else None
            if target and file not in found and (path.parent / target).is_file():
                found[file] = _document(path.parent / target)
                waiting.append((target, found[file]))
    return found
