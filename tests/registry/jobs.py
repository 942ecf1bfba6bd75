"""Jobs that go wrong, for workers to be tried with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from lading.registry import apart


@dataclass(frozen=True)
class Spin:
    """It never ends."""


@dataclass(frozen=True)
class Hoard:
    """It wants more memory than there is for it."""


@dataclass(frozen=True)
class Crash:
    """It ends its process."""


@apart.done.register
def _(_: Spin) -> dict[str, Any]:
    while True:
        pass


@apart.done.register
def _(_: Hoard) -> dict[str, Any]:
    return {"text": len([bytearray(1 << 24) for _ in range(1000)])}


@apart.done.register
def _(_: Crash) -> dict[str, Any]:
    os.abort()
