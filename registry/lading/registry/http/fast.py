"""The shortest way to an answer: one that is ready is written before the request is parsed.

Of all calls to a registry nearly all are reads by id, and registrations of what is registered, from
clients that send the same headers each time. A block of headers that was parsed once, and found to
ask for nothing special, is known by its bytes from then on; with it a request is a look-up of its
first line, and of its body. Everything else (another method, conditions, an upgrade, TLS,
pipelining, a body in pieces, a client that reads slowly, an access log) goes the usual way, which
is right for all of it.

It leans on uvicorn's httptools protocol, whose inner names it uses: ``tests/registry/test_fast.py``
tells when an upgrade moves them. ``Settings.fast_path`` turns it off.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from lading.registry.http.hot import LARGEST, SENT, asked, posted
from lading.registry.http.landing import FAILED
from lading.registry.http.observed import BEGAN
from lading.registry.http.patience import Limits, PatientProtocol

if TYPE_CHECKING:
    from asyncio import Task, TimerHandle
    from collections.abc import Awaitable, Callable

    from lading.registry.http.hot import Ready, Table

T = TypeVar("T")

_GET: Final = b"GET "
_POST: Final = b"POST /subjects/"
_VERSION: Final = b" HTTP/1.1"
_END: Final = b"\r\n\r\n"
_DIGITS: Final = 6
_SIZE: Final = b"\r\ncontent-length: "
_STATUS: Final = b"HTTP/1.1 200 OK\r\n"
_BLOCKS: Final = 1000
"""Blocks of headers that are known; clients differ in few."""
_LONGEST: Final = 4096
"""Bytes of a block that is worth knowing."""
_SPECIAL: Final = frozenset(
    {
        b"content-encoding",
        b"expect",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"range",
        b"sec-fetch-site",
        b"te",
        b"transfer-encoding",
        b"upgrade",
        b"x-request-id",
    }
)
"""Headers that the usual way looks at."""


class _Reads(NamedTuple):
    """What a block of headers of a read asks for; nothing special."""

    plain: bool
    """Whether plain JSON is wanted."""
    credential: bytes


class FastProtocol(PatientProtocol):
    """One connection. `table` is set on a subclass: see `fast_protocol`."""

    table: Table
    reads: dict[bytes, _Reads]
    """What is known of blocks of headers, with the empty line at their end and nothing after."""
    writes: dict[bytes, bool]
    """Of blocks before a body, whether plain JSON is wanted: see `_head` for what is left out."""
    start: tuple[object, bytes] = (None, b"")
    """(the headers of the server that it was made of, what each answer starts with)"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_between = True
        """Whether the parser has no request half read: then bytes are the start of one."""
        self._last = 0.0
        self._timer: TimerHandle | None = None
        self._task: Task[None] | None = None
        """What registers what came last: nothing is answered before."""
        self._held: list[bytes] = []
        """What came after it."""
        self._leaves = False
        self._known: dict[str, object] = {}
        """What is known already of the request that begins next, for its scope."""

    def on_message_begin(self) -> None:
        self._is_between = False
        super().on_message_begin()
        if self._known:
            self.scope.update(self._known)  # type: ignore[typeddict-item]
            self._known = {}

    def on_message_complete(self) -> None:
        self._is_between = True
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        if self._task is not None:
            self._held.append(data)
            self.flow.pause_reading()
            return
        if not data.startswith(_GET):
            if data.startswith(_POST) and self._may_answer():
                self._written(data)
            else:
                super().data_received(data)
            return
        if not self._may_answer():
            super().data_received(data)
            return
        line, _, block = data.partition(b"\r\n")
        known = self.reads.get(block)
        if known is None:
            super().data_received(data)
            if block.endswith(_END) and block.find(_END) == len(block) - len(_END):
                self._learn(block, 0)
            return
        plain, credential = known
        ready = self.table.answer(line[4:-9], credential) if line.endswith(_VERSION) else None
        if ready is None:
            super().data_received(data)
            return
        self.table.early_reads += 1
        self._tell(self._start() + ready.blocks[plain])

    def _written(self, data: bytes) -> None:
        head, end, body = data.partition(_END)
        line, block, size = _head(head)
        plain = self.writes.get(block)
        if plain is None:
            super().data_received(data)
            if body:
                self._learn(block, len(body))
            return
        fits = end and len(body) == size <= LARGEST and line.endswith(_VERSION)
        if not (fits and self.table.is_open):
            super().data_received(data)
            return
        target = line[5:-9]
        ready = self.table.get(posted(target, body))
        if ready is not None:
            self.table.early_writes += 1
            self._tell(self._start() + ready.blocks[plain])
            return
        landing = self.table.early(target, body)
        if landing is None:
            super().data_received(data)
            return
        self._unset_keepalive_if_required()
        self.waits_for_nothing()
        self._task = self.loop.create_task(self._landed(landing, data, target, body, plain=plain))
        self.tasks.add(self._task)
        self._task.add_done_callback(self.tasks.discard)

    async def _landed(
        self, landing: Awaitable[Ready], data: bytes, target: bytes, body: bytes, *, plain: bool
    ) -> None:
        """Answer a registration; what failed goes the usual way, which tells of it."""
        began = time.perf_counter()
        try:
            ready = await landing
        except Exception as error:  # noqa: BLE001 - the usual way tells of it
            self._known = {FAILED: error, BEGAN: began}
            self._go_on(lambda: PatientProtocol.data_received(self, data))
            return
        self.table.keep(posted(target, body), ready)
        self.table.landed(time.perf_counter() - began)
        last = b"connection: close\r\n" if self._leaves else b""
        self._go_on(lambda: self._tell(self._start() + last + ready.blocks[plain]))

    def _go_on(self, answer: Callable[[], None]) -> None:
        """Answer, unless nobody is there any more, and take what came meanwhile."""
        self._task = None
        held, self._held = b"".join(self._held), []
        if self.transport.is_closing():
            return
        answer()
        if self._leaves:
            super().shutdown()  # what follows is not taken any more
            return
        self.flow.resume_reading()
        if held:
            self.data_received(held)

    def shutdown(self) -> None:
        """Leave once what was begun is answered."""
        if self._task is not None:
            self._leaves = True
        else:
            super().shutdown()

    def _tell(self, answer: bytes) -> None:
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        self.server_state.total_requests += 1
        self.waits_for_nothing()
        self.transport.write(answer)
        self._last = self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_later(self.timeout_keep_alive, self._look)

    def _may_answer(self) -> bool:
        """Whether nothing is under way on this connection, and nobody asks for more than bytes."""
        return (
            self._is_between
            and (self.cycle is None or self.cycle.response_complete)
            and not self.access_log
            and not self.flow.write_paused
            and self.table.is_fresh
            and self.scheme == "http"
        )

    def _start(self) -> bytes:
        """The status line and the headers of the server: uvicorn makes a new list each second."""
        headers = self.server_state.default_headers
        made_of, start = self.start
        if made_of is not headers:
            lines = (name + b": " + value + b"\r\n" for name, value in headers)
            start = _STATUS + b"".join(lines)
            type(self).start = headers, start
        return start

    def _learn(self, block: bytes, follow: int) -> None:
        """Know a block of headers of which the parser says that there is nothing special in it.

        `follow`: so many bytes came after it, which have to be its body; else the headers that the
        parser has are those of another request.
        """
        if not self._is_between or len(block) > _LONGEST:
            return
        size, sent, hosts = 0, b"", 0
        for name, value in self.headers or ():
            hosts += name == b"host"
            if name in _SPECIAL or (name == b"connection" and value.lower() != b"keep-alive"):
                return
            if name == b"content-length":
                size = int(value)  # the parser has taken it for a number
            elif name == b"content-type":
                sent = value
        if size != follow or hosts != 1:
            return
        found = asked(self.headers or ())
        if not size:
            _keep(self.reads, block, _Reads(found.plain, found.credential))
        elif sent in SENT:
            _keep(self.writes, block, found.plain)

    def _look(self) -> None:
        """Close a connection on which nothing comes any more, as the usual way does."""
        self._timer = None
        if self.transport.is_closing() or not self._is_between or self._has_usual_timer():
            return
        if self._task is not None:
            return
        waited = self.loop.time() - self._last
        if waited >= self.timeout_keep_alive:
            self.timeout_keep_alive_handler()
        else:
            self._timer = self.loop.call_later(self.timeout_keep_alive - waited, self._look)

    def _has_usual_timer(self) -> bool:
        return self.timeout_keep_alive_task is not None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().connection_lost(exc)


def _head(head: bytes) -> tuple[bytes, bytes, int]:
    """(first line, block of headers but for the size of the body, that size) of a request.

    No line break can be within a header: where the first of that name is, is always the same one.
    """
    line, _, block = head.partition(b"\r\n")
    at = head.lower().find(_SIZE, len(line))
    if at < 0:
        return line, block, -1
    at += len(_SIZE)
    end = head.find(b"\r\n", at)
    said = head[at:] if end < 0 else head[at:end]
    if not said.isdigit() or len(said) > _DIGITS:
        return line, block, -1
    return line, head[len(line) : at] + head[at + len(said) :], int(said)


def _keep(known: dict[bytes, T], block: bytes, what: T) -> None:
    if len(known) >= _BLOCKS:
        known.clear()
    known[block] = what


def fast_protocol(table: Table, limits: Limits | None = None) -> type[FastProtocol]:
    """The protocol of the connections of one server."""
    own = {"table": table, "reads": {}, "writes": {}, "limits": limits or Limits()}
    return type("Fast", (FastProtocol,), own)
