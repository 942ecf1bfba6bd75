"""What a generated package was made from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class PinnedContract:
    """One version of one contract, as it was when the package was generated."""

    subject: str
    kind: str
    """``AVRO``, ``JSON``, ``OPENAPI``, ``TAXONOMY`` or ``MAPPING``."""
    version: str
    fingerprint: str
    """SHA-256 (hex) of the normal form."""
    module: str
    """Where in the package it ended up, ``models.shipment_v1``."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of ``contract.json``."""

    name: str
    version: str
    generator: str
    contracts: tuple[PinnedContract, ...]

    def contract(self, subject: str) -> PinnedContract | None:
        """The contract of that name, if the package has it."""
        return next((each for each in self.contracts if each.subject == subject), None)


def read_manifest(package: str) -> Manifest:
    """Read ``contract.json`` of an installed package, ``read_manifest("acme_logistics")``."""
    text = (resources.files(package) / "contract.json").read_text(encoding="utf-8")
    value = json.loads(text)
    return Manifest(
        name=value["name"],
        version=value["version"],
        generator=value["generator"],
        contracts=tuple(PinnedContract(**each) for each in value["contracts"]),
    )
