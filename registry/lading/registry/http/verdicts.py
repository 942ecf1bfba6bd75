"""What a change does: between two versions, and of a proposal. Nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from lading.model.consumption import Consumer, Reads
from lading.model.contract import Subject
from lading.registry.config import level_named
from lading.registry.http.answers import answer
from lading.registry.http.bodies import PROPOSAL, flag, ignored, number, proposal, typed
from lading.registry.http.decisions import KEYS, decisions
from lading.registry.http.errors import BadRequest
from lading.registry.http.paths import CONTRACT
from lading.registry.http.requests import aliased, body, registry
from lading.registry.http.served import Served
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.model.contract import Compatibility

MOST: Final = 1000
"""Consumers of one question."""
_READS: Final = frozenset({"contract", "fields", "statuses", "operations", "unknown"})
_CONSUMER: Final = frozenset({"name", "system", "team", "reads"})


async def diff(request: Request) -> Response:
    """``GET /api/v1/contracts/{subject}/diff?from=1&to=2``."""
    query = request.query_params
    before, after = (number(query[each]) if query.get(each) else None for each in ("from", "to"))
    name = await aliased(request)
    work = registry(request).diff
    told = await run_in_threadpool(lambda: work(name, before, after, level=_promise(request)))
    return answer(request, told)


async def verdict(request: Request) -> Response:
    """``POST /api/v1/contracts/{subject}/verdict``: of what a registration would bring."""
    sent = await body(request)
    brought = proposal(sent, normalize=flag(request.query_params, "normalize"))
    decided, readers, promise = decisions(sent), consumers(sent), _promise(request)
    name = await aliased(request)
    work = registry(request).verdict
    told = await run_in_threadpool(
        lambda: work(name, brought, level=promise, decisions=decided, consumers=readers)
    )
    return answer(request, told, headers=ignored(sent, {*PROPOSAL, *KEYS, "consumers"}))


def consumers(sent: dict[str, Any]) -> tuple[Consumer, ...]:
    """Those that a body declares. Raises `BadRequest` (422)."""
    listed = typed(sent, "consumers", list) or []
    if len(listed) > MOST:
        raise BadRequest(f"at most {MOST} consumers", status=422)
    return tuple(_consumer(each) for each in listed)


def _consumer(value: object) -> Consumer:
    given = _object(value, _CONSUMER, "consumers")
    reads = tuple(_reads(each) for each in typed(given, "reads", list) or [])
    name, system, team = (typed(given, each, str) or "" for each in ("name", "system", "team"))
    return Consumer(name, system, team, "", reads)


def _reads(value: object) -> Reads:
    given = _object(value, _READS, "reads")
    unknown = typed(given, "unknown", str) or "FAIL"
    if unknown not in {"FAIL", "IGNORE"}:
        raise BadRequest("'unknown' of what is read must be FAIL or IGNORE", status=422)
    return Reads(
        Subject(typed(given, "contract", str) or ""),
        fields=_texts(given, "fields"),
        statuses=_texts(given, "statuses"),
        operations=_texts(given, "operations"),
        unknown=unknown,
    )


def _object(value: object, known: frozenset[str], where: str) -> dict[str, Any]:
    if isinstance(value, dict) and not set(value) - known:
        return value
    keys = ", ".join(sorted(known))
    raise BadRequest(f"each of '{where}' must be an object with {keys}", status=422)


def _texts(given: dict[str, Any], name: str) -> tuple[str, ...]:
    listed = typed(given, name, list) or []
    if not all(isinstance(each, str) for each in listed):
        raise BadRequest(f"'{name}' of what is read must be a list of texts", status=422)
    return tuple(listed)


def _promise(request: Request) -> Compatibility | None:
    word = request.query_params.get("promise")
    return level_named(word) if word else None


SERVED: Final = (
    Served("GET", CONTRACT + "/diff", diff, Right.SUBJECT_READ, On.SUBJECT),
    Served("POST", CONTRACT + "/verdict", verdict, Right.SUBJECT_READ, On.SUBJECT),
)
