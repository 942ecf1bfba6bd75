"""``lading gen``: generate packages from contracts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import application, command
from lading.cli.exit_codes import ExitCode
from lading.cli.reports import Format, exit_code, rendered
from lading.cli.terminal import answer, say, working
from lading.cli.workspaces import open_workspace
from lading.model import Settings, WorkspaceError

if TYPE_CHECKING:
    from lading.model import Contract

app = application(__doc__ or "", group=True)


@command(app)
def python(
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    out: Annotated[Path, typer.Option(help="Folder for the project.")] = Path("sdk"),
    registry: Annotated[
        str | None,
        typer.Option(help="Generate from the registry at this address instead of from files."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the distribution; by default the workspace's.")
    ] = None,
    version: Annotated[str, typer.Option(help="Version of the distribution.")] = "1.0.0",
    wheel: Annotated[
        bool, typer.Option("--wheel", help="Build a wheel too, into OUT/dist.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when OUT is not up to date.")
    ] = False,
) -> None:
    """Generate the Python SDK: models, status machines, code maps, API clients.

    Examples:
        lading gen python --out sdk --wheel
        lading gen python --out sdk --check
        lading gen python --registry http://127.0.0.1:8081 --name acme --out sdk
    """
    from lading.codegen import build_wheel, generate_python, write
    from lading.codegen import check as stale_files

    contracts, said = _from_registry(registry, path) if registry else _from_files(path)
    with working("generating"):
        files = generate_python(contracts, name=name or said, version=version)
    if check:
        stale = stale_files(files, out)
        answer(
            "\n".join(stale) + f"\n{len(stale)} files in {out} are not up to date."
            if stale
            else f"{out} is up to date."
        )
        raise typer.Exit(ExitCode.FINDINGS if stale else ExitCode.CLEAN)
    changed = write(files, out)
    answer(f"{len(files)} files in {out}, {len(changed)} of them changed")
    if wheel:
        answer(str(build_wheel(files, out / "dist")))


@command(app)
def asyncapi(
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    out: Annotated[Path, typer.Option(help="Folder for the documents.")] = Path("asyncapi"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when OUT is not up to date.")
    ] = False,
) -> None:
    """Generate AsyncAPI 3.0: topics, events and who may send them, one document per aggregate.

    Examples:
        lading gen asyncapi --out asyncapi
        lading gen asyncapi contracts --check
    """
    from lading.codegen.asyncapi import generate_asyncapi

    contracts, _ = _from_files(path)
    title = open_workspace(path).workspace.settings.title
    with working("generating"):
        files = generate_asyncapi(contracts, title=title)
    stale = [
        name
        for name, text in files.items()
        if not (out / name).is_file() or (out / name).read_text(encoding="utf-8") != text
    ]
    if check:
        listed = "\n".join(str(out / name) for name in stale)
        answer(f"{listed}\n{len(stale)} documents are not up to date." if stale else "up to date.")
        raise typer.Exit(ExitCode.FINDINGS if stale else ExitCode.CLEAN)
    out.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (out / name).write_text(files[name], encoding="utf-8")
    answer(f"{len(files)} documents in {out}, {len(stale)} of them changed")


def _from_registry(url: str, path: Path) -> tuple[list[Contract], str]:
    """The newest contracts, and the name of the workspace we stand in, if we do."""
    from lading.registry.client import Client

    try:
        name = open_workspace(path).workspace.settings.name
    except WorkspaceError:
        name = Settings().name
    return list(Client(url).fetch_contracts()), name


def _from_files(path: Path) -> tuple[list[Contract], str]:
    opened = open_workspace(path)
    problems = opened.workspace.problems
    if problems:
        answer(rendered([], problems, Format.TEXT, root=opened.root, folder=opened.folder))
        say("Nothing was generated.")
        raise typer.Exit(exit_code((), problems))
    return list(opened.workspace.contracts), opened.workspace.settings.name
