"""Drive a headless Chromium over its debugging protocol, and read its network log."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = "not an origin"
LIMIT = 40.0
"""Seconds any one wait may take."""

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,1000",
    # Nothing can leave this machine, whatever a page or the browser itself asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)


class Browser:
    """One Chromium with a fresh profile and one tab."""

    def __init__(self, folder: Path) -> None:
        program = (
            shutil.which("chromium")
            or shutil.which("chromium-browser")
            or shutil.which("google-chrome")
        )
        if program is None:
            raise AssertionError(
                "no Chromium on PATH: install it, on Debian with `apt-get install chromium`"
            )
        self._profile = folder / "profile"
        self._log = folder / "net-log.json"
        self._process = subprocess.Popen(
            [
                program,
                *FLAGS,
                f"--user-data-dir={self._profile}",
                f"--log-net-log={self._log}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={
                key: value
                for key, value in os.environ.items()
                if not key.lower().endswith("_proxy")
            },
        )
        port = int(self._wait_for_port())
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self._buffer = b""
        self._count = 0
        self._session: str | None = None
        self._upgrade(port)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        self.call("Page.enable")

    def open(self, url: str) -> None:
        """Go there and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def scheme(self, name: str) -> None:
        """Ask for ``light`` or ``dark`` colours."""
        self.call(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}]
        )

    def until(self, condition: str) -> None:
        """Wait until the page says so."""
        end = time.monotonic() + LIMIT
        while not self.value(f"!!({condition})"):
            if time.monotonic() > end:
                raise AssertionError(f"the page never came to: {condition}")
            time.sleep(0.05)

    def value(self, expression: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def text(self) -> str:
        """What a person can read on the page."""
        return self.value("document.body.innerText")

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command, and its answer; events in between are dropped."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._send(json.dumps(message).encode())
        while True:
            answer = json.loads(self._receive())
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def close(self) -> set[str]:
        """End the browser; returns the origins that pages asked for."""
        self._session = None
        self.call("Browser.close")
        self._process.wait(LIMIT)
        self._socket.close()
        return self._asked()

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(LIMIT)
        self._socket.close()

    def _asked(self) -> set[str]:
        log = json.loads(self._log.read_text())
        start = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
        origins = set()
        for event in log["events"]:
            params = event.get("params") or {}
            # The browser's own errands (updates, time, accounts) have no origin.
            if (
                event["type"] == start
                and params.get("initiator", "not an origin") != "not an origin"
            ):
                parts = urlsplit(params["url"])
                if parts.scheme not in {"data", "blob", "chrome", "devtools"}:
                    origins.add(f"{parts.scheme}://{parts.netloc}")
        return origins

    def _wait_for_port(self) -> str:
        end = time.monotonic() + LIMIT
        told = self._profile / "DevToolsActivePort"
        while time.monotonic() < end:
            if told.exists() and "\n" in (text := told.read_text()):
                self._path = text.splitlines()[1]
                return text.splitlines()[0]
            if self._process.poll() is not None:
                raise AssertionError(
                    f"Chromium ended at once, exit code {self._process.returncode}"
                )
            time.sleep(0.05)
        raise AssertionError("Chromium did not start in time")

    def _upgrade(self, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._socket.recv(65536)
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        assert b" 101 " in head.splitlines()[0], head

    def _send(self, data: bytes) -> None:
        size = len(data)
        short = size < 126
        head = (
            struct.pack("!BB", 0x81, 0x80 | size)
            if short
            else struct.pack("!BBQ", 0x81, 0xFF, size)
        )
        mask = os.urandom(4)
        self._socket.sendall(
            head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        )

    def _receive(self) -> bytes:
        whole = b""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self._take(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._take(8))
            whole += self._take(size)
            if first & 0x80:
                return whole

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            more = self._socket.recv(1 << 20)
            assert more, "Chromium closed the connection"
            self._buffer += more
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data
