"""The leaves of models admit what their Avro type holds, and convert nothing silently."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from lading.runtime import (
    EXACT,
    Bool,
    Bytes,
    Date,
    Float32,
    Float64,
    Int32,
    Int64,
    LocalTimestampMicros,
    LocalTimestampMillis,
    TimeMicros,
    TimeMillis,
    TimestampMicros,
    TimestampMillis,
    Uuid,
)

MONEY = Annotated[Decimal, EXACT, Field(max_digits=6, decimal_places=2)]
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

GOOD: list[tuple[Any, Any, Any]] = [
    (MONEY, "12.50", Decimal("12.50")),
    (MONEY, Decimal("-9999.99"), Decimal("-9999.99")),
    (MONEY, 5, Decimal(5)),
    (Int32, -(2**31), -(2**31)),
    (Int64, 2**63 - 1, 2**63 - 1),
    (Float32, 1, 1.0),
    (Float64, 1e300, 1e300),
    (Bool, True, True),
    (Bytes, b"\x00\xff", b"\x00\xff"),
    (Uuid, str(UUID(int=7)), UUID(int=7)),
    (Date, "2026-01-31", date(2026, 1, 31)),
    (TimeMillis, "12:00:00.250", time(12, 0, 0, 250_000)),
    (TimeMicros, time(1, 2, 3, 4), time(1, 2, 3, 4)),
    (TimestampMillis, "2026-01-31T12:00:00Z", NOON),
    (TimestampMicros, "2026-01-31T13:00:00.000000+01:00", NOON),
    (LocalTimestampMillis, "2026-01-31T12:00:00.001", datetime(2026, 1, 31, 12, 0, 0, 1000)),  # noqa: DTZ001
    (LocalTimestampMicros, datetime(2026, 1, 31), datetime(2026, 1, 31)),  # noqa: DTZ001
]
BAD: list[tuple[Any, Any]] = [
    (MONEY, 12.5),
    (MONEY, True),
    (MONEY, "12.505"),
    (MONEY, "10000.00"),
    (MONEY, "NaN"),
    (MONEY, "Infinity"),
    (MONEY, "1E+30"),
    (MONEY, "twelve"),
    (Int32, 2**31),
    (Int32, "1"),
    (Int32, 1.0),
    (Int32, True),
    (Int64, 2**63),
    (Float32, 1e39),
    (Float64, float("nan")),
    (Float64, "1.0"),
    (Bool, 1),
    (Bool, "true"),
    (Bytes, "text"),
    (Uuid, 7),
    (Uuid, "{00000000-0000-0000-0000-000000000007}"),
    (Date, 1),
    (Date, "1769860800"),
    (Date, NOON),
    (TimeMillis, time(1, 2, 3, 4)),
    (TimeMicros, time(1, tzinfo=UTC)),
    (TimeMicros, 3600),
    (TimestampMillis, 1769860800),
    (TimestampMillis, "1769860800"),
    (TimestampMillis, "2026-01-31T12:00:00"),
    (TimestampMillis, datetime(2026, 1, 31)),  # noqa: DTZ001
    (TimestampMillis, NOON + timedelta(microseconds=1)),
    (TimestampMicros, "2026-01-31T12:00:00.0000001Z"),
    (LocalTimestampMicros, NOON),
    (LocalTimestampMillis, datetime(2026, 1, 31, tzinfo=timezone(timedelta(hours=1)))),
]


@pytest.mark.parametrize(("kind", "value", "expected"), GOOD)
def test_admitted(kind: Any, value: Any, expected: Any) -> None:
    got = TypeAdapter(kind).validate_python(value)
    assert (type(got), got) == (type(expected), expected)


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_refused(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(("kind", "value"), [(MONEY, 12.5), (Int32, 1.0), (TimestampMillis, 1)])
def test_refused_in_json_too(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_json(json.dumps(value))
