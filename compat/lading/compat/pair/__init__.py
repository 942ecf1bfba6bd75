"""Aligns two versions of a contract: what answers what. The only place that walks a contract."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, cast

from lading.compat.pair.apis import pair_apis
from lading.compat.pair.families import with_families
from lading.compat.pair.protobuf import pair_protobuf
from lading.compat.pair.reach import reworded, shaken
from lading.compat.pair.renames import NONE, renames
from lading.compat.pair.schemas import begin, drain, pair_schemas
from lading.compat.pair.taxonomies import pair_mappings, pair_taxonomies
from lading.compat.pair.walk import Pair, Role, Walk, Where
from lading.model.api import Api
from lading.model.contract import Kind, Slot
from lading.model.proto import ProtoFile
from lading.model.schema import Encoding
from lading.model.taxonomy import CodeMap, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.contract import Contract
    from lading.model.schema import Schema

__all__ = ["Pair", "Role", "pair"]


def pair(old: Contract, new: Contract, *, tolerant: bool = False) -> Iterator[Pair]:
    """Yield every pair of nodes, parents before children.

    Paths of a pair are complete only when the walk has ended: a named type is visited on its first
    use, and later uses only add paths.

    Args:
        old: the version in use.
        new: the one that is proposed.
        tolerant: whether readers of JSON pass over what they do not know, closed or not.
    """
    if old.kind is new.kind is Kind.AVRO:
        return _pair_avro(old, new)
    return _pair_any(old, new, tolerant=tolerant)


def _pair_any(old: Contract, new: Contract, *, tolerant: bool) -> Iterator[Pair]:
    types = _types_of(old, new), _types_of(new, old)
    renamed = cache(partial(renames, *types))
    walk = Walk(*types, cache(partial(shaken, *types, renamed)), renamed, tolerant=tolerant)
    match old.body, new.body:
        case Api(), Api():
            yield from pair_apis(walk, old.body, new.body)
        case Taxonomy(), Taxonomy():
            yield from pair_taxonomies(old.body, new.body)
        case CodeMap(), CodeMap():
            yield from pair_mappings(old.body, new.body)
        case ProtoFile(), ProtoFile():
            yield from pair_protobuf(old.body, new.body)
        case (Api() | Taxonomy() | CodeMap(), _) | (_, Api() | Taxonomy() | CodeMap()):
            yield Pair(Role.CONTRACT, old, new, Where(Slot.EVENT, Encoding.JSON))
        case _ if old.kind is not new.kind:
            yield Pair(Role.CONTRACT, old, new, Where(Slot.EVENT, Encoding.JSON))
        case _:
            bodies = cast("Schema", old.body), cast("Schema", new.body)
            yield from pair_schemas(walk, *bodies, Where(Slot.EVENT, Encoding.JSON))
    yield from drain(walk)


def _types_of(contract: Contract, other: Contract) -> Mapping[str, Schema]:
    if isinstance(contract.body, Api) and isinstance(other.body, Api):
        return with_families(contract.body, other.body, contract.types)
    return contract.types


def _pair_avro(old: Contract, new: Contract) -> Iterator[Pair]:
    """Versions of an event share most of their types: those are passed over by their text."""
    both = old.written, new.written
    found = reworded(*both)
    if not found:
        return
    walk = Walk(old.types, new.types, lambda: found, lambda: NONE, written=both)
    where = Where(Slot.EVENT, Encoding.AVRO)
    begin(walk, cast("Schema", old.body), cast("Schema", new.body), where)
    yield from drain(walk)
