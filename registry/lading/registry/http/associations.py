"""Associations of topics with subjects (Confluent 8.2): there are none here, and it is said so.

Clients ask for them before they pick the name of a subject, and go by the topic when there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lading.registry.errors import AssociationNotFound, NotPermitted
from lading.registry.http.answers import answer
from lading.registry.http.served import Served
from lading.registry.rights import On, Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

BY_RESOURCE: Final = "/associations/resources/{resource:segment}"
BY_NAME: Final = "/associations/resources/{namespace:segment}/{name:segment}"
BY_SUBJECT: Final = "/associations/subjects/{subject:segment}"


async def found(request: Request) -> Response:
    """``GET /associations/...``: an empty list, as from Confluent's registry without any."""
    return answer(request, [])


async def made(_: Request) -> Response:
    """``POST /associations``, ``POST /associations:batch``, ``PUT /associations/resources/...``."""
    raise NotPermitted(
        "Associations are not kept by this registry",
        hint="a topic's subject is named by the strategy of the client",
    )


async def ended(request: Request) -> Response:
    """``DELETE /associations/resources/{resource}``."""
    raise AssociationNotFound(request.path_params["resource"][:200])


SERVED: Final = (
    Served("GET", BY_RESOURCE, found, Right.NONE),
    Served("GET", BY_NAME, found, Right.NONE),
    Served("GET", BY_SUBJECT, found, Right.SUBJECT_READ, On.SUBJECT),
    Served("POST", "/associations", made, Right.SUBJECT_WRITE),
    Served("POST", "/associations:batch", made, Right.SUBJECT_WRITE),
    Served("PUT", BY_RESOURCE, made, Right.SUBJECT_WRITE),
    Served("DELETE", BY_RESOURCE, ended, Right.SUBJECT_WRITE),
)
