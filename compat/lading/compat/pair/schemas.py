"""Aligns two schemas: fields by name and alias, branches by kin, everything by shape."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from lading.compat.effect import Effect
from lading.compat.pair.branches import apart_by_type, covered, first_named, match
from lading.compat.pair.conditions import below, is_decided, match_conditions, spoken_of
from lading.compat.pair.discriminators import pair_values
from lading.compat.pair.joined import joined
from lading.compat.pair.named import by_name
from lading.compat.pair.walk import ITEMS, VALUES, Pair, Role, name_of, resolve
from lading.compat.pair.wholes import alike, opened
from lading.compat.said import keyword_of
from lading.model.alternatives import is_null
from lading.model.canonical import identity, referred
from lading.model.conditions import types_of
from lading.model.constants import constant
from lading.model.contract import Slot
from lading.model.inclusion import is_covered
from lading.model.names import may_be_about
from lading.model.schema import (
    Anything,
    Array,
    Encoding,
    Enum,
    Fixed,
    Map,
    Nothing,
    Opaque,
    Record,
    Ref,
    Restricted,
    Scalar,
    Tuple,
    Union,
)
from lading.model.schema import Field as FieldNode
from lading.model.sizes import with_sizes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from lading.compat.pair.walk import Walk, Where
    from lading.model.schema import Condition, Field, Schema


def pair_schemas(walk: Walk, old: Schema, new: Schema, where: Where) -> Iterator[Pair]:
    """Yield the pair of schemas and of everything under them, up to named types.

    Named types are left on `Walk.pending`, each pair of names once; `drain` visits them. Of equal
    leaves there is nothing to yield: most of two large documents are that.
    """
    if walk.is_shared(old, new) or (_is_settled(old) and old == new):
        return
    before, after = resolve(old, walk.old_types), resolve(new, walk.new_types)
    names = _key(old, before), _key(new, after)
    inside = walk.enter(names, _met_below(walk, (before, after), names, where))
    if inside is None:
        return
    if all(names):
        walk.pending.append((before, after, inside))
    else:
        yield from _shapes(walk, before, after, inside)


def _is_settled(schema: Schema) -> bool:
    """Whether equality says it all: nothing in it refers to a type that may have changed.

    Python takes 1, 1.0 and True for equal, so symbols have to be text.
    """
    match schema:
        case Scalar() | Fixed():
            return True
        case Enum():
            return all(type(symbol) is str for symbol in schema.symbols)
        case Array():
            return _is_settled(schema.items)
        case Union():
            return all(_is_settled(branch) for branch in schema.branches)
    return False


def _is_settled_beside(old: Field, new: Field) -> bool:
    """Whether two equal fields have one default, and say the same in prose."""
    kinds = type(old.default), type(new.default)
    return kinds[0] is kinds[1] and kinds[0] not in {dict, list, tuple} and old.doc == new.doc


def begin(walk: Walk, old: Schema, new: Schema, where: Where) -> None:
    """Leave two schemas on `Walk.pending`: they are the contracts, and known to differ."""
    before, after = resolve(old, walk.old_types), resolve(new, walk.new_types)
    inside = walk.enter((_key(old, before), _key(new, after)), where)
    if inside is not None:
        walk.pending.append((before, after, inside))


def drain(walk: Walk) -> Iterator[Pair]:
    """Yield what is under the named types that were met, and under those met on the way."""
    while walk.pending:
        yield from _shapes(walk, *walk.pending.popleft())


def _met_below(
    walk: Walk, two: tuple[Schema, Schema], names: tuple[str, str], where: Where
) -> Where:
    """The place of two named types: of what others speak of, what the types know by that name.

    They are visited once for each such choice of names, and not once for each way that leads here.
    """
    if not (where.declared and all(names)):
        return where
    known = walk.budget.named.get(names)
    if known is None:
        known = walk.budget.named[names] = _said_of(walk, two[:1], two[1:])
    declared = where.declared & known
    walk.budget.choose(names, declared)
    return replace(where, declared=declared)


def _key(written: Schema, resolved: Schema) -> str:
    return name_of(written) or name_of(resolved)


def _shapes(walk: Walk, old: Schema, new: Schema, where: Where) -> Iterator[Pair]:
    if where.encoding is Encoding.AVRO and type(old) is type(new) is Record:
        return _records(walk, old, new, where)
    return any_shapes(walk, old, new, where)


def any_shapes(walk: Walk, old: Schema, new: Schema, where: Where) -> Iterator[Pair]:
    """Yield the pair of two schemas that are resolved, and of what is under them."""
    if where.encoding is Encoding.JSON:
        walk.budget.spend(1)
    types = walk.old_types, walk.new_types
    tolerant = walk.tolerant and where.declared is not None
    old, new = (
        opened(joined(each, known, tolerant=tolerant), known)
        for each, known in zip((old, new), types, strict=True)
    )
    if isinstance(old, Record) and isinstance(new, Record) and old.patterns != new.patterns:
        patterns = old.patterns, new.patterns
        old, new = by_name(old, patterns[1], types[0]), by_name(new, patterns[0], types[1])
    old, new = _as_alike(*_sized(*alike(old, new, types), types))
    if isinstance(old, Union) != isinstance(new, Union) and not _decided_as_whole(old, new):
        old, new = _as_union(old), _as_union(new)
    yield Pair(
        Role.SCHEMA,
        _flat(old, walk.old_types),
        _flat(new, walk.new_types),
        where,
        shaken=isinstance(old, Union) and old.exclusive and _shaken(walk, old, new),
    )
    match old, new:
        case Record(), Record():
            yield from _fields(walk, old, new, where)
        case Array(), Array():
            yield from pair_schemas(walk, old.items, new.items, where.step(ITEMS))
        case Restricted(), Restricted():
            yield from _conditions(walk, old, new, where)
        case Tuple(), Tuple() if not (constant(old) and constant(new)):
            yield from _places(walk, old, new, where)
        case Map(), Map():
            yield from pair_schemas(walk, old.values, new.values, where.step(VALUES))
        case Union(), Union():
            yield from _branches(walk, old, new, where)


def _shaken(walk: Walk, old: Schema, new: Schema) -> bool:
    return not walk.renamed().is_same(old, new) or not walk.shaken().isdisjoint(referred(old))


def _sized(
    old: Schema, new: Schema, types: tuple[Mapping[str, Schema], Mapping[str, Schema]]
) -> tuple[Schema, Schema]:
    """Two lists, of which both say how long they may be in one way; two constants stay as such."""
    if not isinstance(old, Array | Tuple) or not isinstance(new, Array | Tuple):
        return old, new
    return (old, new) if constant(old) and constant(new) else with_sizes(old, new, types)


def _as_alike(old: Schema, new: Schema) -> tuple[Schema, Schema]:
    """No conditions are conditions too, and a list without fixed places has none of them."""
    match old, new:
        case (Restricted(), Restricted()) | (Opaque() | Nothing(), _) | (_, Opaque() | Nothing()):
            return old, new
        case Restricted(), _:
            return old, Restricted(new, (), at=new.at)
        case _, Restricted():
            return Restricted(old, (), at=old.at), new
        case (Tuple(), Array(items=items, limits=limits)):
            return old, Tuple((), items, limits, at=new.at)
        case (Array(items=items, limits=limits), Tuple()):
            return Tuple((), items, limits, at=old.at), new
    return old, new


def _conditions(walk: Walk, old: Restricted, new: Restricted, where: Where) -> Iterator[Pair]:
    names = _said_of(walk, old.conditions, new.conditions)
    declared = None if where.declared is None else where.declared | names
    matched = match_conditions(old.conditions, new.conditions)
    where = where.doubting(_said_otherwise(matched))
    yield from pair_schemas(walk, old.base, new.base, replace(where, declared=declared))
    for a, b in matched:
        keyword = keyword_of(b or a or old.conditions[0])
        kept = a is None and b is not None and walk.within(old, _asked(b), old=True)
        had = b is None and a is not None and walk.within(new, _asked(a), old=False)
        spot = where.step(f"({keyword})")
        yield Pair(Role.CONDITION, a, b, spot, old, new, covered_old=kept, covered_new=had)
        if a and b and is_decided(a, b):
            for before, after, spot in below(a, b, where):
                yield from pair_schemas(walk, before, after, spot)


def _said_otherwise(matched: Sequence[tuple[Condition | None, Condition | None]]) -> Effect:
    """What else a condition that one version alone has may be the other spelling of."""
    found = Effect.NONE
    for a, b in matched:
        found |= Effect.NONE if a and b else Effect.NARROWS if a else Effect.WIDENS
    return found


def _said_of(walk: Walk, old: Sequence[object], new: Sequence[object]) -> frozenset[str]:
    """Every name of a field that nodes of the two versions mention, or lead to."""
    known = [walk.budget.spoken.setdefault(each, {}) for each in (True, False)]
    names = spoken_of(old, walk.old_types, known[0]) | spoken_of(new, walk.new_types, known[1])
    walk.budget.spend(1 + sum(map(len, known)) // 10)
    return names


def _asked(condition: Condition) -> Schema:
    """What meets a condition that only one side has."""
    return Restricted(Anything(), (condition,))


def _places(walk: Walk, old: Tuple, new: Tuple, where: Where) -> Iterator[Pair]:
    """Item by item; beyond its fixed places a list has its further items."""
    for index in range(max(len(old.prefix), len(new.prefix))):
        a, b = (
            side.prefix[index] if index < len(side.prefix) else side.items for side in (old, new)
        )
        yield from pair_schemas(walk, a, b, where.step(f"[{index}]"))
    yield from pair_schemas(walk, old.items, new.items, where.step(ITEMS))


def _flat(schema: Schema, types: Mapping[str, Schema]) -> Schema:
    """A union shows its branches themselves, so that nobody after us follows references."""
    if not isinstance(schema, Union) or not any(type(each) is Ref for each in schema.branches):
        return schema
    return replace(schema, branches=tuple(resolve(branch, types) for branch in schema.branches))


def _decided_as_whole(old: Schema, new: Schema) -> bool:
    whole = (Anything, Nothing, Opaque)
    return isinstance(old, whole) or isinstance(new, whole)


def _as_union(schema: Schema) -> Union:
    return schema if isinstance(schema, Union) else Union((schema,), at=schema.at)


def _records(walk: Walk, old: Record, new: Record, where: Where) -> Iterator[Pair]:
    """Two records of Avro: what their texts show to be the same is passed over."""
    texts = walk.said(old, new)
    if texts is None:
        yield Pair(Role.SCHEMA, old, new, where)
        yield from _fields(walk, old, new, where)
        return
    was, now = texts
    if was.head != now.head:
        yield Pair(Role.SCHEMA, old, new, where)
    mine, others, shaken = was.fields, now.fields, walk.shaken()
    gone = [each for name, each in was.nodes.items() if name not in others]
    has_more = len(others) > len(mine) - len(gone)
    came = [each for n, each in now.nodes.items() if n not in mine] if has_more else []
    renamed = {a.name: b for a, b in by_alias(gone, came)} if gone and came else {}
    for name, said in mine.items():
        other = others.get(name)
        if other is None:
            if name in renamed:
                yield from _both(walk, (was.nodes[name], renamed[name]), (old, new), where)
        elif other.text != said.text or (said.names and not shaken.isdisjoint(said.names)):
            yield from _both(walk, (was.nodes[name], now.nodes[name]), (old, new), where)
    if renamed:
        taken = {each.name for each in renamed.values()}
        gone = [each for each in gone if each.name not in renamed]
        came = [each for each in came if each.name not in taken]
    if gone or came:
        yield from _unmatched(walk, (gone, came), (old, new), where)


def _fields(walk: Walk, old: Record, new: Record, where: Where) -> Iterator[Pair]:
    if where.encoding is Encoding.JSON:  # a record of Avro has a name, and no copies
        where = where.inside(old, new)
    before, after = visible(old, where.slot), visible(new, where.slot)
    if where.declared is None or where.declared:
        before, after = _spoken(before, after, old, where), _spoken(after, before, new, where)
    partners = _partners(before, after, where.encoding)
    for name, partner in partners.items():
        a, b = before[name], after[partner]
        if not (_is_settled(a.schema) and a == b and _is_settled_beside(a, b)):
            yield from _both(walk, (a, b), (old, new), where)
    if len(partners) < len(before) or len(partners) < len(after):
        met = set(partners.values())
        gone = [f for name, f in before.items() if name not in partners]
        came = [f for name, f in after.items() if name not in met]
        yield from _unmatched(walk, (gone, came), (old, new), where)
    yield from _rest(walk, old, new, where)


def _both(
    walk: Walk, fields: tuple[Field, Field], owners: tuple[Record, Record], where: Where
) -> Iterator[Pair]:
    """A field that both have, and what is under it."""
    old, new = fields
    spot = where.step(new.name)
    yield Pair(Role.FIELD, old, new, spot, *owners)
    below = spot if old.name == new.name else replace(spot, met=where.met & _knows(old, new))
    yield from pair_schemas(walk, old.schema, new.schema, below)


def _unmatched(
    walk: Walk,
    fields: tuple[Sequence[Field], Sequence[Field]],
    owners: tuple[Record, Record],
    where: Where,
) -> Iterator[Pair]:
    """The fields that one version alone has."""
    (gone, came), (old, new) = fields, owners
    alike = _lookalikes(gone, came) if gone and came else {}
    for f in gone:
        spot, other = where.step(f.name), alike.get(f.name, "")
        yield Pair(Role.FIELD, f, None, spot, old, new, lookalike=other)
        if rest := _asked_of_others(new, f.name):
            yield from pair_schemas(walk, f.schema, rest, spot)
    for f in came:
        spot, other = where.step(f.name), alike.get(f.name, "")
        yield Pair(Role.FIELD, None, f, spot, old, new, lookalike=other)
        if rest := _asked_of_others(old, f.name):
            yield from pair_schemas(walk, rest, f.schema, spot)


def _asked_of_others(record: Record, name: str) -> Schema | None:
    """The schema for what `record` does not declare, where that is what a field has to answer."""
    if isinstance(record.rest, _UNDEMANDING):
        return None
    return None if may_be_about(dict(record.patterns), name) else record.rest


def _spoken(
    mine: dict[str, Field], others: Mapping[str, Field], record: Record, where: Where
) -> dict[str, Field]:
    """The fields, with those that the other side has and conditions speak of: as what they are."""
    silent, patterns = record.rest or Anything(), dict(record.patterns)
    return mine | {
        name: FieldNode(name, silent, required=False, at=record.at)
        for name, each in others.items()
        if name not in mine
        and not may_be_about(patterns, name)
        and (where.declared is None or each.name in where.declared)
    }


def visible(record: Record, slot: Slot) -> dict[str, Field]:
    """The fields that travel in this direction, by name."""
    if slot is Slot.EVENT:
        return {f.name: f for f in record.fields}
    return {
        f.name: f
        for f in record.fields
        if not (f.read_only and slot is Slot.REQUEST)
        and not (f.write_only and slot is Slot.RESPONSE)
    }


def _knows(old: Field, new: Field) -> Effect:
    """Whose readers find the field under its other name: aliases are the reader's (Avro 1.12)."""
    found = Effect.NARROWS if old.name in new.aliases else Effect.NONE
    return found | (Effect.WIDENS if new.name in old.aliases else Effect.NONE)


def _partners(
    old: Mapping[str, Field], new: Mapping[str, Field], encoding: Encoding
) -> dict[str, str]:
    """Old name to new name: by equal names, then by aliases of either side (Avro only)."""
    found = {name: name for name in old if name in new}
    if encoding is Encoding.AVRO and len(found) < min(len(old), len(new)):
        alone = ([f for n, f in side.items() if n not in found] for side in (old, new))
        found |= {a.name: b.name for a, b in by_alias(*alone)}
        return {name: found[name] for name in old if name in found}
    return found


def by_alias(old: Sequence[Field], new: Sequence[Field]) -> list[tuple[Field, Field]]:
    """The renamed among fields that one version alone has; each has one partner at most."""
    found: dict[str, str] = {}
    for a, b in _renames(old, new):
        if a not in found and b not in found.values():
            found[a] = b
    named = {each.name: each for each in new}
    return [(each, named[found[each.name]]) for each in old if each.name in found]


def _renames(old: Sequence[Field], new: Sequence[Field]) -> list[tuple[str, str]]:
    """Every (old, new) pair of names an alias joins, in an order that ignores the direction."""
    joined = [
        (a.name, b.name) for a in old for b in new if a.name in b.aliases or b.name in a.aliases
    ]
    return sorted(joined, key=sorted)


def _lookalikes(gone: Sequence[Field], came: Sequence[Field]) -> dict[str, str]:
    """Removed and added fields that may be one field renamed: of equal type, and only one such."""
    before, after = _by_schema(gone), _by_schema(came)
    found: dict[str, str] = {}
    for key, names in before.items():
        fits = after.get(key, ())
        if len(names) == len(fits) == 1:
            found |= {names[0]: fits[0], fits[0]: names[0]}
    return found


def _by_schema(fields: Sequence[Field]) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = {}
    for each in fields:
        found.setdefault(identity(each.schema), []).append(each.name)
    return found


_UNDEMANDING: Final = (Anything, Nothing, type(None))
"""What an object may say of further properties that has no schema to compare."""


def _rest(walk: Walk, old: Record, new: Record, where: Where) -> Iterator[Pair]:
    if not isinstance(old.rest, _UNDEMANDING) and not isinstance(new.rest, _UNDEMANDING):
        yield from pair_schemas(walk, old.rest, new.rest, where.step("*"))
    if not old.patterns or not new.patterns:
        return
    before, after = dict(old.patterns), dict(new.patterns)
    for pattern in sorted(before.keys() & after.keys()):
        spot = where.step(f"/{pattern}/")
        yield from pair_schemas(walk, before[pattern], after[pattern], spot)


def _branches(walk: Walk, old: Union, new: Union, where: Where) -> Iterator[Pair]:
    if where.encoding is Encoding.JSON:
        old, new = _taken_apart(walk, old, new)
    before = [resolve(branch, walk.old_types) for branch in old.branches]
    after = [resolve(branch, walk.new_types) for branch in new.branches]
    if where.encoding is Encoding.JSON:
        walk.budget.spend(len(before) * len(after))
    twins = _twins(walk, old, new) if where.encoding is Encoding.JSON else {}
    matched = match(before, after, where.encoding, twins)
    for i, j in matched:
        others = before[:i] + before[i + 1 :], after[:j] + after[j + 1 :]
        for pair in pair_schemas(walk, old.branches[i], new.branches[j], where):
            inline = pair.old is old.branches[i] and pair.new is new.branches[j]
            yield _beside(walk, pair, others, (old, new)) if inline else pair
        if where.encoding is Encoding.JSON:
            yield from _at_once((before[i], after[j]), others, (old, new), where)
        else:
            yield from _shadowed((before, after), (i, j), where, (old, new))
    if where.encoding is Encoding.JSON:
        yield from pair_values(walk, (old, new), (before, after), matched, where)
    left: list[Pair] = []
    for i in _alone(old, before, [i for i, _ in matched], where.encoding):
        kept = _covered(walk, before[i], after, where.encoding, old=True)
        spot = _if_taken(where, before[i], after, Effect.NARROWS)
        left.append(Pair(Role.BRANCH, before[i], None, spot, old, new, covered_old=kept))
    for j in _alone(new, after, [j for _, j in matched], where.encoding):
        had = _covered(walk, after[j], before, where.encoding, old=False)
        spot = _if_taken(where, after[j], before, Effect.WIDENS)
        left.append(Pair(Role.BRANCH, None, after[j], spot, old, new, covered_new=had))
    yield from _joined_where_retyped(left, where)


def _joined_where_retyped(left: Sequence[Pair], where: Where) -> Iterator[Pair]:
    """The alternatives of one side alone, those two as one that are one of another type."""
    gone, came = (
        [each for each in left if node(each) is not None and not is_null(node(each))]
        for node in (attrgetter("old"), attrgetter("new"))
    )
    if not (len(gone) == len(came) == 1 and _is_retyped(gone[0], came[0], where)):
        yield from left
        return
    owners = gone[0].old_owner, gone[0].new_owner
    yield Pair(Role.SCHEMA, gone[0].old, came[0].new, where, *owners)
    yield from (each for each in left if each is not gone[0] and each is not came[0])


def _is_retyped(gone: Pair, came: Pair, where: Where) -> bool:
    """Whether the one alternative that went is the one that came, of another type.

    Two objects that share nothing, or two named types, are two alternatives still; of what another
    alternative stands in for, or may, something else is to be said than that the type changed.
    """
    old, new = gone.old, came.new
    if not (isinstance(old, _PLAINLY) and isinstance(new, _PLAINLY)):
        return False
    is_sure = gone.where is where is came.where and not (gone.covered_old or came.covered_new)
    return is_sure and (isinstance(old, Scalar) or type(old) is not type(new))


_PLAINLY: Final = (Scalar, Enum, Fixed, Record, Array, Tuple, Map)
"""What an alternative is that says itself what its values are."""


def _if_taken(where: Where, branch: Schema, others: Sequence[Schema], effect: Effect) -> Where:
    """The place of a branch that one version alone has: under conditions others may take it."""
    restricted = [each for each in others if isinstance(each, Restricted)]
    if isinstance(branch, Restricted) or _may_take(restricted, branch):
        return where.doubting(effect)
    return where


def _alone(
    union: Union, branches: Sequence[Schema], matched: Sequence[int], encoding: Encoding
) -> list[int]:
    """The branches without a partner, but for copies of those that have one."""
    left = sorted(set(range(len(branches))) - set(matched))
    if not left or union.exclusive or encoding is Encoding.AVRO:
        return left
    known = {_nameless(branches[each]) for each in matched}
    return [each for each in left if _nameless(branches[each]) not in known]


def _nameless(schema: Schema) -> Hashable:
    if isinstance(schema, Record | Enum) and schema.name:
        return identity(replace(schema, name=""))
    return identity(schema)


def _twins(walk: Walk, old: Union, new: Union) -> dict[int, int]:
    """The alternatives that are one type by two names; new to old index."""
    if not (_leads_off(old, walk.new_types) and _leads_off(new, walk.old_types)):
        return {}
    renamed = walk.renamed()
    spare: dict[int, list[int]] = {}
    for i, each in enumerate(old.branches):
        if isinstance(each, Ref) and each.name in renamed.old:
            spare.setdefault(renamed.old[each.name], []).append(i)
    found: dict[int, int] = {}
    for j, each in enumerate(new.branches):
        known = renamed.new.get(each.name) if isinstance(each, Ref) else None
        if known is not None and spare.get(known):
            found[j] = spare[known].pop(0)
    return found


def _at_once(
    two: tuple[Schema, Schema],
    others: tuple[Sequence[Schema], Sequence[Schema]],
    unions: tuple[Union, Union],
    where: Where,
) -> Iterator[Pair]:
    """What stands beside the fields of an object that may be another alternative as well.

    What is meant as both carries the fields of both, also where each of them declares its own.
    """
    old, new = two
    if where.declared is None or (unions[0].exclusive and unions[1].exclusive):
        return
    if not (isinstance(old, Record) and isinstance(new, Record)) or old.rest == new.rest:
        return
    beside = [each for side in others for each in side if isinstance(each, Record)]
    names = {field.name for each in beside for field in each.fields}
    if names - {field.name for each in (old, new) for field in each.fields}:
        place = replace(where, declared=where.declared | names)
        yield Pair(Role.SCHEMA, _bare(old), _bare(new), place)


def _bare(record: Record) -> Record:
    """A record that says of its fields, and of what is beside them, alone."""
    return Record(record.fields, rest=record.rest, at=record.at)


def _leads_off(union: Union, types: Mapping[str, Schema]) -> bool:
    """Whether it refers to a type that `types` does not know."""
    return any(isinstance(each, Ref) and each.name not in types for each in union.branches)


def _covered(
    walk: Walk, schema: Schema, others: Sequence[Schema], encoding: Encoding, *, old: bool
) -> bool:
    """Whether every value of a branch is surely accepted by one of the other version's."""
    if encoding is Encoding.AVRO:
        return covered(schema, others, encoding, (walk.old_types, walk.new_types))
    return any(walk.within(schema, other, old=old) for other in others) or (
        isinstance(schema, Scalar) and is_covered(schema, _leaves(others))
    )


def _leaves(branches: Sequence[Schema]) -> list[Scalar]:
    return [each for each in branches if isinstance(each, Scalar)]


def _shadowed(
    sides: tuple[Sequence[Schema], Sequence[Schema]],
    at: tuple[int, int],
    where: Where,
    unions: tuple[Union, Union],
) -> Iterator[Pair]:
    """A pair of named branches, of which readers of a version find another one first.

    Where that one stood in the way before, no version reads otherwise than the other.
    """
    (before, after), (i, j) = sides, at
    for meant, own, others, index in (
        (before[i], before, after, j),
        (after[j], after, before, i),
    ):
        found = first_named(meant, others)
        if found is None or found == index:
            continue
        name = name_of(others[found])
        mine = first_named(meant, own)
        if mine is None or name_of(own[mine]) != name:
            yield Pair(Role.BRANCH, before[i], after[j], where, *unions, lookalike=name)
            return


def _taken_apart(walk: Walk, old: Union, new: Union) -> tuple[Union, Union]:
    """Lists of values of several types answer types one by one."""
    before = [resolve(branch, walk.old_types) for branch in old.branches]
    after = [resolve(branch, walk.new_types) for branch in new.branches]
    found = apart_by_type(before, after), apart_by_type(after, before)
    return (
        old if found[0] == before else replace(old, branches=tuple(found[0])),
        new if found[1] == after else replace(new, branches=tuple(found[1])),
    )


def _beside(
    walk: Walk,
    pair: Pair,
    others: tuple[Sequence[Schema], Sequence[Schema]],
    unions: tuple[Union, Union],
) -> Pair:
    """Note what the other branches take as well, when a leaf of a union changed."""
    old, new, encoding = pair.old, pair.new, pair.where.encoding
    if encoding is Encoding.JSON and isinstance(old, _LEAVES) and isinstance(new, _LEAVES):
        doubted = Effect.NARROWS if _may_take(others[1], old) else Effect.NONE
        doubted |= Effect.WIDENS if _may_take(others[0], new) else Effect.NONE
        pair = replace(pair, where=pair.where.doubting(doubted))
    if not (isinstance(old, Scalar) and isinstance(new, Scalar)):
        return pair
    kept = _covered(walk, old, others[1], encoding, old=True)
    had = _covered(walk, new, others[0], encoding, old=False)
    return replace(
        pair,
        covered_old=kept or is_covered(old, _alike(old, (*others[1], new))),
        covered_new=had or is_covered(new, _alike(new, (*others[0], old))),
        old_owner=unions[0],
        new_owner=unions[1],
    )


_LEAVES: Final = (Scalar, Enum)


def _alike(leaf: Scalar, branches: Sequence[Schema]) -> list[Scalar]:
    """The leaves that mean the same by a value: they may take over what one gives up."""
    mine = leaf.logical, leaf.unit, leaf.scheme
    return [each for each in _leaves(branches) if (each.logical, each.unit, each.scheme) == mine]


def _may_take(branches: Sequence[Schema], branch: Schema) -> bool:
    """Whether one of `branches` may take some values of another, by their type alone."""
    kinds = {*types_of(branch)}
    kinds |= {"number", "integer"} if kinds & {"number", "integer"} else kinds
    return any(not kinds.isdisjoint(types_of(each)) for each in branches)
