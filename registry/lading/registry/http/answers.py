"""How values become response bytes: media types, caching, JSON shapes of Confluent 8.x."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import Response

from lading.registry.names import qualified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from lading.registry.store import Content, Version

MEDIA_TYPE: Final = "application/vnd.schemaregistry.v1+json"
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
"""May be kept, must be asked about: a 304 is cheap, and a delete is seen at once."""


def answer(
    request: Request,
    value: object,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """JSON that is not cached."""
    return Response(
        orjson.dumps(value),
        status,
        {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})},
        media_type=media_type(request),
    )


def cacheable(request: Request, body: bytes, policy: str) -> Response:
    """A body of the usual type with an ETag; 304 when the caller has it already."""
    return cacheable_as(request, body, policy, media_type(request))


def cacheable_as(request: Request, body: bytes, policy: str, kind: str) -> Response:
    """Likewise of another media type."""
    tag = etag(body)
    headers = {"ETag": tag, "Cache-Control": policy, "Vary": "Accept"}
    known = request.headers.get("if-none-match", "")
    if known == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type=kind)


def private(policy: str) -> str:
    """A ``Cache-Control`` of what differs from caller to caller: none in between may hand it on."""
    return policy if "no-store" in policy else f"private, {policy.removeprefix('public, ')}"


def etag(body: bytes) -> str:
    """The strong validator of a body, with its quotes (RFC 9110, 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def media_type(request: Request) -> str:
    """``application/json`` for callers that ask for it and not for Confluent's own."""
    accepted = request.headers.get("accept", "")
    plain = "application/json" in accepted and "schemaregistry" not in accepted
    return "application/json" if plain else MEDIA_TYPE


def content_object(content: Content, *, qualify: str | None = None) -> dict[str, Any]:
    """The parts that belong to an id. Absent, never null or empty.

    `qualify`: the context as seen from which the names of references are written in full.
    """
    found: dict[str, Any] = {"guid": content.guid, "schemaType": content.kind.value}
    if content.references:
        found["references"] = [
            {
                "name": each.name,
                "subject": qualified(qualify, each.subject) if qualify else each.subject,
                "version": each.version,
            }
            for each in content.references
        ]
    if content.metadata:
        found["metadata"] = content.metadata
    if content.rules:
        found["ruleSet"] = content.rules
    found["schema"] = content.text
    return found


def version_object(version: Version, *, qualify: str | None = None) -> dict[str, Any]:
    """The subject object ``S`` of the Confluent API."""
    return {"subject": version.subject, **registered_object(version, qualify=qualify)} | (
        {"deleted": True} if version.deleted else {}
    )


def registered_object(version: Version, *, qualify: str | None = None) -> dict[str, Any]:
    """What a registration answers with: ``S`` without the subject."""
    return {
        "id": version.id,
        "version": version.number,
        **content_object(version.content, qualify=qualify),
        "ts": version.at,
    }
