"""Every kind of contract goes in, is judged, and comes out as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lading.model import FolderTree, Workspace, load_workspace
from lading.model.contract import Compatibility, Subject
from lading.registry.client import Client, promises_of
from lading.registry.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILES = {
    "lading.toml": '[workspace]\nname = "kinds"\n',
    "common/Code.avsc": """{"type": "record", "name": "Code", "namespace": "kinds.v1",
        "doc": "A code.", "fields": [{"name": "value", "type": "string", "doc": "It."}]}""",
    "entities/parcel/Parcel.avsc": """{"type": "record", "name": "Parcel", "namespace": "kinds.v1",
        "doc": "A parcel.", "fields": [
            {"name": "code", "type": "kinds.v1.Code", "doc": "Its."}]}""",
    "schemas/parcel.json": """{"$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object", "properties": {"weight": {"type": "number"}}, "required": ["weight"]}""",
    "apis/parcels.yaml": """openapi: 3.1.0
info: {title: Parcels, version: 1.0.0}
paths:
  /parcels/{parcel_id}:   # a comment that must survive
    get:
      operationId: getParcel
      parameters:
        - {name: parcel_id, in: path, required: true, schema: {type: string}}
      responses:
        "200":
          description: The parcel
          content:
            application/json:
              schema: {$ref: ../schemas/parcel.json}
""",
    "taxonomies/parcel.yaml": """taxonomy: parcel.status
version: 1.0.0
kind: state-machine
title: Parcel status
definition: Where a parcel is.
owner: tms
states:
  - {code: PLANNED, definition: Not yet here., rank: 10, initial: true}
  - {code: DELIVERED, definition: Handed over., rank: 20, terminal: true}
transitions:
  - {from: PLANNED, to: DELIVERED, trigger: parcel.delivered}
""",
    "mappings/carrier/parcel.yaml": """mapping: carrier.parcel
version: 1.0.0
title: The carrier's codes
system: carrier
list: {name: codes, version: "1"}
taxonomy: parcel.status
owner: integration
unmapped: unknown
rows:
  - {code: P, to: PLANNED, quality: exact}
  - {code: D, to: DELIVERED, quality: exact}
""",
    "systems.yaml": """systems:
  - {id: carrier, name: Carrier, kind: CARRIER, team: T, contact: t@example.com}
  - {id: tms, name: TMS, kind: TMS, team: T, contact: t@example.com}
  - {id: integration, name: Hub, kind: EDI, team: T, contact: t@example.com}
""",
}
SUBJECTS = [
    "apis.parcels.v1",
    "kinds.v1.Code",
    "kinds.v1.Parcel",
    "mappings.carrier.parcel.v1",
    "schemas.parcel.v1",
    "taxonomies.parcel.status.v1",
]

BREAKS = {
    "kinds.v1.Parcel": {
        "entities": ('"doc": "Its."}', '"doc": "Its."}, {"name": "x", "type": "int", "doc": "X."}')
    },
    "schemas.parcel.v1": {"schemas": ('["weight"]', '["weight", "height"]')},
    "apis.parcels.v1": {"apis": ("/parcels/{", "/packages/{")},
    "taxonomies.parcel.status.v1": {  # the mapping follows the new name
        "taxonomies": ("DELIVERED", "ARRIVED"),
        "mappings": ("DELIVERED", "ARRIVED"),
    },
    "mappings.carrier.parcel.v1": {
        "mappings": ("{code: P, to: PLANNED", "{code: P, to: DELIVERED")
    },
}


@pytest.fixture
def own(start: Callable[..., object], path: Path) -> Iterator[Client]:
    """A client of a server that nobody else uses: the subjects here are fixed."""
    with start(path) as (url, _):
        yield Client(url)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Workspace]:
    def build(**changes: tuple[str, str]) -> Workspace:
        folder = tmp_path / "contracts"
        for name, text in FILES.items():
            old, new = changes.get(name.split("/")[0], ("", ""))
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.replace(old, new) if old else text)
        workspace = load_workspace(FolderTree(folder))
        assert [str(each) for each in workspace.problems] == []
        return workspace

    return build


def test_every_kind_comes_out_as_it_went_in(own: Client, load: Callable[..., Workspace]) -> None:
    workspace = load()
    results = own.push(workspace.contracts)
    assert sorted(each.subject for each in results) == SUBJECTS
    assert [each for each in results if not each.accepted] == []
    back = {each.subject: each for each in own.fetch_contracts()}
    assert sorted(back) == SUBJECTS
    for contract in workspace.contracts:
        assert back[contract.subject].fingerprint == contract.fingerprint
        assert back[contract.subject].kind is contract.kind
    assert "# a comment that must survive" in back["apis.parcels.v1"].document.text
    assert [each.subject for each in own.schema("apis.parcels.v1").references] == [
        "schemas.parcel.v1"
    ]
    assert {each.outcome for each in own.push(workspace.contracts)} == {"unchanged"}


@pytest.mark.parametrize("subject", [each for each in SUBJECTS if each != "kinds.v1.Code"])
def test_every_kind_is_judged(own: Client, load: Callable[..., Workspace], subject: str) -> None:
    own.push(load().contracts)
    results = {each.subject: each for each in own.push(load(**BREAKS[subject]).contracts)}
    assert results[subject].outcome == "incompatible"
    assert results[subject].messages[0].startswith("LAD")
    assert own.versions(subject) == [1]


def test_the_promises_of_the_workspace_travel_with_a_push(
    own: Client, load: Callable[..., Workspace]
) -> None:
    workspace = load()
    own.push(workspace.contracts, promise=promises_of(workspace))
    promised = {each.subject: each.terms.promise for each in own.latest()}
    assert promised["kinds.v1.Parcel"] is Compatibility.FULL
    assert promised["taxonomies.parcel.status.v1"] is Compatibility.BACKWARD
    assert promised["apis.parcels.v1"] is None


def test_a_file_that_is_no_contract_is_named(load: Callable[..., Workspace]) -> None:
    (api,) = [each for each in load().contracts if each.subject == "apis.parcels.v1"]
    nameless = tuple(replace(each, subject=Subject(each.name)) for each in api.references)
    contracts = [replace(api, references=nameless)]
    with pytest.raises(RegistryError, match=r"refers to schemas/parcel\.json"):
        Client().push(contracts)
