"""Witnesses of Avro: a datum that one version writes and the other refuses or reads otherwise."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import fastavro

from lading.compat.change import ChangeKind
from lading.compat.witness.base import Witness
from lading.compat.witness.values import Builder, NoValueError, leaf
from lading.model.schema import Enum, Field, Fixed, Record, Ref, Scalar, ScalarType, Union

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.compat.change import Change
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Side, Sides
    from lading.model.contract import Contract
    from lading.model.document import JsonValue
    from lading.model.schema import Logical, Schema

_MEANING: Final = frozenset(
    {
        ChangeKind.LOGICAL_ADDED,
        ChangeKind.LOGICAL_REMOVED,
        ChangeKind.LOGICAL_CHANGED,
        ChangeKind.DECIMAL_SCALE,
    }
)
"""Changes that no reader notices: the bytes are read, as something else."""


def of_avro(finding: Finding, sides: Sides) -> Witness | None:
    """The first message that fails, of those that the finding suggests."""
    side, writer, reader = sides
    if finding.change.kind in _MEANING:
        return _meaning(finding.change, side)
    try:
        schemas = _parsed(writer), _parsed(reader)
    except (fastavro.schema.SchemaParseException, ValueError):
        return None
    for choose in _choices(finding.change, side):
        builder = Builder(writer.types, reader.types, choose)
        try:
            datum = builder.build(_schema(writer), finding.change.path)
            data = io.BytesIO()
            fastavro.schemaless_writer(data, schemas[0], datum)
        except (NoValueError, ValueError, TypeError, KeyError, IndexError, OverflowError):
            continue  # this one cannot be written: it is no witness
        refused = _refused(data.getvalue(), *schemas)
        if refused:
            return Witness("message", side, _json(datum), refused, data.getvalue().hex())
    return None


def _schema(contract: Contract) -> Schema:
    body: Any = contract.body
    found: Schema = body
    return found


def _parsed(contract: Contract) -> Any:
    named: dict[str, Any] = {}
    parsed: Any = None
    for document in reversed(contract.documents):
        value: Any = document.value
        parsed = fastavro.parse_schema(value, named_schemas=named)
    return parsed


def _refused(data: bytes, writer: Any, reader: Any) -> str:
    try:
        fastavro.schemaless_reader(io.BytesIO(data), writer, reader)
    except Exception as error:  # noqa: BLE001 - whatever the reader says is the answer
        return f"refused: {' '.join(str(error).split())[:200]}"
    return ""


def _choices(change: Change, side: Side) -> list[Callable[[Schema], Any]]:
    """What to try at the place of the change, the most telling first."""
    mine = change.old if side == "old" else change.new

    def branch(schema: Schema) -> Any:
        for each in schema.branches if isinstance(schema, Union) else ():
            if each == mine or _name(each) == _name(mine) != "":
                return _small(each)
        raise NoValueError

    def last(schema: Schema) -> Any:
        if isinstance(schema, Enum):
            return change.what if change.what in schema.symbols else schema.symbols[-1]
        if isinstance(schema, Union):
            return _small(schema.branches[-1])
        raise NoValueError

    first: list[Callable[[Schema], Any]] = []
    if change.kind is ChangeKind.NULLABILITY:
        first = [lambda _schema: None]
    elif change.kind in (ChangeKind.SYMBOL_REMOVED, ChangeKind.SYMBOL_ADDED):
        first = [lambda _schema: change.what]
    return [*first, branch, last, _no_choice]


def _no_choice(_schema: Schema) -> Any:
    raise NoValueError


def _small(schema: Schema) -> Any:
    """A value of a branch that needs nothing else; named types are the builder's."""
    if isinstance(schema, Scalar):
        return leaf(schema)
    if isinstance(schema, Enum):
        return schema.symbols[-1]
    if isinstance(schema, Fixed):
        return b"\0" * schema.size
    raise NoValueError


def _name(node: object) -> str:
    return str(getattr(node, "name", "")) if isinstance(node, Ref | Record | Enum | Fixed) else ""


def _meaning(change: Change, side: Side) -> Witness | None:
    """The same bytes, taken for what each version says they are.

    This is how readers that use their own schema work (Java, Confluent's clients); fastavro takes
    the writer's logical type, and would show no difference.
    """
    before, after = _leaves(change)
    if before is None or after is None:
        return None
    ours, theirs = (before, after) if side == "old" else (after, before)
    value = leaf(ours)
    raw = _raw(value, ours.logical)
    if isinstance(raw, str):
        wrong = _no_uuid(theirs.logical)
        return Witness("message", side, raw, wrong) if wrong else None
    if type(raw) is not int:
        return None
    read = _read(raw, theirs)
    if str(read) == str(_read(raw, ours)):
        return None
    return Witness("message", side, str(_read(raw, ours)), f"read as {read}")


def _leaves(change: Change) -> tuple[Scalar | None, Scalar | None]:
    """The two leaves; the scales of a decimal come as numbers, so they are put into words again."""
    found = [change.old, change.new]
    if change.kind is ChangeKind.DECIMAL_SCALE and all(isinstance(each, int) for each in found):
        from lading.model.schema import Logical

        scales = [int(str(each)) for each in found]
        found = [Scalar(ScalarType.BYTES, Logical("decimal", 9, scale)) for scale in scales]
    old, new = (each.schema if isinstance(each, Field) else each for each in found)
    return (
        old if isinstance(old, Scalar) else None,
        new if isinstance(new, Scalar) else None,
    )


def _raw(value: Any, logical: Logical | None) -> Any:
    """What is under a logical type, as Avro writes it."""
    from datetime import UTC, date, datetime, time, timedelta

    if logical is None:
        return value
    if isinstance(value, Decimal):
        return int(value.scaleb(logical.scale or 0))
    if isinstance(value, datetime):
        since = value.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        millis = logical.name.endswith("millis")
        return since // (timedelta(milliseconds=1) if millis else timedelta.resolution)
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days
    if isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return seconds * (1000 if logical.name.endswith("millis") else 1_000_000)
    return value


def _read(raw: int, scalar: Scalar) -> Any:
    """What a reader makes of the number under a logical type."""
    from datetime import UTC, date, datetime, timedelta

    logical = scalar.logical
    if logical is None:
        return raw
    if logical.name == "decimal":
        return Decimal(raw).scaleb(-(logical.scale or 0))
    try:
        if logical.name == "date":
            return date(1970, 1, 1) + timedelta(days=raw)
        ticks = 1000 if logical.name.endswith("millis") else 1
        if logical.name.startswith("time-"):
            return f"{raw * ticks / 1_000_000:g} seconds after midnight"
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=raw * ticks)
    except OverflowError:
        return f"a moment out of any calendar ({raw})"
    local = logical.name.startswith("local")
    return moment.replace(tzinfo=None).isoformat() if local else moment.isoformat()


def _no_uuid(logical: Logical | None) -> str:
    return "refused: it is no UUID" if logical and logical.name == "uuid" else ""


def _json(value: Any) -> JsonValue:
    """A datum for people: moments and decimals as text, bytes as hexadecimal digits."""
    if isinstance(value, dict):
        return {str(key): _json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    if isinstance(value, tuple):
        return _json(value[1])
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
