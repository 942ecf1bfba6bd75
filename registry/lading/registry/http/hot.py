"""Answers that are ready: rendered once, handed out again as bytes as long as they hold.

What an id stands for never changes until it is removed for good; where a subject holds it changes
with the next registration; and a schema that was registered is registered until something is
deleted or set. So an answer is kept with the mark of the log that it holds for, and is passed over
when the log has moved past it. `HotPath` answers before anything is routed, and
`lading.registry.http.fast` before anything is even parsed. What can be looked up in this process is
made ready when it is asked for (`Table.make`): that takes less than to route the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from lading.registry.http.answers import MEDIA_TYPE, private

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from lading.registry.auth.passes import Passes
    from lading.registry.store import Head

    Registers = Callable[[Scope, bytes], Awaitable["Ready | None"]]

LIMIT: Final = 64 * 1024 * 1024
"""Bytes of bodies that are kept."""
_JSON: Final = b"application/json"
_OURS: Final = b"schemaregistry"
_SUBJECTS: Final = b"/subjects/"
_VERSIONS: Final = b"/versions"
LARGEST: Final = 64 * 1024
"""Bytes of a body that is worth keeping as a key."""
SENT: Final = frozenset({b"application/json", MEDIA_TYPE.encode()})
"""Types of a body whose answer is kept."""


@dataclass(frozen=True)
class Ready:
    """One answer."""

    body: bytes
    tag: bytes
    """Its ETag, with the quotes; empty where it has none."""
    policy: bytes
    """``Cache-Control``."""
    epoch: int
    """`Head.epoch` that it holds for."""
    seq: int = 0
    """`Head.seq` that it holds for; 0: it holds for the whole epoch."""
    vary: bytes = b"Accept"
    """The headers of a request that decide what is answered."""

    def holds(self, end: Head) -> bool:
        """Whether nothing has come since that could make it wrong."""
        return self.epoch == end.epoch and (not self.seq or self.seq == end.seq)

    @cached_property
    def validators(self) -> list[tuple[bytes, bytes]]:
        """The headers that a 304 has too."""
        tagged = [(b"etag", self.tag)] if self.tag else []
        return [*tagged, (b"cache-control", self.policy), (b"vary", self.vary)]

    @cached_property
    def headers(self) -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]:
        """Those of a 200: for callers of Confluent's type, for callers of plain JSON."""
        size = b"%d" % len(self.body)
        ours, plain = (
            [(b"content-type", kind), (b"content-length", size), *self.validators]
            for kind in (MEDIA_TYPE.encode(), _JSON)
        )
        return ours, plain

    @cached_property
    def blocks(self) -> tuple[bytes, bytes]:
        """All that follows the date in an HTTP/1.1 answer, likewise for both."""
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in self.validators)
        rest = b"content-length: %d\r\n%b\r\n%b" % (len(self.body), lines, self.body)
        return (
            b"content-type: " + MEDIA_TYPE.encode() + b"\r\n" + rest,
            b"content-type: " + _JSON + b"\r\n" + rest,
        )


async def _not_here(_: Scope, __: bytes) -> Ready | None:
    """Nothing is registered without being routed."""
    return None


def _never(_: bytes, __: bytes) -> Awaitable[Ready] | None:
    """Likewise before it is parsed."""
    return None


class Table:
    """Request target, as it was sent, to the answer that is ready for it."""

    def __init__(self, end: Callable[[], Head], *, limit: int = LIMIT) -> None:
        self.end = end
        self.make: Callable[[bytes], Ready | None] = lambda _: None
        """What makes the answer for a target at once, where it can: asked for what is not ready."""
        self.register: Registers = _not_here
        """What registers a body without routing it, where it can."""
        self.early: Callable[[bytes, bytes], Awaitable[Ready] | None] = _never
        """What registers a body for a target before its request is parsed, where it can."""
        self.landed: Callable[[float], None] = lambda _: None
        """Told of each that was, and how long it took."""
        self.hits = 0
        """Answers handed out from here, to requests that were parsed: for the metrics."""
        self.again = 0
        """Those of them that are registrations of what is registered."""
        self.early_reads = self.early_writes = 0
        """Those to requests that were not even parsed."""
        self.is_fresh = True
        """Whether the store answers: else it is said of each answer that it may be out of date."""
        self.is_open = True
        """Whether anybody may have what is in it."""
        self.passes: Passes | None = None
        """Else who may; `None`: nobody, and nothing is kept."""
        self._limit = limit
        self._weight = 0
        self._ready: dict[bytes, Ready] = {}
        self._lock = Lock()

    def ready(self, body: bytes, tag: str, policy: str, epoch: int, seq: int = 0) -> Ready:
        """An answer of this table, where what anybody may have is anybody's, and else is not."""
        if not self.is_open:
            policy = private(policy)
        vary = b"Accept" if self.is_open else b"Accept, Authorization"
        return Ready(body, tag.encode(), policy.encode(), epoch, seq, vary)

    def answer(self, target: bytes, credential: bytes) -> Ready | None:
        """The answer for a target to who presents a credential, if both are known to be good."""
        if self.is_open:
            return self.get(target)
        caller = self.passes.caller(credential) if self.passes and credential else ""
        if not self.passes or not caller:
            return None
        ready = self.get(target)
        return ready if ready is not None and self.passes.takes(caller) else None

    def get(self, target: bytes) -> Ready | None:
        """The answer for a target, if it holds; for a POST the body stands behind it."""
        ready = self._ready.get(target)
        if ready is not None and ready.holds(self.end()):
            return ready
        made = self.make(target)
        if made is not None:
            self.keep(target, made)
        return made

    def keep(self, target: bytes, ready: Ready) -> None:
        """Have an answer ready. When there is no room the oldest go; all may be made again."""
        if not self.is_open and self.passes is None:
            return
        with self._lock:
            old = self._ready.pop(target, None)
            self._weight -= _weight(target, old) if old else 0
            self._ready[target] = ready
            self._weight += _weight(target, ready)
            while self._weight > self._limit and self._ready:
                oldest = next(iter(self._ready))
                self._weight -= _weight(oldest, self._ready.pop(oldest))


def _weight(target: bytes, ready: Ready) -> int:
    return 2 * len(ready.body) + len(target) + 2048  # twice: as a body, and in a block


class HotPath:
    """Answers from the table, and hands on what is not in it."""

    def __init__(self, app: ASGIApp, table: Table) -> None:
        self._app = app
        self._table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"] if scope["type"] == "http" else ""
        if method and not _is_addressed(scope):
            await _refuse(send)
            return
        if method == "POST" and self._table.is_open and _registers(scope):
            await self._register(scope, receive, send)
            return
        if method != "GET":
            await self._app(scope, receive, send)
            return
        known, plain, credential = asked(scope["headers"])
        ready = self._table.answer(target_of(scope), credential)
        if ready is None:
            await self._app(scope, receive, send)
            return
        self._table.hits += 1
        if known is not None and is_known(ready.tag, known):
            start = {"type": "http.response.start", "status": 304, "headers": ready.validators}
            await send(start)
            await send({"type": "http.response.body", "body": b""})
            return
        await _answer(ready, send, plain=plain)

    async def _register(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Registering again what is registered answers with what it answered before.

        Not while the store does not answer: it may have been deleted elsewhere since.
        """
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body") or len(body) > LARGEST:
            await self._app(scope, _Again(message, receive), send)
            return
        key = posted(target_of(scope), body)
        is_fresh = self._table.is_fresh
        ready = self._table.get(key) if is_fresh else None
        if ready is not None:
            self._table.hits += 1
            self._table.again += 1
        elif is_fresh:
            ready = await self._table.register(scope, body)
            if ready is not None:
                self._table.keep(key, ready)
        if ready is None:
            scope[KEY] = key
            await self._app(scope, _Again(message, receive), send)
            return
        await _answer(ready, send, plain=asked(scope["headers"]).plain)


def _is_addressed(scope: Scope) -> bool:
    """Whether it says once which host it is for, as HTTP/1.1 has it (RFC 9112, 3.2)."""
    if scope.get("http_version") != "1.1":
        return True
    return [name for name, _ in scope["headers"]].count(b"host") == 1


async def _refuse(send: Send) -> None:
    body = b'{"error_code":400,"message":"HTTP 400 Bad Request: it needs one Host"}'
    headers = [(b"content-type", _JSON), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Again:
    """Hands out a message that was read already, then goes on."""

    def __init__(self, message: Message, receive: Receive) -> None:
        self._message: Message | None = message
        self._receive = receive

    async def __call__(self) -> Message:
        message, self._message = self._message, None
        return await self._receive() if message is None else message


KEY: Final = "lading.posted"
"""The key of the ASGI scope under which it is noted what an answer to a POST is kept under."""


def posted(target: bytes, body: bytes) -> bytes:
    """What the answer to a body is kept under: no target has a line break."""
    return target + b"\n" + body


def _registers(scope: Scope) -> bool:
    """Whether it is a registration as clients send them, with nothing special about it."""
    path: bytes = scope.get("raw_path") or b""
    if not path.startswith(_SUBJECTS) or not path.endswith(_VERSIONS):
        return False
    sent = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            sent = value
        elif name in {b"content-encoding", b"sec-fetch-site"}:
            return False
    return sent in SENT


async def _answer(ready: Ready, send: Send, *, plain: bool) -> None:
    headers = ready.headers[plain]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ready.body})


def target_of(scope: Scope) -> bytes:
    """What stood between method and version in the first line."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def is_known(tag: bytes, known: bytes) -> bool:
    """Whether ``If-None-Match`` names the tag (RFC 9110, 13.1.2: weakly compared)."""
    if known.strip() == b"*":
        return True
    return any(each.strip().removeprefix(b"W/") == tag for each in known.split(b","))


def wants_plain(accepted: bytes) -> bool:
    """Whether ``Accept`` asks for ``application/json`` and not for Confluent's own type."""
    return _JSON in accepted and _OURS not in accepted


class Asked(NamedTuple):
    """What headers ask for."""

    known: bytes | None
    """``If-None-Match``."""
    plain: bool
    """Whether plain JSON is wanted."""
    credential: bytes
    """``Authorization``; empty where there are two: who is in between may go by the other one."""


def asked(headers: Iterable[tuple[bytes, bytes]]) -> Asked:
    """Read the headers of a request, their names in lower case."""
    known: bytes | None = None
    plain = False
    credentials: list[bytes] = []
    for name, value in headers:
        if name == b"if-none-match":
            known = value
        elif name == b"accept":
            plain = wants_plain(value)
        elif name == b"authorization":
            credentials.append(value)
    return Asked(known, plain, credentials[0] if len(credentials) == 1 else b"")
