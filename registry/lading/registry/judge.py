"""A process that judges beside the one that serves: what passes at once is found there.

It remembers subjects as a replica does, and writes nothing. Whatever it says is judged by a place
in the log, and is appended only where nothing has moved since (`Append.seq`, `Append.epoch`): so it
may be behind, be killed, or not be there. What it does not see at once is decided by who asks.

What goes between the two is theirs alone: one message behind its size, see `Question` and `Answer`.
"""

from __future__ import annotations

import marshal
import select
import signal
import socket
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lading.model.collector import seldom_collected
from lading.model.contract import Compatibility, Kind
from lading.registry.errors import RegistryError
from lading.registry.gate import Gate
from lading.registry.meter import Meter
from lading.registry.proposals import Proposal
from lading.registry.registering import Decision, Registrar
from lading.registry.settings import Settings
from lading.registry.store import Head, Version
from lading.registry.store.viewing import ViewedStore, open_view
from lading.registry.workers import may_be_spared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.registry.memory import Known
    from lading.registry.store.viewing import View

Question: TypeAlias = (
    "tuple[int, int, int, list[tuple[int, ...]], list[tuple[int, str, str, bool]]]"
)
"""(`Head.seq`; `Head.epoch`; the entry of the log after which other processes have written, or -1;
what became of tickets; what is asked).

A ticket became ``(ticket, number, id, at, seq)``, or ``(ticket, moved)``: nothing was appended.
What is asked is ``(ticket, subject, text of Avro, whether the name may be an alias)``.
"""
Answer: TypeAlias = "list[tuple[Any, ...]]"
"""``(ticket,)`` where it is not decided, else ``(ticket, held, seq, epoch, seconds, text, metadata,
rules, digests)``, with the digests of `Content.digested_as`.

Where `held` is `None` it passes; else it is there already, and these are number, id and moment. An
empty list says that whoever judges is ready.
"""
SIZE: Final = 4
"""Bytes of the size of a message."""
SHARE: Final = 4
"""Judged versions that are told of together, where more are to be judged."""


def packed(message: Any) -> bytes:
    """A message behind its size."""
    data = marshal.dumps(message)
    return len(data).to_bytes(SIZE, "big") + data


class Judge:
    """Judges by what it remembers. One question after the other."""

    def __init__(self, view: View, end: Head, level: Compatibility) -> None:
        self._store = ViewedStore(view, end)
        self._timed = _Timed()
        self._registrar = Registrar(self._store, Gate(self._timed), Settings(compatibility=level))
        self._passed: dict[int, tuple[Known, Decision]] = {}
        """What is being appended by whoever asked."""
        self._owed: dict[str, None] = {}
        """Subjects that take a while to be read."""

    def heard(self, question: Question) -> Iterator[Answer]:
        """Take in what has happened, and answer, a few at a time."""
        seq, epoch, others, news, asked = question
        self._store.tell(Head(seq, epoch))
        if others >= 0:
            self._registrar.catch_up(others)
        for became in news:
            self._hear(*became)
        said: Answer = []
        for each in asked:
            said.append(self._judged(*each))
            if len(said) >= SHARE:
                yield said
                said = []
        if said:
            yield said

    def read_ahead(self) -> bool:
        """Read one subject that somebody asked about; whether there was one."""
        if not self._owed:
            return False
        with suppress(RegistryError):  # who asks for it next finds out
            self._registrar.read(self._owed.popitem()[0])
        return True

    def _hear(self, ticket: int, *became: int) -> None:
        known, decision = self._passed.pop(ticket)
        if len(became) == 1:
            self._registrar.failed(known, moved=bool(became[0]))
            return
        number, content_id, at, seq = became
        landed = Version(known.subject, number, content_id, decision.content, at, seq=seq)
        self._registrar.remember(known, landed, decision)

    def _judged(self, ticket: int, subject: str, text: str, follow: object) -> tuple[Any, ...]:
        self._timed.seconds = 0.0
        proposal = Proposal(Kind.AVRO, text)
        try:
            found = self._registrar.decided_aside(subject, proposal, follow=bool(follow))
        except Exception:  # noqa: BLE001 - the usual way tells of it
            return (ticket,)
        if found is None:
            return (ticket,)
        if isinstance(found, str):
            self._owed[found] = None
            return (ticket,)
        known, decision = found
        held, content = decision.known, decision.content
        if held is None:
            self._passed[ticket] = found
        else:
            content = held.content
        return (
            ticket,
            held and (held.number, held.id, held.at),
            held.seq if held else decision.seq,
            known.epoch if held else decision.epoch,
            self._timed.seconds,
            content.text,
            content.metadata,
            content.rules,
            (content.identity, content.words, content.normal, content.guid),
        )


class _Timed(Meter):
    """Keeps how long the last verdict took."""

    seconds = 0.0

    def judged(self, seconds: float) -> None:
        self.seconds = seconds


# -- the process ----------------------------------------------------------------------------------


def work() -> None:
    """Answer until nobody asks any more. The main function of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the server that is stopped
    may_be_spared()
    with socket.socket(fileno=sys.stdin.fileno()) as channel:
        pipe = _Pipe(channel)
        first = pipe.next()
        if first is None:
            return
        database, level, seq, epoch = first
        view = open_view(database)
        judge = Judge(view, Head(seq, epoch), Compatibility(level))
        channel.sendall(packed([]))
        with closing(view), seldom_collected():
            while True:
                if not pipe.waits() and judge.read_ahead():
                    continue
                question = pipe.next()
                if question is None:
                    return
                for each in judge.heard(question):
                    channel.sendall(packed(each))


class _Pipe:
    """Messages that come."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._kept = b""

    def waits(self) -> bool:
        """Whether there is one, or nobody who will ask any more."""
        return bool(self._kept) or bool(select.select([self._channel], [], [], 0)[0])

    def next(self) -> Any:
        """The next one; `None` once there are no more."""
        size = self._taken(SIZE)
        data = self._taken(int.from_bytes(size, "big")) if size else b""
        return marshal.loads(data) if data else None  # noqa: S302 - from our own server

    def _taken(self, size: int) -> bytes:
        while len(self._kept) < size:
            more = self._channel.recv(_AT_ONCE)
            if not more:
                return b""
            self._kept += more
        found, self._kept = self._kept[:size], self._kept[size:]
        return found


_AT_ONCE: Final = 1 << 18
