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
    """Route on the path as it was sent; the server has decoded ``scope["path"]`` already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (raw := scope.get("raw_path")):
            path = raw.decode("latin-1").partition("?")[0]
            scope = {**scope, "path": path.rstrip("/") or "/"}
        await self._app(scope, receive, send)


register_url_convertor("segment", Segment())  # routes name it, so it is there before they are made

SUBJECT: Final = "/subjects/{subject:segment}"
VERSION: Final = SUBJECT + "/versions/{version:segment}"
CHECK: Final = "/compatibility" + SUBJECT + "/versions"
