"""Which branch of one union answers which branch of another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lading.model.canonical import identity
from lading.model.conditions import type_of, types_of
from lading.model.inclusion import within
from lading.model.schema import (
    Anything,
    Encoding,
    Enum,
    Fixed,
    Opaque,
    Record,
    Restricted,
    Scalar,
    ScalarType,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from lading.model.schema import Schema

PROMOTES: Final[Mapping[ScalarType, frozenset[ScalarType]]] = {
    ScalarType.INT: frozenset({ScalarType.LONG, ScalarType.FLOAT, ScalarType.DOUBLE}),
    ScalarType.LONG: frozenset({ScalarType.FLOAT, ScalarType.DOUBLE}),
    ScalarType.FLOAT: frozenset({ScalarType.DOUBLE}),
    ScalarType.STRING: frozenset({ScalarType.BYTES}),
    ScalarType.INTEGER: frozenset({ScalarType.NUMBER}),
}
"""Written as the key, read as any of the values.

Avro 1.12, "Schema Resolution"; JSON Schema 2020-12 validation, 6.1.1.

Avro also lets `bytes` be read as `string`. We do not count on it: bytes that are not UTF-8 raise in
fastavro and turn into replacement characters in Java.
"""

_WITHIN: Final[Mapping[ScalarType, set[str]]] = {
    ScalarType.NUMBER: {"number", "integer"},
    ScalarType.INTEGER: {"number", "integer"},
}
"""The types of values that a plain type of JSON takes, where it is not its own alone."""

_NONE: Final[Mapping[int, int]] = {}
_FEW: Final = 64
"""So many pairs of branches are compared one by one."""

Kinship = int
"""0: strangers. 3: the same. Between: related, the nearer the higher."""


def readable(writer: ScalarType, reader: ScalarType) -> bool:
    """Whether every value written as one type can be read as the other."""
    return writer is reader or reader in PROMOTES.get(writer, ())


def covered(
    schema: Schema,
    others: Sequence[Schema],
    encoding: Encoding,
    types: tuple[Mapping[str, Schema], Mapping[str, Schema]],
) -> bool:
    """Whether every value of `schema` is surely accepted by one of `others`.

    Args:
        schema: a branch of the one union.
        others: branches of the other.
        encoding: how messages travel.
        types: the named types of `schema`, and those of `others`.
    """
    if encoding is Encoding.AVRO:
        return any(_covers(other, schema) for other in others)
    return any(within(schema, other, types) for other in others)


def _covers(wide: Schema, narrow: Schema) -> bool:
    match wide, narrow:
        case Anything(), _:
            return True
        case Scalar(), Scalar():
            return wide.logical == narrow.logical and readable(narrow.type, wide.type)
    return False


def apart_by_type(branches: Sequence[Schema], others: Sequence[Schema]) -> list[Schema]:
    """`branches` with lists of values of several types taken apart, where `others` list none."""
    if any(isinstance(each, Enum) for each in others):
        return [*branches]
    return [part for each in branches for part in _by_type(each)]


def _by_type(branch: Schema) -> tuple[Schema, ...]:
    kinds = types_of(branch) if isinstance(branch, Enum) and not branch.open else ()
    if not isinstance(branch, Enum) or len(kinds) < 2:  # noqa: PLR2004 - of several types
        return (branch,)
    listed = (tuple(e for e in branch.symbols if type_of(e) == kind) for kind in kinds)
    return tuple(replace(branch, symbols=symbols) for symbols in listed)


def match(
    old: Sequence[Schema],
    new: Sequence[Schema],
    encoding: Encoding,
    twins: Mapping[int, int] = _NONE,
) -> tuple[tuple[int, int], ...]:
    """Pair branches, the nearest kin first, and of equally near ones as many as possible.

    The same pairs come out with the sides swapped: a verdict must not depend on the direction in
    which we happened to look.

    Args:
        old: the branches of the old version.
        new: those of the new one.
        encoding: how messages travel.
        twins: what is known to be one type, by two names; new to old index.
    """
    if tuple(old) == tuple(new):
        return tuple((each, each) for each in range(len(old)))
    found = dict(twins)
    found |= _equal(old, new, found)
    free = [i for i in range(len(old)) if i not in found.values()]
    left = [j for j in range(len(new)) if j not in found]
    if len(free) <= 1 and len(left) <= 1:  # most edits: there is nothing to choose
        if free and left and kinship(old[free[0]], new[left[0]], encoding):
            found[left[0]] = free[0]
    elif _comes_after(old, new):
        swapped = {i: j for j, i in twins.items()}
        return tuple(sorted((i, j) for j, i in match(new, old, encoding, swapped)))
    else:
        near = {i: {j: kinship(old[i], new[j], encoding) for j in left} for i in free}
        for nearness in (3, 2, 1):
            found |= _match_at(near, found, nearness)
    if encoding is Encoding.JSON:
        found |= _only_records(old, new, found)
    return tuple(sorted((i, j) for j, i in found.items()))


def _equal(
    old: Sequence[Schema], new: Sequence[Schema], taken: Mapping[int, int]
) -> dict[int, int]:
    """Equal branches in their order; new to old index."""
    if len(old) * len(new) <= _FEW:
        return _equal_of_few(old, new, taken)
    spare: dict[Hashable, list[int]] = {}
    done = set(taken.values())
    for i, each in enumerate(old):
        if i not in done:
            spare.setdefault(identity(each), []).append(i)
    found: dict[int, int] = {}
    for j, each in enumerate(new):
        alike = spare.get(identity(each)) if j not in taken else None
        if alike:
            found[j] = alike.pop(0)
    return found


def _only_records(
    old: Sequence[Schema], new: Sequence[Schema], taken: Mapping[int, int]
) -> dict[int, int]:
    """The one object that is left on both sides, though they share no field; new to old index."""
    left = [
        [
            each
            for each, schema in enumerate(side)
            if isinstance(schema, Record) and each not in done
        ]
        for side, done in ((new, taken.keys()), (old, taken.values()))
    ]
    alone = all(sum(isinstance(each, Record) for each in side) == 1 for side in (old, new))
    return {left[0][0]: left[1][0]} if alone and all(left) else {}


def _comes_after(old: Sequence[Schema], new: Sequence[Schema]) -> bool:
    """Any order will do that looks at nothing but the two; texts are the last resort."""
    before, after = ([_cover(each) for each in side] for side in (old, new))
    if before != after:
        return before > after
    texts = ((repr(a), repr(b)) for a, b in zip(old, new, strict=True))
    a, b = next(((a, b) for a, b in texts if a != b), ("", ""))
    return a > b


def _cover(schema: Schema) -> tuple[str, str, int]:
    size = len(schema.fields) if isinstance(schema, Record) else 0
    return type(schema).__name__, getattr(schema, "name", ""), size


def _equal_of_few(
    old: Sequence[Schema], new: Sequence[Schema], taken: Mapping[int, int]
) -> dict[int, int]:
    """The same without looking them up: most unions are of two or three."""
    found: dict[int, int] = {}
    spare = [i for i in range(len(old)) if i not in taken.values()]
    for j, each in enumerate(new):
        i = next((i for i in spare if old[i] == each), None) if j not in taken else None
        if i is not None:
            found[j] = i
            spare.remove(i)
    return found


def _match_at(
    near: Mapping[int, Mapping[int, Kinship]], taken: Mapping[int, int], nearness: Kinship
) -> dict[int, int]:
    """The maximum matching (Kuhn) among the branches not taken; new index to old index."""
    done = set(taken.values())
    edges = {
        i: [j for j, each in kin.items() if each == nearness and j not in taken]
        for i, kin in near.items()
        if i not in done
    }
    found: dict[int, int] = {}
    for i in edges:
        _augment(i, edges, found, set())
    return found


def _augment(
    i: int, edges: Mapping[int, Sequence[int]], found: dict[int, int], tried: set[int]
) -> bool:
    for j in edges[i]:
        if j not in found:
            found[j] = i
            return True
    for j in edges[i]:
        if j in tried:
            continue
        tried.add(j)
        if _augment(found[j], edges, found, tried):
            found[j] = i
            return True
    return False


def kinship(  # noqa: PLR0911 - one case per pair of kinds
    old: Schema, new: Schema, encoding: Encoding
) -> Kinship:
    """How much two branches look like versions of each other."""
    if old == new:
        return 4
    json = encoding is Encoding.JSON
    match old, new:
        case (Restricted(), _) | (_, Restricted()):
            return min(3, kinship(_base(old), _base(new), encoding))
        case Scalar(), Scalar():
            return _scalars(old, new)
        case Record(), Record() if json:
            return 3 if old.name and old.name == new.name else _records(old, new)
        case Record() | Enum() | Fixed(), Record() | Enum() | Fixed() if not json:
            return _named(old, new) if type(old) is type(new) else 0
        case (Enum() as listed, Scalar() as plain) | (Scalar() as plain, Enum() as listed) if json:
            return 2 if set(types_of(listed)) <= _WITHIN.get(plain.type, {plain.type.value}) else 1
        case (Opaque(), Opaque()) if json:
            return 1
    return 2 if type(old) is type(new) else 0


def _base(schema: Schema) -> Schema:
    return schema.base if isinstance(schema, Restricted) else schema


def _scalars(old: Scalar, new: Scalar) -> Kinship:
    if old.type is new.type:
        return 3
    return int(readable(old.type, new.type) or readable(new.type, old.type))


def _named(old: Record | Enum | Fixed, new: Record | Enum | Fixed) -> Kinship:
    """Full name, then alias, then the short name (what Avro resolution asks for)."""
    if old.name == new.name:
        return 3
    if old.name in new.aliases or new.name in old.aliases:
        return 2
    return int(short(old.name) == short(new.name))


def first_named(writer: Schema, readers: Sequence[Schema]) -> int | None:
    """The first branch that goes by the writer's name, as a reader sees it; `None`: none does.

    Avro 1.12, "Schema Resolution": unqualified names count, and the reader's aliases.
    """
    if not isinstance(writer, Record | Enum | Fixed):
        return None
    alike = ((n, e) for n, e in enumerate(readers) if isinstance(e, type(writer)))
    return next(
        (
            index
            for index, each in alike
            if short(each.name) == short(writer.name) or writer.name in each.aliases
        ),
        None,
    )


def _records(old: Record, new: Record) -> Kinship:
    """JSON objects: related when they share a field, closely when they share most."""
    before, after = {f.name for f in old.fields}, {f.name for f in new.fields}
    shared = len(before & after)
    return 2 if 2 * shared > max(len(before), len(after)) else int(shared > 0 or not before | after)


def short(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition(".")[2]
