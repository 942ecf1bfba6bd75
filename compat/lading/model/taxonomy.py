"""The normal form of a status taxonomy (an automaton) and of a code mapping (a finite function)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.document import Origin


_LATE: Final = {"late": True}
"""What came after fingerprints were handed out: unsaid, it changes none."""


class TaxonomyKind(StrEnum):
    """What sort of list it is."""

    STATE_MACHINE = "state-machine"
    """States with transitions: a thing is in exactly one."""
    MILESTONES = "milestones"
    """Things that happen; each may advance a state machine."""
    VALUES = "values"
    """A plain list of values with one meaning each."""


@dataclass(frozen=True, slots=True)
class State:
    """One status, milestone or value: a code with one meaning."""

    code: str
    definition: str
    label: Mapping[str, str] = field(default_factory=dict)
    """Language tag to label."""
    rank: int = 0
    ranked: bool = field(default=True, compare=False)
    """Whether `rank` is written; else it is the place in the list."""
    initial: bool = False
    terminal: bool = False
    customer_visible: bool = False
    owner: str = ""
    """The only system that may say so; empty: the owner of the taxonomy."""
    advances_to: str = ""
    """Milestones only: the state it advances the shipment to; empty: none."""
    not_to_be_confused_with: tuple[str, ...] = ()
    deprecated: bool = False
    replaced_by: str = field(default="", metadata=_LATE)
    """What to say instead of a deprecated one."""
    sunset: str = field(default="", metadata=_LATE)
    """ISO date: the last day on which a deprecated one is said or stands in what is read."""
    aliases: tuple[str, ...] = field(default=(), metadata=_LATE)
    """Its former codes: who reads takes them for this one, and nobody writes them."""
    fallback: str = field(default="", metadata=_LATE)
    """What a reader older than it may take it for; empty: nothing."""
    category: str = field(default="", metadata=_LATE)
    """The group that it counts in."""
    exception: bool = field(default=False, metadata=_LATE)
    """It tells of something that went wrong."""
    billable: bool = field(default=False, metadata=_LATE)
    """An invoice follows from it."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Transition:
    """A permitted step, and the event that takes it."""

    source: str
    target: str
    trigger: str
    when: str = ""
    """What must hold besides, in words: the event alone does not take the step; empty: nothing."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a status is computed from facts: rules in order, the first that holds decides."""

    inputs: Mapping[str, str]
    """Name to what it stands for: a number, or one or more codes of another taxonomy."""
    rules: tuple[tuple[str, str], ...]
    """(condition, code); the last condition is `OTHERWISE`. See `lading.model.derivations`."""
    at: Origin | None = field(default=None, compare=False, repr=False)


class Measure(StrEnum):
    """What the clock of an agreed time measures."""

    REACH = "reach"
    """From a state to another one."""
    DWELL = "dwell"
    """How long a thing stays in a state."""
    NOTIFY = "notify"
    """From when a state is reached to when it is told."""


@dataclass(frozen=True, slots=True)
class Sla:
    """A time that was agreed: by when things move on, or are told."""

    name: str
    start: str
    """The state in which the clock starts."""
    stop: str = ""
    """The state in which it stops; only for `REACH`."""
    within: str = ""
    """The longest time, as an ISO 8601 duration: ``PT4H``, ``P3D``."""
    measure: Measure = Measure.REACH
    share: int = 100
    """Of how many in a hundred it is promised."""
    calendar: str = ""
    """Which hours and days count, as the parties call them; empty: all."""
    time_zone: str = ""
    """In which days begin; empty: UTC."""
    at: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def length(self) -> tuple[int, int]:
        """(days, seconds): a day of a calendar is not 24 hours."""
        return lasting(self.within, days=bool(self.calendar)) or (0, 0)


_DURATION: Final = re.compile(
    r"P(?!$)(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?!$)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.ASCII,
)


def lasting(text: str, *, days: bool = False) -> tuple[int, int] | None:
    """(days, seconds) of an ISO 8601 duration without months and years; `None`: it is none.

    Days are seconds too, unless `days` are to be told apart.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    weeks, whole, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    whole, seconds = whole + 7 * weeks, seconds + 60 * minutes + 3600 * hours
    return (whole, seconds) if days else (0, seconds + 86400 * whole)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A list of statuses with definitions and, for a state machine, the steps between them."""

    name: str
    """``shipment.status``"""
    version: str
    kind: TaxonomyKind
    owner: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...] = ()
    title: str = field(default="", compare=False)
    doc: str = field(default="", compare=False)
    advances: str = ""
    """Milestones only: the taxonomy whose states `State.advances_to` names."""
    unknown: str = "UNKNOWN"
    """What a reader shows for a code that is not listed."""
    ignored: str = ""
    """What a foreign code becomes that is known to say nothing; empty: such codes become none."""
    derived: Derivation | None = None
    """How the status follows from others; `None`: it is stated, not derived."""
    open: bool = field(default=False, metadata=_LATE)
    """Readers take a code that is not listed for the unknown value, and go on."""
    skips: bool = field(default=False, metadata=_LATE)
    """A thing may be told to be further on without the states between having been told."""
    retired: tuple[str, ...] = field(default=(), metadata=_LATE)
    """Codes that were states, and are never used again."""
    slas: tuple[Sla, ...] = field(default=(), metadata=_LATE)
    at: Origin | None = field(default=None, compare=False, repr=False)


class Quality(StrEnum):
    """How well a foreign code and ours agree."""

    EXACT = "exact"
    BROADER = "broader"
    """Ours says less than theirs."""
    NARROWER = "narrower"
    """Ours says more than theirs, or theirs is a special case of it."""
    LOSSY = "lossy"
    POLICY = "policy"
    """Decided by us; nothing in their definition forces it."""
    NONE = "none"
    """Seen, and deliberately mapped to nothing."""


class Unmapped(StrEnum):
    """What happens to a code the list does not have."""

    UNKNOWN = "unknown"
    """It becomes the taxonomy's unknown value; the raw code is kept."""
    REJECT = "reject"
    """It is a business exception."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a foreign code means when its message says more, instead of what it means as a rule."""

    when: tuple[tuple[str, str], ...]
    """(qualifier, value), by qualifier; all of them hold. Two cases of a code never both hold."""
    to: str | None
    also: tuple[str, ...] = ()
    note: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Override:
    """What a code means when one partner sends it: reviewed like code, and for a time."""

    partner: str
    code: str
    to: str | None
    also: tuple[str, ...] = ()
    quality: Quality = Quality.POLICY
    reason: str = field(default="", compare=False)
    approved_by: str = field(default="", compare=False)
    until: str = field(default="", compare=False)
    """ISO date after which it must be confirmed or go."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sending:
    """The foreign code that we send for one of ours."""

    source: str
    """Our code."""
    code: str
    quality: Quality = Quality.EXACT
    """`EXACT`: who reads it back gets ours again; `LOSSY`: something is lost."""
    note: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MappingCell:
    """One foreign code and what it means here."""

    code: str
    to: str | None
    """Canonical code; `None` only with the quality `NONE`, which else has `Taxonomy.ignored`."""
    quality: Quality
    label: str = field(default="", compare=False)
    also: tuple[str, ...] = ()
    """Further canonical codes the same foreign code asserts (one coarse event, several facts).

    One of another taxonomy has its name before it: ``posting.goods_issue/POSTED``.
    """
    classifier: str = ""
    """The time classifier the code implies, e.g. ``ESTIMATED``; empty: the message says it."""
    cases: tuple[Case, ...] = ()
    final: bool | None = field(default=None, compare=False)
    """Whether it ends the matter in the foreign system; `None`: nobody said."""
    note: str = field(default="", compare=False)
    source: str = field(default="", compare=False)
    """Key of the source in which the code was seen."""
    provenance: str = field(default="", compare=False)
    """How sure the code itself is: ``checked``, ``read`` or ``recalled``."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CodeMap:
    """A foreign code list mapped to a taxonomy, keyed by (list, version, code)."""

    name: str
    """``x12.214-at7-01``"""
    version: str
    system: str
    code_list: str
    list_version: str
    taxonomy: str
    cells: tuple[MappingCell, ...]
    unmapped: Unmapped = Unmapped.UNKNOWN
    overrides: tuple[Override, ...] = ()
    sends: tuple[Sending, ...] = ()
    """The reverse direction; empty where we only receive."""
    sends_all: bool = field(default=False, compare=False)
    """The partner is to be told of every code that there is."""
    owner: str = ""
    licence: str = field(default="", compare=False)
    """What may be done with the foreign list: ``facts`` (codes and our own labels) or a licence."""
    size: int | None = field(default=None, compare=False)
    """How many codes the version of the list has; `None` when that is not known."""
    title: str = field(default="", compare=False)
    doc: str = field(default="", compare=False)
    at: Origin | None = field(default=None, compare=False, repr=False)


Answer: TypeAlias = MappingCell | Case | Override
"""What a foreign code means: as a rule, in a case, from a partner."""


def split_code(code: str, taxonomy: str) -> tuple[str, str]:
    """(taxonomy, code) of an entry of `also`; one without a name before it is of `taxonomy`."""
    named, _, own = code.rpartition("/")
    return named or taxonomy, own


def answers(cell: MappingCell) -> tuple[Answer, ...]:
    """What the code of a row means, as a rule and in each case."""
    return (cell, *cell.cases)


def asserted(answer: Answer, taxonomy: str) -> tuple[tuple[str, str], ...]:
    """(taxonomy, code) of all that a code asserts, its target in `taxonomy` first."""
    target = ((taxonomy, answer.to),) if answer.to else ()
    return (*target, *(split_code(each, taxonomy) for each in answer.also))
