"""Records, enums and fixed types of messages as Pydantic modules, one per namespace."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from lading.codegen.errors import CodegenError
from lading.codegen.python.header import header
from lading.codegen.python.imports import with_imports
from lading.codegen.python.invariants import python_names, with_invariants
from lading.codegen.python.layout import model_module, refuse_clashes, short_name
from lading.codegen.python.named import named_types
from lading.codegen.python.renderer import render_models
from lading.codegen.python.schemas import documents
from lading.codegen.python.text import docstring, quoted
from lading.model.contract import Kind
from lading.model.schema import Enum, Fixed, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.codegen.python.defaults import Code
    from lading.codegen.python.schemas import Rendering
    from lading.model.contract import Contract
    from lading.model.schema import Schema

_SAME_AS_BASE: Final = {
    "extra='forbid'",
    "validate_by_name=True",
    "use_attribute_docstrings=True",
}
"""Settings the renderer repeats in each class although `ContractModel` has them."""


def model_files(contracts: Sequence[Contract], *, package: str) -> dict[str, str]:
    """The files below ``models/`` for the Avro and JSON Schema contracts among `contracts`."""
    chosen = [each for each in contracts if each.kind in {Kind.AVRO, Kind.JSON}]
    types = named_types(chosen)
    if not types:
        return {}
    _refuse_clashes(types)
    rendering = documents(types, package=package)
    refuse_circles(rendering.documents)
    rendered = render_models(rendering.documents, aliases=_aliases(types))
    renamed = python_names(rendered.values())
    files = {
        f"{module}.py": _module(module, text, rendering, chosen, renamed)
        for module, text in rendered.items()
    }
    title = docstring("Entities and events, one module per namespace of the contracts.")
    files["__init__.py"] = header(()) + title
    if rendering.scalars:
        files["scalars.py"] = _scalars(rendering)
    return files


def _refuse_clashes(types: Mapping[str, Schema]) -> None:
    names = [name for name, schema in types.items() if not isinstance(schema, Fixed)]
    modules = {model_module(name): name.rpartition(".")[0] for name in names}
    refuse_clashes(
        ((f"models.{model_module(name)}", name.rpartition(".")[0]) for name in names), "module"
    )
    if "scalars" in modules:
        raise CodegenError("a namespace cannot be called scalars", hint="add its version: ....v1")


def refuse_circles(rendered: Mapping[str, Any]) -> None:
    """Raise `CodegenError` when namespaces refer to each other: modules could not be imported."""
    graph = {module: set(_modules(document)) for module, document in rendered.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise CodegenError(
            f"these namespaces refer to each other: {' -> '.join(error.args[1])}",
            hint="move the types that both use to a third namespace, such as common",
        ) from error


def _modules(node: Any) -> Iterator[str]:
    """The sibling documents that `node` refers to."""
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            yield reference.partition(".json#")[0]
        for each in node.values():
            yield from _modules(each)
    elif isinstance(node, list):
        for each in node:
            yield from _modules(each)


def _aliases(types: Mapping[str, Schema]) -> dict[str, str]:
    """Fields that would hide something of the base class get an underscore; the wire keeps them."""
    from lading.runtime import ContractModel

    taken = {name for name in dir(ContractModel) if not name.startswith("_")}
    fields = (
        each.name
        for schema in types.values()
        if isinstance(schema, Record)
        for each in schema.fields
    )
    return {name: f"{name}_" for name in sorted(set(fields) & taken)}


def _module(
    module: str,
    text: str,
    rendering: Rendering,
    contracts: Sequence[Contract],
    renamed: Mapping[str, str],
) -> str:
    names = {
        short_name(name): name
        for name, schema in rendering.types.items()
        if model_module(name) == module and not isinstance(schema, Fixed)
    }
    text, imports = _with_defaults(text, rendering.code)
    is_json = all(name.startswith("schemas.") for name in names.values())
    text = _marked(text, names, rendering.types, is_json=is_json)
    text, needed = with_invariants(text, names, rendering.types, renamed)
    imports += needed
    text = with_imports(text, ((where, name) for where, name in imports if where != f".{module}"))
    here = [each for each in contracts if _home(each) == module]
    namespace = next(iter(names.values())).rpartition(".")[0]
    return header(here) + docstring(f"Types of {namespace}.") + "\n" + text


def _home(contract: Contract) -> str:
    """The module a contract is in: a JSON Schema's own, an Avro type's namespace."""
    name = contract.subject if contract.kind is Kind.AVRO else f"{contract.subject}."
    return model_module(name)


def _with_defaults(text: str, code: Mapping[str, Code]) -> tuple[str, list[tuple[str, str]]]:
    """`text` with placeholders replaced by the expressions they stand for, and their imports."""
    imports: list[tuple[str, str]] = []
    for key, made in code.items():
        if f'"{key}"' not in text:
            continue
        shown = made.expression
        if made.factory:
            shown = f"Field(default_factory=lambda: {shown})"
            imports.append(("pydantic", "Field"))
        text = text.replace(f'"{key}"', shown)
        imports.extend(made.imports)
    return text, imports


def _is_class(schema: Schema) -> bool:
    return isinstance(schema, (Record, Enum))


def _marked(
    text: str, names: Mapping[str, str], types: Mapping[str, Schema], *, is_json: bool
) -> str:
    """`text` with the full name, and an enum's own default, in each class.

    Raises `CodegenError` unless the classes are exactly those of the contract; an object that a
    JSON Schema writes in place has no name, so the renderer finds one.
    """
    tree = ast.parse(text)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    lost = {name for name in names if _is_class(types[names[name]])} - classes.keys()
    if lost or (len(classes) > len(names) and not is_json):
        odd = ", ".join(sorted(lost or classes.keys() ^ names.keys()))
        raise CodegenError(
            f"these types cannot keep their names in Python: {odd}",
            hint="rename them in the contract, and name types written in place",
        )
    lines = text.split("\n")
    for name in sorted(names.keys() & classes, key=lambda name: -classes[name].lineno):
        _mark(lines, classes[name], _marks(names[name], types[names[name]]))
    return "\n".join(lines)


def _marks(full_name: str, schema: Schema) -> list[str]:
    if isinstance(schema, Enum):
        default = schema.default
        return [] if default is None else [f"    __unknown__ = {quoted(default)}"]
    return [f"    __contract__ = {quoted(full_name)}"]


def _mark(lines: list[str], node: ast.ClassDef, marks: list[str]) -> None:
    """Put `marks` below the docstring of a class, in place of settings its base has."""
    for statement in node.body:
        if _is_base_config(statement):
            start, end = statement.lineno - 1, statement.end_lineno or statement.lineno
            del lines[start:end]
            lines[start:start] = [*marks, ""]
            return
    documented = ast.get_docstring(node) is not None
    at = (node.body[0].end_lineno or 0) if documented else node.body[0].lineno - 1
    if marks:
        lines[at:at] = ["", *marks] if documented else [*marks, ""]


def _is_base_config(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and ast.unparse(statement.targets[0]) == "model_config"
        and isinstance(statement.value, ast.Call)
        and {ast.unparse(each) for each in statement.value.keywords} <= _SAME_AS_BASE
    )


def _scalars(rendering: Rendering) -> str:
    lines = [f"{name} = {rendering.scalars[name]}" for name in sorted(rendering.scalars)]
    extra = [
        ("decimal", "Decimal"),
        ("typing", "Annotated"),
        ("pydantic", "Field"),
        ("pydantic", "Strict"),
        ("lading.runtime", "EXACT"),
    ]
    text = with_imports("\n".join(lines), extra).replace("\n\n\n", "\n\n")
    title = docstring("Decimals and byte strings of the sizes the contracts use.")
    return header(()) + title + "\n" + text
