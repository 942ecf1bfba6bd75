"""Yes or no: may a version follow another? For those who do not ask why.

Two versions of an event differ in a few parts: a field, or what a type says apart from its fields.
What a part does hangs on little of what it says, so that it is judged once, by the same rules as
ever, and known from then on; versions are compatible when nothing counts in any of their parts.
Where a part is not on its own (it may never be met, or is met under an alias alone) the whole is
judged, so that the answer is always that of `judge`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

from lading.compat.diff import facts
from lading.compat.diff.schemas import is_ambiguous, is_torn
from lading.compat.judge import finding_of, judge
from lading.compat.pair import Pair, Role
from lading.compat.pair.branches import short
from lading.compat.pair.renames import NONE
from lading.compat.pair.schemas import any_shapes, by_alias, pair_schemas
from lading.compat.pair.walk import Walk, Where, resolve
from lading.compat.policy import DEFAULT
from lading.compat.runtimes import SPEC
from lading.model.contract import Contract, Kind, Slot
from lading.model.schema import Encoding, Enum, Fixed, Record, Scalar, Union
from lading.model.written import BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from lading.compat.policy import Policy
    from lading.model.contract import Compatibility
    from lading.model.schema import Field, Said, Schema
    from lading.model.written import Part, Written

    Named: TypeAlias = Record | Enum | Fixed
    Kin: TypeAlias = tuple[type, str, tuple[str, ...], int]
    Way: TypeAlias = Callable[[Walk, Schema, Schema, Where], Iterable[Pair]]

_MANY: Final = 20_000
"""So many parts are known at a time."""
_HERE: Final = Where(Slot.EVENT, Encoding.AVRO)
_AVRO: Final = Kind.AVRO  # found once: it is looked up in Python
_NAMED: Final = frozenset({Record, Enum, Fixed})


class _NotAloneError(Exception):
    """A part cannot be judged on its own."""


class _Known(NamedTuple):
    """What a part does."""

    passes: bool
    leads: tuple[tuple[str, str], ...] = ()
    """Types that answer each other below it by other names: what they say is no part of it."""


class Checker:
    """Answers under one promise; any number of threads may ask it.

    It learns: keep one as long as there is something to ask. It knows parts of Avro; of other kinds
    the whole is judged.

    Args:
        promise: what is promised.
        policy: by what else it is judged.
    """

    __slots__ = ("_usual", "known", "policy", "promise")

    def __init__(self, promise: Compatibility, policy: Policy = DEFAULT) -> None:
        self.promise, self.policy = promise, policy
        self._usual = frozenset(policy.runtimes) == SPEC  # others look into types nobody meets
        self.known: dict[Hashable, _Known] = {}
        """What it has learnt."""

    def compatible(self, old: Contract, new: Contract) -> bool:
        """Whether `new` may follow `old`: nothing is forbidden, and nothing is left open.

        It is what ``judge(old, new, promise, policy=policy).compatible`` says.
        """
        if old.kind is not _AVRO or new.kind is not _AVRO or not self._usual:
            return self._judged(old, new)
        before, after = old.parts, new.parts
        gone, came = before - after, after - before
        if not gone and not came:
            return True
        try:
            return _Question(self, old, new).passes(gone, came)
        except _NotAloneError:
            return self._judged(old, new)

    def _judged(self, old: Contract, new: Contract) -> bool:
        return judge(old, new, self.promise, policy=self.policy).compatible

    def keep(self, key: Hashable, known: _Known) -> _Known:
        """Know it from now on."""
        if len(self.known) >= _MANY:
            self.known.clear()
        self.known[key] = known
        return known


class _Question:
    """Two versions, while it is asked of them."""

    __slots__ = ("checker", "known", "new", "now", "old", "pending", "seen", "tangled", "was")

    def __init__(self, checker: Checker, old: Contract, new: Contract) -> None:
        self.checker, self.known = checker, checker.known.get
        self.old, self.new = old, new
        self.was, self.now = old.written, new.written
        self.pending: list[tuple[str, str]] = []
        """Types that answer each other by other names, and are still to be looked at."""
        self.seen: set[tuple[str, str]] = set()
        self.tangled: dict[str, None] = {}
        """Records of which aliases may join fields."""

    def passes(self, gone: Iterable[Part], came: Iterable[Part]) -> bool:
        """Whether nothing counts in the parts that one version alone has."""
        failing = self._failing(gone, came)
        if failing is None:
            return True
        if failing != BODY and failing not in _met(self.was, self.now):
            raise _NotAloneError
        return False

    def _failing(self, gone: Iterable[Part], came: Iterable[Part]) -> str | None:
        """A type of which a part does not pass, or something below it by another name.

        A type that one version alone has is judged where something leads to it.
        """
        was, now = self.was, self.now
        for name, spot, _ in gone:
            if name in now and not self._went(name, spot):
                return name
        for name, spot, _ in came:
            if spot and name in was and not self._came(name, spot):
                return name
        for name in self.tangled:
            if not self._alone((was[name], now[name])):
                return name
        return None

    def _went(self, name: str, spot: str) -> bool:
        """A part of the old version that the new one does not have, or has otherwise."""
        a, b = self.was[name], self.now[name]
        if not spot:
            passes = self._heads(a, b)
        elif type(a.schema) is not type(b.schema):
            return True  # their heads say so
        elif spot in b.fields:
            passes = self._fields((a, b), a.nodes[spot], b.nodes[spot])
        elif spot in b.aliases or a.nodes[spot].aliases:
            self.tangled[name] = None
            return True
        else:
            key = "-", a.fields[spot].terms, False
            return (self.known(key) or self._fact(key, (a, b), a.nodes[spot], None)).passes
        return passes and self._pass_below()

    def _came(self, name: str, spot: str) -> bool:
        """A field of the new version that the old one may not have."""
        a, b = self.was[name], self.now[name]
        if spot in a.fields or type(a.schema) is not type(b.schema):
            return True
        if spot in a.aliases or b.nodes[spot].aliases:
            self.tangled[name] = None
            return True
        key = "+", b.fields[spot].terms, False
        return (self.known(key) or self._fact(key, (a, b), None, b.nodes[spot])).passes

    def _pass_below(self) -> bool:
        """Whether types that answer each other by other names go together."""
        while self.pending:
            old, new = self.pending.pop()
            if not self._types((self.was[old], self.now[new])):
                return False
        return True

    def _types(self, types: tuple[Written, Written]) -> bool:
        """Whether two types go together, but for the types that they lead to."""
        a, b = types
        if not self._heads(a, b):
            return False
        for name, said in a.fields.items():
            other = b.fields.get(name)
            if other is None or other.text == said.text:
                continue
            if not self._fields(types, a.nodes[name], b.nodes[name]):
                return False
        return a.fields.keys() == b.fields.keys() or self._alone(types)

    # --- fields

    def _alone(self, types: tuple[Written, Written]) -> bool:
        """Fields that one of two records alone has, by name."""
        a, b = types
        gone = [each for name, each in a.nodes.items() if name not in b.nodes]
        came = [each for name, each in b.nodes.items() if name not in a.nodes]
        for old, new in by_alias(gone, came):
            gone.remove(old)
            came.remove(new)
            if a.fields[old.name].schema != b.fields[new.name].schema:
                raise _NotAloneError  # what is below is met by those alone who know the alias
            if not self._fields(types, old, new):
                return False
        old_record, new_record = _records(types)
        for each in gone:
            key = "-", a.fields[each.name].terms, is_torn(each, old_record, new_record)
            if not (self.known(key) or self._fact(key, types, each, None)).passes:
                return False
        for each in came:
            key = "+", b.fields[each.name].terms, is_torn(each, new_record, old_record)
            if not (self.known(key) or self._fact(key, types, None, each)).passes:
                return False
        return True

    def _fields(self, types: tuple[Written, Written], old: Field, new: Field) -> bool:
        """A field that both have."""
        mine, other = types[0].fields[old.name], types[1].fields[new.name]
        if mine.beside != other.beside or old.name != new.name:
            key = _beside(types, (old, new), (mine, other))
            if not (self.known(key) or self._fact(key, types, old, new)).passes:
                return False
        if mine.schema == other.schema:
            return True
        texts, names = (mine.schema, other.schema), (mine.names, other.names)
        return self._schemas((old.schema, new.schema), texts, names)

    def _fact(
        self, key: Hashable, types: tuple[Written, Written], old: Field | None, new: Field | None
    ) -> _Known:
        """A field itself, without what is under it."""
        pair = Pair(Role.FIELD, old, new, _HERE, types[0].schema, types[1].schema)
        return self.checker.keep(key, _Known(self._pass([pair])))

    # --- schemas

    def _heads(self, a: Written, b: Written) -> bool:
        """Two types apart from their fields."""
        if a.head == b.head:
            return True
        old, new = a.schema, b.schema
        if type(old) is not type(new) or type(old) not in _NAMED:
            return self._schemas((old, new), (a.head, b.head), (a.said.names, b.said.names))
        said = a.head, b.head
        found = self.known(said)
        if found is None:
            if isinstance(old, Record):
                old, new = replace(old, fields=()), replace(cast("Record", new), fields=())
            found = self._learnt(_sort(old, new), (old, new), any_shapes)
            self.checker.keep(said, found)
        return found.passes

    def _schemas(
        self,
        schemas: tuple[Schema, Schema],
        texts: tuple[str, str],
        names: tuple[frozenset[str], frozenset[str]],
    ) -> bool:
        """Two schemas that differ, up to the named types that they lead to."""
        leads = names[0] or names[1]
        found = None if leads else self.known(texts)
        if found is not None:
            return found.passes
        old, new = resolve(schemas[0], self.old.types), resolve(schemas[1], self.new.types)
        kinds = type(old), type(new)
        if kinds[0] is not kinds[1] and Union not in kinds:
            return self._learnt(kinds, (old, new), any_shapes).passes
        if not leads:
            return self._learnt(texts, schemas).passes
        if kinds[0] in _NAMED and kinds[0] is kinds[1]:
            self._lead([self._key(old, new)])
            return True
        kin = [
            [_kin(side[each].schema) for each in sorted(of)]
            for side, of in ((self.was, names[0]), (self.now, names[1]))
        ]
        nameless, raw = _nameless(texts, kin), (texts, *kin[0], None, *kin[1])
        found = self.known(nameless) or self.known(raw)
        if found is None:
            found = self._walk(schemas, pair_schemas)
            self.checker.keep(raw if found.leads or nameless is None else nameless, found)
        self._lead(found.leads)
        return found.passes

    def _lead(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Look at these types as well."""
        for each in pairs:
            if each not in self.seen:
                self.seen.add(each)
                self.pending.append(each)

    def _key(self, old: Schema, new: Schema) -> tuple[str, str]:
        """Under which names two types are known."""
        names = cast("Named", old).name, cast("Named", new).name
        return names[0] if names[0] in self.was else BODY, names[1] if names[
            1
        ] in self.now else BODY

    def _learnt(
        self, key: Hashable, schemas: tuple[Schema, Schema], way: Way = pair_schemas
    ) -> _Known:
        return self.known(key) or self.checker.keep(key, self._walk(schemas, way))

    def _walk(self, schemas: tuple[Schema, Schema], way: Way) -> _Known:
        walk = Walk(self.old.types, self.new.types, frozenset, lambda: NONE)
        passes = self._pass([*way(walk, *schemas, _HERE)])
        found = [self._key(old, new) for old, new, _ in walk.pending]
        return _Known(passes, tuple([each for each in found if each[0] != each[1]]))

    def _pass(self, pairs: Iterable[Pair]) -> bool:
        """Whether nothing counts in what there is to say of some nodes."""
        checker, versions = self.checker, (self.old, self.new)
        return not any(
            finding_of(each, checker.promise, versions, checker.policy).counts
            for two in pairs
            for each in facts(two)
        )


def _records(types: tuple[Written, Written]) -> tuple[Record, Record]:
    return cast("Record", types[0].schema), cast("Record", types[1].schema)


def _beside(
    types: tuple[Written, Written], fields: tuple[Field, Field], said: tuple[Said, Said]
) -> Hashable:
    """All that may decide what a field does that both have, beside its schema."""
    old, new = fields
    joined: Hashable = None
    if old.name != new.name or old.aliases != new.aliases:
        joined = (
            old.name == new.name,
            old.name in new.aliases,
            new.name in old.aliases,
            is_ambiguous(fields, _records(types)),
        )
    alike = type(old.schema) is type(new.schema)
    prose = alike and old.doc != new.doc and type(old.schema) is Scalar  # codes may be told in it
    return (
        said[0].terms,
        said[1].terms,
        joined,
        alike,
        (old.doc, new.doc) if prose else None,
    )


def _sort(old: Schema, new: Schema) -> Hashable:
    """All that may decide what two types of one kind do, apart from their fields."""
    names = cast("Named", old), cast("Named", new)
    joined = (
        short(names[0].name) == short(names[1].name),
        names[0].name in names[1].aliases,
        names[1].name in names[0].aliases,
    )
    match old, new:
        case Record(), Record():
            return joined, old.is_error, new.is_error, old.invariants, new.invariants
        case Fixed(), Fixed():
            return joined, old.size == new.size, old.logical, new.logical, old.unit, new.unit
        case Enum(), Enum():
            mine, others = set(old.symbols), set(new.symbols)
            read = old.open or old.default is not None, new.open or new.default is not None
            differ = old.open == new.open, mine <= others, others <= mine
            return joined, differ, read, old.taxonomy, new.taxonomy
    raise TypeError(old)


def _kin(schema: Schema) -> Kin:
    """What a union looks at in a type to find its like: see `match`."""
    named = cast("Named", schema)
    return type(named), named.name, named.aliases, len(named.fields) if type(named) is Record else 0


def _nameless(texts: tuple[str, str], kin: Sequence[Sequence[Kin]]) -> Hashable:
    """Two schemas with numbers for names, where those decide nothing but what is one type."""
    names = sorted({name for side in kin for _, name, _, _ in side})
    aliased = any(aliases for side in kin for _, _, aliases, _ in side)
    if aliased or len({short(each) for each in names}) < len(names):
        return None
    said = [*texts]
    for index, side in enumerate(kin):
        for kind, name, _, _ in side:
            said[index] = said[index].replace(
                f"Ref(name={name!r})", f"{kind.__name__} {names.index(name)}"
            )
    return tuple(said)


def _met(was: Mapping[str, Written], now: Mapping[str, Written]) -> set[str]:
    """The types of one name that readers of both versions surely come to."""
    found, left = {BODY}, [BODY]
    while left:
        name = left.pop()
        a, b = was[name], now[name]
        names: set[str] = set()
        if a.said.text == b.said.text:
            names.update(a.said.names)
        for each, said in a.fields.items():
            other = b.fields.get(each) if said.names else None
            if other is not None and said.schema == other.schema:
                names.update(said.names)
        for each in names:
            if each not in found and each in was and each in now:
                found.add(each)
                left.append(each)
    return found


@lru_cache(maxsize=64)
def checker_of(promise: Compatibility, policy: Policy) -> Checker:
    """The one that this process keeps for a promise and a policy."""
    return Checker(promise, policy)
