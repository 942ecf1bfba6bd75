"""What a taxonomy says for readers of other versions, in the generated module and on its page."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from lading.codegen import generate_python, write
from lading.codegen.docs import write_site_source
from lading.codegen.docs.view import Reference
from lading.model import FolderTree, load_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lading.model import Workspace

STATUS = """\
taxonomy: shipment.status
version: 1.0.0
kind: state-machine
title: Shipment status
definition: Where a shipment is.
owner: tms
open: true
skips: true
retired: [LOST_AND_FOUND]
states:
  - {code: PLANNED, definition: It is on paper., rank: 1, initial: true}
  - {code: IN_TRANSIT, definition: It is on its way., rank: 5, aliases: [SENT], category: moving}
  - {code: OUT_FOR_DELIVERY, definition: It is on the last run., rank: 7, fallback: IN_TRANSIT}
  - {code: HELD, definition: It stands., rank: 6, deprecated: true, sunset: "2027-06-30",
     replaced_by: IN_TRANSIT, exception: true}
  - {code: DELIVERED, definition: The consignee has it., rank: 9, terminal: true, billable: true}
  - {code: UNKNOWN, definition: A reader met a newer code.}
transitions:
  - {from: PLANNED, to: IN_TRANSIT, trigger: shipment.departed}
  - {from: IN_TRANSIT, to: OUT_FOR_DELIVERY, trigger: shipment.out_for_delivery}
  - {from: OUT_FOR_DELIVERY, to: DELIVERED, trigger: shipment.delivered}
sla:
  - {name: transit, from: IN_TRANSIT, to: DELIVERED, within: P3D, share: 95, calendar: working days}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("statuses")
    (folder / "taxonomies").mkdir()
    (folder / "lading.toml").write_text('[workspace]\nname = "statuses"\n')
    (folder / "taxonomies" / "shipment.status.yaml").write_text(STATUS)
    workspace = load_workspace(FolderTree(folder))
    assert workspace.problems == ()
    return workspace


@pytest.fixture(scope="module")
def status(library: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("sdk")
    write(generate_python(library.contracts, name="statuses-sdk", version="1.0.0"), folder)
    sys.path.insert(0, str(folder))
    yield import_module("statuses_sdk.taxonomies.shipment_status")
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == "statuses_sdk"]:
        del sys.modules[name]


def test_a_former_code_is_read_as_what_it_is_now(status: Any) -> None:
    assert status.parse("SENT") is status.ShipmentStatus.IN_TRANSIT
    assert status.parse("NEVER_HEARD_OF") is status.UNKNOWN


def test_who_writes_knows_what_older_readers_take_a_status_for(status: Any) -> None:
    assert status.FALLBACK == {status.ShipmentStatus.OUT_FOR_DELIVERY: "IN_TRANSIT"}


def test_states_between_may_be_left_out_where_the_taxonomy_says_so(status: Any) -> None:
    one = status.ShipmentStatus

    assert status.can_transition(one.PLANNED, one.DELIVERED)
    assert not status.can_transition(one.DELIVERED, one.PLANNED)


def test_the_page_says_it_to_people(library: Workspace, tmp_path: Path) -> None:
    write_site_source(library, tmp_path, reference=Reference())
    (page,) = tmp_path.rglob("*shipment*status*.md")
    text = page.read_text()

    for said in (
        "Former codes",
        "Older readers take it for",
        "until 2027-06-30, replaced by",
        "Agreed times",
        "working days",
        "codes may be added",
        "Never used again",
    ):
        assert said in text
