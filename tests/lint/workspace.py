"""A small workspace that keeps every rule, as files; a test changes one thing in it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from lading.lint import LINT_RULE, LINT_RULES, lint
from lading.model import load_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from lading.lint import LintReport
    from lading.lint.base import LintRule

TODAY = "2026-11-23"


class Files:
    """A tree of files in memory."""

    name = "test"

    def __init__(self, files: dict[str, Any]) -> None:
        self._files = files

    def files(self) -> Iterator[tuple[str, bytes]]:
        """(path, bytes), sorted."""
        for path, value in sorted(self._files.items()):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield path, text.encode()


def field(name: str, type_: Any, doc: str, **more: Any) -> dict[str, Any]:
    said = {"owner": "wms", "x-pii": "none", "x-classification": "internal"}
    return {"name": name, "type": type_, "doc": doc, **said, **more}


MOMENT = {"type": "long", "logicalType": "timestamp-micros"}
META = [
    *(
        field(name, "string", f"Says {what} of the message, as the envelope asks.")
        for name, what in (
            ("event_id", "which identifier"),
            ("event_type", "which type"),
            ("source_system", "which source"),
            ("aggregate_type", "which kind of thing"),
            ("aggregate_id", "which thing"),
            ("correlation_id", "which flow"),
            ("idempotency_key", "which fact"),
            ("partition_key", "which key"),
            ("data_classification", "how confidential"),
            ("time_classifier", "which kind of time"),
        )
    ),
    field("aggregate_sequence", "long", "Grows by one with every fact about the thing."),
    field("occurred_at", MOMENT, "When it happened in the world, in UTC."),
    field("recorded_at", MOMENT, "When the producer made the record, in UTC."),
    *(
        field(name, ["null", "string"], f"The {what}; empty for all others.", default=None)
        for name, what in (
            ("retracts_event_id", "event that is taken back"),
            ("replaces_event_id", "event that is replaced"),
            ("correction_reason", "reason of a correction"),
        )
    ),
]
EVENT = "logistics.shipment.v1.ShipmentLoaded"
MESSAGE: dict[str, Any] = {
    "meta": {
        "event_id": "0195a1c0-0001-7000-8000-000000000001",
        "event_type": "logistics.shipment.loaded.v1",
        "source_system": "wms",
        "aggregate_type": "shipment",
        "aggregate_id": "SHP-1",
        "correlation_id": "ORD-1",
        "idempotency_key": "wms:shipment:SHP-1:1",
        "partition_key": "SHP-1",
        "data_classification": "INTERNAL",
        "time_classifier": "ACTUAL",
        "aggregate_sequence": 1,
        "occurred_at": "2026-03-03T15:42:10Z",
        "recorded_at": "2026-03-03T15:42:11Z",
    },
    "shipment_id": "SHP-1",
    "status": "LOADED",
    "sscc": "095211010000000016",
    "weight": {"value": "12.5", "uom": "KGM"},
    "price": {"amount": "12.50", "currency": "EUR"},
    "warehouse_id": "WH-1",
}


def _second(number: int) -> dict[str, Any]:
    message = copy.deepcopy(MESSAGE)
    message["meta"]["aggregate_sequence"] = number
    return message


QUANTITY = {
    "type": "record",
    "name": "Quantity",
    "namespace": "logistics.common.v1",
    "doc": "A measured number with the unit that it counts in.",
    "owner": "wms",
    "fields": [
        field(
            "value",
            {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 6},
            "Number in the unit beside it, exact to six decimals.",
            **{"x-unit": "uom"},
        ),
        field("uom", "string", "Unit of the value.", **{"x-codelist": "UN/ECE Rec 20"}),
    ],
}
QUANTITY["fields"][1]["doc"] = "Unit that the value counts in."
MONEY = {
    "type": "record",
    "name": "Money",
    "namespace": "logistics.common.v1",
    "doc": "An amount in one currency, exact to four decimals.",
    "owner": "wms",
    "fields": [
        field(
            "amount",
            {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 4},
            "Amount in the currency beside it.",
        ),
        field(
            "currency",
            "string",
            "Currency of the amount, three letters.",
            **{"x-scheme": "ISO-4217"},
        ),
    ],
}
WINDOW = {
    "type": "record",
    "name": "TimeWindow",
    "namespace": "logistics.common.v1",
    "doc": "A window of time, half-open: its end is not in it.",
    "owner": "wms",
    "fields": [
        field("starts_at", MOMENT, "When the window begins, in UTC."),
        field("ends_at", MOMENT, "When the window is over, in UTC."),
        field("zone", "string", "Zone in which people read the window."),
    ],
}
API: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shipments", "version": "1.0.0", "x-owner": "wms"},
    "servers": [{"url": "https://api.example.com/v1"}],
    "tags": [{"name": "shipments"}],
    "security": [{"oauth": ["shipments:read"]}],
    "paths": {
        "/shipments": {
            "get": {
                "operationId": "listShipments",
                "summary": "List what was shipped, in pages",
                "tags": ["shipments"],
                "x-ownership": {"owner": "wms", "proposal": False},
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "description": "How many items a page has at most.",
                        "schema": {"type": "integer", "maximum": 200},
                    },
                    {
                        "name": "cursor",
                        "in": "query",
                        "description": "Where the page starts, as the last one said.",
                        "schema": {"type": "string"},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "A page of shipments.",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Page"},
                                "example": {
                                    "items": [{"shipment_id": "SHP-1", "status": "LOADED"}]
                                },
                            }
                        },
                    },
                    "429": {"$ref": "#/components/responses/Busy"},
                    "503": {"$ref": "#/components/responses/Busy"},
                },
            }
        },
        "/shipments/{shipment_id}": {
            "get": {
                "operationId": "getShipment",
                "summary": "Get one shipment by its identifier",
                "tags": ["shipments"],
                "x-ownership": {"owner": "wms", "proposal": False},
                "parameters": [{"$ref": "#/components/parameters/ShipmentId"}],
                "responses": {
                    "200": {
                        "description": "The shipment.",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Shipment"},
                                "example": {"shipment_id": "SHP-1", "status": "LOADED"},
                            }
                        },
                    },
                    "429": {"$ref": "#/components/responses/Busy"},
                    "503": {"$ref": "#/components/responses/Busy"},
                },
            }
        },
        "/shipments/{shipment_id}/change-requests": {
            "post": {
                "operationId": "proposeChange",
                "summary": "Ask for a change of a shipment",
                "tags": ["shipments"],
                "x-ownership": {"owner": "wms", "proposal": True},
                "parameters": [
                    {"$ref": "#/components/parameters/ShipmentId"},
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": True,
                        "description": "The same for every attempt of one wish.",
                        "schema": {"type": "string"},
                    },
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Change"},
                            "example": {"mode": "AIR"},
                        }
                    },
                },
                "responses": {
                    "202": {
                        "description": "The wish was taken.",
                        "headers": {"Location": {"schema": {"type": "string"}}},
                    },
                    "429": {"$ref": "#/components/responses/Busy"},
                    "503": {"$ref": "#/components/responses/Busy"},
                },
            }
        },
        "/subscriptions": {
            "get": {
                "operationId": "listSubscriptions",
                "summary": "List who is told of shipments",
                "tags": ["shipments"],
                "x-ownership": {"owner": "wms", "proposal": False},
                "responses": {
                    "204": {"description": "Nobody is told."},
                    "429": {"$ref": "#/components/responses/Busy"},
                    "503": {"$ref": "#/components/responses/Busy"},
                },
            }
        },
    },
    "webhooks": {
        "moved": {
            "post": {
                "operationId": "shipmentMoved",
                "summary": "Told when a shipment moves",
                "tags": ["shipments"],
                "parameters": [
                    {
                        "name": name,
                        "in": "header",
                        "description": "Part of the proof that the message is ours.",
                        "schema": {"type": "string"},
                    }
                    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
                ],
                "responses": {"204": {"description": "Understood."}},
            }
        }
    },
    "components": {
        "securitySchemes": {
            "oauth": {
                "type": "oauth2",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://login.example.com/token",
                        "scopes": {"shipments:read": "Read shipments"},
                    }
                },
            }
        },
        "parameters": {
            "ShipmentId": {
                "name": "shipment_id",
                "in": "path",
                "required": True,
                "description": "Identifier that the owner issued.",
                "schema": {"type": "string"},
            }
        },
        "responses": {
            "Busy": {
                "description": "Too much to do.",
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            }
        },
        "schemas": {},
    },
}


def prop(type_: str, description: str, **more: Any) -> dict[str, Any]:
    said = {"x-owner": "wms", "x-pii": "none", "x-classification": "internal"}
    return {"type": type_, "description": description, **said, **more}


API["components"]["schemas"] = {
    "Shipment": {
        "type": "object",
        "required": ["shipment_id"],
        "properties": {
            "shipment_id": prop("string", "Identifier that the owner issued."),
            "status": prop(
                "string", "Where the shipment stands now.", **{"x-extensible-enum": ["LOADED"]}
            ),
            "loaded_at": prop("string", "When the last unit was loaded.", format="date-time"),
            "posting_date": prop("string", "Day on which it counts.", format="date"),
            "amount": prop("string", "Value in the currency of the order.", pattern="^[0-9]+$"),
        },
    },
    "Page": {
        "type": "object",
        "properties": {
            "items": {
                **prop("array", "Shipments of the page, in order."),
                "items": {"$ref": "#/components/schemas/Shipment"},
            },
            "next_cursor": prop("string", "Where the next page starts, if there is one."),
        },
    },
    "Change": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"mode": prop("string", "How it is to travel.", enum=["AIR", "ROAD"])},
    },
    "Problem": {
        "type": "object",
        "properties": {
            name: prop("string", f"The {name} of the problem, for programs.")
            for name in ("type", "title", "status", "code", "trace_id")
        },
    },
}
BASE: dict[str, Any] = {
    "lading.toml": '[workspace]\nname = "test"\n',
    "systems.yaml": "systems:\n"
    "  - {id: wms, name: Warehouse, kind: WMS}\n"
    "  - {id: erp, name: ERP, kind: ERP}\n"
    "  - {id: tms, name: TMS, kind: TMS}\n"
    "  - {id: x12, name: X12, kind: EDI}\n",
    "ownership.yaml": "objects:\n"
    "  - {object: Loading, id: fact-loaded, owner: wms, proposes: [tms], consumes: [erp]}\n"
    "  - object: Stock\n    id: stock\n    owner: wms\n"
    "    split: {by: warehouse_id, owners: {own: wms, WH-1: erp}}\n",
    "contract.yaml": "owner: wms\nteam: Warehouse IT\ncontact: wms@example.com\n"
    "on_call: wms-oncall@example.com\nescalation: head@example.com\nversion: 1.0.0\n"
    "purpose: delivery\nretention: 30 d\n",
    "events/shipment/contract.yaml": "producer: wms\nintent: fact\nobject: fact-loaded\n"
    "topic: logistics.shipment.v1\nkey: shipment_id\nsla: {freshness_p95: 60 s}\n"
    "delivery: {guarantee: at-least-once, ordering: per shipment_id, replay_window: 30 d,"
    ' dead_letter: logistics.shipment.v1.dlq, max_bytes: "262144"}\n',
    "common/EventMeta.avsc": {
        "type": "record",
        "name": "EventMeta",
        "namespace": "logistics.common.v1",
        "doc": "The envelope that every event starts with.",
        "owner": "wms",
        "fields": META,
    },
    "common/Quantity.avsc": QUANTITY,
    "common/Money.avsc": MONEY,
    "common/TimeWindow.avsc": WINDOW,
    "common/LocalTime.avsc": {
        "type": "record",
        "name": "LocalTime",
        "namespace": "logistics.common.v1",
        "doc": "A time on the wall of a place, as the sender gave it.",
        "owner": "wms",
        "fields": [
            field(
                "local_at",
                {"type": "long", "logicalType": "local-timestamp-micros"},
                "Date and time on the wall of the place.",
            ),
            field("zone", "string", "Zone of the place, as Europe/Berlin."),
            field("is_assumed", "boolean", "Whether the zone was taken from the place."),
        ],
    },
    "common/ShipmentStatus.avsc": {
        "type": "enum",
        "name": "ShipmentStatus",
        "namespace": "logistics.common.v1",
        "doc": "Where a shipment stands in the chain.",
        "owner": "wms",
        "x-taxonomy": "shipment.status",
        "symbols": ["PLANNED", "LOADED", "UNKNOWN"],
        "default": "UNKNOWN",
    },
    "entities/shipment/Line.avsc": {
        "type": "record",
        "name": "Line",
        "namespace": "logistics.shipment.v1",
        "doc": "One line of a shipment with its lots.",
        "owner": "wms",
        "x-invariants": [{"name": "lots", "rule": "sum(lots) = quantity"}],
        "fields": [
            field("line_id", "string", "Identifier of the line, which stays."),
            field(
                "lots",
                {"type": "array", "items": "logistics.common.v1.Quantity"},
                "Quantities by lot, which add up.",
                default=[],
            ),
            field(
                "external_refs",
                {
                    "type": "array",
                    "items": {
                        "type": "record",
                        "name": "Ref",
                        "doc": "A number that somebody else gave.",
                        "fields": [
                            field("type", "string", "What sort of number it is."),
                            field("issuer", "string", "Who gave the number."),
                        ],
                    },
                },
                "Numbers that others gave to the line.",
                default=[],
            ),
            field(
                "mode",
                {
                    "type": "enum",
                    "name": "Mode",
                    "doc": "How the goods of a line travel.",
                    "symbols": ["AIR", "ROAD", "UNKNOWN"],
                    "default": "UNKNOWN",
                    "x-symbols": {
                        "AIR": "By air.",
                        "ROAD": "On the road.",
                        "UNKNOWN": "Newer than the schema.",
                    },
                },
                "How the goods of the line travel.",
            ),
        ],
    },
    "events/shipment/ShipmentLoaded.avsc": {
        "type": "record",
        "name": "ShipmentLoaded",
        "namespace": "logistics.shipment.v1",
        "doc": "All units are on the conveyance at the dock.",
        "owner": "wms",
        "x-event-type": "logistics.shipment.loaded.v1",
        "fields": [
            field("meta", "logistics.common.v1.EventMeta", "Envelope of the event, as for all."),
            field("shipment_id", "string", "Shipment that the fact is about."),
            field(
                "status",
                "logistics.common.v1.ShipmentStatus",
                "Where the shipment stands afterwards.",
                **{"x-taxonomy": "shipment.status", "x-derived-from": "the facts"},
            ),
            field(
                "sscc",
                ["null", "string"],
                "Code of the unit; empty for loose goods.",
                default=None,
                **{"x-scheme": "SSCC-18"},
            ),
            field(
                "loaded_at",
                ["null", MOMENT],
                "When the last unit was loaded, in UTC; empty when not known.",
                default=None,
                **{"x-definition": "shipment.status/LOADED"},
            ),
            field("warehouse_id", "string", "Warehouse at whose dock it happened."),
            field("weight", "logistics.common.v1.Quantity", "Weight of all units together."),
            field("price", "logistics.common.v1.Money", "Price of the loading."),
            field(
                "email",
                ["null", "string"],
                "Address of the desk; empty when there is none.",
                default=None,
                **{"x-pii": "business-contact"},
            ),
            field(
                "imo_number",
                ["null", "string"],
                "Number of the ship; empty on land.",
                default=None,
                **{"x-scheme": "IMO"},
            ),
            field(
                "note",
                ["null", "string"],
                "Free text of the shift; empty when nothing was said.",
                default=None,
                **{"x-pii": "personal"},
            ),
            field(
                "eta_at", ["null", MOMENT], "Next arrival in UTC; empty when unknown.", default=None
            ),
        ],
    },
    f"samples/{EVENT}/minimal.json": MESSAGE,
    f"samples/{EVENT}/full.json": _second(2),
    f"samples/{EVENT}/invalid-more.json": {**_second(3), "shipped": True},
    "samples/refused.yaml": f"refused:\n  - sample: {EVENT}/invalid-more\n"
    "    rule: DOC-003\n    says: has no field `shipped`\n",
    "taxonomies/shipment.status.yaml": "taxonomy: shipment.status\nversion: 1.0.0\n"
    "kind: state-machine\ntitle: Status\ndefinition: Where a shipment stands.\nowner: wms\n"
    "states:\n"
    "  - {code: PLANNED, label: {en: Planned}, definition: The shipment is only planned.,"
    " rank: 1, initial: true}\n"
    "  - {code: LOADED, label: {en: Loaded}, definition: The goods are on the conveyance.,"
    " rank: 2, terminal: true}\n"
    "  - {code: UNKNOWN, label: {en: Unknown}, definition: A reader met a newer code., rank: 0}\n"
    "transitions:\n  - {from: PLANNED, to: LOADED, trigger: shipment.loaded}\n"
    "derived:\n  inputs: {units: number of units on board}\n"
    "  rules:\n    - {when: units > 0, to: LOADED}\n    - {when: otherwise, to: PLANNED}\n",
    "taxonomies/shipment.milestone.yaml": "taxonomy: shipment.milestone\nversion: 1.0.0\n"
    "kind: milestones\ntitle: Milestones\ndefinition: What happens.\nowner: wms\n"
    "advances: shipment.status\nstates:\n"
    "  - {code: LOADED, label: {en: Loaded}, definition: The goods were put on board.,"
    " advances_to: LOADED}\n"
    "  - {code: ETA_UPDATED, label: {en: ETA}, definition: Somebody estimated an arrival.}\n"
    "  - {code: UNKNOWN, label: {en: Unknown}, definition: A reader met a newer code.}\n",
    "mappings/x12/214.yaml": "mapping: x12.214\nversion: 1.0.0\ntitle: X12 214\nsystem: x12\n"
    'list: {name: AT7, version: "004010", licence: facts, size: 3}\n'
    "taxonomy: shipment.milestone\nowner: wms\nunmapped: unknown\nrows:\n"
    "  - {code: AM, to: LOADED, quality: exact, label: loaded, source: S1}\n"
    "  - {code: AG, to: ETA_UPDATED, quality: exact, classifier: ESTIMATED,"
    " label: arrival guessed, source: S1}\n"
    "  - {code: ZZ, to: null, quality: none, label: agreed by partners, source: S1}\n"
    "overrides:\n  - {partner: P1, code: AM, to: LOADED, reason: confirmed,"
    ' approved_by: board, until: "2030-01-01"}\n'
    "sends:\n  - {from: LOADED, code: AM}\n",
    "apis/shipments.yaml": API,
}


def report(
    *changes: Callable[[dict[str, Any]], object],
    pack: str = "strict",
    rules: Sequence[LintRule] = LINT_RULES,
) -> LintReport:
    """What lint says of the workspace after `changes` to its files."""
    files = copy.deepcopy(BASE)
    for change in changes:
        change(files)
    workspace = load_workspace(Files(files))
    assert workspace.problems == (), [str(each) for each in workspace.problems]
    return lint(workspace, pack=pack, today=TODAY, rules=rules)


def rules_of(found: LintReport) -> set[str]:
    return {each.rule for each in found.findings}


def decided() -> Iterable[str]:
    return [each.id for each in LINT_RULE.values() if not each.elsewhere]
