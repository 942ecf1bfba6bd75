"""What was changed: as pages, as a stream of events, and with who did it for auditors."""

from __future__ import annotations

import asyncio
import time
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from lading.registry import feed, masking
from lading.registry.errors import StoreError, TooManyRequests
from lading.registry.http.answers import answer
from lading.registry.http.errors import BadRequest
from lading.registry.http.requests import GRANTS, registry, whole
from lading.registry.http.served import Served
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from lading.registry.auth.grants import Grants
    from lading.registry.store import Entry, Store

CHANGES: Final = "/api/v1/changes"
AUDIT: Final = "/api/v1/audit"
PAGE: Final = 100
MOST: Final = 1000
LAST: Final = 2**53
"""The largest number that every reader of JSON takes."""
STREAMS: Final = 100
"""Streams that are open at once, in one process."""
HEARTBEAT: Final = 15.0
LOOK: Final = 0.1
"""Seconds between two looks at where the log ends: that is known without asking the store."""
LIFE: Final = 600.0
"""Seconds after which a stream ends, so that it is asked again who is calling."""
EVENTS: Final = "text/event-stream"
RETRY: Final = 2000
"""Milliseconds after which a reader comes back."""


async def changes(request: Request) -> Response:
    """``GET /api/v1/changes``: registrations and deletes, by page or as they happen."""
    store, wanted = request.app.state.registry.store, _wanted(request)
    after = _after(request, store)
    if EVENTS in request.headers.get("accept", ""):
        return _Stream(request, _events(request, store, after, wanted))
    most = whole(request, "limit", PAGE, most=MOST)
    found, last = await run_in_threadpool(_page, store, after, most, wanted)
    more = last < store.end().seq
    return answer(
        request, {"changes": [_change(each) for each in found], "next": last, "more": more}
    )


async def audit(request: Request) -> Response:
    """``GET /api/v1/audit``: every entry of the log as it is kept, with its digest."""
    after = whole(request, "after", 0, least=0, most=LAST)
    most = whole(request, "limit", PAGE, most=MOST)
    found = await run_in_threadpool(registry(request).log, after, most)
    last = found[-1].seq if found else after
    more = last < registry(request).store.end().seq
    return answer(
        request, {"entries": [_entry(each) for each in found], "next": last, "more": more}
    )


async def verify(request: Request) -> Response:
    """``GET /api/v1/audit/verify``: walk the chain of digests; one walk at a time."""
    if not _WALK.acquire(blocking=False):
        raise TooManyRequests(5)
    try:
        whole_ones, wrong, digest = await run_in_threadpool(
            feed.verified, request.app.state.registry.store
        )
    finally:
        _WALK.release()
    return answer(
        request,
        {"intact": wrong is None, "entries": whole_ones, "broken": wrong, "digest": digest},
    )


_WALK: Final = Lock()


class _Stream(StreamingResponse):
    """One of a bounded number of streams."""

    def __init__(self, request: Request, content: AsyncIterator[bytes]) -> None:
        self._state = request.app.state
        if self._state.streams >= STREAMS:
            raise TooManyRequests(RETRY / 1000)
        self._state.streams += 1
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(content, headers=headers, media_type=EVENTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._state.streams -= 1


async def _events(
    request: Request, store: Store, after: int, wanted: Callable[[Entry], bool]
) -> AsyncIterator[bytes]:
    """What comes after an entry, as long as somebody listens and nobody shuts down."""
    yield b"retry: %d\n\n" % RETRY
    began = said = time.monotonic()
    while not request.app.state.leaving and time.monotonic() - began < LIFE:
        if store.end().seq > after:
            try:
                found, after = await run_in_threadpool(_page, store, after, PAGE, wanted)
            except StoreError:
                return  # who listens comes back, and is told then
            if found:
                yield b"".join(map(_event, found))
                said = time.monotonic()
        else:
            await asyncio.sleep(LOOK)
        if time.monotonic() - said >= HEARTBEAT:
            yield b": still here\nid: %d\n\n" % after
            said = time.monotonic()


def _page(
    store: Store, after: int, most: int, wanted: Callable[[Entry], bool]
) -> tuple[list[Entry], int]:
    with store.read() as reading:
        return feed.page(reading, after, most, wanted)


def _event(entry: Entry) -> bytes:
    data = orjson.dumps(_change(entry))
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (entry.seq, entry.action.value.encode(), data)


def _wanted(request: Request) -> Callable[[Entry], bool]:
    grants: Grants | None = request.scope.get(GRANTS)

    def sees(name: str) -> bool:
        return grants is None or grants.may(Right.SUBJECT_READ, name)

    return feed.of_contracts(request.query_params.get("subject"), sees)


def _after(request: Request, store: Store) -> int:
    """After which entry: what a reader that comes back saw last wins; ``latest``: the last one."""
    seen = request.headers.get("last-event-id", "")
    if seen and EVENTS in request.headers.get("accept", ""):
        if not (seen.isascii() and seen.isdigit() and int(seen[:20]) <= LAST):
            raise BadRequest("'Last-Event-ID' must be the number of an entry", status=422)
        return int(seen)
    if request.query_params.get("after") == "latest":
        return store.end().seq
    return whole(request, "after", 0, least=0, most=LAST)


def _change(entry: Entry) -> dict[str, Any]:
    shown = {
        "seq": entry.seq,
        "at": entry.at,
        "action": entry.action.value,
        "subject": entry.subject,
    }
    return shown | {key: each for key, each in entry.detail.items() if key in {"id", "version"}}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.by,
        "action": entry.action.value,
        "subject": entry.subject,
        "payload": masking.shown(entry),
        "digest": entry.digest,
    }


SERVED: Final = (
    Served("GET", CHANGES, changes, Right.SUBJECT_READ, On.LIST),
    Served("GET", AUDIT, audit, Right.AUDIT_READ),
    Served("GET", AUDIT + "/verify", verify, Right.AUDIT_READ),
)
