"""A pattern of one name (``^abc$``) as the property that it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lading.model.inclusion import within
from lading.model.names import MOST_PATTERNS, may_match, only_name
from lading.model.schema import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lading.model.schema import Record, Schema


def by_name(
    record: Record, others: tuple[tuple[str, Schema], ...], types: Mapping[str, Schema]
) -> Record:
    """`record` with properties in the place of patterns of one name, but for those of `others`.

    A pattern stays where another one may be about its name as well, or where it asks for more than
    the property of that name does.

    Args:
        record: an object.
        others: the patterns of the other version.
        types: what `record` refers to.
    """
    if len(record.patterns) > MOST_PATTERNS:
        return record
    told = {pattern for pattern, _ in others}
    fields = {each.name: each for each in record.fields}
    kept: list[tuple[str, Schema]] = []
    for pattern, schema in record.patterns:
        name = None if pattern in told else only_name(pattern)
        if name is None or _is_more(record, (pattern, schema), name, types):
            kept.append((pattern, schema))
        elif name not in fields:
            fields[name] = Field(name, schema, required=False, at=schema.at)
    if len(kept) == len(record.patterns):
        return record
    return replace(record, fields=tuple(fields.values()), patterns=tuple(kept))


def _is_more(
    record: Record, ruled: tuple[str, Schema], name: str, types: Mapping[str, Schema]
) -> bool:
    """Whether a property says not all that holds for its name, or there would be no saying it."""
    field = next((each for each in record.fields if each.name == name), None)
    if field is not None:
        return not within(field.schema, ruled[1], (types, types))
    return any(may_match(other, name) for other, _ in record.patterns if other != ruled[0])
