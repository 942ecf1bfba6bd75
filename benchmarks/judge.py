"""One Avro verdict in process, beside the compatibility checker of Apache's `avro` package.

Both sides read a shipment event of 5 records and some 40 fields twice (the new one has a field
more) and judge the pair, interleaved; medians of CPU time. `avro` answers one question (can the
new reader read old bytes?); lading's verdict covers both directions, meaning and generated code,
and has places: the comparison is of cost, not of equal work.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from avro.compatibility import ReaderWriterCompatibilityChecker
from avro.schema import parse

from lading.compat import judge
from lading.model import Kind, Subject, read_contract, read_document

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_UP = 10
ROUNDS = 200


def record(name: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": fields}


def strings(count: int) -> list[dict[str, Any]]:
    return [
        {"name": f"text_{n}", "type": ["null", "string"], "default": None} for n in range(count)
    ]


def shipment(extra: list[dict[str, Any]]) -> dict[str, Any]:
    """A nested event: shipment, lines, lots, quantity, address."""
    decimal = {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 4}
    quantity = record(
        "Quantity", [{"name": "value", "type": decimal}, {"name": "uom", "type": "string"}]
    )
    lot = record("Lot", [{"name": "quantity", "type": quantity}, *strings(6)])
    line = record("Line", [{"name": "lots", "type": {"type": "array", "items": lot}}, *strings(10)])
    address = record("Address", strings(12))
    at = {"type": "long", "logicalType": "timestamp-millis"}
    return record(
        "bench.v1.Shipment",
        [
            {"name": "confirmed_at", "type": at},
            {"name": "lines", "type": {"type": "array", "items": line}},
            {"name": "ship_to", "type": address},
            *strings(6),
            *extra,
        ],
    )


def lading_verdict(old: bytes, new: bytes) -> bool:
    subject = Subject("bench.v1.Shipment")
    before, after = (
        read_contract(Kind.AVRO, read_document("Shipment.avsc", data), subject=subject)
        for data in (old, new)
    )
    return judge(before, after).compatible


def avro_verdict(old: bytes, new: bytes) -> bool:
    writer, reader = (parse(data.decode()) for data in (old, new))
    result = ReaderWriterCompatibilityChecker().get_compatibility(reader=reader, writer=writer)
    return bool(result.compatibility.value == "compatible")


def cpu_ms(verdict: Callable[[bytes, bytes], bool], old: bytes, new: bytes) -> float:
    start = time.process_time()
    if not verdict(old, new):
        sys.exit(f"{verdict.__name__} refuses a change that is compatible")
    return 1000 * (time.process_time() - start)


def main() -> None:
    old = json.dumps(shipment([]), indent=2).encode()
    new = json.dumps(
        shipment([{"name": "note", "type": "string", "default": ""}]), indent=2
    ).encode()
    sides = {"lading: read both, judge": lading_verdict, "avro: parse both, check": avro_verdict}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(WARM_UP + ROUNDS):
        for name, verdict in sides.items():
            took = cpu_ms(verdict, old, new)
            if number >= WARM_UP:
                times[name].append(took)
    print(
        f"\nOne Avro verdict, {ROUNDS} rounds\n\n| side | CPU ms, median | lowest |\n|---|---|---|"
    )
    for name, took in times.items():
        print(f"| {name} | {statistics.median(took):.2f} | {min(took):.2f} |")


if __name__ == "__main__":
    main()
