"""Registering, where many wait for the disk at once: nobody's thread does.

A proposal is judged in one of a few threads, which then takes the next one; a coroutine waits until
the store has flushed it. More threads that judge would only stand in each other's way.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from lading.registry.http.requests import caller, registry
from lading.registry.registering import ROUNDS
from lading.registry.store import Moved

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from starlette.requests import Request

    from lading.registry.proposals import Proposal
    from lading.registry.service import Registry
    from lading.registry.store import Store, Version

_HERE: Final = 4
_ELSEWHERE: Final = 16
"""Where the database is not in this process: some of them wait for what they ask it."""


def judges(store: Store) -> ThreadPoolExecutor:
    """The threads; they end with whoever holds them."""
    count = _HERE if store.is_local else _ELSEWHERE
    return ThreadPoolExecutor(count, thread_name_prefix="lading-judge")


FAILED: Final = "lading.failed"
"""The key of the ASGI scope under which stands why a registration failed that was tried already."""


async def landed(request: Request, name: str, brought: Proposal, *, force: bool) -> Version:
    """The version that a proposal becomes; raises as `Registry.register`."""
    failed: Exception | None = request.scope.get(FAILED)
    if failed is not None:
        raise failed
    service = registry(request)
    begin = partial(service.registrar.begin, name, brought, by=caller(request), force=force)
    return await land(service, request.app.state.judges, begin)


async def land(
    service: Registry, judges: ThreadPoolExecutor, begin: Callable[..., Future[Version]]
) -> Version:
    """The version that comes of what `begin` begins, which is asked again after a lost race."""
    with service.counted() as found:
        for round_ in range(ROUNDS + 1):
            with suppress(Moved):  # never in the last round
                found.append(await _begun(judges, partial(begin, round_=round_)))
                break
    return found[0]


def _begun(
    judges: ThreadPoolExecutor, begin: Callable[[], Future[Version]]
) -> asyncio.Future[Version]:
    """What comes of it: the loop is woken once, when all is done."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[Version] = loop.create_future()

    def tell(error: BaseException | None, version: Version | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, told, error, version)

    def over(done: Future[Version]) -> None:
        error = done.exception()
        tell(error, None if error else done.result())

    def work() -> None:
        try:
            begun = begin()
        except BaseException as error:  # noqa: BLE001 - who waits gets it
            tell(error, None)
        else:
            begun.add_done_callback(over)

    judges.submit(work)
    return told


def _settle(
    told: asyncio.Future[Version], error: BaseException | None, version: Version | None
) -> None:
    if told.done():  # whoever asked has left
        return
    if error is not None:
        told.set_exception(error)
    elif version is not None:
        told.set_result(version)
