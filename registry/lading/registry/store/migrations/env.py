"""What alembic runs: the migrations, on the connection that `running` opened."""

from __future__ import annotations

from alembic import context

from lading.registry.store.migrations import TABLE

# The transaction is the one of `running`, which also holds the lock.
context.configure(
    connection=context.config.attributes["connection"],
    version_table=TABLE,
    transactional_ddl=True,
)
context.run_migrations()
