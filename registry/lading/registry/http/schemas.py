"""Schemas by id and by guid, and lists of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from lading.model.contract import Kind
from lading.registry.http.answers import (
    ASK_AGAIN,
    FOR_EVER,
    answer,
    cacheable,
    content_object,
    version_object,
)
from lading.registry.http.bodies import flag
from lading.registry.http.hot import Ready, target_of
from lading.registry.http.requests import (
    ask,
    content_id,
    context_of_id,
    page,
    prefix,
    qualified,
    registry,
    sees_all,
    window,
)
from lading.registry.http.served import Served
from lading.registry.recent import Recent
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.store import Content, Head, Use

PAGE: Final = 1000
"""Most rows of ``GET /schemas``."""


def body_cache() -> Recent[str, bytes]:
    """Rendered bodies of ids, guids and bare schemas. Only a permanent delete makes one wrong."""
    return Recent(64 * 1024 * 1024, weigh=len)


async def by_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}``; with ``?subject=`` also where that subject holds it."""
    number, context = content_id(request), context_of_id(request)
    end = registry(request).store.end()  # before it is looked up: what comes meanwhile counts
    body = await _remembered(
        request, end, lambda: registry(request).content(number, context), _render
    )
    subject = request.query_params.get("subject")
    if not subject and not flag(request.query_params, "fetchMaxId"):
        return _ready(request, body, FOR_EVER, end)
    placed = await _with_place(request, number, body)
    return _ready(request, placed, ASK_AGAIN, end, seq=end.seq)


async def schema_by_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}/schema``: the text alone."""
    number, context = content_id(request), context_of_id(request)
    end = registry(request).store.end()
    body = await _remembered(
        request, end, lambda: registry(request).content(number, context), _text
    )
    return _ready(request, body, FOR_EVER, end)


async def subjects_of_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}/subjects``."""
    uses = await _uses(request)
    return answer(request, page(request, sorted({each.subject for each in uses})))


async def versions_of_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}/versions``."""
    rows = [{"subject": each.subject, "version": each.number} for each in await _uses(request)]
    return answer(request, page(request, rows))


async def by_guid(request: Request) -> Response:
    """``GET /schemas/guids/{guid}``."""
    guid = request.path_params["guid"].lower()
    end = registry(request).store.end()
    body = await _remembered(request, end, lambda: registry(request).by_guid(guid), _render)
    return _ready(request, body, FOR_EVER, end)


async def ids_of_guid(request: Request) -> Response:
    """``GET /schemas/guids/{guid}/ids``."""
    found = await ask(request, registry(request).ids_of, request.path_params["guid"].lower())
    return answer(request, [{"context": context, "id": each} for context, each in found])


async def types(request: Request) -> Response:
    """``GET /schemas/types``."""
    return answer(request, list(Kind))


async def schemas(request: Request) -> Response:
    """``GET /schemas``: versions of all subjects, at most 1,000."""
    latest = flag(request.query_params, "latestOnly")
    start, count = window(request, most=PAGE)
    found = await ask(
        request,
        registry(request).contracts,
        prefix(request),
        latest=latest,
        most=start + (count or PAGE),
    )
    wanted = request.query_params.get("ruleType")
    if wanted:
        found = [each for each in found if wanted in _rule_types(each.content)]
    return answer(request, [version_object(each) for each in page(request, found, most=PAGE)])


async def _uses(request: Request) -> list[Use]:
    found = await ask(
        request,
        registry(request).uses,
        content_id(request),
        context=context_of_id(request),
        deleted=flag(request.query_params, "deleted"),
    )
    said = request.query_params.get("subject")
    wanted = qualified(request, said) if said else None
    return [each for each in found if wanted in {None, each.subject}]


def _ready(request: Request, body: bytes, policy: str, end: Head, *, seq: int = 0) -> Response:
    """The answer, which is ready from now on for whoever asks in the same words."""
    answered = cacheable(request, body, policy)
    ready = Ready(body, answered.headers["etag"].encode(), policy.encode(), end.epoch, seq)
    request.app.state.hot.keep(target_of(request.scope), ready)
    return answered


async def _remembered(
    request: Request,
    end: Head,
    find: Callable[[], Content],
    render: Callable[[Content], bytes],
) -> bytes:
    """The rendered body of a thing that is immutable until something is removed for good."""
    if not sees_all(request):
        return render(await ask(request, find))
    bodies: Recent[str, bytes] = request.app.state.bodies
    key = f"{end.epoch} {request.url.path} {context_of_id(request) or ''}"
    return bodies.get(key) or bodies.put(key, render(await ask(request, find)))


async def _with_place(request: Request, number: int, body: bytes) -> bytes:
    found: dict[str, Any] = orjson.loads(body)
    said = request.query_params.get("subject")
    if said:
        subject = qualified(request, said)
        uses = await ask(
            request, registry(request).uses, number, context=context_of_id(request), deleted=True
        )
        places = [each for each in uses if each.subject == subject]
        if places:
            found |= {"subject": subject, "version": max(each.number for each in places)}
    if flag(request.query_params, "fetchMaxId"):
        context = context_of_id(request) or "."
        found["maxId"] = await ask(request, registry(request).max_id, context)
    return orjson.dumps(found)


def _rule_types(content: Content) -> set[str]:
    groups = ((content.rules or {}).get(name) or () for name in _GROUPS)
    return {str(rule.get("type", "")) for group in groups for rule in group}


_GROUPS: Final = ("migrationRules", "domainRules", "encodingRules")


def _render(content: Content) -> bytes:
    return orjson.dumps(content_object(content))


def _text(content: Content) -> bytes:
    return content.text.encode()


ID: Final = "/schemas/ids/{id:segment}"
GUID: Final = "/schemas/guids/{guid:segment}"
SERVED: Final = (
    Served("GET", "/schemas", schemas, Right.SUBJECT_READ, On.LIST),
    Served("GET", "/schemas/types", types, Right.NONE),
    Served("GET", ID, by_id, Right.SUBJECT_READ, On.ID),
    Served("GET", ID + "/schema", schema_by_id, Right.SUBJECT_READ, On.ID),
    Served("GET", ID + "/subjects", subjects_of_id, Right.SUBJECT_READ, On.ID),
    Served("GET", ID + "/versions", versions_of_id, Right.SUBJECT_READ, On.ID),
    Served("GET", GUID, by_guid, Right.SUBJECT_READ, On.ID),
    Served("GET", GUID + "/ids", ids_of_guid, Right.SUBJECT_READ, On.ID),
)
