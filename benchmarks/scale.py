"""A large registry: how long it takes to start, what it keeps in memory, how quick one schema is.

`python benchmarks/scale.py [SCHEMAS ...]`; 10,000 and 1,000,000 by default, ten versions of each
subject, in a SQLite file that is thrown away (2.9 GB for the large one, some minutes to make). The
index of the search is made first: else the server makes it while it is measured.

Read are ids at random, each once, over one connection: none is kept ready, and of a large file few
pages are in memory. Listed are a page of subjects and the versions of one.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from lading.model.contract import Kind
from lading.registry.search import Index
from lading.registry.store import Content
from lading.registry.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS: Final = 10
CHUNK: Final = 5_000
READS: Final = 3_000
SERVE: Final = """
import sys
from lading.registry.serve import serve
from lading.registry.settings import Settings
settings = Settings(database=sys.argv[1], port=0)
serve(settings, ready=lambda url: print(url, flush=True))
"""


def contents(count: int) -> Iterator[tuple[str, Content]]:
    """Records of about 2 KB, no two alike."""
    for number in range(count // VERSIONS):
        for version in range(VERSIONS):
            fields = [
                {"name": f"field_{n}", "type": "string", "doc": f"It tells {number} {version} {n}."}
                for n in range(18)
            ]
            fields += [{"name": f"more_{n}", "type": "string"} for n in range(version)]
            schema = {
                "type": "record",
                "name": f"R{number}",
                "namespace": "bench",
                "fields": fields,
            }
            yield f"bench.R{number}", Content(Kind.AVRO, json.dumps(schema))


def fill(path: Path, count: int) -> None:
    store, every, made = open_store(str(path)), contents(count), 0
    while chunk := list(itertools.islice(every, CHUNK)):
        store.write(lambda writing: [writing.add(*each) for each in chunk]).result()
        made += len(chunk)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{made:,} of {count:,} schemas")
    assert Index(store).catch_up(3600) == 0
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    store.close()


def memory(pid: int) -> float:
    """MiB that the process has for itself (proportional set size)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:") / 1024


class Asked:
    """One connection, and how long each answer took; a client library would double that."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 0))

    def __call__(self, target: str) -> float:
        """Milliseconds until the whole answer is there."""
        start = time.perf_counter()
        self.socket.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        said = self.socket.recv(65536)
        head, _, body = said.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), (target, head[:40])
        size = int(_LENGTH.search(head)[1])  # type: ignore[index]  # ours has one
        left = size - len(body)
        while left > 0:
            left -= len(self.socket.recv(65536))
        return 1000 * (time.perf_counter() - start)


_LENGTH: Final = re.compile(rb"content-length: (\d+)")


def measured(path: Path, count: int) -> Iterator[tuple[str, str]]:
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        url = process.stdout.readline().strip()
        ask, rnd = Asked(url), random.Random(7)
        ask("/health/ready")
        yield "start until ready, s", f"{time.perf_counter() - started:.2f}"
        yield "memory then, MiB", f"{memory(process.pid):.0f}"
        once = sorted(ask(f"/schemas/ids/{n}") for n in rnd.sample(range(1, count + 1), READS))
        again = [ask(f"/schemas/ids/{rnd.randint(1, 50)}") for _ in range(READS)][100:]
        yield "one schema by id, ms, median", f"{statistics.median(once):.2f}"
        yield "... 99th percentile", f"{once[len(once) * 99 // 100]:.2f}"
        yield "... asked again, median", f"{statistics.median(again):.2f}"
        page = [ask(f"/subjects?offset={n * 100}&limit=100") for n in range(20)]
        yield "100 subjects of the list, ms, median", f"{statistics.median(page):.1f}"
        names = [rnd.randrange(count // VERSIONS) for _ in range(500)]
        listed = [ask(f"/subjects/bench.R{n}/versions") for n in names]
        yield "versions of a subject, ms, median", f"{statistics.median(listed):.2f}"
        yield "memory after that, MiB", f"{memory(process.pid):.0f}"
    finally:
        process.terminate()
        process.wait()


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "registry.db"
            started = time.perf_counter()
            fill(path, count)
            took, size = time.perf_counter() - started, path.stat().st_size / 1e6
            print(f"\n| {count:,} schemas, {size:,.0f} MB, made in {took:,.0f} s | |\n|---|---:|")
            for what, figure in measured(path, count):
                print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 1_000_000])
