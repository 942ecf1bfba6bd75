"""A status from its facts: what late, repeated, contradicting and withdrawn facts do to it.

The rules hold for every state machine of the library; ``docs/statuses.md`` says them with examples.

::

    from acme_logistics.taxonomies import shipment_status
    from lading.runtime import Fact, History

    history = History(shipment_status)
    outcome = history.apply(Fact.of(event.meta, ShipmentStatus.IN_TRANSIT))
    outcome.history.status, outcome.effect
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from datetime import datetime
    from typing import Self

T = TypeVar("T", bound=StrEnum)
Item = TypeVar("Item", bound="Hashable")

_ACTUAL = "ACTUAL"


class StateMachine(Protocol[T]):
    """What a history asks of a taxonomy: the generated module of a state machine has it."""

    UNKNOWN: T
    INITIAL: frozenset[T]
    RANK: Mapping[T, int]
    TRANSITIONS: Mapping[T, frozenset[T]]


class Envelope(Protocol):
    """What a fact takes from its event: the generated ``EventMeta`` has it."""

    @property
    def event_id(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def time_classifier(self) -> str: ...
    @property
    def retracts_event_id(self) -> str | None: ...
    @property
    def replaces_event_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """What one event says about one status of one thing.

    Raises `ValueError` when a time has no offset to UTC: such times cannot be compared.
    """

    event_id: str
    claims: tuple[T, ...]
    """The statuses that it says were reached, in any order; empty when it says something else, as
    a delay does. One event may claim two: a truck that left the dock was handed over, too."""
    occurred_at: datetime
    """When it happened."""
    recorded_at: datetime
    """When the producer wrote it down. For what a partner sent without such a time: when your
    gateway wrote it down, once, so that every consumer reads the same."""
    classifier: str = _ACTUAL
    """Kind of time of `occurred_at`, as in ``time.classifier``; only ``ACTUAL`` moves a status."""
    retracts: str | None = None
    """The event that is withdrawn by this one, which then claims nothing itself."""
    replaces: str | None = None
    """The event that this one stands in for."""

    def __post_init__(self) -> None:
        for name in ("occurred_at", "recorded_at"):
            if getattr(self, name).utcoffset() is None:
                raise ValueError(f"{name} of {self.event_id} has no offset to UTC")

    @classmethod
    def of(cls, meta: Envelope, *claims: T | None) -> Self:
        """The fact of an event: its envelope, and the statuses it claims.

        `None` among `claims` is left out, so that the answer of ``advances_to`` fits as it is.
        """
        return cls(
            event_id=meta.event_id,
            claims=tuple(each for each in claims if each is not None),
            occurred_at=meta.occurred_at,
            recorded_at=meta.recorded_at,
            classifier=meta.time_classifier,
            retracts=meta.retracts_event_id,
            replaces=meta.replaces_event_id,
        )


class Effect(StrEnum):
    """What a fact did to a history. Whatever it did, the fact is kept."""

    MOVED = "moved"
    """The status is another one now, or came about again."""
    LATE = "late"
    """It happened before the fact that set the status: it explains the past and undoes nothing."""
    LOWER_RANK = "lower rank"
    """It happened in the same moment as the fact that set the status, and says less."""
    REPEATED = "repeated"
    """It claims the status that the thing is in."""
    NO_STEP = "no step"
    """The taxonomy has no step from the status to the claimed one. It waits: it may be that a fact
    between the two is still to come. If none comes, a person has to look (`History.waiting`)."""
    NO_CLAIM = "no claim"
    """It claims no status: not ACTUAL, the unknown value, or nothing at all."""
    CORRECTED = "corrected"
    """It withdrew or replaced a fact; the status follows from what is left."""
    WITHDRAWN = "withdrawn"
    """Its retraction was here before it."""
    DUPLICATE = "duplicate"
    """An event of this id is known; nothing changed, and nothing was kept twice."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of one fact."""

    history: History[T]
    """The history with the fact in it."""
    effect: Effect


@dataclass(frozen=True)
class History(Generic[T]):
    """All facts about one status of one thing, and the status that follows from them.

    Immutable, and a function of its facts alone: the same facts give the same status, whatever the
    order in which they were delivered. Keep the facts (they are your events) and build it again.

    How the status follows. The facts are gone through in the order in which they were *recorded*.
    One moves the status if the taxonomy has the step and it did not happen before the fact that
    set the status; of two facts of one moment the one of the lower rank counts as the earlier. One
    that has no step yet waits; when the status has moved, those that wait are asked again, in the
    order in which they happened.

    Why it is so. Take out for delivery at 9 and sent back at 12, with no step between them. Told in
    this order, the first stands, as there is no step; told the other way round, the second does, as
    the first is late. A rule that keeps to the steps and lets no late fact undo one has two answers
    for the same two facts, so it has to know which of them was told first. Told to the consumer: no
    two consumers would agree. By `occurred_at` alone: nothing would ever be late, and "out for
    delivery" would undo "sent back" whenever it came. `recorded_at` is in the message, so it is the
    same for all, and says what was late. Three things follow for any facts, contradicting ones too,
    and tests hold them:

    * The order of delivery does not matter: it is never asked for.
    * What is recorded later and happened earlier than the fact that set the status moves nothing;
      no fact takes the status to a lower rank but by a step of the taxonomy, at its own time.
    * A terminal status has no steps, so of what is recorded later only a correction leads out.

    If the facts do not contradict each other (put in order of time, each is a step from the one
    before, or repeats it), the order of recording does not matter either: the status is that of
    the last. Were it an earlier one, the fact after it would have its step, would not be late, and
    would not be waiting.
    """

    taxonomy: StateMachine[T] = field(repr=False)
    """The generated module of a state machine, as ``acme_logistics.taxonomies.shipment_status``."""
    facts: tuple[Fact[T], ...] = ()
    """In the order in which they were recorded; given in any order, an id counts once."""
    start: T | None = None
    """Where the thing is before its first fact; `None`: the first has to claim an initial one."""

    def __post_init__(self) -> None:
        known: dict[str, Fact[T]] = {}
        for each in self.facts:
            known.setdefault(each.event_id, each)
        ordered = sorted(known.values(), key=lambda each: (each.recorded_at, self._moment(each)))
        object.__setattr__(self, "facts", tuple(ordered))

    @property
    def status(self) -> T | None:
        """The status of the thing; `None` when no fact says where it is."""
        return self._told.status

    @property
    def set_by(self) -> Fact[T] | None:
        """The fact that set the status; `None` while it is where it started."""
        return self._told.set_by

    @property
    def waiting(self) -> tuple[Fact[T], ...]:
        """Facts that are newer than the status and have no step to what they claim.

        A fact between is missing, or one of them is wrong: somebody has to ask, and retract.
        """
        return tuple(each for each in self._told.waiting if self.status not in each.claims)

    def apply(self, fact: Fact[T]) -> Outcome[T]:
        """The history with `fact` in it, and what the fact did. Refuses none of them."""
        if any(each.event_id == fact.event_id for each in self.facts):
            return Outcome(self, Effect.DUPLICATE)
        then = replace(self, facts=(*self.facts, fact))
        return Outcome(then, self._effect(fact, then))

    def _effect(self, fact: Fact[T], then: History[T]) -> Effect:
        if fact.retracts or fact.replaces:
            return Effect.CORRECTED
        if fact.event_id in self._withdrawn:
            return Effect.WITHDRAWN
        if not self._claims(fact):
            return Effect.NO_CLAIM
        return Effect.MOVED if then.set_by != self.set_by else self._kept(fact)

    def _kept(self, fact: Fact[T]) -> Effect:
        """Why a fact that counts left the status where it was."""
        setter = self.set_by
        if setter and fact.occurred_at < setter.occurred_at:
            return Effect.LATE
        if self.status in fact.claims:
            return Effect.REPEATED
        if setter and self._moment(fact) < self._moment(setter):
            return Effect.LATE if self._rank(fact) == self._rank(setter) else Effect.LOWER_RANK
        return Effect.NO_STEP

    @cached_property
    def _told(self) -> _Told[T]:
        counted = (each for each in self.facts if self._claims(each))
        left = (each for each in counted if each.event_id not in self._withdrawn)
        return reduce(self._tell, left, _Told(self.start, None, ()))

    def _tell(self, told: _Told[T], fact: Fact[T]) -> _Told[T]:
        """Go on from what was told so far; those that wait are newer than the status, always."""
        status, setter = told.status, told.set_by
        if setter and self._moment(fact) < self._moment(setter):
            return told
        waiting: tuple[Fact[T], ...] = ()
        for each in sorted((*told.waiting, fact), key=self._moment):
            reached = self._reached(status, each)
            if reached == status:
                waiting = (*waiting, each)
            else:
                status, setter, waiting = reached, each, ()
        return _Told(status, setter, waiting)

    def _reached(self, status: T | None, fact: Fact[T]) -> T | None:
        """Where the steps lead through what `fact` claims, from the lowest rank to the highest."""
        for claim in self._claims(fact):
            steps = self.taxonomy.INITIAL if status is None else self.taxonomy.TRANSITIONS[status]
            status = claim if claim in steps else status
        return status

    def _claims(self, fact: Fact[T]) -> list[T]:
        """The claims that count, in order of rank."""
        if fact.retracts or fact.classifier != _ACTUAL:
            return []
        known = (each for each in fact.claims if each != self.taxonomy.UNKNOWN)
        return sorted(known, key=lambda each: (self.taxonomy.RANK[each], each))

    @cached_property
    def _withdrawn(self) -> frozenset[str]:
        named = (each for fact in self.facts for each in (fact.retracts, fact.replaces))
        return frozenset(each for each in named if each)

    def _moment(self, fact: Fact[T]) -> tuple[datetime, int, datetime, str]:
        """Orders facts by when they happened: no two are equal."""
        return fact.occurred_at, self._rank(fact), fact.recorded_at, fact.event_id

    def _rank(self, fact: Fact[T]) -> int:
        return max((self.taxonomy.RANK[each] for each in self._claims(fact)), default=0)


def grown(*told: Iterable[Item]) -> tuple[Item, ...]:
    """A list that only grows, from what each message told of it: every item once, in order.

    ``grown(shipment.tracking_numbers, manifested.tracking_numbers)``: the number of the second
    parcel comes beside that of the first, never in its place.
    """
    return tuple(dict.fromkeys(item for each in told for item in each))


@dataclass(frozen=True, slots=True)
class _Told(Generic[T]):
    """How far a history is told: the status, the fact that set it, newer ones without a step."""

    status: T | None
    set_by: Fact[T] | None
    waiting: tuple[Fact[T], ...]
