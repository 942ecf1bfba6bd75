"""What single keywords say of plain values: limits, formats, types."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from lading.model.dialects import Dialect
from lading.model.names import ANYTHING
from lading.model.ranges import is_between, lower, upper
from lading.model.schema import NO_LIMITS, Limits
from lading.model.vocabulary import LEAST, LIMITING, LIMITS, TEXT_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

BITS: Final = {"int32": 32, "int64": 64}
"""The formats of integers that say how large they are (OpenAPI format registry)."""


def format_of(node: dict[str, Any], type_: str, words: Iterable[str]) -> str:
    """What is laid over a value, by ``format`` or by `words` that say the like of a text."""
    if type_ not in {"string", "number", "integer"}:
        return ""
    format_ = text_of(node.get("format"))
    if type_ != "string":  # a format of texts says nothing of it (2020-12 validation, 7.1)
        return "" if format_ in TEXT_FORMATS else format_
    said = (text_of(node.get(key)).lower() for key in words)
    return ", ".join(dict.fromkeys(each for each in (format_, *said) if each))


def content_words(dialect: Dialect | None) -> tuple[str, ...]:
    """What says how a text is to be read; up to draft-07 validators may refuse it by its type.

    From 2019-09 on what is in a text is an annotation (2019-09 validation, 8).
    """
    asserted = dialect in {Dialect.DRAFT_6, Dialect.DRAFT_7}
    return ("contentEncoding", "contentMediaType") if asserted else ("contentEncoding",)


def beyond_bits(limits: Limits, bits: int) -> Limits:
    """`limits` without those that are the format's own."""
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    low, high = lower(limits, integral=True), upper(limits, integral=True)
    if low and low[0] <= least:
        limits = replace(limits, minimum=None, exclusive_minimum=None)
    if high and high[0] >= most:
        limits = replace(limits, maximum=None, exclusive_maximum=None)
    return NO_LIMITS if limits == NO_LIMITS else limits


def of_multiples(type_: str, limits: Limits) -> tuple[str, Limits]:
    """Numbers that are multiples of a whole number are integers, and of 1 just that.

    An integer that is a multiple of 3/2 is one of 3; that of 1/2 is any.
    """
    if not limits.multiple_of:
        return type_, limits
    step = Fraction(str(limits.multiple_of))
    if type_ == "number" and step.denominator > 1:
        return type_, limits
    return "integer", replace(limits, multiple_of=step.numerator if step.numerator > 1 else None)


@lru_cache(maxsize=256)
def at_most(length: int) -> Limits:
    """The limits of a text of at most so many characters."""
    return Limits(max_length=length)


@cache
def _limiting(allowed: frozenset[str]) -> frozenset[str]:
    return allowed & LIMITING


def limits_of(node: dict[str, Any], allowed: frozenset[str]) -> Limits:
    """What a schema says by those of its keywords that are `allowed`; a least of none is none."""
    if node.keys().isdisjoint(_limiting(allowed)):
        return NO_LIMITS
    found: dict[str, Any] = {
        name: node[key]
        for key, name in LIMITS.items()
        if key in allowed and is_number(node.get(key))
    }
    for key, name, plain in (
        ("exclusiveMinimum", "exclusive_minimum", "minimum"),
        ("exclusiveMaximum", "exclusive_maximum", "maximum"),
    ):
        value = node.get(key) if key in allowed else None
        if value is True and plain in found:  # OpenAPI 3.0: a flag on the plain limit
            found[name] = found.pop(plain)
        elif is_number(value):
            found[name] = value
    for name in ("min_length", "min_items", "min_properties"):
        if found.get(name) == 0:
            del found[name]
    pattern = node.get("pattern") if "pattern" in allowed else None
    if isinstance(pattern, str) and pattern not in ANYTHING:
        found["pattern"] = pattern
    if "uniqueItems" in allowed and node.get("uniqueItems") is True:
        found["unique_items"] = True
    return Limits(**found) if found else NO_LIMITS


def is_admitted(value: Any, types: tuple[str, ...], limits: Limits) -> bool:
    """Whether a listed value has one of `types` (none: any) and keeps within `limits`."""
    if types and not any(is_of(value, each) for each in types):
        return False
    if isinstance(value, str):
        longest = limits.max_length if limits.max_length is not None else len(value)
        return (limits.min_length or 0) <= len(value) <= longest
    if not is_number(value):
        return True
    return is_between(value, limits)


def is_of(  # noqa: PLR0911 - one case per type
    value: Any, type_: str
) -> bool:
    """Whether a value is of a type, in the words of JSON Schema."""
    match type_:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return is_number(value)
    return type_ == "integer" and is_number(value) and bool(value == int(value))


def is_number(value: Any) -> bool:
    """Whether JSON would call it a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_count(value: Any) -> bool:
    """Whether it is a whole number, 0 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def text_of(value: Any) -> str:
    """The text that it is; empty for anything else."""
    return value if isinstance(value, str) else ""


def asking_for_none(node: dict[str, Any]) -> frozenset[str]:
    """The limits that every value keeps, of whatever type: not even that says anything of."""
    return frozenset(key for key in LEAST if type(node.get(key)) is int and not node[key])
