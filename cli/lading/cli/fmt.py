"""``lading fmt``: every file of a workspace in the one layout."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import application, command
from lading.cli.exit_codes import ExitCode
from lading.cli.mending import replace_text
from lading.cli.terminal import answer, counted, say, working
from lading.cli.workspaces import prefix
from lading.model import FolderTree, LadingError, find_workspace
from lading.model.formatting import formatted

if TYPE_CHECKING:
    from collections.abc import Iterator

app = application(__doc__ or "")


@command(app)
def fmt(
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; name the files that would change.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Change nothing; show what would change.")
    ] = False,
) -> None:
    """Put every file of a workspace into the one layout; what it says stays, comments too.

    Examples:
        lading fmt
        lading fmt contracts --check           in CI
    """
    root = find_workspace(path)
    folder = prefix(root)
    changed, left = [], 0
    with working("reading the files"):
        for name, data, result in _results(root):
            if isinstance(result, LadingError):
                say(str(result))
                left += 1
            elif result.encode() != data:
                changed.append(f"{folder}{name}")
                if diff:
                    answer(_diff(f"{folder}{name}", data.decode("utf-8", "replace"), result))
                elif not check:
                    replace_text(root / name, result)
    if not diff:
        answer("\n".join(changed))
    would = "would change" if check or diff else "changed"
    say(f"{counted(len(changed), 'file')} {would}" + (f", {left} left as they are" if left else ""))
    found = left or (changed and (check or diff))
    raise typer.Exit(ExitCode.FINDINGS if found else ExitCode.CLEAN)


def _results(root: Path) -> Iterator[tuple[str, bytes, str | LadingError]]:
    for name, data in FolderTree(root).files():
        if name.endswith(".toml"):
            continue
        try:
            yield name, data, formatted(name, data)
        except LadingError as error:
            yield name, data, error


def _diff(name: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), name, name
    )
    return "".join(each if each.endswith("\n") else f"{each}\n" for each in lines)
