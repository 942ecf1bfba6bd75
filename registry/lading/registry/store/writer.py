"""The one thread of a process that writes: jobs that wait together are committed together."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final, Protocol

from lading.registry.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lading.registry.store.protocol import Writing
    from lading.registry.store.records import Append

GROUP: Final = 64
"""Most jobs that share one commit."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What somebody asked for, and waits for."""

    work: Callable[[Writing], Any] | Append
    by: str = ""
    future: Future[Any] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job whose group was committed."""

    job: Job
    value: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Let the asker go on."""
        if self.error is None:
            self.job.future.set_result(self.value)
        else:
            self.job.future.set_exception(self.error)


class Committer(Protocol):
    """What differs from store to store."""

    def commit(self, group: list[Job]) -> list[Outcome]:
        """Do all of them and make them durable at once.

        A job that raises undoes itself alone. What is raised from here means that nothing of the
        group was done, and is what each asker gets.
        """

    def close(self) -> None:
        """Let go of the connection."""


class Writer:
    """Takes jobs from any thread and hands them to a `Committer` in groups."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._open = True
        self._asking = Lock()
        self._thread = Thread(target=self._run, name="lading-writer", daemon=True)
        self._thread.start()

    def ask(self, job: Job) -> Future[Any]:
        """Queue a job. Raises `StoreError` once the writer was told to finish."""
        job.future.set_running_or_notify_cancel()  # what is queued will happen: no cancelling
        with self._asking:
            if not self._open:
                raise StoreError("the registry is shutting down", hint="try again in a moment")
            self._jobs.put(job)
        return job.future

    def finish(self) -> None:
        """Take no more jobs and wait for those that were taken."""
        with self._asking:
            self._open = False
            self._jobs.put(None)
        self._thread.join()

    def close(self) -> None:
        """After `finish`."""
        self._committer.close()

    def _run(self) -> None:
        for group in self._groups():
            try:
                outcomes = self._committer.commit(group)
            except Exception as error:  # noqa: BLE001  the askers get it, each one of them
                outcomes = [Outcome(job, error=error) for job in group]
            for each in outcomes:
                each.tell()

    def _groups(self) -> Iterator[list[Job]]:
        while (job := self._jobs.get()) is not None:
            group = [job]
            with suppress(Empty):
                while len(group) < GROUP and (job := self._jobs.get_nowait()) is not None:
                    group.append(job)
            yield group
            if job is None:
                return
