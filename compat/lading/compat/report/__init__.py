"""Says verdicts: to people (`text`), machines (`json`, `report`), and code hosts (the others)."""

from lading.compat.report.github import github
from lading.compat.report.gitlab import gitlab
from lading.compat.report.json_ import SCHEMA_VERSION, json, report, schema, worst
from lading.compat.report.sarif import sarif
from lading.compat.report.terms import terms_changes
from lading.compat.report.text import severity, summary, text

__all__ = [
    "SCHEMA_VERSION",
    "github",
    "gitlab",
    "json",
    "report",
    "sarif",
    "schema",
    "severity",
    "summary",
    "terms_changes",
    "text",
    "worst",
]
