"""How a typer application of ours is set up: plain text, no completion, no tracebacks."""

from __future__ import annotations

import typer

from lading.cli.table import EXIT_CODES


def application(help_: str, *, group: bool = False) -> typer.Typer:
    """An empty application; a group keeps its commands' names even when it has only one."""
    app = typer.Typer(
        add_completion=False,
        help=f"{help_}\n\n{EXIT_CODES}",
        no_args_is_help=group,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if group:
        app.callback()(lambda: None)
    return app
