"""A code mapping as a table and one function that answers for every code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.codegen.errors import CodegenError
from lading.codegen.python.header import header
from lading.codegen.python.imports import with_imports
from lading.codegen.python.layout import refuse_clashes, snake, subject_module
from lading.codegen.python.taxonomies import class_name, find_taxonomy, members
from lading.codegen.python.text import docstring, one_line, quoted
from lading.model.contract import Kind
from lading.model.taxonomy import CodeMap, Taxonomy, Unmapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.model.contract import Contract
    from lading.model.taxonomy import MappingCell

_IMPORTS: Final = (
    ("collections.abc", "Mapping"),
    ("types", "MappingProxyType"),
    ("typing", "Final"),
    ("lading.runtime", "Mapped"),
    ("lading.runtime", "MappingQuality"),
    ("lading.runtime", "map_or_reject"),
    ("lading.runtime", "map_or_unknown"),
)


def mapping_files(contracts: Sequence[Contract]) -> dict[str, str]:
    """The files below ``mappings/`` for the mappings among `contracts`."""
    chosen = [each for each in contracts if each.kind is Kind.MAPPING]
    refuse_clashes(((subject_module(each), each.subject) for each in chosen), "module")
    files = {f"{subject_module(each)}.py": _module(each, contracts) for each in chosen}
    if files:
        files["__init__.py"] = header(()) + docstring("Foreign codes and what they mean here.")
    return files


def function_name(code_map: CodeMap) -> str:
    """``to_shipment_milestone``."""
    return f"to_{snake(code_map.taxonomy)}"


def _module(contract: Contract, contracts: Sequence[Contract]) -> str:
    code_map = contract.body
    if not isinstance(code_map, CodeMap):
        raise TypeError(f"{contract.subject} is no mapping")
    target = find_taxonomy(code_map.taxonomy, contract, contracts)
    if not isinstance(target.body, Taxonomy):
        raise TypeError(f"{target.subject} is no taxonomy")
    name = class_name(target)
    codes = {code: f"{name}.{member}" for code, member in members(target.body).items()}
    parts = [
        *_table(contract, code_map, name, codes),
        *_function(code_map, target.body, name, codes),
    ]
    imports = (*_IMPORTS, (f"..taxonomies.{subject_module(target)}", name))
    title = docstring(f"{code_map.title or code_map.name}.\n\n{code_map.doc}")
    return header([contract]) + title + "\n" + with_imports("".join(parts), imports)


def _table(
    contract: Contract, code_map: CodeMap, name: str, codes: Mapping[str, str]
) -> Iterator[str]:
    yield f"MAPPING: Final = {quoted(code_map.name)}\nVERSION: Final = {quoted(code_map.version)}\n"
    yield f"SYSTEM: Final = {quoted(code_map.system)}\n\n"
    yield f"CODES: Final[Mapping[str, Mapped[{name}]]] = MappingProxyType({{\n"
    for cell in sorted(code_map.cells, key=lambda cell: cell.code):
        notes = one_line(" - ".join(filter(None, (cell.label, cell.note))))
        yield f"    # {notes}\n" if notes else ""
        yield f"    {quoted(cell.code)}: {_answer(contract, cell, codes)},\n"
    yield "})\n"
    yield docstring(
        f"What each listed code means; {one_line(code_map.code_list) or 'no list named'}."
    )


def _answer(contract: Contract, cell: MappingCell, codes: Mapping[str, str]) -> str:
    wanted = [code for code in (cell.to, *cell.also) if code is not None]
    missing = [code for code in wanted if code not in codes]
    if missing:
        raise CodegenError(
            f"{contract.subject}: {cell.code} maps to {', '.join(missing)}, which the taxonomy "
            "does not list",
            hint="lading check names the place",
        )
    to = "None" if cell.to is None else codes[cell.to]
    also = "".join(f", {codes[code]}" for code in cell.also).lstrip(", ")
    further = f", ({also},)" if also else ""
    return f"Mapped({quoted(cell.code)}, {to}, MappingQuality.{cell.quality.name}{further})"


def _function(
    code_map: CodeMap, taxonomy: Taxonomy, name: str, codes: Mapping[str, str]
) -> Iterator[str]:
    yield f"\n\ndef {function_name(code_map)}(code: str) -> Mapped[{name}]:\n"
    if code_map.unmapped is Unmapped.REJECT:
        yield docstring(
            "What `code` means; raises `lading.runtime.UnmappedCode` when it is not listed.", "    "
        )
        yield "    return map_or_reject(CODES, code, MAPPING)\n"
    else:
        unknown = codes[taxonomy.unknown]
        yield docstring(
            f"What `code` means; one that is not listed becomes {taxonomy.unknown} and is kept.",
            "    ",
        )
        yield f"    return map_or_unknown(CODES, code, {unknown})\n"
