"""Where a finding stands, in both versions. Only reports need to know, so only they look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lading.compat.verdict import Finding, Verdict
    from lading.model.contract import Contract
    from lading.model.document import Document, Origin, Place


def new_place(finding: Finding, verdict: Verdict) -> Place | None:
    """Where it stands in the new version; for what is gone, its nearest surviving parent."""
    return _place(finding.change.new_at or verdict.new.origin, verdict.new)


def old_place(finding: Finding) -> Place | None:
    """Where it stood; for what is new, its nearest parent there."""
    return _place(finding.change.old_at or finding.baseline.origin, finding.baseline)


def further_places(finding: Finding, verdict: Verdict, most: int) -> tuple[Place | None, ...]:
    """Where the first `most` of its further paths stand in the new version, if not all at one."""
    found = finding.change.elsewhere_at[:most]
    return tuple(_place(each or verdict.new.origin, verdict.new) for each in found)


def _place(origin: Origin | None, contract: Contract) -> Place | None:
    from lading.model.locate import place_of

    return place_of(origin, contract.documents) if origin else None


def seen_from(place: Place, folder: str) -> Place:
    """The place as it is typed from where the command runs."""
    return replace(place, document=f"{folder}{place.document}")


def does_it(finding: Finding, verdict: Verdict) -> bool:
    """Whether `lading check --fix` is enough for it.

    An alias makes one rename of a field that went and one that came: where the promise forbids
    that the first one went, the rename is forbidden as well.
    """
    new, home = finding.change.new, finding.change.home
    name = getattr(new, "name", "")
    return finding.fixable and not any(
        each.counts and each.change.lookalike == name and each.change.home == home
        for each in verdict.findings
        if finding.change.lookalike and each.change.new is None
    )


def document_of(place: Place, contract: Contract) -> Document | None:
    """The document a place is in."""
    return next((each for each in contract.documents if each.name == place.document), None)


def name_of(verdict: Verdict) -> str:
    """The contract's short name: ``ShipmentConfirmed``, ``shipment.status``."""
    from lading.model.contract import Kind

    subject = verdict.subject
    if verdict.new.kind is Kind.AVRO:
        return subject.rpartition(".")[2]
    folder, _, rest = subject.partition(".")
    name, _, version = rest.rpartition(".")
    return name if version[:1] == "v" and name else subject or folder


def full_path(finding: Finding, verdict: Verdict) -> str:
    """The path with the contract's name before it."""
    return of_contract(finding.path, verdict)


def of_contract(path: str, verdict: Verdict) -> str:
    """A path in a contract, as people see it, with the contract's name before it."""
    name = name_of(verdict)
    if not path:
        return name
    http = " " in path.partition(" > ")[0]
    return f"{name}{': ' if http else '.'}{path}"
