"""Which compatibility level and which mode hold for a subject.

Level, first that is set wins:

1. ``PUT /config/{subject}``
2. the promise (``lading.promise``) of the newest live version: it is what its readers were told.
   A version that brings another promise is still judged by the old one; its own holds from the next
   version on, so nobody frees himself from a promise in the same step that breaks it.
3. the promise of the version being registered, when it is the first to make one
4. ``PUT /config``, else the server's setting

A subject whose config leaves the level out inherits in this order too, where Confluent falls back
to the server's default.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lading.model.contract import Compatibility
from lading.registry.errors import InvalidLevel, InvalidMode, NotPermitted
from lading.registry.metadata import promise

if TYPE_CHECKING:
    from lading.registry.store import Content, Reading, Version

EVERYTHING: Final = ""
"""The scope of global settings."""
LEVEL: Final = "compatibility"
MODE: Final = "mode"


class Mode(StrEnum):
    """What a subject lets happen."""

    READWRITE = "READWRITE"
    READONLY = "READONLY"
    READONLY_OVERRIDE = "READONLY_OVERRIDE"
    """Global only: read-only whatever the subjects say."""


_ELSEWHERE: Final = ("IMPORT", "FORWARD")


def level_named(word: str) -> Compatibility:
    """Parse a level, in any case."""
    try:
        return Compatibility(word.upper())
    except ValueError:
        raise InvalidLevel(word) from None


def mode_named(word: str) -> Mode:
    """Parse a mode. Modes that need what is not here are refused, not accepted and ignored."""
    if word.upper() in _ELSEWHERE:
        raise NotPermitted(
            f"mode {word.upper()} is not supported by this registry",
            hint="use READWRITE or READONLY",
        )
    try:
        return Mode(word.upper())
    except ValueError:
        raise InvalidMode(word) from None


def level_of(reading: Reading, scope: str) -> Compatibility | None:
    """The level set for exactly this scope."""
    word = reading.setting(scope, LEVEL)
    return None if word is None else Compatibility(word)


def mode_of(reading: Reading, scope: str) -> Mode | None:
    """The mode set for exactly this scope."""
    word = reading.setting(scope, MODE)
    return None if word is None else Mode(word)


def level_that_holds(
    reading: Reading,
    subject: str,
    *,
    default: Compatibility,
    latest: Version | None = None,
    new: Content | None = None,
) -> Compatibility:
    """Resolve the order of this module's docstring."""
    return (
        level_of(reading, subject)
        or (promise(latest.content.properties) if latest else None)
        or (promise(new.properties) if new else None)
        or level_of(reading, EVERYTHING)
        or default
    )


def mode_that_holds(reading: Reading, subject: str) -> Mode:
    """Global ``READONLY_OVERRIDE`` beats the subject's mode, which beats the global one."""
    everywhere = mode_of(reading, EVERYTHING) or Mode.READWRITE
    if everywhere is Mode.READONLY_OVERRIDE:
        return everywhere
    return mode_of(reading, subject) or everywhere


def check_writable(reading: Reading, subject: str) -> None:
    """Raise `NotPermitted` unless the subject may change."""
    if (mode := mode_that_holds(reading, subject)) is not Mode.READWRITE:
        raise NotPermitted(
            f"Subject {subject or '(all)'} is in {mode} mode",
            hint="PUT /mode with READWRITE, if you may",
        )
