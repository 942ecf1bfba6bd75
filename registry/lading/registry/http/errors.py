"""The one table that gives every error a status and a code, and the body that carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.model.errors import LadingError
from lading.registry import errors as e
from lading.registry.http.answers import answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.proposals import Pushed


class BadRequest(e.Refused):
    """The request as such is wrong: its JSON, its shape, its size, its type."""

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        self.status = status
        super().__init__(message, hint=hint)


TABLE: Final[dict[type[LadingError], tuple[int, int]]] = {
    e.SubjectNotFound: (404, 40401),
    e.VersionNotFound: (404, 40402),
    e.SchemaNotFound: (404, 40403),
    e.SubjectSoftDeleted: (404, 40404),
    e.SubjectNotSoftDeleted: (404, 40405),
    e.VersionSoftDeleted: (404, 40406),
    e.VersionNotSoftDeleted: (404, 40407),
    e.LevelNotSet: (404, 40408),
    e.ModeNotSet: (404, 40409),
    e.AssociationNotFound: (404, 40410),
    e.TokenNotFound: (404, 40411),
    e.Unauthenticated: (401, 40101),
    e.ProviderDown: (503, 50301),
    e.Forbidden: (403, 40301),
    e.TooManyRequests: (429, 42901),
    e.AccessError: (422, 422),
    e.Incompatible: (409, 40901),
    e.PushRefused: (409, 40901),
    e.NotEmpty: (409, 40902),
    e.InvalidSchema: (422, 42201),
    e.InvalidVersion: (422, 42202),
    e.InvalidLevel: (422, 42203),
    e.InvalidPolicy: (422, 42203),
    e.InvalidMode: (422, 42204),
    e.NotPermitted: (422, 42205),
    e.IdMismatch: (422, 42207),
    e.InvalidRuleSet: (422, 42210),
    e.Referenced: (422, 42206),
    e.InvalidSubject: (422, 42208),
    e.ContextNotEmpty: (422, 42211),
    e.StoreError: (503, 50001),
}
"""Error to (HTTP status, ``error_code``). ``Settings.incompatible_code`` replaces 40901."""


async def say_ours(request: Request, error: Exception) -> Response:
    """Answer an error of our own."""
    status, code = _status(error)
    if isinstance(error, e.Incompatible | e.PushRefused):
        code = request.app.state.registry.settings.incompatible_code
    headers = _headers(error)
    body: dict[str, object] = {"error_code": code, "message": _message(error)}
    if isinstance(error, e.PushRefused):
        body["results"] = [pushed(each) for each in error.results]
    return answer(request, body, status=status, headers=headers)


async def say_http(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown routes, wrong methods."""
    status = getattr(error, "status_code", 500)
    words = {404: "HTTP 404 Not Found", 405: "HTTP 405 Method Not Allowed"}
    message = words.get(status) or str(getattr(error, "detail", error))
    body = {
        "error_code": status,
        "message": f"{message}: {request.method} {request.scope['path'][:200]}",
    }
    return answer(request, body, status=status, headers=getattr(error, "headers", None) or {})


async def say_unexpected(request: Request, _: Exception) -> Response:
    """Answer a mistake of ours; the traceback is in the log, not in the answer."""
    body = {"error_code": 500, "message": "Internal error; the log of the registry has the cause"}
    return answer(request, body, status=500)


def pushed(result: Pushed) -> dict[str, object]:
    """One result of a push, for JSON."""
    found: dict[str, object] = {
        "subject": result.subject,
        "outcome": result.outcome,
        "version": result.version,
    }
    if result.id:
        found["id"] = result.id
    return found | ({"messages": list(result.messages)} if result.messages else {})


def _headers(error: Exception) -> dict[str, str]:
    """What a caller is told to do next."""
    if isinstance(error, e.StoreError):
        return {"Retry-After": "5"}
    if isinstance(error, e.ProviderDown):
        return {"Retry-After": "2"}
    if isinstance(error, e.TooManyRequests):
        return {"Retry-After": str(error.seconds)}
    if isinstance(error, e.Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="lading", Basic realm="lading", charset="UTF-8"'}
    return {}


def _status(error: Exception) -> tuple[int, int]:
    if isinstance(error, BadRequest):
        return error.status, error.status
    for each in type(error).__mro__:
        if each in TABLE:
            return TABLE[each]
    return 500, 500


def _message(error: Exception) -> str:
    if not isinstance(error, LadingError):
        return str(error)
    return f"{error.message} ({error.hint})" if error.hint else error.message
