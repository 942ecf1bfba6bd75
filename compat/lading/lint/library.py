"""A workspace as the rules see it: every field, type, event and operation with its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from lading.model import CodeMap, Kind, Origin, Taxonomy
from lading.model.messages import faults
from lading.model.pointers import MISSING, resolve, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model import Contract, Document, Ownership, Pointer, Sample, Workspace
    from lading.model.messages import Fault

_METHODS: Final = ("get", "put", "post", "delete", "patch", "options", "head", "trace")


@dataclass(frozen=True, slots=True)
class TypeNode:
    """A record or enum of an Avro document, or a schema object of an OpenAPI document."""

    contract: Contract
    node: dict[str, Any]
    name: str
    """Full name, or the path of the schema."""
    pointer: Pointer

    @property
    def at(self) -> Origin:
        """Where it stands."""
        return Origin(self.contract.document.name, self.pointer)


@dataclass(frozen=True, slots=True)
class FieldNode:
    """A field of an Avro record, or a property of a schema of an OpenAPI document."""

    contract: Contract
    node: dict[str, Any]
    name: str
    owner: TypeNode
    pointer: Pointer

    @property
    def at(self) -> Origin:
        """Where it stands."""
        return Origin(self.contract.document.name, self.pointer)

    @property
    def path(self) -> str:
        """Record and field: ``Shipment.legs``."""
        return f"{self.owner.name.rpartition('.')[2]}.{self.name}"

    @property
    def is_avro(self) -> bool:
        """Whether it is a field of an Avro record."""
        return self.contract.kind is Kind.AVRO

    @property
    def doc(self) -> str:
        """What it says of itself."""
        return str(self.node.get("doc" if self.is_avro else "description") or "")

    def said(self, key: str) -> str:
        """The text under ``x-<key>``; Avro writes the owner without ``x-``."""
        value = self.node.get(f"x-{key}", self.node.get(key) if self.is_avro else None)
        return value if isinstance(value, str) else ""

    @property
    def type(self) -> Any:
        """Its Avro type without null and one list or map around it."""
        return _core(self.node.get("type"))

    @property
    def type_name(self) -> str:
        """The word for `type`: ``string``, a full name, or a logical type."""
        core = self.type
        if isinstance(core, dict):
            return str(core.get("logicalType") or core.get("name") or core.get("type"))
        return str(core)

    @property
    def full_type_name(self) -> str:
        """`type_name`, with the namespace of its record where it is written without one."""
        name = self.type_name
        return name if "." in name else f"{self.owner.name.rpartition('.')[0]}.{name}"

    @property
    def is_list(self) -> bool:
        """Whether it holds several values."""
        return _shape(self.node.get("type")) == "array"

    @property
    def is_map(self) -> bool:
        """Whether it holds values under free keys."""
        if not self.is_avro:
            return isinstance(self.node.get("additionalProperties"), dict)
        return _shape(self.node.get("type")) == "map"

    @property
    def is_optional(self) -> bool:
        """Whether it may be absent."""
        if self.is_avro:
            return isinstance(self.node.get("type"), list)
        return self.name not in self.owner.node.get("required", ())


@dataclass(frozen=True, slots=True)
class OperationNode:
    """An operation of an API, or a webhook."""

    contract: Contract
    node: dict[str, Any]
    method: str
    path: str
    pointer: Pointer
    webhook: bool = False

    @property
    def at(self) -> Origin:
        """Where it stands."""
        return Origin(self.contract.document.name, self.pointer)

    @property
    def name(self) -> str:
        """``getShipment``, or ``GET /shipments``."""
        return str(self.node.get("operationId") or f"{self.method.upper()} {self.path}")

    def resolved(self, node: Any) -> Any:
        """`node`, or what its reference inside the document points at."""
        return _followed(self.contract.document, node)

    @property
    def responses(self) -> dict[str, Any]:
        """Status to response, references followed."""
        found = self.node.get("responses")
        listed = found.items() if isinstance(found, dict) else ()
        return {str(status): self.resolved(each) for status, each in listed}

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Its own and those of its path, references followed."""
        document: Any = self.contract.document.value
        shared = document.get("paths", {}).get(self.path, {}).get("parameters", ())
        listed = [*shared, *self.node.get("parameters", ())]
        return [each for each in map(self.resolved, listed) if isinstance(each, dict)]


class Library:
    """A workspace, with the indexes that rules share; each is made once, when first asked for."""

    def __init__(self, workspace: Workspace, *, today: str) -> None:
        self.workspace = workspace
        self.today = today
        """ISO date, for what ends."""

    @cached_property
    def avro(self) -> tuple[Contract, ...]:
        """The Avro contracts."""
        return self._of(Kind.AVRO)

    @cached_property
    def apis(self) -> tuple[Contract, ...]:
        """The OpenAPI contracts."""
        return self._of(Kind.OPENAPI)

    @cached_property
    def taxonomies(self) -> Mapping[str, tuple[Contract, Taxonomy]]:
        """By name: ``shipment.status``."""
        found = ((each, each.body) for each in self._of(Kind.TAXONOMY))
        return {body.name: (each, body) for each, body in found if isinstance(body, Taxonomy)}

    @cached_property
    def mappings(self) -> tuple[tuple[Contract, CodeMap], ...]:
        """Contracts and bodies of the mappings."""
        found = ((each, each.body) for each in self._of(Kind.MAPPING))
        return tuple((each, body) for each, body in found if isinstance(body, CodeMap))

    def _of(self, kind: Kind) -> tuple[Contract, ...]:
        return tuple(each for each in self.workspace.contracts if each.kind is kind)

    @cached_property
    def events(self) -> tuple[Contract, ...]:
        """Avro contracts below ``events/``."""
        return tuple(each for each in self.avro if each.document.name.startswith("events/"))

    @cached_property
    def objects(self) -> Mapping[str, Ownership]:
        """Rows of ``ownership.yaml`` by id."""
        return {each.id: each for each in self.workspace.ownership if each.id}

    @cached_property
    def systems(self) -> frozenset[str]:
        """Ids of the connected systems."""
        return frozenset(each.id for each in self.workspace.systems)

    @cached_property
    def types(self) -> tuple[TypeNode, ...]:
        """Every record and enum of every Avro document."""
        return tuple(
            found
            for each in self.avro
            for found in _types(each, each.document.value, (), _space(each.document.value))
        )

    @cached_property
    def named(self) -> Mapping[str, TypeNode]:
        """Avro types by full name."""
        return {each.name: each for each in self.types}

    @cached_property
    def records(self) -> tuple[TypeNode, ...]:
        """Avro records."""
        return tuple(each for each in self.types if each.node.get("type") == "record")

    @cached_property
    def enums(self) -> tuple[TypeNode, ...]:
        """Avro enums."""
        return tuple(each for each in self.types if each.node.get("type") == "enum")

    @cached_property
    def schemas(self) -> tuple[TypeNode, ...]:
        """Every schema object of every API that has properties or an enum."""
        return tuple(
            found for each in self.apis for found in _schemas(each, each.document.value, ())
        )

    @cached_property
    def parts(self) -> tuple[TypeNode, ...]:
        """Every schema object of every API, the parts of schemas among them."""
        return tuple(found for each in self.apis for found in _parts(each, each.document.value, ()))

    @cached_property
    def avro_fields(self) -> tuple[FieldNode, ...]:
        """Every field of every Avro record."""
        return tuple(
            FieldNode(each.contract, node, str(node.get("name")), each, pointer)
            for each in self.records
            for node, pointer in _entries(each.node.get("fields"), (*each.pointer, "fields"))
        )

    @cached_property
    def properties(self) -> tuple[FieldNode, ...]:
        """Every property of every schema of the APIs."""
        return tuple(
            FieldNode(each.contract, node, name, each, (*each.pointer, "properties", name))
            for each in self.schemas
            for name, node in each.node.get("properties", {}).items()
            if isinstance(node, dict)
        )

    @cached_property
    def fields(self) -> tuple[FieldNode, ...]:
        """Fields of messages and properties of APIs alike."""
        return (*self.avro_fields, *self.properties)

    @cached_property
    def operations(self) -> tuple[OperationNode, ...]:
        """Operations and webhooks of every API."""
        return tuple(found for each in self.apis for found in _operations(each))

    def event(self, subject: str) -> Contract | None:
        """The event of that subject."""
        return self._events.get(subject)

    @cached_property
    def _events(self) -> dict[str, Contract]:
        return {str(each.subject): each for each in self.events}

    def carried(self, event: Contract, path: str) -> FieldNode | None:
        """The field of `event` that a dotted `path` of names leads to; `None`: it leads nowhere."""
        found: FieldNode | None = None
        record = self._record(event.document.value, "")
        for name in path.split("."):
            listed = _entries(record.node.get("fields"), record.pointer) if record else ()
            node = next((each for each, _ in listed if each.get("name") == name), None)
            if record is None or node is None:
                return None
            found = FieldNode(event, node, name, record, ())
            record = self._record(found.type, record.name.rpartition(".")[0])
        return found

    def _record(self, kind: Any, space: str) -> TypeNode | None:
        """The record that `kind` is or names, as far as the Avro contracts have it."""
        if isinstance(kind, dict) and "name" in kind:
            space = str(kind.get("namespace") or space)
            kind = str(kind["name"])
        if not isinstance(kind, str):
            return None
        return self.named.get(kind if "." in kind else f"{space}.{kind}")

    def faults(self, sample: Sample) -> tuple[Fault, ...]:
        """What makes `sample` no message of its contract; said of Avro contracts alone."""
        contract = self.workspace.contract(sample.subject)
        if contract is None or contract.kind is not Kind.AVRO:
            return ()
        key = (str(sample.subject), sample.name)
        if key not in self._faults:
            self._faults[key] = faults(contract, sample.document.value)
        return self._faults[key]

    @cached_property
    def _faults(self) -> dict[tuple[str, str], tuple[Fault, ...]]:
        return {}

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """Messages that must be right."""
        return tuple(
            each for each in self.workspace.samples if not each.name.startswith("invalid-")
        )


def _followed(document: Document, node: Any) -> Any:
    """`node`, or what its reference inside `document` points at; `None` when it points nowhere."""
    for _ in range(20):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str):
            return node
        file, pointer = split(reference)
        node = resolve(document.value, pointer) if pointer and not file else None
        if node is MISSING:
            return None
    return None


def _core(node: Any) -> Any:
    if isinstance(node, list):
        branches = [each for each in node if each != "null"]
        return _core(branches[0]) if len(branches) == 1 else node
    if isinstance(node, dict) and node.get("type") in ("array", "map"):
        return _core(node.get("items", node.get("values")))
    return node


def _shape(node: Any) -> str:
    if isinstance(node, list):
        return next((_shape(each) for each in node if each != "null"), "")
    return str(node.get("type")) if isinstance(node, dict) else ""


def _space(node: Any) -> str:
    return str(node.get("namespace") or "") if isinstance(node, dict) else ""


def _types(contract: Contract, node: Any, at: Pointer, space: str) -> Iterator[TypeNode]:
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _types(contract, each, (*at, index), space)
    if not isinstance(node, dict):
        return
    if node.get("type") in ("record", "enum") and "name" in node:
        space = str(node.get("namespace") or space)
        yield TypeNode(contract, node, f"{space}.{node['name']}", at)
    for key in ("type", "items", "values"):
        yield from _types(contract, node.get(key), (*at, key), space)
    for index, each in enumerate(node.get("fields", ()) if node.get("type") == "record" else ()):
        yield from _types(contract, each.get("type"), (*at, "fields", index, "type"), space)


def _entries(listed: Any, at: Pointer) -> Iterator[tuple[dict[str, Any], Pointer]]:
    for index, each in enumerate(listed or ()):
        if isinstance(each, dict):
            yield each, (*at, index)


def _schemas(contract: Contract, node: Any, at: Pointer) -> Iterator[TypeNode]:
    """Schema objects: what has properties or an enum, outside examples."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _schemas(contract, each, (*at, index))
    if not isinstance(node, dict):
        return
    is_names = bool(at) and at[-1] == "properties"
    if not is_names and (isinstance(node.get("properties"), dict) or "enum" in node):
        yield TypeNode(contract, node, "/".join(map(str, at)), at)
    for key, each in node.items():
        if key not in ("example", "examples", "default", "enum") or is_names:
            yield from _schemas(contract, each, (*at, key))


_HELD: Final = frozenset(
    {
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "itemSchema",
        "not",
        "schema",
        "then",
    }
)
"""Below these stands a schema."""
_NAMED: Final = frozenset(
    {
        "$defs",
        "allOf",
        "anyOf",
        "oneOf",
        "patternProperties",
        "prefixItems",
        "properties",
        "schemas",
    }
)
"""Below these stand schemas, each by its name or its number."""


def _parts(contract: Contract, node: Any, at: Pointer) -> Iterator[TypeNode]:
    """Schema objects of all kinds, outside examples."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _parts(contract, each, (*at, index))
    if not isinstance(node, dict):
        return
    is_named = len(at) > 1 and at[-2] in _NAMED
    if is_named or (at and at[-1] in _HELD):
        yield TypeNode(contract, node, "/".join(map(str, at)), at)
    for key, each in node.items():
        if key not in ("const", "default", "enum", "example", "examples") or at[-1:] == (
            "properties",
        ):
            yield from _parts(contract, each, (*at, key))


def _operations(contract: Contract) -> Iterator[OperationNode]:
    document: Any = contract.document.value
    for part in ("paths", "webhooks"):
        for path, item in (document.get(part) or {}).items():
            for method in _METHODS:
                node = item.get(method) if isinstance(item, dict) else None
                if isinstance(node, dict):
                    at = (part, path, method)
                    yield OperationNode(contract, node, method, path, at, part == "webhooks")
