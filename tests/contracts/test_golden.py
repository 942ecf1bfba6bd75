"""The golden messages: what adds up in them, and that each rule notices when it no longer does."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lading.model import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lading.model import Workspace

CONFIRMED = "logistics.shipment.v1.ShipmentConfirmed"
SNAPSHOT = "logistics.inventory.v1.InventorySnapshot/nightly"
RETURN = "logistics.returns.v1.ReturnDispositioned/split-restock-and-scrap"
INVOICES = (
    "logistics.invoice.v1.Invoice/eu-intra-community",
    "logistics.invoice.v1.Invoice/us-sales-tax",
)


@pytest.fixture
def message(folder: Path) -> Callable[[str], Any]:
    def read(name: str) -> Any:
        return json.loads((folder / "samples" / f"{name}.json").read_text(encoding="utf-8"))

    return read


def amount(node: Any) -> Decimal:
    return Decimal(node["amount"])


def quantity(node: Any) -> Decimal:
    return Decimal(node["value"])


def wrong_lines(shipment: Any) -> list[str]:
    """Lots add up to the line, serial numbers count it, and none is there twice."""
    found = []
    serials: Counter[str] = Counter()
    for line in shipment["lines"]:
        lots = [quantity(lot["quantity"]) for lot in line.get("lots", ())]
        if lots and sum(lots) != quantity(line["shipped_quantity"]):
            found.append("lots")
        numbers = line.get("serial_numbers", ())
        serials.update(numbers)
        if numbers and len(numbers) != quantity(line["shipped_quantity"]):
            found.append("serial count")
    return found + ["serial duplicate"] * any(each > 1 for each in serials.values())


def wrong_buckets(snapshot: Any) -> list[str]:
    """ON_HAND is all positions of the item, AVAILABLE what is left of those that may be used."""
    found = []
    for position in snapshot["positions"]:
        buckets = {
            each["bucket"]: quantity(each["quantity"]) for each in position.get("buckets", ())
        }
        if not buckets:
            continue
        same = [each for each in snapshot["positions"] if each["item_id"] == position["item_id"]]
        usable = [each for each in same if each["stock_status"] == "AVAILABLE"]
        if buckets["ON_HAND"] != sum(quantity(each["quantity"]) for each in same):
            found.append("on hand")
        taken = sum(buckets[name] for name in ("ALLOCATED", "RESERVED", "PICKED", "SAFETY_STOCK"))
        left = sum(quantity(each["quantity"]) for each in usable) - taken
        if buckets["AVAILABLE"] != left:
            found.append("available")
    return found


def wrong_sums(invoice: Any) -> list[str]:
    """EN 16931: net from the lines, taxable from the net, gross from net and tax."""
    totals = {name: amount(each) for name, each in invoice["totals"].items()}
    breakdown = invoice["tax_breakdown"]
    lines = sum(amount(each["net"]) for each in invoice["lines"])
    by_category: dict[str, Decimal] = {}
    for each in breakdown:
        by_category[each["category"]] = amount(each["taxable"])
    checks = {
        "net": lines + totals["charges"] - totals["allowances"] == totals["net"],
        "taxable": sum(by_category.values()) == totals["net"],
        "tax": sum(amount(each["tax"]) for each in breakdown) == totals["tax"],
        "gross": totals["net"] + totals["tax"] == totals["gross"],
        "zero rate": all(
            Decimal(each["rate"]) == 0 for each in breakdown if each["category"] in "KGEZO"
        ),
        "rounding": all(
            (amount(each["taxable"]) * Decimal(each["rate"])).quantize(Decimal("0.01"))
            == amount(each["tax"])
            for each in breakdown
        ),
    }
    return [name for name, holds in checks.items() if not holds]


def wrong_dispositions(returned: Any) -> list[str]:
    return [
        line["return_line_id"]
        for line in returned["lines"]
        if sum(quantity(each["quantity"]) for each in line["dispositions"])
        != quantity(line["received_quantity"])
    ]


def test_lots_and_serials_of_shipments_add_up(message: Callable[[str], Any]) -> None:
    assert wrong_lines(message(f"{CONFIRMED}/eu-lots")) == []
    assert wrong_lines(message(f"{CONFIRMED}/us-serials-and-catch-weight")) == []


def test_a_lot_less_and_a_serial_twice_are_noticed(message: Callable[[str], Any]) -> None:
    lots = message(f"{CONFIRMED}/eu-lots")
    line = next(each for each in lots["lines"] if each.get("lots"))
    line["lots"][0]["quantity"]["value"] = str(quantity(line["lots"][0]["quantity"]) - 1)
    assert wrong_lines(lots) == ["lots"]

    serials = message(f"{CONFIRMED}/us-serials-and-catch-weight")
    line = next(each for each in serials["lines"] if each.get("serial_numbers"))
    line["serial_numbers"][1] = line["serial_numbers"][0]
    assert wrong_lines(serials) == ["serial duplicate"]


def test_a_snapshot_keeps_its_identity_and_450_is_not_451(message: Callable[[str], Any]) -> None:
    snapshot = message(SNAPSHOT)
    assert wrong_buckets(snapshot) == []
    assert snapshot["position_count"] == len(snapshot["positions"])
    available = next(
        each for each in snapshot["positions"][0]["buckets"] if each["bucket"] == "AVAILABLE"
    )
    assert available["quantity"]["value"] == "450"
    available["quantity"]["value"] = "451"
    assert wrong_buckets(snapshot) == ["available"]


@pytest.mark.parametrize("name", INVOICES)
def test_an_invoice_adds_up_to_the_cent(name: str, message: Callable[[str], Any]) -> None:
    assert wrong_sums(message(name)) == []


def test_a_wrong_rate_or_cent_is_noticed(message: Callable[[str], Any]) -> None:
    european = message(INVOICES[0])
    european["tax_breakdown"][0]["rate"] = "0.19"
    assert wrong_sums(european) == ["zero rate", "rounding"]

    american = message(INVOICES[1])
    assert amount(american["totals"]["gross"]) == Decimal("560.89")
    american["totals"]["gross"]["amount"] = "560.88"
    assert wrong_sums(american) == ["gross"]


def test_a_returned_line_is_disposed_of_whole(message: Callable[[str], Any]) -> None:
    returned = message(RETURN)
    assert wrong_dispositions(returned) == []
    assert [each["disposition"] for each in returned["lines"][0]["dispositions"]] == [
        "RESTOCK",
        "SCRAP",
    ]
    returned["lines"][0]["dispositions"][1]["quantity"]["value"] = "7"
    assert wrong_dispositions(returned) == ["1"]


def test_a_shipment_of_a_cancelled_order_is_no_dead_letter(message: Callable[[str], Any]) -> None:
    """The message is valid; a rule of the business cannot apply it, and a person has to."""
    raised = message("logistics.exceptions.v1.BusinessExceptionRaised/shipment-for-cancelled-order")
    assert (raised["code"], raised["severity"]) == ("SHIPMENT_FOR_CANCELLED_ORDER", "HIGH")
    assert raised["suggested_actions"][0] == "INTERCEPT_SHIPMENT"
    assert raised["message_event_id"]


def taken(library: Workspace, name: str, start: str, triggers: list[str]) -> str:
    """The state after `triggers`, each of which must be a legal step; a repeat is no step."""
    (machine,) = (
        each.body
        for each in library.contracts
        if isinstance(each.body, Taxonomy) and each.body.name == name
    )
    state = start
    for trigger in triggers:
        (state,) = {
            each.target
            for each in machine.transitions
            if each.source == state
            and each.trigger == trigger
            and each.target != "PARTIALLY_POSTED"
        }
    return state


REPLAY = [
    ("SHP-7001", 3, "shipment.confirmed", "2026-03-03T15:42:10Z"),
    ("SHP-7002", 1, "shipment.confirmed", "2026-03-03T15:58:00Z"),
    ("SHP-7001", 4, "shipment.voided", "2026-03-03T16:20:00Z"),
]
"""What waited while the ERP was down, in the order in which it is delivered afterwards."""


def test_an_outage_loses_no_posting_and_doubles_none(library: Workspace) -> None:
    """Facts of one shipment keep their order; one that is delivered twice is applied once."""
    last: dict[str, int] = {}
    moved: dict[str, list[str]] = {}
    for shipment, sequence, trigger, _ in [*REPLAY, *REPLAY]:  # at least once
        if sequence > last.get(shipment, 0):
            last[shipment] = sequence
            moved.setdefault(shipment, []).append(trigger)
    ends = {
        each: taken(library, "shipment.status", "BOOKED", steps) for each, steps in moved.items()
    }
    assert ends == {"SHP-7001": "VOIDED", "SHP-7002": "CONFIRMED"}

    postings = {
        "SHP-7001": ["goods_issue.posted", "goods_issue.reversed"],
        "SHP-7002": ["goods_issue.posted"],
    }
    booked = {
        each: taken(library, "posting.goods_issue", "NOT_POSTED", steps)
        for each, steps in postings.items()
    }
    assert booked == {"SHP-7001": "REVERSED", "SHP-7002": "POSTED"}
