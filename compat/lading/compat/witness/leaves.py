"""Leaves of Avro: telling values, how they are written, and what a logical type makes of them."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID

from lading.model.schema import Fixed, ScalarType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Logical, Scalar

Raw: TypeAlias = "bool | int | float | str | bytes | None"
"""What is under a logical type, as Avro has it."""

_LONGEST: Final = 1 << 16
"""Bytes of one value; a longer one is no example that anybody could read."""
_PRINTED: Final = 1000
"""Digits of an amount that somebody might look at; Python itself balks at some thousand."""
_DIGITS: Final = "123456789"
_UUID: Final = UUID("0195a1c0-0001-7000-8000-000000000001")
_MILLIS: Final = 1_772_552_530_250
"""3 March 2026, 15:42:10.25, in UTC; the number of a moment grows with its unit."""
_OF_DAY: Final = 56_530_000
"""15:42:10 in milliseconds."""
_DURATION: Final = struct.Struct("<3I")
_UNITS: Final[Mapping[str, int]] = {"millis": 1, "micros": 1000, "nanos": 1_000_000}
"""Ticks in a millisecond."""
_PLAIN: Final[Mapping[ScalarType, Raw]] = {
    ScalarType.NULL: None,
    ScalarType.BOOLEAN: True,
    ScalarType.INT: 7,
    ScalarType.LONG: 2**40,
    ScalarType.FLOAT: 1.5,
    ScalarType.DOUBLE: 0.1,
    ScalarType.BYTES: b"\xff",
    ScalarType.STRING: "text",
}
_LOGICAL: Final[Mapping[str, int]] = {
    "date": 20_515,
    "time-millis": _OF_DAY,
    "time-micros": _OF_DAY * 1000,
} | {
    f"{local}timestamp-{unit}": _MILLIS * ticks
    for local in ("", "local-")
    for unit, ticks in _UNITS.items()
}


class NoValueError(ValueError):
    """There is no message: a type without an end, or one that is out of all proportion."""


def raw(schema: Scalar | Fixed) -> Raw:
    """A telling value of a leaf: one that does not survive being taken for something else."""
    logical, size = schema.logical, schema.size if isinstance(schema, Fixed) else None
    name = logical.name if logical else ""
    if size is not None and size > _LONGEST:
        raise NoValueError
    if logical and name == "decimal":
        return amount(min(logical.precision or 1, len(_DIGITS)), size)
    if isinstance(schema, Fixed):
        known = {"uuid": _UUID.bytes, "duration": _DURATION.pack(1, 2, 3)}
        return known.get(name, b"\0" * schema.size)
    if name == "big-decimal":
        return sized(amount(len(_DIGITS))) + number(2)
    if name == "uuid":
        return str(_UUID)
    return _LOGICAL.get(name, _PLAIN.get(schema.type))


def amount(digits: int, size: int | None = None) -> bytes:
    """A number of so many digits, as a decimal has it: big-endian, in two's complement."""
    if digits > _PRINTED:
        raise NoValueError
    whole = int((_DIGITS * (digits // len(_DIGITS) + 1))[:digits])
    return whole.to_bytes(size or whole.bit_length() // 8 + 1, "big", signed=True)


# --- on the wire (Avro 1.12, "Binary encoding")


def written(value: Raw, schema: Scalar | Fixed) -> bytes:
    """A leaf as it travels."""
    match value:
        case None:
            return b""
        case bool():
            return bytes([value])
        case int():
            return number(value)
        case float():
            single = not isinstance(schema, Fixed) and schema.type is ScalarType.FLOAT
            return struct.pack("<f" if single else "<d", value)
        case str():
            return sized(value.encode())
    return value if isinstance(schema, Fixed) else sized(value)


def number(value: int) -> bytes:
    """An int or long: zigzag, seven bits to a byte."""
    rest = value << 1 if value >= 0 else (-value << 1) - 1
    found = bytearray()
    while rest > _SEVEN_BITS:
        found.append(rest & _SEVEN_BITS | 0x80)
        rest >>= 7
    return bytes([*found, rest])


_SEVEN_BITS: Final = 0x7F


def sized(data: bytes) -> bytes:
    """Bytes with their length before them."""
    return number(len(data)) + data


def _numbered(data: bytes) -> tuple[int, bytes]:
    """The number that `data` starts with, and what follows it."""
    found = 0
    for index, each in enumerate(data):
        found |= (each & _SEVEN_BITS) << 7 * index
        if each <= _SEVEN_BITS:
            return found >> 1 ^ -(found & 1), data[index + 1 :]
    raise NoValueError


# --- as readers take them


def told(value: Raw, logical: Logical | None) -> str:
    """What somebody makes of a value who goes by a logical type; ``refused: ...`` if nothing."""
    name = logical.name if logical else ""
    match value:
        case bool():
            return str(value)
        case int():
            return _number_told(value, name)
        case str():
            return "refused: it is no UUID" if name == "uuid" and not _is_uuid(value) else value
        case bytes():
            return _bytes_told(value, name, logical)
    return str(value)


def _number_told(value: int, name: str) -> str:
    kind, _, unit = name.rpartition("-")
    ticks = _UNITS.get(unit, 0)
    try:
        if name == "date":
            return str(date(1970, 1, 1) + timedelta(days=value))
        if kind == "time" and ticks:
            return f"{value / ticks / 1000:g} seconds after midnight"
        if kind.endswith("timestamp") and ticks:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
                microseconds=value * 1000 // ticks
            )
            return (moment.replace(tzinfo=None) if kind.startswith("local") else moment).isoformat()
    except OverflowError:
        return f"a moment out of any calendar ({value})"
    return str(value)


def _bytes_told(value: bytes, name: str, logical: Logical | None) -> str:
    if name == "decimal":
        return str(decimal(value, logical.scale or 0 if logical else 0))
    if name == "big-decimal":
        return _big_decimal(value)
    if name == "uuid" and len(value) == len(_UUID.bytes):
        return str(UUID(bytes=value))
    if name == "duration" and len(value) == _DURATION.size:
        months, days, millis = _DURATION.unpack(value)
        return f"{months} months, {days} days, {millis} milliseconds"
    return value.hex()


def decimal(value: bytes, scale: int) -> Decimal:
    """The number of a decimal, with all its digits."""
    whole = int.from_bytes(value, "big", signed=True)
    return Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), -scale))


def _big_decimal(value: bytes) -> str:
    """Avro 1.12: the number as bytes with their length, then the scale as an int."""
    try:
        size, rest = _numbered(value)
        scale, after = _numbered(rest[size:] if size > 0 else b"")
    except NoValueError:
        return _NO_BIG_DECIMAL
    return _NO_BIG_DECIMAL if after else str(decimal(rest[:size], scale))


_NO_BIG_DECIMAL: Final = "refused: its bytes are no big-decimal"


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False
