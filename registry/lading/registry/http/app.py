"""The ASGI application: routes over a store, errors as answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from lading.model.errors import LadingError
from lading.registry.http import confluent, native
from lading.registry.http.errors import say_http, say_ours, say_unexpected
from lading.registry.http.hot import Table
from lading.registry.http.paths import RawPath
from lading.registry.http.schemas import body_cache
from lading.registry.service import Registry
from lading.registry.settings import Settings

if TYPE_CHECKING:
    from lading.registry.store import Store

SERVED: Final = (*confluent.SERVED, *native.SERVED)
"""Every route, with the right that it asks for."""


def create_app(store: Store, *, settings: Settings | None = None) -> Starlette:
    """Build the application over `store`, which the caller closes."""
    app = Starlette(
        routes=[Route(each.path, each.handler, methods=[each.method]) for each in SERVED],
        exception_handlers={
            LadingError: say_ours,
            HTTPException: say_http,
            Exception: say_unexpected,
        },
    )
    app.router.redirect_slashes = False
    app.add_middleware(RawPath)
    app.state.registry = Registry(store, settings=settings or Settings())
    app.state.bodies = body_cache()
    app.state.hot = Table(store.end)
    app.state.leaving = False
    return app
