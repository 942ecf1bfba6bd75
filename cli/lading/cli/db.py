"""``lading db``: look after the database of a registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from lading.cli.application import application, command
from lading.cli.errors import UsageProblem
from lading.cli.exit_codes import ExitCode
from lading.cli.terminal import answer, counted, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.registry.importing import Imported

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
        for each in found.unknown:
            answer(f"But {each}.")
        return
    answer("\n".join(found.problems[:_WORST]))
    answer(f"{counted(len(found.problems), 'problem')} in {database}.")
    raise typer.Exit(ExitCode.FINDINGS)


@command(app)
def backup(
    target: Annotated[
        Path, typer.Argument(help="Archive (.tar.gz) or folder to write; nothing may be there.")
    ],
    database: Annotated[str, _DATABASE] = "lading-registry.db",
    with_tokens: Annotated[
        bool,
        typer.Option(
            "--with-tokens",
            help="Keep what tokens are recognised by; without it they are good for nothing "
            "after a restore.",
        ),
    ] = False,
) -> None:
    """Write everything that is stored to a file: ids, versions, settings and the log.

    It may be run beside a registry that is serving. The same content gives the same bytes, from a
    SQLite file and from PostgreSQL alike, so it is a way from one to the other, too.

    Examples:
        lading db backup registry.tar.gz
        lading db backup registry.tar.gz postgresql://lading@db.example.com/registry
    """
    from lading.registry.backup import backup as run

    with working("writing the backup"):
        found = _usable(lambda: run(database, target, with_tokens=with_tokens), database)
    rows = found.files
    answer(
        f"{target} holds {counted(rows['version'].rows, 'version')} of "
        f"{counted(rows['subject'].rows, 'subject')}, and {counted(found.seq, 'change')}."
    )


@command(app)
def restore(
    source: Annotated[Path, typer.Argument(help="Archive or folder that backup has written.")],
    database: Annotated[str, _DATABASE] = "lading-registry.db",
) -> None:
    """Fill an empty database from a backup: all of it, or nothing.

    It is verified before it counts. Every id, number, setting and log entry is what it was.

    Examples:
        lading db restore registry.tar.gz /var/lib/lading/registry.db
        lading db restore registry.tar.gz postgresql://lading@db.example.com/registry
    """
    from lading.registry.backup import restore as run

    with working("restoring"):
        found = _usable(lambda: run(source, database), database)
    answer(
        f"{database} holds {counted(found.files['version'].rows, 'version')}, and is whole: "
        f"{counted(found.seq, 'change')} in its log."
    )
    if found.files["token"].rows and not found.tokens:
        answer("Its tokens are good for nothing: lading token create makes new ones.")


@command(app, name="import")
def import_(
    source: Annotated[
        str,
        typer.Argument(
            help="File with a dump of the topic _schemas, or address of a running registry."
        ),
    ],
    database: Annotated[str, _DATABASE] = "lading-registry.db",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it, and change nothing.")
    ] = False,
) -> None:
    """Take over what a Confluent or Karapace registry holds, with its ids and numbers.

    What is there already is left alone, so it may be run again. What cannot be taken over is
    listed; then the exit code is 1. A file is what kafka-console-consumer prints of _schemas with
    --property print.key=true, or a backup of Karapace (version 1 or 2). Credentials for an address
    are taken from LADING_SOURCE_AUTH (USER:PASSWORD) or LADING_SOURCE_TOKEN.

    Examples:
        lading db import schemas.txt /var/lib/lading/registry.db
        lading db import https://schema-registry.example.com registry.db --dry-run
    """
    from contextlib import closing
    from tempfile import TemporaryDirectory

    from lading.registry.exports import read_dump, read_registry
    from lading.registry.importing import Importer
    from lading.registry.store.opening import is_postgres, open_store

    def run() -> Imported:
        export = read_registry(source) if "://" in source else read_dump(Path(source))
        with TemporaryDirectory(prefix="lading-") as folder:
            # A file that is not there is not made only to say what would be in it.
            is_new = dry_run and not is_postgres(database) and not Path(database).exists()
            place = str(Path(folder, "empty.db")) if is_new and "://" not in database else database
            with closing(open_store(place)) as store:
                return Importer(store, dry_run=dry_run).bring(export)

    with working("importing"):
        found = _usable(run, database)
    would = "would be " if dry_run else ""
    answer(
        f"{counted(found.registered, 'version')} {would}imported into {database}, "
        f"{found.unchanged} unchanged, {found.deleted} deleted, "
        f"{counted(found.settings, 'setting')} {would}set."
    )
    if found.problems:
        answer("\n".join(found.problems[:_WORST]))
        answer(f"{counted(len(found.problems), 'problem')} in {source}.")
        raise typer.Exit(ExitCode.FINDINGS)


def _usable(work: Callable[[], T], database: str) -> T:
    from lading.registry.errors import StoreError
    from lading.registry.store.opening import refuse_secrets

    try:
        refuse_secrets(database)
        return work()
    except StoreError as error:  # what was named cannot be used
        raise UsageProblem(error.message, hint=error.hint) from error
