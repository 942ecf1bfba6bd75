"""Messages of partners, read by real EDI parsers and the generated mappings: what they mean here.

The adapters are the examples; this holds the mappings to documents as partners send them.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from pydifact.exceptions import MissingImplementationWarning
from pydifact.parser import Parser
from pyx12.x12file import X12Reader

from lading.codegen import generate_python, write
from lading.model import CodeMap, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model import MappingCell, Workspace

EDI = Path(__file__).parent / "edi"
ZONES = {"IL": "America/Chicago", "IA": "America/Chicago", "NE": "America/Chicago"}
PLACES = {"DEHAM": "Europe/Berlin", "NLRTM": "Europe/Amsterdam"}
OFFSETS = {"CT": "America/Chicago"}
ENVELOPE = (
    "ISA*00*          *00*          *ZZ*CARRIER        *ZZ*SHIPPER        *260305*1530*U*00401"
    "*000000001*0*T*>~\nGS*QM*CARRIER*SHIPPER*20260305*1530*1*X*004010~\n{}\nGE*1*1~\n"
    "IEA*1*000000001~\n"
)


def x12(name: str) -> list[tuple[str, list[str]]]:
    """(segment, its elements) of one transaction set; the parser refuses wrong counts."""
    reader = X12Reader(io.StringIO(ENVELOPE.format((EDI / name).read_text().strip())))
    found = [
        (segment.get_seg_id(), [segment.get_value(f"{at:02}") or "" for at in range(1, 17)])
        for segment in reader
    ]
    assert reader.pop_errors() == []
    return found


def edifact(name: str) -> list[tuple[str, list[Any]]]:
    with warnings.catch_warnings():
        # The samples have no envelope, so the parser finds no directory to validate against.
        warnings.simplefilter("ignore", MissingImplementationWarning)
        return [(each.tag, each.elements) for each in Parser().parse((EDI / name).read_text())]


@pytest.fixture(scope="module")
def ask(library: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The functions of the generated package, called as an adapter calls them."""
    folder = tmp_path_factory.mktemp("edi")
    write(generate_python(library.contracts, name="edi-sdk", version="1.0.0"), folder)
    sys.path.insert(0, str(folder))
    try:
        from importlib import import_module

        yield lambda module, name: getattr(import_module(f"edi_sdk.mappings.{module}"), name)
    finally:
        sys.path.remove(str(folder))


def utc(day: str, clock: str, zone: str) -> str:
    local = datetime.strptime(day + clock, "%Y%m%d%H%M").replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).isoformat().replace("+00:00", "Z")


def milestones_of_214(ask: Any) -> Iterator[dict[str, Any]]:
    milestone = ask("x12_214_at7_01", "to_shipment_milestone")
    reason = ask("x12_214_at7_02", "to_shipment_exception_reason")
    segments = x12("x12-214.edi")
    for (name, at7), (_, ms1) in pairwise(segments):
        if name != "AT7":
            continue
        found = milestone(at7[0], said={"reason": at7[1]})
        zone = OFFSETS.get(at7[6]) or ZONES[ms1[1]]
        yield {
            "milestone": found.canonical.value,
            "also": [each.value for each in found.also],
            "classifier": found.classifier or "ACTUAL",
            "reason": reason(at7[1]).canonical.value,
            "at": utc(at7[4], at7[5], zone),
            "offset_assumed": at7[6] not in OFFSETS,
        }


def test_a_214_says_where_the_truck_is(ask: Any) -> None:
    """Six statuses: times with and without a zone, a breakdown beside the status, an estimate."""
    told = [
        (each["milestone"], each["classifier"], each["at"], each["offset_assumed"])
        for each in milestones_of_214(ask)
    ]
    assert told == [
        ("ARRIVED_AT_PICKUP", "ACTUAL", "2026-03-05T21:30:00Z", True),
        ("DEPARTED_ORIGIN", "ACTUAL", "2026-03-05T22:45:00Z", True),
        ("DELAYED", "ACTUAL", "2026-03-06T08:10:00Z", False),
        ("ETA_UPDATED", "ESTIMATED", "2026-03-07T20:00:00Z", False),
        ("ARRIVED_AT_DESTINATION", "ACTUAL", "2026-03-07T21:02:00Z", True),
        ("UNLOADED_AT_DESTINATION", "ACTUAL", "2026-03-07T21:47:00Z", True),
    ]
    rows = list(milestones_of_214(ask))
    assert rows[1]["also"] == ["HANDED_OVER"]
    assert rows[2]["reason"] == "MECHANICAL_BREAKDOWN"


def test_a_214_moves_the_shipment_and_an_estimate_does_not(ask: Any, library: Workspace) -> None:
    advances = {state.code: state.advances_to for state in taxonomy(library, "shipment.milestone")}
    moved = [
        advances[each["milestone"]]
        for each in milestones_of_214(ask)
        if each["classifier"] == "ACTUAL" and advances[each["milestone"]]
    ]
    assert moved == ["IN_TRANSIT", "AT_DESTINATION", "DELIVERED"]


def test_an_unknown_code_is_kept_and_moves_nothing(ask: Any, library: Workspace) -> None:
    found = ask("x12_214_at7_01", "to_shipment_milestone")("ZQ")
    assert (found.code, found.canonical.value, found.listed) == ("ZQ", "UNKNOWN", False)
    states = {state.code: state for state in taxonomy(library, "shipment.milestone")}
    assert states["UNKNOWN"].advances_to == ""


def test_unloading_means_less_from_a_partner_who_sends_the_proof_apart(ask: Any) -> None:
    milestone = ask("x12_214_at7_01", "to_shipment_milestone")
    assert milestone("D1").canonical.value == "UNLOADED_AT_DESTINATION"
    assert milestone("D1", partner="SCAC-XXXX").canonical.value == "ARRIVED_AT_DESTINATION"
    assert milestone("AP").canonical.value == "DELIVERY_ATTEMPTED"
    assert milestone("AP", said={"reason": "BS"}).canonical.value == "DELIVERY_FAILED"


def test_a_947_changes_stock_or_only_its_status(ask: Any) -> None:
    reason = ask("x12_947_w19_01", "to_inventory_adjustment_reason")
    told = []
    for name, w19 in x12("x12-947.edi"):
        if name == "W19":
            sign = "minus" if w19[1].startswith("-") else "plus"
            found = reason(w19[0], said={"sign": sign})
            told.append((found.canonical.value, w19[1], w19[5]))
    assert told == [
        ("DAMAGE_IN_FACILITY", "-12", "09521101000016"),
        ("HOLD_PLACED", "-40", "09521101000023"),
        ("COUNT_GAIN", "3", "09521101000030"),
    ]
    assert reason("AA", said={"sign": "minus"}).canonical.value == "COUNT_LOSS"


def test_a_945_ships_a_line_whole(ask: Any) -> None:
    disposition = ask("x12_945_w12_01", "to_line_ship_disposition")
    lines = [each for name, each in x12("x12-945.edi") if name == "W12"]
    assert [disposition(each[0]).canonical.value for each in lines] == ["COMPLETE"]
    assert lines[0][1] == lines[0][2]
    assert [each[1] for name, each in x12("x12-945.edi") if name == "MAN"] == ["095211010000000115"]


def test_an_iftsta_tells_local_times_of_places(ask: Any) -> None:
    milestone = ask("uncefact_rec24", "to_shipment_milestone")
    told, code, when = [], "", ""
    for tag, elements in edifact("edifact-iftsta.edi"):
        if tag == "STS":
            code = elements[1]
        elif tag == "DTM" and elements[0][0] == "334":
            when = elements[0][1]
        elif tag == "LOC":
            role = {"5": "origin", "7": "destination"}[elements[0]]
            found = milestone(code, said={"location": role})
            zone = PLACES[elements[1]]
            told.append((found.canonical.value, utc(when[:8], when[8:12], zone)))
    assert told == [
        ("HANDED_OVER", "2026-03-03T16:10:00Z"),
        ("DEPARTED_ORIGIN", "2026-03-03T16:25:00Z"),
        ("DELIVERED", "2026-03-04T08:15:00Z"),
    ]


def test_a_container_loaded_on_a_vessel_is_under_way(ask: Any, library: Workspace) -> None:
    event = json.loads((EDI / "dcsa-equipment-event.json").read_text())["payload"]
    load = ask("dcsa_equipment_event", "to_shipment_milestone")
    mode = event["transportCall"]["modeOfTransport"]
    found = load(event["equipmentEventTypeCode"], said={"mode": mode})
    assert found.canonical.value == "VESSEL_LOADED"
    assert load("LOAD", said={"mode": "TRUCK"}).canonical.value == "LOADED"
    classifier = ask("dcsa_event_classifier", "to_time_classifier")
    assert classifier(event["eventClassifierCode"]).canonical.value == "ACTUAL"
    advances = {state.code: state.advances_to for state in taxonomy(library, "shipment.milestone")}
    assert advances["VESSEL_LOADED"] == "IN_TRANSIT"
    at = datetime.fromisoformat(event["eventDateTime"]).astimezone(UTC)
    assert at.utcoffset() == timedelta(0)
    assert at.isoformat() == "2026-03-10T04:40:00+00:00"


def test_what_we_send_comes_back_as_what_we_meant(ask: Any) -> None:
    """The reverse direction of every list that we send by, for every code of ours."""
    for module, name in (
        ("x12_855_ack_01", "line_ack"),
        ("x12_945_w12_01", "line_ship_disposition"),
        ("x12_944_w13_03", "receipt_condition"),
        ("x12_997_ak5_01", "exchange_status"),
    ):
        back, sent = ask(module, f"to_{name}"), ask(module, "SENT")
        assert sent
        for ours, code in sent.items():
            assert back(code).canonical is ours, (module, code)


# --- traps


def mapping(library: Workspace, name: str) -> CodeMap:
    (found,) = (
        each.body
        for each in library.contracts
        if isinstance(each.body, CodeMap) and each.body.name == name
    )
    return found


def row(library: Workspace, name: str, code: str) -> MappingCell:
    (found,) = (each for each in mapping(library, name).cells if each.code == code)
    return found


def taxonomy(library: Workspace, name: str) -> tuple[Any, ...]:
    (found,) = (
        each.body
        for each in library.contracts
        if isinstance(each.body, Taxonomy) and each.body.name == name
    )
    return found.states


def test_reserving_in_epcis_is_about_identifiers(library: Workspace) -> None:
    """CBV `reserving` and `reserved` hand out identifiers; no stock is promised by them."""
    assert row(library, "gs1.cbv-bizstep-milestone", "reserving").to == "IGNORED"
    assert row(library, "gs1.cbv-disposition", "reserved").to is None


def test_shipping_in_epcis_is_the_content_and_no_more(library: Workspace) -> None:
    """It excludes the finer steps, so it never says that a carrier has the goods."""
    cell = row(library, "gs1.cbv-bizstep-milestone", "shipping")
    assert (cell.to, cell.also) == ("SHIP_CONFIRMED", ())
    consigning = row(library, "gs1.cbv-bizstep-milestone", "consigning")
    assert {consigning.to, *consigning.also} == {"DEPARTED_ORIGIN", "HANDED_OVER"}


def test_one_number_in_three_lists_is_three_codes(library: Workspace) -> None:
    """21 is delivered in Rec 24; the reason list of the same message has its own 21s, or none."""
    assert row(library, "uncefact.rec24", "21").to == "DELIVERED"
    others = [mapping(library, f"edifact.{each}-9013") for each in ("iftsta", "invrpt")]
    keys = {(each.code_list, each.list_version) for each in others}
    keys.add((mapping(library, "uncefact.rec24").code_list, "Rev 6 (2017)"))
    assert len(keys) == 3


def test_backorder_in_dynamics_is_an_open_order(library: Workspace) -> None:
    assert row(library, "dynamics.sales-status", "1 Backorder").to == "ACCEPTED"
    delivered = row(library, "dynamics.sales-status", "2 Delivered")
    assert (delivered.to, delivered.quality.value) == ("RELEASED", "lossy")


def test_conf_in_dcsa_is_paper_and_gtin_is_a_gate(library: Workspace) -> None:
    conf = row(library, "dcsa.shipment-event", "CONF")
    assert conf.to == "DOCUMENT_STATUS"
    assert {case.to for case in conf.cases} == {"CARRIER_ACCEPTED"}
    assert row(library, "dcsa.equipment-event", "GTIN").to == "GATE_IN"


def test_estimates_of_a_214_are_estimates_and_d1_is_no_proof(library: Workspace) -> None:
    for code in ("AG", "X2", "AA", "B6", "C1"):
        cell = row(library, "x12.214-at7-01", code)
        assert (cell.to, cell.classifier) == ("ETA_UPDATED", "ESTIMATED"), code
    assert row(library, "x12.214-at7-01", "D1").quality.value == "policy"
    assert row(library, "x12.214-at7-01", "X3").to == "ARRIVED_AT_PICKUP"


def test_a_code_seen_in_one_list_only_says_where(library: Workspace) -> None:
    cell = row(library, "x12.214-at7-01", "AA")
    assert "one open-source list only" in " ".join(cell.note.split())
    bodies = [each.body for each in library.contracts if isinstance(each.body, CodeMap)]
    assert all(cell.source and cell.provenance for each in bodies for cell in each.cells)


def test_what_was_not_there_yet_is_there_and_unknown_is_unknown(library: Workspace) -> None:
    """An open-source table lacks pre-transit, and takes unknown for a delay."""
    assert row(library, "dhl.unified-tracking-status", "pre-transit").to == "MANIFESTED"
    assert row(library, "dhl.unified-tracking-status", "unknown").to == "UNKNOWN"


def test_sap_says_goods_issue_only_with_wbstk(library: Workspace) -> None:
    assert row(library, "sap.goods-movement-status", "C").to == "POSTED"
    assert "goods issue" in row(library, "sap.delivery-status", "C").note
    assert mapping(library, "sap.picking-status").taxonomy == "fulfilment.status"


def test_no_list_maps_to_shipped_by_a_label(library: Workspace) -> None:
    """A printed label is data: pre-transit codes never say that goods moved."""
    for name, code in (
        ("easypost.tracker-status", "pre_transit"),
        ("shippo.tracking-status", "PRE_TRANSIT"),
        ("aftership.delivery-status", "InfoReceived"),
    ):
        assert row(library, name, code).to == "MANIFESTED", name


def test_nothing_of_the_parsers_is_needed_to_install_lading() -> None:
    """The EDI parsers are for tests; the product itself stays free of them."""
    done = subprocess.run(
        [sys.executable, "-c", "import lading.runtime, sys; print('pyx12' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "False"
