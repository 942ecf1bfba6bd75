"""Taxonomies and mappings: complete against the figures, sound as machines, and the known traps."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Kind
from lading.model.taxonomy import CodeMap, Quality, TaxonomyKind, answers, asserted

if TYPE_CHECKING:
    from lading.model import Workspace
    from lading.model.taxonomy import MappingCell, Taxonomy

MACHINES = {
    "order.lifecycle": (9, 19, {"DRAFT", "RECEIVED"}, 3),
    "fulfilment.status": (17, 48, {"CREATED"}, 2),
    "shipment.status": (23, 82, {"PLANNED", "BOOKED", "MANIFESTED", "CONFIRMED"}, 6),
    "posting.goods_issue": (8, 13, {"NOT_POSTED"}, 2),
}
"""Name: states, transitions, where one may start, how many states end it."""
MAPPINGS = {
    "x12.214-at7-01": (55, {"exact": 27, "policy": 10, "broader": 9, "narrower": 8, "none": 1}),
    "uncefact.rec24": (
        105,
        {"exact": 49, "policy": 26, "narrower": 17, "broader": 11, "none": 2},
    ),
    "easypost.tracker-status": (10, {"exact": 6, "policy": 2, "broader": 1, "none": 1}),
    "sap.goods-movement-status": (4, {"exact": 4}),
    "odoo.stock-picking-state": (7, {"exact": 4, "policy": 2, "broader": 1}),
}
"""Name: rows, and how good they are."""
EVENTS = {
    "order": "created accepted rejected held hold_released released release_recalled cancelled "
    "completed",
    "fulfilment": "planned allocated deallocated short_reported work_released pick_confirmed "
    "pack_confirmed staged unstaged held hold_released cancelled",
    "handling_unit": "reopened",
    "shipment": "tendered booked tender_declined manifested loading_started loaded unloaded "
    "confirmed voided handed_over departed milestone_reached out_for_delivery return_started "
    "returned_to_sender lost disposed cancelled",
    "delivery": "attempted completed failed",
    "posting": "requested",
    "goods_issue": "posted posting_failed reversed",
}
"""The events that move a status, by what they are about; `posting.requested` is a proposal."""


def taxonomy(library: Workspace, name: str) -> Taxonomy:
    contract = library.contract(f"taxonomies.{name}.v1")
    assert contract is not None
    body: Any = contract.body
    return body


def mapping(library: Workspace, name: str) -> CodeMap:
    contract = library.contract(f"mappings.{name}.v1")
    assert contract is not None
    body: Any = contract.body
    return body


def row(library: Workspace, name: str, code: str) -> MappingCell:
    return next(each for each in mapping(library, name).cells if each.code == code)


def reached(machine: Taxonomy) -> set[str]:
    """The states one can come to from where one may start."""
    found = {each.code for each in machine.states if each.initial}
    while more := {each.target for each in machine.transitions if each.source in found} - found:
        found |= more
    return found


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_has_all_its_states_and_steps(name: str, library: Workspace) -> None:
    machine = taxonomy(library, name)
    states, steps, initial, terminal = MACHINES[name]
    assert machine.kind is TaxonomyKind.STATE_MACHINE
    assert (len(machine.states), len(machine.transitions)) == (states, steps)
    assert {each.code for each in machine.states if each.initial} == initial
    assert sum(each.terminal for each in machine.states) == terminal
    edges = {(each.source, each.target, each.trigger) for each in machine.transitions}
    assert len(edges) == steps, "no step twice"


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached_and_only_terminal_ones_end(
    name: str, library: Workspace
) -> None:
    """UNKNOWN is for readers: no step leads to it or away from it."""
    machine = taxonomy(library, name)
    sources = {each.source for each in machine.transitions}
    for state in machine.states:
        if state.code == machine.unknown:
            assert state.code not in sources | reached(machine)
            continue
        assert state.code in reached(machine), state.code
        assert state.terminal != (state.code in sources), state.code


@pytest.mark.parametrize("name", MACHINES)
def test_every_step_is_taken_by_an_event_there_is(name: str, library: Workspace) -> None:
    known = {f"{about}.{what}" for about, names in EVENTS.items() for what in names.split()}
    for step in taxonomy(library, name).transitions:
        assert step.trigger in known, f"{step.source} -> {step.target}"


def test_four_steps_ask_for_more_than_their_event(library: Workspace) -> None:
    """Of all 309: a credit closes no return whose goods are on the way, unless they stay."""
    bodies: list[Any] = [each.body for each in library.contracts if each.kind is Kind.TAXONOMY]
    guards = {
        f"{body.name}: {step.source} -> {step.target} on {step.trigger}": step.when
        for body in bodies
        for step in body.transitions
        if step.when
    }
    assert guards == {
        "inventory.stock_status: DAMAGED -> AVAILABLE on inventory.status_changed": "the goods "
        "were reworked",
        "order.fulfilment: PARTIALLY_SHIPPED -> PARTIALLY_DELIVERED on order.changed": "the rest "
        "is closed short",
        "return.status: AUTHORIZED -> CREDITED on return.credited": "the customer keeps the goods",
        "return.status: IN_TRANSIT -> CLOSED on return.closed": "the goods are lost",
    }


def test_every_state_says_what_it_is(library: Workspace) -> None:
    systems = {each.id for each in library.systems}
    for name in (*MACHINES, "shipment.milestone"):
        machine = taxonomy(library, name)
        for state in machine.states:
            assert state.label["en"], state.code
            assert len(state.definition) >= 15, state.code
            assert (state.owner or machine.owner) in systems, state.code
        assert machine.unknown in {each.code for each in machine.states}


def test_orders_are_labelled_in_german_too(library: Workspace) -> None:
    assert all(each.label["de"] for each in taxonomy(library, "order.lifecycle").states)


def test_warnings_name_states_there_are(library: Workspace) -> None:
    codes = {
        f"{name}/{state.code}"
        for name in (*MACHINES, "shipment.milestone")
        for state in taxonomy(library, name).states
    }
    for name in (*MACHINES, "shipment.milestone"):
        for state in taxonomy(library, name).states:
            for other in state.not_to_be_confused_with:
                assert (other if "/" in other else f"{name}/{other}") in codes, other


def test_milestones_advance_to_states_there_are(library: Workspace) -> None:
    """64 milestones, 39 of them with a state that a fact of their kind brings about."""
    milestones = taxonomy(library, "shipment.milestone")
    assert (milestones.kind, milestones.advances) == (TaxonomyKind.MILESTONES, "shipment.status")
    states = {each.code for each in taxonomy(library, milestones.advances).states}
    advancing = [each for each in milestones.states if each.advances_to]
    assert (len(milestones.states), len(advancing)) == (64, 39)
    assert {each.advances_to for each in advancing} <= states


def test_no_estimate_delay_or_document_advances_a_shipment(library: Workspace) -> None:
    """Delays, damages and holds stand beside the status; an estimate is no fact."""
    silent = {"ETA_UPDATED", "DELAYED", "DAMAGED", "HELD", "CUSTOMS_HELD", "POSITION_REPORTED"}
    silent |= {"ARRIVED_AT_PICKUP", "DOCUMENT_STATUS", "EQUIPMENT_STATUS", "IGNORED", "UNKNOWN"}
    milestones = {each.code: each for each in taxonomy(library, "shipment.milestone").states}
    assert {each for each in silent if milestones[each].advances_to} == set()


def test_codes_survive_every_language(library: Workspace) -> None:
    for name in (*MACHINES, "shipment.milestone"):
        for state in taxonomy(library, name).states:
            assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", state.code)


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_has_every_row_once(name: str, library: Workspace) -> None:
    codes = mapping(library, name)
    rows, qualities = MAPPINGS[name]
    assert len(codes.cells) == rows
    assert len({each.code for each in codes.cells}) == rows
    assert Counter(each.quality.value for each in codes.cells) == qualities
    assert codes.list_version, "the same code means something else in another version"
    assert codes.system in {each.id for each in library.systems}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_leads_to_codes_there_are(name: str, library: Workspace) -> None:
    codes = mapping(library, name)
    for cell in codes.cells:
        ignored = taxonomy(library, codes.taxonomy).ignored or None
        says_nothing = cell.to is None or cell.to == ignored
        assert says_nothing is (cell.quality is Quality.NONE), cell.code
        said = [each for one in answers(cell) for each in asserted(one, codes.taxonomy)]
        assert len(set(asserted(cell, codes.taxonomy))) == bool(cell.to) + len(cell.also)
        for there, code in said:
            assert code in {each.code for each in taxonomy(library, there).states}, cell.code
        assert cell.source.startswith("S-"), cell.code
        assert 0 < len(cell.label) <= 60, "a short label of our own"


def test_a_coarse_code_says_what_it_says_of_other_axes(library: Workspace) -> None:
    """Shipped in an ERP may be posted as well: a fact of another taxonomy, not a wider status."""
    posted = {"posting.goods_issue/POSTED"}
    assert {*row(library, "oracle-ebs.released-status", "C").also} == posted
    assert {*row(library, "netsuite.item-fulfillment-status", "ItemShip:C").also} == posted
    handed = row(library, "easyship.warehouse-shipment-status", "shipped")
    assert (handed.to, handed.also) == ("SHIP_CONFIRMED", ("shipment.status/HANDED_OVER",))
    late = row(library, "uncefact.rec24", "266")
    assert (late.to, late.also) == ("DELAYED", ("shipment.exception_reason/WEATHER",))
    mapped = [each.body for each in library.contracts if each.kind is Kind.MAPPING]
    elsewhere = [
        cell
        for body in mapped
        if isinstance(body, CodeMap)
        for cell in body.cells
        if any("/" in each for each in cell.also)
    ]
    assert len(elsewhere) == 24


def test_a_code_that_says_nothing_is_ignored_and_one_without_a_place_is_none(
    library: Workspace,
) -> None:
    """Known noise is a milestone that is dropped; a status nobody has here stays none at all."""
    noise = row(library, "project44.parcel-event", "INFO")
    assert (noise.to, noise.quality) == ("IGNORED", Quality.NONE)
    held = row(library, "karrio.tracking-status", "on_hold")
    assert (held.to, held.quality) == (None, Quality.NONE)


def test_ready_at_the_shipper_is_not_ready_for_the_customer(library: Workspace) -> None:
    """X12 214 AW: at origin the goods wait for the carrier, and no customer may be told to come."""
    cell = row(library, "x12.214-at7-01", "AW")
    assert cell.to == "AVAILABLE_FOR_PICKUP"
    assert [(case.when, case.to) for case in cell.cases] == [((("stop", "origin"),), "IGNORED")]


def test_the_traps_of_the_214_are_kept_apart(library: Workspace) -> None:
    meant = {code: row(library, "x12.214-at7-01", code).to for code in ("X3", "X1", "D1", "AG")}
    assert meant == {
        "X3": "ARRIVED_AT_PICKUP",
        "X1": "ARRIVED_AT_DESTINATION",
        "D1": "UNLOADED_AT_DESTINATION",
        "AG": "ETA_UPDATED",
    }
    assert row(library, "x12.214-at7-01", "X2").to == "ETA_UPDATED"


def test_one_coarse_code_states_two_facts(library: Workspace) -> None:
    departed = row(library, "x12.214-at7-01", "AF")
    assert (departed.to, departed.also) == ("DEPARTED_ORIGIN", ("HANDED_OVER",))


def test_a_label_is_not_custody_and_picking_is_not_posting(library: Workspace) -> None:
    assert row(library, "easypost.tracker-status", "pre_transit").to == "MANIFESTED"
    assert mapping(library, "sap.goods-movement-status").taxonomy == "posting.goods_issue"
    assert row(library, "sap.goods-movement-status", "C").to == "POSTED"
    assert row(library, "odoo.stock-picking-state", "done").to == "SHIP_CONFIRMED"
