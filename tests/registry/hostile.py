"""Documents that were made to be slow, large or deep, by name: (type, text)."""

from __future__ import annotations

import json
from typing import Any


def _laughs(levels: str = "bcdefghi") -> str:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    before = "a"
    for each in levels:
        lines.append(f"{each}: &{each} [{','.join(f'*{before}' for _ in range(9))}]")
        before = each
    return "\n".join(lines)


def _merged(count: int = 30) -> str:
    rows = [f"a{n}: &a{n}\n  <<: [*a{n - 1},*a{n - 1}]\n  k{n}: 1" for n in range(1, count)]
    return "\n".join(["a0: &a0 {x: 1}", *rows])


def _nested(depth: int) -> str:
    """An Avro type in arrays, written out: `json.dumps` would not go so deep."""
    return '{"type":"array","items":' * depth + '"string"' + "}" * depth


def _records(depth: int) -> str:
    made: Any = "string"
    for level in range(depth):
        fields = [{"name": "f", "type": made}]
        made = {"type": "record", "name": f"R{level}", "fields": fields}
    return json.dumps(made)


def _api(schemas: dict[str, Any]) -> str:
    about = {"title": "t", "version": "1"}
    document = {"openapi": "3.1.0", "info": about, "paths": _PATHS}
    return json.dumps(document | {"components": {"schemas": schemas}})


_PATHS: Any = {
    "/a": {
        "get": {
            "operationId": "a",
            "responses": {
                "200": {
                    "description": "a",
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/A0"}}
                    },
                }
            },
        }
    }
}


def _fan(levels: int) -> dict[str, Any]:
    """Each schema is the one below, twice: 2 to the power of the levels, when written out."""
    found: dict[str, Any] = {
        f"A{n}": {"allOf": [{"$ref": f"#/components/schemas/A{n + 1}"}] * 2} for n in range(levels)
    }
    return found | {f"A{levels}": {"type": "object", "properties": {"x": {"type": "string"}}}}


def _wide(schemas: int, properties: int = 10) -> dict[str, Any]:
    names = [f"p{n}" for n in range(properties)]
    return {
        f"A{n}": {"type": "object", "properties": {each: {"type": "string"} for each in names}}
        for n in range(schemas)
    }


_LOOP = {"A0": {"$ref": "#/components/schemas/A1"}, "A1": {"$ref": "#/components/schemas/A0"}}
_REGEX = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
DOCUMENTS: dict[str, tuple[str, str]] = {
    "aliases that multiply": ("TAXONOMY", _laughs()),
    "brackets without end": ("OPENAPI", "[" * 500_000),
    "brackets that close": ("MAPPING", "[" * 100_000 + "]" * 100_000),
    "a long mapping": ("OPENAPI", "\n".join(f"k{n}: v{n}" for n in range(70_000))),
    "merge keys": ("TAXONOMY", _merged()),
    "JSON nested 100,000 deep": ("JSON", "[" * 100_000 + "]" * 100_000),
    "a number of 5,000 digits": ("JSON", "1" * 5000),
    "1,000 numbers of 4,000 digits": ("JSON", "[" + ",".join(["1" * 4000] * 1000) + "]"),
    "200 records in one another": ("AVRO", _records(200)),
    "5,000 arrays in one another": ("AVRO", _nested(5000)),
    "100,000 arrays in one another": ("AVRO", _nested(100_000)),
    "a pattern that never ends": ("JSON", json.dumps(_REGEX)),
    "schemas that are each other": ("OPENAPI", _api(_LOOP)),
    "allOf that doubles": ("OPENAPI", _api(_fan(18))),
    "2,000 schemas": ("OPENAPI", _api(_wide(2000))),
    "more bytes than are taken": ("JSON", json.dumps({"description": "x" * (3 << 20)})),
    "40,000 properties": ("JSON", json.dumps(_wide(1, 40_000)["A0"])),
    "an enum of 60,000": (
        "AVRO",
        json.dumps({"type": "enum", "name": "E", "symbols": [f"S{n}" for n in range(60_000)]}),
    ),
}
