"""Says verdicts: to a person (`text`), to a machine (`json`, `report`), to GitHub (`github`)."""

from lading.compat.report.github import github
from lading.compat.report.json_ import SCHEMA_VERSION, json, report, worst
from lading.compat.report.terms import terms_changes
from lading.compat.report.text import severity, summary, text

__all__ = [
    "SCHEMA_VERSION",
    "github",
    "json",
    "report",
    "severity",
    "summary",
    "terms_changes",
    "text",
    "worst",
]
