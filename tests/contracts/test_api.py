"""The six APIs as documents: valid, described, and saying the same as the rest of the library."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from contracts.documents import NAMES, calls, examples, medias, read, refusals, resolved
from lading.lint import lint

if TYPE_CHECKING:
    from pathlib import Path

    from lading.model import Workspace

OPERATIONS = {
    "orders": """submitOrder submitOrderBatch getOrderRequest listOrders getOrder
        proposeOrderChange proposeCancellation listOrderEvents listOrderShipments releaseOrder
        quoteDelivery getOperation""",
    "inventory-availability": """getAvailability queryAvailability createReservation getReservation
        extendReservation releaseReservation listPositions requestSnapshot getReconciliation
        getOperation""",
    "shipment-visibility": """listShipments getShipment listMilestones trackShipment
        listHandlingUnits getDocument reportMilestone reportMilestoneBatch reportProblem
        proposeDeliveryChange getOperation""",
    "returns": """requestReturn getReturnRequest listReturns getReturn getReturnLabel
        proposeReturnCancellation checkEligibility recordReceipt recordDisposition getOperation""",
    "master-data": """listItems getItem exportItems proposeItemChange listLocations getLocation
        exportLocations proposeLocationChange listCustomers getCustomer exportCustomers
        proposeCustomerChange listAddresses getAddress exportAddresses proposeAddressChange
        listCarriers getCarrier exportCarriers proposeCarrierChange resolveIdentifier listCodeLists
        getCodeList translateCode translateCodeBatch validateAddress getOperation""",
    "partners": """registerPartner getPartner changePartner declareCapabilities startCertification
        getCertification proposeMappingOverride createSubscription listSubscriptions getSubscription
        changeSubscription deleteSubscription rotateSecret pauseSubscription resumeSubscription
        listDeliveries redeliver replayEvents getOperation""",
}
"""What each API offers."""
RECORDS = {
    "Order": "entities/order/Order",
    "OrderLine": "entities/order/OrderLine",
    "OrderShipment": "entities/shipment/Shipment",
    "Shipment": "entities/shipment/Shipment",
    "HandlingUnit": "entities/shipment/HandlingUnit",
    "Return": "entities/returns/ReturnAuthorization",
    "ReturnLine": "entities/returns/ReturnLine",
    "Reservation": "entities/inventory/Reservation",
    "Item": "entities/item/Item",
    "Location": "entities/location/Location",
    "Customer": "entities/customer/Customer",
    "Carrier": "entities/carrier/Carrier",
    "Subscription": "entities/partner/WebhookSubscription",
    "Address": "common/Address",
    "LocationRef": "common/LocationRef",
    "ExternalRef": "common/ExternalRef",
    "TaxAmount": "common/TaxAmount",
}
"""Which record of the library a schema shows a part of."""
OF_ITS_OWN = {"Address", "Capability", "CacheControl", "Expand", "Link", "Operation", "Problem"}
"""Components that are not the same in every document that has them."""
LABELS = ("x-pii", "x-classification")
SCALARS = {"boolean": "boolean", "int": "integer", "long": "integer"}


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def shipments(folder: Path) -> dict[str, Any]:
    return read(folder, "shipment-visibility")


@pytest.fixture(scope="module")
def api(folder: Path, name: str) -> dict[str, Any]:
    return read(folder, name)


def fields(api: dict[str, Any], schema: str) -> dict[str, Any]:
    found: dict[str, Any] = api["components"]["schemas"][schema]["properties"]
    return found


def kind_in_api(node: dict[str, Any]) -> str:
    """Its component, else its type; `[]` behind that of the items."""
    if "$ref" in node:
        return str(node["$ref"].rpartition("/")[2])
    if "allOf" in node:
        return kind_in_api(node["allOf"][0])
    if node["type"] == "array":
        return f"{kind_in_api(node['items'])}[]"
    return str(node["type"])


def kind_in_avro(node: Any) -> str:
    """The same, of an Avro type."""
    if isinstance(node, list):
        (node,) = [each for each in node if each != "null"]
    if isinstance(node, dict):
        if node["type"] == "array":
            return f"{kind_in_avro(node['items'])}[]"
        if "name" in node:
            return str(node["name"])
        return "object" if node["type"] == "map" else "string"
    return SCALARS.get(node, str(node).rpartition(".")[2])


def test_it_is_valid_openapi(api: dict[str, Any]) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert api["openapi"].startswith("3.1")
    errors = OpenAPIV31SpecValidator(api).iter_errors()
    assert [each.message for each in errors] == []


def test_every_example_is_what_its_schema_says(api: dict[str, Any]) -> None:
    found = list(medias(api))
    assert len(found) >= len(list(calls(api)))
    for media in found:
        for example in examples(media):
            assert refusals(media["schema"], api, example) == []


def test_an_example_that_is_wrong_would_be_noticed(shipments: dict[str, Any]) -> None:
    shipment = {"$ref": "#/components/schemas/Shipment"}
    found = medias(shipments["paths"])
    example = next(each for each in found if each["schema"] == shipment)["example"]
    wrong: list[dict[str, Any]] = [
        {"updated_at": "yesterday"},
        {"status": 7},
        {"order_refs": "ORD"},
    ]
    for change in wrong:
        assert refusals(shipment, shipments, {**example, **change}), change


def test_its_operations_are_named_and_have_an_audience(
    api: dict[str, Any], name: str, library: Workspace
) -> None:
    found = list(calls(api))
    expected = set(OPERATIONS[name].split())
    assert {each.name for each in found} == expected
    assert len(found) == len(expected)
    for each in found:
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", each.name)
        assert each.operation["x-audience"] in {"internal", "partner", "public"}
        assert each.operation["description"]
    contract = library.contract(f"apis.{name}.v1")
    assert contract is not None
    body: Any = contract.body
    assert {each.operation_id for each in body.operations if not each.webhook} == expected


def test_every_component_is_used(api: dict[str, Any]) -> None:
    text = json.dumps(api)
    for kind in ("parameters", "headers", "responses", "schemas"):
        for each in api["components"][kind]:
            assert f'"#/components/{kind}/{each}"' in text, each


def test_what_several_of_them_have_is_the_same_in_each(folder: Path) -> None:
    """A document refers to nothing outside it, so what is common is written in each of them."""
    documents = [read(folder, name)["components"] for name in NAMES]
    found = {
        (kind, name): [each[kind][name] for each in documents if name in each.get(kind, {})]
        for each in documents
        for kind in ("parameters", "headers", "schemas")
        for name in each.get(kind, {})
    }
    differ = {name for (_, name), several in found.items() if any(x != several[0] for x in several)}
    assert differ == OF_ITS_OWN
    for name in ("Problem", "Operation"):
        shown = [each["schemas"][name]["properties"] for each in documents]
        common = set.intersection(*map(set, shown))
        assert set.union(*map(set, shown)) - common <= {"alternatives", "result_file"}
        for field in common:
            assert all(each[field] == shown[0][field] for each in shown), field


def test_lists_of_values_are_open_in_answers(api: dict[str, Any]) -> None:
    for schema in api["components"]["schemas"].values():
        closed = schema.get("additionalProperties") is False
        for field, value in schema.get("properties", {}).items():
            assert closed or "enum" not in value, field


def test_only_a_patch_says_null(api: dict[str, Any]) -> None:
    """What is absent is not known or does not apply; null takes away, so a patch alone has it."""
    for name, schema in api["components"]["schemas"].items():
        for field, value in schema.get("properties", {}).items():
            kinds = [value.get("type"), *(each.get("type") for each in value.get("anyOf", ()))]
            has_null = any("null" in (each if isinstance(each, list) else [each]) for each in kinds)
            assert not has_null or name.endswith("Patch"), f"{name}.{field}"


def test_statuses_are_those_of_their_taxonomies(api: dict[str, Any], library: Workspace) -> None:
    bound = {
        name: schema
        for name, schema in api["components"]["schemas"].items()
        if "x-taxonomy" in schema
    }
    for name, schema in bound.items():
        contract = library.contract(f"taxonomies.{schema['x-taxonomy']}.v1")
        assert contract is not None, name
        body: Any = contract.body
        assert set(schema["x-extensible-enum"]) == {each.code for each in body.states}, name


def test_what_it_shows_of_a_record_is_what_the_record_says(
    api: dict[str, Any], folder: Path
) -> None:
    """A field that both have is of one kind, and as personal and confidential in both."""
    for schema in RECORDS.keys() & api["components"]["schemas"].keys():
        record = json.loads((folder / f"{RECORDS[schema]}.avsc").read_text())
        told = {each["name"]: each for each in record["fields"]}
        shown = fields(api, schema)
        both = shown.keys() & told.keys()
        assert len(both) >= min(3, len(told)), schema
        for field in both:
            names = {kind_in_api(shown[field]), kind_in_avro(told[field]["type"])}
            assert len(names - {"Facts", "ShipmentFacts"}) <= 1, (schema, field, names)
            for label in LABELS:
                assert shown[field][label] == told[field][label], (schema, field)


def test_a_proposal_can_say_what_the_event_of_it_says(folder: Path) -> None:
    """What a partner asks for over HTTP is published as an event: nothing is lost in between."""
    pairs = [
        ("returns", "ReturnProposal", "events/returns/ReturnRequested", {"meta", "return_id"}),
        ("returns", "ReturnReceipt", "events/returns/ReturnReceived", {"meta", "return_id"}),
    ]
    for name, schema, path, of_the_event in pairs:
        api = read(folder, name)
        record = json.loads((folder / f"{path}.avsc").read_text())
        event = {each["name"]: each["type"] for each in record["fields"]}
        assert set(fields(api, schema)) == set(event) - of_the_event, schema
        line = resolved(fields(api, schema)["lines"]["items"], api)
        assert set(line["properties"]) == {
            each["name"] for each in event["lines"]["items"]["fields"]
        }


def test_an_order_change_can_be_about_quantities_lines_and_dates(folder: Path) -> None:
    api = read(folder, "orders")
    order, line = fields(api, "Order"), fields(api, "OrderLine")
    assert {"requested_delivery_window", "ship_to", "lines"} <= set(fields(api, "OrderPatch"))
    assert {"ordered_quantity", "schedule", "item_id"} <= set(fields(api, "PatchedLine"))
    assert set(fields(api, "OrderPatch")) <= set(order), "a merge patch has the form of its target"
    assert set(fields(api, "PatchedLine")) <= set(line)
    patch = {"$ref": "#/components/schemas/OrderPatch"}
    assert refusals(patch, api, {"customer_po_number": None}) == []
    assert refusals(patch, api, {}), "an empty patch asks for nothing"
    assert refusals(patch, api, {"lines": [{"line_id": "10"}]}), "a line is given as a whole"


def test_a_patch_has_the_form_of_what_it_changes(folder: Path) -> None:
    for name, schemas in {
        "master-data": ("Item", "Location", "Customer", "Address", "Carrier"),
        "partners": ("Partner", "Subscription"),
    }.items():
        api = read(folder, name)
        for schema in schemas:
            assert set(fields(api, f"{schema}Patch")) <= set(fields(api, schema))


def test_a_subscription_says_what_it_is_limited_to(folder: Path) -> None:
    api = read(folder, "partners")
    record = json.loads((folder / "entities/partner/WebhookSubscription.avsc").read_text())
    told = next(each for each in record["fields"] if each["name"] == "filters")
    limits = {each["name"] for each in told["type"][1]["fields"]}
    for schema in ("SubscriptionFilter", "ProposedFilter"):
        assert set(fields(api, schema)) == limits
    for schema in ("Subscription", "NewSubscription", "SubscriptionPatch"):
        assert {"callback_url", "event_types", "filters", "contract_major"} <= set(
            fields(api, schema)
        )


def test_a_reservation_says_what_it_is_for(folder: Path) -> None:
    api = read(folder, "inventory-availability")
    record = json.loads((folder / "entities/inventory/Reservation.avsc").read_text())
    told = next(each for each in record["fields"] if each["name"] == "demand_ref")
    symbols = set(told["type"]["fields"][0]["type"]["symbols"])
    assert set(api["components"]["schemas"]["DemandType"]["x-extensible-enum"]) == symbols
    assert set(fields(api, "ProposedDemand")["type"]["enum"]) == symbols - {"UNKNOWN"}


def test_the_ledger_is_never_shown(shipments: dict[str, Any]) -> None:
    """A customer sees where the goods are; the goods issue is the ERP's own business."""
    fields = {
        name
        for schema in shipments["components"]["schemas"].values()
        for name in schema.get("properties", {})
    }
    assert "confirmed_at" in fields
    assert not {each for each in fields if "goods_issue" in each or "posting" in each}


def test_public_tracking_shows_nobody(shipments: dict[str, Any]) -> None:
    """Who has only the token of a notice sees a status and a time, and no person or place."""
    shown = fields(shipments, "PublicTracking")
    assert {each["x-pii"] for each in shown.values()} == {"none"}
    assert set(shown) == {"display_code", "display_text", "eta_at", "as_of_at", "stale_after_at"}


def test_what_a_customer_reads_is_one_code_with_its_words(folder: Path, library: Workspace) -> None:
    """And the examples tell no contradiction: what is on its way was not delivered."""
    contract = library.contract("taxonomies.order.display.v1")
    assert contract is not None
    body: Any = contract.body
    words = {each.code: each.label["en"] for each in body.states}
    found = [
        each
        for name in ("orders", "shipment-visibility")
        for media in medias(read(folder, name))
        for example in examples(media)
        if isinstance(example, dict)
        for each in example.get("items", [example])
        if "display_code" in each
    ]
    assert len(found) >= 5
    for each in found:
        assert each["display_text"] == words[each["display_code"]]
        assert ("delivered_at" in each) is (each["display_code"] == "DELIVERED")


def test_raw_codes_and_facts_are_for_internal_readers(shipments: dict[str, Any]) -> None:
    assert fields(shipments, "Shipment")["facts"]["x-audience"] == "internal"
    assert fields(shipments, "MilestoneEvent")["raw"]["x-audience"] == "internal"


def test_no_api_leads_to_an_access_code(api: dict[str, Any]) -> None:
    assert "access_code" not in json.dumps(api)


def test_who_owns_what_an_operation_is_about_is_told_as_everywhere(
    api: dict[str, Any], library: Workspace
) -> None:
    owners = {each.id: each.owner for each in library.ownership}
    webhooks = [each["post"] for each in api.get("webhooks", {}).values()]
    for operation in (*(each.operation for each in calls(api)), *webhooks):
        said = operation["x-ownership"]
        assert said["owner"] == owners[said["object"]], operation["operationId"]


def test_the_library_passes_the_strict_pack(library: Workspace) -> None:
    """No error and no warning; two names that CloudEvents prescribes are waived."""
    report = lint(library, pack="strict", today="2026-11-23")
    assert [f"{each.rule} {each.hit.subject} {each.hit.message}" for each in report.findings] == []
    assert report.waived == 2
    assert library.settings.lint_pack == "strict"
