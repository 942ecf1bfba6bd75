"""A schema as rows for people: one per field, nested records opened out along each path."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lading.codegen.docs.text import anchor, badge, code, full_columns, link, pin, prose, wide
from lading.model import (
    NO_DEFAULT,
    Anything,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Nothing,
    Record,
    Ref,
    Scalar,
    ScalarType,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lading.model import Limits, Schema

MOST_ROWS: Final = 600
"""From here on a type that is already on the page is linked, not opened again."""
_BRANCH: Final = re.compile(r"\([^()]*\)")
DEEPEST: Final = 24
"""Named types within named types; what is below is not opened out."""
SHORT_LIST: Final = 6
"""Values of an anonymous list that still fit into a cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field at one path."""

    path: str
    """``lines[].item_id``"""
    anchor: str
    """``field-lines-item_id``"""
    field: Field
    again: str = ""
    """Anchor of the row under which the type of this one is already opened out."""
    cut: bool = False
    """Whether there is more below that is not shown."""

    @property
    def read_as(self) -> str:
        """The path as a consumer declares it: branches of a union have no name there."""
        return _BRANCH.sub("", self.path)


@dataclass(slots=True)
class _Walk:
    types: Mapping[str, Schema]
    prefix: str
    opened: dict[str, str] = field(default_factory=dict)
    anchors: set[str] = field(default_factory=set)
    count: int = 0


def rows(
    schema: Schema, types: Mapping[str, Schema], *, prefix: str = "", follow: bool = True
) -> list[Row]:
    """Every field below the schema, depth first, in the order it was written.

    Args:
        schema: where to start.
        types: what names stand for.
        prefix: goes before the anchors, to keep several tables of one page apart.
        follow: open named types out; without it they stay names that link elsewhere.
    """
    walk = _Walk(types, prefix)
    if not follow and isinstance(schema, Ref):
        return []
    return list(_below(walk, schema, path="", within=(), follow=follow))


def _below(
    walk: _Walk, schema: Schema, *, path: str, within: tuple[str, ...], follow: bool
) -> Iterator[Row]:
    match schema:
        case Record(fields=fields):
            for each in fields:
                yield from _field(walk, each, path=path, within=within, follow=follow)
        case Array(items=items):
            yield from _below(walk, items, path=_listed(path), within=within, follow=follow)
        case Map(values=values):
            yield from _below(walk, values, path=_listed(path), within=within, follow=follow)
        case Union(branches=branches):
            several = sum(not _is_null(branch) for branch in branches) > 1
            for branch in branches:
                name = short(branch.name) if several and isinstance(branch, (Ref, Record)) else ""
                step = f"{path}({name})" if name else path
                yield from _below(walk, branch, path=step, within=within, follow=follow)
        case Ref(name=name) if follow and name in walk.types and name not in within:
            yield from _below(
                walk, walk.types[name], path=path, within=(*within, name), follow=follow
            )
        case _:
            return


def _field(
    walk: _Walk, each: Field, *, path: str, within: tuple[str, ...], follow: bool
) -> Iterator[Row]:
    here = f"{path}.{each.name}" if path else each.name
    mark = _fresh(walk, anchor(walk.prefix, "field", here))
    name = named_type(each.schema)
    known = walk.opened.get(name, "") if name else ""
    again = known if name in within or walk.count > MOST_ROWS else ""
    cut = not again and bool(name) and len(within) >= DEEPEST
    walk.count += 1
    yield Row(here, mark, each, again=again, cut=cut)
    if not (again or cut):
        walk.opened.setdefault(name, mark)
        yield from _below(walk, each.schema, path=here, within=within, follow=follow)


def _listed(path: str) -> str:
    """Lists in lists are one list to consumers, and so are the values of a map."""
    return path if path.endswith("[]") else f"{path}[]"


def _fresh(walk: _Walk, wanted: str) -> str:
    mark, at = wanted, 2
    while mark in walk.anchors:
        mark, at = f"{wanted}-{at}", at + 1
    walk.anchors.add(mark)
    return mark


def named_type(schema: Schema) -> str:
    """The name of the one type inside lists, maps and optional values; empty when there is none."""
    match schema:
        case Ref(name=name) | Record(name=name):
            return name
        case Array(items=inner) | Map(values=inner):
            return named_type(inner)
        case Union(branches=branches):
            names = [named_type(branch) for branch in branches if not _is_null(branch)]
            return names[0] if len(names) == 1 else ""
        case _:
            return ""


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Scalar) and schema.type is ScalarType.NULL


def short(name: str) -> str:
    """The last part of a full name."""
    return name.rpartition(".")[2]


def enums(schema: Schema, types: Mapping[str, Schema]) -> dict[str, Enum]:
    """Named lists of values that the schema reaches, by name."""
    found: dict[str, Enum] = {}
    seen: set[str] = set()
    todo = [schema]
    while todo:
        match todo.pop():
            case Enum(name=name) as each if name:
                found[name] = each
            case Record(fields=fields):
                todo += [each.schema for each in fields]
            case Array(items=inner) | Map(values=inner):
                todo.append(inner)
            case Union(branches=branches):
                todo += branches
            case Ref(name=name) if name in types and name not in seen:
                seen.add(name)
                todo.append(types[name])
    return dict(sorted(found.items()))


def describe(schema: Schema, types: Mapping[str, Schema], name: Callable[[str], str]) -> str:
    """The type in words, as Markdown.

    Args:
        schema: what to describe.
        types: what names stand for.
        name: turns the full name of a type into Markdown, with or without a link.
    """
    match schema:
        case Array(items=items, limits=limits):
            said = f"list of {describe(items, types, name)}{_limits(limits)}"
        case Map(values=values):
            said = f"map of text to {describe(values, types, name)}"
        case Union(branches=branches):
            ordered = sorted(branches, key=_is_null)
            said = " or ".join(describe(branch, types, name) for branch in ordered)
        case Ref(name=full):
            said = f"{name(full)}{_how_many(types.get(full))}"
        case Record(name=full, limits=limits):
            said = f"{name(full) if full else 'record'}{_limits(limits)}"
        case Enum(name=full, symbols=symbols):
            said = f"{name(full)}{_how_many(schema)}" if full else _one_of(symbols)
        case Fixed(name=full, size=size):
            said = f"{name(full)} ({size} bytes)"
        case Scalar():
            said = _scalar(schema)
        case Anything() | Nothing():
            said = "any value" if isinstance(schema, Anything) else "no value"
        case _:
            said = f"as the source says ({', '.join(code(word) for word in schema.keywords)})"
    return said


def _scalar(schema: Scalar) -> str:
    shown, logical = schema.type.value, schema.logical
    if logical is not None:
        digits = f"({logical.precision},{logical.scale or 0})" if logical.precision else ""
        shown = f"{logical.name}{digits}"
    return f"{code(shown)}{_limits(schema.limits)}"


def _how_many(schema: Schema | None) -> str:
    return f" (one of {len(schema.symbols)})" if isinstance(schema, Enum) else ""


def _one_of(symbols: tuple[object, ...]) -> str:
    shown = [
        code(json.dumps(symbol, ensure_ascii=False).strip('"')) for symbol in symbols[:SHORT_LIST]
    ]
    more = len(symbols) - len(shown)
    return f"one of {', '.join(shown)}{f' and {more} more' if more else ''}"


def _limits(limits: Limits) -> str:
    parts = list(_limit_words(limits))
    return f" ({'; '.join(parts)})" if parts else ""


def _limit_words(limits: Limits) -> Iterator[str]:
    yield from _between(limits.minimum, limits.maximum, "")
    if limits.exclusive_minimum is not None:
        yield f"above {limits.exclusive_minimum}"
    if limits.exclusive_maximum is not None:
        yield f"below {limits.exclusive_maximum}"
    if limits.multiple_of is not None:
        yield f"a multiple of {limits.multiple_of}"
    yield from _between(limits.min_length, limits.max_length, " characters")
    yield from _between(limits.min_items, limits.max_items, " items")
    yield from _between(limits.min_properties, limits.max_properties, " keys")
    if limits.unique_items:
        yield "no item twice"
    if limits.pattern is not None:
        yield f"matches {code(limits.pattern)}"


def _between(low: float | None, high: float | None, what: str) -> Iterator[str]:
    if low is not None and high is not None:
        yield f"{low}{what}" if low == high else f"{low} to {high}{what}"
    elif low is not None:
        yield f"at least {low}{what}"
    elif high is not None:
        yield f"at most {high}{what}"


def unit_of(schema: Schema) -> str:
    """The unit of the number inside, if it has one."""
    match schema:
        case Scalar(unit=unit):
            return unit or ""
        case Array(items=inner) | Map(values=inner):
            return unit_of(inner)
        case Union(branches=branches):
            return next(filter(None, map(unit_of, branches)), "")
        case _:
            return ""


def default_of(each: Field) -> str:
    """The default as Markdown; empty when there is none."""
    if each.default is NO_DEFAULT:
        return ""
    return code(json.dumps(each.default, ensure_ascii=False))


def path_cell(row: Row) -> str:
    """The name of the field, its way there in a lighter voice, and the anchor to point at."""
    head, dot, tail = row.path.rpartition(".")
    way = f'<span class="lading-way">{code(head + dot)}</span>' if head else ""
    gone = " " + badge("deprecated", tone="warn") if row.field.deprecated else ""
    return f"{pin(row.anchor)}{way}{code(tail)}{gone}"


def field_table(
    found: list[Row], columns: Mapping[str, Callable[[Row], str]], *, always: frozenset[str]
) -> str:
    """A table of the rows; a column without any text is left out unless it is in `always`."""
    cells = [[cell(row) for cell in columns.values()] for row in found]
    return full_columns(list(columns), cells, always=always)


def meaning_of(row: Row, *, definition: str) -> str:
    """What the field means, its definition, and where to look when its type is opened elsewhere."""
    parts = [prose(row.field.doc), definition]
    parts += [link("fields as above", f"#{row.again}")] if row.again else []
    parts += ["What is inside is not opened out here."] if row.cut else []
    return wide("<br>".join(filter(None, parts)))
