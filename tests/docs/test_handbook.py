"""The hand-written pages say what is true."""

from __future__ import annotations

import re
from pathlib import Path

from lading.cli.exit_codes import ExitCode
from lading.cli.table import COMMANDS
from lading.model import Compatibility, FolderTree, load_workspace
from lading.registry.auth.rates import BURST
from lading.registry.config import LEVEL
from lading.registry.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    found = rf"^```{language}\n(.*?)^```"
    return re.findall(found, (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_formats_are_accepted_as_they_stand(tmp_path: Path) -> None:
    files = {
        "taxonomy: shipment.status": "taxonomies/shipment.status.yaml",
        "taxonomy: order.progress": "taxonomies/order.progress.yaml",
        "taxonomy: transport.leg": "taxonomies/transport.leg.yaml",
        "mapping: x12.214-at7-01": "mappings/x12/214-at7-01.yaml",
        "mapping: x12.214-more": "mappings/x12/214-more.yaml",
        "owner: wms": "taxonomies/contract.yaml",
        "consumer: erp-adapter": "consumers/erp-adapter.yaml",
        "objects:": "ownership.yaml",
    }
    (tmp_path / "lading.toml").write_text('[workspace]\nname = "acme-logistics"\n')
    written = set()
    for block in blocks("contracts.md", "yaml"):
        path = tmp_path / files[block.splitlines()[0].strip()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block)
        written.add(path.name)
    found = load_workspace(FolderTree(tmp_path))
    # The examples name an event, an API and a file that are not part of this small workspace.
    about_others = {"ShipmentConfirmed", "shipment-visibility", "ShipmentStatus"}

    assert len(written) == len(files)
    assert [each.subject for each in found.contracts] == [
        "mappings.x12.214-at7-01.v1",
        "mappings.x12.214-more.v1",
        "taxonomies.order.progress.v1",
        "taxonomies.shipment.status.v1",
        "taxonomies.transport.leg.v1",
    ]
    assert [
        str(each)
        for each in found.problems
        if not any(name in each.message for name in about_others)
    ] == []


def test_the_level_of_the_registry_is_the_one_the_page_names() -> None:
    assert LEVEL == "compatibility"
    assert f"the level of the server (`{Settings().compatibility}`)" in (
        (DOCS / "registry.md").read_text()
    )


def test_how_much_may_be_asked_for_at_once_is_on_the_page_of_the_registry() -> None:
    """The rate alone would not tell what a burst does."""
    page = (DOCS / "registry.md").read_text()
    assert f"{BURST:.0f} s of it at once: with `writes = 50` for {50 * BURST:.0f} writes" in page


def test_every_command_and_every_exit_code_is_on_its_page() -> None:
    commands, gate = (DOCS / "cli.md").read_text(), (DOCS / "gate.md").read_text()

    assert [name for name in COMMANDS if f"`lading {name}" not in commands] == []
    assert [code for code in ExitCode if f"| {code.value} | " not in gate] == []


def test_every_promise_is_on_the_page_of_the_gate() -> None:
    gate = (DOCS / "gate.md").read_text()

    for promise in Compatibility:
        assert f"`{promise.removesuffix('_TRANSITIVE')}`" in gate
    assert "`_TRANSITIVE`" in gate
