"""``lading serve``: run the registry."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - read when the command is run
from typing import TYPE_CHECKING, Annotated

import typer

from lading.cli.application import PROMISES, application, command
from lading.cli.errors import UsageProblem
from lading.cli.terminal import answer, say
from lading.model.contract import Compatibility  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.registry.settings import Settings


class Auth(StrEnum):
    """As `lading.registry.settings.Auth`, which takes too long to import for a line of help."""

    OFF = "off"
    TOKENS = "tokens"
    OIDC = "oidc"


app = application(__doc__ or "")


@command(app)
def serve(
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            "--db",
            help="SQLite file, made when it is missing, by default lading-registry.db; or "
            "postgresql://USER@HOST/NAME, with its password in PGPASSWORD, or in the file that "
            "PGPASSFILE names.",
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on, by default 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port to listen on, by default 8081; 0 takes a free one."
        ),
    ] = None,
    compatibility: Annotated[
        Compatibility | None,
        typer.Option(
            metavar="LEVEL",
            help=f"Level of subjects without one of their own, by default BACKWARD: {PROMISES}",
        ),
    ] = None,
    error_code: Annotated[
        int | None,
        typer.Option(help="error_code of a refused registration: 40901, or 409 for old clients."),
    ] = None,
    insecure_bind: Annotated[
        bool | None,
        typer.Option(
            "--insecure-bind",
            help="Listen beyond this machine although nobody is asked who they are.",
        ),
    ] = None,
    auth: Annotated[
        Auth | None,
        typer.Option(
            help="Who is let in: everybody, whoever has a token (lading token), or whom the "
            "identity provider of the access file vouches for, too. By default off."
        ),
    ] = None,
    access: Annotated[
        Path | None,
        typer.Option(help="Access file (TOML): grants, identity provider, requests a second."),
    ] = None,
    access_log: Annotated[
        bool | None, typer.Option("--access-log", help="Write a line to stderr for each request.")
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port for /metrics alone, open to whoever reaches it."),
    ] = None,
    judges: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=1,
            help="Processes that judge beside the one that serves, by default 0; 1 is quicker "
            "where there are two cores.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="File with settings (TOML); by default lading-registry.toml where it is there."
        ),
    ] = None,
    show_settings: Annotated[
        bool,
        typer.Option(
            "--show-settings",
            help="Print every setting, its value and where that comes from, and serve nothing.",
        ),
    ] = False,
) -> None:
    """Run the registry on a SQLite file or a PostgreSQL database, with Confluent's REST API.

    A SQLite file is for one server; a PostgreSQL database for any number of them.

    Options come before variables of the environment (LADING_REGISTRY_PORT), and those before the
    file with settings.

    Examples:
        lading serve
        lading serve --host 0.0.0.0 --auth tokens
        lading serve --database /var/lib/lading/registry.db --port 8081
        lading serve --database postgresql://lading@db.example.com/registry
        lading serve --config /etc/lading/registry.toml --show-settings
    """
    from lading.registry.errors import RegistryError
    from lading.registry.sources import gathered, masked, settings_of, shown
    from lading.registry.store.opening import refuse_secrets

    options = {
        "database": database,
        "host": host,
        "port": port,
        "compatibility": compatibility,
        "error_code": error_code,
        "insecure_bind": insecure_bind,
        "auth": auth,
        "access": access,
        "access_log": access_log,
        "metrics_port": metrics_port,
        "judges": judges,
    }
    try:
        refuse_secrets(database or "")
        said = gathered(options, config=config, environment=os.environ)
        if show_settings:
            answer(shown(said))
            return
        settings = settings_of(said)
        _run(settings, lambda url: say(_ready(url, masked(settings.database))))
    except RegistryError as error:  # an address or a file that was named cannot be used
        raise UsageProblem(error.message, hint=error.hint) from error


def _run(settings: Settings, ready: Callable[[str], None]) -> None:
    from lading.registry.serve import serve as run

    run(settings, ready=ready)


def _ready(url: str, database: str) -> str:
    return f"lading registry at {url}, in {database} (Ctrl-C ends it)"
