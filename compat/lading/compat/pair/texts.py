"""Values that travel as text: in a URL, a header, or a part of a form."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from lading.compat.pair.lists import (
    DEEPEST,
    LISTED,
    Side,
    divided_by,
    holds_no_more,
    holds_one,
    is_list,
    is_plain,
    item_of,
)
from lading.compat.pair.schemas import pair_schemas
from lading.compat.pair.walk import ITEMS, Pair, Role, resolve
from lading.model.api import In, is_json, media_name
from lading.model.conditions import types_of
from lading.model.schema import (
    NO_LIMITS,
    Array,
    Enum,
    Logical,
    Map,
    Record,
    Restricted,
    Scalar,
    ScalarType,
    Tuple,
    Union,
)
from lading.model.sizes import with_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lading.compat.pair.walk import Walk, Where
    from lading.model.api import Parameter, Part
    from lading.model.schema import Schema


def pair_texts(walk: Walk, old: Parameter, new: Parameter, where: Where) -> Iterator[Pair]:
    """Yield the schemas of a parameter or a header.

    Where it is written by a style, every number and truth value is a text as well.
    """
    if old.media or new.media:
        yield from pair_schemas(walk, old.schema, new.schema, where)
        return
    a, b = resolve(old.schema, walk.old_types), resolve(new.schema, walk.new_types)
    if old.location is In.PATH and old.style == new.style == "simple":
        was, now = _not_empty(a), _not_empty(b)
        if was is not a or now is not b:
            yield from _texts(walk, was, now, where)
            return
    was_list = isinstance(a, Array)
    if was_list == isinstance(b, Array):
        yield from _texts(walk, old.schema, new.schema, where)
        return
    sides = Side(old, a, walk.old_types), Side(new, b, walk.new_types)
    divided = divided_by(*sides)
    if divided is None:
        yield from _texts(walk, old.schema, new.schema, where)
        return
    text_held, lists_held = holds_one(sides), holds_no_more(sides)
    yield Pair(
        Role.SCHEMA,
        a,
        b,
        where,
        covered_old=lists_held if was_list else text_held,
        covered_new=text_held if was_list else lists_held,
        lookalike=divided,
    )
    yield from _texts(walk, item_of(a), item_of(b), where)


def _not_empty(schema: Schema) -> Schema:
    """A text of a path, which has a character anyway: without it the path is another one."""
    if isinstance(schema, Scalar) and schema.type is ScalarType.STRING:
        limits = schema.limits
        if limits.min_length in {0, 1}:
            return replace(schema, limits=replace(limits, min_length=None))
    return schema


def _texts(walk: Walk, old: Schema, new: Schema, where: Where) -> Iterator[Pair]:
    a, b = resolve(old, walk.old_types), resolve(new, walk.new_types)
    if type(a) is Scalar and a == b:  # most of them
        return
    if isinstance(a, Array) and isinstance(b, Array) and _is_told(walk, a.items, b.items):
        yield Pair(Role.SCHEMA, *with_sizes(a, b, (walk.old_types, walk.new_types)), where)
        yield from _texts(walk, a.items, b.items, where.step(ITEMS))
    elif texts := _listed_texts(a, b):
        kinds = _kind_of(a), _kind_of(b)
        yield Pair(Role.SCHEMA, *kinds, where, covered_old=True, covered_new=True)
        yield Pair(Role.SCHEMA, *texts, where)
    elif _spells(walk, a, b):
        wider, narrower = _is_any_text(b), _is_any_text(a)
        yield Pair(Role.SCHEMA, a, b, where, covered_old=wider, covered_new=narrower)
    elif _may_meet(walk, a, b):  # by a name they would be compared as they are in JSON
        yield from in_texts(walk, pair_schemas(walk, a, b, where))
    else:
        yield from in_texts(walk, pair_schemas(walk, old, new, where))


def in_texts(walk: Walk, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Pairs of schemas, as they are where all values that are not divided travel as texts.

    Of alternatives that may meet there, though they do not in JSON, no policy takes for granted
    that nobody writes what two of them take.
    """
    for two in pairs:
        if isinstance(two.old_owner, Union):
            yield _beside_text(two)
        elif isinstance(two.old, Union) and _may_meet(walk, two.old, cast("Union", two.new)):
            yield replace(two, where=replace(two.where, declared=None))
        else:
            yield two


def _may_meet(walk: Walk, old: Schema, new: Schema) -> bool:
    """Whether the text of a number or truth value may be two texts of another version, or back."""
    a, b = resolve(old, walk.old_types), resolve(new, walk.new_types)
    if not isinstance(a, _SEVERAL) and not isinstance(b, _SEVERAL):
        return False
    before, after = [*_leaves(a, walk.old_types)], [*_leaves(b, walk.new_types)]
    return _meets_two(before, after) or _meets_two(after, before)


_SEVERAL: Final = (Union, Restricted)
"""What may be of several alternatives."""


def _meets_two(writes: Sequence[Schema], reads: Sequence[Schema]) -> bool:
    numbers, texts = (sum(map(kind, reads)) > 1 for kind in (_is_number, _is_text))
    return any((texts and _is_number(e)) or (numbers and _is_text(e)) for e in writes)


def _is_number(leaf: Schema) -> bool:
    """Whether some of its values may be numbers or truth values."""
    return not {"boolean", "integer", "number"}.isdisjoint(types_of(leaf))


def _is_text(leaf: Schema) -> bool:
    return "string" in types_of(leaf)


def _leaves(schema: Schema, types: Mapping[str, Schema], depth: int = 0) -> Iterator[Schema]:
    """All that an alternative of alternatives may be, without the conditions on it."""
    found = resolve(schema, types)
    if isinstance(found, Restricted) and depth <= DEEPEST:
        yield from _leaves(found.base, types, depth + 1)
    elif isinstance(found, Union) and depth <= DEEPEST:
        for each in found.branches:
            yield from _leaves(each, types, depth + 1)
    elif not isinstance(found, Record | Map | Array | Tuple):
        yield found


def _beside_text(two: Pair) -> Pair:
    """A number or a truth value among alternatives, of which another one is any text."""
    kept, had = _is_held(two.old, two.new_owner), _is_held(two.new, two.old_owner)
    if two.role is Role.BRANCH and (kept or had):
        return replace(two, covered_old=True, covered_new=True)
    return replace(two, covered_old=two.covered_old or kept, covered_new=two.covered_new or had)


def _is_held(branch: object, other: object) -> bool:
    """Whether a branch is a text as it is written, and one of the other version is any text."""
    listed = other.branches if isinstance(other, Union) else ()
    return (
        branch is not None
        and _has_no_text(cast("Schema", branch))
        and any(map(_is_any_text, listed))
    )


def are_spelled(walk: Walk, old: Schema, new: Schema) -> bool:
    """Whether it takes the way that both are written to tell what differs."""
    a, b = resolve(old, walk.old_types), resolve(new, walk.new_types)
    if isinstance(a, Array) and isinstance(b, Array):
        return _is_told(walk, a.items, b.items)
    return isinstance(a, Array) != isinstance(b, Array) or _is_told(walk, a, b)


def _is_told(walk: Walk, old: Schema, new: Schema) -> bool:
    return _spells(walk, old, new) or _may_meet(walk, old, new)


def _spells(walk: Walk, old: Schema, new: Schema) -> bool:
    """Whether one side takes texts that the other has as numbers or truth values."""
    a, b = resolve(old, walk.old_types), resolve(new, walk.new_types)
    either = (_is_any_text(a) and _has_no_text(b)) or (_has_no_text(a) and _is_any_text(b))
    return either or _listed_texts(a, b) is not None


def _is_any_text(schema: Schema) -> bool:
    return (
        isinstance(schema, Scalar)
        and schema.type is ScalarType.STRING
        and schema.logical is None
        and schema.scheme is None
        and schema.limits == NO_LIMITS
    )


def _listed_texts(old: Schema, new: Schema) -> tuple[Enum, Enum] | None:
    """Listed values as texts, where one side lists texts and the other numbers or truth values."""
    sides = _as_texts(old), _as_texts(new)
    if sides[0] and sides[1] and _has_no_text(old) != _has_no_text(new):
        return sides[0], sides[1]
    return None


def _kind_of(schema: Schema) -> Schema:
    """The type of listed values."""
    if not isinstance(schema, Enum):
        return schema
    kinds = {type(each) for each in schema.symbols}
    kind = ScalarType.BOOLEAN if kinds == {bool} else ScalarType.INTEGER
    return Scalar(ScalarType.STRING if str in kinds else kind, at=schema.at)


def _as_texts(schema: Schema) -> Enum | None:
    """The texts of values of which each is written in one way alone."""
    match schema:
        case Scalar(type=ScalarType.BOOLEAN):
            return Enum(("true", "false"), at=schema.at)
        case Enum(symbols=symbols) if all(isinstance(each, str | int) for each in symbols):
            texts = (each if isinstance(each, str) else json.dumps(each) for each in symbols)
            return replace(schema, symbols=tuple(texts))
    return None


def _has_no_text(schema: Schema) -> bool:
    """Whether its values are numbers or truth values, which JSON and a style write alike."""
    match schema:
        case Scalar(type=kind):
            return kind in {ScalarType.INTEGER, ScalarType.NUMBER, ScalarType.BOOLEAN}
        case Enum(symbols=symbols):
            return all(isinstance(each, int | float) for each in symbols)
    return False


_DEEP: Final = "deepObject"
"""A style that is written in one way, exploded or not (OpenAPI 3.1.1, Style Values)."""


def as_written(walk: Walk, old: Parameter, new: Parameter) -> tuple[Parameter, Parameter]:
    """Both, with nothing said of how they are written that no value of them shows."""
    if (old.style, old.explode, old.media) == (new.style, new.explode, new.media):
        return old, new
    schemas = resolve(old.schema, walk.old_types), resolve(new.schema, walk.new_types)
    plain = is_plain(schemas[0], walk.old_types) and is_plain(schemas[1], walk.new_types)
    if plain:
        numbers = all(map(_has_no_text, schemas))
        return _plainly(old, numbers=numbers), _plainly(new, numbers=numbers)
    if old.style == new.style == _DEEP:
        return replace(old, explode=True), replace(new, explode=True)
    lists = is_list(schemas[0], walk.old_types) and is_list(schemas[1], walk.new_types)
    if lists:
        return _in_a_row(old), _in_a_row(new)
    sides = Side(old, schemas[0], walk.old_types), Side(new, schemas[1], walk.new_types)
    if not old.media and not new.media and divided_by(*sides) is not None:
        return old, replace(new, style=old.style, explode=old.explode)
    return old, new


def _plainly(parameter: Parameter, *, numbers: bool) -> Parameter:
    if parameter.media:
        alike = numbers and is_json(parameter.media)
        return replace(parameter, media="", style="form", explode=False) if alike else parameter
    style = "form" if parameter.style in LISTED else parameter.style
    if numbers and style == "simple":
        style = "form"
    return replace(parameter, style=style, explode=False)


def _in_a_row(parameter: Parameter) -> Parameter:
    """Items are divided by commas, exploded or not (OpenAPI, Style Examples)."""
    return replace(parameter, explode=False) if parameter.style == "simple" else parameter


def one_is_file(old: Schema, new: Schema) -> bool:
    """Whether a part is a file in one version, and a text in the other (Encoding Object)."""
    sides = item_of(old), item_of(new)
    texts = all(isinstance(e, Scalar) and e.type is ScalarType.STRING for e in sides)
    return texts and _is_file(old) != _is_file(new)


def as_file(part: Part, schema: Schema) -> Part:
    """A part that is a file is of a type of its own, where nothing else is said."""
    if part.contents or part.style or not _is_file(schema):
        return part
    return replace(part, contents=("application/octet-stream",))


def _is_file(schema: Schema) -> bool:
    found = item_of(schema)
    return isinstance(found, Scalar) and found.logical == _FILE


_FILE: Final = Logical("binary")


def _implied(schemas: tuple[Schema, Schema]) -> str:
    """The content type of a part where nothing is said (Encoding Object); empty: nobody says."""
    if all(isinstance(each, Record) for each in schemas):
        return "application/json"
    return "text/plain" if all(_is_any_text(e) or _has_no_text(e) for e in schemas) else ""


def part_as_sent(walk: Walk, part: Part, schemas: tuple[Schema, Schema] | None) -> Part:
    """A plain value is written alike whatever is said of lists, and where nothing is said at all.

    The default content type of what is no object is plain text, and a list is a part for each item
    (OpenAPI 3.1, Encoding Object).
    """
    if part.style == _DEEP:
        return replace(part, explode=True)
    if part.contents and schemas and {_implied(schemas)} == {*map(media_name, part.contents)}:
        part = replace(part, contents=())
    if schemas is None or part.contents or part.style not in {"", "form"}:
        return part
    types = walk.old_types, walk.new_types
    if all(is_plain(each, side) for each, side in zip(schemas, types, strict=True)):
        return replace(part, style="form", explode=True)
    lists = all(is_list(each, side) for each, side in zip(schemas, types, strict=True))
    return replace(part, style="form", explode=True) if lists and not part.style else part
