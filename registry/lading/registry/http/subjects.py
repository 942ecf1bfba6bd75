"""Subjects and their versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.concurrency import run_in_threadpool

from lading.registry import rules, tags
from lading.registry.errors import NotFound, SchemaNotFound
from lading.registry.http.answers import ASK_AGAIN, answer, cacheable
from lading.registry.http.bodies import (
    PROPOSAL,
    RETAGGING,
    Retagging,
    checked_metadata,
    checked_rules,
    flag,
    ignored,
    not_enforced,
    proposal,
    retagging,
    schema_tags,
    typed,
    whole_number,
)
from lading.registry.http.guard import permit
from lading.registry.http.hot import KEY, Ready
from lading.registry.http.landing import landed
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
    window,
)
from lading.registry.http.served import Served
from lading.registry.http.shown import (
    shown_registered,
    shown_text,
    shown_version,
)
from lading.registry.proposals import Proposal
from lading.registry.rights import On, Right
from lading.registry.store import Deleted, Part
from lading.registry.store.watched import no_answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.service import Registry
    from lading.registry.store import Content, Version


async def subjects(request: Request) -> Response:
    """``GET /subjects``."""
    # There may be many, and others are not to wait for them.
    found = await run_in_threadpool(
        registry(request).subjects, prefix(request), deleted(request), Part(*window(request))
    )
    return answer(request, found)


async def lookup(request: Request) -> Response:
    """``POST /subjects/{subject}``: which version holds this schema?"""
    sent = await body(request)
    found = await ask_about(
        request,
        proposal(sent, normalize=flag(request.query_params, "normalize")),
        registry(request).lookup,
        deleted=flag(request.query_params, "deleted"),
    )
    return answer(request, await shown_version(request, found), headers=ignored(sent, PROPOSAL))


async def delete_subject(request: Request) -> Response:
    """``DELETE /subjects/{subject}``."""
    permanent = flag(request.query_params, "permanent")
    numbers = await change(
        request, registry(request).delete_subject, await aliased(request), permanent=permanent
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
            return answer(request, await shown_version(request, each))
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
    edits = retagging(sent)
    name = await aliased(request)
    force = flag(request.query_params, "force")
    if force:  # it is what setting the level to NONE, and back, would do
        permit(request, Right.SUBJECT_COMPATIBILITY_WRITE, (subject(request), name))
    if edits:
        brought = await run_in_threadpool(_retagged, registry(request), name, brought, edits)
    if not request.app.state.hot.is_fresh:
        raise no_answer()  # what is remembered may have been deleted elsewhere, and its id with it
    end = registry(request).store.end()  # before: what is set meanwhile counts
    found = await landed(request, name, brought, force=force)
    headers = ignored(sent, PROPOSAL | RETAGGING) | not_enforced(sent)
    shown = await shown_registered(request, found)
    if brought.is_descriptor and "format" not in request.query_params:
        # Clients keep it as what the id stands for, and read it as what they sent.
        shown["schema"] = brought.text
    answered = answer(request, shown, headers=headers)
    key: bytes | None = request.scope.get(KEY)
    depends = edits or not str(sent.get("schema") or "").strip()  # on what came last
    if key is not None and not headers and not depends:
        ready = Ready(bytes(answered.body), b"", b"no-store", end.epoch)
        request.app.state.hot.keep(key, ready)
    return answered


async def retag(request: Request) -> Response:
    """``POST /subjects/{subject}/versions/{version}/tags``: a version more, with other tags."""
    sent = await body(request)
    name, number = await aliased(request), version(request)
    before = await ask(request, registry(request).version, name, number)
    edits = Retagging(schema_tags(sent, "tagsToAdd"), schema_tags(sent, "tagsToRemove"))
    brought = Proposal(
        kind=before.content.kind,
        text=await run_in_threadpool(
            tags.edited, before.content.kind, before.content.text, edits.add, edits.remove
        ),
        references=before.content.references,
        metadata=_or(checked_metadata(typed(sent, "metadata", dict)), before.content.metadata),
        rules=await _rules(request, sent, name),
        version=whole_number(sent, "newVersion") or -1,
    )
    found = await landed(request, name, brought, force=False)
    headers = ignored(sent, TAGS_BODY) | not_enforced({"ruleSet": found.content.rules})
    return answer(request, await shown_registered(request, found), headers=headers)


async def one_version(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}``."""
    found = await _asked_for(request)
    return cacheable(request, orjson.dumps(await shown_version(request, found)), ASK_AGAIN)


async def version_schema(request: Request) -> Response:
    """``GET /subjects/{subject}/versions/{version}/schema``: the text alone."""
    found = await _asked_for(request)
    text = await shown_text(request, found.content, found.subject)
    return cacheable(request, text.encode(), ASK_AGAIN)


async def _asked_for(request: Request) -> Version:
    """The version in the path."""
    return await ask(
        request,
        registry(request).version,
        await aliased(request),
        version(request),
        deleted=flag(request.query_params, "deleted"),
    )


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
        await aliased(request),
        version(request),
        permanent=flag(request.query_params, "permanent"),
    )
    return answer(request, gone)


def _retagged(service: Registry, name: str, brought: Proposal, edits: Retagging) -> Proposal:
    """With the tags that were asked for; what is taken from the version before is written out."""
    try:
        before: Content | None = service.version(name, None).content
    except NotFound:
        before = None
    if not brought.text.strip():
        if before is None:
            return brought
        brought = replace(brought, kind=before.kind, text=before.text, references=before.references)
    text = brought.text
    if edits.carry and before is not None and before.kind is brought.kind:
        text = tags.carried(brought.kind, before.text, text)
    return replace(brought, text=tags.edited(brought.kind, text, edits.add, edits.remove))


async def _rules(request: Request, sent: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Those that are sent; else those of the newest version, with some merged in and some gone."""
    if (whole := checked_rules(typed(sent, "ruleSet", dict))) is not None:
        return whole
    merge = checked_rules(typed(sent, "rulesToMerge", dict))
    gone = [each for each in typed(sent, "rulesToRemove", list) or () if isinstance(each, str)]
    if merge is None and not gone:
        return None
    latest = await ask(request, registry(request).version, name, None)
    return rules.edited(latest.content.rules, merge, gone) or {}


def _or(given: dict[str, Any] | None, before: dict[str, Any] | None) -> dict[str, Any]:
    return (before or {}) if given is None else given


TAGS_BODY: Final = frozenset(
    {
        "newVersion",
        "tagsToAdd",
        "tagsToRemove",
        "metadata",
        "ruleSet",
        "rulesToMerge",
        "rulesToRemove",
    }
)
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
    Served("POST", VERSION + "/tags", retag, Right.SUBJECT_WRITE, On.SUBJECT),
    Served("GET", VERSION + "/referencedby", referenced_by, Right.SUBJECT_READ, On.SUBJECT),
)
