"""What another registry holds becomes what this one holds, with ids and numbers as they were.

Each subject is one transaction, and is written as mode IMPORT would let it be, without anybody
having to set that. What is here already stays as it is: the same is counted, what contradicts it is
told. So an import may be run again, after more was registered elsewhere, and after it was
interrupted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lading.registry import names
from lading.registry.config import (
    EVERYTHING,
    FLAGS,
    LEVEL,
    MODE,
    OBJECTS,
    WORDS,
    Config,
    Mode,
    level_named,
    mode_named,
    mode_that_holds,
)
from lading.registry.errors import RegistryError, StoreError
from lading.registry.gate import Gate
from lading.registry.http.bodies import PROPOSAL, checked_metadata, checked_rules, proposal
from lading.registry.registering import Registrar
from lading.registry.settings import Settings
from lading.registry.store.records import LAST_BROUGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lading.registry.exports import Brought, Export
    from lading.registry.store import Content, Reading, Store, Version, Writing

TOGETHER: Final = 64
"""Subjects that are asked for at once, and share commits."""
BY: Final = "import"


@dataclass
class Imported:
    """What became of an import."""

    registered: int = 0
    unchanged: int = 0
    deleted: int = 0
    """Versions that were hidden, since they are hidden there."""
    settings: int = 0
    subjects: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A version that is to be brought."""

    brought: Brought
    content: Content

    @property
    def where(self) -> str:
        return f"{self.brought.subject} version {self.brought.number}"

    @property
    def place(self) -> tuple[str, int]:
        """What the id means: it is counted in a context."""
        return names.context_of(self.brought.subject), self.brought.id


class Importer:
    """Brings what was exported elsewhere into a store."""

    def __init__(self, store: Store, *, dry_run: bool = False) -> None:
        self._store = store
        self._dry_run = dry_run
        self._registrar = Registrar(store, Gate(), Settings())

    def bring(self, export: Export) -> Imported:
        """All that can be brought. Raises `StoreError` when the store cannot be written."""
        told = Imported(problems=list(export.problems))
        with self._store.read() as reading:
            ready = self._whole(reading, list(self._read(reading, export, told)), told)
            by_subject: dict[str, list[_Ready]] = defaultdict(list)
            hidden: dict[str, list[int]] = defaultdict(list)
            for each in ready:
                self._sort(reading, each, by_subject, hidden, told)
            settings = list(self._settings(reading, export, told))
        told.registered = sum(map(len, by_subject.values()))
        told.deleted = sum(map(len, hidden.values()))
        told.settings = len(settings)
        told.subjects = {*by_subject}
        if not self._dry_run:
            self._write(by_subject, hidden, settings, told)
        return told

    # -- what is to be done -----------------------------------------------------------------------

    def _read(self, reading: Reading, export: Export, told: Imported) -> Iterator[_Ready]:
        """The versions that can be read, by id, each id with one content."""
        ids: dict[tuple[str, int], str] = {}
        for each in sorted(export.versions.values(), key=lambda e: (e.id, e.subject, e.number)):
            try:
                found = self._one(reading, each)
            except StoreError:
                raise
            except RegistryError as error:
                told.problems.append(f"{each.subject} version {each.number}: {error.message}")
                continue
            if ids.setdefault(found.place, found.content.identity) != found.content.identity:
                told.problems.append(f"{found.where}: id {each.id} stands for two schemas there")
                continue
            yield found

    def _one(self, reading: Reading, brought: Brought) -> _Ready:
        body = {name: each for name, each in brought.body.items() if name in PROPOSAL}
        sent = proposal({**body, "version": brought.number, "id": brought.id})
        content = self._registrar.content(
            reading, brought.subject, sent, None, Config(), inherit=False
        )
        return _Ready(brought, content)

    def _whole(self, reading: Reading, ready: list[_Ready], told: Imported) -> list[_Ready]:
        """Those whose references lead somewhere."""
        while True:
            there = {(each.brought.subject, each.brought.number) for each in ready}
            kept = [each for each in ready if _leads_on(reading, each, there)]
            if len(kept) == len(ready):
                return kept
            lost = {each.where for each in ready} - {each.where for each in kept}
            told.problems += [f"{each} refers to what is not there" for each in sorted(lost)]
            ready = kept

    def _sort(
        self,
        reading: Reading,
        each: _Ready,
        missing: dict[str, list[_Ready]],
        hidden: dict[str, list[int]],
        told: Imported,
    ) -> None:
        brought = each.brought
        if problem := _problem(reading, each):
            told.problems.append(f"{each.where} {problem}")
            return
        there = reading.version(brought.subject, brought.number)
        if there is None:
            missing[brought.subject].append(each)
        else:
            told.unchanged += 1
        if brought.deleted and (there is None or not there.deleted):
            hidden[brought.subject].append(brought.number)

    def _settings(
        self, reading: Reading, export: Export, told: Imported
    ) -> Iterator[tuple[str, str, str]]:
        """(scope, name, value) of what is to be set."""
        for scope, name, value in _wanted(export, told):
            text = json.dumps(value, sort_keys=True, ensure_ascii=False)
            there = reading.settings(scope).get(name) or _usual(scope, name)
            if there == text:
                continue
            if reading.settings(scope).get(name) is None:
                yield scope, name, text
            else:
                where = scope or "everything"
                told.problems.append(f"{where}: {name} is {there} here, {text} there")

    # -- doing it ---------------------------------------------------------------------------------

    def _write(
        self,
        missing: dict[str, list[_Ready]],
        hidden: dict[str, list[int]],
        settings: list[tuple[str, str, str]],
        told: Imported,
    ) -> None:
        subjects = list(dict.fromkeys((*missing, *hidden)))
        for start in range(0, len(subjects), TOGETHER):
            asked = [
                self._store.write(_work(name, missing[name], hidden[name]), by=BY)
                for name in subjects[start : start + TOGETHER]
            ]
            for each in asked:
                refused = each.result()
                told.registered -= len(refused)
                told.problems += refused
        if settings:
            self._store.write(lambda writing: _set(writing, settings), by=BY).result()


def _work(subject: str, missing: list[_Ready], hidden: list[int]) -> Callable[[Writing], list[str]]:
    """What is done to one subject; answers with what could not be, since others came before."""

    def work(writing: Writing) -> list[str]:
        refused = []
        for each in sorted(missing, key=lambda one: one.brought.number):
            if problem := _problem(writing, each):
                refused.append(f"{each.where} {problem}")
            elif writing.version(subject, each.brought.number) is None:
                brought = each.brought
                writing.add(subject, each.content, content_id=brought.id, number=brought.number)
        for number in hidden:
            there = writing.version(subject, number)
            if there is not None and not there.deleted:
                writing.hide(subject, number)
        return refused

    return work


def _set(writing: Writing, settings: Iterable[tuple[str, str, str]]) -> None:
    for scope, name, value in settings:
        writing.set(scope, name, value)


def _leads_on(reading: Reading, ready: _Ready, there: set[tuple[str, int]]) -> bool:
    context = names.context_of(ready.brought.subject)
    for each in ready.content.references:
        place = (names.qualified(context, each.subject), each.version)
        if place not in there and reading.version(*place) is None:
            return False
    return True


def _problem(reading: Reading, each: _Ready) -> str:
    """Why a version cannot be had as it is; empty where it can, or is there already."""
    brought = each.brought
    there = reading.version(brought.subject, brought.number)
    if there is not None:
        return _difference(there, each)
    if not (0 < brought.id <= LAST_BROUGHT and 0 < brought.number <= LAST_BROUGHT):
        return f"has id {brought.id}; what is imported goes from 1 to {LAST_BROUGHT}"
    mode = mode_that_holds(reading, brought.subject)
    if mode in {Mode.READONLY, Mode.READONLY_OVERRIDE}:
        return f"is not here, where the mode is {mode}"
    kept = reading.content(*each.place)
    if kept is not None and kept.identity != each.content.identity:
        return f"has id {brought.id}, which is another schema here"
    return ""


def _difference(there: Version, each: _Ready) -> str:
    if there.id != each.brought.id:
        return f"has id {there.id} here, {each.brought.id} there"
    if there.content.identity != each.content.identity:
        return "is another schema here"
    return "is deleted here, and not there" if there.deleted and not each.brought.deleted else ""


def _usual(scope: str, name: str) -> str | None:
    """What holds of everything where nothing is set."""
    usual: dict[str, Any] = {LEVEL: Settings().compatibility, MODE: Mode.READWRITE}
    return json.dumps(usual[name]) if scope == EVERYTHING and name in usual else None


def _wanted(export: Export, told: Imported) -> Iterator[tuple[str, str, Any]]:
    for scope, config in sorted(export.configs.items()):
        for name, value in config.items():
            own = LEVEL if name == "compatibilityLevel" else name
            try:
                if (read := _value(own, value)) is not None:
                    yield scope, own, read
            except RegistryError as error:
                told.problems.append(f"{scope or 'everything'}: {error.message}")
    for scope, word in sorted(export.modes.items()):
        try:
            mode = mode_named(word)
        except RegistryError as error:
            told.problems.append(f"{scope or 'everything'}: {error.message}")
            continue
        if mode is Mode.IMPORT:
            told.problems.append(f"{scope or 'everything'}: mode IMPORT is not taken over")
        else:
            yield scope, MODE, mode.value


def _value(name: str, value: Any) -> Any:
    """What is kept of a setting; nothing where it is not set, or not one that is known."""
    if value is None:
        return None
    if name == LEVEL:
        return level_named(str(value)[:40]).value
    if name in FLAGS:
        return value if isinstance(value, bool) else None
    if name in WORDS:
        return value if isinstance(value, str) and value else None
    if name in OBJECTS and isinstance(value, dict):
        return checked_metadata(value) if name.endswith("Metadata") else checked_rules(value)
    return None
