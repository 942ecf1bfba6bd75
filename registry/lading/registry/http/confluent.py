"""The Confluent-compatible surface, as one table."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Final

from lading.registry.http import associations, checks, schemas, settings, subjects
from lading.registry.http.answers import answer
from lading.registry.http.served import Served
from lading.registry.rights import Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def root(request: Request) -> Response:
    """``GET /``: what clients call to see whether anybody is there."""
    return answer(request, {})


async def cluster(request: Request) -> Response:
    """``GET /v1/metadata/id``."""
    scope = {"path": [], "clusters": {"kafka-cluster": "", "schema-registry-cluster": "lading"}}
    return answer(request, {"id": "", "scope": scope})


async def server_version(request: Request) -> Response:
    """``GET /v1/metadata/version``."""
    try:
        number = version_of("lading")
    except PackageNotFoundError:  # run from a checkout that is not installed
        number = "from source"
    return answer(request, {"version": f"lading {number}", "commitId": ""})


async def deployment(request: Request) -> Response:
    """``GET /v1/metadata/deployment``: where it runs, of which this registry knows nothing."""
    return answer(request, {"attributes": []})


SERVED: Final = (
    Served("GET", "/", root, Right.NONE),
    *subjects.SERVED,
    *schemas.SERVED,
    *checks.SERVED,
    *settings.SERVED,
    *associations.SERVED,
    Served("GET", "/v1/metadata/id", cluster, Right.NONE),
    Served("GET", "/v1/metadata/version", server_version, Right.NONE),
    Served("GET", "/v1/metadata/deployment", deployment, Right.NONE),
)
