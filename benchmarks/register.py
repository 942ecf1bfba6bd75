"""Registrations a second over HTTP: known schemas, and new versions; SQLite and PostgreSQL.

Known: what a serializer sends with its first message, again and again. New: each request is a
version more of one of 300 subjects, ten fields and one optional field of its own; it is judged by
BACKWARD_TRANSITIVE against all versions there are, appended with its entry in the audit log, and
flushed to the disk (``synchronous=FULL``). All of that by one process, and with another one that
judges. Beside them the same schema by a bare INSERT: one connection, one commit each. PostgreSQL is
a server of its own with its usual settings, where it is installed; two replicas are asked at once,
each by half of the connections.

Needs `wrk` (Debian's package); says so and stops where it is not.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from registry import CONNECTIONS, SERVE, Seen, load

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "registry"))
import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Final = 4
ROUNDS: Final = 3
SUBJECTS: Final = 300
LUA: Final = """
local n, first = 0, FIRST
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/vnd.schemaregistry.v1+json"
request = function()
  n = n + 1
  local at = first + n
  local subject = at % SUBJECTS
  local body = string.gsub(BODY, "424242", KNOWN and "0" or tostring(at))
  body = string.gsub(body, "Name", "R" .. subject)
  return wrk.format(nil, "/subjects/s" .. subject .. "/versions", nil, body)
end
"""


def schema() -> str:
    """A record of eleven fields; `Name` and the number 424242 are put in by whoever sends it."""
    fields: list[dict[str, object]] = [
        {"name": f"field_{n}", "type": ["null", "string"], "default": None, "doc": "x" * 60}
        for n in range(10)
    ]
    fields.append({"name": "own_424242", "type": ["null", "string"], "default": None})
    return json.dumps({"type": "record", "name": "Name", "fields": fields})


def lua(first: int, *, known: bool) -> str:
    body = json.dumps({"schema": schema()})
    words = {"FIRST": str(first), "SUBJECTS": str(SUBJECTS), "KNOWN": str(known).lower()}
    words["BODY"] = f"[==[{body}]==]"
    text = LUA
    for name, value in words.items():
        text = text.replace(name, value)
    return text


@contextmanager
def serving(database: str, *, judges: int = 0) -> Iterator[tuple[str, int]]:
    way = "judged" if judges else "fast"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, database, way], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    url = process.stdout.readline().strip()
    while judges and b"judge_up 1.0" not in urllib.request.urlopen(f"{url}/metrics").read():
        time.sleep(0.1)
    ask("PUT", f"{url}/config", {"compatibility": "BACKWARD_TRANSITIVE"})
    try:
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def ask(method: str, url: str, sent: object) -> None:
    headers = {"Content-Type": "application/json"}
    data = json.dumps(sent).encode()
    urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)).read()


def bare(path: Path) -> float:
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (x)")
    text, count, started = schema(), 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS / 2:
        db.execute("INSERT INTO t VALUES (?)", (f"{count}{text}",))
        count += 1
    db.close()
    return count / (time.perf_counter() - started)


def first_of_all(url: str) -> None:
    for number in range(SUBJECTS):
        text = schema().replace("424242", "0").replace("Name", f"R{number}")
        ask("POST", f"{url}/subjects/s{number}/versions", {"schema": text})


def embedded(folder: Path, judges: int) -> None:
    seen: dict[str, list[Seen]] = {"known": [], "new": []}
    floors: list[float] = []
    script = folder / "ask.lua"
    with serving(str(folder / f"registry{judges}.db"), judges=judges) as (url, pid):
        first_of_all(url)
        for each in range(ROUNDS):
            floors.append(bare(folder / f"bare{judges}{each}.db"))
            for what, rounds in seen.items():
                script.write_text(lua(1_000_000 * (each + 1), known=what == "known"))
                rounds.append(load(url, pid, script))
    processes = "a process that judges beside" if judges else "one process"
    print(f"\nRegistering over HTTP, SQLite, {CONNECTIONS} connections, {processes}\n")
    print("| what | a second, median | CPU us each | p99 | x bare |\n|---|---:|---:|---:|---:|")
    floor = statistics.median(floors)
    print(f"| bare durable INSERT, 1 connection | {floor:,.0f} | | | 1.0 |")
    for what, rounds in seen.items():
        each = sorted(rounds)[len(rounds) // 2]
        print(
            f"| {what} | {each.rate:,.0f} | {each.cpu:,.0f} | {each.p99}"
            f" | {each.rate / floor:.1f} |"
        )


def beside(folder: Path, servers: list[tuple[str, int]], number: int) -> list[Seen]:
    """What each of the replicas does, asked at once."""

    def asked(index: int) -> Seen:
        script = folder / f"ask{index}.lua"
        script.write_text(lua(1_000_000 * (number * len(servers) + index + 1), known=False))
        return load(*servers[index], script, connections=CONNECTIONS // len(servers))

    with ThreadPoolExecutor(len(servers)) as pool:
        return list(pool.map(asked, range(len(servers))))


def shared(folder: Path) -> None:
    print(f"\nNew versions over HTTP, PostgreSQL, {CONNECTIONS} connections in all\n")
    print("| replicas | judges | a second, median | CPU us each, the database's apart | p99 |")
    print("|---|---|---:|---:|---:|")
    with postgres.running(durable=True) as database:
        for count, judges in ((1, 0), (1, 1), (2, 0), (2, 1)):
            dsn = database.new()
            with ExitStack() as stack:
                servers = [stack.enter_context(serving(dsn, judges=judges)) for _ in range(count)]
                first_of_all(servers[0][0])
                rounds = [beside(folder, servers, each) for each in range(ROUNDS)]
            found = sorted(rounds, key=lambda each: sum(seen.rate for seen in each))[ROUNDS // 2]
            rate = sum(each.rate for each in found)
            spent = sum(each.rate * each.cpu for each in found) / rate
            slowest = max(each.p99 for each in found)
            print(f"| {count} | {judges} | {rate:,.0f} | {spent:,.0f} | {slowest} |")


def main() -> None:
    if shutil.which("wrk") is None:
        print("\nRegistering over HTTP is left out: wrk was not found.")
        return
    with tempfile.TemporaryDirectory() as name:
        for judges in (0, 1):
            embedded(Path(name), judges)
        if postgres.installed() is None:
            print("\nPostgreSQL is left out: its server is not installed.")
            return
        shared(Path(name))


if __name__ == "__main__":
    main()
