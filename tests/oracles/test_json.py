"""The judge against a real validator: what was valid stays valid where we say so."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lading.compat import judge
from lading.model.contract import Compatibility
from strategies import condition_pairs, json_contract, json_data, json_pairs

SETTINGS = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def admits(schema: Any, instance: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(schema).is_valid(instance)


def some_of(schema: Any) -> st.SearchStrategy[list[Any]]:
    """Instances near `schema`: what is not valid shows nothing."""
    return st.lists(json_data(schema), min_size=4, max_size=8)


@SETTINGS
@given(st.data())
def test_backward_means_that_what_was_valid_stays_valid(data: st.DataObject) -> None:
    """Every instance of declared properties that the old schema admits, the new one admits."""
    old, new = data.draw(json_pairs() | condition_pairs())
    assume(judge(json_contract(old), json_contract(new), Compatibility.BACKWARD).compatible)

    for instance in data.draw(some_of(old)):
        assert admits(new, instance) or not admits(old, instance)


@SETTINGS
@given(st.data())
def test_forward_means_that_what_is_valid_now_was_valid(data: st.DataObject) -> None:
    """Every instance of declared properties that the new schema admits, the old one admitted."""
    old, new = data.draw(json_pairs() | condition_pairs())
    assume(judge(json_contract(old), json_contract(new), Compatibility.FORWARD).compatible)

    for instance in data.draw(some_of(new)):
        assert admits(old, instance) or not admits(new, instance)
