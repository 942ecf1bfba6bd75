"""A text of each format that examples use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS: Final[Mapping[str, str]] = {
    "date": "2026-03-03",
    "date-time": "2026-03-03T15:42:10Z",
    "time": "15:42:10Z",
    "email": "a@example.com",
    "uuid": "0195a1c0-0001-7000-8000-000000000001",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
}
