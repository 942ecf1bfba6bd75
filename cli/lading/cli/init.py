"""``lading init``: start a workspace, with one small contract of each kind or with the library."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.terminal import answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

app = application(__doc__ or "")

_NAMED: Final = re.compile(r'(?m)^name = ".*"$')
_TITLED: Final = re.compile(r'(?m)^title = ".*"\n')


@command(app)
def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")] = Path("contracts"),
    name: Annotated[
        str | None,
        typer.Option(
            help="Name of the workspace and of its SDK; by default after the folder above."
        ),
    ] = None,
    library: Annotated[
        bool,
        typer.Option("--library", help="Start with the whole logistics library instead."),
    ] = False,
) -> None:
    """Start a workspace: an event, a taxonomy, a mapping, an API, a consumer and samples.

    With --library it is the logistics library: 19 entities, 109 events, 32 taxonomies, 100
    mappings and six APIs, to be cut down to what you need and to grow from there.

    Examples:
        lading init contracts --name acme-logistics
        lading init contracts --library
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(f"`{folder}` exists and is not empty", hint="name a new folder")
    called = name or _plain(folder.absolute().parent.name)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", called):
        raise UsageProblem(
            f"`{called}` is no name for a package", hint="lower case, digits and single -"
        )
    source = _library() if library else files("lading.cli") / "starter"
    written = dict(sorted(_files(source, "")))
    settings = _NAMED.sub(f'name = "{called}"', written["lading.toml"])
    written["lading.toml"] = _TITLED.sub("", settings) if library else settings
    for path, text in written.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    answer(f"{len(written)} files written to {folder}/\n")
    answer(
        "Next:\n"
        f"  lading check {folder}\n"
        "  git add and commit, change a field, and check again\n"
        f"  lading serve                         in another terminal\n"
        f"  lading push {folder}\n"
        f"  lading gen python {folder} --out sdk\n"
        f"  lading docs serve {folder}"
    )


def _library() -> Traversable:
    """The logistics library: in the wheel beside this module, in a checkout at its top."""
    packed = files("lading.cli") / "library"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "contracts"


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _files(each, f"{prefix}{each.name}/")
        elif not each.name.endswith((".py", ".pyc")):
            yield f"{prefix}{each.name}", each.read_text(encoding="utf-8")


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") or "contracts"
