"""How a parameter is put into text and read from it: ``style`` and ``explode``.

OpenAPI 3.1.1, Parameter Object, "Style Values" and "Style Examples".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Sequence

Pairs: TypeAlias = "list[tuple[str, str]]"
"""Names and texts, still escaped, in the order in which they travel."""

_BETWEEN: Final = {"spaceDelimited": "%20", "pipeDelimited": "|"}
_AHEAD: Final = {"label": ".", "matrix": ";"}


@dataclass(frozen=True, slots=True)
class Style:
    """How one parameter is written."""

    name: str
    style: str
    explode: bool
    escaped: bool = True
    """Whether its values are percent-encoded: all but those of headers."""


def write(spec: Style, value: Any) -> Pairs:
    """What carries `value`: one pair, or one for each item or property of an exploded one."""
    match spec.style:
        case "form" | "spaceDelimited" | "pipeDelimited" | "deepObject" | "cookie":
            return _in_pairs(spec, value)
        case "label" | "matrix":
            return [(spec.name, _ahead(spec, value))]
    return [(spec.name, _simple(spec, value))]


def _in_pairs(spec: Style, value: Any) -> Pairs:
    if spec.style == "deepObject" and isinstance(value, dict):
        return [(f"{spec.name}[{key}]", _text(spec, each)) for key, each in value.items()]
    if spec.explode and isinstance(value, list):
        return [(spec.name, _text(spec, each)) for each in value]
    if spec.explode and isinstance(value, dict):
        return [(key, _text(spec, each)) for key, each in value.items()]
    between = _BETWEEN.get(spec.style, ",")
    return [(spec.name, between.join(_flat(spec, value)))]


def _simple(spec: Style, value: Any) -> str:
    if spec.explode and isinstance(value, dict):
        return ",".join(f"{key}={_text(spec, each)}" for key, each in value.items())
    return ",".join(_flat(spec, value))


def _ahead(spec: Style, value: Any) -> str:
    """``label`` and ``matrix``: a sign goes before all, and between what is exploded."""
    sign, is_matrix = _AHEAD[spec.style], spec.style == "matrix"
    named = f"{spec.name}=" if is_matrix else ""
    if spec.explode and isinstance(value, dict):
        return sign + sign.join(f"{key}={_text(spec, each)}" for key, each in value.items())
    if spec.explode and isinstance(value, list):
        return sign + sign.join(named + _text(spec, each) for each in value)
    return sign + named + ",".join(_flat(spec, value))


def _flat(spec: Style, value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(spec, each) for each in value]
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (key, _text(spec, each))]
    return [_text(spec, value)]


def _text(spec: Style, value: Any) -> str:
    text = as_text(value)
    return quote(text, safe="") if spec.escaped else text


def as_text(value: Any) -> str:
    """A leaf as text: ``true``, ``1.5``, nothing for null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def texts_of(value: Any) -> Any:
    """A value as what can only carry texts has it; empty lists and objects do not travel."""
    if isinstance(value, dict):
        made = {key: texts_of(each) for key, each in value.items()}
        return {key: each for key, each in made.items() if each not in ([], {})}
    if isinstance(value, list):
        return [texts_of(each) for each in value]
    return as_text(value)


def read(spec: Style, pairs: Pairs, shape: str) -> Any:
    """The texts that `pairs` carry for a parameter, as a text, a list or an object of texts.

    Args:
        spec: how it is written.
        pairs: everything that came in its place, without what is known to be something else.
        shape: ``array``, ``object``, or anything else for a single text.

    Returns:
        `None` where it did not come.
    """
    mine = [text for name, text in pairs if name == spec.name]
    if shape == "object" and spec.style == "deepObject":
        inside = [
            (name[len(spec.name) + 1 : -1], text)
            for name, text in pairs
            if name.startswith(f"{spec.name}[") and name.endswith("]")
        ]
        return {key: _plain(spec, text) for key, text in inside} or None
    if shape == "object" and spec.explode and spec.style in ("form", "cookie"):
        return {key: _plain(spec, text) for key, text in pairs} or None
    if not mine:
        return None
    if shape == "array" and spec.explode and spec.style in ("form", "cookie", *_BETWEEN):
        return [_plain(spec, text) for text in mine]
    return _read_one(spec, mine[-1], shape)


def _read_one(spec: Style, text: str, shape: str) -> Any:
    between = _BETWEEN.get(spec.style, ",")
    if spec.style in _AHEAD:
        sign = _AHEAD[spec.style]
        named = spec.style == "matrix" and not (spec.explode and shape == "object")
        if not text.startswith(f"{sign}{spec.name}" if named else sign):
            return None  # it is something else
        text = text.removeprefix(sign)
        between = sign if spec.explode else ","
        if spec.style == "matrix" and not (spec.explode and shape == "object"):
            cut = text.split(sign) if spec.explode else [text]
            text = sign.join(each.removeprefix(f"{spec.name}=") for each in cut)
    if shape not in ("array", "object") or not text:
        return _plain(spec, text)
    parts = text.split(between)
    if shape == "array":
        return [_plain(spec, each) for each in parts]
    pairs = _paired(spec, parts)
    if pairs is None:
        return _plain(spec, text)  # it is no object
    return {_plain(spec, key): _plain(spec, value) for key, value in pairs}


def _paired(spec: Style, parts: Sequence[str]) -> Pairs | None:
    """Names and values of an object's properties; `None` where they do not pair up."""
    if spec.explode:
        cut = [each.partition("=") for each in parts]
        return [(key, value) for key, _, value in cut] if all(each[1] for each in cut) else None
    if len(parts) % 2:
        return None
    return list(zip(parts[::2], parts[1::2], strict=True))


def _plain(spec: Style, text: str) -> str:
    return unquote(text) if spec.escaped else text
