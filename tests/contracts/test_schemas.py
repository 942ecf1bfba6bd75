"""The Avro files: each can be read by a real Avro library, and each field says what it holds."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model import Workspace
    from lading.model.contract import Contract

CLASSES = {"public", "internal", "confidential", "restricted"}
PII = {"none", "business-contact", "personal", "sensitive"}
LOGICAL = {
    "timestamp-micros": "long",
    "local-timestamp-micros": "long",
    "date": "int",
    "decimal": "bytes",
}
STATUSES = {
    "OrderStatus": "order.lifecycle",
    "FulfilmentStatus": "fulfilment.status",
    "ShipmentStatus": "shipment.status",
    "GoodsIssueStatus": "posting.goods_issue",
    "OrderLineStatus": "order_line.status",
    "OrderFulfilment": "order.fulfilment",
    "LineAck": "line.ack",
    "HandlingUnitStatus": "handling_unit.status",
    "TenderStatus": "tender.status",
    "LineShipDisposition": "line.ship_disposition",
    "Milestone": "shipment.milestone",
    "ExceptionReason": "shipment.exception_reason",
    "StockStatus": "inventory.stock_status",
    "QuantityBucket": "inventory.quantity_bucket",
    "AdjustmentReason": "inventory.adjustment_reason",
    "ReturnStatus": "return.status",
    "ReturnReason": "return.reason",
    "ReturnDisposition": "return.disposition",
    "ReceiptStatus": "receipt.status",
    "ReceiptCondition": "receipt.condition",
    "InvoiceStatus": "invoice.status",
    "ExchangeStatus": "exchange.status",
    "PartyRole": "party.role",
    "TimeClassifier": "time.classifier",
}


def avro(library: Workspace) -> list[Contract]:
    return [each for each in library.contracts if each.kind is Kind.AVRO]


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a schema: types, fields, inline types."""
    if isinstance(node, list):
        for each in node:
            yield from nodes(each)
    if isinstance(node, dict):
        yield node
        for key in ("type", "fields", "items", "values"):
            yield from nodes(node.get(key))


def named(library: Workspace) -> Iterator[dict[str, Any]]:
    for contract in avro(library):
        for node in nodes(contract.document.value):
            if node.get("type") in ("record", "enum"):
                yield node


def fields(library: Workspace) -> Iterator[tuple[str, dict[str, Any]]]:
    for record in named(library):
        for field in record.get("fields", ()):
            yield f"{record['name']}.{field['name']}", field


def test_fastavro_reads_every_schema(library: Workspace, schemas: dict[str, Any]) -> None:
    """Every name in them leads somewhere, and none leads back to itself: no type holds itself."""
    assert len(schemas) == 206
    assert sorted(schemas) == [each.subject for each in avro(library)]


def test_a_file_holds_the_type_it_is_called_after(library: Workspace) -> None:
    for contract in avro(library):
        value: Any = contract.document.value
        assert contract.document.name.endswith(f"/{value['name']}.avsc")
        assert re.fullmatch(r"logistics\.[a-z]+\.v1", value["namespace"])
        assert re.fullmatch(r"[A-Z][A-Za-z]+", value["name"])


def test_everything_says_what_it_is(library: Workspace) -> None:
    """20 characters at least, and more than its own name again."""
    for node in named(library):
        assert len(node["doc"]) >= 20, node["name"]
    for path, field in fields(library):
        assert len(field["doc"]) >= 20, path
        words = field["doc"].lower().rstrip(".").replace(" ", "_")
        assert words != field["name"], path


def test_every_field_says_how_confidential_and_how_personal_it_is(library: Workspace) -> None:
    for path, field in fields(library):
        assert field["x-classification"] in CLASSES, path
        assert field["x-pii"] in PII, path
        if field["x-pii"] != "none":
            assert field["x-classification"] in {"confidential", "restricted"}, path


def test_owners_of_fields_are_systems(library: Workspace) -> None:
    systems = {each.id for each in library.systems}
    owners = {field["owner"] for _, field in fields(library) if "owner" in field}
    assert {"erp", "wms", "tms"} <= owners <= systems


def test_every_field_of_an_event_or_entity_has_an_owner(library: Workspace) -> None:
    """All but the envelope and `ShipmentFact`, whose owner is the field that holds it."""
    for contract in avro(library):
        value: Any = contract.document.value
        if "/common/" in f"/{contract.document.name}" or value["name"] == "ShipmentFact":
            continue
        for field in value.get("fields", ()):
            assert field["name"] == "meta" or field.get("owner"), f"{value['name']}.{field['name']}"


def test_names_are_names_in_every_language(library: Workspace) -> None:
    for path, field in fields(library):
        name = field["name"]
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name), path
        assert not keyword.iskeyword(name), path
        assert not keyword.issoftkeyword(name) or name == "type", path


def test_enums_can_grow(library: Workspace) -> None:
    """Without a default of the type itself a reader fails on a symbol it does not know."""
    enums = [each for each in named(library) if each["type"] == "enum"]
    assert len(enums) > 20
    for each in enums:
        assert each["default"] == "UNKNOWN", each["name"]
        assert each["symbols"][-1] == "UNKNOWN", each["name"]
        assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", symbol) for symbol in each["symbols"])


def test_no_producer_writes_unknown_by_leaving_a_field_out(library: Workspace) -> None:
    assert all(field.get("default") != "UNKNOWN" for _, field in fields(library))


def test_numbers_and_times_are_exact(library: Workspace) -> None:
    """No float anywhere; instants in UTC microseconds, days without a zone, decimals with scale."""
    for contract in avro(library):
        for node in nodes(contract.document.value):
            kind = node.get("type")
            assert kind not in ("float", "double"), contract.subject
            if "logicalType" not in node:
                continue
            assert LOGICAL[node["logicalType"]] == kind, contract.subject
            if node["logicalType"] == "decimal":
                assert 0 < node["scale"] <= node["precision"], contract.subject


def test_times_and_days_are_named_so(library: Workspace) -> None:
    for path, field in fields(library):
        logical = {each.get("logicalType") for each in nodes(field["type"])} - {None}
        name = field["name"]
        if logical == {"timestamp-micros"} and not isinstance(field["type"], str):
            inline = any(each.get("type") == "record" for each in nodes(field["type"]))
            assert inline or name.endswith("_at"), path
        if name.endswith("_date"):
            assert logical == {"date"}, path


def test_what_is_optional_is_null_first(library: Workspace) -> None:
    for path, field in fields(library):
        if isinstance(field["type"], list):
            assert field["type"][0] == "null", path
            assert len(field["type"]) == 2, path
            assert "default" in field, path
            assert field["default"] is None, path


def test_handling_units_are_a_tree_by_number(library: Workspace) -> None:
    unit = {path: field for path, field in fields(library) if path.startswith("HandlingUnit.")}
    assert unit["HandlingUnit.parent_id"]["type"] == ["null", "string"]


@pytest.mark.parametrize("name", STATUSES)
def test_a_status_enum_has_the_codes_of_its_taxonomy(name: str, library: Workspace) -> None:
    enum = next(each for each in named(library) if each["name"] == name)
    assert enum["x-taxonomy"] == STATUSES[name]
    contract = library.contract(f"taxonomies.{STATUSES[name]}.v1")
    assert contract is not None
    body: Any = contract.body
    assert sorted(enum["symbols"]) == sorted(each.code for each in body.states)


def test_every_event_carries_the_envelope_first(library: Workspace) -> None:
    events = [each for each in avro(library) if each.document.name.startswith("events/")]
    assert len(events) == 109
    for contract in events:
        value: Any = contract.document.value
        first = value["fields"][0]
        assert (first["name"], first["type"]) == ("meta", "logistics.common.v1.EventMeta")
