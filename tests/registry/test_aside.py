"""A process that judges beside the server: it is quicker, and nobody can tell otherwise."""

from __future__ import annotations

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from threading import Barrier
from typing import TYPE_CHECKING, Any, Final

import pytest

from asking import Http
from lading.model.contract import Compatibility
from lading.registry.config import Mode
from lading.registry.errors import StoreError
from lading.registry.judge import Judge
from lading.registry.registering import QUICK_TEXT
from lading.registry.service import Registry
from lading.registry.settings import Settings
from lading.registry.store.opening import open_store
from lading.registry.store.viewing import ViewedStore, open_view
from registry.conftest import avro_record, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import Popen

    from lading.registry.judge import Answer
    from lading.registry.proposals import Proposal
    from lading.registry.store import Store
    from lading.registry.store.viewing import View

PATIENCE: Final = 30.0
"""Seconds until something counts as never, on a machine that others use too."""
REFERRING: Final = json.dumps(
    {"type": "record", "name": "R", "fields": [{"name": "p", "type": "demo.v1.Parcel"}]}
)
JSON: Final = json.dumps({"type": "object", "properties": {"a": {"type": "string"}}})
USED: Final = [{"name": "demo.v1.Parcel", "subject": "s0", "version": 1}]


class Beside:
    """A server with a process that judges beside it."""

    def __init__(self, url: str, process: Popen[str]) -> None:
        self.ask = Http(url)
        self.process = process

    def samples(self) -> dict[str, float]:
        """What the metrics say of it, without the start that they share."""
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        found = (each.rpartition(" ") for each in lines if not each.startswith("#"))
        return {name.removeprefix("lading_registry_"): float(value) for name, _, value in found}

    def await_judge(self, starts: int = 1) -> int:
        """The process, once it is there and so many were started."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = self.samples()
            if found["judge_up"] and found["judge_starts_total"] >= starts:
                (pid,) = self.judges()
                return pid
            time.sleep(0.02)
        raise AssertionError("nobody judges beside")

    def judges(self) -> list[int]:
        """Those of its children that judge."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(each) for each in children if "lading.registry.judge" in said_to(int(each))]

    def register(self, subject: str, *fields: str) -> Any:
        body = {"schema": avro_record(*fields)}
        return self.ask("POST", f"/subjects/{subject}/versions", body)


def said_to(pid: int) -> str:
    """The command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text()


def is_there(pid: int) -> bool:
    """Whether it runs; a process that nobody has asked about since it ended does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def await_end(pid: int) -> None:
    until = time.monotonic() + PATIENCE
    while is_there(pid):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Two empty ones of a kind."""
    if request.param == "sqlite":
        return [str(tmp_path / f"{name}.db") for name in ("one", "other")]
    server, template = (request.getfixturevalue(each) for each in ("server", "template"))
    return [server.new(template) for _ in range(2)]


@pytest.fixture
def beside(databases: list[str]) -> Iterator[Beside]:
    with running(databases[0], judges=1) as (url, process):
        found = Beside(url, process)
        found.await_judge()
        yield found


def requests(random: Random) -> Iterator[tuple[str, str, Any]]:
    """What clients may ask for, most of it registrations that pass."""
    yield "PUT", "/config", {"compatibility": "BACKWARD_TRANSITIVE"}
    for number in range(200):
        subject = f"s{random.randrange(6)}"
        path = f"/subjects/{subject}/versions"
        text = avro_record("a", *{f"f{random.randrange(40)}?": 0 for _ in range(2)})
        level = random.choice(["NONE", "FULL", "FORWARD", "BACKWARD_TRANSITIVE"])
        mode = random.choice(["READONLY", "READWRITE", "READWRITE"])
        properties = {"lading.promise": random.choice(["FULL", "BACKWARD"])}
        rare: list[tuple[str, str, Any]] = [
            ("POST", path, {"schema": json.dumps(json.loads(text), indent=1)}),
            ("POST", path, {"schema": avro_record("a", f"must{number}")}),
            ("POST", path, {"schema": JSON, "schemaType": "JSON"}),
            ("POST", path, {"schema": "{"}),
            ("POST", path, {"schema": text, "metadata": {"properties": properties}}),
            ("POST", path, {"schema": REFERRING, "references": USED}),
            ("DELETE", f"{path}/latest", None),
            ("PUT", f"/config/{subject}", {"compatibility": level}),
            ("PUT", f"/mode/{subject}", {"mode": mode}),
            ("PUT", f"/config/also-{subject}", {"alias": subject}),
            ("POST", f"/subjects/also-{subject}/versions", {"schema": text}),
        ]
        often = ("POST", path, {"schema": text})
        yield random.choice([often, random.choice(rare), often])


def told(ask: Http, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
    """(status, headers, body), without what is another one each time."""
    answer = ask(method, path, body)
    headers = {k: v for k, v in answer.headers.items() if k not in {"date", "x-request-id"}}
    value = answer.json if answer.body else None
    if isinstance(value, dict):
        value.pop("ts", None)
    return answer.status, headers, value


def audited(ask: Http) -> list[dict[str, Any]]:
    """The log, without moments and the digests that they are in."""
    entries = ask("GET", "/api/v1/audit?limit=1000").json["entries"]
    return [{k: v for k, v in each.items() if k not in {"at", "digest"}} for each in entries]


@pytest.mark.slow
def test_nobody_can_tell_who_judged(databases: list[str]) -> None:
    """The same requests have the same statuses, headers, bodies and log, judged beside or not."""
    with ExitStack() as stack:
        served = [
            Beside(*stack.enter_context(running(each, judges=judges)))
            for judges, each in enumerate(databases)
        ]
        served[1].await_judge()
        for asked in requests(Random(7)):
            one, other = (told(each.ask, *asked) for each in served)
            assert one == other, asked
        log, same = (audited(each.ask) for each in served)
        whole = [each.ask("GET", "/api/v1/audit/verify").json["intact"] for each in served]
        found = served[1].samples()
    assert log == same
    assert whole == [True, True]
    assert found['judge_answers_total{outcome="decided"}'] > 60


def test_what_passes_is_judged_beside_and_counted_once(beside: Beside) -> None:
    """The versions of a subject, each of which follows the one before it, are all decided there."""
    for number in range(20):
        answer = beside.register("s", "a", *(f"f{each}?" for each in range(number)))
        assert (answer.status, answer.json["version"]) == (200, number + 1)
    found = beside.samples()
    assert found['judge_answers_total{outcome="decided"}'] == 20
    assert found['judge_answers_total{outcome="left"}'] == 0
    assert found['registrations_total{outcome="registered"}'] == 20
    assert found["gate_seconds_count"] == 19  # the first one follows nothing


def test_what_does_not_pass_is_refused_with_its_reasons(beside: Beside) -> None:
    """A refusal is that of the server itself, and what passes after it is judged beside again."""
    beside.register("s", "a")
    refused = beside.register("s", "a", "must")
    assert refused.status == 409
    assert "LAD" in refused.json["message"]
    assert beside.register("s", "a", "may?").json["version"] == 2
    assert beside.samples()['judge_answers_total{outcome="decided"}'] == 2


def test_who_judges_sees_what_was_changed_without_it(beside: Beside) -> None:
    """A deletion, a setting, and a version that came another way count with the next question."""
    beside.register("s", "a")
    beside.register("s", "a", "b?")
    properties = {"metadata": {"properties": {"k": "v"}}, "schema": avro_record("a", "b?", "c?")}
    assert beside.ask("POST", "/subjects/s/versions", properties).json["version"] == 3
    assert beside.register("s", "a", "b?", "c?", "d?").json["version"] == 4
    beside.ask("DELETE", "/subjects/s")
    beside.ask("PUT", "/config/s", {"compatibility": "FULL"})
    assert beside.register("s", "z").json["version"] == 5
    assert beside.register("s", "z", "y").status == 409


def test_of_two_that_exclude_one_another_one_lands(beside: Beside) -> None:
    """Sent at once, one is 200 and the other 409, in each of a hundred rounds."""
    beside.ask("PUT", "/config", {"compatibility": "FULL"})
    gate = Barrier(2, timeout=60)

    def send(subject: str, kind: str) -> int:
        field = {"name": "own", "type": kind, "default": "" if kind == "string" else 0}
        schema = json.loads(avro_record("a"))
        schema["fields"].append(field)
        gate.wait()
        body = {"schema": json.dumps(schema)}
        return int(beside.ask("POST", f"/subjects/{subject}/versions", body).status)

    with ThreadPoolExecutor(2) as pool:
        for number in range(100):
            subject = f"s{number}"
            beside.register(subject, "a")
            statuses = sorted(pool.map(send, (subject, subject), ("string", "int")))
            assert statuses == [200, 409]


@pytest.mark.slow
def test_killing_who_judges_loses_and_refuses_nothing(beside: Beside) -> None:
    """Eight clients register while it is killed four times: all of it lands, without a gap."""
    versions = 80

    def register(subject: str) -> list[int]:
        answers = []
        for number in range(versions):
            answers.append(beside.register(subject, "a", *(f"f{e}?" for e in range(number % 40))))
            if number == 40:
                beside.ask("PUT", f"/config/{subject}", {"compatibility": "NONE"})
        assert {each.status for each in answers} == {200}
        return [each.json["version"] for each in answers]

    with ThreadPoolExecutor(8) as pool:
        begun = [pool.submit(register, f"s{number}") for number in range(8)]
        for starts in range(1, 5):
            os.kill(beside.await_judge(starts), signal.SIGKILL)
        landed = [each.result() for each in begun]
    assert all(each[:40] == list(range(1, 41)) for each in landed)
    for number in range(8):
        numbers = beside.ask("GET", f"/subjects/s{number}/versions").json
        assert numbers == list(range(1, len(numbers) + 1))
    assert beside.ask("GET", "/api/v1/audit/verify").json["intact"]
    assert beside.ask("GET", "/health/ready?role=write").status == 200
    beside.await_judge(5)


@pytest.mark.slow
def test_who_does_not_answer_is_ended_and_started_again(beside: Beside) -> None:
    """A frozen process keeps a registration waiting for some seconds, and none after that."""
    pid = beside.await_judge()
    os.kill(pid, signal.SIGSTOP)
    assert beside.register("s", "a").json["version"] == 1
    assert not is_there(pid)
    began = time.monotonic()
    assert beside.register("s", "a", "b?").json["version"] == 2
    assert time.monotonic() - began < 2
    assert beside.await_judge(2) != pid
    assert beside.register("s", "a", "b?", "c?").json["version"] == 3
    assert beside.samples()['judge_answers_total{outcome="decided"}'] == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_its_server(path: Path, how: signal.Signals) -> None:
    """Whether that is asked to go, or killed."""
    with running(path, judges=1) as (url, process):
        pid = Beside(url, process).await_judge()
        process.send_signal(how)
        process.wait(30)
        await_end(pid)


def test_nothing_is_said_where_others_can_see_it(databases: list[str]) -> None:
    """The address of the database is in none of its arguments."""
    with running(databases[0], judges=1) as (url, process):
        said = said_to(Beside(url, process).await_judge())
    assert databases[0] not in said


def test_nobody_judges_beside_unless_that_is_asked_for(path: Path) -> None:
    with running(path) as (url, process):
        found = Beside(url, process)
        assert found.register("s", "a").status == 200
        assert found.judges() == []
        assert found.samples()["judge_up"] == 0


def test_what_an_earlier_server_has_registered_is_read_there(databases: list[str]) -> None:
    """The first version after a start is judged beside, by those that are in the database."""
    with running(databases[0]) as (url, process):
        for number in range(5):
            Beside(url, process).register("s", "a", *(f"f{each}?" for each in range(number)))
    with running(databases[0], judges=1) as (url, process):
        found = Beside(url, process)
        found.await_judge()
        assert found.register("s", "a", "f0?").json["version"] == 2
        assert found.register("s", "a", "f9?").json["version"] == 6
        assert found.samples()['judge_answers_total{outcome="decided"}'] == 2
        assert found.samples()['judge_answers_total{outcome="left"}'] == 0


# -- without a process ----------------------------------------------------------------------------


@pytest.fixture
def store(databases: list[str]) -> Iterator[Store]:
    """One that writes, under the address `databases[0]`."""
    found = open_store(databases[0])
    yield found
    found.close()


class Asking:
    """Asks a judge, and tells it what became of it."""

    def __init__(self, store: Store, view: View) -> None:
        self.store = store
        self.judge = Judge(view, store.end(), Compatibility.BACKWARD)
        self.tickets = 0

    def __call__(self, text: str, *, others: int = -1, news: Any = (), many: int = 1) -> Answer:
        end, first = self.store.end(), self.tickets + 1
        self.tickets += many
        asked = [(each, f"s{each - first}", text, True) for each in range(first, first + many)]
        question = end.seq, end.epoch, others, [*news], asked
        return [each for answers in self.judge.heard(question) for each in answers]


@pytest.fixture
def asking(store: Store, databases: list[str]) -> Iterator[Asking]:
    with closing(open_view(databases[0])) as view:
        yield Asking(store, view)


def test_a_version_is_judged_by_the_one_before_it_though_nobody_has_read_that(
    asking: Asking,
) -> None:
    """What was told of a ticket counts: here it is in no database at all."""
    ((ticket, held, seq, *_),) = asking(avro_record("a"))
    assert (held, seq) == (None, 0)
    news = [(ticket, 1, 11, 5, 7)]
    ((ticket, held, seq, *_),) = asking(avro_record("a", "b?"), news=news)
    assert (held, seq) == (None, 7)
    news = [(ticket, 2, 12, 6, 8)]
    assert len(asking(avro_record("a", "must"), news=news)[0]) == 1
    ((_, held, seq, *_),) = asking(avro_record("a"))
    assert (held, seq) == ((1, 11, 5), 7)


def test_who_lost_a_race_is_judged_by_what_there_is(
    asking: Asking, store: Store, proposal: Callable[..., Proposal]
) -> None:
    """A ticket that has moved makes it read the subject again, and nothing else does."""
    ((ticket, *_),) = asking(avro_record("a"))
    landed = Registry(store).register("s0", proposal("a", "b?"))
    ((again, _, seq, *_),) = asking(avro_record("a", "b?", "c?"))
    assert seq == 0
    news = [(ticket, 1), (again, 1)]
    ((_, _, seq, *_),) = asking(avro_record("a", "b?", "c?"), news=news)
    assert seq == landed.seq


def test_what_other_processes_wrote_is_taken_in(
    asking: Asking, store: Store, proposal: Callable[..., Proposal]
) -> None:
    """Nobody has to lose a race for it."""
    ((ticket, *_),) = asking(avro_record("a"))
    first = Registry(store).register("s0", proposal("a"))
    news = [(ticket, first.number, first.id, first.at, first.seq)]
    asking(avro_record("a", "x?"), news=news)
    landed = Registry(store).register("s0", proposal("a", "b?"))
    ((_, _, seq, *_),) = asking(avro_record("a", "b?", "c?"), others=first.seq)
    assert seq == landed.seq


def test_answers_come_a_few_at_a_time(asking: Asking) -> None:
    """Who asked for many appends the first ones while the others are judged."""
    end = asking.store.end()
    asked = [(each, f"t{each}", avro_record("a"), True) for each in range(10)]
    shares = [len(each) for each in asking.judge.heard((end.seq, end.epoch, -1, [], asked))]
    assert shares == [4, 4, 2]


def test_what_takes_long_is_left_to_who_asks(
    asking: Asking, store: Store, proposal: Callable[..., Proposal]
) -> None:
    """A subject with more than it reads at once is read when nobody waits; a closed one never."""
    registry = Registry(store, settings=Settings(compatibility=Compatibility.NONE))
    many = [f"field_{number}_of_a_long_text?" for number in range(100)]
    for number in range(12):
        registry.register("s0", proposal("a", f"own{number}?", *many))
    registry.set_mode(Mode.READONLY, scope="s1")
    assert [len(each) for each in asking(avro_record("a"), many=2)] == [1, 1]
    assert asking.judge.read_ahead()
    assert not asking.judge.read_ahead()
    long = avro_record("a", *many)
    assert len(long) < QUICK_TEXT
    assert [len(each) > 1 for each in asking(long, many=2)] == [True, False]


def test_who_only_looks_writes_nothing(store: Store, databases: list[str]) -> None:
    """Neither by the store that is made of a view, nor by the view itself."""
    with closing(ViewedStore(open_view(databases[0]), store.end())) as viewed:
        for write in (viewed.append, viewed.write):
            with pytest.raises(StoreError):
                write()
        with pytest.raises(StoreError), viewed.read() as reading:
            reading.set("", "compatibility", '"NONE"')  # type: ignore[attr-defined]
        with viewed.read() as reading:
            assert reading.settings("") == {}
