"""States what differs between two APIs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from lading.compat.change import ChangeKind
from lading.compat.diff.lifecycle import lifecycle_facts
from lading.compat.pair.addresses import ROOT, answers_for, servers_of
from lading.compat.pair.credentials import as_presented
from lading.model.api import Media, media_name, media_ranges
from lading.model.schema import Anything

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.compat.change import Change
    from lading.compat.pair import Pair
    from lading.model.api import Api, Body, Link, Operation, Parameter, Part


def api_facts(two: Pair) -> Iterator[Change]:
    """Servers came or went; what a scheme asks for, or a part not judged yet, differs."""
    old, new = cast("Api", two.old), cast("Api", two.new)
    yield from _servers(two, old.servers, new.servers)
    yield from _schemes(two, old, new)
    yield from _undecided(two, old, new)


def _schemes(two: Pair, old: Api, new: Api) -> Iterator[Change]:
    """What schemes of both versions ask for, and whether they stay.

    One that only one version has, operations ask for.
    """
    after = dict(new.schemes)
    for name, was in old.schemes:
        if name not in after:
            continue
        placed = replace(two, old=_at_scheme(old, name), new=_at_scheme(new, name))
        if as_presented(was) != as_presented(after[name]):
            yield placed.change(ChangeKind.SECURITY_SCHEME, name, values=(was, after[name]))
        marked = name in old.deprecated, name in new.deprecated
        if marked[0] != marked[1]:
            yield placed.change(ChangeKind.DEPRECATION, name, values=marked)


def _at_scheme(api: Api, name: str) -> Api:
    """The API, as if it stood where one of its schemes does: a scheme has no place of its own."""
    pointer = ("components", "securitySchemes", name)
    return replace(api, at=api.at and replace(api.at, pointer=pointer))


def _servers(two: Pair, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    before, after = servers_of(old, new), servers_of(new, old)
    for called, url in before.items():
        if called not in after and not answers_for(called, after):
            yield two.change(ChangeKind.SERVER_REMOVED, url, values=(url, None))
    for called, url in after.items():
        if called not in before and not answers_for(called, before):
            yield two.change(ChangeKind.SERVER_ADDED, url, values=(None, url))


def _undecided(
    two: Pair, old: Api | Operation | Media, new: Api | Operation | Media
) -> Iterator[Change]:
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
    if old.callback != new.callback:
        labels = (old.callback, new.callback)
        yield two.change(ChangeKind.OPERATION_ID, "callback", values=labels)
    if set(old.security) != set(new.security):
        yield two.change(ChangeKind.SECURITY)
    if old.servers != new.servers:
        apis = cast("Api", two.old_owner), cast("Api", two.new_owner)
        urls = [
            one.servers or api.servers or (ROOT,) for one, api in zip((old, new), apis, strict=True)
        ]
        yield from _servers(two, urls[0], urls[1])
    yield from _undecided(two, old, new)
    yield from lifecycle_facts(two, old, new)


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
    if (old.media, old.style, old.explode) != (new.media, new.style, new.explode):
        yield two.change(ChangeKind.PARAMETER_STYLE)
    if old.default != new.default or type(old.default) is not type(new.default):
        yield two.change(ChangeKind.FIELD_DEFAULT)
    for what in ("reserved", "empty"):
        values = getattr(old, what), getattr(new, what)
        if values[0] != values[1]:
            yield two.change(ChangeKind.PARAMETER_LIBERTY, what, values=values)
    yield from lifecycle_facts(two, old, new)


def body_facts(two: Pair) -> Iterator[Change]:
    """A request body came, went, or is asked for differently."""
    old, new = cast("Body | None", two.old), cast("Body | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.BODY_REMOVED if old else ChangeKind.BODY_ADDED)
    elif old.required != new.required:
        yield two.change(ChangeKind.BODY_REQUIREDNESS)


def media_facts(two: Pair) -> Iterator[Change]:
    """A media type came or went, or how its parts are written differs."""
    old, new = cast("Media | None", two.old), cast("Media | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.MEDIA_REMOVED if old else ChangeKind.MEDIA_ADDED)
    else:
        yield from _undecided(two, old, new)


def part_facts(two: Pair) -> Iterator[Change]:
    """A property of a form is written differently."""
    old, new = cast("Part", two.old), cast("Part", two.new)
    if old == new:
        return
    both = bool(old.style and new.style)
    if both and (old.style, old.explode) != (new.style, new.explode):
        yield two.change(ChangeKind.PARAMETER_STYLE)
    if both and old.reserved != new.reserved:
        yield two.change(
            ChangeKind.PARAMETER_LIBERTY, "reserved", values=(old.reserved, new.reserved)
        )
    yield from _part_contents(two, old, new)
    rest = [_rest_of(each) for each in (old, new)]
    if rest[0] != rest[1] or bool(old.contents) != bool(new.contents):
        yield two.change(ChangeKind.API_PART, f"encoding of `{new.name}`", values=(old, new))


def _part_contents(two: Pair, old: Part, new: Part) -> Iterator[Change]:
    """Where both say of what content types it may be, each that went or came."""
    if old.contents and new.contents:
        for each in _not_among(old.contents, new.contents):
            yield two.change(ChangeKind.MEDIA_REMOVED, each, values=(Media(each, Anything()), None))
        for each in _not_among(new.contents, old.contents):
            yield two.change(ChangeKind.MEDIA_ADDED, each, values=(None, Media(each, Anything())))


def _not_among(types: Iterable[str], others: Iterable[str]) -> list[str]:
    """The content types of one version that the other has not, in a range of it neither."""
    known = {media_name(each) for each in others}
    return sorted(
        each
        for each in types
        if known.isdisjoint({media_name(each), *media_ranges(media_name(each))})
    )


def _rest_of(part: Part) -> tuple[bool, str]:
    """Whether it is written as in a query, and with which headers."""
    return bool(part.style), part.headers


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


def link_facts(two: Pair) -> Iterator[Change]:
    """A link came, went, leads elsewhere, or hands over something else."""
    old, new = cast("Link | None", two.old), cast("Link | None", two.new)
    if old is None or new is None:
        yield two.change(ChangeKind.LINK_REMOVED if old else ChangeKind.LINK_ADDED)
    elif old != new:
        yield two.change(ChangeKind.LINK)
