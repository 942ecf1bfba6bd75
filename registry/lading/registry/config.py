"""What is set for subjects, contexts and everything, and which of it holds for a subject.

Each setting, first that is set wins:

1. ``PUT /config/{subject}``
2. for the level: the promise (``lading.promise``) of the newest live version, which is what its
   readers were told. A version that brings another promise is still judged by the old one; its own
   holds from the next version on, so nobody frees himself from a promise in the step that breaks
   it. A version that is the first to make a promise is judged by that and by what held before.
3. ``PUT /config`` of the context, ``PUT /config`` under ``:.__GLOBAL:``, the server's setting

A subject whose config leaves a setting out inherits it in this order, where Confluent falls back to
the server's default level. Default and override metadata and rule sets are those of its own config,
and of the nearest scope above that has any config where nothing is set for it, as Confluent has it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Compatibility
from lading.registry import names
from lading.registry.errors import InvalidLevel, InvalidMode, NotPermitted
from lading.registry.metadata import promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.registry.store import Content, Reading, Version

EVERYTHING: Final = ""
"""The scope of the default context, which `/config` and `/mode` alone speak of."""
OUTERMOST: Final = f":{names.GLOBAL}:"
"""The scope of what holds in every context."""
LEVEL: Final = "compatibility"
MODE: Final = "mode"
FLAGS: Final = ("normalize", "validateFields", "validateNewSchemas", "validateRules")
WORDS: Final = ("alias", "aliasForDeks", "compatibilityGroup", "compatibilityPolicy")
OBJECTS: Final = ("defaultMetadata", "overrideMetadata", "defaultRuleSet", "overrideRuleSet")
NAMES: Final = (LEVEL, *WORDS, *FLAGS, *OBJECTS)
"""Every setting but the mode, by the name that Confluent's API has for it."""
INHERITED: Final = frozenset({*FLAGS, "compatibilityPolicy", "compatibilityGroup"})
"""What a subject takes over from its context."""
POLICIES: Final = ("STRICT", "LENIENT", "LOGICAL")
NOT_ENFORCED: Final = ("validateFields", "validateNewSchemas", "validateRules", "aliasForDeks")
"""Settings that are kept and returned; this registry does not act on them."""


class Mode(StrEnum):
    """What a subject lets happen."""

    READWRITE = "READWRITE"
    READONLY = "READONLY"
    READONLY_OVERRIDE = "READONLY_OVERRIDE"
    """Of everything alone: read-only whatever the subjects say."""
    IMPORT = "IMPORT"
    """Schemas come with their ids and numbers, and are not judged."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one scope, or what holds for a subject. `None`: not set."""

    level: Compatibility | None = None
    said: tuple[tuple[str, Any], ...] = ()
    """The other settings by name, sorted."""

    def get(self, name: str) -> Any:
        """One of them; `None` when it is not set."""
        return dict(self.said).get(name)

    @property
    def normalizes(self) -> bool:
        return bool(self.get("normalize"))

    @property
    def held(self) -> Compatibility:
        """The level, of what holds for a subject: there it is always said."""
        assert self.level is not None  # noqa: S101  `config_that_holds` ends with a default
        return self.level

    @property
    def is_empty(self) -> bool:
        return self.level is None and not self.said


NOTHING_SET: Final = Config()


def level_named(word: str) -> Compatibility:
    """Parse a level, in any case."""
    try:
        return Compatibility(word.upper())
    except ValueError:
        raise InvalidLevel(word) from None


def mode_named(word: str) -> Mode:
    """Parse a mode. FORWARD needs an exporter, which is not here, so it is refused."""
    if word.upper() == "FORWARD":
        raise NotPermitted(
            "mode FORWARD is not supported by this registry", hint="use READWRITE or READONLY"
        )
    try:
        return Mode(word.upper())
    except ValueError:
        raise InvalidMode(word) from None


def config_of(reading: Reading, scope: str) -> Config:
    """What is set for exactly this scope."""
    settings = reading.settings(scope)
    return _config(frozenset(settings.items())) if settings else NOTHING_SET


@lru_cache(maxsize=1000)
def _config(items: frozenset[tuple[str, str]]) -> Config:
    settings = dict(items)
    said = ((name, json.loads(settings[name])) for name in sorted(NAMES) if name in settings)
    others = tuple(each for each in said if each[0] != LEVEL)
    word = settings.get(LEVEL)
    return Config(Compatibility(json.loads(word)) if word else None, others)


def mode_of(reading: Reading, scope: str) -> Mode | None:
    """The mode set for exactly this scope."""
    word = reading.settings(scope).get(MODE)
    return None if word is None else Mode(json.loads(word))


def above(scope: str) -> Iterator[str]:
    """The scopes that `scope` inherits from, the nearest first."""
    context = names.context_of(scope)
    top = EVERYTHING if context == names.DEFAULT else f":{context}:"
    if scope != top:
        yield top
    if scope != OUTERMOST:
        yield OUTERMOST


def config_that_holds(
    reading: Reading,
    subject: str,
    *,
    default: Compatibility,
    latest: Version | None = None,
    new: Content | None = None,
) -> Config:
    """Resolve the order of this module's docstring; the level is always said."""
    own = config_of(reading, subject)
    outer = [config_of(reading, scope) for scope in above(subject)]
    level = own.level or (promise(latest.content.properties) if latest else None)
    if level is None:
        level = next((each.level for each in outer if each.level), default)
        first = promise(new.properties) if new else None
        if first is not None:
            level = both(level, first)
    if not own.said and not any(each.said for each in outer):
        return Config(level)
    said: dict[str, Any] = {}
    for each in reversed(outer):
        said |= {name: value for name, value in each.said if name in INHERITED}
    if own.is_empty:
        nearest = next((each for each in outer if not each.is_empty), NOTHING_SET)
        said |= {name: value for name, value in nearest.said if name in OBJECTS}
    return Config(level, tuple(sorted((said | dict(own.said)).items())))


def both(one: Compatibility, other: Compatibility) -> Compatibility:
    """The weakest level that asks for all that either of two asks for."""
    if Compatibility.NONE in {one, other}:
        return other if one is Compatibility.NONE else one
    ways = {each.value.removesuffix(_ALL) for each in (one, other)}
    way = ways.pop() if len(ways) == 1 else Compatibility.FULL.value
    return Compatibility(way + (_ALL if one.transitive or other.transitive else ""))


_ALL: Final = "_TRANSITIVE"


def mode_that_holds(reading: Reading, subject: str) -> Mode:
    """``READONLY_OVERRIDE`` of a context beats the subject's mode, which beats the context's."""
    outer = [mode_of(reading, scope) for scope in above(subject)]
    if Mode.READONLY_OVERRIDE in outer:
        return Mode.READONLY_OVERRIDE
    own = mode_of(reading, subject)
    return own or next((each for each in outer if each), Mode.READWRITE)


def check_writable(reading: Reading, subject: str) -> None:
    """Raise `NotPermitted` unless versions of the subject may be deleted, and settings changed."""
    mode = mode_that_holds(reading, subject)
    if mode in {Mode.READONLY, Mode.READONLY_OVERRIDE}:
        raise NotPermitted(
            f"Subject {subject or '(all)'} is in {mode} mode",
            hint="PUT /mode with READWRITE, if you may",
        )


def merged(config: Config, which: str, brought: dict[str, Any] | None) -> dict[str, Any] | None:
    """`brought` over the default, under the override; `which` is ``Metadata`` or ``RuleSet``."""
    found: dict[str, Any] | None = None
    for each in (config.get(f"default{which}"), brought, config.get(f"override{which}")):
        if each:
            found = each if found is None else _over(found, each)
    return found or None


def _over(below: dict[str, Any], above_: dict[str, Any]) -> dict[str, Any]:
    """Objects by key, lists of named rules by name; what else is given replaces."""
    found = dict(below)
    for key, value in above_.items():
        old = found.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            found[key] = {**old, **value}
        elif isinstance(old, list) and isinstance(value, list):
            found[key] = _joined(old, value)
        else:
            found[key] = value
    return found


def _joined(below: list[Any], above_: list[Any]) -> list[Any]:
    if not all(isinstance(each, dict) for each in (*below, *above_)):
        return list(dict.fromkeys((*below, *above_)))  # names of sensitive properties
    taken = {each.get("name") for each in above_}
    return [*(each for each in below if each.get("name") not in taken), *above_]
