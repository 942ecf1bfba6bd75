"""Invariants of records: what adds up, written once, checked in samples and in generated models.

A check is a condition over the fields of the record, such as
``not lots or sum(lot.quantity.value for lot in lots) == shipped_quantity.value``. Its grammar is
a part of Python's: comparisons, ``and or not``, ``+ - *``, ``in``, ``is None``, and the questions
`FUNCTIONS` over a part of the message. It is parsed, held to the types of the contract, and never
run as it was written: `holds` walks the tree, generators write it anew from the tree.

A check is total: what may be empty has to be asked for first (``x is None or x.value > 0``), so no
valid message makes it fail by accident. Floats take no part: they add up to nothing exactly.
"""

from __future__ import annotations

import ast
import operator
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from lading.model.notes import kind_of
from lading.model.schema import Invariant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.model.document import Pointer
    from lading.model.notes import Notes

FUNCTIONS: Final = ("sum", "all", "any", "unique", "forest", "len", "abs")
"""``sum all any`` as in Python; ``unique(x for ...)``: no value comes twice; ``forest((id, parent)
for ...)``: parents are there and nobody is above himself; ``len`` of a list or text; ``abs``."""
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_PARTS: Final = re.compile(r"\b(?:sum|all|any|unique|forest)\(\(")
"""A question over parts, as `ast.unparse` writes it: with brackets that nobody needs."""
_LONGEST: Final = 600
_DEEPEST: Final = 40
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, listed: value in listed,
    ast.NotIn: lambda value, listed: value not in listed,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
SUMS: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def read_invariants(notes: Notes, node: Mapping[str, Any], at: Pointer) -> tuple[Invariant, ...]:
    """What ``x-invariants`` of a record says; what is wrong in it is noted."""
    listed = node.get("x-invariants", [])
    at = (*at, "x-invariants")
    if not isinstance(listed, list):
        notes.add("LAD019", at, f"`x-invariants` is a list, not {kind_of(listed)}")
        return ()
    found: dict[str, Invariant] = {}
    for index, each in enumerate(listed):
        where = (*at, index)
        if not isinstance(each, dict):
            notes.add("LAD019", where, f"an invariant is an object, not {kind_of(each)}")
            continue
        notes.unknown_keys(each, where, ("name", "rule", "check"))
        name, rule, check = (notes.text(each, key, where) for key in ("name", "rule", "check"))
        if not _NAME.fullmatch(name):
            hint = "words in small letters with hyphens between, as lot-sum"
            notes.add("LAD019", where, f"`{name}` is no name of an invariant", hint=hint)
        elif name in found:
            notes.add("LAD014", where, f"the invariant `{name}` is written twice")
        elif not rule:
            notes.add("LAD019", where, f"the invariant `{name}` has no `rule` in words")
        else:
            found[name] = Invariant(name, rule, _even(check), at=notes.origin(where))
    return tuple(found.values())


def _even(check: str) -> str:
    """A check with its spaces and parentheses as Python would write them."""
    try:
        return shown(parsed(check)) if check else ""
    except UndecidableError:
        return check


def holds(check: str, values: Mapping[str, Any]) -> bool:
    """Whether a check that `wrong_in` found sound is true of the fields of one record.

    Args:
        check: the condition.
        values: field to value, every field of the record: numbers as `int` or `Decimal`, moments as
            `datetime`, records as mappings, lists as sequences, what is empty as `None`.
    """
    return bool(_value(parsed(check), values))


class UndecidableError(ValueError):
    """The check cannot be decided, for the reason given."""


@cache
def parsed(check: str) -> ast.expr:
    """The tree of a check. Raises `ValueError` when it is no expression, or too large."""
    if len(check) > _LONGEST:
        raise UndecidableError(f"a check has at most {_LONGEST} characters")
    try:
        tree = ast.parse(check.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UndecidableError("this is no condition: it cannot be parsed") from error
    if _depth(tree) > _DEEPEST:
        raise UndecidableError("the check is nested too deeply")
    return tree


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [below for each in level for below in ast.iter_child_nodes(each)]
    return depth


def shown(node: ast.expr) -> str:
    """The text of a part of a check, spelt evenly."""
    text = ast.unparse(node)
    for found in reversed(list(_PARTS.finditer(text))):
        end = _closing(text, found.end() - 1)
        if text[end : end + 2] == "))":
            text = text[: found.end() - 1] + text[found.end() : end] + text[end + 1 :]
    try:
        same = ast.dump(ast.parse(text, mode="eval").body) == ast.dump(node)
    except SyntaxError:
        same = False
    return text if same else ast.unparse(node)


def _closing(text: str, start: int) -> int:
    """Where the bracket at `start` closes."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return at
    return len(text)


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:  # noqa: C901, PLR0911 - one case per kind of node
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return values[name]
        case ast.Attribute(value=owner, attr=name):
            return _value(owner, values)[name]
        case ast.Tuple(elts=parts):
            return tuple(_value(each, values) for each in parts)
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(each, values) for each in parts)
        case ast.BoolOp(values=parts):
            return any(_value(each, values) for each in parts)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, values)
        case ast.UnaryOp(operand=inner):
            return -_value(inner, values)
        case ast.BinOp(left=left, op=op, right=right):
            return SUMS[type(op)](_value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARISONS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as parts]):
            return _question(name)(_each(parts.elt, parts.generators, values))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return (abs if name == "abs" else len)(_value(argument, values))
    raise AssertionError(f"an unchecked part: {shown(node)}")


def _question(name: str) -> Callable[[Iterator[Any]], Any]:
    from lading.runtime.invariants import forest, unique

    questions: dict[str, Callable[[Iterator[Any]], Any]] = {
        "sum": sum,
        "all": all,
        "any": any,
        "unique": unique,
        "forest": forest,
    }
    return questions[name]


def _each(
    wanted: ast.expr, loops: list[ast.comprehension], values: Mapping[str, Any]
) -> Iterator[Any]:
    if not loops:
        yield _value(wanted, values)
        return
    loop, *rest = loops
    for part in _value(loop.iter, values):
        inner = {**values, ast.unparse(loop.target): part}
        if all(_value(each, inner) for each in loop.ifs):
            yield from _each(wanted, rest, inner)
