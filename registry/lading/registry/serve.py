"""Run a registry in this process until it is told to stop."""

from __future__ import annotations

import errno
import ipaddress
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from lading.registry.errors import RegistryError
from lading.registry.http import create_app
from lading.registry.http.fast import fast_protocol
from lading.registry.http.hot import HotPath
from lading.registry.settings import Auth
from lading.registry.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.applications import Starlette

    from lading.registry.settings import Settings

GRACE = 20
"""Seconds that requests under way have to finish after a stop was asked for."""
KEEP_ALIVE = 75
"""Seconds that a connection stays open when nothing comes."""


def serve(settings: Settings, *, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until SIGINT or SIGTERM. Calls `ready` with the base URL once requests are answered.

    Raises:
        RegistryError: the address is taken or not allowed, or the store cannot be opened. Nothing
            was started then.
    """
    _check_bind(settings)
    listener = _listen(settings)
    try:
        store = open_store(settings.database)
    except BaseException:
        listener.close()
        raise
    try:
        app = create_app(store, settings=settings)
        with _signals_end_quietly():
            server = _Server(app, url=_url(listener), ready=ready, fast=settings.fast_path)
            server.run(sockets=[listener])
    finally:
        listener.close()
        store.close()  # what was accepted is written before the process ends


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """Keep a stop from ending the process before the store is closed.

    uvicorn raises the signal that stopped it once more when it is done; the default handler of
    SIGTERM would end the process there and then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stops = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda *_: None) for each in stops}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _Server(uvicorn.Server):
    """Tells when it is ready, and tells the application when it leaves."""

    def __init__(
        self, app: Starlette, *, url: str, ready: Callable[[str], None], fast: bool
    ) -> None:
        config = uvicorn.Config(
            HotPath(app, app.state.hot),
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=KEEP_ALIVE,
            http=fast_protocol(app.state.hot) if fast else "httptools",
        )
        super().__init__(config)
        self._app = app
        self._url = url
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready(self._url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.leaving = True
        await super().shutdown(sockets)


def _check_bind(settings: Settings) -> None:
    asks = settings.auth is not Auth.OFF
    if asks or settings.insecure_bind or _is_loopback(settings.host):
        return
    raise RegistryError(
        f"{settings.host} is reachable from other machines, and this registry does not ask who "
        "is calling: anybody there could change contracts",
        hint="--auth tokens, or --insecure-bind behind something that checks callers",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(settings: Settings) -> socket.socket:
    """Bind before anything else starts, so that a busy port is one clear message."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)  # at once: two sockets may share a port until one of them listens
    except (OSError, OverflowError) as error:
        listener.close()
        raise RegistryError(
            f"cannot listen on {settings.host}:{settings.port}: {_why(error)}",
            hint=_next_step(error, settings.port),
        ) from error
    return listener


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "another program is using that port"
    return getattr(error, "strerror", None) or str(error)


def _next_step(error: Exception, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"choose another one, for instance --port {port + 1}"
    if isinstance(error, PermissionError):
        return "ports below 1024 need special rights: choose a higher one"
    return "check --host and --port"


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
