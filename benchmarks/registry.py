"""The hot read of the registry beside nginx with the same bytes in a file: CPU per request.

Requests per second depend on what else the machine does; the CPU that a server spends on a request
(user and system time of its processes) far less, and its ratio to nginx in the same run least.
Needs `wrk` and `nginx` (Debian's packages); says so and stops where they are not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 3
ROUNDS = 3
CONNECTIONS = 32
IDS = 200
SERVE = """
import sys
from pathlib import Path
from lading.registry.serve import serve
from lading.registry.auth.access import Access
from lading.registry.auth.rates import UNLIMITED
from lading.registry.settings import Auth, Settings
way = sys.argv[2]
auth = Auth.TOKENS if way == "tokens" else Auth.OFF
access = Access(rates=UNLIMITED)
settings = Settings(
    database=sys.argv[1],
    port=0,
    fast_path=way != "plain",
    auth=auth,
    access=access,
    judges=int(way == "judged"),
)
serve(settings, ready=lambda url: print(url, flush=True))
"""
TOKEN = """
import sys
from lading.registry.auth.grants import grant_of
from lading.registry.auth.tokens import create
from lading.registry.store import SqliteStore
store = SqliteStore(sys.argv[1])
print(create(store, "bench", [grant_of({"role": "writer"})])[1])
store.close()
"""
BARE = """
import sys, uvicorn
from pathlib import Path
body = Path(sys.argv[1]).read_bytes()
kind = b"application/vnd.schemaregistry.v1+json"
headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[2]), log_level="critical", access_log=False, lifespan="off")
"""
NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; open_file_cache max=1000; keepalive_requests 100000000;
  default_type application/vnd.schemaregistry.v1+json;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder}/www;
    add_header Cache-Control "public, max-age=31536000, immutable"; }}
}}
"""
LUA = """
local n = 0
{headers}
request = function()
  n = n % {ids} + 1
  return wrk.format("GET", "/schemas/ids/" .. n)
end
"""


class Seen(NamedTuple):
    """One round."""

    cpu: float
    """Microseconds per request."""
    rate: float
    """Requests per second."""
    p99: str


def cpu(pid: int) -> float:
    """Seconds of user and system time of a process and its children."""
    total = 0.0
    for each in (pid, *children(pid)):
        parts = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return total


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found]


def load(url: str, pid: int, script: Path, *, connections: int = CONNECTIONS) -> Seen:
    before = cpu(pid)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", str(script)]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    lines = {line.split()[0]: line.split() for line in said.splitlines() if line.split()}
    assert "Non-2xx" not in said, said
    count = next(int(line.split()[0]) for line in said.splitlines() if " requests in " in line)
    return Seen(
        1e6 * (cpu(pid) - before) / count, float(lines["Requests/sec:"][1]), lines["99%"][1]
    )


class Server(NamedTuple):
    """What is asked."""

    url: str
    pid: int
    token: str = ""

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@contextmanager
def lading(folder: Path, way: str) -> Iterator[Server]:
    path = folder / f"{way}.db"
    token = ""
    if way == "tokens":
        made = [sys.executable, "-c", TOKEN, str(path)]
        token = subprocess.run(made, capture_output=True, text=True, check=True).stdout.strip()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(path), way], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    server = Server(process.stdout.readline().strip(), process.pid, token)
    for number in range(IDS):
        fields = [{"name": f"field_{n}", "type": "string", "doc": "x" * 60} for n in range(18)]
        schema = {"type": "record", "name": f"R{number}", "fields": fields}
        sent = json.dumps({"schema": json.dumps(schema)}).encode()
        headers = {"Content-Type": "application/json", **server.headers()}
        urllib.request.urlopen(
            urllib.request.Request(f"{server.url}/subjects/s{number}/versions", sent, headers)
        ).read()
    try:
        yield server
    finally:
        process.terminate()
        process.wait()


@contextmanager
def running(command: list[str], port: int) -> Iterator[Server]:
    process = subprocess.Popen(command)
    time.sleep(1.5)
    try:
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def nginx(folder: Path, bodies: dict[int, bytes]) -> Iterator[Server]:
    www = folder / "www" / "schemas" / "ids"
    www.mkdir(parents=True)
    for number, body in bodies.items():
        (www / str(number)).write_bytes(body)
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o755)
    port = 18089
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port))
    with running(["nginx", "-c", str(config)], port) as server:
        yield server


@contextmanager
def bare(body: Path) -> Iterator[Server]:
    """What the server of all this costs by itself: an application that knows one answer."""
    port = 18088
    with running([sys.executable, "-c", BARE, str(body), str(port)], port) as server:
        yield server


def body_of(server: Server, number: int) -> bytes:
    body: bytes = urllib.request.urlopen(f"{server.url}/schemas/ids/{number}").read()
    return body


def main() -> None:
    missing = [name for name in ("wrk", "nginx") if shutil.which(name) is None]
    if missing:
        print(f"\nThe registry beside nginx is left out: {' and '.join(missing)} not found.")
        return
    ways = {"fast path": "fast", "fast path, a token": "tokens", "ASGI path": "plain"}
    with ExitStack() as stack:
        folder, other = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in "ab")
        script = folder / "ids.lua"
        servers = {who: stack.enter_context(lading(folder, way)) for who, way in ways.items()}
        bodies = {n: body_of(servers["fast path"], n) for n in range(1, IDS + 1)}
        servers = {"nginx, a file": stack.enter_context(nginx(other, bodies)), **servers}
        first = other / "www" / "schemas" / "ids" / "1"
        servers["uvicorn, one answer for all"] = stack.enter_context(bare(first))
        best: dict[str, Seen] = {}
        for _ in range(ROUNDS):
            for who, server in servers.items():
                lines = (f'wrk.headers["{k}"] = "{v}"' for k, v in server.headers().items())
                script.write_text(LUA.format(ids=IDS, headers="\n".join(lines)))
                seen = load(server.url, server.pid, script)
                best[who] = min(best.get(who, seen), seen)
    size = len(bodies[1])
    print(
        f"\nGET /schemas/ids/{{id}}, {size:,} bytes, {CONNECTIONS} connections, one process each\n"
    )
    print("| server | CPU us/request | x nginx | requests/s | p99 |\n|---|---:|---:|---:|---:|")
    base = best["nginx, a file"].cpu
    for who, seen in best.items():
        print(f"| {who} | {seen.cpu:.1f} | {seen.cpu / base:.2f} | {seen.rate:,.0f} | {seen.p99} |")


if __name__ == "__main__":
    main()
