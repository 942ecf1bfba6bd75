"""Schemas that take one value: ``const``, and what says the same in other words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lading.model.schema import Anything, Array, Enum, Nothing, Record, Scalar, ScalarType, Tuple

if TYPE_CHECKING:
    from lading.model.document import JsonValue
    from lading.model.schema import Schema


def constant(schema: Schema) -> str:
    """The one value that a schema takes, as JSON.

    Empty: it takes others, or none, or names a list of codes of which it takes one. What is equal
    to JSON is one text: 1 and 1.0 are.
    """
    match schema:
        case Enum(symbols=(symbol,), open=False, taxonomy=None):
            return _written(symbol)
        case Array(items=Anything(), limits=limits) | Tuple((), _, limits) if limits.max_items == 0:
            return "[]"
        case Tuple(prefix, Nothing(), limits) if limits.min_items == len(prefix):
            parts = [constant(each) for each in prefix]
            return f"[{', '.join(parts)}]" if all(parts) else ""
        case Record(fields, rest=Nothing(), patterns=()) if all(each.required for each in fields):
            named = {json.dumps(e.name, ensure_ascii=False): constant(e.schema) for e in fields}
            said = ", ".join(f"{name}: {named[name]}" for name in sorted(named))
            return f"{{{said}}}" if all(named.values()) else ""
        case Scalar(type=ScalarType.NULL, open=False):
            return "null"
    return ""


def _written(value: JsonValue) -> str:
    whole = isinstance(value, float) and value.is_integer()
    said = int(value) if whole else value  # type: ignore[arg-type]
    return json.dumps(said, sort_keys=True, ensure_ascii=False)
