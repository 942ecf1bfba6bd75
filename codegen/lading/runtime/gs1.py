"""Dates as GS1 barcodes tell them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime


def gs1_date(text: str, *, today: date | None = None) -> date:
    """The day that the six digits YYMMDD of an AI (11, 12, 13, 15, 16, 17) mean.

    ``270200`` is 2027-02-28: day 00 says that there is only a month, and means its last day. The
    century is the one that brings the year nearest: 49 years back to 50 ahead. Keep the six digits
    beside the day, since a day that was printed and one that was not become the same.

    Rules: GS1 General Specifications, 7.12, and the format ``yymmd0`` of its syntax dictionary.

    Args:
        text: six digits.
        today: by which the century is chosen; the day of now in UTC unless given.

    Raises:
        ValueError: it has another form, or there is no such day.
    """
    if not re.fullmatch(r"\d{6}", text, re.ASCII):
        raise ValueError(f"{text!r} is no date of a GS1 barcode: expected YYMMDD")
    now = (today or datetime.now(tz=UTC).date()).year
    year = now - 49 + (int(text[:2]) - (now - 49)) % 100
    month, day = int(text[2:4]), int(text[4:])
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError as error:
        raise ValueError(f"{text!r} is no date of a GS1 barcode: {error}") from error
