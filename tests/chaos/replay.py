"""Goes through a log from its beginning and holds each change against what was there before it.

What the gate should have said is asked of `lading.compat` again: the registry's memory, its locks
and its order of settings are what is on trial.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from lading.compat import judge_history
from lading.model.contract import Compatibility, Subject
from lading.model.document import Syntax
from lading.model.read import read_contract
from lading.model.reader import read_document
from lading.registry import names
from lading.registry.store import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chaos.kept import Kept
    from lading.model.contract import Contract, Reference
    from lading.registry.store import Content, Entry

DEFAULT: Final = Compatibility.BACKWARD


@dataclass
class State:
    """What the log leads to, up to some entry."""

    contents: Mapping[str, Content]
    """By identity: also those that were removed since."""
    numbers: dict[str, int] = field(default_factory=dict)
    live: dict[str, dict[int, str]] = field(default_factory=dict)
    """Subject to number to identity, those that are hidden left out."""
    hidden: dict[str, dict[int, str]] = field(default_factory=dict)
    levels: dict[str, Compatibility] = field(default_factory=dict)
    ids: dict[tuple[str, int], str] = field(default_factory=dict)
    read: dict[tuple[str, str], Contract] = field(default_factory=dict)
    judged: int = 0

    def level(self, subject: str) -> Compatibility:
        context = names.context_of(subject)
        scopes = (subject, "" if context == names.DEFAULT else f":{context}:")
        return next((self.levels[each] for each in scopes if each in self.levels), DEFAULT)


def replayed(kept: Kept, known: Mapping[str, Content]) -> tuple[State, list[str]]:
    """Where the log leads, and what should not have happened on the way."""
    contents = {**known, **{each.identity: each for each in kept.contents.values()}}
    state = State(contents)
    steps = {
        Action.REGISTER: _register,
        Action.DELETE: _delete,
        Action.REMOVE: _remove,
        Action.SET: _set,
    }
    wrong = [
        f"entry {entry.seq}, {entry.action} {entry.subject}: {what}"
        for entry in kept.log
        for what in steps[entry.action](state, entry)
    ]
    ends = {name: number for name, number in kept.heads.items() if number}
    if state.numbers != ends:
        wrong.append("the highest numbers of subjects are not those that were given out")
    return state, wrong


def _register(state: State, entry: Entry) -> Iterator[str]:
    subject, number = entry.subject, entry.detail["version"]
    identity, content_id = entry.detail["identity"], entry.detail["id"]
    if number != state.numbers.get(subject, 0) + 1:
        yield f"version {number} follows {state.numbers.get(subject, 0)}"
    state.numbers[subject] = number
    place = (names.context_of(subject), content_id)
    if state.ids.setdefault(place, identity) != identity:
        yield f"id {content_id} stood for something else before"
    live = state.live.setdefault(subject, {})
    content = state.contents.get(identity)
    if content is not None:
        yield from _references(state, subject, content)
        yield from _broken(state, subject, content, live)
    live[number] = identity


def _references(state: State, subject: str, content: Content) -> Iterator[str]:
    for each in content.references:
        target = names.qualified(names.context_of(subject), each.subject)
        if each.version not in state.live.get(target, {}):
            yield f"it refers to {target} version {each.version}, which is not live"


def _broken(state: State, subject: str, content: Content, live: Mapping[int, str]) -> Iterator[str]:
    level = state.level(subject)
    past = [
        _contract(state, subject, state.contents[identity], number)
        for number, identity in (live.items() if level.transitive else list(live.items())[-1:])
        if identity in state.contents
    ]
    if level is Compatibility.NONE or not past:
        return
    state.judged += 1
    verdict = judge_history(past, _contract(state, subject, content), level)
    if not verdict.compatible:
        yield f"it breaks {level}, which was promised then"


def _contract(state: State, subject: str, content: Content, number: int = 0) -> Contract:
    key = (subject, content.identity)
    if key not in state.read:
        documents = {
            each.name: read_document(
                each.name, _referred(state, subject, each).encode(), syntax=Syntax.JSON
            )
            for each in content.references
        }
        state.read[key] = read_contract(
            content.kind,
            read_document("schema", content.text.encode(), syntax=Syntax.JSON),
            subject=Subject(subject),
            references=documents,
        )
    return replace(state.read[key], version=number)


def _referred(state: State, subject: str, reference: Reference) -> str:
    target = names.qualified(names.context_of(subject), reference.subject)
    versions = {**state.hidden.get(target, {}), **state.live.get(target, {})}
    return state.contents[versions[reference.version]].text


def _delete(state: State, entry: Entry) -> Iterator[str]:
    number = entry.detail["version"]
    live = state.live.get(entry.subject, {})
    if number not in live:
        yield f"version {number} was not live"
        return
    state.hidden.setdefault(entry.subject, {})[number] = live.pop(number)


def _remove(state: State, entry: Entry) -> Iterator[str]:
    number = entry.detail["version"]
    if state.hidden.get(entry.subject, {}).pop(number, None) is None:
        yield f"version {number} was not hidden"


def _set(state: State, entry: Entry) -> Iterator[str]:
    yield from ()
    if entry.detail["name"] != "compatibility":
        return
    value = entry.detail["value"]
    if value is None:
        state.levels.pop(entry.subject, None)
    else:
        state.levels[entry.subject] = Compatibility(json.loads(value))
