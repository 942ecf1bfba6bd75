"""``lading explain``: the page of a rule or of a kind of problem, offline."""

from __future__ import annotations

from typing import Annotated

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.terminal import answer
from lading.compat import RULES
from lading.lint import LINT_RULE
from lading.model import PROBLEM_CODES
from lading.model.suggest import did_you_mean

app = application(__doc__ or "")


@command(app)
def explain(
    rule: Annotated[str, typer.Argument(help="An id as reports show it: LAD101, NAM-005.")],
) -> None:
    """Explain a rule or a problem: what is checked, why it matters, what to do instead.

    Examples:
        lading explain LAD101
        lading explain NAM-005
    """
    id_ = rule.upper()
    if id_ in RULES:
        found = RULES[id_]
        title, page = found.title, found.docs.partition("\n")[2].strip()
        kinds = ", ".join(found.formats).lower()
        head = f"{found.id}  {title}\n{found.name}, level {found.level}, {found.status}; in {kinds}"
    elif id_ in PROBLEM_CODES:
        head, page = f"{id_}  {PROBLEM_CODES[id_].title}", PROBLEM_CODES[id_].page
    elif id_ in LINT_RULE:
        rule_ = LINT_RULE[id_]
        page = rule_.docs.partition("\n")[2].strip()
        head = f"{id_}  {rule_.title}\n{rule_.name}, lint of {rule_.applies_to}, {rule_.severity}"
        if rule_.elsewhere:
            head += f"\nnot decided here, but by {rule_.elsewhere}"
    else:
        raise UsageProblem(f"there is no rule `{rule}`", hint=_near(id_))
    answer(f"{head}\n\n{page}")


def _near(word: str) -> str:
    """What was meant: the ids that start like it, the rule of that name, the nearest id."""
    known = sorted({*RULES, *PROBLEM_CODES, *LINT_RULE})
    starting = [each for each in known if each.startswith(word) and len(word) > len("LAD")]
    if starting:
        return f"one of {', '.join(starting)}"
    named = {each.name: each.id for each in RULES.values()}
    named |= {each.name: each.id for each in LINT_RULE.values()}
    if id_ := named.get(word.lower()):
        return f"lading explain {id_}"
    return did_you_mean(word, known) or "lading rules lists them"
