"""The tables of store version 2; a SQLite file of version 1 is taken over.

The tables are those of `tables` as long as no later revision changes any: whoever makes the first
that does moves the text as it was to here.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from alembic import op

from lading.registry.store import tables
from lading.registry.store.migrations.from_1 import take_over
from lading.registry.store.postgres_sql import FUNCTIONS

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Make the tables, and fill them where there were some before."""
    server: Any = op.get_bind().connection.driver_connection
    if isinstance(server, sqlite3.Connection):
        take_over(server)
    else:
        server.execute(tables.POSTGRESQL)
        server.execute(FUNCTIONS)
