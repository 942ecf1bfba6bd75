"""Proof by example: a message, a history or a code that the two versions do not agree about.

A witness is built from the finding and then carried out, by fastavro or by the steps of the
taxonomy; only one that really fails is shown. A finding without one is unproven, and said to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lading.compat.change import ChangeKind
from lading.compat.effect import Effect
from lading.compat.promise import at_slot, forbids
from lading.compat.witness.base import Witness
from lading.compat.witness.lists import of_mapping, of_taxonomy
from lading.model.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.verdict import Finding, Verdict
    from lading.compat.witness.api import Calls
    from lading.compat.witness.base import Sides
    from lading.compat.witness.json_ import Trials

__all__ = ["Witness", "prove"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is prepared once for all findings of a verdict, by the two versions."""

    calls: dict[tuple[int, int], Calls] = field(default_factory=dict)
    trials: dict[tuple[int, int], Trials] = field(default_factory=dict)


def prove(verdict: Verdict) -> Verdict:
    """`verdict` with witnesses: of what is forbidden, and of what changes a value."""
    kept = Kept()
    return replace(
        verdict,
        findings=tuple(
            replace(each, witness=_witness(each, verdict, kept)) if _is_shown(each) else each
            for each in verdict.findings
        ),
    )


def _is_shown(finding: Finding) -> bool:
    """What Avro allows is worth an example where another value comes out."""
    return finding.forbidden or finding.change.kind is ChangeKind.LOSSY_PROMOTION


def _witness(finding: Finding, verdict: Verdict, kept: Kept) -> Witness | None:
    tried = (_of_kind(finding, sides, kept) for sides in _directions(finding, verdict))
    return next((each for each in tried if each), None)


def _directions(finding: Finding, verdict: Verdict) -> Iterator[Sides]:
    """Who writes and who reads, for each way in which the promise is broken."""
    promise, kind = finding.promise, verdict.new.kind
    held = at_slot(promise, finding.change.slot) if kind is Kind.OPENAPI else promise
    broken = finding.effect & forbids(held)
    old, new = finding.baseline, verdict.new
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
        trials = kept.trials[id(writer), id(reader)] = Trials(writer, reader)
    return trials.witness(finding, side)


def _of_api(finding: Finding, sides: Sides, kept: Kept) -> Witness | None:
    """It is tried on what was written; the two documents are prepared once for all findings."""
    from lading.compat.witness.api import Calls, of_api  # brings jsonschema-rs

    side, writer, reader = sides
    if not (writer.documents and reader.documents):
        return None
    key = id(writer), id(reader)
    calls = kept.calls[key] = kept.calls.get(key) or Calls(writer, reader)
    return of_api(finding, side, calls)
