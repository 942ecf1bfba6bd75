"""The conditions of a derived status: read, checked, and evaluated.

A condition is a comparison of inputs and whole numbers (``shipped == open``), a question about
codes (``lifecycle == ON_HOLD``, ``lifecycle in (CANCELLED, REJECTED)``,
``any_of(shipments, LOST, DISPOSED)``, ``all_of(shipments, DELIVERED)``), or several of them with
``and``, ``or``, ``not``. Its words are the inputs and codes, nothing else: it is parsed with
Python's grammar and never run as Python.
"""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from lading.model.taxonomy import Derivation

OTHERWISE: Final = "otherwise"
"""The condition of the last rule: it always holds, so every input has a status."""
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_MEMBER: Final = (ast.In, ast.NotIn)
_QUESTIONS: Final = ("any_of", "all_of")
_LONGEST: Final = 500


def derive(derivation: Derivation, values: Mapping[str, Any]) -> str:
    """The code that `derivation` gives.

    Args:
        derivation: its conditions were checked by `wrong_in`.
        values: one for each input: a whole or decimal number, a code, or a collection of codes.
    """
    return next(code for text, code in derivation.rules if holds(text, values))


def reader(derivation: Derivation) -> Callable[[Mapping[str, Any]], str]:
    """`derive` for many facts: its conditions are read once."""
    rules = [(None if text == OTHERWISE else parsed(text), to) for text, to in derivation.rules]

    def code(values: Mapping[str, Any]) -> str:
        return next(to for when, to in rules if when is None or _value(when, values))

    return code


def holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Whether a checked condition is true of `values`."""
    return condition == OTHERWISE or bool(_value(parsed(condition), values))


def wrong_in(condition: str, inputs: Collection[str]) -> str:
    """What is wrong with a condition, in words; empty when it can be evaluated."""
    if condition == OTHERWISE:
        return ""
    if len(condition) > _LONGEST:
        return f"a condition has at most {_LONGEST} characters"
    try:
        node = parsed(condition)
    except SyntaxError:
        return "this is no condition"
    return next(_wrong(node, inputs), "")


def parsed(condition: str) -> ast.expr:
    """The tree of a checked condition that is not `OTHERWISE`."""
    return ast.parse(condition.strip(), mode="eval").body


def _wrong(node: ast.expr, inputs: Collection[str]) -> Iterator[str]:
    match node:
        case ast.BoolOp(values=parts):
            for each in parts:
                yield from _wrong(each, inputs)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _wrong(inner, inputs)
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[right]):
            yield from _unknown(name, inputs)
            yield from _wrong_comparison(op, right, inputs)
        case ast.Call(func=ast.Name(id=question), args=[ast.Name(id=name), *codes], keywords=[]):
            yield from _unknown(name, inputs)
            if question not in _QUESTIONS:
                yield f"`{question}` is not one of {', '.join(_QUESTIONS)}"
            if not codes or not all(isinstance(each, ast.Name) for each in codes):
                yield f"`{question}` takes an input and the codes asked for"
        case _:
            yield f"`{ast.unparse(node)}` is no comparison of inputs"


def _wrong_comparison(op: ast.cmpop, right: ast.expr, inputs: Collection[str]) -> Iterator[str]:
    if isinstance(op, _MEMBER):
        yield from () if _codes(right) else ("`in` is followed by two or more codes in brackets",)
    elif type(op) not in _COMPARISONS:
        yield "only ==, !=, <, <=, >, >= and in compare"
    elif isinstance(right, ast.Name):
        yield from () if right.id.isupper() else _unknown(right.id, inputs)
    elif not (isinstance(right, ast.Constant) and type(right.value) is int):
        yield "inputs are compared with inputs and whole numbers"


def _unknown(name: str, inputs: Collection[str]) -> Iterator[str]:
    if name not in inputs:
        yield f"`{name}` is not one of the inputs {', '.join(inputs)}"


def _codes(node: ast.expr) -> tuple[str, ...]:
    if not isinstance(node, ast.Tuple):
        return ()
    return tuple(each.id for each in node.elts if isinstance(each, ast.Name))


def _value(node: ast.expr, values: Mapping[str, Any]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(each, values) for each in parts)
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(_value(each, values) for each in parts)
        case ast.UnaryOp(operand=inner):
            return not _value(inner, values)
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[right]):
            if isinstance(op, _MEMBER):
                return (values[name] in _codes(right)) is isinstance(op, ast.In)
            return _COMPARISONS[type(op)](values[name], _operand(right, values))
        case ast.Call(func=ast.Name(id=question), args=[ast.Name(id=name), *codes]):
            wanted = {each.id for each in codes if isinstance(each, ast.Name)}
            asked = (each in wanted for each in values[name])
            return any(asked) if question == "any_of" else bool(values[name]) and all(asked)
    raise ValueError(f"not a checked condition: {ast.unparse(node)}")


def _operand(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """An input, a whole number, or a code: codes are in capitals, inputs are not."""
    if isinstance(node, ast.Name):
        return node.id if node.id.isupper() else values[node.id]
    return ast.literal_eval(node)
