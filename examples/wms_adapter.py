"""The warehouse's side: what its WMS sends when a load is closed becomes a ShipmentConfirmed.

The WMS has its own words (`so_line`, `ship_qty`, PALLET) and its own sense of "closed". What that
means here is decided line by line below and nowhere else; the generated model refuses what does not
fit.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from acme_logistics.models.common_v1 import (
    DataClassification,
    EventMeta,
    ExternalRef,
    Measure,
    Producer,
    Quantity,
    TimeClassifier,
    TimePrecision,
)
from acme_logistics.models.shipment_v1 import (
    CarrierRef,
    ConfirmationBasis,
    HandlingUnit,
    LineShipDisposition,
    LotQuantity,
    OrderRef,
    ShipmentConfirmed,
    ShipmentLine,
    ShipmentTotals,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# UN/ECE Recommendation 21: PX is a pallet. PL, which X12 writes for one, is a pail there.
PACKAGES: Final = {"PALLET": "PX", "CARTON": "CT"}

SCHEMA = "http://127.0.0.1:8081/subjects/logistics.shipment.v1.ShipmentConfirmed/versions/latest"
"""Where readers find the schema of the message, at the registry."""


class WmsError(Exception):
    """The message does not state a fact that may be published."""


def confirmed(message: dict[str, Any], now: datetime) -> ShipmentConfirmed:
    """The event; loading and closing are two facts, custody is not the warehouse's to state."""
    if message["load_status"] != "CLOSED":
        raise WmsError(f"the load is {message['load_status']}: its content is not final")
    lines = list(shipped(message["orders"]))
    units = [unit(each) for each in message["cartons"]]
    return ShipmentConfirmed(
        meta=envelope(message, now),
        shipment_id=message["load_no"],
        order_refs=[
            OrderRef(order_id=each["so_no"], fulfilment_order_id=each["pick_list"])
            for each in message["orders"]
        ],
        warehouse_id=message["whse"],
        confirmation_basis=ConfirmationBasis.LOADED_AND_CLOSED,
        confirmed_at=utc(message["closed_on"]),
        loaded_at=utc(message["loaded_on"]),
        carrier=CarrierRef(
            carrier_id=message["carrier"]["scac"],
            scac=message["carrier"]["scac"],
            service_code=message["carrier"]["svc"],
        ),
        bol_number=ExternalRef(
            type="BILL_OF_LADING", value=message["bol"], issuer=message["carrier"]["scac"]
        ),
        lines=lines,
        handling_units=units,
        totals=ShipmentTotals(handling_unit_count=len(units)),
    )


def envelope(message: dict[str, Any], now: datetime) -> EventMeta:
    """Who says it, when it happened, and a key that stays the same when it is sent again."""
    load, number = message["load_no"], message["msg_no"]
    occurred = datetime.fromisoformat(message["closed_on"])
    offset = occurred.utcoffset()
    return EventMeta(
        event_id=str(uuid5(NAMESPACE_URL, f"wms/{message['whse']}/{number}")),
        event_type="logistics.shipment.confirmed.v1",
        source_system="wms",
        aggregate_type="shipment",
        aggregate_id=load,
        aggregate_sequence=number,
        occurred_at=occurred.astimezone(UTC),
        occurred_offset_minutes=None if offset is None else int(offset.total_seconds() // 60),
        time_precision=TimePrecision.SECOND,
        time_classifier=TimeClassifier.ACTUAL,
        recorded_at=now,
        correlation_id=message["orders"][0]["so_no"],
        idempotency_key=f"wms:shipment:{load}:{number}",
        partition_key=load,
        schema_ref=SCHEMA,
        data_classification=DataClassification.CONFIDENTIAL,
        producer=Producer(name="wms-adapter", version="1.0.0"),
    )


def shipped(orders: list[dict[str, Any]]) -> Iterator[ShipmentLine]:
    """One line of the shipment for each line of its orders, numbered through."""
    every = [(order, line) for order in orders for line in order["lines"]]
    for number, (order, line) in enumerate(every, start=1):
        asked, sent = Decimal(line["ord_qty"]), Decimal(line["ship_qty"])
        if sum(Decimal(lot["qty"]) for lot in line["lots"]) != sent:
            raise WmsError(f"the lots of line {line['so_line']} do not add up to {sent}")
        short = asked > sent
        yield ShipmentLine(
            shipment_line_id=str(number),
            order_id=order["so_no"],
            order_line_id=line["so_line"],
            item_id=line["sku"],
            shipped_quantity=Quantity(value=sent, uom=line["uom"]),
            short_quantity=Quantity(value=asked - sent, uom=line["uom"]) if short else None,
            disposition=(
                LineShipDisposition.PARTIAL_BACKORDERED if short else LineShipDisposition.COMPLETE
            ),
            lots=[
                LotQuantity(
                    lot_number=lot["lot"],
                    quantity=Quantity(value=Decimal(lot["qty"]), uom=line["uom"]),
                    best_before_date=datetime.strptime(lot["bbd"], "%Y-%m-%d").date(),  # noqa: DTZ007 - a date has no zone
                )
                for lot in line["lots"]
            ],
        )


def unit(carton: dict[str, Any]) -> HandlingUnit:
    """A handling unit, with its package type in the list that the contract names."""
    if carton["type"] not in PACKAGES:
        raise WmsError(f"nobody said which Rec 21 code a {carton['type']} is")
    return HandlingUnit(
        handling_unit_id=carton["sscc"],
        sscc=carton["sscc"],
        package_type=PACKAGES[carton["type"]],
        gross_weight=Measure(value=Decimal(carton["kg"]), uom="KGM"),
    )


def utc(text: str) -> datetime:
    """A local time with its offset, as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def main() -> None:
    """Read one WMS message, write the event as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a LOAD_CLOSED message of the WMS, JSON")
    file = parser.parse_args().file
    try:
        event = confirmed(json.loads(file.read_text(encoding="utf-8")), datetime.now(UTC))
    except (WmsError, KeyError, ValueError, ArithmeticError, OSError) as error:
        sys.exit(f"{file}: {type(error).__name__}: {error}")
    print(event.model_dump_json(indent=2, exclude_none=True))


if __name__ == "__main__":
    main()
