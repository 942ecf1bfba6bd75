"""What every store must hold to, and what the embedded one must besides."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import uuid
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lading.model.contract import Kind, Reference, Subject
from lading.registry.errors import InvalidSchema, StoreError
from lading.registry.store import (
    Append,
    Content,
    Deleted,
    Moved,
    Part,
    SqliteStore,
    Store,
    Version,
    Writing,
)
from lading.registry.store.audit import broken

ONE = Content(Kind.AVRO, '"string"')
TWO = Content(Kind.AVRO, '"long"')


def add(store: Store, subject: str, content: Content) -> Version:
    return store.write(lambda writing: writing.add(subject, content)).result(10)


def _added(asked: Append, writing: Writing) -> Version:
    return writing.add(asked.subject, asked.content)


def test_the_same_content_has_one_id_and_a_number_per_subject(store: Store) -> None:
    first, second = add(store, "a", ONE), add(store, "b", ONE)
    assert (first.id, first.number, second.id, second.number) == (1, 1, 1, 1)


def test_metadata_makes_another_content(store: Store) -> None:
    owned = Content(Kind.AVRO, '"string"', metadata={"properties": {"lading.owner": "wms"}})
    assert add(store, "a", ONE).id != add(store, "a", owned).id


def test_a_version_comes_back_as_it_was_added(store: Store) -> None:
    add(store, "base", ONE)
    content = Content(
        Kind.OPENAPI,
        "openapi: 3.1.0 # ☃",
        (Reference("x", Subject("base"), 1),),
        {"properties": {"k": "v"}},
        {"domainRules": [{"name": "r"}]},
    )
    added = add(store, "a/b c", content)
    with store.read() as reading:
        assert reading.latest("a/b c") == added
        assert reading.content(".", added.id) == content
        assert [each.subject for each in reading.referrers("base", 1)] == ["a/b c"]


def test_what_was_judged_before_something_moved_is_not_appended(store: Store) -> None:
    """Another version of the subject, or anything but a registration anywhere, is a move."""
    first = add(store, "a", ONE)
    with store.read() as reading:
        epoch = reading.end().epoch
    store.write(lambda writing: writing.set("b", "mode", '"READONLY"')).result(10)
    for asked in (Append("a", TWO, first.seq, epoch), Append("a", TWO, 0, epoch)):
        with pytest.raises(Moved):
            store.append(asked).result(10)
    with store.read() as reading:
        epoch = reading.end().epoch
    with pytest.raises(Moved):
        store.append(Append("a", TWO, first.seq - 1, epoch)).result(10)

    assert store.append(Append("a", TWO, first.seq, epoch)).result(10).number == 2
    with pytest.raises(Moved):
        store.append(Append("a", ONE, first.seq, epoch)).result(10)
    assert store.append(Append("c", ONE, 0, epoch)).result(10).number == 1


@pytest.mark.parametrize("seed", range(4))
def test_what_is_appended_together_is_as_added_one_by_one(
    store: Store, tmp_path: Path, seed: int
) -> None:
    """Ids, numbers, references and the log; what has moved takes no part, and its neighbours do."""
    rng = random.Random(seed)
    other = Content(Kind.AVRO, '"int"', (Reference("x", Subject("a"), 1),))
    alone = SqliteStore(tmp_path / "alone.db")
    add(store, "a", ONE), add(alone, "a", ONE)
    seqs, last, asked = {"a": 1}, 1, list[tuple[Append, bool]]()
    for _ in range(60):
        subject = rng.choice(("a", "b", ":.sub:a", ":.sub:b"))
        stale = rng.random() < 0.3
        append = Append(
            subject, rng.choice((ONE, TWO, other)), seqs.get(subject, 0) + stale, 0, by="wms"
        )
        asked.append((append, stale))
        if not stale:
            last = seqs[subject] = last + 1
    gate = threading.Event()
    held = store.write(lambda _: gate.wait(10))
    futures = [store.append(each) for each, _ in asked]
    gate.set()
    held.result(10)
    for future, (append, stale) in zip(futures, asked, strict=True):
        if stale:
            with pytest.raises(Moved):
                future.result(10)
            continue
        wanted = alone.write(partial(_added, append), by="wms").result(10)
        assert replace(future.result(10), at=0) == replace(wanted, at=0)

    with store.read() as one, alone.read() as two:
        for reading in (one, two):
            assert broken(reading.log(0, 1000)) is None
        assert [replace(e, at=0, digest="") for e in one.log(0, 1000)] == [
            replace(e, at=0, digest="") for e in two.log(0, 1000)
        ]
        for subject in seqs:
            assert one.subject(subject) == two.subject(subject)
            versions = [
                [replace(e, at=0) for e in each.versions(subject, Deleted.HIDDEN)]
                for each in (one, two)
            ]
            assert versions[0] == versions[1]
            assert one.referrers(subject, 1) == two.referrers(subject, 1)
        for context in (".", ".sub"):
            assert one.max_id(context) == two.max_id(context)
    alone.close()


def test_what_waits_together_is_done_in_its_order(store: Store) -> None:
    """What was judged before a setting is appended before it, and not after it."""
    gate = threading.Event()
    held = store.write(lambda _: gate.wait(10))
    before = store.append(Append("a", ONE, 0, 0))
    store.write(lambda writing: writing.set("a", "compatibility", '"NONE"'))
    after = store.append(Append("b", ONE, 0, 0))
    gate.set()

    held.result(10)
    assert before.result(10).number == 1
    with pytest.raises(Moved):
        after.result(10)


def test_a_hidden_version_is_seen_only_when_asked_for(store: Store) -> None:
    add(store, "a", ONE)
    add(store, "a", TWO)
    store.write(lambda writing: writing.hide("a", 2)).result(10)
    with store.read() as reading:
        assert [each.number for each in reading.versions("a", Deleted.HIDDEN)] == [1]
        assert [each.number for each in reading.versions("a", Deleted.ONLY)] == [2]
        latest = reading.latest("a")
        assert latest is not None
        assert latest.number == 1


def test_failed_work_undoes_its_own_writes_and_nobody_elses(store: Store) -> None:
    gate = threading.Event()
    first = store.write(lambda writing: (gate.wait(10), writing.add("a", ONE))[1])

    def fail(writing: Writing) -> None:
        writing.add("b", TWO)
        raise KeyError("on purpose")

    second = store.write(fail)
    third = store.write(lambda writing: writing.add("c", ONE))
    gate.set()
    assert first.result(10).number == 1
    with pytest.raises(KeyError):
        second.result(10)
    assert third.result(10).number == 1
    with store.read() as reading:
        assert reading.subjects(None, "", Deleted.INCLUDED) == ["a", "c"]


def test_a_text_that_cannot_be_stored_fails_alone(sqlite_store: SqliteStore) -> None:
    """Those that waited for the same commit were told that they had failed, too."""
    gate = threading.Event()
    held = sqlite_store.write(lambda _: gate.wait(10))
    bad = sqlite_store.append(Append("bad", Content(Kind.AVRO, '"a\ud800b"'), 0, 0))
    good = sqlite_store.append(Append("good", ONE, 0, 0))
    gate.set()
    assert held.result(10)
    with pytest.raises(InvalidSchema, match="cannot be stored"):
        bad.result(10)
    assert (good.result(10).id, good.result(10).seq) == (1, 1)


def test_a_prefix_is_text_and_not_a_pattern(store: Store) -> None:
    add(store, "a%b", ONE)
    add(store, "axb", ONE)
    with store.read() as reading:
        assert reading.subjects(None, "a%", Deleted.HIDDEN) == ["a%b"]


def test_a_reader_sees_one_moment_while_others_write(store: Store) -> None:
    add(store, "a", ONE)
    with store.read() as reading:
        before = reading.subjects(None, "", Deleted.HIDDEN)
        add(store, "b", ONE)
        assert reading.subjects(None, "", Deleted.HIDDEN) == before == ["a"]


def test_a_second_server_on_the_same_file_is_refused(sqlite_store: SqliteStore) -> None:
    code = f"from lading.registry.store import SqliteStore; SqliteStore({str(sqlite_store.path)!r})"
    env = {"PYTHONPATH": ":".join(sys.path)}
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=30,
        check=False,
    )  # fmt: skip
    assert "another lading registry" in other.stderr
    assert "stop it first" in other.stderr


def test_the_lock_goes_with_the_store(path: Path) -> None:
    SqliteStore(path).close()
    SqliteStore(path).close()


def test_closing_twice_is_fine_and_asking_afterwards_is_refused(path: Path) -> None:
    store = SqliteStore(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="shutting down"):
        add(store, "a", ONE)
    with pytest.raises(StoreError, match="shutting down"), store.read():
        pass
    assert not path.with_name(path.name + "-wal").exists()


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"a spreadsheet, for instance\n" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a database"):
        SqliteStore(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        SqliteStore(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_lading_is_refused(path: Path) -> None:
    SqliteStore(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 999")
    newer.close()
    with pytest.raises(StoreError, match="newer lading"):
        SqliteStore(path)


def test_a_read_only_file_is_refused(path: Path) -> None:
    SqliteStore(path).close()
    path.chmod(0o444)
    with pytest.raises(StoreError, match="read-only"):
        SqliteStore(path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="mkdir -p"):
        SqliteStore(tmp_path / "no" / "registry.db")


def test_a_full_disk_is_a_clear_error_and_loses_nothing(sqlite_store: SqliteStore) -> None:
    add(sqlite_store, "a", ONE)
    sqlite_store.write(lambda writing: writing._db.execute("PRAGMA max_page_count = 1")).result(10)
    big = Content(Kind.JSON, '"' + "x" * 1_000_000 + '"')
    with pytest.raises(StoreError, match="disk is full"):
        add(sqlite_store, "b", big)
    sqlite_store.write(
        lambda writing: writing._db.execute("PRAGMA max_page_count = 100000")
    ).result(10)
    assert add(sqlite_store, "b", big).number == 1
    with sqlite_store.read() as reading:
        assert reading.subjects(None, "", Deleted.HIDDEN) == ["a", "b"]


def test_the_guid_is_the_one_confluent_computes() -> None:
    """MD5 over the text, then each reference's name, subject and big-endian version."""
    assert ONE.guid == _md5(b'"string"')
    with_reference = Content(Kind.AVRO, '"n.X"', (Reference("n.X", Subject("x"), 258),))
    assert with_reference.guid == _md5(b'"n.X"n.Xx\x00\x00\x01\x02')


def _md5(data: bytes) -> str:
    return str(uuid.UUID(hashlib.md5(data, usedforsecurity=False).hexdigest()))


class Ids(RuleBasedStateMachine):
    """An id, and a number in a subject, stands for one content for ever."""

    subjects = st.sampled_from(["a", "b"])
    texts = st.sampled_from(['"int"', '"long"', '"bytes"'])

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "registry.db"
        self.store = SqliteStore(self.path)
        self.ids: dict[int, str] = {}
        self.numbers: dict[tuple[str, int], str] = {}

    @rule(subject=subjects, text=texts)
    def register(self, subject: str, text: str) -> None:
        version = add(self.store, subject, Content(Kind.AVRO, text))
        assert self.ids.setdefault(version.id, text) == text
        assert (subject, version.number) not in self.numbers
        self.numbers[subject, version.number] = text

    @rule(subject=subjects)
    def hide(self, subject: str) -> None:
        with self.store.read() as reading:
            latest = reading.latest(subject)
        if latest is not None:
            self.store.write(lambda writing: writing.hide(subject, latest.number)).result(10)

    @rule(subject=subjects)
    def remove(self, subject: str) -> None:
        with self.store.read() as reading:
            hidden = reading.versions(subject, Deleted.ONLY)
        for each in hidden:
            self.store.write(lambda w, n=each.number: w.remove(subject, n)).result(10)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = SqliteStore(self.path)

    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def what_is_there_is_what_was_put_there(self) -> None:
        with self.store.read() as reading:
            for subject in ("a", "b"):
                for each in reading.versions(subject, Deleted.INCLUDED):
                    assert self.numbers[subject, each.number] == each.content.text
                    assert self.ids[each.id] == each.content.text

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


TestIdsAreNeverReused = Ids.TestCase
TestIdsAreNeverReused.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_a_page_of_subjects_is_a_part_of_all(store: Store) -> None:
    """Hidden ones count for none, and a page beyond the end is empty."""

    def fill(writing: Writing) -> None:
        for name in ("d", "a", ":.x:e", "c", "b", "hidden"):
            writing.add(name, ONE)
        writing.hide("hidden", 1)

    store.write(fill).result(10)
    with store.read() as reading:
        whole = reading.subjects(None, "", Deleted.HIDDEN)
        assert len(whole) == 5
        for start in range(7):
            for most in (0, 1, 2, 9, None):
                end = None if most is None else start + most
                page = reading.subjects(None, "", Deleted.HIDDEN, Part(start, most))
                assert page == whole[start:end]
