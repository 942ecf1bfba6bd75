"""Whether a message, written as JSON, is one of its Avro contract: types, identifiers, invariants.

The form is that of the generated models: decimals and moments are text, null is null or absent,
bytes are base64, a symbol that only readers see is not written.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from lading.model.defaults import branch_of
from lading.model.invariants import holds
from lading.model.schema import (
    NO_DEFAULT,
    Array,
    Enum,
    Fixed,
    Map,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)
from lading.model.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lading.model.contract import Contract
    from lading.model.schema import Field, Logical, Schema

_DECIMAL: Final = re.compile(r"-?\d{1,64}(\.\d{1,64})?", re.ASCII)
_RANGE: Final = {ScalarType.INT: 2**31, ScalarType.LONG: 2**63}
_PLAIN: Final[Mapping[ScalarType, tuple[type, ...]]] = {
    ScalarType.STRING: (str,),
    ScalarType.BOOLEAN: (bool,),
    ScalarType.INT: (int,),
    ScalarType.LONG: (int,),
    ScalarType.FLOAT: (int, float),
    ScalarType.DOUBLE: (int, float),
}
_UNREAD: Final = "UNKNOWN"
"""As an enum's default: what a reader sees of a symbol newer than its schema."""
_BAD: Final = object()
"""What cannot be read; what is said of it has been said."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Fault(NamedTuple):
    """One thing that is wrong with a message."""

    path: str
    """Where, as ``lines[0].gtin``; empty for the message as a whole."""
    message: str
    invariant: str = ""
    """``ShipmentLine.lots``, where it is an invariant that does not hold."""


def faults(contract: Contract, message: Any) -> tuple[Fault, ...]:
    """Everything wrong with `message`, in its order; an Avro contract only.

    An invariant is asked for once everything in its record is right.
    """
    reader = _Reader(contract.types)
    reader.read(contract.body, message, "")  # type: ignore[arg-type]  # Avro: the body is a schema
    return tuple(reader.faults)


class _Reader:
    """Reads one message into values of Python, and notes what is wrong."""

    def __init__(self, types: Mapping[str, Schema]) -> None:
        self.types = types
        self.faults: list[Fault] = []

    def read(self, schema: Schema, value: Any, path: str) -> Any:  # noqa: PLR0911 - one case per kind of schema
        """The value as invariants see it; `_BAD` when anything below it is wrong."""
        match schema:
            case Ref(name=name):
                return self.read(self.types[name], value, path)
            case Record():
                return self._record(schema, value, path)
            case Array(items=items):
                return self._list(items, value, path)
            case Map(values=values):
                return self._map(values, value, path)
            case Union(branches=branches):
                return self._union(branches, value, path)
            case Enum():
                return self._enum(schema, value, path)
            case Fixed() | Scalar():
                return self._leaf(schema, value, path)
        return value

    def wrong(self, path: str, message: str, invariant: str = "") -> Any:
        """Note a fault."""
        self.faults.append(Fault(path, message, invariant))
        return _BAD

    def _record(self, record: Record, value: Any, path: str) -> Any:
        name = record.name.rpartition(".")[2]
        if not isinstance(value, dict):
            return self.wrong(path, f"is no object: {_short(value)}")
        before = len(self.faults)
        known = {each.name: each for each in record.fields}
        for key in value.keys() - known.keys():
            hint = did_you_mean(str(key), known)
            said = f"{name} has no field `{key}`" + (f": {hint}" if hint else "")
            self.wrong(_below(path, key), said)
        found = {
            key: self._field(name, field, value, _below(path, key)) for key, field in known.items()
        }
        if len(self.faults) > before:
            return _BAD
        for each in record.invariants:
            if each.check and not holds(each.check, found):
                self.wrong(path, f"`{each.name}` does not hold: {each.rule}", f"{name}.{each.name}")
        return found

    def _field(self, owner: str, field: Field, value: dict[str, Any], path: str) -> Any:
        if field.name in value:
            return self.read(field.schema, value[field.name], path)
        if field.default is NO_DEFAULT:
            return self.wrong(path, f"{owner} lacks `{field.name}`")
        return self._default(field.schema, field.default)

    def _default(self, schema: Schema, default: Any) -> Any:  # noqa: PLR0911 - one case per kind of schema
        """A default as the value it stands for: Avro writes logical types as what is under them."""
        match schema:
            case Ref(name=name):
                return self._default(self.types[name], default)
            case Union():
                return self._default(branch_of(default, schema, self.types), default)
            case Array(items=items):
                return [self._default(items, each) for each in default]
            case Map(values=values):
                return {key: self._default(values, each) for key, each in default.items()}
            case Record(fields=fields):
                return {
                    each.name: self._default(each.schema, default.get(each.name, each.default))
                    for each in fields
                }
            case Scalar(logical=logical) | Fixed(logical=logical) if logical:
                return _meant(logical, default)
        return default

    def _list(self, items: Schema, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            return self.wrong(path, f"is no list: {_short(value)}")
        return [self.read(items, each, f"{path}[{at}]") for at, each in enumerate(value)]

    def _map(self, values: Schema, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self.wrong(path, f"is no object: {_short(value)}")
        return {key: self.read(values, each, _below(path, key)) for key, each in value.items()}

    def _union(self, branches: tuple[Schema, ...], value: Any, path: str) -> Any:
        null = any(isinstance(e, Scalar) and e.type is ScalarType.NULL for e in branches)
        if value is None and null:
            return None
        tried: list[list[Fault]] = []
        for each in branches:
            if isinstance(each, Scalar) and each.type is ScalarType.NULL:
                continue
            reader = _Reader(self.types)
            found = reader.read(each, value, path)
            if not reader.faults:
                return found
            tried.append(reader.faults)
        tried.sort(key=len)
        self.faults += tried[0] if tried else [Fault(path, f"is not null: {_short(value)}")]
        return _BAD

    def _enum(self, enum: Enum, value: Any, path: str) -> Any:
        if value not in enum.symbols:
            hint = did_you_mean(str(value), [str(each) for each in enum.symbols])
            said = f"{_short(value)} is no symbol of {enum.name.rpartition('.')[2]}"
            return self.wrong(path, f"{said}: {hint}" if hint else said)
        if value == enum.default == _UNREAD:
            return self.wrong(path, f"{_short(value)} is for readers only, nobody writes it")
        return value

    def _leaf(self, schema: Scalar | Fixed, value: Any, path: str) -> Any:
        if schema.logical and schema.logical.name in _LOGICAL:
            return self._logical(schema.logical, value, path)
        if isinstance(schema, Fixed) or schema.type is ScalarType.BYTES:
            return self._bytes(schema, value, path)
        if schema.type is ScalarType.NULL:
            return None if value is None else self.wrong(path, f"is not null: {_short(value)}")
        wrong = _wrong_plain(schema, value)
        return self.wrong(path, wrong) if wrong else value

    def _logical(self, logical: Logical, value: Any, path: str) -> Any:
        if logical.name == "decimal" and type(value) is int:
            value = str(value)  # exact, whatever reads it
        if not isinstance(value, str):
            return self.wrong(path, f"a {logical.name} is text in JSON, not {_short(value)}")
        try:
            return _LOGICAL[logical.name](logical, value)
        except ValueError as error:
            return self.wrong(path, str(error))

    def _bytes(self, schema: Scalar | Fixed, value: Any, path: str) -> Any:
        try:
            found = base64.b64decode(value, validate=True) if isinstance(value, str) else None
        except binascii.Error:
            found = None
        if found is None:
            return self.wrong(path, f"bytes are base64 text: {_short(value)}")
        if isinstance(schema, Fixed) and len(found) != schema.size:
            return self.wrong(path, f"has {len(found)} bytes, not {schema.size}")
        return found


def _wrong_plain(schema: Scalar, value: Any) -> str:
    wanted = schema.type.value
    if type(value) not in _PLAIN[schema.type]:
        return f"is no {wanted}: {_short(value)}"
    limit = _RANGE.get(schema.type)
    if limit is not None and not -limit <= value < limit:
        return f"is out of the range of {wanted}: {_short(value)}"
    why = _wrong_identifier(schema.scheme, value) if schema.scheme else ""
    return f"{_short(value)} is no {schema.scheme}: {why}" if why else ""


def _wrong_identifier(scheme: str, value: str) -> str:
    from lading.runtime.identifiers import wrong_identifier  # brings pydantic

    return wrong_identifier(scheme, value)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line of a terminal


def _decimal(logical: Logical, text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is no decimal")
    number = Decimal(text)
    places = -int(number.as_tuple().exponent)
    scale, precision = logical.scale or 0, logical.precision or 0
    if places > scale:
        raise ValueError(f"{text} has more than {scale} decimals")
    if len(number.as_tuple().digits) - places > precision - scale and number:
        raise ValueError(f"{text} has more than {precision} digits")
    return number


def _moment(logical: Logical, text: str) -> datetime:
    found: datetime = _read(datetime.fromisoformat, logical, text)
    aware = found.utcoffset() is not None
    if aware is logical.name.startswith("local"):
        raise ValueError(f"{text} {'has an' if aware else 'lacks its'} offset")
    return found


def _read(parse: Callable[[str], Any], logical: Logical, text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        raise ValueError(f"{text!r} is no {logical.name}") from None


def _day(logical: Logical, text: str) -> date:
    found: date = _read(date.fromisoformat, logical, text)
    return found


def _clock(logical: Logical, text: str) -> time:
    found: time = _read(time.fromisoformat, logical, text)
    if found.tzinfo is not None:
        raise ValueError(f"{text} has a zone, a time of day has none")
    return found


def _uuid(logical: Logical, text: str) -> UUID:
    found: UUID = _read(UUID, logical, text)
    return found


_LOGICAL: Final[Mapping[str, Callable[[Logical, str], Any]]] = {
    "decimal": _decimal,
    "date": _day,
    "time-millis": _clock,
    "time-micros": _clock,
    "uuid": _uuid,
    **{
        f"{local}timestamp-{unit}": _moment
        for local in ("", "local-")
        for unit in ("millis", "micros")
    },
}


def _meant(logical: Logical, raw: Any) -> Any:
    """The value that an Avro default of a logical type stands for."""
    if logical.name == "decimal":
        number = int.from_bytes(str(raw).encode("latin-1"), "big", signed=True)
        return Decimal(number).scaleb(-(logical.scale or 0))
    if logical.name == "date":
        return (_EPOCH + timedelta(days=raw)).date()
    if logical.name == "uuid":
        return UUID(raw)
    ticks = timedelta(milliseconds=raw) if logical.name.endswith("millis") else None
    if logical.name not in _LOGICAL:
        return raw
    moment = _EPOCH + (ticks or timedelta(microseconds=raw))
    if logical.name.startswith("time-"):
        return moment.time()
    return moment.replace(tzinfo=None) if logical.name.startswith("local") else moment
