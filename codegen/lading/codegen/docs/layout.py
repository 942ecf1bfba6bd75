"""Where the boxes, labels and lines of a state diagram go: a layered drawing, top to bottom.

Every line gets a place of its own in each layer it passes and every label is a place in a layer
between two rows of boxes, so neither can lie on a box or on another label. The order of the states
decides what is forward; a step back is drawn in the same layers, against the flow.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SWEEPS: Final = 24
GAP_X: Final = 22.0
GAP_Y: Final = 30.0
LANE: Final = 14.0
"""Width a line needs where it passes a row of boxes."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height, in pixels of the drawing."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A line to draw, and how much room its label needs."""

    source: str
    target: str
    label: Size | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A placed rectangle, by its centre."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A placed edge: the points it passes, from source to target, two per row it crosses."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label: Box | None
    back: bool
    """Against the order of the states."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in its place."""

    size: Size
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Slot:
    """A place in a row: a box, a label, or a lane for a line that passes."""

    row: int
    size: Size
    x: float = 0.0
    y: float = 0.0


@dataclass(slots=True)
class _Route:
    """An edge downwards, with a slot in every row between its ends."""

    edge: Edge
    top: str
    bottom: str
    slots: list[_Slot]
    label: _Slot | None

    @property
    def back(self) -> bool:
        return self.edge.source != self.top


def arrange(sizes: Mapping[str, Size], edges: Sequence[Edge]) -> Drawing:
    """Place boxes (in the order that means forward) and lines.

    An edge from a box to itself is not drawn; the caller says it in words.
    """
    rows_of = _rows(list(sizes), edges)
    boxes = {name: _Slot(rows_of[name] * 2, size) for name, size in sizes.items()}
    routes = list(_routes(boxes, edges, order={name: at for at, name in enumerate(sizes)}))
    rows = _fill(boxes, routes)
    links = _links(boxes, routes)
    rows = _untangle(rows, links)
    _spread(rows, links)
    width, height = _stack(rows)
    return Drawing(
        Size(width, height),
        {name: _boxed(slot) for name, slot in boxes.items()},
        tuple(_lines(boxes, routes)),
    )


def _boxed(slot: _Slot) -> Box:
    return Box(slot.x, slot.y, slot.size.width, slot.size.height)


def _rows(names: list[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Longest path from a start, along edges that follow the order; loose boxes go below."""
    order = {name: at for at, name in enumerate(names)}
    before: dict[str, set[str]] = defaultdict(set)
    linked: set[str] = set()
    for edge in edges:
        if edge.source != edge.target:
            top, bottom = sorted((edge.source, edge.target), key=order.__getitem__)
            before[bottom].add(top)
            linked |= {top, bottom}
    rows: dict[str, int] = {}
    for name in names:
        rows[name] = max((rows[other] + 1 for other in before[name]), default=0)
    last = max((rows[name] for name in linked), default=-1)
    loose = [name for name in names if name not in linked]
    return rows | {name: last + 1 + at // 4 for at, name in enumerate(loose)}


def _routes(
    boxes: dict[str, _Slot], edges: Sequence[Edge], *, order: dict[str, int]
) -> list[_Route]:
    """Give every edge its slots; a label goes to the emptiest row between the boxes it joins."""
    crowd: dict[int, float] = defaultdict(float)
    routes = []
    for edge in sorted(edges, key=lambda edge: (boxes[edge.source].row, order[edge.source])):
        if edge.source == edge.target:
            continue
        top, bottom = sorted((edge.source, edge.target), key=order.__getitem__)
        slots = [_Slot(row, Size(LANE, 0)) for row in range(boxes[top].row + 1, boxes[bottom].row)]
        label = None
        if edge.label is not None:
            label = min((slot for slot in slots if slot.row % 2), key=lambda slot: crowd[slot.row])
            label.size = edge.label
            crowd[label.row] += edge.label.width
        routes.append(_Route(edge, top, bottom, slots, label))
    return routes


def _fill(boxes: dict[str, _Slot], routes: list[_Route]) -> list[list[_Slot]]:
    every = [*boxes.values(), *(slot for route in routes for slot in route.slots)]
    rows: list[list[_Slot]] = [[] for _ in range(1 + max((slot.row for slot in every), default=0))]
    for slot in every:
        rows[slot.row].append(slot)
    return rows


_Links = dict[int, list[_Slot]]


def _links(boxes: dict[str, _Slot], routes: list[_Route]) -> tuple[_Links, _Links]:
    """Who is above and who is below each slot, by identity."""
    above: _Links = defaultdict(list)
    below: _Links = defaultdict(list)
    for route in routes:
        for upper, lower in pairwise((boxes[route.top], *route.slots, boxes[route.bottom])):
            below[id(upper)].append(lower)
            above[id(lower)].append(upper)
    return above, below


def _untangle(rows: list[list[_Slot]], links: tuple[_Links, _Links]) -> list[list[_Slot]]:
    """Order each row by the mean place of its neighbours, down and up again; keep the best seen."""
    above, below = links
    best, fewest = rows, _crossings(rows, below)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        rows = [list(row) for row in rows]
        place = {id(slot): float(at) for row in rows for at, slot in enumerate(row)}
        for row in rows if downwards else reversed(rows):
            near = above if downwards else below
            row.sort(
                key=lambda slot: _mean([place[id(n)] for n in near[id(slot)]], place[id(slot)])
            )
            place.update((id(slot), float(at)) for at, slot in enumerate(row))
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: list[list[_Slot]], below: _Links) -> int:
    place = {id(slot): at for row in rows for at, slot in enumerate(row)}
    total = 0
    for row in rows:
        ends = [(place[id(slot)], place[id(low)]) for slot in row for low in below[id(slot)]]
        total += sum(a < c and b > d for a, b in ends for c, d in ends)
    return total


def _spread(rows: list[list[_Slot]], links: tuple[_Links, _Links]) -> None:
    """Pull every slot over its neighbours, as far as the others in its row let it."""
    for row in rows:
        x = 0.0
        for slot in row:
            slot.x = x + slot.size.width / 2
            x += slot.size.width + GAP_X
    both = {key: links[0][key] + links[1][key] for key in {*links[0], *links[1]}}
    for sweep in range(SWEEPS):
        near = (links[0], links[1], both)[sweep % 3]
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [_mean([n.x for n in near.get(id(slot), [])], slot.x) for slot in row]
            for slot, x in zip(row, _separate(row, wanted), strict=True):
                slot.x = x


def _separate(row: list[_Slot], wanted: list[float]) -> list[float]:
    """The nearest places to the wanted ones (least squares) that keep order and distance.

    Pool adjacent violators on the places less the room taken to the left of each.
    """
    offsets = [0.0] * min(1, len(row))
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (left.size.width + right.size.width) / 2 + GAP_X)
    pools: list[tuple[float, int]] = []
    for x, offset in zip(wanted, offsets, strict=True):
        pools.append((x - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (b, m), (a, n) = pools.pop(), pools.pop()
            pools.append(((a * n + b * m) / (n + m), n + m))
    free = [value for value, count in pools for _ in range(count)]
    return [x + offset for x, offset in zip(free, offsets, strict=True)]


def _stack(rows: list[list[_Slot]]) -> tuple[float, float]:
    """Set the heights, move everything to start at the margin, and return the size of it all."""
    slots = [slot for row in rows for slot in row]
    left = min((slot.x - slot.size.width / 2 for slot in slots), default=0.0) - GAP_X
    y = GAP_Y / 2
    for row in rows:
        height = max((slot.size.height for slot in row), default=0.0)
        for slot in row:
            slot.x, slot.y = slot.x - left, y + height / 2
            if slot.size.height == 0:
                slot.size = Size(slot.size.width, height)
        y += height + GAP_Y
    right = max((slot.x + slot.size.width / 2 for slot in slots), default=0.0)
    return right + GAP_X, y - GAP_Y / 2


def _lines(boxes: dict[str, _Slot], routes: list[_Route]) -> list[Line]:
    """Draw every route from port to port; ports share the side of a box from left to right."""
    leaving = _ports(routes, boxes, down=True)
    arriving = _ports(routes, boxes, down=False)
    lines = []
    for at, route in enumerate(routes):
        points = [(leaving[at], boxes[route.top].y + boxes[route.top].size.height / 2)]
        for slot in route.slots:
            half = slot.size.height / 2
            points += [(slot.x, slot.y - half), (slot.x, slot.y + half)]
        points.append((arriving[at], boxes[route.bottom].y - boxes[route.bottom].size.height / 2))
        label = _boxed(route.label) if route.label else None
        ordered = reversed(points) if route.back else points
        lines.append(Line(route.edge, tuple(ordered), label, route.back))
    return lines


def _ports(routes: list[_Route], boxes: dict[str, _Slot], *, down: bool) -> dict[int, float]:
    """Where each route touches the bottom (`down`) or the top of its box."""
    sides: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for at, route in enumerate(routes):
        chain = [*route.slots, boxes[route.bottom]] if down else [boxes[route.top], *route.slots]
        sides[route.top if down else route.bottom].append((chain[0 if down else -1].x, at))
    ports = {}
    for name, lines in sides.items():
        box = boxes[name]
        step = min(26.0, (box.size.width - 16) / len(lines))
        start = box.x - step * (len(lines) - 1) / 2
        for place, (_, at) in enumerate(sorted(lines)):
            ports[at] = start + place * step
    return ports
