"""The portal's side: a carrier's X12 214 in, what the customer sees out.

The 214 is read by hand here, and only as far as this portal needs it: one transaction set (ST to
SE) without its ISA and GS envelopes, `*` between elements, `~` after segments. A gateway would use
an EDI translator. What a code *means* comes from the contracts alone: the generated mapping and the
two generated taxonomies. A code they do not know is shown and kept, and changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from acme_logistics.mappings.x12_214_at7_01 import to_shipment_milestone
from acme_logistics.taxonomies.shipment_milestone import advances_to
from acme_logistics.taxonomies.shipment_status import (
    CUSTOMER_VISIBLE,
    LABELS,
    ShipmentStatus,
    can_transition,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class EdiError(Exception):
    """The text is no 214 that this portal can read."""


@dataclass(frozen=True, slots=True)
class Report:
    """One AT7 with the MS1 after it, as the carrier sent them."""

    code: str
    time: str
    place: str


def segments(text: str) -> list[list[str]]:
    """The elements of each segment; checks what SE promises: the count and the control number."""
    found = [part.strip().split("*") for part in text.split("~") if part.strip()]
    if not found or found[0][:2] != ["ST", "214"] or found[-1][0] != "SE":
        raise EdiError("expected one transaction set from ST*214 to SE")
    if found[-1][1:] != [str(len(found)), found[0][2]]:
        raise EdiError(f"SE says {found[-1][1:]}, the set has {[str(len(found)), found[0][2]]}")
    return found


def shipment_of(found: list[list[str]]) -> str:
    """B10-02: the shipper's number of the shipment."""
    for segment in found:
        if segment[0] == "B10" and len(segment) > 2:  # noqa: PLR2004 - the position in the standard
            return segment[2]
    raise EdiError("no B10-02: the carrier does not say which shipment it is")


def reports(found: list[list[str]]) -> Iterator[Report]:
    """The shipment statuses in the order they were sent; appointments (AT7-03) are not read."""
    for segment, follower in zip(found, [*found[1:], [""]], strict=True):
        if segment[0] != "AT7":
            continue
        at7 = [*segment, *[""] * 8][:8]
        if at7[1] and at7[3]:
            raise EdiError("AT7-01 and AT7-03 are both filled; the standard allows one of them")
        place = f"{follower[1]} {follower[2]}" if follower[0] == "MS1" else ""
        if at7[1]:
            yield Report(at7[1], f"{at7[5]} {at7[6]} {at7[7] or 'local'}", place)


def advance(status: ShipmentStatus, report: Report) -> ShipmentStatus:
    """The status after one report, through the contracts; prints what was decided and why."""
    meaning = to_shipment_milestone(report.code)
    reached = status
    # `also` first: a departed truck had been handed over before it left.
    for milestone in (*meaning.also, meaning.canonical):
        target = advances_to(milestone) if milestone else None
        if target and can_transition(reached, target):
            reached = target
    facts = " + ".join(each for each in (meaning.canonical, *meaning.also) if each) or "nothing"
    step = f"{status} -> {reached}" if reached is not status else f"stays {status}"
    known = "" if meaning.listed else "  (not in the mapping: kept for a person)"
    print(f"{report.time:<19} {report.place:<14} {report.code} = {facts}: {step}{known}")
    return reached


def main() -> None:
    """Read one file, say what it does to one shipment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="an X12 214 transaction set")
    parser.add_argument("--status", type=ShipmentStatus, default=ShipmentStatus.CONFIRMED)
    arguments = parser.parse_args()
    try:
        found = segments(arguments.file.read_text(encoding="ascii"))
        shipment, status = shipment_of(found), arguments.status
        seen = status
        for report in reports(found):
            status = advance(status, report)
            seen = status if status in CUSTOMER_VISIBLE else seen
    except (EdiError, OSError, UnicodeError) as error:
        sys.exit(f"{arguments.file}: {error}")
    print(f"\nThe customer sees for {shipment}: {LABELS[seen].get('en', seen)}")


if __name__ == "__main__":
    main()
