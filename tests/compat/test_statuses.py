"""Taxonomies and mappings through the one door: what depends on the day, examples, what is said."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

import pytest

from lading.compat import Outcome, Policy, compare, prove
from lading.model.contract import Compatibility

BACKWARD, FORWARD, FULL = Compatibility.BACKWARD, Compatibility.FORWARD, Compatibility.FULL
TODAY = date(2027, 7, 1)
P = {"code": "PLANNED", "definition": "It is on paper.", "rank": 1, "initial": True}
T = {"code": "IN_TRANSIT", "definition": "It is on its way.", "rank": 5}
D = {"code": "DELIVERED", "definition": "The consignee has it.", "rank": 9, "terminal": True}
X = {"code": "AT_CUSTOMS", "definition": "Officers look at it.", "rank": 6}
STEPS = [("PLANNED", "IN_TRANSIT"), ("IN_TRANSIT", "DELIVERED")]
THROUGH_X = [*STEPS, ("IN_TRANSIT", "AT_CUSTOMS"), ("AT_CUSTOMS", "DELIVERED")]


def taxonomy(*states: Any, steps: Any = STEPS, **more: Any) -> dict[str, Any]:
    return {
        "taxonomy": "shipment.status",
        "version": "1.0.0",
        "kind": "state-machine",
        "owner": "tms",
        "states": list(states or (P, T, D)),
        "transitions": [{"from": a, "to": b, "trigger": "moved"} for a, b in steps],
        **more,
    }


def mapping(*rows: Any, **more: Any) -> dict[str, Any]:
    return {
        "mapping": "x12.214",
        "version": "1.0.0",
        "system": "x12",
        "list": {"name": "AT7", "version": "004010"},
        "taxonomy": "shipment.status",
        "rows": list(rows),
        **more,
    }


def agreed(to: str, until: str, code: str = "X3") -> dict[str, Any]:
    terms = {"reason": "agreed", "approved_by": "integration", "until": until}
    return {"overrides": [{"partner": "P1", "code": code, "to": to, **terms}]}


def exact(code: str, to: str | None, **more: Any) -> dict[str, Any]:
    return {"code": code, "to": to, "quality": "exact" if to else "none", **more}


ROW = exact("X3", "PLANNED")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (mapping(ROW, **agreed("DELIVERED", "2027-06-30")), mapping(ROW)),
        (mapping(ROW, **agreed("DELIVERED", "2027-06-30", "QQ")), mapping(ROW)),
        (
            mapping(ROW, **agreed("DELIVERED", "2027-06-30")),
            mapping(ROW, **agreed("IN_TRANSIT", "2027-06-30")),
        ),
    ],
    ids=["removed", "removed-without-a-row", "another-target"],
)
def test_an_agreement_says_nothing_when_its_last_day_is_over(old: Any, new: Any) -> None:
    """It is over on the day that is asked for; without a day none has ended."""
    over = compare(old, new, policy=Policy(today=TODAY))
    assert over.outcome is Outcome.COMPATIBLE
    assert [each.spared for each in over.findings] == ["the agreement ended on 2027-06-30"]

    for policy in (Policy(), Policy(today=date(2027, 6, 30))):
        assert compare(old, new, policy=policy).outcome is Outcome.INCOMPATIBLE


def test_an_agreement_that_ends_earlier_takes_back_what_was_agreed() -> None:
    old, new = (
        mapping(ROW, **agreed("DELIVERED", until)) for until in ("2999-01-01", "2020-01-01")
    )

    assert [each.rule for each in compare(old, new, promise=BACKWARD).findings] == ["LAD711"]
    assert compare(old, new, promise=BACKWARD).outcome is Outcome.INCOMPATIBLE
    assert compare(old, new, promise=FORWARD).outcome is Outcome.COMPATIBLE


@pytest.mark.parametrize("until", ["2020-99-99", "2027-02-29", "20270630", "soon"])
def test_a_day_that_there_is_not_is_refused_when_it_is_read(until: str) -> None:
    verdict = compare(mapping(ROW, **agreed("DELIVERED", until)), mapping(ROW))

    assert verdict.outcome is Outcome.UNKNOWN
    assert [each.code for each in verdict.problems] == ["LAD031"]


def cased(**when: str) -> dict[str, Any]:
    return mapping(exact("X3", None, cases=[{"when": when, "to": "DELIVERED"}]))


def test_a_case_is_compared_with_the_case_that_covers_it() -> None:
    """A wider case that says the same takes nothing back; a narrower one says nothing twice."""
    narrow, wide = cased(at="dock", by="air"), cased(at="dock")

    assert compare(narrow, wide, promise=BACKWARD).outcome is Outcome.COMPATIBLE
    back = prove(compare(wide, narrow, promise=BACKWARD))
    (finding,) = back.findings
    assert finding.forbidden
    assert finding.witness
    assert finding.witness.outcome == "read as: nothing (none); meant: DELIVERED (none)"


def test_what_is_sent_is_read_by_the_partner() -> None:
    """The reason speaks of who reads our code, and not of what we read."""
    old, new = (
        mapping(ROW, exact("AF", "DELIVERED"), sends=[{"from": "PLANNED", "code": code}])
        for code in ("X3", "AF")
    )
    (finding,) = compare(old, new, promise=BACKWARD).findings

    assert finding.reason == (
        "AF is sent for it now, was X3: partners take the same status of ours for another one"
    )


def test_a_state_goes_when_its_time_has_come() -> None:
    """It was deprecated, and its last day is over; then its finding is stated and spared."""
    ending = X | {"deprecated": True, "sunset": "2027-06-30", "replaced_by": "IN_TRANSIT"}
    old = taxonomy(P, T, ending, D, steps=THROUGH_X)
    new = taxonomy(retired=["AT_CUSTOMS"])

    assert compare(old, new).outcome is Outcome.INCOMPATIBLE
    verdict = compare(old, new, policy=Policy(today=TODAY))
    assert verdict.outcome is Outcome.COMPATIBLE
    assert "LAD601" in [each.rule for each in verdict.findings if each.spared]


def test_a_deprecated_state_names_a_day_where_notice_is_asked_for() -> None:
    policy = Policy(today=TODAY, notice_days=90)
    old = taxonomy(P, T, X, D, steps=THROUGH_X)
    without, dated = (
        taxonomy(P, T, X | {"deprecated": True, **more}, D, steps=THROUGH_X)
        for more in ({}, {"sunset": "2028-06-30"})
    )

    assert compare(old, without).outcome is Outcome.COMPATIBLE
    assert compare(old, without, policy=policy).outcome is Outcome.INCOMPATIBLE
    assert compare(old, dated, policy=policy).outcome is Outcome.COMPATIBLE


def test_a_deprecated_state_may_lose_the_steps_into_it() -> None:
    """It is kept for histories that have it, so that no path has to lead to it."""
    new = taxonomy(P, T, X | {"deprecated": True}, D, steps=[*STEPS, ("AT_CUSTOMS", "DELIVERED")])

    assert compare(new, new).outcome is Outcome.COMPATIBLE


Example: TypeAlias = tuple[Any, Any, Compatibility, str, list[str], str]
EXAMPLES: list[Example] = [
    (
        taxonomy(),
        taxonomy(P, T, X | {"fallback": "PLANNED"}, D, steps=THROUGH_X),
        FORWARD,
        "LAD602",
        ["PLANNED", "moved -> IN_TRANSIT", "moved -> AT_CUSTOMS"],
        "refused: no step leads from IN_TRANSIT to PLANNED",
    ),
    (
        taxonomy(P, T, X, D, steps=THROUGH_X),
        taxonomy(P, T | {"aliases": ["AT_CUSTOMS"]}, D),
        FULL,
        "LAD601",
        ["PLANNED", "moved -> IN_TRANSIT"],
        "read as: IN_TRANSIT; meant: IN_TRANSIT or AT_CUSTOMS",
    ),
    (
        taxonomy(skips=True),
        taxonomy(),
        BACKWARD,
        "LAD622",
        ["PLANNED", "DELIVERED"],
        "refused: no step leads from PLANNED to DELIVERED",
    ),
    (
        taxonomy(open=True),
        taxonomy(),
        BACKWARD,
        "LAD621",
        ["?"],
        "read as: UNKNOWN, or refused; meant: UNKNOWN",
    ),
    (
        taxonomy(retired=["AT_CUSTOMS"]),
        taxonomy(P, T, X, D, steps=THROUGH_X),
        BACKWARD,
        "LAD625",
        ["AT_CUSTOMS"],
        "read as: AT_CUSTOMS; meant: nothing",
    ),
    (
        taxonomy(P, T | {"aliases": ["SENT"]}, D),
        taxonomy(),
        BACKWARD,
        "LAD624",
        ["SENT"],
        "read as: nothing; meant: IN_TRANSIT",
    ),
    (
        taxonomy(steps=STEPS),
        taxonomy(steps=[*STEPS, ("IN_TRANSIT", "PLANNED")]),
        FORWARD,
        "LAD612",
        ["PLANNED", "moved -> IN_TRANSIT", "moved -> PLANNED"],
        "refused: no moved leads from IN_TRANSIT to PLANNED",
    ),
    (
        taxonomy(),
        taxonomy(steps=[*STEPS, ("IN_TRANSIT", "PLANNED")]),
        BACKWARD,
        "LAD612",
        ["PLANNED", "moved -> IN_TRANSIT", "late: PLANNED"],
        "read as: PLANNED; meant: IN_TRANSIT, from which no step leads back",
    ),
    (
        taxonomy(sla=[{"name": "a", "from": "PLANNED", "to": "DELIVERED", "within": "P3D"}]),
        taxonomy(sla=[{"name": "a", "from": "PLANNED", "to": "DELIVERED", "within": "P2D"}]),
        BACKWARD,
        "LAD629",
        ["PLANNED", "moved -> IN_TRANSIT", "moved -> DELIVERED"],
        "refused: late after P3D, agreed is P2D",
    ),
    (
        taxonomy(),
        taxonomy(sla=[{"name": "a", "measure": "dwell", "from": "IN_TRANSIT", "within": "PT4H"}]),
        BACKWARD,
        "LAD627",
        ["PLANNED", "moved -> IN_TRANSIT"],
        "read as: in IN_TRANSIT within PT4H; meant: no time agreed",
    ),
]


@pytest.mark.parametrize("row", EXAMPLES, ids=[f"{each[3]}-{each[2]}" for each in EXAMPLES])
def test_the_example_is_the_shortest_history_that_shows_it(row: Example) -> None:
    old, new, promise, rule, history, outcome = row
    findings = [
        each
        for each in prove(compare(old, new, promise=promise)).findings
        if each.rule == rule and each.forbidden
    ]
    (witness,) = (each.witness for each in findings)

    assert witness
    assert (witness.value, witness.outcome) == (history, outcome)


def test_states_that_may_be_one_are_named_together() -> None:
    """A state renamed in other words, split or merged is not two findings that nobody links."""
    parts = [T | {"code": code, "definition": f"By {code}."} for code in ("ON_SHIP", "ON_ROAD")]
    steps = [
        (a, b)
        for each in parts
        for a, b in (("PLANNED", each["code"]), (each["code"], "DELIVERED"))
    ]
    one, several = taxonomy(), taxonomy(P, *parts, D, steps=steps)
    split = {each.path: each.reason for each in compare(one, several, promise=FULL).findings}
    merged = {each.path: each.reason for each in compare(several, one, promise=FULL).findings}

    assert "`ON_SHIP` and `ON_ROAD` came in its place" in split["IN_TRANSIT"]
    assert "added in the place of `IN_TRANSIT`" in split["ON_SHIP"]
    assert "`IN_TRANSIT` came in its place" in merged["ON_ROAD"]
    assert "added in the place of `ON_SHIP` and `ON_ROAD`" in merged["IN_TRANSIT"]


def test_a_part_of_a_state_may_be_taken_for_the_whole() -> None:
    """The whole is retired, and its parts fall back to it: readers of the old version go along."""
    part = T | {"code": "ON_SHIP", "definition": "On a vessel.", "fallback": "IN_TRANSIT"}
    steps = [("PLANNED", "ON_SHIP"), ("ON_SHIP", "DELIVERED")]
    new = taxonomy(P, part, D, steps=steps, retired=["IN_TRANSIT"])

    assert compare(taxonomy(), new, promise=FORWARD).outcome is Outcome.COMPATIBLE
    assert compare(taxonomy(), new, promise=BACKWARD).outcome is Outcome.INCOMPATIBLE


@pytest.mark.parametrize(
    ("said", "outcome", "why"),
    [
        ({}, Outcome.COMPATIBLE, "which older readers take for `IN_TRANSIT`"),
        ({"customer_visible": True, "rank": 99}, Outcome.COMPATIBLE, ""),
        ({"billable": True}, Outcome.INCOMPATIBLE, "`AT_CUSTOMS` is billable"),
        ({"advances_to": "HELD"}, Outcome.INCOMPATIBLE, "it advances to `HELD`, and `IN_TRANSIT`"),
    ],
    ids=["nothing else", "shown otherwise", "billable", "advances"],
)
def test_a_state_is_taken_only_for_one_that_does_the_same(
    said: dict[str, Any], outcome: Outcome, why: str
) -> None:
    """Whoever bills, or moves an order, by what it takes the state for does so wrongly."""
    new = X | {"fallback": "IN_TRANSIT"} | said
    both = [
        taxonomy(P, T, D, advances="order.status"),
        taxonomy(P, T, new, D, advances="order.status", steps=THROUGH_X),
    ]
    verdict = compare(*both, promise=FORWARD)

    assert verdict.outcome is outcome
    assert why in next(each.reason for each in verdict.findings if each.rule == "LAD602")


def test_a_list_that_is_too_long_to_be_tried_is_not_taken_for_compatible() -> None:
    more = [{"code": f"S{at}", "definition": f"{at}."} for at in range(400)]
    steps = [*STEPS, *(("PLANNED", each["code"]) for each in more)]
    old = taxonomy(P, T, D, *more, steps=steps)
    new = taxonomy(P, T, D, *more, X | {"fallback": "IN_TRANSIT"}, steps=[*steps, *THROUGH_X[2:]])

    assert compare(old, new, promise=FORWARD).outcome is Outcome.INCOMPATIBLE


def test_codes_that_were_told_apart_are_named_when_they_no_longer_are() -> None:
    old = mapping(exact("X3", "PLANNED"), exact("AF", "IN_TRANSIT"))
    new = mapping(exact("X3", "IN_TRANSIT"), exact("AF", "IN_TRANSIT"))
    (finding,) = compare(old, new, promise=BACKWARD).findings

    assert "AF can be told apart from it no more" in finding.reason


# --- the order of states


def ranks(**numbers: int) -> dict[str, Any]:
    states = [each | {"rank": numbers[each["code"][0]]} for each in (P, T, X, D) if numbers]
    return taxonomy(*[states[0], *states[1:]], steps=THROUGH_X)


RANKED = {"P": 10, "I": 20, "A": 30, "D": 40}


@pytest.mark.parametrize(
    "numbers",
    [{key: 10 * rank for key, rank in RANKED.items()}, {**RANKED, "A": 31}, {**RANKED, "D": 99}],
    ids=["all by ten", "one more", "further away"],
)
def test_other_numbers_in_the_same_order_are_no_change(numbers: dict[str, int]) -> None:
    for old, new in ((ranks(**RANKED), ranks(**numbers)), (ranks(**numbers), ranks(**RANKED))):
        assert compare(old, new, promise=FULL).findings == ()


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({**RANKED, "A": 15}, {"AT_CUSTOMS": "`IN_TRANSIT`"}),
        ({**RANKED, "A": 20}, {"AT_CUSTOMS": "`IN_TRANSIT`"}),
        (
            {"P": 100, "I": 200, "A": 50, "D": 400},
            {"AT_CUSTOMS": "`PLANNED` and `IN_TRANSIT`"},
        ),
    ],
    ids=["before", "a tie", "renumbered"],
)
def test_another_order_is_told_once_with_two_messages_that_show_it(
    numbers: dict[str, int], told: dict[str, str]
) -> None:
    verdict = prove(compare(ranks(**RANKED), ranks(**numbers), promise=FULL))

    assert verdict.outcome is Outcome.INCOMPATIBLE
    assert [each.path for each in verdict.findings] == [*told]
    for each in verdict.findings:
        assert f"and so its order with {told[each.path]}: " in each.reason
        assert each.witness
        assert each.witness.value[0] == "AT_CUSTOMS"
        assert each.witness.outcome.startswith("read as: ")
        assert each.witness.outcome.endswith("meant: AT_CUSTOMS")


def test_the_order_of_states_that_were_renamed_counts() -> None:
    """By their former codes: both have another name now, and stand the other way round."""
    a, b = ({"code": code, "definition": f"By {code}."} for code in ("AIR", "SEA"))
    old = taxonomy(P, a | {"rank": 2}, b | {"rank": 3}, D, steps=[*by("AIR"), *by("SEA")])
    new = taxonomy(
        P,
        a | {"code": "FLOWN", "aliases": ["AIR"], "rank": 3},
        b | {"code": "SHIPPED", "aliases": ["SEA"], "rank": 2},
        D,
        steps=[*by("FLOWN"), *by("SHIPPED")],
    )
    found = {each.rule for each in compare(old, new, promise=BACKWARD).findings if each.forbidden}

    assert found == {"LAD607"}


def listed(*codes: str, **ranks: int) -> dict[str, Any]:
    states = [{"code": each, "definition": f"It is {each}."} for each in codes]
    ranked = [each | {"rank": ranks.get(each["code"], at)} for at, each in enumerate(states)]
    found = taxonomy(*(ranked if ranks else states), kind="milestones")
    return {key: each for key, each in found.items() if key != "transitions"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            listed("A", "B", "C"),
            listed("C", "A", "B"),
            "place in the list changed from 3 to 1, and so its order with `A` and `B`",
        ),
        (
            listed("A", "B", "C", C=30),
            listed("A", "B", "C", C=-5),
            "rank changed from 30 to -5, and so its order with `A` and `B`",
        ),
        (
            listed("A", "B", "C", A=1, B=2, C=3),
            listed("C", "A", "B"),
            "it goes by its place in the list now (1), no longer by its rank (3), and so its order",
        ),
    ],
)
def test_a_place_in_the_list_is_not_told_as_a_rank(old: Any, new: Any, said: str) -> None:
    """Nobody finds a rank of 2 in a list where none is written; people count from 1."""
    (found,) = (each for each in compare(old, new).findings if each.forbidden)

    assert found.reason.startswith(said)


def by(code: str) -> list[tuple[str, str]]:
    return [("PLANNED", code), (code, "DELIVERED")]


def test_a_long_list_in_another_order_is_not_taken_for_compatible() -> None:
    many = [{"code": f"S{at}", "definition": f"{at}.", "rank": at} for at in range(600)]
    turned = [each | {"rank": 600 - at} for at, each in enumerate(many)]
    tens = [each | {"rank": 10 * at} for at, each in enumerate(many)]
    old, back, same = (
        {**taxonomy(*states), "kind": "values", "transitions": []}
        for states in (many, turned, tens)
    )
    for each in (old, back, same):
        del each["transitions"]

    assert compare(old, back, promise=BACKWARD).outcome is Outcome.INCOMPATIBLE
    assert compare(old, same, promise=BACKWARD).outcome is Outcome.COMPATIBLE


# --- what is said of the list as a whole


def test_another_definition_of_the_list_is_for_its_author_to_classify() -> None:
    old, new = (taxonomy(definition=text) for text in ("Where it is.", "Who has it."))
    same = taxonomy(definition="  where   it is ")
    (finding,) = compare(old, new, promise=BACKWARD).findings

    assert (finding.rule, finding.undecided) == ("LAD604", True)
    assert finding.fix
    assert "lading classify" in finding.fix
    assert compare(old, same, promise=FULL).outcome is Outcome.COMPATIBLE
    assert compare(taxonomy(), new, promise=FULL).outcome is Outcome.UNKNOWN


def test_another_title_is_stated() -> None:
    (finding,) = compare(taxonomy(title="A"), taxonomy(title="B"), promise=FULL).findings

    assert (finding.rule, finding.counts) == ("LAD615", False)


def test_another_kind_of_list_is_one_finding() -> None:
    old = taxonomy(sla=[{"name": "a", "from": "PLANNED", "to": "DELIVERED", "within": "P3D"}])
    new = {**taxonomy(*[{**each, "rank": 1} for each in (P, T, D)]), "kind": "values"}
    for each in new["states"]:
        each.pop("initial", None)
        each.pop("terminal", None)
    del new["transitions"]

    for one, other in ((old, new), (new, old)):
        assert [each.rule for each in compare(one, other, promise=FULL).findings] == ["LAD613"]


def test_states_are_compared_although_the_list_is_of_another_kind() -> None:
    """Whoever waives the kind has not looked at what goes besides."""
    new = {**taxonomy(P, D), "kind": "values"}
    del new["transitions"]
    found = [each.rule for each in compare(taxonomy(), new, promise=FULL).findings]

    assert sorted(found) == ["LAD601", "LAD613"]


# --- how long a state stays


def dated(**more: Any) -> dict[str, Any]:
    return taxonomy(P, T, X | more, D, steps=THROUGH_X)


MARKED: dict[str, Any] = {"deprecated": True}


@pytest.mark.parametrize(
    ("old", "day", "late"),
    [
        ({}, "2027-08-01", True),
        ({}, "2020-01-01", True),
        ({}, "2027-09-29", False),
        (MARKED, "2027-08-01", True),
        (MARKED | {"sunset": "2027-07-10"}, "2027-08-01", False),
        (MARKED | {"sunset": "2028-07-10"}, "2027-08-01", True),
    ],
    ids=["soon", "over", "in time", "a first date", "away", "nearer"],
)
def test_the_end_of_a_state_is_announced_in_time(old: dict[str, Any], day: str, late: bool) -> None:
    """The day counts, and not only that there is one."""
    new = dated(**MARKED, sunset=day)
    policy = Policy(today=TODAY, notice_days=90)
    verdict = compare(dated(**old), new, promise=BACKWARD, policy=policy)
    told = [each for each in verdict.findings if each.forbidden]

    assert [each.rule for each in told] == (["LAD620"] if late else [])
    for each in told:
        assert "which is less than 90 days away: whoever uses it has less time" in each.reason


def test_a_first_date_announces_an_end_whenever_the_state_was_marked() -> None:
    """Together with the mark or later; to take it back is another thing."""
    marked, both = dated(**MARKED), dated(**MARKED, sunset="2028-06-30")

    assert compare(marked, both, promise=FULL).outcome is Outcome.COMPATIBLE
    assert compare(both, marked, promise=BACKWARD).outcome is Outcome.INCOMPATIBLE


def test_a_date_is_not_taken_back_by_renaming_the_state() -> None:
    old = dated(**MARKED, sunset="2028-06-30")
    renamed = X | MARKED | {"code": "HELD", "aliases": ["AT_CUSTOMS"]}
    new = taxonomy(P, T, renamed, D, steps=[*STEPS, ("IN_TRANSIT", "HELD"), ("HELD", "DELIVERED")])
    found = [each.rule for each in compare(old, new, promise=BACKWARD).findings if each.forbidden]

    assert found == ["LAD620"]


# --- what follows


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"customer_visible": True}, {}),
        ({}, {"customer_visible": True}),
        ({"category": "held"}, {}),
        ({}, {"category": "held"}),
        ({"category": "held"}, {"category": "moved"}),
    ],
)
def test_what_refuses_no_history_is_not_said_to(old: dict[str, Any], new: dict[str, Any]) -> None:
    for finding in prove(compare(dated(**old), dated(**new), promise=FULL)).findings:
        assert finding.forbidden
        assert "refuse" not in finding.reason
        assert finding.witness
        assert "; meant" in finding.witness.outcome
        assert ": ;" not in finding.witness.outcome
        assert "category ;" not in finding.witness.outcome


# --- both codes, and parts of a state that is gone


def test_a_state_that_is_sent_by_both_codes_is_renamed_for_nobody() -> None:
    """Its own former code is what readers of the old version may take it for."""
    steps = [("PLANNED", "MOVING"), ("MOVING", "DELIVERED")]
    moving = T | {"code": "MOVING", "aliases": ["IN_TRANSIT"]}
    alone = taxonomy(P, moving, D, steps=steps)
    both = taxonomy(P, moving | {"fallback": "IN_TRANSIT"}, D, steps=steps)

    assert compare(taxonomy(), alone, promise=FULL).outcome is Outcome.INCOMPATIBLE
    assert compare(taxonomy(), both, promise=FULL).outcome is Outcome.COMPATIBLE


def test_who_falls_back_to_what_is_gone_is_told_to_retire_it() -> None:
    part = T | {"code": "ON_SHIP", "definition": "On a vessel.", "fallback": "IN_TRANSIT"}
    steps = [("PLANNED", "ON_SHIP"), ("ON_SHIP", "DELIVERED")]
    (problem,) = compare(taxonomy(), taxonomy(P, part, D, steps=steps)).problems

    assert problem.code == "LAD032"
    assert "`retired`" in (problem.hint or "")


# --- mappings


def test_what_is_noted_of_a_mapping_is_stated_once() -> None:
    cases = {"cases": [{"when": {"at": "dock"}, "to": "DELIVERED"}]}
    old = mapping(ROW | cases, owner="a")
    new = mapping(ROW | cases | {"final": True, "provenance": "read"}, owner="b", sends_all=True)
    found = compare(old, new, promise=FULL).findings

    assert [each.rule for each in found] == ["LAD712"] * 4
    assert not any(each.counts for each in found)
    assert "owner changed from a to b" in {each.reason for each in found}


@pytest.mark.parametrize(
    ("old", "new"), [("", "somebody signed"), ("somebody signed", "")], ids=["asked", "not asked"]
)
def test_a_guard_refuses_no_history(old: str, new: str) -> None:
    one, other = taxonomy(), taxonomy()
    for each, when in ((one, old), (other, new)):
        each["transitions"][1] |= {"when": when} if when else {}
    (finding,) = compare(one, other, promise=FULL).findings

    assert finding.forbidden
    assert "stands still" in finding.reason
    assert "refuse" not in finding.reason
