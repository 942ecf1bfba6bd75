"""Aligns two APIs: operations by method and path, then what each of them takes and answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from lading.compat.pair.schemas import pair_schemas
from lading.compat.pair.walk import ITEMS, Pair, Role, Where, resolve
from lading.model.api import Part
from lading.model.contract import Slot
from lading.model.schema import Anything, Encoding, Enum, Record, Scalar, Union

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from lading.compat.pair.walk import Walk
    from lading.model.api import Api, Media, Operation, Response
    from lading.model.schema import Schema

Key = TypeVar("Key", bound="Hashable")
Node = TypeVar("Node")


def pair_apis(walk: Walk, old: Api, new: Api) -> Iterator[Pair]:
    """Yield the pair of APIs, of every operation, and of everything in them."""
    root = Where(Slot.REQUEST, Encoding.JSON)
    yield Pair(Role.API, old, new, root)
    before = {(o.webhook, o.method, o.path): o for o in old.operations}
    after = {(o.webhook, o.method, o.path): o for o in new.operations}
    for shown, a, b in align(before, after):
        spot = root.step(shown.key)
        yield Pair(Role.OPERATION, a, b, spot, old, new)
        if a and b:
            yield from _operation(walk, a, b, spot)
            yield from _callbacks(walk, a, b, spot)


def _callbacks(walk: Walk, old: Operation, new: Operation, where: Where) -> Iterator[Pair]:
    """What the provider calls on the way: by its name, the URL it is called at, and the method."""
    before = {(each.callback, each.path, each.method): each for each in old.callbacks}
    after = {(each.callback, each.path, each.method): each for each in new.callbacks}
    for shown, a, b in align(before, after):
        spot = where.step(shown.key)
        yield Pair(Role.OPERATION, a, b, spot, old, new)
        if a and b:
            yield from _operation(walk, a, b, spot)


def align(
    old: Mapping[Key, Node], new: Mapping[Key, Node]
) -> Iterator[tuple[Node, Node | None, Node | None]]:
    """Pair by key, in the old order, then what came; first of all the one to take names from."""
    yield from ((node, node, new.get(key)) for key, node in old.items())
    yield from ((node, None, node) for key, node in new.items() if key not in old)


def _operation(walk: Walk, old: Operation, new: Operation, spot: Where) -> Iterator[Pair]:
    """A webhook or callback is called by the provider: what is asked there, the client reads."""
    slots = (Slot.RESPONSE, Slot.REQUEST) if old.webhook else (Slot.REQUEST, Slot.RESPONSE)
    ask, answer = (Where(slot, Encoding.JSON, None, spot.steps) for slot in slots)
    yield from _parameters(walk, old, new, ask)
    yield from _body(walk, old, new, ask)
    yield from _responses(walk, old, new, ask, answer)


def _parameters(walk: Walk, old: Operation, new: Operation, ask: Where) -> Iterator[Pair]:
    before = {(p.location, p.name): p for p in old.parameters}
    after = {(p.location, p.name): p for p in new.parameters}
    for shown, a, b in align(before, after):
        spot = ask.step(f"{shown.location} {shown.name}")
        yield Pair(Role.PARAMETER, a, b, spot, old, new)
        if a and b:
            yield from pair_schemas(walk, a.schema, b.schema, spot)


def _body(walk: Walk, old: Operation, new: Operation, ask: Where) -> Iterator[Pair]:
    spot = ask.step("body")
    if old.body or new.body:
        yield Pair(Role.BODY, old.body, new.body, spot, old, new)
    if old.body and new.body:
        owners = (old.body, new.body)
        yield from _contents(walk, (old.body.contents, new.body.contents), spot, spot, owners)


def _contents(
    walk: Walk,
    contents: tuple[Iterable[Media], Iterable[Media]],
    where: Where,
    offered: Where,
    owners: tuple[object, object],
) -> Iterator[Pair]:
    """Media types; `offered` is where their presence counts, not always where they travel."""
    before, after = ({media.type: media for media in side} for side in contents)
    for shown, a, b in align(before, after):
        yield Pair(Role.MEDIA, a, b, offered.step(shown.type), *owners)
        if a and b:
            spot = where.step(shown.type)
            yield from pair_schemas(walk, a.schema, b.schema, spot)
            yield from _parts(walk, a, b, spot)
            if a.items or b.items:  # every item may be anything where it is no stream
                items = a.items or Anything(a.at), b.items or Anything(b.at)
                yield from pair_schemas(walk, *items, spot.step(ITEMS))


def _parts(walk: Walk, old: Media, new: Media, where: Where) -> Iterator[Pair]:
    """How the properties of a form are written that both versions have."""
    if not old.parts and not new.parts:
        return
    known = _properties(walk, old.schema, new.schema)
    before, after = ({part.name: part for part in side.parts} for side in (old, new))
    for shown, a, b in align(before, after):
        name = shown.name
        if known is not None and name not in known:
            continue  # it is the property that came or went
        plain = known is not None and all(map(_is_plain, known[name]))
        said = a or Part(name, at=old.at), b or Part(name, at=new.at)
        was, now = (_as_sent(each, plain=plain) for each in said)
        yield Pair(Role.PART, was, now, where.step(name), old, new)


def _is_plain(schema: Schema) -> bool:
    if isinstance(schema, Union):
        return all(map(_is_plain, schema.branches))
    return isinstance(schema, Scalar | Enum)


def _as_sent(part: Part, *, plain: bool) -> Part:
    """A plain value is written alike whatever is said of lists, and where nothing is said at all.

    The default content type of what is no object is plain text (OpenAPI 3.1, Encoding Object).
    """
    if not plain or part.contents or part.style not in {"", "form"}:
        return part
    return replace(part, style="form", explode=True)


def _properties(walk: Walk, old: Schema, new: Schema) -> Mapping[str, tuple[Schema, Schema]] | None:
    """The schemas of the properties that both have; `None` where one is no plain object."""
    a, b = resolve(old, walk.old_types), resolve(new, walk.new_types)
    if not isinstance(a, Record) or not isinstance(b, Record):
        return None
    theirs = {each.name: resolve(each.schema, walk.new_types) for each in b.fields}
    return {
        each.name: (resolve(each.schema, walk.old_types), theirs[each.name])
        for each in a.fields
        if each.name in theirs
    }


def _responses(
    walk: Walk, old: Operation, new: Operation, ask: Where, answer: Where
) -> Iterator[Pair]:
    before = {r.status: r for r in old.responses}
    after = {r.status: r for r in new.responses}
    for shown, a, b in align(before, after):
        status = shown.status
        was, now = a or _stand_in(status, before), b or _stand_in(status, after)
        spot = answer.step(f"response {status}")
        if not was or not now:
            yield Pair(Role.RESPONSE, a, b, spot, old, new)
            continue
        yield from _headers(walk, was, now, spot)
        yield from _links(was, now, spot)
        # A client asks for a media type (Accept): whether there is one is about what it may ask.
        offered = Where(ask.slot, Encoding.JSON, None, spot.steps)
        yield from _contents(walk, (was.contents, now.contents), spot, offered, (was, now))


def _stand_in(status: str, responses: Mapping[str, Response]) -> Response | None:
    """What answers for a status that is not listed: its class (``2XX``), else ``default``."""
    return responses.get(f"{status[:1]}XX") or responses.get("default")


def _headers(walk: Walk, old: Response, new: Response, answer: Where) -> Iterator[Pair]:
    before, after = {h.name: h for h in old.headers}, {h.name: h for h in new.headers}
    for shown, a, b in align(before, after):
        spot = answer.step(f"header {shown.name}")
        yield Pair(Role.HEADER, a, b, spot, old, new)
        if a and b:
            yield from pair_schemas(walk, a.schema, b.schema, spot)


def _links(old: Response, new: Response, answer: Where) -> Iterator[Pair]:
    before, after = {link.name: link for link in old.links}, {link.name: link for link in new.links}
    for shown, a, b in align(before, after):
        yield Pair(Role.LINK, a, b, answer.step(f"link {shown.name}"), old, new)
