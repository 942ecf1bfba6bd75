"""``lading db``: look after the database of a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.exit_codes import ExitCode
from lading.cli.terminal import answer, counted, working

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

app = application(__doc__ or "", group=True)

_DATABASE = typer.Argument(help="SQLite file, or postgresql://USER@HOST/NAME, as for serve.")
_WORST: Final = 20
"""Problems that are shown; a thousand more would say nothing new."""


@command(app)
def upgrade(database: Annotated[str, _DATABASE] = "lading-registry.db") -> None:
    """Bring the tables to the version of this lading; what is stored stays as it is.

    Stop the registry of a SQLite file first. PostgreSQL may be upgraded under running replicas of
    the release before. Make a backup first: there is no way back but that.

    Examples:
        lading db upgrade /var/lib/lading/registry.db
        lading db upgrade postgresql://lading@db.example.com/registry
    """
    from lading.registry.store.upkeep import upgrade as run

    with working("upgrading"):
        before, after = _usable(lambda: run(database), database)
    if before == after:
        answer(f"{database} is at {after} already.")
    else:
        answer(f"{database}: from {before} to {after}.")


@command(app)
def verify(database: Annotated[str, _DATABASE] = "lading-registry.db") -> None:
    """Hold everything that is stored against the log of what was done, and the log's own chain.

    It may be run beside a registry that is serving.

    Examples:
        lading db verify
        lading db verify postgresql://lading@db.example.com/registry
    """
    from lading.registry.store.upkeep import verified

    with working("reading the whole log"):
        found = _usable(lambda: verified(database), database)
    if not found.problems:
        answer(f"{database} is whole: {counted(found.entries, 'change')} in its log.")
        return
    answer("\n".join(found.problems[:_WORST]))
    answer(f"{counted(len(found.problems), 'problem')} in {database}.")
    raise typer.Exit(ExitCode.FINDINGS)


def _usable(work: Callable[[], T], database: str) -> T:
    from lading.registry.errors import StoreError
    from lading.registry.store.opening import refuse_secrets

    try:
        refuse_secrets(database)
        return work()
    except StoreError as error:  # what was named cannot be used
        raise UsageProblem(error.message, hint=error.hint) from error
