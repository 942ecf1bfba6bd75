"""``contract.yaml``: what is promised about the contracts of a folder, inherited downwards."""

from __future__ import annotations

import re
from posixpath import dirname
from typing import TYPE_CHECKING, Any, Final

from lading.model.contract import Compatibility, Lifecycle, Terms
from lading.model.notes import Notes, kind_of
from lading.model.suggest import did_you_mean, system_hint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from lading.model.consumption import System
    from lading.model.document import Document, JsonValue, Pointer

FILE: Final = "contract.yaml"
_TEXTS: Final = (
    "owner",
    "team",
    "contact",
    "lifecycle",
    "version",
    "promise",
    "audience",
    "producer",
    "topic",
    "key",
    "description",
    "retention",
    "intent",
    "object",
    "scope",
    "purpose",
    "on_call",
    "escalation",
)
_LISTS: Final = ("proposers", "consumers")
_MAPS: Final = ("sla", "delivery")
_ANSWERS: Final = ("team", "contact", "on_call", "escalation")
"""Who answers for the owner: as `systems.yaml` says, unless terms that name the owner say more."""
_KEYS: Final = (*_TEXTS, *_LISTS, *_MAPS)
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "lifecycle": tuple(Lifecycle),
    "promise": tuple(Compatibility),
    "audience": ("internal", "partner", "public"),
    "intent": ("fact", "proposal"),
}


class TermsOf:
    """The terms of each contract file, from all ``contract.yaml`` of a workspace."""

    def __init__(
        self,
        folders: Mapping[str, Mapping[str, Any]],
        files: Mapping[str, Mapping[str, Any]],
        answers: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._folders = folders
        self._files = files
        self._answers = answers

    def of(self, path: str, inside: Mapping[str, str] | None = None) -> Terms:
        """The terms of the contract in the file `path`: the nearest wins, key by key.

        Nearest is what the file says of itself (`inside`), then its own entry in the
        ``contract.yaml`` beside it, then the folders upwards.
        """
        said: dict[str, Any] = {}
        for folder in _down_to(dirname(path)):
            said = self._over(said, self._folders.get(folder, {}))
        said = self._over(said, self._files.get(_stem_path(path), {}))
        said = self._over(said, inside or {})
        words = {key: said[key] for key in _KEYS if key in said}
        words["lifecycle"] = Lifecycle(words.get("lifecycle", Lifecycle.ACTIVE))
        words["promise"] = Compatibility(words["promise"]) if "promise" in words else None
        return Terms(**words)

    def _over(self, said: Mapping[str, Any], nearer: Mapping[str, Any]) -> dict[str, Any]:
        """`nearer` over `said`, key by key, also inside the keys that hold objects.

        Another owner has other people: who answers for the former one is not inherited.
        """
        inside = {key: {**said.get(key, {}), **nearer[key]} for key in _MAPS if key in nearer}
        owner = nearer.get("owner", said.get("owner"))
        if owner != said.get("owner"):
            kept = {key: value for key, value in said.items() if key not in _ANSWERS}
            said = {**kept, **self._answers.get(str(owner), {})}
        return {**said, **nearer, **inside}


def read_terms(
    documents: Iterable[Document],
    notes: Mapping[str, Notes],
    files: Collection[str],
    systems: Iterable[System],
) -> TermsOf:
    """Read every ``contract.yaml``; `files` are contract files, `systems` the known ones."""
    answers = {each.id: _answers(each) for each in systems}
    folders: dict[str, dict[str, Any]] = {}
    single: dict[str, dict[str, Any]] = {}
    for document in documents:
        note = notes[document.name]
        folder = dirname(document.name)
        node = document.value if isinstance(document.value, dict) else {}
        if not isinstance(document.value, dict):
            note.add("LAD031", (), f"{FILE} is an object, not {kind_of(document.value)}")
        note.unknown_keys(node, (), (*_KEYS, "contracts"))
        folders[folder] = _clean(node, (), note, answers)
        stems = {_stem_path(each): each for each in files if dirname(each) == folder}
        for stem, below in _overrides(node, note).items():
            path = f"{folder}/{stem}" if folder else stem
            if path not in stems:
                hint = did_you_mean(stem, [each.rpartition("/")[2] for each in stems])
                note.add(
                    "LAD035",
                    ("contracts", stem),
                    f"no contract `{stem}` is in this folder",
                    hint=hint,
                )
            note.unknown_keys(below, ("contracts", stem), _KEYS)
            single[path] = _clean(below, ("contracts", stem), note, answers)
    return TermsOf(folders, single, answers)


def _answers(system: System) -> dict[str, str]:
    return {key: getattr(system, key) for key in _ANSWERS if getattr(system, key)}


def _overrides(node: Mapping[str, Any], notes: Notes) -> dict[str, dict[str, Any]]:
    found = node.get("contracts", {})
    if not isinstance(found, dict):
        notes.add("LAD031", ("contracts",), "`contracts` is an object of file name to terms")
        return {}
    for stem, below in found.items():
        if not isinstance(below, dict):
            notes.add("LAD031", ("contracts", stem), f"terms are an object, not {kind_of(below)}")
    return {stem: below for stem, below in found.items() if isinstance(below, dict)}


def _clean(
    node: Mapping[str, JsonValue], at: Pointer, notes: Notes, systems: Collection[str]
) -> dict[str, Any]:
    """The valid part of one set of terms."""
    found: dict[str, Any] = {}
    for key in _TEXTS:
        if key == "version" and isinstance(node.get(key), int | float):
            message = f"`{node[key]}` is a number, not a version"
            notes.add("LAD031", (*at, key), message, hint="write it as 1.0.0")
            continue
        text = notes.text(node, key, at)
        if not text:
            continue
        allowed = _WORDS.get(key)
        if allowed and text not in allowed:
            hint = did_you_mean(text, allowed) or f"one of {', '.join(allowed)}"
            notes.add("LAD031", (*at, key), f"`{text}` is no {key}", hint=hint)
        elif key in {"owner", "producer"} and systems and text not in systems:
            hint = system_hint(text, systems)
            notes.add("LAD035", (*at, key), f"there is no system `{text}`", hint=hint)
        elif key == "version" and not re.fullmatch(r"\d+\.\d+\.\d+", text):
            notes.add("LAD031", (*at, key), f"`{text}` is not a version", hint="write it as 1.0.0")
        else:
            found[key] = text
    found |= dict(_lists(node, at, notes, systems))
    found |= dict(_maps(node, at, notes))
    return found


def _lists(
    node: Mapping[str, JsonValue], at: Pointer, notes: Notes, systems: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in _LISTS:
        if key not in node:
            continue
        listed = notes.texts(node, key, at)
        for index, each in enumerate(listed):
            if systems and each not in systems:
                hint = system_hint(each, systems)
                notes.add("LAD035", (*at, key, index), f"there is no system `{each}`", hint=hint)
        yield key, listed


def _maps(
    node: Mapping[str, JsonValue], at: Pointer, notes: Notes
) -> Iterator[tuple[str, dict[str, str]]]:
    for key in _MAPS:
        value = node.get(key)
        if isinstance(value, dict):
            yield key, {str(name): str(each) for name, each in value.items()}
        elif value is not None:
            notes.add("LAD031", (*at, key), f"`{key}` is an object, not {kind_of(value)}")


def _down_to(folder: str) -> list[str]:
    parts = folder.split("/") if folder else []
    return ["", *("/".join(parts[: index + 1]) for index in range(len(parts)))]


def _stem_path(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    return f"{folder}/{stem}" if folder else stem
