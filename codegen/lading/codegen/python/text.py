"""Text from a contract, made inert: what may stand in generated code, and how."""

from __future__ import annotations

import ast
import textwrap
import unicodedata
from typing import Final

_WIDTH: Final = 96
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Control, format (direction marks), private and surrogate characters, and line separators."""


def plain(text: str) -> str:
    """`text` without characters that hide, reorder or break lines; line feeds stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        " " if char != "\n" and unicodedata.category(char) in _UNSEEN else char for char in text
    )


def one_line(text: str) -> str:
    """`text` on one line, so that a comment cannot be left."""
    return " ".join(plain(text).split())


def docstring(text: str, indent: str = "") -> str:
    """`text` as an indented docstring statement; reading it back gives the same words."""
    body = plain(text).strip()
    core = body.rstrip('"')
    core_text = core.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    body = core_text + '\\"' * (len(body) - len(core))
    lines = [
        line for paragraph in body.split("\n") for line in _wrapped(paragraph, _WIDTH - len(indent))
    ]
    if len(lines) == 1 and len(indent) + len(lines[0]) + 6 <= _WIDTH:
        statement = f'{indent}"""{lines[0]}"""\n'
    else:
        rest = "".join(f"{indent}{line}\n" if line else "\n" for line in lines[1:])
        statement = f'{indent}"""{lines[0]}\n{rest}{indent}"""\n'
    _same_words(statement, text)
    return statement


def _wrapped(paragraph: str, width: int) -> list[str]:
    lines = textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
    return lines or [""]


def _same_words(statement: str, text: str) -> None:
    """Escaping that loses or frees anything must never get out."""
    value = ast.literal_eval(statement.strip())
    if value.split() != plain(text).split():
        raise AssertionError(f"the docstring {statement!r} does not say {text!r}")


def quoted(text: str) -> str:
    """`text` as a Python literal, in double quotes where that needs no escape."""
    shown = repr(text)
    return shown if '"' in shown else f'"{shown[1:-1]}"'
