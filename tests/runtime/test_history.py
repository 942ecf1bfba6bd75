"""A status from its facts: examples of each rule, and laws for any facts on any state machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.runtime import Effect, Fact, History, grown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MIDNIGHT = datetime(2026, 3, 5, tzinfo=UTC)


class Status(StrEnum):
    PLANNED = "PLANNED"
    MOVING = "MOVING"
    TRIED = "TRIED"
    RETURNING = "RETURNING"
    DELIVERED = "DELIVERED"
    LOST = "LOST"
    UNKNOWN = "UNKNOWN"


P, M, T, R, D, LOST, UNKNOWN = Status
WRITTEN = [each for each in Status if each is not UNKNOWN]


@dataclass(frozen=True)
class Machine:
    TRANSITIONS: Mapping[Status, frozenset[Status]]
    RANK: Mapping[Status, int]
    INITIAL: frozenset[Status] = frozenset({P})
    UNKNOWN: Status = UNKNOWN


NONE: frozenset[Status] = frozenset()
PARCEL = Machine(
    {P: frozenset({M}), M: frozenset({T, R, D, LOST}), T: frozenset({M, D}), R: frozenset({LOST})}
    | dict.fromkeys((D, LOST, UNKNOWN), NONE),
    {P: 10, M: 20, T: 30, R: 40, D: 90, LOST: 90, UNKNOWN: 0},
)
"""No step leads from a delivery that was tried to the way back: the two contradict each other."""


def at(hour: int) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def fact(
    name: str, claim: Status | Iterable[Status], hour: int, recorded: int | None = None
) -> Fact[Status]:
    claims = (claim,) if isinstance(claim, Status) else tuple(claim)
    return Fact(name, claims, at(hour), at(hour if recorded is None else recorded))


def retraction(of: str, hour: int) -> Fact[Status]:
    return replace(fact(f"no {of}", D, hour), retracts=of)


def told(machine: Machine, facts: Iterable[Fact[Status]]) -> History[Status]:
    """The history after `facts` were delivered one by one."""
    history = History(machine)
    for each in facts:
        history = history.apply(each).history
    return history


def effects(*facts: Fact[Status]) -> tuple[list[Effect], Status | None]:
    """What each of `facts` did to a parcel, and where it ended."""
    history, found = History(PARCEL), []
    for each in facts:
        outcome = history.apply(each)
        history = outcome.history
        found.append(outcome.effect)
    return found, history.status


def test_facts_in_their_order_move_the_status() -> None:
    found, status = effects(fact("a", P, 1), fact("b", M, 2), fact("c", D, 3))
    assert (found, status) == ([Effect.MOVED] * 3, D)


def test_a_late_fact_is_kept_and_undoes_nothing() -> None:
    history = told(PARCEL, [fact("a", P, 1), fact("b", M, 2), fact("c", D, 5)])
    outcome = history.apply(fact("d", M, 3, recorded=6))
    assert (outcome.effect, outcome.history.status) == (Effect.LATE, D)
    assert [each.event_id for each in outcome.history.facts] == ["a", "b", "c", "d"]


def test_a_late_fact_that_contradicts_undoes_nothing_either() -> None:
    """Nobody who put the facts in order of time would get from "tried" to "on its way back"."""
    known = fact("a", P, 1), fact("b", M, 2), fact("c", R, 5)
    assert effects(*known, fact("d", T, 3, recorded=6)) == ([Effect.MOVED] * 3 + [Effect.LATE], R)


def test_a_fact_waits_for_the_one_before_it() -> None:
    known = fact("a", P, 1), fact("c", D, 5)
    assert told(PARCEL, known).waiting == (known[1],)
    found, status = effects(*known, fact("b", M, 2, recorded=6))
    assert (found, status) == ([Effect.MOVED, Effect.NO_STEP, Effect.MOVED], D)


def test_the_first_fact_starts_where_a_thing_may_start() -> None:
    assert effects(fact("a", M, 1)) == ([Effect.NO_STEP], None)
    assert effects(fact("a", M, 2), fact("b", P, 1, recorded=3))[1] is M
    begun = History(PARCEL, start=M).apply(fact("a", D, 1))
    assert (begun.effect, begun.history.status) == (Effect.MOVED, D)


def test_nothing_leads_out_of_a_terminal_status_but_a_retraction() -> None:
    known = fact("a", P, 1), fact("b", M, 2), fact("c", LOST, 3), fact("d", D, 4)
    assert effects(*known) == ([Effect.MOVED] * 3 + [Effect.NO_STEP], LOST)
    assert effects(*known, retraction("c", 5)) == (
        [Effect.MOVED] * 3 + [Effect.NO_STEP, Effect.CORRECTED],
        D,
    )


def test_a_retraction_leads_back_to_what_is_left() -> None:
    known = fact("a", P, 1), fact("b", M, 2), fact("c", D, 3)
    assert effects(*known, retraction("c", 4))[1] is M
    assert effects(*known, retraction("b", 4))[1] is P, "nothing is left that leads to the delivery"


def test_a_retraction_may_be_here_first() -> None:
    found, status = effects(fact("a", P, 1), retraction("b", 4), fact("b", M, 2))
    assert (found, status) == ([Effect.MOVED, Effect.CORRECTED, Effect.WITHDRAWN], P)


def test_a_replacement_stands_in_for_another_fact() -> None:
    known = fact("a", P, 1), fact("b", M, 2), fact("c", D, 3)
    found, status = effects(*known, replace(fact("d", R, 3, recorded=4), replaces="c"))
    assert (found[-1], status) == (Effect.CORRECTED, R)


@pytest.mark.parametrize("classifier", ["ESTIMATED", "PLANNED", "REQUESTED", "UNKNOWN"])
def test_only_what_happened_moves_a_status(classifier: str) -> None:
    estimate = replace(fact("c", D, 3), classifier=classifier)
    known = fact("a", P, 1), fact("b", M, 2)
    assert effects(*known, estimate) == ([Effect.MOVED] * 2 + [Effect.NO_CLAIM], M)


def test_unknown_and_what_stands_beside_the_status_displace_nothing() -> None:
    known = fact("a", P, 1), fact("b", M, 2)
    for silent in (fact("c", UNKNOWN, 3), fact("c", (), 3)):
        assert effects(*known, silent) == ([Effect.MOVED] * 2 + [Effect.NO_CLAIM], M)


def test_in_one_moment_the_higher_rank_is_the_later() -> None:
    """A carrier tells days: tried and moving again on the same day, in whatever order."""
    tried, moving = fact("t", T, 2, recorded=3), fact("m", M, 2, recorded=4)
    assert effects(fact("a", P, 1), fact("b", M, 1, recorded=2), tried, moving) == (
        [Effect.MOVED] * 3 + [Effect.LOWER_RANK],
        T,
    )
    assert told(PARCEL, [fact("a", P, 1), moving, tried]).status is T


def test_in_one_moment_and_of_one_rank_what_was_recorded_first_is_the_earlier() -> None:
    history = History(PARCEL, start=R).apply(fact("b", LOST, 2, recorded=3)).history
    outcome = history.apply(fact("a", D, 2))
    assert (outcome.effect, outcome.history.status) == (Effect.LATE, LOST)


def test_a_repeated_status_is_no_step_and_asks_for_nobody() -> None:
    known = fact("a", P, 1), fact("b", M, 2), fact("c", M, 3)
    assert effects(*known) == ([Effect.MOVED, Effect.MOVED, Effect.REPEATED], M)
    assert told(PARCEL, known).waiting == ()


def test_one_event_may_claim_two_statuses_in_any_order() -> None:
    """The truck has left: so it was handed over, too."""
    for claims in ((P, M), (M, P)):
        assert effects(fact("a", claims, 1)) == ([Effect.MOVED], M)


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match=r"occurred_at of a has no offset"):
        Fact("a", (P,), datetime(2026, 3, 5), at(0))  # noqa: DTZ001 - the mistake it is about


def test_what_a_fact_takes_from_its_event() -> None:
    @dataclass(frozen=True)
    class Meta:
        occurred_at: datetime
        recorded_at: datetime
        event_id: str = "7"
        time_classifier: str = "ESTIMATED"
        retracts_event_id: str | None = "5"
        replaces_event_id: str | None = "6"

    made = Fact.of(Meta(at(1), at(2)), P, None, M)
    assert made == Fact("7", (P, M), at(1), at(2), "ESTIMATED", "5", "6")


# --- laws: any facts, any machine

NAMES = [f"{each:02}" for each in range(8)]
hours = st.integers(0, 5)
kinds = st.sampled_from(["ACTUAL", "ACTUAL", "ACTUAL", "ESTIMATED"])
targets = st.none() | st.none() | st.sampled_from(NAMES)
ranks = st.fixed_dictionaries({each: st.integers(0, 2) for each in WRITTEN})
steps = st.fixed_dictionaries({each: st.frozensets(st.sampled_from(WRITTEN)) for each in WRITTEN})
starts = st.frozensets(st.sampled_from(WRITTEN), min_size=2)
machines = st.builds(
    lambda steps, ranks, starts: Machine(steps | {UNKNOWN: NONE}, ranks | {UNKNOWN: 0}, starts),
    steps,
    ranks,
    starts,
)


@st.composite
def facts(draw: st.DrawFn, name: str, *, corrects: bool = True) -> Fact[Status]:
    """A fact of any content, contradicting or not."""
    claims = draw(st.lists(st.sampled_from(Status), max_size=2))
    retracts, replaces = (draw(targets), draw(targets)) if corrects else (None, None)
    occurred, recorded = at(draw(hours)), at(draw(hours))
    return Fact(name, tuple(claims), occurred, recorded, draw(kinds), retracts, replaces)


@st.composite
def known(draw: st.DrawFn, *, corrects: bool = True) -> list[Fact[Status]]:
    return [draw(facts(name, corrects=corrects)) for name in NAMES[: draw(st.integers(0, 7))]]


newest = facts("new", corrects=False).map(lambda each: replace(each, recorded_at=at(9)))


@given(machines, known(), st.data())
def test_the_order_of_delivery_does_not_matter(
    machine: Machine, given_facts: list[Fact[Status]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(given_facts))
    one, other = told(machine, given_facts), told(machine, shuffled)
    assert one == other == History(machine, tuple(given_facts))
    assert (one.status, one.set_by, one.waiting) == (other.status, other.set_by, other.waiting)


@given(machines, known(), st.data())
def test_a_duplicate_changes_nothing(
    machine: Machine, given_facts: list[Fact[Status]], data: st.DataObject
) -> None:
    given_facts = given_facts or [fact("00", P, 1)]
    history = told(machine, given_facts)
    again = replace(
        data.draw(facts("any")), event_id=data.draw(st.sampled_from(given_facts)).event_id
    )
    outcome = history.apply(again)
    assert (outcome.effect, outcome.history) == (Effect.DUPLICATE, history)


@given(machines, known(), facts("x", corrects=False), hours)
def test_what_was_retracted_was_never_there(
    machine: Machine, given_facts: list[Fact[Status]], wrong: Fact[Status], hour: int
) -> None:
    without = told(machine, given_facts)
    after = without.apply(wrong).history.apply(retraction("x", hour)).history
    assert (after.status, after.set_by, after.waiting) == (
        without.status,
        without.set_by,
        without.waiting,
    )
    assert wrong in after.facts


@given(machines, known())
def test_every_fact_is_kept_and_the_status_is_one_that_a_fact_claims(
    machine: Machine, given_facts: list[Fact[Status]]
) -> None:
    history = told(machine, given_facts)
    assert sorted(history.facts, key=lambda each: each.event_id) == given_facts
    setter = history.set_by
    assert (history.status in setter.claims) if setter else history.status is None


@given(machines, known(), newest)
def test_what_is_new_on_record_and_old_in_time_moves_nothing(
    machine: Machine, given_facts: list[Fact[Status]], late: Fact[Status]
) -> None:
    history = told(machine, given_facts)
    if history.set_by is None:
        return
    before = history.set_by.occurred_at - timedelta(hours=1)
    outcome = history.apply(replace(late, occurred_at=before))
    assert (outcome.history.status, outcome.history.set_by) == (history.status, history.set_by)
    assert outcome.effect in {Effect.LATE, Effect.NO_CLAIM, Effect.WITHDRAWN}


@given(machines, known(), newest)
def test_a_new_fact_leads_on_by_steps_and_never_back_in_time(
    machine: Machine, given_facts: list[Fact[Status]], new: Fact[Status]
) -> None:
    history = told(machine, given_facts)
    then = history.apply(new).history
    if then.set_by == history.set_by:
        assert then.status is history.status
        return
    assert then.set_by is not None
    assert history.set_by is None or history.set_by.occurred_at <= then.set_by.occurred_at
    reach: set[Status] = set()
    more = set(machine.INITIAL if history.status is None else machine.TRANSITIONS[history.status])
    while more - reach:
        reach |= more
        more = {target for each in reach for target in machine.TRANSITIONS[each]}
    assert then.status in reach


@given(machines, known(), newest)
def test_a_new_fact_leads_out_of_no_terminal_status(
    machine: Machine, given_facts: list[Fact[Status]], new: Fact[Status]
) -> None:
    ends = replace(machine, TRANSITIONS={**machine.TRANSITIONS, R: NONE, D: NONE, LOST: NONE})
    history = told(ends, given_facts)
    if history.status in {R, D, LOST}:
        assert history.apply(new).history.status is history.status


@given(machines, st.lists(st.sampled_from(WRITTEN), max_size=8))
def test_told_in_order_the_status_takes_every_step_there_is(
    machine: Machine, claims: list[Status]
) -> None:
    """The rule as one writes it for facts that are never late: an oracle without times."""
    expected: Status | None = None
    for each in claims:
        allowed = machine.INITIAL if expected is None else machine.TRANSITIONS[expected]
        expected = each if each in allowed else expected
    history = told(machine, [fact(f"{hour}", each, hour) for hour, each in enumerate(claims)])
    assert history.status is expected


@st.composite
def stories(draw: st.DrawFn, machine: Machine) -> list[Fact[Status]]:
    """Facts that do not contradict each other: a walk through the machine, with repeats."""
    here = draw(st.sampled_from(sorted(machine.INITIAL)))
    walk = [here]
    for _ in range(draw(st.integers(0, 7))):
        here = draw(st.sampled_from(sorted(machine.TRANSITIONS[here] | {here})))
        walk.append(here)
    recorded = draw(st.permutations(range(len(walk))))
    return [fact(f"{at}", each, at, recorded[at]) for at, each in enumerate(walk)]


@given(machines, st.data())
def test_without_contradictions_the_order_of_recording_does_not_matter_either(
    machine: Machine, data: st.DataObject
) -> None:
    story = data.draw(stories(machine))
    history = told(machine, story)
    assert (history.status, history.waiting) == (story[-1].claims[0], ())


@given(st.lists(st.lists(st.integers(0, 5))))
def test_a_list_that_grows_loses_nothing_and_holds_nothing_twice(told_of: list[list[int]]) -> None:
    known = grown(*told_of)
    assert len(set(known)) == len(known)
    assert set(known) == {each for one in told_of for each in one}
    assert grown(known, *told_of) == known
