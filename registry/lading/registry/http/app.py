"""The ASGI application: routes over a store, errors as answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from lading.model.errors import LadingError
from lading.registry.auth.credentials import Known, Who
from lading.registry.auth.passes import Passes
from lading.registry.auth.rates import UNLIMITED, Shares
from lading.registry.errors import AccessError
from lading.registry.http import (
    bundles,
    changes,
    confluent,
    document,
    health,
    metrics,
    native,
    search,
    tokens,
    verdicts,
)
from lading.registry.http.errors import say_http, say_ours, say_unexpected
from lading.registry.http.guard import Door, Views, guarded
from lading.registry.http.hot import Table
from lading.registry.http.landing import judges
from lading.registry.http.metrics import Metrics
from lading.registry.http.observed import Routed
from lading.registry.http.paths import VERSIONS, RawPath
from lading.registry.http.schemas import at_once, body_cache
from lading.registry.http.straight import Straight
from lading.registry.search import Index
from lading.registry.service import Registry
from lading.registry.settings import Auth, Settings

if TYPE_CHECKING:
    from lading.registry.store import Store

SERVED: Final = (
    *confluent.SERVED,
    *native.SERVED,
    *verdicts.SERVED,
    *search.SERVED,
    *changes.SERVED,
    *document.SERVED,
    *tokens.SERVED,
    *bundles.SERVED,
    *health.SERVED,
    *metrics.SERVED,
)
"""Every route, with the right that it asks for."""


def create_app(
    store: Store, *, settings: Settings | None = None, measured: Metrics | None = None
) -> Starlette:
    """Build the application over `store`, which the caller closes."""
    chosen = settings or Settings()
    meter = measured or Metrics(store, Table(store.end))
    registry = Registry(store, settings=chosen, meter=meter)
    app = Starlette(
        routes=[Route(each.path, guarded(each), methods=[each.method]) for each in SERVED],
        exception_handlers={
            LadingError: say_ours,
            HTTPException: say_http,
            Exception: say_unexpected,
        },
    )
    app.router.redirect_slashes = False
    app.add_middleware(Routed)
    asks = chosen.auth is not Auth.OFF
    rates = chosen.access.rates if asks else chosen.rates
    who = _who(store, chosen) if asks else None
    shares = Shares(rates)
    if asks or rates != UNLIMITED:
        app.add_middleware(Door, who=who, views=Views(registry), shares=shares, served=SERVED)
    app.add_middleware(RawPath)
    app.state.registry = registry
    app.state.bodies = body_cache()
    app.state.metrics = meter
    app.state.judges = judges(store)
    app.state.hot = table = meter.table
    if who is not None:
        table.is_open, table.passes = False, Passes(who.known, shares.reads)
    elif rates == UNLIMITED:
        straight = Straight(registry, app.state.judges)
        table.register, table.early = straight, straight.early
        table.landed = partial(meter.answered, "POST", VERSIONS, 200)
    if store.is_local and (who is not None or rates == UNLIMITED):
        table.make = at_once(registry, table)
    app.state.index = Index(store)
    app.state.streams = 0
    app.state.leaving = False
    return app


def _who(store: Store, settings: Settings) -> Who:
    access = settings.access
    known = Known(store, access)
    if settings.auth is Auth.TOKENS:
        return Who(known, access)
    if access.oidc is None:
        raise AccessError(
            "who vouches for callers is not said", hint="write [oidc] in the access file"
        )
    from lading.registry.auth.oidc import Verifier

    return Who(known, access, Verifier(access.oidc))
