"""Builds the smallest messages of an Avro schema that reach a place, with a chosen value there.

A message is its bytes. A library that is handed a value has to guess the branch of a union, and
some values it does not write at all; what the bytes say is for a reader to tell.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lading.compat.witness.leaves import NoValueError, number, raw, sized, written
from lading.model.schema import (
    Array,
    Enum,
    Fixed,
    Map,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lading.model.document import JsonValue, Origin
    from lading.model.schema import Field, Schema

Choose: TypeAlias = "Callable[[Builder, Schema], Iterator[bytes]]"

_DEEPEST: Final = 12
_PARTS: Final = 20_000
"""So many values are written in search of one message: schemas can be made to have any number."""


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds messages of one writer's schema."""

    types: Mapping[str, Schema]
    """The writer's."""
    shared: Mapping[str, Schema]
    """The reader's, by name: of enums a symbol is taken that both have."""
    choose: Choose
    """What to try at the place that is asked for, the most telling first."""
    renamed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What else a step of the path may be called."""
    documents: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the writer's schemas were read from, by the names that their nodes give."""
    parts: Iterator[int] = field(default_factory=lambda: iter(range(_PARTS)))

    def messages(self, schema: Schema, steps: tuple[str, ...], depth: int = 0) -> Iterator[bytes]:
        """Messages that have something at the end of `steps`, as far as the schema has them."""
        ahead = self.ahead(schema)
        return (ahead + each for each in self._messages(self.resolved(schema), steps, depth))

    def _messages(self, schema: Schema, steps: tuple[str, ...], depth: int) -> Iterator[bytes]:
        if depth > _DEEPEST:
            return
        if not steps:
            yield from self.choose(self, schema)
            return
        match schema:
            case Record(fields=fields):
                yield from self._through(fields, steps, depth)
            case Union(branches=branches):
                order = sorted(
                    range(len(branches)), key=lambda n: not self._has(branches[n], steps)
                )
                for n in order:
                    yield from (number(n) + each for each in self._some(branches[n], steps, depth))
            case Array(items=inner) | Map(values=inner) if steps[0].startswith(
                _MARKS[type(schema)]
            ):
                key = b"" if isinstance(schema, Array) else sized(b"key")
                for each in self.messages(inner, _inside(steps), depth + 1):
                    yield number(1) + key + each + number(0)
            case _:
                yield self.small(schema, depth)

    def _some(self, branch: Schema, steps: tuple[str, ...], depth: int) -> Iterator[bytes]:
        """Those of one branch: where it has none, another may have."""
        with suppress(NoValueError):
            yield from self.messages(branch, steps, depth + 1)

    def _through(
        self, fields: Sequence[Field], steps: tuple[str, ...], depth: int
    ) -> Iterator[bytes]:
        """Records with something at the end of the path in the field that it leads through."""
        leading = [n for n, each in enumerate(fields) if self._leads(each, steps[0])]
        exact = (n for n in leading if fields[n].name == _named(steps[0]))
        at = next(exact, leading[0] if leading else None)
        if at is None:
            yield self._all(fields, depth)
            return
        before, after = self._all(fields[:at], depth), self._all(fields[at + 1 :], depth)
        rest = _below(steps)
        for each in self.messages(fields[at].schema, rest, depth + 1):
            yield before + each + after

    def _all(self, fields: Sequence[Field], depth: int) -> bytes:
        return b"".join(self.small(each.schema, depth + 1) for each in fields)

    def small(self, schema: Schema, depth: int = 0) -> bytes:
        """The smallest message."""
        return self.ahead(schema) + self.least(self.resolved(schema), depth)

    def least(self, schema: Schema, depth: int = 0) -> bytes:
        """The smallest value of a schema that no reference stands for, and no union of one."""
        if depth > _DEEPEST or next(self.parts, None) is None:
            raise NoValueError
        match schema:
            case Record(fields=fields):
                return self._all(fields, depth)
            case Array() | Map():
                return number(0)
            case Enum(symbols=symbols, name=name):
                other = self.shared.get(name)
                known = other.symbols if isinstance(other, Enum) else symbols
                return number(next((n for n, s in enumerate(symbols) if s in known), 0))
            case Fixed() | Scalar():
                return written(raw(schema), schema)
            case Union(branches=branches):
                return self._smallest(branches, depth)
        raise NoValueError

    def _smallest(self, branches: Sequence[Schema], depth: int) -> bytes:
        order = sorted(range(len(branches)), key=lambda n: not self.is_null(branches[n]))
        for n in order:
            try:
                return number(n) + self.small(branches[n], depth + 1)
            except NoValueError:
                continue
        raise NoValueError

    def places(self, schema: Schema, steps: tuple[str, ...]) -> Iterator[Schema]:
        """What stands at the end of `steps`; of a union there its branches."""
        schema = self.resolved(schema)
        match schema:
            case Union(branches=branches):
                for each in branches:
                    yield from self.places(each, steps)
            case _ if not steps:
                yield schema
            case Record(fields=fields):
                for inner in (f.schema for f in fields if self._leads(f, steps[0])):
                    yield from self.places(inner, _below(steps))
            case Array(items=inner) | Map(values=inner) if steps[0].startswith(
                _MARKS[type(schema)]
            ):
                yield from self.places(inner, _inside(steps))

    def _has(self, schema: Schema, steps: tuple[str, ...]) -> bool:
        found = self.resolved(schema)
        if isinstance(found, Record):
            return any(self._leads(each, steps[0]) for each in found.fields)
        return isinstance(found, Array | Map) and steps[0].startswith(_MARKS[type(found)])

    def _leads(self, field: Field, step: str) -> bool:
        name = _named(step)
        return field.name == name or field.name in self.renamed.get(name, ())

    def ahead(self, schema: Schema) -> bytes:
        """What goes before a value: the branch of a union of one, which is judged as that branch.

        On the wire it is a union all the same.
        """
        at: Origin | None = schema.at
        path = at.pointer if at else ()
        while path and path[-1] == "type":
            path = path[:-1]
        if at is None or len(path) < 1 or path[-1] != 0 or path[-2:-1] == ("fields",):
            return b""
        node: Any = self.documents.get(at.document)
        for step in path[:-1]:
            node = node[step]
        return number(0) if isinstance(node, list) and len(node) == 1 else b""

    def is_null(self, schema: Schema) -> bool:
        """Whether it is the null of a union."""
        found = self.resolved(schema)
        return isinstance(found, Scalar) and found.type is ScalarType.NULL

    def resolved(self, schema: Schema) -> Schema:
        """What a reference names."""
        while isinstance(schema, Ref):
            schema = self.types[schema.name]
        return schema


_MARKS: Final[Mapping[type, str]] = {Array: "[]", Map: "{}"}
"""How a step says that it goes into a list or a map."""
_STEP: Final = re.compile(r"[^\[{]*")


def _named(step: str) -> str:
    found = _STEP.match(step)
    return found[0] if found else ""


def _below(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps below a field."""
    marks = steps[0][len(_named(steps[0])) :]
    return (marks, *steps[1:]) if marks else steps[1:]


def _inside(steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps below one item of a list or one value of a map."""
    rest = steps[0][2:]
    return (rest, *steps[1:]) if rest else steps[1:]
