"""Clients that do everything at once: register the same and other things, refer, delete, set."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from chaos.acts import Part
from chaos.asker import Asker
from lading.model.contract import Kind, Reference
from lading.model.contract import Subject as Name
from lading.registry import names
from lading.registry.store import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chaos.acts import Act, Ledger

CLIENTS: Final = 8
LEVELS: Final = ("BACKWARD", "FORWARD", "FULL", "FULL_TRANSITIVE", "NONE")
BASES: Final = 4
MOVES: Final = 40
"""Things that a client does before it leaves a subject for a new one."""
REST: Final = 0.02
"""Seconds that a client waits after an error of a server, before it asks the next one."""


@dataclass(frozen=True, slots=True)
class Mix:
    """How often what is done, as weights."""

    own: int = 40
    same: int = 18
    different: int = 16
    refer: int = 8
    push: int = 4
    delete: int = 4
    remove: int = 2
    promise: int = 3
    read: int = 5
    json: int = 0


MIXED: Final = Mix()
REGISTERING: Final = Mix(
    own=60, same=20, different=20, refer=0, push=0, delete=0, remove=0, promise=0
)


def avro(subject: str, fields: dict[str, object], references: Sequence[Reference] = ()) -> Part:
    """A record whose fields have defaults, so that each is compatible with most others."""
    defaults = {"string": "", "long": 0}
    kinds = {
        name: {"name": name, "type": kind}
        | ({"default": defaults[kind]} if isinstance(kind, str) and kind in defaults else {})
        for name, kind in fields.items()
    }
    name = names.bare(subject).replace("-", "_").replace(".", "_")
    record = {"type": "record", "name": f"chaos.{name}", "fields": list(kinds.values())}
    return Part(Action.REGISTER, subject, Kind.AVRO, json.dumps(record), tuple(references))


def opposed(subject: str, side: int) -> Part:
    """Each may follow `first`, neither the other."""
    return avro(subject, {"a": "string", "b": ("string", "long")[side]})


def first(subject: str) -> Part:
    return avro(subject, {"a": "string"})


def json_schema(subject: str, field: str) -> Part:
    """What a worker judges."""
    schema = {"type": "object", "properties": {"a": {"type": "string"}, field: {"type": "string"}}}
    return Part(Action.REGISTER, subject, Kind.JSON, json.dumps(schema))


class Client:
    """One of those who do it."""

    def __init__(
        self, number: int, urls: Sequence[str], ledger: Ledger, seed: int, mix: Mix
    ) -> None:
        self._number = number
        self._random = Random(seed * 1000 + number)
        self._askers = [Asker(each, ledger) for each in urls]
        self._at = number % len(urls)
        self._ledger = ledger
        self._made = 0
        self._seen: list[tuple[Part, int, int]] = []
        self._hidden: list[tuple[str, int]] = []
        weighed = [(getattr(self, f"_{name}"), getattr(mix, name)) for name in Mix.__slots__]
        self._ways: list[Callable[[], Act | None]] = [way for way, _ in weighed]
        self._weights = [weight for _, weight in weighed]

    def step(self) -> None:
        """Do one thing."""
        self._made += 1
        (way,) = self._random.choices(self._ways, self._weights)
        self._note(way())

    def close(self) -> None:
        for each in self._askers:
            each.close()

    # -- ways -------------------------------------------------------------------------------------

    def _own(self) -> Act:
        return self._register(avro(self._subject(f"own{self._number}", 12), self._fields()))

    def _same(self) -> Act:
        """What the others register too, now or a little later."""
        fields: dict[str, object] = {"a": "string", f"x{self._random.randrange(40)}": "string"}
        return self._register(avro(self._subject("shared", 6), fields))

    def _different(self) -> Act:
        """What does not go with some of what the others register."""
        kind = self._random.choice(["string", "long"])
        return self._register(avro(self._subject("shared", 6), {**self._fields(), "b": kind}))

    def _refer(self) -> Act:
        subject = self._subject("refers", 6)
        base = f"base{self._random.randrange(BASES)}"
        full = names.qualified(names.context_of(subject), base)
        if self._random.random() < 0.3:
            return self._register(avro(full, self._fields()))
        at = next((n for part, n, _ in reversed(self._seen) if part.subject == full), 1)
        reference = Reference(f"chaos.{base}", Name(base), at)
        fields = {**self._fields(), "base": f"chaos.{base}"}
        return self._register(avro(subject, fields, [reference]))

    def _push(self) -> Act:
        subjects = {self._subject("shared", 6), self._subject(f"own{self._number}", 12)}
        return self._asker.push(*(avro(each, self._fields()) for each in sorted(subjects)))

    def _delete(self) -> Act | None:
        if not self._seen:
            return None
        part, number, _ = self._random.choice(self._seen[-50:])
        act = self._asker.delete(part.subject, number)
        if act.done:
            self._hidden.append((part.subject, number))
        return act

    def _remove(self) -> Act | None:
        if not self._hidden:
            return None
        return self._asker.delete(*self._hidden.pop(0), permanent=True)

    def _promise(self) -> Act:
        everything = self._random.random() < 0.1
        subject = "" if everything else self._subject("shared", 6)
        return self._asker.promise(subject, self._random.choice(LEVELS))

    def _read(self) -> None:
        """What was told is there at once, whichever replica is asked."""
        if self._seen:
            part, _, content_id = self._random.choice(self._seen[-50:])
            context = names.context_of(part.subject)
            asker = self._random.choice(self._askers)
            status, told = asker.ask("GET", f"/schemas/ids/{content_id}?subject=:{context}:")
            if status == 200 and json.loads(told["schema"]) != json.loads(part.text):
                self._ledger.odd.append(f"id {content_id} of {context}: {told}, not {part.text}")

    def _json(self) -> Act:
        field = f"x{self._random.randrange(1000)}"
        return self._register(json_schema(self._subject("json", 3), field))

    # -- inside -----------------------------------------------------------------------------------

    @property
    def _asker(self) -> Asker:
        return self._askers[self._at]

    def _register(self, part: Part) -> Act:
        act = self._asker.register(part)
        if not act.done and act.may_be_done and self._random.random() < 0.5:
            self._note(act)
            return self._asker.register(part)
        return act

    def _note(self, act: Act | None) -> None:
        if act is None:
            return
        self._seen += zip(
            act.parts,
            (each.version for each in act.landed),
            (each.id for each in act.landed),
            strict=False,
        )
        if act.done or not act.may_be_done:
            del self._seen[:-200]
            return
        self._at = (self._at + 1) % len(self._askers)
        time.sleep(REST)

    def _subject(self, group: str, count: int) -> str:
        """They move on, so that no history gets too long to judge all of."""
        name = f"{group}-{self._made // MOVES + self._random.randrange(count)}"
        return f":.eu:{name}" if self._random.random() < 0.15 else name

    def _fields(self) -> dict[str, object]:
        return {"a": "string", f"f{self._number}_{self._made}": "string"}


def prepare(urls: Sequence[str], ledger: Ledger) -> None:
    """What others refer to."""
    asker = Asker(urls[0], ledger)
    for number in range(BASES):
        asker.push(first(f"base{number}"), first(f":.eu:base{number}"))
    asker.close()


@contextmanager
def loaded(
    urls: Sequence[str], ledger: Ledger, *, seed: int, mix: Mix = MIXED, clients: int = CLIENTS
) -> Iterator[None]:
    """While clients do all of that. What goes wrong in one of them is raised at the end."""
    prepare(urls, ledger)
    stop = threading.Event()
    wrong: list[BaseException] = []

    def work(client: Client) -> None:
        try:
            while not stop.is_set():
                client.step()
        except BaseException as error:  # noqa: BLE001  raised where it is seen
            wrong.append(error)
        finally:
            client.close()

    every = [Client(number, urls, ledger, seed, mix) for number in range(clients)]
    threads = [threading.Thread(target=work, args=(each,)) for each in every]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in threads:
            each.join()
    if wrong:
        raise wrong[0]
