"""Would this schema pass?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.registry.errors import InvalidSchema
from lading.registry.http.answers import answer
from lading.registry.http.bodies import PROPOSAL, flag, ignored, proposal
from lading.registry.http.paths import CHECK
from lading.registry.http.requests import ask_about, body, registry, version
from lading.registry.http.served import Served
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def check_version(request: Request) -> Response:
    """``POST /compatibility/subjects/{subject}/versions/{version}``: against that one."""
    wanted = version(request)
    return await _check(request, against=wanted, latest=wanted is None)


async def check_all(request: Request) -> Response:
    """``POST /compatibility/subjects/{subject}/versions``: against what the level asks for."""
    return await _check(request, against=None, latest=False)


async def _check(request: Request, *, against: int | None, latest: bool) -> Response:
    sent = await body(request)
    verbose = flag(request.query_params, "verbose")
    brought = proposal(sent, normalize=flag(request.query_params, "normalize"))
    try:
        messages = await ask_about(
            request, brought, registry(request).check, against=against, latest=latest
        )
    except InvalidSchema as error:
        if not verbose:
            raise
        messages = (str(error),)
    found: dict[str, Any] = {"is_compatible": not messages}
    if verbose:
        found["messages"] = list(messages)
    return answer(request, found, headers=ignored(sent, PROPOSAL))


SERVED: Final = (
    Served("POST", CHECK, check_all, Right.SUBJECT_READ, On.SUBJECT),
    Served("POST", CHECK + "/{version:segment}", check_version, Right.SUBJECT_READ, On.SUBJECT),
)
