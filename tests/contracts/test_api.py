"""The shipment visibility API: a valid document whose examples are what it says."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest

from lading.model import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.model import Workspace

OPERATIONS = {"listShipments", "getShipment", "listMilestones", "reportMilestone"}
METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def api(folder: Path) -> dict[str, Any]:
    path = folder / "apis" / "shipment-visibility.yaml"
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
    assert len(found) == 6
    for media in found:
        assert refusals(media["schema"], api, media["example"]) == []


def test_an_example_that_is_wrong_would_be_noticed(api: dict[str, Any]) -> None:
    shipment = {"$ref": "#/components/schemas/Shipment"}
    example = next(each for each in medias(api["paths"]) if each["schema"] == shipment)["example"]
    wrong: list[dict[str, Any]] = [
        {"updated_at": "yesterday"},
        {"status": 7},
        {"order_refs": "ORD"},
    ]
    for change in wrong:
        assert refusals(shipment, api, {**example, **change}), change


def test_its_operations_are_named_and_have_an_audience(
    api: dict[str, Any], library: Workspace
) -> None:
    found = list(operations(api))
    assert {each["operationId"] for each in found} == OPERATIONS
    assert len(found) == len(OPERATIONS)
    for each in found:
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", each["operationId"])
        assert each["x-audience"] in {"internal", "partner", "public"}
        assert each["description"]
    contract = library.contract("apis.shipment-visibility.v1")
    assert contract is not None
    body: Any = contract.body
    assert {each.operation_id for each in body.operations} == OPERATIONS


def test_every_failure_is_a_problem_with_a_status(api: dict[str, Any]) -> None:
    """RFC 9457; and never `default`, which says nothing and stops clients from paging."""
    for operation in operations(api):
        responses = operation["responses"]
        assert "default" not in responses
        assert {"401", "429", "5XX"} <= set(responses), operation["operationId"]
        for status, response in responses.items():
            if status[0] in "45":
                content = resolved(response, api)["content"]
                assert set(content) == {"application/problem+json"}, operation["operationId"]


def test_lists_are_read_page_by_page(api: dict[str, Any]) -> None:
    lists = [each for each in operations(api) if each["operationId"].startswith("list")]
    assert len(lists) == 2
    for operation in lists:
        names = {resolved(each, api)["name"] for each in operation["parameters"]}
        assert {"limit", "cursor"} <= names
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert {"items", "next_cursor"} <= set(resolved(schema, api)["required"])


def test_a_shipment_has_a_version_and_a_report_has_a_key(api: dict[str, Any]) -> None:
    by_name = {each["operationId"]: each for each in operations(api)}
    shipment = by_name["getShipment"]
    assert "ETag" in shipment["responses"]["200"]["headers"]
    assert "304" in shipment["responses"]
    report = by_name["reportMilestone"]
    keys = [each for each in report["parameters"] if each.get("name") == "Idempotency-Key"]
    assert [each["required"] for each in keys] == [True]
    assert "202" in report["responses"], "a proposal, not a fact"
    assert "200" not in report["responses"], "a proposal, not a fact"


def test_every_list_of_values_is_open(api: dict[str, Any]) -> None:
    closed = [
        name
        for name, schema in api["components"]["schemas"].items()
        if "enum" in schema and schema.get("x-extensible-enum") is not True
    ]
    assert closed == []
    inline = [
        f"{name}.{field}"
        for name, schema in api["components"]["schemas"].items()
        for field, value in schema.get("properties", {}).items()
        if "enum" in value
    ]
    assert inline == [], "a list of values is a schema of its own"


def test_its_statuses_are_those_of_the_taxonomy(api: dict[str, Any], library: Workspace) -> None:
    contract = library.contract("taxonomies.shipment.status.v1")
    assert contract is not None
    body: Any = contract.body
    stated = api["components"]["schemas"]["ShipmentStatus"]
    assert stated["x-taxonomy"] == "shipment.status"
    assert stated["enum"] == [each.code for each in body.states]


def test_milestones_in_examples_are_in_the_taxonomy(
    api: dict[str, Any], library: Workspace
) -> None:
    contract = library.contract("taxonomies.shipment.milestone.v1")
    assert contract is not None
    body: Any = contract.body
    shown = {
        item["milestone"]
        for media in medias(api)
        if isinstance(media["example"], dict)
        for item in media["example"].get("items", ())
        if "milestone" in item
    }
    assert shown
    assert shown <= {each.code for each in body.states}


def test_the_ledger_is_never_shown(api: dict[str, Any]) -> None:
    """A customer sees where the goods are; the goods issue is the ERP's own business."""
    fields = {
        name
        for schema in api["components"]["schemas"].values()
        for name in schema.get("properties", {})
    }
    assert not {each for each in fields if "goods_issue" in each or "posting" in each}
