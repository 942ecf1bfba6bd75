"""A small workspace made by hand, and one that is hostile in every place its author may write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lading.model import (
    Api,
    Array,
    Case,
    CodeMap,
    Consumer,
    Contract,
    Derivation,
    Document,
    Enum,
    Field,
    In,
    Invariant,
    Kind,
    Lifecycle,
    Logical,
    MappingCell,
    Media,
    Operation,
    Override,
    Parameter,
    Quality,
    Reads,
    Record,
    Ref,
    Reference,
    Response,
    Sample,
    Scalar,
    ScalarType,
    Sending,
    Settings,
    State,
    Subject,
    Syntax,
    System,
    Taxonomy,
    TaxonomyKind,
    Terms,
    Transition,
    Union,
    Workspace,
)

STRING = Scalar(ScalarType.STRING)
NULL = Scalar(ScalarType.NULL)
EVENT = Subject("logistics.shipment.v1.ShipmentConfirmed")
STATUS = Subject("taxonomies.shipment.status.v1")
CODES = Subject("mappings.x12.214-at7-01.v1")
API = Subject("apis.shipment-visibility.v1")

XSS = (
    "<script>fetch('//evil.example/x')</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](javascript:alert(1))",
    "[click][ref]\n\n[ref]: javascript:alert(1)",
    "![](//evil.example/pixel.png)",
    "`code` ``more`` ```fence",
    "a | b | c",
    "{{ config }} {% raw %}",
    "text{ onclick=alert(1) .x #y }",
    "text\n{: onclick=alert(1) }",
    '--8<-- "/etc/passwd"',
    "</td></table><svg onload=alert(1)>",
    "&lt;b&gt; &#60;script&#62;",
    "<https://evil.example> https://evil.example/",
    "1. item",
    "- item",
    "    indented",
    '=== "tab"',
    "!!! note",
    "***bold*** __bold__ _a_ snake_case",
    "trailing\\",
    "<!-- comment -->",
    "\x02klzzwxh:0\x03",
    "*[abbr]: x ^sup^ ~sub~ ==mark== $math$ :smile:",
    "\u202egnp.exe",
    "# heading\n\n- item\n\n***\n===",
)


def record(**fields: Any) -> Record:
    return Record(
        tuple(each if isinstance(each, Field) else Field(n, each) for n, each in fields.items())
    )


def document(name: str, text: str = "{}") -> Document:
    syntax = Syntax.YAML if name.endswith("yaml") else Syntax.JSON
    return Document(name, text, {}, syntax)


def event() -> Contract:
    line = Record(
        (
            Field("item_id", STRING, doc="What was shipped.", tags={"owner": "erp"}),
            Field(
                "shipped_quantity",
                Scalar(ScalarType.BYTES, Logical("decimal", 18, 3), unit="KGM"),
                doc="How much left the building.",
            ),
        ),
        name="logistics.shipment.v1.Line",
    )
    carrier = Enum(
        ("DHL", "UPS", "UNKNOWN"), name="logistics.shipment.v1.Carrier", default="UNKNOWN"
    )
    body = Record(
        (
            Field("shipment_id", STRING, doc="Names the shipment."),
            Field(
                "consignee",
                Union((NULL, STRING)),
                required=False,
                default=None,
                tags={"pii": "name"},
            ),
            Field("carrier", Ref(carrier.name)),
            Field("lines", Array(Ref(line.name)), doc="What is in it."),
        ),
        name=EVENT,
        doc="The shipper closed the content of a shipment.",
    )
    return Contract(
        EVENT,
        Kind.AVRO,
        body,
        types={line.name: line, carrier.name: carrier},
        documents=(document("events/shipment/ShipmentConfirmed.avsc", '{"type": "record"}'),),
        references=(Reference("status", STATUS),),
        terms=Terms(
            owner="wms",
            team="Warehouse IT",
            contact="wms@example.com",
            version="1.2.0",
            audience="partner",
            producer="wms",
            topic="shipment.confirmed",
            key="shipment_id",
            sla={"freshness": "5 min"},
        ),
    )


def status() -> Contract:
    body = Taxonomy(
        "shipment.status",
        "1.3.0",
        TaxonomyKind.STATE_MACHINE,
        "tms",
        (
            State(
                "PLANNED",
                "Known, nothing moved.",
                {"en": "Planned", "de": "Geplant"},
                10,
                initial=True,
            ),
            State("IN_TRANSIT", "On its way.", {"en": "In transit"}, 20, customer_visible=True),
            State(
                "DELIVERED",
                "The consignee has it.",
                {"en": "Delivered"},
                30,
                terminal=True,
                customer_visible=True,
                not_to_be_confused_with=("IN_TRANSIT",),
            ),
        ),
        (
            Transition("PLANNED", "IN_TRANSIT", "shipment.departed"),
            Transition("IN_TRANSIT", "DELIVERED", "delivery.completed"),
            Transition("IN_TRANSIT", "PLANNED", "shipment.recalled"),
        ),
        title="Shipment status",
        doc="Where a shipment stands.",
    )
    terms = Terms(owner="tms", audience="public")
    return Contract(
        STATUS,
        Kind.TAXONOMY,
        body,
        documents=(document("taxonomies/shipment.status.yaml"),),
        terms=terms,
    )


def mapping() -> Contract:
    body = CodeMap(
        "x12.214-at7-01",
        "1.0.0",
        "x12",
        "214 AT7-01 (1650)",
        "004010",
        "shipment.status",
        (
            MappingCell("AF", "IN_TRANSIT", Quality.EXACT, "departed pick-up"),
            MappingCell("X6", "IN_TRANSIT", Quality.LOSSY, "en route", note="the place is lost"),
            MappingCell("=1+1", None, Quality.NONE, "not for us"),
        ),
        title="X12 214 shipment status",
    )
    terms = Terms(owner="tms", audience="partner", lifecycle=Lifecycle.DEPRECATED)
    return Contract(
        CODES, Kind.MAPPING, body, documents=(document("mappings/x12/214.yaml"),), terms=terms
    )


def api() -> Contract:
    shipment = Record(
        (Field("id", STRING, doc="Names it."), Field("next", Union((Ref("Shipment"), NULL)))),
        name="Shipment",
    )
    operation = Operation(
        "get",
        "/shipments/{}",
        "/shipments/{shipment_id}",
        "getShipment",
        parameters=(Parameter("{1}", In.PATH, STRING, required=True),),
        responses=(
            Response("200", (Media("application/json", Ref("Shipment")),)),
            Response("404", (Media("application/problem+json", record(title=STRING)),)),
        ),
        summary="One shipment.",
    )
    body = Api("Shipment visibility", "1.0.0", (operation,), ("https://api.example.com",))
    terms = Terms(owner="tms")
    return Contract(
        API,
        Kind.OPENAPI,
        body,
        types={"Shipment": shipment},
        documents=(document("apis/shipment-visibility.yaml"),),
        terms=terms,
    )


def workspace(*contracts: Contract) -> Workspace:
    return Workspace(
        tree_name="contracts",
        settings=Settings(name="acme-logistics", title="Acme Logistics contracts"),
        contracts=tuple(sorted(contracts, key=lambda each: each.subject)),
        systems=(
            System("erp", "Enterprise planning", "ERP", "ERP integration", "erp@example.com"),
            System("tms", "Transport management", "TMS"),
            System("wms", "Warehouse management", "WMS", "Warehouse IT", "wms@example.com"),
        ),
        consumers=(
            Consumer(
                "erp-adapter",
                "erp",
                "ERP integration",
                "erp@example.com",
                (
                    Reads(EVENT, ("shipment_id", "lines[].item_id")),
                    Reads(STATUS, statuses=("DELIVERED",), unknown="IGNORE"),
                ),
                ("staging", "prod"),
                "2027-06-30",
            ),
        ),
        ownership=(),
        samples=(
            Sample(EVENT, "invalid-no-lines", document("samples/b.json", '{"shipment_id": "S-1"}')),
            Sample(
                EVENT,
                "two-lines",
                document("samples/a.json", '{"shipment_id": "S-2", "lines": []}'),
            ),
        ),
        problems=(),
    )


def hostile(text: str, subject: str) -> list[Contract]:
    """An event, a taxonomy and a mapping that say `text` wherever their author may write."""
    field = Field(
        "plain",
        STRING,
        default=text,
        doc=text,
        tags={"owner": text, "pii": text, "unit": text, "definition": text, "codelist": text},
    )
    listed = Enum((text, "B"), name=f"x.{text}", doc=text)
    body = Record(
        (field, Field(text, Enum((text, "A"))), Field("listed", listed)),
        name=text,
        doc=text,
        invariants=(Invariant(text, text, text),),
    )
    terms = Terms(
        owner=text,
        team=text,
        contact=text,
        version=text,
        producer=text,
        topic=text,
        key=text,
        description=text,
        sla={text: text},
        retention=text,
        proposers=(text,),
        consumers=(text,),
        intent=text,
        object=text,
        delivery={text: text},
        on_call=text,
        purpose=text,
    )
    states = (
        State(
            text,
            text,
            {text: text},
            initial=True,
            terminal=True,
            owner=text,
            not_to_be_confused_with=(text,),
        ),
        State("B", text),
    )
    machine = Taxonomy(
        text,
        text,
        TaxonomyKind.STATE_MACHINE,
        text,
        states,
        (Transition(text, "B", text),),
        title=text,
        doc=text,
        unknown=text,
        derived=Derivation({text: text}, ((text, text),)),
    )
    case = Case(((text, text),), text, (text,), note=text)
    cells = (
        MappingCell(text, "B", Quality.LOSSY, text, (text,), text, (case,), note=text, source=text),
    )
    agreed = Override(text, text, text, (text,), reason=text, approved_by=text, until=text)
    codes = CodeMap(
        text,
        text,
        text,
        text,
        text,
        text,
        cells,
        owner=text,
        title=text,
        doc=text,
        overrides=(agreed,),
        sends=(Sending(text, text, note=text),),
    )
    operation = Operation(
        "get",
        "/{}",
        f"/{text}",
        text,
        (Parameter(text, In.QUERY, STRING),),
        responses=(Response("200", (Media(text, body),)),),
        summary=text,
        doc=text,
    )
    calls = Api(text, text, (operation,), (text,), doc=text)
    source = document(f"events/{text}/x.avsc".replace("\x02", "").replace("\x03", ""), text)
    return [
        Contract(
            Subject(f"{subject}.{kind.value}.{text}"), kind, each, documents=(source,), terms=terms
        )
        for kind, each in (
            (Kind.AVRO, body),
            (Kind.TAXONOMY, machine),
            (Kind.MAPPING, codes),
            (Kind.OPENAPI, calls),
        )
    ]


def hostile_workspace() -> Workspace:
    contracts = [each for at, text in enumerate(XSS) for each in hostile(text, f"x{at}")]
    base = workspace(event(), *contracts)
    samples = tuple(Sample(EVENT, text, document("s.json", text)) for text in XSS)
    systems = tuple(System(text, text, text, text, text) for text in XSS)
    consumers = tuple(
        Consumer(text, text, text, text, (Reads(EVENT, (text,), (text,), (text,)),)) for text in XSS
    )
    settings = Settings(name=XSS[0], title=XSS[0])
    return replace(base, settings=settings, samples=samples, systems=systems, consumers=consumers)
