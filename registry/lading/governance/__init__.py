"""Who must be asked, and what is covered: decisions over values, without HTTP, SQL or files."""

from lading.governance.coverage import Coverage, ListCoverage, TaxonomyCoverage, coverage
from lading.governance.impact import affected, with_consumers

__all__ = [
    "Coverage",
    "ListCoverage",
    "TaxonomyCoverage",
    "affected",
    "coverage",
    "with_consumers",
]
