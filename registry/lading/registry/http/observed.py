"""Every request once: counted, timed, given an id, said in the log, and traced.

It stands before everything else, so what is answered from memory or refused at the door counts
too. Only the way before parsing (`lading.registry.http.fast`) does not come by here; its answers
are counted where they are handed out.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lading.registry.http.hot import HotPath, target_of
from lading.registry.http.logs import TOKEN, frames
from lading.registry.http.paths import VERSIONS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from lading.registry.http.metrics import Metrics
    from lading.registry.http.tracing import Tracing

SEEN: Final = "lading.seen"
"""The key of the ASGI scope under which stands what is known of a request."""
BEGAN: Final = "lading.began"
"""The key under which stands when it was begun, where that was before the scope was made."""
UNKNOWN: Final = "none"
"""The route of what no route is for."""
LOG: Final = logging.getLogger("lading.http")
ACCESS: Final = logging.getLogger("lading.access")
_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_STALE: Final = [(b"warning", b'110 lading "Response is Stale"'), (b"lading-stale", b"1")]
_KEPT: Final = ("/schemas/ids/", "/schemas/guids/")
"""Routes that may be answered without the store; all others that need it fail then."""


@dataclass(slots=True)
class Seen:
    """What is known of a request while it is answered."""

    method: str
    id: str
    route: str = UNKNOWN
    status: int = 500
    size: int = 0
    started: bool = False
    entered: bool = False
    """Whether it went on to the application: else it was answered from what is ready."""


class Observed:
    """Stands before everything."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        *,
        access_log: bool = False,
        tracing: Tracing | None = None,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._access_log = access_log
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = _given_id(scope)
        method = scope["method"]
        seen = Seen(method if method in _METHODS else "other", given or "")
        inner = {**scope, SEEN: seen}
        start: float = scope.get(BEGAN) or time.perf_counter()
        try:
            with self._span(scope, seen):
                await self._app(inner, receive, self._sending(send, seen, echo=bool(given)))
        except Exception as error:  # noqa: BLE001 - the last place that can say what it was about
            _say(error, seen)
        finally:
            if not seen.entered and seen.started:
                seen.route = hot_route(scope)
            seconds = time.perf_counter() - start
            self._metrics.answered(seen.method, seen.route, seen.status, seconds)
            if self._access_log:
                _access(scope, seen, seconds)

    def _span(self, scope: Scope, seen: Seen) -> AbstractContextManager[None]:
        return _NOTHING if self._tracing is None else self._tracing.span(scope, seen)

    def _sending(self, send: Send, seen: Seen, *, echo: bool) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.started, seen.status = True, message["status"]
                if more := self._more_headers(seen, echo=echo):
                    message = {**message, "headers": [*message["headers"], *more]}
            else:
                seen.size += len(message.get("body", b""))
            await send(message)

        return sending

    def _more_headers(self, seen: Seen, *, echo: bool) -> list[tuple[bytes, bytes]]:
        more = []
        if echo or seen.status >= 400:  # noqa: PLR2004 - there may be something to look for
            more.append((b"x-request-id", _id_of(seen).encode()))
        if not self._metrics.store_up and seen.status in {200, 304} and _is_stale(seen):
            self._metrics.stale_answers += 1
            more += _STALE
        return more


class Entered:
    """Notes that a request was not answered from what is ready."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen: Seen | None = scope.get(SEEN)
        if seen is not None:
            seen.entered = True
        await self._app(scope, receive, send)


class Routed:
    """Notes which route was taken; right before the router, whose scope says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen: Seen | None = scope.get(SEEN)
        if seen is None:
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            seen.route = _taken(scope)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            seen.route = _taken(scope)


def stacked(
    app: Starlette, *, access_log: bool = False, tracing: Tracing | None = None
) -> Observed:
    """The application behind what is ready, behind what looks at each request."""
    hot = HotPath(Entered(app), app.state.hot)
    return Observed(hot, app.state.metrics, access_log=access_log, tracing=tracing)


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_NOTHING: Final = _Nothing()


def hot_route(scope: Scope) -> str:
    """The route of an answer that was ready."""
    if scope["method"] == "POST":
        return VERSIONS
    path = target_of(scope).partition(b"?")[0]
    if b"/guids/" in path:
        return "/schemas/guids/{guid}"
    return "/schemas/ids/{id}/schema" if path.endswith(b"/schema") else "/schemas/ids/{id}"


@lru_cache(maxsize=1000)
def template(path: str) -> str:
    """A path of the table of routes as people write it."""
    return re.sub(r":\w+}", "}", path)


def _taken(scope: Scope) -> str:
    route = scope.get("route")
    return template(route.path) if route is not None else UNKNOWN


def _is_stale(seen: Seen) -> bool:
    """Whether an answer says what the store said when it was last heard of."""
    return not seen.entered or (seen.method == "GET" and seen.route.startswith(_KEPT))


def _given_id(scope: Scope) -> str | None:
    """The id that the caller gave; one that looks like a token goes nowhere."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value) and not TOKEN.search(value.decode()):
            return str(value.decode())
    return None


def _id_of(seen: Seen) -> str:
    seen.id = seen.id or secrets.token_hex(8)
    return seen.id


def _say(error: Exception, seen: Seen) -> None:
    """Where it happened, not what it says: that may quote what was sent."""
    fields = {
        "request_id": _id_of(seen),
        "method": seen.method,
        "route": seen.route,
        "error": type(error).__name__,
        "where": frames(error),
    }
    LOG.error("a request failed", extra={"fields": fields})


def _access(scope: Scope, seen: Seen, seconds: float) -> None:
    client = scope.get("client")
    fields = {
        "request_id": _id_of(seen),
        "method": seen.method,
        "route": seen.route,
        "status": seen.status,
        "bytes": seen.size,
        "ms": round(seconds * 1000, 3),
        "client": client[0] if client else "",
    }
    ACCESS.info("request", extra={"fields": fields})
