"""Mappings: every code once, with its list and version, and never a guess."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lading.lint.base import Hit, Severity, lint_rule
from lading.lint.rules.words import on_contract
from lading.model import Lifecycle, Quality, TaxonomyKind
from lading.model.taxonomy import answers, asserted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.lint.library import Library

_NO_VERSION: Final = re.compile(r"^(latest|current|any|all|n/?a|unknown|-|\*)?$", re.IGNORECASE)


@lint_rule("MAP-001", "mapping")
def one_meaning_per_code(library: Library) -> Iterator[Hit]:
    """A code of a list and version means one thing in one taxonomy, over all mappings.

    ## What it checks
    (system, list, version, taxonomy, code) is mapped once; a code may mean one thing for each of
    several taxonomies, in a mapping of its own. Cases and partner overrides are told apart by their
    conditions, which is held when the file is read.

    ## Why it matters
    A public table lists one code of a carrier under two reasons: which one counts depends on the
    order of the lines.

    ## What to do instead
    Decide, or tell the two apart by a qualifier (`cases`).
    """
    seen: dict[tuple[str, ...], str] = {}
    for contract, body in library.mappings:
        for cell in body.cells:
            key = (body.system, body.code_list, body.list_version, body.taxonomy, cell.code)
            first = seen.setdefault(key, body.name)
            if first != body.name:
                message = f"the code `{cell.code}` is also mapped by {first}"
                yield on_contract(contract, message, path=cell.code, at=cell.at)


@lint_rule("MAP-002", "mapping")
def lists_covered(library: Library) -> Iterator[Hit]:
    """A list whose size is known is mapped whole.

    ## What it checks
    Where `list.size` says how many codes the version of the list has, just so many different codes
    are there over all mappings of the list; a code that means nothing here has the quality none.
    `lading coverage` shows the figures, also where the size is not known.

    ## Why it matters
    The code that was left out is the one that comes on the first day.

    ## What to do instead
    Add a row for every code, `to: null` and `quality: none` where it means nothing.
    """
    codes: dict[tuple[str, str, str], set[str]] = {}
    for _, body in library.mappings:
        key = (body.system, body.code_list, body.list_version)
        codes.setdefault(key, set()).update(cell.code for cell in body.cells)
    for contract, body in library.mappings:
        have = len(codes[body.system, body.code_list, body.list_version])
        if body.size is not None and have < body.size:
            yield on_contract(contract, f"maps {have} of the {body.size} codes of its list")
        if body.size is not None and have > body.size:
            message = f"maps {have} codes of a list that has {body.size}"
            yield on_contract(contract, message, hint="mend `list.size`, or the code that is none")


@lint_rule("MAP-003", "mapping")
def qualities_and_approvals(library: Library) -> Iterator[Hit]:
    """A row says how well it fits, and an exception who approved it and until when.

    ## What it checks
    Every row has a label of our own and a source; an override that has ended is not kept. That a
    row has a quality is held when the file is read. Whether a partner has confirmed the policy rows
    is not in these files: an override with the same target is the confirmation.

    ## Why it matters
    A third of real codes have no clean equal. Who acts on them must know which.

    ## What to do instead
    `quality: policy`, and an override for each partner with reason, approver and end.
    """
    for contract, body in library.mappings:
        for cell in body.cells:
            if not cell.label or not cell.source:
                lacking = "label" if not cell.label else "source"
                message = f"the row `{cell.code}` has no {lacking}"
                hint = "label: a few words of ours; source: the document that lists the code"
                yield on_contract(contract, message, path=cell.code, at=cell.at, hint=hint)
        for each in body.overrides:
            if each.until and each.until < library.today:
                message = f"the override of `{each.code}` for {each.partner} ended on {each.until}"
                hint = "agree on a later `until`, or take it out: the SDK passes it over"
                yield on_contract(contract, message, path=each.code, at=each.at, hint=hint)


@lint_rule("MAP-004", "mapping")
def unknown_codes_stay_unknown(library: Library) -> Iterator[Hit]:
    """A code that is not listed becomes the unknown value, never a real state.

    ## What it checks
    The taxonomy of the mapping has an unknown value; no row maps to it with the quality exact,
    unless its own meaning is that nothing is known.

    ## Why it matters
    In an audited system unknown codes displaced the latest event, and shipments went backwards.

    ## What to do instead
    `unmapped: unknown` keeps the event and the raw code and changes no status.
    """
    for contract, body in library.mappings:
        target = library.taxonomies.get(body.taxonomy)
        codes = {state.code for state in target[1].states} if target else set()
        if target and target[1].unknown not in codes:
            yield on_contract(contract, f"{body.taxonomy} has no unknown value")
        for cell in body.cells:
            told = re.search(r"unknown|no information", f"{cell.code} {cell.label}", re.IGNORECASE)
            if (
                target
                and cell.to == target[1].unknown
                and cell.quality is Quality.EXACT
                and not told
            ):
                message = f"the code `{cell.code}` is known and mapped to {cell.to}"
                yield on_contract(contract, message, path=cell.code, at=cell.at)


@lint_rule("MAP-005", "mapping")
def lists_have_a_version(library: Library) -> Iterator[Hit]:
    """A mapping names the version of the foreign list.

    ## What it checks
    `list.version` is a version, and not "latest" or the like.

    ## Why it matters
    The same number has three meanings in three lists that travel in one element of an IFTSTA.

    ## What to do instead
    `list: {name: "Rec 24", version: "Rev 6 (2017)"}`
    """
    for contract, body in library.mappings:
        if _NO_VERSION.fullmatch(body.list_version.strip()):
            yield on_contract(contract, f"`{body.list_version}` is no version of a list")


@lint_rule("MAP-006", "mapping", Severity.WARN)
def what_is_sent_comes_back(library: Library) -> Iterator[Hit]:
    """What we send is read back as what we meant, or the loss is declared.

    ## What it checks
    Each row of `sends` uses a code that the mapping lists, and that maps back to the same code of
    ours; where it does not, its quality is not exact.

    ## Why it matters
    A partner mirrors our status to us. If it comes back as another one, it moves.

    ## What to do instead
    Send the code that maps back, or declare `quality: lossy`.
    """
    for contract, body in library.mappings:
        cells = {cell.code: cell for cell in body.cells}
        for each in body.sends:
            cell = cells.get(each.code)
            means = {cell.to, *(case.to for case in cell.cases)} if cell else set()
            if each.quality is Quality.EXACT and each.source not in means:
                back = cell.to if cell else "nothing"
                message = f"`{each.source}` is sent as {each.code}, which comes back as {back}"
                yield on_contract(contract, message, path=each.source, at=each.at)


@lint_rule("MAP-007", "mapping")
def estimates_move_nothing(library: Library) -> Iterator[Hit]:
    """A code that tells of an estimate maps to nothing that changes a status.

    ## What it checks
    A row with `classifier: ESTIMATED` or PLANNED, or whose label speaks of an estimate, does not
    map to a milestone that advances a status, nor into a status itself.

    ## Why it matters
    "Estimated delivery" mapped to DELIVERED bills goods that are on the road.

    ## What to do instead
    Map it to ETA_UPDATED with `classifier: ESTIMATED`.
    """
    for contract, body in library.mappings:
        if contract.terms.lifecycle is Lifecycle.RETIRED:
            continue
        for cell in body.cells:
            guess = cell.classifier in ("ESTIMATED", "PLANNED")
            guess = guess or bool(re.search(r"\bestimated?\b", cell.label, re.IGNORECASE))
            said = {each for one in answers(cell) for each in asserted(one, body.taxonomy)}
            for name, code in sorted(said) if guess else ():
                if _moves(library, name, code):
                    message = f"`{cell.code}` is an estimate and maps to {code}, which moves things"
                    yield on_contract(contract, message, path=cell.code, at=cell.at)


def _moves(library: Library, taxonomy: str, code: str) -> bool:
    """Whether a code is a status, or a milestone that changes one."""
    found = library.taxonomies.get(taxonomy)
    if not found:
        return False
    state = next((each for each in found[1].states if each.code == code), None)
    machine = found[1].kind is TaxonomyKind.STATE_MACHINE
    return state is not None and (machine or bool(state.advances_to))


@lint_rule("MAP-008", "mapping", Severity.WARN)
def ends_agree(library: Library) -> Iterator[Hit]:
    """A code that ends the matter over there ends it here, and the other way round.

    ## What it checks
    Rows of which `final` says whether the code ends the matter in the foreign system, against what
    they lead to: a terminal status of a state machine, or a milestone that advances to one.

    ## Why it matters
    A shipment that is over for the carrier and open for us is waited for until somebody asks; one
    that is over for us drops what the carrier still tells.

    ## What to do instead
    Map the code to a status that agrees, or leave `final` out where the partner decides by more.
    """
    for contract, body in library.mappings:
        for cell in body.cells:
            if cell.final is None:
                continue
            ends = [
                end
                for name, code in asserted(cell, body.taxonomy)
                if (end := _ends(library, name, code)) is not None
            ]
            if ends and any(ends) is not cell.final:
                here, there = ("open", "an end") if cell.final else ("an end", "open")
                message = f"`{cell.code}` is {there} in {body.system}, and {cell.to} is {here}"
                yield on_contract(contract, message, path=cell.code, at=cell.at)


def _ends(library: Library, taxonomy: str, code: str) -> bool | None:
    """Whether a code ends a status; `None`: it says nothing of one."""
    found = library.taxonomies.get(taxonomy)
    state = next((each for each in found[1].states if each.code == code), None) if found else None
    if not found or state is None:
        return None
    if found[1].kind is TaxonomyKind.STATE_MACHINE:
        return state.terminal
    return _ends(library, found[1].advances, state.advances_to) if state.advances_to else None


@lint_rule("MAP-009", "mapping", Severity.WARN)
def targets_are_in_use(library: Library) -> Iterator[Hit]:
    """A code leads to a status that is in use.

    ## What it checks
    No row, case or override leads to a deprecated state, and none is sent.

    ## Why it matters
    What is deprecated goes, and every code that leads to it becomes unknown on that day.

    ## What to do instead
    Map it to what replaces the state (`replaced_by`).
    """
    for contract, body in library.mappings:
        said = [*body.overrides, *(each for cell in body.cells for each in answers(cell))]
        used = [(pair, each.at) for each in said for pair in asserted(each, body.taxonomy)]
        used += [((body.taxonomy, each.source), each.at) for each in body.sends]
        for (name, code), at in used:
            found = library.taxonomies.get(name)
            states = found[1].states if found else ()
            for state in states:
                if state.code == code and state.deprecated:
                    hint = f"use {state.replaced_by}" if state.replaced_by else "use another one"
                    yield on_contract(
                        contract, f"`{code}` is deprecated", path=code, at=at, hint=hint
                    )


@lint_rule("MAP-010", "mapping")
def all_is_sent(library: Library) -> Iterator[Hit]:
    """A partner that is to be told of everything has a code for each of ours.

    ## What it checks
    Where a mapping says `sends_all`, `sends` has a row for every code of the taxonomy but the
    unknown value, the ignored one and deprecated ones. A state that comes is named here until each
    such partner has a code for it.

    ## Why it matters
    The state that was added last is the one that a partner is never told of.

    ## What to do instead
    Agree on a code with the partner, or send the nearest one with `quality: lossy`.
    """
    for contract, body in library.mappings:
        found = library.taxonomies.get(body.taxonomy)
        if not found or not body.sends_all:
            continue
        sent = {each.source for each in body.sends} | {found[1].unknown, found[1].ignored}
        for state in found[1].states:
            if state.code not in sent and not state.deprecated:
                message = f"{body.system} has no code for `{state.code}` of {body.taxonomy}"
                yield on_contract(contract, message, path=state.code)
