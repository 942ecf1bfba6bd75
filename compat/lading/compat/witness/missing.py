"""Reads a message as if nobody asked for the fields that other findings are about.

fastavro stops at the first thing that it refuses. To see what it makes of the finding at hand, the
fields that others are about are left out of the reader's schema, which then passes over them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lading.compat.change import ChangeKind
from lading.model.schema import Field, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from lading.compat.change import Change
    from lading.compat.witness.apache import Tried
    from lading.model.contract import Contract

    Missing = tuple[str, str]
    """(the record's full name, the field)"""
    Keeps = Callable[[str, str], bool]
    """Whether a field of a record stays."""

_SAID: Final = re.compile(r"No default value for field (\S+) in (\S+)")
_MOST: Final = 50
"""So many fields are left out, one after the other."""
_NAMED: Final = frozenset({"record", "error", "enum", "fixed"})


class Asked:
    """The reader's schema, by the fields that are left out of it."""

    def __init__(self, reader: Contract, parse: Callable[[list[Any]], Any]) -> None:
        self._documents = [each.value for each in reader.documents]
        self._parse = parse
        self._parsed: dict[frozenset[str | Missing] | None, Any] = {}

    def whole(self) -> Any:
        """The schema for fastavro; `None` where it does not take it."""
        return self._made(None, lambda _record, _name: True)

    def without(self, fields: Collection[Missing]) -> Any:
        """The same, less some fields."""
        return self._made(frozenset(fields), lambda record, name: (record, name) not in fields)

    def along(self, path: Iterable[str]) -> Any:
        """The same, with the fields of these names alone."""
        names = frozenset(each.rstrip("[]{}") for each in path)
        return self._made(names, lambda _record, name: name in names)

    def _made(self, key: frozenset[str | Missing] | frozenset[str] | None, keeps: Keeps) -> Any:
        if key not in self._parsed:
            left = [_of(each, "", keeps) for each in self._documents]
            self._parsed[key] = self._parse(left if key else self._documents)
        return self._parsed[key]


def read_for(change: Change, asked: Asked, read: Callable[[Any], Tried]) -> Tried:
    """What becomes of a message under the one change, whatever else is refused."""
    if change.kind in _ALONE and (schema := asked.along(change.path)):
        got = read(schema)
        if (field := _missing(got)) and _is_about(change, field):
            return got
    gone: set[Missing] = set()
    got = read(asked.whole())
    while len(gone) < _MOST and (field := _missing(got)) and not _is_about(change, field):
        gone.add(field)
        schema = asked.without(frozenset(gone))
        if schema is None:
            break
        got = read(schema)
    return got


_ALONE: Final = frozenset({ChangeKind.FIELD_ADDED, ChangeKind.FIELD_REMOVED})
"""Changes that show in one field, whatever stands beside it."""


def _missing(got: Tried) -> Missing | None:
    found = _SAID.match(got.error)
    return (found[2], found[1]) if found else None


def _is_about(change: Change, missing: Missing) -> bool:
    """Whether it is a change of that field that came, went, or goes by another name."""
    owners = {each.name for each in _owners(change)}
    fields = (each for each in (change.old, change.new) if isinstance(each, Field))
    names = {change.lookalike, change.what} if change.kind is ChangeKind.FIELD_RENAMED else set()
    names |= {name for each in fields for name in (each.name, *each.aliases)}
    return missing[0] in owners and missing[1] in names


def _owners(change: Change) -> list[Record]:
    return [each for each in (change.old_owner, change.new_owner) if isinstance(each, Record)]


def _of(node: Any, namespace: str, keeps: Keeps) -> Any:
    """A schema as it is written, with some of its fields (Avro 1.12, "Names")."""
    if isinstance(node, list):
        return [_of(each, namespace, keeps) for each in node]
    if not isinstance(node, dict):
        return node
    found, inner, name = {**node}, namespace, ""
    if isinstance(node.get("type"), str) and node["type"] in _NAMED:
        name = _full(node, namespace)
        inner = name.rpartition(".")[0]
    for key in ("type", "items", "values"):
        if key in node:
            found[key] = _of(node[key], inner, keeps)
    if isinstance(node.get("fields"), list):
        fields = (each for each in node["fields"] if isinstance(each, dict))
        found["fields"] = [
            _of(each, inner, keeps) for each in fields if keeps(name, str(each.get("name")))
        ]
    return found


def _full(node: dict[str, Any], namespace: str) -> str:
    name = str(node.get("name", ""))
    if "." in name:
        return name.lstrip(".")
    space = node.get("namespace", namespace)
    return f"{space}.{name}" if space else name
