"""Backups by HTTP, for admins: one to carry away, and one to start from.

The archive is the one that `lading db backup` writes, without what tokens are recognised by. It is
put together in a temporary folder, which is gone before the first byte is sent.
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Final, TypeVar, cast

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from lading.registry import backup
from lading.registry.errors import TooManyRequests
from lading.registry.http.answers import answer
from lading.registry.http.errors import BadRequest
from lading.registry.http.requests import caller
from lading.registry.http.served import Served
from lading.registry.rights import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from lading.registry.store import Store
    from lading.registry.store.session import Session

T = TypeVar("T")

GZIP: Final = "application/gzip"
ACCEPTED: Final = frozenset({GZIP, "application/x-gzip", "application/octet-stream", ""})
LARGEST: Final = 1024 * 1024 * 1024
"""Bytes of an archive that is sent here; larger ones go by `lading db restore`."""
_CHUNK: Final = 256 * 1024
_ONE: Final = Lock()
"""Each needs room on the disk, and looks at everything: one at a time."""


async def taken(request: Request) -> Response:
    """``GET /api/v1/backup``."""
    database = request.app.state.registry.settings.database
    file = await run_in_threadpool(_alone, lambda: _packed(database))
    name = f"registry-{datetime.now(UTC).date().isoformat()}.tar.gz"
    return _File(
        _chunks(file),
        media_type=GZIP,
        headers={
            "Cache-Control": "no-store",
            "Content-Length": str(os.fstat(file.fileno()).st_size),
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


class _File(StreamingResponse):
    """A file has an end: whether anybody listens is found out by sending it."""

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        await self.stream_response(send)


async def restored(request: Request) -> Response:
    """``POST /api/v1/restore``: fill a registry in which nothing was registered or set yet."""
    _check(request)
    store: Store = request.app.state.registry.store
    by = caller(request)
    with tempfile.TemporaryDirectory(prefix="lading-") as folder:
        path = Path(folder, "bundle.tar.gz")
        await _received(request, path)
        manifest = await run_in_threadpool(_alone, lambda: _filled(store, path, by))
    return answer(
        request,
        {
            "entries": manifest.seq,
            "digest": manifest.digest,
            "subjects": manifest.files["subject"].rows,
            "versions": manifest.files["version"].rows,
        },
    )


def _alone(work: Callable[[], T]) -> T:
    if not _ONE.acquire(blocking=False):
        raise TooManyRequests(5)
    try:
        return work()
    finally:
        _ONE.release()


def _packed(database: str) -> IO[bytes]:
    with tempfile.TemporaryDirectory(prefix="lading-") as folder:
        path = Path(folder, "registry.tar.gz")
        backup.backup(database, path)
        return path.open("rb")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _filled(store: Store, path: Path, by: str) -> backup.Manifest:
    try:
        return store.write(
            lambda writing: backup.refill(cast("Session", writing), path), by=by
        ).result()
    except backup.BundleError as error:
        raise BadRequest(error.message.replace(str(path), "it"), status=422) from None


def _check(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        raise BadRequest("Pages of other sites may not change contracts", status=403)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in ACCEPTED:
        raise BadRequest(f"HTTP 415 Unsupported Media Type: {given[:80]}", status=415)


async def _received(request: Request, path: Path) -> None:
    size = 0
    with path.open("xb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST:
                raise BadRequest(f"The archive is larger than {LARGEST} bytes", status=413)
            await run_in_threadpool(file.write, chunk)


SERVED: Final = (
    Served("GET", "/api/v1/backup", taken, Right.ADMIN),
    Served("POST", "/api/v1/restore", restored, Right.ADMIN),
)
