"""No reader disagrees with `compatible`: the small run of what `make fuzz` does at large."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest

from lading.model.contract import Kind
from lading.model.errors import ContractError
from lading.model.inclusion import apart, within
from sampling import json_ as json_pairs
from soundness import avro_chunk, contract, json_chunk

if TYPE_CHECKING:
    from collections.abc import Callable

    from lading.model.contract import Contract
    from soundness import Json, Tally

LEAST = 0.9
"""The share of breaks with an executed example; the large run is held to 95 %."""


@pytest.mark.parametrize(("chunk", "count"), [(avro_chunk, 1500), (json_chunk, 2500)])
def test_readers_and_verdicts_agree(chunk: Callable[[int, int], Tally], count: int) -> None:
    """Not one message is refused, and nearly every break is shown by one that is."""
    tally = chunk(20261124, count)

    assert tally.wrong == []
    assert tally.counts["compatible"] > count / 10
    assert tally.breaks.total() > count / 10
    assert tally.unproven.total() < (1 - LEAST) * tally.breaks.total()


def test_what_is_within_is_within() -> None:
    """No value of a schema is outside of one that it is said to be within, or in one apart."""
    rng, found = Random(5), [0, 0]
    for _ in range(3000):
        drawn = _contracts(rng)
        if drawn is None:
            continue
        (old, new), (a, b) = drawn
        kept = within(a.exact.body, b.exact.body, (a.exact.types, b.exact.types))
        none = apart(a.exact.body, b.exact.body, (a.exact.types, b.exact.types))
        mine, other = (jsonschema_rs.validator_for(each) for each in (old, new))
        for _ in range(8):
            value = json_pairs.instance(rng, rng.choice((old, new)))
            if mine.is_valid(value):
                assert other.is_valid(value) or not kept, (old, new, value)
                assert not other.is_valid(value) or not none, (old, new, value)
        found = [found[0] + kept, found[1] + none]

    assert found[0] > 1000, "nothing was said to be within"
    assert found[1] > 200, "nothing was said to be apart"


def _contracts(rng: Random) -> tuple[tuple[Json, Json], tuple[Contract, Contract]] | None:
    """A pair of versions, or two schemas that have nothing to do with each other."""
    kinds = (json_pairs.pair(rng), (json_pairs.document(rng), json_pairs.document(rng)))
    old, new = rng.choice(kinds)
    try:
        return (old, new), (contract(Kind.JSON, old), contract(Kind.JSON, new))
    except ContractError:
        return None
