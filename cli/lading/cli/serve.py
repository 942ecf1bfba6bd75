"""``lading serve``: run the registry."""

from __future__ import annotations

from typing import Annotated

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.errors import UsageProblem
from lading.cli.terminal import say
from lading.model.contract import Compatibility

app = application(__doc__ or "")


@command(app)
def serve(
    database: Annotated[
        str,
        typer.Option(
            "--database",
            "--db",
            help="SQLite file, made when it is missing; or postgresql://USER@HOST/NAME, with its "
            "password in PGPASSWORD, or in the file that PGPASSFILE names.",
        ),
    ] = "lading-registry.db",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8081,
    compatibility: Annotated[
        Compatibility,
        typer.Option(
            metavar="LEVEL", help=f"Level of subjects without one of their own: {PROMISES}"
        ),
    ] = Compatibility.BACKWARD,
    error_code: Annotated[
        int,
        typer.Option(help="error_code of a refused registration: 40901, or 409 for old clients."),
    ] = 40901,
    insecure_bind: Annotated[
        bool,
        typer.Option(
            "--insecure-bind",
            help="Listen beyond this machine although nobody is asked who they are.",
        ),
    ] = False,
) -> None:
    """Run the registry on a SQLite file or a PostgreSQL database, with Confluent's REST API.

    A SQLite file is for one server; a PostgreSQL database for any number of them.

    Examples:
        lading serve
        lading serve --database /var/lib/lading/registry.db --port 8081
        lading serve --database postgresql://lading@db.example.com/registry
    """
    from lading.registry.errors import RegistryError
    from lading.registry.serve import serve as run
    from lading.registry.settings import Settings
    from lading.registry.store.opening import refuse_secrets

    settings = Settings(
        database=database,
        host=host,
        port=port,
        compatibility=compatibility,
        incompatible_code=error_code,
        insecure_bind=insecure_bind,
    )
    try:
        refuse_secrets(database)
        run(settings, ready=lambda url: say(_ready(url, database)))
    except RegistryError as error:  # an address or a file that was named cannot be used
        raise UsageProblem(error.message, hint=error.hint) from error


def _ready(url: str, database: str) -> str:
    return f"lading registry at {url}, in {database} (Ctrl-C ends it)"
