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
from typing import TYPE_CHECKING, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.pair.branches import short
from lading.compat.pair.walk import ITEMS, VALUES
from lading.model.schema import Encoding, Record, ScalarType, Union

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.rules import Opinion
    from lading.model.schema import Enum, Field, Fixed, Scalar, Schema


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


def readings(change: Change, said: Effect) -> tuple[Reading, ...]:
    """The runtimes for which a change has another effect than the one that its rule `said`."""
    if change.encoding is not Encoding.AVRO:
        return ()
    known = _KNOWN.get(change.kind)
    found = known(change, said) if known else ()
    return tuple(each for each in found if each.effect is not said)


def read_by(runtimes: Collection[Runtime], said: Opinion, differs: Iterable[Reading]) -> Opinion:
    """What a change does to the messages of all these `runtimes` together, and why."""
    met = [each for each in differs if each.runtime in runtimes]
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


def _type_renamed(change: Change, said: Effect) -> Iterator[Reading]:
    """Java resolves records by structure; python-avro compares full names and ignores aliases."""
    old, new = cast("Record | Enum | Fixed", change.old), cast("Record | Enum | Fixed", change.new)
    if isinstance(old, Record) and short(old.name) != short(new.name):
        yield Reading(Runtime.JAVA, Effect.NONE, "java reads records by their fields")
    yield _python(
        said | Effect.REPLACES, "compares names with their namespace, and ignores aliases"
    )


def _field_renamed(change: Change, said: Effect) -> Iterator[Reading]:
    old, new = cast("Field", change.old), cast("Field", change.new)
    effect = said
    if old.name in new.aliases:
        effect |= Effect.NARROWS
    if new.name in old.aliases:
        effect |= Effect.WIDENS
    yield _python(effect, "ignores aliases: the value is missed, or lost to the default")


def _symbol_removed(_: Change, said: Effect) -> Iterator[Reading]:
    yield _python(said | Effect.NARROWS, "ignores the default of an enum")


def _symbol_added(_: Change, said: Effect) -> Iterator[Reading]:
    yield _python(said | Effect.WIDENS, "ignores the default of an enum")


def _scalar_type(change: Change, said: Effect) -> Iterator[Reading]:
    old, new = cast("Scalar", change.old), cast("Scalar", change.new)
    if {old.type, new.type} == {ScalarType.STRING, ScalarType.BYTES}:
        yield _python(said | Effect.REPLACES, _TEXT)
    elif _is_item(change) and not isinstance(change.old_owner, Union):
        yield _python(said | Effect.REPLACES, _ITEMS)


def _branch(change: Change, said: Effect) -> Iterator[Reading]:
    """A plain type that was a union or becomes one, and text that only bytes are left for."""
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


_TEXT: Final = "reads neither text as bytes nor bytes as text"
_ITEMS: Final = "reads items and values of the same type alone"


def _is_item(change: Change) -> bool:
    return bool(change.path) and change.path[-1].endswith((ITEMS, VALUES))


def _field_added(change: Change, said: Effect) -> Iterator[Reading]:
    if _whole_for_fraction(cast("Field", change.new)):
        yield _python(said | Effect.NARROWS, _DEFAULTS)


def _field_removed(change: Change, said: Effect) -> Iterator[Reading]:
    if _whole_for_fraction(cast("Field", change.old)):
        yield _python(said | Effect.WIDENS, _DEFAULTS)


_DEFAULTS: Final = "takes no default without a point for a float or double that is missing"


def _whole_for_fraction(field: Field) -> bool:
    """A default such as ``1`` for a ``double``; that of a union is of its first branch."""
    schema: Schema = field.schema
    if isinstance(schema, Union):
        schema = schema.branches[0]
    fraction = getattr(schema, "type", None) in (ScalarType.FLOAT, ScalarType.DOUBLE)
    return fraction and isinstance(field.default, int)


def _decimal_scale(_: Change, __: Effect) -> Iterator[Reading]:
    yield from _as_written()


def _logical_changed(change: Change, _: Effect) -> Iterator[Reading]:
    """Milliseconds and microseconds of one kind of time: the moment stays what was written."""
    old, new = cast("Scalar | Fixed", change.old), cast("Scalar | Fixed", change.new)
    names = {str(old.logical and old.logical.name), str(new.logical and new.logical.name)}
    if names in _UNITS:
        yield from _as_written()


_UNITS: Final = (
    {"timestamp-millis", "timestamp-micros"},
    {"time-millis", "time-micros"},
)


def _as_written() -> Iterator[Reading]:
    for runtime in (Runtime.PYTHON_AVRO, Runtime.FASTAVRO):
        yield Reading(runtime, Effect.NONE, f"{runtime} reads by the writer's logical type")


_KNOWN: Final[Mapping[ChangeKind, Callable[[Change, Effect], Iterator[Reading]]]] = {
    ChangeKind.TYPE_NAME: _type_renamed,
    ChangeKind.FIELD_RENAMED: _field_renamed,
    ChangeKind.FIELD_ADDED: _field_added,
    ChangeKind.FIELD_REMOVED: _field_removed,
    ChangeKind.SYMBOL_REMOVED: _symbol_removed,
    ChangeKind.SYMBOL_ADDED: _symbol_added,
    ChangeKind.SCALAR_TYPE: _scalar_type,
    ChangeKind.NULLABILITY: _branch,
    ChangeKind.BRANCH_ADDED: _branch,
    ChangeKind.BRANCH_REMOVED: _branch,
    ChangeKind.DECIMAL_SCALE: _decimal_scale,
    ChangeKind.LOGICAL_CHANGED: _logical_changed,
}
