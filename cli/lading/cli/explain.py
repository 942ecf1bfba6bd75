"""``lading explain``: the page of a rule or of a kind of problem, offline."""

from __future__ import annotations

from typing import Annotated

import typer

from lading.cli.application import application
from lading.cli.errors import UsageProblem
from lading.cli.terminal import answer
from lading.compat import RULES
from lading.model import PROBLEM_CODES
from lading.model.suggest import did_you_mean

app = application(__doc__ or "")


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="An id as reports show it: LAD101.")],
) -> None:
    """Explain a rule or a problem: what is checked, why it matters, what to do instead.

    lading explain LAD101
    """
    id_ = rule.upper()
    if id_ in RULES:
        found = RULES[id_]
        title, page = found.title, found.docs.partition("\n")[2].strip()
        head = f"{found.id}  {title}\n{found.name}, level {found.level}, {found.status}"
    elif id_ in PROBLEM_CODES:
        head, page = f"{id_}  {PROBLEM_CODES[id_].title}", PROBLEM_CODES[id_].page
    else:
        near = did_you_mean(id_, [*RULES, *PROBLEM_CODES])
        raise UsageProblem(f"there is no rule `{rule}`", hint=near or "lading rules lists them")
    answer(f"{head}\n\n{page}")
