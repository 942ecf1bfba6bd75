"""Processes that may be killed: what a stranger's document costs, it costs them.

Reading and judging are quick for what contracts look like, and for a document that was made to be
slow nobody knows. So all but small Avro goes to a worker, which has so many seconds and so much
memory. One that is out of either, or crashes, is replaced, and the document is refused.

What goes to a worker is pickled, as it comes from us; what comes back is JSON, since by then it is
the word of somebody who has read a stranger's document.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Timer
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from lading.model.contract import Kind
from lading.registry.errors import InvalidSchema, TooManyRequests

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL: Final = 64 * 1024
"""Characters of an Avro schema that is judged where it is."""
COUNT: Final = 2
SECONDS: Final = 10.0
"""For one document; a look at a long history has more, see `lading.registry.gate`."""
MEMORY: Final = 512 * 1024 * 1024
PATIENCE: Final = 5.0
"""Seconds that somebody waits for a worker to be free."""
_SIZE: Final = 8
_BOOT: Final = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from lading.registry.workers import work
work(int(sys.argv[2]))
"""


def is_apart(kind: Kind, text: str) -> bool:
    """Whether a document is judged by a worker."""
    return kind is not Kind.AVRO or len(text) >= SMALL


class Workers:
    """A few workers, started when there is something to do."""

    def __init__(
        self,
        count: int = COUNT,
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        patience: float = PATIENCE,
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._patience = patience
        self._free: LifoQueue[_Worker | None] = LifoQueue()
        self._count = count
        for _ in range(count):
            self._free.put(None)

    def ask(self, job: object, *, longer: float = 0.0) -> dict[str, Any]:
        """Have `lading.registry.apart` do a job, within so many seconds more than usual.

        Raises:
            InvalidSchema: it was refused, or could not be done within its limits.
            TooManyRequests: no worker was free for a while.
        """
        try:
            worker = self._free.get(timeout=self._patience)
        except Empty:
            raise TooManyRequests(self._patience) from None
        seconds, line = self._seconds + longer, b""
        try:
            if worker is not None and not worker.is_alive:
                worker.end()
                worker = None
            worker = worker or _Worker(self._memory)
            line = worker.ask(job, seconds)
        finally:
            if not line and worker is not None:
                worker.end()
            self._free.put(worker if line else None)
        if not line:
            raise InvalidSchema(_spent(seconds, is_late=worker.is_late))
        return _told(json.loads(line))

    def close(self) -> None:
        """End those that are free; none is used after."""
        for worker in [self._free.get() for _ in range(self._count)]:
            if worker is not None:
                worker.end()
            self._free.put(None)


@cache
def shared() -> Workers:
    """Those of this process."""
    made = Workers()
    atexit.register(made.close)
    return made


class _Worker:
    """One process. It ends by itself when this one does."""

    def __init__(self, memory: int) -> None:
        command = [sys.executable, "-c", _BOOT, json.dumps(sys.path), str(memory)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.is_late = False

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: object, seconds: float) -> bytes:
        """The line that it answers with; nothing when it came to an end instead."""
        assert self._process.stdin  # noqa: S101  both are pipes
        assert self._process.stdout  # noqa: S101
        data = pickle.dumps(job)
        timer = Timer(seconds, self._kill)
        timer.daemon = True
        timer.start()
        try:
            self._process.stdin.write(len(data).to_bytes(_SIZE, "big") + data)
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            return b""
        finally:
            timer.cancel()
        return line if line.endswith(b"\n") else b""

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # of what could not be written any more
                if pipe is not None:
                    pipe.close()

    def _kill(self) -> None:
        self.is_late = True
        self._process.kill()


def _spent(seconds: float, *, is_late: bool) -> str:
    if is_late:
        return f"it could not be judged within {seconds:g} s; make it smaller, or split it"
    return "judging it took more than it may; make it smaller, or split it"


def _told(reply: dict[str, Any]) -> dict[str, Any]:
    if "refused" in reply:
        raise InvalidSchema(str(reply["refused"]))
    return reply


# -- in the worker --------------------------------------------------------------------------------


def work(memory: int) -> None:
    """Do jobs until nobody asks any more. The main function of a worker."""
    _limit(memory)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever some library prints is no answer
    from lading.registry.apart import done

    while (job := _next(sys.stdin.buffer)) is not None:
        answers.write(json.dumps(_reply(done, job)).encode() + b"\n")
        answers.flush()


def _limit(memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the server that is stopped
    try:
        import resource

        os.nice(5)  # who reads goes first
        may_be_spared()
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ImportError, ValueError, OSError):
        pass  # no such limit on this system; that on time still holds


def may_be_spared() -> None:
    """Have it be this process that goes where memory runs out, not the server."""
    with suppress(OSError):  # no such thing on this system
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _next(pipe: BinaryIO) -> Any:
    size = pipe.read(_SIZE)
    if len(size) < _SIZE:
        return None
    return pickle.loads(pipe.read(int.from_bytes(size, "big")))  # noqa: S301 - from our own server


def _reply(done: Callable[[Any], dict[str, Any]], job: object) -> dict[str, Any]:
    try:
        return done(job)
    except InvalidSchema as error:
        return {"refused": error.message.removeprefix("Invalid schema: ")}
    except RecursionError:
        return {"refused": "it is nested too deeply to be judged"}
    except MemoryError:
        os._exit(1)  # there may be none left for an answer, either
