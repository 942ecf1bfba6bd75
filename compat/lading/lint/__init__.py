"""Lint: whether a contract says enough, and says it the way the house does.

Compatibility asks whether a change breaks somebody; lint looks at one state of the files.
"""

from lading.lint.base import Edit, Hit, LintRule, Severity
from lading.lint.linter import LintFinding, LintReport, judge, lint
from lading.lint.rules import LINT_RULE, LINT_RULES

__all__ = [
    "LINT_RULE",
    "LINT_RULES",
    "Edit",
    "Hit",
    "LintFinding",
    "LintReport",
    "LintRule",
    "Severity",
    "judge",
    "lint",
]
