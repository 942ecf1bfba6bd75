"""The digest that a schema has however it is spelt (`Content.normal`), for what is there.

Before, it ignored the order of keys and references alone. No table changes: a replica of the
release before goes on, and finds by it what is spelt as usual. What such a one registers meanwhile
in a spelling of its own, or as a .proto, is found by its own words only.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from alembic import op

from lading.registry.store import rows

revision: Final = "0002"
down_revision: Final = "0001"

_STEP: Final = (
    "SELECT context, id, normal, kind, body, refs, metadata, rules FROM content"
    " WHERE (context, id) > (?, ?) ORDER BY context, id LIMIT 1000"
)
_UPDATE: Final = "UPDATE content SET normal = ? WHERE context = ? AND id = ?"


def upgrade() -> None:
    """Make each digest anew, some at a time."""
    server: Any = op.get_bind().connection.driver_connection
    is_file = isinstance(server, sqlite3.Connection)
    step, update = (each if is_file else each.replace("?", "%s") for each in (_STEP, _UPDATE))
    last: tuple[str, int] = ("", 0)
    while found := server.execute(step, last).fetchall():
        normals = [(rows.content(*about).normal, was, at, no) for at, no, was, *about in found]
        changed = [(new, at, no) for new, was, at, no in normals if new != was]
        server.cursor().executemany(update, changed)
        last = found[-1][:2]
