"""Invariants of records as validators of their models: straight Python, written from the tree."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Final

from lading.codegen.python.text import quoted
from lading.model.invariants import parsed, shown
from lading.model.schema import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.model.schema import Invariant, Schema

_IMPORTS: Final = (
    ("typing", "Self"),
    ("pydantic", "model_validator"),
    ("lading.runtime", "broken"),
    ("lading.runtime", "forest"),
    ("lading.runtime", "unique"),
)


def python_names(texts: Iterable[str]) -> dict[str, str]:
    """Name of a field in its contract to its name in Python, where the renderer had to differ.

    It decides by the name alone, so one table serves all classes.
    """
    return {
        alias: name
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        for alias, name in _renamed(node, node.target.id)
    }


def _renamed(node: ast.AnnAssign, name: str) -> Iterator[tuple[str, str]]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Field":
            for each in call.keywords:
                if each.arg == "alias" and isinstance(each.value, ast.Constant):
                    yield str(each.value.value), name


def with_invariants(
    text: str, names: Mapping[str, str], types: Mapping[str, Schema], renamed: Mapping[str, str]
) -> tuple[str, list[tuple[str, str]]]:
    """`text` with a validator at the end of each class that has something to check.

    Args:
        text: a rendered module.
        names: class to full name.
        types: full name to type.
        renamed: as `python_names` gives it.

    Returns:
        The text, and what it has to import for that, as (module, name).
    """
    lines = text.split("\n")
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    found = False
    for node in reversed(classes):
        checks = _checks(types.get(names.get(node.name, "")))
        if checks:
            found = True
            at = node.end_lineno or node.lineno
            lines[at:at] = _validator(node.name, checks, renamed)
    return "\n".join(lines), list(_IMPORTS) if found else []


def _checks(schema: Schema | None) -> list[Invariant]:
    return [each for each in schema.invariants if each.check] if isinstance(schema, Record) else []


def _validator(owner: str, checks: list[Invariant], renamed: Mapping[str, str]) -> list[str]:
    lines = [
        "",
        '    @model_validator(mode="after")',
        "    def _invariants(self) -> Self:",
        '        """Refuse what does not add up."""',
    ]
    for each in checks:
        condition = _Writer(renamed).visit(copy.deepcopy(parsed(each.check)))
        lines += _unless(condition)
        lines.append(
            f"            raise broken({quoted(f'{owner}.{each.name}')}, {quoted(each.rule)})"
        )
    return [*lines, "        return self"]


def _unless(condition: ast.expr) -> list[str]:
    """``if not (...):``, a line for each part of a long one."""
    short = f"        if not ({shown(condition)}):"
    if len(short) <= 100 or not isinstance(condition, ast.BoolOp):  # noqa: PLR2004 - length of a line
        return [short]
    word = "and" if isinstance(condition.op, ast.And) else "or"
    parts = [_part(each) for each in condition.values]
    first, *others = parts
    inner = [f"            {first}", *(f"            {word} {each}" for each in others)]
    return ["        if not (", *inner, "        ):"]


def _part(node: ast.expr) -> str:
    text = shown(node)
    return f"({text})" if isinstance(node, ast.BoolOp | ast.IfExp) else text


class _Writer(ast.NodeTransformer):
    """Fields become attributes of the model; names of loops and questions stay."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self.renamed = renamed
        self.local: set[str] = set()

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A question keeps its name."""
        return ast.Call(node.func, [self.visit(each) for each in node.args], [])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        """A loop's name is known inside the question only."""
        before = set(self.local)
        loops = []
        for each in node.generators:
            source = self.visit(each.iter)
            self.local.add(ast.unparse(each.target))
            ifs = [self.visit(one) for one in each.ifs]
            loops.append(ast.comprehension(each.target, source, ifs, 0))
        made = ast.GeneratorExp(self.visit(node.elt), loops)
        self.local = before
        return made

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A field of the record itself."""
        if node.id in self.local:
            return node
        name = self.renamed.get(node.id, node.id)
        return ast.Attribute(ast.Name("self", ast.Load()), name, ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A field of a part."""
        name = self.renamed.get(node.attr, node.attr)
        return ast.Attribute(self.visit(node.value), name, ast.Load())
