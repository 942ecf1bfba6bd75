"""Published API descriptions, read where they stand beside the repository; none are copied here."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.model import Api, Kind, load_workspace, locate, read_contract, read_document
from model.reading import Files

SPECS = Path(__file__).parents[3] / "shared" / "specs"
FOUND = sorted(each for each in SPECS.glob("*/*") if each.suffix in {".json", ".yaml"})


@pytest.mark.parametrize("path", FOUND, ids=lambda each: each.name)
def test_a_published_api_is_read_whole(path: Path) -> None:
    """Empty where the folder is not: pytest then reports one skipped case and says why."""
    contract = read_contract(Kind.OPENAPI, read_document(path.name, path.read_bytes()))
    assert isinstance(contract.body, Api)
    assert contract.body.operations
    for operation in contract.body.operations:
        assert operation.at is not None
        assert locate(contract.document, operation.at.pointer).line > 1


@pytest.mark.parametrize("path", FOUND[:1], ids=lambda each: each.name)
def test_a_published_api_is_a_contract_of_a_workspace(path: Path) -> None:
    found = load_workspace(Files({f"apis/a{path.suffix}": path.read_bytes()}))
    assert [str(each) for each in found.problems] == []
    assert len(found.contracts) == 1
