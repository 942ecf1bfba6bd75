"""What is done to a registry while clients use it; each scenario gives a `Tally`."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from chaos import power
from chaos.acts import Ledger
from chaos.asker import Asker
from chaos.check import checked
from chaos.load import MIXED, REGISTERING, avro, first, loaded
from chaos.proxy import Cut, Proxy
from chaos.races import opposed_rounds
from chaos.replica import Replica, running
from chaos.tally import Tally, tallied
from lading.model.contract import Kind
from lading.registry.store import Append, Content
from lading.registry.store.opening import open_store
from needed import do_without
from registry import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chaos.acts import Part
    from registry.postgres import Server

READY: Final = 2.0
"""Seconds that a start may take with `SCHEMAS` schemas, on a machine of one's own."""
SCHEMAS: Final = 10_000
RECOVERY: Final = 5.0
"""Seconds in which writes are taken again once a database is back."""
LOGGED: Final = 12 * 1024 * 1024
"""Bytes of a log at which the power goes: with 32 MiB it would be folded in."""
SLACK: Final = 3.0
"""How many times as long both may take where others are at work too."""
SKEW: Final = 600.0
FULL: Final = 3 * 1024 * 1024
CLUSTER: Final = 128 * 1024 * 1024
"""Bytes of a disk, for a file and for a cluster of PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it."""

    seconds: float
    rounds: int
    kills: int
    restarts: int
    cuts: int
    """Of each kind."""
    starts: int
    sample: int
    """Versions that are read back from each replica."""
    tears: int
    """Bytes of a log at which the power goes."""
    stores: int = 2
    """Of those with many schemas in them."""


SHORT: Final = Size(
    seconds=2, rounds=50, kills=15, restarts=1, cuts=1, starts=1, sample=60, tears=20, stores=1
)
LONG: Final = Size(
    seconds=120, rounds=1000, kills=500, restarts=10, cuts=5, starts=20, sample=1000, tears=200
)


def scaled(size: Size, by: float) -> Size:
    """The same, longer or shorter; at least one of everything."""
    count = {
        each: max(1, round(getattr(size, each) * by))
        for each in ("rounds", "kills", "restarts", "cuts", "starts", "tears")
    }
    return replace(size, seconds=size.seconds * by, **count)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where it is done."""

    server: Server
    """Of PostgreSQL; nobody else uses it."""
    size: Size
    seed: int
    told: Callable[[str], None]
    """How far it is."""
    before: Path | None = None
    """A checkout of the release before."""
    judges: int = 0
    """Processes that judge beside each server: see `Settings.judges`."""


# -- races -----------------------------------------------------------------------------------------


def race_on_postgres(stage: Stage) -> Tally:
    """Three replicas whose clocks are minutes apart, and eight clients, on one database."""
    return _raced(stage, stage.server.new(), (SKEW, 0, -SKEW))


def race_on_sqlite(stage: Stage) -> Tally:
    """One process and eight clients on one file; some of it is judged by workers."""
    with _file() as database:
        return _raced(stage, database, (0,))


def _raced(stage: Stage, database: str, clocks: Sequence[float]) -> Tally:
    ledger = Ledger()
    replicas = [Replica(database, ahead=each, judges=stage.judges) for each in clocks]
    with running(*replicas) as urls:
        mix = replace(MIXED, json=0 if len(clocks) > 1 else 3)
        with loaded(urls, ledger, seed=stage.seed, mix=mix):
            _wait(stage, stage.size.seconds)
        found = checked(database, urls, ledger, sample=stage.size.sample)
    return tallied(ledger, found)


def opposed_on_postgres(stage: Stage) -> Tally:
    """Two replicas, each with one of two changes that exclude one another."""
    return _opposed(stage, stage.server.new(), 2)


def opposed_on_sqlite(stage: Stage) -> Tally:
    """The same with one process."""
    with _file() as database:
        return _opposed(stage, database, 1)


def _opposed(stage: Stage, database: str, count: int) -> Tally:
    ledger, rounds = Ledger(), stage.size.rounds
    with running(*(Replica(database, judges=stage.judges) for _ in range(count))) as urls:
        wrong = opposed_rounds(urls, ledger, rounds, lambda at: stage.told(f"{at} of {rounds}"))
        found = checked(database, urls, ledger, sample=stage.size.sample)
    return tallied(ledger, found) + Tally(rounds=rounds, violations=tuple(wrong))


# -- dying -----------------------------------------------------------------------------------------


def killed_on_sqlite(stage: Stage) -> Tally:
    """The one process is killed while it registers, and started again."""
    with _file() as database:
        return _killed(stage, database, 1, stage.size.kills - _of_replicas(stage))


def killed_on_postgres(stage: Stage) -> Tally:
    """One of three replicas after the other; the others go on."""
    return _killed(stage, stage.server.new(), 3, _of_replicas(stage))


def _of_replicas(stage: Stage) -> int:
    """Those take longer to come back, beside two others that work."""
    return stage.size.kills // 4


def _killed(stage: Stage, database: str, count: int, kills: int) -> Tally:
    ledger, random, slowest, wrong = Ledger(), Random(stage.seed), 0.0, list[str]()
    replicas = [Replica(database, judges=stage.judges) for _ in range(count)]
    with running(*replicas) as urls:
        with loaded(urls, ledger, seed=stage.seed, mix=replace(MIXED, json=1), clients=2):
            for number in range(kills):
                time.sleep(random.uniform(0.01, 0.4))
                before = len(ledger.acts)
                victim = replicas[number % count]
                victim.kill()
                slowest = max(slowest, victim.start())
                wrong += _read_back(victim.url, ledger, max(0, before - 15))
                stage.told(f"{number + 1} of {kills} kills, {ledger.registrations} registered")
        found = checked(database, urls, ledger, sample=stage.size.sample)
    return tallied(ledger, found) + Tally(kills=kills, slowest=slowest, violations=tuple(wrong))


def _read_back(url: str, ledger: Ledger, since: int) -> list[str]:
    """What was told a moment ago is there, though its server is not the same any more."""
    asker, wrong = Asker(url, Ledger()), list[str]()
    for act in ledger.acts[since : since + 20]:
        for part, landed in zip(act.parts, act.landed, strict=False):
            again = asker.register(part)  # known, or hidden meanwhile: then it has another number
            lost = again.done and again.landed[0].version < landed.version
            ledger.acts += [again]
            if lost or again.status not in {200, 409, 422}:
                wrong.append(f"after a kill {part.subject} {landed} is {again}")
    asker.close()
    return wrong


def power_cut_on_sqlite(stage: Stage) -> Tally:
    """At any byte of the log, and while it is folded in: what was acknowledged by then is there.

    And of the rest nothing by half. It is made from copies, so it does not show that a disk keeps
    what it was told to: that the store tells it before it answers is shown in `tests/registry`.
    """
    found, random = Tally(), Random(stage.seed)
    for number in range(stage.size.cuts):
        with _file() as database:
            found += _powerless(stage, Path(database), random, number)
    return found


def _powerless(stage: Stage, path: Path, random: Random, number: int) -> Tally:
    log, wrong, judged, last = power.log_of(path), list[str](), 0, stage.size.tears
    ledger = Ledger(mark=lambda: log.stat().st_size)
    with running(Replica(str(path))) as urls:
        _until_written(urls, ledger)
        before = power.copied(path)
        with loaded(urls, ledger, seed=stage.seed + number):
            until = time.monotonic() + stage.size.seconds
            while time.monotonic() < until and log.stat().st_size < LOGGED:
                time.sleep(0.01)
        disk = power.copied(path)
    if not disk.goes_on(before):
        return Tally(
            violations=("the log was folded in meanwhile: nothing can be told by its size",)
        )
    left = [*power.cuts(disk, random, stage.size.tears)]
    with tempfile.TemporaryDirectory(prefix="lading-chaos-") as folder:
        for _ in range(1 + stage.size.tears // 10):
            half = power.half_folded(disk, random, Path(folder))
            left.append((len(disk.log), half))
        for at, (size, each) in enumerate(left):
            place = Path(folder) / f"{at}.db"
            each.put(place)
            open_store(str(place)).close()
            after = checked(str(place), (), power.seen_by(ledger, size))
            judged += after.judged
            wrong += [f"cut at byte {size} of {len(disk.log)}: {what}" for what in after.violations]
            place.unlink()
            stage.told(f"{at + 1} of {last} power cuts")
    return Tally(
        registrations=ledger.registrations, cuts=len(left), judged=judged, violations=tuple(wrong)
    )


def ready_with_many(stage: Stage) -> Tally:
    """How long a start takes with ten thousand schemas, after a kill."""
    slowest, wrong, starts = 0.0, list[str](), max(1, stage.size.starts // 4)
    with _file() as file:
        databases = (file, stage.server.new())[: stage.size.stores]
        for database in databases:
            _fill(database, SCHEMAS)
            replica = Replica(database)
            try:
                for _ in range(starts):
                    slowest = max(slowest, replica.start())
                    stage.told(f"ready after {slowest:.2f} s at most")
                    replica.kill()
            finally:
                replica.stop()
    if slowest > READY * SLACK:
        wrong.append(f"a start with {SCHEMAS} schemas took {slowest:.1f} s")
    return Tally(kills=starts * len(databases), slowest=slowest, violations=tuple(wrong))


def _fill(database: str, count: int) -> None:
    store = open_store(database)
    try:
        told = [
            store.append(Append(f"s{number}", _content(number), 0, 0)) for number in range(count)
        ]
        for each in told:
            each.result(120)
    finally:
        store.close()


def _content(number: int) -> Content:
    return Content(Kind.AVRO, avro(f"s{number}", {"a": "string", f"f{number}": "string"}).text)


def restarted(stage: Stage) -> Tally:
    """PostgreSQL crashes under load; nothing of ours is restarted."""
    ledger, slowest = Ledger(), 0.0
    database = stage.server.new()
    with running(*(Replica(database, judges=stage.judges) for _ in range(2))) as urls:
        with loaded(urls, ledger, seed=stage.seed):
            for number in range(stage.size.restarts):
                time.sleep(Random(stage.seed + number).uniform(0.5, 2))
                stage.server.restart()
                slowest = max(slowest, *_until_written(urls, ledger))
                stage.told(f"{number + 1} of {stage.size.restarts} restarts")
        found = checked(database, urls, ledger, sample=stage.size.sample)
    return (
        tallied(ledger, found)
        + Tally(restarts=stage.size.restarts, slowest=slowest)
        + _slow(slowest)
    )


def cut_off(stage: Stage) -> Tally:
    """The wire of one of two replicas is cut; the other goes on."""
    ledger, slowest, waited = Ledger(), 0.0, 0.0
    ways = [each for each in Cut for _ in range(stage.size.cuts)]
    with (
        _proxied(stage.server) as (database, far, proxy),
        running(*(Replica(each, judges=stage.judges) for each in (database, far))) as urls,
    ):
        with loaded(urls, ledger, seed=stage.seed):
            for number, how in enumerate(ways):
                time.sleep(Random(stage.seed + number).uniform(0.2, 0.8))
                with proxy.cut(how):
                    time.sleep(1)
                    waited = max(waited, *_until_written(urls[:1], ledger))
                slowest = max(slowest, *_until_written(urls, ledger))
                stage.told(f"{number + 1} of {len(ways)} cuts")
        found = checked(database, urls, ledger, sample=stage.size.sample)
    return (
        tallied(ledger, found)
        + Tally(cuts=len(ways), slowest=max(slowest, waited))
        + _slow(slowest)
        + _slow(waited)
    )


def disk_full(stage: Stage) -> Tally:
    """No room for a registration: refused, reads go on, and writes once there is room again."""
    found = Tally()
    for number in range(stage.size.cuts):
        found += _filled(stage, number)
        stage.told(f"{number + 1} of {stage.size.cuts} full disks")
    return found + Tally(cuts=stage.size.cuts)


def _filled(stage: Stage, number: int) -> Tally:
    with _small_disk(FULL) as folder:
        return _refilled(stage, number, str(folder / "registry.db"), folder / "ballast")


def disk_full_under_postgres(stage: Stage) -> Tally:
    """The same with a database that has a small disk of its own; it is started again if it died."""
    found = Tally()
    for number in range(stage.size.cuts):
        with _small_disk(CLUSTER) as folder, postgres.within(folder) as server:
            ballast = folder / "ballast"
            found += _refilled(stage, number, server.new(), ballast, server.start_again)
        stage.told(f"{number + 1} of {stage.size.cuts} full disks")
    return found + Tally(cuts=stage.size.cuts)


def _refilled(
    stage: Stage,
    number: int,
    database: str,
    ballast: Path,
    again: Callable[[], None] = lambda: None,
) -> Tally:
    """What becomes of registrations while a disk is full, and once there is room again."""
    ledger = Ledger()
    with running(Replica(database)) as urls, closing(Asker(urls[0], ledger)) as asker:
        landed = asker.register(first("before")).landed[0]
        _fill_up(ballast)
        with loaded(urls, ledger, seed=stage.seed + number, mix=REGISTERING):
            wrong = tuple(_refused(asker, number, landed.id))
            ballast.unlink()
            again()
            slowest = max(_until_written(urls, ledger))
            time.sleep(0.3)
        found = checked(database, urls, ledger, sample=stage.size.sample)
    return tallied(ledger, found) + Tally(slowest=slowest, violations=wrong) + _slow(slowest)


def _refused(asker: Asker, number: int, content_id: int) -> Iterator[str]:
    until = time.monotonic() + 30
    big = "x" * 60_000
    while (status := asker.register(_big(f"full-{number}", big)).status) == 200:
        if time.monotonic() > until:
            yield "a full disk took everything"
            return
        big = big[:-1]
    if status != 503:
        yield f"a full disk is answered with {status}"
    status, _ = asker.ask("GET", f"/schemas/ids/{content_id}")
    if status != 200:
        yield f"while the disk is full a read is answered with {status}"


def _big(subject: str, doc: str) -> Part:
    part = first(subject)
    return replace(part, text=part.text.replace('"fields"', f'"doc": "{doc}", "fields"', 1))


# -- starting --------------------------------------------------------------------------------------


def started_together(stage: Stage) -> Tally:
    """Four replicas start at once on an empty database: all are ready, and there is one of all."""
    slowest, found = 0.0, Tally()
    for number in range(stage.size.starts):
        database, own = stage.server.new(), Ledger()
        started = time.monotonic()
        with running(*(Replica(database) for _ in range(4))) as urls:
            slowest = max(slowest, time.monotonic() - started)
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda url, own=own: _first_of(url, own), urls))
            found += tallied(own, checked(database, urls, own, sample=stage.size.sample))
        stage.told(f"{number + 1} of {stage.size.starts} starts")
    return found + Tally(restarts=stage.size.starts, slowest=slowest)


def _first_of(url: str, ledger: Ledger) -> None:
    asker = Asker(url, ledger)
    for number in range(3):
        asker.register(first(f"common-{number}"))
    asker.close()


def rolled(stage: Stage) -> Tally:
    """Three replicas of the release before become this one, one after the other, and back again."""
    ledger, slowest = Ledger(), 0.0
    database = stage.server.new()
    replicas = [Replica(database, source=stage.before) for _ in range(3)]
    steps = [*((each, None) for each in replicas), *((each, stage.before) for each in replicas)]
    with running(*replicas) as urls:
        with loaded(urls, ledger, seed=stage.seed, mix=replace(MIXED, json=1)):
            for number, (each, source) in enumerate(steps):
                _wait(stage, stage.size.seconds / len(steps))
                each.end()
                each.source = source
                slowest = max(slowest, each.start())
                stage.told(f"{number + 1} of {len(steps)} replaced")
            _wait(stage, 1)
        found = checked(database, urls, ledger, sample=stage.size.sample)
    return tallied(ledger, found) + Tally(restarts=len(steps), slowest=slowest)


# -- inside ----------------------------------------------------------------------------------------


def _wait(stage: Stage, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stage.told(f"{left:.0f} s to go")
        time.sleep(min(1, left))


def _until_written(urls: Sequence[str], ledger: Ledger) -> list[float]:
    """Seconds until each of them takes a registration."""
    started = time.monotonic()

    def tried(url: str) -> float:
        asker = Asker(url, ledger)
        subject = f"again-{time.monotonic_ns()}-{asker.url[-5:]}"
        while not asker.register(first(subject)).done:
            if time.monotonic() > started + 90:
                break
            time.sleep(0.02)
        asker.close()
        return time.monotonic() - started

    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(tried, urls))


def _slow(seconds: float) -> Tally:
    if seconds <= RECOVERY * SLACK:
        return Tally()
    return Tally(violations=(f"writes were taken again after {seconds:.1f} s",))


@contextmanager
def _file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="lading-chaos-") as folder:
        yield str(Path(folder) / "registry.db")


@contextmanager
def _proxied(server: Server) -> Iterator[tuple[str, str, Proxy]]:
    """A database, as it is and through a wire that can be cut."""
    near = server.new()
    proxy = Proxy(str(server.folder / ".s.PGSQL.5432"))
    name = near.rpartition("/")[2]
    try:
        yield near, f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable", proxy
    finally:
        proxy.close()


@contextmanager
def _small_disk(size: int) -> Iterator[Path]:
    """A disk of its own: nobody's real one is ever filled."""
    folder = Path(tempfile.mkdtemp(prefix="lading-chaos-"))
    try:
        if os.geteuid() or subprocess.call(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
            stderr=subprocess.DEVNULL,
        ):
            do_without("a small disk is made by who may mount one: root")
        try:
            yield folder
        finally:
            subprocess.check_call(["umount", "-l", folder])
    finally:
        folder.rmdir()


def _fill_up(ballast: Path) -> None:
    """Take all the room there is."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


ALL: Final = (
    race_on_postgres,
    race_on_sqlite,
    opposed_on_postgres,
    opposed_on_sqlite,
    killed_on_sqlite,
    killed_on_postgres,
    power_cut_on_sqlite,
    ready_with_many,
    restarted,
    cut_off,
    disk_full,
    disk_full_under_postgres,
    started_together,
)
BESIDE: Final = (*ALL[:5], restarted, cut_off)
"""Those that are done once more where others judge beside: what races, dies and goes away."""
