"""Is it there, and should it be asked? For load balancers, and for whoever runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from lading.registry.http.answers import answer
from lading.registry.http.served import Served
from lading.registry.rights import Right

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from lading.registry.store.watched import Pulse


async def live(request: Request) -> Response:
    """``GET /health/live``: the process answers."""
    return answer(request, {"status": "live"})


async def ready(request: Request) -> Response:
    """``GET /health/ready[?role=write]``: nobody is shutting down, and the store answers.

    While it does not, reads of what is known go on, so only the role ``write`` is not ready.
    """
    state = request.app.state
    if state.leaving:
        return answer(request, {"status": "stopping"}, status=503)
    pulse: Pulse | None = state.metrics.pulse
    if pulse is None:
        await run_in_threadpool(state.registry.max_id)
        return answer(request, {"status": "ready"})
    if request.query_params.get("role") == "write" and not pulse.takes_writes:
        why = "takes no writes" if pulse.up else "does not answer"
        return answer(request, {"status": f"the store {why}"}, status=503)
    return answer(request, {"status": "ready" if pulse.up else "degraded"})


SERVED: Final = (
    Served("GET", "/health/live", live, Right.NONE),
    Served("GET", "/health/ready", ready, Right.NONE),
)
