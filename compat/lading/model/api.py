"""The normal form of an HTTP API: operations, parameters, bodies, responses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lading.model.document import Origin
    from lading.model.schema import Schema


class In(StrEnum):
    """Where a parameter travels."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"


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
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Media:
    """One media type of a body."""

    type: str
    schema: Schema
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Body:
    """A request body."""

    contents: tuple[Media, ...]
    required: bool = False
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What one status code (``200``, ``4XX``, ``default``) carries."""

    status: str
    contents: tuple[Media, ...] = ()
    headers: tuple[Parameter, ...] = ()
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
    webhook: bool = False
    """The provider calls: what is a request elsewhere is read by the client here."""
    summary: str = field(default="", compare=False)
    doc: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """How it is named in verdicts: ``GET /shipments/{shipment_id}``, ``webhook POST moved``."""
        return f"{'webhook ' if self.webhook else ''}{self.method.upper()} {self.written_path}"


@dataclass(frozen=True, slots=True)
class Api:
    """An OpenAPI document in normal form."""

    title: str
    version: str
    operations: tuple[Operation, ...]
    servers: tuple[str, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()
    """(what, canonical text) of parts that are not judged yet, e.g. callbacks and links.

    A change in them is undecided.
    """
    doc: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)
