"""Ids and numbers that are brought leave room for those that are given out after them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lading.registry import backup
from lading.registry.exports import Brought, Export
from lading.registry.importing import Importer
from lading.registry.store import SqliteStore
from lading.registry.store.records import LAST, LAST_BROUGHT
from registry.conftest import avro_record
from registry.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.registry.store import Store

TOO_MUCH = [LAST_BROUGHT + 1, LAST, LAST + 1, 3_000_000_000, 2**40, 2**63 - 1, 2**63, 10**30, -2]


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    found = House(store)
    found("PUT", "/mode/moved", {"mode": "IMPORT"})
    yield found
    found.pulse.close()


def brought(*fields: str, **more: Any) -> dict[str, Any]:
    return {"schema": avro_record(*fields), **more}


@pytest.mark.parametrize("number", TOO_MUCH)
@pytest.mark.parametrize("what", ["id", "version"])
def test_what_leaves_no_room_is_refused_and_all_else_goes_on(
    house: House, what: str, number: int
) -> None:
    refused = house(
        "POST", "/subjects/moved/versions", brought("a", **{"id": 7, "version": 1, what: number})
    )
    assert refused.status in {400, 422}, refused.body
    assert house("POST", "/subjects/other/versions", brought("b")).json["id"] == 1
    assert house("POST", "/subjects/other/versions", brought("b", "c?")).json["id"] == 2


def test_what_leaves_room_is_taken_and_the_next_ones_follow(house: House) -> None:
    last = {"id": LAST_BROUGHT, "version": LAST_BROUGHT}
    assert house("POST", "/subjects/moved/versions", brought("a", **last)).status == 200
    assert house("PUT", "/mode/moved", {"mode": "READWRITE"}).status == 200

    landed = house("POST", "/subjects/moved/versions", brought("a", "b?"))
    assert (landed.status, landed.json["id"]) == (200, LAST_BROUGHT + 1)
    numbers = house("GET", "/subjects/moved/versions").json
    assert numbers == [LAST_BROUGHT, LAST_BROUGHT + 1]


@pytest.mark.parametrize("force", ["", "?force=true"])
def test_when_ids_have_run_out_that_is_said_to_who_needs_one_alone(
    house: House, force: str
) -> None:
    assert house("POST", "/subjects/s/versions", brought("a")).status == 200
    context = "UPDATE context SET last_id = ?"
    house.store.write(lambda writing: writing._db.execute(context, (LAST,))).result()  # type: ignore[attr-defined]

    refused = house("POST", f"/subjects/t/versions{force}", brought("b"))
    assert (refused.status, refused.code) == (422, 42205)
    assert "last number" in refused.json["message"]
    assert house("POST", "/subjects/t/versions", brought("a")).json["id"] == 1
    other = house("POST", "/subjects/:.other:t/versions", brought("b"))
    assert (other.status, other.json["id"]) == (200, 1)


def test_what_one_of_a_group_raises_is_told_to_that_one(
    sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what nobody has thought of: the others share no more than a commit with it."""
    from lading.model.contract import Kind
    from lading.registry.store import Append, Content
    from lading.registry.store.appending import _Batch

    take = _Batch.take

    def taken(self: Any, asked: Append) -> Any:
        if asked.subject == "bad":
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return take(self, asked)

    monkeypatch.setattr(_Batch, "take", taken)
    held = sqlite_store.write(lambda _: __import__("time").sleep(0.2))
    asked = [
        sqlite_store.append(Append(name, Content(Kind.AVRO, f'"{name}"'), 0, 0))
        for name in ("one", "bad", "two")
    ]
    held.result()
    assert isinstance(asked[1].exception(timeout=5), OverflowError)
    assert [asked[0].result(5).subject, asked[2].result(5).subject] == ["one", "two"]


@pytest.mark.parametrize("number", [0, LAST_BROUGHT + 1, 2**40])
def test_an_import_tells_what_it_cannot_take_over(store: Store, number: int) -> None:
    export = Export()
    for content_id, version in ((number, 1), (1, number), (2, 1)):
        name = f"s{content_id}-{version}"
        one = Brought(name, version, content_id, {"schema": avro_record(name.replace("-", "_"))})
        export.versions[name, version] = one
    told = Importer(store).bring(export)

    assert told.registered == 1
    assert len(told.problems) == 2


def test_a_backup_that_leaves_no_room_is_not_restored(path: Path, tmp_path: Path) -> None:
    SqliteStore(path).close()
    folder = tmp_path / "bundle"
    backup.backup(str(path), folder)
    for table in ("context", "subject"):
        assert {each.name for each in backup.columns(table) if each.is_long} <= {"seq"}
    column = next(each for each in backup.columns("context") if each.name == "last_id")
    assert backup._fits(column, LAST)
    assert not backup._fits(column, LAST + 1)
    assert not backup._fits(column, -1)
    assert json.loads((folder / "manifest.json").read_text())["seq"] == 0
