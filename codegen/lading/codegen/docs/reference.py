"""The pages of rules and of reading problems; their text comes from the code that reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.codegen.docs.text import badge, code, link, prose, segment, table
from lading.codegen.docs.view import Reference, front, section, sections
from lading.compat import RULES
from lading.lint import LINT_RULE
from lading.model import PROBLEM_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.codegen.docs.view import View
    from lading.compat import Rule
    from lading.lint import LintRule

INDEX: Final = "rules/index.md"
EVERYTHING: Final = Reference(RULES, LINT_RULE, PROBLEM_CODES)
"""All there is; a test of something else leaves it out."""


def reference_pages(view: View) -> Iterator[tuple[str, str]]:
    """The index, then one page per rule, per rule of lint and per problem."""
    yield INDEX, _index(view)
    for rule in view.reference.rules.values():
        yield page_of(rule.id), _rule(rule)
    for lint_rule in view.reference.lint_rules.values():
        yield page_of(lint_rule.id), _lint_rule(lint_rule)
    for problem, page in view.reference.problems.items():
        text = front(f"{problem} {page.title}", tags=("problem",))
        yield page_of(problem), sections(text, page.page, _explain(problem))


def page_of(id_: str) -> str:
    """Where a rule or problem has its page; ids are never reused, so the address stays."""
    return f"rules/{segment(id_)}.md"


def _rule(rule: Rule) -> str:
    marks = [badge(str(rule.level.value), "level"), badge(str(rule.status), "status")]
    marks += [badge(kind.lower(), "scope") for kind in rule.formats]
    return sections(
        front(f"{rule.id} {rule.title}", tags=("rule", rule.level.value.lower())),
        " ".join(marks),
        rule.docs.partition("\n")[2],
        _explain(rule.id),
    )


def _lint_rule(rule: LintRule) -> str:
    marks = [badge(str(rule.severity), "level"), badge(rule.applies_to, "scope")]
    marks += [badge("messages too", "scope")] if rule.of_message else []
    elsewhere = f"Files cannot decide it: {rule.elsewhere}." if rule.elsewhere else ""
    return sections(
        front(f"{rule.id} {rule.title}", tags=("lint", str(rule.severity))),
        " ".join(marks),
        prose(elsewhere),
        rule.docs.partition("\n")[2],
        _explain(rule.id),
    )


def _explain(id_: str) -> str:
    return f"On the command line: `lading explain {id_}`."


def _index(view: View) -> str:
    rules = (
        (link(code(rule.id), f"{segment(rule.id)}.md"), prose(rule.title), prose(rule.level.value))
        for rule in view.reference.rules.values()
    )
    lint_rules = (
        (
            link(code(rule.id), f"{segment(rule.id)}.md"),
            prose(rule.title),
            prose(str(rule.severity)),
            prose(rule.applies_to),
        )
        for rule in view.reference.lint_rules.values()
    )
    problems = (
        (link(code(id_), f"{segment(id_)}.md"), prose(page.title))
        for id_, page in view.reference.problems.items()
    )
    return sections(
        front("Rules"),
        "A rule says what a change does to the messages a contract admits; the promise of the "
        "contract decides whether that is allowed. A rule of lint looks at one state of the "
        "contracts, some of them at messages. Ids are never reused.",
        section("What may change", table(("Rule", "What it looks at", "Level"), rules)),
        section(
            "What contracts and messages are held to",
            table(("Rule", "What it asks", "Weight", "Of"), lint_rules),
        ),
        section(
            "What keeps a contract from being read", table(("Problem", "What is wrong"), problems)
        ),
    )
