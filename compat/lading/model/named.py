"""The named types that schemas of JSON lead to, and those that are still to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lading.model.conditions import TYPES
from lading.model.notes import Notes
from lading.model.pointers import written
from lading.model.schema import Anything, Enum, Record, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.dialects import Dialect
    from lading.model.document import Document, JsonValue, Pointer
    from lading.model.jsonschema import JsonSchemaReader
    from lading.model.schema import Schema

MAX_STEPS: Final = 20
"""Longest chain of types that only refer to types."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A type that was referred to and is still to be read."""

    reader: JsonSchemaReader
    target: Any
    pointer: Pointer

    def read(self) -> Schema:
        """The type."""
        with self.reader.untyped_as(self.reader.types.untyped):
            schema = self.reader.schema(self.target, self.pointer)
        return named(schema, type_name(self.pointer)) if self.pointer else schema


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference of an opaque node leads to."""

    document: Document
    said: str
    """Its meaning, as canonical JSON."""
    refs: tuple[str, ...]


class Types:
    """The named types found so far, over all documents that are reached."""

    def __init__(
        self,
        references: Mapping[str, Document],
        *,
        exact: bool = False,
        dialect: Dialect | None = None,
    ) -> None:
        self.references = references
        self.dialect = dialect
        """That of the first document, and of those that it leads to and that do not say theirs."""
        self.untyped: tuple[str, ...] = TYPES if exact else ()
        """What a schema without ``type`` is read as; none: as its authors mean it."""
        self.types: dict[str, Schema] = {}
        self.used: dict[str, Document] = {}
        """Foreign documents in order of first use, by the name they were used under."""
        self.notes: dict[str, Notes] = {}

        self.closures = 0
        """How many targets have been written into opaque nodes."""
        self.is_full = False
        self.targets: dict[tuple[str, str], Target] = {}
        """By document and reference, what opaque nodes lead to."""
        self.said: dict[int, dict[str, Any]] = {}
        """Annotations of nodes that lead on, by identity: the documents outlive the reading."""
        self.alternatives: dict[tuple[int, Pointer, tuple[str, ...]], tuple[JsonValue, Schema]] = {}
        """By node, place, and what is read as untyped there; with the node, which so stays."""
        self._expected: dict[str, Expected] = {}
        self._sources: dict[str, Expected] = {}
        """Where each type is written, also when it was read."""
        self._objects: dict[str, Schema] = {}
        self._depth = 0

    def expect(self, name: str, expected: Expected) -> None:
        """Remember to read a type; reading it at once would recurse along every chain of names."""
        self._expected.setdefault(name, expected)
        self._sources[name] = expected
        self.types.setdefault(name, Ref(name))

    def settle(self) -> None:
        """Read everything that is expected, and note types that only lead to themselves."""
        while self._expected:
            self._read(next(iter(self._expected)))
        for name in self._loops():
            origin = self.types[name].at
            notes = self.notes.get(origin.document) if origin else None
            if origin and notes:
                message = f"`{name}` leads to itself and describes nothing"
                notes.add("LAD012", origin.pointer, message)

    def now(self, name: str) -> Schema:
        """The type `name`, read now if it was not yet; a `Ref` to itself when it cannot be."""
        if name in self._expected and self._depth < MAX_STEPS:
            self._depth += 1
            self._read(name)
            self._depth -= 1
        return self.types.get(name, Ref(name))

    def forget(self) -> None:
        """Let go of the readers, which hold this in turn: nothing more is read."""
        self._sources.clear()
        self._expected.clear()
        self.alternatives.clear()

    def any_object(self, name: str) -> Schema:
        """What the type `name`, which takes anything, declares of objects; made once."""
        if name not in self._objects:
            self._objects[name] = Record((), rest=Anything())  # what it says of itself adds nothing
            source = self._sources[name]
            self._objects[name] = source.reader.any_object(source.target, source.pointer)
        return self._objects[name]

    def _read(self, name: str) -> None:
        expected = self._expected.pop(name)
        self.types[name] = expected.read()

    def _loops(self) -> Iterator[str]:
        """The types that are only names of each other."""
        cleared: set[str] = set()
        for start in self.types:
            walk: dict[str, None] = {}
            name = start
            while name not in walk and name not in cleared:
                walk[name] = None
                schema = self.types.get(name)
                if not isinstance(schema, Ref):
                    break
                name = schema.name
            else:
                if name in walk:
                    yield from list(walk)[list(walk).index(name) :]
            cleared.update(walk)

    def at(self, document: Document) -> Notes:
        """The notes of `document`."""
        return self.notes.setdefault(document.name, Notes(document))


def type_name(pointer: Pointer) -> str:
    """``Address`` for ``#/$defs/Address`` or ``#/components/schemas/Address``; else the pointer."""
    if pointer[:-1] in {("$defs",), ("definitions",), ("components", "schemas")}:
        return str(pointer[-1])
    return f"#{written(pointer)}"


def named(schema: Schema, name: str) -> Schema:
    """The schema of a type, which has its name, unless that is only a place."""
    if name.startswith("#") or not isinstance(schema, Record | Enum) or schema.name:
        return schema
    return replace(schema, name=name)
