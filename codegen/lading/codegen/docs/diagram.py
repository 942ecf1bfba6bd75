"""The picture of a state machine, as SVG that takes its colours from the page."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from lading.codegen.docs.layout import Box, Drawing, Edge, Line, Size, arrange
from lading.codegen.docs.text import anchor, markup
from lading.codegen.docs.view import state_anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lading.model import State, Taxonomy, Transition

DENSE: Final = 24
"""More steps than this and the picture leaves out the ones that only skip states."""
GUARDED: Final = "*"
"""Behind an event that takes the step only where its guard holds."""
_CHARACTER: Final = 8.0
_SMALL_CHARACTER: Final = 6.1
_LINE: Final = 14.0
_WRAP: Final = 16
"""Characters from which an event name goes on two lines."""


class Picture(NamedTuple):
    """The SVG, and how many permitted steps it leaves to the table."""

    svg: str
    left_out: int


def draw(taxonomy: Taxonomy) -> Picture:
    """Draw states and steps; deterministic for equal taxonomies."""
    # A rank of 0 is none: such a state is beside the way, so it comes after the others.
    states = sorted(taxonomy.states, key=lambda state: (state.rank == 0, state.rank))
    steps = [step for step in taxonomy.transitions if step.source != step.target]
    drawn = essential(states, steps) if len(steps) > DENSE else steps
    by_target = _single_triggers(drawn)
    sizes = {state.code: _box(state, by_target.get(state.code, "")) for state in states}
    triggers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in drawn:
        if step.source in sizes and step.target in sizes:
            shown = [] if step.target in by_target else [_shown(step)]
            triggers[step.source, step.target] += shown
    edges = [Edge(*ends, label=_label(names)) for ends, names in triggers.items()]
    drawing = arrange(sizes, edges)
    svg = "\n".join(_svg(taxonomy, drawing, triggers, by_target))
    return Picture(svg, len(steps) - len(drawn))


def essential(states: Sequence[State], steps: Sequence[Transition]) -> list[Transition]:
    """The steps without those whose end is also reached through other forward steps."""
    order = {state.code: at for at, state in enumerate(states)}
    forward: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        if order.get(step.source, 0) < order.get(step.target, 0):
            forward[step.source].add(step.target)
    reach: dict[str, set[str]] = {}
    for state in reversed(states):
        near = forward[state.code]
        reach[state.code] = near.union(*(reach[code] for code in near if code in reach))
    return [
        step
        for step in steps
        if step.target not in forward[step.source]
        or not any(
            step.target in reach.get(code, ()) for code in forward[step.source] - {step.target}
        )
    ]


def _single_triggers(steps: Sequence[Transition]) -> dict[str, str]:
    """Targets that one event alone leads to, by several steps: it is written in the box."""
    triggers: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        triggers[step.target].append(_shown(step))
    return {
        target: names[0]
        for target, names in triggers.items()
        if len(names) > 1 and len(set(names)) == 1 and names[0]
    }


def _shown(step: Transition) -> str:
    """The event of a step, marked where it alone does not take it."""
    return f"{step.trigger}{GUARDED}" if step.when else step.trigger


def _box(state: State, trigger: str) -> Size:
    width = max(len(state.code) * _CHARACTER, len(trigger) * _SMALL_CHARACTER) + 30
    return Size(width, 50.0 if trigger else 36.0)


def _label(names: Sequence[str]) -> Size | None:
    lines = [line for name in names for line in _wrapped(name)]
    if not lines:
        return None
    return Size(max(map(len, lines)) * _SMALL_CHARACTER + 8, _LINE * len(lines) + 4)


def _wrapped(name: str) -> list[str]:
    """An event name on one line, or broken after its first part when it is long."""
    head, dot, tail = name.partition(".")
    return [head + dot, tail] if tail and len(name) > _WRAP else [name]


def _svg(
    taxonomy: Taxonomy,
    drawing: Drawing,
    triggers: Mapping[tuple[str, str], list[str]],
    by_target: Mapping[str, str],
) -> Iterator[str]:
    mark = anchor("diagram", taxonomy.name)
    width, height = round(drawing.size.width), round(drawing.size.height)
    name = markup(taxonomy.title or taxonomy.name)
    yield (
        f'<svg class="lading-states" role="img" aria-labelledby="{mark}-title {mark}-desc" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )
    yield f'<title id="{mark}-title">{name}: states and steps</title>'
    yield (
        f'<desc id="{mark}-desc">{len(drawing.boxes)} states, {len(drawing.lines)} arrows. '
        "The tables below say the same in words.</desc>"
    )
    yield (
        f'<defs><marker id="{mark}-arrow" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="lading-tip" d="M0 0 8 4 0 8z"/></marker></defs>'
    )
    for line in drawing.lines:
        yield _path(line, mark)
    for line in drawing.lines:
        yield from _text(line, triggers[line.edge.source, line.edge.target])
    for state in taxonomy.states:
        yield from _state(state, drawing.boxes[state.code], by_target.get(state.code, ""))
    yield "</svg>"


def _path(line: Line, mark: str) -> str:
    """Straight through the rows, an even curve between them."""
    (x, y), *rest = line.points
    d = [f"M{x:.0f} {y:.0f}"]
    for (x0, y0), (x1, y1) in pairwise(((x, y), *rest)):
        if x0 == x1:
            d.append(f"V{y1:.0f}")
        else:
            middle = (y0 + y1) / 2
            d.append(f"C{x0:.0f} {middle:.0f} {x1:.0f} {middle:.0f} {x1:.0f} {y1:.0f}")
    kind = "lading-step lading-back" if line.back else "lading-step"
    return f'<path class="{kind}" d="{"".join(d)}" marker-end="url(#{mark}-arrow)"/>'


def _text(line: Line, names: Sequence[str]) -> Iterator[str]:
    if line.label is None:
        return
    box = line.label
    yield (
        f'<rect class="lading-label-back" x="{box.x - box.width / 2:.0f}" y="{box.top:.0f}" '
        f'width="{box.width:.0f}" height="{box.height:.0f}"/>'
    )
    lines = [text for name in names for text in _wrapped(name)]
    for at, text in enumerate(lines):
        yield _words("lading-label", text, box.x, box.top + _LINE * (at + 1) - 1)


def _state(state: State, box: Box, trigger: str) -> Iterator[str]:
    kinds = ["lading-state"]
    kinds += ["lading-initial"] if state.initial else []
    kinds += ["lading-terminal"] if state.terminal else []
    yield f'<a href="#{state_anchor(state.code)}">'
    yield _rect(" ".join(kinds), box, 0)
    if state.terminal:
        yield _rect("lading-inner", box, 3)
    if state.initial:
        left = box.x - box.width / 2
        yield f'<circle class="lading-start" cx="{left:.0f}" cy="{box.y:.0f}" r="5"/>'
    yield _words("lading-code", state.code, box.x, box.y - 4 if trigger else box.y + 4)
    if trigger:
        yield _words("lading-label", trigger, box.x, box.y + 13)
    yield "</a>"


def _words(kind: str, text: str, x: float, y: float) -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{markup(text)}</text>'


def _rect(kind: str, box: Box, inset: float) -> str:
    x, y = box.x - box.width / 2 + inset, box.top + inset
    width, height = box.width - 2 * inset, box.height - 2 * inset
    return (
        f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" rx="{7 - inset:.0f}"/>'
    )
