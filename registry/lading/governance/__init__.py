"""Who must be asked: decisions over values, without HTTP, SQL or files."""

from lading.governance.impact import affected, with_consumers

__all__ = ["affected", "with_consumers"]
