"""A built site over HTTP on this machine, with a policy that forbids every other origin."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

from lading.codegen.docs.build import SiteError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".avsc": "application/json",
        ".md": "text/plain; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".yaml": "text/plain; charset=utf-8",
        ".yml": "text/plain; charset=utf-8",
    }

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the terminal quiet."""


def site_server(site: Path, *, port: int = 0, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server that is bound but not yet running; port 0 takes a free one.

    Raises:
        SiteError: there is no site, or the port is taken.
    """
    if not (site / "index.html").is_file():
        raise SiteError(f"there is no site in {site}", hint="build it with `lading docs build`")
    try:
        return ThreadingHTTPServer((host, port), partial(_Handler, directory=str(site)))
    except OSError as error:
        raise SiteError(
            f"cannot listen on {host}:{port}: {error.strerror}",
            hint="try another --port, or 0 for any free one",
        ) from error


def serve_site(
    site: Path,
    *,
    port: int = 8000,
    host: str = "127.0.0.1",
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; `started` is told the address once the port is bound."""
    with site_server(site, port=port, host=host) as server:
        if started is not None:
            started(f"http://{host}:{server.server_address[1]}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
