"""What is answered does not tell which way it was answered: one law over all the ways."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from lading.registry.http.fast import fast_protocol
from lading.registry.http.patience import Limits, patient
from lading.registry.store import SqliteStore
from registry.house import House
from registry.test_fast import Wire
from registry.test_straight import ONE, PATH, REFUSED, STRAIGHT, USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.registry.http.patience import PatientProtocol

OTHERS: Final[list[tuple[str, str, Any]]] = [
    ("POST", "/subjects/s", {"schema": ONE}),
    ("POST", "/subjects/none", {"schema": ONE}),
    ("POST", "/compatibility/subjects/s/versions/latest", {"schema": ONE}),
    ("POST", "/schemas/ids/1", {"schema": ONE}),
    ("GET", "/schemas/ids/1", None),
    ("GET", "/schemas/ids/1?subject=s", None),
    ("GET", "/schemas/ids/1/schema", None),
    ("GET", "/schemas/ids/9999", None),
    ("GET", "/schemas/types", None),
    ("GET", "/subjects", None),
    ("GET", "/subjects/s/versions/1", None),
    ("GET", "/subjects/s/versions/99", None),
    ("GET", "/nothing", None),
    ("PUT", "/config/s", {"compatibility": "FULL"}),
    ("DELETE", "/config/s", None),
    ("DELETE", "/subjects/s/versions/1", None),
    ("POST", PATH, {"schema": ONE}),
]
SPELT: Final = "/?=:%&"
"""What a target has as it is."""
REQUESTS: Final = [*(("POST", *each) for each in (*STRAIGHT, *REFUSED, *USUAL)), *OTHERS]


class Wired:
    """A registry behind one connection of a protocol."""

    def __init__(self, house: House, protocol: type[PatientProtocol]) -> None:
        config = Config(house.outside, log_level="critical", lifespan="off")
        config.load()
        loop = asyncio.get_running_loop()
        self._protocol = protocol(config, ServerState(), {}, _loop=loop)
        self._wire = Wire()
        self._protocol.connection_made(self._wire)
        self._protocol.access_log = False

    async def __call__(self, method: str, target: str, body: Any, accept: str) -> Any:
        """(status, headers, body) without what is another one each time."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        sent = sent.encode() if isinstance(sent, str) else sent
        size = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(sent)
        line = f"{method} {quote(target, safe=SPELT)} HTTP/1.1\r\nHost: x\r\n"
        head = f"{line}Accept: {accept}\r\n".encode() + (b"" if body is None else size)
        self._wire.written.clear()
        self._protocol.data_received(head + b"\r\n" + sent)
        while (found := _whole(b"".join(self._wire.written))) is None:  # noqa: ASYNC110 - a transport tells nobody
            await asyncio.sleep(0.001)
        return found

    def close(self) -> None:
        self._protocol.connection_lost(None)


def _whole(data: bytes) -> Any:
    head, end, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode().lower().split("\r\n")
    headers = dict(each.split(": ", 1) for each in rest if ": " in each)
    if not end or len(body) < int(headers.get("content-length", "0")):
        return None
    headers.pop("date", None)
    if "x-request-id" in headers:
        headers["x-request-id"] = "one"
    value = json.loads(body) if body else None
    if isinstance(value, dict) and value.pop("ts", None) and "etag" in headers:
        headers["etag"] = "of a moment"
    return line, headers, value


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[list[House]]:
    """Two that know the same; the second has no short way."""
    stores = [SqliteStore(tmp_path / f"{name}.db") for name in ("short", "usual")]
    found = [House(each, max_body=60_000) for each in stores]
    found[1].app.state.hot.is_open = False  # nothing is ready there, or ever kept
    for each in found:
        each("PUT", "/mode/closed", {"mode": "READONLY"})
    yield found
    for each in found:
        each.pulse.close()
        each.store.close()


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_all_ways_answer_the_same_to_the_last_header(houses: list[House], accept: str) -> None:
    """Unparsed, unrouted, ready and routed answers have one status, one set of headers, one body.

    Each request comes three times on one connection: the first teaches the short way its headers.
    """
    table = houses[0].app.state.hot

    async def run() -> None:
        limits = Limits()
        kinds = fast_protocol(table, limits), patient(limits)
        short, usual = (Wired(*each) for each in zip(houses, kinds, strict=True))
        for method, target, body in REQUESTS:
            for _ in range(3):
                ours = await short(method, target, body, accept)
                theirs = await usual(method, target, body, accept)
                assert ours == theirs, (method, target, body)
        short.close()
        usual.close()

    asyncio.run(run())
    assert table.early_writes > len(STRAIGHT)
    assert table.early_reads > 1
