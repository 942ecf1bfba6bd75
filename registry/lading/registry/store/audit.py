"""The log of everything that was changed: each entry holds a digest of the one before it.

Whoever alters an entry, or leaves one out, breaks the chain from there on: `broken` finds it.
The digest is over text that SQL can put together too, so that a store may chain in the database.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST: Final = "0" * 64
"""What stands for the digest before the first entry."""


class Action(StrEnum):
    """What may be done to what is stored."""

    REGISTER = "register"
    DELETE = "delete"
    """Softly."""
    REMOVE = "remove"
    """For good."""
    SET = "set"
    """A setting of a scope; ``value`` is null where it was unset."""
    TOKEN = "token"  # noqa: S105 - no password
    """A token was made, or ended."""
    COUNT = "count"
    """What an older lading had given out before its log began.

    ``version`` of a subject, or ``id`` of a context.
    """


@dataclass(frozen=True, slots=True)
class Entry:
    """One change."""

    seq: int
    """1, 2, 3 ... in the order in which changes became durable; there are no gaps."""
    at: int
    """Milliseconds since 1970, by the clock of the store."""
    by: str
    """Who did it; empty where nobody is asked who they are."""
    action: Action
    subject: str
    """The subject or scope it was done to."""
    payload: str
    """JSON object with sorted keys: for a registration ``id``, ``identity`` and
    ``version``, and ``forced`` where nobody was asked whether it is compatible."""
    digest: str
    """SHA-256 (hex) of the digest before it, and of all of the above."""

    @property
    def detail(self) -> dict[str, Any]:
        """The payload as a value."""
        found: dict[str, Any] = json.loads(self.payload)
        return found


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends."""

    seq: int = 0
    epoch: int = 0
    """The `seq` of the last change that was not a registration: verdicts may rest on it."""
    digest: str = FIRST


def payload(**parts: object) -> str:
    """The details of a change, as they are kept."""
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def registered(content_id: int, identity: str, version: int, *, forced: bool = False) -> str:
    """The details of a registration: as `payload` writes them, which every database can.

    `forced`: it was not asked whether it is compatible. Nothing is said where it was.
    """
    said = '"forced":true,' if forced else ""
    return f'{{{said}"id":{content_id},"identity":"{identity}","version":{version}}}'


def digest(before: str, seq: int, at: int, by: str, action: str, subject: str, detail: str) -> str:  # noqa: PLR0913, PLR0917 - the columns of a row
    """The digest of an entry; none of its texts has a line break but the JSON, which escapes it."""
    text = f"{before}\n{seq}\n{at}\n{by}\n{action}\n{subject}\n{detail}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def broken(entries: Iterable[Entry], before: str = FIRST, seq: int = 0) -> Entry | None:
    """The first entry that is not what was written, or does not follow; `None`: all is whole."""
    for each in entries:
        said = digest(before, each.seq, each.at, each.by, each.action, each.subject, each.payload)
        if each.seq != seq + 1 or said != each.digest:
            return each
        before, seq = each.digest, each.seq
    return None
