"""Versions of one contract, and which of them differ from a further one in what may count.

A set of versions is an integer: bit n is version n. For each type and field it is known which
versions say what about it, so a further version is held against all of them at the price of one:
what it shares with a set of versions is asked once. The versions that are not ruled out are grouped
by what they differ in; versions of one group are judged alike.

A history that grows by a version shares what is known with the one before it, which looks at the
bits of its own versions alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, overload

from lading.model.contract import Kind
from lading.model.schema import NO_DEFAULT, Record
from lading.model.written import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lading.model.contract import Contract
    from lading.model.schema import Field
    from lading.model.written import Part, Written

    Harmless: TypeAlias = Callable[["Sort"], bool]
    """Of fields of a sort that come, or go, where none has an alias: whether it never counts."""

Versions: TypeAlias = int
"""A set of versions, as bits."""


class Sort(NamedTuple):
    """All that may decide what a field's coming or going does, beside its name and type."""

    comes: bool
    required: bool
    has_default: bool
    aliased: bool
    deprecated: bool
    sunset: str
    stability: str


class _Span:
    """The versions that have a part: told when it comes and when it goes, not for each of them."""

    __slots__ = ("over", "since")

    def __init__(self, since: int) -> None:
        self.over: Versions = 0
        """Those of the times that are over."""
        self.since: int | None = since
        """The first of those that have it now."""

    def ends(self, count: int) -> None:
        """The version after the first `count` does not have it."""
        self.over, self.since = self.among(count), None

    def among(self, count: int) -> Versions:
        """Those of the first `count` versions that have it."""
        if self.since is None:
            return self.over
        return self.over | (1 << count) - (1 << self.since)


@dataclass
class _Type:
    """What the versions say of one type."""

    said: dict[str, dict[str, _Span]] = field(default_factory=dict)
    """By field, with what the type says apart from its fields under an empty name; by text."""
    sorts: dict[Sort, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    """The names of the fields of each sort, in order: they go where a further version has none."""

    def among(self, name: str, count: int) -> Iterator[Versions]:
        """Sets of the first `count` versions: those that say a field alike."""
        return (each.among(count) for each in self.said.get(name, {}).values())


@dataclass
class _Index:
    """What versions say of their types; it grows."""

    types: dict[str, _Type] = field(default_factory=lambda: defaultdict(_Type))
    count: int = 0
    """So many versions are in it."""
    claimed: int = 0
    """So many it is for: the next one of which history may be taken in is said already."""
    others: Versions = 0
    """Those that are no Avro, of which nothing is known."""
    _last: frozenset[Part] = frozenset()

    def note(self, version: Contract) -> None:
        """Take in the next version: what it says otherwise than the one before it."""
        if version.kind is not Kind.AVRO:
            self.others |= 1 << self.count
            parts: frozenset[Part] = frozenset()
        else:
            parts = version.parts
        if parts is not self._last:
            for name, spot, text in self._last - parts:
                self.types[name].said[spot][text].ends(self.count)
            for name, spot, text in parts - self._last:
                self._come(version.written[name].nodes.get(spot), name, spot, text)
            self._last = parts
        self.count += 1

    def _come(self, each: Field | None, name: str, spot: str, text: str) -> None:
        """A part that is there from the next version on; `each` is the field, if it is one."""
        theirs = self.types[name]
        spans = theirs.said.setdefault(spot, {})
        span = spans.get(text)
        if span is not None:
            span.since = self.count
            return
        spans[text] = _Span(self.count)
        if each is not None:
            theirs.sorts[_sort(each, comes=False)][spot] = None


@dataclass(frozen=True, eq=False)
class History(Sequence["Contract"]):
    """Versions of one contract, oldest first. What they share is worked out once, when asked.

    One thread at a time may ask it, or a history that it shares with.
    """

    versions: tuple[Contract, ...] = ()
    _index: _Index = field(default_factory=_Index, repr=False)

    def followed_by(self, version: Contract) -> History:
        """The history with one more version: what is known of the others is not worked out anew."""
        index = self._index
        if index.claimed > len(self):  # it was followed by another one
            index = _Index()
        index.claimed = len(self) + 1
        return History((*self.versions, version), index)

    def __len__(self) -> int:
        return len(self.versions)

    @overload
    def __getitem__(self, index: int) -> Contract: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Contract, ...]: ...
    def __getitem__(self, index: int | slice) -> Contract | tuple[Contract, ...]:
        return self.versions[index]

    def is_all(self, kind: Kind) -> bool:
        """Whether all versions are of a kind; of Avro it is known once it was asked."""
        if kind is Kind.AVRO:
            self._catch_up()
            return not self._index.others & (1 << len(self)) - 1
        return all(each.kind is kind for each in self.versions)

    def groups(self, new: Contract, harmless: Harmless) -> list[Versions]:
        """The versions that `new` differs from in more than is `harmless`, by what they differ in.

        Versions of other kinds than Avro are groups of their own.
        """
        mine = (1 << len(self)) - 1
        types = self._types
        if new.kind is not Kind.AVRO or self._index.others & mine:
            return [1 << index for index in range(len(self))]
        classes = [each & mine for each in self._differing(types, new, harmless)]
        concerned = 0
        for each in classes:
            concerned |= each
        if not concerned:
            return []
        classes += [each & mine for each in self._elsewhere(types, new)]
        return self._grouped(concerned, classes)

    @property
    def _types(self) -> Mapping[str, _Type]:
        self._catch_up()
        return self._index.types

    def _catch_up(self) -> None:
        for version in self.versions[self._index.count :]:
            self._index.note(version)

    def _differing(
        self, types: Mapping[str, _Type], new: Contract, harmless: Harmless
    ) -> Iterator[Versions]:
        """Sets of versions that differ from `new` in one thing alike."""
        count = self._index.count
        for name, written in new.written.items():
            theirs = types.get(name)
            if theirs is None:
                continue  # it is reached through a field that they do not have, or have otherwise
            yield from _others(theirs.said[HEAD], written.head, count)
            if isinstance(written.schema, Record):
                yield from _fields(theirs, written, count, harmless)

    def _elsewhere(self, types: Mapping[str, _Type], new: Contract) -> Iterator[Versions]:
        """What `new` does not have: it matters where something that differs leads there."""
        for name, theirs in types.items():
            if name not in new.written:
                for spot in theirs.said:
                    yield from theirs.among(spot, self._index.count)

    def _grouped(self, concerned: Versions, classes: list[Versions]) -> list[Versions]:
        """The versions of `concerned`, together where they are in the same `classes`."""
        marks: dict[int, list[int]] = {each: [] for each in members(concerned)}
        for number, each in enumerate(dict.fromkeys(classes)):
            for index in members(each & concerned):
                marks[index].append(number)
        groups: defaultdict[tuple[int, ...], Versions] = defaultdict(int)
        for index, mark in marks.items():
            groups[tuple(mark)] |= 1 << index
        return list(groups.values())


def members(versions: Versions) -> Iterator[int]:
    """The indexes of the versions in a set, oldest first."""
    while versions:
        lowest = versions & -versions
        yield lowest.bit_length() - 1
        versions ^= lowest


def _sort(each: Field, *, comes: bool) -> Sort:
    return Sort(
        comes,
        each.required,
        each.default is not NO_DEFAULT,
        bool(each.aliases),
        each.deprecated,
        each.sunset,
        each.stability,
    )


def _others(said: Mapping[str, _Span], mine: str, count: int) -> Iterator[Versions]:
    return (span.among(count) for text, span in said.items() if text != mine)


def _fields(theirs: _Type, written: Written, count: int, harmless: Harmless) -> Iterator[Versions]:
    """Fields that are said otherwise, and those that one side alone has, unless that is harmless.

    A field with an alias may be another one under its old name: where there is one, nothing that
    one side alone has is harmless.
    """
    known: Versions | None = None
    for name, said in written.fields.items():
        spans = theirs.said.get(name, {})
        span = spans.get(said.text)
        if span is not None and span.since == 0:
            continue  # all have it, just so
        if known is None:
            known = _union(theirs.among(HEAD, count))
        yield from _others(spans, said.text, count)
        without = known & ~_union(theirs.among(name, count))
        if without and (written.aliases or not harmless(_sort(written.nodes[name], comes=True))):
            yield without
    for sort, names in theirs.sorts.items():
        if written.aliases or sort.aliased or not harmless(sort):
            for name in names:
                if name not in written.fields:
                    yield from theirs.among(name, count)


def _union(sets: Iterable[Versions]) -> Versions:
    """The versions that are in one of them."""
    found = 0
    for each in sets:
        found |= each
    return found
