"""An application that asks who is calling, and callers of all kinds, without a socket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lading.registry.auth import tokens
from lading.registry.auth.grants import Grant, grant_of
from lading.registry.http import create_app
from lading.registry.settings import Auth, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp

    from lading.registry.store import Store

TYPE = "application/vnd.schemaregistry.v1+json"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> int:
        code: int = self.json["error_code"]
        return code


class Door:
    """Call the application as somebody."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = store
        self.app = create_app(store, settings=Settings(**{"auth": Auth.TOKENS, **settings}))
        self.tokens: dict[str, str] = {}

    def token(self, name: str, *grants: Mapping[str, Any] | Grant, **more: Any) -> str:
        found = [each if isinstance(each, Grant) else grant_of(each) for each in grants]
        _, text = tokens.create(self.store, name, found, **more)
        return text

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str = "",
        headers: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        said = [("content-type", TYPE), *headers]
        if token:
            said.append(("authorization", f"Bearer {token}"))
        return asked(self.app, method, path, body, said)


def asked(  # noqa: PLR0917 - what a request is made of
    app: ASGIApp,
    method: str,
    target: str,
    body: object,
    headers: Sequence[tuple[str, str]],
    client: str = "127.0.0.1",
) -> Answer:
    """What an application answers; bytes are sent as they are, all else as JSON."""
    return asyncio.run(_asked(app, method, target, body, headers, client))


async def _asked(  # noqa: PLR0917 - likewise
    app: ASGIApp,
    method: str,
    target: str,
    body: object,
    headers: Sequence[tuple[str, str]],
    client: str,
) -> Answer:
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"x"), *((k.encode(), v.encode()) for k, v in headers)],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8081),
    }
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": data, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], answered, b"".join(each.get("body", b"") for each in sent[1:]))
