"""Names: one form for each kind of thing, so that a name says what it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import (
    PASCAL,
    SNAKE,
    UPPER_SNAKE,
    on_contract,
    on_field,
    on_operation,
    on_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import FieldNode, Library

_NAMESPACE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.v[1-9]\d*", re.ASCII)
_EVENT_TYPE: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.v[1-9]\d*")
_SHORT: Final = frozenset(
    [
        "qty",
        "amt",
        "addr",
        "cust",
        "desc",
        "dt",
        "num",
        "nbr",
        "ref_no",
        "shp",
        "whse",
        "inv_no",
        "ord",
        "po_no",
        "dlv",
        "pkg",
        "wgt",
        "vol",
        "cnt",
    ]
)
_VERBS: Final = re.compile(
    r"\b(get|list|create|update|delete|send|fetch|make|do|post|set|cancel)([A-Z/_-]|$)"
)
_WORDS: Final = frozenset({"SHIPPED", "CONFIRMED", "FULFILLED", "COMPLETED", "DELIVERED"})
_PARTICIPLE: Final = re.compile(
    r"(ed|eld|en|ost|snapshot|in_transit|put_away|sent|paid|out_for_delivery|returned_to_sender"
    r"|available|handed_over|requested|written_off)$"
)
_TIMES: Final = frozenset({"timestamp-micros", "timestamp-millis"})


@lint_rule("NAM-001", "Avro")
def type_names(library: Library) -> Iterator[Hit]:
    """Types are PascalCase in a namespace with a major version.

    ## What it checks
    Names of records and enums, and that the namespace ends in `.v1`, `.v2` and so on.

    ## Why it matters
    The major version in the name lets two versions of a contract live side by side. Generated
    classes take the name as it is.

    ## What to do instead
    `logistics.shipment.v1.ShipmentConfirmed`
    """
    for each in library.types:
        space, _, name = each.name.rpartition(".")
        if not PASCAL.fullmatch(name):
            yield on_type(each, f"`{name}` is not PascalCase")
        if not each.pointer and not _NAMESPACE.fullmatch(space):
            hint = "end it in the major version: logistics.shipment.v1"
            yield on_type(each, f"the namespace `{space}` names no major version", hint=hint)


@lint_rule("NAM-002", "all")
def field_names(library: Library) -> Iterator[Hit]:
    """Field names are snake_case words, without home-made abbreviations.

    ## What it checks
    Letters, digits and `_`, at most 63 characters, and none of the usual short forms (qty, addr,
    cust, desc, num and the like). Units and identifiers of the trade keep theirs: uom, sscc, gtin.

    ## Why it matters
    Short forms are read differently by the next team, and searches miss them.

    ## What to do instead
    Write the word: `quantity`, `address`, `description`.
    """
    for each in library.fields:
        if not SNAKE.fullmatch(each.name):
            yield on_field(each, f"`{each.name}` is not snake_case")
        elif short := sorted(_SHORT & set(each.name.split("_"))):
            yield on_field(each, f"`{short[0]}` is an abbreviation", hint="write the word")


@lint_rule("NAM-003", "Avro")
def symbol_names(library: Library) -> Iterator[Hit]:
    """Enum symbols are UPPER_SNAKE words of our own.

    ## What it checks
    Letters, digits and `_`, starting with a letter, of more than two characters: a code of a
    partner (`X3`, `21`) is no symbol.

    ## Why it matters
    A symbol is read by people in every system. A partner's code means nothing there, and something
    else with the next partner.

    ## What to do instead
    Name what it means and map the code to it.
    """
    for each in library.enums:
        for symbol in each.node.get("symbols", ()):
            if not UPPER_SNAKE.fullmatch(str(symbol)):
                yield on_type(each, f"the symbol `{symbol}` is not UPPER_SNAKE")
            elif re.fullmatch(r"[A-Z]?\d+[A-Z]?", str(symbol)):
                hint = "name the meaning, and map the code to it"
                yield on_type(each, f"the symbol `{symbol}` looks like a partner's code", hint=hint)


@lint_rule("NAM-004", "AsyncAPI")
def event_types(library: Library) -> Iterator[Hit]:
    """An event type is a domain, a thing, what happened to it, and a major version.

    ## What it checks
    `x-event-type` of every event: four parts, the third a participle or, for a proposal, a word
    that ends in `requested`.

    ## Why it matters
    The type is what brokers, filters and people route by. A fact is told in the past; a wish must
    not look like one.

    ## What to do instead
    `logistics.shipment.handed_over.v1`; `logistics.order.change_requested.v1` for a proposal.
    """
    for each in library.events:
        document: Any = each.document.value
        name = document.get("x-event-type", "")
        asked = each.terms.intent == "proposal"
        what = name.split(".")[2] if _EVENT_TYPE.fullmatch(name) else ""
        if not what:
            yield on_contract(each, f"`{name}` is no event type", hint="x-event-type: a.b.c.v1")
        elif asked is not what.endswith("requested"):
            message = f"`{name}` is a proposal" if asked else f"`{name}` is stated as a fact"
            yield on_contract(each, message, hint="proposals, and only they, end in requested")
        elif not _PARTICIPLE.search(what):
            yield on_contract(each, f"`{what}` does not say what happened", hint="use a participle")


@lint_rule("NAM-005", "all")
def telling_suffixes(library: Library) -> Iterator[Hit]:
    """The end of a name says what kind of value it is.

    ## What it checks
    Timestamps end in `_at`, dates in `_date`, windows in `_window`; booleans start with `is_` or
    `has_`, or end in `_allowed` or `_required`. In APIs by `format` and `type`.

    ## Why it matters
    A date that is read as a moment moves by a day at midnight UTC. The name is the first and often
    the only thing that an integrator reads.

    ## What to do instead
    `confirmed_at`, `posting_date`, `delivery_window`, `is_residential`.
    """
    for each in library.fields:
        wanted = _wanted(each)
        if wanted and not re.search(wanted, each.name):
            yield on_field(each, f"`{each.name}` does not say that it is {_SAID[wanted]}")


_SAID: Final = {
    r"_at$": "a moment: _at",
    r"_dates?$|^holidays$": "a date: _date",
    r"_window$": "a window: _window",
    r"^(is|has)_|_(allowed|required)$": "a yes or no: is_, has_, _allowed or _required",
}


def _wanted(field: FieldNode) -> str:
    at, date, window, flag = _SAID
    if field.is_avro:
        kind = field.type_name
        if kind in _TIMES:
            return at
        if kind == "date":
            return date
        return window if kind.endswith(".TimeWindow") else flag if kind == "boolean" else ""
    form, said = field.node.get("format"), field.node.get("type")
    kinds = said if isinstance(said, list) else [said]
    return at if form == "date-time" else date if form == "date" else flag * ("boolean" in kinds)


@lint_rule("NAM-006", "OpenAPI", Severity.WARN)
def path_names(library: Library) -> Iterator[Hit]:
    """Paths are plural nouns in kebab-case, with no verb but below `actions`.

    ## What it checks
    Every segment of a path; parameters are `{resource_id}`.

    ## Why it matters
    The method is the verb. A verb in the path hides whether a call can be repeated.

    ## What to do instead
    `/shipments/{shipment_id}/documents`; `/subscriptions/{subscription_id}/actions/pause`
    """
    for each in library.operations:
        if each.webhook:
            continue
        before = ""
        for segment in each.path.strip("/").split("/"):
            if segment.startswith("{"):
                good = SNAKE.fullmatch(segment.strip("{}")) is not None
            else:
                good = re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", segment) is not None
                good = good and (before == "actions" or not _VERBS.match(segment))
            if not good:
                yield on_operation(each, f"`{segment}` in {each.path} is no plural noun")
            before = segment


@lint_rule("NAM-007", "all")
def reserved_words(library: Library) -> Iterator[Hit]:
    """A word that systems read differently says which meaning it has.

    ## What it checks
    Fields and enum symbols called shipped, confirmed, fulfilled, completed or delivered: a field
    carries `x-definition` or `x-taxonomy`, an enum `x-taxonomy` or a definition of the symbol
    (`x-symbols`). And a definition of confirmed content speaks neither of custody nor of posting.

    ## Why it matters
    A WMS says shipped when goods are on the dock, an ERP when the ledger is relieved, a portal when
    the carrier drives. Data passes, and the systems disagree about the world.

    ## What to do instead
    Point at the one state that is meant: `"x-definition": "shipment.status/CONFIRMED"`.
    """
    for field in library.avro_fields:
        said = {each.upper() for each in field.name.split("_")} & _WORDS
        told = field.said("definition") or field.said("taxonomy") or field.said("derived-from")
        if said and not told and field.type_name in (*_TIMES, "boolean"):
            hint = '"x-definition": "shipment.status/CONFIRMED"'
            yield on_field(field, f"`{field.name}` does not say which meaning it has", hint=hint)
        if field.said("definition") == "shipment.status/CONFIRMED" and _BEYOND.search(field.doc):
            yield on_field(field, "confirmed content says nothing of custody or of the ledger")
    for each in library.enums:
        defined = "x-taxonomy" in each.node or "x-symbols" in each.node
        if not defined and _WORDS & set(map(str, each.node.get("symbols", ()))):
            yield on_type(each, f"`{each.name}` does not say what its symbols mean")


_BEYOND: Final = re.compile(r"\b(custody passed|in the ledger|posted|handed over)\b")
