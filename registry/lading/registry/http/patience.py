"""How much, and how long, a connection may keep the registry waiting before anybody is asked.

A head that grows without end, a request that never comes to its end and a connection on which
nothing is said cost memory and a file descriptor each, and none of them has shown who it is. Each
connection notes since when it waits for its peer, and the server looks at all of them twice a
second: a timer for each request would cost more than most answers.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

from httptools import HttpParserCallbackError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lading.registry.http.answers import MEDIA_TYPE

if TYPE_CHECKING:
    from asyncio import BaseTransport

SLOWEST: Final = 20
"""Times the silence that is borne, in which the whole of a body has to come."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is borne."""

    head: int = 64 * 1024
    """Bytes of the first line and all headers, and of what may follow a body in pieces."""
    head_seconds: float = 10.0
    """From the start of a connection, or of a request, to the end of its headers."""
    body_seconds: float = 30.0
    """Of silence within a body."""
    connections: int = 10_000


class _Phase(Enum):
    """What a connection waits for."""

    BETWEEN = auto()
    """For nothing, or for the next request: uvicorn closes it after `KEEP_ALIVE`."""
    HEAD = auto()
    BODY = auto()


_REFUSALS: Final = {
    400: (b"400 Bad Request", "HTTP 400 Bad Request: {why}"),
    408: (b"408 Request Timeout", "The request did not come to its end in time"),
    431: (b"431 Request Header Fields Too Large", "The headers are larger than {head} bytes"),
    503: (b"503 Service Unavailable", "There are too many connections: try again in a moment"),
}


class PatientProtocol(HttpToolsProtocol):
    """One connection. `limits` is set on a subclass: see `patient`."""

    limits = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._phase = _Phase.HEAD
        self._began = self._heard = self.loop.time()
        self._unread = 0
        """Bytes that came since anything was made of them."""
        self._size = 0
        self._moved = False
        self._begun = False
        """Whether a request is half there."""
        self._status = 400

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > self.limits.connections:
            self._refuse(503)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._heard = self.loop.time()
        if self._phase is _Phase.BETWEEN:
            self._phase, self._began = _Phase.HEAD, self._heard
        self._size, self._moved = len(data), False
        super().data_received(data)
        self._unread = 0 if self._moved else self._unread + len(data)
        if self._unread > self.limits.head and not self.transport.is_closing():
            self._refuse(431)

    def waits_for_nothing(self) -> None:
        """A request was taken without being parsed."""
        self._phase = _Phase.BETWEEN

    def on_message_begin(self) -> None:
        self._phase, self._begun = _Phase.HEAD, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if self._unread + self._size > self.limits.head:  # else it cannot be
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            if size > self.limits.head:
                self._status = 431
                raise ValueError("the headers are too large")
        self._phase, self._began, self._moved = _Phase.BODY, self._heard, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._phase, self._moved, self._begun = _Phase.BETWEEN, True, False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser did not take, for the reason it had.

        It is called while that is handled, and not told what it was.
        """
        error = sys.exc_info()[1]
        ours = error is None or isinstance(error, HttpParserCallbackError)
        self._refuse(self._status, why=msg if ours else str(error))

    def look(self, now: float) -> None:
        """End what has taken too long; asked twice a second."""
        if self.transport.is_closing():
            if now - self._heard > self.limits.head_seconds + self.limits.body_seconds:
                self.transport.abort()  # the last answer is not read by anybody
        elif self._phase is _Phase.HEAD:
            if now - self._began > self.limits.head_seconds:
                self._refuse(408)
        elif self._phase is _Phase.BODY and not self.flow.read_paused:
            patience = self.limits.body_seconds
            if now - self._heard > patience or now - self._began > patience * SLOWEST:
                self._refuse(408)

    def _refuse(self, status: int, *, why: str = "") -> None:
        """Say why, where anybody waits for an answer to a request, and hang up.

        Where one before it is still to be answered, that comes first, and is the last answer.
        """
        answers = self.cycle is not None and not self.cycle.response_complete
        if answers and self._phase is not _Phase.BODY:
            self.shutdown()
            return
        waits = self._begun or status in {400, 503}
        if waits and not (answers and self.cycle.response_started):
            line, text = _REFUSALS[status]
            said = {"error_code": status, "message": text.format(head=self.limits.head, why=why)}
            body = json.dumps(said).encode()
            self.transport.write(
                b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-length: %d\r\n"
                b"connection: close\r\n%b\r\n%b"
                % (
                    line,
                    MEDIA_TYPE.encode(),
                    len(body),
                    b"retry-after: 1\r\n" if status == 503 else b"",  # noqa: PLR2004
                    body,
                )
            )
        self.transport.close()


def patient(limits: Limits) -> type[PatientProtocol]:
    """The protocol of the connections of one server."""
    return type("Patient", (PatientProtocol,), {"limits": limits})
