"""What the shared store must hold to: many replicas on one database, and a database that dies."""

from __future__ import annotations

import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from chaos.proxy import Cut, Proxy
from lading.model.contract import Compatibility, Kind, Reference, Subject
from lading.registry.client import Client
from lading.registry.errors import Incompatible, InvalidSchema, StoreError
from lading.registry.service import Proposal, Registry
from lading.registry.settings import Settings
from lading.registry.store import Append, Content, Deleted, Moved, Version
from lading.registry.store.audit import broken
from lading.registry.store.opening import open_store, refuse_secrets
from lading.registry.store.postgres import PostgresStore
from lading.registry.store.verify import problems
from registry import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.store import Writing
    from registry.postgres import Server

OPEN = Settings(compatibility=Compatibility.NONE)


@pytest.fixture
def pair(dsn: str) -> Iterator[tuple[PostgresStore, PostgresStore]]:
    """Two replicas on one database."""
    first, second = PostgresStore(dsn), PostgresStore(dsn)
    yield first, second
    first.close()
    second.close()


@pytest.fixture
def one(pair: tuple[PostgresStore, PostgresStore]) -> PostgresStore:
    return pair[0]


def schema(number: int) -> Content:
    return Content(Kind.AVRO, f'{{"type":"fixed","name":"f{number}","size":{number + 1}}}')


def append(store: PostgresStore, subject: str, content: Content, seq: int = 0) -> Version:
    return store.append(Append(subject, content, seq, store.end().epoch, "wms")).result(20)


def wrong(dsn: str) -> list[str]:
    """What `lading db verify` finds."""
    with psycopg.connect(dsn) as server:
        return list(problems(_Asked(server)))


class _Asked:
    """A connection that takes ``?``."""

    def __init__(self, server: psycopg.Connection[Any]) -> None:
        self.server = server

    def execute(self, query: str, values: Any = (), /) -> Any:
        return self.server.execute(query.replace("?", "%s"), values)


def wait_until(holds: Callable[[], object], seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


# -- one group -------------------------------------------------------------------------------------


def test_appends_and_other_work_of_one_group_are_done_in_order(
    dsn: str, one: PostgresStore
) -> None:
    gate = threading.Event()
    held = one.write(lambda _: gate.wait(10))
    asked = [
        one.append(Append("a", schema(1), 0, 0)),
        one.append(Append("b", schema(2), 0, 0)),
        one.write(lambda writing: writing.add("c", schema(3))),
        one.append(Append("d", schema(1), 0, 0)),
    ]
    gate.set()
    found = [each.result(10) for each in asked]
    assert held.result(10)
    assert [each.id for each in found] == [1, 2, 3, 1]
    assert [each.seq for each in found] == [1, 2, 3, 4]
    assert wrong(dsn) == []


def test_what_was_judged_on_another_state_is_not_appended(dsn: str, one: PostgresStore) -> None:
    append(one, "a", schema(1))
    with pytest.raises(Moved):
        append(one, "a", schema(2))
    one.write(lambda writing: writing.set("", "compatibility", '"NONE"')).result(10)
    with pytest.raises(Moved):
        one.append(Append("b", schema(2), 0, 0)).result(10)
    with one.read() as reading:
        assert reading.subjects(None, "", Deleted.INCLUDED) == ["a"]
        assert reading.max_id(".") == 1
    assert wrong(dsn) == []


def test_the_function_and_a_session_write_the_same_rows(dsn: str, one: PostgresStore) -> None:
    """Also the digests: the log is one chain, whoever writes."""
    append(one, ":.eu:base", schema(1))
    content = Content(
        Kind.AVRO,
        '"☃ \\u0000"',
        (Reference("x", Subject("base"), 1), Reference("y", Subject(":.eu:base"), 1)),
        {"properties": {"k": "☃"}},
        {"domainRules": [{"name": "r"}]},
    )
    append(one, ":.eu:by function", content)
    one.write(lambda writing: writing.add(":.eu:by session", content), by="wms").result(10)
    with one.read() as reading:
        first, second = (reading.latest(f":.eu:by {who}") for who in ("function", "session"))
        entries = reading.log(0, 10)
        assert first is not None
        assert second is not None
        assert (first.content, first.id) == (second.content, second.id) == (content, 2)
        assert len(reading.referrers(":.eu:base", 1)) == 2
    assert broken(entries) is None
    assert [each.by for each in entries] == ["wms"] * 3
    assert wrong(dsn) == []


def test_an_entry_that_was_altered_is_named(dsn: str, one: PostgresStore) -> None:
    for number in range(4):
        append(one, f"s{number}", schema(number))
    for column, value in (
        ("at", "at + 1"),
        ("who", "'x'"),
        ("payload", "'{}'"),
        ("subject", "'y'"),
    ):
        with psycopg.connect(dsn) as server:
            server.execute(f"UPDATE log SET {column} = {value} WHERE seq = 3")
            found = list(problems(_Asked(server)))
            server.rollback()
        assert found[0].startswith("the log is broken at entry 3")
    with psycopg.connect(dsn) as server:
        server.execute("DELETE FROM log WHERE seq = 4")
        assert next(problems(_Asked(server))).startswith("the log ends at entry 3")
        server.rollback()
    assert wrong(dsn) == []


@pytest.mark.parametrize("text", ['"a\0b"', '"a\ud800b"'])
def test_text_that_the_database_cannot_hold_is_refused_alone(
    dsn: str, one: PostgresStore, text: str
) -> None:
    gate = threading.Event()
    held = one.write(lambda _: gate.wait(10))
    bad = one.append(Append("bad", Content(Kind.AVRO, text), 0, 0))
    good = one.append(Append("good", schema(1), 0, 0))
    worse = one.write(lambda writing: writing.add("worse", Content(Kind.AVRO, text)))
    gate.set()
    assert held.result(10)
    for each in (bad, worse):
        with pytest.raises(InvalidSchema, match="PostgreSQL cannot store"):
            each.result(10)
    assert good.result(10).id == 1
    with pytest.raises(InvalidSchema), one.read() as reading:
        reading.ids_of(text)
    assert wrong(dsn) == []


# -- many replicas ---------------------------------------------------------------------------------


def test_a_replica_sees_soon_what_another_wrote(
    pair: tuple[PostgresStore, PostgresStore],
) -> None:
    first, second = pair
    append(first, "a", schema(1))
    assert first.end().seq == 1
    with second.read() as reading:
        assert reading.latest("a") is not None
    wait_until(lambda: second.end() == first.end(), 1)


class Told:
    """Notes after which entries of the log others have written."""

    def __init__(self) -> None:
        self.after: list[int] = []
        self.news = threading.Event()

    def tell(self, after: int) -> None:
        self.after.append(after)
        self.news.set()


def test_a_replica_is_told_what_others_wrote_and_not_what_it_wrote_itself(
    pair: tuple[PostgresStore, PostgresStore],
) -> None:
    """From where on they did; also where it has written since, before it looked."""
    here, there = pair
    told = Told()
    here.follow(told.tell)
    seq = append(here, "a", schema(1)).seq
    seq = append(here, "a", schema(2), seq).seq
    assert not told.news.wait(0.3)

    append(there, "b", schema(3))
    assert told.news.wait(5)
    assert told.after == [seq]

    told.news.clear()
    seq = append(there, "b", schema(4), seq + 1).seq
    append(here, "a", schema(5), 2)
    assert told.news.wait(5)
    assert told.after[1:] == [seq - 1]


def test_who_is_gone_is_told_nothing(pair: tuple[PostgresStore, PostgresStore]) -> None:
    """A store holds nobody who follows it: registries come and go."""
    here, there = pair
    told, other = Told(), Told()
    gone = weakref.ref(told)
    here.follow(told.tell)
    here.follow(other.tell)
    del told
    assert gone() is None
    append(there, "b", schema(3))
    assert other.news.wait(5)


def test_replicas_that_write_at_once_give_every_number_out_once(
    dsn: str, pair: tuple[PostgresStore, PostgresStore]
) -> None:
    """Each worker registers its own and everybody's schemas, under its own and shared subjects."""
    registries = [Registry(store, settings=OPEN) for store in pair]
    acknowledged: list[tuple[str, Version]] = []

    def work(worker: int) -> None:
        registry = registries[worker % 2]
        for number in range(25):
            for subject in (f"own-{worker}", "shared"):
                content = schema(worker * 1000 + number if number % 2 else number)
                proposal = Proposal(Kind.AVRO, content.text)
                acknowledged.append((content.text, registry.register(subject, proposal)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    with pair[0].read() as reading:
        for text, each in acknowledged:
            held = reading.version(each.subject, each.number)
            assert held == each
            assert held.content.text == text
        names = reading.subjects(None, "", Deleted.INCLUDED)
        every = {name: reading.versions(name, Deleted.INCLUDED) for name in names}
        top = reading.max_id(".")
    ids = {each.id: each.content.text for versions in every.values() for each in versions}
    for versions in every.values():
        assert [each.number for each in versions] == list(range(1, len(versions) + 1))
    assert sorted(ids) == list(range(1, top + 1))
    assert len(set(ids.values())) == len(ids)
    assert wrong(dsn) == []


def test_of_two_that_exclude_one_another_one_lands(
    pair: tuple[PostgresStore, PostgresStore], proposal: Callable[..., Proposal]
) -> None:
    settings = Settings(compatibility=Compatibility.FULL)
    registries = [Registry(store, settings=settings) for store in pair]
    typed = [
        proposal("a", "b?").text,
        proposal("a", "b?").text.replace('"b", "type": "string"', '"b", "type": "bytes"'),
    ]
    assert typed[0] != typed[1]

    def work(side: int, subject: str) -> bool:
        try:
            registries[side].register(subject, Proposal(Kind.AVRO, typed[side]))
        except Incompatible:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        for number in range(15):
            subject = f"s{number}"
            registries[0].register(subject, proposal("a"))
            landed = list(pool.map(work, (0, 1), (subject, subject)))
            assert sum(landed) == 1


def test_four_replicas_that_start_on_an_empty_database_are_all_ready(server: Server) -> None:
    dsn = server.new()
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(PostgresStore, [dsn] * 4))
    for number, store in enumerate(stores):
        assert append(store, f"s{number}", schema(number)).id == number + 1
        store.close()
    assert wrong(dsn) == []


# -- a database that dies --------------------------------------------------------------------------


@contextmanager
def dying() -> Iterator[tuple[Server, PostgresStore]]:
    """A server of one's own, and a store on it."""
    with postgres.running() as server:
        store = PostgresStore(server.new())
        try:
            yield server, store
        finally:
            store.close()


def test_a_restart_under_load_loses_nothing_and_is_over_soon() -> None:
    with dying() as (server, store):
        acknowledged: dict[str, Version] = {}
        stop = threading.Event()

        def work(worker: int) -> None:
            number = 0
            while not stop.is_set():
                name, number = f"s-{worker}-{number}", number + 1
                try:
                    acknowledged[name] = append(store, name, schema(worker * 100_000 + number))
                except (StoreError, Moved):
                    stop.wait(0.05)

        with ThreadPoolExecutor(4) as pool:
            running = [pool.submit(work, worker) for worker in range(4)]
            for _ in range(2):
                time.sleep(0.5)
                server.restart()
                before = len(acknowledged)
                wait_until(lambda before=before: len(acknowledged) > before)
            stop.set()
            for each in running:
                each.result(20)
        with store.read() as reading:
            held = {name: reading.latest(name) for name in acknowledged}
        assert held == acknowledged
        assert len(acknowledged) > 100
        assert wrong(server.dsn("test_1")) == []


def test_a_database_that_is_down_is_an_error_at_once_and_found_again() -> None:
    with dying() as (server, store):
        append(store, "a", schema(1))
        server.stop()
        for _ in range(3):
            started = time.monotonic()
            with pytest.raises(StoreError, match="postgresql://postgres@"), store.read() as reading:
                reading.latest("a")
            with pytest.raises(StoreError):
                append(store, "b", schema(2))
            assert time.monotonic() - started < 2
        assert store.end().seq == 1
        server.start()
        wait_until(lambda: _reads(store))
        wait_until(lambda: _writes(store))


def test_a_view_that_loses_its_database_says_so_in_our_words() -> None:
    """Registering with references left the view without its error, and was answered with 500."""
    with dying() as (server, store), ExitStack() as left:
        reading = left.enter_context(store.read())
        server.restart()
        with pytest.raises(StoreError):
            reading.latest("a")


def test_a_database_that_is_frozen_is_an_error_within_two_seconds_or_so() -> None:
    with dying() as (server, store):
        append(store, "a", schema(1))
        assert _reads(store)
        with server.frozen():
            for works in (_reads, _writes, _reads, _writes):
                started = time.monotonic()
                assert not works(store)
                assert time.monotonic() - started < 2.5
        wait_until(lambda: _reads(store))
        wait_until(lambda: _writes(store))


def _reads(store: PostgresStore) -> bool:
    try:
        with store.read() as reading:
            return reading.latest("a") is not None
    except StoreError:
        return False


def _writes(store: PostgresStore) -> bool:
    try:
        store.write(lambda writing: writing.set("", "x", "1")).result(10)
    except StoreError:
        return False
    return True


# -- one of several that is cut off ----------------------------------------------------------------


@contextmanager
def wired(server: Server, dsn: str) -> Iterator[tuple[PostgresStore, PostgresStore, Proxy]]:
    """Two replicas, the second at the end of a wire that can be cut."""
    wire = Proxy(str(server.folder / ".s.PGSQL.5432"))
    name = dsn.rpartition("/")[2]
    far = f"postgresql://postgres@127.0.0.1:{wire.port}/{name}?sslmode=disable"
    with closing(wire), closing(PostgresStore(dsn)) as one, closing(PostgresStore(far)) as other:
        yield one, other, wire


def test_a_replica_that_is_cut_off_while_it_writes_does_not_hold_up_the_others(
    server: Server, dsn: str
) -> None:
    """It was a minute: as long as the server was told to wait for work that is judged."""
    with wired(server, dsn) as (one, other, wire):
        inside, gate = threading.Event(), threading.Event()
        held = other.write(lambda _: (inside.set(), gate.wait(30)))
        assert inside.wait(10)
        with wire.cut(Cut.STALL):
            assert append(one, "a", schema(1)).id == 1
        gate.set()
        with pytest.raises(StoreError):
            held.result(20)
        wait_until(lambda: _writes(other))
    assert wrong(dsn) == []


def test_work_that_takes_longer_than_that_is_not_taken_for_cut_off(one: PostgresStore) -> None:
    def work(writing: Writing) -> int:
        time.sleep(7)
        return writing.add("a", schema(1)).id

    assert one.write(work).result(20) == 1


def test_a_store_that_is_cut_off_can_be_closed(server: Server, dsn: str) -> None:
    with wired(server, dsn) as (_, other, wire), wire.cut(Cut.STALL):
        time.sleep(0.3)
        closing_ = threading.Thread(target=other.close)
        closing_.start()
        closing_.join(20)
        assert not closing_.is_alive()


def test_what_is_acknowledged_is_durable_whatever_the_database_was_told(
    server: Server, dsn: str
) -> None:
    server.ask(f"ALTER DATABASE {dsn.rpartition('/')[2]} SET synchronous_commit = off")
    with closing(PostgresStore(dsn)) as store:
        shown = store.write(lambda writing: writing._db.execute("SHOW synchronous_commit"))
        assert shown.result(10).fetchone() == ("on",)


# -- opening ---------------------------------------------------------------------------------------


def test_a_database_of_another_program_is_refused_and_left_alone(server: Server) -> None:
    dsn = server.new()
    with psycopg.connect(dsn) as other:
        other.execute("CREATE TABLE version (theirs text)")
    with pytest.raises(StoreError, match="another program"):
        PostgresStore(dsn)
    with psycopg.connect(dsn) as other:
        assert other.execute("SELECT to_regclass('subject')").fetchone() == (None,)


def test_a_database_of_a_newer_lading_is_refused(dsn: str) -> None:
    with psycopg.connect(dsn) as newer:
        newer.execute("UPDATE lading_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer lading, to revision 9999"):
        PostgresStore(dsn)


def test_a_database_in_another_encoding_is_refused(server: Server) -> None:
    server.ask("CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0 LOCALE 'C'")
    with pytest.raises(StoreError, match="LATIN1"):
        PostgresStore(server.dsn("latin"))


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://lading:hunter2@127.0.0.1:1/registry")
    assert "postgresql://lading@127.0.0.1:1/registry" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("address", ["postgresql://u:secret@h/d", "postgres://h/d?password=secret"])
def test_a_password_in_the_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(StoreError, match="PGPASSWORD") as caught:
        refuse_secrets(address)
    assert "secret" not in str(caught.value)


def test_closing_twice_is_fine_and_asking_afterwards_is_refused(dsn: str) -> None:
    store = PostgresStore(dsn)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="shutting down"), store.read():
        pass
    with pytest.raises(StoreError, match="shutting down"):
        append(store, "a", schema(1))


# -- served ----------------------------------------------------------------------------------------


def test_what_one_server_registered_another_one_answers(
    dsn: str, start: Callable[..., Any], record: Callable[..., str]
) -> None:
    """By its number at once; as the newest version soon, also where it was asked for before."""
    with start(dsn) as (first, _), start(dsn) as (second, _):
        one, two = Client(first), Client(second)
        for fields in (["a"], ["a", "b?"], ["a", "b?", "c?"]):
            landed = one.register("s", record(*fields))
            assert two.schema("s", landed.version).id == landed.id
            wait_until(lambda landed=landed: two.schema("s").version == landed.version, 1)
        assert two.register("t", record("z")).id == landed.id + 1


def test_one_server_dies_and_the_other_goes_on(
    dsn: str, start: Callable[..., Any], record: Callable[..., str]
) -> None:
    with start(dsn) as (first, process), start(dsn) as (second, _):
        landed = [Client(first).register(f"s{n}", record("a", f"f{n}")) for n in range(5)]
        process.kill()
        process.wait(10)
        landed += [Client(second).register(f"t{n}", record("a", f"g{n}")) for n in range(5)]
    assert [each.id for each in landed] == list(range(1, 11))
    assert wrong(dsn) == []
