"""A route with what it takes to be allowed: the table that decides is made of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

Handler: TypeAlias = "Callable[[Request], Awaitable[Response]]"


@dataclass(frozen=True, slots=True)
class Served:
    """One method of one path."""

    method: str
    path: str
    handler: Handler
    right: Right
    on: On = On.NOTHING
