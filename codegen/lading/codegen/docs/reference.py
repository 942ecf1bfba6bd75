"""The pages of rules and of reading problems; their text comes from the code that reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.codegen.docs.text import badge, code, link, prose, segment, table
from lading.codegen.docs.view import front, section, sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.codegen.docs.view import View
    from lading.compat import Rule

INDEX = "rules/index.md"


def reference_pages(view: View) -> Iterator[tuple[str, str]]:
    """The index, then one page per rule and per problem."""
    yield INDEX, _index(view)
    for rule in view.rules.values():
        yield page_of(rule.id), _rule(rule)
    for problem, page in view.problem_pages.items():
        text = front(f"{problem} {page.title}", tags=("problem",))
        yield page_of(problem), sections(text, page.page, _explain(problem))


def page_of(id_: str) -> str:
    """Where a rule or problem has its page; ids are never reused, so the address stays."""
    return f"rules/{segment(id_)}.md"


def _rule(rule: Rule) -> str:
    marks = [badge(str(rule.level.value), "level"), badge(str(rule.status), "status")]
    return sections(
        front(f"{rule.id} {rule.title}", tags=("rule", rule.level.value.lower())),
        " ".join(marks),
        rule.docs.partition("\n")[2],
        _explain(rule.id),
    )


def _explain(id_: str) -> str:
    return f"On the command line: `lading explain {id_}`."


def _index(view: View) -> str:
    rules = (
        (link(code(rule.id), f"{segment(rule.id)}.md"), prose(rule.title), prose(rule.level.value))
        for rule in view.rules.values()
    )
    problems = (
        (link(code(id_), f"{segment(id_)}.md"), prose(page.title))
        for id_, page in view.problem_pages.items()
    )
    return sections(
        front("Rules"),
        "A rule says what a change does to the messages a contract admits; the promise of the "
        "contract decides whether that is allowed. Ids are never reused.",
        section("What may change", table(("Rule", "What it looks at", "Level"), rules)),
        section(
            "What keeps a contract from being read", table(("Problem", "What is wrong"), problems)
        ),
    )
