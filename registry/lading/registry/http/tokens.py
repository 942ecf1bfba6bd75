"""Tokens, for admins: made, listed, rotated, ended. The secret is in one answer, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from lading.registry.auth import tokens
from lading.registry.auth.grants import grant_of
from lading.registry.errors import AccessError
from lading.registry.http.answers import answer
from lading.registry.http.bodies import typed
from lading.registry.http.errors import BadRequest
from lading.registry.http.requests import ask, body, caller, registry
from lading.registry.http.served import Served
from lading.registry.rights import Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.auth.grants import Grant
    from lading.registry.service import Registry
    from lading.registry.store import Token

PATH: Final = "/api/v1/tokens"


async def listed(request: Request) -> Response:
    """``GET /api/v1/tokens``."""
    found = await ask(request, _tokens, registry(request))
    moment = tokens.now()
    return answer(request, {"tokens": [tokens.shown(each, moment) for each in found]})


async def created(request: Request) -> Response:
    """``POST /api/v1/tokens``: ``{name, grants, days?}``."""
    sent = _only(await body(request), {"name", "grants", "days"})
    token, text = await run_in_threadpool(
        tokens.create,
        registry(request).store,
        typed(sent, "name", str) or "",
        _grants(sent),
        days=_days(sent, "days", tokens.DAYS),
        by=caller(request),
    )
    return _told(request, token, text)


async def rotated(request: Request) -> Response:
    """``POST /api/v1/tokens/{id}/rotate``: ``{days?, overlap?}``."""
    sent = _only(await body(request), {"days", "overlap"})
    token, text = await run_in_threadpool(
        tokens.rotate,
        registry(request).store,
        request.path_params["id"],
        days=_days(sent, "days", tokens.DAYS),
        overlap=_days(sent, "overlap", tokens.OVERLAP),
        by=caller(request),
    )
    return _told(request, token, text)


async def ended(request: Request) -> Response:
    """``DELETE /api/v1/tokens/{id}``."""
    token = await run_in_threadpool(
        tokens.end, registry(request).store, request.path_params["id"], by=caller(request)
    )
    return answer(request, tokens.shown(token, tokens.now()))


def _tokens(of: Registry) -> list[Token]:
    with of.store.read() as reading:
        return reading.tokens()


def _told(request: Request, token: Token, text: str) -> Response:
    found = {**tokens.shown(token, tokens.now()), "token": text}
    return answer(request, found, status=201)


def _grants(sent: dict[str, Any]) -> list[Grant]:
    entries = typed(sent, "grants", list) or []
    if not all(isinstance(each, dict) for each in entries):
        raise AccessError("'grants' is a list of objects")
    return [grant_of(each) for each in entries]


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
