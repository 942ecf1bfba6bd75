"""``lading waive``: let one finding of check pass for a time, with who said so and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lading.cli.application import application, command
from lading.cli.decide import Asked, decide
from lading.cli.errors import UsageProblem
from lading.model.workspace import MEANINGS, WAIVERS

app = application(__doc__ or "")


@command(app)
def waive(
    finding: Annotated[
        str, typer.Argument(help="The finding, as `lading check` shows it: 12 hexadecimal digits.")
    ],
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    *,
    reason: Annotated[str, typer.Option(help="Why it may pass.")],
    by: Annotated[str, typer.Option(help="Who approved it: a team or a person.")],
    until: Annotated[str, typer.Option(help="The last day on which it passes: 2027-06-30.")],
    against: Annotated[
        str | None, typer.Option(help="The baseline, as for `lading check`.")
    ] = None,
) -> None:
    r"""Write an entry into policies/waivers.yaml; `lading push` takes it to the registry.

    The finding stays a finding and is shown as waived. The day after `until` it counts again.
    Where the file has an entry for it, that is replaced: so a waiver is renewed, or extended.

    Examples:
        lading waive 3f9a1b2c3d4e --by data-governance --until 2027-06-30 \
            --reason "every reader of version 1 was switched off on 1 May"
    """
    if _date(until) < date.today().isoformat():  # noqa: DTZ011 - the day where the person is
        raise UsageProblem(f"{until} is over", hint="give a day that is still to come")
    said = {"reason": reason, "approved_by": by, "until": until}
    if not decide(
        path,
        against,
        Asked(finding, WAIVERS, "waivers", said),
        allowed=lambda each: each.forbidden or each.undecided,
    ):
        raise UsageProblem(
            f"finding {finding} passes: {MEANINGS} says what it means",
            hint="lading classify, to say something else",
        )


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageProblem(f"`{text}` is not a date", hint="write it as 2027-06-30") from None
