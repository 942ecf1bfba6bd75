"""${message}."""

from __future__ import annotations

from typing import Final

from alembic import op

revision: Final = "${up_revision}"
down_revision: Final = "${down_revision}"


def upgrade() -> None:
    ${upgrades if upgrades else "..."}
