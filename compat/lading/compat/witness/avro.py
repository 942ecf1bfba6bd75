"""Witnesses of Avro: a datum that one version writes and the other refuses or reads otherwise.

What a message says, and what becomes of it, is read from its bytes by fastavro. Where a finding
holds for Apache's Avro for Python alone, that reads it too, if it is installed.
"""

from __future__ import annotations

import io
from contextlib import suppress
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import fastavro

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect, Level
from lading.compat.runtimes import Runtime
from lading.compat.witness.apache import UNTRIED, Tried, by_apache, clipped
from lading.compat.witness.base import Witness
from lading.compat.witness.leaves import NoValueError, amount, number, raw, told, written
from lading.compat.witness.missing import Asked, read_for
from lading.compat.witness.units import taken_for
from lading.compat.witness.values import Builder
from lading.model.defaults import branch_of
from lading.model.schema import Enum, Field, Fixed, Record, Ref, Scalar, ScalarType, Union

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.compat.change import Change
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Side, Sides
    from lading.compat.witness.leaves import Raw
    from lading.compat.witness.values import Choose
    from lading.model.contract import Contract
    from lading.model.document import JsonValue
    from lading.model.schema import Schema

_MEANING: Final = frozenset(
    {
        ChangeKind.LOGICAL_ADDED,
        ChangeKind.LOGICAL_REMOVED,
        ChangeKind.LOGICAL_CHANGED,
        ChangeKind.DECIMAL_SCALE,
    }
)
"""Changes that no reader notices: the bytes are read, as something else."""
_TRIED: Final = 32
"""So many messages are tried; those that tell most come first."""
_SYMBOLS: Final = 4


class _Case(NamedTuple):
    """A message that the writer's own schema reads, and what fastavro makes of it by the other's.

    What fastavro does not read, nobody was ever told by it.
    """

    data: bytes
    sent: Any
    got: Tried


def of_avro(finding: Finding, sides: Sides) -> Witness | None:
    """The first message that fails, of those that the finding suggests."""
    if finding.change.kind in _MEANING:
        found = _meaning(finding.change, sides)
        if found:
            return found
    cases = list(_cases(finding.change, sides))
    for outcome in _outcomes(finding, sides):
        for each in cases:
            said = outcome(each)
            if said:
                return Witness("message", sides[0], _json(each.sent), said, each.data.hex())
    return None


def _cases(change: Change, sides: Sides) -> Iterator[_Case]:
    writer = _parsed([each.value for each in sides[1].documents])
    asked = Asked(sides[2], _parsed)
    if writer is None or asked.whole() is None:
        return
    for data in islice(_messages(change, sides), _TRIED):
        sent = _by_fastavro(data, writer, None)
        if not sent.error:
            got = read_for(change, asked, partial(_by_fastavro, data, writer))
            yield _Case(data, sent.value, got)
            if got.error:
                return


def _parsed(documents: list[Any]) -> Any:
    """For fastavro; `None` where it does not take what we do, whatever it raises."""
    named: dict[str, Any] = {}
    parsed: Any = None
    for value in reversed(documents):
        try:
            parsed = fastavro.parse_schema(value, named_schemas=named)
        except Exception:  # noqa: BLE001 - TypeError, KeyError ... beside its own
            return None
    return parsed


def _by_fastavro(data: bytes, writer: Any, reader: Any) -> Tried:
    try:
        return Tried(fastavro.schemaless_reader(io.BytesIO(data), writer, reader))
    except Exception as error:  # noqa: BLE001 - whatever the reader says is the answer
        return Tried(error=clipped(error))


# --- what to try


def _messages(change: Change, sides: Sides) -> Iterator[bytes]:
    side, writer, reader = sides
    builder = Builder(
        writer.types,
        reader.types,
        _telling(change, side),
        _other_names(change, writer, reader),
        {each.name: each.value for each in writer.documents},
    )
    try:
        yield from builder.messages(_schema(writer), change.path)
    except NoValueError:
        return


def _schema(contract: Contract) -> Schema:
    body: Any = contract.body
    found: Schema = body
    return found


def _other_names(change: Change, *contracts: Contract) -> Mapping[str, frozenset[str]]:
    """What the steps of a path are called in the other version."""
    pairs = {
        (each.name, alias)
        for contract in contracts
        for schema in (*contract.types.values(), contract.body)
        for each in (schema.fields if isinstance(schema, Record) else ())
        for alias in each.aliases
    }
    if isinstance(change.old, Field) and isinstance(change.new, Field):
        pairs.add((change.old.name, change.new.name))
    found: dict[str, frozenset[str]] = {}
    for a, b in (*pairs, *((b, a) for a, b in pairs)):
        found[a] = found.get(a, frozenset()) | {b}
    return found


def _telling(change: Change, side: Side) -> Choose:
    """What to try at the place of the change, the most telling first."""
    mine, other = (change.old, change.new) if side == "old" else (change.new, change.old)

    def choose(builder: Builder, schema: Schema) -> Iterator[bytes]:
        match schema:
            case Union(branches=branches):
                found = [builder.resolved(each) for each in branches]
                order = sorted(
                    range(len(found)),
                    key=lambda n: (not _is(mine, found[n]), builder.is_null(found[n])),
                )
                for n in order:
                    yield from (number(n) + each for each in choose(builder, found[n]))
                return
            case Enum(symbols=symbols):
                first = [n for n, each in enumerate(symbols) if each == change.what]
                yield from map(number, [*first, *range(len(symbols))[: -_SYMBOLS - 1 : -1]])
                return
            case Scalar() | Fixed() if change.kind in _CHOSEN:
                value = _CHOSEN[change.kind](schema, mine, other)
                if value is not None:
                    yield written(value, schema)
                    return
        with suppress(NoValueError):
            yield builder.least(schema)

    return choose


def _is(mine: object, branch: Schema) -> bool:
    return branch == mine or _name(branch) == _name(mine) != ""


def _name(node: object) -> str:
    return str(getattr(node, "name", "")) if isinstance(node, Ref | Record | Enum | Fixed) else ""


def _inexact(schema: Scalar | Fixed, mine: object, other: object) -> Raw:
    """The first whole number that the other type does not hold."""
    if schema != mine or not isinstance(schema, Scalar) or not isinstance(other, Scalar):
        return None
    small = schema.type is ScalarType.INT
    return 2**24 + 1 if small else 2**53 + 1


def _long_amount(schema: Scalar | Fixed, mine: object, other: object) -> Raw:
    """An amount of one digit more than the other version provides for."""
    if schema.logical is None or schema.logical.precision != mine or not isinstance(other, int):
        return None
    return amount(other + 1, schema.size if isinstance(schema, Fixed) else None)


def _of_unit(schema: Scalar | Fixed, mine: object, _: object) -> Raw:
    """One of the unit: nothing is nothing in every unit."""
    if schema.unit != mine:
        return None
    if schema.logical is None:
        return _ONE.get(schema.type) if isinstance(schema, Scalar) else None
    if schema.logical.name != "decimal":
        return None
    return amount(1, schema.size if isinstance(schema, Fixed) else None)


_ONE: Final[Mapping[ScalarType, Raw]] = {
    ScalarType.INT: 1,
    ScalarType.LONG: 1,
    ScalarType.FLOAT: 1.0,
    ScalarType.DOUBLE: 1.0,
}
_CHOSEN: Final[Mapping[ChangeKind, Callable[[Scalar | Fixed, object, object], Raw]]] = {
    ChangeKind.LOSSY_PROMOTION: _inexact,
    ChangeKind.DECIMAL_PRECISION: _long_amount,
    ChangeKind.UNIT: _of_unit,
}


# --- what became of it


def _outcomes(finding: Finding, sides: Sides) -> Iterator[Callable[[_Case], str]]:
    """Ways to see that a message failed, which are asked one after the other of all messages."""
    change, side = finding.change, sides[0]
    if change.kind is ChangeKind.LOSSY_PROMOTION:
        yield lambda case: _changed(change, case)
        return
    if change.kind is ChangeKind.UNIT:
        yield lambda case: _in_other_units(change, side, case)
    if finding.level is Level.WIRE:  # of the others no reader takes notice: it refuses another edit
        yield lambda case: f"refused: {case.got.error}" if case.got.error else ""
    if change.kind is ChangeKind.DECIMAL_PRECISION:
        yield lambda case: _too_long(change, side, case)
    direction = Effect.NARROWS if side == "old" else Effect.WIDENS
    broken = {
        each.runtime
        for each in finding.differs
        if direction in each.effect and each.why in finding.reason  # it names who was asked for
    }
    if Runtime.FASTAVRO in broken:
        yield lambda case: _misread(change, sides, case, case.got, Runtime.FASTAVRO)
    if Runtime.PYTHON_AVRO in broken:
        read = by_apache(*sides[1:])
        yield lambda case: _misread(change, sides, case, read(case.data), Runtime.PYTHON_AVRO)


def _changed(change: Change, case: _Case) -> str:
    """A number that another type does not hold."""
    values = _at(case.sent, change.path), _at(case.got.value, change.path)
    return f"read as {values[1]}" if _MISSING not in values and values[0] != values[1] else ""


def _in_other_units(change: Change, side: Side, case: _Case) -> str:
    """A number that is read as it was written, and counts something else."""
    values = _at(case.sent, change.path), _at(case.got.value, change.path)
    return taken_for(change, side, values[0]) if values[0] == values[1] else ""


def _too_long(change: Change, side: Side, case: _Case) -> str:
    """An amount that is read as it was written, and is longer than the reader's schema says."""
    read = _at(case.got.value, change.path)
    declared = change.new if side == "old" else change.old
    if not isinstance(read, Decimal) or not isinstance(declared, int):
        return ""
    digits = len(read.as_tuple().digits)
    said = f"read as {read}, which has {digits} digits where {declared} are declared"
    return said if digits > declared else ""


def _misread(change: Change, sides: Sides, case: _Case, read: Tried, runtime: Runtime) -> str:
    """What a runtime that differs makes of a message that the specification has read."""
    if read is UNTRIED:
        return ""
    if read.error:
        return f"refused by {runtime}: {read.error}"
    meant, found = _meant(change, sides, case), _at(read.value, change.path)
    if _MISSING in (meant, found) or (type(meant), meant) == (type(found), found):
        return ""
    return f"read as {found!r} by {runtime}"


def _meant(change: Change, sides: Sides, case: _Case) -> Any:
    """What the specification has a reader see at the place: of a default its bytes."""
    side, _, reader = sides
    mine, other = (change.old, change.new) if side == "old" else (change.new, change.old)
    if mine is None and isinstance(other, Field):
        return _default(other, reader)
    return _at(case.got.value, change.path)


def _default(field: Field, reader: Contract) -> Any:
    schema = field.schema
    if isinstance(schema, Union):
        schema = branch_of(field.default, schema, reader.types)
    if not isinstance(field.default, str) or not isinstance(schema, Scalar | Fixed | Ref):
        return _MISSING
    if isinstance(schema, Scalar) and schema.type is not ScalarType.BYTES:
        return _MISSING
    return field.default.encode("latin-1")


_MISSING: Final = object()


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """What stands at the end of a path, in the first item of each list."""
    found = value
    for step in path:
        name, *marks = step.replace("{}", "[]").split("[]")
        if name:
            found = found.get(name, _MISSING) if isinstance(found, dict) else _MISSING
        for _ in marks:
            inner = [*found.values()] if isinstance(found, dict) else found
            found = inner[0] if isinstance(inner, list) and inner else _MISSING
    return found


# --- the same bytes, taken for what each version says they are


def _meaning(change: Change, sides: Sides) -> Witness | None:
    """This is how readers that use their own schema work (Java, Confluent's clients).

    fastavro takes the writer's logical type, and would show no difference.
    """
    side, writer, reader = sides
    nodes = (change.old, change.new) if side == "old" else (change.new, change.old)
    ours, theirs = (
        _leaf(node, contract, change, sides)
        for node, contract in zip(nodes, (writer, reader), strict=True)
    )
    if ours is None or theirs is None or _carrier(ours) != _carrier(theirs):
        return None
    try:
        value = raw(ours)
    except NoValueError:
        return None
    sent, read = told(value, ours.logical), told(value, theirs.logical)
    if sent == read:
        return None
    refused = read.startswith("refused: ")
    return Witness("message", side, sent, read if refused else f"read as {read}")


def _leaf(node: object, contract: Contract, change: Change, sides: Sides) -> Scalar | Fixed | None:
    """The leaf that a change speaks of; of a scale that is the decimal that has it."""
    found = node.schema if isinstance(node, Field) else node
    if isinstance(found, Scalar | Fixed):
        return found
    builder = Builder(contract.types, {}, _nothing, _other_names(change, *sides[1:]))
    decimals = (
        each
        for each in builder.places(_schema(contract), change.path)
        if isinstance(each, Scalar | Fixed) and each.logical and each.logical.name == "decimal"
    )
    return next((each for each in decimals if _scale(each) == node), None)


def _scale(leaf: Scalar | Fixed) -> int:
    return (leaf.logical.scale if leaf.logical else None) or 0


def _nothing(_builder: Builder, _schema: Schema) -> Iterator[bytes]:
    return iter(())


def _carrier(leaf: Scalar | Fixed) -> object:
    """What carries a value: numbers promote, and bytes of any kind stay what they are."""
    if isinstance(leaf, Fixed):
        return leaf.size
    return "number" if leaf.type in _NUMBERS else leaf.type


_NUMBERS: Final = frozenset({ScalarType.INT, ScalarType.LONG, ScalarType.FLOAT, ScalarType.DOUBLE})


def _json(value: Any) -> JsonValue:
    """A datum for people: moments and decimals as text, bytes as hexadecimal digits."""
    if isinstance(value, dict):
        return {str(key): _json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
