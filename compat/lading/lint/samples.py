"""Whether a sample, written as JSON, is a message of its Avro contract."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lading.lint.library import TypeNode
    from lading.model import Contract, Sample

_PLAIN: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "int": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "bytes": (str,),
}
_DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_RANGE: Final = {"int": 2**31, "long": 2**63}


def wrong_in_sample(
    contract: Contract, sample: Sample, named: Mapping[str, TypeNode]
) -> Iterator[tuple[str, str]]:
    """(path, what is wrong) of each place where `sample` is no message of `contract`.

    The form is that of the generated models: decimals and times are text, null is null or absent.
    """
    document: Any = contract.document.value
    yield from _wrong(document, sample.document.value, "", str(document.get("namespace")), named)


def _wrong(
    schema: Any, value: Any, path: str, space: str, named: Mapping[str, TypeNode]
) -> Iterator[tuple[str, str]]:
    node, space = _resolved(schema, space, named)
    if isinstance(node, list):
        yield from _of_union(node, value, path, space, named)
    elif isinstance(node, dict) and node.get("type") == "record":
        yield from _of_record(node, value, path, space, named)
    elif isinstance(node, dict) and node.get("type") == "array":
        if not isinstance(value, list):
            yield path, f"is no list: {value!r}"
        for each in value if isinstance(value, list) else ():
            yield from _wrong(node["items"], each, f"{path}[]", space, named)
    elif isinstance(node, dict) and node.get("type") == "map":
        if not isinstance(value, dict):
            yield path, f"is no object: {value!r}"
        for key, each in value.items() if isinstance(value, dict) else ():
            yield from _wrong(node["values"], each, f"{path}.{key}", space, named)
    elif wrong := _of_leaf(node, value):
        yield path, wrong


def _resolved(schema: Any, space: str, named: Mapping[str, TypeNode]) -> tuple[Any, str]:
    if isinstance(schema, str) and schema not in _PLAIN and schema != "null":
        found = named.get(schema) or named.get(f"{space}.{schema}")
        return (found.node, found.name.rpartition(".")[0]) if found else (schema, space)
    if isinstance(schema, dict) and isinstance(schema.get("namespace"), str):
        return schema, schema["namespace"]
    return schema, space


def _of_union(
    node: list[Any], value: Any, path: str, space: str, named: Mapping[str, TypeNode]
) -> Iterator[tuple[str, str]]:
    if value is None and "null" in node:
        return
    branches = [each for each in node if each != "null"]
    tried = [list(_wrong(each, value, path, space, named)) for each in branches]
    if all(tried):
        yield from min(tried, key=len) if tried else [(path, f"is none of the branches: {value!r}")]


def _of_record(
    node: dict[str, Any], value: Any, path: str, space: str, named: Mapping[str, TypeNode]
) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        yield path, f"is no object: {value!r}"
        return
    known = {str(each["name"]): each for each in node.get("fields", ())}
    for name in value:
        if name not in known:
            yield f"{path}.{name}".lstrip("."), f"{node['name']} has no field `{name}`"
    for name, field in known.items():
        here = f"{path}.{name}".lstrip(".")
        if name in value:
            yield from _wrong(field["type"], value[name], here, space, named)
        elif "default" not in field:
            yield here, f"{node['name']} lacks `{name}`"


def _of_leaf(node: Any, value: Any) -> str:
    if isinstance(node, dict) and node.get("type") == "enum":
        if value not in node["symbols"]:
            return f"{value!r} is no symbol of {node['name']}"
        return f"{value!r} is for readers only" if value == node.get("default") else ""
    logical = node.get("logicalType") if isinstance(node, dict) else None
    kind = node.get("type") if isinstance(node, dict) else node
    if logical:
        return _of_logical(node, str(logical), value)
    types = _PLAIN.get(str(kind))
    if types is None:
        return ""
    if type(value) not in types:
        return f"is no {kind}: {value!r}"
    limit = _RANGE.get(str(kind))
    out = limit is not None and not -limit <= value < limit
    return f"is out of range: {value!r}" if out else ""


def _of_logical(node: dict[str, Any], logical: str, value: Any) -> str:
    if not isinstance(value, str):
        return f"a {logical} is text in JSON, not {value!r}"
    try:
        if logical == "decimal":
            return _of_decimal(node, value)
        if logical == "date":
            date.fromisoformat(value)
        elif "timestamp" in logical:
            aware = datetime.fromisoformat(value).utcoffset() is not None
            if aware is logical.startswith("local"):
                return f"{value} {'has an' if aware else 'lacks its'} offset"
    except (ValueError, InvalidOperation):
        return f"{value!r} is no {logical}"
    return ""


def _of_decimal(node: dict[str, Any], value: str) -> str:
    if not _DECIMAL.fullmatch(value):
        return f"{value!r} is no decimal"
    number, scale = Decimal(value), int(node.get("scale", 0))
    if -int(number.as_tuple().exponent) > scale:
        return f"{value} has more than {scale} decimals"
    return ""
