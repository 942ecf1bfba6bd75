"""What the walk over two contracts holds: pairs, where they stand, and which were seen before."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeAlias

from lading.compat.change import Change
from lading.compat.effect import Effect
from lading.compat.pair.copies import is_distinct
from lading.model.inclusion import Inclusion
from lading.model.schema import Encoding, Ref
from lading.model.values import made_often, made_once
from lading.model.written import BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lading.compat.change import ChangeKind, Path
    from lading.compat.pair.renames import Renames
    from lading.model.contract import Slot
    from lading.model.schema import Record, Schema
    from lading.model.written import Written

ITEMS: Final = "[]"
VALUES: Final = "{}"
_ITEM: Final = re.compile(r"\[\d*\]|\{\}")
"""Items and values, and one item of a list that stands at a fixed place."""
_PATHS_KEPT: Final = 100
"""A common type is reached on many paths; so many are kept, the rest is the same finding."""
_STEPS: Final = 500
"""How far to look for further paths; in a graph of more of them only so many are counted."""
_NONE: Final = frozenset[str]()
_SURE: Final = Effect.NONE  # found once: it is looked up in Python
_OPENING: Final = frozenset("[{")
_MARKS: Final = _OPENING | {"(", "*", "/"}
"""How a step begins that leads to no field by its name."""
_CHOICES: Final = 256
"""Two types are looked at by so many choices of names at most."""


class Role(Enum):
    """What the two nodes of a pair are to the contract."""

    __hash__ = object.__hash__  # each is there once: `Enum` hashes the name, and calls Python

    CONTRACT = auto()
    SCHEMA = auto()
    FIELD = auto()
    BRANCH = auto()
    CONDITION = auto()
    VALUE = auto()
    """What a value of a discriminator names."""
    API = auto()
    OPERATION = auto()
    PARAMETER = auto()
    BODY = auto()
    MEDIA = auto()
    PART = auto()
    RESPONSE = auto()
    HEADER = auto()
    LINK = auto()
    TAXONOMY = auto()
    STATE = auto()
    RANK = auto()
    """A state that stands in another place of the order."""
    TRANSITION = auto()
    SLA = auto()
    MAPPING = auto()
    CELL = auto()
    OVERRIDE = auto()
    """What a code means for all, and what it means from a partner that one version agrees with."""
    AGREEMENT = auto()
    """What both versions agree with one partner, as such: until when."""
    SENDING = auto()
    PROTO_FILE = auto()
    PROTO_MESSAGE = auto()
    PROTO_FIELD = auto()
    PROTO_ENUM = auto()
    PROTO_VALUE = auto()
    PROTO_METHOD = auto()


@made_once
class Frame:
    """One pair of named types; what is under it is visited once, however often it is used."""

    first: Path
    """The path on which the walk came here."""
    name: str
    """The named type, as the old version calls it."""
    uses: list[tuple[Frame | None, Path]] = field(default_factory=list)
    known: list[tuple[Sequence[Path], int]] = field(default_factory=list)
    """What `paths` has answered, when somebody has asked."""

    @property
    def is_used_once(self) -> bool:
        """Whether the walk's own path is the only one."""
        return len(self.uses) == 1 and self.uses[0][0] is None

    def paths(self) -> tuple[Sequence[Path], int]:
        """(the first paths to here, as people see them; how many there are).

        The walk's own is the first; those that go round a cycle are left out. It is asked when the
        walk is over.
        """
        if not self.known:
            found = [*dict.fromkeys(self._paths())]
            self.known.append(([*map(display, found[:_PATHS_KEPT])], len(found)))
        return self.known[0]

    def _paths(self) -> Iterator[Path]:
        """The search gives up early in a graph that was made to have more ways than atoms."""
        yield self.first
        ways: list[tuple[Frame, Path, frozenset[Frame]]] = [(self, (), frozenset())]
        left = _STEPS
        while ways:
            frame, path, passed = ways.pop()
            for parent, steps in reversed(frame.uses[:left]):
                left -= 1
                if parent is None:
                    yield steps + path
                elif parent is not frame and parent not in passed:
                    ways.append((parent, steps + path, passed | {frame}))


@made_often
class Where:
    """A place in the walk."""

    slot: Slot
    encoding: Encoding
    frame: Frame | None = None
    steps: Path = ()
    declared: frozenset[str] | None = frozenset()
    """Fields that others speak of: they count although a record is silent; `None`: every field.

    An open object may elsewhere be taken to carry what it declares, and nothing beside.
    """
    negated: bool = False
    """Within ``not``: what widens here narrows the whole."""
    met: Effect = Effect.REPLACES
    """What readers can notice here: under an alias that one version alone knows, readers of the
    other never come here."""
    doubted: Effect = Effect.NONE
    """What is not sure of a difference: something came or went beside it that may say the same.

    It ends at named types, which are compared for themselves, and at fields that nothing which came
    or went speaks of.
    """
    around: tuple[object, object, int] | None = None
    """What is around it in both versions that may be copied as a whole: the nearest object,
    parameter or header; and how many steps lead there. Of JSON alone: in Avro a record has one
    name, and one place."""

    def inside(self, old: object, new: object) -> Where:
        """The same place, as one in two nodes from which all further steps go."""
        return Where(
            self.slot,
            self.encoding,
            self.frame,
            self.steps,
            self.declared,
            self.negated,
            self.met,
            self.doubted,
            (old, new, len(self.steps)),
        )

    def step(self, *steps: str) -> Where:
        """The place `steps` further down."""
        return Where(
            self.slot,
            self.encoding,
            self.frame,
            self.steps + steps,
            self.declared,
            self.negated,
            self.met,
            _SURE if self.doubted is _SURE or not self._is_spoken_of(steps[0]) else self.doubted,
            self.around,
        )

    def _is_spoken_of(self, step: str) -> bool:
        """Whether conditions that came or went may say something of what is down there."""
        return self.declared is None or step in self.declared or step[:1] in _MARKS

    def doubting(self, effect: Effect) -> Where:
        """The same place, where it is not sure that the versions differ by `effect`."""
        if effect is _SURE:
            return self
        doubted = self.doubted | (effect.mirrored if self.negated else effect)
        return replace(self, doubted=doubted)

    def paths(self) -> tuple[tuple[Path, ...], int]:
        """(the first paths to here, the shortest first; how many there are)."""
        if self.frame is None or self.frame.is_used_once:
            return (display(self.frame.first + self.steps if self.frame else self.steps),), 1
        bases, count = self.frame.paths()
        if self.steps and _is_item(self.steps[0]):  # written onto the last step that leads here
            found = {display(base + self.steps) for base in bases}
        else:
            steps = display(self.steps)
            found = {base + steps for base in bases}
        return tuple(sorted(found, key=lambda path: (len(path), path))), count


def _is_item(step: str) -> bool:
    return step[:1] in _OPENING and bool(_ITEM.fullmatch(step))


def display(steps: Path) -> Path:
    """Write items and values onto the step they belong to: ``lines``, ``[]`` is ``lines[]``."""
    if len(steps) < 2:  # noqa: PLR2004 - nothing that one could be written onto
        return steps
    shown: list[str] = []
    for step in steps:
        if shown and step[:1] in _OPENING and _ITEM.fullmatch(step):
            shown[-1] += step
        else:
            shown.append(step)
    return tuple(shown)


@made_often
class Pair:
    """Two nodes that answer each other; `None` where one version has no such node."""

    role: Role
    old: object
    new: object
    where: Where
    old_owner: object = None
    new_owner: object = None
    covered_old: bool = False
    covered_new: bool = False
    lookalike: str = ""
    shaken: bool = False
    """An exclusive union differs, or a named type it leads to does: it is judged as a whole."""

    def change(
        self, kind: ChangeKind, what: str = "", *, values: tuple[object, object] | None = None
    ) -> Change:
        """State one fact about this pair; `values` when it is about a part of the nodes."""
        where = self.where
        paths, count = where.paths()
        old, new = values or (self.old, self.new)
        return Change(
            kind=kind,
            path=paths[0],
            slot=where.slot,
            encoding=where.encoding,
            old=old,
            new=new,
            what=what,
            old_owner=self.old_owner,
            new_owner=self.new_owner,
            elsewhere=paths[1:],
            places=max(count, len(paths)),
            covered_old=self.covered_old,
            covered_new=self.covered_new,
            lookalike=self.lookalike,
            negated=where.negated,
            met=where.met,
            doubted=where.doubted,
            tested=where.declared is None,
            spoken=where.declared or _NONE,
            home=where.frame.name if where.frame else "",
            within=display(where.steps),
            old_at=getattr(self.old, "at", None) or getattr(self.old_owner, "at", None),
            new_at=getattr(self.new, "at", None) or getattr(self.new_owner, "at", None),
            around=self._around() if where.encoding is Encoding.JSON else None,
        )

    def _around(self) -> tuple[object, object, Path] | None:
        """The nearest nodes of both versions that may be copied as a whole, and the way from them.

        They are the schemas themselves, or the alternatives that one of them is of, where those say
        enough.
        """
        if self.role in _SCHEMAS:
            old, new = self.old_owner or self.old, self.new_owner or self.new
            if is_distinct(old) or is_distinct(new):
                return old, new, ()
        found = self.where.around
        return found and (*found[:2], self.where.steps[found[2] :])


_SCHEMAS: Final = frozenset({Role.SCHEMA, Role.BRANCH, Role.CONDITION})
"""Where the two nodes are schemas, and what owns them is one."""

Spoken: TypeAlias = "dict[str, tuple[frozenset[str], frozenset[str]]]"
"""By name of a type, the names of fields in it, and of the types that it leads to."""


class TooLargeError(RecursionError):
    """Two versions have more to be compared than anybody waits for."""


@dataclass(slots=True)
class Budget:
    """How much more is looked at, in pairs of schemas, and what was found on the way.

    A comparison ends in any case.
    """

    left: int = 1_000_000
    included: dict[bool, Inclusion] = field(default_factory=dict)
    """What was found out of the old version within the new one, and the other way round."""
    spoken: dict[bool, Spoken] = field(default_factory=dict)
    """What `spoken_of` has found in the types of the old version, and in those of the new."""
    named: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By the names of two types: every name of a field in them, or in what they lead to."""
    chosen: dict[tuple[str, str], set[frozenset[str]]] = field(default_factory=dict)
    """By the names of two types: the choices of names by which others speak of them."""

    def choose(self, names: tuple[str, str], declared: frozenset[str]) -> None:
        """Look at two types by one more choice of names: there may be a power of two of them."""
        chosen = self.chosen.setdefault(names, set())
        chosen.add(declared)
        if len(chosen) > _CHOICES:
            raise TooLargeError

    def spend(self, pairs: int) -> None:
        """Look at so many."""
        self.left -= pairs
        if self.left < 0:
            raise TooLargeError


@made_once
class Walk:
    """The named types of both sides, and the pairs of names under comparison or done."""

    old_types: Mapping[str, Schema]
    new_types: Mapping[str, Schema]
    shaken: Callable[[], frozenset[str]]
    """The named types that differ, or lead to one that does; found when somebody asks."""
    renamed: Callable[[], Renames]
    """The named types that one version alone has, by another name; found when somebody asks."""
    written: tuple[Mapping[str, Written], Mapping[str, Written]] = ({}, {})
    """What both sides say, as text, where that is known; then `shaken` goes by the texts."""
    frames: dict[tuple[object, ...], Frame] = field(default_factory=dict)
    pending: deque[tuple[Schema, Schema, Where]] = field(default_factory=deque)
    """Pairs of named types that are still to be visited: a chain of them is no recursion."""
    budget: Budget = field(default_factory=Budget)
    tolerant: bool = False
    """Whether readers of JSON pass over what they do not know, closed or not."""

    def within(self, schema: Schema, other: Schema, *, old: bool) -> bool:
        """Whether all of `schema` surely is in `other`, which is of the other version.

        Args:
            schema: the one.
            other: the other.
            old: whether `schema` is of the old version.
        """
        sides = (self.old_types, self.new_types) if old else (self.new_types, self.old_types)
        asked = self.budget.included.get(old)
        if asked is None:
            asked = self.budget.included[old] = Inclusion(*sides)
        before = asked.steps
        found = asked.within(schema, other)
        self.budget.spend(1 + asked.steps - before)
        return found

    def is_shared(self, old: Schema, new: Schema) -> bool:
        """Whether both refer to one type that is the same on both sides, with all under it."""
        if not self.written[0] or type(old) is not Ref or type(new) is not Ref:
            return False
        return old.name == new.name and old.name not in self.shaken()

    def said(self, old: Record, new: Record) -> tuple[Written, Written] | None:
        """The texts of two records, where they are known: they are named, or the contract."""
        before, after = self.written
        was = before.get(old.name) or before.get(BODY)
        now = after.get(new.name) or after.get(BODY)
        if was and now and was.schema is old and now.schema is new:
            return was, now
        return None

    def enter(self, names: tuple[str, str], where: Where) -> Where | None:
        """The place inside the pair of named types, or `None` when it was entered before.

        Entering once is the greatest fixpoint: a pair in progress is taken as compatible, and
        whatever speaks against it is found by the visit that is under way.
        """
        if not (names[0] and names[1]):
            return where
        key = (*names, where.slot, where.declared, where.negated, where.met)
        seen = self.frames.get(key)
        if seen is not None:
            seen.uses.append((where.frame, where.steps))
            return None
        outer = where.frame.first if where.frame else ()
        frame = Frame(outer + where.steps, names[0], [(where.frame, where.steps)])
        self.frames[key] = frame
        return Where(
            where.slot,
            where.encoding,
            frame,
            (),
            where.declared,
            where.negated,
            where.met,
        )


def resolve(schema: Schema, types: Mapping[str, Schema]) -> Schema:
    """Follow references to what they name; the loader has seen to it that they end."""
    while isinstance(schema, Ref):
        schema = types[schema.name]
    return schema


def name_of(schema: Schema) -> str:
    """The name of a named type or of a reference; empty for anonymous schemas."""
    return getattr(schema, "name", "")
