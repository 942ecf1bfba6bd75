"""A code mapping as a table and one function that answers for every code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.codegen.errors import CodegenError
from lading.codegen.python.header import header
from lading.codegen.python.imports import with_imports
from lading.codegen.python.layout import refuse_clashes, snake, subject_module
from lading.codegen.python.taxonomies import class_name, find_taxonomy, members
from lading.codegen.python.text import docstring, one_line, quoted
from lading.model.contract import Kind
from lading.model.taxonomy import CodeMap, MappingCell, Taxonomy, Unmapped, answers, asserted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.model.contract import Contract

_IMPORTS: Final = (
    ("collections.abc", "Mapping"),
    ("types", "MappingProxyType"),
    ("typing", "Final"),
    ("lading.runtime", "CodeTable"),
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
    codes = _codes_of(target)
    others = {each: find_taxonomy(each, contract, contracts) for each in _others(code_map)}
    for each, other in others.items():
        codes |= {f"{each}/{code}": name for code, name in _codes_of(other).items()}
    parts = [
        *_table(contract, code_map, name, codes),
        *_special(contract, code_map, name, codes),
        *_function(code_map, target.body, name, codes),
        *_sending(contract, code_map, name, codes),
    ]
    enums = ((subject_module(each), class_name(each)) for each in (target, *others.values()))
    imports = (*_IMPORTS, *((f"..taxonomies.{module}", enum) for module, enum in enums))
    title = docstring(f"{code_map.title or code_map.name}.\n\n{code_map.doc}")
    return header([contract]) + title + "\n" + with_imports("".join(parts), imports)


def _codes_of(contract: Contract) -> dict[str, str]:
    """Code to how it is written in Python: ``ShipmentStatus.IN_TRANSIT``."""
    if not isinstance(contract.body, Taxonomy):
        raise TypeError(f"{contract.subject} is no taxonomy")
    name = class_name(contract)
    return {code: f"{name}.{member}" for code, member in members(contract.body).items()}


def _others(code_map: CodeMap) -> list[str]:
    """The names of the other taxonomies that `also` speaks of."""
    said = [*code_map.overrides, *(each for cell in code_map.cells for each in answers(cell))]
    named = {name for each in said for name, _ in asserted(each, code_map.taxonomy)}
    return sorted(named - {code_map.taxonomy})


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


def _special(
    contract: Contract, code_map: CodeMap, name: str, codes: Mapping[str, str]
) -> Iterator[str]:
    """What holds in a case or for a partner, and the table of all three."""
    cases = "".join(_cases(contract, code_map, codes))
    agreed = "".join(_agreed(contract, code_map, codes))
    yield f"\nTABLE: Final[CodeTable[{name}]] = CodeTable(\n    MAPPING,\n    CODES,\n"
    yield f"    {{\n{cases}    }},\n" if cases else "    {},\n"
    yield f"    {{\n{agreed}    }},\n" if agreed else "    {},\n"
    yield ")\n"
    yield docstring("The codes with what they mean in a case, and from a partner.")


def _cases(contract: Contract, code_map: CodeMap, codes: Mapping[str, str]) -> Iterator[str]:
    for cell in sorted(code_map.cells, key=lambda cell: cell.code):
        if cell.cases:
            yield f"        {quoted(cell.code)}: (\n"
            for case in cell.cases:
                when = ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in case.when)
                answer = _answer(contract, replace(cell, to=case.to, also=case.also), codes)
                yield f"            ({{{when}}}, {answer}),\n"
            yield "        ),\n"


def _agreed(contract: Contract, code_map: CodeMap, codes: Mapping[str, str]) -> Iterator[str]:
    for each in sorted(code_map.overrides, key=lambda each: (each.partner, each.code)):
        cell = MappingCell(each.code, each.to, each.quality, also=each.also)
        key = f"({quoted(each.partner)}, {quoted(each.code)})"
        yield f"        {key}: ({quoted(each.until)}, {_answer(contract, cell, codes)}),\n"


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
    also, elsewhere = (
        "".join(f"{codes[code]}, " for code in cell.also if ("/" in code) is other).rstrip()
        for other in (False, True)
    )
    parts = [quoted(cell.code), to, f"MappingQuality.{cell.quality.name}"]
    parts += [f"({also})"] if also else []
    parts += [f"elsewhere=({elsewhere})"] if elsewhere else []
    parts += [f"classifier={quoted(cell.classifier)}"] if cell.classifier else []
    return f"Mapped({', '.join(parts)})"


def _function(
    code_map: CodeMap, taxonomy: Taxonomy, name: str, codes: Mapping[str, str]
) -> Iterator[str]:
    yield f"\n\ndef {function_name(code_map)}(\n"
    yield '    code: str, *, partner: str = "", said: Mapping[str, str] | None = None\n'
    yield f") -> Mapped[{name}]:\n"
    more = "`partner` is who sent it, `said` what else the message says, by name."
    deciding = {
        f"{name}={value}" for cell in code_map.cells for c in cell.cases for name, value in c.when
    }
    if deciding:
        more += f" What decides: {one_line(', '.join(sorted(deciding)))}."
    if code_map.unmapped is Unmapped.REJECT:
        fate = "What `code` means; raises `lading.runtime.UnmappedCode` when it is not listed."
        call = "map_or_reject(TABLE, code, partner=partner, said=said)"
    else:
        unknown = codes[taxonomy.unknown]
        fate = f"What `code` means; one that is not listed becomes {taxonomy.unknown} and is kept."
        call = f"map_or_unknown(TABLE, code, {unknown}, partner=partner, said=said)"
    yield docstring(f"{fate}\n\n{more}", "    ")
    yield f"    return {call}\n"


def _sending(
    contract: Contract, code_map: CodeMap, name: str, codes: Mapping[str, str]
) -> Iterator[str]:
    """The reverse direction, where we send."""
    if not code_map.sends:
        return
    missing = [each.source for each in code_map.sends if each.source not in codes]
    if missing:
        raise CodegenError(
            f"{contract.subject} sends {', '.join(missing)}, which the taxonomy does not list",
            hint="lading check names the place",
        )
    yield f"\n\nSENT: Final[Mapping[{name}, str]] = MappingProxyType({{\n"
    for each in sorted(code_map.sends, key=lambda each: each.source):
        yield f"    {codes[each.source]}: {quoted(each.code)},\n"
    yield "})\n"
    yield docstring("The code that we send for each of ours; what is not in it has no equal.")
    back = function_name(code_map).replace("to_", "from_", 1)
    yield f"\n\ndef {back}(canonical: {name}) -> str | None:\n"
    yield docstring("The code that we send for `canonical`; `None` when it has no equal.", "    ")
    yield "    return SENT.get(canonical)\n"
