"""Derived statuses: the generated function is the model's own reading of the rules."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.codegen import generate_python, write
from lading.model import FolderTree, Taxonomy, load_workspace
from lading.model.derivations import derive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def library() -> Workspace:
    return load_workspace(FolderTree(ROOT / "contracts"))


@pytest.fixture(scope="module")
def generated(library: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("derived")
    chosen = [each for each in library.contracts if isinstance(each.body, Taxonomy)]
    write(generate_python(chosen, name="derived-sdk", version="1.0.0"), folder)
    sys.path.insert(0, str(folder))
    yield lambda name: import_module(f"derived_sdk.taxonomies.{name}")
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.partition(".")[0] == "derived_sdk"]:
        del sys.modules[name]


def taxonomy(library: Workspace, name: str) -> Taxonomy:
    (found,) = (
        each.body
        for each in library.contracts
        if isinstance(each.body, Taxonomy) and each.body.name == name
    )
    return found


def codes(library: Workspace, name: str) -> Any:
    return st.sampled_from([each.code for each in taxonomy(library, name).states])


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_what_a_customer_reads_is_what_the_rules_say(
    library: Workspace, generated: Any, data: st.DataObject
) -> None:
    rules = taxonomy(library, "order.display").derived
    assert rules is not None
    values = {
        "lifecycle": data.draw(codes(library, "order.lifecycle")),
        "fulfilment": data.draw(codes(library, "order.fulfilment")),
        "holds": data.draw(
            st.lists(st.sampled_from(["CUSTOMER", "ADDRESS", "CREDIT"]), max_size=2)
        ),
        "shipments": data.draw(st.lists(codes(library, "shipment.status"), max_size=3)),
        "works": data.draw(st.lists(codes(library, "fulfilment.status"), max_size=3)),
    }
    assert generated("order_display").derive(**values).value == derive(rules, values)


@settings(max_examples=400, deadline=None)
@given(st.tuples(*[st.integers(0, 3)] * 5))
def test_how_far_an_order_is_follows_from_its_quantities(
    library: Workspace, generated: Any, numbers: tuple[int, ...]
) -> None:
    rules = taxonomy(library, "order.fulfilment").derived
    assert rules is not None
    values = dict(zip(rules.inputs, numbers, strict=True))
    assert generated("order_fulfilment").derive(**values).value == derive(rules, values)


def test_a_portal_answers_where_is_my_order(generated: Any) -> None:
    """Two parcels: one delivered, one on the road; then both; in the words a customer reads."""
    display = generated("order_display")

    def shown(shipments: list[str], fulfilment: str) -> str:
        found = display.derive(
            lifecycle="RELEASED", fulfilment=fulfilment, holds=(), shipments=shipments, works=()
        )
        return display.LABELS[found]["en"]

    assert shown(["IN_TRANSIT", "OUT_FOR_DELIVERY"], "SHIPPED") == "Arriving today"
    assert shown(["DELIVERED", "IN_TRANSIT"], "PARTIALLY_DELIVERED") == "Partly delivered"
    assert shown(["DELIVERED", "DELIVERED"], "DELIVERED") == "Delivered"
