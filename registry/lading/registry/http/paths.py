"""Paths whose segments may hold an encoded slash: split first, decode after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor

from lading.registry.errors import InvalidSubject

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Segment(Convertor[str]):
    """One path segment, decoded after the path was split: ``a%2Fb`` is one subject."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        try:
            return unquote(value, errors="strict")
        except UnicodeDecodeError:
            raise InvalidSubject("the path is not UTF-8") from None

    def to_string(self, value: str) -> str:
        return value


class RawPath:
    """Route on the path as it was sent; the server has decoded ``scope["path"]`` already.

    ``/contexts/{context}/...`` is what follows it, said within that context.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (raw := scope.get("raw_path")):
            path = raw.decode("latin-1").partition("?")[0].rstrip("/") or "/"
            scope = {**scope, "path": path}
            if path.startswith(_CONTEXTS) and "/" in path[len(_CONTEXTS) :]:
                name, _, rest = path[len(_CONTEXTS) :].partition("/")
                scope |= {"path": f"/{rest}", CONTEXT: unquote(name)}
        await self._app(scope, receive, send)


_CONTEXTS: Final = "/contexts/"
CONTEXT: Final = "lading.context"
"""The key of the ASGI scope under which the context of a path is noted."""

register_url_convertor("segment", Segment())  # routes name it, so it is there before they are made

SUBJECT: Final = "/subjects/{subject:segment}"
VERSIONS: Final = "/subjects/{subject}/versions"
"""As people write the route: for metrics and logs."""
VERSION: Final = SUBJECT + "/versions/{version:segment}"
CHECK: Final = "/compatibility" + SUBJECT + "/versions"
CONTRACTS: Final = "/api/v1/contracts"
CONTRACT: Final = CONTRACTS + "/{subject:segment}"
CONTRACT_VERSION: Final = CONTRACT + "/versions/{version:segment}"
