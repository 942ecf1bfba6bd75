"""The library as a whole: what there is, who owns it, who reads it, and the five facts."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from lading.model import read_document
from lading.model.contract import Kind
from lading.model.fields import missing_step

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
OWNERS = {
    "Fact loaded_at": "wms",
    "Fact confirmed_at (content closed)": "wms",
    "Fact handed_over_at (custody)": "tms",
    "Fact departed_at and later milestones": "tms",
    "Fact goods_issue_posted_at (ledger)": "erp",
}


def avsc(folder: Path, name: str) -> dict[str, Any]:
    (path,) = folder.rglob(f"{name}.avsc")
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def fields(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in avsc(folder, name)["fields"]}


def taxonomy(library: Workspace, name: str) -> Taxonomy:
    contract = library.contract(f"taxonomies.{name}.v1")
    assert contract is not None
    body: Any = contract.body
    return body


def state(library: Workspace, meaning: str) -> State:
    name, _, code = meaning.partition("/")
    return next(each for each in taxonomy(library, name).states if each.code == code)


def test_the_library_reads_without_a_problem(library: Workspace) -> None:
    assert library.problems == ()


def test_nothing_was_dropped_on_the_way(library: Workspace, folder: Path) -> None:
    """Counted when written; a file that disappears is noticed."""
    kinds = Counter(each.kind for each in library.contracts)
    assert kinds == {Kind.AVRO: 56, Kind.OPENAPI: 1, Kind.TAXONOMY: 5, Kind.MAPPING: 5}
    places = ("common", "entities", "events")
    found = [len(list((folder / each).rglob("*.avsc"))) for each in places]
    assert found == [16, 20, 20]
    assert (len(library.systems), len(library.ownership), len(library.consumers)) == (14, 15, 5)


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


def test_every_event_has_one_producer_a_topic_and_a_key(library: Workspace, folder: Path) -> None:
    systems = {each.id for each in library.systems}
    names = {path.stem for path in (folder / "events").rglob("*.avsc")}
    events = [each for each in library.contracts if each.subject.rpartition(".")[2] in names]
    assert len(events) == len(names) == 20
    for contract in events:
        terms = contract.terms
        assert terms.producer in systems, contract.subject
        assert terms.producer == terms.owner, contract.subject
        assert terms.topic.startswith("logistics."), contract.subject
        assert terms.key, contract.subject
        assert terms.sla["freshness_p95"], contract.subject


def test_objects_name_known_systems_in_one_role_each(library: Workspace) -> None:
    systems = {each.id for each in library.systems}
    for each in library.ownership:
        roles = (each.owner, *each.proposes, *each.consumes)
        assert set(roles) <= systems, each.object
        assert len(set(roles)) == len(roles), each.object


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_has_one_owner_one_meaning_and_one_event(
    name: str, library: Workspace, folder: Path
) -> None:
    """The field, the event that carries it and the record of the event agree."""
    owner, meaning, subject = FACTS[name]
    entity = fields(folder, "ShipmentFacts")[name]
    assert (entity["owner"], entity["x-definition"]) == (owner, meaning)
    carried = "posted_at" if name == "goods_issue_posted_at" else name
    event = fields(folder, subject.rpartition(".")[2])[carried]
    assert (event["owner"], event["x-definition"]) == (owner, meaning)
    contract = library.contract(subject)
    assert contract is not None
    assert contract.terms.producer == owner
    assert state(library, meaning).definition


def test_the_five_facts_are_five_things(library: Workspace, folder: Path) -> None:
    facts = fields(folder, "ShipmentFacts")
    assert list(facts)[:5] == list(FACTS)
    assert len({facts[each]["doc"] for each in FACTS}) == 5
    meanings = [meaning for _, meaning, _ in FACTS.values()]
    assert len(set(meanings)) == 5
    assert len({state(library, each).definition for each in meanings}) == 5
    assert len({subject for _, _, subject in FACTS.values()}) == 5


def test_the_five_facts_warn_of_each_other(library: Workspace) -> None:
    """Each meaning says which of the other four it is mistaken for."""
    meanings = {meaning for _, meaning, _ in FACTS.values()}
    for meaning in meanings:
        name = meaning.partition("/")[0]
        warned = state(library, meaning).not_to_be_confused_with
        written = {each if "/" in each else f"{name}/{each}" for each in warned}
        assert written & (meanings - {meaning}), meaning


def test_ownership_gives_each_fact_to_its_owner(library: Workspace) -> None:
    stated = {each.object: each.owner for each in library.ownership}
    assert {each: stated[each] for each in OWNERS} == OWNERS
    assert list(OWNERS.values()) == [owner for owner, _, _ in FACTS.values()]


def test_no_field_is_called_shipped(folder: Path) -> None:
    """A time or flag called "shipped" does not say in which of the five senses."""
    for path in folder.rglob("*.avsc"):
        names = {each["name"] for each in json.loads(path.read_text()).get("fields", ())}
        assert not names & {"shipped_at", "is_shipped", "shipped", "ship_date"}, path.name


def test_the_erp_reads_what_it_posts_and_the_portal_what_it_shows(library: Workspace) -> None:
    reads = {each.name: {read.contract: read for read in each.reads} for each in library.consumers}
    confirmed = reads["erp-adapter"]["logistics.shipment.v1.ShipmentConfirmed"]
    assert {"confirmed_at", "lines[].item_id", "lines[].shipped_quantity"} <= set(confirmed.fields)
    shown = reads["customer-portal"]["taxonomies.shipment.status.v1"].statuses
    states = {each.code: each for each in taxonomy(library, "shipment.status").states}
    assert all(states[each].customer_visible for each in shown)
    assert reads["customer-portal"]["apis.shipment-visibility.v1"].operations


def test_consumers_read_what_there_is(library: Workspace) -> None:
    for consumer in library.consumers:
        for read in consumer.reads:
            contract = library.contract(read.contract)
            assert contract is not None, read.contract
            for path in read.fields:
                assert missing_step(contract.body, contract.types, path) is None, path
            body: Any = contract.body
            if contract.kind is Kind.TAXONOMY:
                assert set(read.statuses) <= {each.code for each in body.states}
            if contract.kind is Kind.MAPPING:
                assert set(read.statuses) <= {each.to for each in body.cells}
            if contract.kind is Kind.OPENAPI:
                assert set(read.operations) <= {each.operation_id for each in body.operations}
