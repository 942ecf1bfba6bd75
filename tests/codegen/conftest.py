"""A small hand-made workspace: what every test of generation starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lading.codegen import generate_python
from lading.model.contract import Contract, Fingerprint, Kind, Subject, Terms
from lading.model.document import Document
from lading.model.schema import (
    Anything,
    Array,
    Enum,
    Field,
    Fixed,
    Logical,
    Map,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)
from lading.model.taxonomy import (
    Case,
    CodeMap,
    MappingCell,
    Override,
    Quality,
    Sending,
    State,
    Taxonomy,
    TaxonomyKind,
    Transition,
    Unmapped,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = Scalar(ScalarType.STRING)
NULL = Scalar(ScalarType.NULL)


def logical(base: ScalarType, name: str, **size: int) -> Scalar:
    return Scalar(base, Logical(name, **size))


MONEY = Record(
    name="acme.common.v1.Money",
    doc="An amount of money.",
    rest=Anything(),
    fields=(
        Field("amount", logical(ScalarType.BYTES, "decimal", precision=18, scale=4), doc="Exact."),
        Field("currency", TEXT, doc="ISO 4217."),
    ),
)
STATUS = Enum(
    name="acme.shipment.v1.ShipmentStatus",
    symbols=("UNKNOWN", "PLANNED", "IN_TRANSIT"),
    default="UNKNOWN",
    doc="Where the shipment is.",
)
PACKAGE = Record(
    name="acme.shipment.v1.Package",
    rest=Anything(),
    fields=(
        Field("package_id", TEXT),
        Field("inner", Array(Ref("acme.shipment.v1.Package")), required=False, default=[]),
    ),
)
DIGEST = Fixed(name="acme.common.v1.Digest", size=4)
EVENT = Record(
    name="acme.shipment.v1.ShipmentConfirmed",
    doc="The warehouse confirmed goods issue.",
    rest=Anything(),
    fields=(
        Field("event_id", logical(ScalarType.STRING, "uuid"), doc="Unique."),
        Field("occurred_at", logical(ScalarType.LONG, "timestamp-millis")),
        Field("ship_date", logical(ScalarType.INT, "date")),
        Field("class", TEXT, doc="A Python keyword."),
        Field("schema", TEXT, doc="Hides a method of pydantic."),
        Field("pieces", Scalar(ScalarType.INT)),
        Field("weight_g", Scalar(ScalarType.LONG)),
        Field("insured", Ref("acme.common.v1.Money")),
        Field(
            "duty",
            logical(ScalarType.BYTES, "decimal", precision=9, scale=2),
            required=False,
            default="\u0000",
        ),
        Field("tax", Union((NULL, Ref("acme.common.v1.Money"))), required=False, default=None),
        Field("status", Ref("acme.shipment.v1.ShipmentStatus"), required=False, default="PLANNED"),
        Field("packages", Array(Ref("acme.shipment.v1.Package"))),
        Field("attributes", Map(TEXT), required=False, default={}),
        Field("digest", Ref("acme.common.v1.Digest")),
        Field("label", Scalar(ScalarType.BYTES), required=False, default="\u00ff"),
        Field(
            "first",
            Ref("acme.shipment.v1.Package"),
            required=False,
            default={"package_id": "p", "inner": []},
        ),
        Field("detail", Union((Ref("acme.common.v1.Money"), Ref("acme.shipment.v1.Package")))),
    ),
)
AVSC: dict[str, Any] = {
    "type": "record",
    "name": "ShipmentConfirmed",
    "namespace": "acme.shipment.v1",
    "doc": EVENT.doc,
    "fields": [
        {"name": "event_id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "ship_date", "type": {"type": "int", "logicalType": "date"}},
        {"name": "class", "type": "string"},
        {"name": "schema", "type": "string"},
        {"name": "pieces", "type": "int"},
        {"name": "weight_g", "type": "long", "x-unit": "GRM"},
        {"name": "insured", "type": "acme.common.v1.Money"},
        {
            "name": "duty",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
            "default": "\u0000",
        },
        {"name": "tax", "type": ["null", "acme.common.v1.Money"], "default": None},
        {"name": "status", "type": "ShipmentStatus", "default": "PLANNED"},
        {"name": "packages", "type": {"type": "array", "items": "Package"}},
        {"name": "attributes", "type": {"type": "map", "values": "string"}, "default": {}},
        {"name": "digest", "type": "acme.common.v1.Digest"},
        {"name": "label", "type": "bytes", "default": "\u00ff"},
        {"name": "first", "type": "Package", "default": {"package_id": "p", "inner": []}},
        {"name": "detail", "type": ["acme.common.v1.Money", "Package"]},
    ],
}
MONEY_AVSC: dict[str, Any] = {
    "type": "record",
    "name": "Money",
    "namespace": "acme.common.v1",
    "fields": [
        {
            "name": "amount",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 4},
        },
        {"name": "currency", "type": "string"},
    ],
}
STATUS_AVSC: dict[str, Any] = {
    "type": "enum",
    "name": "ShipmentStatus",
    "namespace": "acme.shipment.v1",
    "symbols": list(STATUS.symbols),
    "default": "UNKNOWN",
}
PACKAGE_AVSC: dict[str, Any] = {
    "type": "record",
    "name": "Package",
    "namespace": "acme.shipment.v1",
    "fields": [
        {"name": "package_id", "type": "string"},
        {"name": "inner", "type": {"type": "array", "items": "Package"}, "default": []},
    ],
}
DIGEST_AVSC: dict[str, Any] = {
    "type": "fixed",
    "name": "Digest",
    "namespace": "acme.common.v1",
    "size": 4,
}
TYPES = {each.name: each for each in (MONEY, STATUS, PACKAGE, DIGEST)}
SHIPMENT_STATUS = Taxonomy(
    name="shipment.status",
    version="1.2.0",
    kind=TaxonomyKind.STATE_MACHINE,
    owner="tms",
    title="Shipment status",
    doc="Where a shipment is, as customers see it.",
    states=(
        State(
            "PLANNED", "Nothing moves yet.", {"en": "Planned", "de": "Geplant"}, 10, initial=True
        ),
        State("IN_TRANSIT", "The carrier has it.", {"en": "In transit"}, 20, customer_visible=True),
        State("DELIVERED", "The consignee has it.", {}, 30, terminal=True, customer_visible=True),
    ),
    transitions=(
        Transition("PLANNED", "IN_TRANSIT", "shipment.departed"),
        Transition("IN_TRANSIT", "DELIVERED", "shipment.delivered"),
    ),
)
SHIPMENT_MILESTONE = Taxonomy(
    name="shipment.milestone",
    version="1.0.0",
    kind=TaxonomyKind.MILESTONES,
    owner="tms",
    doc="Things that happen to a shipment.",
    advances="shipment.status",
    states=(
        State("DEPARTED_ORIGIN", "It left.", {"en": "Departed"}, 10, advances_to="IN_TRANSIT"),
        State("HANDED_OVER", "The carrier took it."),
        State("DELIVERED", "Delivered.", advances_to="DELIVERED"),
        State("UNKNOWN", "Not known."),
    ),
)
X12 = CodeMap(
    name="x12.214-at7-01",
    version="1.0.0",
    system="x12",
    code_list="214 AT7-01 (1650)",
    list_version="004010",
    taxonomy="shipment.milestone",
    title="X12 214 shipment status",
    cells=(
        MappingCell("D1", "DELIVERED", Quality.EXACT, label="completed unloading"),
        MappingCell(
            "AF",
            "DEPARTED_ORIGIN",
            Quality.EXACT,
            also=("HANDED_OVER", "shipment.status/IN_TRANSIT"),
            cases=(Case((("stop", "hub"),), None),),
            classifier="ACTUAL",
        ),
        MappingCell("ZZ", None, Quality.NONE, label="mutually defined"),
    ),
    overrides=(Override("ACME", "D1", "DEPARTED_ORIGIN"),),
    sends=(Sending("DELIVERED", "D1"),),
)
SAP = CodeMap(
    name="sap.gbstk",
    version="1.0.0",
    system="sap",
    code_list="GBSTK",
    list_version="",
    taxonomy="shipment.status",
    unmapped=Unmapped.REJECT,
    cells=(MappingCell("A", "PLANNED", Quality.POLICY),),
)
API: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shipment visibility", "version": "1.0.0"},
    "servers": [{"url": "https://api.example.test/v1"}],
    "security": [{"bearer": []}],
    "paths": {
        "/shipments/{shipment_id}": {
            "get": {
                "operationId": "getShipment",
                "tags": ["shipments"],
                "summary": "One shipment",
                "parameters": [{"$ref": "#/components/parameters/ShipmentId"}],
                "responses": {
                    "200": {
                        "description": "Found",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Shipment"}
                            }
                        },
                    },
                    "404": {"$ref": "#/components/responses/Problem"},
                    "default": {"$ref": "#/components/responses/Problem"},
                },
            }
        },
        "/shipments": {
            "post": {
                "operationId": "createShipment",
                "tags": ["shipments"],
                "parameters": [
                    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Shipment"}}
                    },
                },
                "responses": {
                    "201": {
                        "description": "Created",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Shipment"}
                            }
                        },
                    },
                    "default": {"$ref": "#/components/responses/Problem"},
                },
            }
        },
    },
    "components": {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        "parameters": {
            "ShipmentId": {
                "name": "shipment_id",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
            }
        },
        "responses": {
            "Problem": {
                "description": "Problem details",
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            }
        },
        "schemas": {
            "Shipment": {
                "type": "object",
                "required": ["shipmentId", "status"],
                "properties": {
                    "shipmentId": {"type": "string"},
                    "status": {"type": "string", "enum": ["PLANNED", "IN_TRANSIT", "DELIVERED"]},
                    "eta": {"type": ["string", "null"], "format": "date-time"},
                },
            },
            "Problem": {
                "type": "object",
                "properties": {"title": {"type": "string"}, "status": {"type": "integer"}},
            },
        },
    },
}


def avro(body: Record | Enum | Fixed, *values: dict[str, Any]) -> Contract:
    documents = tuple(Document(f"{value['name']}.avsc", "", value) for value in values)
    types = TYPES if isinstance(body, Record) else {}
    return printed(
        Contract(
            Subject(body.name),
            Kind.AVRO,
            body,
            types=types,
            documents=documents,
            terms=Terms(version="1.0.0"),
        ),
        "ab" * 32,
    )


def other(subject: str, kind: Kind, body: Any, value: Any = None) -> Contract:
    documents = (Document(subject, "", value),) if value else ()
    return printed(Contract(Subject(subject), kind, body, documents=documents), "cd")


def printed(contract: Contract, fingerprint: str) -> Contract:
    """A made-up fingerprint, so that the golden files stay when the normal form grows."""
    contract.__dict__["fingerprint"] = Fingerprint(fingerprint)
    return contract


def workspace() -> list[Contract]:
    from lading.model.api import Api

    return [
        avro(EVENT, AVSC, MONEY_AVSC, STATUS_AVSC, PACKAGE_AVSC, DIGEST_AVSC),
        avro(MONEY, MONEY_AVSC),
        other("taxonomies.shipment.status.v1", Kind.TAXONOMY, SHIPMENT_STATUS),
        other("taxonomies.shipment.milestone.v1", Kind.TAXONOMY, SHIPMENT_MILESTONE),
        other("mappings.x12.214-at7-01.v1", Kind.MAPPING, X12),
        other("mappings.sap.gbstk.v1", Kind.MAPPING, SAP),
        other(
            "apis.shipment-visibility.v1",
            Kind.OPENAPI,
            Api(title="Shipment visibility", version="1.0.0", operations=()),
            API,
        ),
    ]


@pytest.fixture(scope="session")
def contracts() -> Sequence[Contract]:
    return workspace()


@pytest.fixture(scope="session")
def files(contracts: Sequence[Contract]) -> dict[str, str | bytes]:
    return generate_python(contracts, name="acme-logistics", version="1.0.0")
