"""Who states which fact, who reads it, and that no word of the library means two of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from lading.model import read_document

if TYPE_CHECKING:
    from pathlib import Path

    from lading.model import Workspace
    from lading.model.taxonomy import State, Taxonomy

FACTS = {
    "loaded_at": ("wms", "shipment.status/LOADED", "logistics.shipment.v1.ShipmentLoaded"),
    "confirmed_at": ("wms", "shipment.status/CONFIRMED", "logistics.shipment.v1.ShipmentConfirmed"),
    "handed_over_at": (
        "tms",
        "shipment.status/HANDED_OVER",
        "logistics.shipment.v1.ShipmentHandedOver",
    ),
    "departed_at": ("tms", "shipment.status/IN_TRANSIT", "logistics.shipment.v1.ShipmentDeparted"),
    "goods_issue_posted_at": (
        "erp",
        "posting.goods_issue/POSTED",
        "logistics.posting.v1.GoodsIssuePosted",
    ),
}
"""What hides behind "shipment confirmed": field, (owner, meaning, event)."""
OBJECTS = {
    "loaded_at": "Fact loaded_at",
    "confirmed_at": "Fact confirmed_at (content closed)",
    "handed_over_at": "Fact handed_over_at (custody)",
    "departed_at": "Fact departed_at and later milestones",
    "goods_issue_posted_at": "Fact goods_issue_posted_at (ledger)",
}
"""Field of the fact, row of the ownership matrix."""


def fields(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    (path,) = folder.rglob(f"{name}.avsc")
    return {each["name"]: each for each in json.loads(path.read_text(encoding="utf-8"))["fields"]}


def taxonomy(library: Workspace, name: str) -> Taxonomy:
    contract = library.contract(f"taxonomies.{name}.v1")
    assert contract is not None
    body: Any = contract.body
    return body


def state(library: Workspace, meaning: str) -> State:
    name, _, code = meaning.partition("/")
    return next(each for each in taxonomy(library, name).states if each.code == code)


def test_yaml_means_the_same_to_old_and_new_readers(folder: Path) -> None:
    """`NO`, `51`, `1e3` and `0012` are text in YAML 1.1 (PyYAML) and in YAML 1.2 (ours)."""
    paths = sorted(folder.rglob("*.yaml"))
    assert len(paths) > 20
    for path in paths:
        ours = read_document(path.name, path.read_bytes()).value
        assert yaml.safe_load(path.read_text(encoding="utf-8")) == ours, path.name


def test_every_contract_has_one_known_owner_and_somebody_to_ask(library: Workspace) -> None:
    systems = {each.id for each in library.systems}
    for contract in library.contracts:
        terms = contract.terms
        assert terms.owner in systems, contract.subject
        assert terms.team, contract.subject
        assert terms.contact.endswith("@example.com"), contract.subject


def test_an_event_is_produced_by_its_owner_alone(library: Workspace) -> None:
    events = [each for each in library.contracts if each.document.name.startswith("events/")]
    assert len(events) == 109
    for contract in events:
        if contract.terms.intent == "proposal":
            assert not contract.terms.producer, contract.subject
            assert contract.terms.proposers, contract.subject
        else:
            assert contract.terms.producer == contract.terms.owner, contract.subject
        assert contract.terms.sla["freshness_p95"], contract.subject


def test_objects_name_known_systems_in_one_role_each(library: Workspace) -> None:
    """40 objects, and the label, which the base only mentions in a note to the shipment plan."""
    systems = {each.id for each in library.systems}
    assert len(library.ownership) == 40 + len({"shipment-label"})
    for each in library.ownership:
        roles = (each.owner, *each.proposes, *each.consumes)
        assert set(roles) <= systems, each.object
        assert len(set(roles)) == len(roles), each.object


BEYOND = {
    ("GoodsIssuePosted", "portal"),
    ("OrderReleased", "portal"),
    ("ReturnInTransit", "wms"),
    ("ShipmentReturnStarted", "wms"),
    ("ShipmentReturnedToSender", "wms"),
}
"""Readers of one event who have no other business with its object; `DECISIONS.md` says why."""


def test_who_reads_an_event_has_business_with_its_object(library: Workspace) -> None:
    """Of the eight systems of the matrix; platform services read what they serve."""
    matrix = {"erp", "wms", "tms", "portal", "edi-gateway", "ecommerce", "3pl", "carrier"}
    objects = {each.id: each for each in library.ownership}
    found = set()
    for contract in library.contracts:
        row = objects.get(contract.terms.object)
        if contract.document.name.startswith("events/") and row:
            known = {row.owner, *row.owners.values(), *row.proposes, *row.consumes}
            for reader in matrix & set(contract.terms.consumers) - known:
                found.add((str(contract.subject).rpartition(".")[2], reader))
    assert found == BEYOND


def test_what_the_erp_keeps_to_itself_is_in_no_event(library: Workspace) -> None:
    """Credit, valuation, the driver and access codes: no event leads to their records."""
    kept = {"CustomerCredit", "InventoryValuation", "LegDriver", "DeliveryAccess"}
    text = {
        str(each.subject): json.dumps(each.document.value)
        for each in library.contracts
        if each.document.name.startswith(("events/", "entities/", "common/"))
    }
    assert kept <= {each.rpartition(".")[2] for each in text}
    for subject, written in text.items():
        if subject.rpartition(".")[2] not in kept:
            assert not [each for each in kept if f'.{each}"' in written], subject
            assert "credit_status" not in written, subject
            assert "access_code" not in written, subject


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_has_one_owner_one_meaning_and_one_event(
    name: str, library: Workspace, folder: Path
) -> None:
    """The field, the field of its event, the producer and the ownership matrix agree."""
    owner, meaning, subject = FACTS[name]
    entity = fields(folder, "ShipmentFacts")[name]
    assert (entity["owner"], entity["x-definition"]) == (owner, meaning)
    carried = "posted_at" if name == "goods_issue_posted_at" else name
    event = fields(folder, subject.rpartition(".")[2])[carried]
    assert (event["owner"], event["x-definition"]) == (owner, meaning)
    contract = library.contract(subject)
    assert contract is not None
    assert contract.terms.producer == owner
    (row,) = (each for each in library.ownership if each.object == OBJECTS[name])
    assert row.owner == owner


def test_the_five_facts_warn_of_each_other(library: Workspace) -> None:
    """Each meaning says which of the other four it is mistaken for."""
    meanings = {meaning for _, meaning, _ in FACTS.values()}
    for meaning in meanings:
        name = meaning.partition("/")[0]
        warned = state(library, meaning).not_to_be_confused_with
        written = {each if "/" in each else f"{name}/{each}" for each in warned}
        assert written & (meanings - {meaning}), meaning


def test_no_field_is_called_shipped(folder: Path) -> None:
    """A time or flag called "shipped" does not say in which of the five senses."""
    for path in folder.rglob("*.avsc"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        names = {each["name"] for each in schema.get("fields", ())}
        assert not names & {"shipped_at", "is_shipped", "shipped", "ship_date"}, path.name


def test_the_erp_reads_what_it_posts_and_the_portal_what_it_shows(library: Workspace) -> None:
    reads = {each.name: {read.contract: read for read in each.reads} for each in library.consumers}
    confirmed = reads["erp-adapter"]["logistics.shipment.v1.ShipmentConfirmed"]
    assert {"confirmed_at", "lines[].item_id", "lines[].shipped_quantity"} <= set(confirmed.fields)
    shown = reads["customer-portal"]["taxonomies.shipment.status.v1"].statuses
    states = {each.code: each for each in taxonomy(library, "shipment.status").states}
    assert all(states[each].customer_visible for each in shown)
    assert reads["customer-portal"]["apis.shipment-visibility.v1"].operations
