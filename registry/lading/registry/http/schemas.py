"""Schemas by id and by guid, and lists of them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import orjson

from lading.model.contract import Kind
from lading.registry import names
from lading.registry.errors import SubjectNotFound
from lading.registry.http.answers import (
    ASK_AGAIN,
    FOR_EVER,
    answer,
    cacheable,
    content_object,
    etag,
)
from lading.registry.http.bodies import MAX_NUMBER, flag
from lading.registry.http.hot import target_of
from lading.registry.http.requests import (
    ask,
    content_id,
    context,
    page,
    prefix,
    qualified,
    registry,
    sees_all,
    window,
)
from lading.registry.http.served import Served
from lading.registry.http.shown import is_plain, shown_content, shown_text, shown_version
from lading.registry.recent import Recent
from lading.registry.rights import On, Right
from lading.registry.rules import types_of
from lading.registry.store import Deleted

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.http.hot import Ready, Table
    from lading.registry.service import Registry
    from lading.registry.store import Content, Head, Use, Version

PAGE: Final = 1000
"""Most rows of ``GET /schemas``."""


def body_cache() -> Recent[str, bytes]:
    """Rendered bodies of ids, guids and bare schemas. Only a permanent delete makes one wrong."""
    return Recent(64 * 1024 * 1024, weigh=len)


async def by_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}``; with ``?subject=`` also where that subject holds it."""
    number, context = content_id(request), await _context_of_id(request)
    end = registry(request).store.end()  # before it is looked up: what comes meanwhile counts
    if is_plain(request):
        body = await _remembered(
            request, end, lambda: registry(request).content(number, context), _render
        )
    else:
        where, content = await ask(request, registry(request).placed, number, context)
        body = orjson.dumps(await shown_content(request, content, where))
    subject = request.query_params.get("subject")
    if not subject and not flag(request.query_params, "fetchMaxId"):
        return _ready(request, body, FOR_EVER, end)
    placed = await _with_place(request, number, body)
    return _ready(request, placed, ASK_AGAIN, end, seq=end.seq)


async def schema_by_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}/schema``: the text alone."""
    number, context = content_id(request), await _context_of_id(request)
    end = registry(request).store.end()
    if is_plain(request):
        body = await _remembered(
            request, end, lambda: registry(request).content(number, context), _text
        )
    else:
        where, content = await ask(request, registry(request).placed, number, context)
        anyone = names.qualified(where, "any")
        body = (await shown_text(request, content, anyone)).encode()
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
    if is_plain(request):
        body = await _remembered(request, end, lambda: registry(request).by_guid(guid), _render)
    else:
        content = await ask(request, registry(request).by_guid, guid)
        where = (await ask(request, registry(request).ids_of, guid))[0][0]
        body = orjson.dumps(await shown_content(request, content, where))
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
    if any(request.query_params.get(name) for name in _ASSOCIATIONS):
        return answer(request, [])  # there are none, so nothing has one
    found = await _listed(request)
    known: dict[str, list[str]] = {}
    if flag(request.query_params, "aliases"):
        known = await ask(request, registry(request).aliases)
        found = sorted(
            [*found, *await _led_to(request, known, {each.subject for each in found})],
            key=lambda each: (each.subject, each.number),
        )
    wanted = request.query_params.get("ruleType")
    if wanted:
        found = [each for each in found if wanted in types_of(each.content.rules)]
    rows = [await shown_version(request, each) for each in page(request, found, most=PAGE)]
    if known:
        rows = [
            {**row, "aliases": known[row["subject"]]} if row["subject"] in known else row
            for row in rows
        ]
    return answer(request, rows)


async def _listed(request: Request) -> list[Version]:
    """The versions that a list is about, as far as its page needs them."""
    latest = flag(request.query_params, "latestOnly")
    start, count = window(request, most=PAGE)
    most = start + (count or PAGE)
    if not flag(request.query_params, "deleted"):
        return await ask(
            request, registry(request).contracts, prefix(request), latest=latest, most=most
        )
    found: list[Version] = []
    for name in await ask(request, registry(request).subjects, prefix(request), Deleted.INCLUDED):
        versions = await ask(request, registry(request).versions, name, Deleted.INCLUDED)
        found += versions[-1:] if latest else versions
        if len(found) >= most:
            break
    return found


async def _led_to(
    request: Request, aliases: dict[str, list[str]], listed: set[str]
) -> list[Version]:
    """The versions of subjects that are not listed themselves, but one of their aliases is."""
    context, start = names.prefix(prefix(request))
    kind = Deleted.INCLUDED if flag(request.query_params, "deleted") else Deleted.HIDDEN
    found: list[Version] = []
    for subject, known in aliases.items():
        is_asked = any(
            context in {None, names.context_of(each)} and names.bare(each).startswith(start)
            for each in known
        )
        if is_asked and subject not in listed:
            with suppress(SubjectNotFound):
                versions = await ask(request, registry(request).versions, subject, kind)
                found += versions[-1:] if flag(request.query_params, "latestOnly") else versions
    return found


async def _context_of_id(request: Request) -> str | None:
    """The context that an id counts in: that of ``?subject=``, else that of the path."""
    said = request.query_params.get("subject")
    return names.context_of(await _meant(request, said)) if said else context(request)


async def _meant(request: Request, said: str) -> str:
    """The subject that a name of the query means: an alias leads on to another."""
    full = names.parse(qualified(request, said))
    return await ask(request, registry(request).resolved, full)


async def _uses(request: Request) -> list[Use]:
    said = request.query_params.get("subject")
    found = await ask(
        request,
        registry(request).uses,
        content_id(request),
        context=await _context_of_id(request),
        deleted=flag(request.query_params, "deleted"),
    )
    wanted = await _meant(request, said) if said else ""
    return [each for each in found if not names.bare(wanted) or each.subject == wanted]


def _ready(request: Request, body: bytes, policy: str, end: Head, *, seq: int = 0) -> Response:
    """The answer, which is ready from now on for whoever may see all and asks in the same words."""
    table: Table = request.app.state.hot
    if sees_all(request):
        made = table.ready(body, etag(body), policy, end.epoch, seq)
        table.keep(target_of(request.scope), made)
    return cacheable(request, body, policy)


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
    context = await _context_of_id(request) if "id" in request.path_params else None
    key = f"{end.epoch} {request.url.path} {context or ''}"
    return bodies.get(key) or bodies.put(key, render(await ask(request, find)))


async def _with_place(request: Request, number: int, body: bytes) -> bytes:
    found: dict[str, Any] = orjson.loads(body)
    said = request.query_params.get("subject")
    if said:
        subject = await _meant(request, said)
        where = names.context_of(subject)
        uses = await ask(request, registry(request).uses, number, context=where, deleted=True)
        places = [each for each in uses if each.subject == subject]
        if places:
            found |= {"subject": subject, "version": max(each.number for each in places)}
    if flag(request.query_params, "fetchMaxId"):
        context = await _context_of_id(request) or names.DEFAULT
        found["maxId"] = await ask(request, registry(request).max_id, context)
    return orjson.dumps(found)


def at_once(service: Registry, table: Table) -> Callable[[bytes], Ready | None]:
    """What makes the answer of `by_id` from nothing but the target, where nothing else is asked.

    That takes less than to route the request. What it cannot answer goes the usual way.
    """

    def made(target: bytes) -> Ready | None:
        number = target.removeprefix(_BY_ID)
        if number == target or not number.isdigit() or len(number) > len(str(MAX_NUMBER)):
            return None
        end = service.store.end()  # before it is looked up, as in `by_id`
        try:
            content = service.content(int(number))
        except Exception:  # noqa: BLE001 - the usual way meets it again, and tells of it
            return None
        body = _render(content)
        return table.ready(body, etag(body), FOR_EVER, end.epoch)

    return made


_BY_ID: Final = b"/schemas/ids/"
_ASSOCIATIONS: Final = ("resourceType", "associationType", "lifecycle")


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
