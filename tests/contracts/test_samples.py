"""The samples: valid ones travel through Avro unharmed, wrong ones are refused for their reason."""

from __future__ import annotations

import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import fastavro
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.model import Workspace

CLASSES = ("public", "internal", "confidential", "restricted")
FOLDER = "samples"
CONFIRMED = "logistics.shipment.v1.ShipmentConfirmed"
WRONG = {
    "logistics.invoice.v1.Invoice/invalid-float-amount": "decimal is text",
    "logistics.order.v1.OrderReleased/invalid-quantity-scale": "more than 6 decimals",
    "logistics.posting.v1.GoodsIssuePosted/invalid-status-of-another-axis": "no symbol",
    f"{CONFIRMED}/invalid-float-quantity": "decimal is text",
    f"{CONFIRMED}/invalid-missing-lines": "lacks lines",
    f"{CONFIRMED}/invalid-time-without-offset": "offset",
    f"{CONFIRMED}/invalid-unknown-field": "has no field shipped_at",
}
"""What must be refused, and why."""
CLOSED = "/invalid-unknown-field"
"""Every event has one of these: a field called `shipped`, which nothing defines."""
PYTHON = {"string": str, "boolean": bool, "int": int, "long": int}


def read(folder: Path) -> dict[str, Any]:
    """``<subject>/<case>`` to message, the valid ones."""
    return {
        f"{path.parent.name}/{path.stem}": json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / FOLDER).rglob("*.json"))
        if not path.stem.startswith("invalid-")
    }


def events(folder: Path) -> dict[str, Any]:
    return {name: message for name, message in read(folder).items() if "meta" in message}


def datum(schema: Any, value: Any, named: dict[str, Any]) -> Any:
    """`value` of a sample as fastavro wants it.

    Raises:
        ValueError: it is no message of `schema`.
    """
    if isinstance(schema, list):
        return None if value is None else datum(schema[1], value, named)
    node = named.get(schema, schema) if isinstance(schema, str) else schema
    if isinstance(node, str):
        return plain(node, value)
    if node["type"] == "record":
        return dict(record(node, value, named))
    if node["type"] == "array":
        return [datum(node["items"], each, named) for each in value]
    if node["type"] == "map":
        return {key: datum(node["values"], each, named) for key, each in value.items()}
    return symbol(node, value) if node["type"] == "enum" else logical(node, value)


def plain(kind: str, value: Any) -> Any:
    if type(value) is not PYTHON[kind]:
        raise ValueError(f"{value!r} is no {kind}")
    return value


def record(node: Any, value: Any, named: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    known = {each["name"]: each for each in node["fields"]}
    for name in value:
        if name not in known:
            raise ValueError(f"{node['name']} has no field {name}")
    for name, field in known.items():
        if name not in value and "default" not in field:
            raise ValueError(f"{node['name']} lacks {name}")
        yield name, datum(field["type"], value.get(name, field.get("default")), named)


def symbol(node: Any, value: Any) -> Any:
    """Readers alone see UNKNOWN; no producer writes it."""
    if value not in node["symbols"] or value == node["default"]:
        raise ValueError(f"{value!r} is no symbol of {node['name']} that may be written")
    return value


def logical(node: Any, value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"a {node['logicalType']} is text in JSON, not {value!r}")  # noqa: TRY004
    if node["logicalType"] == "date":
        return date.fromisoformat(value)
    if node["logicalType"] == "timestamp-micros":
        moment = datetime.fromisoformat(value)
        if moment.utcoffset() is None:
            raise ValueError(f"{value} has no offset")
        return moment
    if node["logicalType"] == "local-timestamp-micros":
        clock = datetime.fromisoformat(value)
        if clock.utcoffset() is not None:
            raise ValueError(f"{value} has an offset, the wall of a place has none")
        return clock
    number = Decimal(value)
    if -int(number.as_tuple().exponent) > node["scale"]:
        raise ValueError(f"{value} has more than {node['scale']} decimals")
    return number


def leaves(value: Any, key: str) -> Iterator[Any]:
    """Every value under `key`, however deep."""
    if isinstance(value, list):
        for each in value:
            yield from leaves(each, key)
    if isinstance(value, dict):
        for name, each in value.items():
            if name == key and each is not None:
                yield each
            yield from leaves(each, key)


def records(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from records(each)
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from records(each)


def classification(schema: Any, named: dict[str, Any]) -> int:
    """The highest classification of any field below `schema`, as an index of `CLASSES`."""
    if isinstance(schema, list):
        return max(classification(each, named) for each in schema)
    node = named.get(schema, schema) if isinstance(schema, str) else schema
    if isinstance(node, str):
        return 0
    if node["type"] in ("array", "map"):
        return classification(node.get("items", node.get("values")), named)
    own = [CLASSES.index(each["x-classification"]) for each in node.get("fields", ())]
    below = [classification(each["type"], named) for each in node.get("fields", ())]
    return max([0, *own, *below])


def check_digit(body: str) -> str:
    """GS1: weights 3 and 1 from the right."""
    total = sum(int(each) * (3, 1)[at % 2] for at, each in enumerate(reversed(body)))
    return str(-total % 10)


def test_valid_samples_travel_through_avro_unharmed(folder: Path, schemas: dict[str, Any]) -> None:
    named = inline(schemas)
    for name, message in read(folder).items():
        schema = schemas[name.partition("/")[0]]
        value = datum(schema, message, named)
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, schema, value, strict=True)
        buffer.seek(0)
        assert fastavro.schemaless_reader(buffer, schema, None) == value, name


def inline(schemas: dict[str, Any]) -> dict[str, Any]:
    """All named types, those inside a file too, by full name."""
    found = dict(schemas)
    for schema in schemas.values():
        for node in records([schema.get("fields", ())]):
            if node.get("type") in ("enum", "record"):
                found[node["name"]] = node
    return found


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_sample_is_refused_for_its_reason(
    name: str, folder: Path, schemas: dict[str, Any]
) -> None:
    message = json.loads((folder / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    with pytest.raises(ValueError, match=WRONG[name]):
        datum(schemas[name.partition("/")[0]], message, inline(schemas))


def test_every_wrong_sample_has_a_reason_here(folder: Path) -> None:
    found = (folder / FOLDER).rglob("invalid-*.json")
    names = {f"{path.parent.name}/{path.stem}" for path in found}
    assert {each for each in names if not each.endswith(CLOSED)} <= set(WRONG)
    assert set(WRONG) <= names


def test_every_event_refuses_a_field_called_shipped(folder: Path, schemas: dict[str, Any]) -> None:
    """The word that means five things is in no event, and nobody can slip it in."""
    closed = sorted((folder / FOLDER).rglob("invalid-unknown-field.json"))
    assert len(closed) >= 80
    for path in closed:
        message = json.loads(path.read_text(encoding="utf-8"))
        with pytest.raises(ValueError, match="has no field shipped"):
            datum(schemas[path.parent.name], message, inline(schemas))


def test_every_event_has_a_valid_sample(library: Workspace, folder: Path) -> None:
    shown = {name.partition("/")[0] for name in read(folder)}
    subjects = {
        each.subject for each in library.contracts if each.document.name.startswith("events/")
    }
    assert len(subjects) == 109
    assert subjects <= shown
    assert {"logistics.order.v1.Order", "logistics.shipment.v1.Shipment"} <= shown


def test_envelopes_tell_the_truth(library: Workspace, folder: Path) -> None:
    """Type, producer and key are those of the contract; a fact is not recorded before it occurs."""
    for name, message in events(folder).items():
        contract = library.contract(name.partition("/")[0])
        assert contract is not None
        meta = message["meta"]
        aggregate, _, what = meta["event_type"].removeprefix("logistics.").partition(".")
        record_name = "".join(part.title() for part in f"{aggregate}_{what[:-3]}".split("_"))
        assert record_name == contract.subject.rpartition(".")[2], name
        rows = [each for each in library.ownership if each.id == contract.terms.object]
        split = tuple(system for row in rows for system in row.owners.values())
        allowed = contract.terms.proposers or (contract.terms.producer, *split)
        assert meta["source_system"] in allowed, name
        assert meta["idempotency_key"].startswith(f"{meta['source_system']}:"), name
        for key in leaves(message, contract.terms.key):
            assert meta["partition_key"] == key, name
        occurred, recorded = (datetime.fromisoformat(meta[f"{each}_at"]) for each in TIMES)
        assert occurred <= recorded, name
        estimated = contract.subject.endswith("EtaUpdated")
        assert (meta["time_classifier"] == "ESTIMATED") is estimated, name


TIMES = ("occurred", "recorded")


def test_envelopes_are_as_confidential_as_their_worst_field(
    folder: Path, schemas: dict[str, Any]
) -> None:
    for name, message in events(folder).items():
        worst = classification(schemas[name.partition("/")[0]], schemas)
        assert message["meta"]["data_classification"] == CLASSES[worst].upper(), name


def test_the_time_of_a_fact_is_when_it_occurred(folder: Path) -> None:
    carried = ("loaded_at", "confirmed_at", "handed_over_at", "departed_at", "delivered_at")
    found = 0
    for name, message in events(folder).items():
        event = name.partition("/")[0].rpartition(".")[2]
        for fact in carried:
            if fact.removesuffix("_at").replace("_", "") in event.lower() and fact in message:
                assert message[fact] == message["meta"]["occurred_at"], name
                found += 1
    assert found >= 5


def test_events_are_told_once_and_in_order(folder: Path) -> None:
    """No id, key or sequence number twice; what has a later number occurred later."""
    metas = [each["meta"] for each in events(folder).values()]
    for key in ("event_id", "idempotency_key"):
        assert len({each[key] for each in metas}) == len(metas), key
    by_thing: dict[tuple[str, str], list[Any]] = {}
    for meta in metas:
        by_thing.setdefault((meta["aggregate_type"], meta["aggregate_id"]), []).append(meta)
    for thing, told in by_thing.items():
        told.sort(key=lambda each: each["aggregate_sequence"])
        for earlier, later in pairwise(told):
            assert earlier["aggregate_sequence"] < later["aggregate_sequence"], thing
            if "ESTIMATED" not in (earlier["time_classifier"], later["time_classifier"]):
                assert earlier["occurred_at"] <= later["occurred_at"], thing


def test_no_shipment_is_both_voided_and_handed_over(folder: Path) -> None:
    found = events(folder).items()
    voided = {each["shipment_id"] for name, each in found if "ShipmentVoided" in name}
    left = {each["shipment_id"] for name, each in found if "HandedOver" in name}
    assert voided
    assert left
    assert not voided & left


def test_the_shipment_shows_the_five_facts_its_events_stated(folder: Path) -> None:
    """One shipment: five facts, each from the event and the system that owns it."""
    shipment = read(folder)["logistics.shipment.v1.Shipment/five-facts"]
    stated = {each["meta"]["event_id"]: each["meta"] for each in events(folder).values()}
    assert len(shipment["facts"]) == 5
    for fact in shipment["facts"].values():
        meta = stated[fact["event_id"]]
        assert meta["occurred_at"] == fact["occurred_at"]
        assert meta["source_system"] == fact["source_system"]


def test_goods_issue_posts_what_was_confirmed(folder: Path) -> None:
    messages = read(folder)
    confirmed = messages[f"{CONFIRMED}/eu-lots"]
    posted = messages["logistics.posting.v1.GoodsIssuePosted/whole-shipment"]
    assert posted["confirmed_event_id"] == confirmed["meta"]["event_id"]
    shipped = {each["shipment_line_id"]: each["shipped_quantity"] for each in confirmed["lines"]}
    assert shipped == {
        each["shipment_line_id"]: each["posted_quantity"] for each in posted["lines"]
    }


def test_lots_add_up_and_serials_are_counted(folder: Path) -> None:
    for name, message in read(folder).items():
        for line in leaves(message, "lines"):
            for each in (each for each in line if isinstance(each, dict)):
                if each.get("lots"):
                    total = sum(Decimal(lot["quantity"]["value"]) for lot in each["lots"])
                    assert total == Decimal(each["shipped_quantity"]["value"]), name
                if each.get("serial_numbers"):
                    serials = each["serial_numbers"]
                    assert len(set(serials)) == Decimal(each["shipped_quantity"]["value"]), name


def test_handling_units_stand_on_units_there_are(folder: Path) -> None:
    for name, message in read(folder).items():
        units = {each["handling_unit_id"]: each for each in message.get("handling_units", ())}
        for each in units.values():
            parents = {each["handling_unit_id"]}
            while each := units.get(each.get("parent_id") or "", {}):
                assert each["handling_unit_id"] not in parents, name
                parents.add(each["handling_unit_id"])
            assert len(parents) <= 4, name


def test_check_digits_are_right(folder: Path) -> None:
    seen = set()
    for name, message in read(folder).items():
        for key, length in (("gtin", 14), ("sscc", 18), ("gln", 13)):
            for each in leaves(message, key):
                assert re.fullmatch(rf"[0-9]{{{length}}}", each), name
                assert check_digit(each[:-1]) == each[-1], f"{name}: {key} {each}"
                seen.add(key)
    assert seen == {"gtin", "sscc", "gln"}


def test_milestones_and_statuses_in_samples_agree(library: Workspace, folder: Path) -> None:
    """The status after a milestone is the one the taxonomy says it advances to."""
    contract = library.contract("taxonomies.shipment.milestone.v1")
    assert contract is not None
    body: Any = contract.body
    advances = {each.code: each.advances_to for each in body.states}
    reached = [each for each in events(folder).values() if "milestone" in each]
    assert reached
    for message in reached:
        assert message["status"] == advances[message["milestone"]]


def test_raw_codes_are_mapped_as_the_sample_says(library: Workspace, folder: Path) -> None:
    contract = library.contract("mappings.x12.214-at7-01.v1")
    assert contract is not None
    body: Any = contract.body
    cells = {each.code: each.to for each in body.cells}
    message = read(folder)["logistics.shipment.v1.ShipmentMilestoneReached/x12-214-arrival"]
    raw = message["meta"]["raw"]
    assert (raw["list"], raw["version"]) == (body.code_list, body.list_version)
    assert cells[raw["code"]] == message["milestone"]


def test_samples_hold_invented_data_only(folder: Path) -> None:
    """Numbers with the demonstration prefix of GS1, hosts at example.com, no real carrier code."""
    for name, message in read(folder).items():
        text = json.dumps(message)
        assert not re.findall(r"https?://(?!\w+\.example\.com/)", text), name
        assert all(each == "XXXX" for each in leaves(message, "scac")), name
        for key in ("gtin", "sscc", "gln"):
            assert all("952110" in each[:8] for each in leaves(message, key)), name
