"""Run a registry in this process until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import resource
import signal
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from lading.model.collector import seldom_collected
from lading.registry.errors import RegistryError
from lading.registry.http import create_app
from lading.registry.http.aside import Aside
from lading.registry.http.fast import fast_protocol
from lading.registry.http.hot import Table
from lading.registry.http.logs import to_stderr
from lading.registry.http.metrics import Metrics
from lading.registry.http.observed import stacked
from lading.registry.http.patience import Limits, PatientProtocol, patient
from lading.registry.http.tracing import tracing_from
from lading.registry.settings import Auth
from lading.registry.store.opening import open_store
from lading.registry.store.watched import Pulse, WatchedStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.applications import Starlette

    from lading.registry.http.tracing import Tracing
    from lading.registry.settings import Settings
    from lading.registry.store import Store

GRACE = 20
"""Seconds that requests under way have to finish after a stop was asked for."""
KEEP_ALIVE = 75
"""Seconds that a connection stays open when nothing comes."""
_LOOK = 5
"""Tenths of a second between two looks at who keeps us waiting."""


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
    to_stderr()
    try:
        with ExitStack() as open_:
            app = _watched_app(store, settings, open_)
            tracing = tracing_from()
            if tracing is not None:
                open_.callback(tracing.close)
            open_.enter_context(app.state.index.kept_up())
            open_.enter_context(_told_elsewhere(settings, app.state.metrics))
            open_.enter_context(_signals_end_quietly())
            open_.enter_context(seldom_collected())
            if settings.judges:
                metrics: Metrics = app.state.metrics
                aside = Aside(app.state.registry.store, settings, metrics)
                app.state.judges.aside = metrics.aside = aside
                open_.callback(aside.close)
            server = _Server(app, settings, url=_url(listener), ready=ready, tracing=tracing)
            server.run(sockets=[listener])
    finally:
        listener.close()
        store.close()  # what was accepted is written before the process ends


def _watched_app(store: Store, settings: Settings, open_: ExitStack) -> Starlette:
    table = Table(store.end)
    metrics = Metrics(store, table)

    def changed(up: bool) -> None:  # noqa: FBT001 - there is nothing else to tell
        table.is_fresh = up

    pulse = metrics.pulse = Pulse(store, changed=changed)
    app = create_app(WatchedStore(store, metrics, pulse), settings=settings, measured=metrics)
    open_.callback(pulse.close)
    pulse.start()
    return app


@contextmanager
def _told_elsewhere(settings: Settings, metrics: Metrics) -> Iterator[None]:
    """Serve the metrics on a port of their own, where one is wanted."""
    if not settings.metrics_port:
        yield
        return
    from prometheus_client import start_http_server

    try:
        server, thread = start_http_server(
            settings.metrics_port, addr=settings.host, registry=metrics
        )
    except OSError as error:
        raise RegistryError(
            f"cannot serve metrics on {settings.host}:{settings.metrics_port}: {_why(error)}",
            hint="choose another metrics_port, or 0 for none",
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


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
        self,
        app: Starlette,
        settings: Settings,
        *,
        url: str,
        ready: Callable[[str], None],
        tracing: Tracing | None,
    ) -> None:
        # What is told of each request is told of all of them: then none goes the shortest way.
        fast = settings.fast_path and not settings.access_log and tracing is None
        limits = _limits(settings)
        config = uvicorn.Config(
            stacked(app, access_log=settings.access_log, tracing=tracing),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies or None,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=KEEP_ALIVE,
            http=fast_protocol(app.state.hot, limits) if fast else patient(limits),
        )
        super().__init__(config)
        self._app = app
        self._url = url
        self._ready = ready
        self._drains = settings.drains
        self._leaves_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            if self._app.state.judges.aside is not None:
                self._app.state.judges.aside.start()
            self._ready(self._url)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Be not ready at once; a second signal ends the wait for others to notice."""
        first = not self._app.state.leaving
        self._app.state.leaving = True
        if first and self._drains and self.started:
            self._leaves_at = time.monotonic() + self._drains
            return
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        if not counter % _LOOK:
            now = asyncio.get_running_loop().time()
            for each in [*self.server_state.connections]:
                if isinstance(each, PatientProtocol):
                    each.look(now)
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)


def _limits(settings: Settings) -> Limits:
    """What connections may keep waiting; as many of them as this process may have files open."""
    most = settings.connections
    if not most:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        some = Limits().connections
        most = some if files == resource.RLIM_INFINITY else min(some, max(files // 4 * 3, 16))
    return Limits(settings.max_head, settings.head_seconds, settings.body_seconds, most)


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
