"""``lading diff``: may this file follow that one?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.errors import UsageProblem
from lading.cli.reports import Format, exit_code, rendered
from lading.cli.terminal import answer
from lading.compat import Content, Level, Policy, Runtime, compare
from lading.compat import prove as with_examples
from lading.compat.runtimes import SPEC
from lading.model import (
    Compatibility,
    ContractError,
    Document,
    Kind,
    kind_of_document,
    read_document,
)
from lading.model.firewall import inside, references, split
from lading.model.protoc import imports
from lading.model.suggest import did_you_mean

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
    so are the files that a JSON Schema or an API refers to.

    Examples:
        lading diff old.avsc new.avsc
        lading diff api-v1.yaml api-v2.yaml --promise BACKWARD --format json
    """
    verdict = compare(
        _source(old),
        _source(new),
        kind=_kind((old, new), kind),
        promise=promise,
        policy=Policy(
            level=level,
            content=content,
            defaults_fill=fill,
            runtimes=runtimes or SPEC,
            today=(today or datetime.now(tz=UTC)).date(),
        ),
        names=(str(old), str(new)),
        references=_beside,
    )
    found = [with_examples(verdict)]
    answer(rendered(found, (), format_, root=Path(), folder="", verbose=verbose, prove=prove))
    raise typer.Exit(exit_code(found, ()))


def _source(path: Path) -> bytes:
    if path.is_dir():
        hint = f"lading check {path} --against FOLDER"
        raise UsageProblem(f"`{path}` is a folder, and diff takes files", hint=hint)
    if not path.is_file():
        folder = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [each.name for each in folder.iterdir()])
        raise UsageProblem(f"there is no file `{path}`", hint=near or "lading diff OLD NEW")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"cannot read {path}: {error.strerror}") from error


def _kind(paths: tuple[Path, Path], said: Kind | None) -> Kind | None:
    """The kind that was named, or that both files show; what cannot be read shows none."""
    if said:
        return said
    found: dict[Path, Kind] = {}
    for path in paths:
        try:
            document = read_document(str(path), path.read_bytes())
        except ContractError:
            return None  # the verdict will say what is wrong with it
        kind = kind_of_document(document)
        if kind is None:
            hint = f"add --kind, one of {', '.join(Kind)}"
            raise UsageProblem(f"{path} does not show what it is", hint=hint)
        found[path] = kind
    if len(set(found.values())) > 1:
        old, new = paths
        message = f"{old} is {found[old]} and {new} is {found[new]}"
        raise UsageProblem(message, hint="compare like with like")
    return None


def _beside(document: Document, kind: Kind) -> dict[str, Document]:
    """What `document` may refer to: Avro types in the files beside it, files below its folder."""
    path = Path(document.name)
    if kind is Kind.PROTOBUF:
        return _imported(document, path.parent)
    return _avro_beside(path) if kind is Kind.AVRO else _referred(document, path)


def _imported(document: Document, folder: Path) -> dict[str, Document]:
    """The .proto files below the document's own folder that it imports."""
    found: dict[str, Document] = {}
    waiting = imports(document)
    while waiting:
        name = waiting.pop()
        if name not in found and (folder / name).is_file():
            found[name] = _read(folder / name)
            waiting += imports(found[name])
    return found


def _avro_beside(path: Path) -> dict[str, Document]:
    """Full name to document, for the Avro files in the same folder that can be read."""
    found = {}
    for each in sorted(path.parent.glob("*.avsc"))[:1000]:
        if each.name == path.name:
            continue
        try:
            document = read_document(str(each), each.read_bytes())
        except (ContractError, OSError):  # a neighbour that is not asked about
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
                found[file] = _read(path.parent / target)
                waiting.append((target, found[file]))
    return found


def _read(path: Path) -> Document:
    return read_document(str(path), _source(path))
