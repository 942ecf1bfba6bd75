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
from lading.model.written import BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.model.contract import Contract
    from lading.model.schema import Field
    from lading.model.written import Written

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


@dataclass
class _Type:
    """What the versions say of one type."""

    known: Versions = 0
    heads: dict[str, Versions] = field(default_factory=lambda: defaultdict(int))
    fields: dict[str, dict[str, Versions]] = field(default_factory=lambda: defaultdict(_counts))
    aliases: dict[str, Versions] = field(default_factory=lambda: defaultdict(int))
    """The versions of which a field has an alias."""
    sorts: dict[Sort, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    """The names of the fields of each sort, in order: they go where a further version has none."""


def _counts() -> dict[str, Versions]:
    return defaultdict(int)


@dataclass
class _Index:
    """What versions say of their types; it grows."""

    types: dict[str, _Type] = field(default_factory=lambda: defaultdict(_Type))
    count: int = 0
    """So many versions are in it."""
    claimed: int = 0
    """So many it is for: the next one of which history may be taken in is said already."""

    def note(self, version: Contract) -> None:
        """Take in the next version."""
        bit = 1 << self.count
        for name, written in version.written.items():
            _note(self.types[name], bit, written, _record(version, name))
        self.count += 1


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

    def groups(self, new: Contract, harmless: Harmless) -> list[Versions]:
        """The versions that `new` differs from in more than is `harmless`, by what they differ in.

        Versions of other kinds than Avro are groups of their own.
        """
        if new.kind is not Kind.AVRO or any(each.kind is not Kind.AVRO for each in self.versions):
            return [1 << index for index in range(len(self))]
        mine = (1 << len(self)) - 1
        classes = [each & mine for each in self._differing(new, harmless)]
        concerned = 0
        for each in classes:
            concerned |= each
        if not concerned:
            return []
        return self._grouped(concerned, [*classes, *(e & mine for e in self._elsewhere(new))])

    @property
    def _types(self) -> Mapping[str, _Type]:
        for version in self.versions[self._index.count :]:
            self._index.note(version)
        return self._index.types

    def _differing(self, new: Contract, harmless: Harmless) -> Iterator[Versions]:
        """Sets of versions that differ from `new` in one thing alike."""
        for name, written in new.written.items():
            theirs = self._types.get(name)
            if theirs is None:
                continue  # it is reached through a field that they do not have, or have otherwise
            yield from _others(theirs.heads, written.head)
            record = _record(new, name)
            if record is not None:
                yield from _fields(theirs, written, record, harmless)

    def _elsewhere(self, new: Contract) -> Iterator[Versions]:
        """What `new` does not have: it matters where something that differs leads there."""
        for name, theirs in self._types.items():
            if name not in new.written:
                yield from theirs.heads.values()
                yield from (each for said in theirs.fields.values() for each in said.values())

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


def _note(theirs: _Type, bit: Versions, written: Written, record: Record | None) -> None:
    theirs.known |= bit
    theirs.heads[written.head] |= bit
    for name, said in written.fields.items():
        theirs.fields[name][said.text] |= bit
    for each in record.fields if record else ():
        theirs.sorts[_sort(each, comes=False)][each.name] = None
        for alias in each.aliases:
            theirs.aliases[alias] |= bit


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


def _record(contract: Contract, name: str) -> Record | None:
    found = contract.body if name == BODY else contract.types[name]
    return found if isinstance(found, Record) else None


def _others(said: Mapping[str, Versions], mine: str) -> Iterator[Versions]:
    return (versions for text, versions in said.items() if text != mine)


def _fields(
    theirs: _Type, written: Written, record: Record, harmless: Harmless
) -> Iterator[Versions]:
    """Fields that are said otherwise, and those that one side alone has, unless that is harmless.

    A field with an alias may be another one under its old name: then it is not alone, and those
    beside it may not be either.
    """
    aliased = any(each.aliases for each in record.fields)
    for mine in record.fields:
        said = theirs.fields.get(mine.name, {})
        without = theirs.known
        for text, versions in said.items():
            without &= ~versions
            if text != written.fields[mine.name].text:
                yield versions
        if without and (aliased or not harmless(_sort(mine, comes=True))):
            yield without
        for alias in mine.aliases:
            yield from theirs.fields.get(alias, {}).values()
        renamed = theirs.aliases.get(mine.name, 0) & without
        if renamed:
            yield renamed
    for sort, names in theirs.sorts.items():
        alone = [name for name in names if name not in written.fields]
        if alone and (aliased or sort.aliased or not harmless(sort)):
            yield from (each for name in alone for each in theirs.fields[name].values())
