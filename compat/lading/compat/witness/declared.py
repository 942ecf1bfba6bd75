"""Whether a document carries what its schema declares and nothing beside: what writers write.

See `lading.compat.policy.Content`: under `lenient` and `tolerant-reader` an example that carries
more shows nothing, since nobody writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lading.compat.diff.overlap import declares_names_alone
from lading.compat.diff.schemas import content_model
from lading.compat.pair.conditions import spoken_of
from lading.model.conditions import admits
from lading.model.names import MOST_PATTERNS, may_match
from lading.model.schema import Anything, Array, Map, Record, Ref, Restricted, Tuple, Union

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.compat.pair.walk import Spoken
    from lading.model.schema import Schema

_DEEPEST: Final = 16
_MOST: Final = 64
"""So many alternatives that exclude each other are told apart in one place."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """What is said of one value: all of it counts."""

    shapes: tuple[Schema, ...] = ()
    names: frozenset[str] = frozenset()
    """Of properties that conditions speak of, which may hold anything."""

    def __add__(self, other: _Pool) -> _Pool:
        return _Pool(self.shapes + other.shapes, self.names | other.names)


class Declared:
    """The schemas of one version."""

    def __init__(self, types: Mapping[str, Schema]) -> None:
        self.types = types
        self._spoken: Spoken = {}

    def holds(self, value: Any, *schemas: Schema, depth: int = 0) -> bool:
        """Whether one way to read `schemas` declares all that `value` carries."""
        if not isinstance(value, dict | list) or depth > _DEEPEST:
            return True
        return any(self._in_pool(value, pool, depth) for pool in self._pools(schemas, depth))

    def _pools(self, schemas: Sequence[Schema], depth: int) -> list[_Pool]:
        pools = [_Pool()]
        for schema in schemas:
            ways = self._ways(schema, depth)
            pools = [each + way for each in pools for way in ways][:_MOST]
        return pools

    def _ways(self, schema: Schema, depth: int) -> list[_Pool]:
        """The alternatives that exclude each other; any others may be meant at once."""
        schema = self._resolved(schema)
        if depth > _DEEPEST:
            return [_Pool((Anything(),))]
        match schema:
            case Union(branches=branches, exclusive=True):
                return [way for each in branches for way in self._ways(each, depth + 1)]
            case Union(branches=branches):
                return self._pools(branches, depth + 1)
            case Restricted(base=base, conditions=conditions):
                names = spoken_of(conditions, self.types, self._spoken)
                return [each + _Pool(names=names) for each in self._ways(base, depth + 1)]
        return [_Pool((schema,))]

    def _in_pool(self, value: Any, pool: _Pool, depth: int) -> bool:
        if isinstance(value, list):
            lists = [each for each in pool.shapes if isinstance(each, Array | Tuple)]
            return all(
                self.holds(item, *(_placed(each, index) for each in lists), depth=depth + 1)
                for index, item in enumerate(value)
            )
        records = [each for each in pool.shapes if isinstance(each, Record | Map)]
        if not records or any(isinstance(each, Record) and _is_free(each) for each in records):
            return True
        return all(
            self._is_said(item, [*_said(records, name)], depth, known=name in pool.names)
            for name, item in value.items()
        )

    def _is_said(self, item: Any, said: Sequence[Schema], depth: int, *, known: bool) -> bool:
        if not said or isinstance(item, dict | list):
            return self.holds(item, *said, depth=depth + 1) if said else known
        return known or any(admits(self._resolved(each), item) is not False for each in said)

    def _resolved(self, schema: Schema) -> Schema:
        for _ in range(_DEEPEST):
            if not isinstance(schema, Ref):
                break
            schema = self.types.get(schema.name, Anything())
        return schema


def _is_free(record: Record) -> bool:
    return content_model(record) == "anything" and declares_names_alone(record)


def _placed(schema: Array | Tuple, index: int) -> Schema:
    if isinstance(schema, Tuple) and index < len(schema.prefix):
        return schema.prefix[index]
    return schema.items


def _said(records: Sequence[Schema], name: str) -> Iterator[Schema]:
    """What objects say of a property; nothing: none of them declares it."""
    for record in records:
        if isinstance(record, Map):
            yield record.values
        elif isinstance(record, Record):
            own = next((each.schema for each in record.fields if each.name == name), None)
            many = len(record.patterns) > MOST_PATTERNS
            like = [each for text, each in record.patterns if many or may_match(text, name)]
            yield from like
            if own is not None:
                yield own
            elif not like and record.rest is not None and content_model(record) == "typed":
                yield record.rest
