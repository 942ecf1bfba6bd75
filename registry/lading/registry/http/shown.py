"""What the query asks of a schema that is shown: another form, its tags, names in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.registry import names, tags
from lading.registry.http.answers import content_object, registered_object, version_object
from lading.registry.http.requests import ask, registry

if TYPE_CHECKING:
    from starlette.requests import Request

    from lading.registry.store import Content, Version

ASKED: Final = ("format", "referenceFormat", "findTags")
"""Parameters that change what is shown."""


def is_plain(request: Request) -> bool:
    """Whether a schema is to be shown as it is kept."""
    return not any(request.query_params.get(name) for name in ASKED)


async def shown_version(request: Request, version: Version) -> dict[str, Any]:
    """The subject object ``S``."""
    found = version_object(version, qualify=_qualify(request, version.subject))
    return found | await _asked(request, version.content, version.subject)


async def shown_registered(request: Request, version: Version) -> dict[str, Any]:
    """The answer to a registration."""
    return registered_object(version) | await _asked(request, version.content, version.subject)


async def shown_content(request: Request, content: Content, context: str) -> dict[str, Any]:
    """What an id stands for in a context."""
    anyone = names.qualified(context, "any")
    found = content_object(content, qualify=_qualify(request, anyone))
    return found | await _asked(request, content, anyone)


async def shown_text(request: Request, content: Content, subject: str) -> str:
    """The text alone."""
    form = request.query_params.get("format", "")
    return await ask(request, registry(request).formatted, subject, content, form)


async def _asked(request: Request, content: Content, subject: str) -> dict[str, Any]:
    if is_plain(request):
        return {}
    found: dict[str, Any] = {"schema": await shown_text(request, content, subject)}
    if wanted := request.query_params.getlist("findTags"):
        tagged = tags.tagged(content.kind, content.text, wanted)
        found |= {"schemaTags": [each.shown() for each in tagged]} if tagged else {}
    return found


def _qualify(request: Request, subject: str) -> str | None:
    full = request.query_params.get("referenceFormat") == "qualified"
    return names.context_of(subject) if full else None
