"""Statuses: machines that end, steps that an event takes, one axis each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import on_contract, on_field
from lading.model import TaxonomyKind, reachable
from lading.model.prose import prose_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import FieldNode, Library

_BESIDE: Final = re.compile(r"^(DELAYED|LATE|DAMAGED|HELD|ON_HOLD|EXCEPTION|HOLD)$")
_SHOWN: Final = 4
_STATUS: Final = re.compile(r"(^|_)status$")


@lint_rule("STA-001", "taxonomy")
def machines_end(library: Library) -> Iterator[Hit]:
    """Every state can be reached, every end is an end, and there is always a way to one.

    ## What it checks
    From an initial state a path leads to each state; no step leaves a terminal one; from each other
    state a path leads to a terminal one, where the machine has any.

    ## Why it matters
    A thing in a dead end stays open for ever, in every report.

    ## What to do instead
    Add the step, or mark the state terminal.
    """
    for contract, body in library.taxonomies.values():
        if body.kind is not TaxonomyKind.STATE_MACHINE:
            continue
        ends = {state.code for state in body.states if state.terminal}
        initial = [state.code for state in body.states if state.initial]
        reached = reachable(initial, body.transitions)
        for state in body.states:
            onward = reachable([state.code], body.transitions)
            if state.code == body.unknown:
                continue
            if state.code not in reached:
                message = f"no path leads to `{state.code}`"
                yield on_contract(contract, message, path=state.code, at=state.at)
            elif not onward & ends:
                message = f"from `{state.code}` no path leads to an end"
                yield on_contract(contract, message, path=state.code, at=state.at)
            elif state.terminal and onward != {state.code}:
                message = f"a step leaves the terminal state `{state.code}`"
                yield on_contract(contract, message, path=state.code, at=state.at)


@lint_rule("STA-002", "taxonomy")
def triggers_are_events(library: Library) -> Iterator[Hit]:
    """Every step is taken by an event that exists.

    ## What it checks
    `trigger` of each step is the type of an event of the workspace (`shipment.confirmed`), or
    `fulfilment.*` for any event about that thing. Looked at only where there are events.

    ## Why it matters
    A step without an event is never taken, or by hand.

    ## What to do instead
    Add the event, or take the step out.
    """
    if not library.events:
        return
    known: set[str] = set()
    for each in library.events:
        document: Any = each.document.value
        known.add(".".join(str(document.get("x-event-type", "")).split(".")[1:-1]))
    groups = {f"{name.partition('.')[0]}.*" for name in known}
    for contract, body in library.taxonomies.values():
        for step in body.transitions:
            if step.trigger not in known | groups:
                message = f"nothing tells of `{step.trigger}`"
                where = f"{step.source} -> {step.target}"
                yield on_contract(contract, message, path=where, at=step.at)


@lint_rule("STA-003", "all")
def status_fields_are_bound(library: Library) -> Iterator[Hit]:
    """A field with a status says which taxonomy defines it.

    ## What it checks
    Fields of messages called status, or ending in `_status`, have `x-taxonomy` with a taxonomy of
    the workspace, or an enum that defines its symbols itself. What is bound to a taxonomy is an
    enum, no free text; a taxonomy of the workspace is no external list (`x-codelist`).

    ## Why it matters
    A status without a definition means what each reader thinks.

    ## What to do instead
    `"x-taxonomy": "shipment.status"`
    """
    for field in library.avro_fields:
        bound = field.said("taxonomy")
        if bound and bound not in library.taxonomies:
            yield on_field(field, f"there is no taxonomy `{bound}`")
        if bound and field.type_name == "string":
            hint = "an enum with the codes of the taxonomy"
            yield on_field(field, f"`{field.name}` takes any text as {bound}", hint=hint)
        if field.said("codelist") in library.taxonomies:
            hint = f'"x-taxonomy": "{field.said("codelist")}"'
            yield on_field(field, f"`{field.name}` names a taxonomy as external list", hint=hint)
        if bound or not _STATUS.search(field.name):
            continue
        core = field.type
        found = library.named.get(field.full_type_name)
        node = found.node if found else core if isinstance(core, dict) else {}
        if node.get("type") == "record":
            continue
        if "x-symbols" not in node and "x-taxonomy" not in node and field.type_name != "array":
            hint = '"x-taxonomy": "shipment.status"'
            yield on_field(field, f"`{field.name}` is bound to no taxonomy", hint=hint)


@lint_rule("STA-004", "all")
def exceptions_beside_the_status(library: Library) -> Iterator[Hit]:
    """Delay, hold and damage stand beside the status of a shipment, and are none.

    ## What it checks
    State machines of shipments and tenders have no state called delayed, held, damaged or
    exception.

    ## Why it matters
    A shipment that is delayed is also somewhere: one field cannot say both, and the place is lost.

    ## What to do instead
    An exception with a reason, beside the status.
    """
    for name, (contract, body) in library.taxonomies.items():
        machine = body.kind is TaxonomyKind.STATE_MACHINE
        if not machine or not name.startswith(("shipment.", "tender.", "delivery.", "transport.")):
            continue
        for state in body.states:
            if _BESIDE.fullmatch(state.code):
                message = f"`{state.code}` is an exception, no place in the chain"
                yield on_contract(contract, message, path=state.code, at=state.at)


@lint_rule("STA-005", "all")
def derived_fields_say_how(library: Library) -> Iterator[Hit]:
    """A status that is computed says from what.

    ## What it checks
    A field that is bound to a taxonomy with a `derived` rule has `x-derived-from`, unless it only
    passes the value on in a record that derives it itself.

    ## Why it matters
    A rolled-up status that two systems compute differently is two statuses.

    ## What to do instead
    `"x-derived-from": "the quantities of the lines, see order.fulfilment"`
    """
    for field in library.avro_fields:
        bound = library.taxonomies.get(field.said("taxonomy"))
        if bound and bound[1].derived and not field.said("derived-from"):
            yield on_field(field, f"`{field.name}` is derived and does not say from what")


@lint_rule("STA-006", "all", Severity.WARN)
def no_codes_in_prose(library: Library) -> Iterator[Hit]:
    """What a field may be is in its type, and not only in its description.

    ## What it checks
    The description of a text field that has neither an enum nor a taxonomy or code list lists
    codes: one to a line or a row of a table (`- RECEIVED`, ``- `CONFIRMED` (...)``), or in a row
    (`one of RECEIVED, CONFIRMED`).

    ## Why it matters
    A patch of DCSA's eBL API (3.0.2 to 3.0.3) added the states CANCELLED and DECLINED to a
    description. No schema changed, so no reader was told.

    ## What to do instead
    An enum with the codes and `x-taxonomy`; `x-extensible-enum` in answers of an API.
    """
    for field in library.fields:
        codes = prose_codes(field.doc)
        if codes and _is_free_text(field):
            named = ", ".join(codes[:_SHOWN]) + (", ..." if len(codes) > _SHOWN else "")
            yield on_field(field, f"`{field.name}` may be {named} by its description alone")


def _is_free_text(field: FieldNode) -> bool:
    """Whether it takes any text: nothing says which codes there are."""
    kinds = field.node.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    bound = ("enum", "const", "x-extensible-enum", "x-taxonomy", "x-codelist", "$ref")
    return "string" in listed and not any(key in field.node for key in bound)
