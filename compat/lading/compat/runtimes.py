"""For whom a finding holds: where Avro libraries read otherwise than the specification has it.

Only what was measured is here: `python-avro` and `fastavro` by running them (avro 1.12.2, fastavro
1.13.1; ``tests/oracles/test_runtimes.py`` runs every line again), `java` by the matrix of 109 pairs
that was measured with Avro's main branch. A union of one branch is judged as that branch, although
`python-avro` does not read what it wrote with the plain type. A library that does more or less than
the rules say in another point is not known to us, and judged as the specification.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.pair.branches import short
from lading.compat.pair.walk import ITEMS, VALUES, resolve
from lading.model.defaults import branch_of, unfit
from lading.model.schema import (
    NO_DEFAULT,
    Array,
    Encoding,
    Fixed,
    Map,
    Record,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.rules import Opinion
    from lading.model.document import JsonValue
    from lading.model.schema import Enum, Field, Schema

Types: TypeAlias = "tuple[Mapping[str, Schema], Mapping[str, Schema]]"
"""The named types of both versions, by name."""


class Runtime(StrEnum):
    """Who reads Avro."""

    SPEC = "spec"
    """Avro 1.12, "Schema Resolution", and what a logical type says: what holds where nobody is
    named. Java reads so but for what is said here."""
    JAVA = "java"
    """Apache Avro for Java."""
    PYTHON_AVRO = "python-avro"
    """Apache Avro for Python, the package ``avro``."""
    FASTAVRO = "fastavro"


SPEC: Final = frozenset({Runtime.SPEC})
"""Nobody in particular."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one runtime makes of a change, where that is not what the specification says."""

    runtime: Runtime
    effect: Effect
    why: str
    """What it does, in one clause: ``python-avro ignores aliases``."""


def readings(change: Change, said: Effect, types: Types = ({}, {})) -> tuple[Reading, ...]:
    """The runtimes for which a change has another effect than the one that its rule `said`.

    Args:
        change: the fact.
        said: its effect by the specification.
        types: the named types of both versions.
    """
    if change.encoding is not Encoding.AVRO:
        return ()
    known = _KNOWN.get(change.kind)
    found = known(change, said, types) if known else ()
    return tuple([each for each in found if each.effect is not said]) if found else ()


def read_by(runtimes: Collection[Runtime], said: Opinion, differs: Collection[Reading]) -> Opinion:
    """What a change does to the messages of all these `runtimes` together, and why."""
    met = [each for each in differs if each.runtime in runtimes] if differs else []
    if not met:
        return said
    effect = said.effect if len(met) < len(set(runtimes)) else Effect.NONE
    for each in met:
        effect |= each.effect
    return replace(
        said,
        effect=effect,
        reason=f"{said.reason} ({', '.join(each.why for each in met)})",
        fix=said.fix or "leave it as it was while one of them reads it",
        remedy=None,
    )


def _python(effect: Effect, why: str) -> Reading:
    return Reading(Runtime.PYTHON_AVRO, effect, f"{Runtime.PYTHON_AVRO} {why}")


def _type_renamed(change: Change, said: Effect, _: Types) -> Iterator[Reading]:
    """Java resolves records by structure; python-avro compares full names and ignores aliases."""
    old, new = cast("Record | Enum | Fixed", change.old), cast("Record | Enum | Fixed", change.new)
    if isinstance(old, Record) and short(old.name) != short(new.name):
        yield Reading(Runtime.JAVA, Effect.NONE, "java reads records by their fields")
    yield _python(
        said | Effect.REPLACES, "compares names with their namespace, and ignores aliases"
    )


def _field_renamed(change: Change, said: Effect, _: Types) -> Iterator[Reading]:
    old, new = cast("Field", change.old), cast("Field", change.new)
    effect = said
    if old.name in new.aliases:
        effect |= Effect.NARROWS
    if new.name in old.aliases:
        effect |= Effect.WIDENS
    yield _python(effect, "ignores aliases: the value is missed, or lost to the default")


def _symbol_removed(_: Change, said: Effect, __: Types) -> Iterator[Reading]:
    yield _python(said | Effect.NARROWS, "ignores the default of an enum")


def _symbol_added(_: Change, said: Effect, __: Types) -> Iterator[Reading]:
    yield _python(said | Effect.WIDENS, "ignores the default of an enum")


def _scalar_type(change: Change, said: Effect, _: Types) -> Iterator[Reading]:
    old, new = cast("Scalar", change.old), cast("Scalar", change.new)
    if {old.type, new.type} == {ScalarType.STRING, ScalarType.BYTES}:
        yield _python(said | Effect.REPLACES, _TEXT)
    elif _is_item(change) and not isinstance(change.old_owner, Union):
        yield _python(said | Effect.REPLACES, _ITEMS)


def _branch(change: Change, said: Effect, types: Types) -> Iterator[Reading]:
    """A plain type that was a union or becomes one, and text that only bytes are left for."""
    by_fields = _by_fields(change, types)
    if by_fields:
        effect = said & ~by_fields
        yield Reading(Runtime.JAVA, effect, "java reads records by their fields")
    old, new = cast("Union", change.old_owner), cast("Union", change.new_owner)
    alone = Effect.NARROWS if len(new.branches) == 1 else Effect.NONE
    alone |= Effect.WIDENS if len(old.branches) == 1 else Effect.NONE
    if alone and _is_item(change):
        yield _python(said | Effect.REPLACES, _ITEMS)
    elif alone:
        yield _python(said | alone, "reads what a union wrote with a union alone")
    elif getattr(change.old or change.new, "type", None) in {ScalarType.STRING, ScalarType.BYTES}:
        lost = Effect.NARROWS if change.covered_old else Effect.NONE
        lost |= Effect.WIDENS if change.covered_new else Effect.NONE
        yield _python(said | lost, _TEXT)


def _by_fields(change: Change, types: Types) -> Effect:
    """What a record that came or went does not do to who resolves records by structure."""
    old, new = cast("Union", change.old_owner), cast("Union", change.new_owner)
    if isinstance(change.old, Record) and _reads_one(change.old, new, types[1]):
        return Effect.NARROWS
    if isinstance(change.new, Record) and _reads_one(change.new, old, types[0]):
        return Effect.WIDENS
    return Effect.NONE


def _reads_one(writer: Record, union: Union, types: Mapping[str, Schema]) -> bool:
    """Whether a record of the union has no field but those of the writer, and ones with defaults.

    Fields of one name have to be of one type: where they are not, nothing is known.
    """
    sent = {each.name: each.schema for each in writer.fields}
    return any(
        all(not f.required or sent.get(f.name) == f.schema for f in each.fields)
        and all(sent.get(f.name, f.schema) == f.schema for f in each.fields)
        for each in (resolve(branch, types) for branch in union.branches)
        if isinstance(each, Record)
    )


_TEXT: Final = "reads neither text as bytes nor bytes as text"
_ITEMS: Final = "reads items and values of the same type alone"


def _is_item(change: Change) -> bool:
    return bool(change.path) and change.path[-1].endswith((ITEMS, VALUES))


def _field_added(change: Change, said: Effect, types: Types) -> Iterable[Reading]:
    field = cast("Field", change.new)
    return () if _is_silent(field) else _filled_in(field, said | Effect.NARROWS, types[1])


def _field_removed(change: Change, said: Effect, types: Types) -> Iterable[Reading]:
    field = cast("Field", change.old)
    return () if _is_silent(field) else _filled_in(field, said | Effect.WIDENS, types[0])


def _is_silent(field: Field) -> bool:
    """Whether nothing is put in its place when it is missing, or null, which all make alike."""
    return field.default is NO_DEFAULT or (
        field.default is None and not _is_beyond_first(field, {})
    )


def _filled_in(field: Field, effect: Effect, types: Mapping[str, Schema]) -> Iterator[Reading]:
    """What is put in the place of a field that is missing: the default, as each makes it."""
    found = [*_defaults(cast("JsonValue", field.default), field.schema, types)]
    if _is_beyond_first(field, types):
        yield _python(effect, "takes a default of the first branch of a union alone")
    elif any(_is_whole(default, schema) for default, schema in found):
        yield _python(effect, "takes no default without a point for a float or double")
    elif any(_is_text(default, schema) and not default.isascii() for default, schema in found):
        yield _python(effect, "takes the default of bytes for UTF-8")
    if any(_is_text(default, schema) for default, schema in found):
        why = f"{Runtime.FASTAVRO} hands out text for the default of bytes"
        yield Reading(Runtime.FASTAVRO, effect, why)


def _defaults(
    default: JsonValue, schema: Schema, types: Mapping[str, Schema]
) -> Iterator[tuple[JsonValue, Schema]]:
    """A default and what it is made of, each with its type; of a union with that of its branch.

    What is missing in it stands in the schema, as the default of a field of a field.
    """
    schema = resolve(schema, types)
    if isinstance(schema, Union):
        schema = resolve(branch_of(default, schema, types), types)
    inner: Iterable[tuple[JsonValue, Schema]] = ()
    match schema, default:
        case Array(items=items), list():
            inner = ((each, items) for each in default)
        case Map(values=values), dict():
            inner = ((each, values) for each in default.values())
        case Record(fields=fields), dict():
            inner = ((default[each.name], each.schema) for each in fields if each.name in default)
        case _:
            yield default, schema
    for each in inner:
        yield from _defaults(*each, types)


def _is_beyond_first(field: Field, types: Mapping[str, Schema]) -> bool:
    """Whether the default is of another branch of a union than the first."""
    union = field.schema
    return isinstance(union, Union) and bool(unfit(field.default, union.branches[0], types))


def _is_whole(default: JsonValue, schema: Schema) -> bool:
    """A default such as ``1`` for a ``double``."""
    fraction = isinstance(schema, Scalar) and schema.type in {ScalarType.FLOAT, ScalarType.DOUBLE}
    return fraction and isinstance(default, int)


def _is_text(default: JsonValue, schema: Schema) -> TypeGuard[str]:
    """A default such as ``\u00ff``, which is one byte."""
    plain = isinstance(schema, Scalar) and schema.type is ScalarType.BYTES
    return (plain or isinstance(schema, Fixed)) and isinstance(default, str)


def _lossy(change: Change, _: Effect, __: Types) -> Iterator[Reading]:
    yield _python(Effect.NONE, "keeps whole numbers as they were written")
    old, new = cast("Scalar", change.old), cast("Scalar", change.new)
    narrows = new.type in {ScalarType.FLOAT, ScalarType.DOUBLE}
    whole, owner = (old, change.new_owner) if narrows else (new, change.old_owner)
    branches = owner.branches if isinstance(owner, Union) else ()
    if any(isinstance(each, Scalar) and each.type is whole.type for each in branches):
        yield Reading(Runtime.JAVA, Effect.NONE, "java looks for the branch of the same type first")


def _shadowed(change: Change, _: Effect, __: Types) -> Iterator[Reading]:
    """One that goes by the whole name finds its own, if that has the name still."""
    old, new = cast("Record | Enum | Fixed", change.old), cast("Record | Enum | Fixed", change.new)
    if old.name == new.name:
        yield Reading(Runtime.JAVA, Effect.NONE, "java looks for the whole name first")
        yield _python(Effect.NONE, "compares names with their namespace")


def _error_record(_: Change, __: Effect, ___: Types) -> Iterator[Reading]:
    yield _python(Effect.REPLACES, "reads no record as an error, nor an error as a record")


def _as_written(_: Change, __: Effect, ___: Types) -> Iterator[Reading]:
    for runtime in (Runtime.PYTHON_AVRO, Runtime.FASTAVRO):
        yield Reading(runtime, Effect.NONE, f"{runtime} reads by the writer's logical type")


_KNOWN: Final[Mapping[ChangeKind, Callable[[Change, Effect, Types], Iterable[Reading]]]] = {
    ChangeKind.TYPE_NAME: _type_renamed,
    ChangeKind.ERROR_RECORD: _error_record,
    ChangeKind.FIELD_RENAMED: _field_renamed,
    ChangeKind.FIELD_ADDED: _field_added,
    ChangeKind.FIELD_REMOVED: _field_removed,
    ChangeKind.SYMBOL_REMOVED: _symbol_removed,
    ChangeKind.SYMBOL_ADDED: _symbol_added,
    ChangeKind.SCALAR_TYPE: _scalar_type,
    ChangeKind.NULLABILITY: _branch,
    ChangeKind.BRANCH_ADDED: _branch,
    ChangeKind.BRANCH_REMOVED: _branch,
    ChangeKind.BRANCH_SHADOWED: _shadowed,
    ChangeKind.LOSSY_PROMOTION: _lossy,
    ChangeKind.DECIMAL_SCALE: _as_written,
    ChangeKind.LOGICAL_ADDED: _as_written,
    ChangeKind.LOGICAL_REMOVED: _as_written,
    ChangeKind.LOGICAL_CHANGED: _as_written,
}
