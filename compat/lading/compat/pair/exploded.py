"""An object that is written out in the query, as the parameters that its properties are there.

OpenAPI 3.1.1, Parameter Object, "Style Examples": of an exploded one each property has a name of
its own, as if it were a parameter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from lading.compat.pair.lists import carries, is_nameless, is_plain
from lading.compat.pair.schemas import visible
from lading.compat.pair.walk import resolve
from lading.model.api import In
from lading.model.schema import NO_LIMITS, Anything, Nothing, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
