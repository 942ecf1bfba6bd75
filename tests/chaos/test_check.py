"""The checker finds what it is there for: each kind of loss and confusion, planted one by one."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chaos.acts import Act, Landed, Ledger, Part
from chaos.check import checked
from chaos.load import avro, first, opposed
from lading.model.contract import Compatibility, Reference, Subject
from lading.registry.proposals import Proposal
from lading.registry.service import Registry
from lading.registry.settings import Settings
from lading.registry.store import Action, SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class History:
    """A few acts, on a database of one's own."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.ledger = Ledger()
        self.store = SqliteStore(path)
        self.registry = Registry(self.store, settings=Settings())

    def register(self, part: Part, *, force: bool = False) -> Landed:
        assert part.kind
        began = time.monotonic()
        proposal = Proposal(part.kind, part.text, part.references)
        landed = self.registry.register(part.subject, proposal, force=force)
        told = Landed(landed.id, landed.number)
        self.note(part, told, began=began)
        return told

    def note(self, part: Part, *landed: Landed, began: float, status: int = 200) -> None:
        self.ledger.acts.append(Act((part,), status, landed, began, time.monotonic()))

    def delete(self, subject: str, number: int) -> None:
        began = time.monotonic()
        self.registry.delete_version(subject, number)
        self.note(Part(Action.DELETE, subject, number=number), began=began)

    def alter(self, *queries: str) -> None:
        """Behind the back of the registry."""
        self.store.close()
        with closing(sqlite3.connect(self.path)) as db, db:
            for each in queries:
                db.execute(each)

    def found(self) -> tuple[str, ...]:
        self.store.close()
        return checked(self.path, [], self.ledger).violations


@pytest.fixture
def history(tmp_path: Path) -> History:
    made = History(tmp_path / "registry.db")
    for name in ("s", "t"):
        made.register(first(name))
        made.register(avro(name, {"a": "string", "more": "string"}))
    return made


def test_nothing_is_found_where_all_is_well(history: History) -> None:
    history.delete("s", 1)
    history.register(first("s"))
    assert history.found() == ()


def test_what_was_acknowledged_and_is_not_there_is_lost(history: History) -> None:
    history.note(first("gone"), Landed(9, 1), began=time.monotonic())
    assert history.found() == ("lost: gone version 1 with id 9",)


def test_a_deletion_that_did_not_happen_is_lost(history: History) -> None:
    history.note(Part(Action.DELETE, "s", number=1), began=time.monotonic())
    assert history.found() == ("lost: delete s 1: 0 of 1",)


@pytest.mark.parametrize("landed", [Landed(2, 1), Landed(1, 2)])
def test_another_id_or_number_than_was_given_out_is_confused(
    history: History, landed: Landed
) -> None:
    history.note(first("s"), landed, began=time.monotonic())
    assert [each[:9] for each in history.found()] == ["confused:"]


def test_what_nobody_asked_for_is_found(history: History) -> None:
    history.ledger.acts.pop()
    assert [each[:20] for each in history.found()] == ["nobody asked for reg"]


def test_what_was_refused_and_happened_is_found(history: History) -> None:
    last = history.ledger.acts.pop()
    history.ledger.acts.append(replace(last, status=409, landed=()))
    assert [each[:20] for each in history.found()] == ["nobody asked for reg"]


def test_what_nobody_was_told_about_may_have_happened(history: History) -> None:
    last = history.ledger.acts.pop()
    history.ledger.acts.append(replace(last, status=0, landed=()))
    assert history.found() == ()


def test_two_that_exclude_one_another_break_the_promise(history: History) -> None:
    history.register(opposed("u", 0))
    history.register(opposed("u", 1), force=True)
    assert history.found() == ("entry 6, register u: it breaks BACKWARD, which was promised then",)


def test_the_promise_that_counts_is_the_one_of_then(history: History) -> None:
    began = time.monotonic()
    history.registry.set_config({"compatibility": Compatibility.NONE}, scope="u")
    setting = ("compatibility", '"NONE"')
    history.note(Part(Action.SET, "u", setting=setting), began=began)
    history.register(opposed("u", 0))
    history.register(opposed("u", 1))
    assert history.found() == ()


def test_a_reference_to_what_was_hidden_is_found(history: History) -> None:
    history.delete("t", 2)
    content = avro("u", {"t": "chaos.t"}, [Reference("chaos.t", Subject("t"), 2)])
    history.store.write(lambda writing: writing.add("u", content.content)).result(10)
    history.note(content, Landed(5, 1), began=time.monotonic())
    assert history.found() == ("entry 6, register u: it refers to t version 2, which is not live",)


def test_what_was_deleted_is_not_told_again(history: History) -> None:
    history.delete("s", 2)
    part = avro("s", {"a": "string", "more": "string"})
    history.note(part, history.register(first("s")), began=0)
    history.ledger.acts[-1:] = [
        Act((part,), 200, (Landed(2, 2),), time.monotonic() + 60, time.monotonic() + 61)
    ]
    assert [each[:17] for each in history.found()] == ["s version 2 was t"]


def test_an_order_that_the_clients_saw_otherwise_is_found(history: History) -> None:
    acts = history.ledger.acts
    acts[0] = replace(acts[0], began=acts[-1].ended + 1, ended=acts[-1].ended + 2)
    assert len([each for each in history.found() if "in front of it" in each]) == 3


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE content SET body = '\"long\"' WHERE id = 1",
        "UPDATE version SET content = 1 WHERE number = 2 AND subject = 't'",
        "UPDATE log SET at = at + 1 WHERE seq = 2",
        "DELETE FROM log WHERE seq = 4",
        "UPDATE subject SET head = 7 WHERE name = 's'",
        "DELETE FROM version WHERE subject = 's' AND number = 2",
    ],
)
def test_what_was_altered_behind_its_back_is_found(history: History, query: str) -> None:
    history.alter(query)
    assert history.found()


def test_a_second_id_of_one_content_is_found(history: History) -> None:
    history.alter("INSERT INTO content SELECT context, 9, identity, words, normal, guid, kind,"
                  " body, refs, metadata, rules FROM content WHERE id = 1")  # fmt: skip
    assert any("stand for the same" in each for each in history.found())


def test_whoever_answers_otherwise_is_found(
    history: History, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    history.store.close()
    other = History(tmp_path / "other.db")
    other.register(first("s"))
    other.store.close()
    found = checked(history.path, [serve(tmp_path / "other.db")], history.ledger).violations
    assert any("s has other versions than [1, 2]" in each for each in found)
    assert any("the subjects are not those" in each for each in found)
