"""Nobody keeps the registry waiting, or fills its memory, before saying who they are."""

from __future__ import annotations

import json
import select
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from registry import conftest
from registry.conftest import running

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = b"Host: x\r\n"
GET = b"GET /subjects HTTP/1.1\r\n" + HOST
POST = b"POST /subjects/s/versions HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
SHORT = "head_seconds=1.0, body_seconds=1.5, connections=20"


@pytest.fixture(params=["", ", fast_path=False"], ids=["fast", "usual"], scope="module")
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    own = conftest.SERVE.replace("port=int(", f"{SHORT}{request.param}, port=int(")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conftest, "SERVE", own)
        with running(tmp_path_factory.mktemp("patient") / "registry.db") as (url, _):
            found = urlsplit(url).port
            assert found
            yield found


@contextmanager
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        yield wire


def told(wire: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    found = b""
    while True:
        try:
            data = wire.recv(65536)
        except ConnectionResetError:
            return found
        if not data:
            return found
        found += data


@pytest.mark.parametrize(
    "sent",
    [
        GET + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n",
        GET + b"".join(b"X-%d: y\r\n" % number for number in range(9_000)) + b"\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        GET + b"X-Unfinished: " + b"x" * 200_000,
        POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-After: " + b"x" * 200_000,
    ],
    ids=["long", "many", "target", "unfinished", "trailer"],
)
def test_large_heads_are_refused(port: int, sent: bytes) -> None:
    with line(port) as wire:
        try:
            for start in range(0, len(sent), 8192):
                wire.sendall(sent[start : start + 8192])
                time.sleep(0.002)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = told(wire)
    assert not answer or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 4")), answer[:200]
    assert_serves(port)


def test_the_answer_to_a_large_head_says_so(port: int) -> None:
    with line(port) as wire:
        wire.sendall(GET + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n")
        head, _, body = told(wire).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert json.loads(body)["error_code"] == 431


MALFORMED = {
    "both sizes": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two sizes": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "size": POST + b"Content-Length: -1\r\n\r\n{}",
    "chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "encoding": POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "line": b"nonsense\r\n\r\n",
    "method": b"FOO /subjects HTTP/1.1\r\n" + HOST + b"\r\n",
    "version": b"GET /subjects HTTP/9.9\r\n" + HOST + b"\r\n",
    "target": b"GET /sub jects HTTP/1.1\r\n" + HOST + b"\r\n",
    "header": GET + b"nonsense\r\n\r\n",
    "nul": GET + b"X: a\0b\r\n\r\n",
    "folded": GET + b"X: a\r\n b\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 40,
    "tunnel": b"CONNECT x:1 HTTP/1.1\r\n" + HOST + b"\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_request_is_told_so_as_any_error_is(port: int, sent: bytes) -> None:
    """With a code and what was wrong, as JSON of the usual type; then the connection ends."""
    with line(port) as wire:
        wire.sendall(sent)
        head, _, body = told(wire).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 "), head
    assert b"content-type: application/vnd.schemaregistry.v1+json" in head
    assert b"connection: close" in head
    error = json.loads(body)
    assert error["error_code"] == 400
    assert error["message"].startswith("HTTP 400 Bad Request: ")
    assert "callback" not in error["message"]
    assert_serves(port)


def test_what_is_wrong_behind_a_request_takes_no_answer_from_it(port: int) -> None:
    """Answers are told apart by their order: the first is to the request that was right."""
    with line(port) as wire:
        wire.sendall(GET + b"\r\nnonsense\r\n\r\n")
        assert told(wire).startswith(b"HTTP/1.1 200 ")
    assert_serves(port)


def test_large_headers_within_bounds_and_a_body_beside_them_are_taken(port: int) -> None:
    body = json.dumps({"schema": '"string"', "more": "x" * 100_000}).encode()
    size = b"Content-Length: %d\r\nConnection: close\r\n" % len(body)
    with line(port) as wire:
        wire.sendall(POST + size + b"X-Long: " + b"x" * 60_000 + b"\r\n\r\n" + body)
        assert told(wire).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"\r\n", b""),
        (b"GE", b"HTTP/1.1 408 "),
        (GET, b"HTTP/1.1 408 "),
        (POST + b"Content-Length: 100\r\n\r\n", b"HTTP/1.1 408 "),
        (POST + b"Content-Length: 100\r\n\r\n{", b"HTTP/1.1 408 "),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", b"HTTP/1.1 408 "),
    ],
)
def test_who_goes_silent_is_hung_up_on(port: int, sent: bytes, answer: bytes) -> None:
    with line(port) as wire:
        wire.sendall(sent)
        began = time.monotonic()
        assert told(wire).startswith(answer)
        assert 0.5 < time.monotonic() - began < 4


def test_a_head_that_comes_a_byte_at_a_time_is_ended_all_the_same(port: int) -> None:
    with line(port) as wire:
        began = time.monotonic()
        for byte in GET + b"X-Slow: " + b"x" * 1000:
            try:
                wire.sendall(bytes([byte]))
            except (BrokenPipeError, ConnectionResetError):
                break
            if select.select([wire], [], [], 0.05)[0]:
                break
        assert 0.5 < time.monotonic() - began < 4


def test_who_speaks_slowly_but_does_is_listened_to(port: int) -> None:
    body = json.dumps({"schema": '"string"'}).encode()
    with line(port) as wire:
        wire.sendall(POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 5):
            time.sleep(0.4)
            wire.sendall(body[start : start + 5])
        assert told(wire).startswith(b"HTTP/1.1 200 ")


def test_a_connection_that_was_used_may_rest(port: int) -> None:
    with line(port) as wire:
        for _ in range(3):
            wire.sendall(GET + b"\r\n")
            time.sleep(1.7)
            assert wire.recv(65536).startswith(b"HTTP/1.1 200 ")
        wire.sendall(GET + b"Connection: close\r\n\r\n")
        assert told(wire).startswith(b"HTTP/1.1 200 ")


def test_more_connections_than_there_may_be_are_told_so(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(20)]
    try:
        time.sleep(0.2)
        with line(port) as wire:
            assert told(wire).startswith(b"HTTP/1.1 503 ")
    finally:
        for each in lines:
            each.close()
    time.sleep(0.2)
    assert_serves(port)


def test_many_that_never_end_leave_nothing_behind(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(15)]
    for each in lines:
        each.sendall(GET + b"X-Slow: ")
    assert_serves(port)
    time.sleep(2)
    assert all(told(each).startswith(b"HTTP/1.1 408 ") for each in lines)
    for each in lines:
        each.close()


def assert_serves(port: int) -> None:
    with line(port) as wire:
        wire.sendall(GET + b"Connection: close\r\n\r\n")
        assert told(wire).startswith(b"HTTP/1.1 200 ")
