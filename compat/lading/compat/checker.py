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
from typing import TYPE_CHECKING, Final, cast

from lading.compat.diff import facts
from lading.compat.judge import finding_of, judge
from lading.compat.pair import Pair, Role
from lading.compat.pair.renames import NONE
from lading.compat.pair.schemas import any_shapes, by_alias
from lading.compat.pair.walk import Walk, Where, resolve
from lading.compat.policy import DEFAULT
from lading.compat.runtimes import SPEC
from lading.compat.sorts import (
    NAMED,
    NotAloneError,
    beside,
    branches_of,
    met,
    nameless,
    reads,
    records_of,
    renamed,
    sort_of,
    torn,
)
from lading.model.contract import Contract, Kind, Slot
from lading.model.schema import (
    Array,
    Encoding,
    Map,
    Record,
    Scalar,
    Union,
)
from lading.model.written import BODY, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.compat.policy import Policy
    from lading.compat.sorts import Key, Named
    from lading.model.contract import Compatibility
    from lading.model.schema import Field, Schema
    from lading.model.written import Part, Written


_MANY: Final = 5_000
"""So many parts are known at a time."""
_LONG: Final = 2_000
"""Parts of more letters than that are judged each time."""
_HERE: Final = Where(Slot.EVENT, Encoding.AVRO)
_ALIAS: Final = "\0"
"""Below a field by another name: no type is called so."""
_AVRO: Final = Kind.AVRO  # found once: it is looked up in Python
_HOLDERS: Final = frozenset({Array, Map})


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
        except (NotAloneError, RecursionError):
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
        if doubtful.isdisjoint(met(self.was, self.now, self.links)):
            raise NotAloneError
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
            passes = self._fields((a, b), spot)
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
            if not self._fields(types, name):
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
            if not self._fact(beside(types, (old, new), (mine, other)), types, old, new):
                return False
            if mine.schema != other.schema:
                # What is below is met by those alone who know the alias: it may pass all the same.
                self.within = _ALIAS
                if not (self._schemas(old.schema, new.schema) and self._pass_below()):
                    raise NotAloneError
        records = records_of(types)
        for each in gone:
            key = "-", a.fields[each.name].terms, torn(each, b, records)
            if not self._fact(key, types, each, None):
                return False
        for each in came:
            key = "+", b.fields[each.name].terms, torn(each, a, records[::-1])
            if not self._fact(key, types, None, each):
                return False
        return True

    def _fields(self, types: tuple[Written, Written], name: str) -> bool:
        """A field that both have."""
        a, b = types
        old, new, mine, other = a.nodes[name], b.nodes[name], a.fields[name], b.fields[name]
        if mine.beside != other.beside:
            key = beside(types, (old, new), (mine, other))
            if not self._fact(key, types, old, new):
                return False
        if mine.schema == other.schema:
            return True
        if mine.names or other.names:
            return self._schemas(old.schema, new.schema)
        texts = mine.schema, other.schema
        passes = self.known(texts)
        if passes is not None:
            return passes
        return self.checker.keep(texts, self._schemas(old.schema, new.schema))

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
        if type(old) is not type(new) or type(old) not in NAMED:
            return self._schemas(old, new)
        names = cast("Named", old), cast("Named", new)
        if names[0].aliases != names[1].aliases:
            self._see_that_it_joins_nothing(*names)
        texts = a.head, b.head
        passes = self.known(texts)
        if passes is None:
            if isinstance(old, Record):
                old, new = replace(old, fields=()), replace(cast("Record", new), fields=())
            passes = self._shapes(sort_of(old, new), old, new)
            self.checker.keep(texts, passes)
        return passes

    def _see_that_it_joins_nothing(self, old: Named, new: Named) -> None:
        """A union with another type that an alias names now, or named, is read otherwise."""
        others = ({*old.aliases} ^ {*new.aliases}) - {old.name, new.name}
        if any(each in self.was or each in self.now for each in others):
            raise NotAloneError

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
        mine, others = branches_of(old, self.old.types), branches_of(new, self.new.types)
        gone = [each for each in mine if each not in others]
        came = [each for each in others if each not in mine]
        if joined := renamed(mine, others):
            gone.remove(joined[0])
            came.remove(joined[1])
            self._lead(mine[joined[0]], others[joined[1]])
        both = [each for each in mine if each in others]
        for token in both:
            if type(token) is tuple:
                self._lead(mine[token], others[token])
            elif token in _HOLDERS and not self._schemas(mine[token], others[token]):
                return False
        if not gone and not came:
            return True
        leaves = [e for e in (*map(mine.get, gone), *map(others.get, came)) if type(e) is Scalar]
        read = [each for each in both if reads(mine[each], leaves)] if leaves else ()
        key = tuple(map(nameless, gone)), tuple(map(nameless, came)), frozenset(read)
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


@lru_cache(maxsize=16)
def checker_of(promise: Compatibility, policy: Policy) -> Checker:
    """The one that this process keeps for a promise and a policy."""
    return Checker(promise, policy)
