"""The ERP's side: a ShipmentConfirmed is posted as goods issue, once; a GoodsIssuePosted comes out.

"Confirmed" starts the posting because the content is final, and for no other reason: custody and
movement are other facts. The ledger here is a JSON file; what may follow what in it is decided by
the generated status machine, and what was seen before by the idempotency key of the event.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from acme_logistics.models.common_v1 import DataClassification, EventMeta, Producer
from acme_logistics.models.posting_v1 import GoodsIssuePosted, GoodsIssueStatus, PostedLine
from acme_logistics.models.shipment_v1 import ShipmentConfirmed
from acme_logistics.taxonomies.posting_goods_issue import PostingGoodsIssue, advance
from pydantic import ValidationError

from lading.runtime import IllegalTransition

SCHEMA = "http://127.0.0.1:8081/subjects/logistics.posting.v1.GoodsIssuePosted/versions/latest"
"""Where readers find the schema of the message, at the registry."""


def post(
    event: ShipmentConfirmed, ledger: dict[str, Any], now: datetime
) -> GoodsIssuePosted | None:
    """Write the posting into `ledger`; `None` when this fact was posted before.

    Raises `IllegalTransition` when the shipment cannot be posted from the state it is in.
    """
    if event.meta.idempotency_key in ledger["seen"]:
        return None
    before = PostingGoodsIssue(ledger["status"].get(event.shipment_id, "NOT_POSTED"))
    after = advance(before, PostingGoodsIssue.POSTED)
    document = f"49{len(ledger['documents']) + 1:08d}"
    ledger["status"][event.shipment_id] = after
    ledger["seen"].append(event.meta.idempotency_key)
    ledger["documents"][document] = {
        line.item_id: f"-{line.shipped_quantity.value} {line.shipped_quantity.uom}"
        for line in event.lines
    }
    offset = timedelta(minutes=event.meta.occurred_offset_minutes or 0)
    closed = (event.confirmed_at + offset).date()
    return GoodsIssuePosted(
        meta=envelope(event, document, now),
        shipment_id=event.shipment_id,
        posting_document_id=document,
        # Never before the goods were ready, whose day may have begun earlier than the ledger's.
        posting_date=max(closed, now.date()),
        document_date=closed,
        posted_at=now,
        status=GoodsIssueStatus(after),
        confirmed_event_id=event.meta.event_id,
        lines=[
            PostedLine(
                shipment_line_id=line.shipment_line_id,
                item_id=line.item_id,
                posted_quantity=line.shipped_quantity,
            )
            for line in event.lines
        ],
    )


def envelope(event: ShipmentConfirmed, document: str, now: datetime) -> EventMeta:
    """The posting is caused by the confirmation and belongs to the same business flow."""
    return event.meta.model_copy(
        update={
            "event_id": str(uuid5(NAMESPACE_URL, f"erp/{document}")),
            "event_type": "logistics.goods_issue.posted.v1",
            "source_system": "erp",
            "aggregate_sequence": 1,
            "occurred_at": now,
            "occurred_offset_minutes": None,
            "recorded_at": now,
            "causation_id": event.meta.event_id,
            "idempotency_key": f"erp:goods_issue:{document}",
            "schema_ref": SCHEMA,
            "data_classification": DataClassification.INTERNAL,
            "producer": Producer(name="erp-adapter", version="1.0.0"),
        }
    )


def main() -> None:
    """Read one event, post it into the ledger file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a ShipmentConfirmed, JSON")
    parser.add_argument("--ledger", type=Path, required=True, help="the books; made when missing")
    arguments = parser.parse_args()
    ledger = {"documents": {}, "seen": [], "status": {}}
    try:
        event = ShipmentConfirmed.model_validate_json(arguments.file.read_bytes())
        if arguments.ledger.exists():
            ledger = json.loads(arguments.ledger.read_text(encoding="utf-8"))
        posted = post(event, ledger, datetime.now(UTC))
    except (IllegalTransition, ValidationError, OSError, ValueError) as error:
        sys.exit(f"{arguments.file}: {type(error).__name__}: {error}")
    if posted is None:
        print(f"{event.shipment_id}: {event.meta.idempotency_key} was posted before, nothing to do")
        return
    arguments.ledger.write_text(json.dumps(ledger, indent=2), encoding="utf-8")
    print(f"{posted.shipment_id}: {posted.status}, document {posted.posting_document_id}")
    for line in posted.lines:
        print(f"  {line.item_id:<15} {line.posted_quantity.value:>12} {line.posted_quantity.uom}")


if __name__ == "__main__":
    main()
