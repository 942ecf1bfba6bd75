"""The ASGI application: routes over a store, errors as answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from lading.model.errors import LadingError
from lading.registry.http import confluent, native
from lading.registry.http.errors import say_http, say_ours, say_unexpected
from lading.registry.http.paths import RawPath
from lading.registry.service import Registry
from lading.registry.settings import Settings

if TYPE_CHECKING:
    from lading.registry.store import Store


def create_app(store: Store, *, settings: Settings | None = None) -> Starlette:
    """Build the application over `store`, which the caller closes."""
    app = Starlette(
        routes=[*confluent.ROUTES, *native.ROUTES],
        exception_handlers={
            LadingError: say_ours,
            HTTPException: say_http,
            Exception: say_unexpected,
        },
    )
    app.router.redirect_slashes = False
    app.add_middleware(RawPath)
    app.state.registry = Registry(store, settings=settings or Settings())
    app.state.bodies = confluent.body_cache()
    app.state.leaving = False
    return app
