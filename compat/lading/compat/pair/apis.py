"""Aligns two APIs: operations by method and path, then what each of them takes and answers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from lading.compat.pair.addresses import as_in
from lading.compat.pair.credentials import with_names_of
from lading.compat.pair.exploded import as_parted, passed_over, written_out
from lading.compat.pair.forms import pair_bodies, pair_form, pair_object
from lading.compat.pair.lists import carries, is_nameless
from lading.compat.pair.schemas import pair_schemas
from lading.compat.pair.texts import as_file, as_written, one_is_file, part_as_sent
from lading.compat.pair.walk import ITEMS, Pair, Role, Where, resolve
from lading.model.api import In, Operation, Parameter, Part, is_json, media_ranges
from lading.model.canonical import referred
from lading.model.conditions import admits
from lading.model.contract import Slot
from lading.model.schema import NO_LIMITS, Anything, Encoding, Record, Scalar, ScalarType

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from lading.compat.pair.walk import Walk
    from lading.model.api import Api, Media, Response
    from lading.model.schema import Schema

Key = TypeVar("Key", bound="Hashable")
Node = TypeVar("Node")


def pair_apis(walk: Walk, old: Api, new: Api) -> Iterator[Pair]:
    """Yield the pair of APIs, of every operation, and of everything in them."""
    root = Where(Slot.REQUEST, Encoding.JSON)
    new = with_names_of(old, as_in(old, new))
    yield Pair(Role.API, old, new, root)
    before, after = same_operations(old.operations, new.operations)
    for shown, a, b in align(before, after):
        spot = root.step(shown.key)
        taken = "" if a or not b else _taken_from(walk, old, b)
        yield Pair(Role.OPERATION, a, b, spot, old, new, lookalike=taken)
        if a and b:
            yield from _operation(walk, a, b, spot)
            yield from _callbacks(walk, a, b, spot)


Called: TypeAlias = tuple[bool, str, str]
"""Whether it is a webhook, the method and the path."""


def same_operations(
    old: Iterable[Operation], new: Iterable[Operation]
) -> tuple[dict[Called, Operation], dict[Called, Operation]]:
    """The operations of both, by what requests know them by.

    Several that a request fits go by their paths as written, where both versions have the same of
    them; otherwise nobody knows which answer each other, as `Api.undecided` has it.
    """
    sides = _grouped(old), _grouped(new)
    found: tuple[dict[Called, Operation], dict[Called, Operation]] = {}, {}
    for key in [*sides[0], *(each for each in sides[1] if each not in sides[0])]:
        two = [side.get(key, []) for side in sides]
        paths = [{each.written_path for each in listed} for listed in two]
        for listed, named in zip(two, found, strict=True):
            if max(map(len, two)) == 1:
                named.update((key, each) for each in listed)
            elif paths[0] == paths[1]:
                named.update(((*key[:2], each.written_path), each) for each in listed)
    return found


def _grouped(operations: Iterable[Operation]) -> dict[Called, list[Operation]]:
    found: dict[Called, list[Operation]] = {}
    for each in operations:
        found.setdefault((each.webhook, each.method, each.path), []).append(each)
    return found


def _taken_from(walk: Walk, old: Api, came: Operation) -> str:
    """The operation that answered requests for the path of a new one; empty: there was none.

    A path without parameters is looked for before one with them (OpenAPI, Paths Object).
    """
    if came.webhook or any(each.path == came.path for each in old.operations):
        return ""
    return next(
        (
            each.key
            for each in old.operations
            if each.method == came.method
            and not each.webhook
            and _admits_path(walk, each, came.path)
            and not _answers_alike(walk, each, came)
        ),
        "",
    )


def _admits_path(walk: Walk, template: Operation, path: str) -> bool:
    """Whether `path` says in plain words what is a parameter of `template`, and may be one."""
    if "{}" not in template.path or template.path.count("/") != path.count("/"):
        return False
    place, taken = 0, False
    schemas = {each.name: each.schema for each in template.parameters if each.location is In.PATH}
    for asked, said in zip(template.path.split("/"), path.split("/"), strict=True):
        places = asked.count("{}")
        if asked != said:
            found = re.fullmatch("(.+)".join(map(re.escape, asked.split("{}"))), said)
            if not found or not places or "{}" in said:
                return False
            for index, text in enumerate(found.groups(), place + 1):
                schema = schemas.get(f"{{{index}}}", Anything())
                if not _may_be(resolve(schema, walk.old_types), text):
                    return False
            taken = True
        place += places
    return taken


def _may_be(schema: Schema, text: str) -> bool:
    """Whether a text of a URL may be a value: numbers are not told from their texts here."""
    numbers = {ScalarType.INTEGER, ScalarType.NUMBER}
    if isinstance(schema, Scalar) and schema.type in numbers:
        return text.lstrip("-").isdecimal()
    return admits(schema, text) is not False


def _answers_alike(walk: Walk, old: Operation, new: Operation) -> bool:
    """Whether all but the parameters of the path is the same, and means the same."""
    sides = [
        (
            tuple(each for each in one.parameters if each.location is not In.PATH),
            (one.body, one.responses, one.security),
        )
        for one in (old, new)
    ]
    return sides[0] == sides[1] and walk.shaken().isdisjoint(referred(new))


def _callbacks(walk: Walk, old: Operation, new: Operation, where: Where) -> Iterator[Pair]:
    """What the provider calls on the way, by the URL it is called at and the method."""
    if not old.callbacks and not new.callbacks:
        return
    for shown, a, b in align(*same_calls(old.callbacks, new.callbacks)):
        spot = where.step(shown.key)
        yield Pair(Role.OPERATION, a, b, spot, old, new)
        if a and b:
            yield from _operation(walk, a, b, spot)


Call: TypeAlias = tuple[str, str, str]
"""The label of a callback, which is on no wire, its URL and its method."""


def same_calls(
    old: Iterable[Operation], new: Iterable[Operation]
) -> tuple[dict[Call, Operation], dict[Call, Operation]]:
    """The callbacks of both, under the labels of `old` where they answer each other.

    Of several at one URL those of one label do, then those that say the same.
    """
    before, after = (
        {(each.callback, each.path, each.method): each for each in side} for side in (old, new)
    )
    for alike in (True, False):
        for key in [each for each in before if each not in after]:
            left = (each for each in after if each not in before and each[1:] == key[1:])
            fits = (e for e in left if not alike or _is_called_alike(before[key], after[e]))
            met = next(fits, None)
            if met:
                after[key] = after.pop(met)
    return before, after


def _is_called_alike(old: Operation, new: Operation) -> bool:
    return old == replace(new, callback=old.callback)


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
    before, after = ({_key(each): each for each in side.parameters} for side in (old, new))
    gone = [k for k, e in before.items() if k not in after and is_nameless(e, walk.old_types)]
    came = [k for k, e in after.items() if k not in before and is_nameless(e, walk.new_types)]
    if len(gone) == len(came) == 1:
        after[gone[0]] = after.pop(came[0])
    types = walk.old_types, walk.new_types
    was = written_out(before, after, types, ask.slot)
    now = written_out(after, before, types[::-1], ask.slot)
    for shown, a, b in align(was, now):
        spot = ask.step(f"{shown.location} {shown.name}")
        if a and b:
            yield from _written(walk, Pair(Role.PARAMETER, a, b, spot, old, new))
            yield from _passed_over(walk, a, b, Pair(Role.PARAMETER, a, b, spot, old, new))
        else:
            yield _alone(walk, shown, Pair(Role.PARAMETER, a, b, spot, old, new))


def _alone(walk: Walk, parameter: Parameter, two: Pair) -> Pair:
    """A parameter that one version alone has, or has as a part of another or in parts."""
    is_old = two.old is not None
    mine, owner = (walk.old_types, two.new_owner) if is_old else (walk.new_types, two.old_owner)
    other = cast("Operation", owner)
    parted = as_parted(parameter, other.parameters, mine, two.where.slot)
    if parted and is_old:
        return replace(two, old=parted, covered_old=True)
    if parted:
        return replace(two, new=parted, covered_new=True)
    return replace(two, lookalike=_carrier(walk, parameter, other, is_new=is_old))


def _passed_over(walk: Walk, old: Parameter, new: Parameter, two: Pair) -> Iterator[Pair]:
    """An object of the query that tolerant readers of one version miss, though it is there."""
    if not walk.tolerant:
        return
    before, after = (old, walk.old_types), (new, walk.new_types)
    if names := passed_over(before, after, two.where.slot):
        was = replace(new, required=False, at=old.at)
        yield replace(two, old=was, lookalike=names)
    if names := passed_over(after, before, two.where.slot):
        now = replace(old, required=False, at=new.at)
        yield replace(two, new=now, lookalike=names)


def _carrier(walk: Walk, parameter: Parameter, other: Operation, *, is_new: bool) -> str:
    """The object of the other version that carries a query parameter as one of its properties."""
    if parameter.location is not In.QUERY:
        return ""
    types = walk.new_types if is_new else walk.old_types
    found = (each.name for each in other.parameters if carries(each, parameter.name, types))
    return next(found, "")


def _key(parameter: Parameter) -> tuple[In, str]:
    """The query as a whole has a name for people only."""
    is_whole = parameter.location is In.QUERYSTRING
    return parameter.location, "" if is_whole else parameter.name


def _written(walk: Walk, two: Pair) -> Iterator[Pair]:
    """A parameter or a header, and its schema."""
    old, new = two.old, two.new
    if not isinstance(old, Parameter) or not isinstance(new, Parameter):
        yield two
        return
    was, now = as_written(walk, old, new)
    where = two.where.inside(old, new)
    yield Pair(two.role, was, now, where, two.old_owner, two.new_owner)
    alone = _has_no_name(walk, old, new) and _is_alone(walk, two)
    yield from pair_object(walk, old, new, where, alone=alone)


def _has_no_name(walk: Walk, old: Parameter, new: Parameter) -> bool:
    return is_nameless(old, walk.old_types) or is_nameless(new, walk.new_types)


def _is_alone(walk: Walk, two: Pair) -> bool:
    """Whether no version writes out two objects in the query: one may take what is the other's."""
    sides = (two.old_owner, walk.old_types), (two.new_owner, walk.new_types)
    return all(
        sum(is_nameless(each, types) for each in owner.parameters) <= 1
        for owner, types in sides
        if isinstance(owner, Operation)
    )


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
        was, now = a or _in_range(shown.type, before), b or _in_range(shown.type, after)
        if not was or not now:
            yield Pair(Role.MEDIA, a, b, offered.step(shown.type), *owners)
            continue
        yield Pair(Role.MEDIA, was, now, offered.step(shown.type), *owners)
        spot = where.step(shown.type)
        if not (_is_raw(shown.type) and _is_bytes(walk, was.schema, now.schema)):
            pairs = pair_form if shown.type.startswith(_IN_A_FORM) else pair_bodies
            yield from pairs(walk, was, now, spot)
        yield from _parts(walk, was, now, spot)
        if was.items or now.items:  # every item may be anything where it is no stream
            items = was.items or Anything(was.at), now.items or Anything(now.at)
            yield from pair_schemas(walk, *items, spot.step(ITEMS))


def _in_range(type_: str, listed: Mapping[str, Media]) -> Media | None:
    """What stands for a media type that is not listed: a range that it is in."""
    return next((listed[each] for each in media_ranges(type_) if each in listed), None)


_IN_A_FORM: Final = "application/x-www-form-urlencoded"
_FORMS: Final = ("multipart/", _IN_A_FORM, "text/")


def _is_raw(type_: str) -> bool:
    """Whether a body is bytes that no schema looks into."""
    structured = is_json(type_) or type_.startswith(_FORMS) or "*" in type_
    return not structured and not re.fullmatch(r".*[/+]xml(;.*)?", type_)


def _is_bytes(walk: Walk, old: Schema, new: Schema) -> bool:
    """Whether both say no more than that: 3.1 says nothing, 3.0 ``format: binary``."""
    return _says_bytes(resolve(old, walk.old_types)) and _says_bytes(resolve(new, walk.new_types))


def _says_bytes(schema: Schema) -> bool:
    if isinstance(schema, Scalar) and schema.type is ScalarType.STRING:
        name = schema.logical.name if schema.logical else "binary"
        return name == "binary" and schema.limits == NO_LIMITS
    return isinstance(schema, Anything)


def _parts(walk: Walk, old: Media, new: Media, where: Where) -> Iterator[Pair]:
    """How the properties of a form are written that both versions have."""
    may_be_files = old.type.startswith("multipart/") and not walk.is_shared(old.schema, new.schema)
    if not old.parts and not new.parts and not may_be_files:
        return
    known = _properties(walk, old.schema, new.schema)
    before, after = ({part.name: part for part in side.parts} for side in (old, new))
    if may_be_files and known:
        before = {n: Part(n, at=old.at) for n, two in known.items() if one_is_file(*two)} | before
    for shown, a, b in align(before, after):
        name = shown.name
        if known is not None and name not in known:
            continue  # it is the property that came or went
        schemas = None if known is None else known[name]
        said = a or Part(name, at=old.at), b or Part(name, at=new.at)
        if schemas and one_is_file(*schemas):
            said = as_file(said[0], schemas[0]), as_file(said[1], schemas[1])
        was, now = (part_as_sent(walk, each, schemas) for each in said)
        yield Pair(Role.PART, was, now, where.step(name), old, new)


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
    if not old.headers and not new.headers:
        return
    before, after = {h.name: h for h in old.headers}, {h.name: h for h in new.headers}
    for shown, a, b in align(before, after):
        spot = answer.step(f"header {shown.name}")
        yield from _written(walk, Pair(Role.HEADER, a, b, spot, old, new))


def _links(old: Response, new: Response, answer: Where) -> Iterator[Pair]:
    if not old.links and not new.links:
        return
    before, after = {link.name: link for link in old.links}, {link.name: link for link in new.links}
    for shown, a, b in align(before, after):
        yield Pair(Role.LINK, a, b, answer.step(f"link {shown.name}"), old, new)
