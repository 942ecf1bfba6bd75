"""Registering, where many wait for the disk at once: nobody's thread does.

What is judged in no time, by what is remembered, is judged by a process beside this one where there
is one, else by the loop itself: to hand it to a thread, and the thread its turn, takes as long. All
else is judged in one of a few threads, which then takes the next one; a coroutine waits until the
store has flushed it. More threads that judge would only stand in each other's way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary, ref

from lading.registry.http.requests import caller, registry
from lading.registry.registering import ROUNDS
from lading.registry.store import Moved

if TYPE_CHECKING:
    from concurrent.futures import Future

    from starlette.requests import Request

    from lading.registry.http.aside import Aside
    from lading.registry.proposals import Proposal
    from lading.registry.registering import Registrar
    from lading.registry.service import Registry
    from lading.registry.store import Store, Version

    Over = tuple[asyncio.Future[Version], BaseException | None, Version | None]

_HERE: Final = 4
_ELSEWHERE: Final = 16
"""Where the database is not in this process: some of them wait for what they ask it."""


class Judges:
    """The threads; they end with whoever holds them."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="lading-judge")
        self.aside: Aside | None = None
        """Who judges what is decided at once beside this process; else the loop does."""
        self._wakes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Wake] = WeakKeyDictionary()

    def begun(self, asked: Asked, number: int) -> asyncio.Future[Version]:
        """What comes of what is begun beside, or by the loop, or else by one of the threads."""
        loop = asyncio.get_running_loop()
        wake = self._wakes.get(loop)
        if wake is None:
            wake = self._wakes[loop] = _Wake(loop)
        told: asyncio.Future[Version] = loop.create_future()

        def over(done: Future[Version]) -> None:
            error = done.exception()
            wake.tell(told, error, None if error else done.result())

        def work() -> None:
            try:
                begun = asked.anyhow(number)
            except BaseException as error:  # noqa: BLE001 - who waits gets it
                wake.tell(told, error, None)
            else:
                begun.add_done_callback(over)

        def usual() -> None:
            try:
                begun = asked.at_once(number)
                if begun is None:
                    self._pool.submit(work)
                else:
                    begun.add_done_callback(over)
            except Exception as error:  # noqa: BLE001 - who waits gets it
                wake.tell(told, error, None)

        if self.aside is not None and self.aside.takes(asked, number):
            self.aside.ask(asked, told, usual)
        else:
            usual()
        return told


class _Wake:
    """Tells a loop what is over; what is over together wakes it once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = ref(loop)
        self._over: deque[Over] = deque()
        self._woken = False

    def tell(
        self,
        told: asyncio.Future[Version],
        error: BaseException | None,
        version: Version | None,
    ) -> None:
        """From any thread."""
        self._over.append((told, error, version))
        loop = self._loop()
        if not self._woken and loop is not None and not loop.is_closed():
            self._woken = True
            loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        self._woken = False  # first: what is over from now on wakes the loop again
        while self._over:
            settle(*self._over.popleft())


def judges(store: Store) -> Judges:
    """Those for a store."""
    return Judges(_HERE if store.is_local else _ELSEWHERE)


FAILED: Final = "lading.failed"
"""The key of the ASGI scope under which stands why a registration failed that was tried already."""


async def landed(request: Request, name: str, brought: Proposal, *, force: bool) -> Version:
    """The version that a proposal becomes; raises as `Registry.register`."""
    failed: Exception | None = request.scope.get(FAILED)
    if failed is not None:
        raise failed
    service = registry(request)
    asked = Asked(service.registrar, name, brought, caller(request), force=force)
    return await land(service, request.app.state.judges, asked)


@dataclass(frozen=True, slots=True)
class Asked:
    """One registration that is asked for."""

    registrar: Registrar
    name: str
    brought: Proposal
    by: str = ""
    force: bool = False
    follow: bool = False

    def at_once(self, number: int) -> Future[Version] | None:
        """Begin it, where that keeps nobody waiting; `number`: of the round."""
        if number or self.force:
            return None
        return self.registrar.begin_at_once(self.name, self.brought, by=self.by, follow=self.follow)

    def anyhow(self, number: int) -> Future[Version]:
        """Begin it."""
        return self.registrar.begin(
            self.name,
            self.brought,
            by=self.by,
            force=self.force,
            follow=self.follow,
            round_=number,
        )


async def land(service: Registry, judges: Judges, asked: Asked) -> Version:
    """The version that comes of what is asked for; it is asked for again after a lost race."""
    with service.counted() as found:
        for number in range(ROUNDS + 1):
            with suppress(Moved):  # never in the last round
                found.append(await judges.begun(asked, number))
                break
    return found[0]


def settle(
    told: asyncio.Future[Version], error: BaseException | None, version: Version | None
) -> None:
    """Tell whoever waits what came of it: on the loop that it is of."""
    if told.done():  # whoever asked has left
        return
    if error is not None:
        told.set_exception(error)
    elif version is not None:
        told.set_result(version)
