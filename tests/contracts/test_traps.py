"""Traps of the trade, sprung through public doors: the generated SDK, the mappings, the rules.

Those that need documents of partners are in test_edi.py and test_gs1.py.
"""

from __future__ import annotations

import doctest
import json
import sys
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from biip.gs1_messages import GS1Message

from lading.codegen import generate_python, write
from lading.lint import judge
from lading.model import Sample, Subject, read_document
from lading.model.contract import Kind
from lading.model.taxonomy import Taxonomy
from lading.runtime import Effect, Fact, History, grown, gs1_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.model import Workspace

MORNING = datetime(2026, 3, 5, 6, tzinfo=UTC)
FIVE_CODES = {
    "1": ("TRANSPORT_ARRIVED", "SERVICE_LIMIT"),
    "21": ("DELIVERED", "CONSIGNEE_RELATED"),
    "51": (None, None),
    "59": (None, "LOST_GOODS"),
    "63": ("PICKUP_FAILED", "WEATHER"),
}
"""Code in an IFTSTA: what it is as a status (Rec 24), what as a reason (9013); `None`: not mapped.

As 9011 of D.96A, 51 is a damaged truck, as 4405 of D.24A it is a use of time.
"""


class Sdk:
    """The generated package, as an adapter imports it."""

    package = "traps_sdk"

    def model(self, subject: str) -> Any:
        namespace, _, name = subject.rpartition(".")
        return getattr(
            import_module(f"traps_sdk.models.{'_'.join(namespace.split('.')[1:])}"), name
        )

    def taxonomy(self, name: str) -> Any:
        return import_module(f"traps_sdk.taxonomies.{name}")

    def ask(self, module: str, name: str) -> Any:
        return getattr(import_module(f"traps_sdk.mappings.{module}"), name)


@pytest.fixture(scope="module")
def sdk(library: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    folder = tmp_path_factory.mktemp("traps")
    chosen = [each for each in library.contracts if each.kind is not Kind.OPENAPI]
    write(generate_python(chosen, name="traps-sdk", version="1.0.0"), folder)
    sys.path.insert(0, str(folder))
    yield Sdk()
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == "traps_sdk"]:
        del sys.modules[name]


@pytest.fixture
def sample(folder: Path) -> Any:
    def read(subject: str, name: str) -> dict[str, Any]:
        path = folder / "samples" / subject / f"{name}.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))

    return read


def told(sdk: Sdk, start: str, *milestones: tuple[str, float, float]) -> Any:
    """A shipment after (milestone, hour, hour on record), each delivered as it is listed."""
    status, milestone = sdk.taxonomy("shipment_status"), sdk.taxonomy("shipment_milestone")
    history: Any = History(status, start=status.ShipmentStatus(start))
    for number, (name, hour, recorded) in enumerate(milestones):
        claim = milestone.advances_to(milestone.ShipmentMilestone(name))
        times = (MORNING + timedelta(hours=each) for each in (hour, recorded))
        history = history.apply(Fact(f"{number}", (claim,) if claim else (), *times)).history
    return history


def errors(model: Any, message: dict[str, Any]) -> str:
    with pytest.raises(ValueError, match="validation error") as caught:
        model.model_validate_json(json.dumps(message))
    return str(caught.value)


def found(library: Workspace, subject: str, message: dict[str, Any]) -> list[tuple[str, str]]:
    """(rule, text) of what a message breaks."""
    document = read_document("message.json", json.dumps(message).encode())
    report = judge(
        library, Sample(Subject(subject), "message", document), pack="strict", today="2026-11-23"
    )
    return [(each.rule, f"{each.hit.message} {each.hit.hint}") for each in report.findings]


# --- late, repeated, withdrawn


def test_a_late_webhook_does_not_undo_a_delivery(sdk: Sdk) -> None:
    """A shop took "shipment sent", which came after "delivered", for news."""
    for late in ("MANIFESTED", "HANDED_OVER", "IN_TRANSIT", "OUT_FOR_DELIVERY", "REFUSED", "LOST"):
        history = told(sdk, "CONFIRMED", ("IN_TRANSIT", 1, 1), ("DELIVERED", 5, 5), (late, 4, 6))
        assert history.status == "DELIVERED", late
        assert len(history.facts) == 3, "it is kept all the same"


def test_a_late_report_takes_no_parcel_back_by_a_step_that_there_is(sdk: Sdk) -> None:
    steps = sdk.taxonomy("shipment_status").can_transition
    status = sdk.taxonomy("shipment_status").ShipmentStatus
    for late in ("IN_TRANSIT", "AT_DESTINATION"):
        assert steps(status.OUT_FOR_DELIVERY, status(late)), "else this tests nothing"
        name = {"AT_DESTINATION": "ARRIVED_AT_DESTINATION"}.get(late, late)
        known = ("IN_TRANSIT", 1, 1), ("OUT_FOR_DELIVERY", 3, 3)
        assert told(sdk, "CONFIRMED", *known, (name, 2, 4)).status == "OUT_FOR_DELIVERY"
        assert told(sdk, "CONFIRMED", *known, (name, 4, 4)).status == late, "news is news"


def test_a_parcel_delivered_to_the_wrong_door_is_on_its_way_again(sdk: Sdk, sample: Any) -> None:
    """Delivered means delivered until it is taken back; then the facts that are left speak."""
    subject = "logistics.shipment.v1.DeliveryCompleted"
    status, history = sdk.taxonomy("shipment_status"), told(sdk, "CONFIRMED", ("IN_TRANSIT", 1, 1))
    effects = []
    for name in ("wrong-parcel-scanned", "retracts-the-wrong-parcel"):
        event = sdk.model(subject).model_validate_json(json.dumps(sample(subject, name)))
        outcome = history.apply(Fact.of(event.meta, status.ShipmentStatus.DELIVERED))
        effects.append((outcome.effect, str(outcome.history.status)))
        history = outcome.history
    assert effects == [(Effect.MOVED, "DELIVERED"), (Effect.CORRECTED, "IN_TRANSIT")]


def test_unknown_codes_displace_nothing_and_x3_and_x4_are_no_pick_up(sdk: Sdk) -> None:
    """A system took X3 and X4 for a pick-up, and showed an unknown code as the latest event."""
    meaning = sdk.ask("x12_214_at7_01", "to_shipment_milestone")
    advances_to = sdk.taxonomy("shipment_milestone").advances_to
    assert meaning("X3").canonical.value == "ARRIVED_AT_PICKUP"
    assert meaning("X4").canonical.value == "ARRIVED_AT_HUB"
    assert advances_to(meaning("X3").canonical) is None
    assert advances_to(meaning("X4").canonical) == "IN_TRANSIT"
    known = ("IN_TRANSIT", 1, 1), ("OUT_FOR_DELIVERY", 3, 3)
    unknown = meaning("ZQ").canonical.value
    assert told(sdk, "CONFIRMED", *known, (unknown, 4, 4)).status == "OUT_FOR_DELIVERY"


def test_an_estimate_moves_nothing_and_no_event_calls_one_a_fact(sdk: Sdk, sample: Any) -> None:
    """214 AG and X2 tell when something will be."""
    meaning = sdk.ask("x12_214_at7_01", "to_shipment_milestone")
    status = sdk.taxonomy("shipment_status")
    claim = (status.ShipmentStatus.DELIVERED,)
    for code in ("AG", "X2"):
        # Even where somebody reads a delivery out of it, its kind of time stops it.
        fact = Fact("ag", claim, MORNING, MORNING, meaning(code).classifier)
        history: Any = History(status, start=status.ShipmentStatus.IN_TRANSIT)
        assert history.apply(fact).effect is Effect.NO_CLAIM, code
    subject = "logistics.shipment.v1.ShipmentEtaUpdated"
    message = sample(subject, "full")
    sdk.model(subject).model_validate_json(json.dumps(message))
    assert "does not hold" in errors(sdk.model(subject), message | {"classifier": "ACTUAL"})


def test_the_page_of_the_rules_shows_what_the_package_does(sdk: Sdk, folder: Path) -> None:
    page = (folder.parent / "docs" / "statuses.md").read_text(encoding="utf-8")
    text = page.replace("acme_logistics", sdk.package)
    examples = doctest.DocTestParser().get_doctest(text, {}, "statuses.md", "statuses.md", 0)
    runner, said = doctest.DocTestRunner(), list[str]()
    runner.run(examples, out=said.append)
    assert len(examples.examples) > 15
    assert (runner.failures, said) == (0, [])
    assert [name for name in Effect.__members__ if f"| `{name}` |" not in page] == []


def test_the_package_reads_what_an_event_says_as_the_page_of_the_sdk_shows(
    sdk: Sdk, sample: Any
) -> None:
    subject = "logistics.shipment.v1.ShipmentMilestoneReached"
    event = sdk.model(subject).model_validate_json(json.dumps(sample(subject, "full")))
    milestone, status = sdk.taxonomy("shipment_milestone"), sdk.taxonomy("shipment_status")
    claim = milestone.advances_to(milestone.ShipmentMilestone(event.milestone))
    history: Any = History(status, start=status.ShipmentStatus.HANDED_OVER)
    outcome = history.apply(Fact.of(event.meta, claim))
    assert outcome.effect is Effect.MOVED
    assert outcome.history.set_by.event_id == event.meta.event_id
    assert outcome.history.status is claim


# --- one number, two things


def test_the_number_of_the_second_parcel_stands_beside_the_first(sdk: Sdk, sample: Any) -> None:
    """A shop kept one number; the second label erased the first. A number has its issuer, too."""
    subject = "logistics.shipment.v1.ShipmentManifested"
    message = sample(subject, "minimal")
    refs = [
        {"type": "TRACKING_NUMBER", "value": value, "issuer": issuer}
        for value, issuer in (("DEMO000700101", "DEMO"), ("DEMO000700101", "ACME"))
    ]
    first, second, again = (
        sdk.model(subject).model_validate_json(json.dumps(message | {"tracking_numbers": each}))
        for each in ([refs[0]], [refs[1]], refs)
    )
    known = grown(first.tracking_numbers, second.tracking_numbers)
    assert [(each.value, each.issuer) for each in known] == [
        ("DEMO000700101", "DEMO"),
        ("DEMO000700101", "ACME"),
    ]
    assert grown(known, again.tracking_numbers, first.tracking_numbers) == known
    shipment = sample("logistics.shipment.v1.Shipment", "five-facts")
    text = json.dumps(shipment | {"tracking_numbers": refs})
    held = sdk.model("logistics.shipment.v1.Shipment").model_validate_json(text)
    assert tuple(held.tracking_numbers) == known


def test_a_number_that_is_used_again_for_the_way_back_is_another_shipment(
    library: Workspace, sdk: Sdk, sample: Any
) -> None:
    """Delivered, then picked up again under the same number: two shipments, told apart by id."""
    history = told(sdk, "IN_TRANSIT", ("DELIVERED", 5, 5), ("IN_TRANSIT", 30, 30))
    assert history.status == "DELIVERED"
    assert [each.event_id for each in history.waiting] == ["1"], "somebody is asked about it"

    subject = "logistics.shipment.v1.Shipment"
    out = sample(subject, "five-facts")
    back = out | {"shipment_id": "SHP-7001-R", "direction": "RETURN", "status": "IN_TRANSIT"}
    parsed = [sdk.model(subject).model_validate_json(json.dumps(each)) for each in (out, back)]
    assert parsed[0].tracking_numbers == parsed[1].tracking_numbers
    assert [each.direction.value for each in parsed] == ["OUTBOUND", "RETURN"]
    assert "direction" in errors(
        sdk.model(subject), {k: v for k, v in back.items() if k != "direction"}
    )

    keys = {each.subject: each.terms.key for each in library.contracts if each.terms.key}
    assert not [subject for subject, key in keys.items() if "tracking" in key]


@pytest.mark.parametrize("code", FIVE_CODES)
def test_one_number_means_another_thing_in_another_list(sdk: Sdk, code: str) -> None:
    """The key of a code is its list, the version of the list, and the code."""
    milestone = sdk.ask("uncefact_rec24", "to_shipment_milestone")(code)
    reason = sdk.ask("edifact_iftsta_9013", "to_shipment_exception_reason")(code)
    meant = tuple(each.canonical.value if each.listed else None for each in (milestone, reason))
    assert meant == FIVE_CODES[code]
    for each in (milestone, reason):
        assert each.listed or (each.code, each.canonical.value) == (code, "UNKNOWN")


def test_the_lists_of_an_iftsta_are_kept_apart_by_name_and_version(library: Workspace) -> None:
    """No mapping of Rec 24 or 9013 answers for another list that sits in the same element."""
    bodies: list[Any] = [each.body for each in library.contracts if each.kind is Kind.MAPPING]
    lists = {each.name: (each.code_list, each.list_version) for each in bodies}
    assert lists["uncefact.rec24"] != lists["edifact.iftsta-9013"]
    keys = [
        (each.code_list, each.list_version, each.taxonomy, cell.code)
        for each in bodies
        if each.system in {"edifact", "uncefact"}
        for cell in each.cells
    ]
    assert len(set(keys)) == len(keys)


# --- EPCIS: coarse and fine


def test_shipping_beside_its_finer_steps_counts_nothing_twice(sdk: Sdk) -> None:
    """CBV: `shipping` is staging, loading and departing in one, and is not sent beside them.

    A partner who sends both all the same confirms once, since the finer steps confirm nothing, and
    the shipment ends where the finer steps alone lead, in whatever order they are written down.
    """
    meaning = sdk.ask("gs1_cbv_bizstep_milestone", "to_shipment_milestone")
    fine, coarse = ("loading", "departing"), "shipping"
    claimed = {
        step: {meaning(step).canonical.value, *meaning(step).also} for step in (*fine, coarse)
    }
    assert [step for step in claimed if "SHIP_CONFIRMED" in claimed[step]] == [coarse]
    assert not meaning("staging_outbound").listed, "it says where goods of a warehouse order are"
    hours = dict(zip(fine, (1, 3), strict=True))
    for hour in (0, 1, 2, 3):
        steps = hours | {coarse: hour}
        for order in permutations(steps):
            events = [
                (meaning(step).canonical.value, steps[step], number)
                for number, step in enumerate(order)
            ]
            assert told(sdk, "BOOKED", *events).status == "IN_TRANSIT", (hour, order)


def test_receiving_alone_takes_goods_in(sdk: Sdk) -> None:
    """CBV: `receiving` is not sent beside `arriving` and `accepting`; they count no goods."""
    receipt = sdk.ask("gs1_cbv_bizstep_receipt_status", "to_receipt_status")
    milestone = sdk.ask("gs1_cbv_bizstep_milestone", "to_shipment_milestone")
    assert receipt("receiving").canonical.value == "RECEIVED"
    assert not milestone("receiving").listed
    for step in ("arriving", "accepting"):
        assert not receipt(step).listed, step
        assert milestone(step).listed, step


# --- quantities


def test_a_balance_is_what_is_there_and_a_change_is_how_much_more(sdk: Sdk, sample: Any) -> None:
    """OAGIS InventoryBalance replaces. Ours says up to which change it counts, per key."""
    snapshot, adjusted = (
        f"logistics.inventory.v1.{each}" for each in ("InventorySnapshot", "InventoryAdjusted")
    )
    balance = sample(snapshot, "nightly")
    read = sdk.model(snapshot).model_validate_json(json.dumps(balance))
    counted = {f"{read.warehouse_id}+{each.item_id}": each.sequence for each in read.positions}
    assert counted == read.through_sequence, "which changes are in it, for every key it tells of"
    first = balance["positions"][0]
    more = first | {"quantity_delta": first["quantity"]}
    assert "quantity_delta" in errors(sdk.model(snapshot), balance | {"positions": [more]})
    twice = balance | {"positions": [*balance["positions"], first], "position_count": 5}
    assert "InventorySnapshot.key does not hold" in errors(sdk.model(snapshot), twice)

    change = sample(adjusted, "full")
    changed = sdk.model(adjusted).model_validate_json(json.dumps(change))
    assert (
        changed.before_quantity.value + changed.quantity_delta.value == changed.after_quantity.value
    )
    wrong = change | {"after_quantity": change["quantity_delta"]}
    assert "InventoryAdjusted.delta does not hold" in errors(sdk.model(adjusted), wrong)


def test_a_pallet_is_no_pail_and_a_unit_no_package(library: Workspace, sample: Any) -> None:
    """PL is a pallet in X12 and a pail in Rec 21; CT is a carton there and no unit in Rec 20."""
    subject = "logistics.shipment.v1.ShipmentConfirmed"
    message = sample(subject, "eu-lots")
    assert found(library, subject, message) == []
    unit = message["handling_units"][0]
    unit["package_type"] = "PL"
    ((rule, text),) = found(library, subject, message)
    assert rule == "NUM-005"
    assert "PX" in text
    unit["package_type"] = "PX"
    message["lines"][0]["shipped_quantity"]["uom"] = "CT"
    assert {rule for rule, _ in found(library, subject, message)} >= {"NUM-006"}


def test_letters_are_read_in_the_list_they_stand_in(sdk: Sdk) -> None:
    """PL is a pallet, a part load or a pail, PU a pickup or a part unload, CA a case or a can."""
    unit = sdk.ask("x12_355_unit", "to_unit_code")
    deleted = sdk.ask("uncefact_rec20_packages", "to_unit_code")
    stop = sdk.ask("x12_163_stop", "to_stop_reason")
    freight = sdk.ask("x12_146_freight", "to_freight_terms")
    assert [unit(each).canonical for each in ("PL", "CA", "PC")] == ["PX", "CS", "H87"]
    assert [deleted(each).canonical for each in ("PL", "CA", "CS")] == [None, None, "CS"]
    assert [stop(each).canonical for each in ("PL", "PU")] == ["PART_LOAD", "PART_UNLOAD"]
    assert freight("PU").canonical is None


def test_a_supplier_is_no_ship_from_and_need_not_sell(sdk: Sdk) -> None:
    for module in ("x12_98_party", "edifact_3035_party"):
        party = sdk.ask(module, "to_party_role")
        assert party("SF").canonical == "SHIP_FROM"
        assert (party("SU").canonical, party("SU").quality) == ("SELLER", "broader")


def test_despatched_is_no_fact_by_its_code_alone(sdk: Sdk) -> None:
    """EDIFACT 2005: 11 is what was despatched and what is expected to be; 186 has departed."""
    date = sdk.ask("edifact_2005_date", "to_date_type")
    assert (date("11").canonical, date("11").classifier) == ("DESPATCHED", "")
    shipped = sdk.ask("x12_374_date", "to_date_type")("011")
    assert (shipped.canonical, shipped.classifier) == ("DESPATCHED", "")
    assert (date("186").canonical, date("186").classifier) == ("DEPARTED", "ACTUAL")
    assert (date("17").canonical, date("17").classifier) == ("ESTIMATED_ARRIVAL", "ESTIMATED")


def test_a_delivery_is_estimated_alike_in_either_standard(sdk: Sdk) -> None:
    """X12 017 and EDIFACT 17 are of the delivery, 132 is of the vehicle: our arrival is both."""
    of_x12 = sdk.ask("x12_374_date", "to_date_type")("017")
    of_edifact = sdk.ask("edifact_2005_date", "to_date_type")("17")
    assert (of_x12.canonical, of_x12.classifier) == ("ESTIMATED_ARRIVAL", "ESTIMATED")
    assert (of_x12.canonical, of_x12.quality) == (of_edifact.canonical, of_edifact.quality)


def test_the_life_that_remains_is_told_for_another_moment(sdk: Sdk, library: Workspace) -> None:
    """EDIFACT 2005: 364 counts from leaving the supplier, a line of an order at delivery."""
    assert sdk.ask("edifact_2005_date", "to_date_type")("364").canonical == "MIN_REMAINING_LIFE"
    state = next(
        each
        for contract in library.contracts
        if isinstance(contract.body, Taxonomy) and contract.body.name == "date.type"
        for each in contract.body.states
        if each.code == "MIN_REMAINING_LIFE"
    )
    assert "leave the supplier" in state.definition
    line = sdk.model("logistics.order.v1.OrderLine").model_fields["min_remaining_shelf_life_days"]
    assert "at delivery" in (line.description or "")


def test_the_shippers_order_is_the_sellers_by_policy_alone(sdk: Sdk) -> None:
    """X12 128 calls SO the order of the shipper, VN that of the vendor."""
    reference = sdk.ask("x12_128_reference", "to_reference_type")
    meant = {code: (reference(code).canonical, reference(code).quality) for code in ("SO", "VN")}
    assert meant == {"SO": ("SELLER_ORDER", "policy"), "VN": ("SELLER_ORDER", "exact")}
    assert sdk.ask("x12_128_reference", "from_reference_type")("SELLER_ORDER") == "VN"


def test_who_stores_goods_need_not_own_them(sdk: Sdk) -> None:
    party = sdk.ask("edifact_3035_party", "to_party_role")
    meant = {code: (party(code).canonical, party(code).quality) for code in ("GO", "WD", "WH")}
    assert meant == {
        "GO": ("OWNER", "exact"),
        "WD": ("OWNER", "policy"),
        "WH": ("WAREHOUSE", "exact"),
    }


def test_a_message_that_does_more_than_ours_says_is_no_broader_match(sdk: Sdk) -> None:
    """An 824 or APERAK also accepts, an 846 also asks: ours says more than theirs."""
    edifact = sdk.ask("edifact_message_type", "to_document_act")
    x12 = sdk.ask("x12_transaction_set", "to_document_act")
    assert {edifact(each).quality for each in ("APERAK", "INVRPT", "IFTMIN")} == {"narrower"}
    assert {x12(each).quality for each in ("824", "846", "865", "820")} == {"narrower"}
    assert {edifact(each).quality for each in ("CODECO", "COARRI", "HANMOV")} == {"broader"}


def test_one_message_is_three_acts_by_who_sends_it(sdk: Sdk) -> None:
    act = sdk.ask("edifact_message_type", "to_document_act")
    meant = {
        way: act("DESADV", said={"direction": way} if way else None).canonical
        for way in ("", "from_warehouse", "to_warehouse")
    }
    assert meant == {
        "": "SHIP_NOTICE",
        "from_warehouse": "WAREHOUSE_SHIP_ADVICE",
        "to_warehouse": "INBOUND_NOTICE",
    }
    assert act("INVOIC", said={"direction": "from_carrier"}).canonical == "FREIGHT_INVOICE"


def test_a_upc_is_padded_and_never_cut(sdk: Sdk, sample: Any) -> None:
    """UPC-12 from a GTIN-13 by cutting gives the number of another item, if of any."""
    subject = "logistics.shipment.v1.ShipmentConfirmed"
    message = sample(subject, "eu-lots")
    good = message["lines"][0]["gtin"]
    assert len(good) == 14
    for cut in (good[1:], good[2:]):
        message["lines"][0]["gtin"] = cut
        assert "14" in errors(sdk.model(subject), message), cut
    message["lines"][0]["gtin"] = f"{good[2:]:0<14}"
    assert "check digit" in errors(sdk.model(subject), message)


def test_a_use_by_date_without_a_day_is_the_end_of_its_month() -> None:
    """AI 17 with day 00: a parser of others agrees, for every month of every year."""
    assert str(gs1_date("270200")) == "2027-02-28"
    assert str(gs1_date("280200", today=date(2026, 11, 23))) == "2028-02-29"
    assert str(gs1_date("271231")) == "2027-12-31"
    for year in range(100):
        for month in range(1, 13):
            text = f"{year:02}{month:02}00"
            (other,) = GS1Message.parse(f"17{text}").element_strings
            assert gs1_date(text) == other.date, text
    for wrong in ("270230", "271300", "2702", "2702OO"):
        with pytest.raises(ValueError, match="is no date of a GS1 barcode"):
            gs1_date(wrong)


def test_the_century_of_a_date_is_the_one_that_is_near() -> None:
    """From 49 years back to 50 ahead, as seen from 2026 and from the end of a century."""
    told = {
        (2026, "76"): 2076,
        (2026, "77"): 1977,
        (2026, "00"): 2000,
        (2098, "48"): 2148,
        (2098, "49"): 2049,
    }
    for (now, year), meant in told.items():
        assert gs1_date(f"{year}0101", today=date(now, 6, 1)).year == meant, (now, year)
