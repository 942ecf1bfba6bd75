"""The catalogue of lint rules. A rule is a function with a docstring; the docstring is its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.lint.base import rules_in
from lading.lint.rules import (
    apis,
    documentation,
    enums,
    envelope,
    evolution,
    identifiers,
    mappings,
    naming,
    numbers,
    ownership,
    privacy,
    rest,
    status,
    times,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.lint.base import LintRule

_FAMILIES: Final = (
    naming,
    documentation,
    ownership,
    privacy,
    enums,
    times,
    numbers,
    identifiers,
    evolution,
    envelope,
    status,
    mappings,
    apis,
    rest,
)

LINT_RULES: Final[tuple[LintRule, ...]] = tuple(
    rule for family in _FAMILIES for rule in rules_in(family)
)
"""As declared; a test sees to it that no id is taken twice."""

LINT_RULE: Final[Mapping[str, LintRule]] = {each.id: each for each in LINT_RULES}

__all__ = ["LINT_RULE", "LINT_RULES"]
