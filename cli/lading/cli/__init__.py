"""The ``lading`` command: finds the command's module; an error becomes one message and a code."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import NoReturn

from lading.cli.exit_codes import ExitCode
from lading.cli.table import COMMANDS, help_text

__all__ = ["main"]


def main() -> None:
    """Run the command line; never returns normally."""
    arguments = sys.argv[1:]
    first = arguments[0] if arguments else "--help"
    if first in {"-h", "--help", "help"}:
        _print(help_text())
    if first in {"-V", "--version", "version"}:
        _print(f"lading {_version()}\n")
    if first not in COMMANDS:
        _unknown(first)
    try:
        _run(first, arguments[1:])
    except KeyboardInterrupt:
        sys.exit(130)


def _print(text: str) -> NoReturn:
    from lading.cli.terminal import answer

    answer(text)
    sys.exit(ExitCode.CLEAN)


def _run(name: str, arguments: list[str]) -> None:
    from lading.model.errors import LadingError

    try:
        command = import_module(f"lading.cli.{name}").app
        command(args=arguments, prog_name=f"lading {name}")
    except LadingError as error:
        _end(str(error), _code_of(error))
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("lading"):
            raise
        _end(f"`{missing.name}` is not installed\n  try: pip install 'lading[all]'", ExitCode.USAGE)
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            _end(
                f"{error.filename}: {error.strerror}\n  try: a place that can be read and written",
                ExitCode.USAGE,
            )
        if os.environ.get("LADING_TRACEBACK"):
            raise
        _end(
            f"{type(error).__name__}: {error}\n  this is a mistake in lading; "
            "LADING_TRACEBACK=1 shows where",
            ExitCode.UNDECIDED,
        )


def _code_of(error: Exception) -> ExitCode:
    from lading.cli.errors import UsageProblem
    from lading.model.errors import ContractError, LadingError, WorkspaceError

    # The root itself is raised for a folder or an option that cannot be used.
    if isinstance(error, UsageProblem | WorkspaceError) or type(error) is LadingError:
        return ExitCode.USAGE
    return ExitCode.FINDINGS if isinstance(error, ContractError) else ExitCode.UNDECIDED


def _unknown(word: str) -> NoReturn:
    from lading.model.suggest import closest

    what = "option" if word.startswith("-") else "command"
    near = closest(word, ("--help", "--version") if what == "option" else COMMANDS)
    hint = f"did you mean `lading {near}`?" if near else "lading --help lists the commands"
    _end(f"there is no {what} `{word}`\n  try: {hint}", ExitCode.USAGE)


def _end(message: str, code: ExitCode) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.write(f"lading: {message}\n")
    sys.exit(code)


def _version() -> str:
    from importlib.metadata import version

    return version("lading")
