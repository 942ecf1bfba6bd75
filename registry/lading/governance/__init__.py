"""Who must be asked, and what is covered: decisions over values, without HTTP, SQL or files."""

from lading.governance.coverage import Coverage, ListCoverage, TaxonomyCoverage, coverage
from lading.governance.decisions import (
    NOTHING,
    Decisions,
    decisions_of,
    is_about_meaning,
    seen,
    unneeded,
    with_decisions,
)
from lading.governance.impact import affected, with_consumers

__all__ = [
    "NOTHING",
    "Coverage",
    "Decisions",
    "ListCoverage",
    "TaxonomyCoverage",
    "affected",
    "coverage",
    "decisions_of",
    "is_about_meaning",
    "seen",
    "unneeded",
    "with_consumers",
    "with_decisions",
]
