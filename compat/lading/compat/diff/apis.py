"""States what differs between two APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.api import Api, Body, Operation, Parameter


def api_facts(two: Pair) -> Iterator[Change]:
    """Servers came or went; a part that is not judged yet differs."""
    old, new = cast("Api", two.old), cast("Api", two.new)
    for url in old.servers:
        if url not in new.servers:
            yield two.change(ChangeKind.SERVER_REMOVED, url, values=(url, None))
    for url in new.servers:
        if url not in old.servers:
            yield two.change(ChangeKind.SERVER_ADDED, url, values=(None, url))
    before, after = dict(old.undecided), dict(new.undecided)
    for what in sorted(before.keys() | after.keys()):
        if before.get(what) != after.get(what):
            values = (before.get(what), after.get(what))
            yield two.change(ChangeKind.API_PART, what, values=values)


def operation_facts(two: Pair) -> Iterator[Change]:
    """An operation came, went, or is named, secured or advised differently."""
    old, new = cast("Operation | None", two.old), cast("Operation | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.OPERATION_REMOVED if old else ChangeKind.OPERATION_ADDED)
        return
    if old.operation_id != new.operation_id:
        ids = (old.operation_id, new.operation_id)
        yield two.change(ChangeKind.OPERATION_ID, values=ids)
    if set(old.security) != set(new.security):
        yield two.change(ChangeKind.SECURITY)
    if old.deprecated != new.deprecated:
        yield two.change(ChangeKind.DEPRECATION)


def parameter_facts(two: Pair) -> Iterator[Change]:
    """A parameter came, went, or is asked for or written differently."""
    old, new = cast("Parameter | None", two.old), cast("Parameter | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.PARAMETER_REMOVED if old else ChangeKind.PARAMETER_ADDED)
        return
    if old.required != new.required:
        yield two.change(ChangeKind.PARAMETER_REQUIREDNESS)
    yield from _written(two, old, new)


def _written(two: Pair, old: Parameter, new: Parameter) -> Iterator[Change]:
    if (old.style, old.explode) != (new.style, new.explode):
        yield two.change(ChangeKind.PARAMETER_STYLE)
    if old.deprecated != new.deprecated:
        yield two.change(ChangeKind.DEPRECATION)


def body_facts(two: Pair) -> Iterator[Change]:
    """A request body came, went, or is asked for differently."""
    old, new = cast("Body | None", two.old), cast("Body | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.BODY_REMOVED if old else ChangeKind.BODY_ADDED)
    elif old.required != new.required:
        yield two.change(ChangeKind.BODY_REQUIREDNESS)


def media_facts(two: Pair) -> Iterator[Change]:
    """A media type came or went."""
    if two.old is None or two.new is None:
        yield two.change(ChangeKind.MEDIA_REMOVED if two.old else ChangeKind.MEDIA_ADDED)


def response_facts(two: Pair) -> Iterator[Change]:
    """A status code came or went, and nothing on the other side stands in for it."""
    yield two.change(ChangeKind.RESPONSE_REMOVED if two.old else ChangeKind.RESPONSE_ADDED)


def header_facts(two: Pair) -> Iterator[Change]:
    """A response header came, went, or is promised or written differently."""
    old, new = cast("Parameter | None", two.old), cast("Parameter | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.HEADER_REMOVED if old else ChangeKind.HEADER_ADDED)
        return
    if old.required != new.required:
        yield two.change(ChangeKind.HEADER_REQUIREDNESS)
    yield from _written(two, old, new)
