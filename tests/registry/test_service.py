"""The use cases, without HTTP."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lading.model.contract import Compatibility, Kind, Reference, Subject
from lading.registry.config import Mode
from lading.registry.errors import (
    Incompatible,
    InvalidSchema,
    InvalidSubject,
    NotPermitted,
    PushRefused,
    Referenced,
    SchemaNotFound,
    StoreError,
    SubjectNotFound,
    SubjectNotSoftDeleted,
    VersionNotFound,
)
from lading.registry.memory import Memory
from lading.registry.registering import ROUNDS
from lading.registry.service import Proposal, Registry
from lading.registry.settings import Settings
from lading.registry.store import Deleted, SqliteStore
from lading.registry.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Build = Callable[..., Proposal]

PROMISE = "lading.promise"


def promising(level: str) -> dict[str, dict[str, str]]:
    return {"properties": {PROMISE: level}}


def user(version: int = 0) -> Proposal:
    """A shipment that uses the parcel by reference."""
    text = (
        '{"type":"record","name":"Shipment","namespace":"demo.v1",'
        '"fields":[{"name":"parcel","type":"demo.v1.Parcel"}]}'
    )
    reference = Reference("demo.v1.Parcel", Subject("parcel"), version)
    return Proposal(Kind.AVRO, text, (reference,))


# -- registering ----------------------------------------------------------------------------------


def test_the_same_schema_again_is_the_same_version(registry: Registry, proposal: Build) -> None:
    first = registry.register("s", proposal("a"))
    again = registry.register("s", proposal("a"))
    assert again == first


def test_white_space_makes_no_new_version(registry: Registry, proposal: Build) -> None:
    given = proposal("a")
    spaced = replace(given, text=given.text.replace(",", " ,\n"))
    assert registry.register("s", given) == registry.register("s", spaced)


def test_the_same_schema_elsewhere_shares_the_id(registry: Registry, proposal: Build) -> None:
    first, second = registry.register("s", proposal("a")), registry.register("t", proposal("a"))
    assert (first.id, first.number) == (second.id, second.number)


def test_an_incompatible_schema_is_refused_with_reasons(
    registry: Registry, proposal: Build
) -> None:
    registry.register("s", proposal("a"))
    with pytest.raises(Incompatible) as caught:
        registry.register("s", proposal("a", "b"))
    assert any("LAD" in each and "b" in each for each in caught.value.messages)
    assert caught.value.messages[-1] == "{compatibility: 'FULL'}"
    assert [each.number for each in registry.versions("s")] == [1]


def test_a_compatible_schema_is_the_next_version(registry: Registry, proposal: Build) -> None:
    registry.register("s", proposal("a"))
    assert registry.register("s", proposal("a", "b?")).number == 2


def test_another_kind_under_the_same_subject_is_refused(
    registry: Registry, proposal: Build
) -> None:
    registry.register("s", proposal("a"))
    with pytest.raises(Incompatible, match="under another subject"):
        registry.register("s", Proposal(Kind.JSON, '{"type":"object"}'))


def test_metadata_not_brought_is_taken_over(registry: Registry, proposal: Build) -> None:
    owned = {"properties": {"lading.owner": "wms"}}
    registry.register("s", proposal("a", metadata=owned))
    assert registry.register("s", proposal("a", "b?")).content.metadata == owned


def test_an_empty_schema_is_a_release_of_metadata(registry: Registry, proposal: Build) -> None:
    first = registry.register("s", proposal("a"))
    owned = {"properties": {"lading.owner": "wms"}}
    second = registry.register("s", Proposal(Kind.AVRO, "", metadata=owned))
    assert (second.number, second.content.text) == (2, first.content.text)


def test_a_version_number_that_is_not_the_next_is_refused(
    registry: Registry, proposal: Build
) -> None:
    with pytest.raises(InvalidSchema, match="the next one is 1"):
        registry.register("s", proposal("a", version=5))


def test_an_id_of_ones_own_is_refused(registry: Registry, proposal: Build) -> None:
    with pytest.raises(NotPermitted, match="import mode"):
        registry.register("s", proposal("a", id=77))


@pytest.mark.parametrize(
    "name", ["", "  ", "__GLOBAL", ":other:s", ":.o/r:s", ":.__GLOBAL:s", "a\nb", "x" * 600]
)
def test_a_name_no_subject_may_have(registry: Registry, proposal: Build, name: str) -> None:
    with pytest.raises(InvalidSubject):
        registry.register(name, proposal("a"))


def test_of_two_that_pass_alone_only_one_wins(registry: Registry, proposal: Build) -> None:
    """Each adds a field of its own, so whoever is second would remove the field of the first."""
    registry.register("s", proposal("a", "z"))
    registry.set_config({"compatibility": "FORWARD_TRANSITIVE"}, scope="s")
    names = [f"f{number}" for number in range(12)]
    barrier = threading.Barrier(len(names))
    outcomes: list[str] = []

    def bring(name: str) -> None:
        barrier.wait(10)
        try:
            registry.register("s", proposal("a", "z", name))
            outcomes.append("won")
        except Incompatible:
            outcomes.append("refused")

    threads = [threading.Thread(target=bring, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["refused"] * 11 + ["won"]
    assert [each.number for each in registry.versions("s")] == [1, 2]


# -- references -----------------------------------------------------------------------------------


def test_a_reference_is_resolved_from_the_store(registry: Registry, proposal: Build) -> None:
    registry.register("parcel", proposal("a"))
    landed = registry.register("shipment", user())
    assert landed.content.references[0].version == 1
    assert [each.subject for each in registry.referrers("parcel", 1)] == ["shipment"]


def test_a_reference_that_leads_nowhere_is_refused(registry: Registry) -> None:
    with pytest.raises(InvalidSchema, match="register it first"):
        registry.register("shipment", user(version=3))


def test_what_is_referred_to_cannot_be_deleted(registry: Registry, proposal: Build) -> None:
    registry.register("parcel", proposal("a"))
    registry.register("shipment", user())
    with pytest.raises(Referenced, match="shipment version 1"):
        registry.delete_version("parcel", 1)
    with pytest.raises(Referenced):
        registry.delete_subject("parcel")
    registry.delete_subject("shipment")
    assert registry.delete_subject("parcel") == [1]


def test_what_a_hidden_version_needs_is_not_deleted_for_good(
    registry: Registry, proposal: Build
) -> None:
    registry.register("parcel", proposal("a"))
    shipment = registry.register("shipment", user())
    registry.delete_subject("shipment")
    registry.delete_subject("parcel")
    with pytest.raises(Referenced):
        registry.delete_subject("parcel", permanent=True)
    assert registry.content(shipment.id).text
    registry.delete_subject("shipment", permanent=True)
    assert registry.delete_subject("parcel", permanent=True) == [1]


def test_nothing_new_is_built_on_what_was_deleted(registry: Registry, proposal: Build) -> None:
    registry.register("parcel", proposal("a"))
    registry.delete_subject("parcel")
    with pytest.raises(InvalidSchema, match="was deleted"):
        registry.register("shipment", user(version=1))


# -- looking up -----------------------------------------------------------------------------------


def test_a_lookup_needs_no_metadata(registry: Registry, proposal: Build) -> None:
    landed = registry.register("s", proposal("a", metadata=promising("FULL")))
    assert registry.lookup("s", proposal("a")) == landed


def test_a_lookup_says_what_is_missing(registry: Registry, proposal: Build) -> None:
    with pytest.raises(SubjectNotFound):
        registry.lookup("s", proposal("a"))
    registry.register("s", proposal("a"))
    with pytest.raises(SchemaNotFound):
        registry.lookup("s", proposal("b"))


def test_a_normal_lookup_ignores_the_order_of_keys(registry: Registry) -> None:
    landed = registry.register("s", Proposal(Kind.JSON, '{"type":"string","maxLength":3}'))
    turned = Proposal(Kind.JSON, '{"maxLength":3,"type":"string"}')
    with pytest.raises(SchemaNotFound):
        registry.lookup("s", turned)
    assert registry.lookup("s", replace(turned, normalize=True)) == landed


# -- deleting -------------------------------------------------------------------------------------


def test_a_soft_delete_hides_and_keeps_the_id(registry: Registry, proposal: Build) -> None:
    landed = registry.register("s", proposal("a"))
    assert registry.delete_subject("s") == [1]
    assert registry.subjects() == []
    assert registry.subjects(deleted=Deleted.INCLUDED) == ["s"]
    assert registry.content(landed.id) == landed.content
    with pytest.raises(SubjectNotFound):
        registry.version("s", None)


def test_latest_falls_back_to_the_next_older_one(registry: Registry, proposal: Build) -> None:
    registry.register("s", proposal("a"))
    registry.register("s", proposal("a", "b?"))
    registry.delete_version("s", None)
    assert registry.version("s", None).number == 1


def test_the_gate_does_not_see_what_is_deleted(registry: Registry, proposal: Build) -> None:
    registry.register("s", proposal("a"))
    registry.delete_version("s", 1)
    assert registry.register("s", proposal("other")).number == 2


def test_a_permanent_delete_needs_the_soft_one_first(registry: Registry, proposal: Build) -> None:
    landed = registry.register("s", proposal("a"))
    with pytest.raises(SubjectNotSoftDeleted):
        registry.delete_subject("s", permanent=True)
    registry.delete_subject("s")
    assert registry.delete_subject("s", permanent=True) == [1]
    with pytest.raises(SchemaNotFound):
        registry.content(landed.id)


def test_after_a_permanent_delete_nothing_is_numbered_again(path: Path, proposal: Build) -> None:
    store = SqliteStore(path)
    registry = Registry(store)
    first = registry.register("s", proposal("a"))
    registry.delete_subject("s")
    registry.delete_subject("s", permanent=True)
    store.close()
    store = SqliteStore(path)
    second = Registry(store).register("s", proposal("b"))
    store.close()
    assert second.id > first.id
    assert second.number > first.number


def test_a_file_that_cannot_be_read_while_judging_is_an_error_of_the_store(
    sqlite_store: SqliteStore, proposal: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is referred to is read from the store, in the middle of a registration."""

    def fails(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    registry = Registry(sqlite_store)
    monkeypatch.setattr(Session, "version", fails)
    with pytest.raises(StoreError, match="disk I/O"):
        registry.register("s", proposal("a", references=(Reference("n.X", Subject("base"), 1),)))


# -- levels and modes -----------------------------------------------------------------------------


def test_a_subject_without_a_level_has_the_global_one(registry: Registry) -> None:
    registry.set_config({"compatibility": "NONE"})
    assert registry.config("s", inherited=True).level is Compatibility.NONE


def test_none_lets_everything_pass(registry: Registry, proposal: Build) -> None:
    registry.set_config({"compatibility": "NONE"}, scope="s")
    registry.register("s", proposal("a"))
    assert registry.register("s", proposal("b")).number == 2


def test_the_promise_of_the_contract_decides(store: SqliteStore, proposal: Build) -> None:
    registry = Registry(store, settings=Settings(compatibility=Compatibility.NONE))
    registry.register("s", proposal("a", metadata=promising("FULL")))
    with pytest.raises(Incompatible):
        registry.register("s", proposal("b"))


def test_nobody_frees_himself_from_a_promise_while_breaking_it(
    registry: Registry, proposal: Build
) -> None:
    registry.register("s", proposal("a", metadata=promising("FULL")))
    with pytest.raises(Incompatible):
        registry.register("s", proposal("b", metadata=promising("NONE")))
    registry.register("s", proposal("a", metadata=promising("NONE")))
    assert registry.register("s", proposal("b")).number == 3


def test_a_level_set_on_the_subject_beats_the_promise(registry: Registry, proposal: Build) -> None:
    registry.register("s", proposal("a", metadata=promising("FULL")))
    registry.set_config({"compatibility": "NONE"}, scope="s")
    assert registry.register("s", proposal("b")).number == 2


def test_transitive_levels_look_at_every_version(registry: Registry, proposal: Build) -> None:
    registry.set_config({"compatibility": "BACKWARD"}, scope="s")
    registry.register("s", proposal("a", "b"))
    registry.register("s", proposal("a"))
    registry.register("s", proposal("a", "b?"))
    assert registry.check("s", proposal("a", "b")) == ()
    registry.set_config({"compatibility": "BACKWARD_TRANSITIVE"}, scope="s")
    messages = registry.check("s", proposal("a", "b"))
    assert any("version 2" in each for each in messages)


def test_a_read_only_subject_is_left_alone(registry: Registry, proposal: Build) -> None:
    registry.register("s", proposal("a"))
    registry.set_mode(Mode.READONLY, scope="s")
    with pytest.raises(NotPermitted):
        registry.register("s", proposal("a", "b?"))
    with pytest.raises(NotPermitted):
        registry.delete_subject("s")
    registry.register("t", proposal("a"))
    registry.unset_mode("s")
    assert registry.register("s", proposal("a", "b?")).number == 2


def test_a_check_against_one_version_looks_at_that_one_only(
    registry: Registry, proposal: Build
) -> None:
    registry.set_config({"compatibility": "NONE"}, scope="s")
    registry.register("s", proposal("a"))
    registry.register("s", proposal("b"))
    registry.set_config({"compatibility": "FULL"}, scope="s")
    assert registry.check("s", proposal("a"), against=1) == ()
    assert registry.check("s", proposal("a"), latest=True)
    with pytest.raises(VersionNotFound):
        registry.check("s", proposal("a"), against=9)


def test_a_push_lands_as_a_whole(registry: Registry, proposal: Build) -> None:
    results = registry.push([("parcel", proposal("a")), ("shipment", user())], dry_run=False)
    assert [(each.outcome, each.version) for each in results] == [("registered", 1)] * 2
    again = registry.push([("parcel", proposal("a")), ("shipment", user())], dry_run=False)
    assert [(each.outcome, each.version) for each in again] == [("unchanged", 1)] * 2


def test_a_refused_push_stores_nothing_and_judges_everything(
    registry: Registry, proposal: Build
) -> None:
    registry.push([("parcel", proposal("a"))], dry_run=False)
    batch = [("fresh", proposal("x")), ("parcel", proposal("a", "b")), ("shipment", user())]
    with pytest.raises(PushRefused) as caught:
        registry.push(batch, dry_run=False)
    assert [each.outcome for each in caught.value.results] == [
        "accepted",
        "incompatible",
        "accepted",
    ]
    assert [each.id for each in caught.value.results] == [0, 0, 0]
    assert registry.subjects() == ["parcel"]


def test_a_dry_run_stores_nothing(registry: Registry, proposal: Build) -> None:
    results = registry.push([("parcel", proposal("a")), ("shipment", user())], dry_run=True)
    assert [each.outcome for each in results] == ["accepted", "accepted"]
    assert registry.subjects() == []


def meanwhile(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, work: Callable[[int], None]
) -> None:
    """Have something done each time a contract of a push is read."""
    real, calls = registry.gate.contract, iter(range(1000))

    def contract(reading: Any, subject: str, content: Any, **more: Any) -> Any:
        found = real(reading, subject, content, **more)
        if subject == "pushed":
            work(next(calls))
        return found

    monkeypatch.setattr(registry.gate, "contract", contract)


def test_others_write_while_a_push_is_judged(
    registry: Registry, proposal: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Registry(registry.store, settings=registry.settings)

    def register(number: int) -> None:
        other.register(f"other-{number}", proposal("a"))

    meanwhile(registry, monkeypatch, register)
    batch = [("parcel", proposal("a")), ("shipment", user()), ("pushed", proposal("a"))]
    for dry_run in (True, False):
        results = registry.push(batch, dry_run=dry_run)
        assert [each.outcome for each in results] == ["accepted" if dry_run else "registered"] * 3
    assert registry.subjects() == ["other-0", "other-1", "parcel", "pushed", "shipment"]


@pytest.mark.parametrize("times", [1, ROUNDS - 1, ROUNDS])
def test_a_push_that_lost_a_race_is_judged_by_what_is_there_now(
    registry: Registry, proposal: Build, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """However often: after some rounds within the write, where nobody is quicker."""
    other = Registry(registry.store, settings=registry.settings)
    fields = "bcdefgh"

    def quicker(number: int) -> None:
        if number < times:
            names = (f"{each}?" for each in fields[: number + 1])
            other.register("pushed", proposal("a", *names))

    meanwhile(registry, monkeypatch, quicker)
    results = registry.push([("first", proposal("x")), ("pushed", proposal("a"))], dry_run=False)
    assert [(each.outcome, each.version) for each in results] == [
        ("registered", 1),
        ("registered", times + 1),
    ]
    assert registry.version("pushed", None).id == results[1].id
    assert registry.versions("first")[0].id == results[0].id


def test_a_push_that_lost_a_race_is_refused_by_what_is_there_now(
    registry: Registry, proposal: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Registry(registry.store, settings=registry.settings)

    def quicker(number: int) -> None:
        if number == 0:
            other.register("pushed", proposal("z"))

    meanwhile(registry, monkeypatch, quicker)
    with pytest.raises(PushRefused) as caught:
        registry.push([("first", proposal("x")), ("pushed", proposal("a"))], dry_run=False)
    assert [each.outcome for each in caught.value.results] == ["accepted", "incompatible"]
    assert registry.subjects() == ["pushed"]


@pytest.mark.parametrize("times", [0, ROUNDS])
def test_a_push_that_stores_nothing_names_no_id_that_is_nobodys(
    registry: Registry, proposal: Build, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Also where it was judged within the write; what is there already keeps the id it has."""
    other = Registry(registry.store, settings=registry.settings)
    registry.register("old", proposal("o"))

    def quicker(number: int) -> None:
        if number < times:
            other.register("pushed", proposal(*"abcdefghi"[: number + 1]), force=True)

    meanwhile(registry, monkeypatch, quicker)
    batch = [("old", proposal("o")), ("new", proposal("x")), ("pushed", proposal("z", "y"))]
    if not times:
        registry.register("pushed", proposal("a"))
    with pytest.raises(PushRefused) as caught:
        registry.push([*batch, ("new", proposal("x"))], dry_run=False)
    found = [(each.outcome, each.id) for each in caught.value.results]
    assert found == [("unchanged", 1), ("accepted", 0), ("incompatible", 0), ("unchanged", 0)]


def test_what_is_set_while_a_push_is_judged_counts(
    registry: Registry, proposal: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.register("pushed", proposal("z"))
    registry.set_config({"compatibility": "NONE"}, scope="pushed")
    other = Registry(registry.store, settings=registry.settings)

    def set_(number: int) -> None:
        if number == 0:
            other.set_config({"compatibility": "FULL"}, scope="pushed")

    meanwhile(registry, monkeypatch, set_)
    with pytest.raises(PushRefused):
        registry.push([("pushed", proposal("a"))], dry_run=False)
    assert len(registry.versions("pushed")) == 1


def test_what_a_push_brings_twice_is_one(registry: Registry, proposal: Build) -> None:
    """One version of a subject; one id of two subjects."""
    batch = [("s", proposal("a")), ("s", proposal("a")), ("t", proposal("a"))]
    results = registry.push(batch, dry_run=False)
    assert [(each.outcome, each.version, each.id) for each in results] == [
        ("registered", 1, 1),
        ("unchanged", 1, 1),
        ("registered", 1, 1),
    ]
    batch = [("s", proposal("a", "b?")), ("s", proposal("a", "b?", "c?"))]
    assert [each.version for each in registry.push(batch, dry_run=False)] == [2, 3]


def test_asking_for_any_number_of_names_is_not_remembered(
    sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may ask for any name; what is set is still found after."""
    monkeypatch.setattr("lading.registry.memory._SCOPES", 5)
    memory = Memory(sqlite_store)
    Registry(sqlite_store).set_config({"alias": "real"}, scope="t")
    epoch = sqlite_store.end().epoch
    sizes = []
    for number in range(50):
        assert memory.settings(f"nobody-{number}", epoch) == {}
        assert memory.settings("t", epoch)["alias"] == '"real"'
        sizes.append(len(memory._settings))
    assert max(sizes) <= 6
