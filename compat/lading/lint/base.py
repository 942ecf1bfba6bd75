"""How a lint rule is declared, and what it finds."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lading.model.settings import RULESETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from lading.lint.library import Library
    from lading.model import JsonValue, Origin, Pointer, Sample


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Edit:
    """A safe fix: one key set in an object of a JSON document."""

    pointer: Pointer
    key: str
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule says of one place."""

    subject: str
    """The contract, or the file where it is none."""
    at: Origin
    message: str
    path: str = ""
    """The place inside the contract, for people: ``lines[].gtin``."""
    hint: str = ""
    fix: Edit | None = None


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule, with its page."""

    id: str
    """``NAM-001``: three letters of its area and a number that is never used again."""
    severity: Severity
    """In the pack ``strict``."""
    applies_to: str
    check: Callable[[Library], Iterator[Hit]]
    elsewhere: str = ""
    """Who decides it, when the files cannot: then `check` finds nothing, and says so here."""
    of_message: Callable[[Library, Sample], Iterator[Hit]] | None = None
    """What it asks of one message: of samples, and of messages that people have (`judge`)."""
    since: str = RULESETS[0]
    """The rule set that it came with: where an earlier one is pinned, it warns."""

    @property
    def name(self) -> str:
        """Its name in lists: ``type-names``."""
        return self.check.__name__.replace("_", "-")

    @property
    def title(self) -> str:
        """The first line of the page."""
        return self.docs.partition("\n")[0].rstrip(".")

    @property
    def instead(self) -> str:
        """What the page says to do instead, in one line."""
        said = self.docs.partition("## What to do instead\n")[2].partition("\n\n")[0]
        return " ".join(said.split())

    @property
    def docs(self) -> str:
        """The page: the docstring, as Markdown with fixed headings."""
        return inspect.cleandoc(self.check.__doc__ or "")


def lint_rule(  # noqa: PLR0913 - what a rule says of itself
    id_: str,
    applies_to: str,
    severity: Severity = Severity.ERROR,
    *,
    elsewhere: str = "",
    of_message: Callable[[Library, Sample], Iterator[Hit]] | None = None,
    since: str = RULESETS[0],
) -> Callable[[Callable[[Library], Iterator[Hit]]], LintRule]:
    """Declare a rule at its definition."""
    return lambda check: LintRule(id_, severity, applies_to, check, elsewhere, of_message, since)


def rules_in(module: ModuleType) -> Iterator[LintRule]:
    """Yield the rules a module declares, in source order."""
    return (value for value in vars(module).values() if isinstance(value, LintRule))
