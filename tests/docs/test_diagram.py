"""Laws of the state diagrams: nothing lies on anything else, whatever the machine."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from lading.codegen.docs.diagram import DENSE, draw, essential
from lading.codegen.docs.layout import Box, Edge, Size, arrange
from lading.model import State, Taxonomy, TaxonomyKind, Transition

NAMES = [f"S{at}" for at in range(9)]


@st.composite
def machines(draw: st.DrawFn) -> tuple[dict[str, Size], list[Edge]]:
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from(names), st.sampled_from(names)), unique=True, max_size=20
        )
    )
    sizes = {
        name: Size(draw(st.integers(40, 200)), draw(st.sampled_from([36, 50]))) for name in names
    }
    label = st.none() | st.builds(Size, st.integers(20, 150), st.sampled_from([18, 32]))
    return sizes, [Edge(*pair, label=draw(label)) for pair in pairs]


def apart(a: Box, b: Box) -> bool:
    return (
        abs(a.x - b.x) >= (a.width + b.width) / 2 - 0.01
        or abs(a.y - b.y) >= (a.height + b.height) / 2 - 0.01
    )


@settings(max_examples=150, deadline=None)
@given(machines())
def test_no_box_and_no_label_lies_on_another(machine: tuple[dict[str, Size], list[Edge]]) -> None:
    drawing = arrange(*machine)
    placed = [*drawing.boxes.values(), *(line.label for line in drawing.lines if line.label)]

    assert all(apart(a, b) for a, b in combinations(placed, 2))


@settings(max_examples=150, deadline=None)
@given(machines())
def test_no_line_runs_through_a_box_it_does_not_belong_to(
    machine: tuple[dict[str, Size], list[Edge]],
) -> None:
    """Lines bend only between rows; where they pass a row of boxes they are upright."""
    drawing = arrange(*machine)
    for line in drawing.lines:
        ends = {line.edge.source, line.edge.target}
        for x, y in line.points:
            for name, box in drawing.boxes.items():
                inside = abs(x - box.x) < box.width / 2 and abs(y - box.y) < box.height / 2
                assert name in ends or not inside


@settings(max_examples=150, deadline=None)
@given(machines())
def test_everything_is_inside_the_picture_and_every_edge_is_drawn(
    machine: tuple[dict[str, Size], list[Edge]],
) -> None:
    sizes, edges = machine
    drawing = arrange(sizes, edges)

    assert sorted(map(repr, (line.edge for line in drawing.lines))) == sorted(
        repr(edge) for edge in edges if edge.source != edge.target
    )
    for box in [*drawing.boxes.values(), *(line.label for line in drawing.lines if line.label)]:
        assert box.x - box.width / 2 >= 0
        assert box.x + box.width / 2 <= drawing.size.width
        assert box.top >= 0
        assert box.bottom <= drawing.size.height


def taxonomy(*steps: tuple[str, str], count: int = 9) -> Taxonomy:
    states = tuple(State(name, name, rank=at) for at, name in enumerate(NAMES[:count], start=1))
    transitions = tuple(Transition(a, b, f"to.{b}") for a, b in steps)
    return Taxonomy("m", "1.0.0", TaxonomyKind.STATE_MACHINE, "x", states, transitions)


def test_a_small_machine_is_drawn_whole() -> None:
    picture = draw(taxonomy(("S0", "S1"), ("S1", "S2"), ("S0", "S2"), count=3))

    assert picture.left_out == 0
    assert picture.svg.count('class="lading-step') == 3


def test_a_dense_machine_leaves_out_only_steps_that_skip_and_counts_them() -> None:
    every = [(a, b) for a, b in combinations(NAMES, 2)]
    assert len(every) > DENSE
    picture = draw(taxonomy(*every, ("S8", "S0")))

    assert picture.left_out == len(every) - 8
    assert picture.svg.count('class="lading-step') == 8 + 1


@settings(max_examples=100, deadline=None)
@given(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=40))
def test_what_a_dense_picture_shows_reaches_all_that_is_permitted(
    pairs: set[tuple[str, str]],
) -> None:
    machine = taxonomy(*sorted((a, b) for a, b in pairs if a != b))
    kept = {(s.source, s.target) for s in essential(machine.states, machine.transitions)}

    def reach(steps: set[tuple[str, str]], start: str) -> set[str]:
        found, todo = set(), [start]
        while todo:
            here = todo.pop()
            new = {b for a, b in steps if a == here} - found
            found |= new
            todo += new
        return found

    whole = {(s.source, s.target) for s in machine.transitions}
    assert all(reach(kept, name) == reach(whole, name) for name in NAMES)


def test_the_picture_is_well_formed_and_says_in_words_what_it_is() -> None:
    root = ET.fromstring(draw(taxonomy(("S0", "S1"), ("S1", "S0"), count=2)).svg)
    space = "{http://www.w3.org/2000/svg}"

    assert root.get("role") == "img"
    assert root.find(f"{space}title").text == "m: states and steps"
    assert root.find(f"{space}desc").text.startswith("2 states, 2 arrows")


def test_a_step_that_names_no_known_state_is_left_to_the_table() -> None:
    assert "lading-step" not in draw(taxonomy(("S0", "GONE"), count=1)).svg
