"""What generated Python may contain: the last look before it is handed out.

Names, documentation and defaults come from contracts that anybody may have written. Escaping keeps
them inert; this check refuses the file should escaping ever fail. It allows what generated modules
are made of, and nothing that runs on import beyond it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from lading.codegen.errors import CodegenError
from lading.codegen.python.renderer import vendored

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULES: Final = frozenset(
    {"__future__", "collections.abc", "contextlib", "datetime", "decimal", "enum", "functools"}
    | {"ipaddress", "types", "typing", "typing_extensions", "uuid"}
    | {"httpx2", "lading.runtime", "pydantic"}
)
_BUILTINS: Final = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
"""The renderer imports these where a field has their name."""
_STATEMENTS: Final = (
    ast.AnnAssign,
    ast.Assign,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Expr,
    ast.FunctionDef,
    ast.If,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
)
_CALLS: Final = frozenset(
    {
        "ConfigDict",
        "Decimal",
        "Field",
        "CodeTable",
        "Mapped",
        "MappingProxyType",
        "Strict",
        "TypeAliasType",
    }
    | {"UUID", "frozenset", "timedelta", "datetime", "date.fromordinal", "model_validator"}
)
"""What may be called while a module is imported, beside classes of the package itself."""
_CLIENT_CALLS: Final = frozenset(
    {"BodyMedia", "ClientDefaults", "IdempotencyPlan", "OperationPlan", "ParameterPlan"}
    | {"ParameterSpec", "PydanticCodec", "RequestBody", "ResponseDecoder", "SecurityBinding"}
    | {"SecurityRequirement", "SecurityScheme", "ServerPlan", "ServerVariable"}
    | {"binary_branch", "empty_branch", "model_branch", "text_branch"}
)
_FORBIDDEN: Final = frozenset(
    {"__import__", "breakpoint", "compile", "delattr", "eval", "exec", "globals", "input"}
    | {"locals", "open", "setattr", "vars"}
)
_RUNTIME: Final = "/client/_runtime/"


def refuse_unsafe(path: str, text: str, *, package: str) -> None:
    """Raise `CodegenError` when the generated file `path` holds anything unexpected."""
    if _RUNTIME in path:
        _refuse_altered(path, text)
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise _refused(path, 1, f"it is not Python: {error}") from error
    for line, what in _oddities(tree, package):
        raise _refused(path, line, what)


def _refuse_altered(path: str, text: str) -> None:
    """The client runtime is the renderer's own file, whatever the contract says."""
    original = vendored(path.partition(_RUNTIME)[2])
    if original is None or _code(original) != _code(text):
        raise _refused(path, 1, "it differs from the runtime of datamodel-code-generator")


def _code(text: str) -> str:
    return ast.dump(ast.parse(text))


def _refused(path: str, line: int, what: str) -> CodegenError:
    return CodegenError(
        f"generated {path}:{line} is not safe to use: {what}",
        hint="a text or name in a contract got through; please report the contract",
    )


def _oddities(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    known = _CALLS | _CLIENT_CALLS | _own_names(tree, package)
    forbidden = _FORBIDDEN - {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        yield from _odd_import(node, package)
        yield from _odd_name(node, forbidden)
    yield from _odd_body(tree.body, known)


def _odd_import(node: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name not in _MODULES:
                yield node.lineno, f"it imports {alias.name}"
    elif isinstance(node, ast.ImportFrom):
        module = node.module or ""
        own = node.level > 0 or module == package or module.startswith(f"{package}.")
        types = module == "builtins" and all(each.name in _BUILTINS for each in node.names)
        if not own and not types and module not in _MODULES:
            yield node.lineno, f"it imports from {module}"


def _odd_name(node: ast.AST, forbidden: frozenset[str]) -> Iterator[tuple[int, str]]:
    """A field or an argument may be called ``input``; the builtin may not be used."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in forbidden:
        yield node.lineno, f"it uses {node.id}"
    if isinstance(node, ast.Attribute) and node.attr.startswith("__") and node.attr not in _DUNDER:
        yield node.lineno, f"it uses .{node.attr}"


_DUNDER: Final = frozenset({"__new__", "__name__"})


def _odd_body(body: list[ast.stmt], known: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Statements that run on import, in modules and classes."""
    for node in body:
        if not isinstance(node, _STATEMENTS):
            yield node.lineno, f"it has a {type(node).__name__} statement"
        elif isinstance(node, ast.ClassDef):
            yield from _odd_calls([*node.bases, *node.keywords, *node.decorator_list], known)
            yield from _odd_body(node.body, known)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            defaults = [each for each in node.args.kw_defaults if each is not None]
            yield from _odd_calls([*node.decorator_list, *node.args.defaults, *defaults], known)
        elif isinstance(node, ast.If):
            if ast.unparse(node.test) != "TYPE_CHECKING" or node.orelse:
                yield node.lineno, "it decides something on import"
            yield from _odd_body(node.body, known)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)):
            yield from _odd_calls([node], known)


def _odd_calls(nodes: list[ast.AST], known: frozenset[str]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and not _is_known(inner.func, known):
                yield inner.lineno, f"it calls {ast.unparse(inner.func)} on import"


def _is_known(called: ast.expr, known: frozenset[str]) -> bool:
    """A known name; a known class's rebuild or validation; or the time of day of a datetime."""
    if isinstance(called, ast.Attribute) and called.attr in {"model_rebuild", "model_validate"}:
        return isinstance(called.value, ast.Name) and called.value.id in known
    if isinstance(called, ast.Attribute) and called.attr == "time":
        return isinstance(called.value, ast.BinOp)
    return ast.unparse(called) in known


def _own_names(tree: ast.Module, package: str) -> frozenset[str]:
    """Classes defined here, and what comes from elsewhere in the package."""
    names = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (
            node.level or (node.module or "").startswith(f"{package}.")
        ):
            names |= {alias.asname or alias.name for alias in node.names}
    return frozenset(names)
