"""Prometheus metrics. Every label has few values: routes as templates, never a path or a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from starlette.responses import Response

from lading.registry.http.served import Served
from lading.registry.meter import Meter
from lading.registry.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric
    from starlette.requests import Request

    from lading.registry.http.aside import Aside
    from lading.registry.http.hot import Table
    from lading.registry.store import Store
    from lading.registry.store.watched import Pulse

T = TypeVar("T", Counter, Histogram)

READY: Final = "ready"
"""The route of what was answered before it was parsed, reads by id and guid and registrations of
what is registered: which of them it was is not told apart, since that would take as long."""
_QUICK: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_NAME: Final = "lading_registry_"


class Metrics(Meter):
    """The metrics of one server."""

    def __init__(self, store: Store, table: Table) -> None:
        self.registry = CollectorRegistry()
        self.stale_answers = 0
        self.pulse: Pulse | None = None
        self.aside: Aside | None = None
        self.table = table
        own = self.registry
        self._requests = Counter(
            _NAME + "requests", "Requests answered.", ["method", "route", "status"], registry=own
        )
        self._seconds = Histogram(
            _NAME + "request_duration_seconds",
            "Time to an answer, but for the route 'ready'.",
            ["method", "route"],
            buckets=_QUICK,
            registry=own,
        )
        self._registrations = Counter(
            _NAME + "registrations",
            "Registrations, by what became of them.",
            ["outcome"],
            registry=own,
        )
        self._gate = Histogram(
            _NAME + "gate_seconds", "Time to a verdict.", buckets=_QUICK, registry=own
        )
        self._store = Histogram(
            _NAME + "store_seconds",
            "Time in the store.",
            ["operation"],
            buckets=_QUICK,
            registry=own,
        )
        self._gauge("store_up", "Whether the store answers.", lambda: float(self.store_up))
        self._gauge("store_takes_writes", "Whether it takes writes.", self._takes_writes)
        self._gauge("degraded", "1 while not everything works.", lambda: 1 - self._takes_writes())
        self._gauge("seq", "The last entry of the log.", lambda: float(store.end().seq))
        self._gauge(
            "judge_up",
            "Whether a process judges beside this one.",
            lambda: float(self.aside is not None and self.aside.is_up),
        )
        starts = Counter(_NAME + "judge_starts", "Such processes that were started.", registry=own)
        asked = Counter(
            _NAME + "judge_answers",
            "Registrations that it was asked about: decided, or left to this process.",
            ["outcome"],
            registry=own,
        )
        self._starts = _Follow(starts)
        self._decided, self._left = (_Follow(asked.labels(each)) for each in ("decided", "left"))
        hits = Counter(_NAME + "ready_answers", "Answers ready or made at once.", registry=own)
        stale = Counter(
            "lading_cache_stale_served", "Answers while the store did not answer.", registry=own
        )
        self._outcomes: dict[str, Counter] = {}
        self._operations: dict[str, Histogram] = {}
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._hits, self._stale = _Follow(hits), _Follow(stale)
        self._again = _Follow(_child(self._outcomes, self._registrations, "unchanged"))
        self._early_reads, self._early_writes = (
            _Follow(self._requests.labels(method, READY, "2xx")) for method in ("GET", "POST")
        )
        ProcessCollector(registry=own)
        PlatformCollector(registry=own)

    @property
    def store_up(self) -> bool:
        """Whether the store answers."""
        return self.pulse is None or self.pulse.up

    def registered(self, outcome: str) -> None:
        _child(self._outcomes, self._registrations, outcome).inc()

    def judged(self, seconds: float) -> None:
        self._gate.observe(seconds)

    def stored(self, operation: str, seconds: float) -> None:
        _child(self._operations, self._store, operation).observe(seconds)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        key = method, route, status // 100
        known = self._children.get(key)
        if known is None:  # finding them takes longer than counting
            known = self._children[key] = (
                self._requests.labels(method, route, f"{status // 100}xx"),
                self._seconds.labels(method, route),
            )
        known[0].inc()
        known[1].observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """What a collector of `prometheus_client` gives."""
        self.catch_up()
        yield from self.registry.collect()

    def text(self) -> bytes:
        """All of it, in the text format."""
        return generate_latest(self)

    def catch_up(self) -> None:
        """Take over what is counted where a counter would be too slow."""
        self._early_reads.to(self.table.early_reads)
        self._early_writes.to(self.table.early_writes)
        early = self.table.early_reads + self.table.early_writes
        self._again.to(self.table.again + self.table.early_writes)
        self._hits.to(self.table.hits + early)
        self._stale.to(self.stale_answers)
        if self.aside is not None:
            self._starts.to(self.aside.starts)
            self._decided.to(self.aside.decided)
            self._left.to(self.aside.left)

    def _takes_writes(self) -> float:
        return float(self.pulse is None or self.pulse.takes_writes)

    def _gauge(self, name: str, about: str, value: object) -> None:
        gauge = Gauge(_NAME + name, about, registry=self.registry)
        gauge.set_function(value)  # type: ignore[arg-type]


def _child(known: dict[str, T], family: T, label: str) -> T:
    """That of a label: finding it takes longer than counting."""
    found = known.get(label)
    if found is None:
        found = known[label] = family.labels(label)
    return found


class _Follow:
    """A counter that follows a number."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._at = 0

    def to(self, number: int) -> None:
        self._counter.inc(max(number - self._at, 0))
        self._at = max(number, self._at)


async def metrics(request: Request) -> Response:
    """``GET /metrics``: for Prometheus."""
    found: Metrics = request.app.state.metrics
    return Response(
        found.text(), headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_PLAIN_1_0_0
    )


SERVED: Final = (Served("GET", "/metrics", metrics, Right.ADMIN),)
