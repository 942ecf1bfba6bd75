"""What is written to stderr: one JSON object a line, and nothing that somebody has sent.

No bodies, no headers, no paths, no names of subjects, and of an exception only its type and where
it happened. Should a token get into a line all the same, it is cut out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

TOKEN: Final = re.compile(r"lad_[A-Za-z0-9_-]+")
"""What looks like a token of ours, whole or in part."""
MARK: Final = "lad_***"
OURS: Final = ("lading", "uvicorn", "asyncio")
"""The loggers whose lines are written."""
_FRAMES: Final = 12


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and (error := record.exc_info[1]) is not None:
            line |= {"error": type(error).__name__, "where": frames(error)}
        return TOKEN.sub(MARK, json.dumps(line, default=str))


def frames(error: BaseException) -> list[str]:
    """Where an exception comes from, innermost last, without what it says."""
    found = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in found]


def to_stderr(*, stream: TextIO | None = None) -> None:
    """Have our loggers, and those of what serves us, write lines; once is enough."""
    for name in OURS:
        logger = logging.getLogger(name)
        handler = logging.StreamHandler(stream or sys.stderr)
        handler.setFormatter(Lines())
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name == "lading" else logging.WARNING)
