"""What a JSON Schema and its parts call themselves, and its references to those names.

A part is named by ``$anchor``, ``$dynamicAnchor`` or an ``$id`` of its own (2020-12 core, 8.2), up
to draft-07 by ``$id: "#name"``. Here references to them are written as ``#/path/to/it``, as all are
that we follow. Where it takes more than this document to know what is meant, they stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from lading.model.dialects import LATEST, dialect_of
from lading.model.firewall import NAMES, SAMPLES
from lading.model.pointers import split, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.model.document import Document, Pointer

_NAMING: Final = ("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef")
_ANCHORS: Final = 2019
"""From this dialect on it is ``$anchor`` that names a part."""
_SINCE: Final = {"$dynamicRef": LATEST, "$recursiveRef": 2019}
"""The dialect that knows the word."""
_LEADING: Final = ("$ref", "$dynamicRef", "$recursiveRef")


def with_pointers(document: Document) -> Document:
    """`document` with references to its own names written as pointers; nothing moves."""
    if not any(word in document.text for word in _NAMING):
        return document
    names = _Names(dialect_of(document.value) or LATEST)
    for node, at, base in _schemas(document.value, (), "", names):
        names.note(node, at, base)
    return replace(document, value=_rewritten(document.value, (), "", names))


@dataclass(slots=True)
class _Names:
    """The places that names lead to."""

    dialect: int
    resources: dict[str, Pointer] = field(default_factory=lambda: {"": ()})
    anchors: dict[tuple[str, str], Pointer] = field(default_factory=dict)
    dynamic: dict[str, list[tuple[str, Pointer]]] = field(default_factory=dict)
    """By name the parts that may stand for each other, with the address of what holds them."""
    recursive: bool = False
    """Whether a part says that it may stand for what holds it (``$recursiveAnchor``)."""

    def base_of(self, node: dict[str, Any], at: Pointer, base: str) -> str:
        """The address of what is in `node`."""
        own = node.get("$id")
        beside_ref = self.dialect < _ANCHORS and "$ref" in node  # where nothing counts
        if not isinstance(own, str) or own.startswith("#") or beside_ref:
            return base
        return _address(base, own.rstrip("#") if at else own.partition("#")[0])

    def note(self, node: dict[str, Any], at: Pointer, base: str) -> None:
        """Keep what `node` is called."""
        if base not in self.resources:
            self.resources[base] = at
        own = node.get("$id")
        if self.dialect < _ANCHORS and isinstance(own, str) and own.startswith("#"):
            self.anchors.setdefault((base, own[1:]), at)
        for key, since in (("$anchor", _ANCHORS), ("$dynamicAnchor", LATEST)):
            if self.dialect >= since and isinstance(node.get(key), str):
                self.anchors.setdefault((base, node[key]), at)
        if self.dialect >= LATEST and isinstance(node.get("$dynamicAnchor"), str):
            self.dynamic.setdefault(node["$dynamicAnchor"], []).append((base, at))
        self.recursive = self.recursive or (bool(at) and node.get("$recursiveAnchor") is True)

    def pointer(self, word: str, text: str, base: str) -> str | None:
        """What a reference means, as a pointer; `None`: as it is written, or more than we know."""
        file, _, fragment = _address(base, text).partition("#")
        if file not in self.resources or _SINCE.get(word, self.dialect) != self.dialect:
            return None
        if word == "$recursiveRef" and self.recursive:
            return None
        _, steps = split(f"#{fragment}")
        if not fragment or steps:
            return _written((*self.resources[file], *steps))
        spot = self.anchors.get((file, fragment))
        if word == "$dynamicRef":
            spot = self._outermost(fragment, file, spot)
        return None if spot is None else _written(spot)

    def _outermost(self, name: str, file: str, spot: Pointer | None) -> Pointer | None:
        """What a dynamic reference means that leads to `spot` if taken plainly.

        Where that is a dynamic anchor, it is the one of that name in the outermost resource on the
        way here (2020-12 core, 8.2.3.2), and every way starts in the document itself. `None`: it
        has none, and the way decides.
        """
        parts = self.dynamic.get(name, [])
        if (file, spot) not in parts:
            return spot
        homes = [base for base, _ in parts]
        if len(set(homes)) < len(homes):  # no schema: a resource has a name once
            return None
        whole = [at for base, at in parts if not self.resources[base]]
        return whole[0] if whole else spot if len(parts) == 1 else None


def _address(base: str, text: str) -> str:
    return f"{base}{text}" if text.startswith("#") or not text else urljoin(base, text)


def _written(pointer: Pointer) -> str:
    return f"#{written(pointer)}".replace("%", "%25")


def _schemas(
    node: Any, at: Pointer, base: str, names: _Names
) -> Iterator[tuple[dict[str, Any], Pointer, str]]:
    """Every object that may be a schema, with its place and address; data is none."""
    if isinstance(node, dict) and not _is_named(at):
        base = names.base_of(node, at, base)
        yield node, at, base
    for step, each in _below(node, at):
        yield from _schemas(each, (*at, step), base, names)


def _rewritten(node: Any, at: Pointer, base: str, names: _Names) -> Any:
    if isinstance(node, dict) and not _is_named(at):
        base = names.base_of(node, at, base)
        node = _led(node, at, base, names)
    below = {step: _rewritten(each, (*at, step), base, names) for step, each in _below(node, at)}
    if isinstance(node, dict):
        return {key: below.get(key, each) for key, each in node.items()}
    if isinstance(node, list):
        return [below.get(index, each) for index, each in enumerate(node)]
    return node


def _led(node: dict[str, Any], at: Pointer, base: str, names: _Names) -> dict[str, Any]:
    """`node` with what leads on written as pointers, and without a name of its own."""
    made = {key: each for key, each in node.items() if not (key == "$id" and at)}
    for word in _LEADING:
        text = node.get(word)
        if not isinstance(text, str):
            continue
        found = names.pointer(word, text, base)
        if found is None and word == "$ref" and names.resources.get(base) and text[:1] != "#":
            found = _address(base, text)  # from here it leads elsewhere than beside the document
        if found is None:
            continue
        del made[word]
        if "$ref" in made:
            made["allOf"] = [*made.get("allOf", ()), {"$ref": found}]
        else:
            made["$ref"] = found
    return made


def _is_named(at: Pointer) -> bool:
    """Whether keys are names there: ``properties: {$id: ...}`` calls nothing so."""
    return bool(at) and at[-1] in NAMES and not (len(at) > 1 and at[-2] in NAMES)


def _below(node: Any, at: Pointer) -> Iterator[tuple[str | int, Any]]:
    if isinstance(node, list):
        yield from enumerate(node)
    elif isinstance(node, dict):
        named = _is_named(at)
        for key, each in node.items():
            if named or (key not in SAMPLES and key != "examples"):
                yield key, each
