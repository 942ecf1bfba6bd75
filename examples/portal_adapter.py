"""The portal's side: a carrier's X12 214s in, what the customer sees out.

A 214 is read by hand here, and only as far as this portal needs it: one transaction set (ST to SE)
without its ISA and GS envelopes, `*` between elements, `~` after segments. A gateway would use an
EDI translator. What a code *means* comes from the contracts alone: the generated mapping and the
two generated taxonomies. A code they do not know is shown and kept, and changes nothing. What a
late or repeated report does is decided by the history, by the rules that hold for every status.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from acme_logistics.mappings.x12_214_at7_01 import to_shipment_milestone
from acme_logistics.taxonomies import shipment_status
from acme_logistics.taxonomies.shipment_milestone import advances_to
from acme_logistics.taxonomies.shipment_status import CUSTOMER_VISIBLE, LABELS, ShipmentStatus

from lading.runtime import Effect, Fact, History

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONES = {"CT": "America/Chicago", "ET": "America/New_York", "PT": "America/Los_Angeles"}
"""AT7-07 to zone; a report without it, or with LT, tells the local time of its place."""
PLACES = {"IA": "America/Chicago", "IL": "America/Chicago", "NE": "America/Chicago"}
"""State of the MS1 to zone: the places that this carrier serves."""


class EdiError(Exception):
    """The text is no 214 that this portal can read."""


@dataclass(frozen=True, slots=True)
class Report:
    """One AT7 with the MS1 after it, as the carrier sent them."""

    code: str
    occurred_at: datetime
    city: str


def segments(text: str) -> list[list[str]]:
    """The elements of each segment; checks what SE promises: the count and the control number."""
    found = [part.strip().split("*") for part in text.split("~") if part.strip()]
    if not found or found[0][:2] != ["ST", "214"] or found[-1][0] != "SE":
        raise EdiError("expected one transaction set from ST*214 to SE")
    if found[-1][1:] != [str(len(found)), found[0][2]]:
        raise EdiError(f"SE says {found[-1][1:]}, the set has {[str(len(found)), found[0][2]]}")
    return found


def named(found: list[list[str]]) -> tuple[str, str]:
    """B10-02 and B10-03: the shipper's number of the shipment, and the carrier."""
    for segment in found:
        if segment[0] == "B10" and len(segment) > 3:  # noqa: PLR2004 - the position in the standard
            return segment[2], segment[3]
    raise EdiError("no B10-02: the carrier does not say which shipment it is")


def reports(found: list[list[str]]) -> Iterator[Report]:
    """The shipment statuses in the order they were sent; appointments (AT7-03) are not read."""
    for segment, follower in zip(found, [*found[1:], [""]], strict=True):
        if segment[0] != "AT7":
            continue
        at7 = [*segment, *[""] * 8][:8]
        if at7[1] and at7[3]:
            raise EdiError("AT7-01 and AT7-03 are both filled; the standard allows one of them")
        place = [*follower, "", ""] if follower[0] == "MS1" else [""] * 3
        if at7[1]:
            yield Report(at7[1], moment(at7[5], at7[6], at7[7], place[2]), place[1])


def moment(day: str, clock: str, zone: str, state: str) -> datetime:
    """AT7-05 to AT7-07 in UTC; raises `EdiError` where the zone or the time cannot be known."""
    name = PLACES.get(state) if zone in {"", "LT"} else ZONES.get(zone)
    if name is None:
        raise EdiError(f"{day} {clock}: which zone is {zone or 'LT'} in {state or '?'}")
    try:
        local = datetime.strptime(f"{day} {clock} +0000", "%Y%m%d %H%M %z")
    except ValueError as error:
        raise EdiError(f"{day} {clock} is no time") from error
    return local.replace(tzinfo=ZoneInfo(name)).astimezone(UTC)


def told(
    history: History[ShipmentStatus], carrier: str, report: Report, recorded_at: datetime
) -> History[ShipmentStatus]:
    """The history with one report in it; prints what was decided and why."""
    meaning = to_shipment_milestone(report.code)
    facts = [each for each in (meaning.canonical, *meaning.also) if each]
    outcome = history.apply(
        Fact(
            # A 214 has no event ids; this is the same for the same report, so that one that comes
            # twice counts once.
            event_id=f"{carrier}:{report.code}:{report.occurred_at:%Y%m%dT%H%MZ}:{report.city}",
            claims=tuple(status for each in facts if (status := advances_to(each))),
            occurred_at=report.occurred_at,
            recorded_at=recorded_at,
            classifier=meaning.classifier or "ACTUAL",
        )
    )
    status = outcome.history.status
    moved = outcome.effect is Effect.MOVED
    step = f"{history.status} -> {status}" if moved else f"stays {status} ({outcome.effect})"
    known = "" if meaning.listed else ", not in the mapping: kept for a person"
    said = " + ".join(facts) or "nothing"
    when = f"{report.occurred_at:%d %b %H:%M} UTC"
    print(f"{when}  {report.city:<10}  {report.code} = {said}: {step}{known}")
    return outcome.history


def read(path: Path) -> tuple[str, str, list[Report]]:
    """Shipment, carrier and reports of a file; ends the program when it cannot be read."""
    try:
        found = segments(path.read_text(encoding="ascii"))
        return *named(found), list(reports(found))
    except (EdiError, OSError, UnicodeError) as error:
        sys.exit(f"{path}: {error}")


def main() -> None:
    """Read the files in the order in which they came, say what they do to one shipment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="X12 214 transaction sets")
    parser.add_argument("--status", type=ShipmentStatus, default=ShipmentStatus.CONFIRMED)
    arguments = parser.parse_args()
    history = History(shipment_status, start=arguments.status)
    seen, known = arguments.status, ""
    for path in arguments.files:
        shipment, carrier, sent = read(path)
        if shipment != (known or shipment):
            sys.exit(f"{path}: it is about {shipment}; those before it are about {known}")
        known, recorded_at = shipment, datetime.now(tz=UTC)
        for report in sent:
            history = told(history, carrier, report, recorded_at)
            seen = history.status if history.status in CUSTOMER_VISIBLE else seen
    print(f"\nThe customer sees for {known}: {LABELS[seen].get('en', seen)}")


if __name__ == "__main__":
    main()
