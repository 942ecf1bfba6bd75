"""An object that is written out in the query, as the parameters that its properties are there.

OpenAPI 3.1.1, Parameter Object, "Style Examples": of an exploded one each property has a name of
its own, as if it were a parameter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from lading.compat.pair.lists import DEEPEST, carries, is_nameless, is_plain
from lading.compat.pair.schemas import visible
from lading.compat.pair.walk import resolve
from lading.model.api import In
from lading.model.schema import (
    NO_DEFAULT,
    NO_LIMITS,
    Anything,
    Nothing,
    Record,
    Restricted,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from lading.model.api import Parameter
    from lading.model.contract import Slot
    from lading.model.schema import Schema

    Parameters: TypeAlias = "Mapping[tuple[In, str], Parameter]"
    Types: TypeAlias = "Mapping[str, Schema]"


def written_out(
    mine: Parameters, others: Parameters, types: tuple[Types, Types], slot: Slot
) -> Parameters:
    """`mine`, with its properties in the place of an object that `others` have as parameters.

    It stays where that would not say all: see `_properties`; and where a further object of one of
    the versions has one of the names as well.

    Args:
        mine: the parameters of one version, by place and name.
        others: those of the other version.
        types: what each of the two refers to.
        slot: the direction in which they travel.
    """
    found = dict(mine)
    for key, each in mine.items():
        parts = {} if key in others else _properties(each, types[0], slot)
        if parts.keys().isdisjoint(others) or not parts.keys().isdisjoint(found):
            continue
        beside = (each for other, each in mine.items() if other != key)
        if not _are_carried(parts, beside, types[0]) and not _are_carried(
            parts, others.values(), types[1]
        ):
            del found[key]
            found |= parts
    return found


def as_parted(
    mine: Parameter, others: Iterable[Parameter], types: Types, slot: Slot
) -> Parameter | None:
    """Such an object of which `others` have all properties, though it may say more than they do.

    It is only missed where none of them has to be there.

    Args:
        mine: a parameter that one version alone has.
        others: those of the other version.
        types: what `mine` refers to.
        slot: the direction in which they travel.

    Returns:
        `mine`, required where it may be missed; `None` where it is none such, or carries others.
    """
    if not is_nameless(mine, types):
        return None
    records = [*_records(mine.schema, types)]
    names = {name for each in records for name in visible(each, slot)}
    there = {each.name: each for each in others if each.location is In.QUERY}
    if not names or not names <= there.keys() or any(map(_has_further, records)):
        return None
    return replace(mine, required=mine.required and not any(there[n].required for n in names))


def passed_over(
    writer: tuple[Parameter, Types], reader: tuple[Parameter, Types], slot: Slot
) -> str:
    """What may be all that is written of such an object, and is nothing that its reader knows.

    Where readers pass over what they do not know, an object that has to be there is missed then.

    Args:
        writer: a parameter of one version, and what it refers to.
        reader: that of the other version, likewise.
        slot: the direction in which they travel.

    Returns:
        The property, or words for those that are not declared; empty: there is none.
    """
    sides = writer, reader
    if not all(each.required and is_nameless(each, types) for each, types in sides):
        return ""
    mine, others = ([*_records(each.schema, types)] for each, types in sides)
    known = {name for each in others for name in visible(each, slot)}
    if not known or any(map(_has_further, others)) or all(_demands(e, slot) for e in others):
        return ""
    return next(filter(None, (_unknown(each, known, slot) for each in mine)), "")


def _unknown(record: Record, known: Collection[str], slot: Slot) -> str:
    fields = visible(record, slot)
    if any(each.required and name in known for name, each in fields.items()):
        return ""
    names = [f"`{name}`" for name in fields if name not in known]
    if not fields or _has_further(record):
        names.append("a property that is not declared")
    return names[0] if len(names) >= (record.limits.min_properties or 0) and names else ""


def _demands(record: Record, slot: Slot) -> bool:
    """Whether something has to be there that nothing stands for."""
    fields = visible(record, slot).values()
    return any(each.required and each.default is NO_DEFAULT for each in fields)


def _has_further(record: Record) -> bool:
    """Whether it says something of properties that it does not declare."""
    return bool(record.patterns) or not isinstance(record.rest, Anything | Nothing | None)


def _records(schema: Schema, types: Types, depth: int = 0) -> Iterator[Record]:
    """The objects that it may be, without the conditions on them."""
    found = resolve(schema, types)
    if isinstance(found, Record):
        yield found
    elif isinstance(found, Restricted) and depth <= DEEPEST:
        yield from _records(found.base, types, depth + 1)
    elif isinstance(found, Union) and depth <= DEEPEST:
        for each in found.branches:
            yield from _records(each, types, depth + 1)


def lone_property(parameter: Parameter, types: Types, slot: Slot) -> str:
    """The one property of such an object, without which it is not there; empty: there are others.

    Of an open one that declares properties it is what writers write who write those alone.
    """
    record = resolve(parameter.schema, types)
    if not isinstance(record, Record) or not is_nameless(parameter, types):
        return ""
    fields = visible(record, slot)
    return next(iter(fields)) if len(fields) == 1 and not _has_further(record) else ""


def _are_carried(names: Parameters, parameters: Iterable[Parameter], types: Types) -> bool:
    return any(carries(each, name, types) for each in parameters for _, name in names)


def _properties(parameter: Parameter, types: Types, slot: Slot) -> dict[tuple[In, str], Parameter]:
    """The properties of such an object as parameters; none where they are not all that it says.

    An object that may be missing says of no property that it has to be there, and one that may not
    be is not there without one: that of the parameter and that of its properties must agree.
    """
    record = resolve(parameter.schema, types)
    if not isinstance(record, Record) or not is_nameless(parameter, types):
        return {}
    fields = visible(record, slot)
    if (
        record.patterns
        or record.invariants
        or record.limits != NO_LIMITS
        or not isinstance(record.rest, Anything | Nothing)
        or parameter.required != any(each.required for each in fields.values())
        or not all(is_plain(each.schema, types) for each in fields.values())
    ):
        return {}
    return {
        (In.QUERY, name): replace(
            parameter,
            name=name,
            schema=each.schema,
            required=each.required,
            default=each.default,
            deprecated=parameter.deprecated or each.deprecated,
            sunset=each.sunset or parameter.sunset,
            stability=each.stability or parameter.stability,
            at=each.at,
        )
        for name, each in fields.items()
    }
