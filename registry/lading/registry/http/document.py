"""The OpenAPI document of the registry itself: a contract like any other, served as it is kept."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import orjson
from starlette.concurrency import run_in_threadpool

from lading.registry.http.answers import ASK_AGAIN, cacheable_as
from lading.registry.http.served import Served
from lading.registry.rights import Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATH: Final = "/api/v1/openapi"


async def as_yaml(request: Request) -> Response:
    """``GET /api/v1/openapi.yaml``."""
    return cacheable_as(request, text().encode(), ASK_AGAIN, "application/yaml")


async def as_json(request: Request) -> Response:
    """``GET /api/v1/openapi.json``."""
    body = await run_in_threadpool(_json)
    return cacheable_as(request, body, ASK_AGAIN, "application/json")


@cache
def text() -> str:
    """The document."""
    return files("lading.registry").joinpath("api", "apis", "registry.yaml").read_text("utf-8")


@cache
def _json() -> bytes:
    from lading.model import read_document

    return orjson.dumps(read_document("registry.yaml", text().encode()).value)


SERVED: Final = (
    Served("GET", PATH + ".yaml", as_yaml, Right.NONE),
    Served("GET", PATH + ".json", as_json, Right.NONE),
)
