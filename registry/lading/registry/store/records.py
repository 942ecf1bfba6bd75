"""What is stored, as values, and what makes two of them the same."""

from __future__ import annotations

import hashlib
import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from lading.model.contract import Kind
from lading.registry import spellings
from lading.registry.plain import is_plain, sorted_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lading.model.contract import Reference
    from lading.model.document import JsonValue

JsonObject = dict[str, Any]
T = TypeVar("T")

LAST: Final = 2**31 - 1
"""The highest id and number there is: four bytes with a sign stand for an id before a payload."""
LAST_BROUGHT: Final = 2_000_000_000
"""The highest that an import may bring. Ids and numbers are never given out again, so without room
above them one import would end all registering in its context."""


@dataclass(frozen=True)
class Content:
    """What an id stands for: immutable once it has one."""

    kind: Kind
    text: str
    """Canonical text, as handed out."""
    references: tuple[Reference, ...] = ()
    """Direct ones, with the version numbers they were registered with."""
    metadata: JsonObject | None = None
    """``{tags?, properties?, sensitive?}`` as in the Confluent API."""
    rules: JsonObject | None = None
    """A Confluent ``ruleSet``: kept and returned, never enforced here."""

    @cached_property
    def words(self) -> str:
        """SHA-256 of kind, text and references: what a look-up without metadata asks for."""
        return _digest(self.kind, self.text, _pairs(self.references))

    @cached_property
    def identity(self) -> str:
        """SHA-256 of everything: equal identities share one id."""
        return _digest(self.words, self.metadata, self.rules)

    @cached_property
    def normal(self) -> str:
        """SHA-256 that ignores how it is spelt, the order of keys and that of references.

        ``normalize=true`` asks for it, and who finds no schema by its words.
        """
        value = self.__dict__.pop("_value", _UNREAD)
        form = _form(self.kind, self.text) if value is _UNREAD else _plain_form(self.kind, value)
        return _digest(self.kind, form, sorted(_pairs(self.references)))

    def read_as(self, value: JsonValue) -> None:
        """Keep the value of a text that is plain until `normal` is asked for: it reads no more."""
        self.__dict__["_value"] = value

    def digested_as(self, identity: str, words: str, normal: str, guid: str) -> None:
        """Take over what another process has worked out of the same content."""
        self.__dict__.update(identity=identity, words=words, normal=normal, guid=guid)

    def is_spelt_otherwise(self, other: Content) -> bool:
        """Whether it is the schema of `other` in other words; both have the same `normal`.

        Avro and Protobuf are what a reader makes of them; the order of references counts, and in
        JSON Schema that of keys, as in Confluent's registry.
        """
        return self.kind in _SPELT and self.references == other.references

    @cached_property
    def guid(self) -> str:
        """The id that is the same in every registry, byte for byte as Confluent computes it."""
        digest = hashlib.md5(b"".join(_guid_parts(self)), usedforsecurity=False)
        return str(uuid.UUID(bytes=digest.digest()))

    @property
    def properties(self) -> Mapping[str, str]:
        """``metadata.properties``, empty when there are none."""
        return (self.metadata or {}).get("properties") or {}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one subject."""

    subject: str
    number: int
    id: int
    content: Content
    at: int
    """Milliseconds since 1970 when it was registered."""
    deleted: bool = False
    """Softly: hidden from lists, ``latest`` and the gate; its id still resolves."""
    seq: int = 0
    """The number of the change that made it, in the log."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is kept of a subject beside its versions."""

    name: str
    head: int
    """The highest number ever given out; numbers are not used again."""
    seq: int
    """The number of the last change to it, in the log."""


@dataclass(frozen=True, slots=True)
class Part:
    """Of a list: `start` are passed over, and no more than `most` (`None`: all) are taken."""

    start: int = 0
    most: int | None = None

    def of(self, rows: Iterable[T]) -> list[T]:
        """That part of what is listed already."""
        return [*islice(rows, self.start, None if self.most is None else self.start + self.most)]


WHOLE: Final = Part()


@dataclass(frozen=True, slots=True)
class Append:
    """A version that passed, and what has to be as it was for that to hold."""

    subject: str
    content: Content
    seq: int
    """`Subject.seq` when it was judged; 0: the subject was not there."""
    epoch: int
    """`Head.epoch` when it was judged."""
    by: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A version that holds an id, or that refers to another version."""

    subject: str
    number: int
    id: int
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token; moments are milliseconds since 1970."""

    id: str
    secret: str
    """SHA-256 (hex) of its secret, which nobody keeps."""
    name: str
    """Who it stands for."""
    grants: str
    """What it allows, as JSON."""
    made: int
    expires: int
    ended: int | None = None
    """From when on it is no good any more, whatever it said when it was made."""
    used: int | None = None
    """When it was last seen, to a minute."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the search knows."""

    seq: int
    """The last entry of the log that it has taken in."""
    form: int
    """Of the tokens it was made of; 0: of none yet."""


Sought = tuple[tuple[str, ...], ...]
"""Tokens that are asked for: one of each group. One with a star stands for all it is a start of."""


class Moved(Exception):  # noqa: N818 - no error: it is judged again
    """Something has changed since an `Append` was judged."""


def _digest(*parts: object) -> str:
    """SHA-256 of parts as JSON, of which there is one spelling only."""
    if dict not in map(type, parts):  # texts and whole numbers: all spell them alike
        with suppress(orjson.JSONEncodeError):  # half of a surrogate pair
            return hashlib.sha256(orjson.dumps(parts)).hexdigest()
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _pairs(references: tuple[Reference, ...]) -> list[tuple[str, str, int]]:
    return [(each.name, each.subject, each.version) for each in references]


_UNREAD: Final = object()
"""In place of the value of a text that was not read."""
_SPELT: Final = frozenset({Kind.AVRO, Kind.PROTOBUF})
"""Kinds of which one schema has many texts."""


def _form(kind: Kind, text: str) -> str:
    """What all spellings of a text have in common."""
    if kind is Kind.PROTOBUF:
        return spellings.protobuf(text)
    try:
        if is_plain(text):
            return _plain_form(kind, orjson.loads(text))
        return json.dumps(_spelt(kind, json.loads(text)), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return text  # YAML: only its own spelling is the same


def _plain_form(kind: Kind, value: JsonValue) -> str:
    """Likewise of a plain text that was read."""
    return sorted_value(_spelt(kind, value))


def _spelt(kind: Kind, value: JsonValue) -> Any:
    return spellings.avro(value) if kind is Kind.AVRO else value


def _guid_parts(content: Content) -> Iterator[bytes]:
    yield content.text.encode("utf-8", "surrogatepass")
    for each in content.references:
        yield from _texts(each.name, each.subject)
        yield each.version.to_bytes(4, "big", signed=True)
    if content.metadata is not None:
        yield b"\x01"
        yield from _metadata_parts(content.metadata)
    if content.rules is not None:
        yield b"\x01"
        for group in ("migrationRules", "domainRules", "encodingRules"):
            for rule in content.rules.get(group) or ():
                yield from _rule_parts(rule)
        yield from _texts(content.rules.get("enableAt"))


def _metadata_parts(metadata: JsonObject) -> Iterator[bytes]:
    for key, values in sorted((metadata.get("tags") or {}).items()):
        yield from _texts(key, *sorted(values or ()))
    for key, value in sorted((metadata.get("properties") or {}).items()):
        yield from _texts(key, value)
    yield from _texts(*sorted(metadata.get("sensitive") or ()))


def _rule_parts(rule: JsonObject) -> Iterator[bytes]:
    yield from _texts(*(rule.get(key) for key in ("name", "doc", "kind", "mode", "type")))
    yield from _texts(*(rule.get("tags") or ()))
    for key, value in (rule.get("params") or {}).items():
        yield from _texts(key, value)
    yield from _texts(*(rule.get(key) for key in ("expr", "onSuccess", "onFailure")))
    if rule.get("disabled"):
        yield b"\x01"


def _texts(*values: object) -> Iterator[bytes]:
    yield from (str(each).encode("utf-8", "surrogatepass") for each in values if each is not None)
