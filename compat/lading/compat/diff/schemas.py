"""States what differs between two schemas, two fields, or a union and a branch of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.diff.lifecycle import lifecycle_facts
from lading.compat.diff.limits import limit_facts
from lading.compat.diff.meaning import logical_facts
from lading.compat.diff.overlap import declares_names_alone, may_overlap
from lading.compat.pair.branches import readable
from lading.compat.pair.conditions import is_decided
from lading.compat.pair.schemas import visible
from lading.model.alternatives import is_null
from lading.model.constants import constant
from lading.model.prose import prose_codes
from lading.model.schema import (
    Anything,
    Array,
    Encoding,
    Enum,
    Fixed,
    Nothing,
    Opaque,
    Record,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.contract import Slot
    from lading.model.document import JsonValue
    from lading.model.schema import Condition, Field, Limits, Schema


def field_facts(two: Pair) -> Iterator[Change]:
    """A field came, went, was renamed, or is asked for differently."""
    old, new = cast("Field | None", two.old), cast("Field | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.FIELD_REMOVED if old else ChangeKind.FIELD_ADDED)
        if two.where.encoding is Encoding.AVRO and _is_torn(two):
            yield two.change(ChangeKind.ALIAS_AMBIGUOUS)
        return
    if old.name != new.name:
        yield two.change(ChangeKind.FIELD_RENAMED, old.name)
    if old.required != new.required:
        yield two.change(ChangeKind.FIELD_REQUIREDNESS)
    elif old.default != new.default or type(old.default) is not type(new.default):
        yield two.change(ChangeKind.FIELD_DEFAULT)
    if old.aliases != new.aliases:
        yield from _aliases(two, old, new)
    yield from lifecycle_facts(two, old, new)
    if old.means != new.means:
        yield from _meanings(two, old, new)
    if old.doc != new.doc and isinstance(old.schema, Scalar) and isinstance(new.schema, Scalar):
        codes = prose_codes(old.doc), prose_codes(new.doc)
        if set(codes[0]) != set(codes[1]):
            yield two.change(ChangeKind.PROSE_CODES, values=codes)


def word_facts(two: Pair) -> Iterator[Change]:
    """What nobody reads messages by is said otherwise: its words, how records sort by it.

    Not among the facts of `field_facts`, which are asked of every pair, by who wants a yes or no.
    """
    old, new = cast("Field | None", two.old), cast("Field | None", two.new)
    if not (old and new) or two.where.encoding is not Encoding.AVRO:
        return
    if old.doc != new.doc:
        yield two.change(ChangeKind.WORDS, "doc", values=(old.doc, new.doc))
    if old.order != new.order:
        yield two.change(ChangeKind.FIELD_ORDER, "order", values=(old.order, new.order))


def _aliases(two: Pair, old: Field, new: Field) -> Iterator[Change]:
    records = cast("Record", two.old_owner), cast("Record", two.new_owner)
    if is_ambiguous((old, new), records):
        yield two.change(ChangeKind.ALIAS_AMBIGUOUS)
    elif old.name == new.name:  # a rename has said so
        yield two.change(ChangeKind.ALIASES)


def is_ambiguous(fields: tuple[Field, Field], records: tuple[Record, Record]) -> bool:
    """Whether a field of both versions answers to several fields of one of them."""
    old, new = fields
    before, after = ({f.name for f in each.fields} for each in records)
    return len(before & {new.name, *new.aliases}) > 1 or len(after & {old.name, *old.aliases}) > 1


def _is_torn(two: Pair) -> bool:
    """Whether a field that one version alone has is torn between its record and the other's."""
    owners = cast("tuple[Record, Record]", (two.old_owner, two.new_owner))
    if two.old is None:
        return is_torn(cast("Field", two.new), owners[1], owners[0])
    return is_torn(cast("Field", two.old), *owners)


def is_torn(mine: Field, own: Record, other: Record) -> bool:
    """Whether a field that `own` alone has, and another field, answer to one name.

    A reader's aliases rename what was written (Avro 1.12, "Aliases"): its own field claims a name
    of the other version that a field beside it claims too, or a field of the other version claims
    it by an alias, and has a partner of its own.
    """
    for each in other.fields:
        if each.aliases and mine.name in each.aliases:
            return True
    if not mine.aliases:
        return False
    claimed = {each.name for each in other.fields}.intersection(mine.aliases)
    beside = (each for each in own.fields if each is not mine) if claimed else ()
    return any(not claimed.isdisjoint({each.name, *each.aliases}) for each in beside)


def _meanings(two: Pair, old: Field, new: Field) -> Iterator[Change]:
    before, after = _meant(old, new), _meant(new, old)
    for key in sorted(before.keys() | after.keys()):
        values = before.get(key), after.get(key)
        if values[0] == values[1]:
            continue
        if key in _OF_SCALARS:
            if type(old.schema) is type(new.schema):  # else another shape says it all
                yield two.change(_OF_SCALARS[key], values=values)
        else:
            yield two.change(ChangeKind.MEANS, key, values=values)


def _meant(field: Field, other: Field) -> dict[str, str]:
    """What is said of it: where one of the two lists its values, by the list too."""
    alone = isinstance(field.schema, Enum) and not isinstance(other.schema, Enum)
    listed = cast("Enum", field.schema).taxonomy if alone else None
    return ({"taxonomy": listed} if listed else {}) | dict(field.means)


_OF_SCALARS: Final = {"unit": ChangeKind.UNIT, "scheme": ChangeKind.SCHEME}


def branch_facts(two: Pair) -> Iterator[Change]:
    """A branch of a union came or went, or another one stands before it in a reader's way."""
    if two.old is not None and two.new is not None:
        yield two.change(ChangeKind.BRANCH_SHADOWED, two.lookalike)
        return
    branch = two.new if two.old is None else two.old
    if is_null(branch):
        yield two.change(ChangeKind.NULLABILITY)
    else:
        yield two.change(ChangeKind.BRANCH_REMOVED if two.old else ChangeKind.BRANCH_ADDED)


def value_facts(two: Pair) -> Iterator[Change]:
    """A value of a discriminator names another alternative, or none."""
    yield two.change(ChangeKind.DISCRIMINATOR, two.lookalike)


def schema_facts(two: Pair) -> Iterator[Change]:
    """The facts about two schemas themselves; what is below them is a pair of its own."""
    old, new = cast("Schema", two.old), cast("Schema", two.new)
    facts = _ALIKE.get(type(old)) if type(old) is type(new) else None
    if facts:
        yield from facts(two, old, new)
        return
    match old, new:
        case (Anything(), Anything()) | (Nothing(), Nothing()):
            return
        case (Anything() | Nothing(), _) | (_, Anything() | Nothing()):
            yield two.change(ChangeKind.ANY_VALUE)
        case (Opaque(), _) | (_, Opaque()):
            # The text of such a node holds all that it refers to.
            if old != new:
                yield two.change(ChangeKind.OPAQUE)
        case (Scalar(), Enum()) | (Enum(), Scalar()) if two.where.encoding is Encoding.JSON:
            yield two.change(ChangeKind.VALUES_LISTED)
        case _ if type(old) is not type(new):
            yield two.change(ChangeKind.SHAPE)


def condition_facts(two: Pair) -> Iterator[Change]:
    """A condition came, went, or changed in a way that nobody decides."""
    old, new = cast("Condition | None", two.old), cast("Condition | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.CONDITION_REMOVED if old else ChangeKind.CONDITION_ADDED)
        return
    if not is_decided(old, new):
        yield two.change(ChangeKind.OPAQUE)
    if old.least != new.least:
        yield two.change(ChangeKind.LIMIT, "minimum matches", values=(old.least, new.least))
    if old.most != new.most:
        yield two.change(ChangeKind.LIMIT, "maximum matches", values=(old.most, new.most))


def _scalars(two: Pair, old: Scalar, new: Scalar) -> Iterator[Change]:
    if old.open != new.open and old.type is new.type:
        yield two.change(ChangeKind.NULLABILITY)
        return
    if old.type is not new.type:
        yield two.change(ChangeKind.SCALAR_TYPE)
        if not isinstance(two.old_owner, Union) and (loses(old, new) or loses(new, old)):
            yield two.change(ChangeKind.LOSSY_PROMOTION)
    if readable(old.type, new.type) or readable(new.type, old.type):
        yield from logical_facts(two, old.logical, new.logical)
        integral = old.type is new.type is ScalarType.INTEGER
        yield from limit_facts(two, _limits(old, new), _limits(new, old), integral=integral)
        if old.unit != new.unit:
            yield two.change(ChangeKind.UNIT, values=(old.unit, new.unit))
        if old.scheme != new.scheme:
            yield two.change(ChangeKind.SCHEME, values=(old.scheme, new.scheme))


def _promotions(two: Pair, old: Union, new: Union) -> Iterator[Change]:
    """Whole numbers that a reader takes into the first branch that fits, and does not hold there.

    Avro 1.12, "Schema Resolution": the first branch that matches, and a promotion matches. Where
    it stood in the way before, no version reads otherwise than the other.
    """
    for mine, others, forth in ((old, new, True), (new, old, False)):
        for each in mine.branches:
            taken = _first(each, others) if _may_lose(each) else None
            if taken and loses(each, taken) and _first(each, mine) == each:
                values = (each, taken) if forth else (taken, each)
                owned = replace(two, old_owner=old, new_owner=new)
                yield owned.change(ChangeKind.LOSSY_PROMOTION, values=values)


def _first(number: Schema, union: Union) -> Schema | None:
    """The first branch that reads a number."""
    return next(
        (
            each
            for each in union.branches
            if isinstance(number, Scalar)
            and isinstance(each, Scalar)
            and readable(number.type, each.type)
        ),
        None,
    )


def _may_lose(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type in {ScalarType.INT, ScalarType.LONG}


def loses(old: Schema, new: Schema) -> bool:
    """Whether numbers of one type are read as a type that does not hold them all."""
    types = getattr(old, "type", None), getattr(new, "type", None)
    return types in _LOSSY


_LOSSY: Final = (
    (ScalarType.INT, ScalarType.FLOAT),
    (ScalarType.LONG, ScalarType.FLOAT),
    (ScalarType.LONG, ScalarType.DOUBLE),
)


def _limits(scalar: Scalar, other: Scalar) -> Limits:
    """Its limits; beside multiples of something an integer is a multiple of 1."""
    limits = scalar.limits
    plain = scalar.type is ScalarType.INTEGER and limits.multiple_of is None
    if plain and other.type is ScalarType.NUMBER and other.limits.multiple_of:
        return replace(limits, multiple_of=1)
    return limits


def _fixed(two: Pair, old: Fixed, new: Fixed) -> Iterator[Change]:
    yield from _names(two, old, new)
    if old.size != new.size:
        yield two.change(ChangeKind.FIXED_SIZE, values=(old.size, new.size))
    if old.unit != new.unit:
        yield two.change(ChangeKind.UNIT, values=(old.unit, new.unit))
    yield from logical_facts(two, old.logical, new.logical)


def _names(two: Pair, old: Record | Enum | Fixed, new: Record | Enum | Fixed) -> Iterator[Change]:
    """Names are on nobody's wire in JSON; Avro resolution asks for them."""
    if two.where.encoding is not Encoding.AVRO:
        return
    if old.name != new.name:
        yield two.change(ChangeKind.TYPE_NAME)
    elif old.aliases != new.aliases:
        yield two.change(ChangeKind.ALIASES)


def _enums(two: Pair, old: Enum, new: Enum) -> Iterator[Change]:
    yield from _names(two, old, new)
    if two.where.encoding is Encoding.JSON and constant(old) and constant(new):
        yield from _constants(two, old, new)
    else:
        yield from _symbols_of(two, old, new)
    if old.open != new.open:
        yield two.change(ChangeKind.ENUM_OPENNESS)
    if old.default != new.default:
        yield two.change(ChangeKind.ENUM_DEFAULT)
    if old.taxonomy != new.taxonomy:
        yield two.change(ChangeKind.TAXONOMY_BINDING, values=(old.taxonomy, new.taxonomy))


def _symbols_of(two: Pair, old: Enum, new: Enum) -> Iterator[Change]:
    before, after = _symbols(old), _symbols(new)
    for key, symbol in before.items():
        if key not in after:
            yield two.change(ChangeKind.SYMBOL_REMOVED, _text(symbol, old))
    for key, symbol in after.items():
        if key not in before:
            yield two.change(ChangeKind.SYMBOL_ADDED, _text(symbol, new))
    if old.symbols != new.symbols and two.where.encoding is Encoding.AVRO:
        shared = [each for each in before if each in after], [e for e in after if e in before]
        if shared[0] != shared[1]:
            yield two.change(ChangeKind.SYMBOL_ORDER, values=(old.symbols, new.symbols))


def _symbols(enum: Enum) -> Mapping[str, JsonValue]:
    """By what tells them apart: to JSON 1 and 1.0 are one number, and ``true`` is none."""
    return {
        f'"{symbol}' if isinstance(symbol, str) else _canonical(symbol): symbol
        for symbol in enum.symbols
    }


def _canonical(value: JsonValue) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value, sort_keys=True)  # type: ignore[arg-type]


def _text(symbol: JsonValue, enum: Enum) -> str:
    """In quotes, a text that stands among values of other types."""
    if isinstance(symbol, str) and all(isinstance(each, str) for each in enum.symbols):
        return symbol
    return json.dumps(symbol, sort_keys=True, ensure_ascii=False)


def _records(two: Pair, old: Record, new: Record) -> Iterator[Change]:
    yield from _names(two, old, new)
    if old.is_error != new.is_error:
        yield two.change(ChangeKind.ERROR_RECORD)
    if old.limits != new.limits:
        yield from limit_facts(two, *_counted(two, old, new))
    if content_model(old) != content_model(new) and not _is_full(two, old, new):
        yield two.change(ChangeKind.CONTENT_MODEL)
    if old.invariants != new.invariants:
        yield from _invariants(two, old, new)
    if old.patterns == new.patterns:
        return
    before, after = dict(old.patterns), dict(new.patterns)
    owned = replace(two, old_owner=old, new_owner=new)
    for pattern in sorted(before.keys() ^ after.keys()):
        values = before.get(pattern), after.get(pattern)
        yield owned.change(ChangeKind.NAME_PATTERN, pattern, values=values)


def _counted(two: Pair, old: Record, new: Record) -> tuple[Limits, Limits]:
    """Limits without those on the number of properties that fields alone already keep."""
    limits = [old.limits, new.limits]
    fewest, most = (
        [count(each, two.where.slot) for each in (old, new)] for count in (_fewest, _most)
    )
    asked = [each.min_properties or 0 for each in limits]
    if asked[0] != asked[1] and fewest[asked[1] < asked[0]] >= max(asked):
        limits = [replace(each, min_properties=None) for each in limits]
    allowed = [math.inf if e.max_properties is None else e.max_properties for e in limits]
    if allowed[0] != allowed[1] and most[allowed[1] > allowed[0]] <= min(allowed):
        limits = [replace(each, max_properties=None) for each in limits]
    return limits[0], limits[1]


def _fewest(record: Record, slot: Slot) -> int:
    """How many properties it has at least, since it asks for them by name."""
    return sum(each.required for each in visible(record, slot).values())


def _most(record: Record, slot: Slot) -> float:
    """How many properties it has at most, since it is closed."""
    if content_model(record) != "nothing" or record.patterns:
        return math.inf
    return sum(not isinstance(each.schema, Nothing) for each in visible(record, slot).values())


def _is_full(two: Pair, old: Record, new: Record) -> bool:
    """Whether the open one of two objects has no room beside the fields that it asks for."""
    wider = old if content_model(old) == "anything" else new
    most = wider.limits.max_properties
    return most is not None and most <= _fewest(wider, two.where.slot)


def _invariants(two: Pair, old: Record, new: Record) -> Iterator[Change]:
    before = {each.name: each for each in old.invariants}
    after = {each.name: each for each in new.invariants}
    for name in sorted(before.keys() | after.keys()):
        values = before.get(name), after.get(name)
        if values[0] != values[1]:
            yield two.change(ChangeKind.INVARIANT, name, values=values)


def content_model(record: Record) -> str:
    """What is accepted beside the fields: ``anything``, ``nothing`` or ``typed`` values."""
    if record.rest is None or isinstance(record.rest, Anything):
        return "anything"
    return "nothing" if isinstance(record.rest, Nothing) else "typed"


def is_free_form(record: Record) -> bool:
    """Whether it is an open object that declares nothing: it carries what it likes."""
    return content_model(record) == "anything" and declares_names_alone(record)


def _unions(two: Pair, old: Union, new: Union) -> Iterator[Change]:
    if two.where.encoding is Encoding.AVRO:
        yield from _promotions(two, old, new)
    if old.discriminator != new.discriminator:
        owned = replace(two, old_owner=old, new_owner=new)
        yield owned.change(ChangeKind.DISCRIMINATOR, values=(old.discriminator, new.discriminator))
    matters = [union.exclusive and may_overlap(union) for union in (old, new)]
    if any(matters) and old.exclusive != new.exclusive:
        yield two.change(ChangeKind.EXCLUSIVITY)
    elif any(matters) and two.shaken:
        yield two.change(ChangeKind.OVERLAP)


def _constants(two: Pair, old: Schema, new: Schema) -> Iterator[Change]:
    """One value that is all there was, and another one that is all there is."""
    if constant(old) != constant(new):
        yield two.change(ChangeKind.VALUES_LISTED)


def _lists(two: Pair, old: Array | Tuple, new: Array | Tuple) -> Iterator[Change]:
    if isinstance(old, Tuple) and constant(old) and constant(new):
        yield from _constants(two, old, new)
        return
    yield from limit_facts(two, old.limits, new.limits)


_ALIKE: Final[Mapping[type, Callable[[Pair, Any, Any], Iterator[Change]]]] = {
    Scalar: _scalars,
    Enum: _enums,
    Fixed: _fixed,
    Record: _records,
    Array: _lists,
    Tuple: _lists,
    Union: _unions,
}
"""What there is to say about two schemas of one kind."""
