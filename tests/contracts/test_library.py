"""The library as a whole: that it loads, that its parts name each other, that its samples run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lading.codegen import generate_python, write
from lading.model.contract import Kind
from lading.model.taxonomy import CodeMap, Quality, TaxonomyKind, asserted

if TYPE_CHECKING:
    from lading.model import Workspace
    from lading.model.contract import Contract
    from lading.model.taxonomy import Taxonomy

ROOT = Path(__file__).parents[2]
SIZES = {Kind.AVRO: 206, Kind.OPENAPI: 6, Kind.TAXONOMY: 32, Kind.MAPPING: 100}
MACHINES = (
    "order.lifecycle",
    "order_line.status",
    "order.fulfilment",
    "fulfilment.status",
    "shipment.status",
    "posting.goods_issue",
    "invoice.status",
    "inventory.stock_status",
    "return.status",
    "receipt.status",
    "handling_unit.status",
    "tender.status",
    "exchange.status",
)
LISTS_OF_MESSAGES = (
    "date.type",
    "document.act",
    "document.purpose",
    "freight.terms",
    "reference.type",
    "stop.reason",
    "unit.code",
)
"""What the elements of a message around its codes of status mean: no status among them."""
TAXONOMIES = (
    *MACHINES,
    "shipment.milestone",
    "shipment.exception_reason",
    "inventory.quantity_bucket",
    "inventory.adjustment_reason",
    "return.reason",
    "return.disposition",
    "receipt.condition",
    "line.ack",
    "line.ship_disposition",
    "time.classifier",
    "party.role",
    "order.display",
    *LISTS_OF_MESSAGES,
)
OF_MESSAGES = frozenset({*LISTS_OF_MESSAGES, "party.role"})
FACTS = {
    "loaded_at": ("ShipmentLoaded", "shipment.status/LOADED"),
    "confirmed_at": ("ShipmentConfirmed", "shipment.status/CONFIRMED"),
    "handed_over_at": ("ShipmentHandedOver", "shipment.status/HANDED_OVER"),
    "departed_at": ("ShipmentDeparted", "shipment.status/IN_TRANSIT"),
    "goods_issue_posted_at": ("GoodsIssuePosted", "posting.goods_issue/POSTED"),
}
"""The five senses of "shipped": its field, its event, its meaning."""
QUALITIES = {
    "exact": 672,
    "policy": 180,
    "broader": 98,
    "narrower": 52,
    "lossy": 26,
    "none": 18,
}
PROVENANCES = {"checked": 548, "read": 483, "recalled": 15}
"""How the codes themselves are known."""
SCRIPT = """
import io, json, sys
from importlib import import_module

import fastavro

package, samples = sys.argv[1], json.load(sys.stdin)
answers = []
for subject, name, text in samples:
    namespace, _, short = subject.rpartition(".")
    module = "_".join(namespace.split(".")[1:])
    model = getattr(import_module(f"{package}.models.{module}"), short)
    answer = {"subject": subject, "name": name, "accepted": True, "same": None, "error": ""}
    try:
        message = model.model_validate_json(text)
    except ValueError as error:
        answer |= {"accepted": False, "error": str(error)}
    else:
        schema = fastavro.parse_schema(json.loads(model.avro_schema()))
        buffer = io.BytesIO()
        written = message.to_avro_dict()
        fastavro.schemaless_writer(buffer, schema, written, strict=True)
        buffer.seek(0)
        read = fastavro.schemaless_reader(buffer, schema, None)
        answer["same"] = model.from_avro_dict(read) == message
    answers.append(answer)
json.dump(answers, sys.stdout)
"""
"""Run apart, as a user of the package would: says of each sample what the package does with it."""


def raw(contract: Contract) -> Any:
    return contract.document.value


def short(contract: Contract) -> str:
    return str(contract.subject).rpartition(".")[2]


def events(library: Workspace) -> list[Contract]:
    return [each for each in library.contracts if each.document.name.startswith("events/")]


def taxonomies(library: Workspace) -> dict[str, Taxonomy]:
    bodies: list[Any] = [each.body for each in library.contracts if each.kind is Kind.TAXONOMY]
    return {each.name: each for each in bodies}


def machines(library: Workspace) -> list[Taxonomy]:
    found = taxonomies(library).values()
    return [each for each in found if each.kind is TaxonomyKind.STATE_MACHINE]


def records(library: Workspace) -> dict[str, Any]:
    avro = [raw(each) for each in library.contracts if each.kind is Kind.AVRO]
    return {f"{each['namespace']}.{each['name']}": each for each in avro}


def fields(kind: Any, named: dict[str, Any]) -> dict[str, Any]:
    """Fields of the record a type leads to, through null, lists and names."""
    if isinstance(kind, str):
        return fields(named[kind], named) if kind in named else {}
    if isinstance(kind, list):
        return {name: each for one in kind for name, each in fields(one, named).items()}
    if kind["type"] == "record":
        return {each["name"]: each for each in kind["fields"]}
    return fields(kind.get("items", "null"), named)


def has(kind: Any, path: str, named: dict[str, Any]) -> bool:
    for part in path.replace("[]", "").split("."):
        found = fields(kind, named)
        if part not in found:
            return False
        kind = found[part]["type"]
    return True


def event_name(trigger: str) -> str:
    """`shipment.handed_over` is told by `ShipmentHandedOver`."""
    return "".join(part.capitalize() for part in re.split(r"[._]", trigger))


def is_wrong(name: str) -> bool:
    return name.startswith("invalid-")


def test_the_workspace_loads_with_no_problem(library: Workspace) -> None:
    assert [f"{each.place}: {each.message}" for each in library.problems] == []


def test_the_library_holds_what_it_held(library: Workspace) -> None:
    assert Counter(each.kind for each in library.contracts) == SIZES
    assert len(events(library)) == 109
    assert set(taxonomies(library)) == set(TAXONOMIES)


def test_five_facts_are_defined_in_five_ways_wherever_they_are_written(library: Workspace) -> None:
    facts = fields("logistics.shipment.v1.ShipmentFacts", records(library))
    told = {short(each): raw(each)["doc"] for each in events(library)}
    states = {
        f"{name}/{state.code}": state.definition
        for name, each in taxonomies(library).items()
        for state in each.states
    }
    assert len({facts[each]["doc"] for each in FACTS}) == 5
    assert len({told[event] for event, _ in FACTS.values()}) == 5
    assert len({states[meaning] for _, meaning in FACTS.values()}) == 5


def test_no_text_of_the_confirmed_content_speaks_of_custody_or_of_the_ledger(
    library: Workspace,
) -> None:
    """Closing the content moves nothing: the quantity it states has not left by it."""
    named = records(library)
    quantity = fields("logistics.shipment.v1.ShipmentLine", named)["shipped_quantity"]["doc"]
    fact = fields("logistics.shipment.v1.ShipmentFacts", named)["confirmed_at"]["doc"]
    for text in (quantity, fact):
        assert not re.search(r"\b(left|custody|carrier|ledger|books)\b", text), text


def test_every_trigger_is_an_event_of_the_library(library: Workspace) -> None:
    """`fulfilment.*` stands for any event of its aggregate."""
    have = {short(each) for each in events(library)}
    triggers = {each.trigger for machine in machines(library) for each in machine.transitions}
    assert "fulfilment.*" in triggers
    assert {each for each in triggers - {"fulfilment.*"} if event_name(each) not in have} == set()


def test_an_end_can_be_reached_from_every_state(library: Workspace) -> None:
    assert {each.name for each in machines(library)} == set(MACHINES)
    for machine in machines(library):
        ending = {each.code for each in machine.states if each.terminal}
        assert ending, machine.name
        for _ in machine.states:
            ending |= {each.source for each in machine.transitions if each.target in ending}
        assert {each.code for each in machine.states} - ending == {machine.unknown}


@pytest.mark.parametrize("name", TAXONOMIES)
def test_states_have_labels_and_definitions_of_their_own_in_english_and_german(
    name: str, library: Workspace
) -> None:
    states = taxonomies(library)[name].states
    for language in ("en", "de"):
        assert len({each.label[language] for each in states}) == len(states)
    assert len({each.definition for each in states}) == len(states)


def test_german_labels_keep_the_word_for_the_ledger_to_the_ledger(library: Workspace) -> None:
    """`Warenausgang gebucht` is a posting: a shipment status that says so would claim it."""
    found = taxonomies(library)
    for name in ("shipment.status", "shipment.milestone"):
        wrong = [each.code for each in found[name].states if "Warenausgang" in each.label["de"]]
        assert wrong == []
    assert "Warenausgang" in next(
        each.label["de"] for each in found["posting.goods_issue"].states if each.code == "POSTED"
    )


def test_every_event_has_a_topic_and_carries_the_key_of_it(library: Workspace) -> None:
    named = records(library)
    for event in events(library):
        terms = event.terms
        assert terms.topic.startswith("logistics."), event.subject
        wrapped = fields(raw(event), named).get("fulfilment_order", {"type": "null"})["type"]
        inside = (raw(event), wrapped, fields(raw(event), named).get("handling_unit", wrapped))
        for part in terms.key.split("+"):
            assert any(has(kind, part, named) for kind in inside), event.subject


def test_consumers_read_fields_statuses_and_operations_that_exist(library: Workspace) -> None:
    named = records(library)
    assert len(library.consumers) == 5
    for consumer in library.consumers:
        for read in consumer.reads:
            contract = library.contract(read.contract)
            assert contract is not None, read.contract
            for path in read.fields:
                assert has(raw(contract), path, named), f"{consumer.name}: {path}"
            assert {*read.statuses, *read.operations} <= words(contract), consumer.name


def words(contract: Contract) -> set[str]:
    """Statuses or operations that somebody can read from a contract."""
    body: Any = contract.body
    if contract.kind is Kind.TAXONOMY:
        return {each.code for each in body.states}
    if contract.kind is Kind.MAPPING:
        said = [pair for cell in body.cells for pair in asserted(cell, body.taxonomy)]
        return {code for _, code in said}
    if contract.kind is Kind.OPENAPI:
        return {each.operation_id for each in body.operations}
    return set()


def test_the_portal_is_told_of_every_step_a_customer_sees(library: Workspace) -> None:
    (portal,) = (each for each in library.consumers if each.name == "customer-portal")
    read = {each.contract: each for each in portal.reads}
    told = {each.rpartition(".")[2] for each in read if each.startswith("logistics.")}
    assert told >= {"ShipmentHandedOver", "ShipmentDeparted", "DeliveryCompleted"}
    assert not any("posting" in each for each in read), "the ledger is not for customers"


@pytest.fixture(scope="module")
def answers(library: Workspace, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the generated models and fastavro make of every sample, in one process of its own."""
    folder = tmp_path_factory.mktemp("sdk")
    write(generate_python(library.contracts, name="samples-sdk", version="1.0.0"), folder)
    samples = [[each.subject, each.name, each.document.text] for each in library.samples]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "samples_sdk"],
        input=json.dumps(samples),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "codegen")])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(found) == len(library.samples) >= 29
    return found


def test_every_event_has_a_sample(library: Workspace) -> None:
    valid = {each.subject for each in library.samples if not is_wrong(each.name)}
    assert [each.subject for each in events(library) if each.subject not in valid] == []


def test_generated_models_accept_every_valid_sample(answers: list[dict[str, Any]]) -> None:
    good = [each for each in answers if not is_wrong(each["name"])]
    assert [each for each in good if not each["accepted"]] == []


def test_generated_models_refuse_every_invalid_sample(answers: list[dict[str, Any]]) -> None:
    bad = [each for each in answers if is_wrong(each["name"])]
    assert len(bad) >= 5
    assert [each for each in bad if each["accepted"]] == []


def test_every_valid_sample_comes_back_equal_from_avro(answers: list[dict[str, Any]]) -> None:
    good = [each for each in answers if not is_wrong(each["name"])]
    assert len(good) >= 20
    assert [each for each in good if each["same"] is not True] == []


def test_the_envelope_of_a_sample_agrees_with_its_contract(library: Workspace) -> None:
    known = {each.subject: each for each in events(library)}
    told = [each for each in library.samples if each.subject in known and not is_wrong(each.name)]
    assert len(told) >= 20
    for sample in told:
        contract = known[sample.subject]
        body: Any = sample.document.value
        meta, place = body["meta"], f"{sample.subject}/{sample.name}"
        about = meta["event_type"].removeprefix("logistics.").removesuffix(".v1")
        assert event_name(about) == short(contract), place
        row = next(each for each in library.ownership if each.id == contract.terms.object)
        allowed = contract.terms.proposers or (contract.terms.producer, *row.owners.values())
        assert meta["source_system"] in allowed, place
        keyed = body.get("fulfilment_order", body)
        key = "+".join(
            keyed.get(each, meta["aggregate_id"]) for each in contract.terms.key.split("+")
        )
        assert meta["partition_key"] == meta["aggregate_id"] == key, place


def test_every_field_of_the_19_entities_is_carried(library: Workspace) -> None:
    """245 fields as the trade names them; each is carried by one or more fields of contracts."""
    carried = json.loads((Path(__file__).parent / "entity_fields.json").read_text("utf-8"))
    named = records(library)
    assert len(carried) == 245
    assert len({each.partition(".")[0] for each in carried}) == 19
    for name, paths in carried.items():
        assert paths, name
        for path in paths:
            subject, _, field = path.rpartition(".")
            assert has(named[subject], field, named), path


def test_every_event_type_has_its_contract(library: Workspace) -> None:
    """109 types, told by the record of that name, under the type it declares."""
    subjects = json.loads((Path(__file__).parent / "event_subjects.json").read_text("utf-8"))
    assert len(subjects) == 109
    assert {each.subject for each in events(library)} == set(subjects.values())
    for name, subject in subjects.items():
        contract = library.contract(subject)
        assert contract is not None
        assert raw(contract)["x-event-type"] == f"logistics.{name}.v1"


def test_the_machines_have_all_their_states_and_steps(library: Workspace) -> None:
    assert sum(len(each.states) for each in machines(library)) == 147
    assert sum(len(each.transitions) for each in machines(library)) == 309


def test_milestones_reasons_and_values_are_all_there(library: Workspace) -> None:
    found = {name: len(each.states) for name, each in taxonomies(library).items()}
    assert found["shipment.milestone"] == 64
    assert found["shipment.exception_reason"] == 64
    others = {*MACHINES, *LISTS_OF_MESSAGES, "order.display"}
    lists = set(TAXONOMIES) - others - {"shipment.milestone", "shipment.exception_reason"}
    listed = sum(found[each] for each in lists)
    # The buckets of a quantity have no unknown of their own in the trade; every list here has one.
    assert listed - 1 == 142


def test_every_row_of_every_foreign_list_is_mapped(library: Workspace) -> None:
    """1,046 rows of 76 lists of 26 systems; the drafts for vendors without a list have no row."""
    bodies = [each for each in mappings(library) if each.taxonomy not in OF_MESSAGES]
    filled = [each for each in bodies if each.cells]
    assert sum(len(each.cells) for each in filled) == 1046
    assert len({(each.system, each.code_list, each.list_version) for each in filled}) == 76
    assert len({each.system for each in filled}) == 26
    qualities = Counter(cell.quality.value for each in filled for cell in each.cells)
    assert qualities == QUALITIES
    assert Counter(cell.provenance for each in filled for cell in each.cells) == PROVENANCES
    empty: set[Any] = {each.name for each in bodies if not each.cells}
    drafts = [each for each in library.contracts if getattr(each.body, "name", "") in empty]
    assert {each.terms.lifecycle.value for each in drafts} == {"draft"}
    assert len(drafts) == 4


def test_the_elements_around_the_codes_are_mapped_too(library: Workspace) -> None:
    """210 codes of 15 lists: references, parties, dates, purposes, units, terms, messages."""
    bodies = [each for each in mappings(library) if each.taxonomy in OF_MESSAGES]
    assert sum(len(each.cells) for each in bodies) == 210
    assert len({(each.system, each.code_list, each.list_version) for each in bodies}) == 15
    assert {each.system for each in bodies} == {"edifact", "sap", "uncefact", "x12"}
    counts = {name: len(each.states) for name, each in taxonomies(library).items()}
    assert {name: counts[name] - 1 for name in LISTS_OF_MESSAGES} == {
        "date.type": 24,
        "document.act": 24,
        "document.purpose": 10,
        "freight.terms": 4,
        "reference.type": 22,
        "stop.reason": 4,
        "unit.code": 8,
    }


def test_what_has_an_equal_in_a_list_is_sent(library: Workspace) -> None:
    """What `sends` leaves out has no equal: an exact row that is never sent would belie it."""
    sending = [each for each in mappings(library) if each.taxonomy in OF_MESSAGES and each.sends]
    assert len(sending) == 13
    unsent = {
        (each.name, cell.to)
        for each in sending
        for cell in each.cells
        if cell.quality is Quality.EXACT and cell.to not in {sent.source for sent in each.sends}
    }
    assert unsent == set()


def mappings(library: Workspace) -> list[CodeMap]:
    return [each.body for each in library.contracts if isinstance(each.body, CodeMap)]
