"""What decides of a part of Avro: parts for which it is the same are judged alike.

Here is no rule: rules say what a part does. This says which of all that a part says they look at,
so that what they said of one holds for the next (`lading.compat.checker`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from lading.compat.diff.schemas import is_ambiguous, is_torn
from lading.compat.pair.branches import readable, short
from lading.model.schema import Enum, Fixed, Record, Ref, Scalar, Union
from lading.model.written import BODY, said

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from lading.model.schema import Field, Said, Schema
    from lading.model.written import Written

    Key: TypeAlias = tuple[Hashable, ...]
    Named: TypeAlias = Record | Enum | Fixed
    Token: TypeAlias = str | type | tuple[type, str]

NAMED: Final = frozenset({Record, Enum, Fixed})


class NotAloneError(Exception):
    """A part cannot be judged on its own."""


def records_of(types: tuple[Written, Written]) -> tuple[Record, Record]:
    """Two types that are known to be records."""
    return cast("Record", types[0].schema), cast("Record", types[1].schema)


def torn(mine: Field, other: Written, records: tuple[Record, Record]) -> bool:
    """As `is_torn`, which mostly is seen at once."""
    if not mine.aliases and mine.name not in other.aliases:
        return False
    return is_torn(mine, *records)


def beside(
    types: tuple[Written, Written], fields: tuple[Field, Field], texts: tuple[Said, Said]
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
            is_ambiguous(fields, records_of(types)),
        )
    kind = type(old.schema)
    alike = kind is type(new.schema)
    docs: tuple[str, ...] = ()
    if kind is Scalar and alike and old.doc != new.doc:
        docs = old.doc, new.doc  # codes may be told in them
    return texts[0].terms, texts[1].terms, joined, alike, *docs


def sort_of(old: Schema, new: Schema) -> Key:
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


def branches_of(schema: Schema, types: Mapping[str, Schema]) -> dict[Token, Schema]:
    """The alternatives, by what readers tell them apart by, but for aliases."""
    found: dict[Token, Schema] = {}
    for branch in schema.branches if isinstance(schema, Union) else (schema,):
        each = types[branch.name] if type(branch) is Ref else branch
        token: Token = type(each)
        if token is Union:
            raise NotAloneError  # which is not legal
        if token is Scalar:
            token = _leaf(cast("Scalar", each))
        elif token in NAMED:
            token = type(each), short(cast("Named", each).name)
        if token in found:
            raise NotAloneError  # a reader takes the first of them
        found[token] = each
    return found


def renamed(old: Mapping[Token, Schema], new: Mapping[Token, Schema]) -> tuple[Token, ...]:
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
        raise NotAloneError  # a reader may find another one
    return pair


def reads(scalar: Schema, leaves: Iterable[Schema | None]) -> bool:
    """Whether one of `leaves` may be read as a scalar."""
    if not isinstance(scalar, Scalar):
        return False
    return any(readable(cast("Scalar", each).type, scalar.type) for each in leaves)


def _leaf(scalar: Scalar) -> Token:
    """All that a scalar of Avro says."""
    if scalar.logical is None and scalar.unit is None and scalar.scheme is None:
        return scalar.type
    return said(scalar).text


def nameless(token: Token) -> Hashable:
    """A branch that one side alone has: under which name decides nothing."""
    return token[0] if type(token) is tuple else token


def met(
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
