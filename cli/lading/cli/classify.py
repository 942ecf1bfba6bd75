"""``lading classify``: say of changed words that they mean the same, or that they do not."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lading.cli.application import application, command
from lading.cli.decide import Asked, decide
from lading.cli.errors import UsageProblem
from lading.governance import is_about_meaning
from lading.model.workspace import MEANINGS

app = application(__doc__ or "")


class Said(StrEnum):
    """What may be said of changed words."""

    EDITORIAL = "editorial"
    CLARIFIED = "clarified"
    CHANGED = "changed"


@command(app)
def classify(
    finding: Annotated[
        str, typer.Argument(help="The finding, as `lading check` shows it: 12 hexadecimal digits.")
    ],
    said: Annotated[
        Said,
        typer.Argument(
            help="editorial: the same in other words; clarified: more exact about what was meant "
            "all along; changed: something else."
        ),
    ],
    path: Annotated[
        Path, typer.Argument(help="A workspace, or a folder in or above one.")
    ] = Path(),
    *,
    reason: Annotated[str, typer.Option(help="What was reworded, and why it means that.")],
    by: Annotated[str, typer.Option(help="Who says so: the owner's team.")],
    against: Annotated[
        str | None, typer.Option(help="The baseline, as for `lading check`.")
    ] = None,
) -> None:
    """Write an entry into policies/meanings.yaml, which decides what no program can.

    A definition, a guard or a unit was written otherwise, and `lading check` says that it cannot
    know whether it means the same. Whoever answers for it does. An entry that the file has for the
    finding is replaced.

    Examples:
        lading classify 3f9a1b2c3d4e editorial --by wms-team --reason "a typo"
    """
    asked = Asked(finding, MEANINGS, "meanings", {"said": said.value, "reason": reason, "by": by})
    found = decide(
        path,
        against,
        asked,
        allowed=lambda each: each.meaning is not None or is_about_meaning(each),
    )
    if not found:
        raise UsageProblem(
            f"finding {finding} is not about what words mean", hint="lading waive, or mend it"
        )
