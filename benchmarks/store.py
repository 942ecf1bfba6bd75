"""Registrations a second that the stores make durable, beside a bare durable INSERT of the same.

Every row is a group of threads that append new schemas of about 2 KB under 300 subjects; the bare
INSERT is one connection that puts the same text into one table, one commit each. Rounds are
interleaved, the figure is the median. Disks differ: ratios carry over, rates do not.

PostgreSQL is a server of its own with its usual settings, where the binaries are installed.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from lading.model.contract import Kind
from lading.registry.store import Append, Content, Moved, SqliteStore
from lading.registry.store.postgres import PostgresStore

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "registry"))
import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.store import Store

ROUNDS = 5
SECONDS = 1.5
SUBJECTS = 300
THREADS = 24
BODY = "x" * 2_000


class Load:
    """Appends to stores, each thread to one of them and to subjects of its own."""

    def __init__(self, threads: int, *stores: Store) -> None:
        self.stores = stores
        self.threads = threads
        self.made = 0
        self.heads: dict[str, int] = {}

    def __call__(self) -> float:
        done = [0] * self.threads
        stop = threading.Event()

        def work(thread: int) -> None:
            store = self.stores[thread % len(self.stores)]
            own = range(thread, SUBJECTS, self.threads)
            while not stop.is_set():
                name = f"s{own[done[thread] % len(own)]}"
                body = f'"{thread}-{self.made}-{done[thread]}-{BODY}"'
                asked = Append(name, Content(Kind.JSON, body), self.heads.get(name, 0), 0)
                with suppress(Moved):
                    self.heads[name] = store.append(asked).result().seq
                    done[thread] += 1

        threads = [threading.Thread(target=work, args=(each,)) for each in range(self.threads)]
        started = time.perf_counter()
        for each in threads:
            each.start()
        time.sleep(SECONDS)
        stop.set()
        for each in threads:
            each.join()
        self.made += 1
        return sum(done) / (time.perf_counter() - started)


def bare(insert: Callable[[str], object]) -> Callable[[], float]:
    def rate() -> float:
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            insert(f"{count}-{BODY}")
            count += 1
        return count / (time.perf_counter() - started)

    return rate


@contextmanager
def on_sqlite(folder: Path) -> Iterator[dict[str, Callable[[], float]]]:
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (x)")
    # A store for each row: what one has written does not slow the next one down.
    stores = [SqliteStore(folder / name) for name in ("alone.db", "busy.db")]
    yield {
        "bare INSERT": bare(lambda text: db.execute("INSERT INTO t VALUES (?)", (text,))),
        "1 store, 1 thread": Load(1, stores[0]),
        f"1 store, {THREADS} threads": Load(THREADS, stores[1]),
    }
    for each in stores:
        each.close()
    db.close()


@contextmanager
def on_postgres() -> Iterator[dict[str, Callable[[], float]]]:
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running(durable=True))
        db = stack.enter_context(psycopg.connect(server.new(), autocommit=True))
        db.execute("CREATE TABLE t (x text)")
        # Likewise a database.
        alone, busy, shared = server.new(), server.new(), server.new()
        stores = [PostgresStore(dsn) for dsn in (alone, busy, shared, shared)]
        for each in stores:
            stack.callback(each.close)
        yield {
            "bare INSERT": bare(lambda text: db.execute("INSERT INTO t VALUES (%s)", (text,))),
            "1 store, 1 thread": Load(1, stores[0]),
            f"1 store, {THREADS} threads": Load(THREADS, stores[1]),
            f"2 stores, {THREADS} threads each": Load(2 * THREADS, *stores[2:]),
        }


def report(database: str, rates: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(found) for name, found in rates.items()}
    floor = medians["bare INSERT"]
    for name, rate in medians.items():
        low, high = min(rates[name]), max(rates[name])
        print(
            f"| {database} | {name} | {rate:,.0f} | {low:,.0f}-{high:,.0f} | {rate / floor:.1f} |"
        )


def measured(rows: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in rows}
    for number in range(ROUNDS + 1):
        for name, row in rows.items():
            rate = row()
            if number:  # the first round warms up
                rates[name].append(rate)
    return rates


def main() -> None:
    print("| database | what | a second, median | lowest to highest | times the bare INSERT |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, on_sqlite(Path(folder)) as rows:
        report("SQLite", measured(rows))
    if postgres.installed() is None:
        print("\nNo PostgreSQL server is installed here.")
        return
    with on_postgres() as rows:
        report("PostgreSQL", measured(rows))


if __name__ == "__main__":
    main()
