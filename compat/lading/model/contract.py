"""The nouns: subject, kind, promise, terms, contract."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NewType, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.api import Api
    from lading.model.document import Document, Origin
    from lading.model.proto import ProtoFile
    from lading.model.schema import Schema
    from lading.model.taxonomy import CodeMap, Taxonomy
    from lading.model.written import Part, Written

Subject = NewType("Subject", str)
"""The stable name of a contract across its versions.

Avro: the full name (``logistics.shipment.v1.ShipmentConfirmed``). Others: folder, name and major
version (``apis.shipment-visibility.v1``, ``taxonomies.shipment.status.v1``,
``mappings.x12.214-at7-01.v1``).
"""

Fingerprint = NewType("Fingerprint", str)
"""SHA-256 (hex) of the normal form: equal fingerprints mean interchangeable contracts."""


class Kind(StrEnum):
    """The schema types of the registry."""

    AVRO = "AVRO"
    JSON = "JSON"
    PROTOBUF = "PROTOBUF"
    OPENAPI = "OPENAPI"
    TAXONOMY = "TAXONOMY"
    MAPPING = "MAPPING"


class Slot(StrEnum):
    """Where a schema sits in the traffic, which decides who reads it."""

    EVENT = "event"
    """Stored and read by many, now and later: both directions matter."""
    REQUEST = "request"
    """Written by clients, read by the provider."""
    RESPONSE = "response"
    """Written by the provider, read by clients."""


class Compatibility(StrEnum):
    """The levels of a promise, in the words of the Confluent API."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @property
    def transitive(self) -> bool:
        """Whether every earlier version counts, not only the latest."""
        return self.value.endswith("_TRANSITIVE")


class Lifecycle(StrEnum):
    """The state of a contract."""

    DRAFT = "draft"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Terms:
    """What ``contract.yaml`` says of a contract: who owns it and what is promised."""

    owner: str = ""
    """System of record, an id of ``systems.yaml``."""
    team: str = ""
    contact: str = ""
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    version: str = ""
    """Semantic version of the contract, ``1.0.0``."""
    promise: Compatibility | None = None
    """`None`: the workspace's default for the slot."""
    audience: str = "internal"
    """``internal``, ``partner`` or ``public``."""
    producer: str = ""
    """The only system that may produce it (events)."""
    proposers: tuple[str, ...] = ()
    """Systems that may send it although they do not own the object (proposals)."""
    consumers: tuple[str, ...] = ()
    """Systems it is meant for; who reads which field is said by ``consumers/``."""
    intent: str = ""
    """``fact``: the owner states it. ``proposal``: somebody asks the owner for it."""
    object: str = ""
    """Row of ``ownership.yaml`` that it is about."""
    scope: str = ""
    """Field whose value decides which of several owners speaks, e.g. ``warehouse_id``."""
    topic: str = ""
    key: str = ""
    description: str = ""
    sla: Mapping[str, str] = field(default_factory=dict)
    delivery: Mapping[str, str] = field(default_factory=dict)
    """How it travels: ``guarantee``, ``ordering``, ``replay_window``, ``dead_letter`` ..."""
    retention: str = ""
    purpose: str = ""
    """Why personal data in it may be processed."""
    on_call: str = ""
    """Whom to wake when it fails at night."""
    escalation: str = ""
    """Who decides when the team does not answer."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A contract used by another, as the Confluent API writes it."""

    name: str
    """The name used inside the document: an Avro full name, or the text of a ``$ref``."""
    subject: Subject
    version: int = 0
    """The registry's version number; 0 while the contract is only a file."""


Body: TypeAlias = "Schema | Api | Taxonomy | CodeMap | ProtoFile"


@dataclass(frozen=True)
class Contract:
    """One version of one subject, in normal form, with the documents it was read from."""

    subject: Subject
    kind: Kind
    body: Body
    types: Mapping[str, Schema] = field(default_factory=dict)
    """Every named type that `body` reaches through `Ref`."""
    documents: tuple[Document, ...] = field(default=(), compare=False, repr=False)
    """Its own document first, then the ones it refers to: for frames and generators."""
    references: tuple[Reference, ...] = ()
    """Direct references only, in order of first use."""
    terms: Terms = field(default_factory=Terms, compare=False)
    version: int = field(default=0, compare=False)
    """The registry's version number; 0 while the contract is only a file."""
    found: Mapping[str, Document] = field(default_factory=dict, compare=False, repr=False)
    """The documents it was read with, by the name it uses."""

    def numbered(self, version: int) -> Contract:
        """The same as a version of a registry; what is known of its schema stays known."""
        if version == self.version:
            return self
        made = copy(self)
        made.__dict__["version"] = version
        made.__dict__.pop("exact", None)  # which has a version too
        return made

    @cached_property
    def exact(self) -> Contract:
        """The same, with JSON Schema read to the letter: see `read_contract`."""
        from lading.model.read import read_contract

        if self.kind not in {Kind.JSON, Kind.OPENAPI} or not self.documents:
            return self
        read = read_contract(
            self.kind,
            self.document,
            subject=self.subject,
            references=self.found,
            terms=self.terms,
            exact=True,
            flawed=True,  # who read it before has minded that, or not
        )
        return replace(read, references=self.references, version=self.version)

    @cached_property
    def unsettled(self) -> Mapping[str, str]:
        """The operations of an API that say that they are no more than draft or alpha, by key."""
        operations = getattr(self.body, "operations", ())
        return {
            each.key: each.stability for each in operations if each.stability in {"draft", "alpha"}
        }

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """Of the normal form, not of the text: judging asks for none, so it is computed late."""
        from lading.model.canonical import fingerprint

        return fingerprint(self.kind, self.body, self.types)

    @cached_property
    def written(self) -> Mapping[str, Written]:
        """What its schema and each of its types say, as text; Avro only, else empty."""
        from lading.model.written import written

        if self.kind is not Kind.AVRO:
            return {}
        return written(cast("Schema", self.body), self.types)

    @cached_property
    def parts(self) -> frozenset[Part]:
        """The same in parts: two versions differ in those that one alone has. Avro only."""
        from lading.model.written import parts

        return parts(self.written)

    @property
    def document(self) -> Document:
        """The document the contract was written in."""
        return self.documents[0]

    @property
    def origin(self) -> Origin | None:
        """Where the contract starts."""
        return self.body.at
