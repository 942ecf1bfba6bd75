"""``lading serve``: run the registry."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - read when the command is run
from typing import Annotated

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.errors import UsageProblem
from lading.cli.terminal import say
from lading.model.contract import Compatibility


class Auth(StrEnum):
    """As `lading.registry.settings.Auth`, which takes too long to import for a line of help."""

    OFF = "off"
    TOKENS = "tokens"
    OIDC = "oidc"


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
    auth: Annotated[
        Auth,
        typer.Option(
            help="Who is let in: everybody, whoever has a token (lading token), or whom the "
            "identity provider of the access file vouches for, too."
        ),
    ] = Auth.OFF,
    access: Annotated[
        Path | None,
        typer.Option(help="Access file (TOML): grants, identity provider, requests a second."),
    ] = None,
) -> None:
    """Run the registry on a SQLite file or a PostgreSQL database, with Confluent's REST API.

    A SQLite file is for one server; a PostgreSQL database for any number of them.

    Examples:
        lading serve
        lading serve --host 0.0.0.0 --auth tokens
        lading serve --database /var/lib/lading/registry.db --port 8081
        lading serve --database postgresql://lading@db.example.com/registry
    """
    from lading.registry.auth.access import NOTHING_SAID, read_access
    from lading.registry.errors import RegistryError
    from lading.registry.serve import serve as run
    from lading.registry.settings import Auth as Asked
    from lading.registry.settings import Settings
    from lading.registry.store.opening import refuse_secrets

    try:
        refuse_secrets(database)
        settings = Settings(
            database=database,
            host=host,
            port=port,
            compatibility=compatibility,
            incompatible_code=error_code,
            insecure_bind=insecure_bind,
            auth=Asked(auth),
            access=read_access(access) if access else NOTHING_SAID,
        )
        run(settings, ready=lambda url: say(_ready(url, database)))
    except RegistryError as error:  # an address or a file that was named cannot be used
        raise UsageProblem(error.message, hint=error.hint) from error


def _ready(url: str, database: str) -> str:
    return f"lading registry at {url}, in {database} (Ctrl-C ends it)"
