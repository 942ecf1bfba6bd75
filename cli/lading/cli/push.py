"""``lading push``: register the contracts of a workspace, all or none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.exit_codes import ExitCode
from lading.cli.reports import Format, exit_code, rendered
from lading.cli.terminal import answer, say, working
from lading.cli.workspaces import Opened, named, open_workspace, place_in
from lading.governance import decisions_of
from lading.model.workspace import WAIVERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.registry.client import PushResult

app = application(__doc__ or "")


@command(app)
def push(
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    registry: Annotated[
        str | None,
        typer.Option(
            help="Address of the registry; by default that of lading.toml, or LADING_REGISTRY."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Judge everything, register nothing.")
    ] = False,
) -> None:
    """Register the contracts of a workspace, all or none.

    What others refer to goes first. The registry judges each contract by its promise inside one
    transaction: when one is refused, nothing is registered. Waivers and meanings of the workspace
    go with it.

    Examples:
        lading push --dry-run
        lading push contracts --registry http://registry.example.com
    """
    from lading.registry.client import Client, promises_of

    if registry is not None and not registry.strip():
        raise UsageProblem(
            "--registry is empty: is a variable not set?", hint="give an address, or leave it out"
        )
    opened = open_workspace(path)
    _stop_at_problems(opened)
    _tell_of_ended(opened)
    url = registry or named(opened.workspace.settings)
    with working(f"pushing to {url}"):
        results = Client(url).push(
            opened.workspace.contracts,
            promise=promises_of(opened.workspace),
            dry_run=dry_run,
            decisions=decisions_of(opened.workspace),
        )
    refused = [each for each in results if not each.accepted]
    answer("\n".join(_lines(results)))
    answer(_sum(results, url, dry_run=dry_run))
    raise typer.Exit(ExitCode.FINDINGS if refused else ExitCode.CLEAN)


def _stop_at_problems(opened: Opened) -> None:
    """Contracts with problems are not pushed, not even the good part of them.

    What is only read here (who consumes what, samples) stops no push: the registry judges.
    """
    problems = [
        each
        for each in opened.workspace.problems
        if not each.place.document.startswith(("consumers/", "samples/"))
    ]
    if problems:
        text = rendered([], problems, Format.TEXT, root=opened.root, folder=opened.folder)
        answer(text)
        say("Nothing was pushed.")
        raise typer.Exit(exit_code((), problems))


def _tell_of_ended(opened: Opened) -> None:
    """A waiver that has ended lets nothing pass, which is not said by what is refused."""
    today = datetime.now(tz=UTC).date().isoformat()
    for each in decisions_of(opened.workspace).waivers:
        if each.ended(today):
            place = place_in(opened.root, each.at) if each.at else WAIVERS
            what = f"the waiver of {each.rule} for {each.subject} ended on {each.until}"
            say(f"{opened.folder}{place}: {what}, and lets nothing pass")
            say(f"  try: lading waive {each.finding} renews it, or take the entry out")


def _lines(results: Sequence[PushResult]) -> Iterator[str]:
    """One line a contract that changed or was refused; what is unchanged is only counted."""
    for each in results:
        if each.outcome != "unchanged":
            number = f" version {each.version}" if each.accepted else ""
            word = "would register" if each.outcome == "accepted" else each.outcome
            yield f"{word:<12}  {each.subject}{number}"
            yield from (f"  {message}" for message in each.messages)


def _sum(results: Sequence[PushResult], url: str, *, dry_run: bool) -> str:
    unchanged = sum(each.outcome == "unchanged" for each in results)
    fresh = sum(each.accepted for each in results) - unchanged
    if refused := len(results) - fresh - unchanged:
        return f"{refused} of {len(results)} contracts refused by {url}: nothing was registered."
    would = "would be registered" if dry_run else "registered"
    return f"{fresh} contracts {would} at {url}, {unchanged} unchanged."
