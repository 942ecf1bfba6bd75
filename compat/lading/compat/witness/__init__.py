"""Proof by example: a message, a history or a code that the two versions do not agree about.

A witness is built from the finding and then carried out, by fastavro or by the steps of the
taxonomy; only one that really fails is shown. A finding without one is unproven, and said to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.policy import Content
from lading.compat.promise import at_slot, forbids
from lading.compat.witness.base import IN_MODELS, UNSHOWN, Witness
from lading.compat.witness.lists import of_mapping, of_taxonomy
from lading.model.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.policy import Policy
    from lading.compat.verdict import Finding, Verdict
    from lading.compat.witness.api import Calls
    from lading.compat.witness.base import Sides
    from lading.compat.witness.json_ import Trials
    from lading.model.contract import Contract

__all__ = ["Examples", "Witness", "prove"]

_IN_VAIN: Final = 20
"""For so many findings of two versions an example is sought and not found; what is found is found
soon."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is prepared once for all findings of a verdict, by the two versions."""

    declared: bool = False
    """Whether an example has to be what its writer's version declares, and nothing beside."""
    calls: dict[tuple[int, int], Calls] = field(default_factory=dict)
    trials: dict[tuple[int, int], Trials] = field(default_factory=dict)


def prove(verdict: Verdict) -> Verdict:
    """`verdict` with witnesses: of what is forbidden, and of what changes a value."""
    kept = Kept()
    return replace(
        verdict,
        findings=tuple(
            replace(each, witness=_witness(each, verdict.new, kept)) if _is_shown(each) else each
            for each in verdict.findings
        ),
    )


def _is_shown(finding: Finding) -> bool:
    """What Avro allows is worth an example where another value comes out."""
    if finding.witness:
        return False
    return finding.forbidden or finding.change.kind is ChangeKind.LOSSY_PROMOTION


class Examples:
    """What two versions are tried by where only an example says whether a promise is broken.

    It is a message that the policy lets somebody write; see `lading.compat.policy.Content`.
    """

    def __init__(self, new: Contract, policy: Policy) -> None:
        self._new = new
        self._kept = Kept(declared=policy.content is not Content.STRICT)
        self._left = _IN_VAIN

    def of(self, finding: Finding) -> Witness | None:
        """The first that shows it; `None`: none was found, or there was too much to be tried."""
        if not (self._left and finding.baseline.documents and self._new.documents):
            return None
        found = _witness(finding, self._new, self._kept)
        self._left -= found is None
        return found


def _witness(finding: Finding, new: Contract, kept: Kept) -> Witness | None:
    if finding.change.kind in UNSHOWN | IN_MODELS:
        return None
    tried = (_of_kind(finding, sides, kept) for sides in _directions(finding, new))
    return next((each for each in tried if each), None)


def _directions(finding: Finding, new: Contract) -> Iterator[Sides]:
    """Who writes and who reads, for each way in which the promise is broken."""
    promise = finding.promise
    held = at_slot(promise, finding.change.slot) if new.kind is Kind.OPENAPI else promise
    broken = finding.effect & forbids(held)
    old = finding.baseline
    if Effect.NARROWS in broken:
        yield "old", old, new
    if Effect.WIDENS in broken:
        yield "new", new, old


def _of_kind(  # noqa: PLR0911 - one case per kind of contract
    finding: Finding, sides: Sides, kept: Kept
) -> Witness | None:
    match sides[1].kind:
        case Kind.AVRO:
            from lading.compat.witness.avro import of_avro  # brings fastavro

            return of_avro(finding, sides)
        case Kind.JSON:
            return _of_json(finding, sides, kept)
        case Kind.PROTOBUF:
            from lading.compat.witness.protobuf import of_protobuf  # brings protobuf

            return of_protobuf(finding, sides)
        case Kind.OPENAPI:
            return _of_api(finding, sides, kept)
        case Kind.TAXONOMY:
            return of_taxonomy(finding, sides)
        case Kind.MAPPING:
            return of_mapping(finding, sides)
    return None


def _of_json(finding: Finding, sides: Sides, kept: Kept) -> Witness | None:
    """The two documents are prepared once for all findings."""
    from lading.compat.witness.json_ import Trials  # brings jsonschema-rs

    side, writer, reader = sides
    trials = kept.trials.get((id(writer), id(reader)))
    if trials is None:
        trials = kept.trials[id(writer), id(reader)] = Trials(
            writer, reader, declared=kept.declared
        )
    return trials.witness(finding, side)


def _of_api(finding: Finding, sides: Sides, kept: Kept) -> Witness | None:
    """It is tried on what was written; the two documents are prepared once for all findings."""
    from lading.compat.witness.api import Calls, of_api  # brings jsonschema-rs

    side, writer, reader = sides
    if not (writer.documents and reader.documents):
        return None
    if _is_presented(finding.change):  # by the provider, who is the reader of the rest
        side, writer, reader = "new" if side == "old" else "old", reader, writer
    key = id(writer), id(reader)
    calls = kept.calls[key] = kept.calls.get(key) or Calls(writer, reader, declared=kept.declared)
    return of_api(finding, side, calls)


def _is_presented(change: Change) -> bool:
    """Whether it is about the credentials of a webhook or callback."""
    return change.kind is ChangeKind.SECURITY and bool(getattr(change.new, "webhook", False))
