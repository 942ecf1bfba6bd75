"""``lading pull``: write registered contracts into a folder."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.exit_codes import ExitCode
from lading.cli.terminal import answer, counted
from lading.cli.workspaces import registry_address
from lading.model import Kind
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lading.model import Contract

app = application(__doc__ or "")


@command(app)
def pull(
    subjects: Annotated[
        list[str] | None, typer.Argument(help="Subjects to pull; all of them by default.")
    ] = None,
    registry: Annotated[
        str | None,
        typer.Option(
            help="Address of the registry; by default that of lading.toml, or LADING_REGISTRY."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("contracts"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.")] = False,
) -> None:
    """Write registered contracts into a folder, laid out as a workspace.

    Examples:
        lading pull --out contracts
        lading pull logistics.shipment.v1.ShipmentConfirmed
    """
    from lading.registry.client import Client

    url = registry or registry_address(out if out.exists() else Path())
    client = Client(url)
    wanted = set(subjects or ())
    known = client.subjects()
    for each in sorted(wanted - set(known)):
        raise UsageProblem(f"{url} has no subject `{each}`", hint=did_you_mean(each, known))
    placed = places(client.fetch_contracts(wanted or None))
    files = {path: text_of(each) for path, each in placed.items()}
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
    answer(f"{counted(len(files), 'contract')} written to {out}/")
    raise typer.Exit(ExitCode.CLEAN)


def places(contracts: Iterable[Contract]) -> dict[str, Contract]:
    """Path to contract; contracts that would share a file get the longer path.

    Raises:
        UsageProblem: even then two would share one, and the first would be lost.
    """
    found = list(contracts)
    shared = Counter(path_of(each).casefold() for each in found)
    paths = {
        each.subject: path_of(each, whole=shared[path_of(each).casefold()] > 1) for each in found
    }
    taken: dict[str, str] = {}
    for subject, path in paths.items():
        other = taken.setdefault(path.casefold(), subject)
        if other != subject:
            raise UsageProblem(
                f"`{other}` and `{subject}` would both be {path}; nothing was written",
                hint="pull them one by one into folders of their own",
            )
    return {paths[each.subject]: each for each in found}


def path_of(contract: Contract, *, whole: bool = False) -> str:
    """Where a workspace keeps `contract`; `whole` keeps every word of its subject in the path.

    Subjects are names from outside: no step may climb.
    """
    parts = [_file_name(each) for each in contract.subject.split(".")]
    if contract.kind is Kind.AVRO:
        folder = ".".join(parts[:-1]) if whole else "".join(parts[-3:-2] or parts[:1])
        return f"events/{folder or parts[0]}/{parts[-1]}.avsc"
    stem = ".".join((parts if whole else parts[1:-1]) or parts)
    if contract.kind is Kind.MAPPING:
        short = stem if whole else ".".join(parts[2:-1]) or stem
        return f"mappings/{'.'.join(parts[1:2]) or 'list'}/{short}.yaml"
    folders = {
        Kind.TAXONOMY: ("taxonomies", "yaml"),
        Kind.OPENAPI: ("apis", "yaml"),
        Kind.JSON: ("schemas", "json"),
        Kind.PROTOBUF: ("protos", "proto"),
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
