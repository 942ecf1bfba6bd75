"""No reader of a taxonomy disagrees with `compatible`: histories, tried on both versions.

The reader here is written anew, and knows nothing of findings: it goes through a history as
`docs/statuses.md` says, event by event.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lading.compat import judge
from lading.compat.effect import Level
from lading.compat.policy import Policy
from lading.model.contract import Compatibility, Contract
from lading.model.taxonomy import Taxonomy
from strategies import near_taxonomies

if TYPE_CHECKING:
    from lading.compat import Outcome

SETTINGS = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
LONGEST = 5


def histories(writer: Taxonomy) -> list[tuple[str, ...]]:
    """Every history of the writer, up to a length."""
    found = [(each.code,) for each in writer.states if each.initial]
    for history in found:
        if len(history) < LONGEST:
            found += [(*history, code) for code in following(writer, history[-1])]
    return found


def following(machine: Taxonomy, code: str) -> set[str]:
    """The states that may be told after `code`."""
    ways = {code: {each.target for each in machine.transitions if each.source == code}}
    found = ways[code]
    while machine.skips:
        more = {each.target for each in machine.transitions if each.source in found} - found
        if not more:
            break
        found = found | more
    return found


def refused(history: tuple[str, ...], writer: Taxonomy, reader: Taxonomy, *, newer: bool) -> str:
    """Where the reader no longer goes along; empty: it takes the whole history."""
    mine = {each.code: each for each in writer.states}
    theirs = {each.code: each for each in reader.states}
    former = {alias: each.code for each in reader.states for alias in each.aliases}
    here = ""
    for code in history:
        asked, seen = code, set[str]()
        while asked not in theirs and asked not in former and asked not in seen:
            seen.add(asked)
            asked = mine[asked].fallback if newer and asked in mine else ""
        told = former.get(asked, asked)
        if told not in theirs:
            if newer and reader.open and not mine[code].terminal:
                continue
            return code
        if asked != code and mine[code].terminal and not theirs[told].terminal:
            return code
        if not here and not theirs[told].initial:
            return code
        if here and told != here and told not in following(reader, here):
            return code
        here = told
    return ""


def disagreements(old: Contract, new: Contract, promise: Compatibility) -> list[tuple[str, ...]]:
    assert isinstance(old.body, Taxonomy)
    assert isinstance(new.body, Taxonomy)
    back = promise is Compatibility.BACKWARD
    writer, reader = (old.body, new.body) if back else (new.body, old.body)
    return [each for each in histories(writer) if refused(each, writer, reader, newer=not back)]


def outcome(old: Contract, new: Contract, promise: Compatibility) -> Outcome:
    """What of the two is about which histories there are."""
    return judge(old, new, promise, policy=Policy(level=Level.WIRE)).outcome


@SETTINGS
@given(near_taxonomies(), st.sampled_from([Compatibility.BACKWARD, Compatibility.FORWARD]))
def test_no_history_is_refused_of_what_is_compatible(
    pair: tuple[Contract, Contract], promise: Compatibility
) -> None:
    """Where nothing is forbidden, each history of the writer is one for the reader."""
    old, new = pair
    if outcome(old, new, promise) == "compatible":
        assert disagreements(old, new, promise) == []


def test_breaks_are_not_the_answer_to_everything() -> None:
    """Of the pairs that the law is about many are compatible, and of the others most refuse one."""
    counted: Counter[str] = Counter()

    @settings(SETTINGS, max_examples=300, derandomize=True, database=None)
    @given(near_taxonomies())
    def count(pair: tuple[Contract, Contract]) -> None:
        said = outcome(*pair, Compatibility.FORWARD)
        counted[said] += 1
        counted["refused"] += bool(disagreements(*pair, Compatibility.FORWARD))

    count()
    assert counted["compatible"] > 60, counted
    assert counted["refused"] > 40, counted
