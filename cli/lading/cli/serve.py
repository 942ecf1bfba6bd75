"""``lading serve``: run the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lading.cli.application import application
from lading.cli.terminal import say
from lading.model.contract import Compatibility

app = application(__doc__ or "")


@app.command()
def serve(
    database: Annotated[
        Path, typer.Option("--database", "--db", help="SQLite file; made when it is missing.")
    ] = Path("lading-registry.db"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8081,
    compatibility: Annotated[
        Compatibility, typer.Option(help="Level of subjects that have none of their own.")
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
    """Run the registry on one SQLite file, with Confluent's REST API.

    lading serve

    lading serve --database /var/lib/lading/registry.db --port 8081
    """
    from lading.registry.serve import serve as run
    from lading.registry.settings import Settings

    settings = Settings(
        path=database,
        host=host,
        port=port,
        compatibility=compatibility,
        incompatible_code=error_code,
        insecure_bind=insecure_bind,
    )
    run(
        settings, ready=lambda url: say(f"lading registry at {url}, in {database} (Ctrl-C ends it)")
    )
