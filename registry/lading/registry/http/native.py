"""Our own routes: contracts and pushes for our client."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from lading.registry import names
from lading.registry.http.answers import answer, version_object
from lading.registry.http.bodies import PROPOSAL, flag, ignored, proposal, read_object
from lading.registry.http.decisions import KEYS, decisions
from lading.registry.http.errors import BadRequest, pushed
from lading.registry.http.guard import permit
from lading.registry.http.paths import CONTRACT, CONTRACT_VERSION, CONTRACTS
from lading.registry.http.requests import aliased, ask, change, registry, version, whole
from lading.registry.http.served import Served
from lading.registry.metadata import terms
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.model.contract import Terms
    from lading.registry.proposals import Proposal
    from lading.registry.service import Registry
    from lading.registry.store import Version

PUSH_BODY: Final = 4
"""A push may be so many times as large as one schema."""
MOST: Final = 5000
"""Contracts of one push."""
PAGE: Final = 200
"""Contracts of one page, where nothing is said."""
LONGEST_PAGE: Final = 1000
HEAVIEST: Final = 8 * 1024 * 1024
"""Characters of texts after which a page ends early."""
STEP: Final = 100


async def contracts(request: Request) -> Response:
    """``GET /api/v1/contracts``: the newest version of each subject, a page at a time."""
    query = request.query_params
    found, more = await run_in_threadpool(
        _page,
        registry(request),
        query.get("prefix", ""),
        query.get("after", ""),
        whole(request, "limit", PAGE, most=LONGEST_PAGE),
    )
    bare = query.get("schema", "").lower() == "false"
    listed = {"contracts": [contract_object(each, bare=bare) for each in found]}
    return answer(request, listed | ({"next": found[-1].subject} if more else {}))


async def contract(request: Request) -> Response:
    """``GET /api/v1/contracts/{subject}``: its newest version, and which there are."""
    name = await aliased(request)
    every = await ask(request, registry(request).versions, name)
    numbers = {"versions": [each.number for each in every]}
    return answer(request, contract_object(every[-1]) | numbers)


async def contract_version(request: Request) -> Response:
    """``GET /api/v1/contracts/{subject}/versions/{version}``."""
    found = await ask(request, registry(request).version, await aliased(request), version(request))
    return answer(request, contract_object(found))


def contract_object(found: Version, *, bare: bool = False) -> dict[str, Any]:
    """A version with its terms; `bare`: without its text."""
    shown = version_object(found) | {"terms": terms_object(terms(found.content.properties))}
    return {key: value for key, value in shown.items() if key != "schema"} if bare else shown


def terms_object(held: Terms) -> dict[str, Any]:
    """What is promised, without what is not said; lifecycle and audience always are."""
    return {key: value for key, value in asdict(held).items() if value}


def _page(service: Registry, prefix: str, after: str, most: int) -> tuple[list[Version], bool]:
    """The next contracts, fewer of large ones; and whether more follow."""
    found: list[Version] = []
    weight = 0
    while len(found) < most and weight < HEAVIEST:
        step = min(most - len(found), STEP)
        chunk = service.contracts(prefix, after=after, most=step)
        found += chunk
        if len(chunk) < step:
            return found, False
        after = chunk[-1].subject
        weight += sum(len(each.content.text) for each in chunk)
    return found, bool(service.contracts(prefix, after=after, most=1))


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
    Served("GET", CONTRACTS, contracts, Right.SUBJECT_READ, On.LIST),
    Served("GET", CONTRACT, contract, Right.SUBJECT_READ, On.SUBJECT),
    Served("GET", CONTRACT_VERSION, contract_version, Right.SUBJECT_READ, On.SUBJECT),
    Served("POST", "/api/v1/push", push, Right.SUBJECT_WRITE, On.BODY),
)
