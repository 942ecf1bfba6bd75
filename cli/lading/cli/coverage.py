"""``lading coverage``: what the mappings cover, of foreign lists and of our taxonomies."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.terminal import answer, counted, say
from lading.cli.workspaces import open_workspace
from lading.governance import coverage as covered
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lading.governance import Coverage

app = application(__doc__ or "")


class Format(StrEnum):
    """How the figures are written."""

    TEXT = "text"
    JSON = "json"


@command(app)
def coverage(
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    system: Annotated[
        str | None, typer.Option(help="Only the lists of this system: x12, sap ...")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="How to write the figures.")
    ] = Format.TEXT,
) -> None:
    """Show what the mappings cover: codes of partners, and codes of ours.

    Examples:
        lading coverage
        lading coverage contracts --system x12
    """
    opened = open_workspace(path)
    if opened.workspace.problems:
        problems = counted(len(opened.workspace.problems), "problem")
        say(f"{problems} in the workspace: what cannot be read is not counted (lading check)")
    found = covered(opened.workspace)
    known = sorted({each.system for each in found.lists})
    if system and system not in known:
        hint = did_you_mean(system, known) or f"one of {', '.join(known) or 'none'}"
        raise UsageProblem(f"no list of `{system}` is mapped", hint=hint)
    if format_ is Format.JSON:
        shown: dict[str, Any] = asdict(found)
        if system:
            shown["lists"] = [each for each in shown["lists"] if each["system"] == system]
        answer(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    answer("\n".join(_text(found, system)))


def _text(found: Coverage, system: str | None) -> Iterator[str]:
    lists = [each for each in found.lists if system in (None, each.system)]
    rows = [("system", "list", "version", "mapped", "policy", "lossy", "none", "unmapped")]
    rows += [
        (
            each.system,
            each.name,
            each.version,
            str(each.mapped),
            str(each.policy),
            str(each.lossy),
            str(each.none),
            "?" if each.unmapped is None else str(each.unmapped),
        )
        for each in lists
    ]
    yield from _table(rows)
    total = sum(each.rows for each in lists)
    yield f"\n{counted(total, 'row')} of {counted(len(lists), 'list')}; ? means that nobody said"
    yield "how many codes the list has (list: {size: ...} in the mapping)."
    for each in found.taxonomies if not system else ():
        reached = each.states - len(each.unreached)
        yield f"\n{each.name}: {reached} of {each.states} codes reached by {each.lists} mappings"
        if each.unreached:
            yield from _wrapped("no code leads to", each.unreached)
        for name, codes in each.unsent.items():
            said = each.states - len(codes)
            yield f"  sent by {name}: {said} of {each.states}"
            if codes:
                yield from _wrapped("  not sent", codes)


def _wrapped(before: str, codes: Sequence[str]) -> Iterator[str]:
    import textwrap

    text = f"{before}: {', '.join(codes)}"
    yield from textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="    ")


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        texts = [
            cell.ljust(width) if at < 3 else cell.rjust(width)  # noqa: PLR2004 - words, then figures
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(texts).rstrip()
