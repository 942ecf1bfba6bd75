"""Example messages: those that must be accepted, and changes of them that must be refused."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Subject
from lading.model.notes import kind_of
from lading.model.taxonomies import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.model.document import Document, JsonValue, Origin
    from lading.model.notes import Notes

REFUSED: Final = "samples/refused.yaml"
_KEYS: Final = ("sample", "name", "set", "remove", "rule", "says")
_STEP: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,6})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sample:
    """One example message of a contract: ``samples/<subject>/<name>.json``."""

    subject: Subject
    name: str
    document: Document

    @property
    def valid(self) -> bool:
        """Whether the contract must accept it; names starting ``invalid-`` must be refused."""
        return not self.name.startswith("invalid-")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message must be refused: an invalid sample, or a good one with something changed."""

    sample: str
    """``<subject>/<name>``, or ``*/<name>`` for the samples of that name."""
    name: str
    rule: str
    """The lint rule that refuses it."""
    says: str
    """What the rule says then, or a part of it."""
    sets: Mapping[str, JsonValue] = field(default_factory=dict)
    """Place to new value: ``lines[0].lots[0].quantity.value``."""
    removes: tuple[str, ...] = ()
    at: Origin | None = field(default=None, compare=False, repr=False)

    def speaks_of(self, sample: Sample) -> bool:
        """Whether `sample` is the one, or one of those, that it is about."""
        subject, _, name = self.sample.rpartition("/")
        return name == sample.name and subject in ("*", sample.subject)

    def changed(self, message: Any) -> Any:
        """A copy of `message` with what it sets and removes. Raises `LookupError` for no place."""
        made = copy.deepcopy(message)
        for path in self.removes:
            owner, last = _owner(made, path)
            del owner[last]
        for path, value in self.sets.items():
            owner, last = _owner(made, path)
            owner[last] = value
        return made


def steps_of(path: str) -> tuple[str | int, ...]:
    """A place as people write it, ``lines[0].gtin``, as steps: ``("lines", 0, "gtin")``."""
    return tuple(int(index) if index else name for name, index in _STEP.findall(path))


def _owner(message: Any, path: str) -> tuple[Any, Any]:
    steps = steps_of(path)
    if not steps:
        raise LookupError(f"`{path}` is no place in a message")
    node = message
    try:
        for step in steps[:-1]:
            node = node[step]
    except (KeyError, IndexError, TypeError):
        raise LookupError(f"`{path}` is not in the message") from None
    if isinstance(node, dict if isinstance(steps[-1], str) else list):
        return node, steps[-1]
    raise LookupError(f"`{path}` is not in the message")


def read_samples(documents: Mapping[str, Document], notes: Mapping[str, Notes]) -> Iterator[Sample]:
    """The samples among `documents`; what stands elsewhere in their folder is noted."""
    for path, document in documents.items():
        parts = path.split("/")
        if parts[0] != "samples" or path == REFUSED:
            continue
        if len(parts) == 3:  # noqa: PLR2004 - samples/<subject>/<name>.json
            yield Sample(Subject(parts[1]), parts[2].rpartition(".")[0], document)
        else:
            notes[path].add("LAD040", (), "a sample stands in samples/<subject>/<name>.json")


def read_refusals(document: Document, notes: Notes) -> Iterator[Refusal]:
    """The entries of ``samples/refused.yaml``."""
    node: Any = document.value
    if not isinstance(node, dict):
        notes.add("LAD031", (), f"{document.name} is an object, not {kind_of(node)}")
        return
    notes.unknown_keys(node, (), ("refused",))
    for _, row, at in rows(node, "refused", notes, need=True):
        notes.unknown_keys(row, at, _KEYS)
        sets = row.get("set", {})
        if not isinstance(sets, dict):
            notes.add("LAD031", (*at, "set"), f"`set` is an object, not {kind_of(sets)}")
            sets = {}
        yield Refusal(
            notes.text(row, "sample", at, need=True),
            notes.text(row, "name", at),
            notes.text(row, "rule", at, need=True),
            notes.text(row, "says", at, need=True),
            sets,
            notes.texts(row, "remove", at),
            at=notes.origin(at),
        )
