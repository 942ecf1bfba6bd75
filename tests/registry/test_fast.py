"""The short ways to an answer say what the long way says, and nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from lading.registry.auth import tokens
from lading.registry.auth.access import Access
from lading.registry.auth.credentials import Known
from lading.registry.auth.grants import grant_of
from lading.registry.auth.passes import Passes
from lading.registry.auth.rates import Buckets, Rates
from lading.registry.http.fast import fast_protocol
from lading.registry.http.hot import Ready, Table, is_known, posted
from lading.registry.store import Head
from registry.house import House, samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.store import SqliteStore

HOST = b"Host: x\r\n"


class Line:
    """One connection, and what comes back on it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20)
        self.rest = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def get(self, target: str, headers: bytes = b"", method: bytes = b"GET") -> tuple[int, Any]:
        self.send(method + b" " + target.encode() + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n")
        return self.answer(body=method != b"HEAD")[:2]

    def answer(self, *, body: bool = True) -> tuple[int, bytes, dict[str, str]]:
        """(status, body, headers) of the next answer."""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self._more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines[1:])
        headers = {name.lower(): value for name, _, value in pairs}
        size = int(headers.get("content-length", "0")) if body else 0
        while len(self.rest) < size:
            self.rest += self._more()
        found, self.rest = self.rest[:size], self.rest[size:]
        return int(lines[0].split()[1]), found, headers

    def _more(self) -> bytes:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        return data


@pytest.fixture
def line(url: str) -> Iterator[Line]:
    found = Line(url)
    yield found
    found.socket.close()


@pytest.fixture
def landed(url: str, record: Callable[..., str]) -> dict[str, Any]:
    """A schema nobody else has."""
    name = f"s{uuid4().hex[:10]}"
    return {**register(url, name, record("a", name=f"demo.v1.{name}")), "subject": name}


def register(url: str, subject: str, text: str) -> dict[str, Any]:
    line = Line(url)
    sent = json.dumps({"schema": text}).encode()
    line.send(
        f"POST /subjects/{subject}/versions HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode()
        + sent
    )
    status, body, _ = line.answer()
    line.socket.close()
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def test_the_short_way_answers_as_the_long_one(line: Line, landed: dict[str, Any]) -> None:
    """The first is rendered, the second is ready, the third is not even parsed."""
    target = f"/schemas/ids/{landed['id']}"
    seen = []
    for _ in range(4):
        line.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        seen.append(line.answer())

    assert len({(status, body) for status, body, _ in seen}) == 1
    assert json.loads(seen[0][1])["schema"] == landed["schema"]
    headers = [{k: v for k, v in each.items() if k != "date"} for _, _, each in seen]
    assert all(each == headers[0] for each in headers)
    assert all("date" in each for _, _, each in seen)


@pytest.mark.parametrize(
    "target",
    [
        "/schemas/ids/1",
        "/schemas/ids/2",
        "/schemas/ids/02",
        "/schemas/ids/3",
        "/schemas/ids/0",
        "/schemas/ids/2147483648",
        "/schemas/ids/99999999999999999999",
        "/schemas/ids/",
        "/schemas/ids/one",
        "/schemas/ids/%31",
        "/schemas/ids/%D9%A1",
        "/schemas/ids/1?subject=s",
        "/schemas/ids/1?",
        "/schemas/ids/1/schema",
        "/contexts/.c/schemas/ids/1",
        "/contexts/.c/schemas/ids/2",
    ],
)
def test_what_is_made_at_once_is_what_the_usual_way_makes(
    sqlite_store: SqliteStore, record: Callable[..., str], target: str
) -> None:
    """Also of an id that only another context has, and of what is no id."""
    quick, usual = House(sqlite_store), House(sqlite_store)
    usual.app.state.hot.make = lambda _: None
    for name, fields in (("s", "a"), (":.c:t", "b"), (":.c:t", "bc?"), (":.c:t", "bcd??")):
        schema = record(fields[0], *(f"{each}?" for each in fields.replace("?", "")[1:]))
        assert quick("POST", f"/subjects/{name}/versions", {"schema": schema}).status == 200
    found = [
        (each.status, each.body, {k: v for k, v in each.headers.items() if k != "x-request-id"})
        for each in (house("GET", target) for house in (quick, usual, quick))
    ]
    assert found[0] == found[1] == found[2]
    assert found[0][0] == (200 if target in KNOWN else 404)
    for each in (quick, usual):
        each.pulse.close()


KNOWN = {f"/schemas/ids/{each}" for each in ("1", "2", "02", "3", "%31")} | {
    "/schemas/ids/1?subject=s",
    "/schemas/ids/1?",
    "/schemas/ids/1/schema",
    "/contexts/.c/schemas/ids/1",
    "/contexts/.c/schemas/ids/2",
}


def test_each_caller_gets_the_type_it_accepts(line: Line, landed: dict[str, Any]) -> None:
    target = f"/schemas/ids/{landed['id']}"
    types = []
    for accept in (b"application/json", b"*/*", b"application/vnd.schemaregistry.v1+json") * 3:
        line.send(
            b"GET " + target.encode() + b" HTTP/1.1\r\nHost: x\r\nAccept: " + accept + b"\r\n\r\n"
        )
        types.append(line.answer()[2]["content-type"])

    ours = "application/vnd.schemaregistry.v1+json"
    assert types == ["application/json", ours, ours] * 3


def test_requests_that_come_together_are_answered_in_order(
    line: Line, landed: dict[str, Any]
) -> None:
    target = f"/schemas/ids/{landed['id']}"
    line.get(target)
    one = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    line.send(one + b"GET /schemas/types HTTP/1.1\r\nHost: x\r\n\r\n" + one)

    bodies = [line.answer()[1] for _ in range(3)]
    assert [b'"schema"' in each for each in bodies] == [True, False, True]


@pytest.mark.parametrize("cut", [1, 3, 20, -4, -3, -2, -1])
def test_a_request_in_pieces_is_one_request(line: Line, landed: dict[str, Any], cut: int) -> None:
    target = f"/schemas/ids/{landed['id']}"
    whole = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    line.get(target)
    line.get(target)
    line.send(whole[:cut])
    line.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        line.answer()
    line.socket.settimeout(20)
    line.send(whole[cut:])

    assert line.answer()[0] == 200
    assert line.get("/schemas/types")[0] == 200


def test_a_body_that_looks_like_a_request_is_a_body(line: Line, landed: dict[str, Any]) -> None:
    """Smuggling: the bytes after the headers belong to the request before."""
    target = f"/schemas/ids/{landed['id']}"
    line.get(target)
    inner = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    line.send(
        b"POST /subjects/nobody HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(inner)
    )
    time.sleep(0.05)
    line.send(inner)

    assert line.answer()[0] == 400
    line.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        line.answer()


def test_conditions_and_other_methods_go_the_usual_way(line: Line, landed: dict[str, Any]) -> None:
    target = f"/schemas/ids/{landed['id']}"
    line.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    tag = line.answer()[2]["etag"].encode()

    for _ in range(2):
        assert line.get(target, b"If-None-Match: " + tag + b"\r\n") == (304, b"")
        assert line.get(target, b'If-None-Match: "other"\r\n')[0] == 200
        assert line.get(target, method=b"HEAD")[0] == 200
        assert line.get(target, method=b"DELETE")[0] == 405


def test_a_caller_that_is_done_is_let_go(line: Line, landed: dict[str, Any]) -> None:
    target = f"/schemas/ids/{landed['id']}"
    line.get(target)
    assert line.get(target, b"Connection: close\r\n")[0] == 200
    with pytest.raises(EOFError):
        line.answer()


def test_where_a_subject_holds_it_is_never_out_of_date(
    url: str, line: Line, landed: dict[str, Any]
) -> None:
    """`?subject=` answers with the version, which the next registration may change."""
    subject = landed["subject"]
    target = f"/schemas/ids/{landed['id']}?fetchMaxId=true&subject={subject}"
    first = json.loads(line.get(target)[1])
    assert json.loads(line.get(target)[1]) == first
    text = f'{{"type":"fixed","name":"X{subject}","size":3}}'
    new = register(url, f"o{subject}", text)["id"]

    assert json.loads(line.get(target)[1])["maxId"] == new > first["maxId"]


def test_what_was_removed_for_good_is_gone_at_once(line: Line, landed: dict[str, Any]) -> None:
    target = f"/schemas/ids/{landed['id']}"
    assert [line.get(target)[0] for _ in range(3)] == [200] * 3
    line.get(f"/subjects/{landed['subject']}", method=b"DELETE")
    assert line.get(target)[0] == 200
    line.get(f"/subjects/{landed['subject']}?permanent=true", method=b"DELETE")
    assert line.get(target)[0] == 404


def test_a_reader_that_does_not_read_costs_no_memory(
    start: Callable[..., Any], path: Path, record: Callable[..., str]
) -> None:
    """What it asks for waits with it, not in the server; others are served meanwhile."""
    wide = record(*(f"field_{number}" for number in range(3000)))
    with start(path) as (url, process):
        target = f"/schemas/ids/{register(url, 'wide', wide)['id']}"
        slow, other = Line(url), Line(url)
        assert len(slow.get(target)[1]) > 100_000
        slow.get(target)
        slow.socket.setblocking(False)
        one = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        for _ in range(3000):
            try:
                slow.socket.send(one)
            except BlockingIOError:
                break
            time.sleep(0.0005)  # so that each comes alone
        assert other.get(target)[0] == 200
        status = Path(f"/proc/{process.pid}/status").read_text()
        resident = int(next(each for each in status.splitlines() if "VmRSS" in each).split()[1])
        slow.socket.close()
        other.socket.close()
    assert resident < 100 * 1024, "KiB; all answers together have more"


class Wire(asyncio.Transport):
    """Notes what is written; nobody reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        return

    def resume_reading(self) -> None:
        return


async def taken(
    asked: list[bytes],
    *,
    slow: bool = False,
    log: bool = False,
    scheme: str = "http",
    passes: Passes | None = None,
) -> int:
    """How many of the requests, one after the other, are answered before they are parsed."""
    table = Table(Head)
    table.is_open, table.passes = passes is None, passes
    table.keep(b"/schemas/ids/1", Ready(b"{}", b'"t"', b"p", 0))
    table.keep(posted(b"/subjects/s/versions", b"{}"), Ready(b"{}", b"", b"no-store", 0))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = Config(app, log_level="critical", lifespan="off")
    config.load()
    loop = asyncio.get_running_loop()
    protocol = fast_protocol(table)(config, ServerState(), {}, _loop=loop)
    protocol.connection_made(wire := Wire())
    protocol.access_log, protocol.scheme = log, scheme
    at_once = 0
    for each in asked:
        if slow:
            protocol.flow.pause_writing()
        before = len(wire.written)
        protocol.data_received(each)
        at_once += sum(b" 200 " in told for told in wire.written[before:])  # the app says 204
        protocol.flow.resume_writing()
        await asyncio.sleep(0.01)
    protocol.connection_lost(None)
    return at_once


ONE = b"GET /schemas/ids/1 HTTP/1.1\r\nHost: x\r\n\r\n"


def with_header(*lines: bytes) -> bytes:
    return b"\r\n".join((ONE[:-4], *lines)) + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("second", "slow", "log", "found"),
    [
        (ONE, False, False, 2),
        (ONE, True, False, 0),  # whoever reads slowly is waited for
        (ONE, False, True, 0),  # what is logged is parsed
        (ONE.replace(b"GET", b"HEAD"), False, False, 0),
        (ONE.replace(b"/1 ", b"/2 "), False, False, 0),
        (ONE.replace(b"1.1", b"1.0"), False, False, 0),
        (with_header(b'If-None-Match: "t"'), False, False, 0),
        (with_header(b"Authorization: Basic x"), False, False, 1),  # of nobody who is not asked
        (with_header(b"Connection: close"), False, False, 0),
        (ONE + ONE, False, False, 0),
    ],
)
def test_only_what_asks_for_nothing_special_is_answered_unparsed(
    second: bytes, slow: bool, log: bool, found: int
) -> None:
    """The first teaches the headers; what counts is what becomes of those that follow."""
    assert asyncio.run(taken([ONE, second, second], slow=slow, log=log)) == found


def test_who_has_to_say_who_they_are_is_answered_unparsed_with_a_pass(
    sqlite_store: SqliteStore,
) -> None:
    """Nobody else: not without a token, with a wrong one, with two, or with one that ended."""
    grants = [grant_of({"role": "reader"})]
    made, text = tokens.create(sqlite_store, "all", grants)
    _, other = tokens.create(sqlite_store, "some", [grant_of({"role": "reader", "on": ["s"]})])
    known = Known(sqlite_store, Access())
    known.read()
    passes = Passes(known, Buckets(0))
    good, less, wrong = (
        f"Authorization: Bearer {each}".encode() for each in (text, other, text[:-1] + "!")
    )
    for lines, found in (
        ([good], 3),
        ([], 0),
        ([less], 0),
        ([wrong], 0),
        ([good, good], 0),
        ([good, wrong], 0),
        ([wrong, good], 0),
        ([good, b"X-Request-Id: a"], 0),
    ):
        asked = [with_header(good), *[with_header(*lines)] * 4]
        assert asyncio.run(taken(asked, passes=passes)) == found + (lines == [good])
    tokens.end(sqlite_store, made.id)
    assert asyncio.run(taken([with_header(good)] * 4, passes=passes)) == 0


TOLD = (
    b"POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2\r\n\r\n{}"
)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ([TOLD], 2),
        ([TOLD.replace(b"application/json", b"application/vnd.schemaregistry.v1+json")], 1),
        ([TOLD.replace(b"{}", b"[]")], 0),
        ([TOLD.replace(b"{}", b"")], 0),
        ([TOLD.replace(b"/s/", b"/t/")], 0),
        ([TOLD.replace(b"/versions", b"/versions?normalize=true")], 0),
        ([TOLD.replace(b"/versions", b"")], 0),
        ([TOLD.replace(b"application/json", b"text/plain")], 0),
        ([TOLD.replace(b"Host: x", b"Host: x\r\nContent-Encoding: gzip")], 0),
        ([TOLD.replace(b"Host: x", b"Host: x\r\nSec-Fetch-Site: cross-site")], 0),
        ([TOLD.replace(b"Host: x", b"Host: x\r\nExpect: 100-continue")], 0),
        ([TOLD.replace(b"Content-Length: 2", b"Transfer-Encoding: chunked")], 0),
        ([TOLD.replace(b"Content-Length: 2", b"Content-Length: 1")], 0),
        ([TOLD.replace(b"Content-Length: 2", b"Content-Length: 3")], 0),
        ([TOLD.replace(b"POST /subjects/s/versions", b"GET /schemas/ids/1")], 0),
        ([TOLD + TOLD], 0),
        ([TOLD + ONE], 0),
        ([TOLD[:-2], TOLD[-2:]], 0),
        ([TOLD[:-1], TOLD[-1:]], 0),
    ],
)
def test_only_a_whole_body_that_is_known_is_answered_unparsed(
    second: list[bytes], found: int
) -> None:
    """Twice after the first, which teaches the headers; of other headers it is the second."""
    assert asyncio.run(taken([TOLD, *second, *second])) == found


def test_a_body_is_known_to_nobody_who_has_to_say_who_they_are(sqlite_store: SqliteStore) -> None:
    """Whether they may register is asked each time."""
    _, text = tokens.create(sqlite_store, "all", [grant_of({"role": "admin"})])
    known = Known(sqlite_store, Access())
    known.read()
    asked = TOLD.replace(b"Host: x", f"Host: x\r\nAuthorization: Bearer {text}".encode())
    assert asyncio.run(taken([asked] * 3, passes=Passes(known, Buckets(0)))) == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_says_once_which_host_it_is_for(
    url: str, record: Callable[..., str], method: str
) -> None:
    """RFC 9112, 3.2; whatever was asked before on the same connection. HTTP/1.0 need not."""
    name = f"s{uuid4().hex[:10]}"
    body = json.dumps({"schema": record("a")}).encode() if method == "POST" else b""
    path = f"/subjects/{name}/versions" if body else "/schemas/types"
    size = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body) if body else b""
    line = Line(url)

    def status(version: str, hosts: bytes) -> int:
        line.send(f"{method} {path} HTTP/{version}\r\n".encode() + hosts + size + b"\r\n" + body)
        return line.answer()[0]

    host = b"Host: x\r\n"
    assert [status("1.1", each) for each in (host, host, b"", b"", host * 2, host)] == [
        *(200, 200),
        *(400, 400, 400),
        200,
    ]
    assert status("1.0", b"Connection: keep-alive\r\n") == 200
    line.socket.close()


def test_what_is_registered_is_told_again_until_it_is_not(
    url: str, line: Line, record: Callable[..., str]
) -> None:
    """The same answer each time, and a new one once the version was deleted."""
    name = f"s{uuid4().hex[:10]}"
    body = json.dumps({"schema": record("a", name=f"demo.v1.{name}")}).encode()
    head = f"POST /subjects/{name}/versions HTTP/1.1\r\nHost: x\r\n".encode()
    sent = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    answers = []
    for _ in range(4):
        line.send(head + sent + body)
        answers.append(line.answer())
    found = [json.loads(each) for _, each, _ in answers]
    assert all(each == found[0] for each in found)
    headers = [{k: v for k, v in each.items() if k != "date"} for _, _, each in answers]
    assert all(each == headers[0] for each in headers)
    text = line.get("/metrics")[1].decode()
    early = 'lading_registry_requests_total{method="POST",route="ready",status="2xx"}'
    assert samples(text)[early] >= 2
    line.get(f"/subjects/{name}/versions/1", method=b"DELETE")
    line.send(head + sent + body)
    assert json.loads(line.answer()[1])["version"] == 2


class Registering:
    """A server whose registrations end when they are let end; its application says 204."""

    def __init__(self, *, ready: bool = True) -> None:
        self.bodies: list[bytes] = []
        self.scopes: list[Any] = []
        self.took: list[float] = []
        self.over = asyncio.Event()
        self.error: Exception | None = None
        if ready:
            self.over.set()
        table = Table(Head)
        table.early, table.landed = self._early, self.took.append

        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.scopes.append(scope)
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        config = Config(app, log_level="critical", lifespan="off")
        config.load()
        loop = asyncio.get_running_loop()
        self.protocol = fast_protocol(table)(config, ServerState(), {}, _loop=loop)
        self.wire = Wire()
        self.protocol.connection_made(self.wire)
        self.protocol.access_log = False

    def _early(self, target: bytes, body: bytes) -> Any:
        self.bodies.append(body)
        return None if b"usual" in target else self._registered(body)

    async def _registered(self, body: bytes) -> Ready:
        await self.over.wait()
        if self.error is not None:
            raise self.error
        return Ready(b"[" + body + b"]", b"", b"no-store", 0)

    async def told(self, *asked: bytes) -> list[bytes]:
        """What is answered to requests, each of which comes alone."""
        before = len(self.wire.written)
        for each in asked:
            self.protocol.data_received(each)
            await asyncio.sleep(0.01)
        return self.wire.written[before:]


def brought(body: bytes, subject: bytes = b"s") -> bytes:
    head = TOLD.partition(b"\r\n\r\n")[0].replace(b": 2", b": %d" % len(body))
    return head.replace(b"/s/", b"/" + subject + b"/") + b"\r\n\r\n" + body


def test_a_new_body_is_registered_unparsed_whatever_its_size() -> None:
    """Once the headers are known; again it is told as it was, and nothing is asked for."""

    async def run() -> None:
        server = Registering()
        await server.told(TOLD)
        first, again = await server.told(brought(b"{1}"), brought(b"{1}"))
        (other,) = await server.told(brought(b"{23}"))
        assert server.bodies == [b"{1}", b"{23}"]
        assert first == again
        assert first.startswith(b"HTTP/1.1 200 OK\r\n")
        assert first.endswith(b"\r\n\r\n[{1}]")
        assert other.endswith(b"\r\n\r\n[{23}]")
        assert len(server.took) == 2
        usual = await server.told(brought(b"{4}", b"usual"))
        assert b" 204 " in usual[0]
        server.protocol.connection_lost(None)

    asyncio.run(run())


@pytest.mark.parametrize(
    "other",
    [
        brought(b"{1}").replace(b"Length: 3", b"Length: 2"),
        brought(b"{1}").replace(b"Length: 3", b"Length: 03x"),
        brought(b"{1}").replace(b"Length: 3", b"Length: 4"),
        brought(b"{1}").replace(b"Content-Length: 3", b"X: Content-Length: 3"),
        brought(b"{1}").replace(b"Host: x", b"Host: x\r\nContent-Length: 3"),
        brought(b"{1}")[:-1],
        brought(b"{" + b"1" * 70_000 + b"}"),
    ],
)
def test_only_a_whole_body_is_registered_unparsed(other: bytes) -> None:
    """Its size is what the headers say, and said once."""

    async def run() -> None:
        server = Registering()
        await server.told(TOLD, other)
        assert server.bodies == []
        server.protocol.connection_lost(None)

    asyncio.run(run())


@pytest.mark.parametrize("error", [None, ValueError("no")])
def test_what_comes_while_something_is_registered_waits_for_it(error: Exception | None) -> None:
    """In the order of the questions, and in pieces too; what failed is told of by the usual way."""

    async def run() -> None:
        server = Registering(ready=False)
        server.error = error
        await server.told(TOLD)
        next_one = ONE.replace(b"/1 ", b"/next ")
        assert await server.told(brought(b"{1}"), next_one[:9], next_one[9:]) == []
        before = len(server.scopes)
        server.over.set()
        await asyncio.sleep(0.02)
        answers = b"".join(server.wire.written[1:])
        asked = [each["path"] for each in server.scopes[before:]]
        if error is None:
            assert asked == ["/schemas/ids/next"]
            assert answers.index(b" 200 ") < answers.index(b" 204 ")
        else:
            assert asked == ["/subjects/s/versions", "/schemas/ids/next"]
            assert server.scopes[before]["lading.failed"] is error
            assert server.scopes[before]["lading.began"] <= time.perf_counter()
            assert "lading.failed" not in server.scopes[before + 1]
            assert answers.count(b" 204 ") == 2
        server.protocol.connection_lost(None)

    asyncio.run(run())


def test_a_server_that_stops_answers_what_it_registers() -> None:
    """And says that it takes no more on this connection."""

    async def run() -> None:
        server = Registering(ready=False)
        await server.told(TOLD, brought(b"{1}"))
        server.protocol.shutdown()
        assert not server.wire.closed
        server.over.set()
        await asyncio.sleep(0.01)
        assert b"connection: close\r\n" in server.wire.written[-1]
        assert server.wire.written[-1].endswith(b"[{1}]")
        assert server.wire.closed

    asyncio.run(run())


def test_a_caller_that_left_is_told_nothing() -> None:
    async def run() -> None:
        server = Registering(ready=False)
        await server.told(TOLD, brought(b"{1}"))
        count = len(server.wire.written)
        server.protocol.connection_lost(None)
        server.wire.closed = True
        server.over.set()
        await asyncio.sleep(0.01)
        assert len(server.wire.written) == count

    asyncio.run(run())


def test_new_versions_are_answered_and_refused_unparsed_as_ever(
    url: str, line: Line, record: Callable[..., str]
) -> None:
    """By a registry as it is served: each is counted once, under its route."""
    route = 'lading_registry_requests_total{method="POST",route="/subjects/{subject}/versions"'

    def counted(status: str) -> float:
        found = samples(line.get("/metrics")[1].decode())
        return found.get(f'{route},status="{status}"}}', 0)

    name = f"s{uuid4().hex[:10]}"
    before = counted("2xx"), counted("4xx")
    answers = []
    for fields in (["a"], ["a", "b?"], ["a", "b?", "c?"], ["a", "d"], ["a", "d"], ["e"]):
        sent = json.dumps({"schema": record(*fields, name=f"demo.v1.{name}")}).encode()
        line.send(brought(sent, name.encode()))
        status, body, headers = line.answer()
        answers.append((status, json.loads(body).get("version"), headers["content-type"]))
    kind = "application/vnd.schemaregistry.v1+json"
    assert answers == [(200, n, kind) for n in (1, 2, 3)] + [(409, None, kind)] * 3
    assert (counted("2xx") - before[0], counted("4xx") - before[1]) == (3, 3)


def test_headers_are_learnt_of_the_request_that_has_them() -> None:
    """Not of one that came in the same piece: what stands before it asks for something special."""
    special = with_header(b'If-None-Match: "t"')
    assert asyncio.run(taken([special + ONE, special, special])) == 0
    assert asyncio.run(taken([special + TOLD, special, special])) == 0
    assert asyncio.run(taken([ONE, special[:-4], special[-4:], special, special])) == 0


def test_over_tls_everything_goes_the_usual_way() -> None:
    assert asyncio.run(taken([ONE] * 3, scheme="https")) == 0


def test_nothing_overtakes_an_answer_that_is_still_to_come() -> None:
    """HTTP/1.1 answers in the order of the questions."""
    slow = ONE.replace(b"/schemas/ids/1", b"/slow")
    assert asyncio.run(taken([ONE, ONE, slow, ONE])) == 1


def test_the_table_forgets_the_oldest_when_it_is_full() -> None:
    table = Table(Head, limit=13_000)
    for number in range(50):
        target = b"/schemas/ids/%d" % number
        table.keep(target, Ready(b"x" * 1000, b'"t"', b"p", 0))

    held = [n for n in range(50) if table.get(b"/schemas/ids/%d" % n)]
    assert held == [47, 48, 49]


def test_an_answer_holds_as_long_as_its_mark() -> None:
    ready = Ready(b"", b"", b"", epoch=3, seq=7)
    assert ready.holds(Head(7, 3))
    assert not ready.holds(Head(8, 3))
    assert not ready.holds(Head(7, 4))
    assert Ready(b"", b"", b"", epoch=3).holds(Head(99, 3))


@pytest.mark.parametrize(
    ("known", "found"),
    [(b'"a"', True), (b'W/"a"', True), (b'"b", "a"', True), (b"*", True), (b'"ab"', False)],
)
def test_if_none_match_is_compared_weakly(known: bytes, found: bool) -> None:
    assert is_known(b'"a"', known) is found


def test_registering_again_is_answered_as_before_until_something_is_deleted(
    url: str, record: Callable[..., str]
) -> None:
    """The second and the third are ready; after a delete the same schema is a new version."""
    name, text = f"s{uuid4().hex[:10]}", record("a")
    first, second, third = (register(url, name, text) for _ in range(3))
    line = Line(url)
    line.get(f"/subjects/{name}", method=b"DELETE")
    line.socket.close()

    assert first == second == third
    assert register(url, name, text)["version"] == 2


def test_registering_again_is_refused_once_the_subject_is_read_only(
    url: str, record: Callable[..., str]
) -> None:
    name, text = f"s{uuid4().hex[:10]}", record("a")
    register(url, name, text)
    line = Line(url)
    sent = b'{"mode": "READONLY"}'
    head = b"PUT /mode/%s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" % name.encode()
    line.send(head + b"Content-Length: %d\r\n\r\n" % len(sent) + sent)
    assert line.answer()[0] == 200
    line.socket.close()

    with pytest.raises(AssertionError):
        register(url, name, text)


def test_what_is_not_ready_counts_where_callers_may_ask_so_often_only(
    sqlite_store: SqliteStore, record: Callable[..., str]
) -> None:
    house = House(sqlite_store, rates=Rates(reads=0.001))
    for number in range(40):
        schema = record("a", name=f"demo.v1.S{number}")
        assert house("POST", f"/subjects/s{number}/versions", {"schema": schema}).status == 200
    found = [house("GET", f"/schemas/ids/{number}").status for number in range(1, 41)]
    house.pulse.close()
    assert set(found) == {200, 429}
