"""Writes a condition as the JSON that says it, short, for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lading.model.conditions import TYPES, types_of
from lading.model.schema import (
    LIMIT_WORDS,
    Anything,
    Array,
    Condition,
    Enum,
    Limits,
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lading.model.schema import Schema

SHOWN: Final = 120
"""So many characters of a condition are shown."""
_DEEPEST: Final = 6
"""Below so many schemas only three dots stand: a line has no room for them."""
_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "allOf": ("allOf", "anyOf", "oneOf"),
    "dependentSchemas": ("dependentSchemas", "dependentRequired", "dependencies"),
}
"""The keyword of a condition to those that it is written by."""
BY_NAME: Final = frozenset({"$defs", "definitions", "patternProperties", "properties"})
"""Below them stand names that are no keywords."""


def keyword_of(condition: Condition) -> str:
    """The keyword that it is written by, which is not always the one that it is read as."""
    pointer = condition.at.pointer if condition.at else ()
    known = _SPELLINGS.get(condition.keyword, ())
    for index in (len(pointer) - 1, len(pointer) - 2):
        above = pointer[index - 1] if index > 0 else ""
        if index >= 0 and pointer[index] in known and above not in BY_NAME:
            return str(pointer[index])
    return condition.keyword


def read_as(keyword: str) -> str:
    """The keyword of the condition that one writes by `keyword`."""
    return next((each for each, words in _SPELLINGS.items() if keyword in words), keyword)


def said(condition: object, owner: object) -> str:
    """A condition as JSON, cut where it is long.

    Args:
        condition: what one version asks for.
        owner: the schema that is restricted by it: a type that it has goes without saying.
    """
    if not isinstance(condition, Condition):
        return ""
    known = types_of(owner.base) if isinstance(owner, Restricted) else TYPES
    text = json.dumps(_condition(condition, known), ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _condition(condition: Condition, types: Iterable[str]) -> Any:
    asked = _json(condition.schema, types)
    match condition.keyword:
        case "allOf":
            return asked
        case "if":
            arms = {"then": condition.schema, "else": condition.otherwise}
            said_of = {k: _json(v, types) for k, v in arms.items() if not isinstance(v, Anything)}
            return {"if": _json(condition.test, types), **said_of}
        case "contains":
            least = {} if condition.least == 1 else {"minContains": condition.least}
            most = {} if condition.most is None else {"maxContains": condition.most}
            return {"contains": _json(condition.schema, TYPES), **least, **most}
        case "propertyNames":
            return {"propertyNames": _json(condition.schema, ("string",))}
        case "dependentSchemas":
            return _dependent(condition, _json(condition.schema, ("object",)))
    return {condition.keyword: asked}


def _dependent(condition: Condition, asked: Any) -> Any:
    keyword = keyword_of(condition)
    if isinstance(asked, dict) and asked.keys() == {"required"} and keyword != "dependentSchemas":
        return {keyword: {condition.key: asked["required"]}}
    return {keyword: {condition.key: asked}}


def _json(  # noqa: PLR0911 - one case per kind of schema
    schema: Schema | None, types: Iterable[str], depth: int = 0
) -> Any:
    """A schema for values of `types`, as JSON."""
    if depth > _DEEPEST:
        return "…"
    match schema:
        case Anything() | None:
            return True
        case Nothing():
            return False
        case Ref(name=name):
            return {"$ref": name.rpartition("/")[2]}
        case Opaque(keywords=keywords):
            return dict.fromkeys(keywords, "…")
        case Enum(symbols=symbols):
            return {"const": symbols[0]} if len(symbols) == 1 else {"enum": [*symbols]}
        case Union():
            return _union(schema, types, depth)
        case Restricted(base=base, conditions=conditions):
            inner = [_condition(each, types_of(base)) for each in conditions]
            return _all([_json(base, types, depth + 1), *inner])
    return _typed(schema, types, depth)


def _typed(schema: Any, types: Iterable[str], depth: int) -> dict[str, Any]:
    kinds = types_of(schema)
    found: dict[str, Any] = {} if {*kinds} == {*types} else {"type": kinds[0]}
    match schema:
        case Scalar(logical=logical):
            found |= {"format": logical.name} if logical else {}
        case Array(items=items):
            found |= _unless_free("items", _json(items, TYPES, depth + 1))
        case Tuple(prefix=prefix, items=items):
            found["prefixItems"] = [_json(each, TYPES, depth + 1) for each in prefix]
            found |= _unless_free("items", _json(items, TYPES, depth + 1))
        case Map(values=values):
            found |= _unless_free("additionalProperties", _json(values, TYPES, depth + 1))
        case Record():
            found |= _object(schema, depth)
    return found | _limits(getattr(schema, "limits", None))


def _object(record: Record, depth: int) -> dict[str, Any]:
    fields = {
        each.name: _json(each.schema, TYPES, depth + 1)
        for each in record.fields
        if not isinstance(each.schema, Anything)
    }
    patterns = {pattern: _json(each, TYPES, depth + 1) for pattern, each in record.patterns}
    required = [each.name for each in record.fields if each.required]
    found: dict[str, Any] = {"required": required} if required else {}
    found |= {"properties": fields} if fields else {}
    found |= {"patternProperties": patterns} if patterns else {}
    return found | _unless_free("additionalProperties", _json(record.rest, TYPES, depth + 1))


def _limits(limits: Limits | None) -> dict[str, Any]:
    values = {word: getattr(limits, name, None) for name, word in LIMIT_WORDS.items()}
    found = {word: value for word, value in values.items() if value is not None}
    return found | ({"uniqueItems": True} if limits and limits.unique_items else {})


def _unless_free(word: str, asked: Any) -> dict[str, Any]:
    return {} if asked is True else {word: asked}


def _union(union: Union, types: Iterable[str], depth: int) -> Any:
    """Alternatives; what is said of values of every type in turn is said without a type."""
    if {*types_of(union)} == {*types} and _is_by_type(union):
        return _all([_json(each, types_of(each), depth + 1) for each in union.branches])
    branches = [_json(each, types, depth + 1) for each in union.branches]
    if all(isinstance(each, dict) and [*each] == ["type"] for each in branches):
        return {"type": [each["type"] for each in branches]}
    return {"oneOf" if union.exclusive else "anyOf": branches}


def _is_by_type(union: Union) -> bool:
    """Whether its branches are of one type each, and no two of one."""
    kinds = [types_of(each) for each in union.branches]
    apart = len({each for of in kinds for each in of}) == len(kinds)
    plain = Scalar | Array | Tuple | Record | Map
    return apart and all(isinstance(each, plain) for each in union.branches)


def _all(parts: list[Any]) -> Any:
    """What all parts say: as one object where no two say the same word."""
    told = [each for each in parts if each is not True]
    if not all(isinstance(each, dict) for each in told):
        return {"allOf": told}
    words = [word for each in told for word in each]
    if len(set(words)) < len(words):
        return {"allOf": told}
    return {word: each[word] for each in told for word in each} or True
