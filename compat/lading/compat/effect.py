"""What a change does to the set of messages a contract admits, and at which level it hurts."""

from __future__ import annotations

from enum import Flag, StrEnum


class Effect(Flag):
    """What a change does to the set of messages the contract admits.

    A rule states only this. Which effects are forbidden is the promise's business, so one rule
    serves all formats and both directions.
    """

    NONE = 0
    NARROWS = 1
    """Fewer messages: a new reader may refuse what was written before (a backward break)."""
    WIDENS = 2
    """More messages: an old reader may refuse what is written from now on (a forward break)."""
    REPLACES = NARROWS | WIDENS
    """Neither side can rely on what the other writes."""
    UNKNOWN = 4
    """Not decided. Never silently fine: it turns the verdict unknown under any promise that what
    it can be at most would break."""

    __hash__ = object.__hash__  # each is there once: `Enum` hashes the name, and calls Python

    # There are eight of them, and judging asks all the time: a table is four times as fast as what
    # `Flag` does for any number.

    def __and__(self, other: Effect) -> Effect:
        return _EACH[self._value_ & other._value_]

    def __or__(self, other: Effect) -> Effect:
        return _EACH[self._value_ | other._value_]

    def __invert__(self) -> Effect:
        return _EACH[7 - self._value_]

    def __contains__(self, other: Effect) -> bool:
        return self._value_ & other._value_ == other._value_

    @property
    def mirrored(self) -> Effect:
        """The effect of the same change made backwards."""
        value = self._value_
        return _EACH[(value & 4) | (value & 1) << 1 | (value & 2) >> 1]

    @property
    def word(self) -> str:
        """How reports write it: ``none``, ``narrows``, ``replaces``, ``narrows+unknown``."""
        certain = self & Effect.REPLACES
        words = [_WORDS[certain]] if certain else []
        words += ["unknown"] if Effect.UNKNOWN in self else []
        return "+".join(words) or "none"


_EACH = tuple(map(Effect, range(8)))
_WORDS = {
    Effect.NARROWS: "narrows",
    Effect.WIDENS: "widens",
    Effect.REPLACES: "replaces",
}


class Level(StrEnum):
    """Where a broken promise shows."""

    WIRE = "wire"
    """A message is refused."""
    SDK = "sdk"
    """Messages pass, but generated code changes its types."""
    SEMANTIC = "semantic"
    """Messages pass and code runs, but they no longer mean the same."""

    def within(self, promised: Level) -> bool:
        """Whether a promise that goes as far as `promised` covers this level."""
        return promised is Level.SEMANTIC or _FARTHER.index(self) <= _FARTHER.index(promised)


_FARTHER = tuple(Level)
