"""The Confluent-compatible routes."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from lading.model.contract import Kind
from lading.registry.errors import (
    AssociationNotFound,
    InvalidSchema,
    InvalidSubject,
    NotPermitted,
    SchemaNotFound,
)
from lading.registry.http.answers import (
    ASK_AGAIN,
    FOR_EVER,
    answer,
    cacheable,
    content_object,
    registered_object,
    version_object,
)
from lading.registry.http.bodies import (
    MAX_NUMBER,
    PROPOSAL,
    flag,
    ignored,
    not_enforced,
    number,
    proposal,
    read_object,
    text_field,
)
from lading.registry.http.paths import CHECK, SUBJECT, VERSION
from lading.registry.levels import EVERYTHING
from lading.registry.recent import Recent
from lading.registry.store import Deleted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.service import Registry
    from lading.registry.store import Content

ALL_CONTEXTS: Final = ":*:"
DEFAULT_CONTEXT: Final = ":.:"
PAGE: Final = 1000
"""Most rows of ``GET /schemas``."""
CONFIG: Final = frozenset({"compatibility", "compatibilityLevel"})
CONFIG_NOT_DONE: Final = (
    "alias",
    "aliasForDeks",
    "compatibilityGroup",
    "compatibilityPolicy",
    "defaultMetadata",
    "defaultRuleSet",
    "normalize",
    "overrideMetadata",
    "overrideRuleSet",
    "validateFields",
    "validateNewSchemas",
    "validateRules",
)
"""Settings that would change what registering does: refused, since ignoring them would lie."""


def body_cache() -> Recent[str, bytes]:
    """Rendered bodies of ids, guids and bare schemas. Only a permanent delete makes one wrong."""
    return Recent(64 * 1024 * 1024, weigh=len)


async def root(request: Request) -> Response:
    """``GET /``: what clients call to see whether anybody is there."""
    return answer(request, {})


# -- subjects -------------------------------------------------------------------------------------


async def subjects(request: Request) -> Response:
    """``GET /subjects``."""
    prefix = _prefix(request)
    return answer(request, _page(request, _registry(request).subjects(prefix, _deleted(request))))


async def lookup(request: Request) -> Response:
    """``POST /subjects/{subject}``: which version holds this schema?"""
    body = await _body(request)
    found = await run_in_threadpool(
        _registry(request).lookup,
        _subject(request),
        proposal(body, normalize=flag(request.query_params, "normalize")),
        deleted=flag(request.query_params, "deleted"),
    )
    return answer(request, version_object(found), headers=ignored(body, PROPOSAL))


async def delete_subject(request: Request) -> Response:
    """``DELETE /subjects/{subject}``."""
    permanent = flag(request.query_params, "permanent")
    numbers = await run_in_threadpool(
        _registry(request).delete_subject, _subject(request), permanent=permanent
    )
    if permanent:
        request.app.state.bodies.forget()
    return answer(request, numbers)


async def metadata(request: Request) -> Response:
    """``GET /subjects/{subject}/metadata``: the newest version with all these properties."""
    query = request.query_params
    wanted = dict(zip(query.getlist("key"), query.getlist("value"), strict=False))
    versions = _registry(request).versions(_subject(request), _deleted(request))
    for version in reversed(versions):
        if wanted.items() <= version.content.properties.items():
            return answer(request, version_object(version))
    raise SchemaNotFound


# -- versions -------------------------------------------------------------------------------------


async def versions(request: Request) -> Response:
    """``GET /subjects/{subject}/versions``."""
    found = _registry(request).versions(_subject(request), _deleted(request))
    return answer(request, _page(request, [each.number for each in found]))


async def register(request: Request) -> Response:
    """``POST /subjects/{subject}/versions``."""
    body = await _body(request)
    brought = proposal(body, normalize=flag(request.query_params, "normalize"))
    landed = await run_in_threadpool(_registry(request).register, _subject(request), brought)
    headers = ignored(body, PROPOSAL) | not_enforced(body)
    return answer(request, registered_object(landed), headers=headers)


async def version(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}``."""
    found = _registry(request).version(
        _subject(request), _number(request), deleted=flag(request.query_params, "deleted")
    )
    return cacheable(request, orjson.dumps(version_object(found)), ASK_AGAIN)


async def version_schema(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}/schema``: the text alone."""
    found = _registry(request).version(
        _subject(request), _number(request), deleted=flag(request.query_params, "deleted")
    )
    return cacheable(request, found.content.text.encode(), ASK_AGAIN)


async def referenced_by(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}/referencedby``: ids."""
    found = _registry(request).referrers(
        _subject(request), _number(request), deleted=flag(request.query_params, "deleted")
    )
    return answer(request, _page(request, sorted({each.id for each in found})))


async def delete_version(request: Request) -> Response:
    """``DELETE /subjects/{subject}/versions/{version}``."""
    permanent = flag(request.query_params, "permanent")
    gone = await run_in_threadpool(
        _registry(request).delete_version,
        _subject(request),
        _number(request),
        permanent=permanent,
    )
    if permanent:
        request.app.state.bodies.forget()
    return answer(request, gone)


# -- ids ------------------------------------------------------------------------------------------


async def by_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}``; with ``?subject=`` also where that subject holds it."""
    content_id = _id(request)
    body = _remembered(request, lambda: _registry(request).content(content_id), _render)
    subject = request.query_params.get("subject")
    if not subject and not flag(request.query_params, "fetchMaxId"):
        return cacheable(request, body, FOR_EVER)
    return cacheable(request, _with_place(request, content_id, body), ASK_AGAIN)


async def schema_by_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}/schema``: the text alone."""
    content_id = _id(request)
    body = _remembered(request, lambda: _registry(request).content(content_id), _text)
    return cacheable(request, body, FOR_EVER)


async def subjects_of_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}/subjects``."""
    uses = _registry(request).uses(_id(request), deleted=flag(request.query_params, "deleted"))
    wanted = request.query_params.get("subject")
    names = sorted({each.subject for each in uses if wanted in {None, each.subject}})
    return answer(request, _page(request, names))


async def versions_of_id(request: Request) -> Response:
    """``GET /schemas/ids/{id}/versions``."""
    uses = _registry(request).uses(_id(request), deleted=flag(request.query_params, "deleted"))
    wanted = request.query_params.get("subject")
    rows = [
        {"subject": each.subject, "version": each.number}
        for each in uses
        if wanted in {None, each.subject}
    ]
    return answer(request, _page(request, rows))


async def by_guid(request: Request) -> Response:
    """``GET /schemas/guids/{guid}``."""
    guid = request.path_params["guid"].lower()
    body = _remembered(request, lambda: _registry(request).by_guid(guid), _render)
    return cacheable(request, body, FOR_EVER)


async def ids_of_guid(request: Request) -> Response:
    """``GET /schemas/guids/{guid}/ids``."""
    ids = _registry(request).ids_of(request.path_params["guid"].lower())
    return answer(request, [{"context": ".", "id": each} for each in ids])


async def types(request: Request) -> Response:
    """``GET /schemas/types``."""
    return answer(request, list(Kind))


async def schemas(request: Request) -> Response:
    """``GET /schemas``: versions of all subjects, at most 1,000."""
    latest = flag(request.query_params, "latestOnly")
    found = _registry(request).contracts(_prefix(request), latest=latest)
    return answer(request, [version_object(each) for each in _page(request, found, most=PAGE)])


# -- compatibility --------------------------------------------------------------------------------


async def check_version(request: Request) -> Response:
    """``POST /compatibility/subjects/{subject}/versions/{version}``: against that one."""
    wanted = _number(request)
    return await _check(request, against=wanted, latest=wanted is None)


async def check_all(request: Request) -> Response:
    """``POST /compatibility/subjects/{subject}/versions``: against what the level asks for."""
    return await _check(request, against=None, latest=False)


async def _check(request: Request, *, against: int | None, latest: bool) -> Response:
    body = await _body(request)
    verbose = flag(request.query_params, "verbose")
    brought = proposal(body, normalize=flag(request.query_params, "normalize"))
    try:
        messages = await run_in_threadpool(
            _registry(request).check, _subject(request), brought, against=against, latest=latest
        )
    except InvalidSchema as error:
        if not verbose:
            raise
        messages = (str(error),)
    found: dict[str, Any] = {"is_compatible": not messages}
    if verbose:
        found["messages"] = list(messages)
    return answer(request, found, headers=ignored(body, PROPOSAL))


# -- levels and modes -----------------------------------------------------------------------------


async def get_config(request: Request) -> Response:
    """``GET /config[/{subject}]``."""
    inherited = flag(request.query_params, "defaultToGlobal")
    level = _registry(request).level(_scope(request), inherited=inherited)
    return answer(request, {"compatibilityLevel": level})


async def put_config(request: Request) -> Response:
    """``PUT /config[/{subject}]``; the level goes by the name ``compatibility`` here."""
    body = await _body(request)
    asked = [name for name in CONFIG_NOT_DONE if body.get(name)]
    if asked:
        raise NotPermitted(f"{', '.join(asked)}: this registry does not have that setting")
    headers = ignored(body, (*CONFIG, *CONFIG_NOT_DONE))
    name = "compatibility" if "compatibility" in body else "compatibilityLevel"
    if name not in body:
        return answer(request, {}, headers=headers)
    level = await run_in_threadpool(
        _registry(request).set_level, text_field(body, name), subject=_scope(request)
    )
    return answer(request, {"compatibility": level} if level else {}, headers=headers)


async def delete_config(request: Request) -> Response:
    """``DELETE /config[/{subject}]``; answers with what was set."""
    level = await run_in_threadpool(_registry(request).unset_level, _scope(request))
    return answer(request, {"compatibilityLevel": level})


async def get_mode(request: Request) -> Response:
    """``GET /mode[/{subject}]``."""
    inherited = flag(request.query_params, "defaultToGlobal")
    return answer(request, {"mode": _registry(request).mode(_scope(request), inherited=inherited)})


async def put_mode(request: Request) -> Response:
    """``PUT /mode[/{subject}]``."""
    body = await _body(request)
    mode = await run_in_threadpool(
        _registry(request).set_mode, text_field(body, "mode"), subject=_scope(request)
    )
    return answer(request, {"mode": mode} if mode else {}, headers=ignored(body, {"mode"}))


async def delete_mode(request: Request) -> Response:
    """``DELETE /mode[/{subject}]``; answers with what was set."""
    mode = await run_in_threadpool(_registry(request).unset_mode, _scope(request))
    return answer(request, {"mode": mode})


# -- the rest -------------------------------------------------------------------------------------


async def contexts(request: Request) -> Response:
    """``GET /contexts``: the default one only."""
    return answer(request, ["."])


async def no_context(request: Request) -> Response:
    """``/contexts/{context}/...``: refused, not quietly served from the default context."""
    raise InvalidSubject(
        f"Context '{request.path_params['context'][:80]}' does not exist; this registry has the "
        "default context only"
    )


async def associations(request: Request) -> Response:
    """``GET /associations/resources/...``: what clients of 8.2 ask before they pick a subject."""
    raise AssociationNotFound(request.path_params["name"][:200])


async def cluster(request: Request) -> Response:
    """``GET /v1/metadata/id``."""
    scope = {"path": [], "clusters": {"kafka-cluster": "", "schema-registry-cluster": "lading"}}
    return answer(request, {"id": "", "scope": scope})


async def server_version(request: Request) -> Response:
    """``GET /v1/metadata/version``."""
    try:
        number = version_of("lading")
    except PackageNotFoundError:  # run from a checkout that is not installed
        number = "from source"
    return answer(request, {"version": f"lading {number}", "commitId": ""})


ROUTES: Final = (
    Route("/", root),
    Route("/subjects", subjects),
    Route(SUBJECT, lookup, methods=["POST"]),
    Route(SUBJECT, delete_subject, methods=["DELETE"]),
    Route(SUBJECT + "/metadata", metadata),
    Route(SUBJECT + "/versions", versions),
    Route(SUBJECT + "/versions", register, methods=["POST"]),
    Route(VERSION, version),
    Route(VERSION, delete_version, methods=["DELETE"]),
    Route(VERSION + "/schema", version_schema),
    Route(VERSION + "/referencedby", referenced_by),
    Route("/schemas", schemas),
    Route("/schemas/types", types),
    Route("/schemas/ids/{id:segment}", by_id),
    Route("/schemas/ids/{id:segment}/schema", schema_by_id),
    Route("/schemas/ids/{id:segment}/subjects", subjects_of_id),
    Route("/schemas/ids/{id:segment}/versions", versions_of_id),
    Route("/schemas/guids/{guid:segment}", by_guid),
    Route("/schemas/guids/{guid:segment}/ids", ids_of_guid),
    Route(CHECK, check_all, methods=["POST"]),
    Route(CHECK + "/{version:segment}", check_version, methods=["POST"]),
    *(
        Route(path + suffix, handler, methods=[method])
        for suffix in ("", "/{subject:segment}")
        for path, method, handler in (
            ("/config", "GET", get_config),
            ("/config", "PUT", put_config),
            ("/config", "DELETE", delete_config),
            ("/mode", "GET", get_mode),
            ("/mode", "PUT", put_mode),
            ("/mode", "DELETE", delete_mode),
        )
    ),
    Route("/contexts", contexts),
    Route(
        "/contexts/{context:segment}/{rest:path}",
        no_context,
        methods=["GET", "POST", "PUT", "DELETE"],
    ),
    Route("/associations/resources/{namespace:segment}/{name:segment}", associations),
    Route("/v1/metadata/id", cluster),
    Route("/v1/metadata/version", server_version),
)


def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


async def _body(request: Request) -> dict[str, Any]:
    return await read_object(request, limit=_registry(request).settings.max_body)


def _subject(request: Request) -> str:
    name: str = request.path_params["subject"]
    return name.removeprefix(DEFAULT_CONTEXT)


def _scope(request: Request) -> str:
    return _subject(request) if "subject" in request.path_params else EVERYTHING


def _number(request: Request) -> int | None:
    return number(request.path_params["version"])


def _id(request: Request) -> int:
    text = request.path_params["id"]
    if not (text.isascii() and text.isdigit() and int(text[:11]) <= MAX_NUMBER):
        raise SchemaNotFound(text[:40])
    return int(text)


def _prefix(request: Request) -> str:
    prefix = request.query_params.get("subjectPrefix", "")
    prefix = prefix.removeprefix(ALL_CONTEXTS).removeprefix(DEFAULT_CONTEXT)
    if prefix.startswith(":"):
        raise InvalidSubject("this registry has the default context only")
    return prefix


def _deleted(request: Request) -> Deleted:
    if flag(request.query_params, "deletedOnly"):
        return Deleted.ONLY
    return Deleted.INCLUDED if flag(request.query_params, "deleted") else Deleted.HIDDEN


def _page(request: Request, rows: Sequence[Any], *, most: int = 0) -> Sequence[Any]:
    """Rows from ``offset`` on; a ``limit`` without sense means the default, as with Confluent."""
    offset = max(0, _whole(request, "offset"))
    limit = _whole(request, "limit")
    if limit <= 0 or (most and limit > most):
        limit = most or len(rows)
    return rows[offset : offset + limit]


def _whole(request: Request, name: str) -> int:
    try:
        return int(request.query_params.get(name, "0")[:12])
    except ValueError:
        return 0


def _remembered(
    request: Request, find: Callable[[], Content], render: Callable[[Content], bytes]
) -> bytes:
    bodies: Recent[str, bytes] = request.app.state.bodies
    key: str = request.scope["path"]
    return bodies.get(key) or bodies.put(key, render(find()))


def _render(content: Content) -> bytes:
    return orjson.dumps(content_object(content))


def _text(content: Content) -> bytes:
    return content.text.encode()


def _with_place(request: Request, content_id: int, body: bytes) -> bytes:
    registry = _registry(request)
    subject = request.query_params.get("subject", "").removeprefix(DEFAULT_CONTEXT)
    extra: dict[str, Any] = {}
    for use in registry.uses(content_id, deleted=True):
        if use.subject == subject:
            extra |= {"subject": use.subject, "version": use.number}
    if flag(request.query_params, "fetchMaxId"):
        extra["maxId"] = registry.max_id()
    return orjson.dumps(orjson.loads(body) | extra)
