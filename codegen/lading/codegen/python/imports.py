"""The import block of a generated module: what is used, once, in a fixed order."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def with_imports(source: str, extra: Iterable[tuple[str, str]] = ()) -> str:
    """`source` with its top-level imports replaced by those it uses, `extra` pairs included.

    Only ``from module import name`` is expected before the first other statement.
    """
    tree = ast.parse(source)
    block = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    wanted: dict[str, set[str]] = defaultdict(set)
    for module, name in [*_imported(block), *extra]:
        if name.rpartition(" ")[2] in used:
            wanted[module].add(name)
    lines = source.split("\n")
    gone = {line for node in block for line in range(node.lineno - 1, node.end_lineno or 0)}
    gone |= {number for number, line in enumerate(lines[: _start(tree)]) if line.startswith("#")}
    rest = "\n".join(line for number, line in enumerate(lines) if number not in gone).strip()
    gap = "\n\n" if rest.startswith(("class ", "def ")) else "\n"
    return f"from __future__ import annotations\n\n{_block(wanted)}{gap}{rest}\n"


def _start(tree: ast.Module) -> int:
    """Where the first statement stands that is no import; comments above are the renderer's."""
    others = (node for node in tree.body if not isinstance(node, ast.ImportFrom))
    return next((node.lineno - 1 for node in others), 0)


def _imported(block: Iterable[ast.ImportFrom]) -> Iterator[tuple[str, str]]:
    for node in block:
        for alias in node.names:
            name = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
            yield "." * node.level + (node.module or ""), name


def _block(wanted: dict[str, set[str]]) -> str:
    groups: dict[int, list[str]] = defaultdict(list)
    for module in sorted(wanted):
        groups[_group(module)].append(_line(module, sorted(wanted[module])))
    return "\n".join("".join(groups[group]) for group in sorted(groups))


def _group(module: str) -> int:
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _line(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}\n"
    if len(line) <= 100:  # noqa: PLR2004 - the line length of the project
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"
