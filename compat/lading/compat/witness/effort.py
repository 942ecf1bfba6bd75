"""How long a validator may take over a document: it looks at every alternative, at every level.

Types that lead to each other by way of alternatives make that a power of the depth, and a validator
that has begun cannot be stopped. So documents that are nested too deeply for that are not tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lading.model.pointers import MISSING, resolve, split

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST: Final = 50_000
"""Schemas that are looked at on one way down."""
_DEEPEST: Final = 16
_SHALLOWEST: Final = 2
_IN_PLACE: Final = ("not", "if", "then", "else")
_PARTS: Final = ("allOf", "anyOf", "oneOf")
_BELOW: Final = (
    "additionalItems",
    "additionalProperties",
    "contains",
    "items",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_BY_NAME: Final = ("patternProperties", "properties")


def deepest(root: Any) -> int:
    """How deeply a document may be nested that is tried on the schema `root`.

    Raises:
        RecursionError: its types lead to each other further than is safe for a validator.
    """
    effort = _Effort(root)
    levels = (level for level in range(_SHALLOWEST + 1, _DEEPEST) if effort.of(root, level) > _MOST)
    return next(levels, _DEEPEST + 1) - 1


def is_nested(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested more deeply than that."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return bool(below) and (levels < 1 or any(is_nested(each, levels - 1) for each in below))


def longest_list(value: Any) -> int:
    """The number of values in the longest list of a document."""
    longest, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            longest = max(longest, len(each))
            waiting += each
    return longest


class _Effort:
    """Counts the schemas that are looked at, on the way down that has most of them."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.known: dict[tuple[int, int], int] = {}

    def of(self, node: Any, levels: int) -> int:
        """For a value of so many levels."""
        if not isinstance(node, dict):
            return 1
        key = id(node), levels
        if key not in self.known:
            self.known[key] = 1  # where it leads to itself in the same place
            here = sum(self.of(each, levels) for each in self._in_place(node))
            below = max((self.of(e, levels - 1) for e in _below(node)), default=0) if levels else 0
            self.known[key] = min(1 + here + below, _MOST + 1)
        return self.known[key]

    def _in_place(self, node: dict[str, Any]) -> Iterator[Any]:
        if isinstance(node.get("$ref"), str):
            yield self._target(node["$ref"])
        for key in _PARTS:
            yield from _listed(node.get(key))
        yield from (node[key] for key in _IN_PLACE if key in node)
        for key in ("dependentSchemas", "dependencies"):
            yield from _named(node.get(key)).values()

    def _target(self, text: str) -> Any:
        file, pointer = split(text)
        node = MISSING if file else resolve(self.root, pointer)
        return None if node is MISSING else node


def _below(node: dict[str, Any]) -> Iterator[Any]:
    for key in _BY_NAME:
        yield from _named(node.get(key)).values()
    yield from (node[key] for key in _BELOW if key in node)
    for key in ("prefixItems", "items"):
        yield from _listed(node.get(key))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
