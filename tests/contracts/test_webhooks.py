"""Webhooks: an event as CloudEvents 1.0 has it, with all that its envelope says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from contracts.documents import read, refusals
from lading.codegen.asyncapi import generate_asyncapi
from lading.model.messages import faults

if TYPE_CHECKING:
    from pathlib import Path

    from lading.model import Workspace

ATTRIBUTES = {
    "event_id": "id",
    "event_type": "type",
    "source_system": "source",
    "aggregate_type": "subject",
    "aggregate_id": "subject",
    "aggregate_sequence": "sequence",
    "occurred_at": "time",
    "recorded_at": "recordedtime",
    "correlation_id": "correlationid",
    "causation_id": "causationid",
    "idempotency_key": "idempotencykey",
    "partition_key": "partitionkey",
    "schema_ref": "dataschema",
    "trace_parent": "traceparent",
    "trace_state": "tracestate",
    "data_classification": "dataclassification",
    "data_regulation": "dataregulation",
}
"""Field of the envelope to the CloudEvents attribute that says the same."""
IN_THE_DATA_ALONE = {
    "occurred_zone",
    "occurred_offset_minutes",
    "is_offset_assumed",
    "time_precision",
    "time_classifier",
    "producer",
    "retracts_event_id",
    "replaces_event_id",
    "correction_reason",
    "raw",
    "replay",
}
"""Fields of the envelope that no attribute repeats."""
OF_THE_FORM = {"specversion", "datacontenttype", "data", "redacted"}
"""What the form of CloudEvents or the delivery adds to the envelope."""
CLOUD_EVENT = {"$ref": "#/components/schemas/CloudEvent"}


@pytest.fixture(scope="module")
def api(folder: Path) -> dict[str, Any]:
    return read(folder, "partners")


@pytest.fixture(scope="module")
def event(api: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api["components"]["schemas"]["CloudEvent"]
    return found


@pytest.fixture(scope="module")
def envelope(folder: Path) -> dict[str, Any]:
    """Field to type."""
    record = json.loads((folder / "common" / "EventMeta.avsc").read_text())
    return {each["name"]: each["type"] for each in record["fields"]}


@pytest.fixture(scope="module")
def delivered(api: dict[str, Any]) -> dict[str, Any]:
    """The event that the webhook shows."""
    (media,) = api["webhooks"]["event"]["post"]["requestBody"]["content"].values()
    assert media["schema"] == CLOUD_EVENT
    found: dict[str, Any] = media["example"]
    return found


def is_needed(type_: Any) -> bool:
    """Whether an Avro field has to have a value."""
    return not (isinstance(type_, list) and "null" in type_)


def test_deliveries_are_signed(api: dict[str, Any]) -> None:
    webhook = api["webhooks"]["event"]["post"]
    assert {each["name"] for each in webhook["parameters"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }


def test_every_field_of_the_envelope_is_decided(envelope: dict[str, Any]) -> None:
    assert set(envelope) == set(ATTRIBUTES) | IN_THE_DATA_ALONE


def test_the_attributes_are_those_of_the_envelope(
    event: dict[str, Any], envelope: dict[str, Any]
) -> None:
    """What the envelope always has, a webhook always has: order, duplicates and gaps need it."""
    assert set(event["properties"]) == set(ATTRIBUTES.values()) | OF_THE_FORM
    needed = {each for field, each in ATTRIBUTES.items() if is_needed(envelope[field])}
    assert set(event["required"]) == needed | OF_THE_FORM - {"redacted"}
    assert {"sequence", "recordedtime", "idempotencykey"} <= set(event["required"])


def test_each_attribute_says_which_field_it_is(event: dict[str, Any]) -> None:
    for field, attribute in ATTRIBUTES.items():
        assert f"{field}" in event["properties"][attribute]["description"], attribute


def test_the_attributes_are_named_and_typed_as_cloudevents_asks(event: dict[str, Any]) -> None:
    """Lower-case letters and digits, at most 20; no lists and no objects, but for the data."""
    for name, node in event["properties"].items():
        assert re.fullmatch(r"[a-z0-9]{1,20}", name)
        assert name == "data" or node.get("type", "string") == "string", name


def test_kafka_and_webhooks_carry_the_same(event: dict[str, Any], library: Workspace) -> None:
    (text,) = [
        text
        for path, text in generate_asyncapi(library.contracts, title="library").items()
        if path == "shipment.yaml"
    ]
    trait = yaml.safe_load(text)["components"]["messageTraits"]["cloudevent"]["headers"]
    names = {each.removeprefix("ce_") for each in trait["properties"] if each.startswith("ce_")}
    needed = {each.removeprefix("ce_") for each in trait["required"] if each.startswith("ce_")}
    assert {"sequence", "recordedtime", "correlationid"} <= names
    assert names <= set(event["properties"])
    assert needed <= set(event["required"])


def test_the_event_that_is_shown_agrees_with_its_data(delivered: dict[str, Any]) -> None:
    meta = delivered["data"]["meta"]
    assert delivered["id"] == meta["event_id"]
    assert delivered["type"] == meta["event_type"]
    assert delivered["source"] == f"urn:system:{meta['source_system']}"
    assert delivered["subject"] == f"{meta['aggregate_type']}/{meta['aggregate_id']}"
    assert delivered["sequence"] == f"{meta['aggregate_sequence']:020}"
    assert delivered["dataclassification"] == meta["data_classification"].lower()
    for field in ("occurred_at", "recorded_at", "correlation_id", "idempotency_key", "schema_ref"):
        assert delivered[ATTRIBUTES[field]] == meta[field]
    assert delivered["partitionkey"] == meta["partition_key"]


def test_the_data_that_is_shown_is_a_message_of_its_contract(
    delivered: dict[str, Any], library: Workspace
) -> None:
    contract = library.contract("logistics.shipment.v1.ShipmentConfirmed")
    assert contract is not None
    assert faults(contract, delivered["data"]) == ()


def test_a_consumer_can_order_and_knows_what_was_taken_out(
    api: dict[str, Any], delivered: dict[str, Any]
) -> None:
    assert refusals(CLOUD_EVENT, api, delivered) == []
    for name in ("sequence", "recordedtime", "idempotencykey", "dataclassification"):
        lacking = {key: each for key, each in delivered.items() if key != name}
        assert refusals(CLOUD_EVENT, api, lacking), name
    for wrong in ({"sequence": "105"}, {"redacted": "lots"}, {"redacted": ["/lines"]}):
        assert refusals(CLOUD_EVENT, api, {**delivered, **wrong}), wrong


def test_the_classes_are_those_of_the_library(api: dict[str, Any], folder: Path) -> None:
    record = json.loads((folder / "common" / "DataClassification.avsc").read_text())
    known = {each.lower() for each in record["symbols"]} - {"unknown"}
    assert set(api["components"]["schemas"]["DataClassification"]["x-extensible-enum"]) == known
