"""The normal form of a schema: what Avro and JSON Schema both mean, in one vocabulary.

Spelling is gone here: ``nullable: true``, ``type: [string, "null"]`` and ``["null", "string"]`` are
one `Union`. What a keyword means that we cannot express is kept as `Opaque`, so that a change in it
is *undecided* and never silently fine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from lading.model.values import made_often

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.dialects import Dialect
    from lading.model.document import JsonValue, Origin


LATE: Final = {"late": True}
"""Marks a field that came after fingerprints were handed out: unsaid, it does not change them."""


NAMES_NONE: Final = "\0"
"""In the place of a discriminator value: the branch of messages that name none (OpenAPI 3.2,
``defaultMapping``). No document holds the character."""


class Encoding(StrEnum):
    """How messages travel, which decides what a reader can notice."""

    AVRO = "avro"
    JSON = "json"
    PROTOBUF = "protobuf"


class ScalarType(StrEnum):
    """The leaves, in Avro's words where both formats have the idea."""

    NULL = "null"
    BOOLEAN = "boolean"
    INT = "int"
    """Avro: 32 bits. JSON Schema never normalises to this one."""
    LONG = "long"
    """Avro: 64 bits."""
    FLOAT = "float"
    DOUBLE = "double"
    BYTES = "bytes"
    STRING = "string"
    INTEGER = "integer"
    """JSON Schema: a number without a fraction, of any size."""
    NUMBER = "number"
    """JSON Schema: any number."""


class _NoDefault:
    """The type of `NO_DEFAULT`; ``null`` is a real default, so `None` cannot mark its absence."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT: Final = _NoDefault()
Default: TypeAlias = "JsonValue | _NoDefault"


class Said(NamedTuple):
    """A node as text: see `lading.model.written`."""

    text: str
    names: frozenset[str]
    """The named types that it refers to."""
    schema: str = ""
    """Of a field: the text of its schema."""
    beside: str = ""
    """Of a field: what it says beside its name and its schema."""
    terms: str = ""
    """Of a field: whether it may be missing, for how long it stays and what is said that it means,
    but not by which value or name."""


@dataclass(frozen=True, slots=True)
class Logical:
    """A meaning laid over a scalar: Avro's ``logicalType`` or JSON Schema's ``format``."""

    name: str
    """``decimal``, ``date``, ``timestamp-micros``, ``uuid``, ``date-time`` ..."""
    precision: int | None = None
    """Decimal only: digits in all."""
    scale: int | None = None
    """Decimal only: digits after the point."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Assertions of JSON Schema on scalars, arrays and objects. `None`: not limited."""

    minimum: float | int | None = None
    maximum: float | int | None = None
    exclusive_minimum: float | int | None = None
    exclusive_maximum: float | int | None = None
    multiple_of: float | int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    min_properties: int | None = None
    max_properties: int | None = None
    pattern: str | None = None


NO_LIMITS: Final = Limits()
TAGS: Final = (
    "owner",
    "classification",
    "pii",
    "unit",
    "codelist",
    "taxonomy",
    "definition",
    "scheme",
)
"""What contracts say of a field beside its type, under these names after ``x-``."""
LIMIT_WORDS: Final[Mapping[str, str]] = {
    "minimum": "minimum",
    "exclusive_minimum": "exclusiveMinimum",
    "maximum": "maximum",
    "exclusive_maximum": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
    "min_properties": "minProperties",
    "max_properties": "maxProperties",
    "pattern": "pattern",
}
"""The keyword of JSON Schema for each field of `Limits` that has a value of its own."""


@made_often
class Scalar:
    """A leaf."""

    type: ScalarType
    logical: Logical | None = None
    limits: Limits = NO_LIMITS
    unit: str | None = None
    """UN/ECE Rec 20 code or ISO currency the number counts in (``x-unit``)."""
    scheme: str | None = None
    """The scheme of an identifier (``x-scheme``), e.g. ``GTIN-14``: its form and check digit."""
    open: bool = field(default=False, metadata=LATE)
    """Of null: whether it is taken is up to the reader (`lading.model.nulls`)."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Avro ``fixed``: so many bytes."""

    name: str
    size: int
    logical: Logical | None = None
    aliases: tuple[str, ...] = ()
    unit: str | None = field(default=None, metadata=LATE)
    """As `Scalar.unit`, where the type itself says so."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Enum:
    """A closed or open list of values."""

    symbols: tuple[JsonValue, ...]
    """Avro: strings. JSON Schema (``enum``, ``const``): any scalar; order is not meaning."""
    name: str = ""
    """Avro full name, or the component name; empty when anonymous."""
    default: str | None = None
    """Avro's type-level default: what a reader sees in place of an unknown symbol."""
    open: bool = False
    """Readers promised to accept values that are not listed (``x-extensible-enum``)."""
    aliases: tuple[str, ...] = ()
    taxonomy: str | None = None
    """The taxonomy that defines the symbols (``x-taxonomy``), e.g. ``shipment.status``."""
    doc: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """By all that counts; ``true`` is no number, which Python takes it for."""
        if not isinstance(other, Enum):
            return NotImplemented
        return (
            (self.symbols, self.name, self.default, self.open, self.aliases, self.taxonomy)
            == (other.symbols, other.name, other.default, other.open, other.aliases, other.taxonomy)
        ) and [each is True or each is False for each in self.symbols] == [
            each is True or each is False for each in other.symbols
        ]

    def __hash__(self) -> int:
        """As equality has it, but for what is rare."""
        return hash((self.symbols, self.name, self.open))


@made_often
class Field:
    """One named slot of a record."""

    name: str
    schema: Schema
    required: bool = True
    """A reader refuses a message that lacks it. Avro: no default. JSON: listed in ``required``."""
    default: Default = NO_DEFAULT
    aliases: tuple[str, ...] = ()
    read_only: bool = False
    write_only: bool = False
    deprecated: bool = False
    sunset: str = field(default="", metadata=LATE)
    """Until when it stays, as written (``x-sunset``)."""
    stability: str = field(default="", metadata=LATE)
    """``draft``, ``alpha``, ``beta`` or ``stable`` (``x-stability-level``); empty is stable."""
    means: tuple[tuple[str, str], ...] = field(default=(), metadata=LATE)
    """What is said beside it of what it means, sorted: ``definition``, ``codelist``, ``taxonomy``;
    ``unit`` and ``scheme`` where no scalar below takes them (`Scalar.unit`)."""
    order: str = field(default="", metadata=LATE)
    """Avro: how records sort by it, ``descending`` or ``ignore``; empty is ascending."""
    doc: str = field(default="", compare=False)
    tags: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Governance beside the field: ``owner``, ``pii``, ``classification``, ``taxonomy`` ..."""
    at: Origin | None = field(default=None, compare=False, repr=False)
    said: Said | None = field(default=None, init=False, compare=False, repr=False)
    """All of it as text (`lading.model.written`), once somebody has asked: versions of one contract
    share most of their fields."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """What adds up among the fields of a record, beyond what a type can say (``x-invariants``)."""

    name: str
    rule: str = field(default="", compare=False)
    """In words, for people."""
    check: str = ""
    """A condition over the fields (`lading.model.invariants`); empty: words only, never checked."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@made_often
class Record:
    """Named fields; an Avro record or a JSON object."""

    fields: tuple[Field, ...]
    name: str = ""
    """Avro full name, or the component name; empty when anonymous."""
    aliases: tuple[str, ...] = ()
    rest: Schema | None = None
    """What a reader accepts beside the fields: `Anything` (Avro, open JSON), `Nothing` (closed)."""
    patterns: tuple[tuple[str, Schema], ...] = ()
    limits: Limits = NO_LIMITS
    invariants: tuple[Invariant, ...] = ()
    is_error: bool = field(default=False, metadata=LATE)
    """Avro: written as ``error``, which is read as a record."""
    doc: str = field(default="", compare=False)
    tags: Mapping[str, str] = field(default_factory=dict, compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)


@made_often
class Array:
    """Any number of one thing."""

    items: Schema
    limits: Limits = NO_LIMITS
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tuple:
    """A list whose first items are each of a kind of their own (JSON Schema ``prefixItems``)."""

    prefix: tuple[Schema, ...]
    items: Schema
    """What follows the prefix."""
    limits: Limits = NO_LIMITS
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def keywords(self) -> tuple[str, ...]:
        """What makes it more than a list of one thing."""
        return ("prefixItems",)


@dataclass(frozen=True, slots=True)
class Map:
    """Text keys to one kind of value: Avro ``map``. JSON objects are always a `Record`."""

    values: Schema
    at: Origin | None = field(default=None, compare=False, repr=False)


@made_often
class Union:
    """One of several. Null is a branch like any other; nested unions are flattened."""

    branches: tuple[Schema, ...]
    discriminator: str | None = None
    """OpenAPI: the property whose value names the branch."""
    mapping: tuple[tuple[str, str], ...] = ()
    """OpenAPI: discriminator value to the name of the branch; see `NAMES_NONE`."""
    exclusive: bool = False
    """JSON Schema ``oneOf``: exactly one may match."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@made_often
class Ref:
    """A named type, by name; look it up in `Contract.types`. The only way to write a cycle."""

    name: str
    at: Origin | None = field(default=None, compare=False, repr=False)


@made_often
class Anything:
    """Every value (``true``, ``{}``)."""

    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value (``false``)."""

    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """One further demand on a value, beside what its schema says."""

    keyword: str
    """``not``, ``if``, ``contains``, ``dependentSchemas``, ``propertyNames`` or ``allOf``.

    What ``dependentRequired`` says is said by ``dependentSchemas`` here.
    """
    schema: Schema
    """What must not match (``not``), or what must where the demand applies (``then``)."""
    key: str = ""
    """``dependentSchemas``: the property whose presence makes the demand apply."""
    test: Schema | None = None
    """``if``: what decides between `schema` and `otherwise`."""
    otherwise: Schema | None = None
    """``else``."""
    least: int = 1
    """``minContains``."""
    most: int | None = None
    """``maxContains``."""
    text: str = ""
    """Canonical JSON of what a value may have to *fail*, kept when that refers to named types."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Restricted:
    """A schema under further conditions, all of which must hold."""

    base: Schema
    conditions: tuple[Condition, ...]
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def keywords(self) -> tuple[str, ...]:
        """What makes it more than its base, sorted."""
        return tuple(sorted({each.keyword for each in self.conditions}))


@dataclass(frozen=True, slots=True)
class Opaque:
    """A schema with keywords whose meaning we do not decide yet; compared by its text only."""

    keywords: tuple[str, ...]
    """The keywords that made it so, sorted, e.g. ``("if", "not")``."""
    text: str
    """Canonical JSON of the whole node: equal text means no change, anything else is undecided."""
    dialect: Dialect | None = field(default=None, compare=False, repr=False)
    """The one that does not have the keywords, where it is that which leaves them open."""
    at: Origin | None = field(default=None, compare=False, repr=False)


Schema: TypeAlias = (
    "Scalar | Fixed | Enum | Record | Array | Tuple | Map | Union | Ref | Anything | Nothing"
    "| Restricted | Opaque"
)
