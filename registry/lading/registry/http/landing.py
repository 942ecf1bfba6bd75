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
    from starlette.requests import Request

    from lading.registry.proposals import Proposal
    from lading.registry.store import Store, Version

_HERE: Final = 4
_ELSEWHERE: Final = 16
"""Where the database is not in this process: some of them wait for what they ask it."""


def judges(store: Store) -> ThreadPoolExecutor:
    """The threads; they end with whoever holds them."""
    count = _HERE if store.is_local else _ELSEWHERE
    return ThreadPoolExecutor(count, thread_name_prefix="lading-judge")


async def landed(request: Request, name: str, brought: Proposal, *, force: bool) -> Version:
    """The version that a proposal becomes; raises as `Registry.register`."""
    service, loop = registry(request), asyncio.get_running_loop()
    begin = partial(service.begin, name, brought, by=caller(request), force=force)
    with service.counted() as found:
        for round_ in range(ROUNDS + 1):
            with suppress(Moved):  # never in the last round
                work = partial(begin, round_=round_)
                told = await loop.run_in_executor(request.app.state.judges, work)
                found.append(await asyncio.wrap_future(told))
                break
    return found[0]
