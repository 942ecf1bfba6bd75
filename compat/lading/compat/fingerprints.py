"""What a finding is known by, so that a decision about it holds as long as it is the same one.

It is made of what differs, in one spelling, and of nothing that is written for people: of both
nodes that a change holds, whole, unless it is about a part of them. So a waiver never holds for
another edit at the same place, nor for the same one in another alternative, and goes on to hold
when something beside it is edited. An edit that was made in several copies is known by all their
places: one more of them is another decision.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lading.compat.change import ChangeKind
from lading.model.canonical import plain
from lading.model.schema import Encoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.compat.change import Change
    from lading.model.document import Pointer

_TERMS: Final = ("required", "default")
_WRITTEN: Final = ("media", "style", "explode")
_PARTS: Final[Mapping[ChangeKind, tuple[str, ...]]] = {
    ChangeKind.FIELD_RENAMED: ("name",),
    ChangeKind.FIELD_REQUIREDNESS: _TERMS,
    ChangeKind.FIELD_DEFAULT: ("default",),
    ChangeKind.ALIAS_AMBIGUOUS: ("name", "aliases"),
    ChangeKind.ALIASES: ("name", "aliases"),
    ChangeKind.DEPRECATION: ("deprecated", "sunset"),
    ChangeKind.SUNSET: ("sunset",),
    ChangeKind.STABILITY: ("stability",),
    ChangeKind.CONTENT_MODEL: ("rest", "patterns"),
    ChangeKind.TYPE_NAME: ("name", "aliases"),
    ChangeKind.ERROR_RECORD: ("is_error",),
    ChangeKind.SYMBOL_ADDED: (),
    ChangeKind.SYMBOL_REMOVED: (),
    ChangeKind.ENUM_OPENNESS: ("open",),
    ChangeKind.ENUM_DEFAULT: ("default",),
    ChangeKind.EXCLUSIVITY: ("exclusive",),
    ChangeKind.SECURITY: ("security",),
    ChangeKind.PARAMETER_REQUIREDNESS: _TERMS,
    ChangeKind.PARAMETER_STYLE: _WRITTEN,
    ChangeKind.BODY_REQUIREDNESS: ("required",),
    ChangeKind.HEADER_REQUIREDNESS: _TERMS,
    ChangeKind.STATE_RENAMED: ("code",),
    ChangeKind.SLA_LIMIT: ("within", "share"),
    ChangeKind.SLA_CLOCK: ("measure", "start", "stop", "calendar", "time_zone"),
    ChangeKind.LOGICAL_ADDED: ("logical",),
    ChangeKind.LOGICAL_REMOVED: ("logical",),
    ChangeKind.LOGICAL_CHANGED: ("logical",),
    ChangeKind.PROTO_TYPE: ("type", "of"),
    ChangeKind.PROTO_CARDINALITY: ("many",),
    ChangeKind.PROTO_REQUIREDNESS: ("required",),
    ChangeKind.PROTO_ONEOF: ("oneof",),
    ChangeKind.PROTO_NUMBER_FREED: (),
    ChangeKind.PROTO_NAME_FREED: (),
}
"""Kinds of change that are about parts of the nodes that they hold; of no part, where `what` and
the place say it all."""


def fingerprint(rule: str, subject: str, change: Change, number: int) -> str:
    """12 hex digits over rule, home, path and values; see `lading.compat.verdict.Finding`."""
    ordered = change.encoding is Encoding.AVRO
    home = change.home if ordered else ""
    at = change.old_at or change.new_at
    chosen = [] if ordered or not at else [*alternatives(at.pointer)]
    path = [*(change.within if change.home else change.path), *chosen]
    place = [home or subject, change.home, *path]
    values = [_said(each, change.kind, ordered=ordered) for each in (change.old, change.new)]
    counted = [number] if number > 1 else []
    said = [rule, place, change.what, values, counted, *([change.copies] if change.copies else [])]
    text = json.dumps(said, sort_keys=True, default=_spelled)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def alternatives(pointer: Pointer) -> Iterator[str]:
    """The alternatives that a pointer leads through, of which a path says nothing."""
    for step, number in pairwise(pointer):
        if step in _CHOICES and isinstance(number, int):
            yield f"{step}/{number}"


_CHOICES: Final = frozenset({"anyOf", "oneOf"})


def _said(node: object, kind: ChangeKind, *, ordered: bool) -> object:
    """What a change says of one of its nodes, as plain JSON."""
    names = _PARTS.get(kind)
    if names is None or not hasattr(node, "__slots__"):
        return plain(node, ordered=ordered)
    part = {name: getattr(node, name) for name in names if hasattr(node, name)}
    return plain(part, ordered=ordered)


def _spelled(node: object) -> object:
    """What JSON has no word for."""
    if isinstance(node, Fraction):
        return str(node)
    raise TypeError(type(node))
