"""The short form of everything that is done to registries under load: nothing is lost, or confused.

`make chaos` is the long form. Without these: ``pytest -m "not chaos"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chaos import scenarios

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaos.tally import Tally
    from registry.postgres import Server

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


@pytest.mark.parametrize("scenario", scenarios.ALL, ids=lambda each: each.__name__)
def test_nothing_is_lost_and_nothing_confused(
    server: Server, scenario: Callable[[scenarios.Stage], Tally]
) -> None:
    tally = scenario(scenarios.Stage(server, scenarios.SHORT, 7, lambda _: None))
    assert tally.violations == ()


@pytest.mark.parametrize("scenario", scenarios.BESIDE, ids=lambda each: each.__name__)
def test_nor_where_others_judge_beside(
    server: Server, scenario: Callable[[scenarios.Stage], Tally]
) -> None:
    """Races, and servers that are killed, with a process that judges beside each of them."""
    tally = scenario(scenarios.Stage(server, scenarios.SHORT, 7, lambda _: None, judges=1))
    assert tally.violations == ()
