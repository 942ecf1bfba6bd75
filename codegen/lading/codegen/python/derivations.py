"""A derived status as a function: its rules in order, the first that holds decides."""

from __future__ import annotations

import ast
import keyword
from typing import TYPE_CHECKING

from lading.codegen.errors import CodegenError
from lading.codegen.python.text import docstring, one_line, quoted
from lading.model.derivations import OTHERWISE, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.taxonomy import Derivation

IMPORTS = (("collections.abc", "Collection"), ("decimal", "Decimal"))
_QUESTIONS = {
    "any_of": "any(each in {codes} for each in {name})",
    "all_of": "(bool({name}) and all(each in {codes} for each in {name}))",
}


def derive_function(
    derivation: Derivation, *, owner: str, taxonomy: str, members: Mapping[str, str]
) -> str:
    """The text of ``derive``.

    Args:
        derivation: its conditions were checked when it was read.
        owner: name of the enum it returns.
        taxonomy: for errors.
        members: code to member name.

    Raises:
        CodegenError: an input cannot be an argument of a function.
    """
    for name in derivation.inputs:
        if not name.isidentifier() or keyword.iskeyword(name):
            hint = "call it by a word in small letters"
            raise CodegenError(f"{taxonomy}: the input `{name}` is no argument", hint=hint)
    kinds = _kinds(derivation)
    arguments = "".join(f"    {name}: {kinds[name]},\n" for name in derivation.inputs)
    return (
        f"\n\ndef derive(\n    *,\n{arguments}) -> {owner}:\n"
        + docstring(_doc(derivation), "    ")
        + "".join(_body(derivation, owner, members))
    )


def _doc(derivation: Derivation) -> str:
    told = "\n".join(f"    {name}: {one_line(text)}" for name, text in derivation.inputs.items())
    return f"The status that follows; the first rule that holds decides.\n\nArgs:\n{told}"


def _kinds(derivation: Derivation) -> dict[str, str]:
    """Input to its type: what it is asked tells."""
    kinds = dict.fromkeys(derivation.inputs, "object")
    trees = [parsed(text) for text, _ in derivation.rules if text != OTHERWISE]
    for node in (each for tree in trees for each in ast.walk(tree)):
        match node:
            case ast.Call(args=[ast.Name(id=name), *_]):
                kinds[name] = "Collection[str]"
            case ast.Compare(left=ast.Name(id=name), comparators=[right]):
                is_code = isinstance(right, ast.Tuple) or _is_code(right)
                kinds[name] = "str" if is_code else "int | Decimal"
                if isinstance(right, ast.Name) and not is_code:
                    kinds[right.id] = "int | Decimal"
    return kinds


def _is_code(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.isupper()


def _body(derivation: Derivation, owner: str, members: Mapping[str, str]) -> Iterator[str]:
    for text, code in derivation.rules:
        result = f"return {owner}.{members[code]}\n"
        if text == OTHERWISE:
            yield f"    {result}"
        else:
            yield f"    if {_condition(parsed(text))}:\n        {result}"


def _condition(node: ast.expr) -> str:
    match node:
        case ast.BoolOp(op=op, values=parts):
            word = " and " if isinstance(op, ast.And) else " or "
            return word.join(_inside(each) for each in parts)
        case ast.UnaryOp(operand=inner):
            return f"not {_inside(inner)}"
        case ast.Call(func=ast.Name(id=question), args=[ast.Name(id=name), *codes]):
            return _QUESTIONS[question].format(name=name, codes=_listed(codes))
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[right]):
            word = ast.unparse(ast.Compare(ast.Name("a"), [op], [ast.Name("b")]))[2:-2]
            return f"{name} {word} {_operand(right)}"
    raise AssertionError(f"not a checked condition: {ast.unparse(node)}")


def _inside(node: ast.expr) -> str:
    text = _condition(node)
    return f"({text})" if isinstance(node, ast.BoolOp) else text


def _operand(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple):
        return _listed(node.elts)
    return quoted(ast.unparse(node)) if _is_code(node) else ast.unparse(node)


def _listed(codes: list[ast.expr]) -> str:
    shown = [quoted(ast.unparse(each)) for each in codes]
    return f"({', '.join(shown)}{',' if len(shown) == 1 else ''})"
