"""Proof by example: a message, a history or a code that the two versions do not agree about.

A witness is built from the finding and then carried out, by fastavro or by the steps of the
taxonomy; only one that really fails is shown. A finding without one is unproven, and said to be.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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

__all__ = ["Witness", "prove"]


def prove(verdict: Verdict) -> Verdict:
    """`verdict` with a witness for each forbidden finding that has one."""
    kept: dict[tuple[int, int], Calls] = {}
    return replace(
        verdict,
        findings=tuple(
            replace(each, witness=_witness(each, verdict, kept)) if each.forbidden else each
            for each in verdict.findings
        ),
    )


def _witness(
    finding: Finding, verdict: Verdict, kept: dict[tuple[int, int], Calls]
) -> Witness | None:
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
    finding: Finding, sides: Sides, kept: dict[tuple[int, int], Calls]
) -> Witness | None:
    match sides[1].kind:
        case Kind.AVRO:
            from lading.compat.witness.avro import of_avro  # brings fastavro

            return of_avro(finding, sides)
        case Kind.JSON:
            from lading.compat.witness.json_ import of_json  # brings jsonschema-rs

            return of_json(finding, sides)
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


def _of_api(finding: Finding, sides: Sides, kept: dict[tuple[int, int], Calls]) -> Witness | None:
    """It is tried on what was written; the two documents are prepared once for all findings."""
    from lading.compat.witness.api import Calls, of_api  # brings jsonschema-rs

    side, writer, reader = sides
    if not (writer.documents and reader.documents):
        return None
    key = id(writer), id(reader)
    calls = kept[key] = kept.get(key) or Calls(writer, reader)
    return of_api(finding, side, calls)
