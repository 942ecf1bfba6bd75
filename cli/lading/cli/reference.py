"""Prints the reference of all commands as Markdown: ``python -m lading.cli.reference``."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from lading.cli.table import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK: Final = "<!-- from here on: python -m lading.cli.reference -->\n"
"""Stands before the reference in ``docs/cli.md``; what is above it is written by hand."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or an option of a command, as its function declares it."""

    name: str
    type: Any
    info: ArgumentInfo | OptionInfo
    default: Any

    @property
    def is_argument(self) -> bool:
        """Whether it is given by position."""
        return isinstance(self.info, ArgumentInfo)

    @property
    def words(self) -> list[str]:
        """How it is written: ``PATH``, ``[PATH]``, or the names of the option."""
        if not self.is_argument:
            declared = [self.info.default, *(self.info.param_decls or ())]
            names = [each for each in declared if isinstance(each, str)]
            return names or [f"--{self.name.replace('_', '-')}"]
        word = self.name.upper() + (" ..." if "list[" in str(self.type) else "")
        return [word if self.default is inspect.Parameter.empty else f"[{word}]"]

    @property
    def choices(self) -> list[str]:
        """The words it takes, where they are fixed."""
        kinds = (self.type, *get_args(self.type))
        found = [each for each in kinds if isinstance(each, type) and issubclass(each, Enum)]
        return [str(each.value) for kind in found for each in kind]


def reference() -> str:
    """A chapter for each command: what it does, its arguments and options, examples."""
    return "\n".join(line for name in COMMANDS for line in _chapters(name))


def _chapters(name: str) -> Iterator[str]:
    commands = import_module(f"lading.cli.{name}").app.registered_commands
    for each in commands:
        word = each.name or each.callback.__name__
        yield from _chapter(f"lading {name}" if word == name else f"lading {name} {word}", each)


def _chapter(title: str, command: Any) -> Iterator[str]:
    described, _, examples = str(command.help).partition("\b\nExamples:\n")
    found = list(_parameters(command.callback))
    usage = " ".join(word for each in found if each.is_argument for word in each.words)
    options = " [OPTIONS]" if any(not each.is_argument for each in found) else ""
    yield from (f"## {title}", "")
    for paragraph in described.strip().split("\n\n"):
        yield from (" ".join(paragraph.split()), "")
    yield from ("```text", f"{title}{options} {usage}".rstrip(), "```", "")
    if found:
        yield from ("| Argument or option | Meaning | Default |", "| --- | --- | --- |")
        yield from map(_row, found)
        yield ""
    if examples:
        yield from ("```console", *_prompted(examples.strip("\n").splitlines()), "```", "")


def _parameters(function: Callable[..., Any]) -> Iterator[Parameter]:
    hints = get_type_hints(function, include_extras=True)
    for name, each in inspect.signature(function).parameters.items():
        type_, info = get_args(hints[name])
        yield Parameter(name, type_, info, each.default)


def _row(parameter: Parameter) -> str:
    words = ", ".join(f"`{each}`" for each in parameter.words)
    said = " ".join(str(parameter.info.help).split()).replace("|", "\\|")
    choices = ", ".join(f"`{each}`" for each in parameter.choices)
    if choices and not parameter.info.metavar:
        said += f" One of {choices}."
    return f"| {words} | {said} | {_default(parameter)} |"


def _default(parameter: Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return "required"
    if parameter.default is None or parameter.default is False:
        return ""
    return f"`{getattr(parameter.default, 'value', parameter.default)}`"


def _prompted(lines: list[str]) -> Iterator[str]:
    """The lines with a prompt before each command, which may go on over several."""
    for before, line in zip(("", *lines), lines, strict=False):
        yield f"    {line.strip()}" if before.endswith("\\") else f"$ {_shown(line)}"


def _shown(line: str) -> str:
    """An example, with its remark as a comment of the shell."""
    return re.sub(r" {3,}(\S.*)$", r"  # \1", line.strip())


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 - this module is a program
