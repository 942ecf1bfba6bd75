"""Subjects and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from lading.registry import names
from lading.registry.errors import SchemaNotFound
from lading.registry.http.answers import (
    ASK_AGAIN,
    answer,
    cacheable,
    registered_object,
    version_object,
)
from lading.registry.http.bodies import PROPOSAL, flag, ignored, not_enforced, proposal
from lading.registry.http.hot import KEY, Ready
from lading.registry.http.paths import SUBJECT, VERSION
from lading.registry.http.requests import (
    aliased,
    ask,
    ask_about,
    body,
    change,
    deleted,
    page,
    prefix,
    registry,
    subject,
    version,
)
from lading.registry.http.served import Served
from lading.registry.rights import On, Right
from lading.registry.store import Deleted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def subjects(request: Request) -> Response:
    """``GET /subjects``."""
    found = await ask(request, registry(request).subjects, prefix(request), deleted(request))
    return answer(request, page(request, found))


async def lookup(request: Request) -> Response:
    """``POST /subjects/{subject}``: which version holds this schema?"""
    sent = await body(request)
    found = await ask_about(
        request,
        proposal(sent, normalize=flag(request.query_params, "normalize")),
        registry(request).lookup,
        deleted=flag(request.query_params, "deleted"),
    )
    return answer(request, version_object(found), headers=ignored(sent, PROPOSAL))


async def delete_subject(request: Request) -> Response:
    """``DELETE /subjects/{subject}``."""
    permanent = flag(request.query_params, "permanent")
    numbers = await change(
        request, registry(request).delete_subject, subject(request), permanent=permanent
    )
    return answer(request, numbers)


async def metadata(request: Request) -> Response:
    """``GET /subjects/{subject}/metadata``: the newest version with all these properties."""
    query = request.query_params
    wanted = dict(zip(query.getlist("key"), query.getlist("value"), strict=False))
    name = await aliased(request)
    found = await ask(request, registry(request).versions, name, deleted(request))
    for each in reversed(found):
        if wanted.items() <= each.content.properties.items():
            return answer(request, version_object(each))
    raise SchemaNotFound


async def versions(request: Request) -> Response:
    """``GET /subjects/{subject}/versions``; ``deletedAsNegative``: deleted ones as ``-number``."""
    negative = flag(request.query_params, "deletedAsNegative")
    wanted = Deleted.INCLUDED if negative else deleted(request)
    found = await ask(request, registry(request).versions, await aliased(request), wanted)
    numbers = [-each.number if negative and each.deleted else each.number for each in found]
    return answer(request, page(request, numbers))


async def register(request: Request) -> Response:
    """``POST /subjects/{subject}/versions``; ``force``: it is not asked whether it may."""
    sent = await body(request)
    brought = proposal(sent, normalize=flag(request.query_params, "normalize"))
    end = registry(request).store.end()  # before: what is set meanwhile counts
    landed = await change(
        request,
        registry(request).register,
        await aliased(request),
        brought,
        force=flag(request.query_params, "force"),
    )
    headers = ignored(sent, PROPOSAL) | not_enforced(sent)
    answered = answer(request, registered_object(landed), headers=headers)
    key: bytes | None = request.scope.get(KEY)
    if key is not None and not headers:
        ready = Ready(bytes(answered.body), b"", b"no-store", end.epoch)
        request.app.state.hot.keep(key, ready)
    return answered


async def one_version(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}``."""
    found = await ask(
        request,
        registry(request).version,
        await aliased(request),
        version(request),
        deleted=flag(request.query_params, "deleted"),
    )
    qualify = names.context_of(found.subject) if _qualifies(request) else None
    return cacheable(request, orjson.dumps(version_object(found, qualify=qualify)), ASK_AGAIN)


async def version_schema(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}/schema``: the text alone."""
    found = await ask(
        request,
        registry(request).version,
        await aliased(request),
        version(request),
        deleted=flag(request.query_params, "deleted"),
    )
    return cacheable(request, found.content.text.encode(), ASK_AGAIN)


async def referenced_by(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}/referencedby``: ids."""
    found = await ask(
        request,
        registry(request).referrers,
        await aliased(request),
        version(request),
        deleted=flag(request.query_params, "deleted"),
    )
    return answer(request, page(request, sorted({each.id for each in found})))


async def delete_version(request: Request) -> Response:
    """``DELETE /subjects/{subject}/versions/{version}``."""
    gone = await change(
        request,
        registry(request).delete_version,
        subject(request),
        version(request),
        permanent=flag(request.query_params, "permanent"),
    )
    return answer(request, gone)


def _qualifies(request: Request) -> bool:
    return request.query_params.get("referenceFormat") == "qualified"


SERVED: Final = (
    Served("GET", "/subjects", subjects, Right.SUBJECT_READ, On.LIST),
    Served("POST", SUBJECT, lookup, Right.SUBJECT_READ, On.SUBJECT),
    Served("DELETE", SUBJECT, delete_subject, Right.SUBJECT_DELETE, On.SUBJECT),
    Served("GET", SUBJECT + "/metadata", metadata, Right.SUBJECT_READ, On.SUBJECT),
    Served("GET", SUBJECT + "/versions", versions, Right.SUBJECT_READ, On.SUBJECT),
    Served("POST", SUBJECT + "/versions", register, Right.SUBJECT_WRITE, On.SUBJECT),
    Served("GET", VERSION, one_version, Right.SUBJECT_READ, On.SUBJECT),
    Served("DELETE", VERSION, delete_version, Right.SUBJECT_DELETE, On.SUBJECT),
    Served("GET", VERSION + "/schema", version_schema, Right.SUBJECT_READ, On.SUBJECT),
    Served("GET", VERSION + "/referencedby", referenced_by, Right.SUBJECT_READ, On.SUBJECT),
)
