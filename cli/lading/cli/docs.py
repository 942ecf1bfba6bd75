"""``lading docs``: the site that partners read."""

from __future__ import annotations

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.reports import Format, exit_code, rendered
from lading.cli.terminal import answer, say, working
from lading.cli.workspaces import open_workspace
from lading.model.errors import LadingError

if TYPE_CHECKING:
    from lading.model import Workspace

app = application(__doc__ or "", group=True)


class Audience(StrEnum):
    """Who reads the site."""

    INTERNAL = "internal"
    PARTNER = "partner"
    PUBLIC = "public"


_WORKSPACE = typer.Argument(help="A workspace, or a folder in or above one.")
_AUDIENCE = typer.Option(help="Who will read it: what is not for them is left out.")
_PAGES = typer.Option(help="Folder of hand-written Markdown pages to include.")


@command(app)
def build(
    path: Annotated[Path, _WORKSPACE] = Path(),
    out: Annotated[Path, typer.Option(help="Folder for the site; it is replaced.")] = Path("site"),
    audience: Annotated[Audience, _AUDIENCE] = Audience.INTERNAL,
    pages: Annotated[Path | None, _PAGES] = None,
    source: Annotated[
        Path | None, typer.Option(help="Keep the plain Markdown project in this folder.")
    ] = None,
) -> None:
    """Build the docs site: plain Markdown first, then HTML.

    Examples:
        lading docs build --out site
        lading docs build contracts --audience partner --out partner-site
    """
    _build(_readable(path), out, audience=audience, pages=pages, source=source)
    answer(f"{(out / 'index.html').resolve().as_uri()}")


@command(app)
def serve(
    path: Annotated[Path, _WORKSPACE] = Path(),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")
    ] = 8000,
    audience: Annotated[Audience, _AUDIENCE] = Audience.INTERNAL,
    pages: Annotated[Path | None, _PAGES] = None,
) -> None:
    """Build the docs site and show it on this machine until interrupted.

    Examples:
        lading docs serve contracts --port 8000
    """
    from lading.codegen.docs import serve_site

    workspace = _readable(path)
    with tempfile.TemporaryDirectory(prefix="lading-site-") as folder:
        site = Path(folder) / "site"
        _build(workspace, site, audience=audience, pages=pages, source=None)
        try:
            serve_site(site, port=port, started=lambda url: say(f"site at {url} (Ctrl-C ends it)"))
        except LadingError as error:  # the port that was named cannot be used
            raise UsageProblem(error.message, hint=error.hint) from error


def _readable(path: Path) -> Workspace:
    opened = open_workspace(path)
    problems = opened.workspace.problems
    if problems:
        answer(rendered([], problems, Format.TEXT, root=opened.root, folder=opened.folder))
        say("No site was built.")
        raise typer.Exit(exit_code((), problems))
    return opened.workspace


def _build(
    workspace: Workspace, out: Path, *, audience: Audience, pages: Path | None, source: Path | None
) -> None:
    from lading.codegen.docs import build_site, write_site_source

    with tempfile.TemporaryDirectory(prefix="lading-docs-") as folder, working("building the site"):
        markdown = source or Path(folder) / "source"
        write_site_source(workspace, markdown, pages=pages, audience=audience)
        build_site(markdown, out)
