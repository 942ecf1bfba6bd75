"""A registry as it is served, from what looks at each request to the store, without a socket."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prometheus_client.parser import text_string_to_metric_families

from lading.registry.errors import StoreError
from lading.registry.http import create_app
from lading.registry.http.hot import Table
from lading.registry.http.metrics import Metrics
from lading.registry.http.observed import stacked
from lading.registry.settings import Settings
from lading.registry.store.watched import Pulse, WatchedStore
from registry.doors import TYPE, Answer, asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lading.registry.store import Append, Head, Reading, Store, Version


class Frail:
    """A store that can be taken away, as a whole or for writing."""

    is_local = True

    def __init__(self, store: Store) -> None:
        self.store = store
        self.error: Exception | None = None
        self.write_error: Exception | None = None

    @contextmanager
    def read(self) -> Iterator[Reading]:
        if self.error:
            raise self.error
        with self.store.read() as reading:
            yield reading

    def write(self, work: Callable[..., Any], *, by: str = "") -> Future[Any]:
        return self._failed() or self.store.write(work, by=by)

    def append(self, asked: Append) -> Future[Version]:
        return self._failed() or self.store.append(asked)

    def end(self) -> Head:
        return self.store.end()

    def follow(self, tell: Callable[[int], None]) -> None:
        self.store.follow(tell)

    def close(self) -> None:
        self.store.close()

    def _failed(self) -> Future[Any] | None:
        error = self.error or self.write_error
        if error is None:
            return None
        told: Future[Any] = Future()
        told.set_exception(error)
        return told


class House:
    """Ask it anything."""

    def __init__(self, store: Store, *, access_log: bool = False, **settings: Any) -> None:
        table = Table(store.end)
        self.store = store
        self.metrics = Metrics(store, table)
        self.pulse = self.metrics.pulse = Pulse(
            store, changed=lambda up: setattr(table, "is_fresh", up), every=0.02
        )
        self.app = create_app(
            WatchedStore(store, self.metrics, self.pulse),
            settings=Settings(**settings),
            measured=self.metrics,
        )
        self.outside = stacked(self.app, access_log=access_log)
        self.pulse.start()

    def __call__(
        self,
        method: str,
        target: str,
        body: object = None,
        *,
        headers: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        said = [("content-type", TYPE), *headers]
        return asked(self.outside, method, target, body, said, client="192.0.2.7")

    def samples(self) -> dict[str, float]:
        return samples(self("GET", "/metrics").body.decode())


def samples(text: str) -> dict[str, float]:
    """``name{label="value"}`` to number."""
    return {
        each.name
        + (
            "{" + ",".join(f'{k}="{v}"' for k, v in sorted(each.labels.items())) + "}"
            if each.labels
            else ""
        ): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def down() -> StoreError:
    return StoreError("the database has gone", hint="wait")
