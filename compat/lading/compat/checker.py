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
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from lading.compat.diff import facts
from lading.compat.diff.schemas import is_ambiguous, is_torn
from lading.compat.judge import finding_of, judge
from lading.compat.pair import Pair, Role
from lading.compat.pair.branches import readable, short
from lading.compat.pair.renames import NONE
from lading.compat.pair.schemas import any_shapes, by_alias
from lading.compat.pair.walk import Walk, Where, resolve
from lading.compat.policy import DEFAULT
from lading.compat.runtimes import SPEC
from lading.model.contract import Contract, Kind, Slot
from lading.model.schema import (
    Array,
    Encoding,
    Enum,
    Fixed,
    Map,
    Record,
    Ref,
    Scalar,
    Union,
)
from lading.model.written import BODY, said

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from lading.compat.policy import Policy
    from lading.model.contract import Compatibility
    from lading.model.schema import Field, Said, Schema
    from lading.model.written import Part, Written

    Key: TypeAlias = tuple[Hashable, ...]
    Named: TypeAlias = Record | Enum | Fixed
    Token: TypeAlias = str | type | tuple[type, str]

_MANY: Final = 5_000
"""So many parts are known at a time."""
_LONG: Final = 2_000
"""Parts of more letters than that are judged each time."""
_HERE: Final = Where(Slot.EVENT, Encoding.AVRO)
_ALIAS: Final = "\0"
"""Below a field by another name: no type is called so."""
_AVRO: Final = Kind.AVRO  # found once: it is looked up in Python
_NAMED: Final = frozenset({Record, Enum, Fixed})
_HOLDERS: Final = frozenset({Array, Map})


class _NotAloneError(Exception):
    """A part cannot be judged on its own."""


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
        self.known: dict[Key, bool] = {}
        """What it has learnt."""

    def compatible(self, old: Contract, new: Contract) -> bool:
        """Whether `new` may follow `old`: nothing is forbidden, and nothing is left open.

        It is what ``judge(old, new, promise, policy=policy).compatible`` says.
        """
        if old.kind is not _AVRO or new.kind is not _AVRO or not self._usual:
            return self._judged(old, new)
        try:
            before, after = old.parts, new.parts
            if before is after:
                return True
            return _Question(self, old, new).passes(before - after, after - before)
        except (_NotAloneError, RecursionError):
            return self._judged(old, new)

    def _judged(self, old: Contract, new: Contract) -> bool:
        return judge(old, new, self.promise, policy=self.policy).compatible

    def keep(self, key: Key, passes: bool) -> bool:  # noqa: FBT001 - it is the value
        """Know from now on whether a part passes, unless it is a long one."""
        if len(self.known) >= _MANY:
            self.known.clear()
        if sum([len(each) for each in key if isinstance(each, str)]) <= _LONG:
            self.known[key] = passes
        return passes


class _Question:
    """Two versions, while it is asked of them."""

    __slots__ = (
        "checker",
        "known",
        "links",
        "new",
        "now",
        "old",
        "pending",
        "seen",
        "tangled",
        "was",
        "within",
    )

    def __init__(self, checker: Checker, old: Contract, new: Contract) -> None:
        self.checker, self.known = checker, checker.known.get
        self.old, self.new = old, new
        self.was, self.now = old.written, new.written
        self.pending: list[tuple[str, str]] = []
        """Types that answer each other by other names, and are still to be looked at."""
        self.seen: set[tuple[str, str]] = set()
        self.within = BODY
        """The type of which a part is looked at."""
        self.links: list[tuple[str, str]] = []
        """Types that lead to types of one name by what differs."""
        self.tangled: dict[str, None] = {}
        """Records of which aliases may join fields."""

    def passes(self, gone: Iterable[Part], came: Iterable[Part]) -> bool:
        """Whether nothing counts in the parts that one version alone has."""
        doubtful: set[str] = set()
        for name in self._failing(gone, came):
            if name == BODY:
                return False
            doubtful.add(name)
        if not doubtful:
            return True
        if doubtful.isdisjoint(_met(self.was, self.now, self.links)):
            raise _NotAloneError
        return False

    def _failing(self, gone: Iterable[Part], came: Iterable[Part]) -> Iterator[str]:
        """The types of which a part does not pass, or something below it by another name.

        A type that one version alone has is judged where something leads to it.
        """
        was, now = self.was, self.now
        for name, spot, _ in gone:
            if name in now and not self._went(name, spot):
                self.pending.clear()
                yield name
        for name, spot, _ in came:
            if spot and name in was and not self._came(name, spot):
                yield name
        for name in self.tangled:
            if not self._alone((was[name], now[name])):
                yield name

    def _went(self, name: str, spot: str) -> bool:
        """A part of the old version that the new one does not have, or has otherwise."""
        a, b = self.was[name], self.now[name]
        self.within = name
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
            return self._fact(key, (a, b), a.nodes[spot], None)
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
        return self._fact(key, (a, b), None, b.nodes[spot])

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
        for name, mine in a.fields.items():
            other = b.fields.get(name)
            if other is None or other.text == mine.text:
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
        for old, new in by_alias(gone, came) if gone and came else ():
            gone.remove(old)
            came.remove(new)
            mine, other = a.fields[old.name], b.fields[new.name]
            if not self._fact(_beside(types, (old, new), (mine, other)), types, old, new):
                return False
            if mine.schema != other.schema:
                # What is below is met by those alone who know the alias: it may pass all the same.
                self.within = _ALIAS
                if not (self._schemas(old.schema, new.schema) and self._pass_below()):
                    raise _NotAloneError
        records = _records(types)
        for each in gone:
            key = "-", a.fields[each.name].terms, _is_torn(each, b, records)
            if not self._fact(key, types, each, None):
                return False
        for each in came:
            key = "+", b.fields[each.name].terms, _is_torn(each, a, records[::-1])
            if not self._fact(key, types, None, each):
                return False
        return True

    def _fields(self, types: tuple[Written, Written], old: Field, new: Field) -> bool:
        """A field that both have."""
        mine, other = types[0].fields[old.name], types[1].fields[new.name]
        if mine.beside != other.beside or old.name != new.name:
            key = _beside(types, (old, new), (mine, other))
            if not self._fact(key, types, old, new):
                return False
        if mine.schema == other.schema:
            return True
        if mine.names or other.names:
            return self._schemas(old.schema, new.schema)
        texts = mine.schema, other.schema
        passes = self.known(texts)
        return (
            self.checker.keep(texts, self._schemas(old.schema, new.schema))
            if passes is None
            else passes
        )

    def _fact(
        self, key: Key, types: tuple[Written, Written], old: Field | None, new: Field | None
    ) -> bool:
        """A field itself, without what is under it: `key` is all that decides."""
        passes = self.known(key)
        if passes is not None:
            return passes
        pair = Pair(Role.FIELD, old, new, _HERE, types[0].schema, types[1].schema)
        return self.checker.keep(key, self._pass([pair]))

    # --- schemas

    def _heads(self, a: Written, b: Written) -> bool:
        """Two types apart from their fields."""
        if a.head == b.head:
            return True
        old, new = a.schema, b.schema
        if type(old) is not type(new) or type(old) not in _NAMED:
            return self._schemas(old, new)
        names = cast("Named", old), cast("Named", new)
        if names[0].aliases != names[1].aliases:
            self._see_that_it_joins_nothing(*names)
        texts = a.head, b.head
        passes = self.known(texts)
        if passes is None:
            if isinstance(old, Record):
                old, new = replace(old, fields=()), replace(cast("Record", new), fields=())
            passes = self._shapes(_sort(old, new), old, new)
            self.checker.keep(texts, passes)
        return passes

    def _see_that_it_joins_nothing(self, old: Named, new: Named) -> None:
        """A union with another type that an alias names now, or named, is read otherwise."""
        others = ({*old.aliases} ^ {*new.aliases}) - {old.name, new.name}
        if any(each in self.was or each in self.now for each in others):
            raise _NotAloneError

    def _schemas(self, old: Schema, new: Schema) -> bool:
        """Two schemas that differ, up to the named types that they lead to."""
        old, new = resolve(old, self.old.types), resolve(new, self.new.types)
        kinds = type(old), type(new)
        if Union in kinds:
            return self._unions(old, new)
        if kinds[0] is not kinds[1]:
            return self._shapes(cast("Key", kinds), old, new)
        match old, new:
            case Array(), Array():
                return self._items(old.items, new.items)
            case Map(), Map():
                return self._items(old.values, new.values)
            case Scalar(), Scalar():
                return self._shapes((said(old).text, said(new).text), old, new)
        self._lead(old, new)
        return True

    def _items(self, old: Schema, new: Schema) -> bool:
        """What two lists or maps hold; of types by one name their parts tell."""
        return said(old).text == said(new).text or self._schemas(old, new)

    def _lead(self, old: Schema, new: Schema) -> None:
        """Look at these types as well; one that is not among the types is the contract itself."""
        names = cast("Named", old).name, cast("Named", new).name
        pair = (
            names[0] if names[0] in self.was else BODY,
            names[1] if names[1] in self.now else BODY,
        )
        if pair[0] == pair[1]:
            self.links.append((self.within, pair[0]))
        elif pair not in self.seen:
            self.seen.add(pair)
            self.pending.append(pair)

    def _unions(self, old: Schema, new: Schema) -> bool:
        """Alternatives: those that one side alone has, among what they may be read as."""
        mine, others = _branches(old, self.old.types), _branches(new, self.new.types)
        gone = [each for each in mine if each not in others]
        came = [each for each in others if each not in mine]
        renamed = _renamed(mine, others)
        if renamed:
            gone.remove(renamed[0])
            came.remove(renamed[1])
            self._lead(mine[renamed[0]], others[renamed[1]])
        both = [each for each in mine if each in others]
        for token in both:
            if type(token) is tuple:
                self._lead(mine[token], others[token])
            elif token in _HOLDERS and not self._schemas(mine[token], others[token]):
                return False
        if not gone and not came:
            return True
        leaves = [e for e in (*map(mine.get, gone), *map(others.get, came)) if type(e) is Scalar]
        read = [each for each in both if _reads(mine[each], leaves)] if leaves else ()
        key = tuple(map(_nameless, gone)), tuple(map(_nameless, came)), frozenset(read)
        passes = self.known(key)
        if passes is not None:
            return passes
        return self._shapes(key, *(Union((*each.values(),)) for each in (mine, others)))

    def _shapes(self, key: Key, old: Schema, new: Schema) -> bool:
        """Two schemas of which `key` is all that decides, up to the named types below."""
        passes = self.known(key)
        if passes is not None:
            return passes
        walk = Walk(self.old.types, self.new.types, frozenset, lambda: NONE)
        return self.checker.keep(key, self._pass(any_shapes(walk, old, new, _HERE)))

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


def _is_torn(mine: Field, other: Written, records: tuple[Record, Record]) -> bool:
    """As `is_torn`, which mostly is seen at once."""
    if not mine.aliases and mine.name not in other.aliases:
        return False
    return is_torn(mine, *records)


def _beside(
    types: tuple[Written, Written], fields: tuple[Field, Field], said: tuple[Said, Said]
) -> Key:
    """All that may decide what a field does that both have, beside its schema."""
    old, new = fields
    joined: Hashable = None
    if old.aliases != new.aliases or old.name != new.name:
        joined = (
            old.name == new.name,
            old.aliases == new.aliases,
            old.name in new.aliases,
            new.name in old.aliases,
            is_ambiguous(fields, _records(types)),
        )
    kind = type(old.schema)
    alike = kind is type(new.schema)
    docs: tuple[str, ...] = ()
    if kind is Scalar and alike and old.doc != new.doc:
        docs = old.doc, new.doc  # codes may be told in them
    return said[0].terms, said[1].terms, joined, alike, *docs


def _sort(old: Schema, new: Schema) -> Key:
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
            read = old.open, new.open, old.default is None, new.default is None
            return joined, mine <= others, others <= mine, read, old.taxonomy, new.taxonomy
    raise TypeError(old)


def _branches(schema: Schema, types: Mapping[str, Schema]) -> dict[Token, Schema]:
    """The alternatives, by what readers tell them apart by, but for aliases."""
    found: dict[Token, Schema] = {}
    for branch in schema.branches if isinstance(schema, Union) else (schema,):
        each = types[branch.name] if type(branch) is Ref else branch
        token: Token = type(each)
        if token is Union:
            raise _NotAloneError  # which is not legal
        if token is Scalar:
            token = _leaf(cast("Scalar", each))
        elif token in _NAMED:
            token = type(each), short(cast("Named", each).name)
        if token in found:
            raise _NotAloneError  # a reader takes the first of them
        found[token] = each
    return found


def _renamed(old: Mapping[Token, Schema], new: Mapping[Token, Schema]) -> tuple[Token, ...]:
    """The one branch of each side that an alias joins; empty where there is none."""
    sides = [
        {token: cast("Named", each) for token, each in side.items() if type(token) is tuple}
        for side in (old, new)
    ]
    if not any(each.aliases for side in sides for each in side.values()):
        return ()
    joined = {
        (one, other)
        for one, a in sides[0].items()
        for other, b in sides[1].items()
        if one != other and type(a) is type(b) and (a.name in b.aliases or b.name in a.aliases)
    }
    if not joined:
        return ()
    pair = joined.pop()
    if joined or pair[0] in new or pair[1] in old:
        raise _NotAloneError  # a reader may find another one
    return pair


def _reads(scalar: Schema, leaves: Iterable[Schema | None]) -> bool:
    """Whether one of `leaves` may be read as a scalar."""
    if not isinstance(scalar, Scalar):
        return False
    return any(readable(cast("Scalar", each).type, scalar.type) for each in leaves)


def _leaf(scalar: Scalar) -> Token:
    """All that a scalar of Avro says."""
    if scalar.logical is None and scalar.unit is None and scalar.scheme is None:
        return scalar.type
    return said(scalar).text


def _nameless(token: Token) -> Hashable:
    return token[0] if type(token) is tuple else token


def _met(
    was: Mapping[str, Written], now: Mapping[str, Written], links: Iterable[tuple[str, str]]
) -> set[str]:
    """The types of one name that readers of both versions surely come to."""
    found, left = {BODY}, [BODY]
    while left:
        name = left.pop()
        a, b = was[name], now[name]
        names = {leads for owner, leads in links if owner == name}
        if a.said.text == b.said.text:
            names.update(a.said.names)
        for each, mine in a.fields.items():
            other = b.fields.get(each) if mine.names else None
            if other is not None and mine.schema == other.schema:
                names.update(mine.names)
        for each in names:
            if each not in found and each in was and each in now:
                found.add(each)
                left.append(each)
    return found


@lru_cache(maxsize=16)
def checker_of(promise: Compatibility, policy: Policy) -> Checker:
    """The one that this process keeps for a promise and a policy."""
    return Checker(promise, policy)
