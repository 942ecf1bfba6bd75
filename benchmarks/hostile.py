"""What readers notice while documents come that were made to be slow.

Each document of `tests/registry/hostile.py` is registered on a server of its own process, by two
callers at once, while somebody reads what is not kept ready, 200 times a second. The table has how
long the worst of its answers took, the worst of the reads, and their p99.
"""

from __future__ import annotations

import http.client
import json
import runpy
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

TESTS = Path(__file__).parents[1] / "tests"
DOCUMENTS = runpy.run_path(str(TESTS / "registry" / "hostile.py"))["DOCUMENTS"]

CALLERS = 2
EVERY = 0.005
CALM = "nothing"
SERVE = """
import sys
from lading.registry.serve import serve
from lading.registry.settings import Settings
serve(Settings(database=sys.argv[1], port=0), ready=lambda url: print(url, flush=True))
"""


def call(url: str, method: str, path: str, body: object = None) -> float:
    """Seconds until the whole answer is there."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    data = None if body is None else json.dumps(body).encode()
    start = time.perf_counter()
    connection.request(method, path, data, {"Content-Type": "application/json"})
    status = connection.getresponse()
    status.read()
    connection.close()
    assert status.status // 100 != 5, (path, status.status)  # noqa: PLR2004
    return time.perf_counter() - start


class Reader(threading.Thread):
    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.over = threading.Event()
        self.taken: list[float] = []

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            path = f"/subjects/read/versions/1?{threading.get_ident()}-{number}"
            self.taken.append(call(self.url, "GET", path))
            time.sleep(EVERY)


def tried(url: str, number: int, kind: str, text: str) -> list[float]:
    taken: list[float] = []
    body = {"schema": text, "schemaType": kind}

    def register(who: int) -> None:
        name = f"hostile-{number}-{who}"
        taken.append(call(url, "POST", f"/subjects/{name}/versions", body))
        taken.append(call(url, "POST", f"/api/v1/contracts/{name}/verdict", body))

    callers = [threading.Thread(target=register, args=(who,)) for who in range(CALLERS)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    return taken


def row(url: str, number: int, name: str) -> tuple[str, list[float]]:
    reader = Reader(url)
    reader.start()
    if name == CALM:
        time.sleep(1)
        worst = 0.0
    else:
        worst = max(tried(url, number, *DOCUMENTS[name]))
        time.sleep(0.2)
    reader.over.set()
    reader.join()
    slowest = f"{1000 * max(reader.taken):.0f}"
    return f"| {name} | {worst:.2f} | {len(reader.taken)} | {slowest} |", reader.taken


def p99(taken: list[float]) -> float:
    return 1000 * statistics.quantiles(taken, n=100)[98]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "registry.db")
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, path], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            call(url, "POST", "/subjects/read/versions", {"schema": '"string"'})
            print("\n| meanwhile | slowest answer, s | reads | slowest read, ms |")
            print("|---|---:|---:|---:|")
            reads: list[float] = []
            for number, name in enumerate((CALM, *DOCUMENTS)):
                line, taken = row(url, number, name)
                print(line, flush=True)
                if name == CALM:
                    calm = taken
                else:
                    reads += taken
            print(f"\np99 of reads: {p99(calm):.0f} ms before, {p99(reads):.0f} ms meanwhile")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
