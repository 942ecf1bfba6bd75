"""AsyncAPI: one document per aggregate, every event once, and only the owner sends."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastavro
import pytest
import yaml

from lading.codegen import CodegenError
from lading.codegen.asyncapi import generate_asyncapi
from lading.model import FolderTree, load_workspace
from needed import IN_CI

if TYPE_CHECKING:
    from lading.model import Workspace

CONTRACTS = Path(__file__).parents[2] / "contracts"
SCHEMA = os.environ.get("LADING_ASYNCAPI_SCHEMA", "")


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return load_workspace(FolderTree(CONTRACTS))


@pytest.fixture(scope="module")
def documents(workspace: Workspace) -> dict[str, Any]:
    made = generate_asyncapi(workspace.contracts, title="Acme")
    return {name: yaml.safe_load(text) for name, text in made.items()}


def test_every_event_is_in_exactly_one_document(
    documents: dict[str, Any], workspace: Workspace
) -> None:
    told = [
        message["x-subject"]
        for document in documents.values()
        for message in document["components"]["messages"].values()
    ]
    events = {
        str(each.subject)
        for each in workspace.contracts
        if each.document.name.startswith("events/")
    }
    assert len(documents) == 13
    assert len(told) == len(set(told)) == 109
    assert set(told) == events


def test_facts_are_sent_by_their_owner_and_proposals_are_taken_in(
    documents: dict[str, Any], workspace: Workspace
) -> None:
    for document in documents.values():
        for operation in document["operations"].values():
            reference = operation["messages"][0]["$ref"].rpartition("/")[2]
            subject = document["components"]["messages"][reference]["x-subject"]
            contract = workspace.contract(subject)
            assert contract is not None
            if contract.terms.intent == "proposal":
                assert operation["action"] == "receive"
                assert operation["x-proposers"] == list(contract.terms.proposers)
            else:
                assert (operation["action"], operation["x-owner"]) == (
                    "send",
                    contract.terms.producer,
                )


def test_payloads_are_whole_avro_schemas(documents: dict[str, Any]) -> None:
    """A reader needs nothing else: each parses alone, with the fields of its contract."""
    for document in documents.values():
        for message in document["components"]["messages"].values():
            parsed: Any = fastavro.parse_schema(message["payload"]["schema"])
            assert parsed["name"] == message["x-subject"]
            assert parsed["fields"][0]["name"] == "meta"


def test_every_reference_leads_somewhere(documents: dict[str, Any]) -> None:
    for name, document in documents.items():
        for reference in references(document):
            node = document
            for step in reference.removeprefix("#/").split("/"):
                assert step in node, (name, reference)
                node = node[step]


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for each in node for found in references(each)]
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for each in node.values() for found in references(each)]
    return []


def test_an_envelope_is_as_confidential_as_its_content(documents: dict[str, Any]) -> None:
    issued = documents["invoice.yaml"]["components"]["messages"]["InvoiceIssued"]
    planned = documents["fulfilment.yaml"]["components"]["messages"]["FulfilmentPlanned"]
    assert (issued["x-data-classification"], issued["x-pii"]) == ("restricted", "sensitive")
    assert (planned["x-data-classification"], planned["x-pii"]) == ("internal", "none")


def test_the_headers_repeat_the_envelope(documents: dict[str, Any], workspace: Workspace) -> None:
    """A broker can route and drop repeats without the body: what is required there is sent."""
    contract = workspace.contract("logistics.common.v1.EventMeta")
    assert contract is not None
    meta: Any = contract.body
    optional = {each.name for each in meta.fields if not each.required}
    for document in documents.values():
        schema = document["components"]["messageTraits"]["cloudevent"]["headers"]
        repeated = {
            name: set(re.findall(r"[a-z]+(?:_[a-z]+)+", each["description"]))
            for name, each in schema["properties"].items()
        }
        fields = set().union(*repeated.values())
        assert fields <= {each.name for each in meta.fields}
        assert fields >= {"event_id", "idempotency_key", "data_regulation", "trace_state"}
        assert {n for n, of in repeated.items() if not of & optional} == set(schema["required"])


def test_topics_say_how_they_are_kept(documents: dict[str, Any]) -> None:
    channel = documents["shipment.yaml"]["channels"]["logistics_shipment_v1"]
    assert channel["address"] == "logistics.shipment.v1"
    assert channel["bindings"]["kafka"] == {
        "topic": "logistics.shipment.v1",
        "partitions": 24,
        "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": 180 * 86_400_000},
    }
    item = documents["master.yaml"]["channels"]["logistics_master_item_v1"]
    assert item["bindings"]["kafka"]["topicConfiguration"] == {"cleanup.policy": ["compact"]}


def test_equal_contracts_give_equal_documents(workspace: Workspace) -> None:
    turned = tuple(reversed(workspace.contracts))
    first = generate_asyncapi(workspace.contracts, title="Acme")
    again = generate_asyncapi(workspace.contracts, title="Acme")
    assert first == again
    assert set(generate_asyncapi(turned, title="Acme")) == set(first)


def test_an_event_without_a_type_is_refused(workspace: Workspace) -> None:
    from dataclasses import replace

    event = next(each for each in workspace.contracts if "ShipmentLoaded" in each.subject)
    nameless: Any = {**dict(event.document.value), "x-event-type": ""}  # type: ignore[arg-type]
    document = replace(event.document, value=nameless)
    broken = replace(event, documents=(document, *event.documents[1:]))
    with pytest.raises(CodegenError, match="ShipmentLoaded has no x-event-type"):
        generate_asyncapi([broken], title="Acme")


@pytest.mark.skipif(
    not SCHEMA and not IN_CI,
    reason="LADING_ASYNCAPI_SCHEMA names no schema: it is not ours to copy, `.ci/run` fetches it",
)
def test_documents_follow_the_official_schema(documents: dict[str, Any]) -> None:
    """Against the JSON Schema that the AsyncAPI initiative publishes; `.ci/run` fetches it."""
    import jsonschema_rs

    validator = jsonschema_rs.validator_for(json.loads(Path(SCHEMA).read_text()))
    for name, document in documents.items():
        assert [each.message[:200] for each in validator.iter_errors(document)] == [], name
