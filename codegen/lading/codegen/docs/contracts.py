"""The page of a contract: what every kind has, and the fields of an event, entity or document."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING

from lading.codegen.docs.fields import (
    Row,
    default_of,
    describe,
    enums,
    field_table,
    meaning_of,
    named_type,
    path_cell,
    short,
    unit_of,
)
from lading.codegen.docs.text import (
    anchor,
    badge,
    code,
    fence,
    link,
    paragraphs,
    prose,
    segment,
    table,
)
from lading.codegen.docs.view import (
    about,
    beside,
    codes,
    folder_of,
    front,
    go,
    name_of,
    owner_of,
    section,
    sections,
    state_anchor,
    version_of,
)
from lading.model import Api, CodeMap, Lifecycle, Record, Subject, Taxonomy
from lading.model.proto import ProtoFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lading.codegen.docs.view import View
    from lading.model import Contract, Enum, Ownership, Reads

_TONES = {
    Lifecycle.DRAFT: "note",
    Lifecycle.ACTIVE: "good",
    Lifecycle.DEPRECATED: "warn",
    Lifecycle.RETIRED: "bad",
}
PROTECTION = {"classification": "classification", "pii": "personal data"}
"""Tags about protection, and what to call them."""
_INTENTS = {
    "fact": "a fact: its owner states it",
    "proposal": "a proposal: the owner answers it",
}
_ALWAYS = frozenset({"Field", "Type", "Required", "Meaning"})


def schema_page(view: View, contract: Contract) -> str:
    """The page of a contract whose body is a schema."""
    here = view.pages[contract.subject]
    return sections(
        opening(view, contract),
        section("Fields", _fields(view, contract, here)),
        section("What adds up", _invariants(view, contract, here)),
        section("Lists of values", _lists(view, contract, here)),
        closing(view, contract),
    )


def _invariants(view: View, contract: Contract, here: str) -> str:
    """What a message keeps beyond its types, in itself and in every part."""
    parts = [
        *([contract.body] if isinstance(contract.body, Record) else []),
        *contract.types.values(),
    ]
    told = {
        (part.name, each.name): (
            view.link(here, Subject(part.name), shown=code(short(part.name))),
            prose(each.rule),
            code(each.check) if each.check else "in words only",
        )
        for part in parts
        if isinstance(part, Record)
        for each in part.invariants
    }
    return table(("In", "Rule", "Check"), told.values())


def opening(view: View, contract: Contract) -> str:
    """Name, badges, purpose, and who answers for it."""
    here = view.pages[contract.subject]
    tags = (contract.kind.value.lower(), folder_of(contract).partition("/")[0])
    return sections(
        front(name_of(contract), tags=tags),
        badges(view, contract),
        f'<p class="lading-subject">{code(contract.subject)}</p>',
        paragraphs(about(contract)),
        glance(view, contract, here),
    )


def badges(view: View, contract: Contract) -> str:
    """Lifecycle, version, promise and audience, each with its name written out."""
    terms = contract.terms
    version = version_of(contract)
    return " ".join(
        (
            badge(terms.lifecycle.value, "lifecycle", _TONES[terms.lifecycle]),
            *([badge(version, "version")] if version else []),
            badge(view.promise(contract), "promise"),
            badge(terms.audience, "audience"),
        )
    )


def glance(view: View, contract: Contract, here: str) -> str:
    """The terms of the contract, one line each, the empty ones left out."""
    terms, owner, source = contract.terms, owner_of(contract), download_name(contract)
    lines = {
        "Owner": view.system(here, owner) if owner else "",
        "Team": prose(terms.team),
        "Contact": prose(terms.contact),
        "Producer": view.system(here, terms.producer) if terms.producer else "",
        "Stated by": _stated_by(view, contract, here),
        "Proposed by": _systems(view, here, terms.proposers),
        "Meant for": _systems(view, here, terms.consumers),
        "Says": prose(_INTENTS.get(terms.intent, terms.intent)),
        "Topic": code(terms.topic) if terms.topic else "",
        "Key": code(terms.key) if terms.key else "",
        "Retention": prose(terms.retention),
        "On call": prose(terms.on_call) if view.internal else "",
        **{
            prose(name.replace("_", " ").capitalize()): prose(str(value))
            for name, value in sorted(terms.delivery.items())
        },
        **{f"SLA: {prose(name)}": prose(str(value)) for name, value in sorted(terms.sla.items())},
        "Source": link(code(source), go(here, beside(here, source))),
    }
    return table(("At a glance", ""), ((name, text) for name, text in lines.items() if text))


def owned_by(view: View, here: str, row: Ownership) -> str:
    """Who owns an object: one system, or one for each value of what decides."""
    if not row.owners:
        return view.system(here, row.owner)
    parts = (f"{prose(value)}: {view.system(here, who)}" for value, who in row.owners.items())
    return f"{'<br>'.join(parts)}<br>by {code(row.split_by)}"


def _stated_by(view: View, contract: Contract, here: str) -> str:
    """Where ownership of the object is split, who states the fact where; otherwise nothing."""
    rows = (each for each in view.workspace.ownership if each.id == contract.terms.object)
    row = next((each for each in rows if each.owners), None)
    return owned_by(view, here, row) if row and contract.terms.intent == "fact" else ""


def _systems(view: View, here: str, ids: Iterable[str]) -> str:
    return ", ".join(view.system(here, each, short=True) for each in ids)


def download_name(contract: Contract) -> str:
    """The file name of the document beside its page."""
    suffix = posixpath.splitext(contract.document.name)[1]
    known = {".avsc", ".json", ".yaml", ".yml"}
    return f"{segment(contract.subject)}{suffix if suffix in known else '.txt'}"


def closing(view: View, contract: Contract) -> str:
    """Samples, readers, and the contracts on either side."""
    here = view.pages[contract.subject]
    return sections(
        section("Samples", _samples(view, contract)),
        section("Who reads it", readers(view, contract, here)),
        section("Builds on", _contracts(view, here, (r.subject for r in contract.references))),
        section(
            "Used by", _contracts(view, here, (c.subject for c in view.users(contract.subject)))
        ),
    )


def named(view: View, here: str, mine: Mapping[str, str]) -> Callable[[str], str]:
    """How to write the name of a type: linked to this page, to its own page, or not at all."""

    def write(name: str) -> str:
        shown = code(short(name))
        if name in mine:
            return link(shown, f"#{mine[name]}")
        return view.link(here, Subject(name), shown=shown)

    return write


def columns(
    view: View,
    contract: Contract,
    here: str,
    name: Callable[[str], str],
    *,
    usual: Mapping[str, str] | None = None,
) -> dict[str, Callable[[Row], str]]:
    """What a field table says of each row."""
    found = view.readers(contract.subject)

    def read_by(row: Row) -> str:
        names = [
            who.name for who, reads in found if any(covers(f, row.read_as) for f in reads.fields)
        ]
        return ", ".join(prose(each) for each in names)

    def meaning(row: Row) -> str:
        definition = row.field.tags.get("definition", "")
        return meaning_of(row, definition=view.definition(here, definition))

    def protection(row: Row) -> str:
        said = {key: row.field.tags.get(key, "") for key in PROTECTION}
        told = usual or {}
        return " ".join(
            badge(value, PROTECTION[key])
            for key, value in said.items()
            if value and value != told.get(key)
        )

    def type_of(row: Row) -> str:
        unit = unit_of(row.field.schema) or row.field.tags.get("unit", "")
        codes_from = row.field.tags.get("taxonomy") or row.field.tags.get("codelist", "")
        taxonomy = view.taxonomies.get(codes_from)
        lines = [describe(row.field.schema, contract.types, name)]
        lines += [f"in {code(unit)}"] if unit else []
        if taxonomy is not None:
            lines.append(f"codes of {view.link(here, taxonomy.subject, shown=code(codes_from))}")
        elif codes_from:
            lines.append(f"codes of {code(codes_from)}")
        scheme = row.field.tags.get("scheme", "")
        lines += [f"{code(scheme)}, form and check digit"] if scheme else []
        return "<br>".join(lines)

    return {
        "Field": path_cell,
        "Type": type_of,
        "Required": required_of,
        "Meaning": meaning,
        "Protection": protection,
        "Owner": lambda row: (
            view.system(here, owner, short=True) if (owner := row.field.tags.get("owner")) else ""
        ),
        "Read by": read_by,
    }


def required_of(row: Row) -> str:
    """Whether a message must carry it, and what a reader sees when it does not."""
    default = default_of(row.field)
    said = "yes" if row.field.required else "no"
    return f"{said}, default {default}" if default else said


def covers(declared: str, path: str) -> bool:
    """Whether reading the declared path means reading this one: itself, or anything below it."""
    whole = declared.removesuffix("[]")
    return path == whole or path.startswith((f"{whole}.", f"{whole}["))


def _fields(view: View, contract: Contract, here: str) -> str:
    body, types = contract.body, contract.types
    if isinstance(body, (Api, Taxonomy, CodeMap, ProtoFile)):
        return ""
    found = view.fields(contract)
    name = named(view, here, {full: anchor("type", full) for full in enums(body, types)})
    if not found:
        return f"A single value: {describe(body, types, name)}."
    usual = usual_tags(found)
    shown = columns(view, contract, here, name, usual=usual)
    own, shared = split_shared(view, found)
    return sections(
        usual_words(usual),
        field_table(own, shown, always=_ALWAYS),
        SHARED_HEADING if shared else "",
        field_table(shared, shown, always=_ALWAYS) if shared else "",
    )


SHARED_HEADING = """\
### Inside shared types { #shared }

The types of `common/` have pages of their own; here are the paths through them."""


def split_shared(view: View, found: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of the contract itself, and those inside types it shares with others."""
    common = {each.subject for each in view.contracts if folder_of(each).startswith("common")}
    inside: tuple[str, ...] = ()
    own: list[Row] = []
    shared: list[Row] = []
    for row in found:
        below = bool(inside) and row.path.startswith(inside)
        (shared if below else own).append(row)
        if not below and Subject(named_type(row.field.schema)) in common:
            inside += (f"{row.path}.", f"{row.path}[")
    return own, shared


def usual_tags(found: list[Row]) -> dict[str, str]:
    """What most fields say of their protection, so that only the others need a badge."""
    usual = {}
    for key in PROTECTION:
        counts = Counter(row.field.tags.get(key, "") for row in found)
        value, count = counts.most_common(1)[0]
        if value and 2 * count > len(found):
            usual[key] = value
    return usual


def usual_words(usual: Mapping[str, str]) -> str:
    """The sentence above the table that stands for the badges left out."""
    said = ", ".join(f"{PROTECTION[key]} {code(value)}" for key, value in usual.items())
    return f"Unless a row says otherwise: {said}." if said else ""


def _lists(view: View, contract: Contract, here: str) -> str:
    body, types = contract.body, contract.types
    if isinstance(body, (Api, Taxonomy, CodeMap, ProtoFile)):
        return ""
    return "\n\n".join(enum_section(view, here, each) for each in enums(body, types).values())


def enum_section(view: View, here: str, each: Enum) -> str:
    """One named list of values; symbols take their meaning from the taxonomy they belong to."""
    taxonomy = view.taxonomies.get(each.taxonomy or "")
    known = codes(taxonomy) if taxonomy else frozenset()
    meanings = {}
    if taxonomy is not None and isinstance(taxonomy.body, Taxonomy):
        meanings = {state.code: state.definition for state in taxonomy.body.states}
    lines = [
        (
            view.state_link(here, each.taxonomy or "", str(symbol))
            if symbol in known
            else code(str(symbol)),
            prose(meanings.get(str(symbol), "")) or _fallback(each, str(symbol)),
        )
        for symbol in each.symbols
    ]
    heads = ("Value", "Meaning") if any(line[1] for line in lines) else ("Value",)
    return sections(
        f"### {code(short(each.name))} {{ #{anchor('type', each.name)} }}",
        paragraphs(each.doc),
        table(heads, (line[: len(heads)] for line in lines)),
    )


def _fallback(each: Enum, symbol: str) -> str:
    return (
        "what a reader sees in place of a value it does not know" if symbol == each.default else ""
    )


def _samples(view: View, contract: Contract) -> str:
    mine = [s for s in view.workspace.samples if s.subject == contract.subject]
    ordered = sorted(mine, key=lambda s: (s.name.startswith("invalid-"), s.name))
    return "\n\n".join(
        sections(
            f"### {prose(sample.name)}",
            "This one must be refused." if sample.name.startswith("invalid-") else "",
            fence(sample.document.text, "json"),
        )
        for sample in ordered
    )


def readers(view: View, contract: Contract, here: str) -> str:
    """Who reads the contract and what of it."""
    lines = []
    for who, reads in view.readers(contract.subject):
        what = what_is_read(view, here, reads)
        lines.append(
            (
                view.system(here, who.system),
                prose(who.name),
                prose(who.team),
                prose(who.contact),
                what,
            )
        )
    return table(("System", "Consumer", "Team", "Contact", "Reads"), lines)


def what_is_read(view: View, here: str, reads: Reads) -> str:
    """Fields, statuses and operations a consumer declared, linked as far as they exist."""
    contract = next((each for each in view.contracts if each.subject == reads.contract), None)
    parts = []
    for path in reads.fields:
        mark = view.field_anchor(reads.contract, path)
        parts.append(view.link(here, reads.contract, shown=code(path), fragment=mark))
    for status in reads.statuses:
        known = contract is not None and status in codes(contract)
        mark = state_anchor(status) if known else ""
        parts.append(view.link(here, reads.contract, shown=code(status), fragment=mark))
    for operation in reads.operations:
        known = contract is not None and operation in operations(contract)
        mark = anchor("op", operation) if known else ""
        parts.append(view.link(here, reads.contract, shown=code(operation), fragment=mark))
    return ", ".join(parts) or "the whole contract"


def operations(contract: Contract) -> frozenset[str]:
    """The ids of the operations of an API."""
    body = contract.body
    return (
        frozenset(o.operation_id for o in body.operations) if isinstance(body, Api) else frozenset()
    )


def _contracts(view: View, here: str, subjects: Iterable[Subject]) -> str:
    return "\n".join(f"- {view.link(here, subject)}" for subject in sorted(set(subjects)))
