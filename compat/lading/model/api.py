"""The normal form of an HTTP API: operations, parameters, bodies, responses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lading.model.schema import LATE, NO_DEFAULT

if TYPE_CHECKING:
    from lading.model.document import Origin
    from lading.model.schema import Default, Ref, Schema

_JSON: Final = re.compile(r"application/(.+\+)?json|text/json")
_QUOTED: Final = re.compile(r'"([a-z0-9!#$%&*+.^_`|~-]+)"$')
_UTF_8: Final = re.compile(r'charset="?utf-8"?')


class In(StrEnum):
    """Where a parameter travels."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    QUERYSTRING = "querystring"
    """The query as a whole (OpenAPI 3.2); its name is on no wire."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; path-level ones are copied down to each operation."""

    name: str
    """As on the wire; headers in lower case.

    Path parameters by position (``{1}``), since their name is free.
    """
    location: In
    schema: Schema
    required: bool = False
    style: str = ""
    explode: bool = False
    deprecated: bool = False
    sunset: str = field(default="", metadata=LATE)
    """Until when it stays, as written (``x-sunset``)."""
    stability: str = field(default="", metadata=LATE)
    """``draft``, ``alpha``, ``beta`` or ``stable`` (``x-stability-level``); empty is stable."""
    reserved: bool = field(default=False, metadata=LATE)
    """``allowReserved``: a value may hold ``:/?#[]@!$&'()*+,;=`` as they are."""
    empty: bool = field(default=False, metadata=LATE)
    """``allowEmptyValue``: the name alone is a value."""
    default: Default = field(default=NO_DEFAULT, metadata=LATE)
    """What a request without it means (``schema.default``)."""
    media: str = field(default="", metadata=LATE)
    """The media type that it is written in (``content``); empty: by `style` and `explode`."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """How one property of a form is written (Encoding Object)."""

    name: str
    style: str = ""
    """Empty: as its content type has it, not as a query would."""
    explode: bool = False
    reserved: bool = False
    """``allowReserved``."""
    contents: tuple[str, ...] = ()
    """The content types that it may be of, sorted; none: the one that its schema implies."""
    headers: str = ""
    """Canonical text of its headers."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Media:
    """One media type of a body."""

    type: str
    schema: Schema
    items: Schema | None = field(default=None, metadata=LATE)
    """What each item of a stream is (OpenAPI 3.2, ``itemSchema``); `None`: it is no stream."""
    undecided: tuple[tuple[str, str], ...] = field(default=(), metadata=LATE)
    """(what, canonical text) of parts that are not judged: a change in them is undecided."""
    parts: tuple[Part, ...] = field(default=(), metadata=LATE)
    """How properties of a form are written, where something is said of it."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Body:
    """A request body."""

    contents: tuple[Media, ...]
    required: bool = False
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a client may go on from a response."""

    name: str
    target: str
    """The operation, as ``get /shipments/{}``; as it was written when there is no such one."""
    values: str = ""
    """Canonical text of what is handed over: parameters and body."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What one status code (``200``, ``4XX``, ``default``) carries."""

    status: str
    contents: tuple[Media, ...] = ()
    headers: tuple[Parameter, ...] = ()
    links: tuple[Link, ...] = field(default=(), metadata=LATE)
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Security:
    """One way in: every scheme of it must be satisfied. An `Operation` lists alternatives."""

    schemes: tuple[tuple[str, tuple[str, ...]], ...]
    """(scheme name, scopes) pairs, sorted; empty: anonymous."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: str
    """Lower case."""
    path: str
    """With parameter names blanked: ``/shipments/{}``, so a rename there is no change."""
    written_path: str = field(compare=False)
    """As in the document, for people."""
    operation_id: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: tuple[Response, ...] = ()
    security: tuple[Security, ...] = ()
    deprecated: bool = False
    sunset: str = field(default="", metadata=LATE)
    stability: str = field(default="", metadata=LATE)
    """As of a `Parameter`."""
    webhook: bool = False
    """The provider calls: what is a request elsewhere is read by the client here."""
    callback: str = field(default="", metadata=LATE)
    """Of a callback: its name; the provider calls it, as a webhook, at a URL the request named."""
    callbacks: tuple[Operation, ...] = field(default=(), metadata=LATE)
    servers: tuple[str, ...] = field(default=(), metadata=LATE)
    """Its own, or those of its path; empty: those of the API."""
    undecided: tuple[tuple[str, str], ...] = field(default=(), metadata=LATE)
    """As of a `Media`."""
    summary: str = field(default="", compare=False)
    doc: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """How it is named in verdicts: ``GET /shipments/{shipment_id}``, ``webhook POST moved``."""
        shown = f"{self.method.upper()} {self.written_path}"
        if self.callback:
            return f"callback {self.callback} {shown}"
        return f"webhook {shown}" if self.webhook else shown


@dataclass(frozen=True, slots=True)
class Family:
    """A type whose discriminator names the types that build on it by ``allOf``."""

    name: str
    """Of the type that they build on."""
    property: str
    """What names one of them."""
    members: tuple[tuple[str, Ref], ...]
    """(value of the property, the type it names), sorted."""


@dataclass(frozen=True, slots=True)
class Api:
    """An OpenAPI document in normal form."""

    title: str
    version: str
    operations: tuple[Operation, ...]
    servers: tuple[str, ...] = ()
    schemes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = field(default=(), metadata=LATE)
    """(name, its parts as (key, canonical text)) of each security scheme that is asked for."""
    deprecated: tuple[str, ...] = field(default=(), metadata=LATE)
    """The names of those that are on their way out (OpenAPI 3.2), sorted."""
    undecided: tuple[tuple[str, str], ...] = ()
    """As of a `Media`: the variables of servers."""
    families: tuple[Family, ...] = field(default=(), metadata=LATE)
    doc: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)


def is_json(type_: str) -> bool:
    """Whether bodies of a media type are JSON."""
    return bool(_JSON.fullmatch(type_.partition(";")[0].strip()))


def media_name(type_: str) -> str:
    """A media type as it is compared: its parameters have no order, and quotes mean nothing.

    JSON is UTF-8, whether that is said or not (RFC 9110, 8.3.1; RFC 8259, 11).
    """
    name, *rest = (each.strip() for each in type_.lower().split(";"))
    kept = (each for each in rest if not (is_json(name) and _UTF_8.fullmatch(each)))
    return ";".join((name, *sorted(_QUOTED.sub(r"\1", each) for each in kept)))


def media_ranges(type_: str) -> tuple[str, ...]:
    """What stands in for a media type that is not listed, the most specific first."""
    name = type_.partition(";")[0]
    whole = f"{name.partition('/')[0]}/*"
    return tuple(each for each in (whole, "*/*") if name not in {each, "*/*"})
