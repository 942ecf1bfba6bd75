"""What is found, by which words, in which order; and that the index keeps up with the log."""

from __future__ import annotations

import json
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Kind
from lading.registry import words
from lading.registry.search import Index, Question, search
from lading.registry.service import Proposal, Registry
from lading.registry.settings import Auth
from registry.doors import Door

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.registry.store import SqliteStore, Store

TAXONOMY = """\
taxonomy: parcel.status
version: 1.0.0
kind: values
title: Parcel status
definition: Where a parcel is.
owner: wms
unknown: UNKNOWN
states:
  - code: WAITING
    label: {en: Waiting, de: Verzögert}
    definition: It waits for a vehicle.
    rank: 10
  - code: UNKNOWN
    label: {en: Unknown, de: Unbekannt}
    definition: Nobody knows.
    rank: 20
"""


def record(name: str, *fields: str, doc: str = "") -> str:
    space, _, short = name.rpartition(".")
    listed = [{"name": each, "type": "string", "doc": doc} for each in fields]
    return json.dumps({"type": "record", "name": short, "namespace": space, "fields": listed})


@pytest.fixture
def registry(store: Store) -> Registry:
    registry = Registry(store)
    owned = {"properties": {"lading.owner": "wms", "lading.team": "Warehouse IT"}}
    for name, fields, doc, metadata in (
        ("logistics.shipment.v1.ShipmentConfirmed", ("carrier_id",), "the haulier", owned),
        ("logistics.shipment.v1.Shipment", ("status",), "", None),
        ("logistics.invoice.v1.Invoice", ("shipment_id", "carrierName"), "", owned),
        ("logistics.note.v1.Note", ("text",), "about a shipment", None),
    ):
        proposal = Proposal(Kind.AVRO, record(name, *fields, doc=doc), metadata=metadata)
        registry.register(name, proposal)
    registry.register("taxonomies.parcel.status.v1", Proposal(Kind.TAXONOMY, TAXONOMY))
    return registry


def found(store: Store, text: str = "", **more: Any) -> list[str]:
    Index(store).catch_up(10)
    with store.read() as reading:
        hits = search(reading, Question(text, **more), most=10).hits
    return [each.version.subject.rpartition(".")[2] for each in hits]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ShipmentConfirmed", ["shipment", "confirmed"]),
        ("shipment_confirmed", ["shipment", "confirmed"]),
        ("XMLDocuments", ["xml", "document"]),
        ("addresses ADDRESS", ["address"]),
        ("Frachtführer", ["frachtfuhrer"]),
        ("status entries", ["status", "entry"]),
    ],
)
def test_however_a_name_is_written_its_words_are_the_same(text: str, same: list[str]) -> None:
    assert words.asked_words(text) == same


def test_names_come_before_fields_and_fields_before_texts(registry: Registry) -> None:
    names = ["Shipment", "ShipmentConfirmed", "Invoice", "Note"]
    assert found(registry.store, "shipments") == names


def test_all_words_of_a_question_have_to_be_there(registry: Registry) -> None:
    assert found(registry.store, "shipment confirmed") == ["ShipmentConfirmed"]
    assert found(registry.store, "shipment nowhere") == []


def test_a_word_stands_for_all_that_it_is_a_start_of(registry: Registry) -> None:
    assert found(registry.store, "inv") == ["Invoice"]


def test_texts_codes_and_labels_are_found(registry: Registry) -> None:
    assert found(registry.store, "haulier") == ["ShipmentConfirmed"]
    assert found(registry.store, "WAITING") == ["v1"]
    assert found(registry.store, "vehicle") == ["v1"]


def test_what_is_only_a_part_of_a_name_is_found_when_nothing_else_is(registry: Registry) -> None:
    assert found(registry.store, "hipmentConf") == ["ShipmentConfirmed"]


def test_kind_owner_and_field_narrow_what_is_found(registry: Registry) -> None:
    store = registry.store
    assert found(store, kind=Kind.TAXONOMY) == ["v1"]
    assert found(store, owner="warehouse it") == ["Invoice", "ShipmentConfirmed"]
    assert found(store, owner="wms", field="carrierName") == ["Invoice"]
    assert found(store, field="carrier_*") == ["ShipmentConfirmed"]
    assert found(store, "shipment", field="status") == ["Shipment"]


def test_a_hit_names_the_fields_that_were_asked_for(registry: Registry) -> None:
    Index(registry.store).catch_up(10)
    with registry.store.read() as reading:
        (hit,) = search(reading, Question("carrier", owner="wms", field=""), most=1).hits
    assert hit.fields == ("carrierName",)
    assert hit.terms.owner == "wms"


def test_a_new_version_takes_the_place_of_the_one_before(registry: Registry, store: Store) -> None:
    name = "logistics.note.v1.Note"
    registry.register(name, Proposal(Kind.AVRO, record(name, "text", "lane")), force=True)
    assert found(store, "lane") == ["Note"]
    registry.delete_version(name, 2)
    assert found(store, "lane") == []
    assert found(store, "note") == ["Note"]
    registry.delete_subject(name)
    assert found(store, "note") == []


def test_pages_follow_one_another_without_gaps(registry: Registry) -> None:
    Index(registry.store).catch_up(10)
    seen: list[str] = []
    after = ""
    with registry.store.read() as reading:
        while True:
            page = search(reading, Question("shipment"), after=after, most=1)
            seen += [each.version.subject for each in page.hits]
            if not (after := page.next):
                break
    assert len(seen) == len(set(seen)) == 4


def test_two_that_take_in_the_same_entries_do_it_once(registry: Registry, store: Store) -> None:
    threads = [Thread(target=Index(store).catch_up, args=(10,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found(store, "shipment") == ["Shipment", "ShipmentConfirmed", "Invoice", "Note"]


def test_an_index_of_another_form_is_made_anew(registry: Registry, store: Store) -> None:
    Index(store).catch_up(10)
    now = words.FORM
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "FORM", now + 1)
        patch.setattr(words, "tokens_of", lambda *_: {"w:else"})
        assert len(found(store, "else")) == 5
    # The release before leaves alone what the newer one keeps.
    assert Index(store).catch_up(1) == 0
    assert len(found(store, "else")) == 5


def test_signs_of_query_languages_are_no_more_than_signs(registry: Registry) -> None:
    store = registry.store
    for text in ('"', "'", "a OR b", "NEAR(", "* : ^ & | !", "\\", "\x00", "%", "'; DROP"):
        assert found(store, text) in ([], found(store, "or b"))
        found(store, owner=text)
        found(store, field=text)
    assert len(found(store, "shipment")) == 4


def test_hidden_subjects_are_not_found_and_leave_no_gap(sqlite_store: SqliteStore) -> None:
    door = Door(sqlite_store)
    admin = door.token("admin", {"role": "admin"})
    mine = door.token("mine", {"role": "reader", "on": ["own.*"]})
    for number in range(30):
        name = f"{'own' if number % 10 == 9 else 'their'}.v1.Shipment{number}"
        body = {"schema": record(name, "a")}
        assert door("POST", f"/subjects/{name}/versions", body, token=admin).status == 200
    page = door("GET", "/api/v1/search?q=shipment&limit=2", token=mine).json
    rest = door("GET", f"/api/v1/search?q=shipment&after={page['next']}", token=mine).json
    names = [each["subject"] for each in (*page["hits"], *rest["hits"])]
    assert sorted(names) == ["own.v1.Shipment19", "own.v1.Shipment29", "own.v1.Shipment9"]
    assert "next" not in rest


@pytest.mark.parametrize(
    "query", ["", "q=%20", "kind=XML", "q=a&limit=0", "q=a&limit=x", f"q={'a' * 501}"]
)
def test_a_question_that_makes_no_sense_is_refused(query: str, sqlite_store: SqliteStore) -> None:
    answer = Door(sqlite_store, auth=Auth.OFF)("GET", f"/api/v1/search?{query}")
    assert answer.status == 422


def test_subjects_are_taken_in_a_few_at_a_time_whatever_their_versions(
    registry: Registry, proposal: Callable[..., Proposal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many versions of one only the last is taken in, also where they come in turn."""
    index = Index(registry.store)
    assert index.catch_up(10) == 0
    monkeypatch.setattr("lading.registry.search.BATCH", 2)
    for fields in ("", "b", "bc", "bcd"):
        for name in "xyz":
            registry.register(f"few-{name}", proposal("a", *(f"{each}?" for each in fields)))
    assert index.catch_up(-1) == 1
    assert index.catch_up(-1) == 0
    with registry.store.read() as reading:
        hits = search(reading, Question(field="d", text="few"), most=10).hits
    assert [each.version.number for each in hits] == [4, 4, 4]
