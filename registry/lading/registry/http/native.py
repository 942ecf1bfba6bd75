"""Our own routes: contracts and pushes for our client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from lading.registry import names
from lading.registry.http.answers import answer, version_object
from lading.registry.http.bodies import PROPOSAL, flag, ignored, proposal, read_object
from lading.registry.http.decisions import KEYS, decisions
from lading.registry.http.errors import BadRequest, pushed
from lading.registry.http.guard import permit
from lading.registry.http.requests import change, registry
from lading.registry.http.served import Served
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.proposals import Proposal

PUSH_BODY: Final = 4
"""A push may be so many times as large as one schema."""
MOST: Final = 5000
"""Contracts of one push."""


async def contracts(request: Request) -> Response:
    """``GET /api/v1/contracts``: the newest version of every subject, with its text."""
    prefix = request.query_params.get("prefix", "")
    found = await run_in_threadpool(registry(request).contracts, prefix)
    return answer(request, {"contracts": [version_object(each) for each in found]})


async def push(request: Request) -> Response:
    """``POST /api/v1/push[?dryRun=true]``: all of them or none, in the order given."""
    service = registry(request)
    body = await read_object(request, limit=service.settings.max_body * PUSH_BODY)
    proposals = _proposals(body)
    permit(request, Right.SUBJECT_WRITE, (each for each, _ in proposals))
    results = await change(
        request,
        service.push,
        proposals,
        dry_run=flag(request.query_params, "dryRun"),
        decisions=decisions(body),
    )
    return answer(
        request,
        {"results": [pushed(each) for each in results]},
        headers=ignored(body, {"contracts", *KEYS}),
    )


def _proposals(body: dict[str, object]) -> list[tuple[str, Proposal]]:
    entries = body.get("contracts")
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise BadRequest("'contracts' must be a list of objects", status=422)
    if len(entries) > MOST:
        raise BadRequest(f"a push has at most {MOST} contracts", status=422)
    for each in entries:
        if not isinstance(each.get("subject"), str):
            raise BadRequest("every contract needs a 'subject'", status=422)
        if unknown := ignored(each, PROPOSAL):
            fields = unknown["Lading-Ignored-Fields"]
            raise BadRequest(f"unknown fields in a contract: {fields}", status=422)
    return [(names.subject(each["subject"]), proposal(each)) for each in entries]


SERVED: Final = (
    Served("GET", "/api/v1/contracts", contracts, Right.SUBJECT_READ, On.LIST),
    Served("POST", "/api/v1/push", push, Right.SUBJECT_WRITE, On.BODY),
)
