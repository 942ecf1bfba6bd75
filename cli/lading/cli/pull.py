"""``lading pull``: write registered contracts into a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.exit_codes import ExitCode
from lading.cli.terminal import answer
from lading.model import Kind
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from lading.model import Contract

app = application(__doc__ or "")


@command(app)
def pull(
    subjects: Annotated[
        list[str] | None, typer.Argument(help="Subjects to pull; all of them by default.")
    ] = None,
    registry: Annotated[
        str, typer.Option(help="Address of the registry.")
    ] = "http://127.0.0.1:8081",
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("contracts"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
) -> None:
    """Write registered contracts into a folder, laid out as a workspace.

    Examples:
        lading pull --out contracts
        lading pull logistics.shipment.v1.ShipmentConfirmed
    """
    from lading.registry.client import Client

    client = Client(registry)
    wanted = set(subjects or ())
    known = client.subjects()
    for each in sorted(wanted - set(known)):
        raise UsageProblem(f"{registry} has no subject `{each}`", hint=did_you_mean(each, known))
    files = {path_of(each): text_of(each) for each in client.fetch_contracts(wanted or None)}
    differing = [path for path, text in files.items() if _differs(out / path, text)]
    if differing and not force:
        raise UsageProblem(
            f"{len(differing)} files in {out} differ, for instance {differing[0]}; "
            "nothing was written",
            hint="look at them, or overwrite them with --force",
        )
    for path, text in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8", newline="\n")
    answer(f"{len(files)} contracts written to {out}/")
    raise typer.Exit(ExitCode.CLEAN)


def path_of(contract: Contract) -> str:
    """Where a workspace keeps `contract`. Subjects are names from outside: no step may climb."""
    parts = [_file_name(each) for each in contract.subject.split(".")]
    if contract.kind is Kind.AVRO:
        return "/".join(("events", *(parts[-3:-2] or parts[:1]), f"{parts[-1]}.avsc"))
    stem = ".".join(parts[1:-1] or parts)
    if contract.kind is Kind.MAPPING:
        return f"mappings/{'.'.join(parts[1:2]) or 'list'}/{'.'.join(parts[2:-1]) or stem}.yaml"
    folders = {
        Kind.TAXONOMY: ("taxonomies", "yaml"),
        Kind.OPENAPI: ("apis", "yaml"),
        Kind.JSON: ("schemas", "json"),
    }
    folder, suffix = folders[contract.kind]
    return f"{folder}/{stem}.{suffix}"


def text_of(contract: Contract) -> str:
    """The text as a person wants it: JSON indented, YAML as it was registered."""
    document = contract.document
    if contract.kind in {Kind.AVRO, Kind.JSON}:
        return json.dumps(document.value, indent=2, ensure_ascii=False) + "\n"
    return document.text.rstrip() + "\n"


def _file_name(part: str) -> str:
    safe = "".join(each if each.isalnum() or each in "-_" else "-" for each in part)
    return safe or "-"


def _differs(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8", errors="replace") != text
