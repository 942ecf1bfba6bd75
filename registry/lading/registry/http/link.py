"""The process that judges beside the one that serves, as the loop of the latter sees it.

It is an interpreter of its own, started anew: to copy a process that has threads is not safe. What
it has to know comes through the socket that is its standard input, nothing through its arguments;
and when nobody holds the other end any more it ends by itself.
"""

from __future__ import annotations

import asyncio
import json
import marshal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from lading.registry.judge import SIZE, packed

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_ONCE: Final = 1 << 18
"""Bytes that are read at once."""
_BOOT: Final = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from lading.registry.judge import work
work()
"""


class Link:
    """One such process: what is said to it, and by it. It is used by the loop alone."""

    def __init__(self, heard: Callable[[Any], None], lost: Callable[[], None]) -> None:
        """Start it; `lost` is told once when it has ended by itself.

        Raises:
            OSError: it cannot be started.
        """
        self._loop = asyncio.get_running_loop()
        self._heard = heard
        self._lost = lost
        self._unsent = b""
        self._unread = b""
        self._ended = False
        self._channel, theirs = socket.socketpair()
        self._channel.settimeout(0)
        command = [sys.executable, "-c", _BOOT, json.dumps(sys.path)]
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and text
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                self._channel.close()
                raise
        self._loop.add_reader(self._channel.fileno(), self._read)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: Any) -> None:
        """Have it hear something; what it has no room for goes out once it has."""
        if self._ended:
            return
        waits = bool(self._unsent)
        self._unsent += packed(message)
        if not waits:
            self._write()

    def end(self) -> None:
        """Kill it, if it is there. It is never told of as lost then."""
        if not self._ended:
            self._ended = True
            with suppress(RuntimeError):  # the loop may be at its end before
                self._loop.remove_reader(self._channel.fileno())
                self._loop.remove_writer(self._channel.fileno())
            self._channel.close()
        self._process.kill()
        self._process.wait()

    def _write(self) -> None:
        try:
            sent = self._channel.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._gone()
            return
        waited, self._unsent = bool(self._unsent), self._unsent[sent:]
        if self._unsent:
            self._loop.add_writer(self._channel.fileno(), self._write)
        elif waited:
            self._loop.remove_writer(self._channel.fileno())

    def _read(self) -> None:
        try:
            data = self._channel.recv(_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._gone()
            return
        data, at = self._unread + data, 0
        while len(data) >= (start := at + SIZE):
            end = start + int.from_bytes(data[at:start], "big")
            if len(data) < end:
                break
            self._heard(marshal.loads(data[start:end]))  # noqa: S302 - from our own process
            at = end
        self._unread = data[at:]

    def _gone(self) -> None:
        self.end()
        self._lost()
