"""What a request says: which registry, which subject in which context, which page of a list."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from lading.registry import names
from lading.registry.config import EVERYTHING
from lading.registry.errors import SchemaNotFound
from lading.registry.http.bodies import MAX_NUMBER, flag, number, read_object
from lading.registry.http.errors import BadRequest
from lading.registry.http.paths import CONTEXT
from lading.registry.store import Deleted
from lading.registry.workers import is_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from lading.registry.auth.grants import Grants
    from lading.registry.proposals import Proposal
    from lading.registry.service import Registry

P = ParamSpec("P")
T = TypeVar("T")

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,10}")
CALLER: Final = "lading.caller"
"""The key of the ASGI scope under which it is noted who is calling."""
GRANTS: Final = "lading.grants"
"""... and what they may do; not there where nobody is asked who they are."""
REGISTRY: Final = "lading.registry"
"""... and the registry as they see it."""


def registry(request: Request) -> Registry:
    """The registry behind the application, as the caller sees it."""
    found: Registry = request.scope.get(REGISTRY) or request.app.state.registry
    return found


def sees_all(request: Request) -> bool:
    """Whether the caller may have whatever is kept ready for everybody."""
    grants: Grants | None = request.scope.get(GRANTS)
    return grants is None or grants.sees_all


async def ask(request: Request, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Read: at once where the store is in this process, else where it may wait."""
    if registry(request).store.is_local:
        return work(*args, **kwargs)
    return await run_in_threadpool(partial(work, *args, **kwargs))


async def ask_about(
    request: Request,
    brought: Proposal,
    work: Callable[Concatenate[str, Proposal, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Read what the registry says of a proposal for the subject in the path.

    What goes to a worker may take its time, and so may what is taken from an earlier version.
    """
    whole = partial(work, await aliased(request), brought, *args, **kwargs)
    if not brought.text.strip() or is_apart(brought.kind, brought.text):
        return await run_in_threadpool(whole)
    return await ask(request, whole)


async def change(request: Request, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Write, in the name of the caller, where it may wait."""
    return await run_in_threadpool(partial(work, *args, **kwargs, by=caller(request)))


def caller(request: Request) -> str:
    """Who is calling; empty where nobody is asked."""
    return str(request.scope.get(CALLER, ""))


async def body(request: Request) -> dict[str, Any]:
    """The JSON object that was sent."""
    return await read_object(request, limit=registry(request).settings.max_body)


def context(request: Request) -> str | None:
    """The context that the path starts with; raises `InvalidSubject` for what is none."""
    found: str | None = request.scope.get(CONTEXT)
    return None if found is None else context_named(found)


def context_named(text: str) -> str:
    """The context that a segment of a path names: with colons around it, and a dot, or without."""
    own = text.removeprefix(":").removesuffix(":")
    if ":" in own:
        raise BadRequest("Context name cannot contain a colon", status=400)
    return names.context_of(names.parse(f":{own}:" if own.startswith(".") else f":.{own}:"))


def subject(request: Request) -> str:
    """The full name of the subject in the path, before aliases."""
    name: str = request.path_params["subject"]
    return names.parse(names.qualified(context(request) or names.DEFAULT, name))


async def aliased(request: Request) -> str:
    """The subject that the path means: an alias leads on to another."""
    return await ask(request, registry(request).resolved, subject(request))


def scope(request: Request) -> str:
    """What settings are about: the subject in the path, else the context, else everything."""
    if "subject" in request.path_params:
        return subject(request)
    found = context(request)
    return f":{found}:" if found and found != names.DEFAULT else EVERYTHING


def version(request: Request) -> int | None:
    """The version in the path; `None`: the latest."""
    return number(request.path_params["version"])


def content_id(request: Request) -> int:
    """The id in the path."""
    text = request.path_params["id"]
    if not _WHOLE.fullmatch(text) or abs(int(text)) > MAX_NUMBER:
        raise BadRequest("HTTP 404 Not Found", status=404)  # as a path that is none
    if int(text) < 0:
        raise SchemaNotFound(text)
    return int(text)


def qualified(request: Request, name: str) -> str:
    """A name of the query string as seen from the context of the path."""
    return names.qualified(context(request) or names.DEFAULT, name)


def prefix(request: Request) -> str:
    """``subjectPrefix``: all contexts where nothing is said, the path's where there is one."""
    said = request.query_params.get("subjectPrefix")
    if said and "\0" in said:
        raise BadRequest("'subjectPrefix' holds a NUL, which no name does", status=422)
    inside = context(request)
    if inside is not None:
        return said if said and said.startswith(":") else f":{inside}:{said or ''}"
    return ":*:" if said is None else said


def deleted(request: Request) -> Deleted:
    """Which versions a list is to have."""
    if flag(request.query_params, "deletedOnly"):
        return Deleted.ONLY
    return Deleted.INCLUDED if flag(request.query_params, "deleted") else Deleted.HIDDEN


def page(request: Request, rows: Sequence[T], *, most: int | None = None) -> list[T]:
    """``offset`` and ``limit``; a limit that is none or too high is the highest, silently."""
    start, count = window(request, most=most)
    return list(rows[start:] if count is None else rows[start : start + count])


def window(request: Request, *, most: int | None = None) -> tuple[int, int | None]:
    """(offset, limit)."""
    start = max(_whole(request, "offset", 0), 0)
    count = _whole(request, "limit", 0)
    if count <= 0 or (most is not None and count > most):
        return start, most
    return start, count


def whole(request: Request, name: str, default: int, *, most: int, least: int = 1) -> int:
    """A number of the query string. Unlike Confluent's routes, ours say what is wrong with it."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most:  # noqa: PLR2004
        return int(text)
    raise BadRequest(f"'{name}' must be a number from {least} to {most}", status=422)


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    try:
        return min(int(text), MAX_NUMBER) if len(text) <= 11 else default  # noqa: PLR2004
    except ValueError:
        return default
