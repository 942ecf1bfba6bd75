"""A status taxonomy as a StrEnum, its steps, and what is known of each status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lading.codegen.errors import CodegenError
from lading.codegen.python.derivations import IMPORTS as DERIVING
from lading.codegen.python.derivations import derive_function
from lading.codegen.python.header import header
from lading.codegen.python.imports import with_imports
from lading.codegen.python.layout import constant, pascal, refuse_clashes, subject_module
from lading.codegen.python.text import docstring, one_line, quoted
from lading.model.contract import Kind
from lading.model.taxonomies import reachable
from lading.model.taxonomy import Taxonomy, TaxonomyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lading.model.contract import Contract
    from lading.model.taxonomy import State

_IMPORTS = (
    ("collections.abc", "Mapping"),
    ("enum", "StrEnum"),
    ("types", "MappingProxyType"),
    ("typing", "Final"),
    ("lading.runtime", "step"),
)


def taxonomy_files(contracts: Sequence[Contract]) -> dict[str, str]:
    """The files below ``taxonomies/`` for the taxonomies among `contracts`."""
    chosen = [each for each in contracts if each.kind is Kind.TAXONOMY]
    refuse_clashes(((subject_module(each), each.subject) for each in chosen), "module")
    files = {f"{subject_module(each)}.py": _module(each, contracts) for each in chosen}
    if files:
        files["__init__.py"] = header(()) + docstring("Status taxonomies, one module each.")
    return files


def find_taxonomy(name: str, user: Contract, contracts: Sequence[Contract]) -> Contract:
    """The taxonomy that `user` calls `name`: the version it refers to, else the newest major.

    Raises `CodegenError` when it is not among `contracts`.
    """
    found = [each for each in contracts if _taxonomy_name(each) == name]
    if not found:
        raise CodegenError(
            f"{user.subject} needs the taxonomy {name}, which is not among the contracts",
            hint=f"generate from a workspace or registry that has taxonomies/{name}.yaml",
        )
    referred = {reference.subject for reference in user.references}
    return max(found, key=lambda each: (each.subject in referred, _major(each), each.subject))


def class_name(contract: Contract) -> str:
    """``shipment.status`` -> ``ShipmentStatus``."""
    return pascal(_taxonomy_name(contract))


def members(taxonomy: Taxonomy) -> dict[str, str]:
    """Code to member name, the unknown value included; raises when two codes share a name."""
    codes = [state.code for state in taxonomy.states]
    codes += [taxonomy.unknown] if taxonomy.unknown not in codes else []
    names = {code: constant(code) for code in codes}
    refuse_clashes(((name, code) for code, name in names.items()), f"member of {taxonomy.name}")
    return names


def _taxonomy_name(contract: Contract) -> str:
    return contract.body.name if isinstance(contract.body, Taxonomy) else ""


def _major(contract: Contract) -> int:
    digits = contract.subject.rpartition(".v")[2]
    return int(digits) if digits.isdecimal() else 0


def _module(contract: Contract, contracts: Sequence[Contract]) -> str:
    taxonomy = contract.body
    if not isinstance(taxonomy, Taxonomy):
        raise TypeError(f"{contract.subject} is no taxonomy")
    parts = [*_enum(contract, taxonomy), *_facts(contract, taxonomy), *_parse(contract, taxonomy)]
    imports = list(_IMPORTS)
    if taxonomy.kind is TaxonomyKind.STATE_MACHINE:
        parts += _machine(contract, taxonomy)
    if taxonomy.kind is TaxonomyKind.MILESTONES and taxonomy.advances:
        target = find_taxonomy(taxonomy.advances, contract, contracts)
        parts += _milestones(contract, taxonomy, target)
        imports.append((f".{subject_module(target)}", class_name(target)))
    if taxonomy.derived:
        names = {"owner": class_name(contract), "taxonomy": taxonomy.name}
        parts.append(derive_function(taxonomy.derived, members=members(taxonomy), **names))
        imports += DERIVING
    title = docstring(f"{taxonomy.title or taxonomy.name}.\n\n{taxonomy.doc}")
    return header([contract]) + title + "\n" + with_imports("".join(parts), imports)


def _enum(contract: Contract, taxonomy: Taxonomy) -> Iterator[str]:
    states = {state.code: state for state in taxonomy.states}
    yield f"class {class_name(contract)}(StrEnum):\n"
    yield docstring(one_line(taxonomy.doc or taxonomy.title or taxonomy.name), "    ")
    for code, name in members(taxonomy).items():
        yield f"\n    {name} = {quoted(code)}\n"
        state = states.get(code)
        yield (
            docstring(_meaning(state), "    ")
            if state
            else docstring("A code that this version of the taxonomy does not list.", "    ")
        )


def _meaning(state: State) -> str:
    notes = [f"Not to be confused with: {one_line(each)}" for each in state.not_to_be_confused_with]
    return "\n".join([one_line(state.definition) or state.code, *notes])


def _facts(contract: Contract, taxonomy: Taxonomy) -> Iterator[str]:
    name = class_name(contract)
    rows = {code: f"{name}.{member}" for code, member in members(taxonomy).items()}
    yield f"\n\nTAXONOMY: Final = {quoted(taxonomy.name)}\n"
    yield f"VERSION: Final = {quoted(taxonomy.version)}\n"
    yield _constant(
        f"UNKNOWN: Final = {rows[taxonomy.unknown]}", "What a code becomes that is not listed."
    )
    for constant_name, chosen, doc in _SETS:
        codes = [rows[state.code] for state in taxonomy.states if chosen(state)]
        listed = "frozenset({\n" + "".join(f"    {each},\n" for each in codes) + "})"
        shown = listed if codes else "frozenset()"
        yield _constant(f"{constant_name}: Final[frozenset[{name}]] = {shown}", doc)
    ranks = "".join(f"    {rows[state.code]}: {state.rank!r},\n" for state in taxonomy.states)
    yield _table(
        "RANK",
        f"Mapping[{name}, int]",
        ranks,
        "Order for display, and of facts of one moment; says nothing about steps.",
    )
    labels = "".join(
        f"    {rows[state.code]}: MappingProxyType({_sorted(state.label)}),\n"
        for state in taxonomy.states
    )
    yield _table(
        "LABELS",
        f"Mapping[{name}, Mapping[str, str]]",
        labels,
        "Language tag to label, for people.",
    )


_SETS: tuple[tuple[str, Callable[[State], bool], str], ...] = (
    ("INITIAL", lambda state: state.initial, "Where a thing may start."),
    ("TERMINAL", lambda state: state.terminal, "Where it ends."),
    ("CUSTOMER_VISIBLE", lambda state: state.customer_visible, "What a customer may see."),
)


def _parse(contract: Contract, taxonomy: Taxonomy) -> Iterator[str]:
    name = class_name(contract)
    rows = {code: f"{name}.{member}" for code, member in members(taxonomy).items()}
    former = "".join(
        f"    {quoted(alias)}: {rows[state.code]},\n"
        for state in taxonomy.states
        for alias in sorted(state.aliases)
    )
    if former:
        yield _table("FORMER", f"Mapping[str, {name}]", former, "What former codes are now.")
    taken = "".join(
        f"    {rows[state.code]}: {quoted(state.fallback)},\n"
        for state in taxonomy.states
        if state.fallback
    )
    if taken:
        doc = "The code that readers older than a status may take it for."
        yield _table("FALLBACK", f"Mapping[{name}, str]", taken, doc)
    other = "FORMER.get(code, UNKNOWN)" if former else "UNKNOWN"
    yield f"\n_CODES: Final = frozenset({name})\n"
    yield f"\n\ndef parse(code: str) -> {name}:\n"
    yield docstring(f"The status called `code`; {taxonomy.unknown} when it is not listed.", "    ")
    yield f"    return {name}(code) if code in _CODES else {other}\n\n"


def _machine(contract: Contract, taxonomy: Taxonomy) -> Iterator[str]:
    name, rows = class_name(contract), members(taxonomy)
    steps = sorted({(each.source, each.target) for each in taxonomy.transitions})
    lines = []
    for code, member in rows.items():
        further = {target for source, target in steps if source == code}
        if taxonomy.skips:
            further = reachable(further, taxonomy.transitions)
        targets = [f"{name}.{rows[target]}" for target in sorted(further)]
        shown = f"frozenset({{{', '.join(targets)}}})" if targets else "frozenset()"
        lines.append(f"    {name}.{member}: {shown},\n")
    yield _table(
        "TRANSITIONS",
        f"Mapping[{name}, frozenset[{name}]]",
        "".join(lines),
        "What may follow what.",
    )
    triggers = "".join(
        f"    ({name}.{rows[source]}, {name}.{rows[target]}): "
        f"{_triggers(taxonomy, source, target)},\n"
        for source, target in steps
    )
    kind = f"Mapping[tuple[{name}, {name}], tuple[str, ...]]"
    yield _table("TRIGGERS", kind, triggers, "The events that take each step.")
    guards = "".join(
        f"    ({name}.{rows[each.source]}, {name}.{rows[each.target]}, {quoted(each.trigger)}): "
        f"{quoted(one_line(each.when))},\n"
        for each in sorted(taxonomy.transitions, key=lambda each: (each.source, each.target))
        if each.when
    )
    kind = f"Mapping[tuple[{name}, {name}, str], str]"
    yield _table("GUARDS", kind, guards, "What must hold besides, by step and event.")
    yield _STEPS.replace("@", name)


def _triggers(taxonomy: Taxonomy, source: str, target: str) -> str:
    steps = (
        each for each in taxonomy.transitions if (each.source, each.target) == (source, target)
    )
    return f"({' '.join(f'{quoted(each)},' for each in sorted({step.trigger for step in steps}))})"


_STEPS = '''

def can_transition(current: @, target: @) -> bool:
    """Whether there is a step from `current` to `target`; staying is one only if listed.

    A step may ask for more than its event: see `guard`.
    """
    return target in TRANSITIONS[current]


def guard(current: @, target: @, trigger: str) -> str:
    """What must hold, in words, for `trigger` to take the step; empty: nothing besides."""
    return GUARDS.get((current, target, trigger), "")


def advance(current: @, target: @) -> @:
    """Return `target`, or raise `lading.runtime.IllegalTransition` when there is no such step."""
    return step(TAXONOMY, TRANSITIONS, current, target)
'''


def _milestones(contract: Contract, taxonomy: Taxonomy, target: Contract) -> Iterator[str]:
    name, rows = class_name(contract), members(taxonomy)
    state_class = class_name(target)
    if not isinstance(target.body, Taxonomy):
        raise TypeError(f"{target.subject} is no taxonomy")
    states = members(target.body)
    lines = []
    for state in taxonomy.states:
        if not state.advances_to:
            continue
        if state.advances_to not in states:
            raise CodegenError(
                f"{contract.subject}: {state.code} advances to {state.advances_to}, "
                f"which {target.subject} does not list"
            )
        lines.append(f"    {name}.{rows[state.code]}: {state_class}.{states[state.advances_to]},\n")
    yield _table(
        "ADVANCES_TO",
        f"Mapping[{name}, {state_class}]",
        "".join(lines),
        "The state a milestone advances to; most advance to none.",
    )
    yield f"\n\ndef advances_to(milestone: {name}) -> {state_class} | None:\n"
    yield docstring("The state `milestone` advances to; `None`: it changes no state.", "    ")
    yield "    return ADVANCES_TO.get(milestone)\n"


def _sorted(label: Mapping[str, str]) -> str:
    pairs = (f"{quoted(tag)}: {quoted(one_line(label[tag]))}" for tag in sorted(label))
    return f"{{{', '.join(pairs)}}}"


def _table(name: str, kind: str, rows: str, doc: str) -> str:
    return _constant(f"{name}: Final[{kind}] = MappingProxyType({{\n{rows}}})", doc)


def _constant(assignment: str, doc: str) -> str:
    return f"\n{assignment}\n{docstring(doc)}"
