"""Find contracts by words of their names, fields, people and texts.

The index is made from the log, after the fact: what registers waits for nothing. It is brought up
to date in the background, and before an answer, as far as a moment allows. What it may know too
much is left out, since an answer is made of what is registered now.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from lading.registry import names, words
from lading.registry.errors import StoreError
from lading.registry.metadata import terms
from lading.registry.recent import Recent
from lading.registry.store import Indexed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lading.model.contract import Kind, Terms
    from lading.registry.store import Content, Reading, Sought, Store, Version, Writing

BATCH: Final = 200
"""Subjects that are taken in at once: what registers meanwhile waits for them."""
ENTRIES: Final = 2_000
"""Entries of the log that are looked at for them: of many versions of one only the last counts."""
PAUSE: Final = 10.0
"""Seconds between two looks at the log, in the background; a question does not wait for them."""
MOMENT: Final = 0.2
"""Seconds that a question waits for the index."""
CANDIDATES: Final = 1000
"""Subjects that are ranked: a question that finds more ought to be more exact."""
WORDS: Final = 8
"""Words of a question that count."""
MATCHES: Final = 5
"""Fields that are named for a hit."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for; all of it has to be so."""

    text: str = ""
    kind: Kind | None = None
    owner: str = ""
    """The system or the team that answers for it."""
    field: str = ""
    """A path, or the name of a field; with a star at its end the start of one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One contract that was found: its newest version."""

    version: Version
    terms: Terms
    fields: tuple[str, ...]
    """Those that the question speaks of, in the order of the contract."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, the best first."""

    hits: tuple[Hit, ...]
    next: str
    """Where the next page starts; empty after the last one."""
    capped: bool
    """Whether there are more than are ranked."""


class Index:
    """Keeps the search up to date with the log of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def catch_up(self, seconds: float = MOMENT) -> int:
        """Take in what was changed; how many entries are left after that time."""
        until = time.monotonic() + seconds
        while self._step():
            if time.monotonic() > until:
                break
        with self._store.read() as reading:
            return max(0, reading.end().seq - reading.indexed().seq)

    @contextmanager
    def kept_up(self) -> Iterator[None]:
        """While inside, in a thread of its own."""
        over = Event()
        thread = Thread(target=self._keep_up, args=(over,), name="lading-search", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _keep_up(self, over: Event) -> None:
        seen = -1
        while not over.is_set():
            end = self._store.end().seq
            try:
                while seen != end:
                    if over.is_set() or not self._step():
                        seen = end
            except StoreError:
                seen = -1  # it is said elsewhere that the store does not answer
            over.wait(PAUSE)

    def _step(self) -> bool:
        """Take in the next entries of the log; whether there were any."""
        with self._store.read() as reading:
            before = reading.indexed()
            if before.form > words.FORM:
                return False  # kept by a newer lading, beside which this one still runs
            since = before.seq if before.form == words.FORM else 0
            subjects, seq = _due(reading, since)
            if seq == since:
                return False
            after = Indexed(seq, words.FORM)
            tokens = {each: _tokens(reading, each) for each in subjects}

        def work(writing: Writing) -> bool:
            return writing.index(before, after, tokens)

        self._store.write(work).result()
        return True


def _due(reading: Reading, since: int) -> tuple[list[str], int]:
    """(subjects that are to be taken in next, the last entry of the log that then is).

    Who is changed again, in these entries or later, is left to the last one: where versions of many
    subjects come in turn, nearly all are.
    """
    last: dict[str, int] = {}
    for each in reading.log(since, ENTRIES):
        last.pop(each.subject, None)  # so that they are in the order of their last entries
        last[each.subject] = each.seq
    seq = max(last.values(), default=since)
    due: list[str] = []
    for name, at in last.items():
        held = reading.subject(name)
        if held is None or held.seq > seq:
            continue
        if len(due) == BATCH:
            return due, at - 1
        due.append(name)
    return due, seq


def _tokens(reading: Reading, name: str) -> set[str] | None:
    """Those of a subject; none where it has gone."""
    latest = reading.latest(name)
    return words.tokens_of(name, latest.content) if latest else None


def _weight(fields: tuple[str, ...]) -> int:
    return 200 + sum(map(len, fields))


def search(reading: Reading, asked: Question, *, after: str = "", most: int) -> Found:
    """The next `most` hits after those before `after`, which is `Found.next` of a page."""
    keys, capped = _ranked(reading, asked)
    rest = [each for each in keys if _said(each) > after]
    hits: list[Hit] = []
    while rest and len(hits) < most:
        asked_for, rest = rest[: most - len(hits)], rest[most - len(hits) :]
        newest = {each.subject: each for each in reading.newest([key[-1] for key in asked_for])}
        hits += (_hit(newest[key[-1]], asked) for key in asked_for if key[-1] in newest)
        after = _said(asked_for[-1])
    return Found(tuple(hits), after if rest else "", capped)


Key = tuple[int, int, int, str]
"""How good a hit is, lower is better: where it was found, whether its name is just that, how much
more its name says; and its name."""


def _ranked(reading: Reading, asked: Question) -> tuple[list[Key], bool]:
    found: dict[str, int] = {}
    for tier, sought in enumerate(_tiers(asked)):
        if len(found) < CANDIDATES:
            for _, name in reading.found(sought, None, CANDIDATES):
                found.setdefault(name, tier)
    text = asked.text.strip().lower()
    if not found and text.isprintable() and text and asked == Question(asked.text):
        found = {name: len(_SCOPES) for _, name in reading.found(text, None, CANDIDATES)}
    said = words.asked_words(asked.text)
    return sorted(_key(name, tier, said) for name, tier in found.items())[:CANDIDATES], (
        len(found) >= CANDIDATES
    )


_SCOPES: Final = (
    (words.NAME,),
    (words.WORD,),
    (words.WORD, words.TEXT),
)
"""Where the words of a question may stand, the best place first."""


def _tiers(asked: Question) -> Iterator[Sought]:
    """What is sought, the best first."""
    said = words.asked_words(asked.text)[:WORDS]
    given: list[tuple[str, ...]] = []
    if asked.kind is not None:
        given.append((words.KIND + asked.kind.value.lower(),))
    if asked.owner:
        given.append((words.exact_token(words.OWNER, asked.owner),))
    if asked.field:
        given.append((words.field_token(asked.field),))
    if not said:
        if given:
            yield tuple(given)
        return
    for scope in _SCOPES:
        yield (*(tuple(f"{where}{each}*" for where in scope) for each in said), *given)


def _key(name: str, tier: int, said: Sequence[str]) -> Key:
    own = list(dict.fromkeys(words.asked_words(names.bare(name))))
    tail = own[-len(said) :] if said else []
    return tier, 0 if tail == list(said) else 1, len(own), name


def _said(key: Key) -> str:
    """A key as text that sorts as it does."""
    tier, inexact, size, name = key
    return f"{tier}.{inexact}.{size:03}.{name}"


def _hit(newest: Version, asked: Question) -> Hit:
    fields = tuple(islice(filter(_is_meant(asked), _fields(newest.content)), MATCHES))
    return Hit(newest, terms(newest.content.properties), fields)


_FIELDS: Final[Recent[str, tuple[str, ...]]] = Recent(16 * 1024 * 1024, weigh=_weight)


def _fields(content: Content) -> tuple[str, ...]:
    """Those of a contract, each once; what was shown will be shown again."""
    key = content.identity
    found = _FIELDS.get(key)
    if found is None:
        listed = words.described(content).fields
        found = _FIELDS.put(key, tuple(dict.fromkeys(listed)))
    return found


def _is_meant(asked: Question) -> Callable[[str], bool]:
    """Whether a question speaks of a field."""
    said = words.asked_words(asked.text)[:WORDS]
    wanted = words.field_token(asked.field) if asked.field else ""

    def meant(path: str) -> bool:
        if wanted:
            whole = words.field_token(path)
            last = words.field_token(path.rpartition(".")[2].removesuffix("[]"))
            start = wanted.removesuffix("*")
            if start == wanted:
                return wanted in {whole, last}
            return whole.startswith(start) or last.startswith(start)
        own = list(words.words(path.rpartition(".")[2]))
        return any(each.startswith(word) for word in said for each in own)

    return meant
