"""Writes out what YAML documents of others say by anchors, aliases and merge keys.

Nodes are shared until it is known how many values they make: what would be too many, too deep or a
part of itself is refused before it is written out.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from lading.model.bounds import MAX_BYTES, MAX_DEPTH, MAX_NODES
from lading.model.document import Place
from lading.model.errors import ContractError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_MERGE: Final = "<<"
_PLAIN: Final = re.compile(r"[-+.~\w]*", re.ASCII)
"""What may be more than a text where it stands without quotes."""
_BACK: Final = "put a value in the place of each alias"


def without_aliases(name: str, text: str) -> str:
    """`text` with each alias written out, and each merge key replaced by the keys that it brings.

    Raises:
        ContractError: it makes too many values, is too deep, or is a part of itself.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = _Tree(name).built(yaml.parse(text, Loader=loader))
    return text if root is None else "".join(root.written())


class _Node:
    """A value, with what is in it; aliases of one anchor are one node."""

    __slots__ = ("depth", "event", "inner", "length", "open", "size")

    def __init__(self, event: Any) -> None:
        self.event = event
        self.inner: list[_Node] = []
        """Of a mapping: keys and values in turn."""
        self.open = True
        self.size = self.depth = 1
        self.length = len(event.value) if self.kind == "ScalarEvent" else 0
        """Of all texts in it."""

    @property
    def kind(self) -> str:
        return type(self.event).__name__

    def close(self) -> None:
        self.open = False
        self.size = 1 + sum(each.size for each in self.inner)
        self.length += sum(each.length for each in self.inner)
        self.depth = 1 + max((each.depth for each in self.inner), default=0)

    def written(self) -> Iterator[str]:
        """The value in one line: what is plain stays so, since it may be a number."""
        if self.kind == "ScalarEvent":
            said: str = self.event.value
            is_plain = self.event.implicit[0] and _PLAIN.fullmatch(said)
            if self.event.tag:  # `read_yaml` has seen that it is one that counts
                said = said or ("null" if self.event.tag.endswith(":null") else "")
                yield f"!<{self.event.tag}> "
            yield said or "null" if is_plain else json.dumps(said, ensure_ascii=False)
            return
        is_mapping = self.kind == "MappingStartEvent"
        yield "{" if is_mapping else "["
        for index, each in enumerate(self.inner):
            yield from each.written()
            yield ": " if is_mapping and index % 2 == 0 else ", "
        yield "}" if is_mapping else "]"


class _Tree:
    """The nodes of one document, while it is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.anchors: dict[str, _Node] = {}
        self.waiting: list[_Node] = []

    def built(self, events: Iterator[Any]) -> _Node | None:
        """The root."""
        root: _Node | None = None
        for event in events:
            kind = type(event).__name__
            if kind in {"MappingEndEvent", "SequenceEndEvent"}:
                self._closed(self.waiting.pop())
            elif kind in {"ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent"}:
                node = self._met(event) if kind == "AliasEvent" else _Node(event)
                root = root or node
                if self.waiting:
                    self.waiting[-1].inner.append(node)
                if kind == "AliasEvent":
                    continue
                if event.anchor:
                    self.anchors[event.anchor] = node
                if kind.endswith("StartEvent"):
                    self.waiting.append(node)
                else:
                    node.close()
        return root

    def _met(self, event: Any) -> _Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise self._refused(event, "LAD006", f"the alias `{event.anchor}` has no anchor")
        if node.open:
            raise self._refused(event, "LAD006", f"`{event.anchor}` is a part of itself")
        return node

    def _closed(self, node: _Node) -> None:
        if node.kind == "MappingStartEvent":
            node.inner = self._merged(node)
        node.close()
        if node.size > MAX_NODES:
            message = f"the aliases make more than {MAX_NODES} values"
            raise self._refused(node.event, "LAD003", message)
        if node.length > MAX_BYTES:
            raise self._refused(node.event, "LAD003", "the aliases make more than 4 MiB of text")
        if node.depth > MAX_DEPTH:
            message = f"the aliases make more than {MAX_DEPTH} levels"
            raise self._refused(node.event, "LAD003", message)

    def _merged(self, node: _Node) -> list[_Node]:
        """Keys and values: its own, then those that a merge key brings, the first of each."""
        pairs = [*zip(node.inner[::2], node.inner[1::2], strict=True)]
        kept = [pair for pair in pairs if not _is_merge(pair[0])]
        if len(kept) == len(pairs):
            return node.inner
        known = {key.event.value for key, _ in kept}
        for key, value in pairs:
            if not _is_merge(key):
                continue
            for each in value.inner if value.kind == "SequenceStartEvent" else [value]:
                if each.kind != "MappingStartEvent":
                    raise self._refused(key.event, "LAD006", "a merge key brings no keys")
                for name, said in zip(each.inner[::2], each.inner[1::2], strict=True):
                    if name.event.value not in known:
                        known.add(name.event.value)
                        kept.append((name, said))
        return [each for pair in kept for each in pair]

    def _refused(self, event: Any, code: str, message: str) -> ContractError:
        mark = event.start_mark
        place = Place(self.name, mark.line + 1, mark.column + 1)
        return ContractError([Problem(code, message, place, _BACK)])


def _is_merge(key: _Node) -> bool:
    return key.kind == "ScalarEvent" and key.event.value == _MERGE and key.event.implicit[0]
