"""The one layout of contract files, for ``lading fmt`` and for fixes.

JSON: two spaces; what fits into 100 columns stands on one line, except the document itself and the
fields of an Avro record, which are always taken apart. Keys keep their order, numbers their
spelling.

YAML: its author's layout stays, comments and all; line ends, spaces at the end of lines, runs of
blank lines and the end of the file are made uniform.

Either way the text is read again, and one that would say something else is refused.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from lading.model.document import Syntax
from lading.model.errors import LadingError
from lading.model.reader import read_document, syntax_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH: Final = 100
_STEP: Final = 2


class _Spelled(str):
    """A number as it was written: 1.50 stays 1.50."""

    __slots__ = ()


def formatted(name: str, data: bytes) -> str:
    """The text of the document `name` in the one layout.

    Raises:
        ContractError: it cannot be read.
        LadingError: its layout cannot be changed without changing what it says.
    """
    syntax = syntax_of(name)
    document = read_document(name, data, syntax=syntax)
    text = _json(document.text) if document.syntax is Syntax.JSON else _yaml(document.text)
    again = read_document(name, text.encode(), syntax=syntax)
    if again.value != document.value:
        raise LadingError(
            f"{name}: its layout carries meaning, so it is left as it is",
            hint="write texts with blank lines or spaces at the end of a line in quotes",
        )
    return text


def laid_out(value: Any) -> str:
    """A parsed JSON document in the one layout."""
    return f"{_node(value, 0, apart=True)}\n"


def _json(text: str) -> str:
    return laid_out(json.loads(text, parse_int=_Spelled, parse_float=_Spelled))


def _line(node: Any) -> str:
    """A node on one line."""
    if isinstance(node, _Spelled):
        return str(node)
    if isinstance(node, dict):
        inside = ", ".join(f"{_text(key)}: {_line(each)}" for key, each in node.items())
        return f"{{{inside}}}"
    if isinstance(node, list):
        return f"[{', '.join(_line(each) for each in node)}]"
    return json.dumps(node, ensure_ascii=False)


def _text(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def _node(node: Any, indent: int, *, before: int = 0, apart: bool = False) -> str:
    """`node`, whose first line starts at column `indent` + `before`."""
    line = _line(node)
    fits = indent + before + len(line) + 1 <= _WIDTH and not _has_fields(node)
    if not node or not isinstance(node, (dict, list)) or (fits and not apart):
        return line
    inner = indent + _STEP
    if isinstance(node, dict):
        parts = [_entry(key, each, inner) for key, each in node.items()]
        return _block("{", parts, "}", indent)
    return _block("[", [_node(each, inner) for each in node], "]", indent)


def _entry(key: str, node: Any, indent: int) -> str:
    shown = f"{_text(key)}: "
    if key == "fields" and _is_fields(node):
        parts = [_node(each, indent + _STEP, apart=True) for each in node]
        return shown + _block("[", parts, "]", indent)
    return shown + _node(node, indent, before=len(shown))


def _block(start: str, parts: list[str], end: str, indent: int) -> str:
    gap = " " * (indent + _STEP)
    inside = ",\n".join(f"{gap}{each}" for each in parts)
    return f"{start}\n{inside}\n{' ' * indent}{end}"


def _is_fields(node: Any) -> bool:
    return isinstance(node, list) and bool(node) and all(isinstance(each, dict) for each in node)


def _has_fields(node: Any) -> bool:
    if isinstance(node, dict):
        return _is_fields(node.get("fields")) or any(map(_has_fields, node.values()))
    return isinstance(node, list) and any(map(_has_fields, node))


def _yaml(text: str) -> str:
    return "".join(f"{line}\n" for line in _lines(text)).lstrip("\n")


def _lines(text: str) -> Iterator[str]:
    blank = False
    for line in re.split(r"\r\n|\n|\r", text.strip("\r\n")):
        stripped = line.rstrip(" \t")
        if stripped or not blank:
            yield stripped
        blank = not stripped
