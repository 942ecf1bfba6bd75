"""Nobody passes who did not say who they are, and nobody does what they may not.

`Door` stands before all routes and asks who is calling; what needs no right is open to everybody.
`guarded` puts the decision that the table asks for before the handler of a route. Reads are not
refused at all: who may not see a subject gets the answers of a registry in which it does not exist
(`lading.registry.auth.seen`), so that there is nothing to tell the two apart by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from lading.registry.auth.grants import Grants
from lading.registry.auth.seen import SeenStore, global_right, is_context
from lading.registry.errors import (
    Forbidden,
    RegistryError,
    SubjectNotFound,
    TooManyRequests,
    Unauthenticated,
)
from lading.registry.http.answers import private
from lading.registry.http.errors import say_ours
from lading.registry.http.requests import CALLER, GRANTS, REGISTRY, aliased, scope, subject
from lading.registry.recent import Recent
from lading.registry.rights import On, Right
from lading.registry.service import Registry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from lading.registry.auth.credentials import Who
    from lading.registry.auth.grants import Caller
    from lading.registry.auth.rates import Shares
    from lading.registry.http.served import Handler, Served

    Decide = Callable[[Request, Grants, Right], Awaitable[None]]

VIEWS: Final = 16
"""Sets of grants whose view of the registry is kept, with what its gate has read."""


class Views:
    """The registry, as callers see it; those who may do the same share a view."""

    def __init__(self, registry: Registry) -> None:
        self._whole = registry
        self._views: Recent[Grants, Registry] = Recent(VIEWS)

    def of(self, grants: Grants) -> Registry:
        """The registry as it is seen with these grants.

        Each view has a gate of its own: what one caller's schemas refer to may be hidden from the
        next one.
        """
        if grants.may_everything:
            return self._whole
        return self._views.get(grants) or self._views.put(
            grants,
            Registry(
                SeenStore(self._whole.store, grants),
                settings=self._whole.settings,
                meter=self._whole.meter,
            ),
        )


class Door:
    """Asks who is calling before anything is routed, and holds everybody to their share."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        who: Who | None,
        views: Views,
        shares: Shares,
        served: Iterable[Served],
    ) -> None:
        self._app = app
        self._who = who
        self._views = views
        self._shares = shares
        self._open = frozenset(
            each.path for each in served if each.right is Right.NONE and "{" not in each.path
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["path"] in self._open and scope["method"] in _ASKS):
            await self._app(scope, receive, send)
            return
        try:
            inner = await self._let_in(scope)
        except RegistryError as error:
            answer = await say_ours(Request(scope, receive), error)
            await answer(scope, receive, send)
            return
        await self._app(inner, receive, _private(send) if self._who else send)

    async def _let_in(self, scope: Scope) -> Scope:
        if self._who is None:
            address = scope.get("client")
            self._take(scope, f"address {address[0] if address else ''}")
            return scope
        caller = await self._caller(scope, self._who)
        self._take(scope, caller.name)
        return {
            **scope,
            CALLER: caller.name,
            GRANTS: caller.grants,
            REGISTRY: self._views.of(caller.grants),
        }

    async def _caller(self, scope: Scope, who: Who) -> Caller:
        headers = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(headers) == 1:  # with two, whoever is in between may go by the other one
            caller = await who.caller(headers[0].decode("latin-1"))
            if caller is not None:
                return caller
        raise Unauthenticated

    def _take(self, scope: Scope, name: str) -> None:
        buckets = self._shares.reads if _is_read(scope) else self._shares.writes
        if wait := buckets.wait(name):
            raise TooManyRequests(wait)


_ASKS: Final = frozenset({"GET", "HEAD"})
_READING_POSTS: Final = ("/compatibility/", "/subjects/", "/api/v1/contracts/")


def _is_read(scope: Scope) -> bool:
    """A look-up and a check change nothing, though they are POSTs."""
    if scope["method"] in _ASKS:
        return True
    path: str = scope["path"]
    registers = path.endswith("/versions") or ("/versions/" in path and path.endswith("/tags"))
    changes = path.startswith("/subjects/") and registers
    return scope["method"] == "POST" and path.startswith(_READING_POSTS) and not changes


def _private(send: Send) -> Send:
    """Answers differ from caller to caller: no cache in between may hand them on."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["cache-control"] = private(headers.get("cache-control", "no-store"))
            headers.add_vary_header("Authorization")
        await send(message)

    return sending


def guarded(served: Served) -> Handler:
    """The handler of a route, behind the decision that its line of the table asks for."""
    decide = DECISIONS[served.on]

    async def handler(request: Request) -> Response:
        grants: Grants | None = request.scope.get(GRANTS)
        if grants is not None and served.right is not Right.NONE:
            await decide(request, grants, served.right)
        return await served.handler(request)

    return handler


async def _on_nothing(_: Request, grants: Grants, right: Right) -> None:
    if not grants.may(right):
        raise Forbidden(right)


async def _on_subject(request: Request, grants: Grants, right: Right) -> None:
    """Both the name in the path and the subject that it means."""
    if right is Right.SUBJECT_READ:
        return
    name = subject(request)
    check(grants, right, name)
    check(grants, right, await aliased(request))


async def _on_scope(request: Request, grants: Grants, right: Right) -> None:
    name = scope(request)
    if is_context(name):
        if not grants.may(global_right(right), name):
            raise Forbidden(global_right(right), name)
        return
    if right is Right.SUBJECT_COMPATIBILITY_READ and not grants.may(Right.SUBJECT_READ, name):
        return  # nothing is set for it, as far as this caller can see
    check(grants, right, name)


async def _by_what_is_seen(_: Request, __: Grants, ___: Right) -> None:
    """What may not be seen is left out, or is not there."""


async def _in_the_handler(_: Request, __: Grants, ___: Right) -> None:
    """The handler knows the names when it has read the body, and calls `permit`."""


DECISIONS: Final[Mapping[On, Decide]] = {
    On.NOTHING: _on_nothing,
    On.SUBJECT: _on_subject,
    On.ID: _by_what_is_seen,
    On.LIST: _by_what_is_seen,
    On.BODY: _in_the_handler,
    On.SCOPE: _on_scope,
}


def permit(request: Request, right: Right, names: Iterable[str]) -> None:
    """Refuse unless the caller has a right on each of the subjects that a body names."""
    grants: Grants | None = request.scope.get(GRANTS)
    for name in names if grants is not None else ():
        check(grants or Grants(), right, name)


def check(grants: Grants, right: Right, name: str) -> None:
    """Refuse: in the words for a subject that is not there, where it may not be seen."""
    if not grants.may(Right.SUBJECT_READ, name):
        raise SubjectNotFound(name)
    if not grants.may(right, name):
        raise Forbidden(right, name)
