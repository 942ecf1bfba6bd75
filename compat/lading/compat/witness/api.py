"""Witnesses of APIs: a request or a response that one version takes and the other does not.

They are put together from the normal form of both versions, and tried on both documents as they are
written (`lading.compat.witness.service`). Links, ids and dates are on no wire: they have none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, cast

from lading.compat.change import ChangeKind
from lading.compat.pair.apis import align, same_calls
from lading.compat.pair.families import with_families
from lading.compat.witness.base import Witness
from lading.compat.witness.calls import Caller, body_of
from lading.compat.witness.cut import BITS, UnreadableError
from lading.compat.witness.declared import Declared
from lading.compat.witness.service import Service, is_form
from lading.compat.witness.units import taken_for, value_at
from lading.compat.witness.wire import texts_of
from lading.model.schema import Enum, Record, Scalar, ScalarType, Union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lading.compat.change import Change, Path
    from lading.compat.verdict import Finding
    from lading.compat.witness.base import Side
    from lading.compat.witness.json_ import Maker
    from lading.compat.witness.service import Exchange, Fault, Reading
    from lading.model.api import Api, Operation, Parameter
    from lading.model.contract import Contract
    from lading.model.schema import Schema

_TRIED: Final = 160
_MORE: Final = 3
"""So many more are tried for one with which nothing else is wrong."""
_MADE: Final = 10 * _TRIED
"""Many are alike."""
_PLACES: Final = 4
"""A type that is used in many places is tried in so many of them."""
_OTHERWISE: Final = frozenset(
    {
        ChangeKind.SHAPE,
        ChangeKind.PARAMETER_STYLE,
        ChangeKind.PARAMETER_ADDED,
        ChangeKind.PARAMETER_REMOVED,
        ChangeKind.BODY_ADDED,
        ChangeKind.BODY_REMOVED,
        ChangeKind.MEDIA_ADDED,
        ChangeKind.MEDIA_REMOVED,
        ChangeKind.FIELD_DEFAULT,
        ChangeKind.OPERATION_REMOVED,
    }
)
"""What a reader may take, and read as something else."""


def of_api(finding: Finding, side: Side, calls: Calls) -> Witness | None:
    """The first exchange that the reader refuses, or reads otherwise, at the place of the change.

    Args:
        finding: what is to be proved.
        side: who writes it.
        calls: speaks for the writer and the reader.

    Returns:
        `None` where none was found that the writer takes and the reader does not.
    """
    change = finding.change
    paths = islice(dict.fromkeys((change.path, *change.elsewhere)), _PLACES)
    tried = chain.from_iterable(
        ((spot, each) for each in made) for spot, made in calls.about(finding, paths)
    )
    second: Witness | None = None
    least = _TRIED
    seen: set[str] = set()
    for spot, exchange in islice(tried, _MADE):
        text = json.dumps([spot.part, exchange], sort_keys=True)
        if text in seen:
            continue
        if len(seen) >= least:
            break
        seen.add(text)
        witness, alone = _tried(exchange, spot, finding, side, calls.services)
        if witness and not (calls.may_write(exchange, spot) and _names(exchange, spot, change)):
            continue
        if witness and alone:
            return witness
        if witness and second is None:
            second, least = witness, min(least, len(seen) + _MORE)
    return second


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of a change in an exchange."""

    part: str
    """As in a `Fault`."""
    names: tuple[str, ...] = ()
    """The properties that lead to it."""
    said: Schema | None = None
    """What the writer's version says of the part, where that is a body."""


def _tried(
    exchange: Exchange, spot: Spot, finding: Finding, side: Side, services: tuple[Service, Service]
) -> tuple[Witness | None, bool]:
    """(what it proves, whether nothing else is wrong with it)."""
    kind: Any = "response" if "to" in exchange else "request"
    ours = _reading(services[0], exchange)
    theirs = _reading(services[1], exchange) if ours and not ours.faults else None
    if ours is None or theirs is None:
        return None, False
    about = [each for each in theirs.faults if _is_there(each, spot)]
    if about:
        said = f"refused: {about[0].said[:200]}"
        return Witness(kind, side, exchange, said), len(about) == len(theirs.faults)
    if not theirs.faults and finding.change.kind is ChangeKind.UNIT:
        value = value_at(ours.values.get(spot.part), spot.names)
        said = taken_for(finding.change, side, value)
        return (Witness(kind, side, exchange, said) if said else None), True
    if theirs.faults or finding.change.kind not in _OTHERWISE:
        return None, False
    said = _read_as(ours, theirs, spot)
    if finding.change.kind is ChangeKind.SHAPE and _is_written_alike(ours, theirs, spot):
        return None, False
    return (Witness(kind, side, exchange, said) if said else None), True


def _names(exchange: Exchange, spot: Spot, change: Change) -> bool:
    """Whether it has the value of a discriminator that the change is about."""
    by = getattr(change.new_owner, "discriminator", None)
    if change.kind is not ChangeKind.DISCRIMINATOR or not by or not change.what:
        return True
    return spot.part != "body" or _says(exchange.get("body"), spot.names, by, change.what)


def _says(value: Any, names: tuple[str, ...], key: str, word: str) -> bool:
    if isinstance(value, list):
        return any(_says(each, names, key, word) for each in value)
    if not isinstance(value, dict):
        return False
    if names:
        return names[0] in value and _says(value[names[0]], names[1:], key, word)
    return bool(value.get(key) == word)


def _reading(service: Service, exchange: Exchange) -> Reading | None:
    """What one version makes of it; `None` where that cannot be told."""
    try:
        return service.answer(exchange) if "to" in exchange else service.ask(exchange)
    except UnreadableError:
        return None


def _is_there(fault: Fault, spot: Spot) -> bool:
    """Whether it is about the place of the change: on the way there, or below it."""
    names = [each for each in fault.inside if isinstance(each, str)]
    return fault.part == spot.part and all(a == b for a, b in zip(names, spot.names, strict=False))


def _read_as(ours: Reading, theirs: Reading, spot: Spot) -> str:
    """What the reader takes from the place instead; empty: the same."""
    meant, taken = ours.values.get(spot.part, _NOTHING), theirs.values.get(spot.part, _NOTHING)
    if meant == taken and type(meant) is type(taken):
        return ""
    if taken is False and spot.part.startswith("accept"):
        return f"read as: it does not answer {spot.part.removeprefix('accept ')} in it"
    if taken is _NOTHING and spot.part in ours.assumed:
        return ""  # there is nothing that it fails to look for
    if taken is _NOTHING:
        return f"read as a request without it: nothing looks for the {spot.part}"
    if meant is _NOTHING:
        return ""  # what the writer did not mean to say
    said = [json.dumps(each, ensure_ascii=False) for each in (taken, meant)]
    return f"read as {said[0]}, meant as {said[1]}"


def _is_written_alike(ours: Reading, theirs: Reading, spot: Spot) -> bool:
    """Whether a text, and a list of it alone, is what both take from the place."""
    made = [each.values.get(spot.part, _NOTHING) for each in (ours, theirs)]
    texts = [each[0] if isinstance(each, list) and len(each) == 1 else each for each in made]
    return _NOTHING not in made and texts_of(texts[0]) == texts_of(texts[1])


_NOTHING: Final = object()


def with_choices(contract: Contract, other: Contract) -> Contract:
    """`contract` with the types that others build on as choices of those, as they are judged."""
    types = with_families(cast("Api", contract.body), cast("Api", other.body), contract.types)
    return contract if types is contract.types else replace(contract, types=types)


class Calls:
    """Exchanges that have something telling at one place."""

    def __init__(self, writer: Contract, reader: Contract, *, declared: bool = False) -> None:
        self.writer, self.reader = with_choices(writer, reader), with_choices(reader, writer)
        roots: list[Any] = [each.document.value for each in (writer, reader)]
        self.services = Service(roots[0]), Service(roots[1])
        self.caller = Caller(self.writer, self.reader, self.services[0])
        self._declared = Declared(self.writer.types) if declared else None
        """Says what may be written, where that is not all that the writer's version takes."""

    def may_write(self, exchange: Exchange, spot: Spot) -> bool:
        """Whether somebody writes it, by what is reckoned with: of a form, as it is read."""
        if self._declared is None or spot.said is None:
            return True
        body = exchange.get("body")
        if is_form(exchange["headers"].get("content-type", "")):
            reading = _reading(self.services[0], exchange)
            body = reading.values.get("body", body) if reading else body
        return self._declared.holds(body, spot.said)

    def about(
        self, finding: Finding, paths: Iterator[Path]
    ) -> Iterator[tuple[Spot, Iterator[Exchange]]]:
        """What to try, for each place that the change shows at."""
        for maker in self.caller.makers:
            more = (*_named(maker, finding.change), *_beyond(finding.change))
            maker.hints = (*more, *maker.hinted(finding.change))
        for path in paths:
            if path:
                for ours, theirs, rest in self._operations(path):
                    yield from self._at(finding, ours, theirs, rest)
                continue
            for ours in cast("Api", self.writer.body).operations:
                theirs = _same(cast("Api", self.reader.body).operations, ours)
                if theirs:
                    yield from self._at(finding, ours, theirs, ())

    def _operations(self, path: Path) -> Iterator[tuple[Operation, Operation | None, Path]]:
        """(the writer's operation, the reader's, the steps below it)."""
        apis = [cast("Api", each.body).operations for each in (self.writer, self.reader)]
        shown = next((each for side in apis for each in side if each.key == path[0]), None)
        found = [_same(side, shown) for side in apis] if shown else []
        rest = path[1:]
        if rest and rest[0].startswith("callback "):
            during = found[0]
            found = _called_back(found, rest[0])
            rest = rest[1:]
            if during and found and found[0]:
                self.caller.during = f"{during.method.upper()} {during.written_path}"
        if found and found[0]:
            yield found[0], found[1], rest

    def _at(
        self, finding: Finding, ours: Operation, theirs: Operation | None, rest: Path
    ) -> Iterator[tuple[Spot, Iterator[Exchange]]]:
        kind, call = finding.change.kind, self.caller
        head, inner = rest[0] if rest else "", rest[1:]
        if not head:
            yield from self._of_operation(finding, ours, theirs)
        elif head.startswith("response "):
            status = head.removeprefix("response ")
            if kind in (ChangeKind.MEDIA_ADDED, ChangeKind.MEDIA_REMOVED):
                made = call.accepting(ours, theirs, inner[0])
                yield Spot("accept"), iter(made)
                yield Spot(f"accept {status}"), iter(made)
            elif not inner:
                yield Spot("status"), call.responses(ours, theirs, status)
            elif inner[0].startswith("header "):
                steps = _divided(inner, (*_headers(ours), *_headers(theirs)))
                yield _spot(steps[0], steps[1:]), call.headers(ours, theirs, status, steps)
            else:
                made_ = call.answers(ours, theirs, status, inner)
                yield _spot("body", inner[1:], body_of(ours, status, inner[0])), made_
        elif head == "body":
            said = body_of(ours, "", inner[0]) if inner else None
            yield _spot("body", inner[1:], said), call.bodies(ours, theirs, inner)
        else:
            there = ours.parameters, theirs.parameters if theirs else ()
            steps = _divided(rest, chain.from_iterable(there))
            yield _spot(steps[0], steps[1:]), call.parameters(ours, theirs, steps[0], steps[1:])

    def _of_operation(
        self, finding: Finding, ours: Operation, theirs: Operation | None
    ) -> Iterator[tuple[Spot, Iterator[Exchange]]]:
        kind, call = finding.change.kind, self.caller
        if kind in (ChangeKind.SECURITY, ChangeKind.SECURITY_SCHEME):
            yield Spot("security"), call.presenting(ours, theirs)
        elif kind in (ChangeKind.SERVER_ADDED, ChangeKind.SERVER_REMOVED):
            at_server = {"server": finding.change.what}
            yield Spot("server"), ({**each, **at_server} for each in call.requests(ours, theirs))
        elif kind in (ChangeKind.OPERATION_ADDED, ChangeKind.OPERATION_REMOVED):
            yield Spot("operation"), call.requests(ours, theirs)


_NAMED: Final = frozenset(
    {ChangeKind.DISCRIMINATOR, ChangeKind.BRANCH_ADDED, ChangeKind.BRANCH_REMOVED}
)
"""What a value of a discriminator may show."""


def _named(maker: Maker, change: Change) -> Iterator[Any]:
    """Messages of each alternative, under a value of the discriminator: the one that changed."""
    if change.kind not in _NAMED:
        return
    for owner in (change.old_owner, change.new_owner, change.old, change.new):
        if isinstance(owner, Union) and owner.discriminator:
            branches = [maker.resolved(each) for each in owner.branches]
            for each in branches:
                small, value = maker.small(each, 1), change.what or getattr(each, "name", "")
                if isinstance(small, dict):
                    named = {**small, owner.discriminator: value}
                    yield named
                    yield _strange_to_others(branches, each) | named


def _strange_to_others(branches: list[Schema], branch: Schema) -> dict[str, Any]:
    """What an open object may carry, and the other alternatives do not take."""
    mine = {each.name for each in branch.fields} if isinstance(branch, Record) else set[str]()
    return {
        each.name: "text" if _is_other(each.schema) else 0
        for other in branches
        if isinstance(other, Record)
        for each in other.fields
        if each.name not in mine
    }


def _is_other(schema: Schema) -> bool:
    """Whether a text is surely nothing that it takes."""
    return not isinstance(schema, Enum) and getattr(schema, "type", None) is not ScalarType.STRING


def _beyond(change: Change) -> Iterator[int]:
    """Numbers that one format takes and another does not."""
    for each in (change.old, change.new):
        if isinstance(each, Scalar) and each.logical and each.logical.name in BITS:
            yield 2 ** BITS[each.logical.name]


def _spot(part: str, steps: Path, said: Schema | None = None) -> Spot:
    from lading.compat.witness.json_ import names_on

    return Spot(part, tuple(names_on(steps)), said)


def _divided(steps: Path, parameters: Iterable[Parameter]) -> Path:
    """`steps` with the sign of a list's items apart from the parameter or header that it ends."""
    head, inner = steps[0], steps[1:]
    parts = {f"{each.location} {each.name}" for each in parameters}
    cut = next((each for each in sorted(parts) if head.startswith(f"{each}[")), head)
    return steps if head in parts or cut == head else (cut, head.removeprefix(cut), *inner)


def _headers(operation: Operation | None) -> Iterator[Parameter]:
    """Those of all its answers."""
    for each in operation.responses if operation else ():
        yield from each.headers


def _called_back(during: list[Operation | None], shown: str) -> list[Operation | None]:
    """The callback that is shown so in one version, in both."""
    sides = same_calls(*(each.callbacks if each else () for each in during))
    pairs = ([a, b] for _, a, b in align(*sides))
    return next((each for each in pairs if any(one and one.key == shown for one in each)), [])


def _same(side: tuple[Operation, ...], shown: Operation) -> Operation | None:
    """The operation that answers it in one version: parameters of the path go by position.

    Of several that a request fits it is the one that is written so.
    """
    key = (shown.webhook, shown.method, shown.path)
    found = [each for each in side if (each.webhook, each.method, each.path) == key]
    alike = (each for each in found if each.written_path == shown.written_path)
    return next(alike, next(iter(found), None))
