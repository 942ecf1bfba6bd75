"""A wire between a registry and its database that can be cut in three ways."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ABORT: Final = struct.pack("ii", 1, 0)
"""``SO_LINGER``: whoever closes such a socket says so with a reset."""


class Cut(Enum):
    """What becomes of connections, those that are there and those that are asked for."""

    DROP = "drop"
    """Closed, in all order."""
    RESET = "reset"
    STALL = "stall"
    """Nothing comes through any more, not even that one end has gone."""


class Proxy:
    """Listens on this machine and hands on to a socket in a folder."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._cut: Cut | None = None
        self._whole = threading.Event()
        self._whole.set()
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._started = [threading.Thread(target=self._accept, daemon=True)]
        self._started[0].start()

    @contextmanager
    def cut(self, how: Cut) -> Iterator[None]:
        """While nothing comes through."""
        self._cut = how
        self._whole.clear()
        if how is not Cut.STALL:
            self._end_all(abort=how is Cut.RESET)
        try:
            yield
        finally:
            self._cut = None
            self._whole.set()

    def close(self) -> None:
        self._closed = True
        self._cut = None
        self._whole.set()
        self._listener.close()
        self._end_all(abort=False)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        self._whole.wait(0 if self._cut in {Cut.DROP, Cut.RESET} else None)
        if self._cut is not None or self._closed:
            _end(near, abort=self._cut is Cut.RESET)
            return
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(self._target)
        except OSError:
            far.close()
            _end(near, abort=False)
            return
        with self._lock:
            self._sockets |= {near, far}
        threads = [
            threading.Thread(target=self._carry, args=pair, daemon=True)
            for pair in ((near, far), (far, near))
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        with self._lock:
            self._sockets -= {near, far}
        near.close()
        far.close()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._whole.wait()
                sink.sendall(data)
        self._whole.wait()
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def _end_all(self, *, abort: bool) -> None:
        with self._lock:
            every = list(self._sockets)
        for each in every:
            with suppress(OSError):
                if abort and each.family == socket.AF_INET:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
                each.shutdown(socket.SHUT_RDWR)


def _end(asked: socket.socket, *, abort: bool) -> None:
    with suppress(OSError):
        if abort:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        asked.close()
