"""Tokens, for admins: made, listed, rotated, ended. The secret is in one answer, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from lading.registry.auth import tokens
from lading.registry.http.answers import answer
from lading.registry.http.bodies import typed
from lading.registry.http.errors import BadRequest
from lading.registry.http.requests import body, caller, registry
from lading.registry.http.served import Served
from lading.registry.rights import Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATH: Final = "/api/v1/tokens"


async def listed(request: Request) -> Response:
    """``GET /api/v1/tokens``."""
    return answer(request, {"tokens": await run_in_threadpool(_desk(request).tokens)})


async def created(request: Request) -> Response:
    """``POST /api/v1/tokens``: ``{name, grants, days?}``."""
    sent = _only(await body(request), {"name", "grants", "days"})
    found = await run_in_threadpool(
        _desk(request).create_token,
        typed(sent, "name", str) or "",
        _grants(sent),
        days=_days(sent, "days", tokens.DAYS),
    )
    return answer(request, found, status=201)


async def rotated(request: Request) -> Response:
    """``POST /api/v1/tokens/{id}/rotate``: ``{days?, overlap?}``."""
    sent = _only(await body(request), {"days", "overlap"})
    found = await run_in_threadpool(
        _desk(request).rotate_token,
        request.path_params["id"],
        days=_days(sent, "days", tokens.DAYS),
        overlap=_days(sent, "overlap", tokens.OVERLAP),
    )
    return answer(request, found, status=201)


async def ended(request: Request) -> Response:
    """``DELETE /api/v1/tokens/{id}``."""
    return answer(
        request, await run_in_threadpool(_desk(request).end_token, request.path_params["id"])
    )


def _desk(request: Request) -> tokens.Desk:
    return tokens.Desk(registry(request).store, by=caller(request))


def _grants(sent: dict[str, Any]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = typed(sent, "grants", list) or []
    if not all(isinstance(each, dict) for each in entries):
        raise BadRequest("'grants' must be a list of objects", status=422)
    return entries


def _days(sent: dict[str, Any], name: str, default: int) -> int:
    given: int | None = typed(sent, name, int)
    return default if given is None else given


def _only(sent: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """A misspelt ``days`` must not make a token that is good for a year."""
    if unknown := sorted(set(sent) - known):
        raise BadRequest(f"unknown fields: {', '.join(unknown)[:200]}", status=422)
    return sent


SERVED: Final = (
    Served("GET", PATH, listed, Right.ADMIN),
    Served("POST", PATH, created, Right.ADMIN),
    Served("POST", PATH + "/{id:segment}/rotate", rotated, Right.ADMIN),
    Served("DELETE", PATH + "/{id:segment}", ended, Right.ADMIN),
)
