"""The six APIs: valid documents whose examples are what they say."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest

from lading.lint import lint
from lading.model import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.model import Workspace

OPERATIONS = {
    "orders": """submitOrder getOrderRequest listOrders getOrder proposeOrderChange
        proposeCancellation listOrderEvents listOrderShipments releaseOrder quoteDelivery""",
    "inventory-availability": """getAvailability queryAvailability createReservation getReservation
        extendReservation releaseReservation listPositions requestSnapshot getReconciliation""",
    "shipment-visibility": """listShipments getShipment listMilestones trackShipment
        listHandlingUnits getDocument reportMilestone reportProblem proposeDeliveryChange""",
    "returns": """requestReturn getReturnRequest listReturns getReturn getReturnLabel
        proposeReturnCancellation checkEligibility recordReceipt recordDisposition""",
    "master-data": """listItems getItem exportItems proposeItemChange listLocations getLocation
        exportLocations proposeLocationChange listCustomers getCustomer exportCustomers
        proposeCustomerChange listAddresses getAddress exportAddresses proposeAddressChange
        listCarriers getCarrier exportCarriers proposeCarrierChange resolveIdentifier listCodeLists
        getCodeList translateCode validateAddress""",
    "partners": """registerPartner getPartner changePartner declareCapabilities startCertification
        getCertification proposeMappingOverride createSubscription listSubscriptions getSubscription
        changeSubscription deleteSubscription rotateSecret pauseSubscription resumeSubscription
        listDeliveries redeliver replayEvents""",
}
"""What each API offers."""
METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module", params=OPERATIONS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def shipments(folder: Path) -> dict[str, Any]:
    return read(folder, "shipment-visibility")


@pytest.fixture(scope="module")
def api(folder: Path, name: str) -> dict[str, Any]:
    return read(folder, name)


def read(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "apis" / f"{name}.yaml"
    value: Any = read_document(path.name, path.read_bytes()).value
    return copy.deepcopy(value)


def resolved(node: Any, api: dict[str, Any]) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = api
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def operations(api: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in api["paths"].values():
        yield from (each for method, each in path.items() if method in METHODS)


def medias(node: Any) -> Iterator[dict[str, Any]]:
    """Everything that has a schema and an example."""
    if isinstance(node, list):
        for each in node:
            yield from medias(each)
    if isinstance(node, dict):
        if "schema" in node and "example" in node:
            yield node
        for each in node.values():
            yield from medias(each)


def refusals(schema: Any, api: dict[str, Any], value: Any) -> list[str]:
    """What is wrong with `value`, formats of times and addresses too."""
    import jsonschema_rs

    whole = {"components": api["components"], **schema}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(value)]


def test_it_is_valid_openapi(api: dict[str, Any]) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert api["openapi"].startswith("3.1")
    errors = OpenAPIV31SpecValidator(api).iter_errors()
    assert [each.message for each in errors] == []


def test_every_example_is_what_its_schema_says(api: dict[str, Any]) -> None:
    found = list(medias(api))
    assert len(found) >= len(list(operations(api)))
    for media in found:
        assert refusals(media["schema"], api, media["example"]) == []


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
    found = list(operations(api))
    expected = set(OPERATIONS[name].split())
    assert {each["operationId"] for each in found} == expected
    assert len(found) == len(expected)
    for each in found:
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", each["operationId"])
        assert each["x-audience"] in {"internal", "partner", "public"}
        assert each["description"]
    contract = library.contract(f"apis.{name}.v1")
    assert contract is not None
    body: Any = contract.body
    assert {each.operation_id for each in body.operations if not each.webhook} == expected


def test_every_failure_is_a_problem_with_a_status(api: dict[str, Any]) -> None:
    """RFC 9457; and never `default`, which says nothing and stops clients from paging."""
    for operation in operations(api):
        responses = operation["responses"]
        assert "default" not in responses
        assert {"400", "404", "429", "503"} <= set(responses), operation["operationId"]
        assert ("401" in responses) is bool(operation["security"]), operation["operationId"]
        for status, response in responses.items():
            if status[0] in "45":
                content = resolved(response, api)["content"]
                assert set(content) == {"application/problem+json"}, operation["operationId"]


def test_lists_are_read_page_by_page(api: dict[str, Any]) -> None:
    lists = [each for each in operations(api) if each["operationId"].startswith("list")]
    for operation in lists:
        names = {resolved(each, api)["name"] for each in operation["parameters"]}
        assert {"limit", "cursor"} <= names
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert {"items", "as_of_at"} <= set(resolved(schema, api)["required"])
        assert "next_cursor" in resolved(schema, api)["properties"]


def test_a_wish_can_be_sent_again_and_is_no_fact(api: dict[str, Any]) -> None:
    """What proposes or creates takes a key; a proposal answers 202 and nothing else."""
    for operation in operations(api):
        done = {each for each in operation["responses"] if each[0] == "2"}
        names = {resolved(each, api)["name"] for each in operation.get("parameters", ())}
        if operation["x-ownership"]["proposal"]:
            assert done == {"202"}, operation["operationId"]
        if done & {"201", "202"}:
            assert "Idempotency-Key" in names, operation["operationId"]


def test_a_change_names_the_version_it_is_based_on(api: dict[str, Any]) -> None:
    for path in api["paths"].values():
        for method in {"put", "patch", "delete"} & set(path):
            names = {resolved(each, api)["name"] for each in path[method]["parameters"]}
            assert "If-Match" in names
            assert {"412", "428"} <= set(path[method]["responses"])


def test_lists_of_values_are_open_in_answers(api: dict[str, Any]) -> None:
    for schema in api["components"]["schemas"].values():
        closed = schema.get("additionalProperties") is False
        for field, value in schema.get("properties", {}).items():
            assert closed or "enum" not in value, field


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
    shown = shipments["components"]["schemas"]["PublicTracking"]["properties"]
    assert {each["x-pii"] for each in shown.values()} == {"none"}
    assert set(shown) == {"display_status", "eta_at", "as_of_at", "stale_after_at"}


def test_raw_codes_and_facts_are_for_internal_readers(shipments: dict[str, Any]) -> None:
    schemas = shipments["components"]["schemas"]
    assert schemas["Shipment"]["properties"]["facts"]["x-audience"] == "internal"
    assert schemas["MilestoneEvent"]["properties"]["raw"]["x-audience"] == "internal"


def test_event_deliveries_are_signed(folder: Path) -> None:
    webhook = read(folder, "partners")["webhooks"]["event"]["post"]
    assert {each["name"] for each in webhook["parameters"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }


def test_the_library_passes_the_strict_pack(library: Workspace) -> None:
    """No error and no warning; one name that CloudEvents prescribes is waived."""
    report = lint(library, pack="strict", today="2026-11-23")
    assert [f"{each.rule} {each.hit.subject} {each.hit.message}" for each in report.findings] == []
    assert report.waived == 1
    assert library.settings.lint_pack == "strict"
