"""Who reads what: a consumer's declaration of the fields and statuses it depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.contract import Subject
    from lading.model.document import Origin


@dataclass(frozen=True, slots=True)
class Reads:
    """What one consumer reads of one contract."""

    contract: Subject
    fields: tuple[str, ...] = ()
    """Dotted paths, ``lines[].item_id`` for items of a list; empty: the whole contract."""
    statuses: tuple[str, ...] = ()
    """Codes it handles (taxonomies, mappings, enums)."""
    operations: tuple[str, ...] = ()
    """Operation ids it calls (APIs)."""
    unknown: str = "FAIL"
    """``FAIL`` or ``IGNORE``: what it does with a status it does not handle."""
    at: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Consumer:
    """One ``contracts/consumers/*.yaml``."""

    name: str
    system: str
    team: str
    contact: str
    reads: tuple[Reads, ...]
    environments: tuple[str, ...] = ()
    review_by: str = ""
    """ISO date after which the declaration must be confirmed."""


@dataclass(frozen=True, slots=True)
class System:
    """One entry of ``systems.yaml``: a connected system and the team that answers for it."""

    id: str
    name: str
    kind: str
    """``WMS``, ``ERP``, ``TMS``, ``PORTAL``, ``CARRIER``, ``EDI``, ``3PL``, ``ECOMMERCE`` or
    ``PLATFORM``.
    """
    team: str = ""
    contact: str = ""
    on_call: str = ""
    escalation: str = ""


@dataclass(frozen=True, slots=True)
class Ownership:
    """One row of ``ownership.yaml``: an object of the business and the system that owns it."""

    object: str
    owner: str
    proposes: tuple[str, ...] = ()
    """Systems that may ask for a change, never state it."""
    consumes: tuple[str, ...] = ()
    note: str = ""
    id: str = ""
    """Short name, by which the terms of a contract point at the row."""
    split_by: str = ""
    """Field or trait whose value decides which of `owners` speaks; empty: `owner` always does."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Value to the one system that owns the object there."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of ``policies/waivers.yaml``: a rule not to be kept somewhere, for a time."""

    rule: str
    subject: str
    """The contract it is for."""
    path: str
    """The place in it, as a finding names it; empty: all of the contract."""
    reason: str
    approved_by: str
    until: str
    """ISO date; from the next day on the waiver is itself a finding."""
    finding: str = ""
    """The fingerprint of the finding of `lading check` that it is for; empty: a rule of lint."""
    at: Origin | None = field(default=None, compare=False, repr=False)

    def ended(self, today: str) -> bool:
        """Whether its last day is before the ISO date `today`."""
        return self.until < today


@dataclass(frozen=True, slots=True)
class Meaning:
    """One entry of ``policies/meanings.yaml``: what other words mean, said by who wrote them."""

    finding: str
    """The fingerprint of the finding that could not be decided."""
    rule: str
    subject: str
    path: str
    said: str
    """``editorial`` (the same in other words), ``clarified`` (more exact about what was meant all
    along) or ``changed``."""
    reason: str
    by: str
    at: Origin | None = field(default=None, compare=False, repr=False)
