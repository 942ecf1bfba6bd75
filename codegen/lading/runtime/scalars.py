"""The leaves of generated models: what each Avro type admits, without silent conversion.

Text is accepted where JSON has no type of its own (decimals, dates, UUIDs), in one spelling each;
numbers are never read as text or dates, and a float never becomes money.
"""

from __future__ import annotations

import re
import struct
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    NaiveDatetime,
    Strict,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?"
_PLAIN_DECIMAL: Final = re.compile(r"-?\d{1,64}(\.\d{1,64})?", re.ASCII).fullmatch
_MILLI: Final = 1000
_MAX_FLOAT32: Final = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]


def _written(kind: type, spelling: str, wanted: str) -> BeforeValidator:
    """Let in instances of `kind` and text spelt like `spelling`; say `wanted` to the rest."""
    match = re.compile(spelling, re.ASCII).fullmatch

    def check(value: Any) -> Any:
        if type(value) is kind or (isinstance(value, str) and match(value)):
            return value
        raise ValueError(f"expected {wanted}")

    return BeforeValidator(check)


def _decimal(value: Any) -> Any:
    if isinstance(value, (bool, float)):
        raise ValueError("a float cannot carry an exact decimal: pass a Decimal or text")  # noqa: TRY004 - pydantic turns ValueError into its ValidationError
    if isinstance(value, str) and not _PLAIN_DECIMAL(value):
        raise ValueError("expected a decimal as text: digits, and a point where it has a fraction")
    return value


def _whole_millis(value: Any) -> Any:
    if value.microsecond % _MILLI:
        raise ValueError("this field holds milliseconds: finer fractions would be lost")
    return value


def _without_zone(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a time of day has no zone")
    return value


def _limited(low: float, high: float) -> Callable[[float], float]:
    def check(value: float) -> float:
        if not low <= value <= high:
            raise ValueError("outside the range of a 32-bit float")
        return value

    return check


_AWARE = _written(
    datetime,
    rf"{_DAY}[Tt]{_CLOCK}([Zz]|[+-]\d{{2}}:\d{{2}})",
    "a datetime with zone, or RFC 3339 text with at most microseconds",
)
_LOCAL = _written(
    datetime,
    rf"{_DAY}[Tt]{_CLOCK}",
    "a datetime without zone, or ISO 8601 text with at most microseconds",
)
_TIME = _written(time, _CLOCK, "a time, or ISO 8601 text with at most microseconds")
_DATE = _written(date, _DAY, "a date, or text as 2026-01-31")
_UUID = _written(
    UUID, r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID, or its 36 characters"
)

EXACT: Final = BeforeValidator(_decimal)
"""Keeps floats out of a decimal field."""

Bool = Annotated[bool, Strict()]
Int32 = Annotated[int, Field(strict=True, ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)]
Float32 = Annotated[
    float,
    Field(strict=True, allow_inf_nan=False),
    AfterValidator(_limited(-_MAX_FLOAT32, _MAX_FLOAT32)),
]
Float64 = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Bytes = Annotated[bytes, Strict()]
"""Bytes in Python, base64 in JSON; text is never taken for bytes."""
Uuid = Annotated[UUID, _UUID]
Date = Annotated[date, _DATE]
TimeMillis = Annotated[time, _TIME, AfterValidator(_without_zone), AfterValidator(_whole_millis)]
TimeMicros = Annotated[time, _TIME, AfterValidator(_without_zone)]
TimestampMillis = Annotated[AwareDatetime, _AWARE, AfterValidator(_whole_millis)]
TimestampMicros = Annotated[AwareDatetime, _AWARE]
LocalTimestampMillis = Annotated[NaiveDatetime, _LOCAL, AfterValidator(_whole_millis)]
LocalTimestampMicros = Annotated[NaiveDatetime, _LOCAL]


def unscaled_text(value: Decimal) -> str:
    """How Avro spells `value` as a default: its unscaled number, a character for each byte."""
    sign, digits, _ = value.as_tuple()
    number = int("".join(map(str, digits))) * (-1 if sign else 1)
    length = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return number.to_bytes(length, "big", signed=True).decode("latin-1")
