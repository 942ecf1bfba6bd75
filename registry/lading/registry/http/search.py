"""Find contracts by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from lading.model.contract import Kind
from lading.registry.http.answers import answer
from lading.registry.http.errors import BadRequest
from lading.registry.http.native import terms_object
from lading.registry.http.requests import registry, whole
from lading.registry.http.served import Served
from lading.registry.rights import On, Right
from lading.registry.search import Question, search

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.search import Found, Hit, Index
    from lading.registry.service import Registry

PATH: Final = "/api/v1/search"
LONGEST: Final = 500
"""Characters of what is looked for."""
PAGE: Final = 20
MOST: Final = 100


async def found(request: Request) -> Response:
    """``GET /api/v1/search``: by words, kind, owner and field."""
    asked = _question(request)
    after = request.query_params.get("after", "")
    most = whole(request, "limit", PAGE, most=MOST)
    told, behind = await run_in_threadpool(
        _look, request.app.state.index, registry(request), asked, after, most
    )
    body: dict[str, Any] = {"hits": [_hit(each) for each in told.hits]}
    body |= {"next": told.next} if told.next else {}
    return answer(request, body | {"capped": told.capped, "behind": behind})


def _look(
    index: Index, service: Registry, asked: Question, after: str, most: int
) -> tuple[Found, int]:
    behind = index.catch_up()
    with service.store.read() as reading:
        return search(reading, asked, after=after, most=most), behind


def _question(request: Request) -> Question:
    query = request.query_params
    text, kind, owner, field = (query.get(each, "") for each in ("q", "kind", "owner", "field"))
    if max(map(len, (text, kind, owner, field))) > LONGEST:
        raise BadRequest(f"what is looked for has at most {LONGEST} characters", status=422)
    if not any(each.strip() for each in (text, kind, owner, field)):
        raise BadRequest("say what to look for: q, kind, owner or field", status=422)
    if kind and kind.upper() not in list(Kind):
        raise BadRequest(f"'kind' must be one of {', '.join(Kind)}", status=422)
    return Question(text, Kind(kind.upper()) if kind else None, owner, field)


def _hit(hit: Hit) -> dict[str, Any]:
    version = hit.version
    return {
        "subject": version.subject,
        "version": version.number,
        "id": version.id,
        "guid": version.content.guid,
        "kind": version.content.kind.value,
        "terms": terms_object(hit.terms),
        "fields": list(hit.fields),
    }


SERVED: Final = (Served("GET", PATH, found, Right.SUBJECT_READ, On.LIST),)
