"""How a typer application of ours is set up: plain text, no completion, no tracebacks."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Final, TypeVar

import typer

from lading.cli.table import EXIT_CODES

if TYPE_CHECKING:
    from collections.abc import Callable

_AS_WRITTEN: Final = "\b\n"
"""Before a paragraph of help: its lines are shown as they are, and not filled."""

PROMISES: Final = "NONE, BACKWARD, FORWARD or FULL, the last three also with _TRANSITIVE."
"""What `lading.model.Compatibility` takes, short enough for a line of help."""

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def application(help_: str, *, group: bool = False) -> typer.Typer:
    """An empty application; a group keeps its commands' names even when it has only one.

    Args:
        help_: the module's docstring, ``lading NAME``, a colon, and what it is for.
        group: whether commands go below it.
    """
    purpose = help_.partition(": ")[2]
    app = typer.Typer(
        add_completion=False,
        help=f"{purpose[:1].upper()}{purpose[1:]}\n\n{EXIT_CODES}",
        no_args_is_help=group,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if group:
        app.callback()(lambda: None)
    return app


def command(app: typer.Typer, *, name: str | None = None) -> Callable[[_Function], _Function]:
    """Add a function to `app`; its docstring is the help, and its examples keep their lines.

    `name` is for words that no function can have.
    """

    def add(function: _Function) -> _Function:
        help_ = laid_out(cleandoc(function.__doc__ or ""))
        app.command(name, help=help_, epilog=EXIT_CODES)(function)
        return function

    return add


def laid_out(text: str) -> str:
    """Help in which a paragraph of examples stays as it is written."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        f"{_AS_WRITTEN}{each}" if each.startswith("Examples:\n") else each for each in paragraphs
    )
