"""``lading diff``: may this file follow that one?"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.errors import UsageProblem
from lading.cli.reports import Format, exit_code, is_foreign, rendered
from lading.cli.terminal import answer
from lading.cli.workspaces import file_in, in_repository
from lading.compat import Content, Level, Policy, Runtime, compare
from lading.compat import prove as with_examples
from lading.compat.runtimes import SPEC
from lading.model import (
    Compatibility,
    ContractError,
    Document,
    Kind,
    read_document,
)
from lading.model.firewall import inside, references
from lading.model.pointers import split
from lading.model.protoc import imports
from lading.model.reader import MAX_BYTES
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_STDIN: Final = "-"

app = application(__doc__ or "")


@command(app)
def diff(
    old: Annotated[
        Path,
        typer.Argument(
            help="The file in use: .avsc, OpenAPI, JSON Schema, taxonomy or mapping; - reads "
            "standard input."
        ),
    ],
    new: Annotated[
        Path,
        typer.Argument(help="The file that is to follow it; - for one of the two."),
    ],
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
    runtimes: Annotated[
        list[Runtime] | None,
        typer.Option(
            "--runtime",
            help="Who reads the Avro; may be given more than once. By default the specification.",
        ),
    ] = None,
    level: Annotated[
        Level, typer.Option(help="How far the promise goes: what lies beyond forbids nothing.")
    ] = Level.SEMANTIC,
    content: Annotated[
        Content, typer.Option("--policy", help="What JSON objects carry beside what they declare.")
    ] = Content.LENIENT,
    fill: Annotated[
        bool,
        typer.Option(
            "--defaults-fill", help="The default of a required JSON property stands for it."
        ),
    ] = False,
    today: Annotated[
        datetime | None,
        typer.Option(
            metavar="DAY",
            formats=["%Y-%m-%d"],
            help="The day to judge on: what was announced to go before it may go. By default the "
            "day it is.",
        ),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="How to write the result.")
    ] = Format.TEXT,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List compatible changes too.")
    ] = False,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Show each example whole, and say what has none."),
    ] = False,
) -> None:
    """Judge two files, without a workspace.

    Types that an Avro file names and does not define are looked for in the files beside it, and
    so are the files that a JSON Schema or an API refers to; for standard input in the current
    folder.

    Examples:
        lading diff old.avsc new.avsc
        git show main:new.avsc | lading diff - new.avsc
        lading diff api-v1.yaml api-v2.yaml --promise BACKWARD --format json
    """
    before, after = _sources(old, new, format_)
    read = {each.name: each.data for each in (before, after)}
    verdict = compare(
        before.data,
        after.data,
        kind=kind,
        promise=promise,
        policy=Policy(
            level=level,
            content=content,
            defaults_fill=fill,
            runtimes=runtimes or SPEC,
            today=(today or datetime.now(tz=UTC)).date(),
        ),
        names=(before.name, after.name),
        references=partial(_beside, {each.name: each for each in (before, after)}, read),
    )
    found = [with_examples(verdict)]
    answer(
        rendered(
            found, (), format_, root=Path(), folder="", verbose=verbose, prove=prove, texts=read
        )
    )
    raise typer.Exit(exit_code(found, ()))


@dataclass(frozen=True, slots=True)
class _Source:
    """One of the two, read once: a pipe gives its bytes one time only."""

    name: str
    path: Path
    data: bytes
    shown: Callable[[Path], str]
    """What another file is called in this report."""


def _sources(old: Path, new: Path, format_: Format) -> tuple[_Source, _Source]:
    if str(old) == str(new) == _STDIN:
        raise UsageProblem(
            "both files are standard input, which can be read once", hint="lading diff - NEW"
        )
    shown = in_repository if is_foreign(format_) else str
    return _source(old, shown), _source(new, shown)


def _source(path: Path, shown: Callable[[Path], str]) -> _Source:
    if str(path) == _STDIN:
        return _Source("stdin", Path("stdin"), sys.stdin.buffer.read(MAX_BYTES + 1), shown)
    return _Source(shown(path), path, _bytes(path), shown)


def _bytes(path: Path) -> bytes:
    """What is in a file or comes out of a pipe, and one byte more than the reader takes."""
    if path.is_dir():
        hint = f"lading check {path} --against FOLDER"
        raise UsageProblem(f"`{path}` is a folder, and diff takes files", hint=hint)
    if not path.exists():
        folder = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [each.name for each in folder.iterdir()])
        raise UsageProblem(f"there is no file `{path}`", hint=near or "lading diff OLD NEW")
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        hint = "give a file that may be read, or - and pipe it in"
        raise UsageProblem(f"cannot read {path}: {error.strerror}", hint=hint) from error


def _beside(
    sources: Mapping[str, _Source], read: dict[str, bytes], document: Document, kind: Kind
) -> dict[str, Document]:
    """What `document` may refer to: Avro types in the files beside it, files below its folder.

    What was read on the way is put into `read`, for the frames of problems.
    """
    source = sources[document.name]
    if kind is Kind.PROTOBUF:
        return _imported(document, source, read)
    return _avro_beside(source) if kind is Kind.AVRO else _referred(document, source, read)


def _imported(document: Document, source: _Source, read: dict[str, bytes]) -> dict[str, Document]:
    """The .proto files below the document's own folder that it imports, as in `_referred`."""
    folder = source.path.parent
    found: dict[str, Document] = {}
    waiting = imports(document)
    while waiting:
        name = waiting.pop()
        target = inside("", name)
        path = file_in(folder, target) if target and name not in found else None
        if path:
            shown = source.shown(path)
            read[shown] = _bytes(path)
            found[name] = read_document(shown, read[shown], aliases=True)
            waiting += imports(found[name])
    return found


def _avro_beside(source: _Source) -> dict[str, Document]:
    """Full name to document, for the Avro files in the same folder that can be read."""
    found = {}
    for each in sorted(source.path.parent.glob("*.avsc"))[:1000]:
        if each.name == source.path.name:
            continue
        try:
            document = read_document(source.shown(each), each.read_bytes(), aliases=True)
        except (ContractError, OSError):  # a neighbour that is not asked about
            continue
        node = document.value
        if isinstance(node, dict) and isinstance(node.get("name"), str):
            space, name = node.get("namespace"), str(node["name"])
            dotted = "." in name or not isinstance(space, str) or not space
            found[name if dotted else f"{space}.{name}"] = document
    return found


def _referred(document: Document, source: _Source, read: dict[str, bytes]) -> dict[str, Document]:
    """The files below the document's own folder that its references name.

    A link that leads out of that folder leads to none of them.
    """
    folder = source.path.parent
    found: dict[str, Document] = {}
    waiting = [("", document)]
    while waiting:
        base, each = waiting.pop()
        for text, _ in references(each):
            file, _pointer = split(text)
            target = inside(base, file) if file else None
            path = file_in(folder, target) if target and file not in found else None
            if target and path:
                name = source.shown(path)
                read[name] = _bytes(path)
                found[file] = read_document(name, read[name], aliases=True)
                waiting.append((target, found[file]))
    return found
