"""What partners say in the words of GS1: EPCIS 2.0 events and element strings."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from biip.gs1_messages import GS1Message

from lading.codegen import generate_python, write
from lading.runtime.identifiers import gs1_check_digit, wrong_identifier

if TYPE_CHECKING:
    from lading.model import Workspace

EDI = Path(__file__).parent / "edi"
AXES = {
    "cbv_bizstep_milestone": "shipment_milestone",
    "cbv_bizstep_fulfilment_status": "fulfilment_status",
    "cbv_bizstep_handling_unit_status": "handling_unit_status",
    "cbv_bizstep_receipt_status": "receipt_status",
    "cbv_bizstep_inventory_stock_status": "inventory_stock_status",
    "cbv_bizstep_inventory_adjustment_reason": "inventory_adjustment_reason",
}


@pytest.fixture(scope="module")
def ask(library: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The functions of the generated package, called as an adapter calls them."""
    folder = tmp_path_factory.mktemp("gs1")
    write(generate_python(library.contracts, name="gs1-sdk", version="1.0.0"), folder)
    sys.path.insert(0, str(folder))
    yield lambda module, name: getattr(import_module(f"gs1_sdk.mappings.gs1_{module}"), name)
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == "gs1_sdk"]:
        del sys.modules[name]


def sscc(urn: str) -> str:
    """EPC Tag Data Standard: the extension digit of the serial reference comes first."""
    prefix, serial = urn.rpartition(":")[2].split(".")
    body = serial[0] + prefix + serial[1:]
    return body + gs1_check_digit(body)


def meaning(ask: Any, event: dict[str, Any]) -> tuple[str, str]:
    """(taxonomy, code) of a business step; exactly one axis lists it."""
    found = [
        (taxonomy, ask(module, f"to_{taxonomy}")(event["bizStep"]))
        for module, taxonomy in AXES.items()
    ]
    ((taxonomy, mapped),) = [(name, each) for name, each in found if each.listed]
    return taxonomy, mapped.canonical.value


def test_epcis_events_mean_one_thing_each_on_one_axis(ask: Any) -> None:
    """The warehouse packs, loads and closes; the carrier accepts; one is voided, one comes back."""
    told = []
    for event in json.loads((EDI / "epcis-events.json").read_text(encoding="utf-8")):
        moment = datetime.fromisoformat(event["eventTime"]).astimezone(UTC)
        told.append((*meaning(ask, event), moment.isoformat().replace("+00:00", "Z")))
    assert told == [
        ("fulfilment_status", "PACKING", "2026-03-03T13:58:00Z"),
        ("shipment_milestone", "LOADED", "2026-03-03T15:20:00Z"),
        ("shipment_milestone", "SHIP_CONFIRMED", "2026-03-03T15:42:10Z"),
        ("shipment_milestone", "HANDED_OVER", "2026-03-03T16:10:00Z"),
        ("shipment_milestone", "VOIDED", "2026-03-05T08:00:00Z"),
        ("receipt_status", "RECEIVED", "2026-03-06T10:00:00Z"),
    ]


def test_the_unit_of_an_epcis_event_is_the_sscc_of_the_shipment(library: Workspace) -> None:
    events = json.loads((EDI / "epcis-events.json").read_text(encoding="utf-8"))
    number = sscc(events[1]["epcList"][0])
    assert wrong_identifier("SSCC-18", number) == ""
    sample: Any = next(each for each in library.samples if each.name == "eu-lots").document.value
    assert number in {each["sscc"] for each in sample["handling_units"]}


def test_a_returned_unit_waits_and_is_not_for_sale(ask: Any) -> None:
    """EPCIS `receiving` with disposition `returned`: received, but no stock to promise."""
    event = json.loads((EDI / "epcis-events.json").read_text(encoding="utf-8"))[-1]
    found = ask("cbv_disposition", "to_inventory_stock_status")(event["disposition"])
    assert found.canonical.value == "RETURNED_PENDING"


def test_shipping_is_what_a_confirmation_says_never_that_goods_move(ask: Any) -> None:
    """The trap of EPCIS: `shipping` reads like a carrier's fact and is the warehouse's."""
    found = ask("cbv_bizstep_milestone", "to_shipment_milestone")("shipping")
    assert (found.canonical.value, found.quality.value) == ("SHIP_CONFIRMED", "policy")
    assert found.canonical.value != "IN_TRANSIT"


def test_our_facts_are_projected_onto_the_steps_of_epcis(ask: Any) -> None:
    projected = {
        fact: ask("cbv_bizstep_milestone", "from_shipment_milestone")(fact)
        for fact in ("LOADED", "SHIP_CONFIRMED", "DEPARTED_ORIGIN", "HANDED_OVER", "VOIDED")
    }
    assert projected == {
        "LOADED": "loading",
        "SHIP_CONFIRMED": "shipping",
        "DEPARTED_ORIGIN": "departing",
        "HANDED_OVER": "accepting",
        "VOIDED": "void_shipping",
    }
    status = ask("cbv_bizstep_fulfilment_status", "from_fulfilment_status")
    assert [status(each) for each in ("PACKING", "STAGED")] == ["packing", "staging_outbound"]


def test_an_element_string_becomes_item_lot_day_and_serial() -> None:
    """AI 17 with day 00 is the last day of the month; the GTIN is one our models take."""
    message = GS1Message.parse_hri("(01)09521101000016(10)L26A17(17)270200(21)SN0000001")
    found = {each.ai.ai: each for each in message.element_strings}
    line = {
        "gtin": found["01"].value,
        "lot_number": found["10"].value,
        "use_by_date": str(found["17"].date),
        "serial_number": found["21"].value,
    }
    assert line == {
        "gtin": "09521101000016",
        "lot_number": "L26A17",
        "use_by_date": "2027-02-28",
        "serial_number": "SN0000001",
    }
    assert wrong_identifier("GTIN-14", line["gtin"]) == ""
    assert wrong_identifier("GTIN-14", "09521101000017").startswith("wrong check digit")
