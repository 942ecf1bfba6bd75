"""How nodes of the normal form are called in front of people."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from lading.model.api import Body, Link, Media, Operation, Parameter, Response, Security
from lading.model.proto import ProtoEnum, ProtoField, ProtoMessage, ProtoMethod, ProtoValue
from lading.model.schema import (
    NO_DEFAULT,
    Anything,
    Array,
    Condition,
    Enum,
    Field,
    Fixed,
    Map,
    Nothing,
    Opaque,
    Record,
    Ref,
    Restricted,
    Scalar,
    Tuple,
    Union,
)
from lading.model.taxonomy import CodeMap, MappingCell, Measure, Sla, State, Taxonomy, Transition

if TYPE_CHECKING:
    from lading.model.schema import Logical

_ALL = 100
_LISTED = 6
"""So many symbols are named; the rest is counted."""
_SHOWN = 60


def describe(node: object) -> str:
    """A node in a few words: ``long (timestamp-millis)``, ``list of Line``, ``null | string``."""
    match node:
        case Operation() | Parameter() | Body() | Media() | Response() | Security():
            return _http(node)
        case Link():
            return f"link {node.name} to {node.target or 'nowhere'}"
        case State() | Transition() | MappingCell() | Taxonomy() | CodeMap() | Sla():
            return _list(node)
        case ProtoField() | ProtoMessage() | ProtoEnum() | ProtoValue() | ProtoMethod():
            return node.words
    return _schema(node) or _value(node)


def _value(node: object) -> str:
    if node is NO_DEFAULT:
        return "no default"
    if isinstance(node, bool | None):
        return {None: "nothing", True: "yes", False: "no"}[node]
    match node:
        case str():
            return str(node)
        case (Fraction() as value, bool() as strict):
            return f"{_number(value)} (exclusive)" if strict else _number(value)
        case tuple():
            return ", ".join(map(describe, node)) or "nothing"
    return json.dumps(node, default=repr, sort_keys=True, ensure_ascii=False)


def _number(value: Fraction) -> str:
    return str(int(value)) if value.denominator == 1 else f"{float(value):g}"


def _schema(node: object) -> str:  # noqa: PLR0911 - one case per kind of schema
    match node:
        case Field():
            return describe(node.schema)
        case Array(items=inner) | Map(values=inner):
            return f"{'list' if isinstance(node, Array) else 'map'} of {describe(inner)}"
        case Union():
            return " | ".join(describe(branch) for branch in node.branches)
        case Tuple() | Restricted() | Condition():
            return _further(node)
        case Opaque():
            return f"a schema with {', '.join(node.keywords)}"
        case Anything() | Nothing():
            return "anything" if isinstance(node, Anything) else "no value"
    return _leaf(node)


def _further(node: Tuple | Restricted | Condition) -> str:
    match node:
        case Tuple():
            first = ", ".join(map(describe, node.prefix))
            return f"list of {first}, then {describe(node.items)}"
        case Restricted():
            demands = ", ".join(node.keywords)
            return f"{describe(node.base)} with {demands}" if demands else describe(node.base)
    return _condition(node)


def _condition(node: Condition) -> str:
    match node.keyword:
        case "if":
            arms = {"then": node.schema, "else": node.otherwise}
            said = (
                f", {word} {demanded(each)}"
                for word, each in arms.items()
                if not isinstance(each, Anything)
            )
            return f"if {demanded(node.test)}{''.join(said)}"
        case "dependentSchemas":
            return f"with `{node.key}`, {demanded(node.schema)}"
        case "contains":
            most = "" if node.most is None else f", at most {node.most}"
            return f"at least {node.least}{most} of {describe(node.schema)}"
    word = {"not": "not", "propertyNames": "names of properties"}.get(node.keyword, "also")
    return f"{word} {demanded(node.schema)}"


def demanded(schema: object) -> str:
    """Objects by the fields they speak of, which is what conditions are mostly about."""
    match schema:
        case Union(branches=branches):
            return " | ".join(map(demanded, branches))
        case Record(fields=fields) if fields:
            return f"object with {', '.join(map(_demanded_field, fields))}"
    return describe(schema)


def _demanded_field(field: Field) -> str:
    free = isinstance(field.schema, Anything)
    return f"`{field.name}`" if free else f"`{field.name}` {describe(field.schema)}"


def _leaf(node: object) -> str:
    match node:
        case Scalar():
            unit = f" in {node.unit}" if node.unit else ""
            open_ = " (open)" if node.open else ""
            return f"{node.type.value}{_laid_over(node.logical)}{unit}{open_}"
        case Fixed():
            return f"fixed {_short(node.name)} of {node.size} bytes{_laid_over(node.logical)}"
        case Enum():
            return f"enum {_short(node.name)}" if node.name else _symbols(node)
        case Record():
            return f"record {_short(node.name)}" if node.name else "object"
        case Ref():
            return _short(node.name)
    return ""


def logical(meaning: Logical | None) -> str:
    """A logical type by itself: ``timestamp-millis``, ``decimal 10, 2``."""
    if meaning is None:
        return "plain"
    digits = "" if meaning.precision is None else f" {meaning.precision}, {meaning.scale or 0}"
    return f"{meaning.name}{digits}"


def _laid_over(meaning: Logical | None) -> str:
    return f" ({logical(meaning)})" if meaning else ""


def _symbols(enum: Enum) -> str:
    shown = [s if isinstance(s, str) else json.dumps(s) for s in enum.symbols[:_LISTED]]
    more = len(enum.symbols) - len(shown)
    return f"one of {', '.join(shown)}" + (f" and {more} more" if more else "")


def cut(text: str) -> str:
    """A text that somebody wrote, as far as a line has room for it."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _http(node: Operation | Parameter | Body | Media | Response | Security) -> str:
    match node:
        case Operation():
            return node.key
        case Parameter():
            return f"{node.location} {node.name}: {describe(node.schema)}"
        case Body():
            return "required body" if node.required else "optional body"
        case Media():
            return node.type
        case Response():
            return f"response {node.status}"
    return alternative(node)


def _list(node: State | Transition | MappingCell | Taxonomy | CodeMap | Sla) -> str:
    match node:
        case State():
            return node.code
        case Transition():
            guard = f" when {node.when}" if node.when else ""
            return f"{node.source} -> {node.target} on {node.trigger}{guard}"
        case MappingCell():
            return target(node)
        case Sla():
            return f"{clock(node)} within {limit(node)}"
    return node.name


def clock(sla: Sla) -> str:
    """What is measured, and how: ``HANDED_OVER to DELIVERED (business days, Europe/Berlin)``."""
    said = {
        Measure.REACH: f"{sla.start} to {sla.stop}",
        Measure.DWELL: f"in {sla.start}",
        Measure.NOTIFY: f"{sla.start} told",
    }[sla.measure]
    by = ", ".join(each for each in (sla.calendar, sla.time_zone) if each)
    return f"{said} ({by})" if by else said


def limit(sla: Sla) -> str:
    """The longest time, and for how many it is promised: ``PT4H for 95 %``."""
    return sla.within if sla.share == _ALL else f"{sla.within} for {sla.share} %"


def target(cell: MappingCell) -> str:
    """What a code maps to, with how well: ``ARRIVED (exact)``."""
    return f"{', '.join((cell.to or 'nothing', *cell.also))} ({cell.quality.value})"


def alternative(security: Security) -> str:
    """One way in: ``oauth[read:shipments] + apiKey``; ``anonymous`` when nothing is asked."""
    schemes = (
        f"{name}[{' '.join(scopes)}]" if scopes else name for name, scopes in security.schemes
    )
    return " + ".join(schemes) or "anonymous"
