"""Whether a schema of OpenAPI 3.0 takes null, to the letter.

``nullable`` adds null to the ``type`` that stands beside it in the same schema, and to nothing
else: other keywords may refuse null as they refuse any value (3.0.3, Schema Object, and the
proposal "Clarify Semantics of nullable", which it follows).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.model.dialects import Dialect, foreign
from lading.model.pointers import resolve, split

if TYPE_CHECKING:
    from lading.model.document import JsonValue

_PLAIN: Final = frozenset({"$ref", "enum", "allOf", "anyOf", "oneOf", "not"})
"""Keywords that may refuse null; all others speak of values of other types."""
_UNREAD: Final = foreign(Dialect.OPENAPI_30)
_REFUSING: Final = _PLAIN | _UNREAD
_MOST: Final = 200
"""Schemas that are looked at for one answer; beyond, it is not known."""


def takes_null(node: dict[str, Any], root: JsonValue) -> bool | None:
    """Whether `node`, a schema of the document `root`, takes null; `None`: not known."""
    if node.keys().isdisjoint(_REFUSING):  # as most are
        return _takes_by_type(node)
    return _Asked(root).answer(node)


class _Asked:
    def __init__(self, root: JsonValue) -> None:
        self.root = root
        self.known: dict[int, bool | None] = {}

    def answer(self, node: Any) -> bool | None:
        """Whether a schema takes null: all that it says has to."""
        if not isinstance(node, dict):
            return node if isinstance(node, bool) else None
        if id(node) not in self.known:
            if len(self.known) >= _MOST:
                return None
            self.known[id(node)] = None  # where it leads to itself nothing is known
            self.known[id(node)] = self._whole(node)
        return self.known[id(node)]

    def _whole(self, node: dict[str, Any]) -> bool | None:
        if isinstance(node.get("$ref"), str):  # what stands beside is ignored
            file, pointer = split(node["$ref"])
            return None if file else self.answer(resolve(self.root, pointer))
        typed = _takes_by_type(node)
        if node.keys().isdisjoint(_REFUSING):
            return typed
        said = [typed, *(self._keyword(word, node[word]) for word in _PLAIN & node.keys())]
        if not node.keys().isdisjoint(_UNREAD):
            said.append(None)
        return _all(said)

    def _keyword(self, word: str, value: Any) -> bool | None:
        if word == "not":
            found = self.answer(value)
            return None if found is None else not found
        if not isinstance(value, list):
            return None
        if word == "enum":
            return None in value
        parts = [self.answer(each) for each in value]
        if word == "allOf":
            return _all(parts)
        if word == "anyOf":
            return _any(parts)
        return None if None in parts else parts.count(True) == 1


def _takes_by_type(node: dict[str, Any]) -> bool | None:
    """A schema without a type takes values of all types."""
    said = node.get("type")
    if said is None:
        return True
    return said == "null" or node.get("nullable") is True if isinstance(said, str) else None


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False
